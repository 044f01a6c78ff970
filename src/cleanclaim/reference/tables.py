"""The reference tables, written down once. Every row is dated, and says which release told it.

`valid_from` is the first day in, `valid_to` the last day in, as the publication says it; an open end is 9999-12-31.
A row's interval says when the *fact* held. Which release speaks for a day is settled when releases are joined
(`library`): in the joined tables `valid_from` and `valid_to` are cut to the days for which the release has the say, so that
at most one row per key answers for a day.
"""

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.reference.code_set_tables import (
    ADJUSTMENT_REASON,
    BILL_FREQUENCY,
    BILL_TYPE,
    CLAIM_FILING,
    PLACE_OF_SERVICE,
    REMARK,
    REVENUE_CODE,
)
from cleanclaim.reference.dated import DATED
from cleanclaim.reference.fee_tables import (
    ASC_PAYMENT,
    ASP_LIMIT,
    NOC_LIMIT,
    OPPS_STATUS,
    PFS_GPCI,
    PFS_LOCALITY,
    PFS_RVU,
)

__all__ = (
    "ADD_ON", "ADJUSTMENT_REASON", "ASC_PAYMENT", "ASP_LIMIT", "BILL_FREQUENCY", "BILL_TYPE", "BY_NAME",
    "CLAIM_FILING", "CODE_RANGE", "COVERAGE", "COVERAGE_DOCUMENT", "CPT_MODIFIER", "DIAGNOSIS", "DOSE_LIMIT",
    "DRUG_TRAIT", "HCPCS", "HCPCS_CHANGE", "LOOKED_UP", "MODIFIER", "MUE", "NDC_CROSSWALK", "NDC_PACKAGE",
    "NDC_PRODUCT", "NOC_CODE", "NOC_CROSSWALK", "NOC_LIMIT", "OPPS_STATUS", "PFS_GPCI",
    "PFS_LOCALITY", "PFS_RVU", "PLACE_OF_SERVICE", "PROCESSING_NOTE", "PRODUCT", "PTP", "REMARK", "REPLACEMENT",
    "REVENUE_CODE", "TABLES",
)  # fmt: skip

_T = ColumnType

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
        *DATED,
    ),
)  # fmt: skip

MODIFIER = TableSchema(
    "modifier", "One validity span of one two-character modifier.", ("modifier", "span_from"),
    (
        Column("modifier", _T.TEXT, "two characters"),
        Column("descriptor", _T.TEXT, "CMS wording, or our own words for CPT modifiers"),
        Column("span_from", _T.DATE, "first day on which the modifier may be used"),
        Column("span_to", _T.DATE, "last day on which the modifier may be used; 9999-12-31 when open"),
        *DATED,
    ),
)  # fmt: skip

NDC_CROSSWALK = TableSchema(
    "ndc_crosswalk", "One NDC under one code in one quarter.", ("ndc11", "hcpcs_code"),
    (
        Column("ndc11", _T.TEXT, "eleven digits"),
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("product_name", _T.TEXT, "name on the package as CMS prints it, brand or generic; null for CPT codes"),
        Column("labeler", _T.TEXT, "labeler as CMS prints it; null for CPT codes"),
        Column("package_size", _T.AMOUNT, "content of one item in its NDC unit (NDC-18)"),
        Column("package_quantity", _T.AMOUNT, "items in the package"),
        Column("bill_units", _T.AMOUNT, "HCPCS units in one item"),
        Column("bill_units_package", _T.AMOUNT, "HCPCS units in the package"),
        *DATED,
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
        Column("strength", _T.TEXT, "as labeled"),
        Column("ndc_unit", _T.TEXT, "unit in which its quantity is billed: ML, UN, GR, F2"),
        Column("content_amount", _T.AMOUNT, "labeled content of one container", unit="content_unit"),
        Column("content_unit", _T.TEXT, "unit of the content"),
        Column("source", _T.TEXT, "publication that says so"),
        *DATED,
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
        *DATED,
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
        *DATED,
    ),
)  # fmt: skip

DRUG_TRAIT = TableSchema(
    "drug_trait", "Something about the drug of a code that decides an edit and stands in no code file.", ("hcpcs_code", "trait"),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("trait", _T.TEXT, "intravitreal, local (joint, implant, topical: given at one side), systemic, vaccine_1861s10, radiopharmaceutical, contrast, skin_substitute, self_administered"),
        Column("source", _T.TEXT, "publication that says so"),
        *DATED,
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
        *DATED,
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
        *DATED,
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
        *DATED,
    ),
)  # fmt: skip

DIAGNOSIS = TableSchema(
    "diagnosis", "One ICD-10-CM code of one release.", ("diagnosis_code",),
    (
        Column("diagnosis_code", _T.TEXT, "without the dot"),
        Column("descriptor", _T.TEXT, "long descriptor; null where the file prints none"),
        Column("billable", _T.BOOLEAN, "whether it may stand on a claim; a header may not"),
        Column("manifestation", _T.BOOLEAN, "whether it may never be listed first: a manifestation of a disease that stands before it; null when the file does not tell"),
        *DATED,
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
        *DATED,
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
        *DATED,
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
        *DATED,
    ),
)  # fmt: skip

