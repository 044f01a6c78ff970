"""Segments in columns: where each starts and ends, its tag, and where its elements and components stand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cleanclaim.formats.x12.arrays import Bytes, Ints, Mask
from cleanclaim.formats.x12.delimiters import BLANKS, LINE_ENDS, Delimiters, Header
from cleanclaim.formats.x12.tags import Tag, tags_of

PADDING = 32  # bytes after the text, so that fixed-width reads near its end stay inside
_BLANK = 0x20


@dataclass(frozen=True, slots=True)
class Spans:
    """Pieces of the text, one per row; empty where the row has none."""

    start: Ints
    end: Ints

    @property
    def present(self) -> Mask:
        """Where there is a value."""
        return self.end > self.start

    def take(self, rows: Ints | Mask) -> Spans:
        """The spans of these rows."""
        return Spans(self.start[rows], self.end[rows])


@dataclass(frozen=True, slots=True)
class Composites:
    """Elements made of components, and the range of component separators inside each."""

    spans: Spans
    low: Ints
    high: Ints

    @property
    def sizes(self) -> Ints:
        """Number of components; 0 where the element is blank."""
        return np.where(self.spans.present, self.high - self.low + 1, 0)

    def take(self, rows: Ints | Mask) -> Composites:
        """The composites of these rows."""
        return Composites(self.spans.take(rows), self.low[rows], self.high[rows])


@dataclass(frozen=True, slots=True)
class Segments:
    """Consecutive segments of one buffer.

    `marks` are the places of element separators and terminators. Element k of a segment (from 1) stands between
    `marks[base + k]` and `marks[base + k + 1]`, whether a separator or the terminator follows it.
    """

    data: Bytes
    marks: Ints
    separators: Ints  # of components
    base: Ints
    count: Ints  # of elements, the tag not counted
    start: Ints  # without the blanks around
    end: Ints
    tag: Bytes
    control: Mask  # where a control character stands inside

    def __len__(self) -> int:
        return len(self.tag)

    def element(self, rows: Ints, number: int | Ints) -> Spans:
        """Element `number` of these segments, without outer blanks."""
        at = self.base[rows]
        has = self.count[rows] >= number
        if has.all():
            at += number
            start = self.marks[at] + 1
            end = self.marks[at + 1]
        else:
            at += np.where(has, number, 0)
            start = self.marks[at] + 1
            end = np.where(has, self.marks[at + 1], start)
        np.minimum(end, self.end[rows], out=end)
        return self._trimmed(start, np.maximum(start, end, out=end))

    def composites(self, spans: Spans) -> Composites:
        """These elements seen as composites."""
        low = np.searchsorted(self.separators, spans.start)
        return Composites(spans, low, np.searchsorted(self.separators, spans.end))

    def component(self, of: Composites, number: int | Ints) -> Spans:
        """Component `number` (from 1) of each composite, without outer blanks."""
        if not len(self.separators):
            end = np.where(np.equal(number, 1), of.spans.end, of.spans.start)
            return Spans(of.spans.start, end)
        top = len(self.separators) - 1
        has = (of.low + number <= of.high + 1) & of.spans.present
        before = self.separators[np.clip(of.low + number - 2, 0, top)] + 1
        start = np.where(np.equal(number, 1) | ~has, of.spans.start, before)
        inner = of.low + number <= of.high
        end = np.where(inner, self.separators[np.clip(of.low + number - 1, 0, top)], of.spans.end)
        return self._trimmed(start, np.where(has, end, start))

    def text(self, start: int, end: int) -> str:
        """The text of one span."""
        return self.data[start:end].tobytes().decode("utf-8", "replace")

    def element_text(self, row: int, number: int) -> str:
        """Element `number` of one segment without outer blanks, "" where it has none."""
        if number > self.count[row]:
            return ""
        at = self.base[row] + number
        return self.text(self.marks[at] + 1, min(self.marks[at + 1], self.end[row])).strip(" ")

    def tag_text(self, row: int) -> str:
        """The tag of one segment as it stands."""
        if self.tag[row] == Tag.ISA:
            return Tag.ISA.name
        at = self.base[row] + 1
        last = self.end[row] if self.count[row] == 0 else self.marks[at]
        return self.text(self.start[row], last)

    def head(self, count: int) -> Segments:
        """The first `count` segments."""
        return replace(
            self, base=self.base[:count], count=self.count[:count], start=self.start[:count], end=self.end[:count],
            tag=self.tag[:count], control=self.control[:count],
        )  # fmt: skip

    def _trimmed(self, start: Ints, end: Ints) -> Spans:
        for blank in np.flatnonzero((self.data[start] == _BLANK) & (start < end)):
            raw = self.data[start[blank] : end[blank]].tobytes()
            start[blank] += len(raw) - len(raw.lstrip(b" "))
        for blank in np.flatnonzero((self.data[end - 1] == _BLANK) & (start < end)):
            raw = self.data[start[blank] : end[blank]].tobytes()
            end[blank] -= len(raw) - len(raw.rstrip(b" "))
        return Spans(start, end)


def split(data: Bytes, start: int, stop: int, delimiters: Delimiters) -> Segments:
    """The terminated segments of `data[start:stop]`, empty ones left out."""
    part = data[start:stop]
    is_mark = part == delimiters.element
    is_mark |= part == delimiters.terminator
    places = np.flatnonzero(is_mark)
    ends = np.flatnonzero(part[places] == delimiters.terminator)
    size = int(ends[-1]) + 1 if len(ends) else 0
    marks = np.empty(size + 1, np.int64)
    marks[0] = start - 1  # as if a terminator stood before the first segment
    np.add(places[:size], start, out=marks[1:])
    ends += 1
    base = np.concatenate((np.zeros(1, np.int64), ends[:-1])) if size else ends
    count = ends - base - 1
    spans = _stripped(data, marks[base] + 1, marks[ends])
    if not (kept := spans.present).all():
        base, count, spans = base[kept], count[kept], spans.take(kept)
    tag_end = np.minimum(marks[base + 1], spans.end)
    tag = tags_of(data, spans.start, np.maximum(tag_end, spans.start))
    separators = np.flatnonzero(part == delimiters.component)
    separators += start
    control = _control_characters(part, start, delimiters, spans)
    return Segments(data, marks, separators, base, count, spans.start, spans.end, tag, control)


def _stripped(data: Bytes, start: Ints, end: Ints) -> Spans:
    """The spans without CR, LF and blanks around."""
    is_blank = np.zeros(256, np.bool_)
    is_blank[list(BLANKS)] = True
    rows = np.flatnonzero(is_blank[data[start]] & (start < end))
    for _ in range(2):  # CR and LF, the usual case; what is left is rare
        start[rows] += 1
        rows = rows[is_blank[data[start[rows]]] & (start[rows] < end[rows])]
    for row in rows:
        raw = data[start[row] : end[row]].tobytes()
        start[row] += len(raw) - len(raw.lstrip(BLANKS))
    for row in np.flatnonzero(is_blank[data[end - 1]] & (start < end)):
        raw = data[start[row] : end[row]].tobytes()
        end[row] -= len(raw) - len(raw.rstrip(BLANKS))
    return Spans(start, end)


def _control_characters(part: Bytes, offset: int, delimiters: Delimiters, spans: Spans) -> Mask:
    found = np.zeros(len(spans.start), np.bool_)
    places = np.flatnonzero(part < _BLANK)
    values = part[places]
    for delimiter in (delimiters.element, delimiters.component, delimiters.terminator, delimiters.repetition):
        if delimiter is not None and delimiter < _BLANK:
            places, values = places[values != delimiter], values[values != delimiter]
    # Most are the line ends after a terminator: put aside the cheap way before each is looked up.
    line_end = (values == 0x0A) | (values == 0x0D)
    places = places[~(line_end & (part[places - 1] == delimiters.terminator) & (places > 0))]
    if len(places) and len(found):
        places += offset
        row = np.searchsorted(spans.start, places, side="right") - 1
        found[row[(row >= 0) & (places < spans.end[row])]] = True
    return found


def with_header(segments: Segments, header: Header) -> Segments:
    """The segments of an interchange with its ISA before them. Its elements are read from the header, not from here."""
    inside = segments.data[header.start : header.end - 1].tobytes()
    if not any(byte in header.delimiters for byte in LINE_ENDS):
        inside = inside.translate(None, LINE_ENDS)
    control = any(byte < _BLANK and byte not in header.delimiters for byte in inside.rstrip(BLANKS))

    def first(value: int, column: Ints) -> Ints:
        return np.concatenate((np.array([value], np.int64), column))

    return replace(
        segments, base=first(0, segments.base), count=first(0, segments.count),
        start=first(header.start, segments.start), end=first(header.end - 1, segments.end),
        tag=np.concatenate((np.array([Tag.ISA], np.uint8), segments.tag)),
        control=np.concatenate((np.array([control]), segments.control)),
    )  # fmt: skip


def joined(pieces: list[Segments]) -> Segments:
    """Segments of several interchanges of one buffer, in one."""
    if len(pieces) == 1:
        return pieces[0]
    data = pieces[-1].data  # line ends may have been taken out of it behind the pieces before
    shift = np.cumsum([0] + [len(piece.marks) for piece in pieces[:-1]])
    return Segments(
        data,
        np.concatenate([piece.marks for piece in pieces]),
        np.concatenate([piece.separators for piece in pieces]),
        np.concatenate([piece.base + by for piece, by in zip(pieces, shift, strict=True)]),
        np.concatenate([piece.count for piece in pieces]),
        np.concatenate([piece.start for piece in pieces]),
        np.concatenate([piece.end for piece in pieces]),
        np.concatenate([piece.tag for piece in pieces]),
        np.concatenate([piece.control for piece in pieces]),
    )
