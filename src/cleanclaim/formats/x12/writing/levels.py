"""The levels above a claim: billing provider, payer, subscriber and patient, each as the segments that say it."""

from __future__ import annotations

from typing import NamedTuple

from cleanclaim.claims.patients import patient_key
from cleanclaim.formats.x12.writing.kinds import Kind
from cleanclaim.formats.x12.writing.names import Directory, address_segments, name_segment, number_of
from cleanclaim.formats.x12.writing.parties import ClaimParties
from cleanclaim.formats.x12.writing.pen import Fault, Pen, Refused, Slot, refuse
from cleanclaim.formats.x12.writing.rows import ClaimRow

_SEQUENCE = Slot("SBR01", "payer_sequence", 1, required=True, codes=frozenset("PSTABCDEFGHU"))
_GROUP = Slot("SBR03", "subscriber: group_number", 50)
_GROUP_NAME = Slot("SBR04", "subscriber: group_name", 60, is_prose=True)
_SECONDARY = Slot(
    "SBR05",
    "subscriber: medicare_secondary",
    2,
    codes=frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"}),
)
_FILING = Slot(
    "SBR09", "claim_filing", 2, required=True,
    codes=frozenset({
        "11", "12", "13", "14", "15", "16", "17", "AM", "BL", "CH", "CI", "DS", "FI", "HM", "LM", "MA", "MB", "MC",
        "OF", "TV", "VA", "WC", "ZZ",
    }),
)  # fmt: skip
_WEIGHT = Slot("PAT08", "weight", 10)
_RELATION = Slot(
    "PAT01", "patient: relation", 2, required=True, codes=frozenset({"01", "19", "20", "21", "39", "40", "53", "G8"})
)
_BORN = Slot("DMG02", "birth_date", 8)
_SEX = Slot("DMG03", "sex", 1, required=True, codes=frozenset("FMU"))
_PATIENT_KEY = "the parties of the patient whom patient_key stands for"


class Above(NamedTuple):
    """What stands above a claim. Claims of the same segments share a level."""

    billing: tuple[str, ...]
    payer: tuple[str, ...]
    subscriber: tuple[str, ...]  # the payer's segments among them
    patient: tuple[str, ...]  # empty where the subscriber is the patient


def levels_above(pen: Pen, directory: Directory, kind: Kind, claim: ClaimRow, parties: ClaimParties) -> Above:
    """The levels above a claim.

    Raises:  Refused where something is missing or cannot be written, or the parties are another patient's.
    """
    payer = directory.payer(claim.payer_id)
    _check_patient(claim, parties)
    return Above(
        directory.billing(kind.billing, claim.billing_npi, claim.billing_taxonomy, kind.tax_id_kinds),
        payer,
        (*_subscriber(pen, kind, claim, parties), *payer),
        _patient(pen, kind, claim, parties),
    )


def _check_patient(claim: ClaimRow, parties: ClaimParties) -> None:
    """A claim whose key was made from other parties would go out with a stranger's name on it."""
    person = (parties.patient or parties.subscriber).name
    born = claim.birth_date.isoformat() if claim.birth_date else None
    made = patient_key(claim.payer_id, parties.subscriber.member_id, born, person.first_name)
    if claim.patient_key is not None and claim.patient_key != made:
        raise Refused(Fault.PATIENT, "NM109", "patient_key", _PATIENT_KEY)


def _subscriber(pen: Pen, kind: Kind, claim: ClaimRow, parties: ClaimParties) -> list[str]:
    subscriber, is_patient = parties.subscriber, parties.patient is None
    secondary = pen.text(_SECONDARY, subscriber.medicare_secondary)
    if secondary and kind.claim_type != "P":
        raise refuse(_SECONDARY, Fault.NO_PLACE, "nothing: 837I has no place for it")
    segments = [
        pen.segment(
            "SBR", pen.text(_SEQUENCE, claim.payer_sequence), "18" if is_patient else "",
            pen.text(_GROUP, subscriber.group_number), pen.text(_GROUP_NAME, subscriber.group_name), secondary,
            "", "", "", pen.text(_FILING, claim.claim_filing),
        )
    ]  # fmt: skip
    if is_patient and claim.weight is not None:
        segments.append(pen.segment("PAT", *[""] * 6, "01", pen.number(_WEIGHT, claim.weight)))
    number = number_of(pen, "subscriber", subscriber.member_id)
    segments.append(name_segment(pen, "subscriber", "IL", subscriber.name, "MI", number))
    if subscriber.address:
        segments += address_segments(pen, "subscriber", subscriber.address)
    elif is_patient:
        raise Refused(Fault.MISSING, "N301", "subscriber: address", "an address")
    if is_patient:
        segments.append(pen.segment("DMG", "D8", pen.day(_BORN, claim.birth_date), pen.text(_SEX, claim.sex)))
    elif subscriber.birth_date:
        segments.append(pen.segment("DMG", "D8", pen.day(_BORN, subscriber.birth_date), pen.text(_SEX, subscriber.sex)))
    return segments


def _patient(pen: Pen, kind: Kind, claim: ClaimRow, parties: ClaimParties) -> tuple[str, ...]:
    patient = parties.patient
    if patient is None:
        return ()
    weight = pen.number(_WEIGHT, claim.weight) if kind.claim_type == "P" else ""
    relation = pen.text(_RELATION, patient.relation)
    return (
        pen.segment("PAT", relation, *[""] * 5, "01" if weight else "", weight),
        name_segment(pen, "patient", "QC", patient.name),
        *address_segments(pen, "patient", patient.address),
        pen.segment("DMG", "D8", pen.day(_BORN, claim.birth_date), pen.text(_SEX, claim.sex)),
    )
