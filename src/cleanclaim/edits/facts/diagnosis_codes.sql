/*---
about: Whether the diagnosis codes of the claim are valid on its day.
grain: claim
keys: [diagnoses, service_date, diagnosis_code_set, first_diagnosis]
columns:
  invalid_diagnoses: {type: text, meaning: "codes that may not stand on the claim, each with the reason", source: reference diagnosis}
  diagnosis_invalid: {type: boolean, meaning: "whether an ICD-10-CM code has a dot, is a header, or is on no list of the day", ask: "the ICD-10-CM codes of the fiscal year of service", tables: [diagnosis], source: "reference diagnosis and its coverage; FMT-12"}
  manifestation_first: {type: boolean, meaning: "whether the first diagnosis is a manifestation, which never stands first", ask: "the ICD-10-CM codes of the fiscal year of service", tables: [diagnosis], source: reference diagnosis}
  diagnosis_codes_release: {type: text, meaning: release that decided, source: reference}
  diagnosis_codes_lacks: {type: text, meaning: "`diagnosis` where no release covers the day", source: reference diagnosis and its coverage}
---*/
WITH codes AS (
  SELECT DISTINCT diagnoses, service_date, diagnosis AS sent, upper_ascii(replace(diagnosis, '.', '')) AS code
  FROM (SELECT diagnoses, service_date, diagnosis_code_set, unnest(diagnoses) AS diagnosis FROM keys)
  WHERE coalesce(diagnosis_code_set, 'icd10') = 'icd10'
),
covered AS (
  SELECT d.service_date, max(c.release) AS release
  FROM (SELECT DISTINCT service_date FROM codes WHERE service_date IS NOT NULL) AS d
  JOIN ref_coverage AS c ON c."table" = 'diagnosis' AND c.key IS NULL AND d.service_date BETWEEN c.valid_from AND c.valid_to
  GROUP BY d.service_date
),
told AS (
  SELECT c.code, c.service_date, bool_or(d.billable) AS billable, bool_or(d.manifestation) AS manifestation, max(d.release) AS release
  FROM (SELECT DISTINCT code, service_date FROM codes WHERE service_date IS NOT NULL) AS c
  JOIN ref_diagnosis AS d ON d.diagnosis_code = c.code AND c.service_date BETWEEN d.valid_from AND d.valid_to
  GROUP BY c.code, c.service_date
),
judged AS (
  SELECT
    c.diagnoses,
    c.service_date,
    c.sent,
    CASE
      WHEN contains(c.sent, '.') THEN 'is written with a dot'
      WHEN t.billable THEN NULL
      WHEN NOT t.billable THEN 'is a category heading, not a billable code'
      WHEN v.service_date IS NOT NULL THEN 'is not an ICD-10-CM code on the date of service'
    END AS why,
    contains(c.sent, '.') OR t.billable IS NOT NULL OR v.service_date IS NOT NULL AS known,
    t.manifestation,
    coalesce(t.release, v.release) AS release
  FROM codes AS c
  LEFT JOIN covered AS v ON v.service_date = c.service_date
  LEFT JOIN told AS t ON t.code = c.code AND t.service_date = c.service_date
),
together AS (
  SELECT
    diagnoses,
    service_date,
    string_agg(fault, '; ' ORDER BY fault) AS invalid_diagnoses,
    CASE WHEN bool_or(why IS NOT NULL) THEN TRUE WHEN bool_and(known) THEN FALSE END AS diagnosis_invalid,
    max(release) AS diagnosis_codes_release
  FROM (SELECT *, sent || ' ' || why AS fault FROM judged)
  GROUP BY diagnoses, service_date
)
SELECT
  k.diagnoses,
  k.service_date,
  k.diagnosis_code_set,
  k.first_diagnosis,
  t.invalid_diagnoses,
  CASE WHEN array_length(k.diagnoses) = 0 THEN FALSE ELSE t.diagnosis_invalid END AS diagnosis_invalid,
  CASE WHEN array_length(k.diagnoses) = 0 THEN FALSE ELSE j.manifestation END AS manifestation_first,
  t.diagnosis_codes_release,
  CASE WHEN array_length(k.diagnoses) > 0 AND v.service_date IS NULL THEN 'diagnosis' END AS diagnosis_codes_lacks
FROM keys AS k
LEFT JOIN together AS t ON t.diagnoses = k.diagnoses AND t.service_date IS NOT DISTINCT FROM k.service_date AND coalesce(k.diagnosis_code_set, 'icd10') = 'icd10'
LEFT JOIN judged AS j ON j.diagnoses = k.diagnoses AND j.service_date IS NOT DISTINCT FROM k.service_date AND j.sent = k.first_diagnosis
LEFT JOIN covered AS v ON v.service_date = k.service_date
