"""A long run is judged part by part: the parts change nothing, and no patient is divided between two."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.generate import generate

from cleanclaim.app import Checker
from cleanclaim.edits.plan import facts


@pytest.mark.parametrize("lines_at_once", [1, 600], ids=["each part alone", "several parts together"])
@pytest.mark.slow
def test_findings_do_not_depend_on_parts(lines_at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "claims.837"
    generate(path, claims=600, seed=5, faulty=0.3)
    checker = Checker.open(tmp_path / "library")
    whole = checker.check_files([path], show_not_evaluated=True)
    monkeypatch.setattr(facts, "_ROWS_AT_ONCE", 1)
    monkeypatch.setattr(facts, "_LINES_JUDGED_AT_ONCE", lines_at_once)
    parts = checker.check_files([path], show_not_evaluated=True)
    assert whole.summary.findings > 50
    assert parts.findings == whole.findings
    assert parts.edits == whole.edits
    assert parts.claims == whole.claims
    assert parts.summary == whole.summary
