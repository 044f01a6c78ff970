"""What the importers of transaction reports and of the coverage index make of their layouts, quirks included."""

from datetime import date
from pathlib import Path

import pytest

from cleanclaim.errors import OverlappingValidity, UnknownPublication, UnreadableInput
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.publications import coverage_documents, hcpcs_changes, recognize
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source
from tests.reference.fee_publications import COVERAGE_HEADER, coverage_file, document
from tests.reference.workbook import Cell, write_workbook


@pytest.fixture(autouse=True)
def short_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hcpcs_changes, "FEWEST_CHANGES", 1)
    monkeypatch.setattr(coverage_documents, "FEWEST_ROWS", 1)


def parse(path: Path, **said: object) -> Parsed:
    source = Source.read(path, **said)  # type: ignore[arg-type]
    parsed = recognize(source).parse(source)
    assert parsed.read == parsed.kept + len(parsed.set_aside)
    return parsed


def rows_of(parsed: Parsed) -> list[dict[str, object]]:
    (table,) = parsed.tables.values()
    return table.to_pylist()


CHANGES: list[list[Cell]] = [
    ["   CS", "Long/Short Description Change", "Cost share waiver", "Cost-sharing waived"],
    ["C9059", "ADD", "Injection, meloxicam", "Injection, meloxicam, 1 mg"],
    ["J0570", "Discontinued", "Buprenorphine implant", "Buprenorphine implant, 74.2 mg"],
    ["D0150", "ADD", "Words of CDT", "Words of CDT"],
    ["A9500", "No Change", "Tc99m sestamibi", "Technetium tc-99m sestamibi"],
    ["   A1", "No change", "Dressing for one wound", "Dressing for one wound"],
    ["J1234", "Renumbered", "x", "x"],
    ["96413", "ADD", "x", "x"],
    ["", "", "", ""],
]


def report(path: Path, rows: list[list[Cell]], header: list[Cell], above: int = 0) -> Path:
    disclaimers: list[list[Cell]] = [["Note regarding coverage and payment indicators"], *[[""]] * above][:above]
    return write_workbook(path, [*disclaimers, header, *rows], "Changes by Action Code")


NEW_HEADER: list[Cell] = ["HCPC", "ACTION CD", "SHORT DESCRIPTION", "LONG DESCRIPTION"]


