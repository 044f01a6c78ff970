"""Files with lines of text above a header that stands at no fixed line: the header by its words, the days above it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal

from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.reference.publications.quarters import MONTHS
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval, parse_date

_DAYS = re.compile(r"([A-Z][a-z]+) ([0-9]{1,2}), ([0-9]{4}) through ([A-Z][a-z]+) ([0-9]{1,2}), ([0-9]{4})")
_NUMBER = re.compile(r"\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(\.[0-9]{1,6})?%?")
_NO_NUMBER = {"", "N/A", "."}

Cells = dict[str, str]


def header_row(rows: Sequence[Sequence[str]], names: Collection[str]) -> int | None:
    """The first row that has all names among its cells; blanks around a cell and capitals do not count."""
    wanted = {name.upper() for name in names}
    return next((n for n, row in enumerate(rows) if wanted <= {cell.strip().upper() for cell in row}), None)


def require_header(source: Source, rows: Sequence[Sequence[str]], names: Collection[str]) -> int:
    """The same row.

    Raises: UnreadableInput when there is none.
    """
    start = header_row(rows, names)
    if start is None:
        raise UnreadableInput(f"{source.place}: no header with {', '.join(names)}")
    return start


def cells_below(
    source: Source, start: int, names: Collection[str], rows: Sequence[Sequence[str]] | None = None
) -> Iterator[tuple[int, Cells]]:
    """The records below a header: row number and the named cells without blanks around. Empty records are left out.

    `rows` are the records of the file where they are read in another encoding than CMS writes.

    Raises: UnreadableInput when the last record ends in the middle: the file was cut off.
    """
    rows = source.rows if rows is None else rows
    header = [cell.strip().upper() for cell in rows[start]]
    places = {name: header.index(name.upper()) for name in names if name.upper() in header}
    below = [(number, row) for number, row in enumerate(rows[start + 1 :], start + 2) if any(row)]
    refuse_cut(source, below, max(places.values()) + 1)
    for number, row in below:
        yield number, {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}


def numbered_below(source: Source, start: int, places: Collection[int]) -> list[tuple[int, list[str]]]:
    """The records below a header that are not blank, by row number, for headers whose names are no plain text.

    Raises: UnreadableInput when the last record ends before one of the places: the file was cut off.
    """
    below = filled_below(source.rows, start)
    refuse_cut(source, below, max(places) + 1)
    return below


def filled_below(rows: Sequence[list[str]], start: int) -> list[tuple[int, list[str]]]:
    """The records below a header that are not blank, by row number."""
    return [(number, row) for number, row in enumerate(rows[start + 1 :], start + 2) if any(map(str.strip, row))]


def refuse_cut(source: Source, numbered: Sequence[tuple[int, Sequence[str]]], needed: int) -> None:
    """Refuses a text whose last record, by row number, has fewer cells than are needed: it was cut off.

    Raises: UnreadableInput.
    """
    if numbered and len(numbered[-1][1]) < needed and not source.is_packed and not source.content.endswith(b"\n"):
        number = numbered[-1][0]
        raise UnreadableInput(f"{source.place}: row {number}, the last, ends in the middle: the file was cut off")


def effective_days(source: Source, start: int) -> Interval:
    """The days that the lines above the header name: `July 1, 2024 through September 30, 2024`.

    Raises: UnreadableInput when they name none.
    """
    above = " ".join(cell for row in source.rows[:start] for cell in row)
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


def amount_reader(number: int, key: str, cells: Cells, doubts: list[str]) -> Callable[[str], Decimal | None]:
    """A function that reads a named cell as a number: `$1,234.50`, `17.585`, `20.0%`; blank, `N/A` and `.` are none.

    What is no number is left empty and told in `doubts`.
    """

    def amount(name: str) -> Decimal | None:
        text = cells.get(name, "")
        if text.upper() in _NO_NUMBER:
            return None
        found = _NUMBER.fullmatch(text)
        if found and (found[1] or found[2]):
            return Decimal(text.strip("$%").replace(",", ""))
        doubts.append(f"row {number} {key}: {name} {text[:20]!r} is no number and was left empty")
        return None

    return amount


def plain_day(text: str) -> date | None:
    """A day as YYYYMMDD; None for what is none."""
    try:
        return parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except InvalidValue:
        return None
