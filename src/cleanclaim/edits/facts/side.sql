/*---
about: Whether the drug of the line is given at one side of the body.
grain: line
keys: [local_use, given_systemically]
columns:
  given_at_one_side: {type: boolean, meaning: "whether the drug is given at one side of the body (eye, joint, implant): by the table of traits, else false where the product of the NDC goes into a vein, a muscle or under the skin only", ask: "where the drug is given (one side or the whole body): an NDC in the directory", source: "reference drug_trait, ndc_product"}
---*/
SELECT
  *,
  CASE WHEN local_use IS NOT NULL THEN local_use WHEN given_systemically THEN FALSE END AS given_at_one_side
FROM keys