class TestChanges:
    def test_changes_of_a_quarter(self, tmp_path: Path) -> None:
        parsed = parse(report(tmp_path / "HCPC2020_JUL_trans_alpha.xlsx", CHANGES, NEW_HEADER, above=10))
        assert (parsed.release, parsed.read, parsed.kept) == ("2020-Q3", 8, 4)
        days = (date(2020, 7, 1), date(2020, 9, 30))
        assert [tuple(row.values()) for row in rows_of(parsed)] == [
            (None, "CS", "CS", days[0], "Cost share waiver", "Cost-sharing waived", *days),
            ("C9059", None, "A", days[0], "Injection, meloxicam", "Injection, meloxicam, 1 mg", *days),
            ("J0570", None, "D", days[0], "Buprenorphine implant", "Buprenorphine implant, 74.2 mg", *days),
            ("D0150", None, "A", days[0], None, None, *days),  # CDT: its wording is not free
        ]
        assert {one.reason: one.keys for one in parsed.set_aside_by_reason} == {
            "no change": ("A9500", "A1"),
            "an action that is not in the key": ("J1234 Renumbered",),
            "neither a Level II code nor a modifier": ("96413",),
        }
        assert parsed.notes == ("the quarter is that of the file's name; the report names none",)
        assert [(one.table, one.key) for one in parsed.coverage] == [("hcpcs_change", None)]

    @pytest.mark.parametrize(
        "header",
        [["HCPC/MOD", "ACTION CD"], ["HCPCS/MOD", "TYPE OF CHANGE"], ["HCPCS/Modifier Code", "Type of Change"]],
    )
    def test_older_headers_without_descriptors(self, tmp_path: Path, header: list[Cell]) -> None:
        rows: list[list[Cell]] = [["", ""], ["JG", "ADD"], ["J2274", "Short Description Change"]]
        found = rows_of(parse(report(tmp_path / "HCPC18_Trans_Report_Alpha.xlsx", rows, header)))
        assert [(row["hcpcs_code"], row["modifier"], row["action"], row["descriptor"]) for row in found] == [
            (None, "JG", "A", None), ("J2274", None, "S", None),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("action", "letter"),
        [
            ("Add", "A"), ("Discontinued", "D"), ("Re-activated", "R"), ("Payment Change", "P"), ("Coverage Change", "F"),
            ("Coverage and Long Desc Change", "B"), ("Coverage and Long Description Change", "B"),
            ("Long Description Change", "C"), ("Short Description Change", "S"),
            ("Miscellaneous change (BETOS or Type of Service)", "T"),
        ],
    )  # fmt: skip
    def test_actions_become_letters(self, tmp_path: Path, action: str, letter: str) -> None:
        (row,) = rows_of(parse(report(tmp_path / "HCPC2020_OCT_trans.xlsx", [["J9271", action, "x", "x"]], NEW_HEADER)))
        assert row["action"] == letter

    @pytest.mark.parametrize(
        ("name", "release"),
        [
            ("HCPC2020_APR_trans_alpha.xlsx", "2020-Q2"), ("HCPC2019_Trans_Alpha.xlsx", "2019-Q1"),
            ("HCPC18_Trans_Report_Alpha.xlsx", "2018-Q1"), ("trans_alpha_OCT2020.xlsx", "2020-Q4"),
        ],
    )  # fmt: skip
    def test_the_quarter_stands_in_the_name(self, tmp_path: Path, name: str, release: str) -> None:
        assert parse(report(tmp_path / name, CHANGES, NEW_HEADER)).release == release

    def test_without_a_name_the_user_says_it(self, tmp_path: Path) -> None:
        path = report(tmp_path / "trans_alpha.xlsx", CHANGES, NEW_HEADER)
        with pytest.raises(UnreadableInput, match="say it with --release 2020-Q3"):
            parse(path)
        assert parse(path, release="2020-Q3").release == "2020-Q3"

    def test_a_code_twice_with_one_action_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(OverlappingValidity, match="C9059"):
            parse(report(tmp_path / "HCPC2020_JUL_trans.xlsx", [CHANGES[1], CHANGES[1]], NEW_HEADER))

    def test_a_report_with_few_rows_is_an_excerpt(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hcpcs_changes, "FEWEST_CHANGES", 1000)
        path = report(tmp_path / "HCPC2020_JUL_trans.xlsx", CHANGES, NEW_HEADER)
        with pytest.raises(UnreadableInput, match="4 changes, expected at least 1000"):
            parse(path)
        parsed = parse(path, partial=True)
        assert (parsed.thin, parsed.coverage) == (True, ())


DOCUMENTS = [
    document("L36668", "45", "08/14/2025", "Urine Drug Testing"),
    document("A52571", "133", "08/31/2025", "Self-Administered Drug Exclusion List:", note="Future"),
    document("A52571", "130", "06/01/2025", "Self-Administered Drug Exclusion List:"),
    document(
        "A53022", "109", "06/01/2025", "Self-Administered Drug Exclusion List", retired="06/30/2025", note="Retired"
    ),
    document(
        "L33822", "7", "10/01/2015", "Glucose Monitors \u2013 DME", contractor="CGS\n(DME MAC)\n\nNoridian\n(DME MAC)"
    ),
]


