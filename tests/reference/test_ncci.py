"""NCCI files in the official layouts, quirks included: unlikely edits, pairs of codes, add-on codes."""

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cleanclaim.errors import OverlappingValidity, UnknownPublication, UnreadableInput
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.importing import import_file, import_files
from cleanclaim.reference.library import Library
from cleanclaim.reference.manifest import Covered
from cleanclaim.reference.publications import ncci_add_on, ncci_mue, ncci_ptp, recognize
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import OPEN_END, Interval
from tests.reference.publications import ADD_ON_HEADER, PTP_HEADING, mue_file, pair, ptp_file
from tests.reference.workbook import write_workbook

QUARTER = Interval(date(2026, 7, 1), date(2026, 9, 30))
MUE_NAME = "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv"
MUE_ROWS = [
    "J9271,400,3 Date of Service Edit: Clinical,Clinical: Data",
    "0001U,1,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction",
    "A9500,3,1 Line Edit,",
]


def rows_of(parsed: Parsed, table: str) -> list[dict[str, object]]:
    return parsed.tables[table].to_pylist()


class TestUnlikelyEdits:
    def test_a_file_as_published(self, tmp_path: Path) -> None:
        source = Source.read(mue_file(tmp_path / MUE_NAME, MUE_ROWS))
        assert recognize(source) is ncci_mue
        parsed = ncci_mue.parse(source)
        assert (parsed.release, parsed.series, parsed.effective) == ("2026-Q3", "practitioner", QUARTER)
        assert parsed.coverage == (Covered("mue", None, QUARTER, "practitioner"),)
        assert (parsed.read, parsed.kept, parsed.set_aside, parsed.notes) == (3, 3, (), ())
        by_code = {row["hcpcs_code"]: row for row in rows_of(parsed, "mue")}
        assert by_code["J9271"] == {
            "hcpcs_code": "J9271", "service_type": "practitioner", "mue_value": Decimal(400),
            "mue_adjudication_indicator": 3, "rationale": "Clinical: Data",
            "valid_from": QUARTER.first, "valid_to": QUARTER.last,
        }  # fmt: skip
        assert by_code["A9500"]["rationale"] is None

    @pytest.mark.parametrize(
        ("service", "name", "expected"),
        [
            ("Outpatient Hospital Services", "a.csv", "outpatient"), ("DME Supplier Services", "a.csv", "dme"),
            ("", "MCR_MUE_DMESupplierServices.csv", "dme"),
        ],
    )  # fmt: skip
    def test_the_service_is_told_by_the_header_or_the_name(
        self, tmp_path: Path, service: str, name: str, expected: str
    ) -> None:
        source = Source.read(mue_file(tmp_path / name, MUE_ROWS, service), release="2026-Q3")
        assert (ncci_mue.parse(source).series, ncci_mue.parse(source).release) == (expected, "2026-Q3")

    def test_a_workbook_has_the_same_rows(self, tmp_path: Path) -> None:
        header = ["HCPCS/\nCPT Code", "Practitioner Services MUE Values", "MUE Adjudication Indicator", "MUE Rationale"]
        cells = [["J9271", 400.0, "3 Date of Service Edit: Clinical", "Clinical: Data"], ["0001U", 1.0, "2 x", ""]]
        path = write_workbook(tmp_path / "Eff_07-01-2026.xlsx", [["Notice"], header, *cells])
        parsed = ncci_mue.parse(Source.read(path))
        assert [(row["hcpcs_code"], row["mue_value"]) for row in rows_of(parsed, "mue")] == [
            ("J9271", Decimal(400)), ("0001U", Decimal(1)),
        ]  # fmt: skip

    def test_rows_that_are_none_are_set_aside(self, tmp_path: Path) -> None:
        odd = ["J1,1,1 Line Edit,x", "J0001,many,1 Line Edit,x", "J0002,1,4 Something,x", "J0003,1,30,x", ",,,"]
        parsed = ncci_mue.parse(Source.read(mue_file(tmp_path / MUE_NAME, MUE_ROWS + odd)))
        assert (parsed.read, parsed.kept) == (7, 3)
        assert [(one.reason, one.key) for one in parsed.set_aside] == [
            ("no code in the first column", "J1"), ("no number of units", "J0001"),
            ("no adjudication indicator 1, 2 or 3", "J0002"), ("no adjudication indicator 1, 2 or 3", "J0003"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "release", "told"),
        [
            ("mue.csv", None, "--release 2026-Q3"), (MUE_NAME, "2026-Q2", "named for 2026-Q3, not for 2026-Q2"),
            ("Eff_13-01-2026.csv", None, "is no day"), ("mue.csv", "summer", "names no quarter"),
        ],
    )  # fmt: skip
    def test_a_quarter_that_is_not_known_is_refused(
        self, tmp_path: Path, name: str, release: str | None, told: str
    ) -> None:
        with pytest.raises(UnreadableInput, match=told):
            ncci_mue.parse(Source.read(mue_file(tmp_path / name, MUE_ROWS), release=release))

    def test_a_cut_file_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ncci_mue, "FEWEST_ROWS", {"practitioner": 4})
        path = mue_file(tmp_path / MUE_NAME, MUE_ROWS)
        with pytest.raises(UnreadableInput, match="3 codes, expected at least 4"):
            ncci_mue.parse(Source.read(path))
        excerpt = ncci_mue.parse(Source.read(path, partial=True))
        assert {(one.key, one.part) for one in excerpt.coverage} == {
            ("J9271", "practitioner"), ("0001U", "practitioner"), ("A9500", "practitioner"),
        }  # fmt: skip

    def test_a_changed_header_is_told(self, tmp_path: Path) -> None:
        path = mue_file(tmp_path / MUE_NAME, MUE_ROWS)
        path.write_bytes(path.read_bytes().replace(b"MUE Rationale", b"Reason"))
        with pytest.raises(UnknownPublication, match=r"unlikely edits.*lacks `MUE Rationale` and has .*`Reason`"):
            recognize(Source.read(path))

    @pytest.mark.usefixtures("starter")
    def test_one_service_says_nothing_about_another(self, tmp_path: Path) -> None:
        """The starter set has J9271 for practitioners and DME in 2024 Q3; an import speaks for practitioners alone."""
        name = "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"
        import_file(tmp_path / "library", mue_file(tmp_path / name, MUE_ROWS[1:]))
        lookup, day = Lookup.open(tmp_path / "library"), date(2024, 8, 1)
        practitioner = lookup.code("J9271", day)
        assert practitioner.mue is None
        assert "no MUE value is published for J9271" in str(practitioner.why)
        dme = lookup.code("J9271", day, service_type="dme")
        assert (dme.mue, dme.releases[-1]) == (0, "starter: MUE 2024-Q3")
        assert "no MUE value is published" in str(lookup.code("J9271", day, service_type="outpatient").why)
        rows = Library.open(tmp_path / "library", presume=False).table("coverage").to_pylist()
        told = {(row["part"], row["key"], row["release"]) for row in rows if row["table"] == "mue"}
        assert told == {
            ("practitioner", None, "mue 2024-Q3 practitioner r1"),
            ("dme", "J9271", "starter: MUE"), ("outpatient", "J9271", "starter: MUE"),
        }  # fmt: skip


