"""The interchange header: where one starts, and the delimiters that it declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADER_WINDOW = 200  # the 16 separators stand within so many bytes; a header takes two more at most
USUAL_LENGTH = 106
_TEXT = re.compile(rb"[0-9A-Za-z\x80-\xff]")
BLANKS = b"\r\n\t "  # dropped around a segment
LINE_ENDS = b"\r\n"
_BEFORE_TERMINATOR = b" \t"  # a blank that software puts there is none itself


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
    length: int  # in characters, the terminator included, line ends inside left out
    faults: tuple[str, ...] = ()  # what is unusual about it

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


def is_wrapped(text: bytes, delimiters: Delimiters) -> bool | None:
    """Whether most line ends of an interchange stand inside its segments: then they mean nothing anywhere in it.

    A single one is a character of its value, or stands behind a terminator that was lost. None where there is none.
    """
    terminator = delimiters.terminator
    if any(byte in delimiters for byte in LINE_ENDS):
        return False
    if b"\n" not in text and b"\r" not in text:
        return None
    feeds, returns = text.count(b"\n"), text.count(b"\r")
    end = bytes((terminator,))
    if feeds == text.count(end + b"\n") + text.count(end + b"\r\n") and returns == text.count(end + b"\r"):
        return False  # each ends a segment: the usual case
    other = rb"[^\s%b]" % re.escape(end)
    inside = len(re.findall(other + rb"[ \t]*[\r\n]\s*(?=" + other + rb")", text))
    behind = len(re.findall(re.escape(end) + rb"[ \t]*[\r\n]", text))
    return inside > behind if inside or behind else None


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
    end = after + 1
    while end < len(raw) and raw[end] in _BEFORE_TERMINATOR:
        end += 1
    if end >= len(raw):
        return None
    faults = ["isa-blanks"] if end > after + 1 else []
    component, terminator = raw[after], raw[end]
    is_text = not any(byte in LINE_ENDS for byte in (element, component, terminator))  # line ends separate nothing
    if is_text and any(byte in LINE_ENDS for byte in raw[start:end]):
        faults.append("text-wrapped")
    if is_text:
        parts = [part.translate(None, LINE_ENDS) for part in parts]
    repetition = parts[11][0] if len(parts[11]) == 1 and not parts[11].isalnum() else None
    if repetition in {element, component, terminator}:  # what separates elements or components repeats nothing
        faults.append("repetition-same")
        repetition = None
    found = [element, component, terminator]
    if len(set(found)) < len(found) or any(_is_letter_or_digit(byte) or byte == 0x20 or byte > 0x7F for byte in found):
        return None
    if repetition is not None and (repetition == 0x20 or repetition > 0x7F):
        return None
    text = _text(raw[start : end + 1])
    if is_text:
        text = text.replace("\r", "").replace("\n", "")
    if len(text) != USUAL_LENGTH and "isa-blanks" not in faults:
        faults.append("isa-length")
    fields = tuple(field.strip(" ") for field in text.split(chr(element))[1:16])
    delimiters = Delimiters(element, component, terminator, repetition)
    return Header(delimiters, fields, start, end + 1, len(text), tuple(faults))


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
