"""The HCPCS Level II file as fixed-width records (CMS, `HCPC2019_CONTR_ANWEB.txt` in the zip of its year).

Records have 320 characters, trailing blanks may be trimmed; disclaimers stand above them. Positions are those of the
record layout of CMS. A descriptor goes on in records of its own (RECID 4 and 8), 80 characters each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.hcpcs_records import PUBLICATION, parse_records
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source

__all__ = ["PUBLICATION", "TITLE", "parse", "recognize"]

TITLE = "CMS HCPCS Level II file (320-column text)"

# First and last position of each field, counted from 1 as the record layout does.
FIELDS = {
    "HCPC": (1, 5), "RECID": (11, 11), "LONG DESCRIPTION": (12, 91), "SHORT DESCRIPTION": (92, 119),
    "PRICE1": (120, 121), "XREF1": (205, 209), "XREF2": (210, 214), "XREF3": (215, 219), "XREF4": (220, 224),
    "XREF5": (225, 229), "COV": (230, 230), "BETOS": (257, 259), "TOS1": (261, 261),
    "ADD DT": (269, 276), "ACT EFF DT": (277, 284), "TERM DT": (285, 292), "ACTION CD": (293, 293),
}  # fmt: skip
_RECORD = re.compile(r"(?:[A-Z][0-9]{4}|   [A-Z0-9]{2})[0-9]{5}([0-9])")
_DATED = re.compile(r".{268}[0-9]{8}[ 0-9]{16}[A-Z]")
_DEEPEST_RECORD = 60


def recognize(source: Source) -> bool:
    """Whether a record of the layout, with its dates at their places, stands among the first lines."""
    return not source.is_packed and _first_record(source) is not None


def parse(source: Source) -> Parsed:
    """The codes and modifiers of the file.

    Raises: UnreadableInput when the file is cut short or its name and its content tell different quarters.
    """
    return parse_records(source, _records(source))


def _first_record(source: Source) -> int | None:
    begin = source.content[: 400 * _DEEPEST_RECORD].decode("cp1252", errors="replace").split("\n")
    lines = enumerate(line.rstrip("\r") for line in begin[:_DEEPEST_RECORD])
    return next((number for number, line in lines if _RECORD.match(line) and _DATED.match(line)), None)


def _records(source: Source) -> Iterator[tuple[int, dict[str, str]]]:
    start = _first_record(source)
    if start is None:
        raise UnreadableInput(f"{source.place}: no 320-column record among the first {_DEEPEST_RECORD} lines")
    cut_off = bool(source.lines[-1])  # the last line feed is missing
    for number, line in enumerate(source.lines[start:], start + 1):
        if not line.strip():
            continue
        record = _RECORD.match(line)
        if cut_off and number == len(source.lines) and not (record and (record[1] in "48" or _DATED.match(line))):
            raise UnreadableInput(f"{source.place}:{number}: the last record ends in the middle: the file was cut off")
        cells = {name: line[first - 1 : last].strip() for name, (first, last) in FIELDS.items()}
        yield number, cells
