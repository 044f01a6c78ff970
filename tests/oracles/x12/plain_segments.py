"""Section 1 of `docs/x12-reading.md` in plain Python: bytes as numbered segments, and the stretches lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cleanclaim.errors import UnreadableInput

UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff", b"I\0S\0A\0")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f]")
_INTERCHANGE_START = re.compile(rb"ISA[^A-Za-z0-9]")
_HEADER_SEPARATORS = 16
_HEADER_REACH = 200
_AROUND_SEGMENTS = b" \t\r\n"
_WHITE_SPACE = b" \t\r\n\v\f"
_SAYS_SOMETHING = re.compile(rb"[0-9A-Za-z\x80-\xff]")
_LOOKS_LIKE = (
    (b"%PDF", "a PDF document"), (b"PK", "a ZIP archive or an Office document"), (b"\x1f\x8b", "a gzip archive"),
    (b"<", "HTML or XML"), (b"{", "JSON"), (b"[", "JSON"), (b"GS", "X12 without its interchange header"),
    (b"ST", "X12 without its interchange header"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The delimiters of one interchange. `repetition` is None where ISA11 is none (`U` and other letters)."""

    element: str
    component: str
    terminator: str
    repetition: str | None

    def __contains__(self, character: str) -> bool:
        return character in {self.element, self.component, self.terminator, self.repetition}


@dataclass(frozen=True, slots=True)
class Segment:
    """One numbered segment: its tag, then its elements as sent."""

    number: int
    texts: tuple[str, ...]
    delimiters: Delimiters
    terminated: bool
    utf8: bool
    unusual: tuple[str, ...] = ()  # of a header
    blanks: int = 0  # before the terminator that a header declares

    @property
    def tag(self) -> str:
        """The text before the first separator, as it stands."""
        return self.texts[0]

    @property
    def has_control_character(self) -> bool:
        """Whether a character below 0x20 that is no delimiter stands in the segment."""
        found = {character for text in self.texts for character in _CONTROL_CHARACTER.findall(text)}
        return any(character not in self.delimiters for character in found)

    @property
    def length(self) -> int:
        """Characters of the segment with its separators and its terminator."""
        return sum(map(len, self.texts)) + len(self.texts) + self.blanks

    def element(self, position: int) -> str | None:
        """The element without outer blanks; None where it is missing or blank."""
        return self.texts[position].strip(" ") or None if position < len(self.texts) else None

    def components(self, position: int) -> tuple[str | None, ...]:
        """The components of an element, each without outer blanks and None where blank; none where it is blank."""
        text = self.element(position)
        return tuple(part.strip(" ") or None for part in text.split(self.delimiters.component)) if text else ()

    def component(self, position: int, part: int) -> str | None:
        """One component of an element, counted from 1; None where it is missing or blank."""
        parts = self.components(position)
        return parts[part - 1] if part <= len(parts) else None


@dataclass(frozen=True, slots=True)
class Loss:
    """A stretch of the file that is no segment: `fault` is text-outside-interchange or isa-unreadable."""

    fault: str


def without_mark(data: bytes, *, name: str) -> bytes:
    """The bytes without a UTF-8 byte order mark, sure to hold an interchange header.

    Raises: UnreadableInput where there is none, or the file is UTF-16.
    """
    text = data.removeprefix(UTF8_MARK)
    expected = "expected an X12 interchange, which starts with ISA and an element separator"
    if data.startswith(_UTF16_STARTS):
        raise UnreadableInput(f"{name}: the file is UTF-16 text; {expected}, in UTF-8")
    if not text.strip(_WHITE_SPACE):
        raise UnreadableInput(f"{name}: the file is {'all white space' if text else 'empty'}; {expected}")
    if not _INTERCHANGE_START.search(text):
        start = text.lstrip(_WHITE_SPACE)[:16]
        kind = next((kind for sign, kind in _LOOKS_LIKE if start.startswith(sign)), "something else")
        raise UnreadableInput(f"{name}: the file holds no interchange header and starts like {kind}; {expected}")
    return text


