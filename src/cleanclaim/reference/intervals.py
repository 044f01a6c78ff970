"""Cutting and joining closed intervals of days: both ends are in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from cleanclaim.values import Interval

_DAY = timedelta(days=1)


def before(day: date) -> date:
    """The day before; the first day of the calendar stays."""
    return day if day == date.min else day - _DAY


def after(day: date) -> date:
    """The day after; the last day of the calendar stays."""
    return day if day == date.max else day + _DAY


def without(days: Interval, taken: Iterable[Interval]) -> list[Interval]:
    """What is left of an interval when the taken days go, in order."""
    left = [days]
    for gone in taken:
        left = [piece for part in left for piece in _cut(part, gone)]
    return left


def within(days: Interval, allowed: Iterable[Interval]) -> list[Interval]:
    """The parts of an interval that lie in the allowed days, in order; the allowed days must not overlap."""
    parts = (days.clip(one) for one in allowed)
    return sorted(part for part in parts if part)


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same days as few intervals: those that touch or overlap become one."""
    merged: list[Interval] = []
    for days in sorted(intervals):
        if merged and days.first <= after(merged[-1].last):
            merged[-1] = Interval(merged[-1].first, max(merged[-1].last, days.last))
        else:
            merged.append(days)
    return merged


def _cut(days: Interval, gone: Interval) -> list[Interval]:
    shared = days.clip(gone)
    if not shared:
        return [days]
    pieces = []
    if days.first < shared.first:
        pieces.append(Interval(days.first, before(shared.first)))
    if shared.last < days.last:
        pieces.append(Interval(after(shared.last), days.last))
    return pieces
