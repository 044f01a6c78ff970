"""What the documentation shows runs, and what is generated is fresh."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import cleanclaim
from cleanclaim.app import Checker
from cleanclaim.cli.catalogue import failing_examples
from cleanclaim.cli.commands import app
from cleanclaim.edits.page_files import shipped_pages
from cleanclaim.formats.tabular.mapping import read_mapping

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "examples" / "README.md"])


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.slow  # `make check` asks it too
def test_generated_pages_are_fresh() -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_the_page_of_the_guide_passes_its_own_examples(tmp_path: Path) -> None:
    (page,) = blocks(ROOT / "docs" / "guides" / "write-an-edit.md", "markdown")
    (tmp_path / "drug-without-authorization.md").write_text(page, encoding="utf-8")
    assert failing_examples(str(tmp_path)) == (4, [])


def test_the_claim_of_the_guide_is_read_and_its_units_are_judged(tmp_path: Path) -> None:
    (claim,) = blocks(ROOT / "docs" / "guides" / "check-a-claim-file.md", "json")
    (tmp_path / "claim.jsonl").write_text(" ".join(claim.split()) + "\n", encoding="utf-8")
    result = Checker.open(tmp_path / "none").check_files([tmp_path / "claim.jsonl"])
    assert not result.faults
    assert "UNIT-003" in {finding.id for finding in result.findings}


def test_the_table_and_the_mapping_of_the_guide_are_read(tmp_path: Path) -> None:
    guide = ROOT / "docs" / "guides" / "check-a-claim-file.md"
    (table,), (mapping,) = blocks(guide, "csv"), blocks(guide, "yaml")
    (tmp_path / "export.csv").write_text(table, encoding="utf-8")
    columns = read_mapping(mapping.encode(), file="export.yaml")
    result = Checker.open(tmp_path / "none").check_files([tmp_path / "export.csv"], mapping=columns)
    assert result.faults == ()
    assert (result.summary.claims, result.summary.lines) == (1, 2)
    assert [(item.claim_id, item.line_number, item.id) for item in result.findings] == [("A1", 1, "WASTE-001")]


def test_the_export_of_the_examples_is_what_its_page_says(tmp_path: Path) -> None:
    columns = read_mapping((ROOT / "examples" / "export.yaml").read_bytes(), file="export.yaml")
    result = Checker.open(tmp_path / "none").check_files([ROOT / "examples" / "export.csv"], mapping=columns)
    assert [(item.claim_id, item.line_number, item.id) for item in result.findings] == [
        ("D02-NO-JZ", 1, "WASTE-001"),
        ("D03-UNITS", 1, "UNIT-004"),
        ("D03-UNITS", 1, "NDC-E-006"),
        ("D03-UNITS", 1, "NCCI-002"),
        ("D04-BAD-CELLS", 1, "FMT-E-001"),
    ]
    assert [(fault.row, fault.element, fault.fault) for fault in result.faults] == [
        (8, "charge_amount", "amount-invalid"),
        (8, "service_date", "date-invalid"),
        (8, "ndc", "number-shortened"),
    ]


@pytest.mark.parametrize("page", ["README.md", "docs/guides/use-from-python.md"])
def test_python_in_pages_runs(page: str) -> None:
    codes = blocks(ROOT / page, "python")
    assert codes
    for code in codes:
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
        assert run.returncode == 0, run.stderr
        assert run.stdout


def test_every_public_name_is_told_in_the_guide() -> None:
    told = (ROOT / "docs" / "guides" / "use-from-python.md").read_text(encoding="utf-8")
    assert [name for name in cleanclaim.__all__ if name != "__version__" and f"`{name}`" not in told] == []


def test_the_session_of_the_readme_is_what_the_commands_print() -> None:
    sessions = blocks(ROOT / "README.md", "console")
    assert sessions
    for session in sessions:
        command, _, shown = session.partition("\n")
        assert command.startswith("$ cleanclaim ")
        run = subprocess.run(
            [sys.executable, "-m", *command[2:].split()],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={"PATH": "", "CLEANCLAIM_REFERENCE": str(ROOT / "absent")},
        )
        parts = [part.strip("\n") for part in re.split(r"^\.\.\.$", shown, flags=re.MULTILINE)]
        place = 0
        for part in parts:
            found = run.stdout.find(part, place)
            assert found >= 0, f"{command}: not printed any more:\n{part}"
            place = found + len(part)


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    root = typer.main.get_command(app)  # as a user meets it: click's own tree
    names = list(root.commands)
    names += [f"{name} {below}" for name, group in root.commands.items() for below in getattr(group, "commands", ())]
    assert len(names) > len(root.commands) > 5
    assert [name for name in names if f"## cleanclaim {name}\n" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_paths_in_backticks_are_there(page: Path) -> None:
    rooms = [ROOT, *(ROOT / folder for folder in ("src/cleanclaim", "src/cleanclaim/reference", "tests", "docs"))]
    named = re.findall(
        r"`((?:[a-z_0-9]+/)+[a-z_0-9.-]+\.(?:py|sql|yaml|csv|md|toml))`", page.read_text(encoding="utf-8")
    )
    assert [path for path in named if not any((room / path).exists() for room in rooms)] == []


def test_the_readme_counts_the_edits_of_the_catalog() -> None:
    assert f"[{len(shipped_pages())} of the catalog](docs/edits.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_has_the_promised_length() -> None:
    assert 100 <= len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 200


def test_public_names_are_those_that_can_be_imported() -> None:
    assert set(cleanclaim.__all__) == {*cleanclaim._HOMES, "__version__"}
    for name in cleanclaim.__all__:
        assert getattr(cleanclaim, name), name
    with pytest.raises(AttributeError, match="no attribute 'chek'"):
        _ = cleanclaim.chek