def read_segments(data: bytes) -> Iterator[Segment | Loss]:
    """The segments of a file in order, numbered from 1, and the losses where they stand.

    An `IEA` ends its interchange: up to the next header all is outside text. A header ends an open interchange.
    """
    position, number = 0, 0
    delimiters: Delimiters | None = None
    while True:
        if delimiters is None:
            start = _next_header(data, position)
            if _SAYS_SOMETHING.search(data, position, start):
                yield Loss("text-outside-interchange")
            if start == len(data):
                return
            header = _read_header(data, start, number + 1)
            if header is None:
                yield Loss("isa-unreadable")
                position = _next_header(data, start + len("ISA"))
                continue
            segment, position = header
            delimiters = segment.delimiters
            data, wrapped = _without_line_ends(data, position, delimiters)
            if wrapped or "text-wrapped" in segment.unusual:
                yield Loss("text-wrapped")
        else:
            end = data.find(delimiters.terminator.encode(), position)
            raw = data[position:] if end < 0 else data[position:end]
            start = position + len(raw) - len(raw.lstrip(_AROUND_SEGMENTS))
            if _INTERCHANGE_START.match(data, start):
                position, delimiters = start, None
                continue
            position = len(data) if end < 0 else end + 1
            text = raw.strip(_AROUND_SEGMENTS)
            if not text:
                if end < 0:
                    return
                continue
            segment = _segment(text, number + 1, delimiters, terminated=end >= 0)
            if segment.tag == "IEA":
                delimiters = None
        number = segment.number
        yield segment


def _without_line_ends(data: bytes, position: int, delimiters: Delimiters) -> tuple[bytes, bool]:
    """The file with no line ends in the interchange that starts here, if any of them stood inside a segment."""
    terminator = delimiters.terminator.encode()
    if any(mark in delimiters for mark in "\r\n"):
        return data, False
    end = start = position
    while True:
        found = data.find(terminator, start)
        text = data[start : found if found >= 0 else len(data)]
        bare = text.lstrip(_AROUND_SEGMENTS)
        if _INTERCHANGE_START.match(data, start + len(text) - len(bare)):
            end = start + len(text) - len(bare)
            break
        end = start = found + 1 if found >= 0 else len(data)
        if found < 0 or (
            bare[:3] == b"IEA" and (bare[3:4] == delimiters.element.encode() or not bare[3:].strip(_AROUND_SEGMENTS))
        ):
            break
    segments = data[position:end].split(terminator)
    inside = sum(len(re.findall(rb"\S[ \t]*[\r\n]\s*(?=\S)", segment)) for segment in segments)
    behind = sum(re.match(rb"[ \t]*[\r\n]", segment) is not None for segment in segments[1:])
    if inside <= behind:
        return data, False
    return data[:position] + data[position:end].translate(None, b"\r\n") + data[end:], True


def _next_header(data: bytes, position: int) -> int:
    """Where the next interchange header starts; the end of the file where none does."""
    found = _INTERCHANGE_START.search(data, position)
    return found.start() if found else len(data)


def _read_header(data: bytes, start: int, number: int) -> tuple[Segment, int] | None:
    """The ISA segment and where the next one starts; None where its delimiters cannot be told."""
    reach = data[start : start + _HEADER_REACH]
    separators = [place for place, byte in enumerate(reach) if byte == reach[3]]
    if len(separators) < _HEADER_SEPARATORS:
        return None
    after = start + separators[_HEADER_SEPARATORS - 1] + 1
    end = after + 1
    while data[end : end + 1] in {b" ", b"\t"}:
        end += 1
    if end >= len(data) or data[after] >= 0x80 or data[end] >= 0x80 or reach[3] >= 0x80:
        return None
    element, component, terminator = chr(reach[3]), chr(data[after]), chr(data[end])
    raw = data[start : after + 1]
    unusual = ["isa-blanks"] if end > after + 1 else []
    if not {element, component, terminator} & {"\r", "\n"}:
        if re.search(rb"[\r\n]", data[start:end]):
            unusual.append("text-wrapped")
        raw = raw.translate(None, b"\r\n")
    isa11 = _text(raw)[0].split(element)[11]
    repetition = isa11 if len(isa11) == 1 and not isa11.isalnum() else None
    if repetition in {element, component, terminator}:
        repetition = None
        unusual.append("repetition-same")
    given = [element, component, terminator]
    if len(set(given)) < 3 or any(character.isalnum() or character == " " for character in given):
        return None
    if repetition == " " or (repetition and not repetition.isascii()):
        return None
    segment = _segment(raw, number, Delimiters(element, component, terminator, repetition), terminated=True)
    segment = replace(segment, unusual=tuple(unusual), blanks=end - after - 1)
    return segment, end + 1


def _segment(raw: bytes, number: int, delimiters: Delimiters, *, terminated: bool) -> Segment:
    text, utf8 = _text(raw)
    return Segment(number, tuple(text.split(delimiters.element)), delimiters, terminated=terminated, utf8=utf8)


def _text(raw: bytes) -> tuple[str, bool]:
    """The text of a segment, and whether it is UTF-8; Windows-1252 where it is not."""
    try:
        return raw.decode(), True
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), False
