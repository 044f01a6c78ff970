/*---
about: Whether a modifier of the line is a place of service code.
grain: line
keys: [modifiers]
columns:
  pos_in_modifiers: {type: boolean, meaning: "whether a modifier is a place of service code and no modifier", ask: "a modifier list that covers the modifier", source: "reference place_of_service, modifier, cpt_modifier and coverage"}
  pos_modifiers: {type: text, meaning: "those modifiers", source: "reference place_of_service, modifier"}
  place_release: {type: text, meaning: release that decided, source: reference}
---*/
WITH each AS (SELECT modifiers, unnest(modifiers) AS modifier FROM keys),
known AS (
  SELECT modifier, min(release) AS release
  FROM (SELECT modifier, release FROM ref_modifier UNION ALL SELECT modifier, release FROM ref_cpt_modifier)
  GROUP BY modifier
),
covered AS (
  SELECT DISTINCT e.modifier AS key, c."table"
  FROM each AS e
  JOIN ref_coverage AS c ON c."table" IN ('modifier', 'place_of_service') AND (c.key IS NULL OR c.key = e.modifier)
),
answers AS (
  SELECT
    e.modifiers,
    e.modifier,
    CASE
      WHEN n.modifier IS NOT NULL OR NOT regexp_full_match(e.modifier, '[0-9]{2}') THEN FALSE
      WHEN p.place_of_service IS NOT NULL THEN CASE WHEN m.key IS NOT NULL THEN TRUE END
      WHEN q.key IS NOT NULL THEN FALSE
    END AS is_place,
    coalesce(n.release, p.release) AS release
  FROM each AS e
  LEFT JOIN known AS n ON n.modifier = e.modifier
  LEFT JOIN covered AS m ON m.key = e.modifier AND m."table" = 'modifier'
  LEFT JOIN covered AS q ON q.key = e.modifier AND q."table" = 'place_of_service'
  LEFT JOIN (SELECT place_of_service, min(release) AS release FROM ref_place_of_service GROUP BY place_of_service) AS p ON p.place_of_service = e.modifier
),
together AS (
  SELECT
    modifiers,
    CASE WHEN bool_or(is_place) THEN TRUE WHEN count(*) = count(is_place) THEN FALSE END AS pos_in_modifiers,
    string_agg(DISTINCT place, ', ' ORDER BY place) AS pos_modifiers,
    max(release) AS place_release
  FROM (SELECT *, CASE WHEN is_place THEN modifier END AS place FROM answers)
  GROUP BY modifiers
)
SELECT
  k.modifiers,
  CASE WHEN array_length(k.modifiers) = 0 THEN FALSE ELSE t.pos_in_modifiers END AS pos_in_modifiers,
  t.pos_modifiers,
  t.place_release
FROM keys AS k
LEFT JOIN together AS t ON t.modifiers = k.modifiers
