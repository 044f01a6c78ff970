/*---
about: Whether the payer lets the drug be given where it was given. A hospital's outpatient claim has no place of service; it stands for place 22.
grain: line
keys: [place_of_service, facility_type, policy_places_allowed, policy_places_denied, policy_sites]
columns:
  given_place: {type: text, meaning: "place of service of the line; 22 for a hospital's outpatient claim (types of bill 13 and 85)", ask: the place of service, source: "line.place_of_service, claim.bill_type"}
  site_of_care: {type: text, meaning: "office (11), outpatient_hospital (19, 22), home (12), infusion_center (49), asc (24), else other", ask: the place of service, source: CMS Place of Service code set}
  covered_sites: {type: text, meaning: "the sites of care that the payer names, in words", source: policy_rule}
  place_allowed: {type: boolean, meaning: whether the place is not refused and is on the payer's list where it has one, ask: the place of service, source: policy_rule}
  site_allowed: {type: boolean, meaning: whether the site of care is one that the payer names, ask: the place of service, source: policy_rule}
---*/
WITH placed AS (
  SELECT *, coalesce(place_of_service, CASE WHEN facility_type IN ('13', '85') THEN '22' END) AS given_place
  FROM keys
),
sited AS (
  SELECT
    *,
    CASE
      WHEN given_place IS NULL THEN NULL
      WHEN given_place = '11' THEN 'office'
      WHEN given_place IN ('19', '22') THEN 'outpatient_hospital'
      WHEN given_place = '12' THEN 'home'
      WHEN given_place = '49' THEN 'infusion_center'
      WHEN given_place = '24' THEN 'asc'
      ELSE 'other'
    END AS site_of_care
  FROM placed
)
SELECT
  place_of_service,
  facility_type,
  policy_places_allowed,
  policy_places_denied,
  policy_sites,
  given_place,
  site_of_care,
  replace(replace(replace(policy_sites, ' ', ', '), '_', ' '), 'asc', 'ASC') AS covered_sites,
  CASE
    WHEN given_place IS NULL THEN NULL
    WHEN policy_places_denied IS NOT NULL AND contains(' ' || policy_places_denied || ' ', ' ' || given_place || ' ') THEN FALSE
    WHEN policy_places_allowed IS NOT NULL AND policy_places_allowed <> '' THEN contains(' ' || policy_places_allowed || ' ', ' ' || given_place || ' ')
    WHEN policy_places_denied IS NOT NULL THEN TRUE
  END AS place_allowed,
  CASE WHEN policy_sites = 'any' THEN TRUE ELSE contains(' ' || policy_sites || ' ', ' ' || site_of_care || ' ') END AS site_allowed
FROM sited
