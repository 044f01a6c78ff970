/*---
about: Whether the authorization that the line names covers it. One that is not in the table that was handed in is not known.
grain: line
reads: [prior_auth, hcpcs_code, service_date, place_of_service, billed_units, is_void, corrects, policy_auth_scope]
asked_by: [authorization]
columns:
  auth_known: {type: boolean, meaning: "whether the authorization is in the table of the clinic's authorizations; not known where no table was handed in", ask: "the clinic's authorizations (`--authorizations`)", source: authorization}
  auth_code_covered: {type: boolean, meaning: whether it is for the code, ask: "the clinic's authorizations (`--authorizations`)", source: authorization}
  auth_day_covered: {type: boolean, meaning: whether the day is one of its days, ask: "the clinic's authorizations (`--authorizations`)", source: authorization}
  auth_place_covered: {type: boolean, meaning: "whether it is for the place; yes where it names none or the payer does not bind it to one", ask: "the clinic's authorizations (`--authorizations`)", source: authorization}
  auth_provider_covered: {type: boolean, meaning: "whether it is for the rendering provider; yes where it names none or the payer does not bind it to one", ask: "the clinic's authorizations (`--authorizations`)", source: authorization}
  auth_units_left: {type: total of units, unit: HCPCS billing units, meaning: "units left of it before the claims of this run; null where it sets no bound", source: authorization}
  auth_units_exceeded: {type: boolean, meaning: "whether the lines of this run that name it, up to this one in time, bill more units than are left", ask: "the clinic's authorizations (`--authorizations`)", source: "authorization, the claims of the run"}
  auth_visits_left: {type: integer, meaning: "days of service left of it before the claims of this run; null where it sets no bound", source: authorization}
  auth_visits_exceeded: {type: boolean, meaning: "whether the days of this run that name it, up to this one, are more than are left", ask: "the clinic's authorizations (`--authorizations`)", source: "authorization, the claims of the run"}
---*/
WITH named AS (
  SELECT
    r.*,
    coalesce(l.rendering_npi, c.rendering_npi) AS npi,
    a.number IS NOT NULL AS known,
    a.hcpcs_codes,
    a.first_day,
    a.last_day,
    CAST(a.units - coalesce(a.used_so_far, 0) AS DECIMAL(28, 3)) AS units_left,
    CAST(a.visits - coalesce(a.visits_so_far, 0) AS BIGINT) AS visits_left,
    a.places_of_service,
    a.rendering_npis,
    coalesce(r.policy_auth_scope, ['units', 'dates', 'site', 'provider']) AS scope
  FROM rows AS r
  JOIN line AS l ON l.line_row = r.line_row
  JOIN claim AS c ON c.claim_row = r.claim_row
  LEFT JOIN ref_authorization AS a ON a.number = r.prior_auth
),
-- Only what it covers uses it up, and no void does. Where a claim of the run replaces or voids another, too much may be counted.
used AS (
  SELECT
    line_row,
    CAST(sum(coalesce(billed_units, 0)) OVER spent AS DECIMAL(28, 3)) AS units_at_least,
    sum(CASE WHEN billed_units IS NULL THEN 1 ELSE 0 END) OVER spent AS unknown,
    dense_rank() OVER (PARTITION BY prior_auth ORDER BY service_date) AS visit
  FROM named
  WHERE known AND service_date BETWEEN first_day AND last_day AND list_contains(hcpcs_codes, hcpcs_code) AND is_void IS DISTINCT FROM TRUE
  WINDOW spent AS (PARTITION BY prior_auth ORDER BY service_date, line_row ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
corrected AS (SELECT DISTINCT prior_auth FROM named WHERE corrects)
SELECT
  n.line_row,
  CASE WHEN n.known THEN TRUE WHEN n.prior_auth IS NOT NULL AND t.listed > 0 THEN FALSE END AS auth_known,
  CASE WHEN n.known AND n.hcpcs_code IS NOT NULL THEN list_contains(n.hcpcs_codes, n.hcpcs_code) END AS auth_code_covered,
  CASE WHEN n.known THEN NOT list_contains(n.scope, 'dates') OR n.service_date BETWEEN n.first_day AND n.last_day END AS auth_day_covered,
  CASE WHEN n.known THEN NOT list_contains(n.scope, 'site') OR array_length(n.places_of_service) = 0 OR list_contains(n.places_of_service, n.place_of_service) END AS auth_place_covered,
  CASE WHEN n.known THEN NOT list_contains(n.scope, 'provider') OR array_length(n.rendering_npis) = 0 OR list_contains(n.rendering_npis, n.npi) END AS auth_provider_covered,
  n.units_left AS auth_units_left,
  CASE
    WHEN NOT n.known THEN NULL
    WHEN NOT list_contains(n.scope, 'units') OR n.units_left IS NULL THEN FALSE
    WHEN u.units_at_least > n.units_left THEN CASE WHEN r.prior_auth IS NULL THEN TRUE END
    WHEN u.line_row IS NULL OR u.unknown = 0 THEN FALSE
  END AS auth_units_exceeded,
  n.visits_left AS auth_visits_left,
  CASE WHEN NOT n.known THEN NULL WHEN n.visits_left IS NULL THEN FALSE WHEN u.visit > n.visits_left THEN CASE WHEN r.prior_auth IS NULL THEN TRUE END ELSE FALSE END AS auth_visits_exceeded
FROM named AS n
LEFT JOIN used AS u ON u.line_row = n.line_row
LEFT JOIN corrected AS r ON r.prior_auth = n.prior_auth
CROSS JOIN (SELECT count(*) AS listed FROM ref_authorization) AS t
