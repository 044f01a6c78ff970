/*---
about: When and how often the patient got the drug before, in this run and in the history that was handed in. Drugs that one policy is about count together. What is not there counts as not given only on the days that the history covers.
grain: line
reads: [hcpcs_code, service_date, billed_units, modifiers, is_drug, code_from, policy_limits_policy, policy_interval_min, policy_period_doses, policy_period_days, policy_period_units, policy_period_units_days, policy_course_doses]
columns:
  last_given_on: {type: date, meaning: last day before the service on which it was given, source: "history, the claims of the run"}
  days_since_last: {type: integer, unit: days, meaning: days from then to the service, source: "history, the claims of the run"}
  too_soon: {type: boolean, meaning: whether fewer days have passed than the payer wants, ask: "the patient's earlier claims (`--history`, `--history-from`)", source: "policy_rule, history"}
  doses_in_period: {type: integer, meaning: "days on which it was given in the payer's period, this one too", source: "history, the claims of the run"}
  too_many_doses: {type: boolean, meaning: whether these are more than the payer covers, ask: "the patient's earlier claims (`--history`, `--history-from`)", source: "policy_rule, history"}
  units_in_period: {type: total of units, unit: HCPCS billing units, meaning: units in the payer's period as far as they are known, source: "history, the claims of the run"}
  too_many_units: {type: boolean, meaning: whether these are more than the payer covers, ask: "the patient's earlier claims (`--history`, `--history-from`)", source: "policy_rule, history"}
  doses_so_far: {type: integer, meaning: "days on which it was given, this one too, as far as they are known", source: "history, the claims of the run"}
  course_exceeded: {type: boolean, meaning: "whether these are more than the payer covers in a course or a life; no only where the history begins before the code did", ask: "the patient's earlier claims (`--history`, `--history-from`)", source: "policy_rule, history"}
---*/
WITH lines AS (
  SELECT r.*, c.patient_key
  FROM rows AS r
  JOIN claim AS c USING (claim_row)
  WHERE c.patient_key IS NOT NULL AND r.hcpcs_code IS NOT NULL AND r.service_date IS NOT NULL
),
in_run AS (
  SELECT patient_key, hcpcs_code, service_date, CAST(sum(billed_units) AS DECIMAL(28, 3)) AS units
  FROM lines
  WHERE NOT coalesce(list_contains(modifiers, 'JW'), FALSE)
  GROUP BY patient_key, hcpcs_code, service_date
),
-- A day that stands in both was read twice: the run has the say.
given AS (
  SELECT patient_key, hcpcs_code, service_date, units FROM in_run
  UNION ALL
  SELECT h.patient_key, h.hcpcs_code, h.service_date, CAST(h.units AS DECIMAL(28, 3)) AS units
  FROM ref_history AS h
  ANTI JOIN in_run AS i ON i.patient_key = h.patient_key AND i.hcpcs_code = h.hcpcs_code AND i.service_date = h.service_date
),
asking AS (
  SELECT l.*
  FROM lines AS l
  WHERE l.policy_limits_policy IS NOT NULL
),
same_drug AS (
  SELECT policy, hcpcs_code FROM ref_policy_code
),
earlier AS (
  SELECT
    a.line_row,
    a.service_date AS day,
    a.policy_period_days,
    a.policy_period_units_days,
    g.service_date,
    g.units
  FROM asking AS a
  JOIN given AS g ON g.patient_key = a.patient_key AND g.service_date <= a.service_date
  LEFT JOIN same_drug AS s ON s.policy = a.policy_limits_policy AND s.hcpcs_code = g.hcpcs_code
  WHERE g.hcpcs_code = a.hcpcs_code OR s.hcpcs_code IS NOT NULL
),
counted AS (
  SELECT
    line_row,
    max(CASE WHEN service_date < day THEN service_date END) AS last_given_on,
    count(DISTINCT service_date) AS doses_so_far,
    count(DISTINCT CASE WHEN date_diff('day', service_date, day) < policy_period_days THEN service_date END) AS doses_in_period,
    CAST(sum(CASE WHEN date_diff('day', service_date, day) < policy_period_units_days THEN units END) AS DECIMAL(28, 3)) AS units_in_period
  FROM earlier
  GROUP BY line_row
),
covered AS (
  SELECT a.*, h.history_from
  FROM asking AS a
  LEFT JOIN (SELECT max(history_from) AS history_from FROM ref_history_coverage) AS h ON TRUE
)
SELECT
  a.line_row,
  c.last_given_on,
  date_diff('day', c.last_given_on, a.service_date) AS days_since_last,
  CASE
    WHEN date_diff('day', c.last_given_on, a.service_date) < a.policy_interval_min THEN TRUE
    WHEN a.policy_interval_min IS NOT NULL AND date_diff('day', a.history_from, a.service_date) >= a.policy_interval_min - 1 THEN FALSE
  END AS too_soon,
  CASE WHEN a.policy_period_days IS NOT NULL THEN c.doses_in_period END AS doses_in_period,
  CASE
    WHEN c.doses_in_period > a.policy_period_doses THEN TRUE
    WHEN a.policy_period_doses IS NOT NULL AND date_diff('day', a.history_from, a.service_date) >= a.policy_period_days - 1 THEN FALSE
  END AS too_many_doses,
  c.units_in_period,
  CASE
    WHEN c.units_in_period > a.policy_period_units THEN TRUE
    WHEN a.policy_period_units IS NOT NULL AND date_diff('day', a.history_from, a.service_date) >= a.policy_period_units_days - 1 THEN FALSE
  END AS too_many_units,
  c.doses_so_far,
  CASE
    WHEN c.doses_so_far > a.policy_course_doses THEN TRUE
    WHEN a.policy_course_doses IS NOT NULL AND a.history_from <= a.code_from THEN FALSE
  END AS course_exceeded
FROM covered AS a
JOIN counted AS c ON c.line_row = a.line_row
