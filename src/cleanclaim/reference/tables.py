"""The reference tables, written down once. Every row is dated, and says which release told it.

`valid_from` is the first day in, `valid_to` the last day in, as the publication says it; an open end is 9999-12-31.
A row's interval says when the *fact* held. Which release speaks for a day is settled when releases are joined
(`library`): in the joined tables `valid_from` and `valid_to` are cut to the days for which the release has the say, so that
at most one row per key answers for a day.
"""

from cleanclaim.engine.schema import Column, ColumnType, TableSchema

_T = ColumnType
_DATED = (
    Column("valid_from", _T.DATE, "first day on which the row holds"),
    Column("valid_to", _T.DATE, "last day on which the row holds; 9999-12-31 when open"),
    Column("release", _T.TEXT, "release that told it, as `publication release revision`"),
)

HCPCS = TableSchema(
    "hcpcs", "One validity span of one Level II code.", ("hcpcs_code", "span_from"),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("short_descriptor", _T.TEXT, "short descriptor"),
        Column("descriptor", _T.TEXT, "long descriptor: it decides the unit (COD-08)"),
        Column("span_from", _T.DATE, "first day on which the code may be billed"),
        Column("span_to", _T.DATE, "last day on which the code may be billed; 9999-12-31 when open"),
        Column("coverage_code", _T.TEXT, "C, D, I, M or S (COD-05)"),
        Column("pricing_indicator", _T.TEXT, "51 drugs, 54 vaccinations ... (COD-06)"),
        Column("betos", _T.TEXT, "O1D chemotherapy, O1E other drugs ... (COD-07)"),
        Column("is_drug", _T.BOOLEAN, "whether the code is a drug, biologic, radiopharmaceutical, contrast or vaccine; null when that is not known"),
        Column("is_noc", _T.BOOLEAN, "whether it is an unclassified code: any drug without a code of its own (COD-41 to -49)"),
        Column("substance", _T.TEXT, "drug, with its salt; null when the descriptor was not parsed"),
        Column("amount", _T.AMOUNT, "amount of one billing unit", unit="unit"),
        Column("unit", _T.TEXT, "unit of the amount: mg, mcg, g, unit, mL, mCi, uCi, mEq, vial, dose ..."),
        Column("unit_semantics", _T.TEXT, "linear, up_to, per_container, per_study, volume, combination, range, unclassified; null when not parsed"),
        *_DATED,
    ),
)  # fmt: skip

MODIFIER = TableSchema(
    "modifier", "One validity span of one two-character modifier.", ("modifier", "span_from"),
    (
        Column("modifier", _T.TEXT, "two characters"),
        Column("descriptor", _T.TEXT, "CMS wording, or our own words for CPT modifiers"),
        Column("span_from", _T.DATE, "first day on which the modifier may be used"),
        Column("span_to", _T.DATE, "last day on which the modifier may be used; 9999-12-31 when open"),
        *_DATED,
    ),
)  # fmt: skip

PLACE_OF_SERVICE = TableSchema(
    "place_of_service", "One place of service code.", ("place_of_service",),
    (
        Column("place_of_service", _T.TEXT, "two digits"),
        Column("name", _T.TEXT, "CMS name"),
        Column("facility", _T.BOOLEAN, "whether Medicare pays professional services there at the facility rate; null when not stated"),
        *_DATED,
    ),
)  # fmt: skip

ASP_LIMIT = TableSchema(
    "asp_limit", "The Medicare Part B payment limit of one code in one quarter.", ("hcpcs_code",),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("dosage", _T.TEXT, "billing unit as the file prints it"),
        Column("payment_limit", _T.AMOUNT, "payment limit of one billing unit; null where the file prints N/A", unit="USD"),
        Column("coinsurance_percent", _T.AMOUNT, "coinsurance as published", unit="percent"),
        Column("is_vaccine", _T.BOOLEAN, "whether the row has a vaccine limit"),
        Column("notes", _T.TEXT, "notes as printed"),
        *_DATED,
    ),
)  # fmt: skip

