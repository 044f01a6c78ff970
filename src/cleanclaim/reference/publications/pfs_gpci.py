"""The geographic practice cost indices of the physician fee schedule (CMS `GPCI2025.csv`, Addendum E).

A cp1252 CSV. The title names the calendar year, for which every row holds; Congress has moved the floor of the work
index within a year, and what is issued anew is a revision. The floor stands in the name of the column
(`2025 PW GPCI (with 1.0 Floor)`): of two columns, with and without, the one with it is read. Names of states and
localities bear `*` or `**`, which footnotes below the rows explain.
"""

from __future__ import annotations

import re
from decimal import Decimal

from cleanclaim.reference.cells import Cell
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
from cleanclaim.reference.publications.headers import plain_name
from cleanclaim.reference.publications.listing import Heading, Line, Listing
from cleanclaim.values import Interval

PUBLICATION = "pfs_gpci"
TITLE = "CMS geographic practice cost indices (GPCI, Addendum E)"

FEWEST_ROWS = 80  # there have been 89 localities, then 112, now 109: a file with fewer was cut

_TITLE = re.compile(r"(PROPOSED )?(?:CY )?(20[0-9]{2}) GEOGRAPHIC PRACTICE COST IND", re.IGNORECASE)
_WITH_FLOOR = re.compile(r"20[0-9]{2}pwgpci\(with([0-9.]+)floor\)")
_INDICES = {
    index: re.compile(rf"20[0-9]{{2}}{index.lower()}gpci(?:\((?:with|without)[0-9.]+floor\))?")
    for index in ("PW", "PE", "MP")
}


def _year(heading: Heading) -> Interval:
    days = year_of(heading)
    for place, cell in enumerate(heading.rows[heading.row]):
        if _INDICES["PW"].fullmatch(plain_name(cell)) and place != heading.places["PW"]:
            left = " ".join(cell.split())
            heading.notes.append(f"the column {left!r} was left out: the one with the floor was read")
    return days


def _floor(line: Line) -> Cell:
    floor = _WITH_FLOOR.fullmatch(plain_name(line.heading.name("PW")))
    return Decimal(floor[1]) if floor else None


_LISTING = Listing(
    table="pfs_gpci", header=("State", LOCALITY, "Locality Name"), title=_TITLE, sheets=True,
    varying={
        **MAC, "PW": (_WITH_FLOOR, _INDICES["PW"]), "PE": (_INDICES["PE"],), "MP": (_INDICES["MP"],),
    },
    days=_year, name=year_name, fewest=lambda _: FEWEST_ROWS, counted="localities", by_key=False,
    key=numbers_or_first_cell, aside=ASIDE,
    columns={
        **NUMBERS, "state": lambda line: without_marks(line["State"]),
        "locality_name": lambda line: without_marks(line["Locality Name"]),
        "work_gpci": "PW", "work_floor": _floor, "pe_gpci": "PE", "mp_gpci": "MP",
        "note": lambda line: footnote(line, "State", "Locality Name"),
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
