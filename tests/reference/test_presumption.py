"""Carrying releases forward: never over a day that is covered, never backward, never silence; and how often it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.library.presumption import (
    Carrier,
    Presumed,
    horizons,
    price_band,
    quarters_between,
    read_label,
)
from cleanclaim.reference.library.starter_set import StarterSet
from cleanclaim.reference.manifest import Covered
from cleanclaim.reference.tables import BY_NAME
from cleanclaim.values import Interval
from tests.shared import SHARED

FIRST = date(2023, 1, 1)
MUE, CROSSWALK = BY_NAME["mue"], BY_NAME["ndc_crosswalk"]


def quarter(number: int) -> Interval:
    """The quarter of a number, counted from 2023 Q1."""
    first = date(2023 + number // 4, number % 4 * 3 + 1, 1)
    following = date(2023 + (number + 1) // 4, (number + 1) % 4 * 3 + 1, 1)
    return Interval(first, following - timedelta(1))


def mue_row(code: str, value: int, number: int) -> tuple[object, ...]:
    days = quarter(number)
    return code, "practitioner", Decimal(f"{value}.000"), 3, None, days.first, days.last, f"mue {number}"


# By quarter that a release covers: the values of some codes.
RELEASES = st.dictionaries(
    st.integers(0, 14),
    st.dictionaries(st.sampled_from(["J1000", "J2000", "J3000"]), st.integers(1, 3), min_size=1),
    min_size=1, max_size=5,
)  # fmt: skip


def carried(releases: dict[int, dict[str, int]], *, in_arrow: bool) -> tuple[list[tuple[object, ...]], list[tuple]]:
    rows = [mue_row(code, value, number) for number, values in releases.items() for code, value in values.items()]
    coverage = [(Covered("mue", None, quarter(number), "practitioner"), f"mue {number}") for number in releases]
    carrier = Carrier(MUE, coverage)
    if not in_arrow:
        return rows, list(carrier.rows(rows))
    columns = [
        pa.array(list(column), field.type) for column, field in zip(zip(*rows, strict=True), MUE.arrow(), strict=True)
    ]
    table = carrier.table(pa.Table.from_arrays(columns, schema=MUE.arrow()))
    found = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return rows, found[len(rows) :]


@given(RELEASES)
@settings(max_examples=200, deadline=None)
def test_rows_and_tables_are_carried_alike(releases: dict[int, dict[str, int]]) -> None:
    assert sorted(map(repr, carried(releases, in_arrow=False)[1])) == sorted(
        map(repr, carried(releases, in_arrow=True)[1])
    )


@given(RELEASES)
@settings(max_examples=200, deadline=None)
def test_a_covered_day_is_left_alone_and_a_gap_has_the_release_before_it(releases: dict[int, dict[str, int]]) -> None:
    _, found = carried(releases, in_arrow=False)
    for code, *_, value, _indicator, _why, first, last, release in [(row[0], *row[1:]) for row in found]:
        days = Interval(first, last)
        assert not any(days.clip(quarter(number)) for number in releases)
        before = max(number for number in releases if quarter(number).last < first)
        assert releases[before][code] == value  # what the last release before says, and no other
        assert quarters_between(quarter(before).last, last) <= horizons()["mue"].quarters
        one = read_label(release)
        if one is None:  # sure: the release after says the same
            following = min(number for number in releases if quarter(number).first > last)
            assert releases[following][code] == value
        else:
            assert (one.table, one.last) == ("mue", quarter(before).last)
    keys = [(row[0], row[-3]) for row in found]
    assert len(keys) == len(set(keys))


@given(RELEASES, st.integers(0, 16))
@settings(max_examples=200, deadline=None)
def test_a_code_that_the_last_release_lacks_is_not_carried(releases: dict[int, dict[str, int]], on: int) -> None:
    _, found = carried(releases, in_arrow=False)
    told = {row[0] for row in found if Interval(row[-3], row[-2]).contains(quarter(on).first)}
    before = [number for number in releases if number < on]
    if on not in releases and before and on - max(before) <= horizons()["mue"].quarters:
        assert told == releases[max(before)].keys()
    else:
        assert not told


def test_the_label_of_a_carried_row_is_read_back() -> None:
    one = Presumed("mue", "starter: CMS NCCI MUE, July 2024, in parts", date(2024, 9, 30))
    assert read_label(one.label) == one
    assert read_label("mue 2024-Q3 practitioner r1") is None
    assert [one.quarters(day) for day in (date(2024, 9, 30), date(2024, 10, 1), date(2026, 11, 30))] == [0, 1, 9]


def test_prices_are_not_carried_and_a_band_ends() -> None:
    assert "asp_limit" not in horizons()
    assert "payment_rate" in horizons()["opps_status"].left_out
    price, last = Decimal("100"), date(2025, 12, 31)
    assert price_band(price, "asp", last, date(2025, 12, 31)) is None
    bands = [price_band(price, "asp", last, day) for day in (date(2026, 1, 1), date(2026, 4, 1), date(2026, 12, 31))]
    assert [(band.low, band.high) for band in bands if band] == [(66, 134), (56, 144), (43, 157)]
    assert price_band(price, "asp", last, date(2027, 1, 1)) is None


def test_without_presumption_nothing_is_carried(tmp_path: Path) -> None:
    for name in ("hcpcs", "mue", "coverage"):
        rows = Library.open(tmp_path / "none", presume=False).table(name)
        assert not any(read_label(release) for release in rows["release"].unique().to_pylist())
        assert Library.open(tmp_path / "none").table(name).num_rows > rows.num_rows


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[pa.Table, pa.Table]]:
    """Each of nine quarters of the crosswalk carried into the next, beside the next as published."""
    folder = SHARED / "data" / "cms" / "asp"
    found: list[tuple[date, Path]] = []
    for path in folder.glob("*Crosswalk*.csv.gz"):
        library = tmp_path_factory.mktemp("quarter")
        import_file(library, path)
        found.append((Library.open(library).releases[0].effective.first, library))
    libraries = [replace(Library.open(library), starter=StarterSet({})) for _, library in sorted(found)]
    assert len(libraries) == 9
    return [
        (of_day(before.table("ndc_crosswalk"), after), of_day(after.table("ndc_crosswalk"), after))
        for before, after in pairwise(libraries)
    ]


def of_day(table: pa.Table, library: Library) -> pa.Table:
    import pyarrow.compute as pc  # noqa: PLC0415

    day = pa.scalar(library.releases[0].effective.first, pa.date32())
    return table.filter(pc.and_(pc.less_equal(table["valid_from"], day), pc.greater_equal(table["valid_to"], day)))


def pairs(table: pa.Table) -> Iterator[tuple[str, str]]:
    return zip(table["ndc11"].to_pylist(), table["hcpcs_code"].to_pylist(), strict=True)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the official files beside the checkout (../shared), absent here")
def test_the_crosswalk_carried_a_quarter_is_wrong_as_often_as_was_measured(
    steps: list[tuple[pa.Table, pa.Table]],
) -> None:
    """Presumption section 2: of the pairs 2.4 % are gone a quarter later; NDC that moved between codes known before, 0.12 %."""
    gone, moved = [], []
    for before, after in steps:
        presumed, published = set(pairs(before)), set(pairs(after))
        gone.append(len(presumed - published) / len(presumed))
        codes_of: dict[str, set[str]] = {}
        for ndc11, code in presumed:
            codes_of.setdefault(ndc11, set()).add(code)
        known = {code for _, code in presumed}
        wrong = [1 for ndc11, code in published if code in known and ndc11 in codes_of and code not in codes_of[ndc11]]
        moved.append(len(wrong) / len(published))
    assert sum(gone) / len(gone) == pytest.approx(0.024, abs=0.004)
    assert sum(moved) / len(moved) == pytest.approx(0.0012, abs=0.0004)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the official files beside the checkout (../shared), absent here")
def test_limits_leave_their_band_as_seldom_as_was_measured(tmp_path: Path) -> None:
    """Presumption section 2: 5 % of the limits move by more than 34 % in a quarter."""
    for path in (SHARED / "data" / "cms" / "asp").glob("*Pricing File*.csv"):
        if "NOC" not in path.name and "REVISED" not in path.name:
            import_file(tmp_path, path)
    rows = [row for row in Library.open(tmp_path).table("asp_limit").to_pylist() if row["release"].startswith("asp ")]
    by_code: dict[str, dict[date, dict]] = {}
    for row in rows:
        by_code.setdefault(row["hcpcs_code"], {})[row["valid_from"]] = row
    outside, steps = 0, 0
    for limits in by_code.values():
        for row in limits.values():
            following = limits.get(row["valid_to"] + timedelta(1))
            if following and row["payment_limit"] and following["payment_limit"]:
                band = price_band(row["payment_limit"], row["release"], row["valid_to"], following["valid_from"])
                assert band
                steps += 1
                outside += not band.low <= following["payment_limit"] <= band.high
    assert steps > 5_000
    assert outside / steps == pytest.approx(0.05, abs=0.02)
