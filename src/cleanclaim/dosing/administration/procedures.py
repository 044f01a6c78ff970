"""Procedures of the encounter beside the drugs: those that include giving them, and those that giving includes.

Rules ADM-12, ADM-15, ADM-19, ADM-22 and ADM-23; section 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from cleanclaim.dosing.administration.codes import is_infusion_or_injection
from cleanclaim.dosing.administration.draft import Draft
from cleanclaim.dosing.administration.esketamine import BUNDLES
from cleanclaim.dosing.administration.events import AdminFamily, DrugEvent, Route
from cleanclaim.dosing.administration.plan import CODE_FAMILIES, AdministrationLine, Caution, NotBilled, known, sourced

# First and last code, and the ways in that the procedures include.
_INCLUDING = (
    (20550, 20553, frozenset({Route.TENDON_OR_TRIGGER_POINT, Route.IM})),
    (20600, 20611, frozenset({Route.INTRA_ARTICULAR})),
    (62320, 62327, frozenset({Route.EPIDURAL, Route.INTRATHECAL})),
    (64612, 64617, frozenset({Route.IM, Route.INTRADERMAL, Route.TENDON_OR_TRIGGER_POINT})),
    (64642, 64647, frozenset({Route.IM, Route.INTRADERMAL, Route.TENDON_OR_TRIGGER_POINT})),
    (67028, 67028, frozenset({Route.INTRAVITREAL})),
)  # fmt: skip
_NEEDED = {
    Route.INTRAVITREAL: "67028",
    Route.INTRA_ARTICULAR: "20600 to 20611",
    Route.TENDON_OR_TRIGGER_POINT: "20550 to 20553",
    Route.EPIDURAL: "62320 to 62327",
    Route.INTRATHECAL: "62320 to 62327",
}
_INJECTED = frozenset({AdminFamily.THERAPEUTIC, AdminFamily.COMPLEX, AdminFamily.HORMONAL_ANTINEOPLASTIC})
_INCLUDED = frozenset({"36000", "36410", "96523"})
_MIGRAINE, _OTHER_HEAD_AND_NECK = "64615", frozenset({"64612", "64616", "64617"})
_LOWEST_VISIT = "99211"


def including(each: DrugEvent, procedures: Sequence[str]) -> str | None:
    """The procedure that includes giving this; None where there is none."""
    if each.family not in _INJECTED:
        return None
    return next((code for code in procedures if each.route in _ways_in(code)), None)


def needed_for(route: Route) -> str | None:
    """The procedures of which one stands for this way in."""
    return _NEEDED.get(route)


def _ways_in(code: str) -> frozenset[Route]:
    if not code.isdigit():
        return frozenset()
    return next((ways for first, last, ways in _INCLUDING if first <= int(code) <= last), frozenset())


def judge_procedures(
    procedures: Sequence[str], lines: Sequence[AdministrationLine]
) -> tuple[list[NotBilled], list[Caution]]:
    """What of the procedures is not billed beside the lines, and what needs a look."""
    left: list[NotBilled] = []
    cautions: list[Caution] = []
    codes = {line.code for line in lines}
    bundle = next(iter(sorted(codes & BUNDLES)), None)
    others = set(procedures) | codes
    for code in procedures:
        if code in _INCLUDED and len(others) > 1:
            left.append(NotBilled(code, "included in the other services", sourced("ADM-12")))
        elif _is_visit(code) and bundle:
            left.append(NotBilled(code, f"{bundle} includes the visit", sourced("ADM-19")))
        elif code == _LOWEST_VISIT and any(is_infusion_or_injection(each) for each in codes):
            left.append(NotBilled(code, "never beside an infusion or injection", sourced("ADM-15")))
        elif _is_visit(code) and codes:
            cautions.append(Caution(code, "only if separately identifiable, with modifier 25", sourced("ADM-15")))
        elif code in _OTHER_HEAD_AND_NECK and _MIGRAINE in procedures:
            why = f"{_MIGRAINE} covers it in the same session for the same indication"
            left.append(NotBilled(code, why, sourced("ADM-23")))
        elif code == _MIGRAINE:
            cautions.append(Caution(code, "once a session for all sites: one unit, no 50", sourced("ADM-23")))
        if code not in _INCLUDED and _ways_in(code) and "96372" in codes:
            why = f"96372 beside it needs another drug at another site: the pair of the PTP table with {code} decides"
            cautions.append(Caution("96372", why, known("ADM-22")))
    return left, cautions


def include(each: DrugEvent, code: str, draft: Draft) -> None:
    """Take in that the procedure includes giving this."""
    draft.leave_out(each.drug, f"{code} includes the injection", CODE_FAMILIES)
    if each.route is Route.IM:
        why = f"counted as the injection of {code}: another drug at another site has an injection code of its own"
        draft.warn(each.drug, why, known("ADM-22"))


def _is_visit(code: str) -> bool:
    return (code.isdigit() and 99202 <= int(code) <= 99499) or code == _LOWEST_VISIT
