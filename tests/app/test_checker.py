"""Claims in, findings out: the whole path, and what a user is told on it."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app import Checker, CheckResult
from cleanclaim.edits.outcomes import Outcome
from cleanclaim.errors import UnreadableInput
from tests.app.plans import by_planes

ROOT = Path(__file__).parents[2]
EXAMPLES = [ROOT / "examples" / name for name in ("clinic-2024q3.837", "clinic-2025q4.837", "charted.jsonl")]
EDITS_TOLD_SEVERELY = {"reject", "deny"}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def examples(checker: Checker) -> CheckResult:
    return checker.check_files(EXAMPLES)


def write(tmp_path: Path, *claims: dict[str, Any]) -> Path:
    path = tmp_path / "claims.jsonl"
    path.write_text("\n".join(json.dumps(claim) for claim in claims) + "\n", encoding="utf-8")
    return path


def claim(claim_id: str = "A", *, lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    base = {
        "claim_id": claim_id,
        "claim_type": "P",
        "payer_program": "medicare_b",
        "place_of_service": "11",
        "complete": True,
    }
    return {**base, **more, "lines": [{"line_number": number, **line} for number, line in enumerate(lines, 1)]}


def fired(result: CheckResult) -> list[tuple[str | None, int | None, str, str]]:
    return [
        (item.claim_id, item.line_number, item.id, item.case)
        for item in result.findings
        if item.outcome is Outcome.FIRES
    ]


def test_every_fault_of_the_examples_is_found_and_no_clean_claim_is_accused(examples: CheckResult) -> None:
    with (ROOT / "examples" / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = {
            (row["claim_id"], row["line_number"], row["edit_id"]): row["case_or_severity"]
            for row in csv.DictReader(file)
        }
    found = {(item.claim_id, str(item.line_number or ""), item.id): item.severity for item in examples.findings}
    assert {key: found.get(key) for key in expected} == expected
    severe = {key for key, severity in found.items() if severity in EDITS_TOLD_SEVERELY}
    assert {claim_id for claim_id, _, _ in severe} == {claim_id for claim_id, _, _ in expected}


def test_every_row_of_every_edit_has_one_outcome(examples: CheckResult) -> None:
    rows = {"line": examples.summary.lines, "claim": examples.summary.claims}
    for edit in examples.edits:
        ended = edit.fires + edit.clear + edit.clear_presumed + edit.not_evaluated
        ended += edit.not_in_force + edit.out_of_scope
        assert ended == edit.rows
        if edit.grain in rows:
            assert edit.rows == rows[edit.grain], edit.id
        assert bool(edit.missing) == bool(edit.not_evaluated), edit.id
    assert examples.summary.not_evaluated == sum(edit.not_evaluated for edit in examples.edits)


def test_closures_and_planes_give_the_same_result(
    checker: Checker, examples: CheckResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_planes(monkeypatch)
    assert checker.check_files(EXAMPLES) == examples
    shown = checker.check_files(EXAMPLES, show_not_evaluated=True)
    monkeypatch.undo()
    by_row = checker.check_files(EXAMPLES, show_not_evaluated=True)
    assert [(item.claim_id, item.line_number, item.id, sorted(item.missing)) for item in shown.findings] == [
        (item.claim_id, item.line_number, item.id, sorted(item.missing)) for item in by_row.findings
    ]


def test_what_is_not_evaluated_is_listed_when_asked(checker: Checker, examples: CheckResult) -> None:
    shown = checker.check_files(EXAMPLES, show_not_evaluated=True)
    unknown = [item for item in shown.findings if item.outcome is Outcome.NOT_EVALUATED]
    assert len(unknown) == examples.summary.not_evaluated
    assert all(item.missing for item in unknown)
    assert shown.summary == examples.summary


def test_a_finding_names_its_rule_and_the_releases_that_decided(examples: CheckResult) -> None:
    (finding,) = (item for item in examples.findings if item.id == "NCCI-002")
    assert finding.releases
    assert all(release.startswith("starter: CMS NCCI MUE") for release in finding.releases)
    assert finding.authority[0].title
    assert finding.evidence["units_at_least"] == "4000"
    assert len(finding.edit_version) == 12


def test_lines_of_one_patient_and_day_meet_across_files(checker: Checker, tmp_path: Path) -> None:
    patient = {"member_id": "M1", "birth_date": "1950-01-01", "first_name": "TEST"}
    line = {
        "hcpcs_code": "J9271",
        "modifiers": ["JZ"],
        "billed_units": 250,
        "service_date": "2024-08-01",
        "charge_amount": "100.00",
    }
    shared = {"billing_npi": "1234567893", "patient": patient, "total_charge": "100.00"}
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    files = [write(one, claim("A", lines=[line], **shared)), write(two, claim("B", lines=[line], **shared))]
    result = checker.check_files(files)
    (finding,) = (item for item in result.findings if item.id == "NCCI-002")
    assert (finding.claim_id, finding.line_number) == ("A", 1)
    assert [(place.claim_id, place.line_number) for place in finding.related_lines] == [("B", 1)]
    assert result.summary.amount_at_risk == "200.00"
    alone = checker.check_files(files[:1])
    assert "NCCI-002" not in {item.id for item in alone.findings}


def test_two_unknown_patients_are_never_one(checker: Checker, tmp_path: Path) -> None:
    line = {"hcpcs_code": "J9271", "modifiers": ["JZ"], "billed_units": 250, "service_date": "2024-08-01"}
    result = checker.check_files([write(tmp_path, claim("A", lines=[line]), claim("B", lines=[line]))])
    assert "NCCI-002" not in {item.id for item in result.findings}


def test_a_partial_claim_is_never_accused_for_what_it_leaves_out(checker: Checker, tmp_path: Path) -> None:
    partial = {"claim_id": "P", "lines": [{"hcpcs_code": "J1745", "service_date": "2024-08-01"}]}
    result = checker.check_files([write(tmp_path, partial)])
    assert fired(result) == []
    whole = checker.check_files([write(tmp_path, {**partial, "claim_type": "P"})], complete=True)
    assert ("P", 1, "UNIT-001", "missing") in fired(whole)
    assert ("P", 1, "MOD-017", "no-place") in fired(whole)


def test_an_edit_that_explains_another_silences_it(checker: Checker, tmp_path: Path) -> None:
    line = {"hcpcs_code": "J1745", "modifiers": ["JW", "JZ"], "billed_units": 10, "service_date": "2024-08-01"}
    result = checker.check_files([write(tmp_path, claim(lines=[line]))])
    assert ("A", 1, "WASTE-002", "one-line") in fired(result)
    assert "WASTE-014" not in {item.id for item in result.findings}
    assert next(edit for edit in result.edits if edit.id == "WASTE-014").silenced == 1


def test_an_absurd_amount_is_a_finding_and_not_a_crash(checker: Checker, tmp_path: Path) -> None:
    line = {
        "hcpcs_code": "J9271",
        "modifiers": ["JZ"],
        "billed_units": "999999999.999",
        "service_date": "2024-08-01",
        "charge_amount": "999999999999.99",
    }
    result = checker.check_files([write(tmp_path, claim(lines=[line, line], total_charge="1.00"))])
    assert {
        ("A", 1, "UNIT-001", "fractional"),
        ("A", 1, "NCCI-002", "by-day"),
        ("A", None, "FMT-E-003", "differs"),
    } <= set(fired(result))
    assert Decimal(result.summary.amount_at_risk) == Decimal("1999999999999.98")


def test_the_same_file_twice_is_told_and_read_once(checker: Checker) -> None:
    once, twice = checker.check_files(EXAMPLES[:1]), checker.check_files([EXAMPLES[0], EXAMPLES[0]])
    assert twice.summary.claims == once.summary.claims
    assert [fault.fault for fault in twice.faults] == ["file-duplicate"]
    assert not twice.summary.claims_unread


def test_an_unreadable_file_beside_a_good_one_is_a_fault(checker: Checker, tmp_path: Path) -> None:
    bad = tmp_path / "letter.pdf"
    bad.write_bytes(b"%PDF-1.7\n")
    result = checker.check_files([bad, EXAMPLES[0]])
    assert (result.faults[0].fault, result.faults[0].lost) == ("file-unreadable", "file")
    assert result.summary.claims == 15
    assert result.summary.claims_unread


@pytest.mark.parametrize("content", [b"", b" \r\n\t ", b"%PDF-1.7", b"<!DOCTYPE html><html></html>", b"PK\x03\x04"])
def test_nothing_readable_raises(checker: Checker, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.837"
    path.write_bytes(content)
    with pytest.raises(UnreadableInput, match=r"^x\.837: "):
        checker.check_files([path])


def test_no_patient_field_in_a_message(checker: Checker, tmp_path: Path) -> None:
    text = EXAMPLES[0].read_text(encoding="ascii")
    patients = {
        part
        for line in text.split("~")
        for part in line.strip().split("*")[3:5]
        if line.strip().startswith(("NM1*IL", "NM1*QC"))
    }
    assert patients
    broken = tmp_path / "broken.837"
    broken.write_text(text.replace("DMG*D8*19", "DMG*D8*XX"), encoding="ascii")
    result = checker.check_files([broken])
    told = " ".join(
        [*(item.message for item in result.findings), *(f"{fault.message} {fault.value}" for fault in result.faults)]
    )
    assert any(fault.fault == "date-invalid" for fault in result.faults)
    assert not [name for name in patients if len(name) > 2 and name in told]


def test_results_do_not_depend_on_threads(
    checker: Checker, examples: CheckResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert checker.check_files(EXAMPLES) == examples


def test_own_edits_run_beside_the_shipped_ones(tmp_path: Path) -> None:
    page = (
        (ROOT / "tests" / "edits" / "test_pages.py")
        .read_text(encoding="utf-8")
        .split('PAGE = """', 1)[1]
        .split('"""', 1)[0]
    )
    folder = tmp_path / "edits"
    folder.mkdir()
    (folder / "many-units.md").write_text(page, encoding="utf-8")
    line = {"hcpcs_code": "J3420", "modifiers": [], "billed_units": 2, "service_date": "2024-08-01"}
    result = Checker.open(tmp_path / "none", edits=folder).check_files([write(tmp_path, claim(lines=[line]))])
    assert ("A", 1, "SITE-001", "one") in fired(result)
