/*---
about: What the chart says was given. Only charted lines have a row; a JW line has the dose and content of its dose lines.
grain: line
reads: [hcpcs_code, service_date, modifiers]
columns:
  dose_amount: {type: amount, unit: dose_unit, meaning: dose charted on the line, source: administration}
  dose_unit: {type: text, meaning: unit of the dose, source: administration}
  day_dose_amount: {type: amount, unit: day_dose_unit, meaning: "dose of the code that day on this claim: the line's own, else of its administered lines together", source: administration}
  day_dose_unit: {type: text, meaning: unit of that dose, source: administration}
  day_content_amount: {type: amount, unit: day_content_unit, meaning: "labelled content opened for it: the line's own, else of its administered lines together", source: administration}
  day_content_unit: {type: text, meaning: unit of that content, source: administration}
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
  SELECT
    claim_row,
    hcpcs_code,
    service_date,
    CASE WHEN count(*) = count(dose_amount) AND count(DISTINCT dose_unit) = 1 THEN CAST(sum(dose_amount) AS DECIMAL(18, 6)) END AS dose_amount,
    min(dose_unit) AS dose_unit,
    CASE WHEN count(*) = count(content_amount) AND count(DISTINCT content_unit) = 1 THEN CAST(sum(content_amount) AS DECIMAL(18, 6)) END AS content_amount,
    min(content_unit) AS content_unit
  FROM own
  WHERE NOT discarded AND hcpcs_code IS NOT NULL AND service_date IS NOT NULL
  GROUP BY claim_row, hcpcs_code, service_date
)
SELECT
  o.line_row,
  o.dose_amount,
  o.dose_unit,
  coalesce(o.dose_amount, d.dose_amount) AS day_dose_amount,
  CASE WHEN o.dose_amount IS NOT NULL THEN o.dose_unit ELSE d.dose_unit END AS day_dose_unit,
  coalesce(o.content_amount, d.content_amount) AS day_content_amount,
  CASE WHEN o.content_amount IS NOT NULL THEN o.content_unit ELSE d.content_unit END AS day_content_unit,
  o.container AS charted_container
FROM own AS o
LEFT JOIN day AS d ON d.claim_row = o.claim_row AND d.hcpcs_code = o.hcpcs_code AND d.service_date = o.service_date
