"""Dose to billing units, by the semantics of the code."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.dosing import BillingUnit, NoUnits, Semantics, units_for_combination, units_for_dose
from cleanclaim.values import Concentration, Quantity, Unit

PER_10_MG = BillingUnit.of(10, "mg")
OPEN_BELOW = BillingUnit(Fraction(3), Unit.MG, Semantics.RANGE, up_to=Fraction(3))
MIDDLE = BillingUnit(Fraction(6), Unit.MG, Semantics.RANGE, above=Fraction(3), up_to=Fraction(6))
OPEN_ABOVE = BillingUnit(Fraction(10), Unit.MG, Semantics.RANGE, above=Fraction(10))

AMOUNTS = st.fractions(min_value="0.001", max_value=100_000, max_denominator=10**6)


def of(text: str) -> Quantity:
    return Quantity.of(*text.split(maxsplit=1))


@given(AMOUNTS, AMOUNTS)
def test_administered_units_are_the_fewest_that_hold_the_dose(dose: Fraction, amount: Fraction) -> None:
    units = units_for_dose(Quantity(dose, Unit.MG), BillingUnit(amount, Unit.MG)).units
    assert units is not None
    assert (units - 1) * amount < dose <= units * amount


@given(AMOUNTS, AMOUNTS)
def test_units_do_not_depend_on_the_unit_in_which_the_dose_is_charted(dose: Fraction, amount: Fraction) -> None:
    code = BillingUnit(amount, Unit.MG)
    assert units_for_dose(Quantity(dose, Unit.MG), code) == units_for_dose(Quantity(dose * 1000, Unit.MCG), code)


@pytest.mark.parametrize(
    ("dose", "code", "reason"),
    [
        pytest.param("0 mg", PER_10_MG, NoUnits.NO_DOSE, id="nothing given"),
        pytest.param("10 mg", None, NoUnits.NO_BILLING_UNIT, id="code not parsed"),
        pytest.param("10 mg", BillingUnit(None, None), NoUnits.NO_BILLING_UNIT, id="no amount"),
        pytest.param("10 mg", BillingUnit(Fraction(0), Unit.MG), NoUnits.NO_BILLING_UNIT, id="amount of zero"),
        pytest.param("10 mL", PER_10_MG, NoUnits.NEEDS_CONCENTRATION, id="mL charted, mg billed"),
        pytest.param(
            "10 mg", BillingUnit.of(250, "mL", "volume"), NoUnits.NEEDS_CONCENTRATION, id="mg charted, mL billed"
        ),
        pytest.param("10 IU", PER_10_MG, NoUnits.NEEDS_FACTOR, id="IU charted, mg billed"),
        pytest.param("10 mEq", PER_10_MG, NoUnits.NEEDS_FACTOR, id="mEq charted, mg billed"),
        pytest.param("1 vial", PER_10_MG, NoUnits.NEEDS_CONTAINERS, id="vial charted, mg billed"),
        pytest.param("10 mg", BillingUnit.of(1, "vial", "per_container"), NoUnits.NEEDS_CONTAINERS, id="per vial"),
        pytest.param(
            "1 g", BillingUnit(None, None, Semantics.COMBINATION), NoUnits.NEEDS_INGREDIENTS, id="combination"
        ),
        pytest.param(
            "1 mg", BillingUnit(Fraction(3), Unit.MG, Semantics.RANGE), NoUnits.NEEDS_RANGE, id="range, no bounds"
        ),
        pytest.param("3.01 mg", OPEN_BELOW, NoUnits.OUTSIDE_RANGE, id="above a range"),
        pytest.param("3 mg", MIDDLE, NoUnits.OUTSIDE_RANGE, id="on the open lower bound"),
        pytest.param("10 mg", OPEN_ABOVE, NoUnits.OUTSIDE_RANGE, id="on the bound of an open range"),
    ],
)
def test_dose_without_units_says_why(dose: str, code: BillingUnit | None, reason: NoUnits) -> None:
    result = units_for_dose(of(dose), code)
    assert (result.units, result.reason) == (None, reason)
    assert result.explanation


@pytest.mark.parametrize(
    ("dose", "code"),
    [("3 mg", OPEN_BELOW), ("3.01 mg", MIDDLE), ("6 mg", MIDDLE), ("10.01 mg", OPEN_ABOVE), ("4000 mcg", MIDDLE)],
)
def test_dose_inside_a_range_is_one_unit(dose: str, code: BillingUnit) -> None:
    assert (units_for_dose(of(dose), code).units, units_for_dose(of(dose), code).rule) == (1, "COD-62")


@pytest.mark.parametrize(
    ("dose", "code", "containers", "units"),
    [
        pytest.param("2 doses", BillingUnit.of(1, "dose", "per_container"), None, 2, id="doses charted"),
        pytest.param(
            "2 syringes", BillingUnit.of(1, "dose", "per_container"), None, 2, id="the same thing by another name"
        ),
        pytest.param("60 mg", BillingUnit.of(1, "vial", "per_container"), 3, 3, id="vials counted"),
        pytest.param("74.2 mg", BillingUnit.of("74.2", "mg", "per_container"), None, 1, id="implant of an amount"),
        pytest.param("296.8 mg", BillingUnit.of("74.2", "mg", "per_container"), None, 4, id="four implants"),
    ],
)
def test_codes_that_count_containers(dose: str, code: BillingUnit, containers: int | None, units: int) -> None:
    assert units_for_dose(of(dose), code, containers=containers).units == units


def test_concentration_charted_with_the_dose_carries_volume_to_mass() -> None:
    per_ml = Concentration.of(25, "mg", "mL")
    assert units_for_dose(of("2 mL"), PER_10_MG, concentration=per_ml).units == 5
    assert units_for_dose(of("2 IU"), PER_10_MG, concentration=per_ml).reason is NoUnits.CONCENTRATION_MISFIT


@pytest.mark.parametrize("dose", ["0.1 mCi", "45 mCi", "60 mCi"])
def test_study_dose_is_one_unit_whatever_its_activity(dose: str) -> None:
    assert units_for_dose(of(dose), BillingUnit.of(45, "mCi", "per_study")).units == 1


def test_unclassified_code_is_one_unit_whatever_the_dose() -> None:
    assert units_for_dose(of("400 mg"), BillingUnit(None, None, Semantics.UNCLASSIFIED)).units == 1


class TestCombination:
    """COD-61: piperacillin and tazobactam, 1 g and 0.125 g together, 3.375 g given."""

    AMOUNTS = (Quantity.of(1, "g"), Quantity.of("0.125", "g"))

    def test_largest_count_decides(self) -> None:
        assert units_for_combination((of("3 g"), of("0.375 g")), self.AMOUNTS).units == 3
        assert units_for_combination((of("3 g"), of("0.376 g")), self.AMOUNTS).units == 4

    def test_never_the_sum_of_the_ingredients_over_one_of_them(self) -> None:
        assert units_for_combination((of("3 g"), of("0.375 g")), self.AMOUNTS).units != ceil(Fraction("3.375"))

    def test_without_an_ingredient_it_is_not_told(self) -> None:
        assert units_for_combination((of("3 g"),), self.AMOUNTS).reason is NoUnits.NEEDS_INGREDIENTS
        assert units_for_combination((of("3 g"), of("1 mL")), self.AMOUNTS).reason is NoUnits.NEEDS_CONCENTRATION
        assert units_for_combination((of("0 g"), of("0 g")), self.AMOUNTS).reason is NoUnits.NO_DOSE
