/*---
about: What other lines of the same patient, day and billing provider say.
grain: line
needs: [line, code]
columns:
  jw_line_beside: {type: boolean, meaning: "whether another line has the same code, day and patient with JW", source: the claims of the run}
  jz_line_beside: {type: boolean, meaning: "whether another line has the same code, day and patient with JZ", source: the claims of the run}
  dose_line_beside: {type: boolean, meaning: "whether another line has the same code, day and patient without JW", source: the claims of the run}
  discarded_units: {type: total of units, unit: HCPCS billing units, meaning: "units of all JW lines of the code that day on this claim", source: the claims of the run}
  eye_injection_beside: {type: boolean, meaning: "whether the patient has an eye injection line that day", source: "the claims of the run, reference code_range"}
---*/
-- Two unknown patients are never one: such a claim is a group of its own. Absence counts only on whole claims with every key known.
WITH lines AS (
  SELECT
    l.line_row,
    l.claim_row,
    l.hcpcs_code,
    l.service_date,
    l.billed_units,
    c.complete,
    coalesce(c.patient_key, 'claim ' || l.claim_row) AS patient,
    coalesce(c.billing_npi, 'claim ' || l.claim_row) AS provider,
    list_contains(l.modifiers, 'JW') AS jw,
    list_contains(l.modifiers, 'JZ') AS jz,
    k.line_kind = 'eye_injection' AS eye_injection,
    l.hcpcs_code IS NULL OR l.service_date IS NULL OR l.modifiers IS NULL AS unclear
  FROM line AS l
  JOIN claim AS c USING (claim_row)
  JOIN fact_code AS k USING (line_row)
),
counted AS (
  SELECT
    *,
    count(*) FILTER (jw) OVER same_drug - CAST(coalesce(jw, FALSE) AS INTEGER) AS other_jw,
    count(*) FILTER (jz) OVER same_drug - CAST(coalesce(jz, FALSE) AS INTEGER) AS other_jz,
    count(*) FILTER (NOT jw) OVER same_drug - CAST(NOT coalesce(jw, TRUE) AS INTEGER) AS other_dose,
    count(*) FILTER (eye_injection) OVER same_day AS eye_injections,
    count(*) FILTER (unclear) OVER same_claim - CAST(unclear AS INTEGER) AS other_unclear,
    sum(billed_units) FILTER (jw) OVER same_claim_drug AS jw_units,
    count(*) FILTER (jw AND billed_units IS NULL) OVER same_claim_drug AS jw_unknown
  FROM lines
  WINDOW
    same_drug AS (PARTITION BY patient, provider, hcpcs_code, service_date),
    same_day AS (PARTITION BY patient, provider, service_date),
    same_claim AS (PARTITION BY claim_row),
    same_claim_drug AS (PARTITION BY claim_row, hcpcs_code, service_date)
),
settled AS (
  SELECT *, hcpcs_code IS NOT NULL AND service_date IS NOT NULL AS keyed, complete AND other_unclear = 0 AS absence_counts FROM counted
)
SELECT
  line_row,
  CASE WHEN keyed AND other_jw > 0 THEN TRUE WHEN keyed AND absence_counts THEN FALSE END AS jw_line_beside,
  CASE WHEN keyed AND other_jz > 0 THEN TRUE WHEN keyed AND absence_counts THEN FALSE END AS jz_line_beside,
  CASE WHEN keyed AND other_dose > 0 THEN TRUE WHEN keyed AND absence_counts THEN FALSE END AS dose_line_beside,
  CASE WHEN keyed AND absence_counts AND jw_unknown = 0 THEN CAST(coalesce(jw_units, 0) AS DECIMAL(28, 3)) END AS discarded_units,
  CASE WHEN service_date IS NOT NULL AND eye_injections > 0 THEN TRUE WHEN service_date IS NOT NULL AND absence_counts THEN FALSE END AS eye_injection_beside
FROM settled
