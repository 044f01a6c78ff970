"""`check --engine spark`: what it says is what DuckDB says, whole, and what cannot be read is told as there."""

from __future__ import annotations

import builtins
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.generate import generate

from cleanclaim.app import Checker, CheckResult
from cleanclaim.app.engines import claim_engine
from cleanclaim.app.supporting import SupportingFiles
from cleanclaim.cli import main
from cleanclaim.edits.outcomes import Outcome
from cleanclaim.edits.run import run_edits
from cleanclaim.engine.interface import EngineName
from cleanclaim.errors import EngineError, InvalidValue, UnknownName, UnreadableInput
from tests.app.test_few_claims import comparable
from tests.spark.claims import EXAMPLE_POLICIES, EXAMPLES

DAY = date(2026, 11, 22)
FIRST = EXAMPLES[0].parent / "clinic-2024q3.837"
CLAIMS_OF_A_FILE = 400  # three such files have more rows than are judged one by one
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(tmp_path_factory.mktemp("library"), policies=EXAMPLE_POLICIES)


@pytest.fixture(scope="module")
def door(duck: Checker, spark: Any) -> Checker:
    assert spark
    return replace(duck, engine=claim_engine("spark"))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setenv("CLEANCLAIM_REFERENCE", str(tmp_path / "library"))
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cleanclaim", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return command


def stored() -> set[Path]:
    """What this process has in the temporary folder."""
    return set(Path(tempfile.gettempdir()).glob(f"cleanclaim-{os.getpid()}-*"))


def parquet(path: Path, claims: int) -> Path:
    """A table of claim lines, as an analyst has it: typed columns, a list, an empty cell."""
    rows = [
        {
            "claim_id": f"T{number}", "payer_program": "medicare_b", "place_of_service": "11", "claim_type": "P",
            "hcpcs_code": code, "billed_units": units, "service_date": date(2024, 8, 1 + number % 28),
            "charge_amount": charge, "modifiers": ["JZ"] if number % 3 else [], "diagnosis_1": "K5090",
        }
        for number in range(claims)
        for code, units, charge in (("J1745", 40 + number, "2400.00"), ("96413", 1, None))
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def whole(checker: Checker, *paths: Path, **more: Any) -> tuple[object, CheckResult]:
    result = checker.check_files(paths, checked_on=DAY, show_not_evaluated=True, **more)
    return comparable(result), result


def test_the_whole_result_of_the_examples(duck: Checker, door: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row judged where it lies, with a history beside the claims; and nothing stays on the disk."""
    monkeypatch.setattr(run_edits, "__kwdefaults__", {**(run_edits.__kwdefaults__ or {}), "few_rows": 0})
    support, before = SupportingFiles(history=(FIRST,), history_from=date(2024, 1, 1)), stored()
    on_spark, result = whole(door, *EXAMPLES, supporting=support)
    assert on_spark == whole(duck, *EXAMPLES, supporting=support)[0]
    assert {finding.outcome for finding in result.findings} == {Outcome.FIRES, Outcome.NOT_EVALUATED}
    assert result.summary.clear_presumed > 0
    assert result.summary.load_next
    assert result.summary.lacks
    assert stored() == before


def test_a_folder_of_files_some_of_them_damaged(duck: Checker, door: Checker, tmp_path: Path) -> None:
    """Files of 837 and a table of claims are one run; what is damaged among them is told, and stops nothing."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for number in range(3):
        generate(folder / f"{number}.837", claims=CLAIMS_OF_A_FILE, seed=number, faulty=0.3)
    parquet(folder / "lines.parquet", claims=300)
    shutil.copy(folder / "0.837", folder / "again.837")
    text = (folder / "2.837").read_text()
    (folder / "2.837").write_text(text[: len(text) * 2 // 3])
    (folder / "cut.parquet").write_bytes((folder / "lines.parquet").read_bytes()[:-100])
    (folder / "letter.txt").write_text("Dear payer,\n")
    on_spark, result = whole(door, folder)
    assert on_spark == whole(duck, folder)[0]
    assert result.summary.claims > 2 * CLAIMS_OF_A_FILE + 300
    assert result.summary.lines > 2_000
    assert result.summary.claims_unread
    told = {(fault.source_file, fault.fault) for fault in result.faults}
    assert {("inbox/cut.parquet", "file-unreadable"), ("inbox/letter.txt", "file-unreadable")} <= told
    assert ("inbox/again.837", "file-duplicate") in told
    assert any(file == "inbox/2.837" for file, _ in told)
    assert {finding.file for finding in result.findings} >= {"inbox/0.837", "inbox/lines.parquet"}


def test_the_command(run: Run, tmp_path: Path, spark: Any) -> None:
    """The same report and the same exit code, from a table of claims."""
    file = parquet(tmp_path / "lines.parquet", claims=5)
    on_spark = run("check", "--engine", "spark", "--format", "json", str(file))
    assert on_spark == run("check", "--engine", "duckdb", "--format", "json", str(file))
    assert on_spark[0] == 1
    assert json.loads(on_spark[1])["summary"]["lines"] == 10


def test_nothing_readable(door: Checker, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "cut.parquet"
    file.write_bytes(b"PAR1 and no more")
    with pytest.raises(UnreadableInput, match=r"cut\.parquet: a Parquet file that is damaged or cut off"):
        door.check_files([file])
    code, out, err = run("check", "--engine", "spark", str(file))
    assert (code, out) == (2, "")
    assert "damaged or cut off" in err


def test_an_engine_that_does_not_exist(run: Run) -> None:
    with pytest.raises(UnknownName, match="engine `sparc`: expected duckdb or spark"):
        Checker.open(engine="sparc")
    code, out, err = run("check", "--engine", "sparc", str(FIRST))
    assert (code, out) == (2, "")
    assert "'sparc' is not one of 'duckdb', 'spark'" in err


def test_without_the_extra_nothing_is_read(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = builtins.__import__

    def no_pyspark(name: str, *more: Any) -> Any:
        if name.partition(".")[0] == "pyspark":
            raise ImportError(name, name=name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", no_pyspark)
    with pytest.raises(EngineError, match=r"pip install 'cleanclaim\[spark\]'"):
        Checker.open(engine=EngineName.SPARK)
    code, out, err = run("check", "--engine", "spark", str(tmp_path / "nowhere.837"))
    assert (code, out) == (2, "")
    assert err == "cleanclaim: pyspark is not installed: pip install 'cleanclaim[spark]'\n"


def test_a_memory_limit_that_spark_cannot_take(run: Run, spark: Any) -> None:
    for limit in ("80%", "much", "1MB"):
        with pytest.raises(InvalidValue, match=f"memory limit {limit}: Spark takes 512MB or more, as 2GB"):
            Checker.open(engine="spark", memory_limit=limit).check_files([FIRST])
    code, _, err = run("check", "--engine", "spark", "--memory-limit", "80%", str(FIRST))
    assert (code, err) == (2, "cleanclaim: memory limit 80%: Spark takes 512MB or more, as 2GB\n")
