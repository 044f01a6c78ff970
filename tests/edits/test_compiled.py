"""What was compiled ahead is what the sources say, and where it is not fresh the sources are read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cleanclaim.edits import compiled, rules
from cleanclaim.edits.collection import checked, shipped_edits
from cleanclaim.edits.dictionary import ordered_groups
from cleanclaim.edits.page_files import catalogue_pages
from cleanclaim.edits.plan.rows import judge
from cleanclaim.edits.rules import read_rules

EXAMPLE = Path(__file__).parents[2] / "examples" / "clinic-2025q4.837"
# A check in a process of its own: what was read stays for as long as a process lives.
CHECK = "from cleanclaim.cli import main; import sys; sys.argv[1:] = {arguments}; main()"
UNTOUCHED = ("sqlglot", "duckdb")  # what only the sources need


@pytest.fixture(autouse=True)
def _made() -> None:
    if not compiled.is_fresh():
        pytest.skip("nothing fresh is there: `make compiled` writes it")


def in_a_process(code: str, tmp_path: Path) -> str:
    arguments = ["check", "--format", "json", "--fail-on", "never", "--checked-on", "2026-11-30", str(EXAMPLE)]
    program = f"{code}; {CHECK.format(arguments=arguments)}"
    environment = {"CLEANCLAIM_REFERENCE": str(tmp_path / "library"), "PYTHONPATH": ":".join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    return done.stdout


def test_edits_and_groups_are_those_of_the_sources() -> None:
    """Compared by what is written of them: to a run each is itself alone."""
    assert list(map(repr, compiled.edits() or ())) == list(map(repr, checked(catalogue_pages())))
    assert list(map(repr, compiled.groups() or ())) == list(map(repr, ordered_groups()))
    assert compiled.rules() == read_rules(Path(rules.__file__).with_suffix(".yaml").read_text(encoding="utf-8"))


def test_every_edit_is_a_function() -> None:
    """The examples of the pages say whether it is the right one."""
    edits = shipped_edits()
    assert {edit.page.version for edit in edits} == set(compiled.judges())
    assert all(judge(edit) is compiled.judges()[edit.page.version] for edit in edits)


def test_a_check_reads_no_source(tmp_path: Path) -> None:
    told = in_a_process(
        "import atexit, sys; atexit.register(lambda: print([m for m in "
        f"{UNTOUCHED} if m in sys.modules], file=sys.stdout))",
        tmp_path,
    )
    assert told.splitlines()[-1] == "[]"


def test_what_is_not_fresh_is_not_read(tmp_path: Path) -> None:
    """An edited page changes the digest; the result is then made from the sources, and is the same."""
    ahead = in_a_process("pass", tmp_path)
    stale = in_a_process(
        "import cleanclaim.edits.compiled as c; c.sources_digest = lambda: 'of another page'; c.is_fresh.cache_clear();"
        "assert c.edits() is None and c.groups() is None and not c.judges() and not c.queries()",
        tmp_path,
    )
    assert '"findings"' in ahead
    assert stale == ahead
