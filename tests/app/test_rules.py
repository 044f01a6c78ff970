"""Rules on whole claims: what an independent reviewer tried to break, each with the smallest claim that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app import Checker
from tests.app.test_checker import claim, write
from tests.app.together import Together

J1745 = {
    "hcpcs_code": "J1745",
    "modifiers": [],
    "billed_units": 40,
    "service_date": "2024-08-01",
    "charge_amount": "2400.00",
}
PATIENT = {"patient": {"member_id": "M1", "birth_date": "1950-01-01"}, "billing_npi": "1234567893"}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(tmp_path_factory.mktemp("library"))


def outcome(
    checker: Checker, folder: Path, edit: str, *claims: dict[str, Any], line: int = 1, claim_id: str = "A"
) -> str:
    """The outcome of an edit on a line: `fires <case>`, `not evaluated <facts>`, or the word of the page's count."""
    result = checker.check_files([write(folder, *claims)], show_not_evaluated=True)
    for finding in result.findings:
        if finding.id == edit and finding.claim_id == claim_id and finding.line_number in {line, None}:
            return f"{finding.outcome} {finding.case or ' '.join(finding.missing)}"
    (summary,) = (item for item in result.edits if item.id == edit)
    ended = {"clear": summary.clear + summary.clear_presumed, "not_in_force": summary.not_in_force}
    ended["out_of_scope"] = summary.out_of_scope
    return " ".join(name for name, rows in ended.items() if rows)


def line(**more: Any) -> dict[str, Any]:
    return {**J1745, **more}


WASTE = [
    ("no modifier", {}, {}, "fires returned"),
    ("drug that cost nothing", {"charge_amount": "0.00"}, {}, "out_of_scope"),
    ("drug at a cent", {"charge_amount": "0.01"}, {}, "out_of_scope"),
    ("claim type unknown", {}, {"claim_type": None}, "not evaluated separately_payable"),
    ("ambulatory surgical center", {}, {"place_of_service": "24"}, "not evaluated separately_payable"),
    ("hospital outpatient, professional claim", {}, {"place_of_service": "22"}, "not evaluated separately_payable"),
    ("inpatient", {}, {"place_of_service": "21"}, "out_of_scope"),
    ("inpatient psychiatric", {}, {"place_of_service": "51"}, "out_of_scope"),
    ("rural health clinic", {}, {"place_of_service": "72"}, "out_of_scope"),
    ("home", {}, {"place_of_service": "12"}, "fires returned"),
    ("commercial", {}, {"payer_program": "commercial"}, "out_of_scope"),
    ("DME supplier", {}, {"payer_program": "medicare_dme"}, "not evaluated separately_payable"),
    ("hospital claim", {}, {"claim_type": "I", "payer_program": "medicare_a"}, "not evaluated separately_payable"),
    ("an NDC that nobody knows", {"ndc": "99999999999"}, {}, "not evaluated container"),
    ("the day before the rule", {"service_date": "2023-06-30"}, {}, "not_in_force"),
]  # fmt: skip


@pytest.fixture(scope="module")
def tables(checker: Checker, tmp_path_factory: pytest.TempPathFactory) -> Together:
    """The cases of all tables below, in one run."""
    waste = {
        f"waste {name}": [{key: value for key, value in one.items() if value is not None}]
        for name, of_line, of_claim, _ in WASTE
        for one in [claim(lines=[line(**of_line)], **of_claim)]
    }
    mue = {f"mue {name}": [claim(lines=lines, **of_claim)] for name, lines, of_claim, _ in MUE}
    wasted = {f"wasted {name}": [claim(lines=lines)] for name, lines, _ in WASTED}
    modifiers = {
        f"{code} {modifier}": [claim(lines=[line(hcpcs_code=code, modifiers=[modifier])])]
        for _, code, modifier, _ in MODIFIERS
    }
    return Together(checker, tmp_path_factory.mktemp("tables"), waste | mue | wasted | modifiers)


@pytest.mark.parametrize(("name", "expected"), [(case[0], case[-1]) for case in WASTE])
def test_jz_or_jw_missing(tables: Together, name: str, expected: str) -> None:
    assert tables.outcome(f"waste {name}", "WASTE-001") == expected


def test_a_prevention_vaccine_is_out_of_scope(checker: Checker, tmp_path: Path) -> None:
    given = claim(lines=[line(hcpcs_code="90732", billed_units=1)])
    assert outcome(checker, tmp_path, "WASTE-001", given) == "out_of_scope"


