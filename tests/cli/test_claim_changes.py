"""`reference diff --claims` as a person and a script use it."""

from __future__ import annotations

import csv
import io
import json
import sys
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from cleanclaim.cli import main
from cleanclaim.cli.claim_changes import write_changes
from cleanclaim.cli.options import RowsFormat
from tests.app.test_changes import UNITS
from tests.app.test_checker import claim, write
from tests.app.two_quarters import LABELER_NDC, line, two_quarters
from tests.cli.test_cli import Run, run  # noqa: F401 - a fixture

pytestmark = pytest.mark.slow

PATIENT = {"birth_date": "1950-02-03", "patient": {"member_id": "MEMBER77", "first_name": "NOBODYINPARTICULAR"}}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    return str(two_quarters(tmp_path, monkeypatch))


@pytest.fixture
def claims(tmp_path: Path) -> str:
    lines = [line(code, units) for code, units in UNITS.items()]
    lines += [line("J9271", 201, ndc=LABELER_NDC["old"]), line("96413"), line("J9271", None)]
    return str(write(tmp_path, claim("CLAIM-1", lines=lines)))


def test_table(run: Run, library: str, claims: str) -> None:  # noqa: F811
    code, out, err = run("reference", "diff", "2025-Q3", "2025-Q4", "--claims", claims, "--reference", library)
    assert (code, err) == (0, "")
    assert out.startswith("2025-Q3 (asked on 2025-09-30) -> 2025-Q4 (asked on 2025-10-01)\n")
    for said in (
        "if these same services were given on 2025-10-01 instead of 2025-09-30",
        "250 of J2802 (1 = 10),",
        "MUE: 4 rows", "400 (MAI 3)  200 (MAI 3)",
        "What else changed", "none printed", "NDC in the crosswalk: 1 row",
        "Outside, only counted: 1 with CPT codes.", "1 without units", "Of the net, $55.75 by codes that follow",
        "By (old): asp 2025-Q3 r1", "By (new): asp 2025-Q4 r1",
    ):  # fmt: skip
        assert said in out, said
    assert all(text == text.rstrip() for text in out.splitlines())


def test_json_has_the_shape_that_the_schema_promises_and_no_patient(run: Run, library: str, tmp_path: Path) -> None:  # noqa: F811
    lines = [line(code, units) for code, units in UNITS.items()]
    path = str(write(tmp_path, claim("CLAIM-1", lines=lines, **PATIENT)))
    _, schema, _ = run("schema", "changes")
    _, out, _ = run("reference", "diff", "--claims", path, "--format", "json", "--reference", library)
    result = json.loads(out)
    jsonschema.validate(result, json.loads(schema))
    assert {one["claim_id"] for one in result["affected"]} == {"CLAIM-1"}
    assert (result["money"]["net"], result["faults"]) == ("500.00", [])
    assert result["codes"][-1]["old"]["limit"]["payment_limit"] == "0.500"
    for hidden in ("MEMBER77", "1950-02-03", "NOBODYINPARTICULAR", "birth", "patient"):
        assert hidden not in out


def test_csv_is_one_change_a_row_and_tells_the_rest_on_standard_error(run: Run, library: str, claims: str) -> None:  # noqa: F811
    code, out, err = run("reference", "diff", "--claims", claims, "--format", "csv", "--reference", library)
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["code"] for row in rows} == set(UNITS)
    (up,) = (row for row in rows if row["code"] == "J9271" and row["change"] == "limit up")
    assert (up["old"], up["new"], up["difference"], up["percent"]) == ("58.000", "60.291", "2.291", "3.95")
    assert (up["units"], up["lines"]) == ("401", "3")
    assert Decimal(up["money_difference"]) == Decimal(up["money_new"]) - Decimal(up["money_old"])
    (same,) = (row for row in rows if row["code"] == "J3490")
    assert same["change"] == "unchanged"
    assert "1 with CPT codes" in err


def test_days_as_options(run: Run, library: str, claims: str) -> None:  # noqa: F811
    given = ("reference", "diff", "--claims", claims, "--reference", library)
    _, out, _ = run(*given, "2025-Q3", "2025-12-01")
    assert run(*given, "--from", "2025-Q3", "--to", "2025-12-01")[1] == out
    assert run(*given, "2025-Q3", "--to", "2025-12-01")[1] == out


