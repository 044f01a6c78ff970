"""Loops: which zone, claim and line each segment belongs to, found over whole columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleanclaim.formats.x12.arrays import Bytes, Ints, Mask
from cleanclaim.formats.x12.places import OPENED_IN_LINE, Moved, Zone, put_in_place
from cleanclaim.formats.x12.segments import Segments
from cleanclaim.formats.x12.tags import SET_ASIDE, Tag, packed, packed_spans

LEVELS = {"20": Zone.BILLING, "22": Zone.SUBSCRIBER, "23": Zone.PATIENT}


@dataclass(frozen=True, slots=True)
class Events:
    """The segments that open and close claims and lines, in order: rows and what each does (a `Zone`, or LX, SV1)."""

    row: Ints
    kind: Bytes


@dataclass(frozen=True, slots=True)
class Loops:
    """Rows of the segments that start something, and for each segment its zone, claim and line."""

    zone: Bytes
    claim_of: Ints  # ordinal in the buffer of the last claim started, -1 before the first
    line_of: Ints
    transactions: Ints  # rows of ST
    levels: dict[Zone, Ints]
    claims: Ints
    lines: Ints
    services: Ints  # row of the SV1 of each line, -1 where there is none
    claim_ends: Ints  # row of the HL or CLM after each claim, the number of rows where none comes
    faults: dict[str, Ints]
    moved: Moved  # what stands in a wrong place
    _order: Ints
    _keys: Ints

    def select(self, zone: Zone, tag: Tag) -> Ints:
        """The rows of these segments in this zone, rising."""
        low, high = np.searchsorted(self._keys, _key(zone, tag) + np.arange(2))
        return self._order[low:high]


_LX, _SV1 = 20, 21  # kinds of events beside zones
_KIND = np.zeros(256, np.uint8)
_KIND[[Tag.ST, Tag.CLM, Tag.LX, Tag.SV1]] = Zone.HEADER, Zone.CLAIM, _LX, _SV1


def level_zones(segments: Segments, rows: Ints) -> Bytes:
    """The zone that each HL opens by HL03, `Zone.NONE` where that is none of 837P."""
    spans = segments.element(rows, 3)
    code = packed_spans(segments.data, spans.start, spans.end)
    zone = np.zeros(len(rows), np.uint8)
    for level, opened in LEVELS.items():
        zone[code == packed(level)] = opened
    return zone


def loops_of(segments: Segments, is_read: Mask) -> Loops:
    """Zones, claims and lines of the segments that stand in transactions that are read."""
    tag = np.where(is_read, segments.tag, np.uint8(SET_ASIDE))
    size = len(tag)
    kind = _KIND[tag]
    levels = np.flatnonzero(tag == Tag.HL)
    kind[levels] = level_zones(segments, levels)
    faults = {"hl-level": levels[kind[levels] == Zone.NONE]}
    events = Events(rows := np.flatnonzero(kind), kind[rows])
    starts_line, is_orphan, service_joins = _lines(events, faults)

    opened = np.zeros(size, np.uint8)
    is_zone = events.kind < _LX
    opened[rows[is_zone]] = events.kind[is_zone]
    opened[rows[starts_line]] = Zone.LINE
    opened[rows[is_orphan]] = Zone.ORPHAN
    zone = _filled(opened)
    opened[(tag == Tag.SBR) & (zone == Zone.CLAIM)] = Zone.OTHER_PAYER
    in_line = zone == Zone.LINE
    for opener, inner in OPENED_IN_LINE.items():
        opened[(tag == opener) & in_line] = inner
    zone = _filled(opened)

    claims = rows[events.kind == Zone.CLAIM]
    lines = rows[starts_line]
    claim_of, line_of = _ordinals(claims, size), _ordinals(lines, size)
    moved = put_in_place(segments, tag, zone, claim_of, line_of, lines)
    services = np.full(len(lines), -1)
    is_service = (events.kind == _SV1) & (starts_line | service_joins)
    services[np.searchsorted(lines, rows[is_service], side="right") - 1] = rows[is_service]
    ends = rows[is_zone & (events.kind != Zone.HEADER)]
    after = np.searchsorted(ends, claims, side="right")
    key = (zone.astype(np.uint16) << 7) | tag
    order = np.argsort(key, kind="stable")
    return Loops(
        zone=zone, claim_of=claim_of, line_of=line_of, moved=moved,
        transactions=rows[events.kind == Zone.HEADER],
        levels={level: rows[events.kind == level] for level in LEVELS.values()},
        claims=claims, lines=lines, services=services, claim_ends=np.append(ends, size)[after], faults=faults,
        _order=order, _keys=key[order].astype(np.int64),
    )  # fmt: skip


def _lines(events: Events, faults: dict[str, Ints]) -> tuple[Mask, Mask, Mask]:
    """Which events start a line, which stand outside a claim, and which SV1 belong to the LX before them."""
    kind, row = events.kind, events.row
    before = np.concatenate((np.zeros(1, np.uint8), kind[:-1])) if len(kind) else kind
    after = np.append(kind[1:], np.uint8(0)) if len(kind) else kind
    is_context = kind < _LX
    in_claim = _filled(np.where(is_context, kind, 0)) == Zone.CLAIM
    is_lx, is_sv1 = kind == _LX, kind == _SV1
    joins = is_sv1 & (before == _LX) & in_claim
    starts = in_claim & (is_lx | (is_sv1 & ~joins))
    orphan = ~in_claim & ~is_context
    faults["lx-missing"] = row[starts & is_sv1]
    faults["sv1-missing"] = row[starts & is_lx & (after != _SV1)]
    faults["claim-missing"] = row[orphan & (before < _LX)]
    return starts, orphan, joins


def _filled(opened: Bytes) -> Bytes:
    """Each place takes the last value before it that is not zero."""
    at = np.where(opened > 0, np.arange(len(opened), dtype=np.int32), 0)
    return opened[np.maximum.accumulate(at)]


def _ordinals(starts: Ints, size: int) -> Ints:
    """For each row the ordinal of the last start up to it, -1 before the first."""
    lengths = np.diff(np.concatenate((np.zeros(1, np.int64), starts, np.array([size]))))
    return np.repeat(np.arange(-1, len(starts)), lengths)


def _key(zone: Zone, tag: Tag) -> int:
    return zone << 7 | tag
