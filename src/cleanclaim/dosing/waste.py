"""What was discarded, and the lines that say so: JW, JZ or neither (UNW-01 to UNW-26; algorithm of section 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import floor

from cleanclaim.dosing.units import BillingUnit, NoUnits, Semantics, UnitsResult, in_unit, no_units, units_for_dose
from cleanclaim.errors import InvalidValue
from cleanclaim.values import Concentration, Quantity, Unit

JW_FROM = date(2017, 1, 1)  # UNW-02: all Medicare contractors; before, UNW-26
JZ_FROM = date(2023, 7, 1)  # UNW-03: required; merely accepted from 2023-01-01


class ContainerKind(StrEnum):
    """What the label calls the container; the values of `product.container`."""

    SINGLE_DOSE = "single_dose"  # single-dose, single-patient-use
    MULTI_DOSE = "multi_dose"
    PHARMACY_BULK = "pharmacy_bulk"  # not single-dose (UNW-08)


class WastePolicy(StrEnum):
    """What a payer wants about discarded drug (UNW-21)."""

    CMS = "cms"  # JW for what is discarded, JZ where nothing is, from their dates
    JW_ONLY = "jw_only"  # JW for what is discarded, never JZ
    NONE = "none"  # neither modifier
    DENY_WASTE = "deny_waste"  # discarded drug is not paid


@dataclass(frozen=True, slots=True)
class Container:
    """Containers of one size that were opened; `elsewhere` went to, or was kept for, other patients (UNW-11)."""

    content: Quantity  # labeled content of one, without overfill
    count: int = 1
    elsewhere: Quantity | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise InvalidValue("the count of containers must be at least 1")


@dataclass(frozen=True, slots=True)
class SplitLine:
    """One claim line, and the rule that made it."""

    units: int
    modifiers: tuple[str, ...]
    quantity: Quantity  # the drug that the line stands for: charge and NDC quantity divide by it (UNW-19, UNW-20)
    rule: str


@dataclass(frozen=True, slots=True)
class Split:
    """The claim lines of a dose, with what they were made from; no lines and a reason when they cannot be told."""

    lines: tuple[SplitLine, ...] = ()
    administered: Quantity | None = None
    discarded: Quantity | None = None  # left in single-dose containers; None where it is not known or not asked
    overfill: Quantity | None = None  # beyond the labeled content: not billed (UNW-09), or a container is left out
    administered_units: int | None = None
    discarded_units: int | None = None  # whole units discarded, billed or not
    reason: NoUnits | None = None  # why there are no lines
    explanation: str = ""  # in words: what is missing


# A unit of these codes is a whole container, study or dose: nothing of it can be discarded beside it.
_UNDIVIDED = {Semantics.PER_CONTAINER, Semantics.PER_STUDY, Semantics.RANGE}
# The units of these codes divide by an amount, so that containers and dose must be told in its unit of measure.
_DIVIDED = {Semantics.LINEAR, Semantics.UP_TO, Semantics.VOLUME}
# One unit of these codes stands for the drug of its line, whatever the amount (COD-41).
_ONE_UNIT = {Semantics.UNCLASSIFIED}


def discard(
    dose: Quantity,
    billing_unit: BillingUnit | None,
    containers: Sequence[Container],
    kind: ContainerKind | None,
    *,
    on: date,
    policy: WastePolicy | None = WastePolicy.CMS,
    exempt: str | None = None,
    concentration: Concentration | None = None,
    jw_from: date = JW_FROM,
    jz_from: date = JZ_FROM,
) -> Split:
    """The lines to bill for a dose and for what was left of its containers.

    Without `containers`, or with `kind` None (the label is not known), the administered line stands without modifiers.
    `exempt` is the rule that frees the line from JW and JZ (UNW-13, UNW-16, UNW-24 ...): administered units alone.
    `jw_from` and `jz_from` are the first days of the rule where they differ (UNW-15, UNW-23, UNW-26). With no policy,
    `none` and `deny_waste`, discarded units are told and not billed.
    """
    opened = _opened(dose, billing_unit, containers, concentration)
    if isinstance(opened, UnitsResult):
        return Split(reason=opened.reason, explanation=opened.explanation)
    count = sum(container.count for container in containers) or None
    result = units_for_dose(opened.given, billing_unit, concentration=concentration, containers=count)
    if result.units is None or billing_unit is None:
        return Split(reason=result.reason, explanation=result.explanation)
    line = SplitLine(result.units, (), opened.given, exempt or result.rule)
    found = Split(administered=opened.given, overfill=opened.overfill, administered_units=result.units)
    units = _whole_units_left(result, opened.left, billing_unit) if kind is ContainerKind.SINGLE_DOSE else None
    if units is None:
        line = line if exempt or kind in _UNTOLD else replace(line, rule="UNW-08")
        return replace(found, lines=(line,), explanation=_UNTOLD.get(kind, ""))
    has_jw = policy is WastePolicy.JW_ONLY or on >= jw_from
    terms = _Terms(policy, has_jw=has_jw, has_jz=on >= jz_from, together=not has_jw and on < JW_FROM)
    whole = billing_unit.semantics in _ONE_UNIT
    lines = (line,) if exempt else _lines(line, opened.left, units, terms, billing_unit, whole=whole)
    return replace(found, lines=lines, discarded=opened.left, discarded_units=units)


# Why it is not told whether drug was discarded, by the kind of container.
_UNTOLD = {
    None: "the kind of container is not known",
    ContainerKind.SINGLE_DOSE: "the labeled content of the containers is not known",
}


def discarded_units(
    dose: Quantity, content: Quantity, billing_unit: BillingUnit | None, *, concentration: Concentration | None = None
) -> UnitsResult:
    """The whole units discarded of single-dose containers with this labeled content, or why that cannot be told."""
    split = discard(
        dose, billing_unit, [Container(content)], ContainerKind.SINGLE_DOSE, on=date.max, concentration=concentration
    )
    return UnitsResult(split.discarded_units, None, "UNW-05", split.reason, split.explanation)


@dataclass(frozen=True, slots=True)
class _Opened:
    """What became of the containers, in one unit of measure."""

    given: Quantity  # within the labeled content
    left: Quantity | None = None
    overfill: Quantity | None = None  # given beyond the labeled content


@dataclass(frozen=True, slots=True)
class _Terms:
    """The payer's policy on one day: whether its modifiers exist then."""

    policy: WastePolicy | None
    has_jw: bool
    has_jz: bool
    together: bool  # before JW: dose and waste on one line (UNW-26)


