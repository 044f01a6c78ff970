"""Zip archives: what becomes of each member, and which archives are refused."""

import io
import zipfile
from pathlib import Path

import pytest

from cleanclaim.errors import NotImported, UnknownPublication, UnreadableInput
from cleanclaim.reference.importing import import_all, import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.library.storing import ImportReport
from cleanclaim.reference.publications import archive, hcpcs_notes, source
from cleanclaim.reference.publications.archive import MemberSetAside
from tests.reference.conftest import OCTOBER
from tests.reference.publications import asp_file, fixed, fixed_file, hcpcs_file, limit, notes_file
from tests.reference.workbook import write_workbook


@pytest.fixture(autouse=True)
def short_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hcpcs_notes, "FEWEST_NOTES", 1)


def zipped(path: Path, members: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def yearly(tmp_path: Path, *, text_price: str = "51") -> Path:
    """The sheet, the text, notes, a report, a print and a read-me, as the archive of a year has them."""
    records = [record for record in OCTOBER if record[0] in ("   JW", "   JZ", "J9271", "J0013")]
    sheet = hcpcs_file(tmp_path / "HCPC2025_OCT_ANWEB.xlsx", records)
    lines = [
        fixed(str(one[0]), str(one[3]), str(one[9]), record=str(one[2]), price=str(one[5]) and text_price, betos=str(one[7]))
        for one in records
    ]  # fmt: skip
    text = fixed_file(tmp_path / "HCPC2025_OCT_ANWEB.txt", lines)
    notes = notes_file(tmp_path / "proc_notes_OCT2025.txt", {"0001": ["A NOTE."]})
    report = write_workbook(tmp_path / "Trans_Alpha.xlsx", [["HCPCS/MOD", "TYPE OF CHANGE"], ["J9271", "ADD"]])
    members = {path.name: path.read_bytes() for path in (text, sheet, notes, report)}
    return zipped(
        tmp_path / "2025.zip",
        {"README.txt": b"Read me", "Changes.prn": b"J9271 ADD", "folder/": b"", **members, "odd.bin": b"1,2"},
    )


def test_every_member_is_imported_or_told(tmp_path: Path) -> None:
    done = import_all(tmp_path / "library", yearly(tmp_path))
    releases = [one.manifest for one in done if isinstance(one, ImportReport)]
    assert [(one.label, one.archive, one.file_name) for one in releases] == [
        ("hcpcs 2025-Q4 r1", "2025.zip", "HCPC2025_OCT_ANWEB.xlsx"),
        ("hcpcs_notes 2025-Q4 r1", "2025.zip", "proc_notes_OCT2025.txt"),
    ]
    aside = {one.member: one.reason for one in done if isinstance(one, MemberSetAside)}
    assert set(aside) == {"README.txt", "Changes.prn", "HCPC2025_OCT_ANWEB.txt", "Trans_Alpha.xlsx", "odd.bin"}
    assert (
        aside["HCPC2025_OCT_ANWEB.txt"]
        == "the same release as HCPC2025_OCT_ANWEB.xlsx, which was imported, in another format"
    )
    assert "neither the report nor its name tell its quarter" in aside["Trans_Alpha.xlsx"]
    assert "no importer recognizes it" in aside["odd.bin"]
    stored = Library.open(tmp_path / "library").releases
    assert [one.origin for one in stored] == ["2025.zip: HCPC2025_OCT_ANWEB.xlsx", "2025.zip: proc_notes_OCT2025.txt"]
    # A member of its own is the same file.
    assert import_file(tmp_path / "library", tmp_path / "HCPC2025_OCT_ANWEB.xlsx").already_there


def test_two_formats_that_differ_are_told(tmp_path: Path) -> None:
    done = import_all(tmp_path / "library", yearly(tmp_path, text_price="99"))
    aside = {one.member: one.reason for one in done if isinstance(one, MemberSetAside)}
    assert aside["HCPC2025_OCT_ANWEB.txt"].endswith("in another format; 2 rows differ")


def test_a_member_that_can_not_be_read_leaves_the_library_as_it_was(tmp_path: Path) -> None:
    good = asp_file(tmp_path / "good.csv", [limit("J9271", "1.000")])
    bad = asp_file(tmp_path / "bad.csv", [limit("J9271", "1.000")], "the third quarter")
    path = zipped(tmp_path / "a.zip", {"good.csv": good.read_bytes(), "bad.csv": bad.read_bytes()})
    with pytest.raises(UnreadableInput, match=r"a\.zip: bad\.csv"):
        import_all(tmp_path / "library", path)
    assert Library.open(tmp_path / "library").releases == ()


def test_an_archive_without_a_publication_is_told_member_by_member(tmp_path: Path) -> None:
    header = ["CODE", "ACTION", "EFF DATE", "SHORT DESC", "LONG DESC", "TOS "]
    corrections = write_workbook(
        tmp_path / "c.xlsx", [["", "2019 CORRECTIONS"], header, ["J1095", "ADD CODE", "01/0/12019"]]
    )
    path = zipped(tmp_path / "corrections.zip", {"c.xlsx": corrections.read_bytes(), "c.prn": b"J1095 ADD"})
    with pytest.raises(
        UnknownPublication, match=r"no member .* c\.prn: a print report.* c\.xlsx: this is a list of corrections"
    ):
        import_all(tmp_path / "library", path)
    with pytest.raises(NotImported, match="orders in free words"):
        import_file(tmp_path / "library", corrections)
    assert not (tmp_path / "library").exists()


def test_an_archive_that_could_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 2**20)
    monkeypatch.setattr(archive, "MOST_BYTES_TOGETHER", 2**21)
    big = bytes(2**20 + 1)
    for members in ({"big.csv": big}, {f"{number}.csv": bytes(2**20) for number in range(3)}):
        with pytest.raises(UnreadableInput, match="no publication is that large"):
            import_all(tmp_path / "library", zipped(tmp_path / "bomb.zip", members))
    lying = bytearray(zipped(tmp_path / "lying.zip", {"a.csv": big}).read_bytes())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):  # the size that the directory and the member tell
        at = lying.find(mark) + place
        lying[at : at + 4] = (100).to_bytes(4, "little")
    (tmp_path / "lying.zip").write_bytes(lying)
    with pytest.raises(UnreadableInput, match=r"lying\.zip"):
        import_all(tmp_path / "library", tmp_path / "lying.zip")
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    with pytest.raises(UnreadableInput, match="4 members"):
        import_all(tmp_path / "library", zipped(tmp_path / "many.zip", dict.fromkeys("abcd", b"")))


