"""Imports of several files and folders: what is known goes in, what is not is told, the index is built once."""

from datetime import date
from pathlib import Path

import pytest

from cleanclaim.errors import UnknownPublication, UnreadableInput
from cleanclaim.reference import importing, publications
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.importing import import_files
from cleanclaim.reference.library import Library
from tests.reference.publications import asp_file, limit, mue_file
from tests.reference.test_imports import JULY, tree

MUE_ROW = "J9271,400,3 Date of Service Edit: Clinical,Clinical: Data"
JANUARY_2026 = "January 1, 2026 through March 31, 2026"


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """Two publications, one in a folder of its own; a letter, a hidden file, a file that is cut."""
    folder = tmp_path / "downloads"
    (folder / "inner").mkdir(parents=True)
    asp_file(folder / "asp.csv", [limit("J9271", "59.000")], JULY)
    mue_file(folder / "inner" / "MCR_MUE_PractitionerServices_Eff_07-01-2025.csv", [MUE_ROW])
    (folder / "letter.pdf").write_bytes(b"%PDF-1.7 no publication")
    (folder / ".DS_Store").write_bytes(b"\x00")
    asp_file(folder / "twice.csv", [limit("J9271", "59.000")] * 2, JANUARY_2026)
    return folder


def test_a_folder_is_walked_and_what_is_refused_does_not_stop_the_others(library: Path, downloads: Path) -> None:
    run = import_files(library, [downloads])
    assert {one.manifest.label for one in run.reports} == {"asp 2025-Q3 r1", "mue 2025-Q3 practitioner r1"}
    told = {Path(one.place).name: (one.why, one.known) for one in run.refused}
    assert set(told) == {"letter.pdf", "twice.csv"}
    assert told["letter.pdf"][0].startswith("no importer recognizes it (it starts with '%PDF-1.7")
    assert "Known are" not in told["letter.pdf"][0]
    assert told["letter.pdf"][1] is False
    assert told["twice.csv"][0].startswith("asp_limit: J9271 has two rows")
    answer = Lookup.open(library).code("J9271", date(2025, 8, 1))
    assert (str(answer.payment_limit), str(answer.mue)) == ("59.000", "400")


def test_the_index_is_built_once(library: Path, downloads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Library] = []
    real = importing.write_index
    monkeypatch.setattr(importing, "write_index", lambda opened: (built.append(opened), real(opened)))
    import_files(library, [downloads])
    assert [len(one.releases) for one in built] == [7]
    import_files(library, [downloads])  # nothing new: nothing to build
    assert len(built) == 1


def test_the_same_folder_again_changes_nothing(library: Path, downloads: Path) -> None:
    import_files(library, [downloads])
    before = tree(library)
    again = import_files(library, [downloads])
    assert [one.already_there for one in again.reports] == [True, True]
    assert tree(library) == before


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Oct 2025 ASP Pricing File REVISED.csv", "version of Oct 2025 ASP Pricing File 091725.csv"),
        ("a.07.25.25.csv", "b.06.26.25.csv"), ("a 010126.csv", "b 122925.csv"),
    ],
)  # fmt: skip
def test_of_two_issues_in_a_folder_the_later_has_the_say(
    library: Path, tmp_path: Path, first: str, second: str
) -> None:
    folder = tmp_path / "issues"
    folder.mkdir()
    asp_file(folder / first, [limit("J9271", "2.000")], JULY)
    asp_file(folder / second, [limit("J9271", "1.000")], JULY)
    run = import_files(library, [folder])
    assert [one.manifest.file_name for one in run.reports] == [second, first]
    assert run.reports[1].replaces == "asp 2025-Q3 r1"
    assert str(Lookup.open(library).code("J9271", date(2025, 8, 1)).payment_limit) == "2.000"


def test_files_that_are_named_keep_their_order(library: Path, tmp_path: Path) -> None:
    one = asp_file(tmp_path / "b.csv", [limit("J9271", "1.000")], JULY)
    two = asp_file(tmp_path / "a.csv", [limit("J9271", "2.000")], JULY)
    run = import_files(library, [one, two])
    assert [(report.manifest.file_name, report.manifest.revision) for report in run.reports] == [
        ("b.csv", 1),
        ("a.csv", 2),
    ]


def test_a_path_that_is_not_there_stops_before_anything_is_imported(library: Path, downloads: Path) -> None:
    before = tree(library)
    with pytest.raises(UnreadableInput, match="there is no such file or folder"):
        import_files(library, [downloads, downloads / "absent"])
    assert tree(library) == before


def test_progress_counts_files(library: Path, downloads: Path) -> None:
    told: list[tuple[str, int, int]] = []
    import_files(library, [downloads], watch=lambda *step: told.append(step))
    assert [step[1:] for step in told] == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert told[0][0].startswith("reading ")
    assert told[-1][0] == "building the look-up index"


def test_nothing_is_guessed_of_a_nearly_known_header(tmp_path: Path) -> None:
    from cleanclaim.reference.publications.source import Source  # noqa: PLC0415

    path = mue_file(tmp_path / "MCR_MUE_PractitionerServices_Eff_07-01-2025.csv", [MUE_ROW])
    path.write_bytes(path.read_bytes().replace(b"MUE Adjudication Indicator", b"MAI"))
    with pytest.raises(UnknownPublication, match=r"lacks `MUE Adjudication Indicator` and has .*`MAI`"):
        publications.recognize(Source.read(path))
