/*---
about: What is known to be on file for the line. Where everything on file was listed for a claim, what is not there is missing; elsewhere it is not known.
grain: line
reads: [line_number, policy_rems_policy]
asked_by: [on_file, on_file_whole]
columns:
  abn_on_file: {type: boolean, meaning: "whether a signed notice (ABN) is on file, as `abn`", ask: "whether an ABN is on file (`--on-file`, item `abn`)", source: on_file}
  gestation_weeks_on_file: {type: amount, unit: weeks, meaning: "weeks of gestation, as `gestation_weeks`", source: on_file}
  singleton_on_file: {type: boolean, meaning: "whether the chart says that there is one fetus, as `singleton`", ask: "whether there is a single fetus (`--on-file`, item `singleton`)", source: on_file}
  rems_incomplete: {type: boolean, meaning: whether evidence of the REMS that the payer asks for is missing, ask: "the evidence of the REMS (`--on-file`)", source: "policy_item, on_file"}
  rems_missing: {type: text, meaning: that evidence, source: "policy_item, on_file"}
---*/
WITH chart AS (
  -- What is said of the line goes before what is said of the claim.
  SELECT
    r.line_row,
    o.item,
    coalesce(bool_and(CASE WHEN o.line_number IS NOT NULL THEN o.there END), bool_or(CASE WHEN o.line_number IS NULL THEN o.there END)) AS there,
    coalesce(max(CASE WHEN o.line_number IS NOT NULL THEN o.number END), max(CASE WHEN o.line_number IS NULL THEN o.number END)) AS number
  FROM rows AS r
  JOIN claim AS c USING (claim_row)
  JOIN ref_on_file AS o ON o.claim_id = c.claim_id AND (o.line_number IS NULL OR o.line_number = r.line_number)
  GROUP BY r.line_row, o.item
),
wholes AS (
  SELECT DISTINCT r.line_row
  FROM rows AS r
  JOIN claim AS c USING (claim_row)
  JOIN ref_on_file_whole AS w ON w.claim_id = c.claim_id AND (w.line_number IS NULL OR w.line_number = r.line_number)
),
evidence AS (
  SELECT
    r.line_row,
    i.item,
    CASE
      WHEN h.item IS NULL THEN CASE WHEN w.line_row IS NOT NULL THEN FALSE END
      WHEN i."least" IS NOT NULL THEN h.there AND h.number >= i."least"
      ELSE h.there
    END AS kept
  FROM rows AS r
  JOIN ref_policy_item AS i ON i.policy = r.policy_rems_policy AND i.attribute = 'requires.rems'
  LEFT JOIN chart AS h ON h.line_row = r.line_row AND h.item = i.item
  LEFT JOIN wholes AS w ON w.line_row = r.line_row
),
rems AS (
  SELECT
    line_row,
    CASE WHEN bool_or(NOT kept) THEN TRUE WHEN bool_and(kept IS NOT NULL) THEN FALSE END AS rems_incomplete,
    string_agg(DISTINCT lacking, ', ' ORDER BY lacking) AS rems_missing
  FROM (SELECT *, CASE WHEN NOT kept THEN item END AS lacking FROM evidence)
  GROUP BY line_row
)
SELECT
  r.line_row,
  CASE WHEN a.item IS NOT NULL THEN a.there WHEN w.line_row IS NOT NULL THEN FALSE END AS abn_on_file,
  g.number AS gestation_weeks_on_file,
  s.there AS singleton_on_file,
  m.rems_incomplete,
  m.rems_missing
FROM rows AS r
LEFT JOIN wholes AS w ON w.line_row = r.line_row
LEFT JOIN chart AS a ON a.line_row = r.line_row AND a.item = 'abn'
LEFT JOIN chart AS g ON g.line_row = r.line_row AND g.item = 'gestation_weeks'
LEFT JOIN chart AS s ON s.line_row = r.line_row AND s.item = 'singleton'
LEFT JOIN rems AS m ON m.line_row = r.line_row
