/*---
about: Two lines of one patient on one day from one billing provider, with different codes; the code that comes first in the alphabet is the first. A pair of which a code or day is unknown has no row.
grain: line_pair
needs: [patient]
columns:
  complete: {type: boolean, meaning: whether both claims are whole, source: claim.complete}
  known_absent: {type: list of text, meaning: "null: what one line says is absent, the other may have", ask: "the whole claim (a part of it was read)", source: line.known_absent}
  claim_type: {type: text, meaning: "P professional or I institutional, of both claims", source: claim.claim_type}
  payer_program: {type: text, meaning: "whose rules decide, for both claims", ask: "the payer program (Medicare Part B, Medicaid, commercial ...)", source: claim.payer_program}
  service_date: {type: date, meaning: the day, ask: "the date of service", source: line.service_date}
  first_code: {type: text, meaning: the code that comes first in the alphabet, source: line.hcpcs_code}
  second_code: {type: text, meaning: the other code, source: line.hcpcs_code}
  first_modifiers: {type: list of text, meaning: modifiers of the first code's line, source: line.modifiers}
  second_modifiers: {type: list of text, meaning: modifiers of the second code's line, source: line.modifiers}
  line_charge_sum: {type: total of money, unit: USD, meaning: "charges of both lines, as far as they are known", source: line.charge_amount}
---*/
WITH lines AS (
  SELECT
    l.line_row,
    l.claim_row,
    upper_ascii(trim(l.hcpcs_code)) AS hcpcs_code,
    l.service_date,
    l.charge_amount,
    list_transform(l.modifiers, lambda modifier: upper_ascii(modifier)) AS modifiers,
    p.patient_row,
    c.complete,
    c.claim_type,
    c.payer_program
  FROM line AS l
  JOIN claim AS c USING (claim_row)
  JOIN fact_patient AS p USING (claim_row)
  WHERE l.hcpcs_code IS NOT NULL AND l.service_date IS NOT NULL
)
SELECT
  row_number() OVER (ORDER BY a.line_row, b.line_row) - 1 AS pair_row,
  least(a.claim_row, b.claim_row) AS claim_row,
  [least(a.line_row, b.line_row), greatest(a.line_row, b.line_row)] AS line_rows,
  a.complete AND b.complete AS complete,
  CAST(NULL AS VARCHAR[]) AS known_absent,
  a.claim_type,
  a.payer_program,
  a.service_date,
  a.hcpcs_code AS first_code,
  b.hcpcs_code AS second_code,
  a.modifiers AS first_modifiers,
  b.modifiers AS second_modifiers,
  CAST(coalesce(a.charge_amount, 0) + coalesce(b.charge_amount, 0) AS DECIMAL(28, 2)) AS line_charge_sum
FROM lines AS a
JOIN lines AS b
  ON b.patient_row = a.patient_row
  AND b.service_date = a.service_date
  AND b.claim_type IS NOT DISTINCT FROM a.claim_type
  AND b.payer_program IS NOT DISTINCT FROM a.payer_program
  AND b.hcpcs_code > a.hcpcs_code
