"""The ways in: dates and payers as people write them, help, which edits run, the configuration, the log of a run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
import pytest
import typer

from cleanclaim.cli import main, options
from cleanclaim.cli.commands import app
from cleanclaim.edits.collection import shipped_edits

ROOT = Path(__file__).parents[2]
Q3 = str(ROOT / "examples" / "clinic-2024q3.837")
Run = Callable[..., tuple[int, str, str]]
BRITISH = re.compile(r"authoris|licenc|labell|recognis|programme|colour|organis|summaris|behaviour|centre", re.I)
# Values that no claim of ours has by chance, in every field that a claim may fill with a patient's.
MARKS = {
    "claim_id": "MARKCLAIM", "payer_id": "MARKPAYER", "prior_auth": "MARKAUTH", "note": "MARKNOTE",
    "patient": {"member_id": "MARKMEMBER", "first_name": "MARKFIRST", "birth_date": "1931-01-07", "sex": "F"},
    "diagnoses": ["K5090"], "payer_program": "medicare_b", "claim_type": "P", "place_of_service": "11", "complete": True,
}  # fmt: skip


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setenv("CLEANCLAIM_REFERENCE", str(tmp_path / "library"))
    for variable in ("CLEANCLAIM_CONFIG", "CLEANCLAIM_LOG"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cleanclaim", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return command


def commands(group: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    below = getattr(group, "commands", {})
    return [path, *(one for name, command in below.items() for one in commands(command, (*path, name)))]


def test_every_command_helps_with_h_and_is_spelled_the_american_way(run: Run) -> None:
    every = commands(typer.main.get_command(app))
    assert len(every) > 30
    for path in every:
        code, out, _ = run(*path, "-h")
        assert (code, out.startswith("Usage: ")) == (0, True), path
        assert not BRITISH.search(out), path


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("check", Q3, "--authorisations", "a.jsonl"), "--authorisations: use --authorizations"),
        (("docs-needed", Q3, "--authorisations=a.jsonl"), "--authorisations: use --authorizations"),
        (("schema", "authorisation"), "there is no shape `authorisation`: use `authorization`"),
        (("schema", "table.authorisation"), "use `table.authorization`"),
    ],
)
def test_old_spellings_are_refused_with_the_new_one(run: Run, arguments: tuple[str, ...], told: str) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert told in err


@pytest.mark.parametrize(
    ("option", "shown"), [("11/1/2025", "2025-11-01"), ("2025-11-01", "2025-11-01"), (None, "2026-11-30")]
)
def test_look_ups_take_us_dates_and_mean_today_without_one(
    run: Run, monkeypatch: pytest.MonkeyPatch, option: str | None, shown: str
) -> None:
    monkeypatch.setattr(options, "today", lambda: date(2026, 11, 30))
    on = ("--on", option) if option else ()
    text = Path("text.md")
    text.write_text("J1745 is infliximab, 10 mg.\n")
    for command in (
        ("code", "J1745"),
        ("search", "remicade"),
        ("similar", "J1745"),
        ("guide", "J1745"),
        ("ndc", "57894003001"),
        ("audit", str(text)),
    ):
        _, out, err = run(*command, *on)
        assert f"on {shown}" in out or f"as of {shown}" in out, (command, out, err)


def test_a_wrong_date_names_its_option_and_why(run: Run) -> None:
    for option, command in (
        ("--on", ("code", "J1745")),
        ("--checked-on", ("check", Q3)),
        ("--history-from", ("check", Q3)),
    ):
        code, _, err = run(*command, option, "1/5/26")
        assert code == 2
        assert f"{option} 1/5/26: expected a date as YYYY-MM-DD or M/D/YYYY: a year of four digits" in err


def test_bill_takes_what_people_write(run: Run) -> None:
    plain = run(
        "bill", "--drug", "J1745", "--dose", "350 mg", "--vials", "4 x 100 mg", "--kind", "single_dose", "--payer", "medicare_b",
        "--on", "2025-11-03", "--route", "iv_infusion", "--start", "09:05", "--stop", "13:20",
    )  # fmt: skip
    written = run(
        "bill", "--drug", "J1745", "--dose", "350mg", "--vials", "4x100mg", "--kind", "single-dose", "--payer", "Medicare",
        "--on", "11/3/2025", "--route", "IV infusion", "--start", "9:05 am", "--stop", "1:20 pm",
    )  # fmt: skip
    assert plain == written
    assert plain[0] == 0
    code, _, err = run("bill", "--drug", "J1745", "--dose", "350mg", "--payer", "BCBS")
    assert (code, "--payer BCBS: may be commercial or medicare_advantage" in err) == (2, True)


def test_edits_are_selected_and_ignored_by_id_name_and_family(run: Run) -> None:
    def rows(*arguments: str) -> set[str]:
        return {row["id"] for row in json.loads(run("check", Q3, "--format", "json", "--statistics", *arguments)[1])}

    everything = rows()
    waste = {one for one in everything if one.startswith("WASTE")}
    assert waste
    assert rows("--select", "WASTE") == waste
    assert rows("--select", "waste", "--ignore", "jz-or-jw-missing") == waste - {"WASTE-001"}
    assert rows("--ignore", "WASTE,NCCI-002", "--ignore", "CODE") == {
        one for one in everything if not one.startswith(("WASTE", "CODE")) and one != "NCCI-002"
    }
    code, out, _ = run("check", Q3, "--select", "NCCI-002")
    count = len(shipped_edits())
    assert code == 1
    assert f"{count - 1} of {count} edits left out, by --select, --ignore or the profile." in out
    summary = json.loads(run("check", Q3, "--select", "NCCI-002", "--format", "json")[1])["summary"]
    assert summary["edits_left_out"] == count - 1
    for wrong, told in (
        ("WAST", "the nearest is `WASTE`"),
        ("WASTE-0011", "WASTE-0"),
        ("zzzz", "there is no edit or family `zzzz`"),
    ):
        code, _, err = run("check", Q3, "--select", wrong)
        assert (code, told in err) == (2, True)
    assert "no edit is left" in run("check", Q3, "--select", "WASTE", "--ignore", "WASTE")[2]


def test_statistics_count_what_the_findings_are(run: Run) -> None:
    findings = json.loads(run("check", Q3, "--format", "json")[1])["findings"]
    code, out, _ = run("check", Q3, "--statistics", "--format", "csv")
    head, *rows = [line.split(",") for line in out.splitlines()]
    assert (code, head) == (1, ["id", "edit", "severity", "findings", "claims"])
    assert sum(int(row[3]) for row in rows) == len(findings)
    assert {(row[0], row[2]) for row in rows} == {(one["id"], one["severity"]) for one in findings}
    assert f"{len(findings)} findings on " in run("check", Q3, "--statistics")[1]
    assert run("check", Q3, "--statistics", "--format", "html")[0] == 2


def test_quiet_prints_errors_alone(run: Run) -> None:
    assert run("check", Q3, "--quiet") == (1, "", "")
    assert run("check", Q3, "-q", "--fail-on", "never") == (0, "", "")
    cut = Path("cut.837")
    cut.write_bytes(Path(Q3).read_bytes()[:3000])
    code, out, err = run("check", str(cut), Q3, "-q")
    assert (code, out) == (1, "")
    assert "cut.837" in err
    code, out, _ = run("check", Q3, "-q", "--output", "report.json", "--format", "json")
    assert (code, out) == (1, "")
    assert json.loads(Path("report.json").read_text())["findings"]


def configured(text: str, profile: str = "") -> Path:
    Path("site.toml").write_text(profile or "[edits]\n")
    Path("cleanclaim.toml").write_text(text)
    return Path("cleanclaim.toml").resolve()


def test_a_configuration_is_found_above_and_the_command_line_wins(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = configured('format = "jsonl"\nfail_on = "never"\nprofile = "site.toml"\n', '[edits]\nWASTE = "off"\n')
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    code, out, _ = run("check", Q3)
    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert not any(one.get("id", "").startswith("WASTE") for one in records)
    assert run("check", Q3, "--fail-on", "deny", "--format", "csv")[0] == 1
    _, out, _ = run("config")
    assert str(file) in out
    assert re.search(r"fail_on +never", out)
    assert re.search(r"profile +" + re.escape(str(tmp_path / "site.toml")), out)
    values = {one["key"]: one for one in json.loads(run("config", "--format", "json")[1])}
    assert values["reference"]["by"] == "CLEANCLAIM_REFERENCE"
    assert values["format"] == {"key": "format", "value": "jsonl", "by": str(file)}


def test_a_configuration_may_stand_in_pyproject_or_be_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path("pyproject.toml").write_text('[project]\nname = "x"\n[tool.cleanclaim]\nfail_on = "never"\n')
    assert run("check", Q3)[0] == 0
    Path("other.toml").write_text('fail_on = "deny"\n')
    assert run("check", Q3, "--config", "other.toml")[0] == 1
    assert run("--config", "other.toml", "check", Q3)[0] == 1
    monkeypatch.setenv("CLEANCLAIM_CONFIG", str(tmp_path / "other.toml"))
    assert run("check", Q3)[0] == 1
    assert run("--config", "none.toml", "config")[0] == 2


def test_the_search_ends_at_the_root_of_the_project(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configured('fail_on = "never"\n')
    (tmp_path / "project" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    assert run("check", Q3)[0] == 1
    assert "No configuration" in run("config")[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('polices = "x"', "polices: there is no such key; the nearest is `policies`"),
        ('profile = "none.toml"', "none.toml is not there"),
        ('fail_on = "denied"', "fail_on: expected one of reject, deny"),
        ("fail_on = 1", "fail_on: expected a text in quotes"),
        ("fail_on", "no TOML"),
        ('payer_names = "x"', "payer_names: expected a table"),
        ('[payer_names]\nAetna = "aetna"', "payer_names.Aetna: may be commercial or medicare_advantage or medicaid"),
        ('[payer_names]\nAetna = {plan = "x"}', "payer_names.Aetna: expected"),
    ],
)
def test_a_wrong_configuration_names_its_key(run: Run, text: str, told: str) -> None:
    configured(text)
    code, _, err = run("check", Q3)
    assert (code, told in err) == (2, True), err


def test_the_library_of_the_configuration_is_used_where_the_environment_names_none(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configured('reference = "lib"\n')
    (tmp_path / "lib").mkdir()
    assert str(tmp_path / "library") in run("reference", "status")[1]
    monkeypatch.delenv("CLEANCLAIM_REFERENCE")
    assert str(tmp_path / "lib") + "\n" in run("reference", "status")[1]


def test_a_profile_changes_severity_switches_off_by_day_and_findings_say_so(run: Run) -> None:
    before = json.loads(run("check", Q3, "--format", "json")[1])
    mue = next(one for one in before["findings"] if one["id"] == "NCCI-002")
    Path("site.toml").write_text(
        '[edits]\nWASTE-001 = "info"\nNCCI-002 = [{severity = "off", to = "9/4/2024"}, {severity = "reject", from = 2024-09-05}]\n'
        'MOD = {severity = "off", from = 2024-01-01, why = "not here"}\n'
    )
    after = json.loads(run("check", Q3, "--format", "json", "--profile", "site.toml")[1])
    by_id = {one["id"]: one for one in after["findings"]}
    assert (mue["severity"], by_id["NCCI-002"]["severity"], by_id["WASTE-001"]["severity"]) == (
        "deny",
        "reject",
        "info",
    )
    assert "profile site.toml (reject, without it deny)" in by_id["NCCI-002"]["releases"]
    assert not any(name.startswith("MOD-") for name in by_id)
    off = [one for one in before["findings"] if one["id"].startswith("MOD-")]
    assert after["summary"]["switched_off"] == len(off) > 0
    assert after["summary"]["findings"] == before["summary"]["findings"] - len(off)
    assert after["summary"]["edits_left_out"] == 0
    assert float(after["summary"]["amount_at_risk"]) < float(before["summary"]["amount_at_risk"])


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        ('WASTE-001 = "fatal"', "edits.WASTE-001: severity: expected off, reject, deny, warn, info"),
        ('WASTE-01 = "off"', "the nearest is `WASTE-0"),
        ('WASTE-001 = {severity = "off", form = 2024-01-01}', "there is no key `form`; the nearest is `from`"),
        ('WASTE-001 = ["off", {severity = "warn", from = 2024-01-01}]', "two settings hold on 2024-01-01"),
        ('WASTE-001 = {severity = "off", to = "1/1/24"}', "to: expected a date"),
    ],
)
def test_a_wrong_profile_names_the_edit(run: Run, profile: str, told: str) -> None:
    Path("site.toml").write_text(f"[edits]\n{profile}\n")
    code, _, err = run("check", Q3, "--profile", "site.toml")
    assert (code, told in err) == (2, True), err


def test_payer_names_say_whose_rules_decide(run: Run) -> None:
    claim = json.loads(json.dumps(MARKS)) | {"lines": [
        {"line_number": 1, "hcpcs_code": "J1745", "billed_units": 40, "service_date": "2024-08-08", "charge_amount": "2400.00",
         "ndc11": "57894003001", "ndc_quantity": "4", "ndc_unit": "UN"},
    ]}  # fmt: skip
    Path("claims.jsonl").write_text(json.dumps(claim))
    Path("claims.csv").write_text(
        "claim_id,claim_type,place_of_service,payer_program,hcpcs_code,service_date,billed_units,ndc11,modifiers\n"
        "A,P,11,Big Plan,J1745,2024-08-08,40,57894003001,\n"
    )

    def told(*files: str) -> tuple[set[str], set[str | None], list[str]]:
        result = json.loads(run("check", *files, "--complete", "--format", "json")[1])
        programs = {one["payer_program"] for one in result["claims"]}
        return {one["id"] for one in result["findings"]}, programs, [one["fault"] for one in result["faults"]]

    assert "WASTE-001" in told("claims.jsonl")[0]
    assert "value-unknown" in told("claims.csv")[2]
    configured('[payer_names]\nmarkpayer = {program = "commercial", id = "60054"}\n"Big Plan" = "medicare"\n')
    assert "WASTE-001" not in told("claims.jsonl")[0]
    ids, programs, faults = told("claims.csv")
    assert (programs, faults) == ({"medicare_b"}, [])
    assert "WASTE-001" in ids


def test_the_log_of_a_run_holds_no_claim_data(run: Run) -> None:
    claim = MARKS | {"lines": [
        {"line_number": 1, "hcpcs_code": "J9998", "billed_units": 31, "service_date": "2024-08-08", "charge_amount": "7771.13",
         "description": "MARKDRUG", "line_control": "MARKLINE", "unheard_of": "MARKKEY"},
        {"line_number": 2, "hcpcs_code": "J1745", "billed_units": 40, "service_date": "2024-08-08", "charge_amount": "2400.00"},
    ]}  # fmt: skip
    Path("claims.jsonl").write_text(json.dumps(claim) + "\n" + '{"claim_id": "MARKBROKEN", \n')
    code, out, _ = run("check", "claims.jsonl", Q3, "--log", "run.log", "--select", "WASTE,CODE", "--format", "json")
    log = Path("run.log").read_text()
    assert code == 1
    assert "MARKCLAIM" in out
    patients = re.findall(r"\b(?:A[0-9]{2}-[A-Z0-9-]+|PLACEHOLDER)\b", Path(Q3).read_text())
    for mark in ("MARK", "J9998", "J1745", "7771", "K5090", "1931", *patients):
        assert mark not in log, mark
    events = [json.loads(line) for line in log.splitlines()]
    assert [one["event"] for one in events if one["event"] != "edit"] == [
        "start",
        "library",
        "file",
        "file",
        "totals",
        "end",
    ]
    assert events[0]["options"] == {"format": "json", "log": "run.log", "select": "WASTE,CODE"}
    file = next(one for one in events if one["event"] == "file")
    assert (file["name"], file["format"], file["claims"], file["lines"]) == ("claims.jsonl", "JSON Lines", 1, 2)
    assert (file["size"], len(file["sha256"])) == (Path("claims.jsonl").stat().st_size, 64)
    assert events[-1]["exit"] == 1
    assert set(events[-1]["seconds"]) == {"opening", "reading", "checking", "writing"}
    found = json.loads(out)["edits"]
    assert {one["id"]: one["fires"] for one in events if one["event"] == "edit"} == {
        one["id"]: one["fires"] for one in found
    }


def test_the_log_is_added_to_tells_errors_by_kind_and_spares_the_input(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEANCLAIM_LOG", "run.log")
    assert run("check", "MARKNONE.837")[0] == 2
    assert run("check", Q3, "-q")[0] == 1
    events = [json.loads(line) for line in Path("run.log").read_text().splitlines()]
    assert [(one["exit"], one["error"]) for one in events if one["event"] == "end"] == [
        (2, "UnreadableInput"),
        (1, None),
    ]
    assert len({one["run"] for one in events}) == 2
    Path("claims.jsonl").write_text("{}\n")
    code, _, err = run("check", "claims.jsonl", "--log", "claims.jsonl")
    assert (code, "is a file to be checked" in err) == (2, True)
    assert Path("claims.jsonl").read_text() == "{}\n"


def test_completion_knows_commands_and_choices() -> None:
    def completed(*words: str) -> list[str]:
        environment = {
            "_CLEANCLAIM_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(words),
            "COMP_CWORD": str(len(words) - 1),
            "PATH": "",
        }
        run = "import sys; sys.argv[0] = 'cleanclaim'; from cleanclaim.cli import main; main()"
        source = {"PYTHONPATH": str(ROOT / "src")}
        done = subprocess.run(
            [sys.executable, "-c", run], env=environment | source, capture_output=True, text=True, check=False
        )
        return done.stdout.split()

    assert completed("cleanclaim", "che") == ["check"]
    assert "sarif" in completed("cleanclaim", "check", "--format", "")


def test_a_look_up_imports_no_policies() -> None:
    run = "import sys; sys.argv = ['cleanclaim', 'code', 'J9271']\nfrom cleanclaim.cli import main\ntry: main()\nexcept SystemExit: pass\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", run],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "src"), "HOME": "/nowhere"},
    )
    loaded = set(done.stdout.split("\n")[-2].split())
    assert "cleanclaim.reference.codes.lookup" in loaded
    assert not loaded & {"cleanclaim.policies", "cleanclaim.app", "cleanclaim.billing", "duckdb", "pyarrow"}
