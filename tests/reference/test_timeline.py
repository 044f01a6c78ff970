"""A code over time, on the starter set and on the official files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.timeline import timeline
from cleanclaim.values import OPEN_END
from tests.shared import needs_shared


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Lookup:
    return Lookup.open(tmp_path_factory.mktemp("library"))


def test_validity_price_and_limits_each_with_its_release(starter: Lookup) -> None:
    told = timeline(starter, " j9271 ")
    assert told.code == "J9271"
    assert [(entry.first, entry.last) for entry in told.validity] == [(date(2016, 1, 1), OPEN_END)]
    assert [(price.first, price.payment_limit) for price in told.prices] == [
        (date(2024, 7, 1), Decimal("56.658")),
        (date(2025, 10, 1), Decimal("60.291")),
        (date(2026, 1, 1), Decimal("59.726")),
    ]
    assert {entry.value for entry in told.mues} == {"practitioner 400", "outpatient 400", "dme 0"}
    every = (*told.validity, *told.wordings, *told.units, *told.prices, *told.mues)
    assert all(entry.release for entry in every)


def test_what_a_code_replaces_and_is_replaced_by(starter: Lookup) -> None:
    assert [(entry.value, entry.also) for entry in timeline(starter, "J1010").replaces] == [
        ("J1020", "one unit of the old code is 20 of the new one"),
        ("J1030", "one unit of the old code is 40 of the new one"),
        ("J1040", "one unit of the old code is 80 of the new one"),
    ]
    ended = timeline(starter, "J2930")
    assert [(entry.value, entry.also) for entry in ended.replaced_by] == [("J2919", "no fixed factor of units")]
    assert [entry.last for entry in ended.validity] == [date(2024, 3, 31)]


def test_a_code_that_came_back_has_two_spans(starter: Lookup) -> None:
    assert [(entry.first, entry.last) for entry in timeline(starter, "J0570").validity] == [
        (date(2017, 1, 1), date(2024, 12, 31)),
        (date(2025, 10, 1), OPEN_END),
    ]


def test_of_an_unknown_code_nothing_is_told(starter: Lookup) -> None:
    assert not timeline(starter, "J9998").known


class TestOfficialFiles:
    pytestmark = needs_shared

    def test_prices_of_nine_quarters(self, official: Lookup) -> None:
        """Limits read in the nine files by hand (grep)."""
        told = timeline(official, "J9271")
        assert [str(price.payment_limit) for price in told.prices] == [
            "55.730", "57.307", "56.658", "58.216", "57.603", "59.349", "58.562", "60.291", "59.726",
        ]  # fmt: skip
        assert [price.first for price in told.prices] == [
            date(year, month, 1) for year in (2024, 2025, 2026) for month in (1, 4, 7, 10) if (year, month) <= (2026, 1)
        ]
        # The status of Makena: paid until April 2025, not paid by Medicare from July 2025 (rulebook, section 6).
        statuses = {entry.value: entry.first for entry in timeline(official, "J1726").statuses}
        assert statuses["E1"] == date(2025, 7, 1)
        assert statuses["K"] < date(2025, 4, 1)

    def test_nothing_ends_before_it_begins(self, official: Lookup) -> None:
        for code in official.codes:
            told = timeline(official, code)
            entries = (*told.validity, *told.wordings, *told.units, *told.mues, *told.statuses)
            assert [(code, one) for one in entries if one.first > one.last] == []

    def test_a_code_that_left_the_code_set_has_an_end(self, official: Lookup) -> None:
        """S0013 is open in the file of October 2025, and in no later list; `code` and the timeline agree."""
        day = date(2026, 8, 1)
        assert (
            official.code("S0013", day).valid_to == timeline(official, "S0013").validity[-1].last == date(2025, 12, 31)
        )

    def test_each_day_is_told_by_its_own_release(self, official: Lookup) -> None:
        status = next(one for one in timeline(official, "J3420").statuses if one.first <= date(2025, 11, 3) <= one.last)
        assert status.release_on(date(2025, 11, 3)) == "opps_addendum_b 2025-Q4 r1"
        assert status.release_on(date(2025, 8, 1)) == "opps_addendum_b 2025-Q3 r2"
