/*---
about: One code of one patient on one day from one billing provider, with the units of all its lines.
grain: drug_day
needs: [patient]
columns:
  complete: {type: boolean, meaning: whether every claim of the group is whole, source: claim.complete}
  claim_type: {type: text, meaning: "P professional or I institutional; null when the claims differ", source: claim.claim_type}
  payer_program: {type: text, meaning: "whose rules decide; null when the claims differ", source: claim.payer_program}
  hcpcs_code: {type: text, meaning: the code, source: line.hcpcs_code}
  service_date: {type: date, meaning: the day, source: line.service_date}
  units_total: {type: total of units, unit: HCPCS billing units, meaning: "units of all lines, JW and JZ lines too; null when one is unknown or may be missing", source: line.billed_units}
  units_at_least: {type: total of units, unit: HCPCS billing units, meaning: "units of the lines that are known: a lower bound", source: line.billed_units}
  largest_line_units: {type: units, unit: HCPCS billing units, meaning: "most units on one line; null when one is unknown or may be missing", source: line.billed_units}
  largest_line_at_least: {type: units, unit: HCPCS billing units, meaning: "most units on one line of those that are known: a lower bound", source: line.billed_units}
---*/
WITH unclear AS (SELECT DISTINCT claim_row, TRUE AS unclear FROM line WHERE hcpcs_code IS NULL OR service_date IS NULL),
lines AS (
  SELECT
    l.line_row,
    l.claim_row,
    upper(trim(l.hcpcs_code)) AS hcpcs_code,
    l.service_date,
    l.billed_units,
    p.patient_row,
    c.complete,
    c.claim_type,
    c.payer_program,
    -- A partial claim, or a line of it without code or date, may hold more units of this code.
    c.complete AND l.billed_units IS NOT NULL AND u.unclear IS NULL AS whole
  FROM line AS l
  JOIN claim AS c USING (claim_row)
  JOIN fact_patient AS p USING (claim_row)
  LEFT JOIN unclear AS u USING (claim_row)
)
SELECT
  min(line_row) AS drug_day_row,
  min(claim_row) AS claim_row,
  list(line_row) AS line_rows,
  bool_and(complete) AS complete,
  CASE WHEN min(claim_type) = max(claim_type) AND count(*) = count(claim_type) THEN min(claim_type) END AS claim_type,
  CASE WHEN min(payer_program) = max(payer_program) AND count(*) = count(payer_program) THEN min(payer_program) END AS payer_program,
  hcpcs_code,
  service_date,
  CASE WHEN bool_and(whole) THEN CAST(sum(billed_units) AS DECIMAL(28, 3)) END AS units_total,
  CAST(coalesce(sum(billed_units) FILTER (billed_units > 0), 0) AS DECIMAL(28, 3)) AS units_at_least,
  CASE WHEN bool_and(whole) THEN max(billed_units) END AS largest_line_units,
  max(billed_units) AS largest_line_at_least
FROM lines
WHERE hcpcs_code IS NOT NULL AND service_date IS NOT NULL
GROUP BY patient_row, hcpcs_code, service_date
