"""The best containers for a dose: worked examples of the rulebook, every combination of small stocks, limits, speed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import permutations, product
from math import ceil
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.dosing import (
    Container,
    ContainerKind,
    Excess,
    NoChoice,
    NoVials,
    Objective,
    VialChoice,
    VialSize,
    choose_vials,
    wasted_more_than_needed,
)
from cleanclaim.errors import InvalidValue
from cleanclaim.values import Concentration, Quantity, Unit, convert


def of(text: str) -> Quantity:
    return Quantity.of(*text.split(maxsplit=1))


def size(text: str, available: int | None = None, price: str | None = None) -> VialSize:
    return VialSize(of(text), available, Decimal(price) if price else None)


def sizes(text: str) -> list[VialSize]:
    """`100 mg; 400 mg`."""
    return [size(part.strip()) for part in text.split(";")]


def chosen(
    dose: str, stock: Sequence[VialSize], by: Objective = Objective.LEAST_WASTE, per: Concentration | None = None
) -> VialChoice:
    choice = choose_vials(of(dose), stock, by=by, concentration=per)
    assert isinstance(choice, VialChoice), choice
    return choice


def refused(dose: str, stock: Sequence[VialSize], by: Objective = Objective.LEAST_WASTE) -> NoChoice:
    choice = choose_vials(of(dose), stock, by=by)
    assert isinstance(choice, NoChoice), choice
    assert choice.explanation
    return choice


@pytest.mark.parametrize(
    ("dose", "on_hand", "vials", "left_over"),
    [
        pytest.param("95 units", "100 units", "1 x 100 unit", "5 unit", id="UW-1"),
        pytest.param("350 mg", "100 mg", "4 x 100 mg", "50 mg", id="UW-6"),
        pytest.param("300 mg", "100 mg; 400 mg", "3 x 100 mg", "0 mg", id="UW-8"),
        pytest.param("305 mg", "100 mg", "4 x 100 mg", "95 mg", id="UW-9"),
        pytest.param("305 mg", "100 mg; 400 mg", "1 x 400 mg", "95 mg", id="UW-9: as much waste, fewer vials"),
        pytest.param("155 units", "100 units; 200 units", "1 x 200 unit", "45 unit", id="UW-19"),
        pytest.param("415 mg", "100 mg", "5 x 100 mg", "85 mg", id="UW-22"),
        pytest.param("712.5 mg", "100 mg; 500 mg", "1 x 500 mg + 3 x 100 mg", "87.5 mg", id="UW-23"),
        pytest.param("1050 mg", "100 mg; 400 mg", "2 x 400 mg + 3 x 100 mg", "50 mg", id="UW-24"),
        pytest.param("2.3 mg", "3.5 mg", "1 x 3.5 mg", "1.2 mg", id="UW-26"),
        pytest.param("1088 mg", "100 mg; 400 mg", "2 x 400 mg + 3 x 100 mg", "12 mg", id="UW-28"),
        pytest.param("35 g", "5 g; 10 g; 20 g", "1 x 20 g + 1 x 10 g + 1 x 5 g", "0 g", id="UW-29"),
        pytest.param("2048 IU", "1024 IU", "2 x 1024 unit", "0 unit", id="UW-33"),
        pytest.param("426 mg", "150 mg; 420 mg", "3 x 150 mg", "24 mg", id="UW-39: not 420 mg and 150 mg"),
    ],
)
def test_choice_of_the_worked_examples(dose: str, on_hand: str, vials: str, left_over: str) -> None:
    choice = chosen(dose, sizes(on_hand))
    assert (str(choice), str(choice.left_over)) == (vials, left_over)
    assert choice.total.amount - of(dose).amount == choice.left_over.amount
    assert choice.count == sum(count for _, count in choice.vials)
    assert (choice.cost, choice.cheaper, choice.explanation) == (None, None, "")


# Every combination of small stocks

CONTENTS = st.fractions(min_value="0.5", max_value=30, max_denominator=6)
PRICES = st.decimals(min_value=0, max_value=40, places=2)
PRICED = st.lists(
    st.builds(VialSize, CONTENTS.map(lambda mg: Quantity(mg, Unit.MG)), st.integers(1, 4), PRICES),
    min_size=1,
    max_size=4,
)


def combinations(dose: Fraction, stock: Sequence[VialSize]) -> list[tuple[Fraction, int, Decimal]]:
    """Content, count and cost of all that cover the dose."""
    found = []
    for counts in product(*(range((each.available or 0) + 1) for each in stock)):
        pairs = list(zip(stock, counts, strict=True))
        total = sum((each.content.amount * count for each, count in pairs), Fraction(0))
        if total >= dose:
            cost = sum(((each.price or Decimal(0)) * count for each, count in pairs), Decimal(0))
            found.append((total, sum(counts), cost))
    return found


def a_dose(stock: Sequence[VialSize], part: Fraction) -> Quantity:
    held = sum((each.content.amount * (each.available or 0) for each in stock), Fraction(0))
    return Quantity(held * part, Unit.MG)


PARTS = st.fractions(min_value="0.001", max_value=1, max_denominator=1000)


@given(PRICED, PARTS)
def test_choice_is_the_best_of_every_combination(stock: list[VialSize], part: Fraction) -> None:
    dose = a_dose(stock, part)
    every = combinations(dose.amount, stock)
    least = choose_vials(dose, stock)
    cheapest = choose_vials(dose, stock, by=Objective.LEAST_COST)
    assert isinstance(least, VialChoice)
    assert isinstance(cheapest, VialChoice)
    assert (least.total.amount, least.count) == min((total, count) for total, count, _ in every)
    assert (cheapest.cost, cheapest.total.amount, cheapest.count) == min((cost, *rest) for *rest, cost in every)
    assert least.cost is not None
    assert cheapest.cost is not None
    assert least.cheaper == (cheapest if cheapest.cost < least.cost else None)
    for choice in (least, cheapest):
        assert choice.cost == sum((each.price or 0) * count for each, count in choice.vials)
        assert choice.total.amount == sum(each.content.amount * count for each, count in choice.vials)
        assert all(count <= (each.available or 0) for each, count in choice.vials)


@given(PRICED, PARTS, st.randoms(use_true_random=False))
def test_order_of_the_sizes_plays_no_part(stock: list[VialSize], part: Fraction, random: Random) -> None:
    dose, shuffled = a_dose(stock, part), list(stock)
    random.shuffle(shuffled)
    for by in Objective:
        assert choose_vials(dose, stock, by=by) == choose_vials(dose, shuffled, by=by)


@given(PRICED, PARTS, PARTS)
def test_larger_dose_never_opens_or_costs_less(stock: list[VialSize], one: Fraction, other: Fraction) -> None:
    low, high = (a_dose(stock, part) for part in sorted((one, other)))
    small, large = choose_vials(low, stock), choose_vials(high, stock)
    assert isinstance(small, VialChoice)
    assert isinstance(large, VialChoice)
    assert small.total.amount <= large.total.amount
    small, large = (choose_vials(dose, stock, by=Objective.LEAST_COST) for dose in (low, high))
    assert isinstance(small, VialChoice)
    assert isinstance(large, VialChoice)
    assert (small.cost or 0) <= (large.cost or 0)


@given(st.lists(CONTENTS, min_size=1, max_size=4), CONTENTS, st.integers(1, 6))
def test_without_limits_as_with_more_than_enough(contents: list[Fraction], base: Fraction, times: int) -> None:
    dose = Quantity(base * times, Unit.MG)
    without = choose_vials(dose, [VialSize(Quantity(each, Unit.MG)) for each in contents])
    enough = choose_vials(dose, [VialSize(Quantity(each, Unit.MG), ceil(dose.amount / each)) for each in contents])
    assert isinstance(without, VialChoice)
    assert isinstance(enough, VialChoice)
    assert (without.total, without.count, str(without)) == (enough.total, enough.count, str(enough))


@given(PRICED, PARTS)
def test_units_of_dose_and_sizes_play_no_part(stock: list[VialSize], part: Fraction) -> None:
    dose = a_dose(stock, part)
    in_mcg = [VialSize(convert(each.content, Unit.MCG), each.available, each.price) for each in stock]
    one, other = choose_vials(dose, stock), choose_vials(convert(dose, Unit.G), in_mcg)
    assert isinstance(one, VialChoice)
    assert isinstance(other, VialChoice)
    assert convert(other.total, Unit.MG) == one.total
    assert [count for _, count in one.vials] == [count for _, count in other.vials]


# Limits, prices, refusals


def test_what_is_on_hand_limits_the_choice() -> None:
    assert str(chosen("300 mg", [size("100 mg", 2), size("400 mg")])) == "1 x 400 mg"
    assert str(chosen("300 mg", [size("100 mg", 3), size("400 mg")])) == "3 x 100 mg"
    assert str(chosen("300 mg", [size("100 mg", 0), size("400 mg")])) == "1 x 400 mg"


def test_too_little_on_hand_says_how_much_there_is_and_what_is_missing() -> None:
    no_choice = refused("1 g", [size("100 mg", 3), size("400 mg", 1)])
    assert no_choice.reason is NoVials.NOT_ENOUGH
    assert no_choice.explanation == "all containers on hand hold 0.7 g of 1 g: 0.3 g missing"


def test_cheaper_choice_stands_beside_the_one_with_least_waste() -> None:
    stock = [size("100 mg", price="500.00"), size("400 mg", price="1200.00")]
    choice = chosen("300 mg", stock)
    assert (str(choice), choice.cost) == ("3 x 100 mg", Decimal("1500.00"))
    assert choice.cheaper == chosen("300 mg", stock, Objective.LEAST_COST)
    assert choice.cheaper is not None
    assert (str(choice.cheaper), choice.cheaper.cost, choice.cheaper.cheaper) == (
        "1 x 400 mg",
        Decimal("1200.00"),
        None,
    )
    assert chosen("200 mg", stock).cheaper is None


def test_equal_cost_is_decided_by_waste_then_by_count() -> None:
    stock = [size("100 mg", price="10"), size("350 mg", price="30"), size("300 mg", price="30")]
    assert str(chosen("300 mg", stock, Objective.LEAST_COST)) == "1 x 300 mg"


def test_of_equal_contents_the_cheaper_product_is_opened_and_of_equal_prices_the_lower_ndc() -> None:
    def product_of(price: str, ndc11: str) -> VialSize:
        return VialSize(of("100 mg"), 2, Decimal(price), ndc11)

    dear, cheap, other = (
        product_of("90", "00000000001"),
        product_of("80", "00000000003"),
        product_of("80", "00000000002"),
    )
    for stock in permutations((dear, cheap, other)):
        assert chosen("350 mg", stock).vials == ((other, 2), (cheap, 2))
        assert chosen("450 mg", stock).vials == ((other, 2), (cheap, 2), (dear, 1))
        assert chosen("150 mg", stock, Objective.LEAST_COST).vials == ((other, 2),)


def test_prices_of_some_sizes_give_no_cost_and_say_so() -> None:
    stock = [size("100 mg", price="10"), size("400 mg")]
    choice = chosen("300 mg", stock)
    assert (str(choice), choice.cost, choice.cheaper) == ("3 x 100 mg", None, None)
    assert "1 of 2 sizes on hand have no price" in choice.explanation
    assert refused("300 mg", stock, Objective.LEAST_COST).reason is NoVials.NO_PRICE
    assert chosen("300 mg", [stock[0], size("400 mg", 0)]).cost == Decimal(30), "what is not on hand needs no price"


def test_cost_is_exact_beyond_the_digits_of_a_decimal_context() -> None:
    price = "1234567890123456789012345.6789012345"
    choice = chosen("300 mg", [size("100 mg", price=price)])
    assert str(choice.cost) == "3703703670370370367037037.0367037035"


@pytest.mark.parametrize(
    ("dose", "stock", "reason"),
    [
        pytest.param("0 mg", [size("100 mg")], NoVials.NO_DOSE, id="no dose"),
        pytest.param("10 mg", [], NoVials.NO_SIZES, id="no sizes"),
        pytest.param("10 mg", [size("100 mg", 0)], NoVials.NO_SIZES, id="none left"),
        pytest.param("10 mL", [size("100 mg")], NoVials.NEEDS_CONCENTRATION, id="mL of a dose in mg"),
        pytest.param("10 mg", [size("20 mg"), size("5 mL")], NoVials.NEEDS_CONCENTRATION, id="one size in mL"),
        pytest.param("10 mg", [size("100 IU")], NoVials.NEEDS_FACTOR, id="IU of a dose in mg"),
        pytest.param("10 mg", [size("1 vial")], NoVials.NEEDS_CONTAINERS, id="vials of a dose in mg"),
        pytest.param("10 mg", [size("1 mg")] * 101, NoVials.TOO_MANY, id="too many sizes"),
        pytest.param(
            "10 mg",
            [size("5 mg"), VialSize(of("400 mg"), kind=ContainerKind.MULTI_DOSE)],
            NoVials.NOT_SINGLE_DOSE,
            id="the rest of a multi-dose vial is kept",
        ),
    ],
)
def test_no_choice_says_why(dose: str, stock: list[VialSize], reason: NoVials) -> None:
    assert refused(dose, stock).reason is reason


def test_concentration_brings_volume_and_mass_together() -> None:
    per = Concentration.of(25, "mg")
    assert str(chosen("305 mg", sizes("4 mL; 16 mL"), per=per)) == "1 x 16 mL"
    assert str(chosen("12 mL", sizes("100 mg; 400 mg"), per=per)) == "3 x 100 mg"
    choice = choose_vials(of("305 IU"), sizes("4 mL"), concentration=per)
    assert isinstance(choice, NoChoice)
    assert choice.reason is NoVials.CONCENTRATION_MISFIT


@pytest.mark.parametrize(
    "made",
    [
        lambda: size("0 mg"),
        lambda: size("100 mg", -1),
        lambda: VialSize(of("100 mg"), available=1.5),  # type: ignore[arg-type]
        lambda: size("100 mg", price="-0.01"),
        lambda: size("100 mg", price="NaN"),
        lambda: VialSize(of("100 mg"), price=10.5),  # type: ignore[arg-type]
        lambda: VialSize(of("100 mg"), ndc11="0000-0000-01"),
    ],
)
def test_size_that_cannot_be_is_refused(made: Callable[[], VialSize]) -> None:
    with pytest.raises(InvalidValue):
        made()


# Large and odd numbers

ODD = ["12.5", "37.5", "99.9", "100", "150.3", "420.7"]


@pytest.mark.parametrize("priced", [False, True])
@settings(max_examples=20)
@given(st.decimals(min_value=9_000, max_value=11_000, places=2))
def test_large_dose_from_six_odd_sizes_takes_no_time(priced: bool, dose: Decimal) -> None:
    stock = [
        size(f"{mg} mg", price=str(round(Decimal(mg) * 7, 2) + at % 3) if priced else None) for at, mg in enumerate(ODD)
    ]
    began = process_time()
    choice = choose_vials(Quantity.of(dose, "mg"), stock)
    assert process_time() - began < 0.05
    assert isinstance(choice, VialChoice)
    assert choice.left_over.amount < Fraction("0.1")


def test_contents_that_share_no_small_part_are_still_exact() -> None:
    stock = sizes("100.000000001 mg; 33.3333333337 mg; 7.000000013 mg")
    choice = chosen("140.333333347 mg", stock)
    # One of each is 140.3333333477; four of 33 and one of 7 are 140.3333333478.
    assert [count for _, count in choice.vials] == [1, 1, 1]
    assert choice.left_over == of("0.0000000007 mg")


def test_more_combinations_than_are_compared_are_refused_not_guessed() -> None:
    stock = [VialSize(Quantity(Fraction(1) + Fraction(at**3 + 1, 10**9 + 7), Unit.MG)) for at in range(6)]
    assert refused("1000 mg", stock).reason is NoVials.TOO_MANY


def test_hostile_dose_ends() -> None:
    assert chosen(f"{10**39} mg", sizes("3 mg; 7 mg")).left_over.amount == 0


# What was opened against what would have been enough (WASTE-007)


def test_uw_8_400_mg_opened_where_300_mg_would_do() -> None:
    excess = wasted_more_than_needed([Container(of("400 mg"))], of("300 mg"), sizes("100 mg; 400 mg"))
    assert isinstance(excess, Excess)
    assert (str(excess.amount), str(excess.opened), str(excess.better)) == ("100 mg", "400 mg", "3 x 100 mg")


@pytest.mark.parametrize(
    ("opened", "dose", "on_hand"),
    [
        pytest.param([Container(of("100 mg"), 3)], "300 mg", "100 mg; 400 mg", id="UW-8: the best choice"),
        pytest.param([Container(of("100 mg"), 4)], "305 mg", "100 mg; 400 mg", id="UW-9: more vials, as much waste"),
        pytest.param([Container(of("100 mg"), 5)], "415 mg", "100 mg", id="UW-22"),
        pytest.param([Container(of("500 mg")), Container(of("100 mg"), 3)], "712.5 mg", "100 mg; 500 mg", id="UW-23"),
        pytest.param([Container(of("400 mg"), 2), Container(of("0.1 g"), 3)], "1088 mg", "100 mg; 400 mg", id="UW-28"),
        pytest.param([Container(of("100 units"), 1, of("60 units"))], "30 units", "100 units", id="UW-31: shared vial"),
        pytest.param([Container(of("400 mg"))], "300 mg", "400 mg", id="no smaller one on hand"),
        pytest.param([Container(of("2 mg"))], "2.1 mg", "2 mg", id="overfill given: less opened than the label asks"),
    ],
)
def test_nothing_wasted_beyond_need(opened: list[Container], dose: str, on_hand: str) -> None:
    assert wasted_more_than_needed(opened, of(dose), sizes(on_hand)) is None


def test_without_sizes_on_hand_the_sizes_opened_are_compared() -> None:
    assert wasted_more_than_needed([Container(of("400 mg"))], of("300 mg")) is None
    excess = wasted_more_than_needed([Container(of("400 mg"), 2), Container(of("0.1 g"))], of("700 mg"))
    assert isinstance(excess, Excess)
    assert (str(excess.amount), str(excess.better)) == ("200 mg", "1 x 400 mg + 3 x 0.1 g")


def test_stock_limits_what_would_have_been_better() -> None:
    opened, dose = [Container(of("400 mg"))], of("300 mg")
    assert wasted_more_than_needed(opened, dose, [size("100 mg", 2), size("400 mg")]) is None
    assert isinstance(wasted_more_than_needed(opened, dose, [size("100 mg", 3), size("400 mg")]), Excess)


@pytest.mark.parametrize(
    ("opened", "dose", "on_hand", "reason"),
    [
        pytest.param([], "300 mg", [size("100 mg")], NoVials.NEEDS_CONTAINERS, id="not known what was opened"),
        pytest.param(
            [Container(of("4 mL"))], "300 mg", [size("100 mg")], NoVials.NEEDS_CONCENTRATION, id="opened in mL"
        ),
        pytest.param([Container(of("400 mg"))], "0 mg", [size("100 mg")], NoVials.NO_DOSE, id="nothing given"),
        pytest.param(
            [Container(of("400 mg"))], "300 mg", [size("100 mg", 1)], NoVials.NOT_ENOUGH, id="stock too small"
        ),
        pytest.param(
            [Container(of("40 mg"), 1, of("50 mg"))],
            "30 mg",
            [size("40 mg")],
            NoVials.CONTAINERS_OVERDRAWN,
            id="others got more than the vial holds",
        ),
    ],
)
def test_excess_that_cannot_be_told_is_not_taken_for_none(
    opened: list[Container], dose: str, on_hand: list[VialSize], reason: NoVials
) -> None:
    told = wasted_more_than_needed(opened, of(dose), on_hand)
    assert isinstance(told, NoChoice)
    assert told.reason is reason
    assert told.explanation


@given(PRICED, PARTS, st.lists(st.integers(0, 4), min_size=4, max_size=4))
def test_excess_is_what_was_opened_less_the_least_that_covers(
    stock: list[VialSize], part: Fraction, counts: list[int]
) -> None:
    opened = [Container(each.content, count) for each, count in zip(stock, counts, strict=False) if count]
    if not opened:
        opened = [Container(stock[0].content)]
    dose = a_dose(stock, part)
    least = min(total for total, _, _ in combinations(dose.amount, stock))
    total = sum(each.content.amount * each.count for each in opened)
    told = wasted_more_than_needed(opened, dose, stock)
    if total > least:
        assert isinstance(told, Excess)
        assert told.amount.amount == total - least
    else:
        assert told is None
