"""The localities of the physician fee schedule and their counties (CMS `25LOCCO.csv`).

A cp1252 CSV, or the first sheet. The title names the calendar year, for which every row holds. The state stands in the
first row of its block alone and is carried down; an empty row ends the block. Contractor and locality have lost their
zeros (2102 is 02102, 0 is 00). A locality served by two contractors bears `*`, and may stand twice with one number:
the second row is set aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleanclaim.reference.publications.fee_localities import (
    ASIDE,
    LOCALITY,
    MAC,
    NUMBERS,
    footnote,
    numbers_or_first_cell,
    without_marks,
    year_name,
    year_of,
)
from cleanclaim.reference.publications.listing import Line, Listing

PUBLICATION = "pfs_localities"
TITLE = "CMS localities of the physician fee schedule and their counties (LOCCO)"

FEWEST_ROWS = 80  # as many as there are indices: a file with fewer was cut

_AREA = "Fee Schedule Area"
_TITLE = re.compile(r"(PROPOSED )?COUNTIES INCLUDED IN (20[0-9]{2}) LOCALITIES", re.IGNORECASE)


def _state_carried_down(lines: Iterator[Line]) -> Iterator[Line]:
    state, before = "", 0
    for line in lines:
        if line.number > before + 1:  # an empty row lies between: the block of the state has ended
            state = ""
        line.cells["State"] = state = line["State"] or state
        before = line.number
        yield line


_LISTING = Listing(
    table="pfs_locality", header=(LOCALITY, "State", _AREA, "Counties"), varying=MAC, title=_TITLE, sheets=True,
    days=year_of, name=year_name, fewest=lambda _: FEWEST_ROWS, counted="localities", by_key=False,
    lines=_state_carried_down, key=numbers_or_first_cell,
    aside={**ASIDE, "no state above it": lambda line: not line["State"]},
    again="the locality stands there once more",
    columns={
        **NUMBERS, "state_name": "State", "area": lambda line: without_marks(line[_AREA]), "counties": "Counties",
        "note": lambda line: footnote(line, _AREA),
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