PTP_NAME = "ccipra-v322r0-f1.TXT"


def parse_ptp(path: Path) -> Parsed:
    return ncci_ptp.parse(Source.read(path))


class TestPairs:
    def test_a_file_as_published(self, tmp_path: Path) -> None:
        rows = [
            pair("0001A", "0591T", "20220101", "20231231"),
            pair("0001A", "90473", "20220101", "20220101", "9"),
            pair("96365", "36000", "19960101", existed="*", indicator="0"),
            pair("J9271", "36000", "20240101"),
        ]
        source = Source.read(ptp_file(tmp_path / PTP_NAME, rows))
        assert recognize(source) is ncci_ptp
        parsed = ncci_ptp.parse(source)
        assert (parsed.release, parsed.series, parsed.effective) == ("2026-Q3", "practitioner", QUARTER)
        assert (parsed.read, parsed.kept, parsed.set_aside, parsed.notes) == (4, 4, (), ())
        first, taken_back, old, active = rows_of(parsed, "ptp")
        assert first == {
            "ptp_column_one": "0001A", "ptp_column_two": "0591T", "service_type": "practitioner",
            "span_from": date(2022, 1, 1), "span_to": date(2023, 12, 31), "modifier_indicator": 1,
            "rationale": "Misuse of Column Two code", "valid_from": date(2022, 1, 1), "valid_to": date(2023, 12, 31),
        }  # fmt: skip
        assert taken_back["modifier_indicator"] == 9
        assert (old["span_to"], old["valid_to"], old["modifier_indicator"]) == (OPEN_END, QUARTER.last, 0)
        assert (active["span_to"], active["valid_to"]) == (OPEN_END, QUARTER.last)

    def test_a_workbook_and_the_hospitals(self, tmp_path: Path) -> None:
        cells = [
            *PTP_HEADING,
            ["0001A", "0591T", "", 20220101.0, "*", 1.0, "x"],
            ["J9271", "36000", "", "20240101", "*", "0", ""],
        ]
        parsed = parse_ptp(write_workbook(tmp_path / "ccioph-v303r1-f2.xlsx", cells))
        assert (parsed.release, parsed.series, parsed.kept) == ("2024-Q4", "outpatient", 2)
        assert [row["rationale"] for row in rows_of(parsed, "ptp")] == ["x", None]

    def test_spans_of_one_pair(self, tmp_path: Path) -> None:
        rows = [
            pair("90471", "99211", "20000101", "20191231", "0"),
            pair("90471", "99211", "20200101", "20210930", "0"),
            pair("90471", "99211", "20211001"),
            pair("90471", "99212", "20000101", "20200101"),  # its last day is the first of the next
            pair("90471", "99212", "20200101"),
            pair("90471", "99213", "20200101", "20200101", "9"),  # taken back, and begun again on the same day
            pair("90471", "99213", "20200101"),
            pair("90471", "99214", "20200101"),
            pair("90471", "99214", "20200101"),
        ]
        parsed = parse_ptp(ptp_file(tmp_path / PTP_NAME, rows))
        assert (parsed.read, parsed.kept) == (9, 7)
        assert {(one.reason, one.key) for one in parsed.set_aside} == {
            ("taken back (9) on days of another edit of the pair", "90471 99213"),
            ("the same pair for the same days again", "90471 99214"),
        }
        assert parsed.notes == ("1 edits run into a later one of their pair: they end the day before it",)
        cut = [row for row in rows_of(parsed, "ptp") if row["ptp_column_two"] == "99212"]
        assert [(row["span_to"], row["valid_to"]) for row in cut] == [
            (date(2020, 1, 1), date(2019, 12, 31)), (OPEN_END, QUARTER.last),
        ]  # fmt: skip

    def test_two_edits_that_begin_on_one_day_are_refused(self, tmp_path: Path) -> None:
        rows = [pair("90471", "99214", "20200101", "20201231", "0"), pair("90471", "99214", "20200101")]
        with pytest.raises(OverlappingValidity, match="ptp: 90471 99214 practitioner has two rows"):
            parse_ptp(ptp_file(tmp_path / PTP_NAME, rows))

    def test_records_that_are_none_are_set_aside(self, tmp_path: Path) -> None:
        rows = [
            pair("0001A", "0591T", "20220101"),
            pair("0001A", "591", "20220101"),
            pair("0001A", "0592T", "2022"),
            pair("0001A", "0593T", "20220101", "never"),
            pair("0001A", "0594T", "20220101", indicator="2"),
            pair("0001A", "0595T", "20220101", "20211231"),
            "0001A,0596T,too,few",
            ",,,,,,",
        ]
        parsed = parse_ptp(ptp_file(tmp_path / PTP_NAME, rows))
        assert (parsed.read, parsed.kept) == (7, 1)
        assert {(one.reason, one.key) for one in parsed.set_aside} == {
            ("not two codes", "0001A 591"), ("no first day (YYYYMMDD)", "0001A 0592T"),
            ("neither a last day (YYYYMMDD) nor *", "0001A 0593T"), ("no modifier indicator 0, 1 or 9", "0001A 0594T"),
            ("ended before 1996 or before it began", "0001A 0595T"), ("not seven columns", "0001A"),
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "first", "told"),
        [("pairs.txt", "20220101", "as `ccipra-v322r0-f1.TXT`"), (PTP_NAME, "20261001", "begins on 2026-10-01")],
    )
    def test_a_version_that_is_not_known_or_wrong_is_refused(
        self, tmp_path: Path, name: str, first: str, told: str
    ) -> None:
        with pytest.raises(UnreadableInput, match=told):
            parse_ptp(ptp_file(tmp_path / name, [pair("0001A", "0591T", first)]))


