"""What changed between two releases, as a function of two tables, and by the names of releases."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from cleanclaim.errors import UnknownName
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.library.diff import Change, diff_releases, diff_tables, find_release
from cleanclaim.reference.publications.parsed import dated_table
from cleanclaim.values import OPEN_END
from tests.reference.publications import asp_file, limit
from tests.reference.test_imports import JULY

Q3, Q4 = (date(2025, 7, 1), date(2025, 9, 30)), (date(2025, 10, 1), date(2025, 12, 31))


def limits(days: tuple[date, date], **prices: str | None) -> pa.Table:
    rows = [
        (code, "1 MG", Decimal(price) if price else None, None, False, None, *days) for code, price in prices.items()
    ]
    return dated_table("asp_limit", rows)


def test_added_removed_changed() -> None:
    old = limits(Q3, J1="1.000", J2="2.000", J3="3.000", J4=None, J5="5.000", J6=None)
    new = limits(Q4, J7="7.000", J6=None, J5=None, J4="4.000", J2="2.500", J1="1.000")
    found = diff_tables("asp_limit", old, new)
    assert (found.added, found.removed) == ((("J7",),), (("J3",),))
    assert found.changed == (
        Change(("J2",), "payment_limit", Decimal(2), Decimal("2.5")),
        Change(("J4",), "payment_limit", None, Decimal(4)),
        Change(("J5",), "payment_limit", Decimal(5), None),
    )
    assert (found.rows_changed, found.unchanged) == (3, 2)


def test_the_other_way_round_is_the_mirror() -> None:
    old, new = limits(Q3, J1="1.000", J2="2.000"), limits(Q4, J2="2.500", J3="3.000")
    there, back = diff_tables("asp_limit", old, new), diff_tables("asp_limit", new, old)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert [(one.old, one.new) for one in there.changed] == [(one.new, one.old) for one in back.changed]


def test_nothing_differs_between_a_table_and_itself_in_another_order() -> None:
    table = limits(Q3, J1="1.000", J2=None, J3="3.000")
    found = diff_tables("asp_limit", table, table.take([2, 0, 1]))
    assert (found.added, found.removed, found.changed, found.unchanged) == ((), (), (), 3)


@pytest.mark.parametrize("empty", ["old", "new", "both"])
def test_empty_tables(empty: str) -> None:
    table, none = limits(Q3, J1="1.000"), limits(Q3)
    old, new = none if empty != "new" else table, none if empty != "old" else table
    found = diff_tables("asp_limit", old, new)
    assert (len(found.added), len(found.removed)) == (new.num_rows, old.num_rows)


def test_spans_of_one_key_are_compared_in_the_order_of_their_days() -> None:
    def pairs(*spans: tuple[int, str, int]) -> pa.Table:
        rows = [
            ("A", "B", "practitioner", None, OPEN_END, indicator, why, date(year, 1, 1), date(year, 12, 31))
            for year, why, indicator in spans
        ]
        return dated_table("ptp", rows)

    found = diff_tables(
        "ptp", pairs((2020, "x", 0), (2022, "y", 1)), pairs((2022, "y", 0), (2020, "x", 0), (2024, "z", 1))
    )
    assert found.changed == (Change(("A", "B", "practitioner", None), "modifier_indicator", 1, 0),)
    assert found.added == (("A", "B", "practitioner", None),)
    assert found.unchanged == 1


class TestNames:
    @pytest.fixture
    def again(self, library: Path, tmp_path: Path) -> Library:
        """With two revisions of 2025-Q3."""
        import_file(library, asp_file(tmp_path / "a.csv", [limit("J9271", "59.000"), limit("J1745", "1.000")], JULY))
        import_file(library, asp_file(tmp_path / "b.csv", [limit("J9271", "59.500")], JULY))
        return Library.open(library)

    @pytest.mark.parametrize(
        ("old", "new", "labels"),
        [
            ("asp 2025-Q3 r1", "asp 2025-Q3 r2", ("asp 2025-Q3 r1", "asp 2025-Q3 r2")),
            ("asp 2025-Q3 r1", "r2", ("asp 2025-Q3 r1", "asp 2025-Q3 r2")),
            ("ASP 2025-q3", "2025-Q4", ("asp 2025-Q3 r2", "asp 2025-Q4 r1")),
        ],
    )
    def test_releases_by_name(self, again: Library, old: str, new: str, labels: tuple[str, str]) -> None:
        one = find_release(again.stored, old)
        two = find_release(again.stored, new, beside=one.manifest)
        assert (one.manifest.label, two.manifest.label) == labels

    @pytest.mark.parametrize("text", ["asp", "asp 2031-Q1", "asp 2025-Q3 r9", ""])
    def test_a_name_of_none_is_told_with_near_ones(self, again: Library, text: str) -> None:
        with pytest.raises(UnknownName, match=r"no release is named .*asp 20"):
            find_release(again.stored, text)

    def test_two_revisions(self, again: Library) -> None:
        (found,) = diff_releases(
            find_release(again.stored, "asp 2025-Q3 r1"), find_release(again.stored, "asp 2025-Q3 r2")
        )
        assert found.removed == (("J1745",),)
        assert [(one.key, one.old, one.new) for one in found.changed] == [(("J9271",), Decimal(59), Decimal("59.5"))]

    def test_two_publications_are_not_compared(self, again: Library) -> None:
        with pytest.raises(UnknownName, match="releases of two publications"):
            diff_releases(find_release(again.stored, "asp 2025-Q3"), find_release(again.stored, "hcpcs 2025-Q4"))
