"""Loop 2400 with 2410 and 2420: a service line."""

from __future__ import annotations

from functools import cache

from cleanclaim.formats.x12.writing.kinds import Kind
from cleanclaim.formats.x12.writing.names import Directory, Role
from cleanclaim.formats.x12.writing.pen import Fault, Pen, Refused, Slot, refuse
from cleanclaim.formats.x12.writing.rows import ClaimRow, LineRow

_MOST_MODIFIERS = _MOST_POINTERS = 4
_LINE_NUMBER = Slot("LX01", "line_number", 6)
_LINE_CONTROL = Slot("REF02", "line_control", 30)
_PRIOR_AUTH = Slot("REF02", "prior_auth", 50)
_NOTE = Slot("NTE02", "note", 80, is_prose=True)
_PLACE = Slot("SV105", "place_of_service", 2, 2, pattern="[0-9]{2}", wanted="two digits")
_REVENUE = Slot("SV201", "revenue_code", 4, 4, required=True, pattern="[0-9]{4}", wanted="four digits: 0636")
_POINTERS = Slot("SV107-1", "diagnoses", 2, required=True)
_SERVICE_DAYS = Slot("DTP03", "service_date", 17)
_DRUG = Slot("LIN03", "ndc_given", 48, required=True)
_NDC = Slot("LIN03", "ndc11", 11, 11, required=True, pattern="[0-9]{11}", wanted="a number that has one 11-digit form")
_QUANTITY = Slot("CTP04", "ndc_quantity", 15, required=True)
_UNIT = Slot("CTP05-1", "ndc_unit", 2, required=True, codes=frozenset({"F2", "GR", "ME", "ML", "UN"}))
_LINK = Slot("REF02", "ndc_link", 50)
_OF_DRUG = ("ndc_given", "ndc11", "ndc_quantity", "ndc_unit", "ndc_link")
_RENDERING = Role("rendering provider of the line", "82", organization=True)
_RENDERING_PERSON = Role("rendering provider of the line", "82")
_ORDERING = Role("ordering provider", "DK")


@cache
def _service_slots(tag: str, kind: Kind) -> dict[str, Slot]:
    """The slots that SV1 and SV2 share, by name: they stand one element further in SV2."""
    at = 1 if tag == "SV1" else 2
    code = f"{tag}{at:02}"
    return {
        "qualifier": Slot(f"{code}-1", "code_qualifier", 2, codes=kind.code_qualifiers),
        "code": Slot(f"{code}-2", "hcpcs_code", 48, required=True, pattern="[0-9A-Z]+", wanted="capitals and digits"),
        "modifier": Slot(f"{code}-3", "modifiers", 2, 2, required=True, pattern="[0-9A-Z]{2}", wanted="two characters"),
        "description": Slot(f"{code}-7", "description", 80, is_prose=True),
        "charge": Slot(f"{tag}{at + 1:02}", "charge_amount", 18, required=True),
        "basis": Slot(f"{tag}{at + 2:02}", "unit_basis", 2, required=True, codes=kind.unit_bases),
        "units": Slot(f"{tag}{at + 3:02}", "billed_units", 8, required=True),
    }


def line_segments(pen: Pen, directory: Directory, kind: Kind, claim: ClaimRow, line: LineRow, number: int) -> list[str]:
    """LX up to the last provider of the line. `number`: its place in the claim, which X12 wants in LX01.

    Raises:  Refused where something is missing or cannot be written.
    """
    if line.line_number not in (None, number):
        raise refuse(_LINE_NUMBER, Fault.CONTRADICTS, "its place in the claim: X12 counts lines from 1 without a gap")
    kind.refuse_absent_in_line(line)
    segments = [pen.segment("LX", str(number))]
    if kind.claim_type == "I":
        segments.append(_institutional(pen, kind, line))
    else:
        segments.append(_professional(pen, kind, claim, line))
    segments += _days(pen, kind, line)
    segments += pen.reference("G1", _PRIOR_AUTH, line.prior_auth)
    segments += pen.reference("6R", _LINE_CONTROL, line.line_control)
    if note := pen.text(_NOTE, line.note):
        segments.append(pen.segment("NTE", "TPO" if kind.claim_type == "I" else "ADD", note))
    segments += _drug(pen, kind, line)
    if kind.claim_type == "I":
        segments += directory.provider(_RENDERING_PERSON, line.rendering_npi, "rendering_npi")
    else:
        segments += directory.specialized(_RENDERING, "PE", line.rendering_npi, "rendering_npi")
    segments += directory.provider(_ORDERING, line.ordering_npi, "ordering_npi")
    return segments


