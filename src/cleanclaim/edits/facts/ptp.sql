/*---
about: The procedure-to-procedure edit of two codes on the day.
grain: line_pair
keys: [first_code, second_code, service_date, payer_program, claim_type]
columns:
  ptp_exists: {type: boolean, meaning: "whether an edit between the codes holds on the day; false only inside declared coverage", ask: "the NCCI PTP file of the quarter", tables: [ptp], source: reference ptp and its coverage}
  ptp_column_one: {type: text, meaning: the code that is paid, source: reference ptp}
  ptp_column_two: {type: text, meaning: the code that is denied beside it, source: reference ptp}
  modifier_indicator: {type: integer, meaning: "0 never bypassed, 1 bypassed by a proper modifier, 9 no edit", ask: "the NCCI PTP file of the quarter", tables: [ptp], source: reference ptp}
  second_is_denied: {type: boolean, meaning: "whether the second code is column two", ask: "the NCCI PTP file of the quarter", tables: [ptp], source: reference ptp}
  ptp_release: {type: text, meaning: release that decided, source: reference}
  ptp_lacks: {type: text, meaning: "`ptp` and the service type where no release covers the day", source: reference ptp and its coverage}
---*/
WITH pairs AS (
  SELECT
    *,
    CASE WHEN claim_type = 'P' THEN 'practitioner' WHEN claim_type = 'I' THEN 'outpatient' END AS service_type
  FROM keys
),
-- In the tables a pair may stand both ways over the years, on a day one way only; of two rows the stricter decides.
edits AS (
  SELECT
    p.first_code,
    p.second_code,
    p.service_date,
    p.service_type,
    min(e.modifier_indicator) AS modifier_indicator,
    min(e.ptp_column_one) AS column_one,
    max(e.release) AS release
  FROM pairs AS p
  JOIN ref_ptp AS e
    ON e.service_type = p.service_type
    AND (e.ptp_column_one = p.first_code AND e.ptp_column_two = p.second_code OR e.ptp_column_one = p.second_code AND e.ptp_column_two = p.first_code)
    AND p.service_date BETWEEN e.valid_from AND e.valid_to
    AND p.service_date <= e.span_to
    AND coalesce(e.span_from, p.service_date) <= p.service_date
  WHERE e.modifier_indicator <> 9
  GROUP BY p.first_code, p.second_code, p.service_date, p.service_type
),
covered AS (
  SELECT d.service_date, d.service_type, max(c.release) AS release
  FROM (SELECT DISTINCT service_date, service_type FROM pairs WHERE service_type IS NOT NULL) AS d
  JOIN ref_coverage AS c ON c."table" = 'ptp' AND c.part = d.service_type AND c.key IS NULL AND d.service_date BETWEEN c.valid_from AND c.valid_to
  GROUP BY d.service_date, d.service_type
)
SELECT
  p.first_code,
  p.second_code,
  p.service_date,
  p.payer_program,
  p.claim_type,
  CASE WHEN e.column_one IS NOT NULL THEN TRUE WHEN v.service_type IS NOT NULL THEN FALSE END AS ptp_exists,
  e.column_one AS ptp_column_one,
  CASE WHEN e.column_one = p.first_code THEN p.second_code WHEN e.column_one = p.second_code THEN p.first_code END AS ptp_column_two,
  e.modifier_indicator,
  e.column_one = p.first_code AS second_is_denied,
  coalesce(e.release, v.release) AS ptp_release,
  CASE WHEN e.column_one IS NULL AND v.service_type IS NULL THEN 'ptp ' || p.service_type END AS ptp_lacks
FROM pairs AS p
LEFT JOIN edits AS e
  ON e.first_code = p.first_code AND e.second_code = p.second_code AND e.service_date = p.service_date AND e.service_type = p.service_type
LEFT JOIN covered AS v ON v.service_date = p.service_date AND v.service_type = p.service_type
