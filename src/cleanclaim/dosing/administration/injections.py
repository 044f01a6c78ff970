"""The lines of injections into muscle and under the skin, and of infusions under the skin (ADM-13, section 1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from cleanclaim.dosing.administration.draft import Draft
from cleanclaim.dosing.administration.events import (
    AdminFamily,
    Circumstances,
    Device,
    DrugEvent,
    Route,
    SecondInjection,
    Setting,
)
from cleanclaim.dosing.administration.modifiers import another_site
from cleanclaim.dosing.administration.plan import CODE_FAMILIES, Rule, known, sourced
from cleanclaim.dosing.infusion_time import UNTOLD, extra_hours, is_push, joined, minutes_of

_CODE = {
    AdminFamily.THERAPEUTIC: "96372",
    AdminFamily.COMPLEX: "96401",
    AdminFamily.HORMONAL_ANTINEOPLASTIC: "96402",
}
_ON_BODY = "96377"
_SC_INFUSION, _SC_EXTRA_HOUR, _SC_FURTHER_PUMP = "96369", "96370", "96371"


def draft_injections(given: Sequence[DrugEvent], circumstances: Circumstances, draft: Draft) -> None:
    """Take in the lines of the injections of one encounter."""
    shots, infused = [], []
    for each in given:
        if each.family not in _CODE:
            draft.leave_out(each.drug, "no code for giving it this way", CODE_FAMILIES, warn=True)
        elif each.device is Device.ON_BODY_INJECTOR:
            draft.add(_ON_BODY, [each.drug], "put on as an on-body injector", CODE_FAMILIES)
        elif each.route is Route.SC_INFUSION:
            infused.append(each)
        else:
            shots.append(each)
    shots += _draft_infusions(infused, draft)
    of_code: dict[str, list[DrugEvent]] = defaultdict(list)
    for each in shots:
        of_code[_CODE[each.family]].append(each)
    for code in sorted(of_code):
        _draft_code(code, of_code[code], circumstances, draft)


def _draft_code(code: str, shots: Sequence[DrugEvent], circumstances: Circumstances, draft: Draft) -> None:
    """One injection per drug; those after the first as the payer wants them."""
    of_drug: dict[str, list[DrugEvent]] = defaultdict(list)
    for each in sorted(shots, key=lambda each: (each.start or UNTOLD, each.drug)):
        of_drug[each.drug].append(each)
    units = {drug: _sites(same, draft) for drug, same in of_drug.items()}
    family = () if code == "96372" else (sourced("ADM-02"),)
    first: tuple[Rule, ...] = (known("ADM-13"), *family)
    if circumstances.setting is Setting.FACILITY:
        first = (*first, sourced("ADM-04"))
    drug, *others = units
    why = "injection into muscle or under the skin"
    if circumstances.second_injection is SecondInjection.UNITS:
        draft.add(code, units, why, *first, units=sum(units.values()))
        return
    draft.add(code, [drug], why, *first, units=units[drug])
    if others:
        again = circumstances.second_injection is SecondInjection.LINE_76
        rule = known("ADM-13") if again else sourced("ADM-13")
        modifier = "76" if again else another_site(circumstances)
        number = sum(units[other] for other in others)
        draft.add(code, others, "injection of another drug", rule, *family, units=number, modifiers=(modifier,))


def _sites(same: Sequence[DrugEvent], draft: Draft) -> int:
    """The injections of one product in one session: one, or the sites where more are charted."""
    sites = max(each.sites for each in same)
    drug = same[0].drug
    if sites > 1:
        draft.warn(drug, f"{sites} injection sites: payers differ on more than one unit", known("ADM-13"))
    elif len(same) > 1 or any(each.syringes > 1 for each in same):
        draft.warn(drug, "several syringes of one product in one session count once: payers differ", known("ADM-13"))
    return sites


def _draft_infusions(given: Sequence[DrugEvent], draft: Draft) -> list[DrugEvent]:
    """Take in the pump infusion under the skin; gives back what was too short for one: an injection."""
    of_drug: dict[str, list[DrugEvent]] = defaultdict(list)
    for each in given:
        of_drug[each.drug].append(each)
    short: list[DrugEvent] = []
    long: list[tuple[datetime, str, int]] = []
    for drug, same in of_drug.items():
        runs = joined([run for each in same if (run := each.run) is not None])
        if not runs:
            draft.warn(drug, "an infusion under the skin without start and stop is an injection", known("ADM-18"))
        if runs and not is_push(minutes_of(runs)):
            long.append((runs[0].start, drug, minutes_of(runs)))
        else:
            short += same
    for place, (_, drug, minutes) in enumerate(sorted(long)):
        if place:
            draft.leave_out(drug, "one infusion under the skin per encounter", known("ADM-05"), warn=True)
            continue
        _draft_infusion(drug, minutes, of_drug[drug], draft)
    return short


def _draft_infusion(drug: str, minutes: int, same: Sequence[DrugEvent], draft: Draft) -> None:
    extra = extra_hours(minutes)
    rules = (CODE_FAMILIES, sourced("ADM-05"))
    draft.add(_SC_INFUSION, [drug], "infusion under the skin", *rules, minutes=60 if extra else minutes)
    if extra:
        why = f"extra hours of {minutes} min"
        draft.add(_SC_EXTRA_HOUR, [drug], why, CODE_FAMILIES, known("ADM-17"), units=extra, minutes=minutes - 60)
    setups = max(each.pump_setups for each in same)
    if setups > 1:
        draft.add(_SC_FURTHER_PUMP, [drug], "further pump set up", CODE_FAMILIES, known("ADM-17"), units=setups - 1)
        draft.warn(_SC_FURTHER_PUMP, "how often it counts needs the licensed book", CODE_FAMILIES)
    if same[0].family is not AdminFamily.THERAPEUTIC:
        draft.warn(drug, "a complex drug infused under the skin: see the licensed book", known("ADM-02"))
