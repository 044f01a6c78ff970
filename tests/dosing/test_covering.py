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


@pytest.mark.parametrize("most_bits", [pytest.param(1 << 20, id="bits"), pytest.param(0, id="no bits")])
@given(items=st.one_of(ITEMS, PROPORTIONAL, FREE), data=st.data())
def test_cover_is_the_best_of_all(most_bits: int, items: list[Item], data: st.DataObject) -> None:
    need = data.draw(st.integers(1, sum(item.size * item.most for item in items)))
    counts = least_cover(need, items, most_bits=most_bits)
    assert counts is not None
    assert all(0 <= count <= item.most for item, count in zip(items, counts, strict=True))
    assert score(items, counts) == best_of_all(need, items)


def test_among_equals_the_most_of_the_largest_is_taken() -> None:
    # 4 + 2 and 3 + 3: both two, both 6.
    assert least_cover(6, [Item(2, 9), Item(3, 9), Item(4, 9)]) == (1, 0, 1)
    assert least_cover(6, [Item(3, 9), Item(2, 1), Item(3, 9)]) == (2, 0, 0)


def test_search_that_grows_too_long_is_given_up() -> None:
    items = [Item(10**9 + 7 * rank**3 + 1, 10**6) for rank in range(6)]
    assert least_cover(10**12 + 1, items, most_steps=1_000) is None


def test_steps_that_suffice_give_the_answer() -> None:
    assert least_cover(10, [Item(7, 9), Item(5, 9)], most_steps=100) == (0, 2)
    assert least_cover(10, [Item(7, 9), Item(5, 9)], most_steps=1) is None