class TestCoverageDocuments:
    def test_versions_with_their_days(self, tmp_path: Path) -> None:
        parsed = parse(coverage_file(tmp_path / "documents_latest_2025-08-17.csv", DOCUMENTS))
        assert (parsed.release, parsed.effective.first, parsed.effective.last) == (
            "2025-08-17", date(2025, 8, 17), date(2025, 8, 17),
        )  # fmt: skip
        found = {(row["display_id"], row["version"]): row for row in rows_of(parsed)}
        days = {key: (str(row["valid_from"]), str(row["valid_to"]), row["status"]) for key, row in found.items()}
        assert days == {
            ("L36668", 45): ("2025-08-14", "9999-12-31", "current"),
            ("A52571", 130): ("2025-06-01", "2025-08-30", "current"),  # until the next version is in force
            ("A52571", 133): ("2025-08-31", "9999-12-31", "future"),
            ("A53022", 109): ("2025-06-01", "2025-06-30", "retired"),
            ("L33822", 7): ("2015-10-01", "9999-12-31", "current"),
        }
        assert [key for key, row in found.items() if row["is_self_administered"]] == [
            ("A52571", 133), ("A52571", 130), ("A53022", 109),
        ]  # fmt: skip
        lcd = found["L36668", 45]
        assert (lcd["document_id"], lcd["document_type"], lcd["note"], lcd["retirement_date"], lcd["updated_on"]) == (
            "36668", "LCD", None, None, date(2025, 8, 6),
        )  # fmt: skip
        assert lcd["contractors"] == "Noridian (MAC - Part A, MAC - Part B)"
        assert lcd["url"] == "https://www.example.org/L36668&ver=45"
        assert found["L33822", 7]["contractors"] == "CGS (DME MAC); Noridian (DME MAC)"
        assert found["L33822", 7]["title"] == "Glucose Monitors \u2013 DME"

    def test_rows_without_number_or_day_are_set_aside(self, tmp_path: Path) -> None:
        rows = [
            *DOCUMENTS[:1],
            document("X1", "1", "08/14/2025", "No document"),
            document("L1", "one", "08/14/2025", "No version"),
            document("L2", "1", "N/A", "No day"),
            document("L3", "1", "02/30/2025", "No day either"),
            document("L4", "1", "08/14/2025", "Ended before", retired="08/13/2025"),
            document("L5", "1", "08/14/2025", "Ended on no day", retired="soon"),
        ]
        parsed = parse(coverage_file(tmp_path / "2025-08-17.csv", rows))
        assert {one.reason: one.keys for one in parsed.set_aside_by_reason} == {
            "no number of a determination (L...) or article (A...)": ("X1",),
            "no number of a version": ("L1",),
            "no effective date": ("L2", "L3"),
            "retired before it was in force": ("L4",),
        }
        assert [row["display_id"] for row in rows_of(parsed)] == ["L36668", "L5"]
        assert [note.split(": ", 1)[1] for note in parsed.notes] == ["'soon' is no day"]

    def test_it_is_complete_for_its_day_and_tells_of_others_until_the_next_index(self, tmp_path: Path) -> None:
        import_file(tmp_path / "library", coverage_file(tmp_path / "d_2025-08-17.csv", DOCUMENTS))
        later = [document("L36668", "46", "11/01/2025", "Urine Drug Testing")]
        import_file(tmp_path / "library", coverage_file(tmp_path / "d_2025-11-20.csv", later))
        library = Library.open(tmp_path / "library")
        rows = library.table("coverage_document").to_pylist()
        told = {(row["display_id"], row["version"]): (str(row["valid_from"]), str(row["valid_to"])) for row in rows}
        assert told["L36668", 45] == ("2025-08-14", "2025-11-19")
        assert told["L36668", 46] == (
            "2025-11-20",
            "9999-12-31",
        )  # what the later index says of days before it is not asked
        assert told["L33822", 7] == ("2015-10-01", "2025-11-19")
        days = [(one.days.first, one.days.last) for one, _ in library.coverage if one.table == "coverage_document"]
        assert days == [(date(2025, 8, 17), date(2025, 8, 17)), (date(2025, 11, 20), date(2025, 11, 20))]

    def test_two_versions_from_one_day_are_refused(self, tmp_path: Path) -> None:
        rows = [document("L36668", version, "08/14/2025", "Urine") for version in ("45", "46")]
        with pytest.raises(OverlappingValidity, match="L36668"):
            parse(coverage_file(tmp_path / "d_2025-08-17.csv", rows))

    def test_the_day_is_asked_for(self, tmp_path: Path) -> None:
        path = coverage_file(tmp_path / "documents_latest.csv", DOCUMENTS)
        with pytest.raises(UnreadableInput, match="say it with --release 2025-08-17"):
            parse(path)
        with pytest.raises(UnreadableInput, match="'2025-Q3' is no day"):
            parse(path, release="2025-Q3")
        assert parse(path, release="2025-08-17").release == "2025-08-17"

    def test_what_was_cut_or_is_no_utf_8_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = coverage_file(tmp_path / "d_2025-08-17.csv", DOCUMENTS)
        whole = path.read_bytes()
        path.write_bytes(whole[: whole.index(b"Glucose")])
        with pytest.raises(UnreadableInput, match="cut off"):
            parse(path)
        path.write_bytes(whole.replace("\u2013".encode(), b"\x96"))
        with pytest.raises(UnreadableInput, match=r"d_2025-08-17\.csv:14: byte 0x96 is no UTF-8 text"):
            parse(path)
        path.write_bytes(whole)
        monkeypatch.setattr(coverage_documents, "FEWEST_ROWS", 1000)
        with pytest.raises(UnreadableInput, match="5 documents, expected at least 1000"):
            parse(path)
        assert parse(path, partial=True).coverage == ()

    def test_a_changed_header_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "d_2025-08-17.csv"
        path.write_text(COVERAGE_HEADER.replace("retirement_date", "ended") + "\n")
        with pytest.raises(UnknownPublication, match="lacks `retirement_date` and has `ended`"):
            recognize(Source.read(path))
