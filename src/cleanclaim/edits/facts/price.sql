/*---
about: What Medicare Part B pays for the line's drug on the day of service, and the hospital status of its code.
grain: line
keys: [hcpcs_code, service_date, claim_type, place_of_service, is_drug, code_lacks]
columns:
  payment_limit: {type: amount, unit: USD per HCPCS billing unit, meaning: payment limit of the quarter, tables: [asp_limit], source: reference asp_limit}
  coinsurance_percent: {type: amount, unit: percent, meaning: coinsurance as published, source: reference asp_limit}
  has_payment_limit: {type: boolean, meaning: whether the quarter's file has the code, tables: [asp_limit], source: reference asp_limit and its coverage}
  status_indicator: {type: text, meaning: "how the hospital outpatient system pays the code in the quarter: G and K by itself, N packaged ...", source: reference opps_status}
  listed_vaccine: {type: boolean, meaning: "whether the code is a vaccine of SSA 1861(s)(10), or one of the payment limit file", source: "reference asp_limit, drug_trait"}
  in_facility: {type: boolean, meaning: whether the place of service is a facility's, ask: "the place of service", source: reference place_of_service}
  price_release: {type: text, meaning: release that decided, source: reference}
  price_lacks: {type: text, meaning: "`asp_limit` where no release covers the code of a drug on the day; `hcpcs` where the code itself is not known", source: reference asp_limit and its coverage}
---*/
SELECT
  k.*,
  a.payment_limit,
  a.coinsurance_percent,
  o.status_indicator,
  CASE WHEN a.hcpcs_code IS NOT NULL THEN TRUE WHEN c.hcpcs_code IS NOT NULL THEN FALSE END AS has_payment_limit,
  coalesce(a.is_vaccine, FALSE) OR v.hcpcs_code IS NOT NULL AS listed_vaccine,
  p.facility AS in_facility,
  CASE WHEN k.claim_type = 'I' THEN coalesce(o.release, a.release, c.release) ELSE coalesce(a.release, c.release) END AS price_release,
  CASE
    WHEN k.is_drug IS NULL THEN k.code_lacks
    WHEN k.is_drug AND a.hcpcs_code IS NULL AND c.hcpcs_code IS NULL AND k.service_date IS NOT NULL THEN 'asp_limit'
  END AS price_lacks
FROM keys AS k
LEFT JOIN (SELECT DISTINCT place_of_service, facility FROM ref_place_of_service) AS p ON p.place_of_service = k.place_of_service
LEFT JOIN ref_drug_trait AS v
  ON v.hcpcs_code = k.hcpcs_code AND v.trait = 'vaccine_1861s10' AND k.service_date BETWEEN v.valid_from AND v.valid_to
LEFT JOIN ref_opps_status AS o ON o.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN o.valid_from AND o.valid_to
LEFT JOIN ref_asp_limit AS a ON a.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN a.valid_from AND a.valid_to
LEFT JOIN (
  SELECT d.hcpcs_code, d.service_date, max(v.release) AS release
  FROM (SELECT DISTINCT hcpcs_code, service_date FROM keys) AS d
  JOIN ref_coverage AS v
    ON v."table" = 'asp_limit' AND (v.key IS NULL OR v.key = d.hcpcs_code) AND d.service_date BETWEEN v.valid_from AND v.valid_to
  GROUP BY d.hcpcs_code, d.service_date
) AS c ON c.hcpcs_code = k.hcpcs_code AND c.service_date = k.service_date
