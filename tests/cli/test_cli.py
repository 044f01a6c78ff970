"""The commands as a person and a script use them: output, exit codes, messages."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from cleanclaim.cli import main
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.reference.publications import asp_csv
from tests.reference.publications import asp_file, limit

ROOT = Path(__file__).parents[2]
Q3 = str(ROOT / "examples" / "clinic-2024q3.837")
CHARTED = str(ROOT / "examples" / "charted.jsonl")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setenv("CLEANCLAIM_REFERENCE", str(tmp_path / "library"))

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cleanclaim", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return command


CLEAN = (
    '{"claim_id": "A", "claim_type": "P", "payer_program": "medicare_b", "lines": [{"hcpcs_code": "J3420", '
    '"service_date": "2025-11-01", "billed_units": 1, "charge_amount": "12.00", "place_of_service": "11", '
    '"modifiers": [], "charted": {"dose": {"amount": "1000", "unit": "mcg"}, "container": "multi_dose"}}]}\n'
)


def test_check_prints_each_finding_once_with_its_rule_and_the_totals(run: Run) -> None:
    code, out, err = run("check", Q3)
    assert (code, err) == (1, "")
    total, *rest = out.splitlines()
    assert total.startswith("15 claims, $80,097.00 billed: ")
    assert total.endswith(" at risk")
    assert sum("WASTE-001  A12-JZ-MISSING line 1" in line for line in rest) == 1
    assert "Fix: Add JZ if nothing was discarded" in " ".join(out.split())
    assert "the starter set" in out
    assert all(line == line.rstrip() for line in out.splitlines())
    assert "Rule: " not in out
    code, out, err = run("check", Q3, "--verbose")
    assert (code, err) == (1, "")
    assert out.splitlines()[0] == total
    assert "A12-JZ-MISSING  clinic-2024q3.837, segment " in out
    assert "Rule: CMS Pub. 100-04" in out


def test_json_has_the_shape_that_the_schema_promises(run: Run) -> None:
    _, schema, _ = run("schema", "check")
    _, out, _ = run("check", Q3, CHARTED, "--format", "json", "--show", "not-evaluated")
    result = json.loads(out)
    jsonschema.validate(result, json.loads(schema))
    assert {"claims", "lines", "findings", "not_evaluated", "faults"} <= set(result["summary"])
    finding = next(item for item in result["findings"] if item["id"] == "WASTE-001" and item["outcome"] == "fires")
    assert {
        "edit", "id", "case", "outcome", "severity", "claim_id", "line_number", "related_lines", "message", "fix", "predicted",
        "authority", "confidence", "evidence", "missing", "edit_version",
    } <= set(finding)  # fmt: skip
    assert isinstance(finding["charge_amount"], str)
    assert finding["predicted"][0] == {"group": "CO", "carc": "16", "rarc": "N822"}


def test_jsonl_is_one_record_a_line_and_csv_one_finding_a_row(run: Run) -> None:
    _, out, _ = run("check", Q3, "--format", "jsonl")
    records = [json.loads(line) for line in out.splitlines()]
    assert records[-1]["record"] == "summary"
    findings = sum(record["record"] == "finding" for record in records)
    assert findings == records[-1]["findings"] > 0
    _, out, _ = run("check", Q3, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == findings
    assert {row["id"] for row in rows} == {record["id"] for record in records if record["record"] == "finding"}


def test_csv_tells_faults_on_standard_error(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.837"
    broken.write_text(
        Path(Q3).read_text(encoding="ascii").replace("DTP*472*D8*2024", "DTP*472*D8*20X4", 1), encoding="ascii"
    )
    code, out, err = run("check", str(broken), "--format", "csv")
    assert code == 1
    assert "broken.837, segment " in err
    assert "DTP03" in err
    assert "date" in err
    assert out.startswith("file,claim_id,")


@pytest.mark.parametrize(
    ("fail_on", "expected"), [("never", 0), ("reject", 1), ("deny", 1), ("warn", 1), ("info", 1), ("not-evaluated", 1)]
)
def test_fail_on_decides_the_exit_code(run: Run, fail_on: str, expected: int) -> None:
    assert run("check", Q3, "--fail-on", fail_on)[0] == expected


def test_a_clean_claim_exits_0_and_1_when_asked_to_be_strict(run: Run, tmp_path: Path) -> None:
    clean = tmp_path / "clean.jsonl"
    clean.write_text(CLEAN, encoding="utf-8")
    assert run("check", str(clean))[0] == 0
    assert run("check", str(clean), "--fail-on", "not-evaluated")[0] == 1


def test_what_cannot_run_exits_2_with_one_clear_line(run: Run, tmp_path: Path) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7\n%\xe2\xe3")
    page = tmp_path / "page.md"
    page.write_text("no page")
    for arguments, said in (
        (("check", str(letter)), "letter.pdf: "),
        (("check", str(tmp_path / "absent.837")), "absent.837: No such file"),
        (("check", str(tmp_path)), "letter.pdf: no interchange header"),
        (("check", Q3, "--edits", str(tmp_path)), "page.md:1: expected front matter"),
        (("check", Q3, "--edits", str(tmp_path / "absent")), "expected a folder of edit pages"),
        (("explain", "WASTE-999"), "did you mean WASTE-0"),
        (("code", "J9271", "--on", "soon"), "expected a date as YYYY-MM-DD"),
        (("schema", "chek"), "the nearest is `check`"),
        (("reference", "import", str(letter)), "letter.pdf"),
        (("reference", "import", str(tmp_path / "absent.csv")), "there is no such file"),
    ):
        code, out, err = run(*arguments)
        assert (code, out) == (2, ""), arguments
        assert said in err, arguments
        assert "Traceback" not in err, arguments


def test_code_answers_as_of_a_day(run: Run) -> None:
    _, out, _ = run("code", "j1030", "J1010", "G0605", "J9271", "--on", "2025-11-01", "--format", "json")
    answers = {answer["code"]: answer for answer in json.loads(out)}
    assert [answers[code]["status"] for code in ("J1030", "J1010", "G0605", "J9271")] == [
        "terminated",
        "active",
        "not_found",
        "active",
    ]
    assert answers["J1030"]["replaced_by"] == ["J1010"]
    assert answers["J9271"]["payment_limit"] == "60.291"
    assert {
        "descriptor",
        "substance",
        "amount",
        "unit",
        "unit_semantics",
        "valid_from",
        "valid_to",
        "mue",
        "releases",
    } <= set(answers["J9271"])
    _, text, _ = run("code", "J1030", "--on", "2025-11-01")
    assert "ended on 2024-03-31" in text
    assert "replaced by     J1010" in text


def test_ndc_lists_candidates_and_never_guesses(run: Run) -> None:
    _, out, _ = run("ndc", "5789403001", "57894-030-01", "--on", "8/1/2024", "--format", "json")
    bare, hyphenated = json.loads(out)
    assert (bare["ndc11"], len(bare["candidates"])) == (None, 3)
    assert hyphenated["ndc11"] == "57894003001"
    assert {code["hcpcs_code"] for code in hyphenated["hcpcs"]} == {"J1745"}


@pytest.mark.parametrize("edit", shipped_edits(), ids=lambda edit: edit.id)
def test_every_edit_is_explained_and_printed_as_sql(run: Run, edit) -> None:
    code, out, _ = run("explain", edit.id)
    assert code == 0
    assert all(case.case.name in out for case in edit.cases)
    assert all(authority.title in " ".join(out.split()) for authority in edit.page.front.authority)
    code, out, _ = run("edits", "sql", edit.name)
    assert code == 0
    assert "CASE\n" in out
    assert edit.id in out


def test_edits_list_and_schema_without_a_name_list_everything(run: Run) -> None:
    _, out, _ = run("edits", "list")
    assert all(edit.id in out and edit.name in out for edit in shipped_edits())
    _, out, _ = run("schema")
    for name in out.split():
        code, text, _ = run("schema", name)
        assert code == 0
        assert json.loads(text), name


def test_reference_status_says_what_there_is(run: Run) -> None:
    _, out, _ = run("reference", "status")
    assert "no release imported yet" in out
    _, out, _ = run("reference", "status", "--format", "json")
    assert json.loads(out)["starter_only"] is True
    assert json.loads(out)["default"].startswith("simple-icd-10-cm 1.")


LAYOUT = """\
publication: my_places
title: my places
header: [code, name]
tables:
  - {table: place_of_service, columns: {place_of_service: code, name: name}, complete: true}