def test_a_jw_line_may_stand_on_another_claim_of_the_patient(checker: Checker, tmp_path: Path) -> None:
    dose = claim("A", lines=[line()], **PATIENT)
    waste = claim("B", lines=[line(modifiers=["JW"], billed_units=5)], **PATIENT)
    assert outcome(checker, tmp_path, "WASTE-001", dose) == "fires returned"
    assert outcome(checker, tmp_path, "WASTE-001", dose, waste) == "clear"
    partial = {
        **claim("B", lines=[{key: value for key, value in line().items() if key != "modifiers"}], **PATIENT),
        "complete": False,
    }
    assert outcome(checker, tmp_path, "WASTE-001", dose, partial) == "not evaluated jw_line_beside"
    undated = claim("B", lines=[line(modifiers=["JW"], service_date=None)], **PATIENT)
    assert outcome(checker, tmp_path, "WASTE-001", dose, undated) == "not evaluated jw_line_beside"


def test_an_undated_line_of_another_code_cannot_be_the_jw_line(checker: Checker, tmp_path: Path) -> None:
    visit = {
        "hcpcs_code": "99213",
        "modifiers": ["25"],
        "billed_units": 1,
        "service_date": None,
        "charge_amount": "90.00",
    }
    given = claim(lines=[line(), visit])
    assert outcome(checker, tmp_path, "WASTE-001", given) == "fires returned"
    assert outcome(checker, tmp_path, "NCCI-002", given) == "clear"


@pytest.mark.parametrize("frequency", ["7", "8"])
def test_a_claim_that_replaces_or_voids_another_never_adds_to_it(
    checker: Checker, tmp_path: Path, frequency: str
) -> None:
    first = claim("A", lines=[line(billed_units=100, modifiers=["JZ"])], frequency="1", **PATIENT)
    again = claim(
        "B", lines=[line(billed_units=95), line(billed_units=5, modifiers=["JW"])], frequency=frequency, **PATIENT
    )
    assert outcome(checker, tmp_path, "NCCI-002", first, again) == "clear"
    assert outcome(checker, tmp_path, "WASTE-002", first, again) == "clear"


MUE = [
    ("at the value", [line(billed_units=150)], {}, "clear"),
    ("over it", [line(billed_units=151)], {}, "fires by-day"),
    ("over it on two lines, waste counted", [line(billed_units=100), line(billed_units=51, modifiers=["JW"])], {}, "fires by-day"),
    ("a line of unknown code, same day", [line(billed_units=150), line(hcpcs_code=None)], {}, "not evaluated units_total"),
    ("a line of the code without day", [line(billed_units=150), line(service_date=None)], {}, "not evaluated units_total"),
    ("without units", [line(billed_units=None)], {}, "not evaluated units_total"),
    ("over several days", [line(billed_units=500, service_date_to="2024-08-05")], {}, "not evaluated units_total"),
    ("no day at all", [line(billed_units=500, service_date=None)], {}, "not evaluated service_date"),
    ("another payer", [line(billed_units=500)], {"payer_program": "commercial"}, "fires other-payer"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), [(case[0], case[-1]) for case in MUE])
def test_mue(tables: Together, name: str, expected: str) -> None:
    assert tables.outcome(f"mue {name}", "NCCI-002") == expected


@pytest.mark.parametrize("program", ["medicaid", "commercial", "medicare_dme", None])
def test_another_payers_claim_hides_no_excess(checker: Checker, tmp_path: Path, program: str | None) -> None:
    over = claim("A", lines=[line(billed_units=200, modifiers=["JZ"])], **PATIENT)
    other = claim("B", lines=[line(billed_units=10, modifiers=["JZ"])], **PATIENT)
    other["payer_program"] = program
    assert outcome(checker, tmp_path, "NCCI-002", over, other) == "fires by-day"


def test_a_line_of_unknown_code_on_a_sibling_claim_leaves_the_sum_open(checker: Checker, tmp_path: Path) -> None:
    at = claim("A", lines=[line(billed_units=150, modifiers=["JZ"])], **PATIENT)
    unknown = claim("B", lines=[line(hcpcs_code=None, billed_units=100)], **PATIENT)
    assert outcome(checker, tmp_path, "NCCI-002", at, unknown) == "not evaluated units_total"


def test_every_line_stands_in_one_drug_day(checker: Checker, tmp_path: Path) -> None:
    lines = [line(), line(modifiers=["JW"]), line(hcpcs_code=None), line(service_date=None), line(hcpcs_code="J3420")]
    result = checker.check_files([write(tmp_path, claim(lines=lines))], show_not_evaluated=True)
    (mue,) = (item for item in result.edits if item.id == "NCCI-002")
    assert mue.rows == 4


def charted(dose: str, *contents: str) -> dict[str, Any]:
    return {
        "charted": {
            "dose": {"amount": dose, "unit": "mg"},
            "containers": [
                {"amount": content, "unit": "mg", "count": 1, "kind": "single_dose"} for content in contents
            ],
        }
    }


