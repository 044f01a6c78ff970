/*---
about: The container that the line's drug came from.
grain: line
keys: [charted_container, day_container, ndc_given, ndc11, hcpcs_code, service_date]
columns:
  container: {type: text, meaning: "single_dose, multi_dose or pharmacy_bulk: charted, else of the NDC, else as charted on another line of the code that day; without an NDC of all products of the code when they agree", ask: "the container (single-dose or multiple-dose): an NDC in the product table or the FDA directory, or the chart", tables: [product], source: "administration, reference product and its coverage, ndc_package"}
  product_release: {type: text, meaning: release that decided, source: reference}
  product_lacks: {type: text, meaning: "`product` and the code where no product row tells the container", source: reference product}
---*/
WITH by_code AS (
  SELECT k.hcpcs_code, k.service_date, min(p.container) AS container, coalesce(max(CASE WHEN contains(c.release, ', presumed after ') THEN c.release END), max(p.release)) AS release
  FROM (SELECT DISTINCT hcpcs_code, service_date FROM keys) AS k
  JOIN ref_coverage AS c
    ON c."table" = 'product' AND (c.key IS NULL OR c.key = k.hcpcs_code) AND k.service_date BETWEEN c.valid_from AND c.valid_to
  JOIN ref_product AS p ON p.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN p.valid_from AND p.valid_to
  GROUP BY k.hcpcs_code, k.service_date
  HAVING count(DISTINCT p.container) = 1 AND bool_and(p.container IS NOT NULL)
),
-- A package may stand under two products of the directory: they must agree.
directory AS (
  SELECT k.ndc11, k.service_date, min(d.container) AS container, max(d.release) AS release
  FROM (SELECT DISTINCT ndc11, service_date FROM keys) AS k
  JOIN ref_ndc_package AS d ON d.ndc11 = k.ndc11 AND k.service_date BETWEEN d.valid_from AND d.valid_to
  GROUP BY k.ndc11, k.service_date
  HAVING count(DISTINCT d.container) = 1 AND bool_and(d.container IS NOT NULL)
)
SELECT
  k.*,
  coalesce(k.charted_container, p.container, d.container, k.day_container, b.container) AS container,
  CASE
    WHEN k.charted_container IS NOT NULL THEN NULL
    WHEN p.container IS NOT NULL THEN p.release
    WHEN d.container IS NOT NULL THEN d.release
    WHEN k.day_container IS NOT NULL THEN NULL
    ELSE b.release
  END AS product_release,
  CASE WHEN k.charted_container IS NULL AND p.container IS NULL AND d.container IS NULL AND k.day_container IS NULL AND b.container IS NULL THEN 'product ' || k.hcpcs_code END AS product_lacks
FROM keys AS k
LEFT JOIN ref_product AS p ON p.ndc11 = k.ndc11 AND k.service_date BETWEEN p.valid_from AND p.valid_to
LEFT JOIN directory AS d ON d.ndc11 = k.ndc11 AND d.service_date = k.service_date
LEFT JOIN by_code AS b ON k.ndc_given IS NULL AND b.hcpcs_code = k.hcpcs_code AND b.service_date = k.service_date
