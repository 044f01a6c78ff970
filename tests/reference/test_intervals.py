from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.reference.intervals import after, before, union, within, without
from cleanclaim.values import OPEN_END, Interval

DAY_ONE = date(2024, 1, 1)
days = st.integers(0, 30).map(lambda number: DAY_ONE + timedelta(number))
intervals = st.tuples(days, days).map(lambda pair: Interval(min(pair), max(pair)))


def _days(*several: Interval) -> set[date]:
    return {one.first + timedelta(number) for one in several for number in range((one.last - one.first).days + 1)}


@given(intervals, st.lists(intervals, max_size=5))
def test_without_leaves_exactly_the_other_days(whole: Interval, gone: list[Interval]) -> None:
    left = without(whole, gone)
    assert _days(*left) == _days(whole) - _days(*gone)
    assert left == sorted(left)
    assert len(_days(*left)) == sum(len(_days(one)) for one in left)


@given(st.lists(intervals, max_size=6))
def test_union_holds_the_same_days_in_the_fewest_intervals(several: list[Interval]) -> None:
    joined = union(several)
    assert _days(*joined) == _days(*several)
    assert all(after(one.last) < two.first for one, two in pairwise(joined))


@given(intervals, st.lists(intervals, max_size=6))
def test_within_keeps_the_allowed_days(whole: Interval, allowed: list[Interval]) -> None:
    assert _days(*within(whole, union(allowed))) == _days(whole) & _days(*allowed)


def test_the_ends_of_the_calendar_stay() -> None:
    assert before(date.min) == date.min
    assert after(OPEN_END) == date.max == OPEN_END
