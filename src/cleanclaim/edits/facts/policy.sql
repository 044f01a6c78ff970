/*---
about: What the payer's policies ask of the drug on the day of service, after one of them has decided each point. Where a policy names the drug and says nothing of a point, the payer asks nothing of it; where none is loaded, that is not known; where two contradict each other, the value is not known.
grain: line
keys: [payer_program, payer_id, hcpcs_code, ndc11, ndc_open, service_date]
columns:
  policy_names: {type: text, meaning: those policies, source: policy_rule}
  policy_on_fail: {type: text, meaning: "by attribute: severity, CARC and RARC that the policy expects where it is not met, and the policy", source: policy_rule}
  policy_prior_auth: {type: text, meaning: "required, notification or none", ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_auth_scope: {type: text, meaning: "to what the payer binds an authorization: units, dates, site, provider; all where a policy does not say", source: policy_rule}
  policy_asks_dx: {type: boolean, meaning: whether the payer covers some diagnoses only, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_dx_include: {type: text, meaning: diagnoses that are covered; empty where it lists none, source: policy_rule}
  policy_dx_exclude: {type: text, meaning: diagnoses that are not; empty where it lists none, source: policy_rule}
  policy_dx_least: {type: integer, meaning: how many of the line's diagnoses must be covered, source: policy_rule}
  policy_asks_label_dx: {type: boolean, meaning: whether the payer lists the diagnoses of label and compendia, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_label_dx: {type: text, meaning: those diagnoses, source: policy_rule}
  policy_nc_dx: {type: text, meaning: diagnoses that a coverage decision excludes; - for none, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_nc_dx_by: {type: text, meaning: that decision, source: policy_rule}
  policy_asks_age: {type: boolean, meaning: whether the payer sets an age, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_age_bounds: {type: text, meaning: "which bounds: min, max or both", source: policy_rule}
  policy_age_min: {type: amount, unit: years, meaning: least age, source: policy_rule}
  policy_age_max: {type: amount, unit: years, meaning: most, source: policy_rule}
  policy_sex: {type: text, meaning: "F, M or any", ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_asks_weight: {type: boolean, meaning: whether the payer sets a weight, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_weight_min: {type: amount, unit: kg, meaning: least weight, source: policy_rule}
  policy_weight_max: {type: amount, unit: kg, meaning: most, source: policy_rule}
  policy_asks_singleton: {type: boolean, meaning: whether the payer covers pregnancies with one fetus alone, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_asks_gestation: {type: boolean, meaning: whether the payer sets weeks of gestation, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_gestation_min: {type: amount, unit: weeks, meaning: first week, source: policy_rule}
  policy_gestation_max: {type: amount, unit: weeks, meaning: last week, source: policy_rule}
  policy_specialty: {type: text, meaning: taxonomies or their first characters; any where the payer names none, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_asks_place: {type: boolean, meaning: whether the payer names places of service, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_places_allowed: {type: text, meaning: places of service where it may be given, source: policy_rule}
  policy_places_denied: {type: text, meaning: places where it may not, source: policy_rule}
  policy_sites: {type: text, meaning: "sites of care: office, outpatient_hospital, home, infusion_center, asc; any where the payer names none", ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_asks_step: {type: boolean, meaning: whether another drug must have been tried, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_step_policy: {type: text, meaning: the policy that says which, source: policy_rule}
  policy_asks_rems: {type: boolean, meaning: whether the payer asks for evidence of a REMS, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_rems: {type: text, meaning: that REMS, source: policy_rule}
  policy_rems_policy: {type: text, meaning: the policy that says which evidence, source: policy_rule}
  policy_asks_ordering_provider: {type: boolean, meaning: whether the payer wants the ordering or referring provider, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_asks_units_cap: {type: boolean, meaning: whether the payer caps the units of a dose, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_units_max: {type: amount, unit: HCPCS billing units, meaning: most units of one dose, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_asks_mg_per_kg: {type: boolean, meaning: whether the payer caps the dose by weight, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_mg_per_kg_max: {type: amount, unit: mg per kg, meaning: most for each kilogram, source: policy_rule}
  policy_asks_period: {type: boolean, meaning: whether the payer caps the doses of a period, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_period_doses: {type: integer, meaning: most doses in the period, source: policy_rule}
  policy_period_days: {type: integer, meaning: its days, source: policy_rule}
  policy_asks_period_units: {type: boolean, meaning: whether the payer caps the units of a period, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_period_units: {type: amount, unit: HCPCS billing units, meaning: most units in that period, source: policy_rule}
  policy_period_units_days: {type: integer, meaning: its days, source: policy_rule}
  policy_asks_interval: {type: boolean, meaning: whether the payer sets days between doses, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_interval_min: {type: integer, meaning: fewest days from one dose to the next, source: policy_rule}
  policy_asks_course: {type: boolean, meaning: whether the payer caps the doses of a course, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_course_doses: {type: integer, meaning: the most, source: policy_rule}
  policy_asks_lifetime: {type: boolean, meaning: whether the payer caps the doses of a life, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_lifetime_doses: {type: integer, meaning: the most, source: policy_rule}
  policy_interval_policy: {type: text, meaning: the policy that sets the days between doses; its drugs count together, source: policy_rule}
  policy_period_policy: {type: text, meaning: the policy that caps the doses of a period; its drugs count together, source: policy_rule}
  policy_period_units_policy: {type: text, meaning: the policy that caps the units of a period; its drugs count together, source: policy_rule}
  policy_course_policy: {type: text, meaning: the policy that caps the doses of a course; its drugs count together, source: policy_rule}
  policy_lifetime_policy: {type: text, meaning: the policy that caps the doses of a life; its drugs count together, source: policy_rule}
  policy_modifiers_required: {type: text, meaning: modifiers that the payer wants; - for none that a loaded policy tells, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_modifiers_forbidden: {type: text, meaning: modifiers that it refuses; - for none that a loaded policy tells, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_route_modifiers: {type: text, meaning: modifiers of which one must tell the route; - for none, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_use_code: {type: text, meaning: the code that the payer wants instead; - for none that a loaded policy tells, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_ndc: {type: text, meaning: "when it wants an NDC: required, noc_only or never; contradicted where two policies differ, null where none says", source: policy_rule}
  policy_ndc_units: {type: text, meaning: "its list of NDC units; contradicted where two policies differ, null where none says", source: policy_rule}
  policy_waste: {type: text, meaning: "cms, none, jw_only or deny_waste; - where no loaded policy says", ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_supply: {type: text, meaning: "buy_bill, white_bag or either", ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_benefit: {type: text, meaning: "medical, self_administered or excluded", ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  policy_filing_days: {type: integer, meaning: days from the service to the last day on which the claim may be filed; null where no policy says, source: policy_rule}
  policy_filing_years: {type: integer, meaning: calendar years instead of days, source: policy_rule}
  policy_documents_policy: {type: text, meaning: the policy that lists documents, source: policy_rule}
  policy_release: {type: text, meaning: the policies that were read, source: policy_rule}
---*/
WITH about AS (
  SELECT
    k.*,
    r.head,
    r.attribute,
    -- Where another NDC than the one that is known may be on the package, a policy on a package may or may not hold.
    CASE WHEN r.ndc11 = '*' OR r.ndc11 = k.ndc11 THEN r.value END AS value,
    CASE WHEN r.ndc11 = '*' OR r.ndc11 = k.ndc11 THEN r.policy END AS policy,
    r.on_fail,
    r."rank" AS place,
    -- Whether no policy that may be the payer's was left out: none names the drug, or it is known who pays, for what, when.
    a.hcpcs_code IS NULL AND b.ndc11 IS NULL
      OR k.payer_program IS NOT NULL AND k.payer_id IS NOT NULL AND k.hcpcs_code IS NOT NULL AND k.service_date IS NOT NULL AS all_read
  FROM keys AS k
  LEFT JOIN (SELECT DISTINCT hcpcs_code FROM ref_policy_rule WHERE attribute = 'named' AND hcpcs_code <> '*') AS a ON a.hcpcs_code = k.hcpcs_code
  LEFT JOIN (SELECT DISTINCT ndc11 FROM ref_policy_rule WHERE attribute = 'named' AND ndc11 <> '*') AS b ON b.ndc11 = k.ndc11
  LEFT JOIN ref_policy_rule AS r
    ON (r.hcpcs_code = '*' OR r.hcpcs_code = k.hcpcs_code)
    AND (r.ndc11 = '*' OR r.ndc11 = k.ndc11 OR k.ndc_open AND r.attribute NOT IN ('named', 'policy'))
    AND (r.payer_program = '*' OR r.payer_program = k.payer_program)
    AND (r.payer_id = k.payer_id OR (r.payer_id = '*' AND (k.payer_id IS NOT NULL OR r.alone)))
    AND k.service_date BETWEEN r.valid_from AND r.valid_to
),
deciding AS (
  -- An attribute and its parts are decided as one.
  SELECT *
  FROM (SELECT *, max(place) OVER (PARTITION BY payer_program, payer_id, hcpcs_code, ndc11, ndc_open, service_date, head) AS highest FROM about)
  WHERE place IS NOT DISTINCT FROM highest
  QUALIFY row_number() OVER (PARTITION BY payer_program, payer_id, hcpcs_code, ndc11, ndc_open, service_date, attribute ORDER BY value NULLS FIRST) = 1
)
SELECT
  payer_program,
  payer_id,
  hcpcs_code,
  ndc11,
  ndc_open,
  service_date,
  max(CASE WHEN attribute = 'named' THEN value END) AS policy_names,
  string_agg(attribute || '=' || on_fail, ';' ORDER BY attribute) AS policy_on_fail,
  CASE WHEN bool_or(attribute = 'requires.prior_auth') THEN max(CASE WHEN attribute = 'requires.prior_auth' THEN value END) WHEN bool_or(attribute = 'policy') THEN 'none' END AS policy_prior_auth,
  max(CASE WHEN attribute = 'requires.auth_scope' THEN value END) AS policy_auth_scope,
  CASE WHEN bool_or(attribute = 'requires.dx') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_dx,
  CASE WHEN max(CASE WHEN attribute = 'requires.dx' THEN value END) IS NOT NULL THEN coalesce(max(CASE WHEN attribute = 'requires.dx.include' THEN value END), '') END AS policy_dx_include,
  CASE WHEN max(CASE WHEN attribute = 'requires.dx' THEN value END) IS NOT NULL THEN coalesce(max(CASE WHEN attribute = 'requires.dx.exclude' THEN value END), '') END AS policy_dx_exclude,
  CAST(max(CASE WHEN attribute = 'requires.dx.min_match' THEN value END) AS BIGINT) AS policy_dx_least,
  CASE WHEN bool_or(attribute = 'requires.label_dx') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_label_dx,
  max(CASE WHEN attribute = 'requires.label_dx' THEN value END) AS policy_label_dx,
  CASE WHEN bool_or(attribute = 'requires.nc_dx') THEN max(CASE WHEN attribute = 'requires.nc_dx.dx' THEN value END) WHEN bool_or(attribute = 'policy') THEN '-' END AS policy_nc_dx,
  max(CASE WHEN attribute = 'requires.nc_dx.by' THEN value END) AS policy_nc_dx_by,
  CASE WHEN bool_or(attribute = 'requires.age') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_age,
  max(CASE WHEN attribute = 'requires.age' THEN value END) AS policy_age_bounds,
  CAST(max(CASE WHEN attribute = 'requires.age.min' THEN value END) AS DECIMAL(18, 6)) AS policy_age_min,
  CAST(max(CASE WHEN attribute = 'requires.age.max' THEN value END) AS DECIMAL(18, 6)) AS policy_age_max,
  CASE WHEN bool_or(attribute = 'requires.sex') THEN max(CASE WHEN attribute = 'requires.sex' THEN value END) WHEN bool_or(attribute = 'policy') THEN 'any' END AS policy_sex,
  CASE WHEN bool_or(attribute = 'requires.weight_kg') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_weight,
  CAST(max(CASE WHEN attribute = 'requires.weight_kg.min' THEN value END) AS DECIMAL(18, 6)) AS policy_weight_min,
  CAST(max(CASE WHEN attribute = 'requires.weight_kg.max' THEN value END) AS DECIMAL(18, 6)) AS policy_weight_max,
  CASE WHEN bool_or(attribute = 'requires.singleton') THEN max(CASE WHEN attribute = 'requires.singleton' THEN value END) = 'yes' WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_singleton,
  CASE WHEN bool_or(attribute = 'requires.gestation_weeks') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_gestation,
  CAST(max(CASE WHEN attribute = 'requires.gestation_weeks.min' THEN value END) AS DECIMAL(18, 6)) AS policy_gestation_min,
  CAST(max(CASE WHEN attribute = 'requires.gestation_weeks.max' THEN value END) AS DECIMAL(18, 6)) AS policy_gestation_max,
  CASE WHEN bool_or(attribute = 'requires.specialty') THEN max(CASE WHEN attribute = 'requires.specialty' THEN value END) WHEN bool_or(attribute = 'policy') THEN 'any' END AS policy_specialty,
  CASE WHEN bool_or(attribute = 'requires.pos') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_place,
  max(CASE WHEN attribute = 'requires.pos.allow' THEN value END) AS policy_places_allowed,
  max(CASE WHEN attribute = 'requires.pos.deny' THEN value END) AS policy_places_denied,
  CASE WHEN bool_or(attribute = 'requires.site_of_care') THEN max(CASE WHEN attribute = 'requires.site_of_care' THEN value END) WHEN bool_or(attribute = 'policy') THEN 'any' END AS policy_sites,
  CASE WHEN bool_or(attribute = 'requires.step') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_step,
  max(CASE WHEN attribute = 'requires.step' THEN policy END) AS policy_step_policy,
  CASE WHEN bool_or(attribute = 'requires.rems') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_rems,
  max(CASE WHEN attribute = 'requires.rems.program' THEN value END) AS policy_rems,
  max(CASE WHEN attribute = 'requires.rems' THEN policy END) AS policy_rems_policy,
  CASE WHEN bool_or(attribute = 'requires.ordering_provider') THEN max(CASE WHEN attribute = 'requires.ordering_provider' THEN value END) = 'yes' WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_ordering_provider,
  CASE WHEN bool_or(attribute = 'limits.units_per_dose') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_units_cap,
  CAST(max(CASE WHEN attribute = 'limits.units_per_dose.max' THEN value END) AS DECIMAL(18, 6)) AS policy_units_max,
  CASE WHEN bool_or(attribute = 'limits.mg_per_kg') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_mg_per_kg,
  CAST(max(CASE WHEN attribute = 'limits.mg_per_kg.max' THEN value END) AS DECIMAL(18, 6)) AS policy_mg_per_kg_max,
  CASE WHEN bool_or(attribute = 'limits.doses_per_period') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_period,
  CAST(max(CASE WHEN attribute = 'limits.doses_per_period.n' THEN value END) AS BIGINT) AS policy_period_doses,
  CAST(max(CASE WHEN attribute = 'limits.doses_per_period.days' THEN value END) AS BIGINT) AS policy_period_days,
  CASE WHEN bool_or(attribute = 'limits.units_per_period') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_period_units,
  CAST(max(CASE WHEN attribute = 'limits.units_per_period.n' THEN value END) AS DECIMAL(18, 6)) AS policy_period_units,
  CAST(max(CASE WHEN attribute = 'limits.units_per_period.days' THEN value END) AS BIGINT) AS policy_period_units_days,
  CASE WHEN bool_or(attribute = 'limits.interval_days') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_interval,
  CAST(max(CASE WHEN attribute = 'limits.interval_days.min' THEN value END) AS BIGINT) AS policy_interval_min,
  CASE WHEN bool_or(attribute = 'limits.course_doses') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_course,
  CAST(max(CASE WHEN attribute = 'limits.course_doses.max' THEN value END) AS BIGINT) AS policy_course_doses,
  CASE WHEN bool_or(attribute = 'limits.lifetime_doses') THEN TRUE WHEN bool_or(attribute = 'policy') THEN FALSE END AS policy_asks_lifetime,
  CAST(max(CASE WHEN attribute = 'limits.lifetime_doses.max' THEN value END) AS BIGINT) AS policy_lifetime_doses,
  max(CASE WHEN attribute = 'limits.interval_days' THEN policy END) AS policy_interval_policy,
  max(CASE WHEN attribute = 'limits.doses_per_period' THEN policy END) AS policy_period_policy,
  max(CASE WHEN attribute = 'limits.units_per_period' THEN policy END) AS policy_period_units_policy,
  max(CASE WHEN attribute = 'limits.course_doses' THEN policy END) AS policy_course_policy,
  max(CASE WHEN attribute = 'limits.lifetime_doses' THEN policy END) AS policy_lifetime_policy,
  CASE WHEN bool_or(attribute = 'billing.modifiers_required') THEN max(CASE WHEN attribute = 'billing.modifiers_required' THEN value END) WHEN bool_or(coalesce(attribute = 'policy', FALSE) OR all_read) THEN '-' END AS policy_modifiers_required,
  CASE WHEN bool_or(attribute = 'billing.modifiers_forbidden') THEN max(CASE WHEN attribute = 'billing.modifiers_forbidden' THEN value END) WHEN bool_or(coalesce(attribute = 'policy', FALSE) OR all_read) THEN '-' END AS policy_modifiers_forbidden,
  CASE WHEN bool_or(attribute = 'billing.route_modifiers') THEN max(CASE WHEN attribute = 'billing.route_modifiers' THEN value END) WHEN bool_or(attribute = 'policy') THEN '-' END AS policy_route_modifiers,
  CASE WHEN bool_or(attribute = 'billing.use_code') THEN max(CASE WHEN attribute = 'billing.use_code' THEN value END) WHEN bool_or(coalesce(attribute = 'policy', FALSE) OR all_read) THEN '-' END AS policy_use_code,
  CASE WHEN bool_or(attribute = 'billing.ndc') THEN coalesce(max(CASE WHEN attribute = 'billing.ndc' THEN value END), 'contradicted') END AS policy_ndc,
  CASE WHEN bool_or(attribute = 'billing.ndc_units') THEN coalesce(max(CASE WHEN attribute = 'billing.ndc_units' THEN value END), 'contradicted') END AS policy_ndc_units,
  CASE WHEN bool_or(attribute = 'billing.waste') THEN max(CASE WHEN attribute = 'billing.waste' THEN value END) WHEN bool_or(coalesce(attribute = 'policy', FALSE) OR all_read) THEN '-' END AS policy_waste,
  CASE WHEN bool_or(attribute = 'supply') THEN max(CASE WHEN attribute = 'supply' THEN value END) WHEN bool_or(attribute = 'policy') THEN 'either' END AS policy_supply,
  CASE WHEN bool_or(attribute = 'benefit') THEN max(CASE WHEN attribute = 'benefit' THEN value END) WHEN bool_or(attribute = 'policy') THEN 'medical' END AS policy_benefit,
  CAST(max(CASE WHEN attribute = 'billing.timely_filing_days' THEN value END) AS BIGINT) AS policy_filing_days,
  CAST(max(CASE WHEN attribute = 'billing.timely_filing_years' THEN value END) AS BIGINT) AS policy_filing_years,
  max(CASE WHEN attribute = 'documents' THEN policy END) AS policy_documents_policy,
  'policy ' || string_agg(DISTINCT policy, ', ' ORDER BY policy) AS policy_release
FROM deciding
GROUP BY payer_program, payer_id, hcpcs_code, ndc11, ndc_open, service_date