def test_archives_in_archives_and_encrypted_ones_are_refused(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("a.csv", "1,2")
    nested = zipped(tmp_path / "nested.zip", {"inner.zip": inner.getvalue()})
    with pytest.raises(UnreadableInput, match=r"inner\.zip is an archive itself"):
        import_all(tmp_path / "library", nested)
    locked = bytearray(zipped(tmp_path / "locked.zip", {"a.csv": b"1,2"}, compression=zipfile.ZIP_STORED).read_bytes())
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    with pytest.raises(UnreadableInput, match=r"a\.csv is encrypted"):
        import_all(tmp_path / "library", tmp_path / "locked.zip")


def test_an_archive_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = yearly(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UnknownPublication, match="damaged zip archive"):
        import_all(tmp_path / "library", path)
    damaged = bytearray(zipped(tmp_path / "d.zip", {"a.csv": b"1,2\n" * 1000}).read_bytes())
    damaged[60] ^= 0xFF
    (tmp_path / "d.zip").write_bytes(damaged)
    with pytest.raises(UnreadableInput, match="can't be unpacked"):
        import_all(tmp_path / "library", tmp_path / "d.zip")


def test_an_archive_of_several_releases_is_not_one_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="an archive of 2 releases"):
        import_file(tmp_path / "library", yearly(tmp_path))


def test_a_workbook_that_could_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = hcpcs_file(tmp_path / "HCPC2025_OCT_ANWEB.xlsx", OCTOBER)
    monkeypatch.setattr(source, "MOST_BYTES", 2000)
    with pytest.raises(UnreadableInput, match="unpacks to more than"):
        import_file(tmp_path / "library", path)
