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

COVERAGE = TableSchema(
    "coverage", "What a table is complete for: inside it a missing row means `none`, outside it `unknown`.", ("table", "key"),
    (
        Column("table", _T.TEXT, "name of the table"),
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
    COVERAGE,
)
BY_NAME = {table.name: table for table in TABLES}
