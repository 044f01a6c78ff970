"""Unlikely edits of whole claims: each service type by the file that tells it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app import Checker
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.publications import ncci_mue
from tests.app.test_checker import claim, write
from tests.app.test_rules import line, outcome
from tests.reference.publications import mue_file

HOSPITAL = {"claim_type": "I", "payer_program": "medicare_a"}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    """2024 Q3 of practitioners alone, with a value of its own for J9271 and none for J1745; else the starter set."""
    folder = tmp_path_factory.mktemp("mue")
    rows = ["J9271,100,3 Date of Service Edit: Clinical,Clinical: Data"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ncci_mue, "FEWEST_ROWS", {"practitioner": 1})
        import_file(folder / "library", mue_file(folder / "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv", rows))
    return Checker.open(folder / "library")


def given(code: str, units: int, **more: Any) -> dict[str, Any]:
    return claim(lines=[line(hcpcs_code=code, billed_units=units)], **more)


@pytest.mark.parametrize(
    ("code", "units", "more", "expected"),
    [
        ("J9271", 200, {}, "fires by-day"), ("J9271", 100, {}, "clear"),
        ("J9271", 200, HOSPITAL, "clear"), ("J9271", 401, HOSPITAL, "fires by-day"),
        ("J1745", 9999, {}, "clear"),
        ("J9271", 200, {"claim_type": None}, "not evaluated"),
    ],
)  # fmt: skip
def test_a_limit_is_that_of_the_service_type(
    checker: Checker, tmp_path: Path, code: str, units: int, more: dict[str, Any], expected: str
) -> None:
    assert outcome(checker, tmp_path, "NCCI-002", given(code, units, **more)).startswith(expected)


def test_the_release_that_decided_is_named(checker: Checker, tmp_path: Path) -> None:
    findings = checker.check_files([write(tmp_path, given("J9271", 200))]).findings
    (found,) = (item for item in findings if item.id == "NCCI-002")
    assert "mue 2024-Q3 practitioner r1" in found.releases
    findings = checker.check_files([write(tmp_path, given("J9271", 401, **HOSPITAL))]).findings
    (found,) = (item for item in findings if item.id == "NCCI-002")
    assert "starter: CMS NCCI MUE, Outpatient Hospital Services, July 2024" in found.releases
