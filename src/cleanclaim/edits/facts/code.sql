/*---
about: What the code sets say about the line's code on the day of service.
grain: line
keys: [hcpcs_code, service_date]
columns:
  code_system: {type: text, meaning: "hcpcs (Level II), cpt, cdt, or none when the text has no code's form", ask: "the code of the line", source: COD-01}
  code_known: {type: boolean, meaning: "whether the code is in a loaded code set on any day; false only inside declared coverage, or when it has no code's form", ask: "a code list that covers the code on the date of service (CPT codes are licensed and are not judged)", tables: [hcpcs], source: reference hcpcs}
  code_valid: {type: boolean, meaning: whether the code may be billed on the day of service, ask: "a code list that covers the code on the date of service (CPT codes are licensed and are not judged)", tables: [hcpcs], source: reference hcpcs}
  code_from: {type: date, meaning: first day of the span nearest to the day of service, ask: "a code list that covers the code on the date of service (CPT codes are licensed and are not judged)", tables: [hcpcs], source: reference hcpcs}
  code_to: {type: date, meaning: last day of that span, source: reference hcpcs}
  code_ended: {type: text, meaning: "that the code ended before the day and when, as far as it is known, for a message", source: reference hcpcs}
  successor: {type: text, meaning: "what to bill in place of a code that has ended, in words: the code that replaced it, and its units for one old unit where that is one number", source: reference replacement}
  code_descriptor: {type: text, meaning: official descriptor on the day of service, source: reference hcpcs}
  is_drug: {type: boolean, meaning: "whether the code is a drug, biologic, radiopharmaceutical, contrast agent or vaccine", ask: "a code list that covers the code on the date of service", tables: [hcpcs], source: "reference hcpcs, code_range"}
  is_noc: {type: boolean, meaning: whether the code is an unclassified drug code, ask: "a code list that covers the code on the date of service", tables: [hcpcs], source: reference hcpcs}
  unit_amount: {type: amount, unit: unit, meaning: amount of one billing unit on the day of service, tables: [hcpcs], source: reference hcpcs}
  unit: {type: text, meaning: unit of that amount, tables: [hcpcs], source: reference hcpcs}
  unit_semantics: {type: text, meaning: "linear, up_to, per_container ...", source: reference hcpcs}
  line_kind: {type: text, meaning: "drug, administration, evaluation, supply, eye_injection, procedure, imaging, bundle (visit and drug in one code), laboratory, anesthesia or medicine, by the code", ask: "a code list that says what kind of service the code is", source: reference code_range}
  given_on_site: {type: boolean, meaning: "whether the code is a drug that the provider gives: false for what patients mostly take or give themselves (oral, inhaled, clotting factors, self-administered)", ask: "a code list that says whether the code is a drug", source: "reference code_range, drug_trait; COD-09"}
  self_admin_clause: {type: boolean, meaning: "whether the descriptor of the day says that Medicare pays only what is given under supervision, not what patients give themselves", ask: "a code list that covers the code on the date of service", tables: [hcpcs], source: "reference hcpcs; COD-58"}
  is_skin_substitute: {type: boolean, meaning: "whether the code is a skin substitute; not known for codes of their series (A2, Q41 to Q49) without a trait", ask: "a code list that says what kind of drug the code is", source: reference drug_trait}
  medicare_excludes: {type: boolean, meaning: "whether the code set says that Medicare does not pay for the code (coverage I, M or S)", ask: "a code list that covers the code on the date of service", tables: [hcpcs], source: "reference hcpcs; COD-05"}
  local_use: {type: boolean, meaning: "whether the drug is given at one side of the body (eye, joint, implant)", ask: "where the drug is given (one side or the whole body)", source: reference drug_trait}
  is_vaccine: {type: boolean, meaning: "whether the code is a vaccine: CPT 90476 to 90759 and 91300 to 91322, and what Medicare prices as one", ask: "a code list that says whether the code is a drug", source: "reference code_range, drug_trait"}
  is_radiopharmaceutical: {type: boolean, meaning: "whether the drug is a radiopharmaceutical, imaging or contrast agent", ask: "a code list that says what kind of drug the code is", source: "reference code_range, drug_trait"}
  code_release: {type: text, meaning: release that decided, source: reference}
  code_lacks: {type: text, meaning: "`hcpcs` where no release covers a Level II code on the day", source: reference hcpcs and its coverage}
---*/
WITH forms AS (
  SELECT
    hcpcs_code,
    service_date,
    CASE
      WHEN regexp_full_match(hcpcs_code, '[A-CEGHJ-MP-V][0-9]{4}') THEN 'hcpcs'
      WHEN regexp_full_match(hcpcs_code, 'D[0-9]{4}') THEN 'cdt'
      WHEN regexp_full_match(hcpcs_code, '[0-9]{4}[0-9AFMTU]') THEN 'cpt'
      ELSE 'none'
    END AS code_system
  FROM keys
  WHERE hcpcs_code IS NOT NULL
),
covered AS (
  SELECT k.hcpcs_code, k.service_date, max(c.release) AS release
  FROM forms AS k
  JOIN ref_coverage AS c
    -- A HCPCS file that is complete says nothing about CPT and CDT codes.
    ON c."table" = 'hcpcs'
    AND (c.key = k.hcpcs_code OR c.key IS NULL AND k.code_system = 'hcpcs')
    AND k.service_date BETWEEN c.valid_from AND c.valid_to
  GROUP BY k.hcpcs_code, k.service_date
),
told AS (
  -- The row that has the say on the day, also when the code had ended or not begun; an end that nobody printed is null.
  SELECT k.hcpcs_code, k.service_date, h.* EXCLUDE (hcpcs_code), k.service_date BETWEEN h.span_from AND h.span_to AS in_span
  FROM keys AS k
  JOIN ref_hcpcs AS h ON h.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN h.valid_from AND h.valid_to
),
nearest AS (
  SELECT k.hcpcs_code, k.service_date, s.span_from, s.span_to, s.is_drug, s.is_noc, s.release
  FROM keys AS k
  JOIN ref_hcpcs AS s ON s.hcpcs_code = k.hcpcs_code AND NOT contains(s.release, ', presumed after ')
  QUALIFY row_number() OVER (
    PARTITION BY k.hcpcs_code, k.service_date
    ORDER BY s.span_from > k.service_date, abs(date_diff('day', s.span_from, k.service_date)), s.valid_from DESC, s.span_from DESC
  ) = 1
),
followers AS (
  SELECT
    hcpcs_code,
    'Replaced by ' || string_agg(replaced_by || '; ' || in_units, '. Or by ' ORDER BY replaced_by) AS successor
  FROM (
    SELECT DISTINCT
      hcpcs_code,
      replaced_by,
      CASE
        WHEN unit_factor IS NULL THEN 'take the units from its descriptor'
        WHEN unit_factor = 1 THEN 'bill 1 unit for each ' || hcpcs_code || ' unit'
        WHEN unit_factor > 1 THEN 'bill ' || rtrim(rtrim(CAST(unit_factor AS VARCHAR), '0'), '.') || ' units for each ' || hcpcs_code || ' unit'
        ELSE '1 ' || hcpcs_code || ' unit is ' || rtrim(rtrim(CAST(unit_factor AS VARCHAR), '0'), '.') || ' of its units'
      END AS in_units
    FROM ref_replacement
  )
  GROUP BY hcpcs_code
),
traits AS (
  SELECT
    k.hcpcs_code,
    k.service_date,
    max(CASE WHEN t.trait IN ('intravitreal', 'local') THEN 1 WHEN t.trait = 'systemic' THEN 0 END) = 1 AS local_use,
    bool_or(t.trait IN ('radiopharmaceutical', 'contrast')) AS is_radiopharmaceutical,
    bool_or(t.trait = 'skin_substitute') AS is_skin_substitute,
    bool_or(t.trait = 'self_administered') AS is_self_administered,
    bool_or(t.trait = 'vaccine_1861s10') AS is_vaccine
  FROM keys AS k
  JOIN ref_drug_trait AS t ON t.hcpcs_code = k.hcpcs_code AND k.service_date BETWEEN t.valid_from AND t.valid_to
  GROUP BY k.hcpcs_code, k.service_date
),
ranges AS (
  SELECT k.hcpcs_code, k.service_date, arg_min(r.kind, r.priority) AS kind, max(r.release) AS release
  FROM keys AS k
  JOIN ref_code_range AS r
    ON k.hcpcs_code BETWEEN r.range_from AND r.range_to AND coalesce(k.service_date, DATE '9999-12-31') BETWEEN r.valid_from AND r.valid_to
  -- Compared as text, 0071A would stand between two numbers.
  WHERE regexp_full_match(k.hcpcs_code, '[0-9]{5}') = regexp_full_match(r.range_from, '[0-9]{5}') AND length(k.hcpcs_code) = 5
  GROUP BY k.hcpcs_code, k.service_date
)
SELECT
  k.hcpcs_code,
  k.service_date,
  k.code_system,
  CASE
    WHEN k.code_system = 'none' THEN FALSE
    WHEN n.hcpcs_code IS NOT NULL THEN TRUE
    WHEN v.hcpcs_code IS NOT NULL THEN FALSE
  END AS code_known,
  CASE
    WHEN h.hcpcs_code IS NOT NULL THEN h.in_span
    WHEN n.hcpcs_code IS NOT NULL AND v.hcpcs_code IS NOT NULL THEN FALSE
  END AS code_valid,
  coalesce(h.span_from, n.span_from) AS code_from,
  -- A span that would hold the day was overruled by what is declared to be complete: its end is not known.
  CASE WHEN h.hcpcs_code IS NOT NULL THEN h.span_to WHEN n.span_to < k.service_date THEN n.span_to END AS code_to,
  CASE
    WHEN h.hcpcs_code IS NOT NULL AND h.span_to < k.service_date THEN 'ended on ' || CAST(h.span_to AS VARCHAR)
    WHEN h.hcpcs_code IS NULL AND n.span_to < k.service_date THEN 'ended on ' || CAST(n.span_to AS VARCHAR)
    ELSE 'was not valid'
  END AS code_ended,
  coalesce(f.successor, 'Bill the code that is valid on the date of service') AS successor,
  CASE WHEN h.in_span THEN h.descriptor END AS code_descriptor,
  coalesce(n.is_drug, r.kind IN ('drug', 'home_drug', 'radiopharmaceutical')) AS is_drug,
  coalesce(n.is_noc, CASE WHEN r.kind NOT IN ('drug', 'home_drug', 'radiopharmaceutical') THEN FALSE END) AS is_noc,
  CASE WHEN h.in_span THEN h.amount END AS unit_amount,
  CASE WHEN h.in_span THEN h.unit END AS unit,
  CASE WHEN h.in_span THEN h.unit_semantics END AS unit_semantics,
  CASE
    WHEN n.is_drug OR r.kind IN ('drug', 'home_drug', 'radiopharmaceutical') THEN 'drug'
    ELSE r.kind
  END AS line_kind,
  CASE
    WHEN r.kind = 'home_drug' OR t.is_self_administered THEN FALSE
    WHEN n.is_drug OR r.kind IN ('drug', 'radiopharmaceutical') THEN TRUE
    WHEN NOT n.is_drug OR r.kind IS NOT NULL THEN FALSE
  END AS given_on_site,
  CASE
    WHEN t.is_vaccine OR k.hcpcs_code BETWEEN '90476' AND '90759' OR k.hcpcs_code BETWEEN '91300' AND '91322' THEN TRUE
    WHEN n.hcpcs_code IS NOT NULL OR r.kind IS NOT NULL THEN FALSE
  END AS is_vaccine,
  CASE WHEN h.in_span THEN regexp_full_match(upper_ascii(h.descriptor), '.*SELF[ -]ADMINISTERED.*') END AS self_admin_clause,
  CASE
    WHEN t.is_skin_substitute THEN TRUE
    WHEN regexp_full_match(k.hcpcs_code, 'Q4[1-9][0-9]{2}|A2[0-9]{3}') THEN NULL
    WHEN n.hcpcs_code IS NOT NULL OR r.kind IS NOT NULL THEN FALSE
  END AS is_skin_substitute,
  CASE WHEN h.in_span THEN coalesce(h.coverage_code IN ('I', 'M', 'S'), FALSE) WHEN n.hcpcs_code IS NULL AND r.kind IS NOT NULL THEN FALSE END AS medicare_excludes,
  t.local_use,
  coalesce(r.kind = 'radiopharmaceutical' OR t.is_radiopharmaceutical, r.kind = 'radiopharmaceutical', t.is_radiopharmaceutical) AS is_radiopharmaceutical,
  coalesce(h.release, v.release, n.release, r.release) AS code_release,
  CASE WHEN k.code_system = 'hcpcs' AND h.hcpcs_code IS NULL AND v.hcpcs_code IS NULL AND k.service_date IS NOT NULL THEN 'hcpcs' END AS code_lacks
FROM forms AS k
LEFT JOIN told AS h ON h.hcpcs_code = k.hcpcs_code AND h.service_date = k.service_date
LEFT JOIN covered AS v ON v.hcpcs_code = k.hcpcs_code AND v.service_date = k.service_date
LEFT JOIN nearest AS n ON n.hcpcs_code = k.hcpcs_code AND n.service_date IS NOT DISTINCT FROM k.service_date
LEFT JOIN followers AS f ON f.hcpcs_code = k.hcpcs_code
LEFT JOIN traits AS t ON t.hcpcs_code = k.hcpcs_code AND t.service_date = k.service_date
LEFT JOIN ranges AS r ON r.hcpcs_code = k.hcpcs_code AND r.service_date IS NOT DISTINCT FROM k.service_date