WASTED = [
    ("right", [line(billed_units=35, **charted("350", "100", "100", "100", "100")), line(billed_units=5, modifiers=["JW"])], "clear out_of_scope"),
    ("milligrams for units", [line(billed_units=35, **charted("350", "100", "100", "100", "100")), line(billed_units=50, modifiers=["JW"])], "fires differs"),
    (
        "charted on both lines, the dose line's story counts",
        [line(billed_units=35, **charted("350", "100", "100", "100", "100")), line(billed_units=5, modifiers=["JW"], **charted("50", "50"))],
        "clear out_of_scope",
    ),
    (
        "two preparations are not added up",
        [
            line(billed_units=5, **charted("45", "100")), line(billed_units=5, modifiers=["JW"]),
            line(billed_units=5, **charted("45", "100")), line(billed_units=5, modifiers=["JW"]),
        ],
        "not evaluated expected_discarded_units",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), [(case[0], case[-1]) for case in WASTED])
def test_discarded_units(tables: Together, name: str, expected: str) -> None:
    assert tables.outcome(f"wasted {name}", "WASTE-005", line=2) == expected


def test_a_finding_on_discarded_units_names_the_release_of_the_billing_unit(tables: Together) -> None:
    found = [finding for finding in tables.result.findings if (finding.id, finding.outcome) == ("WASTE-005", "fires")]
    assert found
    assert all(any("HCPCS" in release for release in finding.releases) for finding in found)


MODIFIERS = [
    ("MOD-017", "J1745", "11", "fires no-modifier"),
    ("MOD-017", "J1745", "02", "not evaluated pos_in_modifiers"),
    ("MOD-017", "J1745", "JZ", "clear"),
    ("MOD-017", "J1745", "59", "clear"),
    ("MOD-010", "J1745", "25", "fires on-drug"),
    ("MOD-010", "96372", "25", "fires on-administration"),
    ("MOD-010", "96380", "25", "fires on-administration"),
    ("MOD-010", "0071A", "25", "not evaluated line_kind"),
    ("MOD-010", "K0001", "25", "fires on-supply"),
    ("MOD-010", "99213", "25", "clear"),
    ("MOD-014", "J3420", "LT", "fires systemic"),
    ("MOD-014", "J0178", "LT", "clear"),
    ("CODE-001", "99213", "25", "not evaluated code_known"),
    ("CODE-001", "D0120", "XS", "not evaluated code_known"),
    ("CODE-001", "478331", "XS", "fires malformed"),
    ("CODE-001", "j1745", "JZ", "fires spelling"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "code", "modifier", "expected"), MODIFIERS)
def test_codes_and_modifiers(tables: Together, edit: str, code: str, modifier: str, expected: str) -> None:
    assert tables.outcome(f"{code} {modifier}", edit) == expected


def test_a_systemic_drug_beside_an_eye_injection_is_still_systemic(checker: Checker, tmp_path: Path) -> None:
    eye = line(hcpcs_code="67028", modifiers=["RT"], billed_units=1)
    assert (
        outcome(checker, tmp_path, "MOD-014", claim(lines=[line(hcpcs_code="J3420", modifiers=["RT"]), eye]))
        == "fires systemic"
    )
    assert (
        outcome(checker, tmp_path, "MOD-014", claim(lines=[line(hcpcs_code="J0178", modifiers=["RT"]), eye]))
        == "fires eye"
    )


def test_lower_case_hides_no_other_fault(checker: Checker, tmp_path: Path) -> None:
    assert outcome(checker, tmp_path, "WASTE-001", claim(lines=[line(hcpcs_code="j1745")])) == "fires returned"
    assert outcome(checker, tmp_path, "WASTE-001", claim(lines=[line(modifiers=["jz"])])) == "clear"


def test_an_unclassified_drug_needs_no_concentration(checker: Checker, tmp_path: Path) -> None:
    given = line(hcpcs_code="J3490", billed_units=1, charted={"dose": {"amount": "2", "unit": "mL"}})
    assert outcome(checker, tmp_path, "UNIT-003", claim(lines=[given])) in {"clear", "not evaluated expected_units"}


@pytest.mark.parametrize("ndc", ["ABC", "123456789", "123456-789-01"])  # 57894-030-01 is normal writing in JSON
def test_a_malformed_ndc_is_told_with_its_reason(checker: Checker, tmp_path: Path, ndc: str) -> None:
    result = checker.check_files([write(tmp_path, claim(lines=[line(ndc=ndc)]))])
    (finding,) = (item for item in result.findings if item.id == "NDC-E-002")
    assert "()" not in finding.message
    assert ": ." not in finding.message
    assert "unknown" not in finding.message