def _professional(pen: Pen, kind: Kind, claim: ClaimRow, line: LineRow) -> str:
    slots = _service_slots("SV1", kind)
    return pen.segment(
        "SV1", _procedure(pen, slots, line), pen.number(slots["charge"], line.charge_amount),
        pen.text(slots["basis"], line.unit_basis), pen.number(slots["units"], line.billed_units),
        pen.text(_PLACE, line.place_of_service), "", _pointers(pen, claim, line),
    )  # fmt: skip


def _institutional(pen: Pen, kind: Kind, line: LineRow) -> str:
    slots = _service_slots("SV2", kind)
    says_code = line.hcpcs_code or line.modifiers or line.description
    return pen.segment(
        "SV2", pen.text(_REVENUE, line.revenue_code), _procedure(pen, slots, line) if says_code else "",
        pen.number(slots["charge"], line.charge_amount), pen.text(slots["basis"], line.unit_basis),
        pen.number(slots["units"], line.billed_units),
    )  # fmt: skip


def _procedure(pen: Pen, slots: dict[str, Slot], line: LineRow) -> str:
    given = line.modifiers or []
    if len(given) > _MOST_MODIFIERS:
        raise refuse(slots["modifier"], Fault.TOO_MANY, f"at most {_MOST_MODIFIERS} modifiers")
    modifiers = [pen.text(slots["modifier"], one) for one in given] + [""] * (_MOST_MODIFIERS - len(given))
    qualifier = pen.text(slots["qualifier"], line.code_qualifier) or "HC"
    code, description = pen.text(slots["code"], line.hcpcs_code), pen.text(slots["description"], line.description)
    return pen.composite(qualifier, code, *modifiers, description)


def _pointers(pen: Pen, claim: ClaimRow, line: LineRow) -> str:
    codes, given = claim.diagnoses or [], line.diagnoses or []
    if not given:
        raise refuse(_POINTERS, Fault.MISSING, "at least one of the diagnoses of the claim")
    if len(given) > _MOST_POINTERS:
        raise refuse(_POINTERS, Fault.TOO_MANY, f"at most {_MOST_POINTERS} diagnoses of a line")
    if not set(given) <= set(codes):
        raise refuse(_POINTERS, Fault.CONTRADICTS, "diagnoses of the claim")
    return pen.composite(*(str(codes.index(code) + 1) for code in given))


def _days(pen: Pen, kind: Kind, line: LineRow) -> list[str]:
    if kind.claim_type == "I" and line.service_date is None and line.service_date_to is None:
        return []  # required on outpatient claims only
    return [pen.segment("DTP", "472", *pen.days(_SERVICE_DAYS, line.service_date, line.service_date_to))]


def _drug(pen: Pen, kind: Kind, line: LineRow) -> list[str]:
    """Loop 2410. An NDC is written in its 11-digit form, in whatever form it came (TR3: no hyphens)."""
    if not line.ndc_count and all(getattr(line, name) in (None, "") for name in _OF_DRUG):
        return []
    if (line.ndc_count or 1) > 1:
        raise Refused(Fault.TOO_MANY, "LIN03", "ndc_count", "one drug on a line")
    slot = Slot("LIN02", "ndc_qualifier", 2, codes=kind.drug_qualifiers)
    qualifier = pen.text(slot, line.ndc_qualifier) or "N4"
    number = pen.text(_NDC, line.ndc11) if qualifier == "N4" else pen.text(_DRUG, line.ndc_given)
    unit = pen.composite(pen.text(_UNIT, line.ndc_unit))
    return [
        pen.segment("LIN", "", qualifier, number),
        pen.segment("CTP", "", "", "", pen.number(_QUANTITY, line.ndc_quantity), unit),
        *pen.reference("XZ", _LINK, line.ndc_link),
    ]
