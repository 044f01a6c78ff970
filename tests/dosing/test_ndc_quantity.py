"""HCPCS units beside NDC quantities."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.dosing import (
    BillingUnit,
    LineQuantities,
    NdcUnit,
    amount_in_ndc_unit,
    crosswalk_factor,
    line_quantities,
    quantity_agrees,
    unit_factor,
    units_for_ndc_quantity,
)
from cleanclaim.errors import InvalidValue, UnitsNotConvertible
from cleanclaim.values import Concentration, Quantity

FACTORS = st.fractions(min_value="0.01", max_value=1000, max_denominator=1000)
UNITS = st.integers(1, 5000)


@given(UNITS, FACTORS)
def test_quantity_made_from_units_agrees_with_them(units: int, factor: Fraction) -> None:
    quantity = line_quantities(units / factor, Fraction(0)).administered
    assert quantity_agrees(units, quantity, factor, jw=False)
    assert quantity_agrees(units, quantity, factor, jw=True)


@given(st.fractions(min_value="0.01", max_value=1000, max_denominator=1000), FACTORS)
def test_units_made_from_a_quantity_agree_with_it(quantity: Fraction, factor: Fraction) -> None:
    assert quantity_agrees(ceil(quantity * factor), quantity, factor, jw=False)
    down = floor(quantity * factor)
    assert down == 0 or quantity_agrees(down, quantity, factor, jw=True)


@pytest.mark.parametrize(
    ("units", "quantity", "jw", "agrees"),
    [
        pytest.param(40, "4", False, True, id="exact"),
        pytest.param(40, "3.99", False, True, id="within 1 %"),
        pytest.param(40, "4.04", False, True, id="1 % above"),
        pytest.param(40, "4.05", False, False, id="above 1 %"),
        pytest.param(40, "3.95", False, True, id="rounds up to the units"),
        pytest.param(40, "3.9", False, False, id="39 units"),
        pytest.param(40, "40", False, False, id="units typed as quantity"),
        pytest.param(5, "0.59", True, True, id="JW rounds down"),
        pytest.param(5, "0.59", False, False, id="a dose line would be 6"),
        pytest.param(36, "4", False, False, id="less than one package apart"),
        pytest.param(40, "0", False, False, id="no quantity"),
        pytest.param(40, "-4", False, False, id="negative"),
        pytest.param(0, "4", False, False, id="no units"),
    ],
)
def test_agreement_by_a_factor_of_ten(units: int, quantity: str, jw: bool, agrees: bool) -> None:
    assert quantity_agrees(units, Decimal(quantity), Fraction(10), jw=jw) is agrees


def test_payer_of_few_decimals_widens_the_agreement() -> None:
    assert not quantity_agrees(1, Decimal("0.34"), Fraction(3), jw=False)
    assert quantity_agrees(1, Decimal("0.34"), Fraction(3), jw=False, decimals=2)


@pytest.mark.parametrize(("quantity", "whole", "agrees"), [("4", True, True), ("4", False, False), ("5", True, False)])
def test_whole_containers_agree_only_where_the_payer_wants_them(quantity: str, whole: bool, agrees: bool) -> None:
    assert quantity_agrees(35, Decimal(quantity), Fraction(10), jw=False, whole_containers=whole) is agrees


def test_whole_containers_of_a_liquid_are_multiples_of_their_volume() -> None:
    half_ml = Fraction("0.5")
    assert line_quantities(
        Fraction("0.7"), Fraction("0.1"), whole_containers=True, container_size=half_ml
    ) == LineQuantities(Decimal("1.000"), None)
    assert quantity_agrees(7, Decimal(1), Fraction(10), jw=False, whole_containers=True, container_size=half_ml)


def test_quantities_are_rounded_to_the_payers_decimals_and_never_to_zero() -> None:
    third = Fraction(1, 3)
    assert line_quantities(third, 2 * third) == LineQuantities(Decimal("0.333"), Decimal("0.667"))
    assert line_quantities(third, Fraction(0), decimals=2) == LineQuantities(Decimal("0.33"), None)
    assert line_quantities(Fraction(1, 10_000), Fraction(0)).administered == Decimal("0.001")


def test_volume_given_times_the_factor_rounds_up_to_units() -> None:
    assert units_for_ndc_quantity(Fraction("2.1"), crosswalk_factor(Fraction(10), Fraction(4))) == 6


@pytest.mark.parametrize(("bill_units", "package_size"), [(0, 1), (1, 0), (-1, 1)])
def test_crosswalk_row_without_sizes_has_no_factor(bill_units: int, package_size: int) -> None:
    with pytest.raises(InvalidValue):
        crosswalk_factor(Fraction(bill_units), Fraction(package_size))


@pytest.mark.parametrize(
    ("code", "ndc_unit", "content", "factor"),
    [
        (("10", "mg"), NdcUnit.ME, None, "0.1"),
        (("100", "mcg"), NdcUnit.ME, None, "10"),
        (("1", "IU"), NdcUnit.F2, None, "1"),
        (("1000", "units"), NdcUnit.F2, None, "0.001"),
        (("10", "mg"), NdcUnit.UN, ("100", "mg", "vial"), "10"),
        (("0.5", "mg"), NdcUnit.ML, ("6", "mg", "0.6 mL"), "20"),
        (("1", "g"), NdcUnit.GR, None, "1"),
    ],
)
def test_factor_from_the_units_alone(
    code: tuple[str, str], ndc_unit: NdcUnit, content: tuple[str, str, str] | None, factor: str
) -> None:
    known = Concentration.of(*content) if content else None
    assert unit_factor(BillingUnit.of(*code), ndc_unit, concentration=known) == Fraction(factor)


@pytest.mark.parametrize("ndc_unit", [NdcUnit.UN, NdcUnit.ML, NdcUnit.F2])
def test_factor_that_takes_more_is_refused(ndc_unit: NdcUnit) -> None:
    with pytest.raises(UnitsNotConvertible):
        unit_factor(BillingUnit.of(10, "mg"), ndc_unit)
    with pytest.raises(UnitsNotConvertible):
        unit_factor(BillingUnit(None, None), ndc_unit)


def test_pieces_are_counted_and_masses_need_the_content() -> None:
    assert amount_in_ndc_unit(Quantity.of(2, "vials"), NdcUnit.UN) == 2
    with pytest.raises(UnitsNotConvertible, match="content"):
        amount_in_ndc_unit(Quantity.of(100, "mg"), NdcUnit.UN)
    with pytest.raises(UnitsNotConvertible):
        amount_in_ndc_unit(Quantity.of(100, "mg"), NdcUnit.F2)
