"""Health care codes of claims (HI): diagnoses in the order that pointers count in, and condition codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cleanclaim.claims.tables import CLAIM
from cleanclaim.formats.x12 import gather
from cleanclaim.formats.x12.arrays import Column, Ints, Mask
from cleanclaim.formats.x12.part import Part
from cleanclaim.formats.x12.places import Zone
from cleanclaim.formats.x12.tags import Tag, packed

_ELEMENTS = 12
_ICD_10 = [packed("ABK"), packed("ABF")]
_ICD_9 = [packed("BK"), packed("BF")]
_PRINCIPAL = [packed("ABK"), packed("BK")]
_CONDITION = packed("BG")
_PASSED_OVER = [
    packed(name)
    for name in [
        "ABJ",
        "BJ",
        "APR",
        "PR",
        "ABN",
        "BN",
        "BP",
        "BO",
        "BH",
        "BI",
        "BE",
        "BBR",
        "BBQ",
        "BR",
        "BQ",
        "TC",
        "DR",
    ]
]


@dataclass(frozen=True, slots=True)
class Diagnoses:
    """The diagnosis codes of all claims of a buffer, and where those of each claim start."""

    codes: Column
    offsets: Ints  # one more than claims
    code_set: Column  # icd10 or icd9 by the first of each claim
    conditions: Column

    @property
    def counts(self) -> Ints:
        """Number of diagnoses of each claim."""
        return np.diff(self.offsets)

    def lists(self) -> Column:
        """The codes of each claim."""
        return gather.lists(self.offsets.astype(np.int32), self.codes)


def diagnoses_of(part: Part) -> Diagnoses:
    """The health care codes of the claims."""
    size = len(part.loops.claims)
    rows = part.loops.select(Zone.CLAIM, Tag.HI)
    counts = np.minimum(part.segments.count[rows], _ELEMENTS)
    repeated = np.repeat(rows, counts)
    number = np.arange(len(repeated)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    given = part.segments.element(repeated, number)
    kept = given.present
    repeated, number, given = repeated[kept], number[kept], given.take(kept)
    composites = part.segments.composites(given)
    qualifiers = part.segments.component(composites, 1)
    codes = part.segments.component(composites, 2)
    qualifier = part.packed(qualifiers)
    is_icd_10, is_icd_9 = np.isin(qualifier, _ICD_10), np.isin(qualifier, _ICD_9)
    is_used = is_icd_10 | is_icd_9 | (qualifier == _CONDITION)
    unknown = ~is_used & ~np.isin(qualifier, _PASSED_OVER)
    if unknown.any():
        places = [f"{one:02}-1" for one in number.tolist()]
        part.tell_spans("hi-qualifier", repeated, qualifiers, unknown, places)
    if (missing := is_used & ~codes.present).any():
        places = [f"{one:02}-2" for one in number.tolist()]
        part.tell_spans("hi-code-missing", repeated, codes, missing, places)

    claim = part.loops.claim_of[repeated]
    part.lose(CLAIM.name, "diagnoses", np.unique(claim[unknown | missing]))
    is_diagnosis = (is_icd_10 | is_icd_9) & codes.present
    is_condition = (qualifier == _CONDITION) & codes.present
    owner = claim[is_diagnosis]
    order = np.argsort(owner * 2 + ~np.isin(qualifier[is_diagnosis], _PRINCIPAL), kind="stable")
    offsets = gather.list_offsets(owner, size).astype(np.int64)
    texts = part.texts(codes.take(is_diagnosis)).take(gather.indices(order))
    return Diagnoses(
        texts, offsets, _code_set(offsets, is_icd_10[is_diagnosis][order]),
        gather.string_lists(part.texts(codes.take(is_condition)), claim[is_condition], size),
    )  # fmt: skip


def _code_set(offsets: Ints, is_icd_10: Mask) -> Column:
    has = offsets[1:] > offsets[:-1]
    code = np.zeros(len(has), np.int64)
    code[has] = np.where(is_icd_10[offsets[:-1][has]], 0, 1)
    names: Column = pa.array(["icd10", "icd9"], pa.string())
    return names.take(gather.indices(code, ~has))
