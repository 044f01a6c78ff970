"""The claim tables, written down once. Every format reads into them; every fact starts from them.

`claim_key` joins them: 33 bits of the file's SHA-256, then 30 bits of the claim's ordinal in the file. It is the same on
every run and machine, and distinct where CLM01 (the provider's account number) repeats.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.errors import InvalidValue

if TYPE_CHECKING:
    import pyarrow as pa

_T = ColumnType
_ORDINAL_BITS = 30


class PayerProgram(StrEnum):
    """Whose rules decide: a closed list."""

    MEDICARE_B = "medicare_b"
    MEDICARE_A = "medicare_a"
    MEDICARE_DME = "medicare_dme"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    MEDICAID = "medicaid"
    TRICARE = "tricare"
    VA = "va"
    COMMERCIAL = "commercial"
    WORKERS_COMP = "workers_comp"
    AUTO = "auto"
    OTHER = "other"


# SBR09 claim filing indicator -> program. Codes: X12 map of 837P; meanings: shared rulebook, claim-formats.md s. 4 [K].
_PROGRAM_BY_FILING = {
    "MB": PayerProgram.MEDICARE_B, "MA": PayerProgram.MEDICARE_A, "16": PayerProgram.MEDICARE_ADVANTAGE,
    "MC": PayerProgram.MEDICAID, "CH": PayerProgram.TRICARE, "VA": PayerProgram.VA, "WC": PayerProgram.WORKERS_COMP,
    "AM": PayerProgram.AUTO, "BL": PayerProgram.COMMERCIAL, "CI": PayerProgram.COMMERCIAL,
    "12": PayerProgram.COMMERCIAL, "13": PayerProgram.COMMERCIAL, "14": PayerProgram.COMMERCIAL,
    "15": PayerProgram.COMMERCIAL, "HM": PayerProgram.COMMERCIAL, "FI": PayerProgram.COMMERCIAL,
}  # fmt: skip


def payer_program_of(claim_filing: str | None) -> PayerProgram | None:
    """The program that a claim filing indicator (SBR09) stands for; `other` for the rest, None when there is none."""
    return _PROGRAM_BY_FILING.get(claim_filing, PayerProgram.OTHER) if claim_filing else None


class Lost(StrEnum):
    """What a fault cost: the rest was kept."""

    NOTHING = "nothing"
    VALUE = "value"  # one element or field is null where the file said something
    SEGMENT = "segment"  # one segment was not used
    CLAIM = "claim"
    TRANSACTION = "transaction"
    INTERCHANGE = "interchange"
    FILE = "file"

    @property
    def left_claims_unread(self) -> bool:
        """Whether claims may be missing from the tables."""
        return self in {Lost.CLAIM, Lost.TRANSACTION, Lost.INTERCHANGE, Lost.FILE}


KNOWN_ABSENT = "known_absent"
UNREADABLE = "unreadable"
SEGMENT = "segment"  # in `unreadable`: a whole segment or row piece of which nobody knows what it said
_UNREADABLE = "names of the columns in which something was written that could not be read; `segment` for a segment that is not known; null where there is none"
_ABSENT = "names of the columns that a partial claim says it has nothing in (null, an empty text or cell); null on a whole claim, where every absence is known"

CLAIM = TableSchema(
    "claim", "One claim as sent.", ("claim_key",),
    (
        Column("claim_key", _T.INTEGER, "33 bits of the file's SHA-256 and 30 bits of the claim's ordinal in it"),
        Column("claim_id", _T.TEXT, "the provider's account number for the claim; may repeat", x12="CLM01", fhir="Claim.identifier"),
        Column("source_file", _T.TEXT, "name of the file that held the claim"),
        Column("segment_number", _T.INTEGER, "number of the CLM segment in the file, or of the row in a table or JSON Lines file; from 1"),
        Column("created_on", _T.DATE, "day on which the file, or its functional group, says that it was made", x12="GS04", fhir="Claim.created"),
        Column("claim_type", _T.TEXT, "P professional or I institutional", x12="ST03", fhir="Claim.type"),
        Column("complete", _T.BOOLEAN, "whether the claim is whole: what is absent was not sent (X12 is whole; a claim that was cut off, or of which a value could not be read, is not)"),
        Column(UNREADABLE, _T.TEXTS, _UNREADABLE),
        Column("lines_complete", _T.BOOLEAN, "whether the lines that are here are all lines of the claim: yes unless the file says no, the claim was cut off, or a line of it was lost"),
        Column(KNOWN_ABSENT, _T.TEXTS, _ABSENT),
        Column("payer_id", _T.TEXT, "the destination payer's identifier", x12="2010BB NM109", fhir="Claim.insurer"),
        Column("payer_program", _T.TEXT, "whose rules decide: medicare_b, medicare_a, medicare_dme, medicare_advantage, medicaid, tricare, va, commercial, workers_comp, auto, other", x12="2000B SBR09"),
        Column("claim_filing", _T.TEXT, "claim filing indicator of the destination payer", x12="2000B SBR09"),
        Column("payer_sequence", _T.TEXT, "P primary, S secondary, T tertiary ...: the destination payer's place", x12="2000B SBR01", fhir="Claim.insurance.sequence"),
        Column("frequency", _T.TEXT, "1 original, 7 replacement, 8 void", x12="CLM05-3"),
        Column("original_reference", _T.TEXT, "the payer's control number of the claim replaced", x12="2300 REF*F8", fhir="Claim.related"),
        Column("patient_key", _T.TEXT, "digest of payer, member id, birth date and first name; null when the member id is unknown. Two unknown patients are never one"),
        Column("birth_date", _T.DATE, "the patient's birth date", x12="2010BA or 2010CA DMG02", fhir="Patient.birthDate"),
        Column("sex", _T.TEXT, "F, M or U", x12="2010BA or 2010CA DMG03", fhir="Patient.gender"),
        Column("weight", _T.AMOUNT, "the patient's weight", unit="pound", x12="2000B or 2000C PAT08 where PAT07 is 01"),
        Column("place_of_service", _T.TEXT, "CMS place of service code of the claim (professional)", x12="CLM05-1", fhir="Claim.item.locationCodeableConcept"),
        Column("bill_type", _T.TEXT, "facility type and frequency (institutional)", x12="CLM05-1 and CLM05-3"),
        Column("billing_npi", _T.TEXT, "billing provider's NPI", x12="2010AA NM109 where NM108 is XX", fhir="Claim.provider"),
        Column("billing_taxonomy", _T.TEXT, "billing provider's taxonomy", x12="2000A PRV03"),
        Column("rendering_npi", _T.TEXT, "rendering provider's NPI", x12="2310B NM1*82 NM109", fhir="Claim.careTeam"),
        Column("rendering_taxonomy", _T.TEXT, "rendering provider's taxonomy", x12="2310B PRV03"),
        Column("referring_npi", _T.TEXT, "referring provider's NPI (the first)", x12="2310A NM1*DN NM109"),
        Column("supervising_npi", _T.TEXT, "supervising provider's NPI", x12="2310D NM1*DQ NM109"),
        Column("facility_npi", _T.TEXT, "service facility's NPI", x12="2310C NM1*77 NM109"),
        Column("prior_auth", _T.TEXT, "prior authorization number", x12="2300 REF*G1", fhir="Claim.insurance.preAuthRef"),
        Column("referral", _T.TEXT, "referral number", x12="2300 REF*9F"),
        Column("note", _T.TEXT, "claim note; several are joined by ' | '", x12="2300 NTE02"),
        Column("diagnosis_code_set", _T.TEXT, "icd10 or icd9, by the qualifier of the first diagnosis", x12="HI01-1"),
        Column("diagnoses", _T.TEXTS, "diagnosis codes as sent, principal first: the order that pointers count in; in JSON and tables without the dot", x12="HI ABK ABF BK BF", fhir="Claim.diagnosis"),
        Column("condition_codes", _T.TEXTS, "condition codes", x12="HI BG"),
        Column("statement_from", _T.DATE, "first day of the statement (institutional)", x12="DTP*434"),
        Column("statement_to", _T.DATE, "last day of the statement (institutional)", x12="DTP*434"),
        Column("total_charge", _T.MONEY, "total charge of the claim", unit="USD", x12="CLM02", fhir="Claim.total"),
        Column("other_payer_count", _T.INTEGER, "other payers on the claim (coordination of benefits)", x12="count of 2320 SBR"),
        Column("other_payer_paid", _T.MONEY_TOTAL, "paid by other payers, all together; null when none said so", unit="USD", x12="2320 AMT*D"),
    ),
)  # fmt: skip

LINE = TableSchema(
    "line", "One service line of a claim as sent.", ("claim_key", "line_ordinal"),
    (
        Column("claim_key", _T.INTEGER, "the claim"),
        Column("line_ordinal", _T.INTEGER, "place of the line in its claim; from 1"),
        Column("line_number", _T.INTEGER, "the line's number as sent; its place where that is missing or no number", x12="LX01", fhir="Claim.item.sequence"),
        Column("segment_number", _T.INTEGER, "number of the segment or row that starts the line; from 1"),
        Column("line_control", _T.TEXT, "the provider's line control number", x12="2400 REF*6R"),
        Column("code_qualifier", _T.TEXT, "what the code is: HC for HCPCS and CPT", x12="SV101-1"),
        Column("hcpcs_code", _T.TEXT, "HCPCS or CPT code as sent", x12="SV101-2", fhir="Claim.item.productOrService"),
        Column("modifiers", _T.TEXTS, "modifiers as sent, in order, without blanks", x12="SV101-3 to -6", fhir="Claim.item.modifier"),
        Column("description", _T.TEXT, "description (unclassified drugs)", x12="SV101-7"),
        Column("charge_amount", _T.MONEY, "charge of the line", unit="USD", x12="SV102", fhir="Claim.item.net"),
        Column("unit_basis", _T.TEXT, "UN units, MJ minutes", x12="SV103"),
        Column("billed_units", _T.UNITS, "units billed", unit="HCPCS billing units, or minutes", x12="SV104", fhir="Claim.item.quantity"),
        Column("place_of_service", _T.TEXT, "place of service of the line, where it differs from the claim's", x12="SV105"),
        Column("service_date", _T.DATE, "first day of service", x12="2400 DTP*472", fhir="Claim.item.serviced"),
        Column("service_date_to", _T.DATE, "last day of service; the first where one day was sent", x12="2400 DTP*472"),
        Column("revenue_code", _T.TEXT, "revenue code (institutional)", x12="SV201", fhir="Claim.item.revenue"),
        Column("diagnoses", _T.TEXTS, "the diagnosis codes that the line points to, in order", x12="SV107", fhir="Claim.item.diagnosisSequence"),
        Column("ndc_qualifier", _T.TEXT, "what the drug number is: N4 for NDC", x12="2410 LIN02"),
        Column("ndc_given", _T.TEXT, "drug number as sent; an NDC with hyphens in JSON or a table in its eleven digits", x12="2410 LIN03", fhir="Claim.item.detail.productOrService"),
        Column("ndc11", _T.TEXT, "NDC in the 11-digit form; null when the number as sent has none or several"),
        Column("ndc_quantity", _T.UNITS, "quantity in NDC units", unit="ndc_unit", x12="2410 CTP04", fhir="Claim.item.detail.quantity"),
        Column("ndc_unit", _T.TEXT, "UN, ML, GR, ME or F2, as sent", x12="2410 CTP05-1"),
        Column("ndc_count", _T.INTEGER, "drug identifications on the line; more than one is a fault of the claim", x12="count of 2410 LIN"),
        Column("ndc_link", _T.TEXT, "prescription or compound association number", x12="2410 REF*XZ or REF*VY"),
        Column("prior_auth", _T.TEXT, "prior authorization number of the line (the first)", x12="2400 REF*G1"),
        Column("note", _T.TEXT, "line note; several are joined by ' | '", x12="2400 NTE02"),
        Column("rendering_npi", _T.TEXT, "rendering provider of the line", x12="2420A NM1*82 NM109"),
        Column("ordering_npi", _T.TEXT, "ordering provider of the line", x12="2420E NM1*DK NM109"),
        Column(KNOWN_ABSENT, _T.TEXTS, _ABSENT),
        Column(UNREADABLE, _T.TEXTS, _UNREADABLE),
    ),
)  # fmt: skip

ADMINISTRATION = TableSchema(
    "administration", "What the chart says was given on a claim line. Optional: X12 has no place for it.", ("claim_key", "line_ordinal"),
    (
        Column("claim_key", _T.INTEGER, "the claim"),
        Column("line_ordinal", _T.INTEGER, "the line, by its place in the claim"),
        Column("drug", _T.TEXT, "drug as charted"),
        Column("dose_amount", _T.AMOUNT, "dose given", unit="dose_unit"),
        Column("dose_unit", _T.TEXT, "unit of the dose: mg, mcg, g, unit, mL, mCi, mEq ..."),
        Column("container", _T.TEXT, "single_dose or multi_dose, by the label"),
        Column("content_amount", _T.AMOUNT, "labeled content of all containers opened, together", unit="content_unit"),
        Column("content_unit", _T.TEXT, "unit of the content"),
        Column("route", _T.TEXT, "route as charted"),
        Column("start", _T.TEXT, "start, ISO 8601"),
        Column("stop", _T.TEXT, "stop, ISO 8601"),
        Column("lot", _T.TEXT, "lot number"),
    ),
)  # fmt: skip

FAULT = TableSchema(
    "fault", "One thing in a file that could not be read as it should. The rest of the file was kept.", ("source_file", "segment_number", "row", "fault", "element"),
    (
        Column("source_file", _T.TEXT, "name of the file"),
        Column("fault", _T.TEXT, "name of the fault, in words that state it: date-invalid, segment-unknown ..."),
        Column("message", _T.TEXT, "what is wrong and what was expected; never a patient's data"),
        Column("lost", _T.TEXT, "what it cost: nothing, value, segment, claim, transaction, interchange, file"),
        Column("interchange", _T.TEXT, "interchange control number", x12="ISA13"),
        Column("transaction", _T.TEXT, "transaction set control number", x12="ST02"),
        Column("segment_number", _T.INTEGER, "number of the segment in the file; from 1 (X12 only)"),
        Column("segment", _T.TEXT, "tag of the segment (X12 only), at most 10 characters"),
        Column("element", _T.TEXT, "element (SV104) or field (billed_units)"),
        Column("row", _T.INTEGER, "number of the row or text line; from 1 (not X12)"),
        Column("value", _T.TEXT, "the value found, at most 40 characters; null in a patient's segment or field"),
        Column("expected", _T.TEXT, "what was expected"),
    ),
)  # fmt: skip

TABLES = (CLAIM, LINE, ADMINISTRATION, FAULT)
# Columns of which absence can be known. Lists say it by being empty; what is about the file is never absent.
CAN_BE_ABSENT = {
    schema.name: {column.name for column in schema.columns if column.type is not ColumnType.TEXTS}
    - {"claim_id", "complete", "lines_complete"}
    for schema in (CLAIM, LINE)
}


@dataclass(frozen=True, slots=True)
class ClaimTables:
    """Claims of one file, or of a part of it, as Arrow tables with the schemas of this module."""

    claim: pa.Table
    line: pa.Table
    administration: pa.Table
    fault: pa.Table


def check_tables(tables: ClaimTables) -> None:
    """Holds that tables have the schemas of this module, that claims ascend by key, and that each row has its claim.

    Raises: InvalidValue names the table, its first column that is otherwise, what it is and what was expected.
    """
    if not isinstance(tables, ClaimTables):
        raise InvalidValue(f"expected ClaimTables (claim, line, administration, fault), not {type(tables).__name__}")
    for schema in (CLAIM, LINE, ADMINISTRATION, FAULT):
        _check_schema(schema, getattr(tables, schema.name))
    keys = tables.claim["claim_key"].to_numpy()
    if len(keys) > 1 and not (keys[1:] > keys[:-1]).all():
        raise InvalidValue("table claim: the values of claim_key must ascend, each once")
    known = set(keys.tolist())
    for name in (LINE.name, ADMINISTRATION.name):
        told = getattr(tables, name)["claim_key"].to_pylist()
        if strangers := [key for key in told if key not in known]:
            raise InvalidValue(f"table {name}: {len(strangers):,} rows have a claim_key that no row of claim has")
        if told != sorted(told):
            raise InvalidValue(f"table {name}: the values of claim_key must ascend")


def _check_schema(schema: TableSchema, table: pa.Table) -> None:
    expected = [(column.name, column.type.arrow()) for column in schema.columns]
    found = [(field.name, field.type) for field in table.schema]
    if found == expected:
        return
    for name, kind in expected:
        told = [str(of) for named, of in found if named == name]
        if told != [str(kind)]:
            raise InvalidValue(
                f"table {schema.name}: column {name} is {' and '.join(told) or 'not there'}; expected {kind}, once"
            )
    more = [name for name, _ in found if name not in schema.names]
    told_more = f"column {more[0]} is not one of its columns" if more else "its columns stand in another order"
    raise InvalidValue(f"table {schema.name}: {told_more}; expected {', '.join(schema.names)}")


def file_key(sha256_hex: str) -> int:
    """The first 33 bits of a file's SHA-256."""
    return int(sha256_hex[:16], 16) >> (64 - 33)


def claim_key(file: int, ordinal: int) -> int:
    """The key of a claim: `file_key` of its file and its ordinal in it (from 0, below 2**30)."""
    return file << _ORDINAL_BITS | ordinal