def _opened(
    dose: Quantity,
    billing_unit: BillingUnit | None,
    containers: Sequence[Container],
    concentration: Concentration | None,
) -> _Opened | UnitsResult:
    """The dose within the labeled content, what was left, and what was given beyond it; or why they cannot be told."""
    if not containers or billing_unit is None:
        return _Opened(dose)
    divided = billing_unit.semantics in _DIVIDED and billing_unit.unit is not None
    unit = billing_unit.unit if divided and billing_unit.unit else containers[0].content.unit
    given = in_unit(dose, unit, concentration)
    content = Quantity.of(0, unit)
    for container in containers:
        mine = own_content(container, unit, concentration)
        if isinstance(mine, UnitsResult):
            return mine if divided else _Opened(dose)
        content = Quantity(content.amount + mine.amount, unit)
    if isinstance(given, UnitsResult):
        return given if divided else _Opened(dose)
    if content.amount == 0:
        return no_units(NoUnits.CONTAINERS_OVERDRAWN, "the containers hold nothing for this patient")
    if given.amount > content.amount:
        return _Opened(content, Quantity.of(0, unit), Quantity(given.amount - content.amount, unit))
    return _Opened(given, Quantity(content.amount - given.amount, unit))


def own_content(container: Container, unit: Unit, concentration: Concentration | None) -> Quantity | UnitsResult:
    """What the containers held for this patient (UNW-11)."""
    content = in_unit(container.content, unit, concentration)
    elsewhere = in_unit(container.elsewhere or Quantity.of(0, unit), unit, concentration)
    if isinstance(content, UnitsResult):
        return content
    if isinstance(elsewhere, UnitsResult):
        return elsewhere
    amount = content.amount * container.count - elsewhere.amount
    if amount < 0:
        return no_units(NoUnits.CONTAINERS_OVERDRAWN, "the containers gave more to other patients than they hold")
    return Quantity(amount, unit)


def _whole_units_left(result: UnitsResult, left: Quantity | None, billing_unit: BillingUnit) -> int | None:
    """The discarded units, rounded down, so that both lines together stay within the labeled content (UNW-05)."""
    if billing_unit.semantics in _UNDIVIDED:
        return 0
    if left is None:
        return None
    if billing_unit.semantics in _ONE_UNIT:
        return 1 if left.amount else 0
    if not billing_unit.amount or result.units is None or result.measure is None:
        return None
    beside = left.amount / billing_unit.amount
    return min(floor(beside), max(0, floor(beside + result.measure) - result.units))


def _lines(
    line: SplitLine, left: Quantity | None, units: int, terms: _Terms, billing_unit: BillingUnit, *, whole: bool
) -> tuple[SplitLine, ...]:
    """The lines of a single-dose container: dose and JW, dose with JZ, or one line as long as there was no modifier."""
    if terms.policy not in {WastePolicy.CMS, WastePolicy.JW_ONLY}:
        return (replace(line, rule="UNW-21"),)
    if units and left is not None:
        if terms.has_jw:
            return replace(line, rule="UNW-04"), SplitLine(units, ("JW",), _billed(left, units, billing_unit), "UNW-02")
        if not terms.together:  # a setting where the rule of JW began later: discarded drug was not asked for
            return (replace(line, rule="UNW-23"),)
        both = Quantity(line.quantity.amount + left.amount, left.unit)
        return (SplitLine(line.units if whole else line.units + units, (), both, "UNW-26"),)
    if terms.policy is WastePolicy.JW_ONLY:
        return (replace(line, rule="UNW-21"),)
    inside_one_unit = left is not None and left.amount > 0
    return (replace(line, modifiers=("JZ",) if terms.has_jz else (), rule="UNW-06" if inside_one_unit else "UNW-03"),)


def _billed(left: Quantity, units: int, billing_unit: BillingUnit) -> Quantity:
    """What a JW line stands for: the rest, or its units alone where the label allows fewer than the rest has."""
    if (
        billing_unit.semantics not in _DIVIDED
        or not billing_unit.amount
        or units >= floor(left.amount / billing_unit.amount)
    ):
        return left
    return Quantity(units * billing_unit.amount, left.unit)
