"""The claim table of a buffer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cleanclaim.claims.tables import CLAIM, payer_program_of
from cleanclaim.engine.schema import ColumnType
from cleanclaim.formats.x12 import gather
from cleanclaim.formats.x12.arrays import Column, Columns, Ints, Mask
from cleanclaim.formats.x12.diagnoses import Diagnoses
from cleanclaim.formats.x12.part import Decimals, Part
from cleanclaim.formats.x12.parties import Parties
from cleanclaim.formats.x12.places import Zone
from cleanclaim.formats.x12.tags import Tag, packed


@dataclass(frozen=True, slots=True)
class Ends:
    """What the envelope says of each claim: whether it ended as it should, and the day on which its file was made."""

    whole: Mask
    created_on: Column


def claim_table(part: Part, keys: Ints, ends: Ends, parties: Parties, diagnoses: Diagnoses) -> pa.Table:
    """One row per CLM."""
    rows = part.loops.claims
    size = len(rows)
    identifiers = part.segments.element(rows, 1)
    part.tell_rows("clm-id-missing", rows[~identifiers.present], "01")
    part.tell_rows("subscriber-missing", rows[~parties.has_subscriber])
    part.tell_rows("subscriber-incomplete", rows[parties.has_subscriber & ~parties.is_whole])
    place = part.segments.composites(part.segments.element(rows, 5))
    every = np.arange(size)
    columns: Columns = {
        "claim_key": gather.integers(keys),
        "claim_id": part.texts(identifiers),
        "source_file": gather.constant(part.log.name, size),
        "segment_number": part.numbers(rows),
        "created_on": ends.created_on,
        "claim_type": gather.constant("P", size),
        "complete": gather.flags(ends.whole),
        "lines_complete": gather.flags(ends.whole),
        "known_absent": pa.nulls(size, pa.list_(pa.string())),
        "payer_id": parties.subscriber["payer_id"],
        "payer_program": gather.mapped(parties.subscriber["claim_filing"], payer_program_of),
        "claim_filing": parties.subscriber["claim_filing"],
        "payer_sequence": parties.subscriber["payer_sequence"],
        "frequency": part.texts(part.segments.component(place, 3)),
        "patient_key": parties.patient_key,
        "birth_date": parties.person["birth_date"],
        "sex": parties.person["sex"],
        "weight": parties.person["weight"],
        "place_of_service": part.texts(part.segments.component(place, 1)),
        "bill_type": pa.nulls(size, pa.string()),
        "billing_npi": parties.billing["npi"],
        "billing_taxonomy": parties.billing["taxonomy"],
        "note": _notes(part, size),
        "diagnosis_code_set": diagnoses.code_set,
        "diagnoses": diagnoses.lists(),
        "condition_codes": diagnoses.conditions,
        "statement_from": pa.nulls(size, pa.date32()),
        "statement_to": pa.nulls(size, pa.date32()),
        "total_charge": part.first_decimals(rows, 2, every, size, Decimals.AMOUNT, (CLAIM.name, "total_charge")),
        **_references(part, size),
        **_providers(part, size),
        **_other_payers(part, size),
    }
    for name in ("birth_date", "weight"):
        lost = parties.person[f"{name}_lost"].fill_null(False).to_numpy(zero_copy_only=False)  # noqa: FBT003 - Arrow's
        part.lose(CLAIM.name, name, np.flatnonzero(lost))
    columns["unreadable"] = part.unreadable(CLAIM.name, size)
    return pa.table([columns[name] for name in CLAIM.names], schema=CLAIM.arrow())


def _notes(part: Part, size: int) -> Column:
    rows = part.loops.select(Zone.CLAIM, Tag.NTE)
    return gather.joined_strings(part.data, part.segments.element(rows, 2), part.loops.claim_of[rows], size)


def _references(part: Part, size: int) -> Columns:
    rows = part.loops.select(Zone.CLAIM, Tag.REF)
    kind = part.codes(rows, 1)
    columns = {}
    for name, qualifier in (("prior_auth", "G1"), ("original_reference", "F8"), ("referral", "9F")):
        own = rows[kind == packed(qualifier)]
        columns[name] = part.first_texts(own, 2, part.loops.claim_of[own], size)
    return columns


def _providers(part: Part, size: int) -> Columns:
    rows = part.loops.select(Zone.CLAIM, Tag.NM1)
    kind = part.codes(rows, 1)
    by_npi = part.codes(rows, 8) == packed("XX")
    columns = {}
    for name, qualifier in (
        ("rendering_npi", "82"), ("referring_npi", "DN"), ("facility_npi", "77"), ("supervising_npi", "DQ"),
    ):  # fmt: skip
        own = rows[by_npi & (kind == packed(qualifier))]
        columns[name] = part.first_texts(own, 9, part.loops.claim_of[own], size)
    specialties = part.qualified(part.loops.select(Zone.CLAIM, Tag.PRV), 1, "PE")
    last = np.searchsorted(rows, specialties) - 1  # the NM1 that each PRV follows
    follows = last >= 0
    follows[follows] = (kind[last[follows]] == packed("82")) & (
        part.loops.claim_of[rows[last[follows]]] == part.loops.claim_of[specialties[follows]]
    )
    part.tell_rows("segment-not-used", specialties[~follows])
    own = specialties[follows]
    columns["rendering_taxonomy"] = part.first_texts(own, 3, part.loops.claim_of[own], size)
    return columns


def _other_payers(part: Part, size: int) -> Columns:
    insurances = part.loops.select(Zone.OTHER_PAYER, Tag.SBR)
    paid_rows = part.qualified(part.loops.select(Zone.OTHER_PAYER, Tag.AMT), 1, "D")
    given, paid = part.decimals(paid_rows, 2, Decimals.AMOUNT)
    owner = part.loops.claim_of[paid_rows[paid.valid]]
    total = np.zeros(size, np.int64)
    np.add.at(total, owner, paid.values[paid.valid])
    says = np.bincount(owner, minlength=size) > 0
    bad = part.loops.claim_of[paid_rows[given.present & ~paid.valid]]
    part.lose(CLAIM.name, "other_payer_paid", np.unique(bad))
    says[bad] = False  # a sum that lacks a part is none
    return {
        "other_payer_count": gather.integers(np.bincount(part.loops.claim_of[insurances], minlength=size)),
        "other_payer_paid": gather.decimals(total, says, ColumnType.MONEY_TOTAL.arrow()),
    }
