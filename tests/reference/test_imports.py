"""An import is whole or not there: the same file again, another one, a killed one, two at once."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cleanclaim.errors import LibraryBusy
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.lock import locked
from cleanclaim.reference.manifest import from_json, to_json
from tests.reference.publications import asp_file, limit

JULY = "July 1, 2025 through September 30, 2025"
HERE = Path(__file__).resolve().parent


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a library that is not temporary and not the lock."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def test_the_manifest_tells_everything(library: Path, october: Path) -> None:
    manifest = Library.open(library).releases[-1]
    assert (manifest.publication, manifest.release, manifest.revision) == ("hcpcs", "2025-Q4", 1)
    assert manifest.file_name == october.name
    assert len(manifest.sha256) == 64
    assert (manifest.read, manifest.kept, manifest.set_aside) == (8, 8, ())
    assert {file.name: file.rows for file in manifest.tables} == {"hcpcs": 7, "modifier": 2}
    assert manifest.imported_on is None  # never from the clock
    assert from_json(to_json(manifest)) == manifest


def test_the_manifests_of_earlier_versions_are_read(library: Path) -> None:
    manifest = Library.open(library).releases[-1]
    record = json.loads(to_json(manifest))
    for name in ("archive", "tells", "series", "thin"):  # which the first version did not write
        del record[name]
    for covered in record["coverage"]:
        del covered["part"]
    assert from_json(json.dumps(record)) == manifest
    with pytest.raises(ValueError, match="no coverage"):
        from_json(json.dumps({name: value for name, value in record.items() if name != "coverage"}))
    with pytest.raises(ValueError, match="written by a newer cleanclaim"):
        from_json(json.dumps({**record, "format": 2}))


def test_the_name_of_a_file_need_be_no_utf8(library: Path) -> None:
    manifest = replace(Library.open(library).releases[-1], file_name="Pr\udce9cis.xlsx")
    assert to_json(manifest).isascii()
    assert from_json(to_json(manifest)) == manifest


def test_the_day_of_an_import_is_the_one_that_is_given(library: Path, tmp_path: Path) -> None:
    path = asp_file(tmp_path / "july.csv", [limit("J9271", "59.000")], JULY)
    import_file(library, path, imported_on=date(2026, 11, 22))
    assert [one.imported_on for one in Library.open(library).releases if one.release == "2025-Q3"] == [
        date(2026, 11, 22)
    ]


def test_the_same_file_again_changes_nothing(library: Path, october: Path) -> None:
    before = tree(library)
    october.rename(october.with_name("renamed.xlsx"))
    report = import_file(library, october.with_name("renamed.xlsx"))
    assert (report.already_there, report.manifest.label) == (True, "hcpcs 2025-Q4 r1")
    assert tree(library) == before


def test_an_import_makes_its_folder(tmp_path: Path, october: Path) -> None:
    import_file(tmp_path / "a" / "new one", october)
    assert Lookup.open(tmp_path / "a" / "new one").code("J1010", date(2025, 1, 1)).status is CodeStatus.ACTIVE


def test_left_overs_are_ignored_and_removed(library: Path, tmp_path: Path) -> None:
    digest = Library.open(library).digest
    left_over = library / ".incoming-dead"
    left_over.mkdir()
    (left_over / "manifest.json").write_text("{")
    (library / ".incoming-dead.sqlite").write_bytes(b"half")
    assert Library.open(library).digest == digest
    import_file(library, asp_file(tmp_path / "july.csv", [limit("J9271", "59.000")], JULY))
    assert list(library.glob(".incoming-*")) == []


def test_a_file_that_is_refused_changes_nothing(library: Path, tmp_path: Path) -> None:
    before = tree(library)
    twice = asp_file(tmp_path / "july.csv", [limit("J9271", "59.000")] * 2, JULY)
    with pytest.raises(Exception, match="two rows"):
        import_file(library, twice)
    assert tree(library) == before


def test_two_imports_at_once(library: Path, tmp_path: Path) -> None:
    path = asp_file(tmp_path / "july.csv", [limit("J9271", "59.000")], JULY)
    before = tree(library)
    with locked(library), pytest.raises(LibraryBusy, match=rf"another import \(process {os.getpid()}\)"):
        import_file(library, path)
    assert tree(library) == before
    assert not import_file(library, path).already_there


def test_the_lock_of_a_dead_process_does_not_hold(library: Path, tmp_path: Path) -> None:
    program = (
        "import os, sys, pathlib\nfrom cleanclaim.reference.lock import locked\n"
        "with locked(pathlib.Path(sys.argv[1])):\n    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", program, str(library)], check=False).returncode == 9
    assert (library / ".lock").exists()
    import_file(library, asp_file(tmp_path / "july.csv", [limit("J9271", "59.000")], JULY))


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_killed_import_leaves_the_library_as_it_was_or_whole(library: Path, tmp_path: Path) -> None:
    """Kills an import at twenty of its lines of code, spread over all of it."""
    path = asp_file(tmp_path / "july.csv", [limit("J9271", "59.000")], JULY)
    before = Library.open(library)
    whole = tmp_path / "whole"
    shutil.copytree(library, whole)
    import_file(whole, path)
    after = Library.open(whole)
    program = [sys.executable, str(HERE / "killed_import.py"), str(library), str(path), str(tmp_path / "killed"), "20"]
    done = subprocess.run(program, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    assert done.returncode == 0, done.stderr
    folders = sorted((tmp_path / "killed").iterdir())
    assert len(folders) == 20
    told = set()
    for folder in folders:
        opened = Library.open(folder)
        assert opened.digest in (before.digest, after.digest)
        told.add(opened.digest)
        expected = None if opened.digest == before.digest else "59.000"
        answer = Lookup.open(folder).code("J9271", date(2025, 8, 1))
        assert (None if answer.payment_limit is None else str(answer.payment_limit)) == expected
        assert opened.table("asp_limit").num_rows in (
            before.table("asp_limit").num_rows,
            after.table("asp_limit").num_rows,
        )
        import_file(folder, path)  # no lock, no half release is in the way
        assert Library.open(folder).digest == after.digest
        assert list(folder.glob(".incoming-*")) == []
    assert told == {before.digest, after.digest}  # the kills fell before and after the moment that counts
    assert json.loads(done.stdout)["lines"] > 100
