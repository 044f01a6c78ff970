"""Minutes, extra hours and hydration units: ADM-06, ADM-07 and the table of section 4, each boundary on both sides."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.dosing import HydrationUnits, extra_hours, hydration_units, is_push, minutes_between
from cleanclaim.errors import InvalidValue

NOON = datetime.fromisoformat("2026-03-02 12:00")


@pytest.mark.parametrize(
    ("minutes", "initial", "extra"),
    [
        (0, 0, 0), (30, 0, 0), (31, 1, 0), (60, 1, 0), (90, 1, 0), (91, 1, 1), (150, 1, 1), (151, 1, 2), (210, 1, 2), (211, 1, 3),
    ],
)  # fmt: skip
def test_hydration_check_table(minutes: int, initial: int, extra: int) -> None:
    assert hydration_units(minutes) == HydrationUnits(initial, extra)


@pytest.mark.parametrize(
    ("minutes", "hours"),
    [(0, 0), (60, 0), (90, 0), (91, 1), (150, 1), (151, 2), (165, 2), (210, 2), (211, 3), (1440, 23)],
)
def test_extra_hours_begin_thirty_one_minutes_into_the_hour(minutes: int, hours: int) -> None:
    assert extra_hours(minutes) == hours


@given(st.integers(0, 5_000))
def test_extra_hours_are_the_full_hours_past_the_first_and_a_rest_above_thirty(minutes: int) -> None:
    full, rest = divmod(minutes, 60)
    assert extra_hours(minutes) == max(0, full - 1 + (rest > 30))


@pytest.mark.parametrize(("minutes", "push"), [(0, True), (15, True), (16, False), (90, False)])
def test_push_lasts_fifteen_minutes_or_less(minutes: int, push: bool) -> None:
    assert is_push(minutes) is push


@pytest.mark.parametrize(
    ("stop", "minutes"),
    [
        (timedelta(0), 0),
        (timedelta(minutes=15, seconds=59), 15),
        (timedelta(minutes=16), 16),
        (timedelta(hours=14), 840),
        (timedelta(hours=24), 1440),
    ],
)
def test_minutes_are_whole_and_pass_midnight(stop: timedelta, minutes: int) -> None:
    assert minutes_between(NOON, NOON + stop) == minutes


def test_stop_before_start_is_refused() -> None:
    with pytest.raises(InvalidValue, match="stop must not lie before the start"):
        minutes_between(NOON, NOON - timedelta(minutes=1))


@pytest.mark.parametrize("function", [extra_hours, hydration_units, is_push])
def test_negative_minutes_are_refused(function: object) -> None:
    with pytest.raises(InvalidValue, match="minutes must not be negative"):
        function(-1)  # type: ignore[operator]
