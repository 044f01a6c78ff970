"""The two days that claims are asked about: quarters or days as they were named, and what stands for one left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cleanclaim.errors import InvalidValue, LibraryError
from cleanclaim.reference.library import Library
from cleanclaim.reference.library.starter_set import PUBLICATION
from cleanclaim.reference.publications.quarters import named_quarter, quarter_name, quarter_of
from cleanclaim.reference.tables import ASP_LIMIT, HCPCS
from cleanclaim.values import Interval
from cleanclaim.values.written import written_day


@dataclass(frozen=True, slots=True)
class ComparedDays:
    """The old and the new day, each as it was asked for. Lines outside `of_days` are not taken; None takes all."""

    old: date
    new: date
    old_asked: str
    new_asked: str
    of_days: Interval | None

    @property
    def backwards(self) -> bool:
        """Whether the new day lies before the old one."""
        return self.new < self.old


def compared_days(library: Library, old: str, new: str, latest: date | None) -> ComparedDays:
    """The days that two texts name, each a quarter (2025-Q3), a day (2025-06-18) or empty.

    A quarter is asked on the day that lies nearest to the other side. Without `old` it is the quarter of `latest`, the
    last service date, and its lines alone are taken; without `new` the newest day that the library covers.
    Raises:  InvalidValue for other texts, and for two that share a day; LibraryError when nothing newer is covered.
    """
    if not old and latest is None:
        raise InvalidValue("no line has a service date: name the old quarter or day, as 2025-Q3 or 2025-06-18")
    was = _days(old) if old else quarter_of(latest or date.min)
    now = _days(new) if new else _newest(library, was)
    if was.overlaps(now):
        said = "" if old else ", the quarter of the last service date,"
        raise InvalidValue(f"{_name(was)}{said} and {_name(now)} share a day: name two that do not")
    earlier = was.last < now.first
    return ComparedDays(
        was.last if earlier else was.first, now.first if earlier else now.last, _name(was), _name(now),
        None if old else was,
    )  # fmt: skip


def _days(text: str) -> Interval:
    try:
        return named_quarter(text)
    except InvalidValue:
        pass
    try:
        day = written_day(text)
    except InvalidValue:
        raise InvalidValue(
            f"{text[:20]!r} names neither a quarter nor a day; with claims, expected 2025-Q3 or 2025-06-18 "
            "(each claim file has a --claims of its own)"
        ) from None
    return Interval(day, day)


def _newest(library: Library, was: Interval) -> Interval:
    """The newest day for which both codes and payment limits are covered; else the newest of either."""
    last = sorted(day for table in (HCPCS, ASP_LIMIT) if (day := _last_day(library, table.name)))
    for day in last:
        if day > was.last:
            return Interval(day, day)
    told = f"; the newest day is {last[-1]}" if last else ""
    raise LibraryError(
        f"the library covers no day after {_name(was)}{told}: `cleanclaim reference import` the next quarter, "
        "or name the new day"
    )


def _last_day(library: Library, table: str) -> date | None:
    """The last day that a table covers; by the starter set, which knows some codes, only where nothing is imported."""
    covered = [(one.days.last, release) for one, release in library.coverage if one.table == table]
    imported = [day for day, release in covered if not release.startswith(f"{PUBLICATION}:")]
    return max(imported or [day for day, _ in covered], default=None)


def _name(days: Interval) -> str:
    return str(days.first) if days.first == days.last else quarter_name(days.first)
