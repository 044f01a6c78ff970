"""What people write: a day, a time of day, a moment, an amount with its unit, containers. Each is read here alone.

A message says what was expected, never what stood there: who asks names the option or the field before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from cleanclaim.errors import InvalidValue

_A_DAY = "a date as YYYY-MM-DD or M/D/YYYY"
_A_TIME = "a time of day as 09:05 or 9:05 am"
_AN_AMOUNT = "an amount with its unit, as 350 mg"
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{4})([0-9]{2})([0-9]{2})")
_US_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]+)")
_TIME = re.compile(r"(?:([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2}))?)?\s*(?:([ap])\.?m\.?)?|([0-9]{2})([0-9]{2}))", re.I)
_ISO_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ].+")
_NUMBER = r"([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_AMOUNT = rf"{_NUMBER}\s*(?!e[0-9]|x\b)([^\W\d_](?:[\w/%.^ -]*[\w/%.^])?|%)"
_ONE_AMOUNT = re.compile(rf"\s*{_AMOUNT}\s*", re.I)
_LONGEST = 200  # characters: what people write of one dose is shorter
_SOME = re.compile(rf"\s*(?:([0-9]+)\s*[x\u00d7]\s*)?{_AMOUNT}\s*", re.I)


@dataclass(frozen=True, slots=True)
class WrittenAmount:
    """An amount as it was written: its digits without commas, and the text of its unit."""

    amount: str
    unit: str


def written_day(text: str) -> date:
    """The day that `2026-11-30`, `20261130` or `11/30/2026` stands for; a month comes before its day.

    Raises:  InvalidValue for any other form, for a year of two digits, and for a day that is not in the calendar.
    """
    given = text.strip()
    if found := _ISO_DAY.fullmatch(given):
        year, month, day = (int(one) for one in found.groups() if one)
    elif found := _US_DAY.fullmatch(given):
        month, day, year = (int(one) for one in found.groups())
        if len(found[3]) != 4:
            raise InvalidValue(f"expected {_A_DAY}: a year of four digits, for 26 may be 1926 or 2026")
        if month > 12:
            raise InvalidValue(f"expected {_A_DAY}: the month stands first, and there is no month {month}")
    else:
        raise InvalidValue(f"expected {_A_DAY}")
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidValue(f"expected {_A_DAY}: there is no such day in the calendar") from None


def written_time(text: str) -> time:
    """The time of day that `9:05`, `09:05`, `0905`, `9:05 am` or `9 pm` stands for.

    Raises:  InvalidValue for any other form, and for an hour that no clock shows.
    """
    found = _TIME.fullmatch(text.strip())
    hour, minute, second, half, of_day, of_hour = found.groups() if found else (None,) * 6
    if found is None or (hour and minute is None and half is None):
        raise InvalidValue(f"expected {_A_TIME}")
    hours = int(hour or of_day or 0)
    if half:
        if not 1 <= hours <= 12:
            raise InvalidValue(f"expected {_A_TIME}: with am or pm the hour is 1 to 12")
        hours = hours % 12 + (12 if half in "pP" else 0)
    try:
        return time(hours, int(minute or of_hour or 0), int(second or 0))
    except ValueError:
        raise InvalidValue(f"expected {_A_TIME}: there is no such time of day") from None


def written_moment(text: str, day: date | None = None) -> datetime:
    """The moment that a day and a time stand for; a time alone is of `day`.

    `2026-11-30T09:05` and all of ISO 8601 are taken too, with a time zone where there is one.
    Raises:  InvalidValue for any other form, and for a time alone where there is no day.
    """
    given = text.strip()
    if _ISO_MOMENT.fullmatch(given):
        try:
            return datetime.fromisoformat(given)
        except ValueError:
            pass
    first, _, rest = given.partition(" ")
    if "/" in first or _ISO_DAY.fullmatch(first):
        if not rest:
            raise InvalidValue(f"expected a date and a time, as 2026-03-02T09:30: after the date {_A_TIME}")
        return datetime.combine(written_day(first), written_time(rest))
    if day is None:
        raise InvalidValue("expected a date and a time, as 2026-03-02T09:30 or 3/2/2026 9:30 am")
    return datetime.combine(day, written_time(given))


def written_amount(text: str) -> WrittenAmount:
    """An amount and its unit: `350mg`, `1,000 mg`, `.5 mL`, `5 mg/kg`. What the unit means is for others to say.

    Raises:  InvalidValue.
    """
    found = _ONE_AMOUNT.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise InvalidValue(f"expected {_AN_AMOUNT}")
    return WrittenAmount(found[1].replace(",", ""), found[2])


def written_containers(text: str) -> tuple[tuple[int | None, WrittenAmount], ...]:
    """Containers with their sizes, `4 x 100 mg + 1 x 50 mg`: how many, where it is said, and what one holds.

    Raises:  InvalidValue.
    """
    found = [_SOME.fullmatch(part) for part in text.split("+")] if len(text) <= _LONGEST else [None]
    read = tuple(
        (int(one[1]) if one[1] else None, WrittenAmount(one[2].replace(",", ""), one[3])) for one in found if one
    )
    if len(read) < len(found) or any(count == 0 for count, _ in read):
        raise InvalidValue("expected containers with their size, as 4 x 100 mg + 1 x 50 mg")
    return read
