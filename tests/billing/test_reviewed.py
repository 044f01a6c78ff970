"""What an independent biller broke: kinds of containers, settings before their dates, charges by units, hostile values."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cleanclaim.app.bill_cases import Billed, bill_cases
from cleanclaim.cli.commands import app
from tests.billing.test_claims import case as claim_case
from tests.billing.test_claims import claimed
from tests.billing.test_worked_examples import MDV, SDV, case

Case = dict[str, Any]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


def told(library: Path, *cases: Case) -> list[Billed]:
    return list(bill_cases(map(json.dumps, cases), reference=library).cases)


def said(billed: Billed) -> str:
    assert billed.bill.refusal is None, billed.bill.refusal
    return "; ".join(" ".join((one.hcpcs_code, f"x{one.billed_units}", *one.modifiers)) for one in billed.bill.lines)


def serious(billed: Billed) -> list[str]:
    return [f"{one.id} {one.message}" for one in billed.findings if one.severity in ("reject", "deny")]


# Containers

SINGLE, MULTI = "00009-3073-01", "00009-0280-03"  # J1010 of one dose and of many, by the starter set


@pytest.mark.parametrize("turned", [False, True])
def test_two_kinds_of_containers_are_refused(library: Path, turned: bool) -> None:
    """By their products, and where one says its kind and the other has it by its product."""
    both: list[Case] = [{"amount": "40", "unit": "mg", "ndc": SINGLE}, {"amount": "400", "unit": "mg", "ndc": MULTI}]
    for containers in (both, [both[0] | {"kind": SDV}, both[1]], [both[0] | {"kind": SDV}, both[1] | {"kind": MDV}]):
        (one,) = told(library, case("J1010", "60 mg", "", containers=containers[::-1] if turned else containers))
        assert one.bill.refusal is not None
        assert one.bill.refusal.reason == "two-kinds"


def test_a_kind_told_of_one_container_is_not_that_of_the_other(library: Path) -> None:
    containers = [{"amount": "100", "unit": "mg", "kind": SDV}, {"amount": "100", "unit": "mg", "ndc": "99999-0000-01"}]
    (one,) = told(library, case("J1745", "150 mg", "", containers=containers))
    assert said(one) == "J1745 x15"
    assert any("the kind of container is not known" in warning for warning in one.bill.warnings)


def test_two_kinds_in_a_visit_stand_apart(library: Path) -> None:
    one, two = told(
        library, case("J1010", "40 mg", "1 x 40 mg", visit="v"), case("J1010", "40 mg", "1 x 400 mg", MDV, visit="v")
    )
    assert (said(one), said(two)) == ("J1010 x40 JZ", "J1010 x40")


def test_two_numbers_in_a_visit_are_both_told(library: Path) -> None:
    """NDC-33: the second administration's package was another one."""
    one, two = told(
        library, case("J2919", "125 mg", "1 x 125 mg", visit="v", ndc="00009-0047-22"),
        case("J2919", "40 mg", "1 x 40 mg", visit="v", ndc="63323-0255-03"),
    )  # fmt: skip
    assert (said(one), two.bill.billed_with) == ("J2919 x33 JZ", 1)
    assert one.bill.lines[0].note == "NDC 63323025503"
    apart, _ = told(
        library, case("J2919", "62 mg", "1 x 125 mg", visit="v", ndc="00009-0047-22"),
        case("J2919", "62 mg", "", visit="v", ndc="63323-0255-03"),
    )  # fmt: skip
    assert any("the NDC differs" in warning for warning in apart.bill.warnings)


def test_rows_of_the_same_size_on_hand_are_added(library: Path) -> None:
    row = {"amount": "100", "unit": "mg", "available": 2, "kind": SDV}
    (one,) = told(
        library, case("J1745", "300 mg", "", sizes_on_hand=[row, row, row | {"amount": "400", "available": 1}])
    )
    assert said(one) == "J1745 x30 JZ"
    assert any("3 x 100 mg" in warning for warning in one.bill.warnings)
    (two,) = told(library, case("J1745", "500 mg", "", sizes_on_hand=[row, row]))
    assert two.bill.refusal is not None
    assert two.bill.refusal.reason == "vials-not-enough"


@pytest.mark.parametrize(("option", "text"), [("--vials", "0 x 100 mg"), ("--on-hand", "0 x 100 mg + 1 x 400 mg")])
def test_no_container_is_none(library: Path, option: str, text: str) -> None:
    told_ = CliRunner().invoke(app, [
        "bill", "--drug", "J1745", "--dose", "300 mg", "--payer", "medicare_b", "--kind", SDV, option, text,
        "--reference", str(library),
    ])  # fmt: skip
    assert f"{option} {text}: expected" in str(told_.exception)


# Settings and days