NDC_CROSSWALK = TableSchema(
    "ndc_crosswalk", "One NDC under one code in one quarter.", ("ndc11", "hcpcs_code"),
    (
        Column("ndc11", _T.TEXT, "eleven digits"),
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("package_size", _T.AMOUNT, "content of one item in its NDC unit (NDC-18)"),
        Column("package_quantity", _T.AMOUNT, "items in the package"),
        Column("bill_units", _T.AMOUNT, "HCPCS units in one item"),
        Column("bill_units_package", _T.AMOUNT, "HCPCS units in the package"),
        *_DATED,
    ),
)  # fmt: skip

PRODUCT = TableSchema(
    "product", "One marketed package of a drug.", ("ndc11",),
    (
        Column("ndc11", _T.TEXT, "eleven digits"),
        Column("hcpcs_code", _T.TEXT, "the code that describes it while the row holds"),
        Column("name", _T.TEXT, "brand or generic name"),
        Column("container", _T.TEXT, "single_dose, multi_dose, pharmacy_bulk; null when the label was not read"),
        Column("form", _T.TEXT, "liquid, powder, syringe, implant, other"),
        Column("strength", _T.TEXT, "as labelled"),
        Column("ndc_unit", _T.TEXT, "unit in which its quantity is billed: ML, UN, GR, F2"),
        Column("content_amount", _T.AMOUNT, "labelled content of one container", unit="content_unit"),
        Column("content_unit", _T.TEXT, "unit of the content"),
        Column("source", _T.TEXT, "publication that says so"),
        *_DATED,
    ),
)  # fmt: skip

MUE = TableSchema(
    "mue", "One medically unlikely edit value.", ("hcpcs_code", "service_type"),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("service_type", _T.TEXT, "practitioner, outpatient or dme"),
        Column("mue_value", _T.UNITS, "most units", unit="HCPCS billing units"),
        Column("mue_adjudication_indicator", _T.INTEGER, "1 by line, 2 by day (policy), 3 by day (clinical)"),
        Column("rationale", _T.TEXT, "rationale as published"),
        *_DATED,
    ),
    part="service_type",
)  # fmt: skip

REPLACEMENT = TableSchema(
    "replacement", "One code that follows another.", ("hcpcs_code", "replaced_by"),
    (
        Column("hcpcs_code", _T.TEXT, "the code that ended"),
        Column("replaced_by", _T.TEXT, "the code that follows"),
        Column("unit_factor", _T.AMOUNT, "units of the new code for one unit of the old; null when it is not one number (`up to` units)"),
        Column("source", _T.TEXT, "publication that says so"),
        *_DATED,
    ),
)  # fmt: skip

DRUG_TRAIT = TableSchema(
    "drug_trait", "Something about the drug of a code that decides an edit and stands in no code file.", ("hcpcs_code", "trait"),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("trait", _T.TEXT, "intravitreal, local (joint, implant, topical: given at one side), systemic, vaccine_1861s10, radiopharmaceutical, contrast, skin_substitute, self_administered"),
        Column("source", _T.TEXT, "publication that says so"),
        *_DATED,
    ),
)  # fmt: skip

CODE_RANGE = TableSchema(
    "code_range", "What kind of service a range of code numbers is.", ("range_from", "range_to"),
    (
        Column("range_from", _T.TEXT, "first code of the range"),
        Column("range_to", _T.TEXT, "last code of the range"),
        Column("kind", _T.TEXT, "drug, radiopharmaceutical (imaging and contrast agents too), administration, evaluation, eye_injection, supply, other"),
        Column("priority", _T.INTEGER, "where ranges overlap, the lower number has the say"),
        Column("source", _T.TEXT, "publication that says so"),
        *_DATED,
    ),
)  # fmt: skip

