/*---
about: What Medicare Part B pays for the line's drug on the day of service, and whether it is paid by itself.
grain: line
keys: [hcpcs_code, service_date, claim_type, facility_type, payer_program, place_of_service, is_drug, is_noc, no_cost, given_on_site, is_vaccine, is_skin_substitute, is_radiopharmaceutical, medicare_excludes, code_lacks]
columns:
  payment_limit: {type: amount, unit: USD per HCPCS billing unit, meaning: payment limit of the quarter, tables: [asp_limit], source: reference asp_limit}
  coinsurance_percent: {type: amount, unit: percent, meaning: coinsurance as published, source: reference asp_limit}
  has_payment_limit: {type: boolean, meaning: whether the quarter's file has the code, tables: [asp_limit], source: reference asp_limit and its coverage}
  status_indicator: {type: text, meaning: "how the hospital outpatient system pays the code in the quarter: G and K by itself, N packaged ...", source: reference opps_status}
  separately_payable: {type: boolean, meaning: "whether Medicare Part B pays the drug by itself on this line (UNW-13, UNW-14); null where nothing loaded decides", ask: "the ASP pricing file of the quarter, or the place of service", tables: [asp_limit, hcpcs], source: "reference asp_limit, hcpcs; place of service"}
  price_release: {type: text, meaning: release that decided, source: reference}
  price_lacks: {type: text, meaning: "`asp_limit` where a limit of the quarter would decide and no release covers the code and the day; `hcpcs` where the code itself is not known", source: reference asp_limit and its coverage}
---*/
SELECT
  k.*,
  a.payment_limit,
  a.coinsurance_percent,
  o.status_indicator,
  CASE WHEN a.hcpcs_code IS NOT NULL THEN TRUE WHEN c.hcpcs_code IS NOT NULL THEN FALSE END AS has_payment_limit,
  CASE
    WHEN NOT k.is_drug OR k.no_cost THEN FALSE
    WHEN k.place_of_service IN ('21', '50', '51', '61', '72') OR a.is_vaccine OR v.hcpcs_code IS NOT NULL THEN FALSE
    WHEN k.claim_type = 'I' AND k.facility_type IN ('11', '71', '77') THEN FALSE
    WHEN k.claim_type = 'I' AND k.facility_type IN ('13', '85') AND o.status_indicator IN ('G', 'K', 'K1') THEN TRUE
    WHEN k.claim_type = 'I' AND k.facility_type = '13' AND o.status_indicator = 'N' THEN FALSE
    -- Status indicators of hospitals, ASCs and DME decide elsewhere, and are not loaded; in a facility the facility bills the drug.
    WHEN k.claim_type IS DISTINCT FROM 'P' OR k.payer_program = 'medicare_dme' OR p.facility IS DISTINCT FROM FALSE THEN NULL
    WHEN k.is_drug AND NOT k.no_cost AND (k.is_noc OR a.hcpcs_code IS NOT NULL) THEN TRUE
    -- In an office what Medicare covers is paid by itself, whether or not its limit is known (UNW-14).
    WHEN k.is_drug AND NOT k.no_cost AND k.given_on_site AND NOT k.medicare_excludes AND NOT k.is_vaccine AND NOT k.is_skin_substitute AND NOT k.is_radiopharmaceutical THEN TRUE
  END AS separately_payable,
  CASE WHEN k.claim_type = 'I' THEN coalesce(o.release, a.release, c.release) ELSE coalesce(a.release, c.release) END AS price_release,
  CASE
    WHEN k.is_drug IS NULL THEN k.code_lacks
    WHEN k.is_drug AND k.is_noc IS DISTINCT FROM TRUE AND a.hcpcs_code IS NULL AND c.hcpcs_code IS NULL AND k.service_date IS NOT NULL
      AND (k.given_on_site AND NOT k.medicare_excludes AND NOT k.is_vaccine AND NOT k.is_skin_substitute AND NOT k.is_radiopharmaceutical) IS DISTINCT FROM TRUE
      -- Where the setting decides, or nothing but a status indicator can, a limit would not tell.
      AND k.claim_type = 'P' AND k.payer_program IS DISTINCT FROM 'medicare_dme' AND p.facility = FALSE THEN 'asp_limit'
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
