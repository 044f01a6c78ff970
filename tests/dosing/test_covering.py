"""The covering search against a table of all totals: with bits for the totals, without, and given up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.dosing.covering import Item, least_cover

ITEMS = st.lists(st.builds(Item, st.integers(1, 40), st.integers(1, 9), st.integers(0, 60)), min_size=1, max_size=5)
PROPORTIONAL = ITEMS.map(lambda items: [Item(item.size, item.most, 3 * item.size) for item in items])
FREE = ITEMS.map(lambda items: [Item(item.size, item.most) for item in items])
Score = tuple[int, int, int]
with_and_without_bits = pytest.mark.parametrize(
    "most_bits", [pytest.param(1 << 20, id="bits"), pytest.param(0, id="no bits")]
)


def score(items: list[Item], counts: tuple[int, ...]) -> Score:
    pairs = list(zip(items, counts, strict=True))
    return (
        sum(item.cost * count for item, count in pairs),
        sum(item.size * count for item, count in pairs),
        sum(counts),
    )


def best_of_all(need: int, items: list[Item]) -> Score:
    """The best cost and count of every total that can be made, one item after the other."""
    best = {0: (0, 0)}
    for item in items:
        with_item: dict[int, tuple[int, int]] = {}
        for total, (cost, count) in best.items():
            for taken in range(item.most + 1):
                found = cost + taken * item.cost, count + taken
                here = total + taken * item.size
                with_item[here] = min(with_item.get(here, found), found)
        best = with_item
    return min((cost, total, count) for total, (cost, count) in best.items() if total >= need)


@with_and_without_bits
@given(items=st.one_of(ITEMS, PROPORTIONAL, FREE), data=st.data())
def test_cover_is_the_best_of_all(most_bits: int, items: list[Item], data: st.DataObject) -> None:
    need = data.draw(st.integers(1, sum(item.size * item.most for item in items)))
    counts = least_cover(need, items, most_bits=most_bits)
    assert counts is not None
    assert all(0 <= count <= item.most for item, count in zip(items, counts, strict=True))
    assert score(items, counts) == best_of_all(need, items)


@with_and_without_bits
@pytest.mark.parametrize(
    ("need", "items", "counts"),
    [
        pytest.param(6, [(2, 9, 0), (3, 9, 0), (4, 9, 0)], (1, 0, 1), id="among equals the most of the largest"),
        pytest.param(6, [(3, 9, 0), (2, 1, 0), (3, 9, 0)], (2, 0, 0), id="among equals the most of the first given"),
        pytest.param(47, [(11, 4, 0), (12, 1, 2), (11, 3, 0)], (4, 0, 1), id="an equal found later does not replace"),
        pytest.param(8, [(4, 9, 1), (4, 9, 1)], (2, 0), id="two that are one and the same"),
        pytest.param(30, [(10, 9, 30), (15, 9, 60)], (3, 0), id="three that cost less than two"),
        pytest.param(30, [(10, 2, 30), (15, 9, 60)], (0, 2), id="two, for the third is not there"),
        pytest.param(10, [(6, 9, 6), (5, 9, 5), (1, 9, 1)], (0, 2, 0), id="same cost, found later, fewer"),
        pytest.param(
            57, [(2, 3, 0), (4, 3, 0), (9, 3, 3), (5, 3, 3), (10, 2, 3)], (1, 2, 3, 0, 2), id="large, not dear"
        ),
        # What is left to cover comes up twice: by the first and third item, then by what stands between, which is better.
        pytest.param(14, [(2, 1, 1), (4, 1, 8), (2, 1, 8), (10, 1, 100)], (0, 1, 0, 1), id="later way costs less"),
        pytest.param(14, [(2, 1, 1), (4, 1, 8), (2, 1, 7), (10, 1, 100)], (0, 1, 0, 1), id="later way takes fewer"),
        pytest.param(
            16,
            [(1, 1, 1), (3, 1, 6), (3, 1, 6), (5, 1, 12), (10, 1, 100)],
            (0, 1, 1, 0, 1),
            id="later way costs less with as many",
        ),
    ],
)
def test_cover_of_cases_that_are_easily_missed(
    need: int, items: list[tuple[int, int, int]], counts: tuple[int, ...], most_bits: int
) -> None:
    assert least_cover(need, [Item(*item) for item in items], most_bits=most_bits) == counts


def test_search_that_grows_too_long_is_given_up() -> None:
    items = [Item(10**9 + 7 * rank**3 + 1, 10**6) for rank in range(6)]
    assert least_cover(10**12 + 1, items, most_steps=1_000) is None


def test_steps_that_suffice_give_the_answer() -> None:
    assert least_cover(10, [Item(7, 9), Item(5, 9)], most_steps=100) == (0, 2)
    assert least_cover(10, [Item(7, 9), Item(5, 9)], most_steps=1) is None
