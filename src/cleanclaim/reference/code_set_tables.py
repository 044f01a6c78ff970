"""The code sets of claims and remittances: places, revenue codes, types of bill, payers, reasons and remarks."""

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.reference.dated import DATED

_T = ColumnType

PLACE_OF_SERVICE = TableSchema(
    "place_of_service", "One place of service code.", ("place_of_service",),
    (
        Column("place_of_service", _T.TEXT, "two digits"),
        Column("name", _T.TEXT, "CMS name"),
        Column("facility", _T.BOOLEAN, "whether Medicare pays professional services there at the facility rate; null when not stated"),
        *DATED,
    ),
)  # fmt: skip

ADJUSTMENT_REASON = TableSchema(
    "adjustment_reason", "One claim adjustment reason code (CARC).", ("carc",),
    (
        Column("carc", _T.TEXT, "the code"),
        Column("wording", _T.TEXT, "what it says, in our own words; null where we have none"),
        Column("span_from", _T.DATE, "first day on which it may be used"),
        Column("span_to", _T.DATE, "last day on which it may be used; 9999-12-31 when open"),
        *DATED,
    ),
)  # fmt: skip

REMARK = TableSchema(
    "remark", "One remittance advice remark code (RARC).", ("rarc",),
    (
        Column("rarc", _T.TEXT, "the code"),
        Column("descriptor", _T.TEXT, "CMS wording; in the starter set short words of our own"),
        Column("span_from", _T.DATE, "first day on which it may be used"),
        Column("span_to", _T.DATE, "last day on which it may be used; 9999-12-31 when open"),
        *DATED,
    ),
)  # fmt: skip

REVENUE_CODE = TableSchema(
    "revenue_code", "One revenue code of an institutional claim.", ("revenue_code",),
    (
        Column("revenue_code", _T.TEXT, "four digits"),
        Column("name", _T.TEXT, "name, from the list that was imported; in the starter set short words of our own"),
        Column("kind", _T.TEXT, "drug, radiopharmaceutical, blood, administration, supply, setting; null in an imported list"),
        Column("source", _T.TEXT, "where it was read; null in an imported list, which is its own source"),
        Column("confidence", _T.TEXT, "S read in a source, K expert knowledge; null in an imported list"),
        *DATED,
    ),
)  # fmt: skip

BILL_TYPE = TableSchema(
    "bill_type", "One type of bill, without its last digit.", ("facility_type",),
    (
        Column("facility_type", _T.TEXT, "two digits as in CLM05-1: 13 of 0131, the leading zero is not sent"),
        Column("facility", _T.TEXT, "what the first digit says: the kind of facility"),
        Column("classification", _T.TEXT, "what the second digit says within that kind"),
        Column("name", _T.TEXT, "both together, in our own words"),
        Column("source", _T.TEXT, "where it was read"),
        Column("confidence", _T.TEXT, "S read in a source, K expert knowledge"),
        *DATED,
    ),
)  # fmt: skip

BILL_FREQUENCY = TableSchema(
    "bill_frequency", "One last digit of a type of bill: what a claim is to those before it (CLM05-3).", ("frequency",),
    (
        Column("frequency", _T.TEXT, "one digit or letter"),
        Column("name", _T.TEXT, "in our own words"),
        Column("source", _T.TEXT, "where it was read"),
        Column("confidence", _T.TEXT, "S read in a source, K expert knowledge"),
        *DATED,
    ),
)  # fmt: skip

CLAIM_FILING = TableSchema(
    "claim_filing", "One claim filing indicator: which kind of payer a claim goes to (SBR09, CLP06).", ("claim_filing",),
    (
        Column("claim_filing", _T.TEXT, "two characters"),
        Column("name", _T.TEXT, "in our own words"),
        Column("in_remittance", _T.BOOLEAN, "whether an 835 may have it too (CLP06 has fewer)"),
        Column("source", _T.TEXT, "where it was read"),
        Column("confidence", _T.TEXT, "of what it means: S read in a source, K expert knowledge"),
        *DATED,
    ),
)  # fmt: skip
