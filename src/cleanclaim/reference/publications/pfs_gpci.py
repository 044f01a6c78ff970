"""The geographic practice cost indices of the physician fee schedule (CMS `GPCI2025.csv`, Addendum E).

A cp1252 CSV. The title names the calendar year, for which every row holds; Congress has moved the floor of the work
index within a year, and what is issued anew is a revision. The floor stands in the name of the column
(`2025 PW GPCI (with 1.0 Floor)`): of two columns, with and without, the one with it is read. Names of states and
localities bear `*` or `**`, which footnotes below the rows explain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.fee_localities import FOOTNOTE, footnotes, locality, mac, without_marks, year_of
from cleanclaim.reference.publications.headers import plain_name
from cleanclaim.reference.publications.listing import Line, lines_of, read_lines, release_of
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.preamble import numbered_below
from cleanclaim.reference.publications.source import Source

PUBLICATION = "pfs_gpci"
TITLE = "CMS geographic practice cost indices (GPCI, Addendum E)"

FEWEST_ROWS = 80  # there have been 89 localities, then 112, now 109: a file with fewer was cut

_HEADER = {
    "mac": "Medicare Administrative Contractor (MAC)", "state": "State", "locality": "Locality Number",
    "name": "Locality Name",
}  # fmt: skip
_TITLE = re.compile(r"(PROPOSED )?(?:CY )?(20[0-9]{2}) GEOGRAPHIC PRACTICE COST IND", re.IGNORECASE)
_INDEX = re.compile(r"(20[0-9]{2})(PW|PE|MP)GPCI(?:\((with|without)([0-9.]+)floor\))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Header:
    row: int
    places: dict[str, int]
    floor: Decimal | None
    left_out: tuple[str, ...]  # names of work indices that are not read


def recognize(source: Source) -> bool:
    """Whether the title and the header of the indices stand among the first lines."""
    return _TITLE.search(_above(source.head)) is not None and _header(source.head) is not None


def parse(source: Source) -> Parsed:
    """The indices of one calendar year.

    Raises: UnreadableInput when the year is not known or the file is cut short; OverlappingValidity for a locality
    twice.
    """
    header = _header(source.rows)
    if header is None:
        raise UnreadableInput(f"{source.place}: no header with {', '.join(_HEADER.values())} and the three indices")
    year, effective = year_of(source, _TITLE.search(_above(source.rows[: header.row])))
    doubts = [f"the column {name!r} was left out: the one with the floor was read" for name in header.left_out]
    told = footnotes(source.rows[header.row + 1 :])
    numbered = numbered_below(source, header.row, header.places.values())

    def read(line: Line) -> Row | str:
        key = mac(line["mac"]), locality(line["locality"])
        if key[0] is None or key[1] is None:
            return "a footnote" if FOOTNOTE.match(line.key) else "no contractor and locality"
        line.key = f"{key[0]} {key[1]}"
        (state, first), (name, second) = without_marks(line["state"]), without_marks(line["name"])
        return (
            *key, state or None, name or None, line.amount("PW"), header.floor, line.amount("PE"), line.amount("MP"),
            told.get(first or second), effective.first, effective.last,
        )  # fmt: skip

    rows, aside = read_lines(lines_of(numbered, header.places, doubts), read)
    return release_of(
        source, "pfs_gpci", rows, aside, effective,
        fewest=FEWEST_ROWS, counted="localities", name=year, by_key=False, notes=doubts,
    )  # fmt: skip


def _above(rows: Sequence[Sequence[str]]) -> str:
    return " ".join(" ".join(row) for row in rows[:10])


def _header(rows: Sequence[Sequence[str]]) -> _Header | None:
    for number, row in enumerate(rows[:40]):
        names = [plain_name(cell) for cell in row]
        if not {plain_name(name) for name in _HEADER.values()}.issubset(names):
            continue
        found = {place: index for place, name in enumerate(names) if (index := _INDEX.fullmatch(name))}
        places = {name: names.index(plain_name(text)) for name, text in _HEADER.items()}
        places |= {index[2].upper(): place for place, index in found.items()}
        work = [place for place, index in found.items() if index[2].upper() == "PW"]
        if not {"PW", "PE", "MP"} <= set(places):
            return None
        places["PW"] = next((place for place in work if found[place][3] == "with"), work[0])
        chosen = found[places["PW"]]
        left = tuple(" ".join(row[place].split()) for place in work if place != places["PW"])
        return _Header(number, places, Decimal(chosen[4]) if chosen[3] == "with" else None, left)
    return None
