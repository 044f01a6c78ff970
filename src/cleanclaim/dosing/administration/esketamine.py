"""Esketamine: one bundle per session for Medicare, by the total dose; the drug and visit codes for others.

Rules ADM-19 and ADM-20.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cleanclaim.dosing.administration.draft import Draft
from cleanclaim.dosing.administration.events import Circumstances, DrugEvent
from cleanclaim.dosing.administration.plan import known, sourced

UP_TO_56_MG, OVER_56_MG = "G2082", "G2083"
BUNDLES = frozenset({UP_TO_56_MG, OVER_56_MG})
_STEP = Decimal(56)
_J0013_FROM = date(2026, 1, 1)


def draft_esketamine(given: Sequence[DrugEvent], circumstances: Circumstances, draft: Draft) -> None:
    """Take in the bundle of one session, or why there is none."""
    if not given:
        return
    drugs = sorted({each.drug for each in given})
    if not circumstances.medicare:
        _draft_elsewhere(drugs, circumstances, draft)
        return
    doses = [each.dose_mg for each in given if each.dose_mg is not None]
    if len(doses) < len(given):
        _leave_out(drugs, "the bundle goes by the total dose, which is not told", draft)
    elif circumstances.established_patient is False:
        _leave_out(drugs, "the bundle is for established patients only", draft)
    else:
        _draft_bundle(drugs, sum(doses, Decimal(0)), circumstances, draft)


def _draft_bundle(drugs: Sequence[str], dose: Decimal, circumstances: Circumstances, draft: Draft) -> None:
    code = UP_TO_56_MG if dose <= _STEP else OVER_56_MG
    why = f"one bundle per session: {dose.normalize():f} mg in all"
    draft.add(code, drugs, why, sourced("ADM-19"), modifiers=("KX",))
    for drug in drugs:
        draft.leave_out(drug, f"no drug line: {code} includes the drug", sourced("ADM-19"))
    draft.warn(code, "name and zip of the REMS facility belong in the note field", sourced("ADM-19"))
    if circumstances.established_patient is None:
        draft.warn(code, "for established patients only: not told", sourced("ADM-19"))
    if circumstances.payer_program == "medicare_advantage":
        draft.warn(code, "the plan may want the drug and visit codes instead", known("ADM-19"))


def _draft_elsewhere(drugs: Sequence[str], circumstances: Circumstances, draft: Draft) -> None:
    drug_code = "J0013" if circumstances.service_date >= _J0013_FROM else "S0013"
    rule = sourced("ADM-20") if circumstances.medicare is False else known("ADM-20")
    for drug in drugs:
        why = f"no administration code: {drug_code} and the payer's visit codes"
        draft.leave_out(drug, why, rule)
        draft.warn(drug, "which visit or prolonged codes go beside the drug is the payer's choice", rule)
        if circumstances.medicare is None:
            draft.warn(drug, "the payer is not told: Medicare has a bundle by dose", rule)
        elif drug in {"J0013", "S0013"} - {drug_code}:
            draft.warn(drug, f"on this day the code of the drug is {drug_code}", rule)


def _leave_out(drugs: Sequence[str], why: str, draft: Draft) -> None:
    for drug in drugs:
        draft.leave_out(drug, why, sourced("ADM-19"), warn=True)
