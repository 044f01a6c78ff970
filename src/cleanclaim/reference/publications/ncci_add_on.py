"""The add-on code edits (CMS NCCI, `AOC_V2026Q3-MCR`, xlsx or txt): which primary codes an add-on may stand beside.

Below a notice: edit type, add-on code with the day of its deletion, primary code with the day of its deletion, first
and last day of the pair, notes. Days are Julian, `YYYYDDD`. Names of columns vary from issue to issue in blanks,
hyphens and a trailing `(Julian)`; the text file is delimited by tabs, bars or commas. `CCCCC` stands where the
contractor decides on the primary codes. The earliest of the three deletions ends a pair, that day still in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from cleanclaim.reference.publications.listing import Heading, Line, Listing
from cleanclaim.reference.publications.quarters import agreed_quarter, days_named
from cleanclaim.values import OPEN_END, Interval

PUBLICATION = "add-on"
TITLE = "CMS NCCI add-on code edits (AOC)"
HEADER = ("AOC_Edit_Type", "Add-On_Code", "Primary_Code", "AOC_Edit_EffDT")
DELETIONS = ("AOC_DelDT", "Primary_Code_DelDT", "AOC_Edit_DelDT")  # the last one is there in every issue

FEWEST_ROWS = 1_000  # of more than 4,000

_TYPE, _ADD_ON, _PRIMARY, _BEGINS = HEADER
_CODE = re.compile(r"[A-Z0-9]{5}")
_NAMED_QUARTER = re.compile(r"AOC[_ -]*V?(?P<year>[0-9]{4})Q(?P<quarter>[1-4])", re.IGNORECASE)


def _found(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    for number, row in enumerate(rows):
        names = [_plain(cell) for cell in row]
        places = {name: names.index(_plain(name)) for name in (*HEADER, *DELETIONS) if _plain(name) in names}
        if set(places) >= {*HEADER, DELETIONS[-1]}:
            return number, places
    return None


def _plain(cell: str) -> str:
    """`AOC_Edit_EffDT`, `AOC Edit Eff DT (Julian)` and `AOC_EDIT_EFF_DATE` are one name."""
    letters = "".join(filter(str.isalnum, cell.casefold()))
    return letters.removesuffix("julian").replace("date", "dt").replace("effective", "eff").replace("deletion", "del")


def _quarter(heading: Heading) -> Interval:
    source = heading.source
    named = _NAMED_QUARTER.search(source.name) or _NAMED_QUARTER.search(source.sheet_name)
    quarter = days_named(named) if named else None
    return agreed_quarter(
        source, quarter, "the file name does not say `AOC_V2026Q3`; say which quarter it is: --release 2026-Q3"
    )


def _span(line: Line) -> tuple[date | None, date]:
    """The days on which the pair holds, the first None when it is not printed.

    Raises: ValueError for a day that is none.
    """
    last = min((day for name in DELETIONS if (day := _day(line[name]))), default=OPEN_END)
    return _day(line[_BEGINS]), last


def _told(line: Line) -> tuple[date, date]:
    """The days of the quarter on which the pair holds; where there are none, the first is after the last."""
    first, last = _span(line)
    return max(first or line.days.first, line.days.first), min(last, line.days.last)


def _has_no_days(line: Line) -> bool:
    try:
        _span(line)
    except ValueError:
        return True
    return False


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


_LISTING = Listing(
    table="add_on", header=HEADER, find=_found, sheets=True,
    days=_quarter, fewest=lambda _: FEWEST_ROWS, counted="pairs",
    key=lambda line: line[_ADD_ON][:20],
    aside={
        "not two codes": lambda line: not all(_CODE.fullmatch(line[name].upper()) for name in (_ADD_ON, _PRIMARY)),
        "no edit type 1, 2 or 3": lambda line: line[_TYPE] not in {"1", "2", "3"},
        "a day that is none (YYYYDDD)": _has_no_days,
        "holds on no day of the quarter": lambda line: _told(line)[0] > _told(line)[1],
    },
    columns={
        "add_on_code": lambda line: line[_ADD_ON].upper(), "primary_code": lambda line: line[_PRIMARY].upper(),
        "add_on_type": lambda line: int(line[_TYPE]),
        "span_from": lambda line: _span(line)[0], "span_to": lambda line: _span(line)[1],
        "valid_from": lambda line: _told(line)[0], "valid_to": lambda line: _told(line)[1],
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
