/*---
about: A service line with what its claim says about it.
grain: line
columns:
  complete: {type: boolean, meaning: whether the claim is whole, ask: "the whole claim (a part of it was read)", source: claim.complete}
  known_absent: {type: list of text, meaning: "facts of which a partial claim says that there is none", ask: "the whole claim (a part of it was read)", source: "claim.known_absent, line.known_absent"}
  unreadable: {type: list of text, meaning: "what the line says and could not be read, by the names of its facts", ask: "the line as it was meant", source: line.unreadable}
  lines_complete: {type: boolean, meaning: "whether the lines that are here are all lines of the claim", ask: "all lines of the claim", source: claim.lines_complete}
  claim_type: {type: text, meaning: P professional or I institutional, ask: "the type of claim (professional or institutional)", source: claim.claim_type}
  payer_program: {type: text, meaning: whose rules decide, ask: "the payer program (Medicare Part B, Medicaid, commercial ...)", source: claim.payer_program}
  payer_id: {type: text, meaning: the destination payer, source: claim.payer_id}
  facility_type: {type: text, meaning: "first two digits of the type of bill: 13 hospital outpatient, 85 critical access hospital, 11 inpatient ...", source: claim.bill_type}
  frequency: {type: text, meaning: "1 original, 7 replacement, 8 void", ask: "the frequency code of the claim", source: claim.frequency}
  place_of_service: {type: text, meaning: "place of service of the line, else of the claim", ask: "the place of service", source: "line.place_of_service, claim.place_of_service"}
  billing_npi: {type: text, meaning: billing provider, source: claim.billing_npi}
  line_number: {type: integer, meaning: number of the line as sent, source: line.line_number}
  hcpcs_code: {type: text, meaning: "code, in upper case and without blanks around it", ask: "the code of the line", source: line.hcpcs_code}
  code_as_sent: {type: text, meaning: code as sent, ask: "the code of the line", source: line.hcpcs_code}
  modifiers: {type: list of text, meaning: "modifiers, in upper case", ask: "the modifiers of the line", source: line.modifiers}
  description: {type: text, meaning: description of the line, source: line.description}
  charge_amount: {type: money, unit: USD, meaning: charge of the line, source: line.charge_amount}
  unit_basis: {type: text, meaning: "UN units, MJ minutes", ask: "the unit of measure of the line (UN)", source: line.unit_basis}
  no_cost: {type: boolean, meaning: "whether the line is charged at nothing or a cent: drug that cost nothing; a line that has no charge is not", ask: "the charge of the line", source: "line.charge_amount, UNW-13"}
  code_qualifier: {type: text, meaning: "what the code is: HC for HCPCS and CPT", ask: "the qualifier of the code", source: line.code_qualifier}
  billed_units: {type: units, unit: HCPCS billing units, meaning: units billed, ask: "the units of the line", source: line.billed_units}
  units_whole: {type: boolean, meaning: whether the units are a whole number, ask: "the units of the line", source: line.billed_units}
  service_date: {type: date, meaning: first day of service, ask: "the date of service", source: line.service_date}
  service_date_to: {type: date, meaning: last day of service, ask: "the last date of service", source: line.service_date_to}
  line_days: {type: integer, meaning: "days from the first to the last day of service, both counted; 1 where the last is not known or before the first", source: "line.service_date, line.service_date_to"}
  revenue_code: {type: text, meaning: revenue code, source: line.revenue_code}
  diagnoses: {type: list of text, meaning: diagnosis codes that the line points to, ask: "the diagnosis codes of the line", source: line.diagnoses}
  ndc_qualifier: {type: text, meaning: what the drug number is, ask: "the qualifier of the NDC", source: line.ndc_qualifier}
  ndc_given: {type: text, meaning: drug number as sent, ask: "the NDC of the line", source: line.ndc_given}
  ndc11: {type: text, meaning: NDC in eleven digits, ask: "the NDC of the line", source: line.ndc11}
  ndc_open: {type: boolean, meaning: "whether the package may have another NDC than the one that is known: none is known, and the claim does not say that there is none or gives a number that is none", source: "line.ndc11, line.ndc_given, claim.complete"}
  is_void: {type: boolean, meaning: "whether the claim voids another (frequency 8)", source: "claim.frequency, claim.bill_type"}
  corrects: {type: boolean, meaning: "whether the claim replaces or voids another (frequency 7 or 8)", source: "claim.frequency, claim.bill_type"}
  ndc_quantity: {type: units, unit: ndc_unit, meaning: quantity in NDC units, ask: "the NDC quantity of the line", source: line.ndc_quantity}
  ndc_unit: {type: text, meaning: NDC unit, ask: "the NDC unit of the line", source: line.ndc_unit}
  ndc_count: {type: integer, meaning: drug identifications on the line, ask: "the NDC of the line", source: line.ndc_count}
  prior_auth: {type: text, meaning: "authorization of the line, else of the claim", ask: "the authorization number of the claim", source: "line.prior_auth, claim.prior_auth"}
  notes: {type: text, meaning: "note of the line and of the claim", source: "line.note, claim.note"}
  drug_diagnoses: {type: list of text, meaning: "diagnosis codes that the line is for: those it points to; on an institutional claim, which has no pointers, all of the claim", source: "line.diagnoses, claim.diagnoses"}
  claim_diagnoses: {type: list of text, meaning: diagnosis codes of the claim, source: claim.diagnoses}
  claim_diagnosis_count: {type: integer, meaning: diagnosis codes of the claim, ask: "the diagnosis codes of the claim", source: claim.diagnoses}
  sex: {type: text, meaning: "F or M; null where the claim says neither", ask: "the patient's sex", source: claim.sex}
  provider_taxonomy: {type: text, meaning: "taxonomy of the rendering provider; of the billing provider where the claim names no other", ask: the provider's taxonomy (PRV), source: "claim.rendering_taxonomy, claim.billing_taxonomy"}
  ordered_by: {type: text, meaning: "ordering provider of the line, else the referring provider of the claim", ask: "the ordering or referring provider", source: "line.ordering_npi, claim.referring_npi"}
  last_day: {type: date, meaning: "last day of the claim's statement (institutional), else of the service", source: "claim.statement_to, line.service_date_to"}
  birth_date: {type: date, meaning: birth date of the patient, ask: "the patient's date of birth", source: claim.birth_date}
  weight_kg: {type: amount, unit: kg, meaning: "weight of the patient (1 pound is 0.45359237 kg)", source: claim.weight}
  checked_on: {type: date, meaning: "the day as of which the claim is checked: as the run says, else the date of its file", ask: "the claim date (`--checked-on`): the file has none of its own", source: claim.created_on}
---*/
SELECT
  l.line_row,
  l.claim_row,
  [l.line_row] AS line_rows,
  c.complete,
  -- Of what the line and the claim can both say, both must say that there is none; but a place of service and an
  -- authorization are the claim's where the line has none of its own.
  CASE
    WHEN c.known_absent IS NOT NULL OR l.known_absent IS NOT NULL THEN list_concat(
      list_filter(coalesce(l.known_absent, []), lambda name: name NOT IN ('place_of_service', 'prior_auth')),
      list_filter(coalesce(c.known_absent, []), lambda name: name IN ('frequency', 'place_of_service', 'prior_auth')),
      CASE WHEN list_contains(l.known_absent, 'note') AND list_contains(c.known_absent, 'note') THEN ['notes'] ELSE [] END,
      CASE WHEN list_contains(l.known_absent, 'ordering_npi') AND list_contains(c.known_absent, 'referring_npi') THEN ['ordered_by'] ELSE [] END
    )
  END AS known_absent,
  coalesce(l.unreadable, []) AS unreadable,
  c.lines_complete,
  c.claim_type,
  c.payer_program,
  c.payer_id,
  CASE WHEN starts_with(c.bill_type, '0') THEN substring(c.bill_type, 2, 2) ELSE substring(c.bill_type, 1, 2) END AS facility_type,
  c.frequency,
  coalesce(l.place_of_service, c.place_of_service) AS place_of_service,
  c.billing_npi,
  l.line_number,
  upper_ascii(trim(l.hcpcs_code)) AS hcpcs_code,
  l.hcpcs_code AS code_as_sent,
  list_transform(l.modifiers, lambda modifier: upper_ascii(modifier)) AS modifiers,
  l.description,
  l.charge_amount,
  CASE WHEN l.charge_amount IS NOT NULL THEN l.charge_amount <= 0.01 WHEN c.complete OR list_contains(l.known_absent, 'charge_amount') THEN FALSE END AS no_cost,
  l.code_qualifier,
  l.unit_basis,
  l.billed_units,
  l.billed_units = floor(l.billed_units) AS units_whole,
  l.service_date,
  l.service_date_to,
  CASE WHEN l.service_date_to > l.service_date THEN date_diff('day', l.service_date, l.service_date_to) + 1 ELSE 1 END AS line_days,
  l.revenue_code,
  l.diagnoses,
  l.ndc_qualifier,
  l.ndc_given,
  l.ndc11,
  l.ndc11 IS NULL
  AND (l.ndc_given IS NOT NULL OR NOT coalesce(c.complete OR list_contains(l.known_absent, 'ndc_given'), FALSE)) AS ndc_open,
  coalesce(c.frequency, CASE WHEN c.claim_type = 'I' THEN substr(c.bill_type, length(c.bill_type), 1) END) = '8' AS is_void,
  coalesce(c.frequency, CASE WHEN c.claim_type = 'I' THEN substr(c.bill_type, length(c.bill_type), 1) END) IN ('7', '8') AS corrects,
  l.ndc_quantity,
  l.ndc_unit,
  l.ndc_count,
  coalesce(l.prior_auth, c.prior_auth) AS prior_auth,
  coalesce(l.note || ' | ' || c.note, l.note, c.note) AS notes,
  CASE WHEN c.claim_type = 'I' THEN c.diagnoses WHEN c.claim_type = 'P' THEN l.diagnoses END AS drug_diagnoses,
  c.diagnoses AS claim_diagnoses,
  CAST(array_length(c.diagnoses) AS BIGINT) AS claim_diagnosis_count,
  CASE WHEN c.sex IN ('F', 'M') THEN c.sex END AS sex,
  CASE
    WHEN l.rendering_npi IS NOT NULL AND l.rendering_npi IS DISTINCT FROM c.rendering_npi THEN NULL
    WHEN c.rendering_taxonomy IS NOT NULL THEN c.rendering_taxonomy
    WHEN c.rendering_npi IS NULL AND (c.complete OR (list_contains(c.known_absent, 'rendering_npi') AND list_contains(l.known_absent, 'rendering_npi')))
      THEN c.billing_taxonomy
  END AS provider_taxonomy,
  coalesce(l.ordering_npi, c.referring_npi) AS ordered_by,
  CASE
    WHEN c.claim_type = 'I' THEN coalesce(c.statement_to, CASE WHEN c.complete OR list_contains(c.known_absent, 'statement_to') THEN coalesce(l.service_date_to, l.service_date) END)
    WHEN c.claim_type = 'P' THEN l.service_date
  END AS last_day,
  c.birth_date,
  CAST(c.weight * CAST(0.45359237 AS DECIMAL(9, 8)) AS DECIMAL(18, 6)) AS weight_kg,
  coalesce(r.checked_on, c.created_on) AS checked_on
FROM line AS l
JOIN claim AS c USING (claim_row)
CROSS JOIN run AS r
