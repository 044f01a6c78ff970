/*---
about: Whether a drug billed under an unclassified code has a code of its own on the day.
grain: line
keys: [is_noc, ndc11, description, service_date]
columns:
  specific_codes: {type: text, meaning: "codes that exist on the day for the line's NDC, or for the drug that its description names", source: "reference ndc_crosswalk, hcpcs"}
  ndc_has_code: {type: boolean, meaning: "whether the quarter's crosswalk lists the NDC under a code that is not unclassified", ask: "the NDC-HCPCS crosswalk of the quarter", tables: [ndc_crosswalk], source: "reference ndc_crosswalk and its coverage, hcpcs"}
  described_drug_has_code: {type: boolean, meaning: "whether the description names, with its salt, the drug of a code that is not unclassified and valid on the day", ask: "the HCPCS file for the date of service", tables: [hcpcs], source: "reference hcpcs and its coverage"}
  noc_code_release: {type: text, meaning: release that decided, source: reference}
  noc_code_lacks: {type: text, meaning: "`ndc_crosswalk` or `hcpcs` where no release covers the NDC or every code on the day", source: reference coverage}
---*/
WITH wanted AS (
  SELECT
    *,
    ' ' || regexp_replace(upper_ascii(description), '[^A-Z0-9-]+', ' ', 'g') || ' ' AS words
  FROM keys
  WHERE is_noc
),
drugs AS (
  SELECT DISTINCT h.hcpcs_code, upper_ascii(h.substance) AS substance, h.span_from, h.span_to, h.valid_from, h.valid_to, h.release
  FROM ref_hcpcs AS h
  WHERE h.is_drug AND NOT h.is_noc AND length(h.substance) >= 5
    -- Skin substitutes have plain words for names, and solutions stand beside many drugs.
    AND NOT h.hcpcs_code BETWEEN 'Q4100' AND 'Q4999' AND NOT h.hcpcs_code BETWEEN 'J7030' AND 'J7131'
),
by_ndc AS (
  SELECT w.ndc11, w.service_date, string_agg(DISTINCT x.hcpcs_code, ', ' ORDER BY x.hcpcs_code) AS codes, max(x.release) AS release
  FROM (SELECT DISTINCT ndc11, service_date FROM wanted WHERE ndc11 IS NOT NULL AND service_date IS NOT NULL) AS w
  JOIN ref_ndc_crosswalk AS x ON x.ndc11 = w.ndc11 AND w.service_date BETWEEN x.valid_from AND x.valid_to
  WHERE x.hcpcs_code NOT IN (SELECT hcpcs_code FROM ref_hcpcs WHERE is_noc)
  GROUP BY w.ndc11, w.service_date
),
ndc_covered AS (
  SELECT w.ndc11, w.service_date, max(c.release) AS release
  FROM (SELECT DISTINCT ndc11, service_date FROM wanted WHERE ndc11 IS NOT NULL AND service_date IS NOT NULL) AS w
  JOIN ref_coverage AS c
    ON c."table" = 'ndc_crosswalk' AND (c.key IS NULL OR c.key = w.ndc11) AND w.service_date BETWEEN c.valid_from AND c.valid_to
  GROUP BY w.ndc11, w.service_date
),
by_name AS (
  SELECT w.description, w.service_date, string_agg(DISTINCT d.hcpcs_code, ', ' ORDER BY d.hcpcs_code) AS codes, max(d.release) AS release
  FROM (SELECT DISTINCT description, words, service_date FROM wanted WHERE words IS NOT NULL AND service_date IS NOT NULL) AS w
  JOIN drugs AS d
    ON contains(w.words, ' ' || d.substance || ' ')
    AND w.service_date BETWEEN d.valid_from AND d.valid_to
    AND w.service_date BETWEEN d.span_from AND d.span_to
  GROUP BY w.description, w.service_date
),
-- Only a list that is complete for every code can say that no code names the drug.
codes_covered AS (
  SELECT w.service_date, max(c.release) AS release
  FROM (SELECT DISTINCT service_date FROM wanted WHERE service_date IS NOT NULL) AS w
  JOIN ref_coverage AS c ON c."table" = 'hcpcs' AND c.key IS NULL AND w.service_date BETWEEN c.valid_from AND c.valid_to
  GROUP BY w.service_date
)
SELECT
  k.is_noc,
  k.ndc11,
  k.description,
  k.service_date,
  coalesce(n.codes, d.codes) AS specific_codes,
  CASE WHEN n.codes IS NOT NULL THEN TRUE WHEN v.ndc11 IS NOT NULL THEN FALSE END AS ndc_has_code,
  CASE WHEN d.codes IS NOT NULL THEN TRUE WHEN k.is_noc AND k.description IS NOT NULL AND c.service_date IS NOT NULL THEN FALSE END AS described_drug_has_code,
  coalesce(n.release, d.release, v.release, c.release) AS noc_code_release,
  CASE WHEN NOT k.is_noc THEN NULL WHEN k.ndc11 IS NOT NULL AND v.ndc11 IS NULL THEN 'ndc_crosswalk' WHEN c.service_date IS NULL THEN 'hcpcs' END AS noc_code_lacks
FROM keys AS k
LEFT JOIN by_ndc AS n ON k.is_noc AND n.ndc11 = k.ndc11 AND n.service_date = k.service_date
LEFT JOIN ndc_covered AS v ON k.is_noc AND v.ndc11 = k.ndc11 AND v.service_date = k.service_date
LEFT JOIN by_name AS d ON k.is_noc AND d.description = k.description AND d.service_date = k.service_date
LEFT JOIN codes_covered AS c ON c.service_date = k.service_date
