"""The quantity of an NDC in its own unit, beside HCPCS units: from the amount given or by the crosswalk factor.

Rules NDC-10 to NDC-18 and NDC-43 of the rulebook; UNW-20 for the two lines of a dose with waste.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from cleanclaim.dosing.units import BillingUnit
from cleanclaim.errors import InvalidValue, UnitsNotConvertible
from cleanclaim.values import Concentration, Dimension, Quantity, Unit, convert, exact

_TOLERANCE = Fraction(1, 100)  # NDC-43
_DECIMALS = 3  # NDC-15


class NdcUnit(StrEnum):
    """The unit of measure of an NDC quantity (CTP05-1)."""

    ML = "ML"  # liquids
    UN = "UN"  # vials of powder, pieces, kits
    GR = "GR"  # weighed products
    F2 = "F2"  # international units
    ME = "ME"  # milligrams

    @property
    def measure(self) -> Unit | None:
        """The unit of measure that it is; None for UN, which counts containers or pieces."""
        return _MEASURE.get(self)


_MEASURE = {NdcUnit.ML: Unit.ML, NdcUnit.GR: Unit.G, NdcUnit.F2: Unit.UNIT, NdcUnit.ME: Unit.MG}


def crosswalk_factor(bill_units: Fraction, package_size: Fraction) -> Fraction:
    """HCPCS units per NDC unit: BILLUNITS over PKG SIZE, both of one item of the package (NDC-18).

    Raises:  InvalidValue when one of them is not above zero.
    """
    if bill_units <= 0 or package_size <= 0:
        raise InvalidValue("the billing units and the size of a package must be above zero")
    return bill_units / package_size


def unit_factor(
    billing_unit: BillingUnit, ndc_unit: NdcUnit, *, concentration: Concentration | None = None
) -> Fraction:
    """HCPCS units per NDC unit from the units alone: for ME and F2 (NDC-14, NDC-13), or with the product's content.

    Raises:  UnitsNotConvertible when that takes more than what is given.
    """
    if not billing_unit.amount or billing_unit.unit is None:
        raise UnitsNotConvertible("the amount of one billing unit is not known")
    unit = ndc_unit.measure or (concentration.per.unit if concentration else Unit.VIAL)
    return (
        convert(Quantity(Fraction(1), unit), billing_unit.unit, concentration=concentration).amount
        / billing_unit.amount
    )


def amount_in_ndc_unit(amount: Quantity, ndc_unit: NdcUnit, *, concentration: Concentration | None = None) -> Fraction:
    """An amount of drug in NDC units, exactly; `concentration` is its content per mL, vial or gram.

    Raises:  UnitsNotConvertible when the content is needed and not given, or is per something else.
    """
    if ndc_unit is NdcUnit.UN:
        if concentration is not None and concentration.per.unit.dimension is Dimension.COUNT:
            return convert(amount, concentration.per.unit, concentration=concentration).amount
        if amount.unit.dimension is Dimension.COUNT:
            return amount.amount
        raise UnitsNotConvertible(f"{amount.unit} to UN needs the labeled content of one container")
    return convert(amount, _MEASURE[ndc_unit], concentration=concentration).amount


def units_for_ndc_quantity(quantity: Fraction, factor: Fraction) -> int:
    """The HCPCS units of a quantity given, rounded up (COD-64)."""
    return ceil(quantity * factor)


@dataclass(frozen=True, slots=True)
class LineQuantities:
    """The NDC quantities of a dose line and of the JW line beside it; None where the line bears none."""

    administered: Decimal
    discarded: Decimal | None


def line_quantities(
    administered: Fraction,
    discarded: Fraction,
    *,
    decimals: int = _DECIMALS,
    whole_containers: bool = False,
    container_size: Fraction = Fraction(1),
) -> LineQuantities:
    """The quantities to send, in NDC units: each line its own (UNW-20), or whole containers on the dose line alone.

    What was given is rounded to the nearest, and what was discarded is the rest of the rounded sum, so that both
    together are what was opened; neither is ever zero for an amount above zero.

    Units:   `container_size` is the content of one container in NDC units (1 for UN); `decimals` are the payer's.
    """
    if whole_containers:
        return LineQuantities(_rounded(_whole(administered + discarded, container_size), decimals), None)
    given = _rounded(administered, decimals)
    if not discarded:
        return LineQuantities(given, None)
    return LineQuantities(given, max(_rounded(administered + discarded, decimals) - given, _step(decimals)))


def quantity_agrees(
    units: int | Decimal | Fraction,
    quantity: Decimal | Fraction,
    factor: Fraction,
    *,
    jw: bool,
    decimals: int = _DECIMALS,
    whole_containers: bool = False,
    container_size: Fraction = Fraction(1),
) -> bool:
    """Whether HCPCS units and NDC quantity of a line agree by the factor (NDC-43).

    They do when the units are the quantity times the factor, rounded up on a dose line and down on a JW line; when the
    quantity is units over factor within 1 % or the payer's decimals; or, where the payer wants whole containers, when
    it is that rounded up to whole containers.
    """
    billed, told = exact(units), exact(quantity)
    if billed <= 0 or told <= 0:
        return False
    if billed == (floor if jw else ceil)(told * factor):
        return True
    expected = billed / factor
    if abs(told - expected) <= expected * _TOLERANCE or abs(told - expected) < Fraction(1, 10**decimals):
        return True
    return whole_containers and told == _whole(expected, container_size)


def _whole(quantity: Fraction, container_size: Fraction) -> Fraction:
    return ceil(quantity / container_size) * container_size


def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def _rounded(quantity: Fraction, decimals: int) -> Decimal:
    """The nearest decimal; never zero for an amount above zero: payers refuse it (NDC-15)."""
    step = _step(decimals)
    rounded = (Decimal(quantity.numerator) / Decimal(quantity.denominator)).quantize(step, ROUND_HALF_UP)
    return max(rounded, step) if quantity else rounded
