"""`check --output` and the formats that are files: written whole or not at all, never over an input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.test_cli import CHARTED, Q3, Run, run

__all__ = ["run"]
FORMATS = ("table", "json", "jsonl", "csv", "html", "sarif", "parquet")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_be_written_to_a_file_and_nothing_is_printed(run: Run, form: str, tmp_path: Path) -> None:
    target = tmp_path / "out" / f"report.{form}"
    target.parent.mkdir()
    code, out, _ = run("check", Q3, CHARTED, "--format", form, "--output", str(target))
    assert (code, out) == (1, "")
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    content = target.read_bytes()
    assert b"WASTE-001" in content or pq.read_table(target).num_rows > 0


def test_a_file_is_the_same_as_what_is_printed(run: Run, tmp_path: Path) -> None:
    for form in ("table", "json", "csv", "html", "sarif"):
        target = tmp_path / form
        run("check", Q3, "--format", form, "--output", str(target))
        _, out, _ = run("check", Q3, "--format", form)
        assert target.read_text(encoding="utf-8") == out, form


def test_an_old_report_is_replaced_and_kept_when_the_check_fails(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")
    assert run("check", str(tmp_path / "absent.837"), "--format", "json", "--output", str(target))[0] == 2
    assert target.read_text() == "old"
    run("check", Q3, "--format", "json", "--output", str(target))
    assert json.loads(target.read_text())["summary"]["claims"] == 15


def test_an_input_is_never_overwritten(run: Run, tmp_path: Path) -> None:
    claims = tmp_path / "claims.jsonl"
    claims.write_bytes(Path(CHARTED).read_bytes())
    (tmp_path / "link").symlink_to(claims)
    os.link(claims, tmp_path / "hard")
    for name in ("claims.jsonl", "link", "hard"):
        code, out, err = run("check", str(claims), "--output", str(tmp_path / name))
        assert (code, out) == (2, "")
        assert "would be overwritten" in err
    assert claims.read_bytes() == Path(CHARTED).read_bytes()


def test_what_cannot_be_written_to_is_refused_before_the_check(run: Run, tmp_path: Path) -> None:
    for target, said in (
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "x", "there is no folder"),
        (Path(os.devnull), "no ordinary file"),
    ):
        code, out, err = run("check", Q3, "--output", str(target))
        assert (code, out) == (2, "")
        assert said in err


def test_parquet_is_not_written_to_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    code, out, err = run("check", Q3, "--format", "parquet")
    assert (code, out) == (2, "")
    assert "--output FILE" in err


def test_parquet_goes_through_a_pipe(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cleanclaim", "check", Q3, "--format", "parquet", "--fail-on", "never"]
    piped = tmp_path / "piped.parquet"
    piped.write_bytes(subprocess.run(command, capture_output=True, check=True).stdout)
    assert pq.read_table(piped).num_rows == 11


def test_the_day_of_the_check_is_printed_when_handed_in(run: Run) -> None:
    _, out, _ = run("check", Q3, "--format", "html", "--checked-on", "2026-11-24")
    assert '<time datetime="2026-11-24">' in out
    code, _, err = run("check", Q3, "--format", "html", "--checked-on", "soon")
    assert code == 2
    assert "--checked-on soon" in err


def test_the_summary_names_the_file_to_load_next(run: Run) -> None:
    _, out, _ = run("check", Q3)
    assert "load next: PTP edits practitioner 2024-Q3 (34 checks" in " ".join(out.split())
    _, out, _ = run("check", Q3, "--format", "json")
    assert json.loads(out)["summary"]["load_next"][0]["file"] == "PTP edits practitioner 2024-Q3"


def test_json_tells_payer_and_lines_of_a_claim_and_nothing_of_the_patient(run: Run) -> None:
    _, out, _ = run("check", Q3, "--format", "json")
    result = json.loads(out)
    claim = next(item for item in result["claims"] if item["claim_id"] == "A12-JZ-MISSING")
    assert claim["payer_program"] == "medicare_b"
    first = claim["lines"][0]
    assert (first["hcpcs_code"], first["drug"], first["severity"]) == ("J1745", "infliximab", "reject")
    assert (claim["verdict"], claim["lacks"]) == ("fix", [])
    assert set(first) == {
        "line_number",
        "hcpcs_code",
        "drug",
        "modifiers",
        "billed_units",
        "service_date",
        "charge_amount",
        "severity",
    }
    edit = next(item for item in result["edits"] if item["id"] == "WASTE-001")
    assert edit["title"] == "JZ or JW is missing"
    assert edit["authority"]
    assert edit["why"]
