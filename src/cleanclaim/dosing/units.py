"""A dose in billing units, by what the code's descriptor means (COD-51 to COD-64). Administered units round up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil

from cleanclaim.errors import UnitsNotConvertible
from cleanclaim.values import (
    Concentration,
    Dimension,
    Missing,
    Quantity,
    Unit,
    convert,
    exact,
    missing_knowledge,
    read_unit,
)


class Semantics(StrEnum):
    """How one billing unit of a code counts; the values of `hcpcs.unit_semantics`."""

    LINEAR = "linear"  # each X mg is a unit
    UP_TO = "up_to"  # one unit covers any dose up to X
    PER_CONTAINER = "per_container"  # vials, doses, implants, pieces
    PER_STUDY = "per_study"  # one unit per study, whatever the activity
    VOLUME = "volume"  # each X mL
    COMBINATION = "combination"  # all listed amounts together are one unit
    RANGE = "range"  # one unit of the one code whose range holds the dose
    UNCLASSIFIED = "unclassified"  # a code for any drug: Medicare takes one unit whatever the dose


class NoUnits(StrEnum):
    """Why a dose has no number of billing units."""

    NO_DOSE = "no_dose"  # nothing was given
    NO_BILLING_UNIT = "no_billing_unit"  # the descriptor names none, or was not parsed
    NEEDS_CONCENTRATION = "needs_concentration"
    NEEDS_FACTOR = "needs_factor"  # IU to mg, mEq to mg ...: a fact about the drug
    NEEDS_CONTAINERS = "needs_containers"  # how many containers, or what one holds
    NEEDS_INGREDIENTS = "needs_ingredients"  # the amounts of a combination
    NEEDS_RANGE = "needs_range"  # the bounds of a range
    OUTSIDE_RANGE = "outside_range"  # the neighbor code of the series is meant
    CONTAINERS_OVERDRAWN = "containers_overdrawn"  # they gave more to others than they hold
    CONCENTRATION_MISFIT = "concentration_misfit"  # the concentration is in other units than the dose and the code


_MISSING = {
    Missing.CONCENTRATION: NoUnits.NEEDS_CONCENTRATION,
    Missing.FACTOR: NoUnits.NEEDS_FACTOR,
    Missing.CONTENT: NoUnits.NEEDS_CONTAINERS,
}


@dataclass(frozen=True, slots=True)
class BillingUnit:
    """What one billing unit of a code is: the columns `amount`, `unit` and `unit_semantics` of the `hcpcs` table.

    A range has `above` (its lower bound, not in it) and `up_to` (its upper bound, in it); an open side is None. The
    table gives one bound only, so that the bounds must come from the descriptor.
    """

    amount: Fraction | None
    unit: Unit | None
    semantics: Semantics = Semantics.LINEAR
    above: Fraction | None = None
    up_to: Fraction | None = None

    @classmethod
    def of(cls, amount: int | str | Decimal | Fraction, unit: str, semantics: str = Semantics.LINEAR) -> BillingUnit:
        """The billing unit with its amount and unit read.

        Raises:  InvalidValue when one of them cannot be read.
        """
        return cls(exact(amount), unit if isinstance(unit, Unit) else read_unit(unit), Semantics(semantics))


@dataclass(frozen=True, slots=True)
class UnitsResult:
    """Billing units, or the reason why there are none."""

    units: int | None
    measure: Fraction | None = None  # the dose in billing units before rounding (12.5 where `units` is 13)
    rule: str = ""  # the rule of the rulebook that made the units
    reason: NoUnits | None = None
    explanation: str = ""  # in words: what is missing


def units_for_dose(
    dose: Quantity,
    billing_unit: BillingUnit | None,
    *,
    concentration: Concentration | None = None,
    containers: int | None = None,
) -> UnitsResult:
    """The units to bill for a dose given to one patient on one day, rounded up.

    Doses of one day are added before (UNW-18). `containers` is how many were used, for codes that count containers.
    """
    if dose.amount == 0:
        return no_units(NoUnits.NO_DOSE, "no drug was given: there is nothing to bill")
    if billing_unit is None:
        return no_units(NoUnits.NO_BILLING_UNIT, "the billing unit of the code is not known")
    if rule := _ONE_UNIT.get(billing_unit.semantics):
        return UnitsResult(1, rule=rule)
    match billing_unit.semantics:
        case Semantics.COMBINATION:
            result = no_units(NoUnits.NEEDS_INGREDIENTS, "a combination needs the dose and amount of each ingredient")
        case Semantics.RANGE:
            result = _units_in_range(dose, billing_unit, concentration)
        case Semantics.PER_CONTAINER:
            result = _units_of_containers(dose, billing_unit, containers, concentration)
        case semantics:
            result = _divided(dose, billing_unit, concentration, _RULE[semantics])
    return result


_ONE_UNIT = {Semantics.UNCLASSIFIED: "COD-41", Semantics.PER_STUDY: "COD-56"}
_RULE = {Semantics.LINEAR: "COD-51", Semantics.UP_TO: "COD-52", Semantics.VOLUME: "COD-55"}


def units_for_combination(doses: Sequence[Quantity], amounts: Sequence[Quantity]) -> UnitsResult:
    """The units of a fixed combination: a unit holds all the amounts together, so the largest count decides (COD-61).

    Shape:   `doses` and `amounts` name the same ingredients in the same order; those without an amount are left out.
    """
    if not amounts or len(doses) != len(amounts):
        return no_units(NoUnits.NEEDS_INGREDIENTS, "each ingredient of the combination needs its dose and its amount")
    parts = [
        units_for_dose(dose, BillingUnit(amount.amount, amount.unit))
        for dose, amount in zip(doses, amounts, strict=True)
        if dose.amount
    ]
    if not parts:
        return no_units(NoUnits.NO_DOSE, "no drug was given: there is nothing to bill")
    unknown = next((part for part in parts if part.units is None), None)
    if unknown:
        return unknown
    measure = max(part.measure for part in parts if part.measure is not None)
    return UnitsResult(ceil(measure), measure, "COD-61")


def no_units(reason: NoUnits, explanation: str) -> UnitsResult:
    """The result without units."""
    return UnitsResult(None, reason=reason, explanation=explanation)


def in_unit(quantity: Quantity, unit: Unit, concentration: Concentration | None) -> Quantity | UnitsResult:
    """The quantity in a unit, or the reason why it cannot be told."""
    try:
        return convert(quantity, unit, concentration=concentration)
    except UnitsNotConvertible as refusal:
        missing = missing_knowledge(quantity.unit, unit)
        reason = _MISSING[missing] if missing and concentration is None else NoUnits.CONCENTRATION_MISFIT
        return no_units(reason, str(refusal))


def _divided(dose: Quantity, billing_unit: BillingUnit, concentration: Concentration | None, rule: str) -> UnitsResult:
    if not billing_unit.amount or billing_unit.unit is None:
        return no_units(NoUnits.NO_BILLING_UNIT, "the amount of one billing unit is not known")
    given = in_unit(dose, billing_unit.unit, concentration)
    if isinstance(given, UnitsResult):
        return given
    measure = given.amount / billing_unit.amount
    return UnitsResult(ceil(measure), measure, rule)


def _units_of_containers(
    dose: Quantity, billing_unit: BillingUnit, containers: int | None, concentration: Concentration | None
) -> UnitsResult:
    """Containers as counted; else the dose where it is itself a count, or where the descriptor says what one holds."""
    if containers:
        return UnitsResult(containers, Fraction(containers), "COD-54")
    by_dose = _divided(dose, billing_unit, concentration, "COD-54")
    if by_dose.units is not None:
        return by_dose
    if dose.unit.dimension is Dimension.COUNT:
        # The code counts containers; charts and descriptors name the same thing vial, dose, syringe, each.
        return UnitsResult(ceil(dose.amount), dose.amount, "COD-54")
    return no_units(NoUnits.NEEDS_CONTAINERS, "the code counts containers: the number used is needed")


def _units_in_range(dose: Quantity, billing_unit: BillingUnit, concentration: Concentration | None) -> UnitsResult:
    above, up_to = billing_unit.above, billing_unit.up_to
    if billing_unit.unit is None or (above is None and up_to is None):
        return no_units(NoUnits.NEEDS_RANGE, "the bounds of the code's dose range are not known")
    given = in_unit(dose, billing_unit.unit, concentration)
    if isinstance(given, UnitsResult):
        return given
    if (above is not None and given.amount <= above) or (up_to is not None and given.amount > up_to):
        return no_units(
            NoUnits.OUTSIDE_RANGE, "the dose is outside the code's range: another code of the series is meant"
        )
    return UnitsResult(1, rule="COD-62")
