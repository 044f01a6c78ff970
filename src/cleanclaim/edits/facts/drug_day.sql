/*---
about: One code of one patient on one day from one billing provider to one payer program, with the units of all its lines. A line without code or day is a row of its own.
grain: drug_day
needs: [patient]
columns:
  complete: {type: boolean, meaning: whether every claim of the group is whole, source: claim.complete}
  known_absent: {type: list of text, meaning: "null: what one claim of the group says is absent, another may have", ask: "the whole claim (a part of it was read)", source: claim.known_absent}
  claim_type: {type: text, meaning: "P professional or I institutional", source: claim.claim_type}
  payer_program: {type: text, meaning: "whose rules decide", ask: "the payer program (Medicare Part B, Medicaid, commercial ...)", source: claim.payer_program}
  hcpcs_code: {type: text, meaning: the code, source: line.hcpcs_code}
  service_date: {type: date, meaning: the day, ask: "the date of service", source: line.service_date}
  units_total: {type: total of units, unit: HCPCS billing units, meaning: "units of all lines, JW and JZ lines too; null when one is unknown or may be missing", ask: "the units of every line of the day (the whole claim)", source: line.billed_units}
  units_at_least: {type: total of units, unit: HCPCS billing units, meaning: "units of the lines that are known and of this day alone: a lower bound", ask: "the units of every line of the day (the whole claim)", source: line.billed_units}
  largest_line_units: {type: units, unit: HCPCS billing units, meaning: "most units on one line; null when one is unknown or may be missing", ask: "the units of every line of the day (the whole claim)", source: line.billed_units}
  largest_line_at_least: {type: units, unit: HCPCS billing units, meaning: "most units on one line of those that are known: a lower bound", ask: "the units of every line of the day (the whole claim)", source: line.billed_units}
  line_charge_sum: {type: total of money, unit: USD, meaning: "known charges of its lines together", source: line.charge_amount}
---*/
WITH lines AS (
  SELECT
    l.line_row,
    l.claim_row,
    upper_ascii(trim(l.hcpcs_code)) AS hcpcs_code,
    l.service_date,
    l.billed_units,
    l.charge_amount,
    coalesce(l.service_date_to > l.service_date, FALSE) AS spans_days,
    p.patient_row,
    c.complete,
    c.lines_complete,
    c.claim_type,
    c.payer_program
  FROM line AS l
  JOIN claim AS c USING (claim_row)
  JOIN fact_patient AS p USING (claim_row)
),
-- What may hold more units of the code that day: a claim of which not all lines are here, a line without code or day, a claim of unknown payer or type.
open_ended AS (SELECT DISTINCT patient_row FROM lines WHERE lines_complete IS DISTINCT FROM TRUE OR payer_program IS NULL OR claim_type IS NULL),
doubtful AS (SELECT DISTINCT patient_row, hcpcs_code, service_date FROM lines WHERE hcpcs_code IS NULL OR service_date IS NULL),
groups AS (
  SELECT
    min(line_row) AS drug_day_row,
    min(claim_row) AS claim_row,
    list(line_row) AS line_rows,
    bool_and(complete) AS complete,
    patient_row,
    claim_type,
    payer_program,
    hcpcs_code,
    service_date,
    count(*) = count(billed_units) AND NOT bool_or(spans_days) AS known,
    CAST(sum(billed_units) AS DECIMAL(28, 3)) AS units,
    CAST(coalesce(sum(billed_units) FILTER (billed_units > 0 AND NOT spans_days), 0) AS DECIMAL(28, 3)) AS units_at_least,
    max(billed_units) AS largest_line,
    CAST(sum(charge_amount) AS DECIMAL(28, 2)) AS line_charge_sum
  FROM lines
  GROUP BY patient_row, hcpcs_code, service_date, claim_type, payer_program, CASE WHEN hcpcs_code IS NULL OR service_date IS NULL THEN line_row END
),
doubted AS (
  SELECT DISTINCT g.drug_day_row
  FROM groups AS g
  JOIN doubtful AS d
    ON d.patient_row = g.patient_row AND coalesce(d.hcpcs_code = g.hcpcs_code, TRUE) AND coalesce(d.service_date = g.service_date, TRUE)
)
SELECT
  g.drug_day_row,
  g.claim_row,
  g.line_rows,
  g.complete,
  CAST(NULL AS VARCHAR[]) AS known_absent,
  g.claim_type,
  g.payer_program,
  g.hcpcs_code,
  g.service_date,
  CASE WHEN g.known AND o.patient_row IS NULL AND d.drug_day_row IS NULL THEN g.units END AS units_total,
  g.units_at_least,
  CASE WHEN g.known AND o.patient_row IS NULL AND d.drug_day_row IS NULL THEN g.largest_line END AS largest_line_units,
  g.largest_line AS largest_line_at_least,
  g.line_charge_sum
FROM groups AS g
LEFT JOIN open_ended AS o ON o.patient_row = g.patient_row
LEFT JOIN doubted AS d ON d.drug_day_row = g.drug_day_row
