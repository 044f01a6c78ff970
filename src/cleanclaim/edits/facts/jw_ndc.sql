/*---
about: How the NDC of a JW line stands beside that of its dose line, of the same claim, code and day.
grain: line
reads: [hcpcs_code, service_date, modifiers, billed_units, ndc11, ndc_quantity]
columns:
  jw_repeats_quantity: {type: boolean, meaning: "whether a JW line gives the NDC quantity of its dose line while the units differ: the whole instead of what was discarded; null where there is not one dose line with a quantity", ask: "one dose line beside the JW line, with its NDC quantity", source: the claims of the run}
---*/
WITH doses AS (
  SELECT claim_row, hcpcs_code, service_date, ndc11, max(ndc_quantity) AS ndc_quantity, max(billed_units) AS billed_units
  FROM rows
  WHERE hcpcs_code IS NOT NULL AND service_date IS NOT NULL AND ndc11 IS NOT NULL AND modifiers IS NOT NULL AND NOT list_contains(modifiers, 'JW')
  GROUP BY claim_row, hcpcs_code, service_date, ndc11
  HAVING count(*) = 1
)
SELECT r.line_row, r.ndc_quantity = d.ndc_quantity AND r.billed_units <> d.billed_units AS jw_repeats_quantity
FROM rows AS r
JOIN doses AS d ON d.claim_row = r.claim_row AND d.hcpcs_code = r.hcpcs_code AND d.service_date = r.service_date AND d.ndc11 = r.ndc11
WHERE list_contains(r.modifiers, 'JW')
