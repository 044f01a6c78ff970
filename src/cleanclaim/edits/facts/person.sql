/*---
about: How the patient stands against what the payer's policy says of patients; no fact says what the patient is. Lines of which a policy asks nothing of the patient have no row.
grain: line
reads: [birth_date, service_date, sex, weight_kg, gestation_weeks, billed_milligrams, policy_age_bounds, policy_age_min, policy_age_max, policy_sex, policy_weight_min, policy_weight_max, policy_gestation_min, policy_gestation_max, policy_mg_per_kg_max]
columns:
  below_age: {type: boolean, meaning: "whether the patient was younger on the day than the payer wants, in whole years", ask: "the patient's date of birth", source: "policies, claim.birth_date"}
  above_age: {type: boolean, meaning: "whether the patient was older than the payer wants: past the last year that is in", ask: "the patient's date of birth", source: "policies, claim.birth_date"}
  sex_differs: {type: boolean, meaning: whether the claim says another sex than the policy, ask: "the patient's sex", source: "policies, claim.sex"}
  weight_outside: {type: boolean, meaning: whether the patient weighs less or more than the payer wants, ask: "the patient's weight", source: "policies, claim.weight"}
  gestation_outside: {type: boolean, meaning: "whether the week of gestation is before the first or after the last that the payer covers", ask: "the weeks of gestation: a Z3A code on the claim, or `--on-file`", source: "policies, claim.diagnoses, on_file"}
  above_mg_per_kg: {type: boolean, meaning: "whether the amount that the units stand for is above the payer's cap for the patient's weight", ask: "the patient's weight, and a code with units by weight of drug", source: "policies, claim.weight"}
---*/
WITH asking AS (
  SELECT
    *,
    -- Whole years. Who is born on 29 February has the birthday on 1 March in other years; a birth to come has no age.
    CASE
      WHEN birth_date <= service_date
        THEN year(service_date) - year(birth_date)
          - CASE WHEN month(service_date) * 100 + day(service_date) < month(birth_date) * 100 + day(birth_date) THEN 1 ELSE 0 END
    END AS age
  FROM rows
  WHERE policy_age_bounds IS NOT NULL OR policy_sex IN ('F', 'M') OR policy_mg_per_kg_max IS NOT NULL
    OR policy_weight_min IS NOT NULL OR policy_weight_max IS NOT NULL
    OR policy_gestation_min IS NOT NULL OR policy_gestation_max IS NOT NULL
)
SELECT
  line_row,
  -- A bound that the policy does not set is none; one of two policies that contradict each other is not known.
  CASE WHEN policy_age_bounds = 'max' THEN FALSE ELSE age < policy_age_min END AS below_age,
  CASE WHEN policy_age_bounds = 'min' THEN FALSE ELSE age > policy_age_max END AS above_age,
  CASE WHEN policy_sex IN ('F', 'M') THEN sex <> policy_sex END AS sex_differs,
  coalesce(weight_kg < policy_weight_min OR weight_kg > policy_weight_max, weight_kg < policy_weight_min, weight_kg > policy_weight_max) AS weight_outside,
  coalesce(gestation_weeks < policy_gestation_min OR gestation_weeks > policy_gestation_max, gestation_weeks < policy_gestation_min, gestation_weeks > policy_gestation_max) AS gestation_outside,
  billed_milligrams > CAST(weight_kg AS DECIMAL(19, 6)) * policy_mg_per_kg_max AS above_mg_per_kg
FROM asking