def test_lines_that_are_not_taken_are_told(run: Run, library: str, tmp_path: Path) -> None:  # noqa: F811
    old, undated = line("J9271", 1, service_date="2024-02-01"), line("J9271", 1, service_date=None)
    path = str(write(tmp_path, claim(lines=[line("J9271", 1), old, undated])))
    _, out, _ = run("reference", "diff", "--claims", path, "--reference", library)
    assert "Lines not taken: 1 of 2024-Q1, 1 without a service date." in out
    _, out, _ = run("reference", "diff", "2025-Q3", "--claims", path, "--reference", library)
    assert "Lines taken: 1 of 2024-Q1, 1 of 2025-Q3, 1 without a service date." in out


def test_claims_that_cannot_be_read_are_counted_and_exit_1(run: Run, library: str, claims: str, tmp_path: Path) -> None:  # noqa: F811
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7\n%\xe2\xe3")
    arguments = ("reference", "diff", "--claims", claims, "--claims", str(letter), "--reference", library)
    code, _, err = run(*arguments)
    assert code == 1
    assert "letter.pdf" in err
    assert err.endswith("cleanclaim: 1 fault in reading\n")
    code, out, err = run(*arguments, "--format", "json")
    assert (code, err) == (1, "cleanclaim: 1 fault in reading\n")
    assert json.loads(out)["faults"][0]["fault"] == "file-unreadable"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name two releases"),
        (("asp 2025-Q3",), "name two releases"),
        (("--from", "2025-Q3"), "are about claims"),
        (("--mapping", "columns.yaml"), "are about claims"),
        (("--claims", "absent.837"), "absent.837: No such file"),
        (("--claims", "CLAIMS", "b.837"), "each claim file has a --claims of its own"),
        (("2025-Q3", "--from", "2025-Q2", "--claims", "CLAIMS"), "the same day said twice"),
        (("2025-Q4", "2025-10-05", "--claims", "CLAIMS"), "share a day"),
        (("--claims", "CLAIMS", "--mapping", "absent.yaml"), "--mapping absent.yaml: No such file"),
    ],
)
def test_what_cannot_run_exits_2(run: Run, library: str, claims: str, arguments: tuple[str, ...], said: str) -> None:  # noqa: F811
    given = [claims if one == "CLAIMS" else one for one in arguments]
    code, out, err = run("reference", "diff", *given, "--reference", library)
    assert (code, out) == (2, "")
    assert said in err


def test_two_releases_are_compared_as_before(run: Run, library: str) -> None:  # noqa: F811
    code, out, _ = run("reference", "diff", "asp 2025-Q3", "2025-Q4", "--reference", library, "--format", "json")
    assert code == 0
    assert json.loads(out)["tables"][0]["counts"]["changed"] > 0


def test_a_file_of_columns_that_a_mapping_names(run: Run, library: str, tmp_path: Path) -> None:  # noqa: F811
    example = ROOT / "examples"
    code, out, _ = run(
        "reference", "diff", "2025-Q3", "2025-Q4", "--claims", str(example / "export.csv"),
        "--mapping", str(example / "export.yaml"), "--reference", library,
    )  # fmt: skip
    assert code == 0
    assert "0 lines of" not in out


def test_many_rows_are_cut_and_told(
    run: Run, library: str, claims: str, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    from cleanclaim.cli import claim_changes  # noqa: PLC0415

    monkeypatch.setattr(claim_changes, "MOST_SHOWN", 1)
    _, out, _ = run("reference", "diff", "--claims", claims, "--reference", library)
    assert "... 3 more; --format csv has all" in out


def test_what_a_claim_holds_cannot_command_a_terminal_or_a_spreadsheet(
    library: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from cleanclaim.app.changes import changes_for  # noqa: PLC0415

    path = write(tmp_path, claim("=CMD()", lines=[line("=1+1"), line("J9\x1b[31m"), line("J2796", 1)]))
    result = changes_for([path], reference=Path(library))
    for output_format in (RowsFormat.TABLE, RowsFormat.CSV):
        out = io.StringIO()
        write_changes(result, output_format, out)
        assert "\x1b" not in out.getvalue()
        assert "=1+1" not in out.getvalue()
    assert "\x1b" not in capsys.readouterr().err


def test_a_wrong_use_needs_no_engine(library: str, claims: str) -> None:
    import subprocess  # noqa: PLC0415

    text = (
        "import sys; sys.argv = ['cleanclaim', 'reference', 'diff', 'asp 2025-Q3', 'x', '--reference', sys.argv[1]]\n"
        "from cleanclaim.cli import main\n"
        "try:\n main()\nexcept SystemExit:\n print('duckdb' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", text, library], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    assert callable(main)
