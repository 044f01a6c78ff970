"""The localities of the physician fee schedule and their counties (CMS `25LOCCO.csv`).

A cp1252 CSV, or the first sheet. The title names the calendar year, for which every row holds. The state stands in the
first row of its block alone and is carried down; an empty row ends the block. Contractor and locality have lost their
zeros (2102 is 02102, 0 is 00). A locality served by two contractors bears `*`, and may stand twice with one number:
the second row is set aside.
"""

from __future__ import annotations

import re

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.fee_localities import FOOTNOTE, footnotes, locality, mac, without_marks, year_of
from cleanclaim.reference.publications.headers import places_of
from cleanclaim.reference.publications.listing import Line, lines_of, read_lines, release_of
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.preamble import numbered_below
from cleanclaim.reference.publications.source import Source

PUBLICATION = "pfs_localities"
TITLE = "CMS localities of the physician fee schedule and their counties (LOCCO)"

FEWEST_ROWS = 80  # as many as there are indices: a file with fewer was cut

_FIRST = "contractor"
_AREA = ("Locality Number", "State", "Fee Schedule Area", "Counties")
_TITLE = re.compile(r"(PROPOSED )?COUNTIES INCLUDED IN (20[0-9]{2}) LOCALITIES", re.IGNORECASE)


def recognize(source: Source) -> bool:
    """Whether the title and the header of the localities stand among the first lines."""
    return _TITLE.search(_text(source.head)) is not None and _header(source.head) is not None


def parse(source: Source) -> Parsed:
    """The localities of one calendar year.

    Raises: UnreadableInput when the year is not known or the file is cut short; OverlappingValidity for a locality
    with two areas.
    """
    start = _header(source.rows)
    if start is None:
        raise UnreadableInput(f"{source.place}: no header with {', '.join(_AREA)}")
    year, effective = year_of(source, _TITLE.search(_text(source.rows[:start])))
    places = places_of(source.rows[start], _AREA) or {}
    told = footnotes(source.rows[start + 1 :])
    seen: set[Row] = set()
    state: str | None = None
    before = start + 1

    def read(line: Line) -> Row | str:
        nonlocal state, before
        if line.number > before + 1:  # an empty row lies between: the block of the state has ended
            state = None
        before = line.number
        first = line.key
        key = mac(line[_FIRST]), locality(line["Locality Number"])
        line.key = " ".join(filter(None, key)) or first
        state = line["State"] or state
        if None in key:
            return "a footnote" if FOOTNOTE.match(first) else "no contractor and locality"
        if not state:
            return "no state above it"
        area, mark = without_marks(line["Fee Schedule Area"])
        row = (*key, state, area or None, line.text("Counties"), told.get(mark), effective.first, effective.last)
        if row in seen:
            return "the locality stands there once more"
        seen.add(row)
        return row

    numbered = numbered_below(source, start, places.values())
    rows, aside = read_lines(lines_of(numbered, {_FIRST: 0, **places}, []), read)
    return release_of(
        source, "pfs_locality", rows, aside, effective,
        fewest=FEWEST_ROWS, counted="localities", name=year, by_key=False,
    )  # fmt: skip


def _text(rows: list[list[str]]) -> str:
    return " ".join(" ".join(row) for row in rows[:10])


def _header(rows: list[list[str]]) -> int | None:
    # The name of the first column is misspelled (`Adminstrative`), and may be mended some day.
    return next(
        (n for n, row in enumerate(rows[:40]) if row and "contractor" in row[0].lower() and places_of(row, _AREA)), None
    )
