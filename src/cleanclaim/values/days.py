"""Days and closed intervals of days: the first and the last day both count, as the publications say them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from cleanclaim.errors import InvalidValue

OPEN_END = date(9999, 12, 31)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_date(text: str) -> date:
    """The day that `YYYY-MM-DD` stands for.

    Raises:  InvalidValue for any other form (20240105, 2024-W01-5, a time) and for a day that is not in the calendar.
    """
    if _ISO_DAY.fullmatch(text) is None:
        raise InvalidValue("a date must be written YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValue("a date must be a day of the calendar, written YYYY-MM-DD") from None


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Days from `first` to `last`, both in. An open end is `OPEN_END`."""

    first: date
    last: date = OPEN_END

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidValue(f"an interval must not end ({self.last}) before it starts ({self.first})")

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    def contains(self, day: date) -> bool:
        """Whether the day is in it."""
        return self.first <= day <= self.last

    def overlaps(self, other: Interval) -> bool:
        """Whether the two share a day."""
        return self.first <= other.last and other.first <= self.last

    def clip(self, other: Interval) -> Interval | None:
        """The days that the two share; None when they share none."""
        return Interval(max(self.first, other.first), min(self.last, other.last)) if self.overlaps(other) else None
