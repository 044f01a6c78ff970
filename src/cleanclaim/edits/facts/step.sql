/*---
about: Whether the drugs that the payer wants tried first were tried, in this run and in the history that was handed in, or what stands for the trial is on file.
grain: line
reads: [line_number, hcpcs_code, service_date, policy_step_policy]
asked_by: [policy_step_policy]
columns:
  step_not_met: {type: boolean, meaning: "whether a step was not taken: known only where the history covers the days in which it counts", ask: "the patient's earlier claims (`--history`, `--history-from`), or the trial on file (`--on-file`)", source: "policy_item, history, on_file"}
  steps_missing: {type: text, meaning: the drugs of the steps that were not taken, source: "policy_item, history"}
---*/
WITH asking AS (
  SELECT r.line_row, r.line_number, r.claim_row, r.hcpcs_code, r.service_date, r.policy_step_policy AS policy, c.patient_key, c.claim_id
  FROM rows AS r
  JOIN claim AS c USING (claim_row)
  WHERE r.policy_step_policy IS NOT NULL AND r.service_date IS NOT NULL AND r.hcpcs_code IS NOT NULL
),
steps AS (
  SELECT
    a.line_row, a.patient_key, a.service_date, i.place, i.kind, i.item,
    coalesce(i.trial_days, 0) AS trial_days, i.lookback_days,
    i.kind = 'code' AND i.item = a.hcpcs_code AS is_it,
    a.claim_id, a.line_number
  FROM asking AS a
  JOIN ref_policy_item AS i ON i.policy = a.policy AND i.attribute = 'requires.step'
),
-- Doses of which a claim was replaced or voided are not sure; discarded drug is no dose.
given AS (
  SELECT c.patient_key, upper_ascii(trim(l.hcpcs_code)) AS hcpcs_code, l.service_date, coalesce(c.frequency IN ('7', '8'), FALSE) AS corrected
  FROM line AS l
  JOIN claim AS c USING (claim_row)
  WHERE c.patient_key IS NOT NULL AND NOT coalesce(list_contains(l.modifiers, 'JW'), FALSE)
  UNION ALL
  SELECT patient_key, hcpcs_code, service_date, corrected FROM ref_history
),
sure AS (
  SELECT patient_key, hcpcs_code, service_date, bool_or(corrected) OVER (PARTITION BY patient_key, hcpcs_code) AS doubtful
  FROM given
),
-- A trial runs from the first dose of a drug of the step to the day, or to its last dose: the first within the look-back.
tried AS (
  SELECT
    s.line_row,
    s.place,
    CASE
      WHEN max(CASE WHEN NOT g.doubtful THEN date_diff('day', g.service_date, s.service_date) END) >= max(s.trial_days) THEN TRUE
      WHEN max(date_diff('day', g.service_date, s.service_date)) < max(s.trial_days) THEN FALSE
    END AS long_enough
  FROM steps AS s
  JOIN sure AS g
    ON s.kind = 'code' AND g.patient_key = s.patient_key AND g.hcpcs_code = s.item AND g.service_date < s.service_date
    AND date_diff('day', g.service_date, s.service_date) <= s.lookback_days
  GROUP BY s.line_row, s.place
),
charted AS (
  SELECT s.line_row, s.place, bool_or(o.there) AS there, count(DISTINCT o.item) AS listed
  FROM steps AS s
  JOIN ref_on_file AS o ON o.claim_id = s.claim_id AND o.item = s.item AND (o.line_number IS NULL OR o.line_number = s.line_number)
  GROUP BY s.line_row, s.place
),
each AS (
  SELECT
    s.line_row,
    s.place,
    bool_or(s.is_it) AS is_it,
    count(DISTINCT CASE WHEN s.kind <> 'code' THEN s.item END) AS papers,
    max(s.lookback_days) AS lookback_days,
    min(s.service_date) AS service_date,
    bool_and(s.patient_key IS NOT NULL) AS patient_known,
    string_agg(CASE WHEN s.kind <> 'exception' THEN s.item END, ' or ' ORDER BY CASE WHEN s.kind <> 'exception' THEN s.item END)
      || CASE WHEN max(s.trial_days) > 0 THEN ' for ' || CAST(max(s.trial_days) AS VARCHAR) || ' days' ELSE '' END AS drugs
  FROM steps AS s
  GROUP BY s.line_row, s.place
),
judged AS (
  SELECT
    e.line_row,
    e.drugs,
    CASE
      WHEN e.is_it OR t.long_enough OR c.there THEN TRUE
      WHEN t.line_row IS NOT NULL AND t.long_enough IS NULL THEN NULL
      WHEN e.patient_known AND date_diff('day', h.history_from, e.service_date) >= e.lookback_days AND (w.line_row IS NOT NULL OR coalesce(c.listed, 0) = e.papers) THEN FALSE
    END AS met
  FROM each AS e
  LEFT JOIN tried AS t ON t.line_row = e.line_row AND t.place = e.place
  LEFT JOIN charted AS c ON c.line_row = e.line_row AND c.place = e.place
  LEFT JOIN (
    SELECT DISTINCT a.line_row
    FROM asking AS a
    JOIN ref_on_file_whole AS f ON f.claim_id = a.claim_id AND (f.line_number IS NULL OR f.line_number = a.line_number)
  ) AS w ON w.line_row = e.line_row
  LEFT JOIN (SELECT max(history_from) AS history_from FROM ref_history_coverage) AS h ON TRUE
)
SELECT
  line_row,
  CASE WHEN bool_or(NOT met) THEN TRUE WHEN bool_and(met IS NOT NULL) THEN FALSE END AS step_not_met,
  string_agg(DISTINCT lacking, ', ' ORDER BY lacking) AS steps_missing
FROM (SELECT *, CASE WHEN NOT met THEN drugs END AS lacking FROM judged)
GROUP BY line_row