PTP = TableSchema(
    "ptp", "One span of one procedure-to-procedure edit (NCI-20).", ("ptp_column_one", "ptp_column_two", "service_type", "span_from"),
    (
        Column("ptp_column_one", _T.TEXT, "the code that is paid"),
        Column("ptp_column_two", _T.TEXT, "the code that is denied beside it"),
        Column("service_type", _T.TEXT, "practitioner or outpatient"),
        Column("span_from", _T.DATE, "first day on which the edit holds; null when the file does not print it"),
        Column("span_to", _T.DATE, "last day on which it holds; 9999-12-31 when it is active"),
        Column("modifier_indicator", _T.INTEGER, "0 never bypassed, 1 bypassed by a proper modifier, 9 no edit"),
        Column("rationale", _T.TEXT, "rationale as published"),
        *_DATED,
    ),
    part="service_type",
)  # fmt: skip

ADD_ON = TableSchema(
    "add_on", "One add-on code with one primary code that it may stand beside (NCI-30).", ("add_on_code", "primary_code", "span_from"),
    (
        Column("add_on_code", _T.TEXT, "the add-on code"),
        Column("primary_code", _T.TEXT, "the primary code; CCCCC where the contractor decides"),
        Column("add_on_type", _T.INTEGER, "1 listed, 2 the contractor decides, 3 listed and the contractor may add"),
        Column("span_from", _T.DATE, "first day on which the pair holds; null when the file does not print it"),
        Column("span_to", _T.DATE, "last day on which it holds; 9999-12-31 when open"),
        *_DATED,
    ),
)  # fmt: skip

DIAGNOSIS = TableSchema(
    "diagnosis", "One ICD-10-CM code of one release.", ("diagnosis_code",),
    (
        Column("diagnosis_code", _T.TEXT, "without the dot"),
        Column("descriptor", _T.TEXT, "long descriptor; null where the file prints none"),
        Column("billable", _T.BOOLEAN, "whether it may stand on a claim; a header may not"),
        Column("manifestation", _T.BOOLEAN, "whether it may never be listed first: a manifestation of a disease that stands before it; null when the file does not tell"),
        *_DATED,
    ),
)  # fmt: skip

OPPS_STATUS = TableSchema(
    "opps_status", "How the hospital outpatient system pays one code in one quarter (Addendum B).", ("hcpcs_code",),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("status_indicator", _T.TEXT, "G and K paid drugs, N packaged, E1 and E2 not paid ..."),
        Column("apc", _T.TEXT, "ambulatory payment classification"),
        Column("payment_rate", _T.AMOUNT, "payment rate; null where none is printed", unit="USD"),
        Column("national_copayment", _T.AMOUNT, "national unadjusted copayment", unit="USD"),
        Column("minimum_copayment", _T.AMOUNT, "minimum unadjusted copayment", unit="USD"),
        Column("coinsurance_percent", _T.AMOUNT, "inflation-adjusted coinsurance; null where none is printed", unit="percent"),
        Column("adjusted_copayment", _T.AMOUNT, "inflation-adjusted copayment", unit="USD"),
        Column("note", _T.TEXT, "notes as printed"),
        *_DATED,
    ),
)  # fmt: skip

NOC_LIMIT = TableSchema(
    "noc_limit", "The Medicare Part B payment limit of one drug without a code of its own, in one quarter.", ("drug_name", "dosage"),
    (
        Column("drug_name", _T.TEXT, "generic name, with the labeler where the file names it"),
        Column("dosage", _T.TEXT, "unit that the limit is for, as printed"),
        Column("payment_limit", _T.AMOUNT, "payment limit; null where none is printed", unit="USD"),
        Column("notes", _T.TEXT, "notes as printed"),
        *_DATED,
    ),
)  # fmt: skip

