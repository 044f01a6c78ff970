/*---
about: What CMS's NDC-HCPCS crosswalk of the quarter says about the line's NDC and code.
grain: line
keys: [ndc11, hcpcs_code, service_date, is_noc, code_lacks]
columns:
  ndc_codes: {type: text, meaning: codes under which the quarter's crosswalk lists the NDC, source: reference ndc_crosswalk}
  ndc_in_crosswalk: {type: boolean, meaning: "whether the quarter's crosswalk lists the NDC; false only inside declared coverage", ask: "the NDC-HCPCS crosswalk of the quarter (unclassified codes are not judged)", tables: [ndc_crosswalk, hcpcs], source: reference ndc_crosswalk and its coverage}
  ndc_agrees: {type: boolean, meaning: "whether the crosswalk lists the NDC under the line's code; null for unclassified codes and codes without any row (NDC-E-004)", ask: "the NDC-HCPCS crosswalk of the quarter (unclassified codes are not judged)", tables: [ndc_crosswalk, hcpcs], source: reference ndc_crosswalk}
  crosswalk_release: {type: text, meaning: release that decided, source: reference}
  crosswalk_lacks: {type: text, meaning: "`ndc_crosswalk` where the quarter's crosswalk is not loaded whole and would tell; `hcpcs` where the code itself is not known", source: reference ndc_crosswalk and its coverage}
---*/
WITH listed AS (
  SELECT
    k.ndc11,
    k.hcpcs_code,
    k.service_date,
    string_agg(DISTINCT x.hcpcs_code, ', ' ORDER BY x.hcpcs_code) AS ndc_codes,
    bool_or(x.hcpcs_code = k.hcpcs_code) AS pair,
    max(x.release) AS release
  FROM keys AS k
  JOIN ref_ndc_crosswalk AS x ON x.ndc11 = k.ndc11 AND k.service_date BETWEEN x.valid_from AND x.valid_to
  GROUP BY k.ndc11, k.hcpcs_code, k.service_date
),
covered AS (
  SELECT k.ndc11, k.service_date, max(c.release) AS release
  FROM keys AS k
  JOIN ref_coverage AS c
    ON c."table" = 'ndc_crosswalk' AND (c.key IS NULL OR c.key = k.ndc11) AND k.service_date BETWEEN c.valid_from AND c.valid_to
  GROUP BY k.ndc11, k.service_date
),
whole AS (
  SELECT DISTINCT k.service_date
  FROM (SELECT DISTINCT service_date FROM keys) AS k
  JOIN ref_coverage AS c ON c."table" = 'ndc_crosswalk' AND c.key IS NULL AND k.service_date BETWEEN c.valid_from AND c.valid_to
),
codes_listed AS (
  SELECT DISTINCT k.hcpcs_code, k.service_date
  FROM keys AS k
  JOIN ref_ndc_crosswalk AS x ON x.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN x.valid_from AND x.valid_to
)
SELECT
  k.*,
  i.ndc_codes,
  CASE WHEN i.ndc11 IS NOT NULL THEN TRUE WHEN v.ndc11 IS NOT NULL THEN FALSE END AS ndc_in_crosswalk,
  CASE
    WHEN k.is_noc IS DISTINCT FROM FALSE THEN NULL
    WHEN i.pair THEN TRUE
    WHEN o.hcpcs_code IS NULL THEN NULL
    WHEN i.ndc11 IS NOT NULL OR v.ndc11 IS NOT NULL THEN FALSE
  END AS ndc_agrees,
  coalesce(i.release, v.release) AS crosswalk_release,
  CASE
    WHEN k.ndc11 IS NULL OR k.service_date IS NULL THEN NULL
    WHEN k.is_noc IS NULL THEN k.code_lacks
    WHEN NOT k.is_noc AND w.service_date IS NULL THEN 'ndc_crosswalk'
  END AS crosswalk_lacks
FROM keys AS k
LEFT JOIN listed AS i ON i.ndc11 = k.ndc11 AND i.hcpcs_code IS NOT DISTINCT FROM k.hcpcs_code AND i.service_date = k.service_date
LEFT JOIN covered AS v ON v.ndc11 = k.ndc11 AND v.service_date = k.service_date
LEFT JOIN codes_listed AS o ON o.hcpcs_code = k.hcpcs_code AND o.service_date = k.service_date
LEFT JOIN whole AS w ON w.service_date = k.service_date
