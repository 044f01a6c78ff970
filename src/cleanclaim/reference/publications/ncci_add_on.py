"""The add-on code edits (CMS NCCI, `AOC_V2026Q3-MCR`, xlsx or txt): which primary codes an add-on may stand beside.

Below a notice: edit type, add-on code with the day of its deletion, primary code with the day of its deletion, first
and last day of the pair, notes. Days are Julian, `YYYYDDD`. Names of columns vary from issue to issue in blanks,
hyphens and a trailing `(Julian)`; the text file is delimited by tabs, bars or commas. `CCCCC` stands where the
contractor decides on the primary codes. The earliest of the three deletions ends a pair, that day still in.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.listing import Line, lines_of, read_lines, release_of
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.preamble import filled_below
from cleanclaim.reference.publications.quarters import quarter_name, quarter_of, stated_quarter
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import OPEN_END, Interval

PUBLICATION = "add-on"
TITLE = "CMS NCCI add-on code edits (AOC)"
HEADER = ("AOC_Edit_Type", "Add-On_Code", "Primary_Code", "AOC_Edit_EffDT")
DELETIONS = ("AOC_DelDT", "Primary_Code_DelDT", "AOC_Edit_DelDT")  # the last one is there in every issue

FEWEST_ROWS = 1_000  # of more than 4,000

_CODE = re.compile(r"[A-Z0-9]{5}")
_NAMED_QUARTER = re.compile(r"AOC[_ -]*V?([0-9]{4})Q([1-4])", re.IGNORECASE)


def recognize(source: Source) -> bool:
    """Whether the file has the header of the add-on code edits."""
    return _header(source) is not None


def parse(source: Source) -> Parsed:
    """The pairs of add-on code and primary code, for one quarter.

    Raises: UnreadableInput when neither the file name nor the user tells the quarter, or the file is cut short.
    """
    found = _header(source)
    if found is None:
        raise UnreadableInput(f"{source.place}: no header with {', '.join(HEADER)}")
    start, places = found
    quarter = _quarter(source)
    lines = lines_of(filled_below(_records(source), start), places, [])
    rows, aside = read_lines(lines, lambda line: _row(line, quarter))
    return release_of(source, "add_on", rows, aside, quarter, fewest=FEWEST_ROWS, counted="pairs")


def _header(source: Source) -> tuple[int, dict[str, int]] | None:
    for number, row in enumerate(source.delimited_head):
        names = [_plain(cell) for cell in row]
        places = {name: names.index(_plain(name)) for name in (*HEADER, *DELETIONS) if _plain(name) in names}
        if set(places) >= {*HEADER, DELETIONS[-1]}:
            return number, places
    return None


def _plain(cell: str) -> str:
    """`AOC_Edit_EffDT`, `AOC Edit Eff DT (Julian)` and `AOC_EDIT_EFF_DATE` are one name."""
    letters = "".join(filter(str.isalnum, cell.casefold()))
    return letters.removesuffix("julian").replace("date", "dt").replace("effective", "eff").replace("deletion", "del")


def _records(source: Source) -> list[list[str]]:
    if source.is_packed:
        return source.sheet
    if source.delimiter == ",":
        return source.records
    return [line.split(source.delimiter) for line in source.lines]


def _quarter(source: Source) -> Interval:
    stated, named = (
        stated_quarter(source),
        _NAMED_QUARTER.search(source.name) or _NAMED_QUARTER.search(source.sheet_name),
    )
    if named:
        quarter = quarter_of(date(int(named[1]), 3 * int(named[2]), 1))
        if stated and stated != quarter:
            raise UnreadableInput(f"{source.place}: named for {quarter_name(quarter.first)}, not for {source.release}")
        return quarter
    if stated:
        return stated
    raise UnreadableInput(
        f"{source.place}: the file name does not say `AOC_V2026Q3`; say which quarter it is: --release 2026-Q3"
    )


def _row(line: Line, quarter: Interval) -> Row | str:
    """The row, or why there is none. It holds on the days of the quarter on which the pair does."""
    line.key = line["Add-On_Code"][:20]
    add_on, primary = line["Add-On_Code"].upper(), line["Primary_Code"].upper()
    if not _CODE.fullmatch(add_on) or not _CODE.fullmatch(primary):
        return "not two codes"
    if line["AOC_Edit_Type"] not in {"1", "2", "3"}:
        return "no edit type 1, 2 or 3"
    try:
        first = _day(line["AOC_Edit_EffDT"])
        last = min((day for name in DELETIONS if (day := _day(line[name]))), default=OPEN_END)
    except ValueError:
        return "a day that is none (YYYYDDD)"
    told_from, told_to = max(first or quarter.first, quarter.first), min(last, quarter.last)
    if told_from > told_to:
        return "holds on no day of the quarter"
    return add_on, primary, int(line["AOC_Edit_Type"]), first, last, told_from, told_to


def _day(text: str) -> date | None:
    """A day as YYYYDDD, or as YYYYMMDD; None where none is printed.

    Raises: ValueError for anything else.
    """
    if text in {"", "*", "0"}:
        return None
    if len(text) == 8 and text.isdigit():
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if len(text) != 7 or not text.isdigit() or not 1 <= int(text[4:]) <= 366:
        raise ValueError(text)
    day = date(int(text[:4]), 1, 1) + timedelta(days=int(text[4:]) - 1)
    if day.year != int(text[:4]):
        raise ValueError(text)
    return day
