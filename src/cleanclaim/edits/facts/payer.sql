/*---
about: What the payer asks for. Its policy on the drug decides; else its own rows; where it has none, those of its program (`*`).
grain: line
keys: [payer_program, payer_id, service_date, ndc_unit, policy_ndc, policy_ndc_units]
columns:
  ndc_required: {type: text, meaning: "when the payer wants an NDC: always, noc_only (unclassified codes), never", ask: "the payer's rule on NDCs (`--policies`)", source: "policy_rule, reference payer_rule"}
  ndc_unit_list_known: {type: boolean, meaning: whether the payer's list of NDC units is loaded, ask: "the payer's list of NDC units (`--policies`)", source: "policy_rule, reference payer_rule"}
  ndc_unit_on_list: {type: boolean, meaning: "whether the unit is on the payer's list of NDC units; null where no list is loaded", ask: "the payer's list of NDC units (`--policies`)", source: "policy_rule, reference payer_rule"}
  payer_release: {type: text, meaning: release that decided, source: reference}
---*/
WITH payers AS (SELECT DISTINCT payer_program, payer_id, service_date FROM keys WHERE payer_program IS NOT NULL AND service_date IS NOT NULL),
rules AS (
  SELECT p.payer_program, p.payer_id, p.service_date, r.rule, r.value, r.release, r.payer_id = '*' AS general
  FROM payers AS p
  JOIN ref_payer_rule AS r
    ON r.payer_program = p.payer_program
    AND (r.payer_id = '*' OR r.payer_id = p.payer_id)
    AND p.service_date BETWEEN r.valid_from AND r.valid_to
),
own AS (
  SELECT payer_program, payer_id, service_date, rule, bool_and(general) AS general
  FROM rules
  GROUP BY payer_program, payer_id, service_date, rule
),
deciding AS (
  SELECT r.payer_program, r.payer_id, r.service_date, r.rule, r.value, r.release
  FROM rules AS r
  JOIN own AS o
    ON o.payer_program = r.payer_program AND o.payer_id IS NOT DISTINCT FROM r.payer_id AND o.service_date = r.service_date
    AND o.rule = r.rule AND o.general = r.general
),
required AS (
  SELECT payer_program, payer_id, service_date, min(value) AS value, max(release) AS release
  FROM deciding
  WHERE rule = 'ndc_required'
  GROUP BY payer_program, payer_id, service_date
),
lists AS (
  SELECT k.payer_program, k.payer_id, k.service_date, k.ndc_unit, bool_or(d.value = k.ndc_unit) AS listed, max(d.release) AS release
  FROM (SELECT DISTINCT payer_program, payer_id, service_date, ndc_unit FROM keys) AS k
  JOIN deciding AS d
    ON d.rule = 'ndc_unit' AND d.payer_program = k.payer_program AND d.payer_id IS NOT DISTINCT FROM k.payer_id AND d.service_date = k.service_date
  GROUP BY k.payer_program, k.payer_id, k.service_date, k.ndc_unit
)
SELECT
  k.payer_program,
  k.payer_id,
  k.service_date,
  k.ndc_unit,
  k.policy_ndc,
  k.policy_ndc_units,
  CASE WHEN k.policy_ndc IS NULL THEN r.value WHEN k.policy_ndc = 'required' THEN 'always' WHEN k.policy_ndc <> 'contradicted' THEN k.policy_ndc END AS ndc_required,
  CASE WHEN k.policy_ndc_units = 'contradicted' THEN NULL WHEN k.policy_ndc_units IS NOT NULL THEN TRUE WHEN k.payer_program IS NOT NULL AND k.service_date IS NOT NULL THEN l.payer_program IS NOT NULL END AS ndc_unit_list_known,
  CASE WHEN k.policy_ndc_units = 'contradicted' THEN NULL WHEN k.policy_ndc_units IS NOT NULL THEN contains(' ' || k.policy_ndc_units || ' ', ' ' || k.ndc_unit || ' ') ELSE l.listed END AS ndc_unit_on_list,
  CASE WHEN k.policy_ndc IS NOT NULL AND k.policy_ndc_units IS NOT NULL THEN NULL ELSE coalesce(r.release, l.release) END AS payer_release
FROM keys AS k
LEFT JOIN required AS r
  ON r.payer_program = k.payer_program AND r.payer_id IS NOT DISTINCT FROM k.payer_id AND r.service_date = k.service_date
LEFT JOIN lists AS l
  ON l.payer_program = k.payer_program AND l.payer_id IS NOT DISTINCT FROM k.payer_id AND l.service_date = k.service_date
  AND l.ndc_unit IS NOT DISTINCT FROM k.ndc_unit
