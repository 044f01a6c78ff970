"""Visits: the lines for giving the drugs, and the claim of a visit checked as one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleanclaim.app.bill_cases import Billed, bill_cases
from tests.billing.test_worked_examples import SDV


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


def case(code: str, dose: str, size: str, **more: object) -> dict[str, object]:
    (amount, unit), (content, of) = dose.split(), size.split()
    return {
        "service_date": "2025-11-03", "payer_program": "medicare_b", "place_of_service": "11", "hcpcs_code": code,
        "dose": {"amount": amount, "unit": unit}, "diagnoses": ["K5090"],
        "containers": [{"amount": content, "unit": of, "count": 1, "kind": SDV}], **more,
    }  # fmt: skip


def told(library: Path, *cases: dict[str, object]) -> list[Billed]:
    return list(bill_cases(map(json.dumps, cases), reference=library).cases)


def lines(billed: Billed) -> list[str]:
    return [" ".join((line.hcpcs_code, f"x{line.billed_units}", *line.modifiers)) for line in billed.bill.lines]


def infusion(start: str, stop: str, **more: object) -> dict[str, object]:
    return {"route": "iv_infusion", "start": f"2025-11-03T{start}", "stop": f"2025-11-03T{stop}", **more}


def test_an_infusion_by_its_minutes(library: Path) -> None:
    """TX-3 and TX-4 with a biologic: 90 minutes are one unit, 91 one hour more."""
    for stop, expected in (("10:30:00", ["96413 x1"]), ("10:31:00", ["96413 x1", "96415 x1"])):
        (one,) = told(library, case("J1745", "100 mg", "100 mg", admin_family="complex", **infusion("09:00:00", stop)))
        assert lines(one) == ["J1745 x10 JZ", *expected]
        assert all(line.rule for line in one.bill.lines)
        assert all(line.why for line in one.bill.lines if line.hcpcs_code.startswith("96"))
        assert [finding.id for finding in one.findings if finding.severity in ("reject", "deny")] == []


def test_an_injection_needs_no_minutes(library: Path) -> None:
    (one,) = told(library, case("J3420", "1000 mcg", "1000 mcg", route="im", admin_family="therapeutic"))
    assert lines(one) == ["J3420 x1 JZ", "96372 x1"]
    assert "ADMN-001" not in {finding.id for finding in one.findings}  # the drug has its administration


def test_without_the_family_nothing_is_guessed(library: Path) -> None:
    (one,) = told(library, case("J1745", "100 mg", "100 mg", **infusion("09:00:00", "10:00:00")))
    assert lines(one) == ["J1745 x10 JZ"]
    assert any("say `admin_family`" in warning for warning in one.bill.warnings)


def test_two_drugs_of_one_visit_have_one_initial_code(library: Path) -> None:
    one, two, other = told(
        library,
        case("J1745", "100 mg", "100 mg", visit="v1", admin_family="complex", **infusion("09:00:00", "11:00:00")),
        case("J2919", "125 mg", "125 mg", visit="v1", admin_family="therapeutic", route="iv_push",
             start="2025-11-03T08:50:00", stop="2025-11-03T08:55:00"),
        case("J3420", "1000 mcg", "1000 mcg", visit="v2", admin_family="therapeutic", route="im"),
    )  # fmt: skip
    given = [line for line in lines(one) if line.startswith("96")]
    assert given == ["96413 x1", "96415 x1", "96375 x1"]
    assert lines(two) == ["J2919 x25 JZ"]
    assert lines(other) == ["J3420 x1 JZ", "96372 x1"]


def test_the_hospital_goes_by_its_own_hierarchy(library: Path) -> None:
    (one,) = told(
        library,
        case("J1745", "100 mg", "100 mg", payer_program="medicare_a", bill_type="131", place_of_service=None,
             admin_family="complex", **infusion("09:00:00", "11:00:00")),
    )  # fmt: skip
    assert "96413 x1" in lines(one)


def test_sizes_on_hand_are_chosen_with_the_least_waste(library: Path) -> None:
    """UW-8: 300 mg from sizes of 100 and 400 mg; and what was opened instead is told (WASTE-007)."""
    sizes = [{"amount": amount, "unit": "mg", "kind": SDV} for amount in ("100", "400")]
    chosen = case("J1745", "300 mg", "100 mg") | {"containers": [], "sizes_on_hand": sizes}
    opened = case("J1745", "300 mg", "400 mg", sizes_on_hand=sizes)
    one, two = told(library, chosen, opened)
    assert lines(one) == ["J1745 x30 JZ"]
    assert any("the least waste of what is on hand is 3 x 100 mg" in warning for warning in one.bill.warnings)
    assert lines(two) == ["J1745 x30", "J1745 x10 JW"]
    assert any("wasted 100 mg more than 3 x 100 mg would have" in warning for warning in two.bill.warnings)


def test_prices_tell_a_cheaper_choice(library: Path) -> None:
    sizes = [
        {"amount": "100", "unit": "mg", "kind": SDV, "price": "900.00"},
        {"amount": "400", "unit": "mg", "kind": SDV, "price": "1000.00"},
    ]
    (one,) = told(library, case("J1745", "300 mg", "100 mg") | {"containers": [], "sizes_on_hand": sizes})
    assert any("1 x 400 mg would cost $1,000.00, not $2,700.00" in warning for warning in one.bill.warnings)


def test_too_little_on_hand_is_refused(library: Path) -> None:
    sizes = [{"amount": "100", "unit": "mg", "kind": SDV, "available": 2}]
    (one,) = told(library, case("J1745", "300 mg", "100 mg") | {"containers": [], "sizes_on_hand": sizes})
    assert one.bill.refusal is not None
    assert one.bill.refusal.reason == "vials-not-enough"


def test_a_line_that_is_no_case_does_not_stop_the_others(library: Path) -> None:
    texts = ["{", "", json.dumps(case("J1745", "100 mg", "100 mg"))]
    bad, good = list(bill_cases(texts, reference=library).cases)
    assert bad.bill.refusal is not None
    assert "line 1" in bad.bill.refusal.explanation
    assert lines(good) == ["J1745 x10 JZ"]
