/*---
about: What the chart says was given, and the container that the drug came from.
grain: line
needs: [line, code]
columns:
  dose_amount: {type: amount, unit: dose_unit, meaning: dose charted on the line, source: administration}
  dose_unit: {type: text, meaning: unit of the dose, source: administration}
  day_dose_amount: {type: amount, unit: day_dose_unit, meaning: "dose of the code that day on this claim: the line's own, else of its administered lines together", source: administration}
  day_dose_unit: {type: text, meaning: unit of that dose, source: administration}
  day_content_amount: {type: amount, unit: day_content_unit, meaning: "labelled content opened for it: the line's own, else of its administered lines together", source: administration}
  day_content_unit: {type: text, meaning: unit of that content, source: administration}
  container: {type: text, meaning: "single_dose, multi_dose or pharmacy_bulk: charted, else of the NDC, else of all products of the code when they agree", source: "administration, reference product"}
---*/
WITH own AS (
  SELECT
    l.line_row,
    l.claim_row,
    l.hcpcs_code,
    l.service_date,
    list_contains(l.modifiers, 'JW') AS discarded,
    a.dose_amount,
    a.dose_unit,
    a.content_amount,
    a.content_unit,
    a.container
  FROM fact_line AS l
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
),
keys AS (
  SELECT DISTINCT hcpcs_code, service_date FROM fact_line WHERE hcpcs_code IS NOT NULL AND service_date IS NOT NULL
),
by_code AS (
  SELECT k.hcpcs_code, k.service_date, min(p.container) AS container
  FROM keys AS k
  JOIN ref_coverage AS c
    ON c."table" = 'product' AND (c.key IS NULL OR c.key = k.hcpcs_code) AND k.service_date BETWEEN c.valid_from AND c.valid_to
  JOIN ref_product AS p ON p.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN p.valid_from AND p.valid_to
  GROUP BY k.hcpcs_code, k.service_date
  HAVING count(DISTINCT p.container) = 1 AND bool_and(p.container IS NOT NULL)
)
SELECT
  l.line_row,
  o.dose_amount,
  o.dose_unit,
  coalesce(o.dose_amount, d.dose_amount) AS day_dose_amount,
  CASE WHEN o.dose_amount IS NOT NULL THEN o.dose_unit ELSE d.dose_unit END AS day_dose_unit,
  coalesce(o.content_amount, d.content_amount) AS day_content_amount,
  CASE WHEN o.content_amount IS NOT NULL THEN o.content_unit ELSE d.content_unit END AS day_content_unit,
  coalesce(o.container, p.container, b.container) AS container
FROM fact_line AS l
JOIN own AS o USING (line_row)
LEFT JOIN day AS d ON d.claim_row = l.claim_row AND d.hcpcs_code = l.hcpcs_code AND d.service_date = l.service_date
LEFT JOIN ref_product AS p ON p.ndc11 = l.ndc11 AND l.service_date BETWEEN p.valid_from AND p.valid_to
LEFT JOIN by_code AS b ON b.hcpcs_code = l.hcpcs_code AND b.service_date = l.service_date
