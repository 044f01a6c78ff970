"""Loop 2300 with 2310: a claim without its lines."""

from __future__ import annotations

from decimal import Decimal

from cleanclaim.formats.x12.writing.kinds import Kind
from cleanclaim.formats.x12.writing.names import Directory, Role
from cleanclaim.formats.x12.writing.parties import ClaimParties
from cleanclaim.formats.x12.writing.pen import Fault, Pen, Refused, Slot, refuse
from cleanclaim.formats.x12.writing.rows import ClaimRow, LineRow

_TOTAL = Slot("CLM02", "total_charge", 18, required=True)
_PLACE = Slot("CLM05-1", "place_of_service", 2, 2, required=True, pattern="[0-9]{2}", wanted="two digits")
_BILL_TYPE = Slot(
    "CLM05-1", "bill_type", 4, 3, required=True, pattern="0?[0-9]{2}[0-9A-Z]",
    wanted="facility type and frequency: 131, or 0131",
)  # fmt: skip
_FREQUENCY = Slot("CLM05-3", "frequency", 1, required=True, pattern="[0-9A-Z]", wanted="one digit or capital letter")
_SIGNATURE = Slot("CLM06", "agreements: signature_on_file", 1, required=True, codes=frozenset("NY"))
_ASSIGNMENT = Slot("CLM07", "agreements: assignment", 1, required=True, codes=frozenset("ABC"))
_BENEFITS = Slot("CLM08", "agreements: benefits_assigned", 1, required=True, codes=frozenset("NWY"))
_RELEASE = Slot("CLM09", "agreements: release", 1, required=True, codes=frozenset("IY"))
_STATEMENT = Slot("DTP03", "statement_from", 17)
_ADMISSION = Slot("CL101", "admission: kind", 1, required=True)
_SOURCE = Slot("CL102", "admission: source", 1, required=True)
_STATUS = Slot("CL103", "admission: patient_status", 2, required=True)
_REFERRAL = Slot("REF02", "referral", 50)
_PRIOR_AUTH = Slot("REF02", "prior_auth", 50)
_ORIGINAL = Slot("REF02", "original_reference", 50)
_NOTE = Slot("NTE02", "note", 80, is_prose=True)
_DIAGNOSIS = Slot(
    "HI01-2", "diagnoses", 7, 3, required=True, pattern="[0-9A-Z]{3,7}", wanted="3 to 7 capitals and digits, no point"
)
_CONDITION = Slot("HI01-2", "condition_codes", 2, 2, required=True, pattern="[0-9A-Z]{2}", wanted="two characters")
_CODE_SETS = {None: ("ABK", "ABF"), "icd10": ("ABK", "ABF"), "icd9": ("BK", "BF")}
_CODES_IN_HI, _MOST_CONDITIONS = 12, 24
_OF_PRIOR_CLAIM = frozenset("78")

_ATTENDING = Role("attending provider", "71")
_REFERRING = Role("referring provider", "DN")
_RENDERING = Role("rendering provider", "82", organization=True)
_RENDERING_PERSON = Role("rendering provider", "82")
_FACILITY = Role("service facility", "77", person=False, organization=True, located=True)
_SUPERVISING = Role("supervising provider", "DQ")


def claim_segments(
    pen: Pen, directory: Directory, kind: Kind, claim: ClaimRow, lines: list[LineRow], parties: ClaimParties
) -> list[str]:
    """CLM up to the last provider of the claim.

    Raises:  Refused where something is missing, cannot be written or contradicts the lines.
    """
    kind.refuse_absent(claim)
    parts = _institutional if kind.claim_type == "I" else _professional
    segments = parts(pen, claim, lines, parties)
    segments += pen.reference("9F", _REFERRAL, claim.referral)
    segments += pen.reference("G1", _PRIOR_AUTH, claim.prior_auth)
    segments += pen.reference("F8", _ORIGINAL, claim.original_reference)
    if note := pen.text(_NOTE, claim.note):
        segments.append(pen.segment("NTE", "ADD", note))
    segments += _codes(pen, kind, claim)
    segments += _providers(directory, kind, claim, parties)
    return segments


def _professional(pen: Pen, claim: ClaimRow, lines: list[LineRow], parties: ClaimParties) -> list[str]:
    place = pen.text(_PLACE, claim.place_of_service)
    frequency = _checked_frequency(pen, claim, claim.frequency)
    return [_clm(pen, claim, lines, parties, pen.composite(place, "B", frequency))]