PROCESSING_NOTE = TableSchema(
    "processing_note", "One processing note of the HCPCS file.", ("note_number",),
    (
        Column("note_number", _T.TEXT, "four digits"),
        Column("text", _T.TEXT, "the note"),
        *DATED,
    ),
)  # fmt: skip

NOC_CODE = TableSchema(
    "noc_code", "One HCPCS code for what has no code of its own (not otherwise classified), drug or not.", ("hcpcs_code",),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("descriptor", _T.TEXT, "long descriptor"),
        Column("span_from", _T.DATE, "first day on which the code may be billed"),
        Column("span_to", _T.DATE, "last day on which the code may be billed; 9999-12-31 when open"),
        *DATED,
    ),
)  # fmt: skip

HCPCS_CHANGE = TableSchema(
    "hcpcs_change", "What one quarterly update did to one code or modifier (transaction report).", ("hcpcs_code", "modifier", "action"),
    (
        Column("hcpcs_code", _T.TEXT, "five characters; null for a modifier"),
        Column("modifier", _T.TEXT, "two characters; null for a code"),
        Column("action", _T.TEXT, "A added, D ended, R came back, C long, S short descriptor changed, B coverage and long descriptor, F coverage, P payment, T miscellaneous (COD-04); CS long and short descriptor"),
        Column("effective_date", _T.DATE, "first day of the update: the report prints no day for a code"),
        Column("short_descriptor", _T.TEXT, "new short descriptor; null where the report prints none"),
        Column("descriptor", _T.TEXT, "new long descriptor; null where the report prints none"),
        *DATED,
    ),
)  # fmt: skip

COVERAGE_DOCUMENT = TableSchema(
    "coverage_document", "One version of a local coverage determination or article, on the days on which it is in force.", ("display_id",),
    (
        Column("display_id", _T.TEXT, "number with its letter: L36668 a determination, A52571 an article"),
        Column("document_id", _T.TEXT, "number"),
        Column("version", _T.INTEGER, "version"),
        Column("document_type", _T.TEXT, "LCD or Article"),
        Column("title", _T.TEXT, "title"),
        Column("contractors", _T.TEXT, "contractor with its jurisdictions, as printed on one line; several are joined by ;"),
        Column("is_self_administered", _T.BOOLEAN, "whether it is about self-administered drugs (exclusion lists, and how they are made), by its title"),
        Column("status", _T.TEXT, "current, future or retired, on the day of the index"),
        Column("note", _T.TEXT, "note as printed: when its notice ends ..."),
        Column("effective_date", _T.DATE, "first day of the version"),
        Column("retirement_date", _T.DATE, "last day of the document; null when it is not retired"),
        Column("updated_on", _T.DATE, "day of its last change"),
        Column("url", _T.TEXT, "page in the Medicare Coverage Database"),
        *DATED,
    ),
)  # fmt: skip

CPT_MODIFIER = TableSchema(
    "cpt_modifier", "One CPT modifier: its number, with our own words.", ("modifier",),
    (
        Column("modifier", _T.TEXT, "two characters"),
        Column("descriptor", _T.TEXT, "our own words"),
        *DATED,
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
        *DATED,
    ),
)  # fmt: skip

COVERAGE = TableSchema(
    "coverage", "What a table is complete for: inside it a missing row means `none`, outside it `unknown`.", ("table", "part", "key"),
    (
        Column("table", _T.TEXT, "name of the table"),
        Column("part", _T.TEXT, "the part of the table that is meant, where it falls into parts: the service type of mue and ptp, the addendum of asc_payment, paid_to of pfs_rvu; null elsewhere"),
        Column("key", _T.TEXT, "the code, NDC or modifier for which the table is complete; null when it is complete for all"),
        *DATED,
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
    ASC_PAYMENT,
    PFS_RVU,
    PFS_GPCI,
    PFS_LOCALITY,
    NOC_LIMIT,
    NOC_CROSSWALK,
    NDC_PRODUCT,
    NDC_PACKAGE,
    ADJUSTMENT_REASON,
    REMARK,
    PROCESSING_NOTE,
    NOC_CODE,
    HCPCS_CHANGE,
    COVERAGE_DOCUMENT,
    REVENUE_CODE,
    BILL_TYPE,
    BILL_FREQUENCY,
    CLAIM_FILING,
    CPT_MODIFIER,
    DOSE_LIMIT,
    COVERAGE,
)
BY_NAME = {table.name: table for table in TABLES}

# What look-ups read, and so what their index holds. Big tables that only edits read (ptp, diagnosis ...) stay out of it.
LOOKED_UP = (
    HCPCS, MODIFIER, PLACE_OF_SERVICE, ASP_LIMIT, NDC_CROSSWALK, PRODUCT, MUE, REPLACEMENT, DRUG_TRAIT, OPPS_STATUS,
    ASC_PAYMENT, COVERAGE,
)  # fmt: skip