"""


def test_a_table_of_ones_own_is_imported_by_its_layout(run: Run, tmp_path: Path) -> None:
    (tmp_path / "layout.yaml").write_text(LAYOUT)
    (tmp_path / "places.csv").write_text("code,name\n11,Office\n,Nowhere\n")
    command = ("reference", "import", str(tmp_path / "places.csv"), "--layout", str(tmp_path / "layout.yaml"))
    code, out, err = run(*command)
    assert (code, out) == (2, "")
    assert "say it with --release 2024-Q3" in err
    code, out, err = run(*command, "--release", "2024-Q3", "--partial")
    assert (code, err) == (0, "")
    assert "places.csv: my_places 2024-Q3 r1, days 2024-07-01 to 2024-09-30: 1 of 2 rows kept" in out
    assert "set aside: 1 rows, place_of_service is empty" in out
    _, out, _ = run("reference", "status")
    assert "my_places 2024-Q3 r1" in out
    assert "(place_of_service 1), from places.csv" in out
    assert "an excerpt or a list at second hand" in out
    _, out, _ = run("reference", "status", "--format", "json")
    release = json.loads(out)["releases"][0]
    assert (release["publication"], release["thin"], release["tables"]) == ("my_places", True, {"place_of_service": 1})


def test_members_of_an_archive_are_told_one_by_one(run: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "limits.zip", "w") as file:
        file.writestr("README.txt", "read me")
        file.writestr("layout.txt", "HCPCS Contractor Record Layout\n")
    code, out, err = run("reference", "import", str(tmp_path / "limits.zip"))
    assert (code, out) == (2, "")
    assert "README.txt: a read-me file; layout.txt: this is the record layout of the HCPCS file" in err


def test_a_look_up_loads_neither_duckdb_nor_arrow() -> None:
    loaded = "import sys; sys.argv = ['cleanclaim', 'code', 'J9271', '--on', '2025-11-01']\nfrom cleanclaim.cli import main\ntry: main()\nexcept SystemExit: pass\nprint(sorted({'duckdb', 'pyarrow', 'numpy', 'sqlglot', 'rich.console'} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "[]"


def test_a_closed_pipe_is_no_traceback() -> None:
    command = f"{sys.executable} -m cleanclaim check {Q3} --format json | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


@pytest.fixture
def prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two issues of one quarter, one of the next, and a letter."""
    monkeypatch.setattr(asp_csv, "FEWEST_ROWS", 1)
    folder = tmp_path / "prices"
    folder.mkdir()
    july, october = "July 1, 2025 through September 30, 2025", "October 1, 2025 through December 31, 2025"
    asp_file(folder / "asp 062325.csv", [limit("J9271", "59.000"), limit("J1745", "40.000")], july)
    asp_file(folder / "asp 062325 revised.csv", [limit("J9271", "59.500")], july)
    asp_file(folder / "asp 091725.csv", [limit("J9271", "60.291"), limit("J2782", "=1", notes="@note")], october)
    (folder / "letter.pdf").write_bytes(b"%PDF-1.7")
    return folder


