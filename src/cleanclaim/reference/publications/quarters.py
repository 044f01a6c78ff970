"""Calendar quarters, by which CMS publishes."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval, parse_date

MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6,
    "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
}  # fmt: skip

_DAYS = re.compile(r"([A-Z][a-z]+) ([0-9]{1,2}), ([0-9]{4}) through ([A-Z][a-z]+) ([0-9]{1,2}), ([0-9]{4})")
_QUARTER = re.compile(r"([12][0-9]{3})-?Q([1-4])", re.IGNORECASE)


def quarter_of(day: date) -> Interval:
    """The quarter of a day."""
    first_month = day.month - (day.month - 1) % 3
    last_month = first_month + 2
    return Interval(date(day.year, first_month, 1), date(day.year, last_month, monthrange(day.year, last_month)[1]))


def quarter_name(day: date) -> str:
    """The quarter of a day as releases are named: 2025-Q4."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def named_quarter(text: str) -> Interval:
    """The quarter that `2025-Q3` names.

    Raises: InvalidValue for any other form.
    """
    named = _QUARTER.fullmatch(text.strip())
    if not named:
        raise InvalidValue(f"{text[:20]!r} names no quarter; expected one as 2025-Q3")
    return quarter_of(date(int(named[1]), 3 * int(named[2]), 1))


def rest_of_quarter(text: str) -> Interval:
    """The days that a release name stands for: a quarter (2025-Q3), or a day (2025-06-18) to the end of its quarter.

    Raises: InvalidValue for any other form.
    """
    if _QUARTER.fullmatch(text.strip()):
        return named_quarter(text)
    try:
        day = parse_date(text.strip())
    except InvalidValue:
        raise InvalidValue(f"{text[:20]!r} names neither a quarter nor a day; expected 2025-Q3 or 2025-06-18") from None
    return Interval(day, quarter_of(day).last)


def year_later(day: date, years: int) -> date:
    """The same day of another year; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def stated_quarter(source: Source) -> Interval | None:
    """The quarter that the user says a file is for; None when nothing is said.

    Raises: UnreadableInput when what is said is no quarter.
    """
    if not source.release:
        return None
    try:
        return named_quarter(source.release)
    except InvalidValue as problem:
        raise UnreadableInput(f"{source.place}: --release {problem}") from None


def days_named(named: re.Match[str]) -> Interval | None:
    """The days that a pattern found, by its groups: `year` with `quarter`, or from `month` and `day` to the end of the
    quarter; months by number or name, the first of January without one. None when there is no such day."""
    groups = named.groupdict()
    year, quarter, month, day = (groups.get(name) for name in ("year", "quarter", "month", "day"))
    if not year:
        return None
    try:
        if quarter:
            return quarter_of(date(int(year), 3 * int(quarter), 1))
        first = date(int(year), _month(month or "1"), int(day or 1))
    except ValueError:
        return None
    return Interval(first, quarter_of(first).last)


def _month(text: str) -> int:
    named = next((number for name, number in MONTHS.items() if name[:3] == text[:3].lower()), None)
    return named or int(text)


def agreed_quarter(
    source: Source, named: Interval | None, ask: str, says: str = "", year: int | None = None
) -> Interval:
    """The quarter that a file names, which the user may repeat; the one that the user names where the file has none.

    Raises: UnreadableInput when there is neither (`ask` says what to do), the two differ, or it is not of the `year` of
    the file: `says` begins that message, and what the user said ends it.
    """
    stated = stated_quarter(source)
    quarter = named or stated
    if quarter is None:
        raise UnreadableInput(f"{source.place}: {ask}")
    if stated not in (None, quarter) or year not in (None, quarter.first.year):
        says = says or f"named for {quarter_name(quarter.first)}, not for"
        raise UnreadableInput(f"{source.place}: {says} {source.release}")
    return quarter


def quarter_by_name(
    source: Source, names: Iterable[str | None], patterns: Iterable[re.Pattern[str]], why: str, notes: list[str]
) -> Interval | None:
    """The quarter that the user names, else that of a name (of file, archive, sheet) which one of the patterns fits.

    Which of them it was, and `why` it had to be, goes to `notes`.
    """
    if stated := stated_quarter(source):
        notes.append(f"the quarter is the one that the user named; {why}")
        return stated
    matches = (pattern.search(name) for name in names if name for pattern in patterns)
    days = next((days_named(match) for match in matches if match), None)
    if days:
        notes.append(f"the quarter is that of the file's name; {why}")
    return days


def days_above(source: Source, above: str) -> Interval:
    """The days that the lines above the header name: `July 1, 2024 through September 30, 2024`.

    Raises: UnreadableInput when they name none.
    """
    named = _DAYS.search(above)
    if not named or not {named[1].lower(), named[4].lower()} <= set(MONTHS):
        raise UnreadableInput(
            f"{source.place}: the lines above the header name no quarter; expected `Effective July 1, 2024 through ...`"
        )
    try:
        first = date(int(named[3]), MONTHS[named[1].lower()], int(named[2]))
        return Interval(first, date(int(named[6]), MONTHS[named[4].lower()], int(named[5])))
    except ValueError as problem:
        raise UnreadableInput(f"{source.place}: {named[0]!r} above the header: {problem}") from None
