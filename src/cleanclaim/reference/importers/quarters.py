"""Calendar quarters, by which CMS publishes."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

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
