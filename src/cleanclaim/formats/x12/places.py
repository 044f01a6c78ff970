"""Where segments may stand, and where one that stands elsewhere belongs: by what it says, within its own claim.

Senders order segments as their software does: a date behind the drug, a note behind a provider. A segment that can
stand in one loop only is read there; what can be read nowhere is told, with what it may have said.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

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
    Zone.SUBSCRIBER: "HL SBR PAT NM1 N2 N3 N4 DMG REF PER PRV",
    Zone.PATIENT: "HL PAT NM1 N2 N3 N4 DMG REF PER PRV",
    Zone.CLAIM: "CLM DTP PWK CN1 AMT REF K3 NTE CR1 CR2 CR3 CR5 CRC HI HCP NM1 PRV N2 N3 N4 PER QTY UC",
    Zone.OTHER_PAYER: "SBR CAS AMT DMG OI MIA MOA NM1 N2 N3 N4 PER DTP REF",
    Zone.LINE: "LX SV1 SV5 PWK CR1 CR2 CR3 CR5 CRC DTP QTY MEA CN1 REF AMT K3 NTE PS1 HCP IMM TST TOO III",
    Zone.DRUG: "LIN CTP REF",
    Zone.LINE_PROVIDER: "NM1 PRV N2 N3 N4 REF PER",
    Zone.LINE_ADJUDICATION: "SVD CAS DTP AMT",
    Zone.LINE_FORM: "LQ FRM",
}
_NAMES = {
    Zone.HEADER: "41 40", Zone.BILLING: "85 87 PE", Zone.SUBSCRIBER: "IL PR", Zone.PATIENT: "QC",
    Zone.CLAIM: "DN P3 82 77 DQ PW 45", Zone.LINE_PROVIDER: "82 QB 77 DQ DK DN P3 PW 45",
}  # fmt: skip
_OF_LINE = "PWK CR1 CR3 CRC DTP QTY MEA CN1 REF K3 NTE PS1 HCP SV5"  # of a line, wherever in it
_OF_CLAIM = "PWK CN1 K3 NTE CR1 CR2 CRC HI HCP DTP"  # of a claim, behind another payer
_LINE_DATE, _DRUG_LINKS, _PAID = packed("472"), (packed("XZ"), packed("VY")), packed("D")
_LINE_REFERENCES = (packed("6R"), packed("G1"))


def _tags(names: str) -> Bytes:
    return np.array([Tag[name] for name in names.split()], np.uint8)


def _table() -> Mask:
    table = np.zeros((max(Zone) + 1, 128), np.bool_)
    table[[Zone.NONE, Zone.ORPHAN]] = True
    table[:, [0, SET_ASIDE, *range(Tag.ISA, Tag.TA1 + 1), Tag.SV2, Tag.SV3, Tag.SVC, Tag.CLP, Tag.HL]] = True
    table[:, [Tag.SV1, Tag.LX, Tag.CLM]] = True  # what they do is decided by loops
    for zone, names in _ALLOWED.items():
        table[zone, _tags(names)] = True
    return table


_MAY_STAND = _table()


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows read elsewhere than where they stand, and rows that stand where nothing reads them."""

    read: Ints
    unread: Ints


def put_in_place(segments: Segments, tag: Bytes, zone: Bytes, claim_of: Ints, line_of: Ints, lines: Ints) -> Moved:
    """Change the zone, and the line, of segments that belong elsewhere."""
    stands_wrong = ~_MAY_STAND[zone, tag]
    stands_wrong |= _by_qualifier(segments, tag, zone)
    rows = np.flatnonzero(stands_wrong)
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


def _by_qualifier(segments: Segments, tag: Bytes, zone: Bytes) -> Mask:
    """What may stand in its loop by its name, and not by its qualifier."""
    wrong = np.zeros(len(tag), np.bool_)
    for of, where, qualifiers, others in (
        (Tag.REF, (Zone.DRUG,), _DRUG_LINKS, True),
        (Tag.REF, (Zone.LINE,), _DRUG_LINKS, False),
        (Tag.REF, (Zone.LINE_PROVIDER,), (*_DRUG_LINKS, *_LINE_REFERENCES), False),
        (Tag.DTP, (Zone.CLAIM, Zone.OTHER_PAYER, Zone.LINE_ADJUDICATION), (_LINE_DATE,), False),
        (Tag.AMT, (Zone.CLAIM,), (_PAID,), False),
        *((Tag.NM1, (zone,), tuple(map(packed, names.split())), True) for zone, names in _NAMES.items()),
    ):  # fmt: skip
        rows = np.flatnonzero((tag == of) & np.isin(zone, where))
        if len(rows):
            wrong[rows] = np.isin(_first_elements(segments, rows), qualifiers) != others
    return wrong


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