def _institutional(pen: Pen, claim: ClaimRow, lines: list[LineRow], parties: ClaimParties) -> list[str]:
    bill_type = pen.text(_BILL_TYPE, claim.bill_type)
    frequency = _checked_frequency(pen, claim, bill_type[-1])
    if claim.frequency not in (None, "", frequency):
        raise refuse(_FREQUENCY, Fault.CONTRADICTS, "the last character of bill_type")
    _, days = pen.days(_STATEMENT, claim.statement_from, claim.statement_to, always_range=True)
    admission = parties.admission
    if admission is None:
        raise refuse(_ADMISSION, Fault.MISSING, "an admission among the parties of the claim")
    return [
        _clm(pen, claim, lines, parties, pen.composite(bill_type[-3:-1], "A", frequency)),
        pen.segment("DTP", "434", "RD8", days),
        pen.segment(
            "CL1", pen.text(_ADMISSION, admission.kind), pen.text(_SOURCE, admission.source),
            pen.text(_STATUS, admission.patient_status),
        ),
    ]  # fmt: skip


def _clm(pen: Pen, claim: ClaimRow, lines: list[LineRow], parties: ClaimParties, place: str) -> str:
    identifier = Slot("CLM01", "claim_id", pen.form.longest_claim_id, required=True)
    total = pen.number(_TOTAL, claim.total_charge)
    if claim.total_charge != sum((line.charge_amount or Decimal(0) for line in lines), Decimal(0)):
        raise refuse(_TOTAL, Fault.TOTAL, "the sum of charge_amount of the lines")
    agreed = parties.agreements
    signature = "" if claim.claim_type == "I" else pen.text(_SIGNATURE, agreed.signature_on_file)
    return pen.segment(
        "CLM", pen.text(identifier, claim.claim_id), total, "", "", place, signature,
        pen.text(_ASSIGNMENT, agreed.assignment), pen.text(_BENEFITS, agreed.benefits_assigned),
        pen.text(_RELEASE, agreed.release),
    )  # fmt: skip


def _checked_frequency(pen: Pen, claim: ClaimRow, frequency: str | None) -> str:
    text = pen.text(_FREQUENCY, frequency)
    if text in _OF_PRIOR_CLAIM and not claim.original_reference:
        raise refuse(
            _ORIGINAL, Fault.MISSING, "the payer's number of the claim that frequency 7 or 8 replaces or voids"
        )
    return text


def _codes(pen: Pen, kind: Kind, claim: ClaimRow) -> list[str]:
    """HI of the diagnoses, the principal first, and of the conditions."""
    if claim.diagnosis_code_set not in _CODE_SETS:
        raise Refused(Fault.CODE, "HI01-1", "diagnosis_code_set", "icd10 or icd9")
    first, other = _CODE_SETS[claim.diagnosis_code_set]
    diagnoses = [pen.text(_DIAGNOSIS, code) for code in claim.diagnoses or []]
    if not diagnoses:
        raise refuse(_DIAGNOSIS, Fault.MISSING, "at least one diagnosis")
    if len(diagnoses) > kind.most_diagnoses:
        raise refuse(_DIAGNOSIS, Fault.TOO_MANY, f"at most {kind.most_diagnoses} diagnoses")
    conditions = [pen.composite("BG", pen.text(_CONDITION, code)) for code in claim.condition_codes or []]
    if len(conditions) > _MOST_CONDITIONS:
        raise refuse(_CONDITION, Fault.TOO_MANY, f"at most {_MOST_CONDITIONS} condition codes")
    principal = pen.composite(first, diagnoses[0])
    others = [pen.composite(other, code) for code in diagnoses[1:]]
    if kind.claim_type == "P":
        return _health_codes(pen, [principal, *others]) + _health_codes(pen, conditions)
    return _health_codes(pen, [principal]) + _health_codes(pen, others) + _health_codes(pen, conditions)


def _health_codes(pen: Pen, codes: list[str]) -> list[str]:
    return [pen.segment("HI", *codes[start : start + _CODES_IN_HI]) for start in range(0, len(codes), _CODES_IN_HI)]


def _providers(directory: Directory, kind: Kind, claim: ClaimRow, parties: ClaimParties) -> list[str]:
    who = _RENDERING_PERSON if kind.claim_type == "I" else _RENDERING
    rendering = directory.provider(who, claim.rendering_npi, "rendering_npi")
    referring = directory.provider(_REFERRING, claim.referring_npi, "referring_npi")
    facility = directory.provider(_FACILITY, claim.facility_npi, "facility_npi")
    if kind.claim_type == "I":
        if not parties.attending_npi:
            raise Refused(Fault.MISSING, "NM109", "attending_npi", "the NPI of the attending provider")
        attending = directory.specialized(_ATTENDING, "AT", parties.attending_npi, "attending_npi")
        return [*attending, *rendering, *facility, *referring]
    if claim.rendering_taxonomy and not rendering:
        raise Refused(Fault.MISSING, "NM109", "rendering_npi", "the NPI of the provider whose taxonomy is given")
    specialty = directory.specialty("rendering provider", "PE", claim.rendering_taxonomy)
    supervising = directory.provider(_SUPERVISING, claim.supervising_npi, "supervising_npi")
    return [*referring, *rendering, *specialty, *facility, *supervising]
