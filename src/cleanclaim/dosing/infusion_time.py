"""Documented minutes of an infusion: push or infusion, extra hours, hydration, and what ran at the same time.

Rules ADM-06, ADM-07 and section 4 of the rulebook. Times are local and naive; minutes are whole, seconds are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cleanclaim.errors import InvalidValue

PUSH_UP_TO = 15  # ADM-06
HYDRATION_FROM = 31
_EXTRA_HOUR_FROM = 91
_MINUTE = timedelta(minutes=1)
UNTOLD = datetime.fromisoformat("9999-12-31 00:00")  # sorts what has no time documented behind all others


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """The time from `start` to `stop` during which something ran."""

    start: datetime
    stop: datetime


@dataclass(frozen=True, slots=True)
class HydrationUnits:
    """The units of the initial hydration code and of its extra hours."""

    initial: int
    extra: int


def minutes_between(start: datetime, stop: datetime) -> int:
    """The whole minutes from start to stop.

    Raises:  InvalidValue when the stop lies before the start.
    """
    if stop < start:
        raise InvalidValue("the stop must not lie before the start")
    return (stop - start) // _MINUTE


def is_push(minutes: int) -> bool:
    """Whether so short an infusion is a push: 15 minutes or less (ADM-06)."""
    return _not_negative(minutes) <= PUSH_UP_TO


def extra_hours(minutes: int) -> int:
    """The units of extra hours: one for each hour past the first, where the last one has more than 30 min (ADM-07)."""
    return 0 if _not_negative(minutes) < _EXTRA_HOUR_FROM else 1 + (minutes - _EXTRA_HOUR_FROM) // 60


def hydration_units(minutes: int) -> HydrationUnits:
    """The units of hydration that ran alone: none below 31 minutes (ADM-06, ADM-07)."""
    return HydrationUnits(int(_not_negative(minutes) >= HYDRATION_FROM), extra_hours(minutes))


def joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs in order of time, those that touch or overlap as one."""
    found: list[Run] = []
    for run in sorted(runs):
        if found and run.start <= found[-1].stop:
            found[-1] = Run(found[-1].start, max(found[-1].stop, run.stop))
        else:
            found.append(run)
    return tuple(found)


def minutes_of(runs: Sequence[Run]) -> int:
    """The whole minutes during which any of the runs ran."""
    return sum((run.stop - run.start for run in joined(runs)), timedelta()) // _MINUTE


def both(runs: Sequence[Run], others: Sequence[Run]) -> tuple[Run, ...]:
    """The times during which the runs and the others ran together."""
    return tuple(
        Run(max(run.start, other.start), min(run.stop, other.stop))
        for run in joined(runs)
        for other in joined(others)
        if max(run.start, other.start) < min(run.stop, other.stop)
    )


def alone(runs: Sequence[Run], others: Sequence[Run]) -> tuple[Run, ...]:
    """The times during which the runs ran and the others did not."""
    left = list(joined(runs))
    for other in joined(others):
        left = [
            part
            for run in left
            for part in (Run(run.start, min(run.stop, other.start)), Run(max(run.start, other.stop), run.stop))
            if part.start < part.stop
        ]
    return tuple(left)


def _not_negative(minutes: int) -> int:
    if minutes < 0:
        raise InvalidValue("minutes must not be negative")
    return minutes