def test_a_folder_is_imported_and_the_refused_are_told(run: Run, prices: Path) -> None:
    code, out, err = run("reference", "import", str(prices))
    assert code == 1
    assert "asp 062325.csv: asp 2025-Q3 r1, days 2025-07-01 to 2025-09-30: 2 of 2 rows kept" in out
    assert "asp 2025-Q3 r2" in out
    assert "note: 1 of hcpcs_code in asp_limit of asp 2025-Q3 r1 are gone: J1745" in out
    assert f"cleanclaim: {prices / 'letter.pdf'}: not imported: no importer recognizes it" in err
    assert err.count("known publications are") == 1
    (prices / "letter.pdf").unlink()
    code, out, err = run("reference", "import", str(prices))
    assert (code, err) == (0, "")
    assert out.count("already there") == 3
    code, out, _ = run("code", "J9271", "--on", "2025-08-01")
    assert "$59.500 a unit" in out


def test_diff_in_every_format(run: Run, prices: Path) -> None:
    run("reference", "import", str(prices))
    code, out, err = run("reference", "diff", "asp 2025-Q3 r1", "r2")
    assert (code, err) == (0, "")
    assert out.startswith("asp 2025-Q3 r1 -> asp 2025-Q3 r2\nasp_limit: 0 added, 1 removed, 1 changed, 0 unchanged\n")
    assert "removed: J1745" in out
    assert [line.split() for line in out.splitlines() if line.startswith("J9271")] == [
        ["J9271", "payment_limit", "59", "59.5"]
    ]
    _, out, _ = run("reference", "diff", "asp 2025-Q3", "2025-Q4", "--format", "json")
    told = json.loads(out)
    assert (told["old"], told["new"]) == ("asp 2025-Q3 r2", "asp 2025-Q4 r1")
    (table,) = told["tables"]
    assert table["counts"] == {"added": 1, "removed": 0, "changed": 1, "unchanged": 0}
    assert table["changed"] == [{"key": ["J9271"], "column": "payment_limit", "old": "59.5", "new": "60.291"}]
    _, out, _ = run("reference", "diff", "asp 2025-Q3", "2025-Q4", "--format", "csv")
    assert list(csv.DictReader(io.StringIO(out))) == [
        {"table": "asp_limit", "difference": "added", "key": "J2782", "column": "", "old": "", "new": ""},
        {"table": "asp_limit", "difference": "changed", "key": "J9271", "column": "payment_limit", "old": "59.5", "new": "60.291"},
    ]  # fmt: skip
    code, out, err = run("reference", "diff", "asp 2025-Q9", "r2")
    assert (code, out) == (2, "")
    assert "no release is named 'asp 2025-Q9'; did you mean asp 2025-Q" in err