NOC_CROSSWALK = TableSchema(
    "noc_crosswalk", "One NDC of a drug without a code of its own, in one quarter.", ("ndc11", "drug_name"),
    (
        Column("ndc11", _T.TEXT, "eleven digits"),
        Column("drug_name", _T.TEXT, "generic name, as in the limits"),
        Column("product_name", _T.TEXT, "name on the package"),
        Column("labeler", _T.TEXT, "labeler"),
        Column("dosage", _T.TEXT, "unit that the limit is for, as printed"),
        Column("package_size", _T.AMOUNT, "content of one item in its NDC unit (NDC-18)"),
        Column("package_quantity", _T.AMOUNT, "items in the package"),
        Column("bill_units", _T.AMOUNT, "units of `dosage` in one item"),
        Column("bill_units_package", _T.AMOUNT, "and in the package"),
        *_DATED,
    ),
)  # fmt: skip

NDC_PRODUCT = TableSchema(
    "ndc_product", "One product of the FDA's NDC directory.", ("product_id",),
    (
        Column("product_id", _T.TEXT, "the directory's key of the product"),
        Column("product_ndc", _T.TEXT, "labeler and product segment, as printed"),
        Column("proprietary_name", _T.TEXT, "brand, with its suffix"),
        Column("nonproprietary_name", _T.TEXT, "generic name"),
        Column("dosage_form", _T.TEXT, "dosage form as printed: INJECTION, SOLUTION ..."),
        Column("route", _T.TEXT, "routes as printed, joined by ;"),
        Column("labeler", _T.TEXT, "labeler"),
        Column("marketing_category", _T.TEXT, "NDA, BLA, ANDA ..."),
        Column("substances", _T.TEXT, "active substances, joined by ;"),
        Column("strengths", _T.TEXT, "their strengths, joined by ;"),
        Column("strength_units", _T.TEXT, "the units of these, joined by ;"),
        Column("marketing_start", _T.DATE, "first day on the market"),
        Column("marketing_end", _T.DATE, "last day on the market; null when none is printed"),
        *_DATED,
    ),
)  # fmt: skip

NDC_PACKAGE = TableSchema(
    "ndc_package", "One package of the FDA's NDC directory.", ("ndc11", "product_id"),
    (
        Column("ndc11", _T.TEXT, "eleven digits"),
        Column("product_id", _T.TEXT, "the directory's key of its product"),
        Column("package_ndc", _T.TEXT, "as printed, with hyphens"),
        Column("description", _T.TEXT, "packaging as printed, nested with >"),
        Column("container", _T.TEXT, "single_dose, multi_dose or pharmacy_bulk, where the description says so; else null"),
        Column("marketing_start", _T.DATE, "first day on the market"),
        Column("marketing_end", _T.DATE, "last day on the market; null when none is printed"),
        Column("listed_on", _T.DATE, "day of the directory: what it does not say to have ended was on the market then"),
        *_DATED,
    ),
)  # fmt: skip

ADJUSTMENT_REASON = TableSchema(
    "adjustment_reason", "One claim adjustment reason code (CARC).", ("carc",),
    (
        Column("carc", _T.TEXT, "the code"),
        Column("wording", _T.TEXT, "what it says, in our own words; null where we have none"),
        Column("span_from", _T.DATE, "first day on which it may be used"),
        Column("span_to", _T.DATE, "last day on which it may be used; 9999-12-31 when open"),
        *_DATED,
    ),
)  # fmt: skip

REMARK = TableSchema(
    "remark", "One remittance advice remark code (RARC).", ("rarc",),
    (
        Column("rarc", _T.TEXT, "the code"),
        Column("descriptor", _T.TEXT, "CMS wording; in the starter set short words of our own"),
        Column("span_from", _T.DATE, "first day on which it may be used"),
        Column("span_to", _T.DATE, "last day on which it may be used; 9999-12-31 when open"),
        *_DATED,
    ),
)  # fmt: skip

PROCESSING_NOTE = TableSchema(
    "processing_note", "One processing note of the HCPCS file.", ("note_number",),
    (
        Column("note_number", _T.TEXT, "four digits"),
        Column("text", _T.TEXT, "the note"),
        *_DATED,
    ),
)  # fmt: skip

