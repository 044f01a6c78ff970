"""Segments that are not UTF-8, and the same segments read as Windows-1252."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cleanclaim.formats.x12.arrays import Ints
from cleanclaim.formats.x12.segments import PADDING, Segments


def rows_not_utf8(segments: Segments) -> Ints:
    """The segments whose bytes are no UTF-8."""
    if not len(segments):
        return np.empty(0, np.int64)
    first, last = int(segments.start[0]), int(segments.end[-1])
    if segments.data[first:last].tobytes().isascii():
        return np.empty(0, np.int64)
    high = np.flatnonzero(segments.data[first:last] > 0x7F) + first
    row = np.searchsorted(segments.start, high, side="right") - 1
    rows = np.unique(row[high < segments.end[row]])
    return np.array([row for row in rows if not _is_utf8(segments, row)], np.int64)


def _is_utf8(segments: Segments, row: int) -> bool:
    try:
        segments.data[segments.start[row] : segments.end[row]].tobytes().decode()
    except UnicodeDecodeError:
        return False
    return True


def from_windows_1252(segments: Segments, rows: Ints) -> Segments:
    """The segments with these rows turned from Windows-1252 into UTF-8; undefined bytes become U+FFFD."""
    pieces: list[bytes] = []
    wide: list[int] = []  # places of the bytes that become several
    more: list[int] = []  # how many bytes each adds
    done = 0
    for row in rows:
        start, end = int(segments.start[row]), int(segments.end[row])
        raw = segments.data[start:end].tobytes()
        pieces += (segments.data[done:start].tobytes(), raw.decode("cp1252", "replace").encode())
        done = end
        for place, byte in enumerate(raw, start):
            if byte > 0x7F:
                wide.append(place)
                more.append(len(bytes((byte,)).decode("cp1252", "replace").encode()) - 1)
    size = len(segments.data) - PADDING
    pieces += (segments.data[done:size].tobytes(), bytes(PADDING))
    added = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.array(more, np.int64))))
    at = np.array(wide, np.int64)

    def moved(places: Ints) -> Ints:
        return places + added[np.searchsorted(at, places)]

    return replace(
        segments, data=np.frombuffer(b"".join(pieces), np.uint8), marks=moved(segments.marks),
        separators=moved(segments.separators), start=moved(segments.start), end=moved(segments.end),
    )  # fmt: skip
