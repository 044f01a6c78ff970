/*---
about: What the FDA's NDC directory and the product table say about the package, and what the crosswalk says it holds.
grain: line
keys: [ndc11, hcpcs_code, service_date]
columns:
  ndc_ended_on: {type: date, meaning: last day on which the package was marketed, source: reference ndc_package}
  ndc_ended: {type: boolean, meaning: "whether the package was off the market before the day of service; false only up to the day of the directory that lists it", ask: "a newer NDC directory (product and package files of the FDA)", tables: [ndc_package], source: reference ndc_package}
  expected_ndc_unit: {type: text, meaning: "unit in which the package is billed: ML for liquids, UN for powders, kits and pieces, GR for what is weighed, F2 for international units", ask: "the form of the product (liquid or powder): the NDC directory, or the product table", tables: [ndc_package], source: "reference product, ndc_product; NDC-10 to NDC-13, NDC-16"}
  given_systemically: {type: boolean, meaning: "whether the product's routes are all into a vein, a muscle or under the skin", ask: "the NDC directory", source: reference ndc_product}
  counted_as_piece: {type: boolean, meaning: "whether the package is a syringe, pen, injector, cartridge or kit, which some payers count in UN", ask: "the package of the NDC (vial, syringe, pen or kit): the NDC directory, or the product table", source: "reference product, ndc_package"}
  product_form: {type: text, meaning: "form as the directory or the product table prints it, else that the product table tells the unit", source: "reference product, ndc_product"}
  item_bill_units: {type: amount, unit: HCPCS billing units, meaning: HCPCS units in one item of the package, ask: "the NDC-HCPCS crosswalk of the quarter", source: reference ndc_crosswalk}
  item_size: {type: amount, unit: NDC unit of the package, meaning: content of one item, ask: "the NDC-HCPCS crosswalk of the quarter", source: reference ndc_crosswalk}
  directory_release: {type: text, meaning: release that decided, source: reference}
  directory_lacks: {type: text, meaning: "`ndc_package` where no directory of the day is loaded", source: reference ndc_package}
---*/
WITH packages AS (
  -- A package that stands under two products of the directory has ended when both have.
  SELECT
    k.ndc11,
    k.service_date,
    CASE WHEN bool_and(d.marketing_end IS NOT NULL) THEN max(d.marketing_end) END AS ended_on,
    max(d.listed_on) AS listed_on,
    max(d.product_id) AS product_id,
    bool_or(contains(d.description, 'SYRINGE') OR contains(d.description, 'INJECTOR') OR contains(d.description, 'PEN') OR contains(d.description, 'CARTRIDGE') OR contains(d.description, 'KIT')) AS piece,
    max(d.release) AS release
  FROM (SELECT DISTINCT ndc11, service_date FROM keys WHERE ndc11 IS NOT NULL AND service_date IS NOT NULL) AS k
  JOIN ref_ndc_package AS d ON d.ndc11 = k.ndc11 AND k.service_date BETWEEN d.valid_from AND d.valid_to
  GROUP BY k.ndc11, k.service_date
),
forms AS (
  SELECT
    p.ndc11,
    p.service_date,
    max(d.dosage_form) AS form,
    bool_and(replace(replace(replace(replace(d.route, 'INTRAVENOUS', ''), 'INTRAMUSCULAR', ''), 'SUBCUTANEOUS', ''), ';', '') IN ('', ' ', '  ')) AS systemic
  FROM packages AS p
  JOIN ref_ndc_product AS d ON d.product_id = p.product_id AND p.service_date BETWEEN d.valid_from AND d.valid_to
  GROUP BY p.ndc11, p.service_date
),
products AS (
  SELECT k.ndc11, k.service_date, min(p.ndc_unit) AS ndc_unit, min(p.form) AS form, max(p.release) AS release
  FROM (SELECT DISTINCT ndc11, service_date FROM keys WHERE ndc11 IS NOT NULL AND service_date IS NOT NULL) AS k
  JOIN ref_product AS p ON p.ndc11 = k.ndc11 AND k.service_date BETWEEN p.valid_from AND p.valid_to
  GROUP BY k.ndc11, k.service_date
  HAVING count(DISTINCT p.ndc_unit) = 1
),
contents AS (
  SELECT k.ndc11, k.hcpcs_code, k.service_date, min(x.bill_units) AS bill_units, min(x.package_size) AS package_size, max(x.release) AS release
  FROM keys AS k
  JOIN ref_ndc_crosswalk AS x
    ON x.ndc11 = k.ndc11 AND x.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN x.valid_from AND x.valid_to
  GROUP BY k.ndc11, k.hcpcs_code, k.service_date
  HAVING count(DISTINCT x.bill_units) = 1 AND count(DISTINCT x.package_size) = 1
)
SELECT
  k.ndc11,
  k.hcpcs_code,
  k.service_date,
  d.ended_on AS ndc_ended_on,
  CASE WHEN d.ended_on < k.service_date THEN TRUE WHEN d.ended_on >= k.service_date OR k.service_date <= d.listed_on THEN FALSE END AS ndc_ended,
  CASE
    WHEN p.ndc_unit IS NOT NULL THEN p.ndc_unit
    WHEN f.form IS NULL THEN NULL
    WHEN contains(f.form, 'POWDER') OR contains(f.form, 'KIT') OR contains(f.form, 'TABLET') OR contains(f.form, 'CAPSULE') OR contains(f.form, 'IMPLANT') OR contains(f.form, 'INSERT') THEN 'UN'
    WHEN contains(f.form, 'SOLUTION') OR contains(f.form, 'SUSPENSION') OR contains(f.form, 'EMULSION') OR contains(f.form, 'LIQUID') OR f.form = 'INJECTION' THEN 'ML'
    WHEN contains(f.form, 'CREAM') OR contains(f.form, 'OINTMENT') OR contains(f.form, 'GEL') THEN 'GR'
  END AS expected_ndc_unit,
  f.systemic AS given_systemically,
  CASE WHEN d.piece OR p.form = 'syringe' THEN TRUE WHEN d.ndc11 IS NOT NULL OR p.ndc11 IS NOT NULL THEN FALSE END AS counted_as_piece,
  coalesce(f.form, p.form, CASE WHEN p.ndc_unit IS NOT NULL THEN 'by the product table' END) AS product_form,
  c.bill_units AS item_bill_units,
  c.package_size AS item_size,
  nullif(concat_ws(' + ', d.release, p.release, c.release), '') AS directory_release,
  CASE WHEN k.ndc11 IS NOT NULL AND (d.listed_on IS NULL OR d.listed_on < k.service_date) AND d.ended_on IS NULL THEN 'ndc_package' END AS directory_lacks
FROM keys AS k
LEFT JOIN packages AS d ON d.ndc11 = k.ndc11 AND d.service_date = k.service_date
LEFT JOIN forms AS f ON f.ndc11 = k.ndc11 AND f.service_date = k.service_date
LEFT JOIN products AS p ON p.ndc11 = k.ndc11 AND p.service_date = k.service_date
LEFT JOIN contents AS c ON c.ndc11 = k.ndc11 AND c.hcpcs_code = k.hcpcs_code AND c.service_date = k.service_date
