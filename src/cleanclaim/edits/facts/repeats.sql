/*---
about: Whether the same service stands earlier in the run, for the same patient, billing provider and payer.
grain: line
needs: [patient]
reads: [hcpcs_code, service_date, modifier_set, billed_units, charge_amount, complete, lines_complete, payer_program, payer_id]
columns:
  repeats_on_claim: {type: boolean, meaning: "whether an earlier line of the same claim has the same code, day and modifiers", ask: "the other lines of the day (the whole claim)", source: the claims of the run}
  repeats_other_claim: {type: boolean, meaning: "whether an earlier claim of the same patient, provider and payer has the same code, day, modifiers, units and charge; a claim that replaces or voids another is no repeat", ask: "the patient's other claims of the day", source: the claims of the run}
  on_other_claim: {type: boolean, meaning: "whether another claim of the same patient, provider and payer has the same code and day", ask: "the patient's other claims of the day", source: the claims of the run}
---*/
WITH lines AS (
  SELECT
    r.*,
    p.patient_row,
    r.hcpcs_code IS NOT NULL AND r.service_date IS NOT NULL AND r.modifier_set IS NOT NULL AS known,
    coalesce(r.payer_program, '') || '/' || coalesce(r.payer_id, '') AS payer
  FROM rows AS r
  JOIN fact_patient AS p USING (claim_row)
),
within_claim AS (
  SELECT claim_row, hcpcs_code, service_date, modifier_set, min(line_row) AS first_line
  FROM lines
  WHERE known
  GROUP BY claim_row, hcpcs_code, service_date, modifier_set
),
across AS (
  SELECT patient_row, payer, hcpcs_code, service_date, modifier_set, billed_units, charge_amount, min(claim_row) AS first_claim
  FROM lines
  WHERE known AND billed_units IS NOT NULL AND charge_amount IS NOT NULL
  GROUP BY patient_row, payer, hcpcs_code, service_date, modifier_set, billed_units, charge_amount
),
claims_of_day AS (
  SELECT patient_row, payer, hcpcs_code, service_date, min(claim_row) AS first_claim, max(claim_row) AS last_claim
  FROM lines
  WHERE hcpcs_code IS NOT NULL AND service_date IS NOT NULL
  GROUP BY patient_row, payer, hcpcs_code, service_date
),
-- Lines that lack something could be the same service: with one of them on the claim, absence does not count.
doubtful AS (SELECT claim_row, min(line_row) AS first_line, max(line_row) AS last_line FROM lines WHERE NOT known GROUP BY claim_row),
doubtful_claims AS (
  SELECT patient_row, payer, min(claim_row) AS first_claim
  FROM lines
  WHERE NOT known OR billed_units IS NULL OR charge_amount IS NULL OR lines_complete IS DISTINCT FROM TRUE
  GROUP BY patient_row, payer
),
-- A claim that does not say its payer could be to any payer of the patient's other claims.
doubtful_payers AS (
  SELECT patient_row
  FROM lines
  GROUP BY patient_row
  HAVING min(claim_row) < max(claim_row) AND bool_or(complete IS DISTINCT FROM TRUE AND (payer_program IS NULL OR payer_id IS NULL))
)
SELECT
  l.line_row,
  CASE
    WHEN w.first_line < l.line_row THEN TRUE
    WHEN l.known AND l.lines_complete AND (d.claim_row IS NULL OR d.first_line > l.line_row) THEN FALSE
  END AS repeats_on_claim,
  CASE
    WHEN a.first_claim < l.claim_row THEN TRUE
    WHEN l.known AND l.billed_units IS NOT NULL AND l.charge_amount IS NOT NULL AND (u.patient_row IS NULL OR u.first_claim >= l.claim_row) AND q.patient_row IS NULL THEN FALSE
  END AS repeats_other_claim,
  CASE
    WHEN c.first_claim < l.claim_row OR c.last_claim > l.claim_row THEN TRUE
    WHEN l.known AND u.patient_row IS NULL AND q.patient_row IS NULL THEN FALSE
  END AS on_other_claim
FROM lines AS l
LEFT JOIN within_claim AS w
  ON w.claim_row = l.claim_row AND w.hcpcs_code = l.hcpcs_code AND w.service_date = l.service_date AND w.modifier_set = l.modifier_set
LEFT JOIN across AS a
  ON a.patient_row = l.patient_row AND a.payer = l.payer AND a.hcpcs_code = l.hcpcs_code AND a.service_date = l.service_date
  AND a.modifier_set = l.modifier_set AND a.billed_units = l.billed_units AND a.charge_amount = l.charge_amount
LEFT JOIN claims_of_day AS c
  ON c.patient_row = l.patient_row AND c.payer = l.payer AND c.hcpcs_code = l.hcpcs_code AND c.service_date = l.service_date
LEFT JOIN doubtful AS d ON d.claim_row = l.claim_row
LEFT JOIN doubtful_claims AS u ON u.patient_row = l.patient_row AND u.payer = l.payer
LEFT JOIN doubtful_payers AS q ON q.patient_row = l.patient_row
