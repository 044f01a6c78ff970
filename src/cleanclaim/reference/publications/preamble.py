"""Files with lines of text above a header that stands at no fixed line: the header by its words, the days above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.reference.publications.headers import places_in, places_of
from cleanclaim.reference.publications.quarters import MONTHS
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval, parse_date

_DAYS = re.compile(r"([A-Z][a-z]+) ([0-9]{1,2}), ([0-9]{4}) through ([A-Z][a-z]+) ([0-9]{1,2}), ([0-9]{4})")
_NUMBER = re.compile(r"\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(\.[0-9]{1,6})?%?")
_NO_NUMBER = {"", "N/A", "."}

Cells = dict[str, str]


def header_row(rows: Sequence[Sequence[str]], names: Sequence[str]) -> int | None:
    """The first row that has all names among its cells; blanks and capitals do not count."""
    return next((number for number, row in enumerate(rows) if places_of(row, names)), None)


def require_header(source: Source, rows: Sequence[Sequence[str]], names: Sequence[str]) -> int:
    """The same row.

    Raises: UnreadableInput when there is none.
    """
    start = header_row(rows, names)
    if start is None:
        raise UnreadableInput(f"{source.place}: no header with {', '.join(names)}")
    return start


def cells_below(
    source: Source, start: int, names: Sequence[str], rows: Sequence[list[str]] | None = None
) -> Iterator[tuple[int, Cells]]:
    """The records below a header: row number and the named cells without blanks around. Empty records are left out.

    `rows` are the records of the file where they are read in another encoding than CMS writes.

    Raises: UnreadableInput when the last record ends in the middle: the file was cut off.
    """
    rows = source.rows if rows is None else rows
    places = places_in(rows[start], names)
    for number, row in records_below(source, rows, start, max(places.values()) + 1):
        yield number, cells_at(row, places)


def records_below(source: Source, rows: Sequence[list[str]], start: int, needed: int) -> list[tuple[int, list[str]]]:
    """The records below a header that are not blank, by row number.

    Raises: UnreadableInput when the last record has fewer cells than are needed: the file was cut off.
    """
    below = [(number, row) for number, row in enumerate(rows[start + 1 :], start + 2) if any(map(str.strip, row))]
    if below and len(below[-1][1]) < needed and not source.is_packed and not source.content.endswith(b"\n"):
        raise UnreadableInput(f"{source.place}: row {below[-1][0]}, the last, ends in the middle: the file was cut off")
    return below


def cells_at(record: Sequence[str], places: Mapping[str, int]) -> Cells:
    """The cells at some places, by their names, without blanks around; empty past the end of the record."""
    return {name: record[place].strip() if place < len(record) else "" for name, place in places.items()}


def days_above(source: Source, above: str) -> Interval:
    """The days that the lines above the header name: `July 1, 2024 through September 30, 2024`.

    Raises: UnreadableInput when they name none.
    """
    found = _DAYS.search(above)
    if not found or not {found[1].lower(), found[4].lower()} <= set(MONTHS):
        raise UnreadableInput(
            f"{source.place}: the lines above the header name no quarter; expected `Effective July 1, 2024 through ...`"
        )
    try:
        first = date(int(found[3]), MONTHS[found[1].lower()], int(found[2]))
        return Interval(first, date(int(found[6]), MONTHS[found[4].lower()], int(found[5])))
    except ValueError as problem:
        raise UnreadableInput(f"{source.place}: {found[0]!r} above the header: {problem}") from None


def refuse_short(source: Source, count: int, fewest: int, what: str) -> None:
    """Refuses a file with fewer rows than the publication has had for years, unless the user says it is an excerpt.

    Raises: UnreadableInput.
    """
    if count < fewest and not source.partial:
        raise UnreadableInput(
            f"{source.place}: {count} {what}, expected at least {fewest}: the file was cut short"
            " (an excerpt is imported with --partial)"
        )


def read_amount(text: str) -> Decimal | None:
    """A number: `$1,234.50`, `17.585`, `20.0%`; None for a blank, `N/A` and `.`.

    Raises: ValueError for what is none.
    """
    if text.upper() in _NO_NUMBER:
        return None
    number = _NUMBER.fullmatch(text)
    if not number or not (number[1] or number[2]):
        raise ValueError(text)
    return Decimal(text.strip("$%").replace(",", ""))


def plain_day(text: str) -> date | None:
    """A day as YYYYMMDD; None for what is none."""
    try:
        return parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except InvalidValue:
        return None
