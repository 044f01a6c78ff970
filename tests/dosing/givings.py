"""Short words for what was given, and for what came out as a plan: the tests of administration codes use them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

from cleanclaim.dosing import (
    AdminFamily,
    AdministrationPlan,
    Circumstances,
    DrugEvent,
    Route,
    Setting,
    Vaccine,
    plan_administration,
)

DAY = date(2026, 3, 2)
MORNING = datetime.fromisoformat("2026-03-02 08:00")
OFFICE, FACILITY = Setting.OFFICE, Setting.FACILITY
INITIAL = {"96360", "96365", "96374", "96409", "96413"}
F, R = AdminFamily, Route
CHEMO = F.COMPLEX
PLAIN: tuple[str, ...] = ()
Lines = set[tuple[str, int, tuple[str, ...]]]


def infusion(
    drug: str, first: int | None, last: int | None, family: AdminFamily = F.THERAPEUTIC, **more: object
) -> DrugEvent:
    """An infusion from minute `first` to minute `last` of the morning."""
    return DrugEvent(drug, R.IV_INFUSION, family, at(first), at(last), **more)  # type: ignore[arg-type]


def push(drug: str, minute: int | None = None, family: AdminFamily = F.THERAPEUTIC, **more: object) -> DrugEvent:
    return DrugEvent(drug, R.IV_PUSH, family, at(minute), at(minute), **more)  # type: ignore[arg-type]


def shot(drug: str, family: AdminFamily = F.THERAPEUTIC, route: Route = R.IM, **more: object) -> DrugEvent:
    return DrugEvent(drug, route, family, **more)  # type: ignore[arg-type]


def hydration(first: int | None, last: int | None, **more: object) -> DrugEvent:
    return infusion("J7030", first, last, F.HYDRATION, **more)


def vaccine(drug: str, kind: Vaccine, route: Route = R.IM, **more: object) -> DrugEvent:
    return shot(drug, F.VACCINE, route, vaccine=kind, **more)


def esketamine(*doses: str) -> list[DrugEvent]:
    return [DrugEvent("J0013", R.NASAL, F.ESKETAMINE, dose_mg=Decimal(dose)) for dose in doses]


def at(minute: int | None) -> datetime | None:
    return None if minute is None else MORNING + timedelta(minutes=minute)


def plan(
    *given: DrugEvent, setting: Setting = OFFICE, procedures: tuple[str, ...] = (), **more: object
) -> AdministrationPlan:
    return plan_administration(given, Circumstances(setting, more.pop("on", DAY), **more), procedures)  # type: ignore[arg-type]


def codes(found: AdministrationPlan) -> dict[str, int]:
    """The units of each code, whatever the modifiers."""
    units: Counter[str] = Counter()
    for line in found.lines:
        units[line.code] += line.units
    return dict(units)


def lines(found: AdministrationPlan) -> Lines:
    return {(line.code, line.units, line.modifiers) for line in found.lines}


def warned(found: AdministrationPlan) -> set[str]:
    return {caution.rule.id for caution in found.warnings}


def left(found: AdministrationPlan) -> set[tuple[str, str]]:
    return {(each.what, each.rule.id) for each in found.not_billed}
