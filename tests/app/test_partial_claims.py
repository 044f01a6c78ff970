"""What JSON Lines, CSV and Parquet mean: absent is unknown, empty is none, and the lines listed are all lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app import Checker
from tests.shared import SHARED, needs_shared

Json = dict[str, Any]
LINE: Json = {
    "hcpcs_code": "J1745", "billed_units": 40, "service_date": "2024-08-01", "charge_amount": "2400.00",
    "ndc": "57894-030-01", "ndc_quantity": 4, "ndc_unit": "UN",
}  # fmt: skip
CLAIM: Json = {"claim_id": "A", "claim_type": "P", "payer_program": "medicare_b", "place_of_service": "11"}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(tmp_path_factory.mktemp("none"))


def outcomes(checker: Checker, folder: Path, claim: Json) -> dict[str, str]:
    """What each edit says of the claim: its case where it fires, else its outcome."""
    file = folder / "claims.jsonl"
    file.write_text(json.dumps(claim))
    result = checker.check_files([file], show_not_evaluated=True)
    assert result.faults == ()
    return {one.id: one.case or one.outcome for one in result.findings}


def partial(claim: Json | None = None, **line: object) -> Json:
    return {**CLAIM, **(claim or {}), "lines": [{**LINE, **line}]}


def test_a_single_dose_line_without_waste_modifier_needs_no_whole_claim(checker: Checker, tmp_path: Path) -> None:
    assert outcomes(checker, tmp_path, partial(modifiers=[]))["WASTE-001"] == "returned"
    assert outcomes(checker, tmp_path, partial())["WASTE-001"] == "not evaluated"
    missing_lines = partial({"lines_complete": False}, modifiers=[])
    assert outcomes(checker, tmp_path, missing_lines)["WASTE-001"] == "not evaluated"


@pytest.mark.parametrize("none", [None, "", []])
def test_units_that_are_said_to_be_none_are_missing(checker: Checker, tmp_path: Path, none: object) -> None:
    assert outcomes(checker, tmp_path, partial(modifiers=["JZ"], billed_units=none))["UNIT-001"] == "missing"


def test_units_that_are_not_there_are_unknown(checker: Checker, tmp_path: Path) -> None:
    claim = partial(modifiers=["JZ"])
    del claim["lines"][0]["billed_units"]
    assert outcomes(checker, tmp_path, claim)["UNIT-001"] == "not evaluated"


def test_a_place_that_the_claim_says_to_have_none(checker: Checker, tmp_path: Path) -> None:
    said = outcomes(checker, tmp_path, partial({"place_of_service": ""}, modifiers=["JZ"]))
    unknown = partial(modifiers=["JZ"])
    del unknown["place_of_service"]
    fired = {edit for edit, case in said.items() if case == "no-place"}
    assert fired
    assert {outcomes(checker, tmp_path, unknown)[edit] for edit in fired} == {"not evaluated"}


def test_dots_and_hyphens_are_no_fault(checker: Checker, tmp_path: Path) -> None:
    line = {"modifiers": ["JZ"], "diagnosis_pointers": [1]}
    dotted = outcomes(checker, tmp_path, partial({"diagnoses": ["K50.90"], "complete": True}, **line))
    bare = partial({"diagnoses": ["K5090"], "complete": True}, **line, ndc="57894003001")
    assert dotted == outcomes(checker, tmp_path, bare)
    assert not {"DX-003", "NDC-E-002"} & {edit for edit, case in dotted.items() if case != "not evaluated"}


def test_ten_bare_digits_are_never_guessed(checker: Checker, tmp_path: Path) -> None:
    claim = partial({"complete": True}, modifiers=["JZ"], ndc="5789403001")
    assert outcomes(checker, tmp_path, claim)["NDC-E-002"] == "form"


class TestField:
    """Cases from public reports, in ../shared/field."""

    pytestmark = needs_shared

    def test_strings_in_json_have_one_meaning(self, checker: Checker) -> None:
        control = checker.check_files([SHARED / "field" / "f1-48-control.jsonl"])
        strings = checker.check_files([SHARED / "field" / "f1-48b-strings.jsonl"])
        assert strings.summary.lines == control.summary.lines == 2
        assert strings.findings == control.findings == ()
        assert strings.summary.not_evaluated == control.summary.not_evaluated
        assert {(fault.fault, fault.lost) for fault in strings.faults} == {
            ("list-as-text", "nothing"), ("boolean-as-text", "nothing"),
        }  # fmt: skip

    def test_dotted_diagnoses_of_a_table_are_no_fault(self, checker: Checker) -> None:
        findings = checker.check_files([SHARED / "field" / "f1-44-diagnosis-cells.csv"]).findings
        rejected = {one.claim_id for one in findings if one.id == "DX-003"}
        assert not {"T44A", "T44B", "T44C", "T44D", "T44E", "T44H"} & rejected

    def test_a_hyphenated_ndc_of_a_table_is_no_fault(self, checker: Checker) -> None:
        findings = checker.check_files([SHARED / "field" / "f1-41-excel-ndc.csv"]).findings
        assert "T41H" not in {one.claim_id for one in findings if one.id == "NDC-E-002"}
