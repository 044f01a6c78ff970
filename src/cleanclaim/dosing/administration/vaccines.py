"""The lines of giving vaccines: by payer, route and counseling (ADM-16, section 1)."""

from __future__ import annotations

from collections.abc import Sequence

from cleanclaim.dosing.administration.draft import Draft
from cleanclaim.dosing.administration.events import Circumstances, DrugEvent, Route, Vaccine
from cleanclaim.dosing.administration.plan import CODE_FAMILIES, known, sourced

_MEDICARE = {Vaccine.INFLUENZA: "G0008", Vaccine.PNEUMOCOCCAL: "G0009", Vaccine.HEPATITIS_B: "G0010"}
_COVID = "90480"
_COUNSELED, _FURTHER_COMPONENT = "90460", "90461"
_INJECTED, _FURTHER_INJECTED = "90471", "90472"
_SWALLOWED, _FURTHER_SWALLOWED = "90473", "90474"
_BY_MOUTH_OR_NOSE = frozenset({Route.ORAL, Route.NASAL})
_COUNSELED_UP_TO = 18  # years


def draft_vaccines(given: Sequence[DrugEvent], circumstances: Circumstances, draft: Draft) -> None:
    """Take in the lines of the vaccines of one encounter, one administration per vaccine."""
    plain: list[DrugEvent] = []
    counseled: list[DrugEvent] = []
    for _, each in sorted({vaccine.drug: vaccine for vaccine in reversed(given)}.items()):
        if each.vaccine is Vaccine.COVID:
            draft.add(_COVID, [each.drug], "vaccine against COVID", CODE_FAMILIES)
        elif circumstances.medicare and each.vaccine in _MEDICARE:
            draft.add(_MEDICARE[each.vaccine], [each.drug], "Medicare's own code for this vaccine", sourced("ADM-16"))
        elif _is_counseled(each, circumstances, draft):
            counseled.append(each)
        else:
            plain.append(each)
        _warn_of_payer(each, circumstances, draft)
    _draft_counseled(sorted(counseled, key=lambda each: each.drug), draft)
    _draft_plain(sorted(each.drug for each in plain if each.route not in _BY_MOUTH_OR_NOSE),
                 sorted(each.drug for each in plain if each.route in _BY_MOUTH_OR_NOSE), draft)  # fmt: skip


def _is_counseled(each: DrugEvent, circumstances: Circumstances, draft: Draft) -> bool:
    if not each.counseled_components:
        return False
    if circumstances.age_years is None:
        draft.warn(each.drug, "counseled, but the age is not told: billed without counseling", CODE_FAMILIES)
        return False
    return circumstances.age_years <= _COUNSELED_UP_TO


def _warn_of_payer(each: DrugEvent, circumstances: Circumstances, draft: Draft) -> None:
    if each.vaccine in _MEDICARE and circumstances.medicare is None:
        draft.warn(each.drug, "the payer is not told: Medicare has its own code for this vaccine", sourced("ADM-16"))
    elif each.vaccine in _MEDICARE and circumstances.payer_program == "medicare_advantage":
        draft.warn(each.drug, "the plan may want other codes than Medicare's own", known("ADM-16"))
    elif each.vaccine is Vaccine.OTHER and circumstances.medicare:
        why = "Medicare takes it here after injury or exposure (tetanus, rabies): else see the drug plan"
        draft.warn(each.drug, why, known("ADM-16"))


def _draft_counseled(given: Sequence[DrugEvent], draft: Draft) -> None:
    if not given:
        return
    drugs = [each.drug for each in given]
    draft.add(_COUNSELED, drugs, "with counseling up to 18 years", CODE_FAMILIES, units=len(given))
    further = sum(each.counseled_components - 1 for each in given)
    if further:
        names = [each.drug for each in given if each.counseled_components > 1]
        rules = (CODE_FAMILIES, known("ADM-17"))
        draft.add(_FURTHER_COMPONENT, names, "further components counseled on", *rules, units=further)


def _draft_plain(injected: Sequence[str], swallowed: Sequence[str], draft: Draft) -> None:
    """The first is an injected one, where there is one; all others are further ones, by their way in."""
    rule, further = sourced("ADM-16"), (sourced("ADM-16"), known("ADM-17"))
    if injected:
        draft.add(_INJECTED, injected[:1], "first vaccine, injected", rule)
    elif swallowed:
        draft.add(_SWALLOWED, swallowed[:1], "first vaccine, by mouth or nose", CODE_FAMILIES)
    if more := injected[1:]:
        draft.add(_FURTHER_INJECTED, more, "further vaccines, injected", *further, units=len(more))
    if more := swallowed if injected else swallowed[1:]:
        rules = (CODE_FAMILIES, known("ADM-17"))
        draft.add(_FURTHER_SWALLOWED, more, "further vaccines, by mouth or nose", *rules, units=len(more))
