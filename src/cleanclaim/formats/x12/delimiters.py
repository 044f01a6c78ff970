"""The interchange header: where one starts, and the delimiters that it declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADER_WINDOW = 200  # the 16 separators stand within so many bytes; a header takes two more at most
USUAL_LENGTH = 106
_TEXT = re.compile(rb"[0-9A-Za-z\x80-\xff]")
BLANKS = b"\r\n "  # dropped around a segment


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The separators of one interchange, as byte values. `repetition` is None when ISA11 declares none."""

    element: int
    component: int
    terminator: int
    repetition: int | None

    def __contains__(self, byte: int) -> bool:
        return byte in (self.element, self.component, self.terminator, self.repetition)


@dataclass(frozen=True, slots=True)
class Header:
    """One ISA segment: its delimiters, ISA01 to ISA15 without outer blanks, and where it stands with its terminator."""

    delimiters: Delimiters
    elements: tuple[str, ...]
    start: int
    end: int
    length: int  # in characters, the terminator included

    @property
    def control(self) -> str:
        """ISA13."""
        return self.elements[12]

    @property
    def identity(self) -> tuple[str, ...]:
        """Sender, receiver and control number: what makes an interchange a duplicate of another."""
        return (*self.elements[4:8], self.control)


def _is_letter_or_digit(byte: int) -> bool:
    return bytes((byte,)).isalnum()


def holds_text(raw: bytes) -> bool:
    """Whether bytes between interchanges say something: stray terminators, NULs or a DOS end of file say nothing."""
    return _TEXT.search(raw) is not None


def find_header(raw: bytes, start: int) -> int:
    """The first place from `start` on where ISA and a character that is no letter or digit stand, or -1."""
    at = raw.find(b"ISA", start)
    while at >= 0:
        if at + 3 < len(raw) and not _is_letter_or_digit(raw[at + 3]):
            return at
        at = raw.find(b"ISA", at + 3)
    return -1


def find_header_segment(raw: bytes, start: int, stop: int, delimiters: Delimiters) -> int:
    """Like `find_header`, but only where a segment starts, and before `stop`. `start` is the start of a segment."""
    for at in _segments_of(b"ISA", raw, start, stop, delimiters.terminator):
        if at + 3 < len(raw) and not _is_letter_or_digit(raw[at + 3]):
            return at
    return -1


def find_trailer_end(raw: bytes, start: int, delimiters: Delimiters) -> int:
    """Where the first IEA from `start` on ends, its terminator included, or -1. `start` is the start of a segment."""
    for at in _segments_of(b"IEA", raw, start, len(raw), delimiters.terminator):
        end = raw.find(delimiters.terminator, at)
        if end >= 0 and (raw[at + 3] == delimiters.element or not raw[at + 3 : end].strip(BLANKS)):
            return end + 1
    return -1


def _segments_of(tag: bytes, raw: bytes, start: int, stop: int, terminator: int) -> Iterator[int]:
    at = raw.find(tag, start, stop)
    while at >= 0:
        if _starts_segment(raw, at, start, terminator):
            yield at
        at = raw.find(tag, at + 3, stop)


def _starts_segment(raw: bytes, at: int, low: int, terminator: int) -> bool:
    for before in range(at - 1, low - 1, -1):
        if raw[before] == terminator:
            return True
        if raw[before] not in BLANKS:
            return False
    return True


def read_header(raw: bytes, start: int) -> Header | None:
    """The header at `start`; None when its separators are missing, alike, or letters, digits or blanks.

    Delimiters outside ASCII are refused too: they could not be told from parts of a UTF-8 character.
    """
    element = raw[start + 3]
    window = raw[start : start + HEADER_WINDOW]
    parts = window.split(bytes((element,)), 16)
    if len(parts) < 17:
        return None
    after = start + len(window) - len(parts[16])
    if after + 2 > len(raw):
        return None
    repetition = parts[11][0] if len(parts[11]) == 1 and not parts[11].isalnum() else None
    delimiters = Delimiters(element, raw[after], raw[after + 1], repetition)
    found = [element, raw[after], raw[after + 1]] + ([] if repetition is None else [repetition])
    if len(set(found)) < len(found) or any(_is_letter_or_digit(byte) or byte == 0x20 or byte > 0x7F for byte in found):
        return None
    text = _text(raw[start : after + 2])
    fields = text.split(chr(element))[1:16]
    return Header(delimiters, tuple(field.strip(" ") for field in fields), start, after + 2, len(text))


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
