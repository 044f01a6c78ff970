"""What all listings have in common: headers that vary, rows of blanks, files cut off, a --release that is none."""

from pathlib import Path

import pytest

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications import asp_csv, ncci_add_on, ncci_mue, recognize
from cleanclaim.reference.publications.source import Source
from tests.reference.publications import addendum_file, asp_file, limit, mue_file, notes_file

MUE_NAME = "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv"
AOC_HEADER = "AOC_Edit_Type\tAdd-On_Code\tAOC_DelDT\tPrimary_Code\tPrimary_Code_DelDT\tAOC_Edit_EffDT\tAOC_Edit_DelDT"


def changed(path: Path, old: str, new: str) -> Path:
    text = path.read_bytes().decode("cp1252")
    assert old in text
    path.write_bytes(text.replace(old, new).encode("cp1252"))
    return path


def test_blanks_and_capitals_in_a_header_do_not_count(tmp_path: Path) -> None:
    path = asp_file(tmp_path / "asp.csv", [limit("J9271", "60.291")])
    expected = asp_csv.parse(Source.read(path)).tables["asp_limit"]
    changed(path, "HCPCS Code Dosage", " hcpcs code  DOSAGE")
    assert recognize(Source.read(path)) is asp_csv
    assert asp_csv.parse(Source.read(path)).tables["asp_limit"].equals(expected)


def test_a_row_of_blanks_is_no_row(tmp_path: Path) -> None:
    path = asp_file(tmp_path / "asp.csv", [limit("J9271", "60.291")])
    path.write_bytes(path.read_bytes() + b'" ",,  ,\r\n')
    parsed = asp_csv.parse(Source.read(path))
    assert (parsed.read, parsed.kept, parsed.set_aside) == (1, 1, ())


def test_a_file_that_ends_in_the_middle_of_a_row_is_refused(tmp_path: Path) -> None:
    mue = mue_file(
        tmp_path / MUE_NAME, ["J9271,400,3 Date of Service Edit: Clinical,Prescribing Information", "J9272,1,3"]
    )
    mue.write_bytes(mue.read_bytes().rstrip())
    add_on = tmp_path / "AOC_V2026Q3-MCR.txt"
    add_on.write_text(f"{AOC_HEADER}\n1\t96366\t\t96365\t\t2013001\t\n1\t963", newline="")
    for importer, path in ((ncci_mue, mue), (ncci_add_on, add_on)):
        with pytest.raises(UnreadableInput, match=r"row \d+, the last, ends in the middle: the file was cut off"):
            importer.parse(Source.read(path))
        path.write_bytes(path.read_bytes() + b"\n")  # a short row above the end is read, or set aside
        assert importer.parse(Source.read(path)).read == 2


def test_blanks_that_are_left_of_a_record_tell_that_the_file_was_cut_off(tmp_path: Path) -> None:
    path = asp_file(tmp_path / "asp.csv", [limit("J9271", "60.291")])
    path.write_bytes(path.read_bytes() + b"  ")
    with pytest.raises(UnreadableInput, match="the file was cut off"):
        asp_csv.parse(Source.read(path))


def test_a_release_that_is_no_quarter_is_told_with_the_file(tmp_path: Path) -> None:
    files = [addendum_file(tmp_path / "b.csv", ["J9271"]), notes_file(tmp_path / "notes.txt", {"0001": ["A NOTE"]})]
    for path in files:
        source = Source.read(path, release="summer")
        with pytest.raises(UnreadableInput, match=rf"{path.name}: --release 'summer' names no quarter"):
            recognize(source).parse(source)
