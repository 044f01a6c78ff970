"""Doses as they are charted on the day of use: billed by code and by name, on the starter set and on the official files."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from cleanclaim.app import Checker
from cleanclaim.billing import Bill, Biller, read_given
from cleanclaim.reference.codes.lookup import Lookup
from tests.app.test_claims_of_today import DAYS, checker

__all__ = ["checker"]  # the fixture: starter set and official files in turn

FIRST_DAY_OF_J1010 = date(2024, 4, 1)
DOSES = {"J1745": ("400", "mg", 40), "J3420": ("1000", "mcg", 1), "J1010": ("80", "mg", 80)}
GIVEN = [
    ("hcpcs_code", "J1745", "J1745"), ("drug", "infliximab", "J1745"), ("drug", "Remicade", "J1745"),
    ("hcpcs_code", "J3420", "J3420"), ("drug", "vitamin B12", "J3420"), ("drug", "cyanocobalamin", "J3420"),
    ("hcpcs_code", "J1010", "J1010"), ("drug", "methylprednisolone acetate", "J1010"),
]  # fmt: skip


@pytest.fixture(scope="module")
def biller(checker: Checker) -> Biller:
    return Biller(Lookup.of(checker.library))


def bill(biller: Biller, field: str, name: str, code: str, day: date, **more: Any) -> Bill:
    amount, unit, _ = DOSES[code]
    case = {
        field: name, "dose": {"amount": amount, "unit": unit}, "service_date": f"{day}", "payer_program": "medicare_b",
        "place_of_service": "11", **more,
    }  # fmt: skip
    return biller.bill(read_given(json.dumps(case)))


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize(("field", "name", "code"), GIVEN, ids=[case[1] for case in GIVEN])
def test_a_dose_is_billed_by_code_and_by_name(biller: Biller, field: str, name: str, code: str, day: date) -> None:
    told = bill(biller, field, name, code, day)
    if code == "J1010" and day < FIRST_DAY_OF_J1010:  # three codes by vial size before it: a name tells none of them
        assert told.refusal
        assert told.refusal.reason == ("code-not-valid" if field == "hcpcs_code" else "drug-name-unclear")
        return
    assert told.refusal is None
    assert [(line.hcpcs_code, line.billed_units) for line in told.lines] == [(code, DOSES[code][2])]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_waste_is_told_on_every_day_since_the_rule(biller: Biller, day: date) -> None:
    vials = [{"amount": "100", "unit": "mg", "count": 4, "kind": "single_dose"}]
    told = bill(biller, "hcpcs_code", "J1745", "J1745", day, containers=vials)
    assert [(line.billed_units, line.modifiers) for line in told.lines] == [(40, ("JZ",))]
    wasted = bill(biller, "hcpcs_code", "J1745", "J1745", day, containers=vials, dose={"amount": "350", "unit": "mg"})
    assert [(line.billed_units, line.modifiers) for line in wasted.lines] == [(35, ()), (5, ("JW",))]
