/*---
about: One claim line and one policy that names its drug on the day, or lists documents for it.
grain: policy_line
needs: [line, policy]
columns:
  complete: {type: boolean, meaning: whether the claim is whole, source: claim.complete}
  known_absent: {type: list of text, meaning: "facts of which a partial claim says that there is none", ask: "the whole claim (a part of it was read)", source: "claim.known_absent, line.known_absent"}
  payer_program: {type: text, meaning: whose rules decide, source: claim.payer_program}
  hcpcs_code: {type: text, meaning: the code, source: line.hcpcs_code}
  modifiers: {type: list of text, meaning: modifiers of the line, ask: "the modifiers of the line", source: line.modifiers}
  service_date: {type: date, meaning: the day, ask: "the date of service", source: line.service_date}
  charge_amount: {type: money, unit: USD, meaning: charge of the line, source: line.charge_amount}
  policy: {type: text, meaning: the policy, source: policies}
  payer_id: {type: text, meaning: the payer, source: claim.payer_id}
  ndc11: {type: text, meaning: the NDC, source: line.ndc11}
  ndc_open: {type: boolean, meaning: whether the package may have another NDC, source: line.ndc11}
  asks_documents: {type: boolean, meaning: whether the policy lists documents, ask: "the payer's policy on the drug (`--policies`)", source: policy_item}
  documents_incomplete: {type: boolean, meaning: "whether one of them is missing; known where it is on file or everything on file was listed", ask: "what is on file for the claim (`--on-file`)", source: "policy_item, on_file"}
  documents_missing: {type: text, meaning: those that are missing, source: "policy_item, on_file"}
  kx_on_file: {type: boolean, meaning: "whether what KX vouches for is on file, as `kx`", ask: "whether what KX vouches for is on file (`--on-file`, item `kx`)", source: on_file}
---*/
WITH about AS (
  SELECT l.line_row, l.claim_row, l.line_number, l.complete, l.known_absent, l.payer_program, l.hcpcs_code, l.modifiers, l.service_date, l.charge_amount, l.payer_id, l.ndc11, l.ndc_open, unnest(p.policy_names) AS policy
  FROM fact_line AS l
  JOIN fact_policy AS p
    ON p.payer_program IS NOT DISTINCT FROM l.payer_program
    AND p.payer_id IS NOT DISTINCT FROM l.payer_id
    AND p.hcpcs_code IS NOT DISTINCT FROM l.hcpcs_code
    AND p.ndc11 IS NOT DISTINCT FROM l.ndc11
    AND p.ndc_open IS NOT DISTINCT FROM l.ndc_open
    AND p.service_date IS NOT DISTINCT FROM l.service_date
),
chart AS (
  -- What is said of the line goes before what is said of the claim.
  SELECT
    a.line_row,
    o.item,
    coalesce(bool_and(CASE WHEN o.line_number IS NOT NULL THEN o.there END), bool_or(CASE WHEN o.line_number IS NULL THEN o.there END)) AS there
  FROM (SELECT DISTINCT line_row, claim_row, line_number FROM about) AS a
  JOIN claim AS c USING (claim_row)
  JOIN ref_on_file AS o ON o.claim_id = c.claim_id AND (o.line_number IS NULL OR o.line_number = a.line_number)
  GROUP BY a.line_row, o.item
),
wholes AS (
  SELECT DISTINCT a.line_row
  FROM about AS a
  JOIN claim AS c USING (claim_row)
  JOIN ref_on_file_whole AS w ON w.claim_id = c.claim_id AND (w.line_number IS NULL OR w.line_number = a.line_number)
),
documents AS (
  SELECT
    a.line_row,
    a.policy,
    i.item,
    CASE WHEN h.item IS NOT NULL THEN h.there WHEN w.line_row IS NOT NULL THEN FALSE END AS there
  FROM about AS a
  JOIN ref_policy_item AS i ON i.policy = a.policy AND i.attribute = 'documents'
  LEFT JOIN chart AS h ON h.line_row = a.line_row AND h.item = i.item
  LEFT JOIN wholes AS w ON w.line_row = a.line_row
),
listed AS (
  SELECT
    line_row,
    policy,
    CASE WHEN bool_or(NOT there) THEN TRUE WHEN bool_and(there IS NOT NULL) THEN FALSE END AS documents_incomplete,
    string_agg(DISTINCT lacking, ', ' ORDER BY lacking) AS documents_missing
  FROM (SELECT *, CASE WHEN NOT there THEN item END AS lacking FROM documents)
  GROUP BY line_row, policy
)
SELECT
  row_number() OVER (ORDER BY a.line_row, a.policy) - 1 AS policy_line_row,
  a.claim_row,
  [a.line_row] AS line_rows,
  a.complete,
  a.known_absent,
  a.payer_program,
  a.hcpcs_code,
  a.modifiers,
  a.service_date,
  a.charge_amount,
  a.policy,
  a.payer_id,
  a.ndc11,
  a.ndc_open,
  d.line_row IS NOT NULL AS asks_documents,
  d.documents_incomplete,
  d.documents_missing,
  CASE WHEN k.item IS NOT NULL THEN k.there WHEN w.line_row IS NOT NULL THEN FALSE END AS kx_on_file
FROM about AS a
LEFT JOIN listed AS d ON d.line_row = a.line_row AND d.policy = a.policy
LEFT JOIN chart AS k ON k.line_row = a.line_row AND k.item = 'kx'
LEFT JOIN wholes AS w ON w.line_row = a.line_row