NOC_CODE = TableSchema(
    "noc_code", "One HCPCS code for what has no code of its own (not otherwise classified), drug or not.", ("hcpcs_code",),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("descriptor", _T.TEXT, "long descriptor"),
        Column("span_from", _T.DATE, "first day on which the code may be billed"),
        Column("span_to", _T.DATE, "last day on which the code may be billed; 9999-12-31 when open"),
        *_DATED,
    ),
)  # fmt: skip

REVENUE_CODE = TableSchema(
    "revenue_code", "One revenue code of an institutional claim.", ("revenue_code",),
    (
        Column("revenue_code", _T.TEXT, "four digits"),
        Column("name", _T.TEXT, "name, from the list that was imported"),
        *_DATED,
    ),
)  # fmt: skip

CPT_MODIFIER = TableSchema(
    "cpt_modifier", "One CPT modifier: its number, with our own words.", ("modifier",),
    (
        Column("modifier", _T.TEXT, "two characters"),
        Column("descriptor", _T.TEXT, "our own words"),
        *_DATED,
    ),
)  # fmt: skip

DOSE_LIMIT = TableSchema(
    "dose_limit", "The most of a drug that its label foresees on one day.", ("hcpcs_code",),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("most_amount", _T.AMOUNT, "most on one day; null where the label says it by weight only", unit="unit"),
        Column("most_per_kg", _T.AMOUNT, "most on one day for each kilogram of weight; null where the label gives one amount", unit="unit per kg"),
        Column("unit", _T.TEXT, "mg, mcg, unit ..."),
        Column("source", _T.TEXT, "the label that says so"),
        *_DATED,
    ),
)  # fmt: skip

PAYER_RULE = TableSchema(
    "payer_rule", "One answer of a payer to one question, on some days.", ("payer_program", "payer_id", "rule", "value"),
    (
        Column("payer_program", _T.TEXT, "whose rules decide"),
        Column("payer_id", _T.TEXT, "the payer; * for every payer of the program that has no row of its own"),
        Column("rule", _T.TEXT, "ndc_required (always, noc_only, never), ndc_unit (one row for each unit on the payer's list)"),
        Column("value", _T.TEXT, "the answer"),
        Column("source", _T.TEXT, "who says so"),
        *_DATED,
    ),
)  # fmt: skip

COVERAGE = TableSchema(
    "coverage", "What a table is complete for: inside it a missing row means `none`, outside it `unknown`.", ("table", "part", "key"),
    (
        Column("table", _T.TEXT, "name of the table"),
        Column("part", _T.TEXT, "the part of the table that is meant, where it falls into parts: the service type of mue and ptp; null elsewhere"),
        Column("key", _T.TEXT, "the code, NDC or modifier for which the table is complete; null when it is complete for all"),
        *_DATED,
    ),
)  # fmt: skip

TABLES = (
    HCPCS,
    MODIFIER,
    PLACE_OF_SERVICE,
    ASP_LIMIT,
    NDC_CROSSWALK,
    PRODUCT,
    MUE,
    REPLACEMENT,
    DRUG_TRAIT,
    CODE_RANGE,
    PTP,
    ADD_ON,
    DIAGNOSIS,
    OPPS_STATUS,
    NOC_LIMIT,
    NOC_CROSSWALK,
    NDC_PRODUCT,
    NDC_PACKAGE,
    ADJUSTMENT_REASON,
    REMARK,
    PROCESSING_NOTE,
    NOC_CODE,
    REVENUE_CODE,
    CPT_MODIFIER,
    DOSE_LIMIT,
    PAYER_RULE,
    COVERAGE,
)
BY_NAME = {table.name: table for table in TABLES}

# What look-ups read, and so what their index holds. Big tables that only edits read (ptp, diagnosis ...) stay out of it.
LOOKED_UP = (
    HCPCS, MODIFIER, PLACE_OF_SERVICE, ASP_LIMIT, NDC_CROSSWALK, PRODUCT, MUE, REPLACEMENT, DRUG_TRAIT, OPPS_STATUS,
    COVERAGE,
)  # fmt: skip
