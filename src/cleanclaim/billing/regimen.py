"""What is to be given over time, as an order says it: one drug, doses, days; and the days that come of it."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Annotated

import msgspec

from cleanclaim.billing.administration import Amount, PerAmount, SizeOnHand, above_zero, check_modifiers
from cleanclaim.billing.authorizations import Authorization
from cleanclaim.billing.case_reading import read_case
from cleanclaim.claims import PayerProgram
from cleanclaim.dosing import Route
from cleanclaim.errors import InvalidValue
from cleanclaim.terms.payer_terms import PayerTerms

MOST_VISITS = 1000

_Days = Annotated[int, msgspec.Meta(ge=1, le=3660)]


class Every(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From one visit to the next: days, weeks or calendar months."""

    days: _Days | None = None
    weeks: Annotated[int, msgspec.Meta(ge=1, le=520)] | None = None
    months: Annotated[int, msgspec.Meta(ge=1, le=120)] | None = None

    def __post_init__(self) -> None:
        if sum(value is not None for value in (self.days, self.weeks, self.months)) != 1:
            raise ValueError("expected one of days, weeks, months")

    def after(self, day: date, times: int) -> date:
        """The day that lies so many intervals after a day. A month without that day of the month gives its last."""
        if self.months is None:
            return day + timedelta(days=(self.days or 7 * (self.weeks or 0)) * times)
        year, month = divmod(day.year * 12 + day.month - 1 + self.months * times, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class Cycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days of a cycle that comes again and again: 1, 8, 15 of 28. Day 1 is the first day of the regimen."""

    days: Annotated[tuple[_Days, ...], msgspec.Meta(min_length=1)]
    length: _Days

    def __post_init__(self) -> None:
        if list(self.days) != sorted(set(self.days)):
            raise ValueError("days: expected each day once, in order")
        if self.days[-1] > self.length:
            raise ValueError(f"days: expected none after day {self.length}, the last of the cycle")


class Loading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days before the interval sets in, counted from the first day, which is day 0; `dose` where it is another."""

    days: Annotated[tuple[Annotated[int, msgspec.Meta(ge=0, le=3660)], ...], msgspec.Meta(min_length=1)]
    dose: Amount | None = None


class BodyFrom(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Weight or body surface from a day on; what is not said stays as it was."""

    from_day: date
    weight_kg: Decimal | None = None
    bsa_m2: Decimal | None = None

    def __post_init__(self) -> None:
        above_zero(weight_kg=self.weight_kg, bsa_m2=self.bsa_m2)


class Regimen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One drug over time. `last_day` is in; `visits` counts the loading doses too."""

    payer_program: PayerProgram
    dose: Amount
    first_day: date
    id: str | None = None
    hcpcs_code: str | None = None
    ndc: str | None = None
    drug: str | None = None
    billing_unit: Amount | None = None  # for a code that the reference lacks
    concentration: PerAmount | None = None
    interval: Every | None = None
    cycle: Cycle | None = None
    loading: tuple[Loading, ...] = ()
    last_day: date | None = None
    visits: Annotated[int, msgspec.Meta(ge=1, le=MOST_VISITS)] | None = None
    weight_kg: Decimal | None = None
    bsa_m2: Decimal | None = None
    body: tuple[BodyFrom, ...] = ()
    sizes_on_hand: tuple[SizeOnHand, ...] = ()
    route: Route | None = None
    place_of_service: str | None = None
    bill_type: str | None = None
    payer_id: str | None = None
    payer_terms: PayerTerms | None = None  # what the payer wants, before what the reference tells of it
    modifiers: tuple[str, ...] = ()  # that the claims need beside JW and JZ
    authorizations: tuple[Authorization, ...] = ()

    def __post_init__(self) -> None:
        above_zero(weight_kg=self.weight_kg, bsa_m2=self.bsa_m2, dose=self.dose.amount)
        for one in self.loading:
            above_zero(loading=one.dose.amount if one.dose else None)
        check_modifiers(self.modifiers)
        self._check_days()

    def _check_days(self) -> None:
        if self.interval and self.cycle:
            raise ValueError("expected interval or cycle, not both")
        if self.cycle and self.loading:
            raise ValueError("expected loading with interval: with cycle its days are the days of the cycle")
        if not (self.interval or self.cycle or self.loading):
            raise ValueError("expected interval, cycle or loading: without one no day follows the first")
        days = [day for one in self.loading for day in one.days]
        if days and (days[0] != 0 or days != sorted(set(days))):
            raise ValueError("loading: expected days from 0 (the first day) on, each once, in order")
        if self.last_day and self.visits:
            raise ValueError("expected last_day or visits, not both")
        if (self.interval or self.cycle) and not (self.last_day or self.visits):
            raise ValueError("expected last_day or visits: nothing else ends the course")
        if self.last_day and self.last_day < self.first_day:
            raise ValueError("last_day: expected a day that is not before first_day")
        if self.visits and not (self.interval or self.cycle) and self.visits > len(days):
            raise ValueError(f"visits: expected at most {len(days)}, the days of loading, or an interval to go on with")


@dataclass(frozen=True, slots=True)
class Planned:
    """One visit to come: its day, its dose as it was ordered, and what is known of the body then."""

    day: date
    dose: Amount
    weight_kg: Decimal | None = None
    bsa_m2: Decimal | None = None


def read_regimen(text: str | bytes, *, place: str = "") -> Regimen:
    """One regimen from JSON.

    Raises:  UnreadableInput that names the place, the field and what was expected; never what stood in it.
    """
    return read_case(text, Regimen, place=place)


def planned_visits(regimen: Regimen) -> tuple[Planned, ...]:
    """The visits of a regimen, in order.

    Raises:  InvalidValue where there are none, more than a thousand, or one after the year 9999.
    """
    visits: list[Planned] = []
    try:
        for day, dose in _days(regimen):
            if (regimen.last_day and day > regimen.last_day) or len(visits) == regimen.visits:
                break
            if len(visits) == MOST_VISITS:
                raise InvalidValue(f"more than {MOST_VISITS} visits: expected an earlier last_day or a longer interval")
            visits.append(Planned(day, dose, *_body(regimen, day)))
    except (OverflowError, ValueError) as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue("a visit would fall after the year 9999: expected fewer visits") from None
    if not visits:
        raise InvalidValue(f"no day of the cycle falls between {regimen.first_day} and {regimen.last_day}")
    return tuple(visits)


def _days(regimen: Regimen) -> Iterator[tuple[date, Amount]]:
    """Days and doses; without end where an interval or a cycle goes on."""
    start = regimen.first_day
    if regimen.cycle:
        for begun in count(0, regimen.cycle.length):
            for day in regimen.cycle.days:
                yield start + timedelta(days=begun + day - 1), regimen.dose
    loading = [(day, one.dose or regimen.dose) for one in regimen.loading for day in one.days]
    for day, dose in loading:
        yield start + timedelta(days=day), dose
    if regimen.interval:
        # Each from the same day, so that January 31, February 28, March 31 follow one another.
        anchor = start + timedelta(days=loading[-1][0]) if loading else start
        for times in count(1 if loading else 0):
            yield regimen.interval.after(anchor, times), regimen.dose


def _body(regimen: Regimen, day: date) -> tuple[Decimal | None, Decimal | None]:
    weight, surface = regimen.weight_kg, regimen.bsa_m2
    for change in sorted(regimen.body, key=lambda one: one.from_day):
        if change.from_day <= day:
            weight, surface = change.weight_kg or weight, change.bsa_m2 or surface
    return weight, surface
