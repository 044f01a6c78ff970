"""One claim, as JSON gave it, to rows of the claim tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from cleanclaim.claims.patients import patient_key
from cleanclaim.claims.tables import CAN_BE_ABSENT, CLAIM, KNOWN_ABSENT, LINE, UNREADABLE, Lost, payer_program_of
from cleanclaim.formats.jsonl.faults import Row, Teller, shown
from cleanclaim.formats.jsonl.fields import (
    CHARTED,
    CLAIM_FIELDS,
    CONTAINER,
    DOSE,
    LINE_FIELDS,
    PATIENT,
    Field,
    NotRead,
    ReadAnyway,
    decimal,
    is_none,
    whole_number,
)
from cleanclaim.values import Quantity, Unit, convert, parse_ndc, without_hyphens

_parse_ndc = lru_cache(maxsize=4096)(parse_ndc)
_CLAIM_LISTS = ("diagnoses", "condition_codes")
_LINE_LISTS = (
    "modifiers",
)  # diagnoses too where a line of the claim has the key: else nobody says to which they point
_NDC_KEYS = ("ndc", "ndc_given", "ndc11")
_ADMINISTERED = ("drug", "route", "start", "stop", "lot")


@dataclass(frozen=True, slots=True)
class ClaimRows:
    """The rows of one claim."""

    claim: Row
    lines: list[Row] = field(default_factory=list)
    administrations: list[Row] = field(default_factory=list)


def read_claim(content: Row, key: int, teller: Teller, *, complete: bool) -> ClaimRows | None:
    """The rows of a claim; None, and told, when it has neither claim_id nor lines."""
    if not {"claim_id", "lines"} & content.keys():
        teller.lost_claim("not-a-claim", "an object with claim_id or lines (`cleanclaim schema claim` lists the keys)")
        return None
    absent: set[str] = set()
    lost: set[str] = set()
    claim = _read(content, CLAIM_FIELDS, "", teller, absent, lost)
    complete = complete or claim.get("complete") is True
    lines = claim.pop("lines", None)
    _take_patient(claim, teller, absent, lost)
    claim[UNREADABLE] = sorted(name for name in lost if name in CLAIM.names) or None
    if complete:
        _none_where_absent(claim, _CLAIM_LISTS)
    if claim.get("payer_program") is None and ("payer_program" not in content or "payer_program" in absent):
        filing = claim.get("claim_filing")
        claim["payer_program"] = payer_program_of(filing) if isinstance(filing, str) else None
    if claim.get("diagnoses"):
        claim.setdefault("diagnosis_code_set", "icd10")
    claim[KNOWN_ABSENT] = None if complete else _known_absent(claim, absent, CLAIM.name)
    rows = ClaimRows({**claim, "claim_key": key, "segment_number": teller.row, "complete": complete})
    listed = lines if isinstance(lines, list) else []
    for ordinal, line in enumerate(listed, 1):
        path = f"lines[{ordinal - 1}]"
        if isinstance(line, dict):
            _add_line(rows, line, ordinal, path, teller)
        else:
            teller.tell("line-invalid", path, 'a service line: {"hcpcs_code": ..., ...}', Lost.CLAIM)
    if complete and any(line.get("diagnoses") is not None for line in rows.lines):
        for line in rows.lines:
            line.setdefault("diagnoses", [])
    if lines is None and "lines" in content:
        teller.tell("lines-lost", "lines", "a list of service lines", Lost.CLAIM)
    rows.claim["lines_complete"] = (
        (claim.get("lines_complete", True) is True or "lines_complete" in absent)
        and (complete if "lines" not in content else lines is not None)
        and len(rows.lines) == len(listed)
    )
    if complete and any(row[UNREADABLE] for row in (rows.claim, *rows.lines)):
        _settle(rows)
    return rows


def _settle(rows: ClaimRows) -> None:
    """A claim of which a value could not be read is not whole: what it says nothing in is named one by one."""
    rows.claim["complete"] = False
    for table, of_table in ((CLAIM.name, [rows.claim]), (LINE.name, rows.lines)):
        for row in of_table:
            lost = row[UNREADABLE] or ()
            empty = (name for name in CAN_BE_ABSENT[table] if row.get(name) is None)
            row[KNOWN_ABSENT] = sorted(name for name in empty if name not in lost) or None  # type: ignore[operator]


def _known_absent(row: Row, absent: set[str], table: str) -> list[str] | None:
    """The names of the columns of a partial claim that were said to be empty and stay so; None where there is none."""
    return sorted(name for name in absent & CAN_BE_ABSENT[table] if row.get(name) is None) or None


def _read(
    content: Row,
    fields: Mapping[str, Field],
    path: str,
    teller: Teller,
    absent: set[str] | None = None,
    lost: set[str] | None = None,
) -> Row:
    """The values of the keys that are there; null, and told, where one cannot be read.

    `absent` takes the keys that say that there is nothing, `lost` those of which the value could not be read.
    """
    values: Row = {}
    for key, value in content.items():
        element = f"{path}.{key[:40]}" if path else key[:40]
        wanted = fields.get(key)
        if wanted is None:
            teller.unknown_key(element, key, fields)
        elif is_none(value):
            values[key] = [] if wanted.is_list else None
            if absent is not None:
                absent.add(key)
        else:
            try:
                values[key] = wanted.read(value)
            except NotRead as refusal:
                was_read = isinstance(refusal, ReadAnyway)
                values[key] = refusal.value if isinstance(refusal, ReadAnyway) else None
                if lost is not None and not was_read:
                    lost.add(key)
                teller.tell(
                    refusal.fault, element, refusal.expected, Lost.NOTHING if was_read else Lost.VALUE,
                    value=shown(value) if wanted.shown else None,
                )  # fmt: skip
    return values


def _none_where_absent(values: Row, lists: tuple[str, ...]) -> None:
    """In a whole claim a list that is absent is empty; one that could not be read stays null."""
    for name in lists:
        values.setdefault(name, [])


def _take_patient(claim: Row, teller: Teller, absent: set[str], lost: set[str]) -> None:
    """Move the patient's values into the claim, and make the patient's key."""
    given = claim.pop("patient", None)
    patient = _read(given, PATIENT, "patient", teller, absent, lost) if isinstance(given, dict) else {}
    if lost & {"patient", "member_id"}:
        lost.add("patient_key")
    member_id, first_name = patient.pop("member_id", None), patient.pop("first_name", None)
    for name, value in patient.items():
        if claim.get(name) is not None and value is not None and claim[name] != value:
            teller.tell("patient-contradicts", f"patient.{name}", f"the same value as the claim's own {name}")
        elif claim.get(name) is None:
            claim[name] = value
    if member_id and claim.get("patient_key") is None:
        claim["patient_key"] = _patient_key(claim, member_id, first_name)


def _patient_key(claim: Row, member_id: object, first_name: object) -> str | None:
    payer_id, born = claim.get("payer_id"), claim.get("birth_date")
    return patient_key(
        payer_id if isinstance(payer_id, str) else None,
        member_id if isinstance(member_id, str) else None,
        born.isoformat() if isinstance(born, date) else None,
        first_name if isinstance(first_name, str) else None,
    )


def _add_line(rows: ClaimRows, content: Row, ordinal: int, path: str, teller: Teller) -> None:
    absent: set[str] = set()
    lost: set[str] = set()
    line = _read(content, LINE_FIELDS, path, teller, absent, lost)
    complete = rows.claim["complete"] is True
    charted = line.pop("charted", None)
    _take_pointers(line, rows.claim.get("diagnoses"), path, teller, lost)
    _take_ndc(line, path, teller, absent, complete=complete)
    _take_end(line, path, teller, absent, lost)
    if lost & set(_NDC_KEYS) and line.get("ndc_given") is None:
        lost |= {"ndc_given", "ndc11"}
    line[UNREADABLE] = sorted(name for name in lost if name in LINE.names) or None
    if complete:
        _none_where_absent(line, _LINE_LISTS)
    if line.get("line_number") is None:
        line["line_number"] = ordinal
    # What the names of the keys say: a HCPCS code, counted in its billing units.
    if line.get("hcpcs_code"):
        line.setdefault("code_qualifier", "HC")
    if line.get("billed_units") is not None:
        line.setdefault("unit_basis", "UN")
    line[KNOWN_ABSENT] = None if complete else _known_absent(line, absent, LINE.name)
    place: Row = {"claim_key": rows.claim["claim_key"], "line_ordinal": ordinal}
    rows.lines.append({**line, **place, "segment_number": teller.row})
    if isinstance(charted, dict):
        administration = _read_charted(charted, f"{path}.charted", teller)
        if any(value is not None for value in administration.values()):
            rows.administrations.append({**administration, **place})


def _take_end(line: Row, path: str, teller: Teller, absent: set[str], lost: set[str]) -> None:
    """One day where no last day is given; a last day before the first is told and dropped."""
    first = line.get("service_date")
    if "service_date_to" in absent:
        line["service_date_to"] = first
    last = line.setdefault("service_date_to", first)
    if "service_date" in lost and last is None:
        lost.add("service_date_to")
    if isinstance(first, date) and isinstance(last, date) and last < first:
        line["service_date_to"] = None
        lost.add("service_date_to")
        teller.tell(
            "date-invalid",
            f"{path}.service_date_to",
            "a last day that is not before service_date",
            value=last.isoformat(),
        )


def _take_ndc(line: Row, path: str, teller: Teller, absent: set[str], *, complete: bool) -> None:
    """The drug number as given, and its billing form when the number tells it."""
    said = {key: line.pop(key) for key in _NDC_KEYS if key in line}
    numbers = [number for number in said.values() if isinstance(number, str)]
    if not numbers:
        # A number that could not be read is unknown, not absent.
        is_none_said = said.keys() <= absent
        line["ndc_count"] = 0 if is_none_said and (said or complete) else None
        if is_none_said and said:
            absent |= {"ndc_given", "ndc11"}
        else:
            absent -= {"ndc_given", "ndc11"}
        return
    qualifier = line.setdefault("ndc_qualifier", "N4")
    # Hyphens are normal writing here; other forms stand as given, and are judged.
    line["ndc_given"] = without_hyphens(numbers[0]) if qualifier == "N4" else numbers[0]
    line["ndc_count"] = 1
    readings = [_parse_ndc(number).ndc11 for number in numbers]
    if len(set(readings)) > 1:
        teller.tell("ndc-contradicts", f"{path}.ndc11", "one drug number on the line")
    elif qualifier == "N4":
        line["ndc11"] = readings[0]


def _take_pointers(line: Row, diagnoses: object, path: str, teller: Teller, lost: set[str]) -> None:
    """The diagnoses that the line points to, where it does not name them itself."""
    pointers = line.pop("diagnosis_pointers", None)
    if not isinstance(pointers, list) or line.get("diagnoses"):
        return
    if pointers and not isinstance(diagnoses, list):
        line["diagnoses"] = None  # it points to what is not known
        return
    codes = diagnoses if isinstance(diagnoses, list) else []
    resolved = []
    for index, pointer in enumerate(pointers):
        try:
            place = whole_number(pointer)
        except NotRead:
            place = 0
        if 1 <= place <= len(codes):
            resolved.append(codes[place - 1])
        else:
            expected = f"a whole number from 1 to {len(codes)}: a place in the claim's diagnoses"
            teller.tell("pointer-invalid", f"{path}.diagnosis_pointers[{index}]", expected)
            lost.add("diagnoses")
    line["diagnoses"] = None if "diagnoses" in lost else resolved  # what points astray may point to anything


def _read_charted(content: Row, path: str, teller: Teller) -> Row:
    """The administration row of a line, but for its place."""
    charted = _read(content, CHARTED, path, teller)
    row: Row = {name: charted.get(name) for name in _ADMINISTERED}
    given = charted.get("dose")
    dose = _read(given, DOSE, f"{path}.dose", teller) if isinstance(given, dict) else {}
    row["dose_amount"], row["dose_unit"] = dose.get("amount"), dose.get("unit")
    listed = charted.get("containers")
    containers: list[Row] = []
    for place, container in enumerate(listed if isinstance(listed, list) else []):
        element = f"{path}.containers[{place}]"
        if isinstance(container, dict):
            containers.append(_read(container, CONTAINER, element, teller))
        else:
            teller.tell("object-invalid", element, 'a container: {"amount": ..., "unit": ..., "count": ...}')
            containers.append({})
    row["container"] = _kind(charted.get("container"), containers, path, teller)
    row["content_amount"], row["content_unit"] = _content(containers, path, teller)
    return row


def _kind(said: object, containers: list[Row], path: str, teller: Teller) -> object:
    """The one kind that the chart names; null, and told, when it names two."""
    kinds = {kind for kind in (said, *(container.get("kind") for container in containers)) if kind is not None}
    if len(kinds) > 1:
        teller.tell("charted-contradicts", f"{path}.container", "one kind of container for the line")
        return None
    return kinds.pop() if kinds else None


def _content(containers: list[Row], path: str, teller: Teller) -> tuple[Decimal | None, str | None]:
    """What all containers hold together, in the unit of the first; null when one of them does not say."""
    total, unit = Decimal(0), None
    for container in containers:
        amount, spelled, count = container.get("amount"), container.get("unit"), container.get("count", 1)
        if (
            not (isinstance(amount, Decimal) and isinstance(spelled, str) and isinstance(count, int))
            or amount < 0
            or count < 1
        ):
            return None, None
        unit = unit or Unit(spelled)
        if not Unit(spelled).converts_to(unit):
            teller.tell("charted-contradicts", f"{path}.containers", "contents in units that convert into each other")
            return None, None
        total += count * (amount if spelled == unit else _in_unit(amount, Unit(spelled), unit))
    if unit is None:
        return None, None
    try:
        return decimal(total, 18, 6), unit.value
    except NotRead as refusal:
        teller.tell(refusal.fault, f"{path}.containers", f"a total that is {refusal.expected}")
        return None, None


def _in_unit(amount: Decimal, unit: Unit, to: Unit) -> Decimal:
    """The amount in another unit; what is no decimal has too many digits, which the caller finds."""
    converted = convert(Quantity.of(amount, unit), to).amount
    return Decimal(converted.numerator) / Decimal(converted.denominator)
