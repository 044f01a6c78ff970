/*---
about: Whether one billing unit covers all that a container holds.
grain: line
keys: [item_bill_units, within_one_unit]
columns:
  one_unit_holds_all: {type: boolean, meaning: "whether one billing unit is at least what was opened: the container of the NDC holds no more than one, or the charted containers together do not", ask: "the crosswalk row of the NDC, or the charted containers", source: "reference ndc_crosswalk, administration; UNW-06"}
---*/
SELECT
  *,
  CASE WHEN item_bill_units <= 1 OR within_one_unit THEN TRUE WHEN item_bill_units > 1 THEN FALSE END AS one_unit_holds_all
FROM keys
