"""Whatever happens during an import, the library is as it was or has whole releases, and the message says what to do."""

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cleanclaim.errors import DamagedRelease, LibraryBusy, LibraryError, UnknownPublication
from cleanclaim.reference.codes import index
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.importing import import_file, import_files
from cleanclaim.reference.library import Library, releases
from cleanclaim.reference.lock import locked
from cleanclaim.reference.publications import recognize
from cleanclaim.reference.publications.source import Source
from tests.reference.publications import asp_file, limit
from tests.reference.test_imports import HERE, JULY, tree

KILLS, SEED = 200, 20261122
AUGUST_DAY = date(2025, 8, 1)
JANUARY_2026 = "January 1, 2026 through March 31, 2026"

forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture
def july(tmp_path: Path) -> Path:
    return asp_file(tmp_path / "july.csv", [limit("J9271", "59.000"), limit("J1745", "40.000")], JULY)


@pytest.fixture
def january(tmp_path: Path) -> Path:
    return asp_file(tmp_path / "winter.csv", [limit("J9271", "59.726")], JANUARY_2026)


@pytest.mark.slow
class TestKilled:
    @forking
    @pytest.mark.timeout(240)
    def test_two_hundred_kills_at_random_moments(
        self, library: Path, july: Path, january: Path, tmp_path: Path
    ) -> None:
        """Two files in one import: afterwards none, the first or both are there, and every release is whole."""
        expected = _states(library, [july, january], tmp_path)
        program = [sys.executable, str(HERE / "killed_at_random.py"), str(library), str(tmp_path / "killed")]
        done = subprocess.run(
            [*program, str(KILLS), str(SEED), str(july), str(january)],
            capture_output=True, text=True, check=False, cwd=HERE.parents[1],
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["killed"] == KILLS
        folders = sorted((tmp_path / "killed").iterdir())
        assert len(folders) == KILLS
        met = set()
        for folder in folders:
            opened = Library.open(folder)
            met.add(opened.digest)
            answers = expected[opened.digest]  # another digest would be half a release
            assert opened.table("asp_limit").num_rows == answers[0]
            assert [
                str(Lookup.of(opened).code("J9271", day).payment_limit) for day in (AUGUST_DAY, date(2026, 2, 1))
            ] == list(answers[1:])
        for folder in folders[::20]:
            import_files(folder, [july, january])  # no lock and no half release is in the way
            assert Library.open(folder).digest == list(expected)[-1]
            assert list(folder.glob(".incoming-*")) == []
        assert len(met) >= 2, "the kills fell on one side of the moment that counts"


def _states(library: Path, files: list[Path], folder: Path) -> dict[str, tuple[int, str, str]]:
    """What a library answers before the import, after the first file, after the second; by its digest."""
    copy = folder / "states"
    shutil.copytree(library, copy)
    states = {}
    for file in (None, *files):
        if file:
            import_file(copy, file)
        lookup = Lookup.open(copy)
        limits = [str(lookup.code("J9271", day).payment_limit) for day in (AUGUST_DAY, date(2026, 2, 1))]
        states[lookup.library.digest] = (lookup.library.table("asp_limit").num_rows, *limits)
    assert len(states) == 3
    return states


class TestAtOnce:
    def test_a_busy_library_is_told_before_anything_is_read(self, library: Path, july: Path) -> None:
        before = tree(library)
        july.write_bytes(b"whatever")
        with locked(library), pytest.raises(LibraryBusy, match=rf"process {os.getpid()}.*Run it again after that"):
            import_files(library, [july])
        assert tree(library) == before

    @pytest.mark.slow
    def test_two_commands_at_once_leave_two_whole_releases(self, library: Path, july: Path, january: Path) -> None:
        """Both may get through, or one is told to come again; the library is whole either way."""
        program = (
            "import sys, pathlib\n"
            "from cleanclaim.reference.publications import asp_csv\n"
            "from cleanclaim.reference.importing import import_files\n"
            "asp_csv.FEWEST_ROWS = 1\n"
            "import_files(pathlib.Path(sys.argv[1]), [pathlib.Path(sys.argv[2])])\n"
        )
        both = [
            subprocess.Popen(
                [sys.executable, "-c", program, str(library), str(path)], stderr=subprocess.PIPE, text=True
            )
            for path in (july, january)
        ]
        told = [one.communicate()[1] for one in both]
        for one, error in zip(both, told, strict=True):
            assert one.returncode == 0 or "LibraryBusy" in error, error
        assert any(one.returncode == 0 for one in both)
        names = {one.release for one in Library.open(library).releases if one.publication == "asp"}
        assert len(names & {"2025-Q3", "2026-Q1"}) == sum(one.returncode == 0 for one in both)
        Library.open(library).table("asp_limit")


class TestFullDisk:
    @pytest.mark.parametrize("write", range(2))
    def test_no_room_for_a_table_or_the_manifest(
        self, library: Path, july: Path, monkeypatch: pytest.MonkeyPatch, write: int
    ) -> None:
        before, real, calls = tree(library), releases._write_durably, []

        def full(path: Path, content: bytes) -> None:
            calls.append(path)
            if len(calls) > write:
                path.write_bytes(content[: len(content) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(path, content)

        monkeypatch.setattr(releases, "_write_durably", full)
        with pytest.raises(
            LibraryError, match=r"asp 2025-Q3 r1 can't be written: No space left.*The library is as it was"
        ):
            import_file(library, july)
        assert tree(library) == before
        assert list(library.glob(".incoming-*")) == []
        monkeypatch.undo()

    def test_no_room_for_the_index_costs_time_alone(
        self, library: Path, july: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(index, "_fill", full)
        run = import_files(library, [july])
        assert [one.manifest.label for one in run.reports] == ["asp 2025-Q3 r1"]
        assert "disk is full" in str(run.without_index)
        assert list(library.glob(".incoming-*")) == []
        monkeypatch.undo()
        assert str(Lookup.open(library).code("J9271", AUGUST_DAY).payment_limit) == "59.000"

    @forking
    def test_a_limit_on_the_size_of_files(self, library: Path, july: Path) -> None:
        before = tree(library)
        done = _import_limited(library, july, bytes_in_a_file=1500)
        assert done.returncode == 3, done.stderr
        assert "can't be written: File too large" in done.stdout
        assert tree(library) == before
        assert list(library.glob(".incoming-*")) == []

    def test_a_disk_that_is_full(self, library: Path, july: Path, tiny_disk: Path) -> None:
        shutil.copytree(library, tiny_disk / "library", ignore=shutil.ignore_patterns("index.sqlite"))
        before = tree(tiny_disk / "library")
        free = shutil.disk_usage(tiny_disk).free
        (tiny_disk / "filler").write_bytes(bytes(free))
        with pytest.raises(LibraryError, match="No space left"):
            import_file(tiny_disk / "library", july)
        assert tree(tiny_disk / "library") == before
        assert str(Lookup.open(tiny_disk / "library").code("J9271", date(2025, 10, 1)).payment_limit) == "60.291"
        (tiny_disk / "filler").unlink()
        import_file(tiny_disk / "library", july)
        assert str(Lookup.open(tiny_disk / "library").code("J9271", AUGUST_DAY).payment_limit) == "59.000"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if (
        not mount
        or subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
        ).returncode
    ):
        # No skip, which CI takes for a failure: the limit on the size of files shows the same where nobody may mount.
        pytest.xfail("this user may not mount a disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def _import_limited(library: Path, file: Path, *, bytes_in_a_file: int) -> "subprocess.CompletedProcess[str]":
    program = (
        "import resource, sys, pathlib\n"
        "import pyarrow.compute, pyarrow.parquet\n"
        "from cleanclaim.errors import LibraryError\n"
        "from cleanclaim.reference.publications import asp_csv\n"
        "from cleanclaim.reference.importing import import_file\n"
        "asp_csv.FEWEST_ROWS = 1\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)\n"
        "try:\n"
        "    import_file(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))\n"
        "except LibraryError as problem:\n"
        "    print(problem)\n"
        "    sys.exit(3)\n"
    )
    command = [sys.executable, "-B", "-c", program, str(library), str(file), str(bytes_in_a_file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class TestDamage:
    @pytest.mark.parametrize("kept", [0, 1, 200, -2])
    def test_a_cut_manifest_is_told_by_whatever_opens_the_library(self, library: Path, july: Path, kept: int) -> None:
        path = library / "releases/asp/2024-Q1/r1/manifest.json"
        path.write_bytes(path.read_bytes()[:kept])
        before = tree(library)
        told = r"manifest\.json: the manifest can't be read.*Delete the folder .*r1 and import the publication again"
        for act in (lambda: Library.open(library), lambda: import_file(library, july)):
            with pytest.raises(DamagedRelease, match=told):
                act()
        assert tree(library) == before

    def test_what_the_message_says_mends_it(self, library: Path, tmp_path: Path) -> None:
        path = library / "releases/asp/2024-Q1/r1"
        (path / "manifest.json").write_text("{")
        shutil.rmtree(path)
        import_file(
            library, asp_file(tmp_path / "a.csv", [limit("J9271", "55.730")], "January 1, 2024 through March 31, 2024")
        )
        assert str(Lookup.open(library).code("J9271", date(2024, 2, 1)).payment_limit) == "55.730"

    @pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
    def test_a_damaged_table_never_answers_and_stays_what_it_is(self, library: Path, july: Path, damage: str) -> None:
        path = library / "releases/asp/2024-Q1/r1/asp_limit.parquet"
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        if damage == "gone":
            path.unlink()
        else:
            path.write_bytes(content if damage == "flipped" else content[:-8])
        before = tree(library)
        with pytest.raises(DamagedRelease, match=r"asp_limit\.parquet.*import the publication again"):
            Library.open(library).table("asp_limit")
        with pytest.raises(DamagedRelease):
            import_files(library, [july])  # its index would hold what cannot be read
        left = {name: content for name, content in tree(library).items() if "2025-Q3" not in name}
        assert {name: content for name, content in left.items() if not name.startswith("tables/")} == before

    @pytest.mark.parametrize("damage", ["empty", "cut", "garbage", "a page", "another database"])
    def test_a_damaged_index_is_built_anew(self, library: Path, damage: str) -> None:
        path = library / "index.sqlite"
        expected = [Lookup.open(library).code(code, AUGUST_DAY) for code in ("J9271", "J1030", "J1010")]
        content = path.read_bytes()
        if damage == "another database":
            path.unlink()
            sqlite3.connect(path).execute("CREATE TABLE library (digest TEXT)").connection.close()
        elif damage == "a page":
            pages = [content[place : place + 4096] for place in range(0, len(content), 4096)]
            # The first page and the one with the digest stay: the damage is met only when a code is looked up.
            path.write_bytes(
                b"".join(
                    page if not number or b"hcpcs 20" not in page else bytes(4096) for number, page in enumerate(pages)
                )
            )
            assert path.read_bytes() != content
        else:
            path.write_bytes(
                {"empty": b"", "cut": content[: len(content) // 2], "garbage": b"\x00garbage" * 900}[damage]
            )
        assert [Lookup.open(library).code(code, AUGUST_DAY) for code in ("J9271", "J1030", "J1010")] == expected
        assert Lookup.open(library).ndc("00006-3026-02").hcpcs


class TestReIssues:
    def test_codes_that_are_gone_are_told(self, library: Path, july: Path, tmp_path: Path) -> None:
        import_file(library, july)
        report = import_file(library, asp_file(tmp_path / "again.csv", [limit("J9271", "59.000")], JULY))
        assert (report.manifest.label, report.replaces) == ("asp 2025-Q3 r2", "asp 2025-Q3 r1")
        assert report.manifest.notes == ("1 of hcpcs_code in asp_limit of asp 2025-Q3 r1 are gone: J1745",)
        (kept,) = [one for one in Library.open(library).releases if one.label == "asp 2025-Q3 r2"]
        assert kept.notes == report.manifest.notes

    def test_a_changed_header_is_refused_with_what_is_missing_and_new(self, library: Path, july: Path) -> None:
        before = tree(library)
        july.write_bytes(july.read_bytes().replace(b"Payment Limit,", b"Payment Allowance,"))
        with pytest.raises(UnknownPublication, match=r"lacks `Payment Limit` and has .*`Payment Allowance`") as problem:
            recognize(Source.read(july))
        assert "ASP pricing file" in str(problem.value)
        run = import_files(library, [july])
        assert "lacks `Payment Limit`" in run.refused[0].why
        assert tree(library) == before
