"""What each segment gives to the claim tables, in plain Python: the values of section 3 and the faults of section 4.

One function per zone and segment. A record keeps the first value that a zone gives for a column. An element that cannot
be read is told wherever it stands, used or not; where it is the first, the column is null.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from cleanclaim.claims.tables import payer_program_of
from cleanclaim.values import parse_ndc
from tests.oracles.x12.plain_faults import FaultLog
from tests.oracles.x12.plain_segments import Segment
from tests.oracles.x12.plain_values import day, days, money, patient_key, units, weight, whole_number

_CODE_SETS = {"ABK": "icd10", "ABF": "icd10", "BK": "icd9", "BF": "icd9"}
_PRINCIPAL, _CONDITION = frozenset({"ABK", "BK"}), "BG"
_PASSED_OVER = frozenset({
    "ABJ", "BJ", "APR", "PR", "ABN", "BN", "BP", "BO", "BH", "BI", "BE", "BBR", "BBQ", "BR", "BQ", "TC", "DR",
})  # fmt: skip
_CODES_IN_HI = 12
_CLAIM_REFERENCES = {"G1": "prior_auth", "F8": "original_reference", "9F": "referral"}
_LINE_REFERENCES = {"6R": "line_control", "G1": "prior_auth"}
_CLAIM_PROVIDERS = {"82": "rendering_npi", "DN": "referring_npi", "DQ": "supervising_npi", "77": "facility_npi"}
_LINE_PROVIDERS = {"82": "rendering_npi", "DK": "ordering_npi"}
_TAGS_OF_PATIENT = frozenset({"DMG", "PAT"})

Row = dict[str, object]


class Reading(NamedTuple):
    """How the text of an element is read, and the fault to tell where that gives none."""

    read: Callable[[str], object | None]
    fault: str


MONEY, UNITS = Reading(money, "amount-invalid"), Reading(units, "number-invalid")
WEIGHT, DAY = Reading(weight, "number-invalid"), Reading(day, "date-invalid")


@dataclass(slots=True)
class Record:
    """A row to which segments still give values: of a billing provider or a person, and more in the classes below."""

    log: FaultLog
    row: Row = field(default_factory=dict)
    has: set[str] = field(default_factory=set)  # what a subscriber must have
    lost: set[str] = field(default_factory=set)  # columns of which the first value could not be read

    def keep(self, column: str, value: object | None) -> None:
        """Keep the first value given for a column."""
        if value is not None:
            self.row.setdefault(column, value)

    def keep_read(self, column: str, segment: Segment, position: int, reading: Reading) -> None:
        """Keep the first element given for a column as the value that it stands for; tell where any stands for none."""
        text = segment.element(position)
        if text is None:
            return
        value = reading.read(text)
        if value is None and column not in self.row:
            self.lost.add(column)
        self.row.setdefault(column, value)
        if value is None:
            shown = None if segment.tag in _TAGS_OF_PATIENT else text
            self.log.tell(reading.fault, segment, element=f"{segment.tag}{position:02}", value=shown)


@dataclass(slots=True)
class OpenClaim(Record):
    """A claim of which segments may still come."""

    diagnoses: list[tuple[str, str]] = field(default_factory=list)  # qualifier and code, as sent
    conditions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    other_payer_count: int = 0
    other_payer_paid: Decimal | None = None
    line_count: int = 0
    lines: list[OpenLine] = field(default_factory=list)
    ahead: list[Segment] = field(default_factory=list)  # drugs that stand before the first line
    last_name_code: str | None = None

    @property
    def principal_first(self) -> list[tuple[str, str]]:
        """The diagnoses in the order that pointers count in."""
        return sorted(self.diagnoses, key=lambda diagnosis: diagnosis[0] not in _PRINCIPAL)

    def finished(self, *, complete: bool) -> Row:
        """The row of the claim table."""
        diagnoses = self.principal_first
        return self.row | {
            "complete": complete,
            "lines_complete": complete,
            "note": " | ".join(self.notes) or None,
            "diagnosis_code_set": _CODE_SETS[diagnoses[0][0]] if diagnoses else None,
            "diagnoses": [code for _, code in diagnoses],
            "condition_codes": self.conditions,
            "other_payer_count": self.other_payer_count,
            "other_payer_paid": None if "other_payer_paid" in self.lost else self.other_payer_paid,
            "unreadable": sorted(self.lost) or None,
        }


@dataclass(slots=True, kw_only=True)
class OpenLine(Record):
    """A service line of which segments may still come. `start` is its LX, or its SV1 where that is missing."""

    claim: OpenClaim
    start: Segment
    notes: list[str] = field(default_factory=list)
    last_name: str | None = None
    drug_count: int = 0
    has_service: bool = False
    service: Segment | None = None
    early: list[Segment] = field(default_factory=list)  # of a drug that has not come yet

    def finished(self) -> Row:
        """The row of the line table."""
        return self.row | {
            "note": " | ".join(self.notes) or None,
            "ndc_count": self.drug_count,
            "unreadable": sorted(self.lost) or None,
        }


def _npi(segment: Segment) -> str | None:
    """NM109 where NM108 says that it is an NPI."""
    return segment.element(9) if segment.element(8) == "XX" else None


# Billing provider, subscriber, patient


def billing_name(record: Record, segment: Segment) -> None:
    if segment.element(1) == "85":
        record.keep("billing_npi", _npi(segment))


def billing_provider(record: Record, segment: Segment) -> None:
    if segment.element(1) == "BI":
        record.keep("billing_taxonomy", segment.element(3))


def subscriber_plan(record: Record, segment: Segment) -> None:
    record.has.add("SBR")
    record.keep("payer_sequence", segment.element(1))
    record.keep("claim_filing", segment.element(9))


def subscriber_name(record: Record, segment: Segment) -> None:
    if segment.element(1) in record.has:
        record.log.tell("segment-repeated", segment)
    record.has.add(segment.element(1) or "")
    if segment.element(1) == "IL":
        record.keep("first_name", segment.element(4))
        record.keep("member_id", segment.element(9))
    elif segment.element(1) == "PR":
        record.keep("payer_id", segment.element(9))


def patient_name(record: Record, segment: Segment) -> None:
    if segment.element(1) == "QC":
        record.keep("first_name", segment.element(4))


def demographics(record: Record, segment: Segment) -> None:
    if segment.element(1) == "D8":
        record.keep_read("birth_date", segment, 2, DAY)
    record.keep("sex", segment.element(3))


def patient_weight(record: Record, segment: Segment) -> None:
    if segment.element(7) == "01":
        record.keep_read("weight", segment, 8, WEIGHT)


# Claim


def claim_start(claim: OpenClaim, segment: Segment) -> None:
    row = claim.row
    row["claim_id"] = segment.element(1)
    if row["claim_id"] is None:
        claim.log.tell("clm-id-missing", segment, element="CLM01")
    claim.keep_read("total_charge", segment, 2, MONEY)
    row["place_of_service"], row["frequency"] = segment.component(5, 1), segment.component(5, 3)


def claim_people(claim: OpenClaim, subscriber: Row, person: Record) -> None:
    """Put into a claim what stands above it about its payer and its patient."""
    row, patient = claim.row, person.row
    claim.lost |= person.lost
    for column in ("payer_id", "claim_filing", "payer_sequence"):
        row[column] = subscriber.get(column)
    for column in ("birth_date", "sex", "weight"):
        row[column] = patient.get(column)
    filing, member_id = subscriber.get("claim_filing"), subscriber.get("member_id")
    row["payer_program"] = payer_program_of(str(filing)) if filing else None
    if member_id is not None:
        parts = (subscriber.get("payer_id"), member_id, patient.get("birth_date"), patient.get("first_name"))
        row["patient_key"] = patient_key(*("" if part is None else str(part) for part in parts))


def claim_reference(claim: OpenClaim, segment: Segment) -> None:
    if column := _CLAIM_REFERENCES.get(segment.element(1) or ""):
        claim.keep(column, segment.element(2))


def claim_note(claim: OpenClaim, segment: Segment) -> None:
    if note := segment.element(2):
        claim.notes.append(note)


def claim_codes(claim: OpenClaim, segment: Segment) -> None:
    for position in range(1, _CODES_IN_HI + 1):
        qualifier, code = segment.component(position, 1) or "", segment.component(position, 2)
        if segment.element(position) is None or qualifier in _PASSED_OVER:
            continue
        if qualifier not in _CODE_SETS and qualifier != _CONDITION:
            claim.log.tell("hi-qualifier", segment, element=f"HI{position:02}-1", value=qualifier)
            claim.lost.add("diagnoses")
        elif code is None:
            claim.log.tell("hi-code-missing", segment, element=f"HI{position:02}-2")
            claim.lost.add("diagnoses")
        elif qualifier == _CONDITION:
            claim.conditions.append(code)
        else:
            claim.diagnoses.append((qualifier, code))


def claim_name(claim: OpenClaim, segment: Segment) -> None:
    claim.last_name_code = segment.element(1)
    if column := _CLAIM_PROVIDERS.get(claim.last_name_code or ""):
        claim.keep(column, _npi(segment))


def claim_provider(claim: OpenClaim, segment: Segment) -> None:
    if segment.element(1) == "PE" and claim.last_name_code == "82":
        claim.keep("rendering_taxonomy", segment.element(3))
    elif segment.element(1) == "PE":
        claim.log.tell("segment-not-used", segment)


def other_payer(claim: OpenClaim, _segment: Segment) -> None:
    claim.other_payer_count += 1


def other_payer_amount(claim: OpenClaim, segment: Segment) -> None:
    text = segment.element(2)
    if segment.element(1) != "D" or text is None:
        return
    amount = money(text)
    if amount is None:
        claim.log.tell("amount-invalid", segment, element="AMT02", value=text)
        claim.lost.add("other_payer_paid")
    else:
        claim.other_payer_paid = amount + (claim.other_payer_paid or 0)


# Service line


def line_number(line: OpenLine, segment: Segment) -> None:
    number = whole_number(segment.element(1))
    if number is None:
        line.log.tell("line-number-invalid", segment, element="LX01", value=segment.element(1))
    else:
        line.row["line_number"] = number


def service(line: OpenLine, segment: Segment) -> None:
    line.has_service, row = True, line.row
    row["code_qualifier"], row["hcpcs_code"] = segment.component(1, 1), segment.component(1, 2)
    row["modifiers"] = [part for part in segment.components(1)[2:6] if part]
    row["description"] = segment.component(1, 7)
    line.keep_read("charge_amount", segment, 2, MONEY)
    row["unit_basis"] = segment.element(3)
    line.keep_read("billed_units", segment, 4, UNITS)
    row["place_of_service"] = segment.element(5)
    first = segment.component(1, 1) or ""
    if len(segment.components(1)) == 1 and len(first.encode()) > 2:
        line.log.tell("procedure-unreadable", segment, element="SV101", value=first)
        line.lost |= {"code_qualifier", "hcpcs_code"}
        row["code_qualifier"] = None
    line.service = segment


def point(line: OpenLine) -> None:
    """Find the diagnoses that a line points to: once all of the claim are known."""
    if line.service is not None:
        line.row["diagnoses"] = _pointed_to(line, line.service)


def _pointed_to(line: OpenLine, segment: Segment) -> list[str] | None:
    diagnoses, codes = line.claim.principal_first, []
    for part, text in enumerate(segment.components(7), 1):
        pointer = whole_number(text)
        if pointer is not None and 1 <= pointer <= len(diagnoses):
            codes.append(diagnoses[pointer - 1][1])
        elif text is not None:
            line.log.tell("pointer-invalid", segment, element=f"SV107-{part}", value=text)
            line.lost.add("diagnoses")
    return None if "diagnoses" in line.lost else codes


def service_dates(line: OpenLine, segment: Segment) -> None:
    form, text = segment.element(2), segment.element(3)
    if segment.element(1) != "472" or text is None:
        return
    only = day(text)
    first, last = (days(text) or (only, only)) if form in {"D8", "RD8"} else (None, None)
    if first is not None and (only is None) != (form == "RD8"):
        line.log.tell("date-form", segment, element="DTP03", value=text)
    if "service_date" in line.row:
        line.log.tell("segment-repeated", segment)
    if first is None and "service_date" not in line.row:
        line.lost |= {"service_date", "service_date_to"}
    line.row.setdefault("service_date", first)
    line.row.setdefault("service_date_to", last)
    if first is None:
        element, value = ("DTP03", text) if form in {"D8", "RD8"} else ("DTP02", form)
        line.log.tell("date-invalid", segment, element=element, value=value)


def line_reference(line: OpenLine, segment: Segment) -> None:
    if column := _LINE_REFERENCES.get(segment.element(1) or ""):
        line.keep(column, segment.element(2))


def line_note(line: OpenLine, segment: Segment) -> None:
    if note := segment.element(2):
        line.notes.append(note)


def line_name(line: OpenLine, segment: Segment) -> None:
    if column := _LINE_PROVIDERS.get(segment.element(1) or ""):
        line.keep(column, _npi(segment))


# Drug of a line: all from the first LIN and what follows it before the next


def drug(line: OpenLine, segment: Segment) -> None:
    line.drug_count += 1
    if line.drug_count == 1:
        qualifier, given = segment.element(2), segment.element(3)
        line.row |= {"ndc_qualifier": qualifier, "ndc_given": given}
        line.row["ndc11"] = parse_ndc(given).ndc11 if qualifier == "N4" and given else None


def drug_quantity(line: OpenLine, segment: Segment) -> None:
    quantity = line if line.drug_count == 1 else Record(line.log)  # of a later drug: read for its faults alone
    quantity.keep_read("ndc_quantity", segment, 4, UNITS)
    quantity.keep("ndc_unit", segment.component(5, 1))


def drug_reference(line: OpenLine, segment: Segment) -> None:
    if line.drug_count == 1 and segment.element(1) in {"XZ", "VY"}:
        line.keep("ndc_link", segment.element(2))