@pytest.mark.parametrize(
    ("code", "dose", "vials", "more", "expected"),
    [
        ("J0882", "60 mcg", "1 x 100 mcg", {"payer_program": "medicare_a", "bill_type": "721", "service_date": "2024-06-01"}, "J0882 x60"),
        ("J0882", "60 mcg", "1 x 100 mcg", {"payer_program": "medicare_a", "bill_type": "721", "service_date": "2025-06-01"}, "J0882 x60; J0882 x40 JW"),
        ("J1569", "8 g", "1 x 10 g", {"payer_program": "medicare_dme", "place_of_service": "12", "service_date": "2023-06-01"}, "J1569 x16"),
        ("J1569", "8 g", "1 x 10 g", {"payer_program": "medicare_dme", "place_of_service": "12", "service_date": "2024-06-01"}, "J1569 x16"),
        ("J1569", "10 g", "1 x 10 g", {"payer_program": "medicare_dme", "place_of_service": "12", "service_date": "2024-06-01"}, "J1569 x20 JZ"),
        ("J1569", "8 g", "1 x 10 g", {"payer_program": "medicare_dme", "place_of_service": "12", "service_date": "2025-06-01"}, "J1569 x16; J1569 x4 JW"),
        ("J1745", "350 mg", "4 x 100 mg", {"payer_program": "medicare_a", "bill_type": "0111"}, "J1745 x35"),
        ("J1745", "350 mg", "4 x 100 mg", {"service_date": "2016-06-01"}, "J1745 x40"),
    ],
)  # fmt: skip
def test_settings_before_their_rules(
    library: Path, code: str, dose: str, vials: str, more: Case, expected: str
) -> None:
    """UNW-13, UNW-15, UNW-23, UNW-26: and the check agrees."""
    (one,) = told(library, case(code, dose, vials, **more))
    assert said(one) == expected
    assert serious(one) == []


@pytest.mark.parametrize(
    ("code", "dose", "vials", "more", "expected"),
    [
        ("90662", "1 dose", "1 x 1 dose", {"billing_unit": {"amount": "1", "unit": "dose"}}, "90662 x1"),
        ("J1745", "350 mg", "4 x 100 mg", {"payer_program": "medicare_a", "bill_type": "111"}, "J1745 x35"),
        ("Q4186", "12 cm2", "1 x 16 cm2", {}, "Q4186 x12"),
        ("J1569", "10 g", "1 x 10 g", {"payer_program": "medicare_dme", "service_date": "2023-12-31"}, "J1569 x20"),
        ("Q4186", "12 cm2", "1 x 16 cm2", {"payer_program": "commercial"}, "Q4186 x12"),
        ("J1745", "350 mg", "4 x 100 mg", {"payer_program": "commercial"}, "J1745 x35; J1745 x5 JW"),
    ],
)  # fmt: skip
def test_a_payer_that_follows_medicare_follows_its_exemptions(
    library: Path, code: str, dose: str, vials: str, more: Case, expected: str
) -> None:
    (one,) = told(library, case(code, dose, vials, payer_terms={"waste_policy": "cms"}, **more))
    assert said(one) == expected


def test_a_surgical_center_bills_by_itself(library: Path) -> None:
    (one,) = told(library, case("J1745", "350 mg", "4 x 100 mg", place_of_service="24"))
    assert said(one) == "J1745 x35; J1745 x5 JW"
    assert any("no Addendum BB" in warning for warning in one.bill.warnings)
    assert not any("not the physician" in warning for warning in one.bill.warnings)


def test_esketamine_without_its_bundle_is_refused(library: Path) -> None:
    """ADM-19: Medicare takes no code of the drug, so a new patient's session cannot be billed as told."""
    session = case("J0013", "84 mg", "", route="nasal", admin_family="esketamine", established_patient=False)
    (one,) = told(library, session)
    assert one.bill.lines == ()
    assert one.bill.refusal is not None
    assert "established patients only" in one.bill.refusal.explanation


# Charges and quantities


@pytest.mark.parametrize(
    ("dose", "vials", "charge", "expected"),
    [
        ("32 mg", "1 x 55 mg", "200.00", ["160.00", "40.00"]),  # UW-40: 4 and 1 units
        ("415 mg", "5 x 100 mg", "5000.00", ["4200.00", "800.00"]),  # UW-22: 42 and 8 units
        ("395 mg", "4 x 100 mg", "0.02", ["0.02"]),
        ("380 mg", "4 x 100 mg", "0.02", ["0.01", "0.01"]),  # a JW line is never free
    ],
)
def test_charges_go_by_units(library: Path, dose: str, vials: str, charge: str, expected: list[str]) -> None:
    """UNW-19: unit price times units."""
    (one,) = told(library, case("J1745", dose, vials, charge_amount=charge))
    assert [str(line.charge_amount) for line in one.bill.lines] == expected


def test_a_jw_line_within_the_label_agrees_with_its_units(library: Path) -> None:
    """72 of 125 mcg, 10 mcg a unit: the label has room for 4 units of the 53 mcg that were left."""
    vial = {"amount": "125", "unit": "mcg", "kind": SDV, "ndc": "55513-0223-01"}
    (one,) = told(
        library, case("J2796", "72 mcg", "", containers=[vial], service_date="2024-08-05", charge_amount="1250.00")
    )
    assert said(one) == "J2796 x8; J2796 x4 JW"
    assert [line.ndc_quantity for line in one.bill.lines] == [Decimal("0.576"), Decimal("0.320")]
    assert [line.charge_amount for line in one.bill.lines] == [Decimal("833.33"), Decimal("416.67")]
    assert serious(one) == []


