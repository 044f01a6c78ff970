/*---
about: Whether the line's modifiers are known and may be used on the day of service.
grain: line
keys: [modifiers, service_date]
columns:
  unknown_modifiers: {type: text, meaning: "modifiers that no loaded list has, as far as the lists are complete", source: "reference modifier, cpt_modifier and coverage"}
  level_two_unknown: {type: boolean, meaning: "whether a modifier has the form of Level II and is on no list", ask: "the HCPCS file for the date of service (it lists the modifiers)", tables: [hcpcs], source: "reference modifier and its coverage"}
  cpt_modifier_unknown: {type: boolean, meaning: "whether a modifier has the form of CPT and is on no list", ask: "a list of CPT modifiers for the date of service", source: "reference cpt_modifier and its coverage"}
  modifier_not_begun: {type: boolean, meaning: "whether a modifier begins after the day of service", ask: "the modifiers of the line, or the HCPCS file for the date of service", source: reference modifier}
  modifier_ended: {type: boolean, meaning: "whether a modifier ended before the day of service", ask: "the modifiers of the line, or the HCPCS file for the date of service", source: reference modifier}
  modifier_dates: {type: text, meaning: "those that ended or have not begun, with the day", source: reference modifier}
  modifier_release: {type: text, meaning: release that decided, source: reference}
  modifier_lacks: {type: text, meaning: "`hcpcs` where no HCPCS file covers a Level II modifier on the day", source: reference modifier and its coverage}
---*/
WITH each AS (
  SELECT modifiers, service_date, unnest(modifiers) AS modifier FROM keys
),
forms AS (
  -- CPT writes two digits, P1 to P6 (anesthesia) and 1P, 2P, 3P, 8P (performance measures); all else is Level II.
  SELECT DISTINCT modifiers, service_date, modifier, regexp_full_match(modifier, '[0-9]{2}|P[1-6]|[1238]P') AS cpt FROM each
),
lists AS (
  SELECT 'modifier' AS list, modifier, span_from, span_to, valid_from, valid_to, release FROM ref_modifier
  UNION ALL
  SELECT 'cpt_modifier' AS list, modifier, valid_from AS span_from, valid_to AS span_to, valid_from, valid_to, release FROM ref_cpt_modifier
),
-- The row that has the say on the day, also when the modifier had ended or not begun.
told AS (
  SELECT
    f.modifiers,
    f.service_date,
    f.modifier,
    bool_or(f.service_date BETWEEN l.span_from AND l.span_to) AS in_span,
    max(l.release) AS release
  FROM forms AS f
  JOIN lists AS l ON l.modifier = f.modifier AND f.service_date BETWEEN l.valid_from AND l.valid_to
  GROUP BY f.modifiers, f.service_date, f.modifier
),
known AS (
  SELECT
    f.modifiers,
    f.service_date,
    f.modifier,
    max(CASE WHEN l.span_to < f.service_date THEN l.span_to END) AS ended,
    min(CASE WHEN l.span_from > f.service_date THEN l.span_from END) AS begins,
    min(l.release) AS release
  FROM forms AS f
  JOIN lists AS l ON l.modifier = f.modifier
  GROUP BY f.modifiers, f.service_date, f.modifier
),
covered AS (
  SELECT f.modifiers, f.service_date, f.modifier, max(c.release) AS release
  FROM forms AS f
  JOIN ref_coverage AS c
    ON c."table" = CASE WHEN f.cpt THEN 'cpt_modifier' ELSE 'modifier' END
    AND (c.key IS NULL OR c.key = f.modifier)
    AND f.service_date BETWEEN c.valid_from AND c.valid_to
  GROUP BY f.modifiers, f.service_date, f.modifier
),
settled AS (
  SELECT
    f.modifiers,
    f.service_date,
    f.modifier,
    f.cpt,
    k.modifier IS NOT NULL AS listed,
    CASE WHEN t.modifier IS NOT NULL THEN t.in_span WHEN c.modifier IS NOT NULL THEN FALSE END AS in_span,
    k.ended,
    k.begins,
    coalesce(t.release, c.release, k.release) AS release
  FROM forms AS f
  LEFT JOIN told AS t ON t.modifiers = f.modifiers AND t.service_date = f.service_date AND t.modifier = f.modifier
  LEFT JOIN known AS k ON k.modifiers = f.modifiers AND k.service_date IS NOT DISTINCT FROM f.service_date AND k.modifier = f.modifier
  LEFT JOIN covered AS c ON c.modifiers = f.modifiers AND c.service_date = f.service_date AND c.modifier = f.modifier
),
answers AS (
  SELECT
    modifiers,
    service_date,
    modifier,
    cpt,
    CASE WHEN listed THEN FALSE WHEN NOT in_span THEN TRUE END AS unknown,
    CASE WHEN NOT listed OR in_span THEN FALSE WHEN NOT in_span THEN ended IS NULL AND begins IS NOT NULL END AS not_begun,
    CASE WHEN NOT listed OR in_span THEN FALSE WHEN NOT in_span THEN ended IS NOT NULL END AS ended,
    CASE
      WHEN NOT listed OR in_span IS DISTINCT FROM FALSE THEN NULL
      WHEN ended IS NOT NULL THEN modifier || ' ended on ' || CAST(ended AS VARCHAR)
      WHEN begins IS NOT NULL THEN modifier || ' starts on ' || CAST(begins AS VARCHAR)
    END AS dates,
    release
  FROM settled
),
together AS (
  SELECT
    modifiers,
    service_date,
    string_agg(unknown_modifier, ', ' ORDER BY unknown_modifier) AS unknown_modifiers,
    CASE WHEN bool_or(unknown AND NOT cpt) THEN TRUE WHEN bool_and(cpt OR unknown IS NOT NULL) THEN FALSE END AS level_two_unknown,
    CASE WHEN bool_or(unknown AND cpt) THEN TRUE WHEN bool_and(NOT cpt OR unknown IS NOT NULL) THEN FALSE END AS cpt_modifier_unknown,
    CASE WHEN bool_or(not_begun) THEN TRUE WHEN bool_and(not_begun IS NOT NULL) THEN FALSE END AS modifier_not_begun,
    CASE WHEN bool_or(ended) THEN TRUE WHEN bool_and(ended IS NOT NULL) THEN FALSE END AS modifier_ended,
    string_agg(dates, '; ' ORDER BY dates) AS modifier_dates,
    string_agg(DISTINCT release, ' + ' ORDER BY release) AS modifier_release,
    bool_or(unknown IS NULL AND NOT cpt) AS uncovered
  FROM (SELECT *, CASE WHEN unknown THEN modifier END AS unknown_modifier FROM answers)
  GROUP BY modifiers, service_date
)
SELECT
  k.modifiers,
  k.service_date,
  t.unknown_modifiers,
  CASE WHEN array_length(k.modifiers) = 0 THEN FALSE ELSE t.level_two_unknown END AS level_two_unknown,
  CASE WHEN array_length(k.modifiers) = 0 THEN FALSE ELSE t.cpt_modifier_unknown END AS cpt_modifier_unknown,
  CASE WHEN array_length(k.modifiers) = 0 THEN FALSE ELSE t.modifier_not_begun END AS modifier_not_begun,
  CASE WHEN array_length(k.modifiers) = 0 THEN FALSE ELSE t.modifier_ended END AS modifier_ended,
  t.modifier_dates,
  t.modifier_release,
  CASE WHEN t.uncovered THEN 'hcpcs' END AS modifier_lacks
FROM keys AS k
LEFT JOIN together AS t ON t.modifiers = k.modifiers AND t.service_date IS NOT DISTINCT FROM k.service_date
