"""Calendar quarters, by which CMS publishes."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.importers.source import Source
from cleanclaim.values import Interval

MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6,
    "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
}  # fmt: skip


def quarter_of(day: date) -> Interval:
    """The quarter of a day."""
    first_month = day.month - (day.month - 1) % 3
    last_month = first_month + 2
    return Interval(date(day.year, first_month, 1), date(day.year, last_month, monthrange(day.year, last_month)[1]))


def quarter_name(day: date) -> str:
    """The quarter of a day as releases are named: 2025-Q4."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def stated_quarter(source: Source) -> Interval | None:
    """The quarter that the user says a file is for, as 2026-Q3; None when nothing is said.

    Raises: UnreadableInput when what is said is no quarter.
    """
    if not source.release:
        return None
    said = re.fullmatch(r"([0-9]{4})-?Q([1-4])", source.release.strip(), re.IGNORECASE)
    if not said:
        raise UnreadableInput(f"{source.name}: the release {source.release!r} is no quarter; expected one as 2026-Q3")
    return quarter_of(date(int(said[1]), 3 * int(said[2]), 1))