@pytest.mark.parametrize(
    ("decimals", "expected"),
    [(3, ["4.150", "0.850"]), (2, ["4.15", "0.85"]), (1, ["4.2", "0.8"]), (0, ["5", "None"])],
)
def test_quantities_add_up_to_what_was_opened(library: Path, decimals: int, expected: list[str]) -> None:
    vial = {"amount": "100", "unit": "mg", "count": 5, "kind": SDV, "ndc": "00069-0809-01"}
    terms = {"waste_policy": "cms", "ndc_qty_decimals": decimals}
    (one,) = told(
        library, case("Q5103", "415 mg", "", containers=[vial], payer_program="commercial", payer_terms=terms)
    )
    assert [str(line.ndc_quantity) for line in one.bill.lines] == expected
    assert serious(one) == []


def test_no_modifier_on_the_later_claims_where_the_case_says_none(library: Path) -> None:
    big = claim_case(dose=350, charge_amount="240000.00", payer_terms={"part_b_split_modifier": "none"})
    claims = claimed(library, big)
    assert claims.refused == ()
    assert claims.tables is not None
    assert not [line for line in claims.tables.line["modifiers"].to_pylist() if "76" in line]


# Hostile values: one case is refused, the others are billed

SOUND = case("J1745", "400 mg", "4 x 100 mg")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"charge_amount": "1E+30"}, "charge_amount: expected dollars and cents"),
        ({"charge_amount": "100.005"}, "charge_amount: expected dollars and cents"),
        ({"start": "2026-02-02T09:00:00-05:00", "stop": "2026-02-02T10:00:00"}, "without a time zone"),
        ({"start": "2025-02-02T09:00:00", "stop": "2025-02-02T10:00:00"}, "another day than service_date"),
        ({"billing_unit": {"amount": "-10", "unit": "mg"}}, "billing_unit: expected a number above zero"),
        ({"hcpcs_code": "J8888", "billing_unit": {"amount": "1E-40", "unit": "mg"}}, "check the dose and billing_unit"),
        ({"modifiers": ["JZ"]}, "beside JW and JZ"),
        ({"modifiers": ["TB", "TB"]}, "none twice"),
        ({"modifiers": ["A~B"]}, "two capitals or digits"),
        ({"bill_type": "x"}, "bill_type: expected three digits"),
        ({"payer_terms": {"part_b_split_modifier": "no"}}, "part_b_split_modifier"),
        ({"payer_terms": {"compound_code": "mix"}}, "compound_code"),
    ],
)
def test_one_bad_case_does_not_stop_the_others(library: Path, change: Case, words: str) -> None:
    bad, good = told(library, SOUND | change, SOUND)
    assert bad.bill.refusal is not None
    assert words in bad.bill.refusal.explanation
    assert said(good) == "J1745 x40 JZ"


@pytest.mark.parametrize(("amount", "unit"), [("0.01", "g"), ("10", "mg"), ("10000", "mcg")])
def test_a_billing_unit_in_another_measure_agrees(library: Path, amount: str, unit: str) -> None:
    (one,) = told(library, SOUND | {"billing_unit": {"amount": amount, "unit": unit}})
    assert said(one) == "J1745 x40 JZ"


def test_large_doses_that_are_given_are_billed(library: Path) -> None:
    """24 million units of penicillin a day."""
    penicillin = case(
        "J2540", "24000000 unit", "5 x 5000000 unit", MDV, billing_unit={"amount": "600000", "unit": "unit"}
    )
    (one,) = told(library, penicillin)
    assert said(one) == "J2540 x40"


def test_the_shipped_example_passes_its_check(library: Path) -> None:
    text = (Path(__file__).parents[2] / "examples" / "billing" / "given.jsonl").read_text()
    done = bill_cases(text.splitlines(), reference=library)
    assert [
        finding.message for one in done.cases for finding in one.findings if finding.severity in ("reject", "deny")
    ] == []


def test_a_dose_in_ml_with_its_concentration_is_not_asked_for_it_again(library: Path) -> None:
    (one,) = told(library, case("J9035", "42 mL", "3 x 400 mg", concentration={"amount": "25", "unit": "mg"}))
    assert said(one) == "J9035 x105; J9035 x15 JW"
    assert "UNIT-003" not in {finding.id for finding in one.findings}


def test_the_route_of_an_unclassified_drug_is_read(library: Path) -> None:
    (one,) = told(library, case("J3490", "15 mg", "1 x 20 mg", drug="newdrug", route="iv_push"))
    assert one.bill.lines[0].description == "newdrug 15 mg given iv push of 20 mg"
    assert "CODE-005" not in {finding.id for finding in one.findings}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    told_ = CliRunner().invoke(app, ["bill", str(tmp_path / "none.jsonl")])
    assert "cannot be read: No such file" in str(told_.exception)
