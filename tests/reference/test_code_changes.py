"""A code on two days, compared without a library."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.code_changes import (
    ONE_LIST,
    Change,
    ChangeKind,
    code_changes,
    gaps,
    listing_change,
    percent_of,
    units_per_old_unit,
)
from cleanclaim.reference.codes.code_day import BillingUnit, CodeDay, Limit, Listing, OppsStatus, State

MG = BillingUnit(Decimal(1), "mg", "linear")
OLD = CodeDay(
    "J1", date(2025, 9, 30), CodeStatus.ACTIVE, None, "Injection, x, 1 mg", MG,
    Limit(State.PRINTED, Decimal("2.000")), (), OppsStatus(State.PRINTED, "K"), "hcpcs 2025-Q3 r1", (),
)  # fmt: skip
NEW = replace(OLD, on=date(2025, 10, 1), code_release="hcpcs 2025-Q4 r1")


def unit(amount: str, name: str = "mg", semantics: str = "linear") -> CodeDay:
    return replace(NEW, unit=BillingUnit(Decimal(amount), name, semantics))


def test_nothing_changed() -> None:
    assert code_changes(OLD, NEW) == ()
    assert list(gaps(OLD, NEW)) == []


@pytest.mark.parametrize("descriptor", ["INJECTION,  X, 1 MG", "injection, x,\n1 mg"])
def test_case_and_blanks_are_no_change_of_the_words(descriptor: str) -> None:
    assert code_changes(OLD, replace(NEW, descriptor=descriptor)) == ()


@pytest.mark.parametrize(
    ("new", "factor"),
    [
        (unit("1"), Decimal(1)), (unit("1000", "mcg"), Decimal(1)), (unit("0.1"), Decimal(10)),
        (unit("10"), Decimal("0.1")), (unit("3"), None), (unit("1", "mL", "volume"), None),
        (unit("1", "mg", "up_to"), None), (unit("1", "furlong"), None), (unit("1", "mg", "by the moon"), None),
        (replace(NEW, unit=None), Decimal(1)),
    ],
)  # fmt: skip
def test_units_of_the_new_day_for_one_of_the_old(new: CodeDay, factor: Decimal | None) -> None:
    assert units_per_old_unit(OLD, new) == factor
    changed = ChangeKind.UNIT in {change.kind for change in code_changes(OLD, new)}
    assert changed is (factor != 1)


def test_a_limit_is_compared_for_the_same_amount_of_the_drug() -> None:
    dearer = replace(unit("0.1"), limit=Limit(State.PRINTED, Decimal("0.201")))
    (_, change) = code_changes(OLD, dearer)
    assert change == Change(ChangeKind.LIMIT_UP, "2.000", "0.201", None, Decimal("0.001"), Decimal("0.50"))
    as_dear = replace(dearer, limit=Limit(State.PRINTED, Decimal("0.200")))
    assert [one.kind for one in code_changes(OLD, as_dear)] == [ChangeKind.UNIT]


_S = CodeStatus


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (_S.ACTIVE, _S.TERMINATED, ChangeKind.ENDED), (_S.ACTIVE, _S.NOT_FOUND, ChangeKind.ENDED),
        (_S.ACTIVE, _S.NOT_YET_EFFECTIVE, ChangeKind.NOT_YET_IN_FORCE),
        (_S.TERMINATED, _S.ACTIVE, ChangeKind.STARTED), (_S.NOT_FOUND, _S.ACTIVE, ChangeKind.STARTED),
        (_S.NOT_YET_EFFECTIVE, _S.ACTIVE, ChangeKind.STARTED),
        (_S.TERMINATED, _S.TERMINATED, ChangeKind.NOT_IN_FORCE), (_S.NOT_FOUND, _S.NOT_FOUND, ChangeKind.NOT_IN_FORCE),
        (_S.NOT_IN_REFERENCE, _S.TERMINATED, ChangeKind.NOT_IN_FORCE),
        (_S.TERMINATED, _S.NOT_IN_REFERENCE, None), (_S.ACTIVE, _S.NOT_IN_REFERENCE, None),
        (_S.NOT_IN_REFERENCE, _S.ACTIVE, None), (_S.NOT_IN_REFERENCE, _S.NOT_IN_REFERENCE, None),
    ],
)  # fmt: skip
def test_coming_and_going(old: CodeStatus, new: CodeStatus, kind: ChangeKind | None) -> None:
    one, two = replace(OLD, status=old), replace(NEW, status=new)
    assert [change.kind for change in code_changes(one, two)] == ([kind] if kind else [])
    told = {(gap.what, str(gap.side)) for gap in gaps(one, two)}
    assert (("code", "old") in told, ("code", "new") in told) == (
        old is _S.NOT_IN_REFERENCE,
        new is _S.NOT_IN_REFERENCE,
    )


def test_one_list_for_two_quarters_cannot_tell_a_change_of_words() -> None:
    by_one = replace(NEW, code_release=OLD.code_release)
    assert [gap.what for gap in gaps(OLD, by_one)] == [ONE_LIST]
    assert list(gaps(replace(OLD, on=date(2025, 11, 1)), by_one)) == []


def test_listings() -> None:
    here, there = Listing(State.PRINTED, ("J1",)), Listing(State.PRINTED, ("J2",))
    nowhere, unknown = Listing(State.NOT_LISTED), Listing(State.UNKNOWN)
    assert listing_change("J1", here, here) is None
    assert listing_change("J1", here, there) is listing_change("J1", here, nowhere) is ChangeKind.NDC_LEFT
    assert listing_change("J1", there, here) is listing_change("J1", nowhere, here) is ChangeKind.NDC_JOINED
    assert listing_change("J1", here, unknown) is listing_change("J1", unknown, here) is None


def test_no_percent_of_nothing() -> None:
    assert percent_of(Decimal(1), Decimal(0)) is None
