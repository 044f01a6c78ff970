/*---
about: Whether a modifier of the line is a place of service code.
grain: line
needs: [line]
columns:
  pos_in_modifiers: {type: boolean, meaning: "whether a modifier is a place of service code and no modifier", source: "reference place_of_service, modifier and its coverage"}
  pos_modifiers: {type: text, meaning: "those modifiers", source: "reference place_of_service, modifier"}
---*/
WITH keys AS (SELECT DISTINCT modifiers FROM fact_line WHERE modifiers IS NOT NULL),
each AS (SELECT modifiers, unnest(modifiers) AS modifier FROM keys),
known AS (SELECT DISTINCT modifier FROM ref_modifier),
covered AS (SELECT DISTINCT key FROM ref_coverage WHERE "table" = 'modifier'),
answers AS (
  SELECT
    e.modifiers,
    e.modifier,
    CASE
      WHEN n.modifier IS NOT NULL OR p.place_of_service IS NULL THEN FALSE
      WHEN EXISTS (SELECT 1 FROM covered WHERE key IS NULL OR key = e.modifier) THEN TRUE
    END AS is_place
  FROM each AS e
  LEFT JOIN known AS n ON n.modifier = e.modifier
  LEFT JOIN (SELECT DISTINCT place_of_service FROM ref_place_of_service) AS p ON p.place_of_service = e.modifier
),
together AS (
  SELECT
    modifiers,
    CASE WHEN bool_or(is_place) THEN TRUE WHEN count(*) = count(is_place) THEN FALSE END AS pos_in_modifiers,
    string_agg(DISTINCT modifier, ', ' ORDER BY modifier) FILTER (is_place) AS pos_modifiers
  FROM answers
  GROUP BY modifiers
)
SELECT
  l.line_row,
  CASE WHEN len(l.modifiers) = 0 THEN FALSE ELSE t.pos_in_modifiers END AS pos_in_modifiers,
  t.pos_modifiers
FROM fact_line AS l
LEFT JOIN together AS t ON t.modifiers = l.modifiers
