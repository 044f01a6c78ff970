"""The edits of the second issue on whole claims: each fault with the smallest claim that shows it, and its neighbors that are right."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app import Checker
from tests.app.test_checker import claim, write
from tests.app.test_rules import PATIENT, line, outcome
from tests.app.together import Together

INFUSION = {
    "hcpcs_code": "96413",
    "modifiers": [],
    "billed_units": 1,
    "service_date": "2024-08-01",
    "charge_amount": "300.00",
}
B12 = {
    "hcpcs_code": "J3420",
    "modifiers": ["JZ"],
    "billed_units": 1,
    "service_date": "2024-08-01",
    "charge_amount": "12.00",
}
NOC = {
    "hcpcs_code": "J3490",
    "modifiers": [],
    "billed_units": 1,
    "service_date": "2024-08-01",
    "charge_amount": "90.00",
}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(tmp_path_factory.mktemp("library"))


def vials(dose: str, count: int, amount: str = "100", unit: str = "mg") -> dict[str, Any]:
    return {"dose": {"amount": dose, "unit": unit}, "containers": [{"amount": amount, "unit": unit, "count": count}]}


# edit, lines, keys of the claim, the outcome on line 1 (or of the claim)
CASES = [
    ("CODE-004", "the NDC of a drug with a code", [{**NOC, "ndc": "57894003001"}], {}, "fires by-ndc"),
    ("CODE-004", "the description names one", [{**NOC, "description": "Infliximab 100 mg IV"}], {}, "fires by-name"),
    ("CODE-004", "another salt than any code's", [{**NOC, "description": "Methylcobalamin 1000 mcg of 5000 mcg vial IM"}], {}, "not evaluated described_drug_has_code ndc_has_code"),
    ("CODE-005", "nothing said", [NOC], {}, "fires no-drug"),
    ("CODE-005", "a name only", [{**NOC, "description": "Methylcobalamin"}], {}, "fires no-dose"),
    ("CODE-005", "a concentration only", [{**NOC, "description": "Methylcobalamin 1000 mcg/mL"}], {}, "fires no-dose"),
    ("CODE-005", "name and dose, no NDC", [{**NOC, "description": "Methylcobalamin 1000 mcg of 5000 mcg vial IM"}], {}, "fires no-ndc"),
    ("CODE-005", "name, dose and NDC, no route", [{**NOC, "description": "Methylcobalamin 1000 mcg of 5000 mcg", "ndc": "55555055501"}], {}, "fires no-route"),
    ("CODE-005", "no strength", [{**NOC, "description": "Methylcobalamin 1000 mcg IM", "ndc": "55555055501"}], {}, "fires no-strength"),
    ("CODE-005", "all of it", [{**NOC, "description": "Methylcobalamin 1000 mcg of 5000 mcg vial IM", "ndc": "55555055501"}], {}, "clear"),
    ("CODE-005", "in the note of the line", [{**NOC, "note": "METHYLCOBALAMIN 1,000MCG GIVEN OF 5 MG VIAL IM", "ndc": "55555055501"}], {}, "clear"),
    ("CODE-005", "commercial, NDC rule unknown", [{**NOC, "description": "Methylcobalamin 1000 mcg of 5000 mcg vial IM"}], {"payer_program": "commercial"}, "not evaluated ndc_required"),
    ("CODE-007", "one unit of J1010", [line(hcpcs_code="J1010", modifiers=["JZ"], billed_units=1)], {}, "fires old-units"),
    ("CODE-007", "forty units of J1010", [line(hcpcs_code="J1010", modifiers=["JZ"], billed_units=40)], {}, "not evaluated old_units_billed"),
    ("CODE-007", "forty units, charted", [line(hcpcs_code="J1010", modifiers=["JZ"], billed_units=40, charted=vials("40", 1, "40"))], {}, "clear"),
    ("CODE-007", "90 units of J1299 for 900 mg", [line(hcpcs_code="J1299", modifiers=["JZ"], billed_units=90, service_date="2025-10-06", charted=vials("900", 3, "300"))], {}, "fires old-units"),
    ("CODE-007", "a small dose that is charted", [line(hcpcs_code="J1010", modifiers=["JZ"], billed_units=10, charted=vials("10", 1, "40"))], {}, "clear"),
    ("CODE-007", "a code that replaced none", [line()], {}, "out_of_scope"),
    ("CODE-009", "Makena after its withdrawal", [line(hcpcs_code="J1726", billed_units=25)], {}, "fires withdrawn"),
    ("CODE-009", "Makena before it", [line(hcpcs_code="J1726", billed_units=25, service_date="2023-04-05")], {}, "not evaluated product_withdrawn"),
    ("CODE-009", "on the market", [line()], {}, "clear"),
    ("UNIT-004", "four times the label", [line(hcpcs_code="J9271", modifiers=["JZ"], billed_units=2000)], {}, "fires above-label"),
    ("UNIT-004", "by weight, within", [line(modifiers=["JZ"], billed_units=40, charted=vials("400", 4))], {"patient": {"weight": "154"}}, "clear"),
    ("UNIT-004", "by weight, above", [line(modifiers=["JZ"], billed_units=80, charted=vials("800", 8))], {"patient": {"weight": "154"}}, "fires above-label"),
    ("UNIT-004", "ten times the dose", [line(modifiers=["JZ"], billed_units=400, charted=vials("400", 4))], {}, "fires tenfold"),
    ("WASTE-004", "the dose charted on its JW line", [line(modifiers=["JW"], charted=vials("400", 4))], {}, "fires dose-charted"),
    ("WASTE-004", "two JW lines", [line(modifiers=["JW"], billed_units=35), line(modifiers=["JW"], billed_units=5)], {}, "fires two-jw-lines"),
    ("WASTE-004", "dose and waste", [line(modifiers=["JW"], billed_units=5), line(billed_units=35)], {}, "clear"),
    ("WASTE-014", "said once", [line(modifiers=["JW"], charted=vials("400", 4))], {}, ""),
    ("WASTE-006", "one unit covers the vial", [{**B12, "modifiers": ["JW"], "charted": vials("500", 1, "1000", "mcg")}, B12], {}, "fires set-jz"),
    ("WASTE-006", "before JZ", [{**B12, "modifiers": ["JW"], "service_date": "2023-06-30", "charted": vials("500", 1, "1000", "mcg")}], {}, "fires drop-jw"),
    ("WASTE-006", "ten units in the vial", [line(modifiers=["JW"], billed_units=5, ndc="57894003001")], {}, "clear"),
    ("WASTE-008", "charted multi-dose", [{**B12, "charted": {"container": "multi_dose"}}], {}, "fires multi-dose"),
    ("WASTE-008", "charted single-dose", [{**B12, "charted": {"container": "single_dose"}}], {}, "clear"),
    ("NDC-E-001", "Medicaid without", [line()], {"payer_program": "medicaid"}, "fires missing"),
    ("NDC-E-001", "Medicaid, vaccine", [line(hcpcs_code="90732", billed_units=1)], {"payer_program": "medicaid"}, "out_of_scope"),
    ("NDC-E-001", "Medicaid, contrast", [line(hcpcs_code="Q9967")], {"payer_program": "medicaid"}, "fires missing-radiopharmaceutical"),
    ("NDC-E-001", "Medicare, unclassified", [NOC], {}, "fires missing-unclassified"),
    ("NDC-E-001", "Medicare, a code of its own", [line()], {}, "clear"),
    ("NDC-E-005", "no such unit", [line(ndc="57894003001", ndc_quantity="4", ndc_unit="MG")], {}, "fires unknown-unit"),
    ("NDC-E-005", "powder in ML", [line(ndc="57894003001", ndc_quantity="40", ndc_unit="ML")], {}, "fires powder-by-volume"),
    ("NDC-E-005", "powder in UN", [line(ndc="57894003001", ndc_quantity="4", ndc_unit="UN")], {}, "clear"),
    ("NDC-E-005", "milligrams, no list", [line(ndc="57894003001", ndc_quantity="400", ndc_unit="ME")], {}, "fires milligrams"),
    ("NDC-E-005", "milligrams, on TRICARE's list", [line(ndc="57894003001", ndc_quantity="400", ndc_unit="ME")], {"payer_program": "tricare"}, "clear"),
    ("NDC-E-006", "right", [line(ndc="57894003001", ndc_quantity="4", ndc_unit="UN")], {}, "clear"),
    ("NDC-E-006", "vials for units", [line(ndc="57894003001", ndc_quantity="40", ndc_unit="UN")], {}, "fires disagrees"),
    ("NDC-E-006", "a part of a vial, rounded up", [line(billed_units=31, ndc="57894003001", ndc_quantity="3.05", ndc_unit="UN")], {}, "clear"),
    ("NDC-E-006", "whole vials on the dose line", [line(billed_units=35, ndc="57894003001", ndc_quantity="4", ndc_unit="UN")], {}, "clear"),
    ("NDC-E-006", "waste, rounded down", [line(billed_units=9, modifiers=["JW"], ndc="57894003001", ndc_quantity="0.95", ndc_unit="UN")], {}, "clear"),
    ("NDC-E-006", "in milligrams", [line(ndc="57894003001", ndc_quantity="400", ndc_unit="ME")], {}, "clear"),
    ("NDC-E-006", "in milligrams, wrong", [line(ndc="57894003001", ndc_quantity="4", ndc_unit="ME")], {}, "fires disagrees"),
    ("NDC-E-006", "none", [line(ndc="57894003001", ndc_unit="UN")], {}, "fires missing"),
    ("NDC-E-006", "an absurd quantity", [line(ndc="57894003001", ndc_quantity="999999999.999", ndc_unit="UN")], {}, "fires disagrees"),
    ("NDC-E-009", "one", [line(ndc="57894003001")], {}, "clear"),
    ("MOD-001", "an invented number", [line(modifiers=["37"])], {}, "fires cpt"),
    ("MOD-001", "a place of service is MOD-017's", [line(modifiers=["11"])], {}, ""),
    ("MOD-001", "JZ before it began", [line(modifiers=["JZ"], service_date="2022-08-01")], {}, "fires not-begun"),
    ("MOD-001", "letters on no list that is complete", [line(modifiers=["ZX"])], {}, "not evaluated level_two_unknown"),
    ("MOD-001", "known ones", [line(modifiers=["JZ", "59"])], {}, "clear"),
    ("MOD-001", "of anesthesia", [line(modifiers=["P3"])], {}, "clear"),
    ("MOD-003", "five", [line(modifiers=["JZ", "TB", "PO", "KX", "GC"])], {}, "fires too-many"),
    ("MOD-003", "one twice", [line(modifiers=["JZ", "JZ"])], {}, "fires repeated"),
    ("MOD-003", "the price last", [line(modifiers=["KX", "JZ"])], {}, "fires order"),
    ("MOD-003", "in order", [line(modifiers=["JZ", "KX"])], {}, "clear"),
    ("MOD-012", "52 on a drug", [line(modifiers=["52"])], {}, "fires procedure"),
    ("MOD-012", "76 alone", [line(modifiers=["76"])], PATIENT, "fires repeat"),
    ("MOD-012", "52 on the infusion", [{**INFUSION, "modifiers": ["52"]}], {}, "out_of_scope"),
    ("MOD-025", "JG in its last days", [line(modifiers=["JG"], service_date="2024-12-31")], {}, "clear"),
    ("MOD-025", "JG after them", [line(modifiers=["JG"], service_date="2025-01-01")], {}, "fires ended"),
    ("MOD-025", "JF", [line(modifiers=["JF"])], {}, "fires ended"),
    ("MOD-025", "J1", [line(modifiers=["J1"])], {}, "fires closed-program"),
    ("ADMN-001", "a drug alone", [line()], {}, "fires not-billed"),
    ("ADMN-001", "with its infusion", [line(), INFUSION], {}, "clear"),
    ("ADMN-001", "into the eye", [line(hcpcs_code="J0178", billed_units=2), {**INFUSION, "hcpcs_code": "67028"}], {}, "clear"),
    ("ADMN-001", "on another day", [line(), {**INFUSION, "service_date": "2024-08-02"}], {}, "fires not-billed"),
    ("ADMN-001", "with a visit only", [line(), {**INFUSION, "hcpcs_code": "99213"}], {}, "fires not-billed"),
    ("ADMN-001", "beside a code of unknown kind", [line(), {**INFUSION, "hcpcs_code": "G9999"}], {}, "not evaluated administration_beside"),
    ("ADMN-001", "at home", [line()], {"place_of_service": "12"}, "out_of_scope"),
    ("ADMN-002", "Medicare, no drug", [INFUSION], {}, "fires medicare"),
    ("ADMN-002", "commercial, no drug", [INFUSION], {"payer_program": "commercial"}, "fires not-billed"),
    ("ADMN-002", "with its drug", [INFUSION, line()], {}, "clear"),
    ("ADMN-002", "hydration", [{**INFUSION, "hcpcs_code": "96360"}], {}, "out_of_scope"),
    ("ADMN-002", "in a hospital", [INFUSION], {"place_of_service": "22"}, "out_of_scope"),
    ("DX-002", "no diagnosis", [line()], {"diagnoses": []}, "fires no-diagnosis"),
    ("DX-002", "no pointer", [line(diagnoses=[])], {"diagnoses": ["K5090"]}, "fires no-pointer"),
    ("DX-002", "pointed", [line(diagnoses=["K5090"])], {"diagnoses": ["K5090"]}, "clear"),
    ("DX-002", "left to the claim", [line()], {"diagnoses": ["K5090"]}, "not evaluated diagnoses"),
    ("FMT-E-008", "before birth", [line()], {"birth_date": "2024-08-02"}, "fires before-birth"),
    ("FMT-E-008", "two days of a drug", [line(service_date_to="2024-08-02")], {}, "fires span-on-drug"),
    ("FMT-E-008", "no day to compare with", [line()], {}, "not evaluated birth_date checked_on"),
    ("FMT-E-008", "after the file was made", [line()], {"created_on": "2024-07-31"}, "fires future"),
    ("FMT-E-008", "right", [line()], {"created_on": "2024-08-01", "birth_date": "1950-01-01"}, "clear"),
    ("FMT-E-013", "right", [line()], {"billing_npi": "1234567893"}, "clear"),
    ("FMT-E-013", "a wrong digit", [line()], {"billing_npi": "1234567894"}, "fires check-digit"),
    ("FMT-E-013", "on a line", [line(ordering_npi="1234567890")], {"billing_npi": "1234567893"}, "fires check-digit"),
    ("NCCI-001", "no edits are loaded", [line(), INFUSION], {}, "not evaluated modifier_indicator ptp_exists"),
]  # fmt: skip


@pytest.fixture(scope="module")
def table(checker: Checker, tmp_path_factory: pytest.TempPathFactory) -> Together:
    cases = {f"{edit} {name}": [claim(lines=lines, **of_claim)] for edit, name, lines, of_claim, _ in CASES}
    return Together(checker, tmp_path_factory.mktemp("table"), cases)


@pytest.mark.parametrize(("edit", "name", "expected"), [(*case[:2], case[-1]) for case in CASES])
def test_rules(table: Together, edit: str, name: str, expected: str) -> None:
    # The other lines of a claim are often outside the edit's scope: their outcome is counted too.
    beside = "" if expected == "out_of_scope" or " " in expected else " out_of_scope"
    assert table.outcome(f"{edit} {name}", edit) in {expected, expected + beside}


def test_the_run_may_say_what_day_it_is(checker: Checker, tmp_path: Path) -> None:
    path = write(tmp_path, claim(lines=[line()], created_on="2024-07-31"))
    told = {finding.case for finding in checker.check_files([path]).findings if finding.id == "FMT-E-008"}
    later = {
        finding.case
        for finding in checker.check_files([path], checked_on=date(2024, 8, 1)).findings
        if finding.id == "FMT-E-008"
    }
    assert (told, later) == ({"future"}, set())


def test_a_duplicate_is_the_second_one(checker: Checker, tmp_path: Path) -> None:
    first, again = claim("A", lines=[line()], **PATIENT), claim("B", lines=[line()], **PATIENT)
    assert outcome(checker, tmp_path, "DEMO-006", first, again) == "clear"
    assert outcome(checker, tmp_path, "DEMO-006", first, again, claim_id="B") == "fires other-claim"
    dearer = claim("B", lines=[line(charge_amount="2500.00")], **PATIENT)
    assert outcome(checker, tmp_path, "DEMO-006", first, dearer, claim_id="B") == "clear"
    stranger = claim(
        "B", lines=[line()], patient={"member_id": "M2", "birth_date": "1950-01-01"}, billing_npi="1234567893"
    )
    assert outcome(checker, tmp_path, "DEMO-006", first, stranger, claim_id="B") == "clear"


def test_the_same_line_twice_on_a_claim(checker: Checker, tmp_path: Path) -> None:
    twice = claim(lines=[line(), line(billed_units=10)])
    assert outcome(checker, tmp_path, "DEMO-006", twice, line=2) == "fires on-claim"
    apart = claim(lines=[line(), line(modifiers=["59"])])
    assert outcome(checker, tmp_path, "DEMO-006", apart, line=2) == "clear"


def test_76_on_the_second_claim_of_a_split_bill(checker: Checker, tmp_path: Path) -> None:
    first = claim("A", lines=[line(modifiers=["JZ"], charge_amount="90000.00")], **PATIENT)
    second = claim("B", lines=[line(modifiers=["JZ", "76"], charge_amount="60000.00", billed_units=20)], **PATIENT)
    assert outcome(checker, tmp_path, "MOD-012", first, second, claim_id="B") == "clear"
    assert outcome(checker, tmp_path, "DEMO-006", first, second, claim_id="B") == "clear"


def test_the_administration_may_stand_on_another_claim(checker: Checker, tmp_path: Path) -> None:
    drug, given = claim("A", lines=[line()], **PATIENT), claim("B", lines=[INFUSION], **PATIENT)
    assert outcome(checker, tmp_path, "ADMN-001", drug) == "fires not-billed"
    assert outcome(checker, tmp_path, "ADMN-001", drug, given) == "clear out_of_scope"
    assert outcome(checker, tmp_path, "ADMN-002", drug, given, claim_id="B") == "clear out_of_scope"
