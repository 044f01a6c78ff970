/*---
about: What is known of the drug of the code on the day of service beside its code set row.
grain: line
keys: [hcpcs_code, service_date]
columns:
  withdrawn_on: {type: date, meaning: first day on which the product was withdrawn or discontinued, source: "reference drug_trait (withdrawn)"}
  product_withdrawn: {type: boolean, meaning: "whether the product had been withdrawn or discontinued; false where the quarter's crosswalk still lists a product of the code", ask: "the NDC-HCPCS crosswalk of the quarter (it lists the products on the market)", source: "reference drug_trait, ndc_crosswalk"}
  old_codes: {type: text, meaning: codes that the code replaced, source: reference replacement}
  old_billing_units: {type: text, meaning: "billing units of these codes: amount, unit and semantics, parted by |", source: "reference replacement, hcpcs"}
  code_listed: {type: boolean, meaning: whether the code sets that are loaded have the code, source: reference hcpcs}
  limit_amount: {type: amount, unit: limit_unit, meaning: most of the drug on one day by its label, source: reference dose_limit}
  limit_per_kg: {type: amount, unit: limit_unit per kg, meaning: "most of the drug on one day by its label, for each kilogram", source: reference dose_limit}
  limit_unit: {type: text, meaning: unit of the limits, source: reference dose_limit}
  drug_status_release: {type: text, meaning: release that decided, source: reference}
---*/
WITH withdrawals AS (
  SELECT k.hcpcs_code, k.service_date, min(t.valid_from) AS withdrawn_on, max(t.release) AS release
  FROM keys AS k
  JOIN ref_drug_trait AS t ON t.hcpcs_code = k.hcpcs_code AND t.trait = 'withdrawn' AND k.service_date BETWEEN t.valid_from AND t.valid_to
  GROUP BY k.hcpcs_code, k.service_date
),
marketed AS (
  SELECT k.hcpcs_code, k.service_date, max(x.release) AS release
  FROM keys AS k
  JOIN ref_ndc_crosswalk AS x ON x.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN x.valid_from AND x.valid_to
  GROUP BY k.hcpcs_code, k.service_date
),
replaced AS (
  SELECT
    k.hcpcs_code,
    k.service_date,
    string_agg(DISTINCT r.hcpcs_code, ' or ' ORDER BY r.hcpcs_code) AS old_codes,
    max(r.release) AS release
  FROM keys AS k
  JOIN ref_replacement AS r ON r.replaced_by = k.hcpcs_code AND k.service_date BETWEEN r.valid_from AND r.valid_to
  GROUP BY k.hcpcs_code, k.service_date
),
-- Apart from the codes: Spark takes one list of distinct texts at a time.
old_units AS (
  SELECT k.hcpcs_code, k.service_date, string_agg(DISTINCT o.billing_unit, '|' ORDER BY o.billing_unit) AS old_billing_units
  FROM keys AS k
  JOIN ref_replacement AS r ON r.replaced_by = k.hcpcs_code AND k.service_date BETWEEN r.valid_from AND r.valid_to
  JOIN (
    SELECT hcpcs_code, CAST(amount AS VARCHAR) || ' ' || unit || ' ' || unit_semantics AS billing_unit FROM ref_hcpcs WHERE amount > 0
  ) AS o ON o.hcpcs_code = r.hcpcs_code
  GROUP BY k.hcpcs_code, k.service_date
),
known AS (SELECT DISTINCT hcpcs_code FROM ref_hcpcs),
limits AS (
  SELECT k.hcpcs_code, k.service_date, l.most_amount, l.most_per_kg, l.unit, l.release
  FROM keys AS k
  JOIN ref_dose_limit AS l ON l.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN l.valid_from AND l.valid_to
)
SELECT
  k.hcpcs_code,
  k.service_date,
  w.withdrawn_on,
  CASE WHEN w.hcpcs_code IS NOT NULL THEN TRUE WHEN m.hcpcs_code IS NOT NULL THEN FALSE END AS product_withdrawn,
  r.old_codes,
  o.old_billing_units,
  n.hcpcs_code IS NOT NULL AS code_listed,
  l.most_amount AS limit_amount,
  l.most_per_kg AS limit_per_kg,
  l.unit AS limit_unit,
  coalesce(w.release, r.release, l.release, m.release) AS drug_status_release
FROM keys AS k
LEFT JOIN withdrawals AS w ON w.hcpcs_code = k.hcpcs_code AND w.service_date = k.service_date
LEFT JOIN marketed AS m ON m.hcpcs_code = k.hcpcs_code AND m.service_date = k.service_date
LEFT JOIN replaced AS r ON r.hcpcs_code = k.hcpcs_code AND r.service_date = k.service_date
LEFT JOIN old_units AS o ON o.hcpcs_code = k.hcpcs_code AND o.service_date = k.service_date
LEFT JOIN known AS n ON n.hcpcs_code = k.hcpcs_code
LEFT JOIN limits AS l ON l.hcpcs_code = k.hcpcs_code AND l.service_date = k.service_date
