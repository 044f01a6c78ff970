/*---
about: What Medicare Part B pays for the line's drug on the day of service, and whether it is paid by itself.
grain: line
needs: [line, code]
columns:
  payment_limit: {type: amount, unit: USD per HCPCS billing unit, meaning: payment limit of the quarter, source: reference asp_limit}
  coinsurance_percent: {type: amount, unit: percent, meaning: coinsurance as published, source: reference asp_limit}
  has_payment_limit: {type: boolean, meaning: whether the quarter's file has the code, source: reference asp_limit and its coverage}
  separately_payable: {type: boolean, meaning: "whether Medicare Part B pays the drug by itself on this line (UNW-13, UNW-14); null where nothing loaded decides", source: "reference asp_limit, hcpcs; place of service"}
---*/
WITH keys AS (
  SELECT DISTINCT hcpcs_code, service_date FROM fact_line WHERE hcpcs_code IS NOT NULL AND service_date IS NOT NULL
),
answers AS (
  SELECT
    k.hcpcs_code,
    k.service_date,
    a.payment_limit,
    a.coinsurance_percent,
    a.is_vaccine,
    CASE WHEN a.hcpcs_code IS NOT NULL THEN TRUE WHEN c.covered THEN FALSE END AS has_payment_limit
  FROM keys AS k
  LEFT JOIN ref_asp_limit AS a ON a.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN a.valid_from AND a.valid_to
  LEFT JOIN (
    SELECT DISTINCT k2.hcpcs_code, k2.service_date, TRUE AS covered
    FROM keys AS k2
    JOIN ref_coverage AS c2
      ON c2."table" = 'asp_limit' AND (c2.key IS NULL OR c2.key = k2.hcpcs_code) AND k2.service_date BETWEEN c2.valid_from AND c2.valid_to
  ) AS c ON c.hcpcs_code = k.hcpcs_code AND c.service_date = k.service_date
)
SELECT
  l.line_row,
  a.payment_limit,
  a.coinsurance_percent,
  a.has_payment_limit,
  CASE
    WHEN NOT d.is_drug THEN FALSE
    WHEN l.claim_type <> 'P' THEN NULL
    WHEN l.place_of_service IN ('21', '50', '72') THEN FALSE
    WHEN a.is_vaccine THEN FALSE
    WHEN d.is_drug AND l.place_of_service IS NOT NULL AND (d.is_noc OR a.has_payment_limit) THEN TRUE
  END AS separately_payable
FROM fact_line AS l
JOIN fact_code AS d USING (line_row)
LEFT JOIN answers AS a ON a.hcpcs_code = l.hcpcs_code AND a.service_date = l.service_date
