"""Where segments may stand, and where one that stands elsewhere belongs: by what it says, within its own claim.

Senders order segments as their software does: a date behind the drug, a note behind a provider. A segment that can
stand in one loop only is read there; what can be read nowhere is told, with what it may have said.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from cleanclaim.formats.x12.arrays import Bytes, Ints, Mask
from cleanclaim.formats.x12.segments import Segments
from cleanclaim.formats.x12.tags import SET_ASIDE, Tag, packed, packed_spans


class Zone(IntEnum):
    """The loop that a segment stands in: that of the last segment which opened one."""

    NONE = 0
    HEADER = 1
    BILLING = 2
    SUBSCRIBER = 3
    PATIENT = 4
    CLAIM = 5
    OTHER_PAYER = 6
    LINE = 7
    DRUG = 8
    LINE_PROVIDER = 9
    LINE_ADJUDICATION = 10
    LINE_FORM = 11
    ORPHAN = 12  # service lines outside a claim


OPENED_IN_LINE = {
    Tag.LIN: Zone.DRUG, Tag.NM1: Zone.LINE_PROVIDER, Tag.SVD: Zone.LINE_ADJUDICATION, Tag.LQ: Zone.LINE_FORM,
}  # fmt: skip
IN_LINE = (Zone.LINE, *OPENED_IN_LINE.values())
# 005010X222A1, by loop. The order inside a loop is not looked at.
_ALLOWED = {
    Zone.HEADER: "ST BHT REF NM1 N2 N3 N4 PER SE",
    Zone.BILLING: "HL PRV CUR NM1 N2 N3 N4 REF PER",
    Zone.SUBSCRIBER: "HL SBR PAT NM1 N2 N3 N4 DMG REF PER",
    Zone.PATIENT: "HL PAT NM1 N2 N3 N4 DMG REF PER",
    Zone.CLAIM: "CLM DTP PWK CN1 AMT REF K3 NTE CR1 CR2 CR3 CR5 CRC HI HCP NM1 PRV N2 N3 N4 PER QTY UC",
    Zone.OTHER_PAYER: "SBR CAS AMT OI MIA MOA NM1 N2 N3 N4 PER DTP REF",
    Zone.LINE: "LX SV1 SV5 PWK CR1 CR2 CR3 CR5 CRC DTP QTY MEA CN1 REF AMT K3 NTE PS1 HCP IMM TST TOO III",
    Zone.DRUG: "LIN CTP REF",
    Zone.LINE_PROVIDER: "NM1 PRV N2 N3 N4 REF PER",
    Zone.LINE_ADJUDICATION: "SVD CAS DTP AMT",
    Zone.LINE_FORM: "LQ FRM",
}
_NAMES = {
    Zone.HEADER: "41 40", Zone.BILLING: "85 87 PE", Zone.SUBSCRIBER: "IL PR", Zone.PATIENT: "QC",
    Zone.CLAIM: "DN P3 82 77 DQ PW 45", Zone.OTHER_PAYER: "IL PR DN P3 82 77 DQ 85",
    Zone.LINE_PROVIDER: "82 QB 77 DQ DK DN P3 PW 45",
}  # fmt: skip
_OF_LINE = "PWK CR1 CR3 CRC DTP QTY MEA CN1 REF K3 NTE PS1 HCP SV5"  # of a line, wherever in it
_OF_CLAIM = "PWK CN1 K3 NTE CR1 CR2 CRC HI HCP DTP"  # of a claim, behind another payer
_LINE_DATE, _DRUG_LINKS = packed("472"), (packed("XZ"), packed("VY"))
_NEVER = 31  # the rule of what may not stand in a loop, whatever its qualifier


def _tags(names: str) -> Bytes:
    return np.array([Tag[name] for name in names.split()], np.uint8)


def _may_stand() -> Mask:
    table = np.zeros((max(Zone) + 1, 128), np.bool_)
    table[[Zone.NONE, Zone.ORPHAN]] = True
    table[:, [0, SET_ASIDE, *range(Tag.ISA, Tag.TA1 + 1), Tag.SV2, Tag.SV3, Tag.SVC, Tag.CLP, Tag.HL]] = True
    table[:, [Tag.SV1, Tag.LX, Tag.CLM]] = True  # what they do is decided by loops
    for zone, names in _ALLOWED.items():
        table[zone, _tags(names)] = True
    return table


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows read elsewhere than where they stand, and rows that stand where nothing reads them."""

    read: Ints
    unread: Ints


