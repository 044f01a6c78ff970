"""The days, months and years that a text names."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import NamedTuple

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_LEAP_YEAR = 2000
_DAY = re.compile(
    rf"\b(?:(?P<month>{_MONTH})\.? (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<year>(?:19|20)[0-9]{{2}})"
    rf"|(?P<day2>[0-9]{{1,2}}) (?P<month2>{_MONTH}) (?P<year2>(?:19|20)[0-9]{{2}})"
    r"|(?P<m3>[0-9]{1,2})/(?P<d3>[0-9]{1,2})/(?P<y3>(?:19|20)[0-9]{2})"
    r"|(?P<y4>(?:19|20)[0-9]{2})-(?P<m4>[0-9]{2})-(?P<d4>[0-9]{2})"
    r"|(?P<part>end|close|start|beginning) of (?P<year7>(?:19|20)[0-9]{2})"
    rf"|(?P<month8>{_MONTH})\.? (?P<day8>[0-9]{{1,2}})(?:st|nd|rd|th)?\b(?!,? (?:19|20)[0-9]{{2}})"
    rf"|(?P<month5>{_MONTH})\.?,? (?:of )?(?P<year5>(?:19|20)[0-9]{{2}})"
    r"|(?P<year6>(?<![$0-9-])(?:19|20)[0-9]{2})(?![0-9-]))",
    re.IGNORECASE,
)


class Day(NamedTuple):
    """A day as far as a text says it; `any_year`: the year is not said."""

    first: date
    last: date
    at: int
    any_year: bool = False

    def holds(self, day: date) -> bool:
        """Whether a day is the one that is said, or in the month or year."""
        if self.any_year:
            return (day.month, day.day) == (self.first.month, self.first.day)
        return self.first <= day <= self.last


def days(text: str) -> list[Day]:
    """The days, months and years in a text; what is no day is passed over."""
    found = []
    for one in _DAY.finditer(text):
        try:
            found.append(_day(one))
        except ValueError:
            continue
    return found


def _day(one: re.Match[str]) -> Day:
    at = one.start()
    if one["part"]:
        year, is_end = int(one["year7"]), one["part"].lower() in ("end", "close")
        return (
            Day(date(year, 12, 1), date(year, 12, 31), at) if is_end else Day(date(year, 1, 1), date(year, 1, 31), at)
        )
    if one["month8"]:
        day = date(_LEAP_YEAR, _MONTHS[one["month8"].lower()], int(one["day8"]))
        return Day(day, day, at, any_year=True)
    name = one["month"] or one["month2"] or one["month5"]
    year = int(one["year"] or one["year2"] or one["y3"] or one["y4"] or one["year5"] or one["year6"])
    number = _MONTHS[name.lower()] if name else int(one["m3"] or one["m4"] or 0)
    day_of_month = int(one["day"] or one["day2"] or one["d3"] or one["d4"] or 0)
    if day_of_month:
        said = date(year, number, day_of_month)
        return Day(said, said, at)
    if number:
        return Day(date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]), at)
    return Day(date(year, 1, 1), date(year, 12, 31), at)
