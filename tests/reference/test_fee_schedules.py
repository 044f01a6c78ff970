"""What the importers of the ASC addenda and of the physician fee schedule make of the official layouts, quirks included."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cleanclaim.errors import OverlappingValidity, UnknownPublication, UnreadableInput
from cleanclaim.reference.codes.index import open_index
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.publications import asc_addenda, pfs_gpci, pfs_localities, pfs_rvu, recognize
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source
from cleanclaim.reference.tables import ASC_PAYMENT, PFS_RVU
from tests.reference.fee_publications import asc_file, asc_records, gpci_file, locality_file, rvu, rvu_file
from tests.reference.workbook import write_sheets

Rows = list[dict[str, object]]


@pytest.fixture(autouse=True)
def short_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asc_addenda, "FEWEST_ROWS", {"AA": 1, "BB": 1})
    for importer in (pfs_rvu, pfs_gpci, pfs_localities):
        monkeypatch.setattr(importer, "FEWEST_ROWS", 1)


def parse(path: Path, **said: object) -> Parsed:
    source = Source.read(path, **said)  # type: ignore[arg-type]
    parsed = recognize(source).parse(source)
    assert parsed.read == parsed.kept + len(parsed.set_aside)
    return parsed


def rows_of(parsed: Parsed) -> Rows:
    (table,) = parsed.tables.values()
    return table.to_pylist()


def by_reason(parsed: Parsed) -> dict[str, tuple[str, ...]]:
    return {one.reason: one.keys for one in parsed.set_aside_by_reason}


BB = ["70010,,,N1,,", '77080,**,,Z3,.6,"$1,039.50"', "J9271,,Inj,K2,,51.34", "C9762,,MRI,Z2,5.096445850001047,243.34"]


class TestAsc:
    def test_ancillary_services(self, tmp_path: Path) -> None:
        parsed = parse(asc_file(tmp_path / "bb.csv", BB))
        assert (parsed.release, parsed.series) == ("2020-Q2", "BB")
        assert (parsed.effective.first, parsed.effective.last) == (date(2020, 4, 1), date(2020, 6, 30))
        assert by_reason(parsed) == {"no HCPCS code in the first column": ("NOTE 1:  THE MEDICAR",)}
        rows = {str(row["hcpcs_code"]): row for row in rows_of(parsed)}
        told = ("payment_indicator", "payment_weight", "payment_rate", "patient_share_waived", "subject_to_discounting")
        assert [rows["70010"][name] for name in told] == ["N1", None, None, False, None]
        assert [rows["77080"][name] for name in told] == ["Z3", Decimal("0.6"), Decimal("1039.50"), True, None]
        assert [rows["J9271"][name] for name in told] == ["K2", None, Decimal("51.34"), False, None]
        assert [(one.table, one.key, one.part) for one in parsed.coverage] == [("asc_payment", None, "BB")]

    def test_digits_that_a_spreadsheet_computed_are_rounded_and_told(self, tmp_path: Path) -> None:
        parsed = parse(asc_file(tmp_path / "bb.csv", BB))
        assert rows_of(parsed)[-1]["payment_weight"] == Decimal("5.0964")
        assert parsed.notes == ("row 8 C9762: PAYMENT WEIGHT 5.096445850001047 was rounded to 5.0964",)

    def test_surgical_procedures_have_a_column_more(self, tmp_path: Path) -> None:
        path = asc_file(
            tmp_path / "aa.csv", ["10021,,,Y,P3,.9,60.15", "G0104,**,Sig,N,P3,,"], addendum="AA", when="April 2026"
        )
        parsed = parse(path)
        assert (parsed.release, parsed.series) == ("2026-Q2", "AA")
        told = [
            (row["addendum"], row["subject_to_discounting"], row["patient_share_waived"]) for row in rows_of(parsed)
        ]
        assert told == [("AA", True, False), ("AA", False, True)]

    def test_of_a_workbook_with_both_the_drugs_are_read_and_the_rest_is_told(self, tmp_path: Path) -> None:
        sheets = {
            "AA": [line.split(",") for line in asc_records(["10021,,,Y,P3,.9,60.15"], addendum="AA")],
            "Addendum BB": [line.split(",") for line in asc_records(["J9271,,Inj,K2,,51.34"])],
        }
        parsed = parse(write_sheets(tmp_path / "asc.xlsx", sheets))
        assert [(row["addendum"], row["hcpcs_code"]) for row in rows_of(parsed)] == [("BB", "J9271")]
        assert "of the sheets, Addendum BB was read; AA can be imported from a CSV" in parsed.notes

    @pytest.mark.parametrize(
        ("when", "release", "told"),
        [
            ("CY 2020", None, "its columns name 2020 and no month; say which quarter it is: --release 2020-Q1"),
            ("Proposed CY 2026", None, "the rule proposed for 2026: nobody is paid by it"),
            ("April CY 2020", "2020-Q3", "its columns are for April 2020, not for 2020-Q3"),
            ("CY 2020", "2021-Q1", "its columns are for 2020, not for 2021-Q1"),
        ],
    )
    def test_a_quarter_that_is_not_known_is_asked_for(
        self, tmp_path: Path, when: str, release: str | None, told: str
    ) -> None:
        with pytest.raises(UnreadableInput, match=told):
            parse(asc_file(tmp_path / "bb.csv", BB, when=when), release=release)

    def test_the_quarter_that_the_user_names(self, tmp_path: Path) -> None:
        parsed = parse(asc_file(tmp_path / "bb.csv", BB, when="Final CY 2020"), release="2020-Q1")
        assert (parsed.release, parsed.notes[0]) == (
            "2020-Q1", "the quarter is the one that the user named; the file names only the year 2020",
        )  # fmt: skip

    def test_both_addenda_of_a_quarter_stand_beside_each_other(self, tmp_path: Path) -> None:
        import_file(tmp_path / "library", asc_file(tmp_path / "bb.csv", BB))
        import_file(tmp_path / "library", asc_file(tmp_path / "aa.csv", ["10021,,,Y,P3,.9,60.15"], addendum="AA"))
        library = Library.open(tmp_path / "library", presume=False)
        assert {(row["hcpcs_code"], row["release"]) for row in library.table("asc_payment").to_pylist()} == {
            *((code, "asc_addenda 2020-Q2 BB r1") for code in ("70010", "77080", "J9271", "C9762")),
            ("10021", "asc_addenda 2020-Q2 AA r1"),
        }
        index = open_index(library)
        assert [row["payment_indicator"] for row in index.rows(ASC_PAYMENT, "hcpcs_code", "J9271")] == ["K2"]
        # Procedures stay out of the index: no look-up asks for them.
        assert index.rows(ASC_PAYMENT, "hcpcs_code", "70010") == []


class TestRelativeValues:
    def test_every_column_is_known_by_all_of_its_lines(self, tmp_path: Path) -> None:
        parsed = parse(
            rvu_file(tmp_path / "PPRRVU2025_Oct.csv", [rvu("96413", na="NA", used="+"), rvu("76536", "26"), "see note"])
        )
        assert (parsed.release, parsed.series) == ("2025-Q4", "everyone")
        assert by_reason(parsed) == {"no HCPCS code in the first column": ("SEE NOTE",)}
        row, other = rows_of(parsed)
        assert list(row.values()) == [
            "96413", None, "everyone", "A", True, Decimal("0.28"), Decimal("3.35"), False, Decimal("3.36"), True,
            Decimal("0.06"), Decimal("3.69"), Decimal("3.70"), "5", "XXX", Decimal("0.10"), Decimal("0.80"), Decimal("0.11"),
            "2", "1", "0", "9", "0", None, "52000", Decimal("32.3465"), "09", "0", "99", Decimal("1.10"), Decimal("1.20"),
            Decimal("0.04"), date(2025, 10, 1), date(2025, 12, 31),
        ]  # fmt: skip
        assert (other["hcpcs_code"], other["modifier"], other["facility_na"]) == ("76536", "26", False)
        assert [(one.table, one.key, one.part) for one in parsed.coverage] == [("pfs_rvu", None, "everyone")]

    def test_no_description_is_kept(self, tmp_path: Path) -> None:
        parsed = parse(rvu_file(tmp_path / "rvu.csv", [rvu("96413")]))
        assert "AMA" not in str(rows_of(parsed))
        assert not [name for name in PFS_RVU.names if "descri" in name]

    def test_both_files_of_2026_stand_beside_each_other(self, tmp_path: Path) -> None:
        factors = {"nonQPP": "33.4009", "QPP": "33.5675"}
        for name, factor in factors.items():
            row = rvu("96413", price="7").replace("32.3465", factor)
            path = rvu_file(tmp_path / f"PPRRVU2026_Jul_{name}.csv", [row], year=2026, month="July")
            import_file(tmp_path / "library", path)
        rows = Library.open(tmp_path / "library").table("pfs_rvu").to_pylist()
        assert {(row["paid_to"], row["conversion_factor"], row["price_indicator"]) for row in rows} == {
            ("non_qp", Decimal("33.4009"), "7"), ("qp", Decimal("33.5675"), "7"),
        }  # fmt: skip
        assert {row["endoscopic_base"] for row in rows} == {"52000"}
        assert {row["release"] for row in rows} == {"pfs_rvu 2026-Q3 non_qp r1", "pfs_rvu 2026-Q3 qp r1"}

    @pytest.mark.parametrize(
        ("name", "paid_to"),
        [("PPRRVU2026_Jul_nonQPP.csv", "non_qp"), ("pprrvu26_non-qp.csv", "non_qp"), ("PPRRVU2026_Jan_QPP.csv", "qp")],
    )
    def test_whose_factor_it_is_stands_in_the_name_of_the_file(self, tmp_path: Path, name: str, paid_to: str) -> None:
        assert parse(rvu_file(tmp_path / name, [rvu("96413", price="9")], year=2026)).series == paid_to

    def test_a_name_without_it_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableInput, match="keep QPP or nonQPP in the name"):
            parse(rvu_file(tmp_path / "rvu.csv", [rvu("96413", price="9")], year=2026))

    def test_a_changed_layout_names_the_column(self, tmp_path: Path) -> None:
        path = rvu_file(tmp_path / "rvu.csv", [rvu("96413")])
        path.write_bytes(path.read_bytes().replace(b"CONV", b"CONVERSION"))
        with pytest.raises(UnreadableInput, match="row 9, the header, has no column CONV FACTOR"):
            parse(path)

    def test_the_quarter_is_that_of_the_title(self, tmp_path: Path) -> None:
        path = rvu_file(tmp_path / "rvu.csv", [rvu("96413")], month="January")
        assert parse(path).release == "2025-Q1"
        with pytest.raises(UnreadableInput, match="not 2025-Q3"):
            parse(path, release="2025-Q3")
        path.write_bytes(path.read_bytes().replace(b"File January Release", b"File"))
        with pytest.raises(UnreadableInput, match=r"names 2025 and no month of release; .* --release 2025-Q1"):
            parse(path)
        assert parse(path, release="2025-Q2").release == "2025-Q2"

    def test_a_code_twice_with_one_modifier_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(OverlappingValidity, match="76536 26"):
            parse(rvu_file(tmp_path / "rvu.csv", [rvu("76536", "26"), rvu("76536"), rvu("76536", "26")]))

    def test_a_number_that_is_none_is_left_empty_and_told(self, tmp_path: Path) -> None:
        parsed = parse(rvu_file(tmp_path / "rvu.csv", [rvu("96413").replace("3.35", "tbd")]))
        assert rows_of(parsed)[0]["nonfacility_pe_rvu"] is None
        assert parsed.notes == ("row 10 96413: nonfacility_pe_rvu 'tbd' is no number and was left empty",)


GPCI = ["02102,AK,01,ALASKA*,1.5,1.081,0.592", "03602,WY,21,WYOMING**,1,1,0.739", "06302,WI,00,WISCONSIN,1,0.957,0.331"]


class TestIndices:
    def test_indices_with_their_footnotes(self, tmp_path: Path) -> None:
        parsed = parse(gpci_file(tmp_path / "GPCI2025.csv", GPCI))
        assert (parsed.release, parsed.effective.first, parsed.effective.last) == (
            "CY2025",
            date(2025, 1, 1),
            date(2025, 12, 31),
        )
        assert {reason: len(keys) for reason, keys in by_reason(parsed).items()} == {
            "a footnote": 2, "no contractor and locality": 1,
        }  # fmt: skip
        alaska, wyoming, wisconsin = rows_of(parsed)
        assert list(alaska.values())[:9] == [
            "02102", "01", "AK", "ALASKA", Decimal("1.5"), Decimal("1.0"), Decimal("1.081"), Decimal("0.592"),
            "Work GPCI reflects a 1.5 floor in Alaska.",
        ]  # fmt: skip
        assert wyoming["note"] == "PE GPCI reflects a 1.0 floor for frontier states."
        assert (wisconsin["locality"], wisconsin["note"]) == ("00", None)

    def test_zeros_that_a_spreadsheet_dropped_are_restored(self, tmp_path: Path) -> None:
        parsed = parse(gpci_file(tmp_path / "gpci.csv", ["2102,AK,1,ALASKA*,1.5,1.081,0.592"]))
        assert [(row["mac"], row["locality"]) for row in rows_of(parsed)] == [("02102", "01")]

    def test_of_two_work_indices_the_one_with_the_floor_is_read(self, tmp_path: Path) -> None:
        two = "2025 PW GPCI (without 1.0 Floor),2025 PW GPCI (with 1.0 Floor)"
        parsed = parse(gpci_file(tmp_path / "gpci.csv", ["06302,WI,00,WISCONSIN,0.98,1,0.957,0.331"], work=two))
        (row,) = rows_of(parsed)
        assert (row["work_gpci"], row["work_floor"], row["pe_gpci"]) == (1, 1, Decimal("0.957"))
        assert parsed.notes == (
            "the column '2025 PW GPCI (without 1.0 Floor)' was left out: the one with the floor was read",
        )

    def test_no_floor_is_null(self, tmp_path: Path) -> None:
        parsed = parse(gpci_file(tmp_path / "gpci.csv", GPCI[2:], work="2025 PW GPCI (without 1.0 Floor)"))
        assert [row["work_floor"] for row in rows_of(parsed)] == [None]

    def test_a_proposed_or_another_year_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableInput, match="proposed for 2026"):
            parse(gpci_file(tmp_path / "gpci.csv", GPCI, title="PROPOSED CY 2026"))
        with pytest.raises(UnreadableInput, match="its title says that it is CY2025, not CY2024"):
            parse(gpci_file(tmp_path / "gpci.csv", GPCI), release="CY2024")


BLOCKS = [
    ["2102,1,ALASKA ,STATEWIDE ,ALL COUNTIES "],
    ["5302,2,MISSOURI ,METROPOLITAN KANSAS CITY,\"CLAY, JACKSON AND PLATTE\"", "5302,99,,REST OF STATE* ,ALL OTHER COUNTIES ", "5302,99, ,REST OF STATE*,ALL OTHER COUNTIES"],
    ["6302,0,WISCONSIN ,STATEWIDE ,ALL COUNTIES "],
]  # fmt: skip


class TestLocalities:
    def test_the_state_is_carried_down_its_block_and_zeros_are_restored(self, tmp_path: Path) -> None:
        parsed = parse(locality_file(tmp_path / "25LOCCO.csv", BLOCKS))
        assert (parsed.release, parsed.read, parsed.kept) == ("CY2025", 6, 4)
        assert [tuple(row.values())[:6] for row in rows_of(parsed)] == [
            ("02102", "01", "ALASKA", "STATEWIDE", "ALL COUNTIES", None),
            ("05302", "02", "MISSOURI", "METROPOLITAN KANSAS CITY", "CLAY, JACKSON AND PLATTE", None),
            (
                "05302",
                "99",
                "MISSOURI",
                "REST OF STATE",
                "ALL OTHER COUNTIES",
                "Payment locality is serviced by two carriers.",
            ),
            ("06302", "00", "WISCONSIN", "STATEWIDE", "ALL COUNTIES", None),
        ]
        assert by_reason(parsed) == {
            "a footnote": ("*  Payment locality ",), "the locality stands there once more": ("05302 99",),
        }  # fmt: skip

    def test_a_state_goes_no_further_than_its_block(self, tmp_path: Path) -> None:
        parsed = parse(locality_file(tmp_path / "l.csv", [BLOCKS[0], ["5302,99,,REST OF STATE,ALL OTHER COUNTIES"]]))
        assert [row["state_name"] for row in rows_of(parsed)] == ["ALASKA"]
        assert by_reason(parsed)["no state above it"] == ("05302 99",)

    def test_one_number_for_two_areas_is_refused(self, tmp_path: Path) -> None:
        block = ["5302,99,MISSOURI,REST OF STATE,ALL OTHER COUNTIES", "5302,99,,ST. LOUIS,ST. LOUIS"]
        with pytest.raises(OverlappingValidity, match="05302 99"):
            parse(locality_file(tmp_path / "l.csv", [block]))


def test_an_excerpt_of_localities_is_complete_for_nothing(tmp_path: Path) -> None:
    for path in (gpci_file(tmp_path / "g.csv", GPCI), locality_file(tmp_path / "l.csv", BLOCKS)):
        assert parse(path).coverage
        assert parse(path, partial=True).coverage == ()


def test_files_that_were_cut_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [
        asc_file(tmp_path / "a.csv", BB),
        rvu_file(tmp_path / "r.csv", [rvu("96413"), rvu("96415")]),
        gpci_file(tmp_path / "g.csv", GPCI),
        locality_file(tmp_path / "l.csv", BLOCKS),
    ]
    monkeypatch.setattr(asc_addenda, "FEWEST_ROWS", {"AA": 1000, "BB": 1000})
    for importer in (pfs_rvu, pfs_gpci, pfs_localities):
        monkeypatch.setattr(importer, "FEWEST_ROWS", 1000)
    for path in files:
        with pytest.raises(UnreadableInput, match="expected at least 1000: the file was cut short"):
            parse(path)
        assert parse(path, partial=True).thin
        content = path.read_bytes()
        last = next(key for key in (b"J9271", b"96415", b"03602", b"6302") if key in content)
        path.write_bytes(content[: content.index(last) + 8])
        with pytest.raises(UnreadableInput, match="the last, ends in the middle: the file was cut off"):
            parse(path, partial=True)


def test_a_title_without_its_header_is_no_publication(tmp_path: Path) -> None:
    for name, text in {
        "asc.csv": "Addendum BB -- ASC Covered Services,,\nJ9271,,K2\n",
        "rvu.csv": ",,2025 National Physician Fee Schedule Relative Value File October Release\n96413,,A\n",
        "gpci.csv": "ADDENDUM E. FINAL CY 2025 GEOGRAPHIC PRACTICE COST INDICES,,\n02102,AK,01\n",
        "locco.csv": "COUNTIES INCLUDED IN 2025 LOCALITIES,,\n2102,1,ALASKA\n",
    }.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(UnknownPublication, match="no importer recognizes it"):
            recognize(Source.read(tmp_path / name))
