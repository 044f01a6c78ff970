/*---
about: One diagnosis of one claim line (of an institutional claim, which has no pointers, each of the claim).
grain: diagnosis
needs: [line, policy, code]
columns:
  complete: {type: boolean, meaning: whether the claim is whole, source: claim.complete}
  known_absent: {type: list of text, meaning: "facts of which a partial claim says that there is none", ask: "the whole claim (a part of it was read)", source: "claim.known_absent, line.known_absent"}
  payer_program: {type: text, meaning: whose rules decide, source: claim.payer_program}
  hcpcs_code: {type: text, meaning: the code, source: line.hcpcs_code}
  is_drug: {type: boolean, meaning: whether the code is a drug, ask: "a code list that covers the code on the date of service", source: "reference hcpcs, code_range"}
  service_date: {type: date, meaning: the day, ask: "the date of service", source: line.service_date}
  charge_amount: {type: money, unit: USD, meaning: charge of the line, source: line.charge_amount}
  diagnosis: {type: text, meaning: the diagnosis as sent, source: line.diagnoses}
  payer_id: {type: text, meaning: the payer, source: claim.payer_id}
  ndc11: {type: text, meaning: the NDC, source: line.ndc11}
  ndc_open: {type: boolean, meaning: whether the package may have another NDC, source: line.ndc11}
  asks_nc_dx: {type: boolean, meaning: whether a coverage decision excludes the drug for some diagnoses, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  nc_dx: {type: list of text, meaning: those diagnoses, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  nc_dx_by: {type: text, meaning: that decision, source: policies}
---*/
SELECT
  row_number() OVER (ORDER BY d.line_row, d.diagnosis) - 1 AS diagnosis_row,
  d.claim_row,
  [d.line_row] AS line_rows,
  d.complete,
  d.known_absent,
  d.payer_program,
  d.hcpcs_code,
  k.is_drug,
  d.service_date,
  d.charge_amount,
  d.diagnosis,
  d.payer_id,
  d.ndc11,
  d.ndc_open,
  p.policy_asks_nc_dx AS asks_nc_dx,
  p.policy_nc_dx AS nc_dx,
  p.policy_nc_dx_by AS nc_dx_by
FROM (
  SELECT DISTINCT line_row, claim_row, complete, known_absent, payer_program, payer_id, hcpcs_code, ndc11, ndc_open, service_date, charge_amount, unnest(drug_diagnoses) AS diagnosis
  FROM fact_line
) AS d
LEFT JOIN fact_policy AS p
  ON p.payer_program IS NOT DISTINCT FROM d.payer_program
  AND p.payer_id IS NOT DISTINCT FROM d.payer_id
  AND p.hcpcs_code IS NOT DISTINCT FROM d.hcpcs_code
  AND p.ndc11 IS NOT DISTINCT FROM d.ndc11
  AND p.ndc_open IS NOT DISTINCT FROM d.ndc_open
  AND p.service_date IS NOT DISTINCT FROM d.service_date
LEFT JOIN fact_code AS k ON k.hcpcs_code = d.hcpcs_code AND k.service_date IS NOT DISTINCT FROM d.service_date