FIRST = [pair("0001A", "0591T", "20220101", "20231231"), pair("25441", "G0471", "20220101")]
LAST = [pair("25442", "01810", "20220101"), pair("U0003", "U0004", "20220101")]


@pytest.mark.usefixtures("starter")
class TestPieces:
    def test_all_files_are_one_release(self, tmp_path: Path) -> None:
        folder = tmp_path / "downloads"
        folder.mkdir()
        ptp_file(folder / "ccipra-v322r0-f2.TXT", LAST)
        ptp_file(folder / "ccipra-v322r0-f1.TXT", FIRST)
        cells = [*PTP_HEADING, *(row.split(",") for row in FIRST)]
        write_workbook(folder / "ccipra-v322r0-f1.xlsx", cells)
        library = tmp_path / "library"
        run = import_files(library, [folder])
        (report,) = run.reports
        manifest = report.manifest
        assert manifest.label == "ptp 2026-Q3 practitioner r1"
        assert manifest.file_name == "ccipra-v322r0-f1.TXT, ccipra-v322r0-f2.TXT"
        assert (manifest.read, manifest.kept) == (4, 4)
        told = Interval(date(1996, 1, 1), QUARTER.last)
        assert manifest.coverage == (Covered("ptp", None, told, "practitioner"),)
        assert [(one.member, one.reason) for one in run.aside] == [
            ("ccipra-v322r0-f1.xlsx", "the same piece of its release as ccipra-v322r0-f1.TXT, which was read")
        ]
        assert run.refused == []
        table = Library.open(library, presume=False).table("ptp").to_pylist()
        assert len(table) == 4
        assert {row["release"] for row in table} == {"ptp 2026-Q3 practitioner r1"}
        again = import_files(library, [folder])
        assert [one.already_there for one in again.reports] == [True]

    def test_the_archives_of_the_publisher(self, tmp_path: Path) -> None:
        """One zip for each file of the release, with the text and the workbook in it."""
        for number, rows in ((1, FIRST), (2, LAST)):
            text = ptp_file(tmp_path / f"ccipra-v322r0-f{number}.TXT", rows)
            cells = [*PTP_HEADING, *(row.split(",") for row in rows)]
            book = write_workbook(tmp_path / f"ccipra-v322r0-f{number}.xlsx", cells)
            with zipfile.ZipFile(tmp_path / f"practitioner-ptp-edits-ccipra-v322r0-f{number}.zip", "w") as archive:
                for member in (book, text):
                    archive.write(member, member.name)
        run = import_files(tmp_path / "library", sorted(tmp_path.glob("*.zip")))
        (report,) = run.reports
        assert (report.manifest.label, report.manifest.kept) == ("ptp 2026-Q3 practitioner r1", 4)
        assert report.manifest.file_name == "ccipra-v322r0-f1.TXT, ccipra-v322r0-f2.TXT"
        assert [one.member for one in run.aside] == ["ccipra-v322r0-f1.xlsx", "ccipra-v322r0-f2.xlsx"]
        assert run.refused == []

    @pytest.mark.parametrize(
        ("number", "rows", "missing"), [(1, FIRST, "f2"), (2, LAST, "f1")], ids=["last one", "first one"]
    )
    def test_a_missing_file_is_told_and_nothing_is_imported(
        self, tmp_path: Path, number: int, rows: list[str], missing: str
    ) -> None:
        path = ptp_file(tmp_path / f"ccipra-v322r0-f{number}.TXT", rows)
        run = import_files(tmp_path / "library", [path])
        assert run.reports == []
        assert f"file {missing} is missing beside f{number}" in run.refused[0].why
        with pytest.raises(UnreadableInput, match=f"file {missing} is missing"):
            import_file(tmp_path / "library", path)

    def test_files_that_overlap_are_refused(self, tmp_path: Path) -> None:
        one = ptp_file(tmp_path / "ccipra-v322r0-f1.TXT", [*FIRST, pair("30000", "36000", "20220101")])
        two = ptp_file(tmp_path / "ccipra-v322r0-f2.TXT", LAST)
        run = import_files(tmp_path / "library", [one, two])
        assert "goes back from 30000 to 25442" in run.refused[0].why

    def test_a_short_release_is_refused_but_for_an_excerpt(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ncci_ptp, "FEWEST_PAIRS", 1_000_000)
        path = ptp_file(tmp_path / PTP_NAME, LAST)
        assert "2 pairs, expected at least 1000000" in import_files(tmp_path / "library", [path]).refused[0].why
        (report,) = import_files(tmp_path / "library", [path], partial=True).reports
        assert (report.manifest.kept, report.manifest.coverage, report.manifest.thin) == (2, (), True)


