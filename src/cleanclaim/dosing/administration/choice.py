"""From what was given on a day to the administration lines, encounter by encounter: ADM-01 to ADM-23."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from cleanclaim.dosing.administration.codes import CURRENT_FROM, FAMILIES_FROM, code_on, is_infusion_or_injection
from cleanclaim.dosing.administration.draft import Draft, merged
from cleanclaim.dosing.administration.esketamine import draft_esketamine
from cleanclaim.dosing.administration.events import PUMPS, AdminFamily, Circumstances, DrugEvent, Route
from cleanclaim.dosing.administration.injections import draft_injections
from cleanclaim.dosing.administration.modifiers import told_apart
from cleanclaim.dosing.administration.other_routes import (
    REFILLS,
    draft_artery,
    draft_cavity,
    draft_lesions,
    draft_pump,
    draft_refill,
    is_complex_way_in,
)
from cleanclaim.dosing.administration.place import by_place
from cleanclaim.dosing.administration.plan import CODE_FAMILIES, AdministrationLine, AdministrationPlan, Caution, known
from cleanclaim.dosing.administration.procedures import include, including, judge_procedures, needed_for
from cleanclaim.dosing.administration.through_a_vein import draft_veins
from cleanclaim.dosing.administration.vaccines import draft_vaccines
from cleanclaim.dosing.infusion_time import UNTOLD
from cleanclaim.errors import InvalidValue

_VEIN = frozenset({Route.IV, Route.IV_PUSH, Route.IV_INFUSION})
_SKIN_OR_MUSCLE = frozenset({Route.IM, Route.SC, Route.SC_INFUSION})


def plan_administration(
    given: Sequence[DrugEvent], circumstances: Circumstances, procedures: Sequence[str] = ()
) -> AdministrationPlan:
    """The administration lines of one patient's day, with what makes no line and what needs a look.

    `procedures` are the other codes of the day, visits among them. The order in which things are handed in has no
    part in the choice.

    Raises:  InvalidValue for a procedure that is not a bare code of five characters.
    """
    for code in procedures:
        if not (len(code) == 5 and code.isascii() and code.isalnum()):
            raise InvalidValue("a procedure must be a code of five characters, without modifiers")
    day = circumstances.service_date
    drafts = [
        _draft_encounter(number, [each for each in sorted(given, key=_place) if each.encounter == number],
                         circumstances, procedures)
        for number in sorted({each.encounter for each in given})
    ]  # fmt: skip
    lines, cautions = told_apart(merged(line for draft in drafts for line in draft.lines), circumstances)
    lines, left, more = by_place(lines, circumstances)
    cautions += more
    not_billed = [each for draft in drafts for each in draft.not_billed] + left
    cautions += [each for draft in drafts for each in draft.warnings]
    left, more = judge_procedures(sorted(set(procedures)), [each for each in lines if code_on(each.code, day)])
    lines = _on_the_day(lines, day, Draft(1, [], not_billed, cautions))
    return AdministrationPlan(
        tuple(lines), tuple(dict.fromkeys(not_billed + left)), tuple(dict.fromkeys(cautions + more))
    )


def _place(each: DrugEvent) -> tuple[int, str, datetime, datetime, str, str]:
    """A place of its own for all that differs, so that the order handed in has no part in the choice."""
    start, stop = each.start or UNTOLD, each.stop or UNTOLD
    return each.encounter, each.access or "", start, stop, each.drug, repr(each)


def _draft_encounter(
    number: int, given: Sequence[DrugEvent], circumstances: Circumstances, procedures: Sequence[str]
) -> Draft:
    draft = Draft(number)
    of_family: dict[AdminFamily, list[DrugEvent]] = {family: [] for family in AdminFamily}
    for each in given:
        if code := including(each, sorted(procedures)):
            include(each, code, draft)
        else:
            of_family[each.family].append(each)
    for each in of_family.pop(AdminFamily.IMAGING):
        draft.leave_out(each.drug, "the imaging service includes giving it", known("ADM-01"))
    draft_esketamine(of_family.pop(AdminFamily.ESKETAMINE), circumstances, draft)
    draft_vaccines(of_family.pop(AdminFamily.VACCINE), circumstances, draft)
    _draft_by_route([each for same in of_family.values() for each in same], circumstances, draft)
    return draft


def _draft_by_route(given: Sequence[DrugEvent], circumstances: Circumstances, draft: Draft) -> None:
    veins, shots, lesions = [], [], []
    for each in given:
        if each.device is not None and (refill := REFILLS.get(each.device)):
            draft_refill(each, refill, draft)
        elif each.route is Route.INTRA_ARTERIAL:
            draft_artery(each, draft)
        elif each.device in PUMPS and each.route is not Route.SC_INFUSION:
            veins += [infusion] if (infusion := draft_pump(each, circumstances, draft)) else []
        elif each.route in _VEIN:
            veins.append(each)
        elif each.route in _SKIN_OR_MUSCLE:
            shots.append(each)
        elif not is_complex_way_in(each):
            _leave_out(each, draft)
        elif each.route is Route.INTRALESIONAL:
            lesions.append(each)
        else:
            draft_cavity(each, draft)
    draft_veins(veins, circumstances.setting, draft)
    draft_injections(shots, circumstances, draft)
    draft_lesions(lesions, draft)


def _leave_out(each: DrugEvent, draft: Draft) -> None:
    if codes := needed_for(each.route):
        why = f"giving it is part of its procedure ({codes}), which is not among the codes of the day"
        draft.leave_out(each.drug, why, CODE_FAMILIES, warn=True)
    elif each.route in {Route.ORAL, Route.NASAL}:
        draft.leave_out(each.drug, f"no administration code: {each.route}", CODE_FAMILIES)
    else:
        why = f"no administration code is known for this way in ({each.route}): see the licensed book"
        draft.leave_out(each.drug, why, CODE_FAMILIES, warn=True)


def _on_the_day(lines: Sequence[AdministrationLine], day: date, told: Draft) -> list[AdministrationLine]:
    """The lines under the numbers of the day (section 1, older dates of service)."""
    found: list[AdministrationLine] = []
    for line in lines:
        code = code_on(line.code, day)
        if code is None:
            told.encounter = line.encounter
            told.leave_out(
                line.code, f"no code is known for it on {day}: see the book of the year", CODE_FAMILIES, warn=True
            )
        elif code == line.code:
            found.append(line)
        else:
            found.append(replace(line, code=code, rules=(*line.rules, CODE_FAMILIES)))
    if day < FAMILIES_FROM and any(is_infusion_or_injection(line.code) for line in lines):
        why = "before 2006 other hours and, for Medicare in 2005, other codes held: see the book of the year"
        told.warnings += [Caution(line.code, why, CODE_FAMILIES, line.encounter) for line in found]
    return merged(found) if day < CURRENT_FROM else found
