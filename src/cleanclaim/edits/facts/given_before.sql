/*---
about: When and how often the patient got the drug before, in this run and in the history that was handed in. Drugs that one policy is about count together. What is not there counts as not given only on the days that the history covers. Voids are no doses; where a claim of the drug replaces or voids another, days and units may be counted too often, and nothing is found to be too much.
grain: line
reads: [hcpcs_code, service_date, billed_units, modifiers, is_void, corrects, code_from, policy_interval_policy, policy_interval_min, policy_period_policy, policy_period_doses, policy_period_days, policy_period_units_policy, policy_period_units, policy_period_units_days, policy_course_policy, policy_course_doses, policy_lifetime_policy, policy_lifetime_doses]
asked_by: [policy_interval_min, policy_period_doses, policy_period_units, policy_course_doses, policy_lifetime_doses]
columns:
  last_given_on: {type: date, meaning: last day before the service on which it was given, source: "history, the claims of the run"}
  days_since_last: {type: integer, unit: days, meaning: days from then to the service, source: "history, the claims of the run"}
  too_soon: {type: boolean, meaning: whether fewer days have passed than the payer wants, ask: "the patient's earlier claims (`--history`, `--history-from`)", source: "policies, history"}
  doses_in_period: {type: integer, meaning: "days on which it was given in the payer's period, this one too", source: "history, the claims of the run"}
  too_many_doses: {type: boolean, meaning: whether these are more than the payer covers, ask: "the patient's earlier claims (`--history`, `--history-from`)", source: "policies, history"}
  units_in_period: {type: total of units, unit: HCPCS billing units, meaning: units in the payer's period as far as they are known, source: "history, the claims of the run"}
  too_many_units: {type: boolean, meaning: whether these are more than the payer covers, ask: "the patient's earlier claims (`--history`, `--history-from`)", source: "policies, history"}
  doses_so_far: {type: integer, meaning: "days on which it was given, this one too, as far as they are known", source: "history, the claims of the run"}
  course_exceeded: {type: boolean, meaning: "whether these are more than the payer covers in a course; no only where the history begins before the code did, and the policy is about that code alone", ask: "the patient's earlier claims (`--history`, `--history-from`)", source: "policies, history"}
  lifetime_exceeded: {type: boolean, meaning: "the same of the doses of a life", ask: "the patient's earlier claims (`--history`, `--history-from`)", source: "policies, history"}
---*/
WITH lines AS (
  SELECT r.*, c.patient_key
  FROM rows AS r
  JOIN claim AS c USING (claim_row)
  WHERE c.patient_key IS NOT NULL AND r.hcpcs_code IS NOT NULL AND r.service_date IS NOT NULL
),
in_run AS (
  SELECT
    patient_key,
    hcpcs_code,
    service_date,
    CAST(sum(billed_units) AS DECIMAL(28, 3)) AS units,
    count(*) = count(billed_units) AS units_known
  FROM lines
  WHERE NOT coalesce(list_contains(modifiers, 'JW'), FALSE) AND is_void IS DISTINCT FROM TRUE
  GROUP BY patient_key, hcpcs_code, service_date
),
-- A day that stands in both was read twice: the run has the say; where their units differ, these are not known.
given AS (
  SELECT i.patient_key, i.hcpcs_code, i.service_date, i.units, i.units_known AND coalesce(h.units = i.units, TRUE) AS units_known
  FROM in_run AS i
  LEFT JOIN ref_history AS h ON h.patient_key = i.patient_key AND h.hcpcs_code = i.hcpcs_code AND h.service_date = i.service_date
  UNION ALL
  SELECT h.patient_key, h.hcpcs_code, h.service_date, CAST(h.units AS DECIMAL(28, 3)) AS units, h.units IS NOT NULL AS units_known
  FROM ref_history AS h
  ANTI JOIN in_run AS i ON i.patient_key = h.patient_key AND i.hcpcs_code = h.hcpcs_code AND i.service_date = h.service_date
),
corrected AS (
  SELECT patient_key, hcpcs_code FROM lines WHERE corrects
  UNION
  SELECT patient_key, hcpcs_code FROM ref_history WHERE corrected
),
-- Each limit by itself: it may be another policy's, about other drugs.
asking AS (
  SELECT line_row, patient_key, hcpcs_code, service_date, code_from, 'interval' AS what, policy_interval_policy AS policy, policy_interval_min AS days FROM lines WHERE policy_interval_min IS NOT NULL
  UNION ALL
  SELECT line_row, patient_key, hcpcs_code, service_date, code_from, 'doses' AS what, policy_period_policy AS policy, policy_period_days AS days FROM lines WHERE policy_period_doses IS NOT NULL
  UNION ALL
  SELECT line_row, patient_key, hcpcs_code, service_date, code_from, 'units' AS what, policy_period_units_policy AS policy, policy_period_units_days AS days FROM lines WHERE policy_period_units IS NOT NULL
  UNION ALL
  SELECT line_row, patient_key, hcpcs_code, service_date, code_from, 'course' AS what, policy_course_policy AS policy, NULL AS days FROM lines WHERE policy_course_doses IS NOT NULL
  UNION ALL
  SELECT line_row, patient_key, hcpcs_code, service_date, code_from, 'lifetime' AS what, policy_lifetime_policy AS policy, NULL AS days FROM lines WHERE policy_lifetime_doses IS NOT NULL
),
counted_codes AS (
  SELECT a.line_row, a.what, a.patient_key, a.service_date, a.days, s.hcpcs_code
  FROM asking AS a
  JOIN ref_policy_code AS s ON s.policy = a.policy
  UNION
  SELECT line_row, what, patient_key, service_date, days, hcpcs_code FROM asking
),
counted AS (
  SELECT
    k.line_row,
    k.what,
    max(CASE WHEN g.service_date < k.service_date THEN g.service_date END) AS last_given_on,
    count(DISTINCT CASE WHEN k.days IS NULL OR date_diff('day', g.service_date, k.service_date) < k.days THEN g.service_date END) AS doses,
    CAST(sum(CASE WHEN date_diff('day', g.service_date, k.service_date) < k.days THEN g.units END) AS DECIMAL(28, 3)) AS units,
    coalesce(bool_and(CASE WHEN date_diff('day', g.service_date, k.service_date) < k.days THEN g.units_known END), TRUE) AS units_known
  FROM counted_codes AS k
  LEFT JOIN given AS g ON g.patient_key = k.patient_key AND g.hcpcs_code = k.hcpcs_code AND g.service_date <= k.service_date
  GROUP BY k.line_row, k.what
),
codes AS (SELECT line_row, what, count(DISTINCT hcpcs_code) AS codes FROM counted_codes GROUP BY line_row, what),
doubtful AS (
  SELECT DISTINCT k.line_row, k.what
  FROM counted_codes AS k
  JOIN corrected AS c ON c.patient_key = k.patient_key AND c.hcpcs_code = k.hcpcs_code
),
told AS (
  SELECT
    a.line_row,
    a.what,
    c.last_given_on,
    date_diff('day', c.last_given_on, a.service_date) AS days_since,
    c.doses,
    c.units,
    c.units_known,
    d.line_row IS NULL AS sure,
    date_diff('day', h.history_from, a.service_date) >= a.days - 1 AS covered,
    n.codes = 1 AND h.history_from <= a.code_from AS covered_for_good
  FROM asking AS a
  JOIN counted AS c ON c.line_row = a.line_row AND c.what = a.what
  JOIN codes AS n ON n.line_row = a.line_row AND n.what = a.what
  LEFT JOIN doubtful AS d ON d.line_row = a.line_row AND d.what = a.what
  LEFT JOIN (SELECT max(history_from) AS history_from FROM ref_history_coverage) AS h ON TRUE
)
SELECT
  l.line_row,
  i.last_given_on,
  i.days_since AS days_since_last,
  CASE
    WHEN i.days_since < l.policy_interval_min THEN CASE WHEN i.sure THEN TRUE END
    WHEN i.covered THEN FALSE
  END AS too_soon,
  d.doses AS doses_in_period,
  CASE WHEN d.doses > l.policy_period_doses THEN CASE WHEN d.sure THEN TRUE END WHEN d.covered THEN FALSE END AS too_many_doses,
  u.units AS units_in_period,
  CASE
    WHEN u.units > l.policy_period_units THEN CASE WHEN u.sure THEN TRUE END
    WHEN u.covered AND u.units_known THEN FALSE
  END AS too_many_units,
  coalesce(c.doses, f.doses) AS doses_so_far,
  CASE WHEN c.doses > l.policy_course_doses THEN CASE WHEN c.sure THEN TRUE END WHEN c.covered_for_good THEN FALSE END AS course_exceeded,
  CASE WHEN f.doses > l.policy_lifetime_doses THEN CASE WHEN f.sure THEN TRUE END WHEN f.covered_for_good THEN FALSE END AS lifetime_exceeded
FROM lines AS l
LEFT JOIN told AS i ON i.line_row = l.line_row AND i.what = 'interval'
LEFT JOIN told AS d ON d.line_row = l.line_row AND d.what = 'doses'
LEFT JOIN told AS u ON u.line_row = l.line_row AND u.what = 'units'
LEFT JOIN told AS c ON c.line_row = l.line_row AND c.what = 'course'
LEFT JOIN told AS f ON f.line_row = l.line_row AND f.what = 'lifetime'
WHERE l.line_row IN (SELECT line_row FROM asking) AND l.is_void IS DISTINCT FROM TRUE
