"""The quarterly medically unlikely edits (CMS NCCI, `MCR_MUE_PractitionerServices_Eff_07-01-2026`, csv or xlsx).

Three files a quarter, one per service type, each a series of its own. The first record is a notice of several lines;
the header breaks a name over two lines; the adjudication indicator is a digit with its text (`3 Date of Service Edit:
Clinical`). Rows have no dates: the file name says from when they hold, and they hold for the quarter (NCI-01). Some
values are confidential: a code without a row has no *published* MUE (NCI-08).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.headers import places_of
from cleanclaim.reference.publications.listing import Line, lines_of, read_lines, release_of
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.preamble import filled_below
from cleanclaim.reference.publications.quarters import quarter_name, quarter_of, stated_quarter
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval

PUBLICATION = "mue"
TITLE = "CMS NCCI medically unlikely edits (MUE)"
HEADER = ("HCPCS/CPT Code", "MUE Adjudication Indicator", "MUE Rationale")  # and one that ends in `MUE Values`

FEWEST_ROWS = {"practitioner": 10_000, "outpatient": 10_000, "dme": 1_000}  # of about 15,000, 15,000 and 4,000

_UNITS = "MUE Values"
_VALUES = re.compile(r"\bMUE Values?$", re.IGNORECASE)
_SERVICES = {"practitioner": r"practitioner", "outpatient": r"outpatient\s*hospital|facility", "dme": r"(?<![A-Z])DME"}
_CODE = re.compile(r"[A-Z0-9]{5}")
_INDICATOR = re.compile(r"([123])(?![0-9])")
_EFFECTIVE = re.compile(r"Eff[._ -]*([0-9]{2})[._ -]?([0-9]{2})[._ -]?([0-9]{4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Header:
    row: int
    places: dict[str, int]
    values: int
    service_type: str


def recognize(source: Source) -> bool:
    """Whether the file has the header of an MUE file."""
    return _header(source) is not None


def parse(source: Source) -> Parsed:
    """The edits of one service type in one quarter.

    Raises: UnreadableInput when neither the file name nor the user tells the quarter, or the file is cut short.
    """
    header = _header(source)
    if header is None:
        raise UnreadableInput(
            f"{source.place}: no header with {', '.join(HEADER)} and the MUE values of a service type"
        )
    notes: list[str] = []
    effective = _effective(source, notes)
    lines = lines_of(filled_below(source.rows, header.row), {**header.places, _UNITS: header.values}, notes)
    rows, aside = read_lines(lines, lambda line: _row(line, header.service_type, effective))
    return release_of(
        source, "mue", rows, aside, effective,
        fewest=FEWEST_ROWS[header.service_type], series=header.service_type, notes=notes,
    )  # fmt: skip


def _header(source: Source) -> _Header | None:
    for number, row in enumerate(source.head):
        places = places_of(row, HEADER)
        values = next((place for place, cell in enumerate(row) if _VALUES.search(" ".join(cell.split()))), None)
        if places and values is not None:
            above = " ".join(" ".join(cells) for cells in source.head[:number])
            service = _service_type(row[values]) or _service_type(above) or _service_type(source.name)
            return _Header(number, places, values, service) if service else None
    return None


def _service_type(text: str) -> str | None:
    found = [name for name, words in _SERVICES.items() if re.search(words, text, re.IGNORECASE)]
    return found[0] if len(found) == 1 else None


def _effective(source: Source, notes: list[str]) -> Interval:
    stated = stated_quarter(source)
    named = _EFFECTIVE.search(source.name)
    if named:
        try:
            day = date(int(named[3]), int(named[1]), int(named[2]))
        except ValueError:
            raise UnreadableInput(f"{source.place}: {named[0]!r} in the file name is no day (MM-DD-YYYY)") from None
        quarter = quarter_of(day)
        if stated and stated != quarter:
            raise UnreadableInput(f"{source.place}: named for {quarter_name(day)}, not for {source.release}")
        if day != quarter.first:
            notes.append(f"the file name says {day}, which begins no quarter: taken for all of {quarter_name(day)}")
        return quarter
    if stated:
        return stated
    raise UnreadableInput(
        f"{source.place}: the rows have no dates, and the file name does not say `Eff_07-01-2026`;"
        " say which quarter it is: --release 2026-Q3"
    )


def _row(line: Line, service_type: str, effective: Interval) -> Row | str:
    """The row, or why there is none."""
    code, indicator, rationale = (line[name] for name in HEADER)
    known = _INDICATOR.match(indicator)
    if not _CODE.fullmatch(code.upper()):
        return "no code in the first column"
    if not re.fullmatch(r"[0-9]{1,9}", line[_UNITS]):
        return "no number of units"
    if not known:
        return "no adjudication indicator 1, 2 or 3"
    return (
        code.upper(), service_type, Decimal(line[_UNITS]), int(known[1]), rationale or None,
        effective.first, effective.last,
    )  # fmt: skip
