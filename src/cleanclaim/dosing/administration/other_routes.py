"""The lines of the rarer ways in: pumps, arteries, lesions, cavities. All from section 1: the licensed book decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cleanclaim.dosing.administration.draft import Draft
from cleanclaim.dosing.administration.events import AdminFamily, Circumstances, Device, DrugEvent, Route
from cleanclaim.dosing.administration.plan import CODE_FAMILIES, known
from cleanclaim.dosing.infusion_time import extra_hours, is_push

_PUMP, _MEDICARE_PUMP = "96416", "G0498"
_PUMP_OVER = 8 * 60  # minutes
REFILLS = {Device.PORTABLE_PUMP_REFILL: "96521", Device.IMPLANTED_PUMP_REFILL: "96522"}
_ARTERY = "96373"
_ARTERY_PUSH, _ARTERY_INFUSION, _ARTERY_EXTRA_HOUR, _ARTERY_PUMP = "96420", "96422", "96423", "96425"
_LESIONS, _MORE_LESIONS, _LESIONS_UP_TO = "96405", "96406", 7
_CAVITY = {
    Route.INTRAPLEURAL: "96440",
    Route.INTRAPERITONEAL: "96446",
    Route.INTRATHECAL: "96450",
    Route.INTRAVENTRICULAR: "96542",
}
_COMPLEX = frozenset({AdminFamily.COMPLEX, AdminFamily.HORMONAL_ANTINEOPLASTIC})
_SEE_BOOK = "chosen from the rulebook's table alone: see the licensed book"


def draft_refill(each: DrugEvent, code: str, draft: Draft) -> None:
    """Take in the line of a pump that was refilled."""
    _add(draft, each, code, "pump refilled")


def draft_pump(each: DrugEvent, circumstances: Circumstances, draft: Draft) -> DrugEvent | None:
    """Take in the line of a pump that ran more than 8 hours; gives back what was an infusion after all."""
    if each.minutes is not None and each.minutes <= _PUMP_OVER:
        draft.warn(each.drug, "the pump ran no more than 8 hours: an infusion", CODE_FAMILIES)
        return replace(each, device=None, route=Route.IV_INFUSION)
    if each.family not in _COMPLEX:
        why = "a pump for more than 8 hours with an ordinary drug has no code here: home infusion, by payer"
        draft.leave_out(each.drug, why, CODE_FAMILIES, warn=True)
        return None
    if each.minutes is None:
        draft.warn(each.drug, "more than 8 hours of the pump must be documented", known("ADM-18"))
    home = each.device is Device.OFFICE_TO_HOME_PUMP
    code = _MEDICARE_PUMP if home and circumstances.medicare else _PUMP
    if home and circumstances.medicare is None:
        draft.warn(each.drug, f"the payer is not told: Medicare has {_MEDICARE_PUMP}", CODE_FAMILIES)
    why = "an initial code too: beside another one on the same access payers differ"
    draft.warn(code, why, known("ADM-17"))
    rules = (CODE_FAMILIES, known("ADM-17"))
    draft.add(code, [each.drug], "pump for more than 8 hours", *rules, minutes=each.minutes, access=each.access)
    return None


def draft_artery(each: DrugEvent, draft: Draft) -> None:
    """Take in the line of what went into an artery."""
    if each.family not in _COMPLEX:
        _add(draft, each, _ARTERY, "into an artery")
        return
    if each.device in {Device.PORTABLE_PUMP, Device.OFFICE_TO_HOME_PUMP}:
        _add(draft, each, _ARTERY_PUMP, "into an artery, by a pump for more than 8 hours")
    elif each.minutes is None or is_push(each.minutes):
        _add(draft, each, _ARTERY_PUSH, "into an artery, push")
    else:
        extra = extra_hours(each.minutes)
        _add(draft, each, _ARTERY_INFUSION, "into an artery, infusion", minutes=60 if extra else each.minutes)
        if extra:
            why = f"extra hours of {each.minutes} min"
            _add(draft, each, _ARTERY_EXTRA_HOUR, why, units=extra, minutes=each.minutes - 60)


def draft_lesions(given: Sequence[DrugEvent], draft: Draft) -> None:
    """Take in the line of complex drugs injected into lesions: one code, by how many there were."""
    lesions = sum(each.sites for each in given)
    if given:
        code = _LESIONS if lesions <= _LESIONS_UP_TO else _MORE_LESIONS
        draft.add(code, sorted({each.drug for each in given}), f"into {lesions} lesions", CODE_FAMILIES)
        draft.warn(code, _SEE_BOOK, CODE_FAMILIES)


def is_complex_way_in(each: DrugEvent) -> bool:
    """Whether section 1 has a code for a complex drug that goes in this way."""
    return each.family in _COMPLEX and (each.route in _CAVITY or each.route is Route.INTRALESIONAL)


def draft_cavity(each: DrugEvent, draft: Draft) -> None:
    """Take in the line of a complex drug into a body cavity or the nervous system."""
    _add(draft, each, _CAVITY[each.route], f"complex drug, {each.route}")


def _add(draft: Draft, each: DrugEvent, code: str, why: str, *, units: int = 1, minutes: int | None = None) -> None:
    rules = (CODE_FAMILIES, known("ADM-17")) if code == _ARTERY_EXTRA_HOUR else (CODE_FAMILIES,)
    draft.add(code, [each.drug], why, *rules, units=units, minutes=minutes)
    draft.warn(code, _SEE_BOOK, CODE_FAMILIES)
