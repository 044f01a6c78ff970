"""Where a buffer may be cut: before a segment at which no claim is left half read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleanclaim.formats.x12.arrays import Ints
from cleanclaim.formats.x12.interchanges import Context, Piece, Scan
from cleanclaim.formats.x12.places import Zone
from cleanclaim.formats.x12.segments import Segments
from cleanclaim.formats.x12.tags import Tag
from cleanclaim.formats.x12.zones import level_zones

_ENDS_CLAIM_WELL = (Tag.HL, Tag.CLM, Tag.SE)


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces before a cut, and what holds at it. `whole`: a claim open there is ended by what comes next."""

    pieces: list[Piece]
    context: Context
    rest: int
    whole: bool = False


def cut(found: Scan, *, skips: bool) -> Cut | None:
    """The last safe cut of a buffer; None when there is none behind its start.

    `skips`: the buffer starts outside every transaction that is read, so that any segment will do up to the next ST.
    """
    if found.after.header is None:
        return Cut(found.pieces, found.after, found.rest)
    if not found.pieces:
        return None
    last = found.pieces[-1]
    segments = last.segments
    if segments is None:
        return None
    rows = _safe_rows(segments)
    if len(rows):
        row = int(rows[-1])
    elif last.begins and len(found.pieces) > 1 and last.header is not None:
        return Cut(found.pieces[:-1], last.before, last.header.start)
    elif len(segments) > 1 and _is_skipped(segments, skips=skips):
        row = len(segments) - 1
    else:
        return None
    head = Piece(last.before, last.header, segments.head(row), begins=last.begins)
    whole = segments.tag[row] in _ENDS_CLAIM_WELL
    return Cut([*found.pieces[:-1], head], found.after, int(segments.start[row]), whole)


def _safe_rows(segments: Segments) -> Ints:
    """Rows, not the first, of segments that end a claim or stand outside one."""
    tag = segments.tag
    safe = (tag == Tag.CLM) | (tag == Tag.SE) | (tag == Tag.ST) | (tag == Tag.GS)
    levels = np.flatnonzero(tag == Tag.HL)
    safe[levels[level_zones(segments, levels) != Zone.NONE]] = True
    safe[:1] = False
    return np.flatnonzero(safe)


def _is_skipped(segments: Segments, *, skips: bool) -> bool:
    if segments.tag[0] == Tag.ST:
        return segments.element_text(0, 1) != "837"
    return skips
