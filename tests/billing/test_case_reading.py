"""Cases as people write them: the same case as in the words of the shapes, and what was expected where they are not."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema
import msgspec
import pytest

from cleanclaim.billing import Administration, read_given, read_regimen
from cleanclaim.billing.authorizations import Authorization
from cleanclaim.billing.case_reading import case_json_schema, read_case
from cleanclaim.errors import UnreadableInput

PLAIN: dict[str, Any] = {
    "service_date": "2026-11-30", "payer_program": "medicare_b", "hcpcs_code": "J1745", "dose": {"amount": "350", "unit": "mg"},
    "route": "iv_infusion", "start": "2026-11-30T09:05:00", "stop": "2026-11-30T11:20:00",
    "concentration": {"amount": "10", "unit": "mg", "per": "mL"},
    "containers": [{"amount": "100", "unit": "mg", "count": 3}, {"amount": "50", "unit": "mg"}],
    "sizes_on_hand": [{"amount": "1000", "unit": "units", "available": 2}],
}  # fmt: skip
AS_WRITTEN: dict[str, Any] = {
    "service_date": "11/30/2026", "payer_program": "Medicare Part B", "hcpcs_code": "J1745", "dose": "350mg", "route": "IV infusion",
    "start": "9:05", "stop": "11:20 am", "concentration": "10 mg/mL", "containers": "3 x 100 mg + 50 mg",
    "sizes_on_hand": ["2 x 1,000 units"],
}  # fmt: skip


def test_what_people_write_is_the_same_case() -> None:
    assert read_given(json.dumps(AS_WRITTEN)) == read_given(json.dumps(PLAIN))


def test_the_published_schema_takes_both() -> None:
    schema = case_json_schema(Administration)
    for case in (PLAIN, AS_WRITTEN | {"route": "iv_infusion"}):
        jsonschema.validate(case, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(PLAIN | {"dose": 350}, schema)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"service_date": "1/5/26"}, "service_date: expected a date as YYYY-MM-DD or M/D/YYYY: a year of four digits"),
        ({"service_date": 20261130}, "service_date: Expected `date`, got `int`"),
        ({"dose": "350"}, "dose: expected an amount with its unit, as 350 mg"),
        ({"dose": {"amount": "350 mg"}}, "dose"),
        ({"payer_program": "BCBS"}, "payer_program: may be commercial or medicare_advantage or medicaid"),
        ({"start": "25:00"}, "start: expected a time of day as 09:05 or 9:05 am"),
        ({"containers": ["3 x 100 mg", "many"]}, "containers[1]: expected containers with their size"),
        (
            {"containers": [{"amount": "1", "unit": "mg", "kind": "vial"}]},
            "containers[0].kind: expected one of single_dose",
        ),
        ({"route": "by mouth"}, "route: expected one of "),
        ({"ingredients": [{"name": "a", "amount": "x"}]}, "ingredients[0].amount: expected an amount with its unit"),
        ({"authorisation": 1}, "there is no field `authorisation`"),
        ({"dosage": 1}, "there is no field `dosage`; the nearest is `dose`"),
        ({"weight_kg": "heavy"}, "weight_kg: Invalid decimal string"),
        ({"id": 1.5}, "id: Expected `str | null`, got `decimal`"),
    ],
)
def test_a_wrong_value_names_its_field_and_what_was_expected(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UnreadableInput) as told:
        read_given(json.dumps(PLAIN | change), place="line 3")
    assert str(told.value).startswith(f"line 3: {message}")


def test_a_value_is_never_told() -> None:
    name = "Petra Placeholder"
    for field in ("service_date", "payer_program", "dose", "start", "route", "containers", "weight_kg"):
        with pytest.raises(UnreadableInput) as told:
            read_given(json.dumps(PLAIN | {field: name}))
        assert "Petra" not in str(told.value)


def test_a_case_without_a_date_stays_an_error() -> None:
    without = {name: value for name, value in PLAIN.items() if name != "service_date"}
    with pytest.raises(UnreadableInput, match="service_date"):
        read_given(json.dumps(without))
    with pytest.raises(UnreadableInput, match="start: expected a date and a time"):
        read_given(json.dumps(without | {"start": "9:05"}))


def test_what_is_no_json_is_refused() -> None:
    for text in ("{", "[" * 100_000, "\ud800"):
        with pytest.raises(UnreadableInput, match=r"no JSON|Expected"):
            read_given(text.encode("utf-8", "surrogatepass"))


def test_numbers_stay_exact() -> None:
    read = read_given(json.dumps(PLAIN).replace('"350"', "0.1000000000000000055511151231257827"))
    assert read.dose.amount == Decimal("0.1000000000000000055511151231257827")


def test_regimens_and_authorizations_are_read_alike() -> None:
    number = {"number": "A1", "hcpcs_codes": ["J1745"], "first_day": "1/1/2026", "last_day": "12/31/2026", "units": 9}
    said = {"payer_program": "MA", "dose": "5 mg/kg", "first_day": "1/5/2026", "visits": 1, "interval": {"weeks": 8}}
    regimen = read_regimen(json.dumps(said | {"weight_kg": 70, "authorizations": [number]}))
    assert (regimen.first_day, regimen.dose.unit) == (date(2026, 1, 5), "mg/kg")
    assert (
        regimen.authorizations[0].last_day
        == read_case(json.dumps(number), Authorization).last_day
        == date(2026, 12, 31)
    )
    with pytest.raises(UnreadableInput, match="there is no field `authorisations`: use `authorizations`"):
        read_regimen(json.dumps(said | {"authorisations": []}))
    assert msgspec.json.encode(regimen)
