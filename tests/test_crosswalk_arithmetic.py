"""The crosswalk against our arithmetic: the kinds on made-up rows, and the page against a fresh run on CMS's file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from benchmarks.crosswalk import checks
from benchmarks.crosswalk.__main__ import PAGE, run
from benchmarks.crosswalk.kinds import EXPLANATION, Kind
from benchmarks.crosswalk.page import page
from benchmarks.crosswalk.rows import BillingUnit, Listed, Strength

from cleanclaim.values import Quantity, Unit
from tests.shared import SHARED, needs_shared

MG_10 = BillingUnit(Fraction(10), Unit.MG, "linear")
UP_TO_MG_10 = BillingUnit(Fraction(10), Unit.MG, "up_to")
ML_500 = BillingUnit(Fraction(500), Unit.ML, "volume")


def listed(
    numbers: str, *, unit: BillingUnit | None = MG_10, ndc: str = "99999-0001-01", code: str = "J9998"
) -> Listed:
    """`numbers`: PKG SIZE, PKG QTY, BILLUNITS, BILLUNITSPKG."""
    size, quantity, units, package_units = map(Fraction, numbers.split())
    return Listed(10, code, ndc, "Drug", "", size, quantity, units, package_units, unit)


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        ("5 10 2 20", Kind.EQUAL),
        ("1 1 0.1 0.1", Kind.EQUAL),  # a part that CMS kept
        ("1 10 0.25 3", Kind.UP),
        ("1 10 20 20", Kind.NO_QUANTITY),
        ("1 25 2 25", Kind.REPEATS),
        ("21 1 5 105", Kind.PIECE),
        ("100 1 50 600", Kind.MULTIPLE),
        ("3 25 1.25 33", Kind.OTHER),
    ],
)
def test_units_of_the_package(numbers: str, kind: Kind) -> None:
    assert [one.kind for one in checks.package([listed(numbers)]).held] == [kind]


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        ("1000 1 2 2", Kind.EQUAL),
        ("250 1 1 1", Kind.UP),
        ("1 1 0.5 1", Kind.SIZE_IS_ONE),
        ("1 30 1 30", Kind.SIZE_IS_ONE),  # a bag of 500 mL, not 1 mL rounded up
        ("500 10 2 20", Kind.OTHER),
    ],
)
def test_units_of_a_volume(numbers: str, kind: Kind) -> None:
    check = checks.volume([listed(numbers, unit=ML_500), listed("5 1 1 1")])
    assert ([one.kind for one in check.held], check.not_held.total()) == ([kind], 1)


@pytest.mark.parametrize(
    ("numbers", "told", "unit", "kind"),
    [
        ("5 1 10 10", "20 mg mL", MG_10, Kind.EQUAL),
        ("16.7 1 10 10", "6 mg mL", MG_10, Kind.ROUNDED),
        ("2 1 1 1", "1 mg mL", UP_TO_MG_10, Kind.UP),
        ("110 1 20 20", "2 mg mL", MG_10, Kind.OTHER),
        ("1 1 10 10", "20 mg mL", MG_10, Kind.SIZE_IS_ONE),
        ("1 1 0.1 0.1", "50 mg mL", MG_10, Kind.SIZE_IS_WEIGHT),
        ("2 1 200 200", "100 mg g", MG_10, Kind.SIZE_IS_WEIGHT),
        ("4.4 1 50 50", "500 mg 1", MG_10, Kind.OF_CONTAINER),
        ("1 100 100 100", "10 mg 1", MG_10, Kind.OF_PACKAGE),
        ("48 1 5 240", "50 mg 1", MG_10, Kind.PIECE),
        ("5 1 5 20", "40 mg mL", MG_10, Kind.PACKAGE_RIGHT),
        ("10 1 100 100", "98 mg mL", MG_10, Kind.SALT),
        ("1 5 3 15", "32.4 mg mL", MG_10, Kind.NEAREST),
    ],
)
def test_units_by_the_strength(numbers: str, told: str, unit: BillingUnit, kind: Kind) -> None:
    amount, measure, per = told.split()
    known = {"99999-0001": Strength(Quantity.of(amount, measure), per, is_powder=False)}
    assert [one.kind for one in checks.strength([listed(numbers, unit=unit)], known).held] == [kind]


def test_a_powder_told_per_ml_is_not_held() -> None:
    known = {"99999-0001": Strength(Quantity.of("50", "mg"), "mL", is_powder=True)}
    check = checks.strength([listed("1 1 10 10")], known)
    assert (check.held, check.not_held.total()) == ([], 1)


@pytest.mark.parametrize(
    ("numbers", "kinds"),
    [
        (("5 1 10 10", "10 1 20 20"), [Kind.EQUAL] * 2),
        (("16.7 1 100 100", "50 1 300 300"), [Kind.ROUNDED] * 2),
        (("6 1 10 10", "12 1 20 20", "20 1 33 33"), [Kind.UP] * 3),
        (("1 1 10 10", "1 1 20 20", "50 1 100 100"), [Kind.SIZE_IS_ONE] * 3),
        (("1 1 10 10", "5 1 10 10"), [Kind.SIZE_IS_ONE] * 2),
        (("1 1 0.2 1", "5 1 0.5 1"), [Kind.OTHER] * 2),
        (("50 1 0.75 1", "100 1 2 2"), [Kind.UP] * 2),
        (("21 1 5 105", "48 1 5 240"), [Kind.PIECE] * 2),
        (("100 1 200 200", "1 500 1000 1000"), [Kind.OF_PACKAGE] * 2),
        (("10 1 100 100", "20 1 200 200", "20 1 100 100"), [Kind.EQUAL, Kind.EQUAL, Kind.OTHER]),
        (("30 1 300 300", "30 1 600 600"), [Kind.OTHER] * 2),
    ],
)
def test_packages_of_one_product(numbers: tuple[str, ...], kinds: list[Kind]) -> None:
    rows = [listed(one, ndc=f"99999-0001-0{place}") for place, one in enumerate(numbers)]
    assert [one.kind for one in checks.siblings([*rows, listed("7 1 3 3", code="J9999")]).held] == kinds


@pytest.mark.parametrize(("other", "kind"), [("1000 1 1 1", Kind.ROUNDED), ("500 1 1 1", Kind.OTHER)])
def test_an_ndc_under_two_codes(other: str, kind: Kind) -> None:
    liter = BillingUnit(Fraction(1000), Unit.ML, "volume")
    check = checks.several_codes([listed("1000 1 2 2", unit=ML_500), listed(other, unit=liter, code="J9999")])
    assert [one.kind for one in check.held] == [kind] * 2


def test_the_odd_row_of_a_code() -> None:
    check = checks.alone([*[listed("50 1 10 10")] * 3, listed("110 1 20 20")])
    assert [one.kind for one in check.held] == [*[Kind.EQUAL] * 3, Kind.ALONE]
    assert check.held[-1].expected == 22


def test_the_dosage_column() -> None:
    known = {"J9998": BillingUnit(Fraction(1, 100), Unit.G, "linear"), "J9999": ML_500}
    check = checks.dosage([listed("1 1 1 1"), listed("1 1 1 1", code="J9999"), listed("1 1 1 1", code="J0000")], known)
    assert [one.kind for one in check.held] == [Kind.EQUAL, Kind.OTHER]
    assert check.not_held.total() == 1


def test_every_kind_that_differs_is_explained() -> None:
    assert {kind for kind in Kind if not kind.agrees} == set(EXPLANATION)


def test_a_quarter_without_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="January 2026"):
        run(tmp_path)


class TestOfficial:
    pytestmark = needs_shared

    def test_the_page_is_that_of_a_fresh_run(self) -> None:
        made = run(SHARED / "data")
        assert PAGE.read_text("utf-8") == "\n".join(page(made)).rstrip("\n") + "\n"
        assert (len(made.rows), len(made.unread)) == (7125, 0)

    def test_every_row_is_held_or_told_why_not(self) -> None:
        made = run(SHARED / "data")
        assert all(len(check.held) + check.not_held.total() == len(made.rows) for check in made.checks)
