"""What a library of the starter set alone keeps in the cache: the same answers with it, without it, and with a bad one."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cleanclaim.reference.codes.answers import CodeAnswer
from cleanclaim.reference.codes.index import IndexNotWritten, index_path, write_index
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.library import Library, kept, starter_set
from cleanclaim.reference.tables import TABLES

DAY = date(2024, 8, 1)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "cleanclaim"


def answer(tmp_path: Path) -> CodeAnswer:
    return Lookup.open(tmp_path / "nothing").code("J9271", DAY)


def test_index_and_tables_are_kept_and_read_again(tmp_path: Path, cache: Path, starter: starter_set.StarterSet) -> None:
    cold = answer(tmp_path)
    assert (cold.payment_limit, cold.mue) == (Decimal("58.456"), 400)
    library = Library.open(tmp_path / "nothing")
    tables = {schema.name: library.table(schema.name) for schema in TABLES}
    (folder,) = cache.iterdir()
    assert {path.name for path in folder.iterdir()} == {"index.sqlite", *(f"{name}.arrow" for name in tables)}
    written = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert answer(tmp_path) == cold
    for name, table in tables.items():
        assert Library.open(tmp_path / "nothing").table(name).equals(table), name
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == written


def test_damaged_files_are_made_anew(tmp_path: Path, cache: Path, starter: starter_set.StarterSet) -> None:
    cold = answer(tmp_path)
    table = Library.open(tmp_path / "nothing").table("hcpcs")
    for path in cache.glob("*/*"):
        path.write_bytes(path.read_bytes()[:100])
    assert answer(tmp_path) == cold
    assert Library.open(tmp_path / "nothing").table("hcpcs").equals(table)
    assert answer(tmp_path) == cold


def test_where_the_cache_cannot_be_written_answers_come_from_memory(
    tmp_path: Path, starter: starter_set.StarterSet
) -> None:
    (tmp_path / "cache").write_text("a file, no folder")
    library = Library.open(tmp_path / "nothing")
    with pytest.raises(IndexNotWritten):
        write_index(library)
    assert answer(tmp_path).mue == 400
    assert library.table("mue").num_rows == len(list(library.rows("mue"))) > len(starter.rows("mue"))


def test_another_starter_set_or_another_module_has_its_own_folder(
    tmp_path: Path, starter: starter_set.StarterSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library.open(tmp_path / "nothing")
    before = index_path(library)
    monkeypatch.setattr(kept, "_modules", lambda: "edited")
    assert index_path(library) != before
    assert kept.folder("one") != kept.folder("two")


def test_a_few_folders_of_other_versions_stay(tmp_path: Path, cache: Path, starter: starter_set.StarterSet) -> None:
    for age, name in enumerate(["starter-1", "starter-2", "starter-3", "starter-4", "starter-5", "mine"]):
        (cache / name).mkdir(parents=True)
        os.utime(cache / name, (10**9 - age, 10**9 - age))
    own = answer(tmp_path) and index_path(Library.open(tmp_path / "nothing")).parent.name
    assert {path.name for path in cache.iterdir()} == {own, "starter-1", "starter-2", "starter-3", "mine"}


@pytest.mark.slow
def test_processes_that_start_at_once_on_a_cold_cache_all_answer(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "CLEANCLAIM_REFERENCE": str(tmp_path / "no"),
    }
    command = [sys.executable, "-m", "cleanclaim", "code", "J9271", "--on", "2024-08-01"]
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = {one.communicate()[0] for one in running}
    assert [one.returncode for one in running] == [0, 0, 0]
    assert len(told) == 1
    assert "pembrolizumab" in told.pop()
    (folder,) = (tmp_path / "cache" / "cleanclaim").glob("starter-*")
    assert [path.name for path in folder.iterdir()] == ["index.sqlite"]
