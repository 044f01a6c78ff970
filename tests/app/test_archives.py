"""Compressed files and folders: members by name, bombs refused, one bad file never stops the others."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import subprocess
import sys
import tarfile
import zipfile
from functools import partial
from pathlib import Path

import pytest

from cleanclaim.app import Checker, CheckResult
from cleanclaim.app.archives import Limits, contents
from cleanclaim.errors import UnreadableInput

# Without the time of day, and so the same in every process that collects these tests.
compressed = partial(gzip.compress, mtime=0)
ROOT = Path(__file__).parents[2]
X12 = (ROOT / "examples" / "clinic-2024q3.837").read_bytes()
CSV = b"claim_id,hcpcs_code,billed_units,service_date\nA,J3420,1,2025-11-01\n"
JSONL = b'{"claim_id": "B", "lines": [{"hcpcs_code": "J3420", "service_date": "2025-11-01", "billed_units": 1}]}\n'


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(
        tmp_path_factory.mktemp("library"),
    )


def zipped(members: dict[str, bytes], **options: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def told(result: CheckResult) -> list[tuple[str, str]]:
    return [(fault.source_file, fault.fault) for fault in result.faults]


def write(folder: Path, **files: bytes) -> list[Path]:
    paths = []
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content)
        paths.append(path)
    return paths


def test_the_members_of_a_zip_are_files_of_their_own(checker: Checker, tmp_path: Path) -> None:
    archive = zipped({"b/claims.csv": CSV, "a.837": X12, "c.jsonl": JSONL, "again.837": X12, ".hidden": b"x"})
    result = checker.check_files(write(tmp_path, in_zip=archive))
    assert (result.summary.claims, result.summary.files) == (17, 4)
    assert told(result) == [("in.zip/again.837", "file-duplicate"), ("in.zip", "files-passed-over")]
    assert {finding.file for finding in result.findings} == {"in.zip/a.837"}
    by_place = {claim.file: (claim.row is None, claim.segment_number is None) for claim in result.claims}
    assert by_place["in.zip/a.837"] == (True, False)


def test_gzip_is_read_under_its_own_name_and_in_several_pieces(checker: Checker, tmp_path: Path) -> None:
    half = X12.index(b"HL*8")
    pieces = compressed(X12[:half]) + compressed(X12[half:])
    result = checker.check_files(write(tmp_path, claims_837_gz=pieces, t_csv_gz=compressed(CSV)))
    assert result.summary.claims == 16
    assert told(result) == []
    assert {finding.file for finding in result.findings} == {"claims.837.gz"}


def encrypted() -> bytes:
    content = bytearray(zipped({"a.837": X12, "b.csv": CSV}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + at] |= 1
    return bytes(content)


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("a.837")
        member.size = len(X12)
        archive.addfile(member, io.BytesIO(X12))
    return out.getvalue()


def wrong_sum() -> bytes:
    content = bytearray(zipped({"a.csv": CSV}))
    content[content.index(b"PK\x03\x04") + 14] ^= 0xFF
    content[content.index(b"PK\x01\x02") + 16] ^= 0xFF
    return bytes(content)


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (encrypted(), "in.zip/a.837: encrypted"),
        (zipped({"in.zip": zipped({"a.837": X12})}), "in.zip/in.zip: a zip archive inside a compressed file"),
        (zipped({"a.gz": compressed(X12)}), "in.zip/a.gz: a gzip file inside"),
        (compressed(zipped({"a.837": X12})), "in.zip: a zip archive inside"),
        (compressed(tar()), "in.zip: a tar archive inside"),
        (zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "an Office document. Expected: the sheet saved"),
        (zipped({".DS_Store": b"x"}), "a zip archive with no files in it"),
        (zipped({}), "a zip archive with no files in it"),
        (zipped({"a.csv": CSV})[:-10], "cut off: its directory is missing"),
        (compressed(X12)[:-100], "damaged or cut off"),
        (b"\x1f\x8b" + b"junk" * 10, "damaged or cut off"),
        (wrong_sum(), "in.zip/a.csv: the compressed file is damaged"),
        (b"BZh91AY&SY", "compressed in a way that is not supported"),
    ],
    ids=lambda value: value if isinstance(value, str) else "archive",
)  # fmt: skip
def test_what_is_refused_says_why_and_the_other_file_is_read(
    archive: bytes, said: str, checker: Checker, tmp_path: Path
) -> None:
    result = checker.check_files(write(tmp_path, in_zip=archive, other_jsonl=JSONL))
    assert result.summary.claims >= 1
    refused = [fault for fault in result.faults if fault.fault == "file-unreadable"]
    assert refused
    assert said.split(": ", 1)[-1].lower() in refused[0].message.lower()
    assert refused[0].source_file.startswith("in.zip")
    assert result.summary.claims_unread


def test_the_sound_members_beside_an_encrypted_one_are_read(checker: Checker, tmp_path: Path) -> None:
    result = checker.check_files(write(tmp_path, in_zip=encrypted()))
    assert result.summary.claims == 1
    assert told(result) == [("in.zip/a.837", "file-unreadable")]


class TestBombs:
    def test_ten_thousand_members_are_refused_before_one_is_read(self) -> None:
        archive = zipped({f"{number}.csv": b"" for number in range(10_000)})
        with pytest.raises(UnreadableInput, match=r"a zip archive of 10,000 members\. Expected: at most 5,000"):
            contents(io.BytesIO(archive), name="in.zip")

    def test_a_directory_that_lies_about_its_number_is_refused_by_its_size(self) -> None:
        archive = bytearray(zipped({f"{number}.csv": b"" for number in range(200)}))
        end = archive.rindex(b"PK\x05\x06")
        struct.pack_into("<2H", archive, end + 8, 1, 1)
        with pytest.raises(UnreadableInput, match="Expected: at most 3"):
            contents(io.BytesIO(bytes(archive)), name="in.zip", limits=Limits(members=3))

    @pytest.mark.parametrize(
        "packed", [compressed(bytes(80_000_000), 9), zipped({"zeros.csv": bytes(80_000_000)})], ids=["gzip", "zip"]
    )
    def test_a_member_that_swells_is_refused_on_the_way(self, packed: bytes) -> None:
        (member,) = contents(io.BytesIO(packed), name="in").members
        with pytest.raises(UnreadableInput, match="200 times as large: refused as a bomb"):
            member.open()

    def test_the_sizes_that_an_archive_declares_are_not_believed(self) -> None:
        archive = bytearray(zipped({"zeros.csv": bytes(80_000_000)}))
        struct.pack_into("<L", archive, archive.index(b"PK\x01\x02") + 24, 10)
        (member,) = contents(io.BytesIO(bytes(archive)), name="in").members
        with pytest.raises(UnreadableInput):
            member.open()

    def test_all_members_together_are_limited(self) -> None:
        archive = zipped({name: os.urandom(1000) for name in ("a", "b", "c")})
        first, second, third = contents(io.BytesIO(archive), name="in", limits=Limits(bytes=2_500)).members
        for member in (first, second):
            member.open().close()
        with pytest.raises(UnreadableInput, match="more than 2,500 bytes"):
            third.open()


OTHERS = {
    "i.837": (b"HC", b"005010X223A2", b"837", "an 837I"),
    "r.835": (b"HP", b"005010X221A1", b"835", "an 835"),
    "a.277": (b"HN", b"005010X214", b"277", "a 277CA"),
    "a.999": (b"FA", b"005010X231A1", b"999", "a 999"),
}


def other_transaction(group: bytes, version: bytes, kind: bytes) -> bytes:
    header = X12[: X12.index(b"~") + 1]
    return header + (
        b"GS*%s*A*B*20241003*0900*1*X*%s~ST*%s*0001*%s~BHT*1~SE*3*0001~GE*1*1~IEA*1*000000001~"
        % (group, version, kind, version)
    )


class TestFolders:
    def test_fifty_mixed_files(self, checker: Checker, tmp_path: Path) -> None:
        folder = tmp_path / "inbox"
        (folder / "below" / "deep").mkdir(parents=True)
        (folder / ".git").mkdir()
        (folder / ".git" / "x.837").write_bytes(X12)
        for number in range(10):
            (folder / f"{number}.csv").write_bytes(CSV.replace(b"A,", b"C%d," % number))
            (folder / "below" / f"{number}.jsonl").write_bytes(JSONL.replace(b'"B"', b'"J%d"' % number))
            (folder / "below" / "deep" / f"{number}.csv.gz").write_bytes(
                compressed(CSV.replace(b"A,", b"G%d," % number))
            )
            (folder / f"{number}.txt").write_bytes(b"a letter %d" % number)
        (folder / "clinic.837").write_bytes(X12)
        (folder / "copy.837").write_bytes(X12)
        (folder / "empty.837").write_bytes(b"")
        (folder / "letter.pdf").write_bytes(b"%PDF-1.7\n")
        for name, (group, version, kind, _) in OTHERS.items():
            (folder / name).write_bytes(other_transaction(group, version, kind))
        for name in (".hidden.csv", "~$claims.xlsx", ".~lock.claims.csv#", "x.csv.part"):
            (folder / name).write_bytes(CSV)
        (folder / "pack.zip").write_bytes(zipped({"z.csv": CSV.replace(b"A,", b"Z,")}))
        result = checker.check_files([folder])
        assert result.summary.claims == 15 + 10 + 10 + 10 + 1
        assert result.summary.files == 49
        faults = dict(told(result))
        assert faults["inbox/copy.837"] == "file-duplicate"
        assert faults["inbox/letter.pdf"] == faults["inbox/empty.837"] == faults["inbox/3.txt"] == "file-unreadable"
        assert result.summary.claims_unread
        passed = [fault.message for fault in result.faults if fault.fault == "files-passed-over"]
        assert passed == ["5 hidden, lock or temporary files skipped."]
        recognized = {fault.source_file: fault.message for fault in result.faults if fault.fault == "transaction-type"}
        assert set(recognized) == {f"inbox/{name}" for name in OTHERS}
        for name, (*_, what) in OTHERS.items():
            assert what in recognized[f"inbox/{name}"]
        assert "inbox/pack.zip/z.csv" not in faults
        assert checker.check_files([folder]) == result

    def test_an_empty_folder_is_told(self, checker: Checker, tmp_path: Path) -> None:
        with pytest.raises(UnreadableInput, match="a folder with no files in it"):
            checker.check_files([tmp_path])

    @pytest.mark.skipif(os.name != "posix", reason="needs links and pipes")
    def test_links_in_circles_and_pipes_do_not_hold_it_up(self, checker: Checker, tmp_path: Path) -> None:
        folder = tmp_path / "inbox"
        folder.mkdir()
        (folder / "a.csv").write_bytes(CSV)
        (folder / "round").symlink_to(folder, target_is_directory=True)
        os.mkfifo(folder / "pipe")
        result = checker.check_files([folder])
        assert result.summary.claims == 1
        assert sorted(told(result)) == [("inbox", "files-passed-over"), ("inbox/pipe", "file-unreadable")]

    def test_a_file_that_was_named_and_stands_in_the_folder_is_read_once(
        self, checker: Checker, tmp_path: Path
    ) -> None:
        (tmp_path / "a.csv").write_bytes(CSV)
        result = checker.check_files([tmp_path / "a.csv", tmp_path])
        assert result.summary.claims == 1
        assert [fault for _, fault in told(result)] == ["file-duplicate"]


@pytest.mark.parametrize("content", [CSV, compressed(CSV), zipped({"a.csv": CSV})], ids=["plain", "gzip", "zip"])
def test_standard_input_of_any_kind(content: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cleanclaim", "check", "-", "--format", "json"],
        input=content, capture_output=True, check=False, cwd=ROOT,
    )  # fmt: skip
    result = json.loads(done.stdout)
    assert (result["summary"]["claims"], result["faults"]) == (1, [])
    # Neither payer nor modifiers are told: it cannot be said, and that is no success.
    assert (done.returncode, result["claims"][0]["verdict"]) == (1, "cannot say")
