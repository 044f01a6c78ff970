/*---
about: The units of one dose, that several lines of a claim may bill together.
grain: line
reads: [hcpcs_code, service_date, modifiers, billed_units]
columns:
  dose_units: {type: total of units, unit: HCPCS billing units, meaning: "units of all lines of the code that day on this claim but JW lines, as far as they are known", ask: "the units of every dose line of the day", source: the claims of the run}
---*/
WITH doses AS (
  SELECT claim_row, hcpcs_code, service_date, CAST(sum(billed_units) AS DECIMAL(28, 3)) AS dose_units
  FROM rows
  WHERE NOT coalesce(list_contains(modifiers, 'JW'), FALSE)
  GROUP BY claim_row, hcpcs_code, service_date
)
SELECT r.line_row, d.dose_units
FROM rows AS r
JOIN doses AS d
  ON d.claim_row = r.claim_row
  AND d.hcpcs_code IS NOT DISTINCT FROM r.hcpcs_code
  AND d.service_date IS NOT DISTINCT FROM r.service_date
