/*---
about: A claim with the sums of its lines.
grain: claim
columns:
  complete: {type: boolean, meaning: whether the claim is whole, ask: "the whole claim (a part of it was read)", source: claim.complete}
  known_absent: {type: list of text, meaning: "facts of which a partial claim says that there is none", ask: "the whole claim (a part of it was read)", source: claim.known_absent}
  unreadable: {type: list of text, meaning: "what the claim says and could not be read, by the names of its facts", ask: "the claim as it was meant", source: claim.unreadable}
  claim_type: {type: text, meaning: P professional or I institutional, ask: "the type of claim (professional or institutional)", source: claim.claim_type}
  payer_program: {type: text, meaning: whose rules decide, ask: "the payer program (Medicare Part B, Medicaid, commercial ...)", source: claim.payer_program}
  place_of_service: {type: text, meaning: place of service, source: claim.place_of_service}
  frequency: {type: text, meaning: "1 original, 7 replacement, 8 void", ask: "the frequency code of the claim", source: claim.frequency}
  original_reference: {type: text, meaning: "the payer's number of the claim that is replaced or voided", ask: "the payer's claim control number (REF*F8)", source: claim.original_reference}
  service_date: {type: date, meaning: "first day of service of its lines, else of its statement", ask: "the date of service", source: "line.service_date, claim.statement_from"}
  total_charge: {type: money, unit: USD, meaning: total charge of the claim, ask: "the total charge of the claim", source: claim.total_charge}
  line_charge_sum: {type: total of money, unit: USD, meaning: "charges of its lines together; null when one is unknown or lines may be missing", ask: "the charge of every line", source: line.charge_amount}
  line_count: {type: integer, meaning: lines of the claim, ask: "the lines of the claim", source: line}
  diagnoses: {type: list of text, meaning: "diagnosis codes of the claim, principal first", ask: "the diagnosis codes of the claim", source: claim.diagnoses}
  diagnosis_code_set: {type: text, meaning: icd10 or icd9, ask: "whether the diagnoses are ICD-10 or ICD-9", source: claim.diagnosis_code_set}
  billing_npi: {type: text, meaning: billing provider, source: claim.billing_npi}
  rendering_npi: {type: text, meaning: rendering provider, source: claim.rendering_npi}
  referring_npi: {type: text, meaning: referring provider, source: claim.referring_npi}
  supervising_npi: {type: text, meaning: supervising provider, source: claim.supervising_npi}
  facility_npi: {type: text, meaning: service facility, source: claim.facility_npi}
  line_npis: {type: text, meaning: "rendering and ordering providers of the lines, with a blank between", source: "line.rendering_npi, line.ordering_npi"}
---*/
SELECT
  c.claim_row,
  coalesce(l.line_rows, []) AS line_rows,
  c.complete,
  c.known_absent,
  coalesce(c.unreadable, []) AS unreadable,
  c.claim_type,
  c.payer_program,
  c.place_of_service,
  c.frequency,
  c.original_reference,
  coalesce(l.service_date, c.statement_from) AS service_date,
  c.total_charge,
  CASE WHEN c.lines_complete AND coalesce(l.known_charges = l.line_count, TRUE) THEN CAST(coalesce(l.charges, 0) AS DECIMAL(28, 2)) END AS line_charge_sum,
  coalesce(l.line_count, 0) AS line_count,
  c.diagnoses,
  c.diagnosis_code_set,
  c.billing_npi,
  c.rendering_npi,
  c.referring_npi,
  c.supervising_npi,
  c.facility_npi,
  n.line_npis
FROM claim AS c
LEFT JOIN (
  SELECT
    claim_row,
    list(line_row) AS line_rows,
    min(service_date) AS service_date,
    sum(charge_amount) AS charges,
    count(charge_amount) AS known_charges,
    count(*) AS line_count
  FROM line
  GROUP BY claim_row
) AS l USING (claim_row)
LEFT JOIN (
  SELECT claim_row, string_agg(npi, ' ' ORDER BY npi) AS line_npis
  FROM (
    SELECT claim_row, rendering_npi AS npi FROM line WHERE rendering_npi IS NOT NULL
    UNION
    SELECT claim_row, ordering_npi AS npi FROM line WHERE ordering_npi IS NOT NULL
  )
  GROUP BY claim_row
) AS n USING (claim_row)
