"""The history of benchmark runs: a CSV row for each figure, with what was known and on which machine.

A slope is seen only beside what grew: each row has the commit, and how many edits and groups of facts there were.
"""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import Row, machine
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.page_files import shipped_pages

ROOT = Path(__file__).resolve().parents[1]
HISTORY = ROOT / "docs" / "benchmark-history.csv"
COLUMNS = ("day", "commit", "edits", "groups", "what", "figure", "unit", "goal", "machine")


def append(rows: Iterable[Row], path: Path = HISTORY) -> int:
    """Adds the figures of a run to the history; how many. What could not be measured is no figure."""
    day, known = f"{datetime.now(tz=UTC):%Y-%m-%d}", (len(shipped_pages()), len(dictionary().groups))
    measured = [row for row in rows if row.figure is not None]
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(COLUMNS)
        for row in measured:
            goal = row.goal.text if row.goal else ""
            writer.writerow((day, _commit(), *known, row.what, f"{row.figure:.4g}", row.unit, goal, machine()))
    return len(measured)


def _commit() -> str:
    """The commit that was measured, with a + where files differ from it; empty outside a repository."""
    try:
        said = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
        return subprocess.run(said, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
