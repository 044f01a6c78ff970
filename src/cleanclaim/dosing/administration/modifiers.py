"""Modifiers that tell one administration from another: 59, or XE and XS (ADM-05, ADM-13, ADM-21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from cleanclaim.dosing.administration.codes import INITIAL
from cleanclaim.dosing.administration.events import Circumstances, Distinct
from cleanclaim.dosing.administration.plan import AdministrationLine, Caution, known, sourced

_SUBSETS_FROM = date(2015, 1, 1)  # MDF-53
_VEIN_INITIAL = INITIAL - {"96369"}


def another_site(circumstances: Circumstances) -> str:
    """The modifier of a service at another site."""
    return _distinct(circumstances, "XS")


def _distinct(circumstances: Circumstances, subset: str) -> str:
    subsets = circumstances.distinct is Distinct.SUBSETS and circumstances.service_date >= _SUBSETS_FROM
    return subset if subsets else "59"


def told_apart(
    lines: Sequence[AdministrationLine], circumstances: Circumstances
) -> tuple[list[AdministrationLine], list[Caution]]:
    """The lines of a day, those of a second access or encounter marked as such, and what must be documented for it.

    A line is marked when it is a second initial service, or when its code stands on the day already.
    """
    found: list[AdministrationLine] = []
    cautions: list[Caution] = []
    for line in lines:
        alike = [other for other in found if _would_clash(line, other)]
        marked = line
        if any(other.encounter != line.encounter for other in alike):
            marked = _marked(marked, _distinct(circumstances, "XE"))
            marked = replace(marked, rules=(*marked.rules, known("ADM-21")))
        if any(other.encounter == line.encounter and other.access != line.access for other in alike):
            marked = _marked(marked, another_site(circumstances))
            if sourced("ADM-05") not in marked.rules:
                marked = replace(marked, rules=(*marked.rules, sourced("ADM-05")))
        if marked.modifiers != line.modifiers and line.code in _VEIN_INITIAL:
            other = "encounter, with its times" if "ADM-21" in {rule.id for rule in marked.rules} else "access"
            why = f"a second initial service: document the {other}, and why it was needed"
            rule = known("ADM-21") if other.startswith("encounter") else sourced("ADM-05")
            cautions.append(Caution(line.code, why, rule, line.encounter))
        found.append(marked)
    return found, cautions


def _would_clash(line: AdministrationLine, other: AdministrationLine) -> bool:
    if (line.encounter, line.access) == (other.encounter, other.access):
        return False
    return line.code == other.code or {line.code, other.code} <= _VEIN_INITIAL


def _marked(line: AdministrationLine, modifier: str) -> AdministrationLine:
    return line if modifier in line.modifiers else replace(line, modifiers=(*line.modifiers, modifier))
