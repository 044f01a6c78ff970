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
from cleanclaim.reference.manifest import Covered
from cleanclaim.reference.publications.fee_localities import FOOTNOTE, footnotes, locality, mac, without_marks, year_of
from cleanclaim.reference.publications.headers import places_of
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, dated_table
from cleanclaim.reference.publications.preamble import numbered_below, refuse_short
from cleanclaim.reference.publications.source import Source

PUBLICATION = "pfs_localities"
TITLE = "CMS localities of the physician fee schedule and their counties (LOCCO)"

FEWEST_ROWS = 80  # as many as there are indices: a file with fewer was cut

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
    rows: dict[Row, None] = {}
    aside: list[RowSetAside] = []
    state: str | None = None
    before = start + 1
    for number, record in numbered_below(source, start, places.values()):
        if number > before + 1:  # an empty row lies between: the block of the state has ended
            state = None
        before = number
        cells = {name: record[place].strip() if place < len(record) else "" for name, place in places.items()}
        key = mac(record[0]), locality(cells["Locality Number"])
        state = cells["State"] or state
        reason = _refusal(record[0], key, state)
        area, mark = without_marks(cells["Fee Schedule Area"])
        row = (*key, state, area or None, cells["Counties"] or None, told.get(mark), effective.first, effective.last)
        if reason is None and row in rows:
            reason = "the locality stands there once more"
        if reason:
            aside.append(RowSetAside(number, reason, " ".join(filter(None, key)) or record[0].strip()[:20]))
        else:
            rows[row] = None
    refuse_short(source, len(rows), FEWEST_ROWS, "localities")
    return Parsed(
        release=year, effective=effective, tables={"pfs_locality": dated_table("pfs_locality", list(rows))},
        # An excerpt is complete for nothing: a contractor has several localities.
        coverage=() if source.partial else (Covered("pfs_locality", None, effective),), thin=source.partial,
        read=len(rows) + len(aside), kept=len(rows), set_aside=tuple(aside),
    )  # fmt: skip


def _refusal(first: str, key: tuple[str | None, str | None], state: str | None) -> str | None:
    if None in key:
        return "a footnote" if FOOTNOTE.match(first) else "no contractor and locality"
    return None if state else "no state above it"


def _text(rows: list[list[str]]) -> str:
    return " ".join(" ".join(row) for row in rows[:10])


def _header(rows: list[list[str]]) -> int | None:
    # The name of the first column is misspelled (`Adminstrative`), and may be mended some day.
    return next(
        (n for n, row in enumerate(rows[:40]) if row and "contractor" in row[0].lower() and places_of(row, _AREA)), None
    )
