"""The history of benchmark runs: what was measured is added, beside what was known on that day."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.history import COLUMNS, HISTORY, append
from benchmarks.report import Goal, Row

from cleanclaim.edits.page_files import shipped_pages

ROWS = [
    Row("one claim", 25.44449, "ms", "made up", Goal(10, "ms", at_least=False)),
    Row.failed("another", "no Java"),
    Row("reading", 57.0, "MB/s", "made up"),
]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_was_measured_is_added_with_what_was_known(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    assert [append(ROWS, path), append(ROWS[2:], path)] == [2, 1]
    rows = read(path)
    assert [(row["what"], row["figure"], row["unit"], row["goal"]) for row in rows] == [
        ("one claim", "25.44", "ms", "at most 10 ms"), ("reading", "57", "MB/s", ""), ("reading", "57", "MB/s", ""),
    ]  # fmt: skip
    assert {row["edits"] for row in rows} == {str(len(shipped_pages()))}
    assert all(row["machine"] and row["day"] and int(row["groups"]) > 40 for row in rows)


def test_the_history_in_the_repository_can_be_read() -> None:
    rows = read(HISTORY)
    assert rows
    assert tuple(rows[0]) == COLUMNS
    assert all(float(row["figure"]) >= 0 for row in rows)
