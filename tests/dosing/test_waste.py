"""What was discarded and the lines that say so: dates, payers, shared vials, overfill."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cleanclaim.dosing import (
    BillingUnit,
    Container,
    ContainerKind,
    NoUnits,
    Semantics,
    Split,
    WastePolicy,
    discard,
    discarded_units,
)
from cleanclaim.errors import InvalidValue
from cleanclaim.values import Concentration, Quantity, Unit

PER_10_MG = BillingUnit.of(10, "mg")
TODAY = date(2026, 3, 2)
SINGLE = ContainerKind.SINGLE_DOSE
AMOUNTS = st.fractions(min_value="0.01", max_value=5_000, max_denominator=1000)
Lines = list[tuple[int, tuple[str, ...]]]


def of(text: str) -> Quantity:
    return Quantity.of(*text.split(maxsplit=1))


def lines(split: Split) -> Lines:
    return [(line.units, line.modifiers) for line in split.lines]


@given(AMOUNTS, AMOUNTS, st.lists(st.tuples(AMOUNTS, st.integers(1, 4)), min_size=1, max_size=4))
def test_dose_and_waste_stay_within_the_label(
    dose: Fraction, amount: Fraction, opened: list[tuple[Fraction, int]]
) -> None:
    content = sum((each * count for each, count in opened), Fraction(0))
    assume(dose <= content)
    containers = [Container(Quantity(each, Unit.MG), count) for each, count in opened]
    split = discard(Quantity(dose, Unit.MG), BillingUnit(amount, Unit.MG), containers, SINGLE, on=TODAY)
    administered, discarded = split.administered_units, split.discarded_units
    assert administered is not None
    assert discarded is not None
    assert administered + discarded <= max(administered, floor(content / amount))
    assert 0 <= discarded * amount <= content - dose
    assert split.discarded == Quantity(content - dose, Unit.MG)
    modifiers = [line.modifiers for line in split.lines]
    assert modifiers == ([(), ("JW",)] if discarded else [("JZ",)])


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_discarded_units_alone_are_those_of_the_lines(dose: Fraction, amount: Fraction, more: Fraction) -> None:
    given_mg, content, code = Quantity(dose, Unit.MG), Quantity(dose + more, Unit.MG), BillingUnit(amount, Unit.MG)
    split = discard(given_mg, code, [Container(content)], SINGLE, on=TODAY)
    assert discarded_units(given_mg, content, code).units == split.discarded_units


@pytest.mark.parametrize(
    ("on", "dose", "expected"),
    [
        pytest.param(date(2016, 12, 31), "70 mg", [(10, ())], id="before JW: one line of both (UNW-26)"),
        pytest.param(date(2017, 1, 1), "70 mg", [(7, ()), (3, ("JW",))], id="first day of JW"),
        pytest.param(date(2023, 6, 30), "100 mg", [(10, ())], id="last day before JZ"),
        pytest.param(date(2023, 7, 1), "100 mg", [(10, ("JZ",))], id="first day of JZ"),
        pytest.param(date(2023, 6, 30), "70 mg", [(7, ()), (3, ("JW",))], id="JW goes on beside"),
    ],
)
def test_modifiers_begin_on_their_days(on: date, dose: str, expected: Lines) -> None:
    assert lines(discard(of(dose), PER_10_MG, [Container(of("100 mg"))], SINGLE, on=on)) == expected


def test_contractor_that_asked_for_jw_before_has_its_own_first_day() -> None:
    split = discard(
        of("70 mg"), PER_10_MG, [Container(of("100 mg"))], SINGLE, on=date(2012, 5, 1), jw_from=date(2010, 1, 1)
    )
    assert lines(split) == [(7, ()), (3, ("JW",))]


def test_waste_line_before_jw_stands_for_dose_and_rest_together() -> None:
    (line,) = discard(of("77 mg"), PER_10_MG, [Container(of("100 mg"))], SINGLE, on=date(2016, 5, 1)).lines
    assert (line.units, line.quantity, line.rule) == (10, of("100 mg"), "UNW-26")


@pytest.mark.parametrize(
    ("policy", "with_waste", "without"),
    [
        (WastePolicy.CMS, [(7, ()), (3, ("JW",))], [(10, ("JZ",))]),
        (WastePolicy.JW_ONLY, [(7, ()), (3, ("JW",))], [(10, ())]),
        (WastePolicy.NONE, [(7, ())], [(10, ())]),
        (WastePolicy.DENY_WASTE, [(7, ())], [(10, ())]),
        (None, [(7, ())], [(10, ())]),
    ],
)
def test_payer_decides_what_is_said(policy: WastePolicy | None, with_waste: Lines, without: Lines) -> None:
    vial = [Container(of("100 mg"))]
    some = discard(of("70 mg"), PER_10_MG, vial, SINGLE, on=TODAY, policy=policy)
    assert lines(some) == with_waste
    assert some.discarded_units == 3
    assert lines(discard(of("100 mg"), PER_10_MG, vial, SINGLE, on=TODAY, policy=policy)) == without


@pytest.mark.parametrize("kind", [ContainerKind.MULTI_DOSE, ContainerKind.PHARMACY_BULK])
def test_what_is_left_of_a_multi_dose_container_is_not_discarded(kind: ContainerKind) -> None:
    split = discard(of("77 mg"), PER_10_MG, [Container(of("400 mg"))], kind, on=TODAY)
    assert lines(split) == [(8, ())]
    assert (split.discarded, split.discarded_units) == (None, None)
    assert split.lines[0].rule == "UNW-08"


def test_unknown_container_or_content_leaves_the_modifier_open_and_says_so() -> None:
    unknown_kind = discard(of("77 mg"), PER_10_MG, [Container(of("100 mg"))], None, on=TODAY)
    unknown_content = discard(of("77 mg"), PER_10_MG, [], SINGLE, on=TODAY)
    assert lines(unknown_kind) == lines(unknown_content) == [(8, ())]
    assert (unknown_kind.discarded_units, unknown_content.discarded_units) == (None, None)
    assert "kind" in unknown_kind.explanation
    assert "content" in unknown_content.explanation


def test_overfill_is_billed_neither_as_given_nor_as_discarded() -> None:
    split = discard(of("105 mg"), PER_10_MG, [Container(of("100 mg"))], SINGLE, on=TODAY)
    assert lines(split) == [(10, ("JZ",))]
    assert split.overfill == of("5 mg")


@pytest.mark.parametrize(
    ("elsewhere", "dose", "expected"),
    [
        ("0 mg", "60 mg", [(6, ()), (4, ("JW",))]),
        ("30 mg", "60 mg", [(6, ()), (1, ("JW",))]),
        ("40 mg", "60 mg", [(6, ("JZ",))]),
    ],
)
def test_shared_vial_counts_what_others_did_not_get(elsewhere: str, dose: str, expected: Lines) -> None:
    vial = Container(of("100 mg"), elsewhere=of(elsewhere))
    assert lines(discard(of(dose), PER_10_MG, [vial], SINGLE, on=TODAY)) == expected


@pytest.mark.parametrize("elsewhere", ["100 mg", "101 mg"])
def test_vial_that_gave_all_to_others_held_no_dose(elsewhere: str) -> None:
    split = discard(of("60 mg"), PER_10_MG, [Container(of("100 mg"), elsewhere=of(elsewhere))], SINGLE, on=TODAY)
    assert (split.lines, split.reason) == ((), NoUnits.CONTAINERS_OVERDRAWN)


@pytest.mark.parametrize(
    ("dose", "code", "content", "reason"),
    [
        ("0 mg", PER_10_MG, "100 mg", NoUnits.NO_DOSE),
        ("70 mg", None, "100 mg", NoUnits.NO_BILLING_UNIT),
        ("3 mL", PER_10_MG, "100 mg", NoUnits.NEEDS_CONCENTRATION),
        ("70 mg", PER_10_MG, "4 mL", NoUnits.NEEDS_CONCENTRATION),
        ("70 mg", PER_10_MG, "100 IU", NoUnits.NEEDS_FACTOR),
        ("70 mg", BillingUnit(None, None, Semantics.COMBINATION), "100 mg", NoUnits.NEEDS_INGREDIENTS),
    ],
)
def test_lines_that_cannot_be_told_say_why(dose: str, code: BillingUnit | None, content: str, reason: NoUnits) -> None:
    split = discard(of(dose), code, [Container(of(content))], SINGLE, on=TODAY)
    assert (split.lines, split.reason, bool(split.explanation)) == ((), reason, True)
    assert discarded_units(of(dose), of(content), code).reason is reason


def test_volumes_are_told_with_a_concentration() -> None:
    per_ml = Concentration.of(25, "mg", "mL")
    split = discard(of("2.8 mL"), PER_10_MG, [Container(of("4 mL"))], SINGLE, on=TODAY, concentration=per_ml)
    assert lines(split) == [(7, ()), (3, ("JW",))]


@pytest.mark.parametrize(
    "code",
    [BillingUnit.of(1, "vial", "per_container"), BillingUnit.of(45, "mCi", "per_study")],
    ids=["per vial", "per study"],
)
def test_nothing_is_discarded_beside_a_whole_container_or_study(code: BillingUnit) -> None:
    split = discard(of("9.8 mCi"), code, [Container(of("15 mCi"))], SINGLE, on=TODAY)
    assert lines(split) == [(1, ("JZ",))]
    assert split.discarded_units == 0


def test_exempt_line_bears_the_rule_that_frees_it() -> None:
    split = discard(of("70 mg"), PER_10_MG, [Container(of("100 mg"))], SINGLE, on=TODAY, exempt="UNW-13")
    assert [(line.units, line.modifiers, line.rule) for line in split.lines] == [(7, (), "UNW-13")]
    assert split.discarded_units == 3


def test_count_of_containers_is_at_least_one() -> None:
    with pytest.raises(InvalidValue):
        Container(of("100 mg"), 0)
