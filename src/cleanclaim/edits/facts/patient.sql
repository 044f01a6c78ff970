/*---
about: Which claims are of one patient and one billing provider. Two unknown patients are never one; a claim that replaces or voids another never adds to it. Such claims stand alone.
grain: claim
columns:
  patient_row: {type: integer, meaning: "the first claim of the same patient and billing provider in the run; below zero for a claim that stands alone", source: "claim.patient_key, claim.billing_npi"}
---*/
SELECT c.claim_row, coalesce(p.patient_row, -1 - c.claim_row) AS patient_row
FROM (SELECT claim_row, patient_key, CASE WHEN frequency IN ('7', '8') THEN NULL ELSE billing_npi END AS billing_npi FROM claim) AS c
LEFT JOIN (
  SELECT patient_key, billing_npi, min(claim_row) AS patient_row
  FROM claim
  WHERE patient_key IS NOT NULL AND billing_npi IS NOT NULL
  GROUP BY patient_key, billing_npi
) AS p USING (patient_key, billing_npi)
