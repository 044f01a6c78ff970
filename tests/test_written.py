"""What people write, read: days, times, moments, amounts, containers, payer programs, our own names."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.claims import PayerProgram
from cleanclaim.claims.payer_names import payer_program_named
from cleanclaim.errors import InvalidValue
from cleanclaim.values.spelling import american, meant
from cleanclaim.values.written import (
    WrittenAmount,
    written_amount,
    written_containers,
    written_day,
    written_moment,
    written_time,
)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_in_each_form(day: date) -> None:
    forms = (day.isoformat(), f"{day:%Y%m%d}", f"{day.month}/{day.day}/{day.year}", f" {day:%m/%d/%Y} ")
    assert {written_day(form) for form in forms} == {day}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1/5/26", "four digits, for 26 may be 1926 or 2026"),
        ("30/11/2026", "the month stands first, and there is no month 30"),
        ("2/30/2026", "no such day in the calendar"),
        ("2026-02-30", "no such day in the calendar"),
        ("2026-W48-1", "expected a date as YYYY-MM-DD or M/D/YYYY"),
        ("11-30-2026", "expected a date as YYYY-MM-DD or M/D/YYYY"),
        ("yesterday", "expected a date as YYYY-MM-DD or M/D/YYYY"),
        ("", "expected a date as YYYY-MM-DD or M/D/YYYY"),
    ],
)
def test_what_is_no_day_says_what_was_expected(text: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        written_day(text)


@given(st.times())
def test_every_minute_is_read_in_each_form(moment: time) -> None:
    minute = moment.replace(second=0, microsecond=0)
    forms = (
        f"{minute:%H:%M}",
        f"{minute:%H%M}",
        f"{minute.hour}:{minute:%M}",
        f"{minute:%I:%M %p}",
        f"{minute:%I:%M%p}".lower(),
    )
    assert {written_time(form) for form in forms} == {minute}


@pytest.mark.parametrize("text", ["24:00", "9", "9:5", "13:00 pm", "0:30 am", "9:60", "noon", "-1:00", ""])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="expected a time of day as 09:05 or 9:05 am"):
        written_time(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:05 am", datetime.fromisoformat("2026-03-02 09:05")),
        ("2026-03-03T00:15", datetime.fromisoformat("2026-03-03 00:15")),
        ("3/3/2026 12:15 am", datetime.fromisoformat("2026-03-03 00:15")),
        ("2026-03-03 9:05", datetime.fromisoformat("2026-03-03 09:05")),
    ],
)
def test_a_moment_is_a_time_of_the_day_or_says_its_own(text: str, expected: datetime) -> None:
    assert written_moment(text, date(2026, 3, 2)) == expected


def test_a_time_without_a_day_is_no_moment() -> None:
    with pytest.raises(InvalidValue, match="expected a date and a time"):
        written_moment("9:05")
    with pytest.raises(InvalidValue, match="after the date a time of day"):
        written_moment("2026-03-02")


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("350mg", "350", "mg"), ("350 mg", "350", "mg"), ("1,000 mg", "1000", "mg"), ("0.5 mL", "0.5", "mL"), (".5mL", ".5", "mL"),
        ("5 mg/kg", "5", "mg/kg"), ("375 mg/m2", "375", "mg/m2"), ("1.5 million units", "1.5", "million units"), ("250 µg", "250", "µg"),
    ],
)  # fmt: skip
def test_an_amount_is_read_with_its_unit(text: str, amount: str, unit: str) -> None:
    assert written_amount(text) == WrittenAmount(amount, unit)


@pytest.mark.parametrize(
    "text", ["350", "mg", "1,5 mg", "-3 mg", "1,00 mg", "3 mg, 4 mg", "1e3 mg", "9" * 300 + " mg", ""]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="expected an amount with its unit, as 350 mg"):
        written_amount(text)


def test_containers_are_counted_where_they_say_so() -> None:
    large, small = WrittenAmount("1000", "units"), WrittenAmount("50", "mg")
    assert written_containers("4 x 1,000 units + 50mg") == ((4, large), (None, small))
    for wrong in ("0 x 5 mg", "three", "2 x 5 mg +", "2 x"):
        with pytest.raises(InvalidValue, match="expected containers with their size"):
            written_containers(wrong)


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("Medicare", "medicare_b"), ("Medicare Part B", "medicare_b"), ("PART-A", "medicare_a"), ("MA", "medicare_advantage"),
        ("Medicare Advantage", "medicare_advantage"), ("Tricare", "tricare"), ("Workers\u2019 Comp.", "workers_comp"), ("no-fault", "auto"),
        *((program, program) for program in PayerProgram),
    ],
)  # fmt: skip
def test_payers_are_read_by_common_names(text: str, program: str) -> None:
    assert payer_program_named(text) == program


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("BCBS", "may be commercial or medicare_advantage or medicaid: expected one of them"),
        ("MC", "may be medicare_b or medicare_advantage or medicaid"),
        ("medcaid", "the nearest is medicaid"),
        ("xyz", "expected one of medicare_b, medicare_a"),
    ],
)
def test_a_name_that_may_mean_several_payers_lists_them(text: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        payer_program_named(text)


def test_old_spellings_lead_to_the_new_ones() -> None:
    assert american("--authorisations") == "--authorizations"
    assert american("authorization") == "authorization"
    assert meant("authorisation", ["authorization", "on-file"]) == ": use `authorization`"
    assert meant("authorizatoin", ["authorization"]) == "; the nearest is `authorization`"
    assert meant("xyz", ["authorization"]) == ""
