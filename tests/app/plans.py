"""Which plan a check is made by: rows of Python values, closures over DuckDB's facts, or bit planes."""

from __future__ import annotations

import pytest

from cleanclaim.app import reading
from cleanclaim.edits import run


def by_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    """No claim is few: the facts are DuckDB's, judged by closures where rows are few."""
    monkeypatch.setattr(reading, "MOST_LINES", -1)


def by_planes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rows are few either: atoms in SQL, judged on bit planes."""
    by_duckdb(monkeypatch)
    monkeypatch.setattr(run.run_edits, "__kwdefaults__", {**(run.run_edits.__kwdefaults__ or {}), "few_rows": 0})
