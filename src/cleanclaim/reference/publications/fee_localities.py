"""What both files of the fee schedule's localities have: numbers that lose zeros, marks, footnotes, the year."""

from __future__ import annotations

import re
from datetime import date

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.listing import Heading, Line
from cleanclaim.values import Interval

LOCALITY = "Locality Number"
# The name of the contractor's column is misspelled in one of them (`Adminstrative`), and may be mended some day.
MAC = {"mac": (re.compile(r".*contractor.*"),)}

_MARKED = re.compile(r"(.*?)\s*(\**)")
_MAC = re.compile(r"[0-9]{4,5}")
_LOCALITY = re.compile(r"[0-9]{1,2}")


def _is_locality(line: Line) -> bool:
    return bool(_MAC.fullmatch(line["mac"]) and _LOCALITY.fullmatch(line[LOCALITY]))


# Contractor in five digits and locality in two, their zeros restored.
NUMBERS = {"mac": lambda line: line["mac"].zfill(5), "locality": lambda line: line[LOCALITY].zfill(2)}
ASIDE = {
    "a footnote": lambda line: not _is_locality(line) and line.is_footnote,
    "no contractor and locality": lambda line: not _is_locality(line),
}


def numbers_or_first_cell(line: Line) -> str:
    """How messages name a line."""
    return f"{line['mac'].zfill(5)} {line[LOCALITY].zfill(2)}" if _is_locality(line) else line.key


def without_marks(text: str) -> str | None:
    """A name without the stars behind it."""
    return _split(text)[0] or None


def footnote(line: Line, *columns: str) -> str | None:
    """The footnote that the stars behind a name stand for, of the first name that has some."""
    stars = next(filter(None, (_split(line[column])[1] for column in columns)), "")
    return line.heading.footnotes.get(stars)


def _split(text: str) -> tuple[str, str]:
    name = _MARKED.fullmatch(text)
    return (name[1], name[2]) if name else (text, "")


def year_of(heading: Heading) -> Interval:
    """The days of the calendar year that the title names. Groups of its pattern: `proposed`, the year.

    Raises: UnreadableInput when it names a proposed one, or another than the user.
    """
    source, year = heading.source, int(heading.in_title(2))
    if heading.in_title(1):
        raise UnreadableInput(f"{source.place}: of the rule proposed for {year}: nobody is paid by it")
    days = Interval(date(year, 1, 1), date(year, 12, 31))
    if source.release and source.release.strip().upper() != year_name(days):
        raise UnreadableInput(f"{source.place}: its title says that it is {year_name(days)}, not {source.release}")
    return days


def year_name(days: Interval) -> str:
    """The release of a calendar year: CY2025."""
    return f"CY{days.first.year}"
