/*---
about: What the chart says was given. Only charted lines have a row; a JW line has the dose and content of its dose lines.
grain: line
reads: [hcpcs_code, service_date, modifiers]
columns:
  dose_amount: {type: amount, unit: dose_unit, meaning: dose charted on the line, source: administration}
  dose_unit: {type: text, meaning: unit of the dose, source: administration}
  day_dose_amount: {type: amount, unit: day_dose_unit, meaning: "dose of the code that day on this claim, where one line was charted: its dose line's, else the line's own", source: administration}
  day_dose_unit: {type: text, meaning: unit of that dose, source: administration}
  day_content_amount: {type: amount, unit: day_content_unit, meaning: "labeled content opened for that dose, of the same line", source: administration}
  day_content_unit: {type: text, meaning: unit of that content, source: administration}
  day_container: {type: text, meaning: "container charted on the lines of the code that day on this claim, where all that are charted agree", source: administration}
  charted_container: {type: text, meaning: "single_dose or multi_dose, as charted", source: administration}
---*/
WITH charted AS (SELECT DISTINCT claim_row FROM rows JOIN administration USING (line_row)),
own AS (
  SELECT
    r.line_row,
    r.claim_row,
    r.hcpcs_code,
    r.service_date,
    list_contains(r.modifiers, 'JW') AS discarded,
    a.dose_amount,
    a.dose_unit,
    a.content_amount,
    a.content_unit,
    a.container
  FROM rows AS r
  SEMI JOIN charted USING (claim_row)
  LEFT JOIN administration AS a USING (line_row)
),
day AS (
  -- Two dose lines are two preparations, each rounded by itself: their containers can't be told apart.
  SELECT claim_row, hcpcs_code, service_date, min(dose_amount) AS dose_amount, min(dose_unit) AS dose_unit, min(content_amount) AS content_amount, min(content_unit) AS content_unit
  FROM own
  WHERE NOT discarded AND hcpcs_code IS NOT NULL AND service_date IS NOT NULL
  GROUP BY claim_row, hcpcs_code, service_date
  HAVING count(*) = 1 AND count(dose_amount) = 1 AND count(content_amount) = 1
),
dose_lines AS (
  SELECT claim_row, hcpcs_code, service_date, count(*) AS lines
  FROM own
  WHERE NOT discarded AND (dose_amount IS NOT NULL OR content_amount IS NOT NULL)
  GROUP BY claim_row, hcpcs_code, service_date
),
containers AS (
  SELECT claim_row, hcpcs_code, service_date, min(container) AS container
  FROM own
  WHERE container IS NOT NULL
  GROUP BY claim_row, hcpcs_code, service_date
  HAVING count(DISTINCT container) = 1
),
-- Dose and content of one story: the dose line's, else the line's own where no dose line is charted.
story AS (
  SELECT
    o.*,
    CASE WHEN d.claim_row IS NOT NULL THEN d.dose_amount WHEN n.claim_row IS NULL AND o.content_amount IS NOT NULL THEN o.dose_amount END AS story_dose,
    CASE WHEN d.claim_row IS NOT NULL THEN d.dose_unit WHEN n.claim_row IS NULL AND o.content_amount IS NOT NULL THEN o.dose_unit END AS story_dose_unit,
    CASE WHEN d.claim_row IS NOT NULL THEN d.content_amount WHEN n.claim_row IS NULL AND o.dose_amount IS NOT NULL THEN o.content_amount END AS story_content,
    CASE WHEN d.claim_row IS NOT NULL THEN d.content_unit WHEN n.claim_row IS NULL AND o.dose_amount IS NOT NULL THEN o.content_unit END AS story_content_unit
  FROM own AS o
  LEFT JOIN day AS d ON d.claim_row = o.claim_row AND d.hcpcs_code = o.hcpcs_code AND d.service_date = o.service_date
  LEFT JOIN dose_lines AS n ON n.claim_row = o.claim_row AND n.hcpcs_code = o.hcpcs_code AND n.service_date = o.service_date
)
SELECT
  s.line_row,
  s.dose_amount,
  s.dose_unit,
  s.story_dose AS day_dose_amount,
  s.story_dose_unit AS day_dose_unit,
  s.story_content AS day_content_amount,
  s.story_content_unit AS day_content_unit,
  c.container AS day_container,
  s.container AS charted_container
FROM story AS s
LEFT JOIN containers AS c ON c.claim_row = s.claim_row AND c.hcpcs_code = s.hcpcs_code AND c.service_date = s.service_date
