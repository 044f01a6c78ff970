"""Where the place decides that administration is not billed at all, or otherwise: ADM-14 and section 5."""

from __future__ import annotations

from collections.abc import Sequence

from cleanclaim.dosing.administration.codes import is_infusion_or_injection
from cleanclaim.dosing.administration.events import Circumstances, Setting
from cleanclaim.dosing.administration.plan import SETTINGS, AdministrationLine, Caution, NotBilled, Rule, sourced

_FACILITY_PLACES = frozenset({"19", "21", "22", "23", "24", "51", "61"})  # ADM-14
_SURGERY_CENTER, _HOME = "24", "12"
_OFFICE_PUMP = "G0498"
_INCLUDED_BY_BILL = {
    "11": "inside the payment of the inpatient stay",
    "21": "inside the consolidated billing of the nursing facility",
    "71": "inside the rate of the rural health clinic",
    "77": "inside the rate of the health center",
}
_UNSURE_BY_BILL = {
    "12": "Part B only of an inpatient: some administration is covered",
    "22": "nursing facility, Part B only: see what consolidated billing takes in",
}


def by_place(
    lines: Sequence[AdministrationLine], circumstances: Circumstances
) -> tuple[list[AdministrationLine], list[NotBilled], list[Caution]]:
    """The lines that the place leaves, those that it takes, and cautions."""
    if not lines:
        return [], [], []
    bill = (circumstances.bill_type or "").lstrip("0")[:2] if circumstances.setting is Setting.FACILITY else ""
    place = circumstances.place_of_service
    kept = list(lines)
    left: list[NotBilled] = []
    cautions: list[Caution] = []
    if circumstances.setting is Setting.OFFICE and place in _FACILITY_PLACES:
        kept, left = _parted(lines, "in a facility the hospital bills it, not the physician", sourced("ADM-14"))
    elif place == _SURGERY_CENTER:
        kept, left = _parted(lines, "included in the procedure of the surgery center", SETTINGS)
    elif why := _INCLUDED_BY_BILL.get(bill):
        kept, left = [], [_not_billed(line, why, SETTINGS) for line in lines]
    elif why := _UNSURE_BY_BILL.get(bill):
        cautions = [Caution(line.code, why, SETTINGS, line.encounter) for line in lines]
    if place == _HOME:
        why = "at home: visits of home infusion (G0068 to G0090, 99601, S codes) go by payer and are not chosen here"
        cautions += [Caution(line.code, why, SETTINGS, line.encounter) for line in kept if _is_taken(line)]
    return kept, left, cautions


def _parted(
    lines: Sequence[AdministrationLine], why: str, rule: Rule
) -> tuple[list[AdministrationLine], list[NotBilled]]:
    """The lines that stay (vaccines, bundles) and those of infusions and injections, which do not."""
    kept = [line for line in lines if not _is_taken(line)]
    return kept, [_not_billed(line, why, rule) for line in lines if _is_taken(line)]


def _is_taken(line: AdministrationLine) -> bool:
    return is_infusion_or_injection(line.code) or line.code == _OFFICE_PUMP


def _not_billed(line: AdministrationLine, why: str, rule: Rule) -> NotBilled:
    return NotBilled(line.code, why, rule, line.encounter)
