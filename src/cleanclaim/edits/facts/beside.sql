/*---
about: What other lines of the same patient, day and billing provider say.
grain: line
needs: [patient]
reads: [hcpcs_code, service_date, modifiers, billed_units, lines_complete, line_kind]
columns:
  jw_line_beside: {type: boolean, meaning: "whether another line has the same code, day and patient with JW", ask: "the other lines of the day (the whole claim)", source: the claims of the run}
  jz_line_beside: {type: boolean, meaning: "whether another line has the same code, day and patient with JZ", ask: "the other lines of the day (the whole claim)", source: the claims of the run}
  dose_line_beside: {type: boolean, meaning: "whether another line has the same code, day and patient without JW", ask: "the other lines of the day (the whole claim)", source: the claims of the run}
  discarded_units: {type: total of units, unit: HCPCS billing units, meaning: "units of all JW lines of the code that day on this claim", ask: "the units of every JW line of the day (the whole claim)", source: the claims of the run}
  eye_injection_beside: {type: boolean, meaning: "whether the patient has an eye injection line that day", ask: "the other lines of the day (the whole claim)", source: "the claims of the run, reference code_range"}
---*/
-- Absence counts only where all lines of the patient's claims are here, and none of their other lines may be the one that is looked for.
WITH lines AS (
  SELECT
    r.*,
    p.patient_row,
    coalesce(list_contains(r.modifiers, 'JW'), FALSE) AS jw,
    coalesce(list_contains(r.modifiers, 'JZ'), FALSE) AS jz,
    r.modifiers IS NOT NULL AND NOT list_contains(r.modifiers, 'JW') AS dose
  FROM rows AS r
  JOIN fact_patient AS p USING (claim_row)
),
drug AS (
  SELECT patient_row, hcpcs_code, service_date, count(*) FILTER (jw) AS jw, count(*) FILTER (jz) AS jz, count(*) FILTER (dose) AS dose
  FROM lines
  WHERE hcpcs_code IS NOT NULL AND service_date IS NOT NULL
  GROUP BY patient_row, hcpcs_code, service_date
),
discarded AS (
  SELECT claim_row, hcpcs_code, service_date, sum(billed_units) AS units, count(*) = count(billed_units) AS known
  FROM lines
  WHERE jw
  GROUP BY claim_row, hcpcs_code, service_date
),
eyes AS (SELECT DISTINCT patient_row, service_date, TRUE AS injected FROM lines WHERE line_kind = 'eye_injection'),
open_ended AS (SELECT DISTINCT patient_row FROM lines WHERE lines_complete IS DISTINCT FROM TRUE),
doubtful AS (SELECT * FROM lines WHERE hcpcs_code IS NULL OR service_date IS NULL OR modifiers IS NULL),
doubted AS (
  SELECT DISTINCT l.line_row
  FROM lines AS l
  JOIN doubtful AS d
    ON d.patient_row = l.patient_row
    AND d.line_row <> l.line_row
    AND coalesce(d.hcpcs_code = l.hcpcs_code, TRUE)
    AND coalesce(d.service_date = l.service_date, TRUE)
),
settled AS (
  SELECT
    l.*,
    p.patient_row IS NULL AND u.line_row IS NULL AS absence_counts,
    d.jw - CAST(l.jw AS INTEGER) AS other_jw,
    d.jz - CAST(l.jz AS INTEGER) AS other_jz,
    d.dose - CAST(l.dose AS INTEGER) AS other_dose,
    e.injected,
    w.units,
    w.known
  FROM lines AS l
  LEFT JOIN drug AS d ON d.patient_row = l.patient_row AND d.hcpcs_code = l.hcpcs_code AND d.service_date = l.service_date
  LEFT JOIN discarded AS w ON w.claim_row = l.claim_row AND w.hcpcs_code = l.hcpcs_code AND w.service_date = l.service_date
  LEFT JOIN eyes AS e ON e.patient_row = l.patient_row AND e.service_date = l.service_date
  LEFT JOIN open_ended AS p ON p.patient_row = l.patient_row
  LEFT JOIN doubted AS u ON u.line_row = l.line_row
)
SELECT
  line_row,
  CASE WHEN other_jw > 0 THEN TRUE WHEN other_jw = 0 AND absence_counts THEN FALSE END AS jw_line_beside,
  CASE WHEN other_jz > 0 THEN TRUE WHEN other_jz = 0 AND absence_counts THEN FALSE END AS jz_line_beside,
  CASE WHEN other_dose > 0 THEN TRUE WHEN other_dose = 0 AND absence_counts THEN FALSE END AS dose_line_beside,
  CASE WHEN other_jw IS NOT NULL AND absence_counts AND coalesce(known, TRUE) THEN CAST(coalesce(units, 0) AS DECIMAL(28, 3)) END AS discarded_units,
  CASE WHEN injected THEN TRUE WHEN service_date IS NOT NULL AND absence_counts THEN FALSE END AS eye_injection_beside
FROM settled
