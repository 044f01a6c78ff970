"""One drug given several times in a visit: doses first, then one rounding (UNW-18); who else the visit was for."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.app.bill_cases import Billed, bill_cases
from cleanclaim.app.visits import billed_cases
from cleanclaim.billing import Biller
from cleanclaim.reference.codes.lookup import Lookup
from tests.billing.test_claims import case as claim_case
from tests.billing.test_claims import claimed, content, rows
from tests.billing.test_worked_examples import MDV, SDV, case

Case = dict[str, Any]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


def told(library: Path, *cases: Case) -> list[Billed]:
    return list(bill_cases(map(json.dumps, cases), reference=library).cases)


def said(billed: Billed) -> list[str]:
    return [" ".join((line.hcpcs_code, f"x{line.billed_units}", *line.modifiers)) for line in billed.bill.lines]


def twice(dose: str, vials: str, second: str, more_vials: str, **more: Any) -> list[Case]:
    return [case("J2919", dose, vials, **more) | {"visit": "v", "id": "a"},
            case("J2919", second, more_vials, **more) | {"visit": "v", "id": "b"}]  # fmt: skip


def test_two_doses_are_rounded_once(library: Path) -> None:
    """62 + 62 mg of a unit of 5 mg: 25 units of the vial of 125 mg, not 13 + 13."""
    one, two = told(library, *twice("62 mg", "1 x 125 mg", "62 mg", ""))
    assert said(one) == ["J2919 x25 JZ"]
    assert (said(two), two.bill.billed_with, two.bill.refusal) == ([], 1, None)
    assert any("doses were added" in warning for warning in one.bill.warnings)
    assert [finding for finding in one.findings if finding.severity in ("reject", "deny")] == []


def test_each_with_its_vial(library: Path) -> None:
    one, _ = told(library, *twice("62 mg", "1 x 125 mg", "40 mg", "1 x 40 mg"))
    assert said(one) == ["J2919 x21", "J2919 x12 JW"]  # 102 of 165 mg


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"modifiers": ["JB"]}, "modifiers differs"),
        ({"charge_amount": "10.00"}, "charge_amount is told of some alone"),
        ({"dose": {"amount": "1", "unit": "mL"}, "concentration": {"amount": "40", "unit": "mg"}}, "concentration"),
    ],
)
def test_what_must_stand_apart_is_told(library: Path, change: Case, why: str) -> None:
    first, second = twice("62 mg", "1 x 125 mg", "40 mg", "1 x 40 mg")
    one, two = told(library, first, second | change)
    assert said(one) == ["J2919 x13", "J2919 x12 JW"]
    assert said(two)[0].startswith("J2919 x8")
    assert any("UNW-18" in warning and why in warning for warning in one.bill.warnings)


def test_vials_that_hold_less_than_both_doses(library: Path) -> None:
    one, two = told(library, *twice("100 mg", "1 x 125 mg", "62 mg", ""))
    assert (said(one), said(two)) == (["J2919 x20", "J2919 x5 JW"], ["J2919 x13"])
    assert any("the containers of some are not told" in warning for warning in one.bill.warnings)


def test_other_days_and_visits_stand_apart(library: Path) -> None:
    first, second = twice("62 mg", "1 x 125 mg", "62 mg", "1 x 125 mg")
    one, two = told(library, first, second | {"service_date": "2026-02-03"})
    assert said(one) == said(two) == ["J2919 x13", "J2919 x12 JW"]


@settings(max_examples=60, deadline=None)
@given(doses=st.lists(st.decimals("0.1", "120", places=1), min_size=2, max_size=4))
def test_units_are_those_of_the_sum(doses: list[Decimal], tmp_path_factory: pytest.TempPathFactory) -> None:
    biller = Biller(Lookup.open(tmp_path_factory.getbasetemp() / "none"))
    cases = [case("J2919", f"{dose} mg", "1 x 125 mg") | {"visit": "v"} for dose in doses]
    bills = billed_cases(biller, map(json.dumps, cases)).bills
    whole, content_ = sum(map(Fraction, doses)), 125 * len(doses)
    units = [line.billed_units for bill in bills for line in bill.lines]
    left = min(floor((content_ - whole) / 5), content_ // 5 - ceil(whole / 5))
    assert units == ([ceil(whole / 5), left] if left else [ceil(whole / 5)])


def test_on_a_claim(library: Path) -> None:
    """One pair of lines, the charges added, one push: a second one needs a facility and half an hour (ADM-10)."""
    pushed = {"visit": "v", "route": "iv_push", "admin_family": "therapeutic", "hcpcs_code": "J2919"}
    first = claim_case(dose=62, **pushed) | {
        "containers": [{"amount": "125", "unit": "mg", "kind": SDV}], "charge_amount": "30.00",
    }  # fmt: skip
    second = first | {"containers": [], "diagnoses": ["M05.79"]}
    claims = claimed(library, first, second, charges={"96374": "50.00"})
    assert claims.refused == ()
    (lines,) = rows(claims, "P").values()
    assert [(one["hcpcs_code"], one["billed_units"], one["charge_amount"]) for one in lines] == [
        ("J2919", 25, Decimal("60.00")), ("96374", 1, Decimal("50.00")),
    ]  # fmt: skip
    assert lines[0]["diagnoses"] == ["K5090", "M0579"]
    assert b"CLM*A1*110*" in content(claims)


# Other things of a visit


def test_vaccines_by_payer_and_kind(library: Path) -> None:
    """ADM-16."""
    shot = case("90662", "1 dose", "", billing_unit={"amount": "1", "unit": "dose"}, route="im", admin_family="vaccine",
                giving={"vaccine": "influenza"}, service_date="2025-10-06")  # fmt: skip
    medicare, other = told(library, shot, shot | {"payer_program": "commercial"})
    assert said(medicare) == ["90662 x1", "G0008 x1"]
    assert said(other) == ["90662 x1", "90471 x1"]
    (young,) = told(library, shot | {"payer_program": "commercial", "age_years": 4,
                                     "giving": {"vaccine": "influenza", "counseled_components": 2}})  # fmt: skip
    assert said(young) == ["90662 x1", "90460 x1", "90461 x1"]


def test_pumps_and_mixed_bags(library: Path) -> None:
    pump = case("J9190", "4000 mg", "1 x 5000 mg", MDV, route="iv_infusion", admin_family="complex",
                giving={"device": "office_to_home_pump"}, start="2026-02-02T09:00:00", stop="2026-02-04T09:00:00")  # fmt: skip
    one, two = told(library, pump, pump | {"payer_program": "commercial"})
    assert (said(one)[-1], said(two)[-1]) == ("G0498 x1", "96416 x1")
    bag = {"visit": "b", "route": "iv_infusion", "admin_family": "therapeutic", "giving": {"bag": "A"},
           "start": "2026-02-02T09:00:00", "stop": "2026-02-02T09:40:00"}  # fmt: skip
    mixed = told(
        library, case("J2405", "4 mg", "1 x 4 mg", MDV, **bag), case("J1885", "30 mg", "1 x 30 mg", MDV, **bag)
    )
    assert [line for one in mixed for line in said(one) if line[0] == "9"] == ["96365 x1"]


def test_a_second_injection_as_the_payer_wants_it(library: Path) -> None:
    """ADM-13."""
    shots = [case(code, dose, f"1 x {dose}", MDV, route="im", admin_family="therapeutic", visit="v", payer_program="commercial")
             for code, dose in (("J3420", "1000 mcg"), ("J1885", "30 mg"))]  # fmt: skip
    for terms, expected in (
        ({}, ["96372 x1", "96372 x1 XS"]),
        ({"distinct": "59"}, ["96372 x1", "96372 x1 59"]),
        ({"second_injection": "line_76"}, ["96372 x1", "96372 x1 76"]),
        ({"second_injection": "units"}, ["96372 x2"]),
    ):
        one, two = told(library, *(shot | {"payer_terms": terms} for shot in shots))
        assert [line for line in said(one) if line[0] == "9"] == expected
        assert said(two) == ["J1885 x2"]


@pytest.mark.parametrize("text", ["6702", "67028-", "67028-RTX", "67028 RT"])
def test_a_procedure_is_a_code_with_modifiers(library: Path, text: str) -> None:
    (one,) = told(library, case("J0178", "2 mg", "1 x 2 mg", procedures=[text]))
    assert one.bill.refusal is not None
    assert "67028-RT" in one.bill.refusal.explanation


def test_a_bundle_takes_the_place_of_its_drug_on_a_claim(library: Path) -> None:
    """ADM-19: G2083 for 84 mg, and no line of the drug."""
    session = claim_case(hcpcs_code="J0013", route="nasal", admin_family="esketamine", service_date="2026-02-02",
                         established_patient=True, charge_amount=None) | {
        "dose": {"amount": "84", "unit": "mg"}, "containers": []}  # fmt: skip
    claims = claimed(library, session, charges={"G2083": "1500.00"})
    assert claims.refused == ()
    (lines,) = rows(claims, "P").values()
    assert [(one["hcpcs_code"], one["modifiers"], one["charge_amount"]) for one in lines] == [
        ("G2083", ["KX"], Decimal("1500.00"))
    ]
    new = claimed(library, session | {"established_patient": False}, charges={"G2083": "1500.00"})
    assert ["J0013" in one.refusal.explanation for one in new.refused] == [True]  # no bundle: the drug wants its charge
