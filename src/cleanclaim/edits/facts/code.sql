/*---
about: What the code sets say about the line's code on the day of service.
grain: line
needs: [line]
columns:
  code_system: {type: text, meaning: "hcpcs (Level II), cpt, cdt, or none when the text has no code's form", source: COD-01}
  code_known: {type: boolean, meaning: "whether the code is in a loaded code set on any day; false only inside declared coverage, or when it has no code's form", source: reference hcpcs}
  code_valid: {type: boolean, meaning: whether the code may be billed on the day of service, source: reference hcpcs}
  code_from: {type: date, meaning: first day of the span nearest to the day of service, source: reference hcpcs}
  code_to: {type: date, meaning: last day of that span, source: reference hcpcs}
  successor: {type: text, meaning: codes that follow the code, source: reference replacement}
  code_descriptor: {type: text, meaning: official descriptor on the day of service, source: reference hcpcs}
  is_drug: {type: boolean, meaning: "whether the code is a drug, biologic, radiopharmaceutical, contrast agent or vaccine", source: "reference hcpcs, code_range"}
  is_noc: {type: boolean, meaning: whether the code is an unclassified drug code, source: reference hcpcs}
  unit_amount: {type: amount, unit: unit, meaning: amount of one billing unit on the day of service, source: reference hcpcs}
  unit: {type: text, meaning: unit of that amount, source: reference hcpcs}
  unit_semantics: {type: text, meaning: "linear, up_to, per_container ...", source: reference hcpcs}
  line_kind: {type: text, meaning: "drug, administration, evaluation, supply, eye_injection or other, by the code", source: reference code_range}
  local_use: {type: boolean, meaning: "whether the drug is given at one side of the body (eye, joint, implant)", source: reference drug_trait}
  is_radiopharmaceutical: {type: boolean, meaning: "whether the drug is a radiopharmaceutical, imaging or contrast agent", source: "reference code_range, drug_trait"}
---*/
WITH keys AS (
  SELECT DISTINCT
    hcpcs_code,
    service_date,
    CASE
      WHEN regexp_full_match(hcpcs_code, '[A-CEGHJ-MP-V][0-9]{4}') THEN 'hcpcs'
      WHEN regexp_full_match(hcpcs_code, 'D[0-9]{4}') THEN 'cdt'
      WHEN regexp_full_match(hcpcs_code, '[0-9]{4}[0-9AFMTU]') THEN 'cpt'
      ELSE 'none'
    END AS code_system
  FROM fact_line
  WHERE hcpcs_code IS NOT NULL
),
covered AS (
  SELECT DISTINCT k.hcpcs_code, k.service_date
  FROM keys AS k
  JOIN ref_coverage AS c
    ON c."table" = 'hcpcs' AND (c.key IS NULL OR c.key = k.hcpcs_code) AND k.service_date BETWEEN c.valid_from AND c.valid_to
),
nearest AS (
  SELECT k.hcpcs_code, k.service_date, s.span_from, s.span_to, s.is_drug, s.is_noc
  FROM keys AS k
  JOIN ref_hcpcs AS s ON s.hcpcs_code = k.hcpcs_code
  QUALIFY row_number() OVER (
    PARTITION BY k.hcpcs_code, k.service_date
    ORDER BY s.span_from > k.service_date, abs(k.service_date - s.span_from), s.valid_from DESC
  ) = 1
),
followers AS (
  SELECT hcpcs_code, string_agg(DISTINCT replaced_by, ', ' ORDER BY replaced_by) AS successor
  FROM ref_replacement
  GROUP BY hcpcs_code
),
traits AS (
  SELECT
    k.hcpcs_code,
    k.service_date,
    max(CASE WHEN t.trait IN ('intravitreal', 'local') THEN 1 WHEN t.trait = 'systemic' THEN 0 END) = 1 AS local_use,
    bool_or(t.trait IN ('radiopharmaceutical', 'contrast')) AS is_radiopharmaceutical
  FROM keys AS k
  JOIN ref_drug_trait AS t ON t.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN t.valid_from AND t.valid_to
  GROUP BY k.hcpcs_code, k.service_date
),
ranges AS (
  -- The narrowest range that holds the code says what it is; the kinds of wider ones still count for radiopharmaceuticals.
  SELECT
    k.hcpcs_code,
    k.service_date,
    arg_min(r.kind, r.range_order) AS kind,
    bool_or(r.kind = 'drug') AS in_drug_range,
    bool_or(r.kind = 'radiopharmaceutical') AS in_radiopharmaceutical_range
  FROM keys AS k
  JOIN ref_code_range AS r
    ON k.hcpcs_code BETWEEN r.range_from AND r.range_to AND coalesce(k.service_date, DATE '9999-12-31') BETWEEN r.valid_from AND r.valid_to
  WHERE length(k.hcpcs_code) = 5
  GROUP BY k.hcpcs_code, k.service_date
),
answers AS (
  SELECT
    k.hcpcs_code,
    k.service_date,
    k.code_system,
    CASE
      WHEN k.code_system = 'none' THEN FALSE
      WHEN n.hcpcs_code IS NOT NULL THEN TRUE
      WHEN v.hcpcs_code IS NOT NULL THEN FALSE
    END AS code_known,
    CASE
      WHEN h.hcpcs_code IS NOT NULL THEN TRUE
      WHEN n.hcpcs_code IS NOT NULL AND v.hcpcs_code IS NOT NULL THEN FALSE
    END AS code_valid,
    n.span_from AS code_from,
    n.span_to AS code_to,
    f.successor,
    h.descriptor AS code_descriptor,
    coalesce(n.is_drug, r.in_drug_range OR r.in_radiopharmaceutical_range, CASE WHEN r.kind IS NOT NULL THEN FALSE END) AS is_drug,
    coalesce(n.is_noc, CASE WHEN r.kind IS NOT NULL AND NOT (r.in_drug_range OR r.in_radiopharmaceutical_range) THEN FALSE END) AS is_noc,
    h.amount AS unit_amount,
    h.unit,
    h.unit_semantics,
    CASE
      WHEN n.is_drug OR r.in_drug_range OR r.in_radiopharmaceutical_range THEN 'drug'
      ELSE coalesce(r.kind, CASE WHEN n.hcpcs_code IS NOT NULL AND NOT n.is_drug THEN 'other' END)
    END AS line_kind,
    t.local_use,
    coalesce(r.in_radiopharmaceutical_range OR t.is_radiopharmaceutical, r.in_radiopharmaceutical_range, t.is_radiopharmaceutical, CASE WHEN n.is_drug THEN FALSE END) AS is_radiopharmaceutical
  FROM keys AS k
  LEFT JOIN ref_hcpcs AS h ON h.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN h.valid_from AND h.valid_to
  LEFT JOIN covered AS v ON v.hcpcs_code = k.hcpcs_code AND v.service_date = k.service_date
  LEFT JOIN nearest AS n ON n.hcpcs_code = k.hcpcs_code AND n.service_date IS NOT DISTINCT FROM k.service_date
  LEFT JOIN followers AS f ON f.hcpcs_code = k.hcpcs_code
  LEFT JOIN traits AS t ON t.hcpcs_code = k.hcpcs_code AND t.service_date = k.service_date
  LEFT JOIN ranges AS r ON r.hcpcs_code = k.hcpcs_code AND r.service_date IS NOT DISTINCT FROM k.service_date
)
SELECT
  l.line_row,
  a.code_system,
  a.code_known,
  a.code_valid,
  a.code_from,
  a.code_to,
  a.successor,
  a.code_descriptor,
  a.is_drug,
  a.is_noc,
  a.unit_amount,
  a.unit,
  a.unit_semantics,
  a.line_kind,
  a.local_use,
  a.is_radiopharmaceutical
FROM fact_line AS l
LEFT JOIN answers AS a ON a.hcpcs_code = l.hcpcs_code AND a.service_date IS NOT DISTINCT FROM l.service_date
