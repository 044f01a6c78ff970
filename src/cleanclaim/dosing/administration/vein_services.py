"""What went into a vein as services: one infusion per drug or mixed bag, pushes, repeated pushes, hydration.

Rules ADM-06, ADM-08, ADM-10, ADM-11 and ADM-18.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from cleanclaim.dosing.administration.draft import Draft
from cleanclaim.dosing.administration.events import AdminFamily, DrugEvent, Route, Setting
from cleanclaim.dosing.administration.plan import Rule, known, sourced
from cleanclaim.dosing.infusion_time import (
    HYDRATION_FROM,
    UNTOLD,
    Run,
    alone,
    is_push,
    joined,
    minutes_between,
    minutes_of,
)

_REPEAT_AFTER = 30  # minutes: ADM-10


class Kind(IntEnum):
    """The facility hierarchy: the lowest is the initial service (ADM-04)."""

    COMPLEX_INFUSION = 1
    COMPLEX_PUSH = 2
    INFUSION = 3
    PUSH = 4
    HYDRATION = 5


INFUSIONS = frozenset({Kind.COMPLEX_INFUSION, Kind.INFUSION})
_PUSHES = frozenset({Kind.COMPLEX_PUSH, Kind.PUSH})


@dataclass(frozen=True, slots=True)
class Service:
    """One service through a vein."""

    kind: Kind
    drugs: tuple[str, ...]
    access: str | None
    minutes: int | None
    runs: tuple[Run, ...] = ()
    start: datetime | None = None
    primary: bool = False
    repeated: bool = False  # the push of a drug that was given before
    rules: tuple[Rule, ...] = ()  # what made it what it is, beside its kind

    @property
    def place(self) -> tuple[int, datetime, int, tuple[str, ...]]:
        """Its place in the hierarchy; earlier ones first among equals, then longer ones."""
        return self.kind, self.start or UNTOLD, -(self.minutes or 0), self.drugs


@dataclass(frozen=True, slots=True)
class _Bag:
    """What hung or was pushed at once."""

    given: tuple[DrugEvent, ...]

    @property
    def drugs(self) -> tuple[str, ...]:
        """What it was given for: the fluid that carries a drug is not counted (ADM-11)."""
        return tuple(sorted({each.drug for each in self.given if each.family is not AdminFamily.HYDRATION}))

    @property
    def complex(self) -> bool:
        return any(each.family in _COMPLEX for each in self.given)

    @property
    def pushed(self) -> bool:
        first = self.given[0]
        if first.bag is not None or first.route is Route.IV_INFUSION:
            return False
        return first.route is Route.IV_PUSH or first.minutes is None or is_push(first.minutes)


_COMPLEX = frozenset({AdminFamily.COMPLEX, AdminFamily.HORMONAL_ANTINEOPLASTIC})


def vein_services(given: Sequence[DrugEvent], setting: Setting, draft: Draft) -> list[Service]:
    """The services of an encounter, in the order of the hierarchy; what is none is told to the draft."""
    bags = _bags(given)
    drugs = [bag for bag in bags if bag.drugs]
    for fluid in sorted(
        {each.drug for bag in drugs for each in bag.given} - {drug for bag in drugs for drug in bag.drugs}
    ):
        draft.leave_out(fluid, "the fluid that carries a drug is part of giving it", sourced("ADM-11"))
    infusions = _infusions([bag for bag in drugs if not bag.pushed], draft)
    pushes = [service for service in infusions if service.kind in _PUSHES]
    infusions = [service for service in infusions if service.kind in INFUSIONS]
    pushes += [_push(bag, draft) for bag in drugs if bag.pushed]
    services = infusions + _new_and_repeated(pushes, infusions, setting, draft)
    services += _hydration([each for bag in bags if not bag.drugs for each in bag.given], infusions, draft)
    return sorted(services, key=lambda service: service.place)


def _bags(given: Sequence[DrugEvent]) -> list[_Bag]:
    mixed: dict[tuple[str | None, str], list[DrugEvent]] = defaultdict(list)
    for each in given:
        if each.bag is not None:
            mixed[each.access, each.bag].append(each)
    return [_Bag((each,)) for each in given if each.bag is None] + [_Bag(tuple(bag)) for bag in mixed.values()]


def _infusions(bags: Sequence[_Bag], draft: Draft) -> list[Service]:
    """One service for all bags of a drug on an access, by their total time (ADM-08)."""
    of_drug: dict[tuple[str | None, tuple[str, ...]], list[_Bag]] = defaultdict(list)
    for bag in bags:
        of_drug[bag.given[0].access, bag.drugs].append(bag)
    return [_infusion(access, drugs, same, draft) for (access, drugs), same in of_drug.items()]


def _infusion(access: str | None, drugs: tuple[str, ...], bags: Sequence[_Bag], draft: Draft) -> Service:
    given = [each for bag in bags for each in bag.given]
    runs = joined([each.run for each in given if each.run is not None])
    untimed = [bag for bag in bags if all(each.run is None for each in bag.given)]
    minutes = minutes_of(runs) if runs else None
    complex_ = any(bag.complex for bag in bags)
    if minutes is None:
        draft.warn(_named(drugs), "an infusion without start and stop is a push", known("ADM-18"))
    elif untimed:
        draft.warn(_named(drugs), "a bag without start and stop does not count in the time", known("ADM-18"))
    if minutes is None or is_push(minutes):
        kind = Kind.COMPLEX_PUSH if complex_ else Kind.PUSH
    else:
        kind = Kind.COMPLEX_INFUSION if complex_ else Kind.INFUSION
    rules: tuple[Rule, ...] = (known("ADM-18"),) if untimed else ()
    if len(given) > 1:
        rules = (known("ADM-08"), *rules)
    primary = any(each.primary for each in given)
    return Service(kind, drugs, access, minutes, runs, _earliest(given), primary=primary, rules=rules)


def _push(bag: _Bag, draft: Draft) -> Service:
    (each,) = bag.given
    rules: tuple[Rule, ...] = ()
    if each.route is Route.IV and each.minutes is None:
        rules = (known("ADM-18"),)
        draft.warn(each.drug, "push or infusion is not known without start and stop: a push", *rules)
    if each.minutes is not None and not is_push(each.minutes):
        rules = (known("ADM-06"),)
        draft.warn(each.drug, "charted as a push, and longer than 15 minutes: see the licensed book", *rules)
    kind = Kind.COMPLEX_PUSH if bag.complex else Kind.PUSH
    return Service(kind, bag.drugs, each.access, each.minutes, (), each.start, primary=bool(each.primary), rules=rules)


def _new_and_repeated(
    pushes: Sequence[Service], infusions: Sequence[Service], setting: Setting, draft: Draft
) -> list[Service]:
    """The pushes that count: the first of each drug, and those that repeat it late enough in a facility (ADM-10)."""
    reported = list(infusions)
    found: list[Service] = []
    for push in sorted(pushes, key=lambda push: (push.start or UNTOLD, push.drugs, push.access or "")):
        before = [service for service in reported if set(service.drugs) & set(push.drugs)]
        if not set(push.drugs) <= {drug for service in before for drug in service.drugs}:
            found.append(push)
        elif why := _why_no_repeat(push, before, setting):
            infused = any(service.kind in INFUSIONS for service in before)
            rule = known("ADM-10") if infused or push.kind is Kind.COMPLEX_PUSH else sourced("ADM-10")
            draft.leave_out(_named(push.drugs), why, rule, warn=push.start is None or rule == known("ADM-10"))
            continue
        else:
            home = min(before, key=lambda service: (service.start or UNTOLD, service.access or ""))
            infused = any(service.kind in INFUSIONS for service in before)
            rule = known("ADM-10") if infused else sourced("ADM-10")
            rules = (*push.rules, rule)
            found.append(replace(push, access=home.access, repeated=True, primary=False, rules=rules))
        reported.append(push)
    return found


def _why_no_repeat(push: Service, before: Sequence[Service], setting: Setting) -> str:
    """Why a push of a drug that was given before makes no line; empty where it does."""
    if push.kind is Kind.COMPLEX_PUSH:
        return "a further push of the same complex drug has no code of its own"
    if setting is not Setting.FACILITY:
        return "a further push of the same drug is billed by facilities only"
    starts = [service.start for service in before]
    if push.start is None or None in starts:
        return "a further push of the same drug needs the times of both"
    for start in starts:
        if start is not None and (push.start < start or minutes_between(start, push.start) <= _REPEAT_AFTER):
            return "a further push of the same drug needs more than 30 minutes after the one before"
    return ""


def _hydration(given: Sequence[DrugEvent], infusions: Sequence[Service], draft: Draft) -> list[Service]:
    """The one hydration of the encounter, by the time that it ran alone (ADM-11)."""
    if not given:
        return []
    drugs = tuple(sorted({each.drug for each in given}))
    timed = sorted((run, each.access or "", each.access) for each in given if (run := each.run) is not None)
    if not timed:
        draft.leave_out(_named(drugs), "hydration without start and stop cannot be billed", known("ADM-18"), warn=True)
        return []
    if len(timed) < len(given):
        draft.warn(_named(drugs), "a bag without start and stop does not count in the time", known("ADM-18"))
    runs = joined([run for run, _, _ in timed])
    left = alone(runs, [run for service in infusions for run in service.runs])
    minutes = minutes_of(left)
    if minutes < minutes_of(runs):
        draft.warn(_named(drugs), "hydration counts only while no drug is infused", sourced("ADM-11"))
    rules: tuple[Rule, ...] = (sourced("ADM-11"),)
    if minutes < HYDRATION_FROM:
        why = f"hydration ran alone for {minutes} min: it needs 31 or more"
        draft.leave_out(_named(drugs), why, sourced("ADM-11" if minutes_of(runs) >= HYDRATION_FROM else "ADM-06"))
        return []
    if all(minutes_of([run]) < HYDRATION_FROM for run in left):
        rules = (known("ADM-11"),)
        draft.warn(_named(drugs), "no stretch of hydration lasts 31 min: see the licensed book", *rules)
    primary = any(each.primary for each in given)
    return [Service(Kind.HYDRATION, drugs, timed[0][2], minutes, left, left[0].start, primary=primary, rules=rules)]


def _earliest(given: Sequence[DrugEvent]) -> datetime | None:
    return min((each.start for each in given if each.start is not None), default=None)


def _named(drugs: Sequence[str]) -> str:
    return " + ".join(drugs)
