"""Rules on whole claims with imported releases: what an import must not change, and what it must name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cleanclaim.app import Checker
from cleanclaim.reference.importing import import_file
from tests.app.test_checker import EDITS_TOLD_SEVERELY, EXAMPLES, ROOT, claim, write
from tests.app.test_rules import line, outcome
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    folder = tmp_path_factory.mktemp("library")
    import_file(folder, SHARED / "data" / "cms" / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx")
    for name in ("Jul 2024 ASP Pricing File 062024", "Oct 2025 ASP Pricing File 091725"):
        import_file(folder, SHARED / "data" / "cms" / "asp" / f"section 508 version of {name}.csv")
    return Checker.open(folder)


@pytest.mark.parametrize("code", ["99213", "96413", "90732", "D0120"])
def test_a_hcpcs_file_says_nothing_about_cpt_and_dental_codes(library: Checker, tmp_path: Path, code: str) -> None:
    given = claim(lines=[line(hcpcs_code=code, service_date="2025-11-03")])
    assert outcome(library, tmp_path, "CODE-001", given) == "not evaluated code_known"


def test_an_invented_code_is_found_and_names_the_release(library: Checker, tmp_path: Path) -> None:
    result = library.check_files([write(tmp_path, claim(lines=[line(hcpcs_code="G0605", service_date="2025-11-03")]))])
    (finding,) = (item for item in result.findings if item.id == "CODE-001")
    assert finding.releases == ("hcpcs 2025-Q4 r1",)


def test_an_ended_code_has_no_end_in_9999(library: Checker, tmp_path: Path) -> None:
    result = library.check_files([write(tmp_path, claim(lines=[line(hcpcs_code="S0013", service_date="2026-01-01")]))])
    (finding,) = (item for item in result.findings if item.id == "CODE-002")
    assert "9999" not in finding.message
    assert "J0013" in finding.fix.say


def test_the_examples_are_judged_as_on_the_starter_set(library: Checker) -> None:
    with (ROOT / "examples" / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = {
            (row["claim_id"], row["line_number"], row["edit_id"]): row["case_or_severity"]
            for row in csv.DictReader(file)
        }
    findings = library.check_files(EXAMPLES).findings
    found = {(item.claim_id, str(item.line_number or ""), item.id): item.severity for item in findings}
    assert {key: found.get(key) for key in expected} == expected
    severe = {claim_id for (claim_id, _, _), severity in found.items() if severity in EDITS_TOLD_SEVERELY}
    assert severe == {claim_id for claim_id, _, _ in expected}
