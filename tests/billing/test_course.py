"""Regimens to courses, on the starter set: days, units, vials, money, and what an authorization covers."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.billing import Biller, Course, Refusal, plan_course, read_regimen
from cleanclaim.billing.administration import GivenContainer, SizeOnHand
from cleanclaim.billing.authorizations import Authorization, Ledger
from cleanclaim.billing.course import vials_for
from cleanclaim.billing.regimen import planned_visits
from cleanclaim.cli import main
from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.values import Concentration, Quantity

INFLIXIMAB = {
    "payer_program": "medicare_b", "hcpcs_code": "J1745", "dose": {"amount": "5", "unit": "mg/kg"}, "weight_kg": "83",
    "place_of_service": "11", "first_day": "2025-11-03",
    "sizes_on_hand": [{"amount": "100", "unit": "mg", "kind": "single_dose"}],
}  # fmt: skip
WEEKLY = {"interval": {"weeks": 1}, "visits": 4}
# Of J1745, US dollars for 10 mg, as the starter set has them: two quarters that follow one another.
LIMITS = {(2025, 4): Decimal("31.090"), (2026, 1): Decimal("32.423")}


@pytest.fixture(scope="module")
def biller(tmp_path_factory: pytest.TempPathFactory) -> Biller:
    return Biller(Lookup.open(tmp_path_factory.mktemp("library")))


def course(biller: Biller, **regimen: Any) -> Course:
    return plan_course(biller, read_regimen(json.dumps(regimen)))


def days(**regimen: Any) -> list[str]:
    whole = {"payer_program": "medicare_b", "dose": {"amount": 1, "unit": "mg"}, **regimen}
    return [str(visit.day) for visit in planned_visits(read_regimen(json.dumps(whole)))]


def authorization(number: str = "A1", **more: Any) -> dict[str, Any]:
    terms = {"hcpcs_codes": ["J1745"], "units": 1000, "first_day": "2025-11-01", "last_day": "2026-03-31"}
    return {"number": number, **terms, **more}


# Days.

REGIMENS = [
    ("weekly x4", {"first_day": "2025-12-15", **WEEKLY}, "2025-12-15 2025-12-22 2025-12-29 2026-01-05"),
    ("q3w", {"first_day": "2026-01-30", "interval": {"weeks": 3}, "visits": 3}, "2026-01-30 2026-02-20 2026-03-13"),
    ("daily over a leap day", {"first_day": "2024-02-28", "interval": {"days": 1}, "visits": 3}, "2024-02-28 2024-02-29 2024-03-01"),
    ("q6mo", {"first_day": "2025-08-31", "interval": {"months": 6}, "visits": 4}, "2025-08-31 2026-02-28 2026-08-31 2027-02-28"),
    ("monthly from Jan 31", {"first_day": "2024-01-31", "interval": {"months": 1}, "visits": 4}, "2024-01-31 2024-02-29 2024-03-31 2024-04-30"),
    ("monthly over the year", {"first_day": "2025-11-30", "interval": {"months": 1}, "visits": 5}, "2025-11-30 2025-12-30 2026-01-30 2026-02-28 2026-03-30"),
    ("loading, then q8w", {"first_day": "2026-01-05", "loading": [{"days": [0, 14, 42]}], "interval": {"weeks": 8}, "visits": 5}, "2026-01-05 2026-01-19 2026-02-16 2026-04-13 2026-06-08"),
    ("loading alone", {"first_day": "2026-01-05", "loading": [{"days": [0, 14]}, {"days": [42]}]}, "2026-01-05 2026-01-19 2026-02-16"),
    ("loading cut by the last day", {"first_day": "2026-01-05", "loading": [{"days": [0, 14, 42]}], "last_day": "2026-02-15"}, "2026-01-05 2026-01-19"),
    ("days 1, 8, 15 of 28", {"first_day": "2026-01-05", "cycle": {"days": [1, 8, 15], "length": 28}, "visits": 5}, "2026-01-05 2026-01-12 2026-01-19 2026-02-02 2026-02-09"),
    ("a cycle without day 1", {"first_day": "2026-01-05", "cycle": {"days": [2], "length": 7}, "visits": 2}, "2026-01-06 2026-01-13"),
    ("the last day is in", {"first_day": "2026-01-05", "interval": {"weeks": 1}, "last_day": "2026-01-19"}, "2026-01-05 2026-01-12 2026-01-19"),
    ("a day less", {"first_day": "2026-01-05", "interval": {"weeks": 1}, "last_day": "2026-01-18"}, "2026-01-05 2026-01-12"),
    ("first and last day are one", {"first_day": "2026-01-05", "interval": {"weeks": 1}, "last_day": "2026-01-05"}, "2026-01-05"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "regimen", "expected"), REGIMENS, ids=[name for name, _, _ in REGIMENS])
def test_days(name: str, regimen: dict[str, Any], expected: str) -> None:
    assert days(**regimen) == expected.split(), name


def test_no_more_than_a_thousand_visits_and_none_beyond_the_calendar() -> None:
    thousand = date(2020, 1, 1) + timedelta(days=999)
    assert len(days(first_day="2020-01-01", interval={"days": 1}, last_day=str(thousand))) == 1000
    with pytest.raises(InvalidValue, match="more than 1000 visits"):
        days(first_day="2020-01-01", interval={"days": 1}, last_day=str(thousand + timedelta(days=1)))
    for interval in ({"months": 1}, {"days": 31}):
        with pytest.raises(InvalidValue, match="after the year 9999"):
            days(first_day="9999-12-01", interval=interval, visits=2)
    with pytest.raises(InvalidValue, match="no day of the cycle falls between"):
        days(first_day="2026-01-05", cycle={"days": [8], "length": 28}, last_day="2026-01-11")


# Units, vials, money.


def test_infliximab_is_loaded_then_given_every_eight_weeks_by_the_weight_of_the_day(biller: Biller) -> None:
    """Done again by hand here: 5 mg/kg in vials of 100 mg, units of 10 mg, each visit by the limit of its quarter."""
    told = course(
        biller, **INFLIXIMAB, loading=[{"days": [0, 14, 42]}], interval={"weeks": 8}, visits=5,
        body=[{"from_day": "2026-02-09", "weight_kg": 78}],
    )  # fmt: skip
    first, money, opened = date(2025, 11, 3), Decimal(0), 0
    for visit, after in zip(told.visits, (0, 14, 42, 42 + 56, 42 + 112), strict=True):
        day = first + timedelta(days=after)
        milligrams = 5 * (78 if day >= date(2026, 2, 9) else 83)
        vials = ceil(milligrams / 100)
        given_units, all_units = ceil(milligrams / 10), vials * 10
        limit = LIMITS.get((day.year, (day.month + 2) // 3))
        expected = None if limit is None else round(limit * all_units, 2)
        assert (visit.day, visit.dose.amount, visit.dose.unit) == (day, milligrams, "mg")
        assert (visit.administered_units, visit.discarded_units) == (given_units, all_units - given_units)
        assert [(one.amount, one.count) for one in visit.vials] == [(100, vials)]
        assert (visit.payment_limit, visit.limit_amount) == (limit, expected)
        assert visit.lines[0].modifiers == ()
        assert visit.lines[1].modifiers == ("JW",)
        money, opened = money + (expected or 0), opened + vials
    assert told.totals.limit_amount == money == 3 * Decimal("1554.50") + Decimal("1296.92")
    assert [one.count for one in told.totals.vials] == [opened] == [23]
    assert told.totals.visits_without_limit == 1
    assert told.visits[-1].why_no_limit == "payment limit unknown: no release covers 2026-04-06"
    assert told.totals.codes[0].billed_units == 230
    assert told.is_clear


def test_the_limit_of_a_quarter_without_a_release_is_unknown_and_never_the_last_one(biller: Biller) -> None:
    told = course(biller, **INFLIXIMAB | {"first_day": "2026-03-31"}, interval={"days": 1}, visits=2)
    assert [visit.payment_limit for visit in told.visits] == [Decimal("32.423"), None]
    assert [visit.units for visit in told.visits] == [50, 50]
    assert told.totals.limit_amount == Decimal("1621.15")
    nothing = course(biller, **INFLIXIMAB | {"first_day": "2026-04-01"}, interval={"days": 1}, visits=1)
    assert nothing.totals.limit_amount is None


def test_no_published_limit_is_not_an_unknown_one(biller: Biller) -> None:
    told = course(
        biller, payer_program="medicare_b", hcpcs_code="J3490", drug="newdrug", dose={"amount": 20, "unit": "mg"},
        first_day="2026-01-05", **WEEKLY,
    )  # fmt: skip
    assert {visit.limit_amount for visit in told.visits} == {None}
    assert told.visits[0].why_no_limit == "no payment limit is published for J3490 on 2026-01-05"
    assert "starter: CMS Medicare Part B Payment Limit File, January 2026" in told.releases  # that says there is none


def test_a_loading_dose_of_its_own(biller: Biller) -> None:
    told = course(biller, **INFLIXIMAB, loading=[{"days": [0], "dose": {"amount": 10, "unit": "mg/kg"}}], **WEEKLY)
    assert [visit.dose.amount for visit in told.visits] == [830, 415, 415, 415]


def test_body_surface_and_weight_change_apart(biller: Biller) -> None:
    told = course(
        biller, payer_program="medicare_b", hcpcs_code="J9312", dose={"amount": 375, "unit": "mg/m2"}, bsa_m2="1.9",
        first_day="2026-01-05", **WEEKLY,
        body=[{"from_day": "2026-01-19", "bsa_m2": "1.8"}, {"from_day": "2026-01-12", "weight_kg": 70}],
    )  # fmt: skip
    assert [visit.dose.amount for visit in told.visits] == [Decimal("712.5"), Decimal("712.5"), 675, 675]


def test_what_a_change_of_the_body_does_not_say_stays_and_the_latest_day_decides(biller: Biller) -> None:
    body = [
        {"from_day": "2025-11-24", "bsa_m2": "1.9"},
        {"from_day": "2025-11-17", "weight_kg": 78},
        {"from_day": "2025-11-04", "weight_kg": 80},
    ]
    told = course(biller, **INFLIXIMAB, **WEEKLY, body=body)
    assert [visit.dose.amount for visit in told.visits] == [415, 400, 390, 390]


def test_the_releases_that_told_it_are_named(biller: Biller) -> None:
    told = course(biller, **INFLIXIMAB | {"first_day": "2025-12-31"}, interval={"days": 1}, visits=2)
    assert told.releases == (
        "starter: CMS HCPCS Level II, October 2025",
        "starter: CMS ASP Pricing File, October 2025, re-issued January 2026",
        "starter: CMS NCCI MUE, Practitioner Services, July 2024, presumed after 2024-09-30 [mue]",
        "starter: CMS Medicare Part B Payment Limit File, January 2026",
    )


def test_a_code_that_ends_during_the_course_is_refused_with_its_successor(biller: Biller) -> None:
    told = course(
        biller, payer_program="medicare_b", hcpcs_code="J1030", dose={"amount": 40, "unit": "mg"},
        first_day="2024-03-31", interval={"days": 1}, visits=2,
        sizes_on_hand=[{"amount": 40, "unit": "mg", "kind": "single_dose"}],
    )  # fmt: skip
    last, ended = told.visits
    assert (last.hcpcs_code, last.administered_units, last.refusal) == ("J1030", 1, None)
    assert ended.refusal.reason == "code-not-valid"
    assert "J1030 ended on 2024-03-31. It was replaced by J1010" in ended.refusal.explanation
    assert (ended.lines, ended.administered_units, ended.limit_amount) == ((), None, None)
    assert [one.count for one in told.totals.vials] == [2]  # opened, however it is billed
    assert (told.totals.billed, told.is_clear) == (1, False)


def test_a_drug_told_by_its_name_goes_over_to_the_new_code(biller: Biller) -> None:
    told = course(
        biller, payer_program="medicare_b", drug="romiplostim", dose={"amount": 250, "unit": "mcg"},
        first_day="2024-12-31", interval={"days": 1}, visits=2,
        authorizations=[authorization(hcpcs_codes=["J2796", "J2802"], units=300, first_day="2024-12-01")],
    )  # fmt: skip
    old, new = told.visits
    assert [(visit.hcpcs_code, visit.units, visit.authorization) for visit in (old, new)] == [
        ("J2796", 25, "A1"), ("J2802", 250, "A1"),
    ]  # fmt: skip
    assert "billed under J2802 from this visit on, before under J2796" in new.warnings
    assert any("units of J2802 count against A1 as those of J2796 did" in one for one in new.warnings)
    assert not any("J2796" in one for one in old.warnings)
    assert [(one.hcpcs_code, one.billed_units) for one in told.totals.codes] == [("J2796", 25), ("J2802", 250)]


def test_before_jw_what_was_discarded_is_not_told_apart(biller: Biller) -> None:
    told = course(biller, **INFLIXIMAB | {"first_day": "2016-12-31"}, interval={"days": 1}, visits=2)
    merged, apart = told.visits
    assert (merged.units, merged.administered_units, merged.discarded_units) == (50, None, None)
    assert any("UNW-26" in one for one in merged.warnings)
    assert (apart.units, apart.administered_units, apart.discarded_units) == (50, 42, 8)
    total = told.totals.codes[0]
    assert (total.billed_units, total.administered_units, total.visits_waste_not_told) == (100, None, 1)


# Vials.


def test_vials_of_one_size() -> None:
    size = SizeOnHand(Decimal(100), "mg", ndc="57894003001")
    for dose, vials in ((1, 1), (100, 1), ("100.01", 2), (415, 5)):
        assert vials_for(Quantity.of(Decimal(dose), "mg"), [size]) == (
            GivenContainer(Decimal(100), "mg", vials, None, "57894003001"),
        )
    assert vials_for(Quantity.of(1, "g"), [size])[0].count == 10
    assert vials_for(Quantity.of(1, "mg"), []) == ()


def test_vials_of_least_waste() -> None:
    def chosen(dose: int, *sizes: int) -> list[tuple[int, int]]:
        told = vials_for(Quantity.of(dose, "mg"), [SizeOnHand(Decimal(one), "mg") for one in sizes])
        assert not isinstance(told, Refusal)
        return [(int(one.amount), one.count) for one in told]

    assert chosen(300, 100, 400) == [(100, 3)]  # UW-8
    assert chosen(1050, 100, 400) == [(400, 2), (100, 3)]  # UW-24
    dose, size = Quantity.of(50, "mg"), SizeOnHand(Decimal(5), "mL")
    other = vials_for(dose, [size])
    assert isinstance(other, Refusal)
    assert other.reason == "vials-needs-concentration"
    assert vials_for(dose, [size], concentration=Concentration.of(5, "mg", "mL"))[0].count == 2
    absurd = vials_for(dose, [SizeOnHand(Decimal("0.001"), "mg")])
    assert isinstance(absurd, Refusal)
    assert absurd.reason == "dose-absurd"


def test_vials_in_milliliters_by_the_concentration_of_the_regimen(biller: Biller) -> None:
    size = {"amount": 10, "unit": "mL", "kind": "single_dose"}
    regimen = {"hcpcs_code": "J9312", "dose": {"amount": 712.5, "unit": "mg"}, "sizes_on_hand": [size]}
    told = course(biller, **INFLIXIMAB | regimen, **WEEKLY, concentration={"amount": 10, "unit": "mg"})
    assert {(visit.administered_units, visit.discarded_units) for visit in told.visits} == {(72, 8)}
    assert [(one.amount, one.unit, one.count) for one in told.totals.vials] == [(10, "mL", 32)]


def test_several_sizes_are_chosen_from_on_each_visit(biller: Biller) -> None:
    sizes = [{"amount": amount, "unit": "mg", "kind": "single_dose"} for amount in (100, 400)]
    told = course(biller, **INFLIXIMAB | {"sizes_on_hand": sizes}, **WEEKLY)
    assert all(visit.refusal is None for visit in told.visits)
    assert {one.amount for one in told.totals.vials} <= {100, 400}


def test_the_visit_from_which_stock_runs_out_is_told_once(biller: Biller) -> None:
    def short(available: int) -> list[str]:
        size = {"amount": 100, "unit": "mg", "kind": "single_dose", "available": available}
        told = course(biller, **INFLIXIMAB | {"sizes_on_hand": [size]}, **WEEKLY)
        return [f"{visit.day} {one}" for visit in told.visits for one in visit.warnings if "on hand" in one]

    assert short(20) == []
    assert short(19) == ["2025-11-24 20 x 100 mg are needed up to this visit, 19 are on hand"]
    assert short(9) == ["2025-11-10 10 x 100 mg are needed up to this visit, 9 are on hand"]


def test_a_multi_dose_container_may_serve_a_later_visit(biller: Biller) -> None:
    size = {"amount": 400, "unit": "mg", "kind": "multi_dose"}
    regimen = {"hcpcs_code": "J1010", "dose": {"amount": 40, "unit": "mg"}, "sizes_on_hand": [size]}
    told = course(biller, **INFLIXIMAB | regimen, **WEEKLY)
    assert all(any("fewer vials may be enough" in one for one in visit.warnings) for visit in told.visits)
    assert [visit.discarded_units for visit in told.visits] == [None] * 4


# Authorizations. Each visit of the regimen takes 50 units: 42 and 8 discarded.


def covered(biller: Biller, *authorizations: dict[str, Any], **more: Any) -> list[str | None]:
    told = course(biller, **INFLIXIMAB, **WEEKLY, authorizations=authorizations, **more)
    assert all((visit.authorization is None) == (visit.why_not_covered is not None) for visit in told.visits)
    return [visit.authorization or visit.why_not_covered for visit in told.visits]


def test_units_run_out(biller: Biller) -> None:
    assert covered(biller, authorization(units=200)) == ["A1"] * 4
    assert covered(biller, authorization(units=199)) == [*["A1"] * 3, "A1 has 49 of 50 units left"]
    assert covered(biller, authorization(units=200, used_so_far=1)) == [*["A1"] * 3, "A1 has 49 of 50 units left"]
    assert covered(biller, authorization(units=50, used_so_far=60)) == ["A1 has 0 of 50 units left"] * 4


def test_both_ends_of_the_days_are_in(biller: Biller) -> None:
    """Visits on November 3, 10, 17, 24."""
    assert covered(biller, authorization(first_day="2025-11-03", last_day="2025-11-24")) == ["A1"] * 4
    late = covered(biller, authorization(first_day="2025-11-04", last_day="2025-11-24"))
    assert late == ["A1 starts on 2025-11-04, after 2025-11-03", *["A1"] * 3]
    early = covered(biller, authorization(first_day="2025-11-03", last_day="2025-11-23"))
    assert early == [*["A1"] * 3, "A1 ended on 2025-11-23, before 2025-11-24"]


def test_visits_run_out(biller: Biller) -> None:
    assert covered(biller, authorization(units=None, visits=4)) == ["A1"] * 4
    assert covered(biller, authorization(visits=3)) == [*["A1"] * 3, "A1 has no visit left of 3"]
    assert covered(biller, authorization(visits=4, visits_so_far=1)) == [*["A1"] * 3, "A1 has no visit left of 4"]


def test_the_first_of_several_visits_that_are_not_covered(biller: Biller) -> None:
    totals = course(biller, **INFLIXIMAB, **WEEKLY, authorizations=[authorization(units=100)]).totals
    assert (totals.not_covered, totals.first_not_covered) == (2, date(2025, 11, 17))
    assert totals.authorizations[0].first_not_covered == date(2025, 11, 17)


def test_another_code_is_not_covered(biller: Biller) -> None:
    assert covered(biller, authorization(hcpcs_codes=["Q5103"]))[0] == "A1 is for Q5103, not for J1745"
    assert covered(biller, authorization(hcpcs_codes=["q5103", " j1745"])) == ["A1"] * 4


def test_the_one_that_ends_first_is_used_first(biller: Biller) -> None:
    later, sooner = authorization("LATER"), authorization("SOONER", units=110, last_day="2025-12-31")
    assert covered(biller, later, sooner) == ["SOONER", "SOONER", "LATER", "LATER"]
    assert covered(biller, sooner, authorization("LATER", units=60)) == [
        "SOONER", "SOONER", "LATER", "SOONER has 10 of 50 units left; LATER has 10 of 50 units left",
    ]  # fmt: skip


def test_a_visit_that_is_not_covered_takes_nothing() -> None:
    terms = Authorization("A1", ("J1745",), date(2026, 1, 1), date(2026, 12, 31), units=60)
    ledger = Ledger([terms])
    taken = [ledger.take(date(2026, 1, day), "J1745", units).number for day, units in ((5, 50), (12, 50), (19, 10))]
    assert taken == ["A1", None, "A1"]
    assert ledger.uses()[0].units_left == 0


def test_totals_of_authorizations(biller: Biller) -> None:
    told = course(
        biller, **INFLIXIMAB, **WEEKLY,
        authorizations=[
            authorization("A1", units=120, used_so_far=20, last_day="2025-11-30"),
            authorization("A2", units=None, visits=1, first_day="2025-11-20"),
            authorization("A3", hcpcs_codes=["Q5103"]),
        ],
    )  # fmt: skip
    assert [visit.authorization for visit in told.visits] == ["A1", "A1", None, "A2"]
    assert [(one.units_used, one.units_left, one.visits_used, one.visits_left) for one in told.totals.authorizations] == [
        (120, 0, 2, None), (50, None, 1, 0), (0, 1000, 0, None),
    ]  # fmt: skip
    assert [one.first_not_covered for one in told.totals.authorizations] == [date(2025, 11, 17), None, None]
    assert (told.totals.covered, told.totals.not_covered, told.totals.first_not_covered) == (3, 1, date(2025, 11, 17))
    assert not told.is_clear


def test_without_authorizations_nothing_is_asked(biller: Biller) -> None:
    told = course(biller, **INFLIXIMAB, **WEEKLY)
    assert told.is_clear
    assert told.totals.not_covered == 0
    assert {(visit.authorization, visit.why_not_covered) for visit in told.visits} == {(None, None)}


def test_a_visit_that_cannot_be_billed_takes_nothing(biller: Biller) -> None:
    told = course(
        biller, **INFLIXIMAB | {"hcpcs_code": "J9998"}, **WEEKLY, authorizations=[authorization(hcpcs_codes=["J9998"])]
    )
    assert told.totals.authorizations[0].units_used == 0
    assert (told.totals.billed, told.totals.not_covered, told.is_clear) == (0, 0, False)


# Bad input.

BAD = [
    ({"last_day": "2025-11-02", "interval": {"weeks": 1}}, "last_day: expected a day that is not before first_day"),
    ({"interval": {"weeks": 0}, "visits": 2}, "Expected `int` >= 1"),
    ({"interval": {"days": -7}, "visits": 2}, "Expected `int` >= 1"),
    ({"interval": {}, "visits": 2}, "expected one of days, weeks, months"),
    ({"interval": {"days": 1, "weeks": 1}, "visits": 2}, "expected one of days, weeks, months"),
    ({**WEEKLY, "visits": 0}, "Expected `int` >= 1"),
    ({**WEEKLY, "dose": {"amount": -5, "unit": "mg"}}, "dose: expected a number above zero"),
    ({**WEEKLY, "dose": {"amount": 0, "unit": "mg"}}, "dose: expected a number above zero"),
    ({**WEEKLY, "dose": {"amount": "NaN", "unit": "mg"}}, "dose: expected a number above zero"),
    ({**WEEKLY, "loading": [{"days": [0], "dose": {"amount": -1, "unit": "mg"}}]}, "loading: expected a number above"),
    ({**WEEKLY, "loading": [{"days": [0, 14, 7]}]}, "loading: expected days from 0"),
    ({**WEEKLY, "loading": [{"days": [7, 14]}]}, "loading: expected days from 0"),
    ({**WEEKLY, "weight_kg": 0}, "weight_kg: expected a number above zero"),
    ({**WEEKLY, "body": [{"from_day": "2025-12-01", "weight_kg": -1}]}, "weight_kg: expected a number above zero"),
    ({**WEEKLY, "modifiers": ["jw"]}, "modifiers: expected those beside JW and JZ"),
    ({**WEEKLY, "last_day": "2026-01-01"}, "expected last_day or visits, not both"),
    ({"interval": {"weeks": 1}}, "expected last_day or visits: nothing else ends the course"),
    ({"visits": 4}, "expected interval, cycle or loading"),
    ({"visits": 4, "loading": [{"days": [0, 14, 42]}]}, "visits: expected at most 3"),
    ({**WEEKLY, "cycle": {"days": [1], "length": 7}}, "expected interval or cycle, not both"),
    ({"visits": 4, "cycle": {"days": [1], "length": 7}, "loading": [{"days": [0]}]}, "expected loading with interval"),
    ({"visits": 4, "cycle": {"days": [8, 1], "length": 28}}, "days: expected each day once, in order"),
    ({"visits": 4, "cycle": {"days": [1, 29], "length": 28}}, "days: expected none after day 28"),
    ({"visits": 4, "cycle": {"days": [0, 8], "length": 28}}, "Expected `int` >= 1"),
    ({**WEEKLY, "authorizations": [authorization(last_day="2025-10-31")]}, "last_day: expected a day that is not before"),
    ({**WEEKLY, "authorizations": [authorization(units=None)]}, "expected units, visits or both"),
    ({**WEEKLY, "authorizations": [authorization(hcpcs_codes=[])]}, "Expected `array` of length >= 1"),
    ({**WEEKLY, "authorizations": [authorization(used_so_far=-1)]}, "Expected `int` >= 0"),
    ({**WEEKLY, "every": 7}, "there is no field `every`"),
    ({**WEEKLY, "first_day": "2025-11-31"}, "first_day"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), BAD, ids=lambda one: one[:40] if isinstance(one, str) else "")
def test_what_cannot_be_read_names_the_place_and_what_was_expected(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UnreadableInput, match=r"^here: ") as told:
        read_regimen(json.dumps(INFLIXIMAB | change), place="here")
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"hcpcs_code": "J9998"}, "code-not-in-reference"),
        ({"hcpcs_code": None}, "no-drug"),
        ({"hcpcs_code": None, "drug": "nosuchdrugatall"}, "drug-name-unclear"),
        ({"weight_kg": None}, "dose-needs-body"),
        ({"dose": {"amount": 5, "unit": "spoons"}}, "dose-unread"),
        ({"concentration": {"amount": 1, "unit": "spoon"}}, "concentration-unread"),
    ],
)
def test_what_cannot_be_billed_is_refused_on_each_visit(biller: Biller, change: dict[str, Any], reason: str) -> None:
    told = course(biller, **INFLIXIMAB | change, **WEEKLY)
    assert [visit.refusal.reason for visit in told.visits] == [reason] * 4
    assert told.totals.codes == ()
    assert told.totals.limit_amount is None


# What must hold for any regimen.

SOME_DAY = st.dates(date(2022, 1, 1), date(2026, 12, 31))
INTERVALS = st.one_of(
    st.builds(lambda number: {"days": number}, st.integers(1, 90)),
    st.builds(lambda number: {"weeks": number}, st.integers(1, 12)),
    st.builds(lambda number: {"months": number}, st.integers(1, 12)),
)
LOADING = st.one_of(
    st.just([]),
    st.sets(st.integers(1, 60), max_size=3).map(lambda more: [{"days": [0, *sorted(more)]}]),
)
RHYTHMS = st.one_of(
    st.fixed_dictionaries({"interval": INTERVALS, "loading": LOADING}),
    st.builds(
        lambda picked, more: {"cycle": {"days": sorted({1, *picked}), "length": 28 + more}},
        st.sets(st.integers(1, 28), max_size=4), st.integers(0, 14),
    ),
)  # fmt: skip


def a_day_of(day: int, first: date) -> str:
    return str(first + timedelta(days=day))


@st.composite
def regimens(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(SOME_DAY)
    length = draw(st.integers(0, 200))
    end = draw(st.sampled_from([{"visits": 1 + length % 12}, {"last_day": a_day_of(length, first)}]))
    authorizations = [
        authorization(
            f"A{number}", units=draw(st.integers(0, 300)), used_so_far=draw(st.integers(0, 50)),
            visits=draw(st.one_of(st.none(), st.integers(0, 5))),
            first_day=a_day_of(begin := draw(st.integers(-20, 100)), first),
            last_day=a_day_of(begin + draw(st.integers(0, 150)), first),
        )
        for number in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    return {
        **INFLIXIMAB, **draw(RHYTHMS), **end, "first_day": str(first), "weight_kg": draw(st.integers(10, 150)),
        "hcpcs_code": draw(st.sampled_from(["J1745", "J1745", "Q5103", "Q5102"])), "authorizations": authorizations,
    }  # fmt: skip


def next_days(regimen: dict[str, Any], count: int) -> list[date]:
    """The first days of a regimen with an interval, counted day by day, or month by month."""
    day = date.fromisoformat(regimen["first_day"])
    found = [day + timedelta(days=one) for item in regimen["loading"] for one in item["days"]] or [day]
    anchor, interval = found[-1], regimen["interval"]
    for times in range(1, count + 1):
        if "months" not in interval:
            found.append(found[-1] + timedelta(days=interval.get("days", 0) + 7 * interval.get("weeks", 0)))
            continue
        year, month = anchor.year, anchor.month
        for _ in range(interval["months"] * times):
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        after = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        found.append(min(after, after.replace(day=min(anchor.day, after.day))))
    return found[:count]


@settings(max_examples=200, deadline=None)
@given(regimen=regimens())
def test_any_regimen(biller: Biller, regimen: dict[str, Any]) -> None:
    told = course(biller, **regimen)
    on = [visit.day for visit in told.visits]
    assert on == sorted(set(on))
    assert on[0] >= date.fromisoformat(regimen["first_day"])
    assert "last_day" not in regimen or str(on[-1]) <= regimen["last_day"]
    assert "visits" not in regimen or len(on) == regimen["visits"]
    if "interval" in regimen:
        assert on == next_days(regimen, len(on))
        assert "last_day" not in regimen or str(next_days(regimen, len(on) + 1)[-1]) > regimen["last_day"]

    totals, billed = told.totals, [visit for visit in told.visits if visit.lines]
    assert (totals.visits, totals.billed) == (len(told.visits), len(billed))
    assert all((visit.refusal is None) == bool(visit.lines) for visit in told.visits)
    assert sum(one.billed_units for one in totals.codes) == sum(visit.units for visit in billed)
    assert sum(one.visits for one in totals.codes) == len(billed)
    for visit in billed:
        assert visit.units == (visit.administered_units or 0) + (visit.discarded_units or 0)
        assert visit.units == 10 * sum(one.count for one in visit.vials) or visit.discarded_units is None
    known = [visit.limit_amount for visit in billed if visit.limit_amount is not None]
    assert (totals.limit_amount or 0) == sum(known)
    assert totals.visits_without_limit == len(billed) - len(known)
    assert all((visit.limit_amount is None) == (visit.why_no_limit is not None) for visit in told.visits)
    assert sum(one.count for one in totals.vials) == sum(one.count for visit in told.visits for one in visit.vials)

    assert totals.covered + totals.not_covered == (len(billed) if regimen["authorizations"] else 0)
    for terms, use in zip(regimen["authorizations"], totals.authorizations, strict=True):
        mine = [visit for visit in told.visits if visit.authorization == use.number]
        assert all(terms["first_day"] <= str(visit.day) <= terms["last_day"] for visit in mine)
        assert use.units_used == terms["used_so_far"] + sum(visit.units for visit in mine)
        assert use.units_left == max(0, terms["units"] - use.units_used)
        assert not mine or use.units_used <= terms["units"]
        assert terms["visits"] is None or use.visits_left == terms["visits"] - len(mine) >= 0


# The command.

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setenv("CLEANCLAIM_REFERENCE", str(tmp_path / "library"))

    def command(regimen: dict[str, Any], *arguments: str) -> tuple[int, str, str]:
        file = tmp_path / "regimen.json"
        file.write_text(json.dumps(INFLIXIMAB | regimen, indent=2))
        monkeypatch.setattr(sys, "argv", ["cleanclaim", "course", str(file), *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return command


def test_the_command_prints_a_table_with_its_totals(run: Run) -> None:
    code, out, err = run({**WEEKLY, "id": "made-up", "authorizations": [authorization(units=160)]})
    assert (code, err) == (1, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[:3] == [
        "made-up", "day dose code given discarded vials Medicare limit authorization",
        "2025-11-03 415 mg J1745 42 8 5 x 100 mg $1,554.50 A1",
    ]  # fmt: skip
    assert "2025-11-24 415 mg J1745 42 8 5 x 100 mg $1,554.50 not covered" in lines
    assert "not covered, 2025-11-24: A1 has 10 of 50 units left" in lines
    assert "J1745: 4 visits, 200 units, 32 of them discarded, Medicare limit $6,218.00" in lines
    assert "authorization A1: 150 units used, 10 left; first visit not covered 2025-11-24" in lines


def test_the_command_says_each_thing_once(run: Run) -> None:
    code, out, _ = run({"first_day": "2026-03-30", "interval": {"days": 1}, "visits": 4})
    assert code == 0
    told = [line.strip() for line in out.splitlines() if "no limit" in line]
    assert told == [
        "no limit, 2 visits from 2026-04-01 to 2026-04-02: payment limit unknown: no release covers that day"
    ]
    assert out.count("unknown  ") + out.count("unknown\n") == 2
    code, out, _ = run({"hcpcs_code": "J3490", "drug": "newdrug", "first_day": "2026-01-05", **WEEKLY})
    assert code == 0
    assert out.count("none\n") == 4
    code, out, _ = run({"hcpcs_code": "J9998", **WEEKLY})
    assert code == 1
    assert out.count("not billed, all visits: the library does not cover J9998") == 1
    assert "4 visits, 4 not billed" in out
    code, out, _ = run({"hcpcs_code": None, "drug": "Keytruda Qlex", **WEEKLY})
    assert code == 2
    assert out.count("Did you mean one of these?") == 1


@pytest.mark.parametrize("output_format", ["json", "jsonl"])
def test_the_command_as_json_fits_its_schema(
    run: Run, output_format: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    regimen = {**WEEKLY, "authorizations": [authorization(units=199, visits=9)]}
    code, out, _ = run(regimen, "--format", output_format)
    told = json.loads(out)
    assert code == 1
    assert told["totals"]["limit_amount"] == "6218.00"
    assert [visit["authorization"] for visit in told["visits"]] == ["A1", "A1", "A1", None]
    for shape, value in (("course", told), ("regimen", INFLIXIMAB | regimen)):
        monkeypatch.setattr(sys, "argv", ["cleanclaim", "schema", shape])
        with pytest.raises(SystemExit):
            main()
        jsonschema.validate(value, json.loads(capsys.readouterr().out))


def test_the_guide_shows_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "guides" / "plan-a-course.md").read_text(encoding="utf-8")
    regimen, table = (page.split(f"```{language}\n")[1].split("```")[0] for language in ("json", "text"))
    monkeypatch.setenv("CLEANCLAIM_REFERENCE", str(tmp_path / "library"))
    monkeypatch.setattr(sys, "argv", ["cleanclaim", "course", "-"])
    monkeypatch.setattr(sys, "stdin", io.StringIO(regimen))
    with pytest.raises(SystemExit) as stop:
        main()
    assert (stop.value.code, capsys.readouterr().out) == (1, table)


def test_the_command_refuses_what_it_cannot_read(run: Run) -> None:
    code, out, err = run({"interval": {"weeks": 0}, "visits": 2})
    assert (code, out) == (2, "")
    assert "regimen.json: interval.weeks: Expected `int` >= 1" in err