def put_in_place(segments: Segments, tag: Bytes, zone: Bytes, claim_of: Ints, line_of: Ints, lines: Ints) -> Moved:
    """Change the zone, and the line, of segments that belong elsewhere."""
    rows = _out_of_place(segments, tag, zone)
    if not len(rows):
        return Moved(rows, rows)
    read = np.zeros(len(rows), np.bool_)
    of, stood = tag[rows], zone[rows]
    qualifier = _first_elements(segments, rows)
    in_line = np.isin(stood, IN_LINE)
    in_claim = np.isin(stood, (Zone.CLAIM, Zone.OTHER_PAYER))
    ahead = in_claim & np.isin(of, (Tag.LIN, Tag.CTP))
    read[ahead] = _before_their_line(rows[ahead], zone, claim_of, line_of, lines)
    is_link = (of == Tag.REF) & np.isin(qualifier, _DRUG_LINKS)
    has_drug = np.isin(line_of[rows], line_of[(tag == Tag.LIN) & (zone == Zone.DRUG)])
    in_drug = in_line & ((of == Tag.CTP) | is_link) & has_drug
    is_of_line = in_line & np.isin(of, _tags(_OF_LINE)) & ~is_link
    is_of_claim = ((stood == Zone.OTHER_PAYER) & np.isin(of, _tags(_OF_CLAIM))) | (in_line & (of == Tag.HI))
    is_of_claim &= ~((of == Tag.DTP) & (qualifier == _LINE_DATE))
    is_paid = (stood == Zone.CLAIM) & (of == Tag.AMT)
    for mask, target in (
        (in_drug, Zone.DRUG), (is_of_line, Zone.LINE), (is_of_claim, Zone.CLAIM), (is_paid, Zone.OTHER_PAYER),
    ):  # fmt: skip
        zone[rows[mask]] = target
        read |= mask
    unread = ~read & ~(in_line & (of == Tag.CTP))  # a quantity on a line without a drug is told by who reads drugs
    zone[rows[unread]] = Zone.NONE
    return Moved(rows[read], rows[unread])


def _out_of_place(segments: Segments, tag: Bytes, zone: Bytes) -> Ints:
    """The rows of segments that may not stand where they do, by their name or by their qualifier."""
    table = _rules()
    rules = table.rule_of.ravel().take((zone.astype(np.uint16) << 7) | tag)
    rows = np.flatnonzero(rules)
    rule = rules[rows]
    named = rows.copy()  # the segment of which the qualifier counts
    is_specialty = np.flatnonzero(rule == table.rule_of[Zone.LINE_PROVIDER, Tag.PRV])
    named[is_specialty] = _last_names(tag, rows[is_specialty])
    # Qualifiers as they stand, without a look at blanks around them: what seems wrong is looked at again.
    at = segments.base[named] + 1
    last = len(segments.marks) - 1
    start = np.minimum(segments.marks[np.minimum(at, last)] + 1, segments.end[named])
    code = packed_spans(segments.data, start, segments.marks[np.minimum(at + 1, last)])
    seems = np.flatnonzero(table.refuses(rule, code))
    found: Ints = rows[seems][table.refuses(rule[seems], _first_elements(segments, named[seems]))]
    return found


def _last_names(tag: Bytes, rows: Ints) -> Ints:
    """For each row the NM1 before it."""
    before = rows - 1
    if (tag[before] == Tag.NM1).all():
        return before
    names = np.flatnonzero(tag == Tag.NM1)
    return names[np.searchsorted(names, rows) - 1]


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rule of each zone and tag; by qualifier a bit for each rule that lists it; whether a rule refuses these."""

    rule_of: Bytes
    listed_by: npt.NDArray[np.uint32]
    refused: npt.NDArray[np.uint32]

    def refuses(self, rule: Bytes, code: Ints) -> Mask:
        """Where a qualifier may not stand by the rule."""
        found: Mask = ((self.listed_by[np.maximum(code, 0)] >> rule) & 1) == self.refused[rule]
        return found


@cache
def _rules() -> _Rules:
    rules = [
        (Tag.REF, (Zone.DRUG,), "XZ VY", False),
        (Tag.REF, (Zone.LINE,), "XZ VY", True),
        (Tag.REF, (Zone.LINE_PROVIDER,), "XZ VY 6R G1", True),
        (Tag.REF, (Zone.CLAIM, Zone.OTHER_PAYER), "XZ VY 6R", True),
        (Tag.REF, (Zone.HEADER, Zone.BILLING, Zone.SUBSCRIBER, Zone.PATIENT), "XZ VY 6R G1 F8 9F", True),
        (Tag.DTP, (Zone.CLAIM, Zone.OTHER_PAYER, Zone.LINE_ADJUDICATION), "472", True),
        (Tag.AMT, (Zone.CLAIM, Zone.LINE, Zone.LINE_ADJUDICATION), "D", True),
        (Tag.PRV, (Zone.LINE_PROVIDER,), "82", False),  # by the name before it
        *((Tag.NM1, (zone,), names, False) for zone, names in _NAMES.items()),
    ]
    rule_of = np.where(_may_stand(), np.uint8(0), np.uint8(_NEVER))
    listed_by = np.zeros(1 << 24, np.uint32)  # of which only the few pages ever read take memory
    refused = np.zeros(32, np.uint32)  # what no qualifier is listed for is refused
    for number, (tag, zones, qualifiers, is_refused) in enumerate(rules, 1):
        rule_of[list(zones), tag] = number
        refused[number] = is_refused
        for qualifier in qualifiers.split():
            listed_by[packed(qualifier)] |= 1 << number
    return _Rules(rule_of, listed_by, refused)


def _first_elements(segments: Segments, rows: Ints) -> Ints:
    spans = segments.element(rows, 1)
    return packed_spans(segments.data, spans.start, spans.end)


def _before_their_line(rows: Ints, zone: Bytes, claim_of: Ints, line_of: Ints, lines: Ints) -> Mask:
    """Drugs that stand before the first line of their claim become that line's; whether there is one."""
    following = np.searchsorted(lines, rows)
    has = following < len(lines)
    has[has] = claim_of[lines[following[has]]] == claim_of[rows[has]]
    zone[rows[has]] = Zone.DRUG
    line_of[rows[has]] = following[has]
    return has
