"""A long run is judged by several processes: the result is that of one, whatever their number, and none is left over."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest
from benchmarks.generate import generate

from cleanclaim.app import Checker, reading
from cleanclaim.app.supporting import SupportingFiles
from cleanclaim.edits.plan import shares
from cleanclaim.errors import EngineError
from tests.app.test_few_claims import FILES, comparable
from tests.policies.test_policies import EXAMPLES as POLICIES

DAY = date(2026, 11, 22)
FAILING = """import cleanclaim.edits.judging_process as process
def judged(*_): raise ArithmeticError('a claim of a patient')
process.judged = judged
process.main()
"""
HISTORY = SupportingFiles(history=(FILES[0],), history_from=date(2024, 1, 1))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """A short run is worth the processes, too; the list of those that were started."""
    monkeypatch.setattr(reading, "MOST_LINES", -1)
    monkeypatch.setattr(shares, "LINES_WORTH_IT", 1)
    processes: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def starting(*arguments: object, **more: object) -> subprocess.Popen[bytes]:
        processes.append(real(*arguments, **more))  # type: ignore[call-overload]
        return processes[-1]

    monkeypatch.setattr(shares.subprocess, "Popen", starting)
    return processes


def check(library: Path, workers: int, *files: Path) -> object:
    checker = Checker.open(library, policies=POLICIES, workers=workers)
    return comparable(checker.check_files(files, checked_on=DAY, show_not_evaluated=True, supporting=HISTORY))


@pytest.mark.parametrize("workers", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_the_same_result_by_any_number(
    library: Path,
    tmp_path: Path,
    started: list[subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    workers: int,
) -> None:
    """Several files, patients whose claims are in more than one, a damaged file, rows and segments."""
    for seed in (1, 2):
        generate(tmp_path / f"{seed}.837", claims=80, seed=seed, faulty=0.3)
    text = (tmp_path / "2.837").read_text()
    (tmp_path / "3.837").write_text(text[: len(text) * 2 // 3])
    files = [*FILES, *sorted(tmp_path.glob("*.837"))]
    alone = check(library, 1, *files)
    assert not started
    if workers == 2:
        monkeypatch.setattr(shares, "LINES_WORTH_IT", 300)  # begun in the middle of what is read
    assert check(library, workers, *files) == alone
    assert len(started) == workers - 1
    assert all(process.poll() is not None for process in started)


def test_a_short_run_starts_none(
    library: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "LINES_WORTH_IT", 10_000)
    check(library, 4, *FILES)
    assert not started


@pytest.mark.parametrize(
    ("child", "told"),
    [
        ("raise SystemExit(3)", r"a process that judged some of the claims has ended \(status 3\)"),
        (
            FAILING,
            r"a fault of ours: ArithmeticError at <string>:2, in a process that judged some claims$",
        ),
    ],
)
def test_a_process_that_fails_is_told(
    library: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch, child: str, told: str
) -> None:
    """No result of half of the claims; and what an error says of them is not repeated."""
    monkeypatch.setattr(shares, "_CHILD", child)
    with pytest.raises(EngineError, match=told):
        check(library, 2, *FILES)
    assert [process.poll() is not None for process in started] == [True]


def test_where_no_process_can_be_started(
    library: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = check(library, 1, *FILES)

    def refused(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(shares.subprocess, "Popen", refused)
    assert check(library, 2, *FILES) == alone
    assert not started


def test_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert shares.processes_of(0) == 1
    assert shares.processes_of(3) == 3
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    assert shares.processes_of(0) == shares.MOST_PROCESSES
