/*---
about: The medically unlikely edit of the code in the quarter of the day.
grain: drug_day
keys: [hcpcs_code, service_date, payer_program, claim_type]
columns:
  mue_exists: {type: boolean, meaning: "whether the quarter has a published value; false only inside declared coverage", ask: "the MUE file of the quarter", tables: [mue], source: reference mue and its coverage}
  mue_value: {type: units, unit: HCPCS billing units, meaning: most units, ask: "the MUE file of the quarter", tables: [mue], source: reference mue}
  mue_adjudication_indicator: {type: integer, meaning: "1 by line, 2 by day (policy), 3 by day (clinical)", ask: "the MUE file of the quarter", tables: [mue], source: reference mue}
  mue_release: {type: text, meaning: release that decided, source: reference}
  mue_lacks: {type: text, meaning: "`mue` and the service type where no release covers the code and the day", source: reference mue and its coverage}
---*/
WITH services AS (
  SELECT
    *,
    CASE WHEN payer_program = 'medicare_dme' THEN 'dme' WHEN claim_type = 'P' THEN 'practitioner' WHEN claim_type = 'I' THEN 'outpatient' END AS service_type
  FROM keys
),
covered AS (
  -- A file holds one service type: that the practitioners' has no row says nothing about the hospitals'.
  SELECT k.hcpcs_code, k.service_date, k.service_type, max(c.release) AS release
  FROM (SELECT DISTINCT hcpcs_code, service_date, service_type FROM services) AS k
  JOIN ref_coverage AS c
    ON c."table" = 'mue'
    AND c.part = k.service_type
    AND (c.key IS NULL OR c.key = k.hcpcs_code)
    AND k.service_date BETWEEN c.valid_from AND c.valid_to
  GROUP BY k.hcpcs_code, k.service_date, k.service_type
)
SELECT
  k.hcpcs_code,
  k.service_date,
  k.payer_program,
  k.claim_type,
  CASE WHEN m.hcpcs_code IS NOT NULL THEN TRUE WHEN v.hcpcs_code IS NOT NULL THEN FALSE END AS mue_exists,
  m.mue_value,
  m.mue_adjudication_indicator,
  coalesce(m.release, v.release) AS mue_release,
  CASE WHEN m.hcpcs_code IS NULL AND v.hcpcs_code IS NULL AND k.hcpcs_code IS NOT NULL THEN 'mue ' || k.service_type END AS mue_lacks
FROM services AS k
LEFT JOIN ref_mue AS m
  ON m.hcpcs_code = k.hcpcs_code AND m.service_type = k.service_type AND k.service_date BETWEEN m.valid_from AND m.valid_to
LEFT JOIN covered AS v ON v.hcpcs_code = k.hcpcs_code AND v.service_date = k.service_date AND v.service_type = k.service_type
