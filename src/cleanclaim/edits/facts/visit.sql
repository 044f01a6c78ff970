/*---
about: What else the patient had that day from the same billing provider.
grain: line
needs: [patient]
reads: [hcpcs_code, service_date, lines_complete, line_kind]
columns:
  administration_beside: {type: boolean, meaning: "whether the patient has a line that day that gives a drug: an administration, an eye injection, a procedure or imaging", ask: "all lines of the day, and what kind of service each is", source: "the claims of the run, reference code_range"}
  drug_beside: {type: boolean, meaning: "whether the patient has a drug line that day", ask: "all lines of the day, and what kind of service each is", source: "the claims of the run, reference hcpcs, code_range"}
---*/
-- Absence counts only where all lines of the patient's claims are here, and none of their lines may be the one that is looked for.
WITH lines AS (
  SELECT
    r.line_row,
    r.service_date,
    r.lines_complete,
    p.patient_row,
    r.line_kind IN ('administration', 'eye_injection', 'procedure', 'imaging', 'bundle') AS gives,
    r.line_kind IN ('drug', 'bundle') AS drug,
    r.line_kind
  FROM rows AS r
  JOIN fact_patient AS p USING (claim_row)
),
days AS (
  SELECT
    patient_row,
    service_date,
    count(*) FILTER (gives) AS gives,
    count(*) FILTER (drug) AS drugs,
    count(*) FILTER (line_kind IS NULL) AS unknown
  FROM lines
  WHERE service_date IS NOT NULL
  GROUP BY patient_row, service_date
),
open_ended AS (SELECT DISTINCT patient_row FROM lines WHERE lines_complete IS DISTINCT FROM TRUE OR service_date IS NULL)
SELECT
  l.line_row,
  CASE WHEN d.gives > 0 THEN TRUE WHEN d.gives = 0 AND d.unknown = 0 AND o.patient_row IS NULL THEN FALSE END AS administration_beside,
  CASE WHEN d.drugs > 0 THEN TRUE WHEN d.drugs = 0 AND d.unknown = 0 AND o.patient_row IS NULL THEN FALSE END AS drug_beside
FROM lines AS l
LEFT JOIN days AS d ON d.patient_row = l.patient_row AND d.service_date = l.service_date
LEFT JOIN open_ended AS o ON o.patient_row = l.patient_row
