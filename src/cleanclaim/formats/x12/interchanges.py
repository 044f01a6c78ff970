"""A buffer of bytes as a row of pieces: segments of an interchange, or text that belongs to none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cleanclaim.formats.x12.arrays import Bytes
from cleanclaim.formats.x12.delimiters import (
    BLANKS,
    HEADER_WINDOW,
    LINE_ENDS,
    Header,
    find_header,
    find_header_segment,
    find_trailer_end,
    holds_text,
    is_wrapped,
    read_header,
)
from cleanclaim.formats.x12.segments import PADDING, Segments, split, with_header


@dataclass(frozen=True, slots=True)
class Context:
    """Where a place of the file stands: in the interchange of `header`, in a lost one, or between two."""

    header: Header | None = None
    lost: bool = False
    told: bool = False  # that there is text between
    wrapped: bool | None = None  # whether its line ends mean nothing; None while it has shown none


@dataclass(frozen=True, slots=True)
class Piece:
    """Segments of one interchange (its header first where `begins`), or the fault of bytes that are in none."""

    before: Context
    header: Header | None = None
    segments: Segments | None = None
    begins: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """The pieces of a buffer; behind the last, from `rest` on, the context is `after`."""

    pieces: list[Piece]
    after: Context
    rest: int
    raw: bytes  # the buffer, without the line ends that stood inside segments
    wrapped: bool = False  # whether there were any
    unterminated: str | None = None  # at the end of the file: the tag of a last segment without terminator


def scan(raw: bytes, context: Context, *, final: bool) -> Scan:
    """The pieces of a buffer that starts where a segment does (in an interchange), or anywhere (between).

    Left as rest: a segment not yet terminated, a header not yet whole, and between interchanges half an ISA.
    """
    scanner = _Scanner(raw, context, final=final)
    found = scanner.run()
    header = found.after.header
    if not final or header is None or not (tail := found.raw[found.rest :].strip(BLANKS)):
        return found
    raw = found.raw
    tag = tail.split(bytes((header.delimiters.element,)), 1)[0]
    if tag == b"IEA":  # many senders leave out the very last terminator
        again = scan(raw[: found.rest] + tail + bytes((header.delimiters.terminator,)), context, final=True)
        return replace(again, wrapped=again.wrapped or found.wrapped)
    return replace(found, unterminated=tag.decode("utf-8", "replace"))


class _Scanner:
    def __init__(self, raw: bytes, context: Context, *, final: bool) -> None:
        self.raw, self.final, self.context = raw, final, context
        self.data: Bytes = np.frombuffer(raw + bytes(PADDING), np.uint8)
        self.at = 0
        self.pieces: list[Piece] = []
        self.begun: Context | None = None  # the context before a header that was just read
        self.wrapped = False

    def run(self) -> Scan:
        while (start := self._next_header()) >= 0 and self._begin(start):
            pass
        return Scan(self.pieces, self.context, self.at, self.raw, self.wrapped)

    def _next_header(self) -> int:
        """Take everything up to the next header; where that starts, or -1."""
        if self.context.header is not None:
            start = self._segments_of(self.context.header)
            if self.context.header is not None:  # no trailer came
                return start
        start = find_header(self.raw, self.at)
        self._text_between(start)
        return start

    def _segments_of(self, header: Header) -> int:
        bound, next_header, trailer_end = self._bounds(header)
        if self._unwrap(header, self.at, next_header if next_header >= 0 else bound):
            bound, next_header, trailer_end = self._bounds(header)
        stop = next_header if next_header >= 0 else bound
        segments = split(self.data, self.at, stop, header.delimiters)
        self.at = int(segments.marks[-1]) + 1 if next_header < 0 else next_header
        if self.begun:
            segments = with_header(segments, header)
        if len(segments):
            before = self.begun or self.context
            self.pieces.append(Piece(before, header, segments, begins=self.begun is not None))
        self.begun = None
        if next_header < 0 <= trailer_end:
            self.context = Context()
        return next_header

    def _bounds(self, header: Header) -> tuple[int, int, int]:
        """Where an interchange ends at the latest, where another header starts in it, and where its trailer ends."""
        trailer_end = find_trailer_end(self.raw, self.at, header.delimiters)
        bound = trailer_end if trailer_end >= 0 else len(self.raw)
        return bound, find_header_segment(self.raw, self.at, bound, header.delimiters), trailer_end

    def _unwrap(self, header: Header, start: int, end: int) -> bool:
        """Take the line ends out of an interchange that was broken into lines; whether there were any."""
        if self.context.wrapped is False:
            return False
        text = self.raw if (start, end) == (0, len(self.raw)) else self.raw[start:end]
        if self.context.wrapped is None:
            self.context = replace(self.context, wrapped=is_wrapped(text, header.delimiters))
        if self.context.wrapped:
            self.wrapped = True
            self.raw = self.raw[:start] + text.translate(None, LINE_ENDS) + self.raw[end:]
            self.data = np.frombuffer(self.raw + bytes(PADDING), np.uint8)
        return bool(self.context.wrapped)

    def _text_between(self, next_header: int) -> None:
        held_back = 0 if self.final else 3  # may be the start of ISA*
        end = next_header if next_header >= 0 else max(self.at, len(self.raw) - held_back)
        context = self.context
        if not context.lost and not context.told and holds_text(self.raw[self.at : end]):
            self.pieces.append(Piece(context, fault="text-outside-interchange"))
            self.context = Context(told=True)
        self.at = end

    def _begin(self, start: int) -> bool:
        """Read the header at `start`; False when it may not be whole yet."""
        self.at = start
        if not self.final and len(self.raw) - start < HEADER_WINDOW + 2:
            return False
        header = read_header(self.raw, start)
        if header is None:
            self.pieces.append(Piece(self.context, fault="isa-unreadable"))
            self.context = Context(lost=True)
            self.at = start + 3
        else:
            self.begun, self.context, self.at = self.context, Context(header), header.end
        return True
