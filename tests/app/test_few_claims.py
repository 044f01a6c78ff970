"""A few claims are checked by rows: the same result as by DuckDB, whole and in every part, and nothing asked twice."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import msgspec
import pytest

from cleanclaim.app import Checker, CheckResult, reading
from cleanclaim.app.supporting import SupportingFiles
from cleanclaim.edits import judging
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.edits.fact_language import relations
from cleanclaim.edits.outcomes import Outcome
from cleanclaim.edits.plan import facts, few
from cleanclaim.reference.library.kept_tables import KeptTable
from cleanclaim.reference.tables import BY_NAME
from tests.app.plans import by_duckdb, by_planes
from tests.policies.test_policies import EXAMPLES as POLICIES
from tests.shared import SHARED, needs_shared

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "examples" / name for name in ("clinic-2024q3.837", "clinic-2025q4.837", "charted.jsonl")]
HISTORY = SupportingFiles(history=(FILES[0],), history_from=date(2024, 1, 1))
DAY = date(2026, 11, 22)
QUERIES_OF_A_CLAIM = 60  # groups that are asked row by row, those whose keys are new, and what the report asks
QUERIES_OF_A_TWIN = 25  # the same codes and days again


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(tmp_path_factory.mktemp("library"), policies=POLICIES)


def comparable(result: CheckResult) -> object:
    """Everything that a check says; what was missing stands in no order."""
    data = msgspec.to_builtins(result, enc_hook=str)
    data["findings"] = [{**one, "missing": sorted(one["missing"])} for one in data["findings"]]
    return json.loads(json.dumps(data, default=str, sort_keys=True))


@pytest.mark.parametrize("plan", [by_duckdb, by_planes])
@pytest.mark.parametrize("shown", [False, True], ids=["", "not evaluated too"])
def test_the_whole_result_is_the_same(
    checker: Checker, plan: object, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check() -> object:
        return comparable(checker.check_files(FILES, checked_on=DAY, show_not_evaluated=shown, supporting=HISTORY))

    by_rows = check()
    plan(monkeypatch)  # type: ignore[operator]
    assert check() == by_rows


def test_claims_that_become_many_while_they_are_read(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    by_rows = comparable(checker.check_files(FILES, checked_on=DAY))
    grown: list[int] = []
    real = Checker._many
    monkeypatch.setattr(Checker, "_many", lambda self, few, *rest: (grown.append(few.lines), real(self, few, *rest))[1])
    monkeypatch.setattr(reading, "MOST_LINES", 30)
    assert comparable(checker.check_files(FILES, checked_on=DAY)) == by_rows
    assert len(grown) == 1
    assert grown[0] > 30


def test_many_claims_that_come_at_once(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many rows as the workbench of many would store at once: none may be lost on the way to it."""
    by_rows = comparable(checker.check_files(FILES, checked_on=DAY))
    monkeypatch.setattr(reading, "MOST_LINES", 5)
    monkeypatch.setattr(facts, "_ROWS_AT_ONCE", 5)
    assert comparable(checker.check_files(FILES, checked_on=DAY)) == by_rows


def test_what_is_kept_is_bounded_and_never_taken_from_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = few.KeptFacts(lambda name: KeptTable(BY_NAME[name], BY_NAME[name].empty()))
    monkeypatch.setattr(few, "_MOST_ANSWERS", 2)
    held = kept.answers_of("code")
    held.update({(number,): (number,) for number in range(5)})
    assert kept.answers_of("code") == {}
    assert len(held) == 5
    monkeypatch.setattr(relations, "_MOST_KEPT", 3)
    relation = kept.relation("hcpcs")
    for number in range(10):
        assert relation.by((0,), (0,)).get(f"J{number:04}", []) == []
    assert len(relation._kept) <= 3  # type: ignore[attr-defined]


@needs_shared[0]
@needs_shared[1]
@pytest.mark.slow
def test_claims_with_injected_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [
        sys.executable,
        "-m",
        "benchmarks.injected.generate",
        "--data",
        str(SHARED / "data"),
        "--out",
        str(tmp_path),
    ]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    lines = (tmp_path / "claims.jsonl").read_text("utf-8").splitlines(keepends=True)
    some = tmp_path / "some.jsonl"
    some.write_text("".join(lines[::8]), encoding="utf-8")
    checker = Checker.open(tmp_path / "library")
    by_rows = comparable(checker.check_files([some], checked_on=DAY, show_not_evaluated=True))
    by_planes(monkeypatch)
    assert comparable(checker.check_files([some], checked_on=DAY, show_not_evaluated=True)) == by_rows


def test_a_page_that_breaks_takes_no_other_with_it(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = checker.check_files(FILES, checked_on=DAY)
    broken = next(edit for edit in shipped_edits() if edit.id == "WASTE-001")
    real = judging.judge

    def judge(edit: object) -> object:
        def breaks(_row: object) -> object:
            raise ArithmeticError("made up")

        return breaks if edit is broken else real(edit)  # type: ignore[arg-type]

    monkeypatch.setattr(judging, "judge", judge)
    found = checker.check_files(FILES, checked_on=DAY)
    rows = {edit.id: edit for edit in found.edits}
    assert rows["WASTE-001"].not_evaluated == rows["WASTE-001"].rows > 0
    others = [finding for finding in sound.findings if finding.id != "WASTE-001" and finding.caused_by != "WASTE-001"]
    kept = [finding for finding in found.findings if finding.caused_by != "WASTE-001"]
    assert {(one.claim_id, one.line_number, one.id) for one in others} <= {
        (one.claim_id, one.line_number, one.id) for one in kept
    }
    assert not any(finding.id == "WASTE-001" and finding.outcome is Outcome.FIRES for finding in kept)


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    real = few.RowEngine.query
    monkeypatch.setattr(few.RowEngine, "query", lambda self, sql: (asked.append(sql), real(self, sql))[1])
    return asked


def test_a_claim_keeps_to_its_budget_of_queries(tmp_path: Path, queries: list[str]) -> None:
    """Counts, not times: one claim asks so many queries, and its twin only what hangs on its own rows."""
    checker = Checker.open(tmp_path / "library")
    claim = {
        "claim_id": "A1", "claim_type": "P", "complete": True, "payer_program": "medicare_b", "place_of_service": "11",
        "diagnoses": ["K50.90"], "patient": {"member_id": "1"},
        "lines": [
            {"hcpcs_code": "J1745", "billed_units": 40, "service_date": "2025-11-03", "modifiers": ["JZ"]},
            {"hcpcs_code": "96413", "billed_units": 1, "service_date": "2025-11-03", "modifiers": []},
        ],
    }  # fmt: skip
    path = tmp_path / "one.jsonl"
    counts = []
    for name in ("A1", "A2"):
        path.write_text(json.dumps({**claim, "claim_id": name}) + "\n", encoding="utf-8")
        queries.clear()
        checker.check_files([path], checked_on=DAY)
        counts.append(len(queries))
    assert counts[0] <= QUERIES_OF_A_CLAIM, counts
    assert counts[1] <= QUERIES_OF_A_TWIN, counts