ADD_ON_ROWS = [
    ["1", "96366", "", "96365", "", "2013001", "", ""],
    ["2", "0054T", "", "CCCCC", "", "2013001", "", "Contractor Defined Primary Codes"],
    ["1", "0071U", "", "0070U", "2026212", "20190101", "", ""],  # the primary code ends on 31 July
    ["3", "11008", "2020366", "10180", "", "2013001", "", ""],
    ["4", "11009", "", "10180", "", "2013001", "", ""],
    ["1", "1100", "", "10180", "", "2013001", "", ""],
    ["1", "11045", "", "10180", "", "2013400", "", ""],
]


class TestAddOnCodes:
    def check(self, parsed: Parsed) -> None:
        assert (parsed.release, parsed.effective, parsed.read, parsed.kept) == ("2026-Q3", QUARTER, 7, 3)
        assert {(one.reason, one.key) for one in parsed.set_aside} == {
            ("holds on no day of the quarter", "11008"), ("no edit type 1, 2 or 3", "11009"),
            ("not two codes", "1100"), ("a day that is none (YYYYDDD)", "11045"),
        }  # fmt: skip
        rows = {row["add_on_code"]: row for row in rows_of(parsed, "add_on")}
        assert rows["96366"] == {
            "add_on_code": "96366", "primary_code": "96365", "add_on_type": 1,
            "span_from": date(2013, 1, 1), "span_to": OPEN_END, "valid_from": QUARTER.first, "valid_to": QUARTER.last,
        }  # fmt: skip
        assert (rows["0054T"]["primary_code"], rows["0054T"]["add_on_type"]) == ("CCCCC", 2)
        ending = rows["0071U"]
        assert (ending["span_from"], ending["span_to"], ending["valid_to"]) == (
            date(2019, 1, 1), date(2026, 7, 31), date(2026, 7, 31),
        )  # fmt: skip

    def test_a_workbook(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "AOC_V2026Q3-MCR.xlsx", [["Notice"], ADD_ON_HEADER, *ADD_ON_ROWS])
        assert recognize(Source.read(path)) is ncci_add_on
        self.check(ncci_add_on.parse(Source.read(path)))

    @pytest.mark.parametrize("delimiter", ["\t", "|", ","])
    def test_a_text(self, tmp_path: Path, delimiter: str) -> None:
        header = [name.replace("DT", " DT (Julian)") for name in ADD_ON_HEADER]
        lines = [delimiter.join(row) for row in (["Notice", *[""] * 7], header, *ADD_ON_ROWS)]
        path = tmp_path / "AOC_V2026Q3_01-MCR.txt"
        path.write_text("\r\n".join(lines), newline="")
        assert recognize(Source.read(path)) is ncci_add_on
        self.check(ncci_add_on.parse(Source.read(path)))

    def test_a_quarter_that_is_not_known_is_refused(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "add-on.xlsx", [ADD_ON_HEADER, *ADD_ON_ROWS])
        with pytest.raises(UnreadableInput, match="--release 2026-Q3"):
            ncci_add_on.parse(Source.read(path))
        assert ncci_add_on.parse(Source.read(path, release="2026-Q3")).release == "2026-Q3"
