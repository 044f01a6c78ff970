"""One drug from packages of several numbers: one line with a note, or a line for each number (NDC-33)."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import msgspec

from cleanclaim.billing.administration import Administration, GivenContainer
from cleanclaim.errors import CleanclaimError
from cleanclaim.policies.policy import NdcSplit
from cleanclaim.terms import PayerTerms
from cleanclaim.values import Concentration, Quantity, convert, exact, parse_ndc

_LONGEST_NOTE = 80  # NTE02


class Part(NamedTuple):
    """A dose, or the share of it from packages of one number; `note` is of its line."""

    given: Administration
    dose: Quantity
    note: str | None = None


class _Package(NamedTuple):
    containers: tuple[GivenContainer, ...]
    content: Quantity  # of all of them, for this patient


def by_number(
    given: Administration, dose: Quantity, concentration: Concentration | None, terms: PayerTerms
) -> tuple[list[Part], str]:
    """The parts of a dose that came from packages of several numbers, and what a person must know of them.

    Where the payer wants a line for each, larger containers count as drawn first and the last one as not emptied.
    """
    numbers = list(dict.fromkeys(str(one.ndc) for one in given.containers if one.ndc))
    readings = [parse_ndc(one) for one in numbers]
    ndcs = list(dict.fromkeys(one.ndc11 or one.given for one in readings))
    if terms.ndc_split_lines is NdcSplit.LINES:
        packages = _packages(given, ndcs, concentration)
        parts = _shares(given, dose, packages, concentration) if packages else []
        if parts:
            modifier = "" if terms.ndc_next_line_modifier else "; which modifier further lines bear, the payer tells"
            return parts, f"several NDCs, a line for each, units rounded on each (NDC-33, UNW-18){modifier}"
        told = "a line for each NDC is wanted, and how much came from each is not known: one line was made (NDC-33)"
    elif terms.ndc_split_lines is NdcSplit.NOTE:
        told = f"several NDCs: {ndcs[0]} stands on the line, the others in its note (NDC-33)"
    else:
        told = (
            f"several NDCs: {ndcs[0]} stands on the line, the others in its note; some payers want a line for each"
            " (NDC-33): say `payer_terms` with ndc_split_lines"
        )
    note = "; ".join(f"NDC {one}" for one in ndcs[1:])
    if len(note) > _LONGEST_NOTE:
        note, told = "", f"{told}; the note has no room for so many numbers: it was left out"
    return [Part(given, dose, note or None)], told


def _packages(given: Administration, ndcs: list[str], concentration: Concentration | None) -> list[_Package]:
    """The containers of each number, the largest first; none where some cannot be told apart or added."""
    if any(one.ndc is None for one in given.containers):
        return []
    groups: dict[str, list[GivenContainer]] = {one: [] for one in ndcs}
    for one in given.containers:
        reading = parse_ndc(one.ndc or "")
        groups[reading.ndc11 or reading.given].append(one)
    try:
        packages = {ndc: _Package(tuple(group), _content(group, concentration)) for ndc, group in groups.items()}
        unit = next(iter(packages.values())).content.unit
        size = {
            ndc: max(
                convert(Quantity.of(one.amount, one.unit), unit, concentration=concentration).amount for one in group
            )
            for ndc, group in groups.items()
        }
    except CleanclaimError:
        return []
    return [packages[ndc] for ndc in sorted(packages, key=lambda ndc: (-size[ndc], ndc))]


def _content(group: list[GivenContainer], concentration: Concentration | None) -> Quantity:
    unit = Quantity.of(group[0].amount, group[0].unit).unit
    amounts = [
        convert(
            Quantity(exact(one.amount) * one.count - exact(one.shared or 0), Quantity.of(1, one.unit).unit),
            unit, concentration=concentration,
        ).amount
        for one in group
    ]  # fmt: skip
    return Quantity(sum(amounts, Fraction(0)), unit)


def _shares(
    given: Administration, dose: Quantity, packages: list[_Package], concentration: Concentration | None
) -> list[Part]:
    """The dose shared out over the packages; none where a package would give nothing, or units do not convert."""
    parts, left = [], dose
    try:
        for place, package in enumerate(packages):
            content = convert(package.content, dose.unit, concentration=concentration).amount
            # What is beyond all labels stays on the last: it is refused there as overfill.
            share = left.amount if place == len(packages) - 1 else min(left.amount, content)
            if share <= 0:
                return []
            own = msgspec.structs.replace(given, containers=package.containers, ndc=None)
            parts.append(Part(own, Quantity(share, dose.unit)))
            left = Quantity(left.amount - share, dose.unit)
    except CleanclaimError:
        return []
    return parts
