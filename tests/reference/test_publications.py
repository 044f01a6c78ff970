"""What the importers of the other publications make of files in the official layouts, quirks included."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from cleanclaim.errors import KnowsLess, OverlappingValidity, UnknownPublication, UnreadableInput
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.publications import (
    IMPORTERS,
    asp_crosswalk,
    asp_csv,
    fda_packages,
    fda_products,
    hcpcs_codes,
    hcpcs_noc_codes,
    hcpcs_notes,
    hcpcs_records,
    opps_addendum_b,
    recognize,
)
from cleanclaim.reference.publications.fda_containers import container_kind
from cleanclaim.reference.publications.parsed import Parsed, dated_columns, dated_table
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import OPEN_END, Interval
from tests.reference.conftest import OCTOBER
from tests.reference.publications import (
    HCPCS_HEADER,
    PACKAGE_HEADER,
    PRODUCT_HEADER,
    addendum_file,
    asp_file,
    crosswalk_file,
    directory_file,
    fixed,
    fixed_file,
    hcpcs_file,
    limit,
    notes_file,
    package,
)
from tests.reference.workbook import write_workbook


@pytest.fixture(autouse=True)
def short_files(monkeypatch: pytest.MonkeyPatch) -> None:
    for importer, name in (
        (asp_crosswalk, "FEWEST_ROWS"), (opps_addendum_b, "FEWEST_ROWS"), (hcpcs_notes, "FEWEST_NOTES"), (hcpcs_codes, "FEWEST_CODES"),
        (hcpcs_noc_codes, "FEWEST_CODES"), (fda_packages, "FEWEST_ROWS"), (fda_products, "FEWEST_ROWS"),
    ):  # fmt: skip
        monkeypatch.setattr(importer, name, 1)


def parse(path: Path, **said: object) -> Parsed:
    source = Source.read(path, **said)  # type: ignore[arg-type]
    parsed = recognize(source).parse(source)
    assert parsed.read == parsed.kept + len(parsed.set_aside)
    return parsed


def rows_of(parsed: Parsed, table: str) -> list[dict[str, object]]:
    return parsed.tables[table].to_pylist()


def by_reason(parsed: Parsed) -> dict[str, tuple[str, ...]]:
    return {one.reason: one.keys for one in parsed.set_aside_by_reason}


LONG = "Injection, something with a descriptor that needs more than eighty characters of"


def fixed_records() -> list[str]:
    return [
        fixed("   JW", "Drug amount discarded", "20030101", record="7"),
        fixed(
            "   TC",
            "Technical component; under certain circumstances, a charge may be made for the",
            "19840101",
            record="7",
        ),
        fixed("   TC", "technical component alone", "", record="8", sequence="00200"),
        fixed("J9271", "Injection, pembrolizumab, 1 mg", "20160101", betos="O1D"),
        fixed("J1725", "Injection, hydroxyprogesterone caproate, 1 mg", "20120101", "20171231"),
        fixed("J0001", LONG, "20190101"),
        fixed("J0001", "text, 5 mg", "", record="4", sequence="00200"),
    ]


def test_fixed_width_records(tmp_path: Path) -> None:
    parsed = parse(fixed_file(tmp_path / "HCPC2019_CONTR_ANWEB.txt", fixed_records()))
    assert (parsed.release, parsed.effective) == ("2019-Q1", Interval(date(2019, 1, 1), date(2019, 3, 31)))
    assert (parsed.read, parsed.kept) == (7, 5)
    assert by_reason(parsed) == {"continuation, joined to the record before": ("TC", "J0001")}
    codes = {row["hcpcs_code"]: row for row in rows_of(parsed, "hcpcs")}
    assert codes["J1725"]["span_to"] == date(2017, 12, 31)
    assert codes["J0001"]["descriptor"] == f"{LONG} text, 5 mg"
    assert (codes["J9271"]["coverage_code"], codes["J9271"]["pricing_indicator"], codes["J9271"]["betos"]) == (
        "D",
        "51",
        "O1D",
    )
    assert (codes["J9271"]["amount"], codes["J9271"]["unit"]) == (Decimal(1), "mg")
    assert [row["modifier"] for row in rows_of(parsed, "modifier")] == ["JW", "TC"]
    assert "technical component alone" in str(rows_of(parsed, "modifier")[1]["descriptor"])


def test_text_and_sheet_of_one_quarter_give_the_same_rows(tmp_path: Path) -> None:
    sheet = parse(hcpcs_file(tmp_path / "HCPC2025_OCT_ANWEB.xlsx", OCTOBER))
    actions = {"J1030": "20240401", "J0570": "20251001"}
    lines = []
    for record in OCTOBER:
        line = list(
            fixed(
                str(record[0]),
                str(record[3]),
                str(record[9]),
                str(record[11]),
                record=str(record[2]),
                price=str(record[5]),
                betos=str(record[7]),
                action=str(record[12]),
            )
        )
        line[276:284] = actions.get(str(record[0]), str(record[9]))
        lines.append("".join(line))
    text = parse(fixed_file(tmp_path / "HCPC2025_OCT_ANWEB.txt", lines))
    assert text.tables == sheet.tables
    assert text.coverage == sheet.coverage


def test_the_annual_file_may_announce_codes_of_its_year_and_no_later(tmp_path: Path) -> None:
    announced = fixed("G0001", "A code of July", "20190701")
    parsed = parse(fixed_file(tmp_path / "HCPC2019_CONTR_ANWEB.txt", [*fixed_records(), announced]))
    assert any("annual" in note for note in parsed.notes)
    with pytest.raises(UnreadableInput, match="newest day in it is 2020-01-01"):
        parse(fixed_file(tmp_path / "HCPC2019_CONTR_ANWEB.txt", [fixed("G0001", "A code", "20200101")]))


def test_a_text_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = fixed_file(tmp_path / "HCPC2019_CONTR_ANWEB.txt", fixed_records()[:5])
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(UnreadableInput, match="cut off"):
        parse(path)


def test_an_excerpt_is_complete_for_its_codes_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hcpcs_records, "FEWEST_CODES", 5000)
    rows = [HCPCS_HEADER, *[[str(cell) for cell in record] for record in OCTOBER[:3]]]
    path = tmp_path / "HCPC2026_OCT_ANWEB.csv"
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows) + "\n", "utf-8")
    with pytest.raises(UnreadableInput, match=r"1 codes, expected at least 5000.*--partial"):
        parse(path)
    parsed = parse(path, partial=True)
    assert (parsed.release, parsed.thin) == ("2026-Q4", True)
    quarter = Interval(date(2026, 10, 1), date(2026, 12, 31))
    assert {(one.table, one.key, one.days) for one in parsed.coverage} == {
        ("hcpcs", "J9271", quarter), ("modifier", "JW", quarter), ("modifier", "JZ", quarter),
    }  # fmt: skip


def test_an_excerpt_never_replaces_the_whole(tmp_path: Path, library: Path) -> None:
    before = Library.open(library).digest
    path = hcpcs_file(tmp_path / "HCPC2025_OCT.xlsx", OCTOBER[:4])
    with pytest.raises(KnowsLess, match="tells more than this excerpt"):
        import_file(library, path, partial=True)
    codes = tmp_path / "codes_2025q4.txt"
    codes.write_text("J9271\nJ1010\n")
    with pytest.raises(KnowsLess, match="hcpcs 2025-Q4 r1"):
        import_file(library, codes)
    assert Library.open(library).digest == before


def test_a_list_of_codes_tells_that_they_are_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("A0021\r\nJ9271\r\n")
    with pytest.raises(UnreadableInput, match="--release 2026-Q3"):
        parse(path)
    parsed = parse(path, release="2026-Q3")
    assert (parsed.release, parsed.read, parsed.kept, parsed.thin) == ("2026-Q3", 2, 2, True)
    row = rows_of(parsed, "hcpcs")[1]
    assert {name: value for name, value in row.items() if value is not None} == {
        "hcpcs_code": "J9271", "valid_from": date(2026, 7, 1), "valid_to": date(2026, 9, 30),
    }  # fmt: skip
    assert [one.key for one in parsed.coverage] == [None]


def test_processing_notes(tmp_path: Path) -> None:
    notes = {
        "0001": ["THIS NOTE DELETED 1/1/97."],
        "0014": ["CLAIMS SUBMITTED WITH THIS CODE (J9218)", "SHOULD BE REVIEWED."],
    }
    path = notes_file(tmp_path / "proc_notes_JAN2026.txt", notes)
    parsed = parse(path)
    assert (parsed.release, parsed.read) == ("2026-Q1", 2)
    assert (
        rows_of(parsed, "processing_note")[1]["text"] == "CLAIMS SUBMITTED WITH THIS CODE (J9218) SHOULD BE REVIEWED."
    )
    assert parse(notes_file(tmp_path / "proc_notes_2019.txt", notes)).release == "2019-Q1"
    with pytest.raises(UnreadableInput, match="--release 2026-Q1"):
        parse(notes_file(tmp_path / "notes.txt", notes))
    assert parse(tmp_path / "notes.txt", release="2026-Q1").release == "2026-Q1"


def test_noc_codes(tmp_path: Path) -> None:
    rows = [
        ["", "NOC CODES - HCPCS 2019"], [""], ["HCPCS", "LONG DESCRIPTION", "ADD DATE", "TERM DATE"], [""],
        ["J3490", "Unclassified drugs", 19860101.0, ""], ["L8608", "Miscellaneous component for use with the argus", 20190101.0, ""],
        ["L8608", "retinal prosthesis system", "", ""], ["J0833", "Injection, cosyntropin", 20100101.0, 20181231.0], ["end", "", "", ""],
    ]  # fmt: skip
    parsed = parse(write_workbook(tmp_path / "NOC.xlsx", rows))
    assert (parsed.release, parsed.read, parsed.kept) == ("2019-Q1", 5, 3)
    found = {row["hcpcs_code"]: row for row in rows_of(parsed, "noc_code")}
    assert found["L8608"]["descriptor"] == "Miscellaneous component for use with the argus retinal prosthesis system"
    assert (found["J0833"]["span_to"], found["J3490"]["span_to"]) == (date(2018, 12, 31), OPEN_END)


def test_crosswalk(tmp_path: Path) -> None:
    rows = [
        'J9271,,"Merck, Inc",00006-3026-02,Keytruda\u00ae\u00a0,1 MG,4,1,100,100',
        "J0881,,Amgen,55513-0006-01,Aranesp\u2122,1 MCG,0.4,4,100,400",
        "J0882,,Amgen,55513-0006-01,Aranesp\u2122,1 MCG,0.4,4,100,400",
        "J0256\u00a0,,Grifols,13533-0703-10,Prolastin,10 MG,1,1,0.1,0.1",
        "J2002,,Maker,11111-2222-33,Rounded,10 MG,0.25,10,0.25,3",
        "Q4111,,Organogenesis,GG100,Gammagraft,1 SQ CM,100,1,100,100",
        'J7331,,Anika,888867413689,Synojoynt,1 MG,2,1,20,20',
        "J7674,,Methapharm,64281-0110-06,Provocholine,1 MG,1,6,21.3125?,128",
        "J9271,,\"Merck, Inc\",00006-3026-02,Keytruda,1 MG,4,1,100,100",
    ]  # fmt: skip
    parsed = parse(crosswalk_file(tmp_path / "a.csv", rows))
    assert (parsed.release, parsed.read, parsed.kept) == ("2024-Q1", 9, 6)
    assert by_reason(parsed) == {
        "an alternate id in place of an NDC": ("Q4111 GG100", "J7331 888867413689"),
        "the same row once more": ("J9271 00006-3026-02",),
    }
    found = {(row["ndc11"], row["hcpcs_code"]): row for row in rows_of(parsed, "ndc_crosswalk")}
    assert {code for ndc, code in found if ndc == "55513000601"} == {"J0881", "J0882"}
    assert found["13533070310", "J0256"]["bill_units_package"] == Decimal("0.1")
    rounded = found["11111222233", "J2002"]
    assert [rounded[name] for name in ("package_size", "package_quantity", "bill_units", "bill_units_package")] == [
        Decimal("0.25"),
        10,
        Decimal("0.25"),
        3,
    ]
    assert found["64281011006", "J7674"]["bill_units"] is None
    named = {ndc: (row["product_name"], row["labeler"]) for (ndc, _), row in found.items()}
    assert named["00006302602"] == ("Keytruda", "Merck, Inc")
    assert named["55513000601"] == ("Aranesp", "Amgen")
    assert any("21.3125?" in note for note in parsed.notes)


def test_names_of_the_crosswalk_are_kept_as_printed_and_make_no_second_row(tmp_path: Path) -> None:
    rows = [
        'J9271,,"Merck,\n Inc",00006-3026-02,"Keytruda\n",1 MG,4,1,100,100',
        "J9271,,MSD,00006-3026-02,KEYTRUDA,1 MG,4,1,100,100",
        "J7193,,Grifols,68516-3601-02,Alphanine\u00aeSD VF,1 IU,1,1,500,500",
        "J1010,, ,11111-2222-33,\u00ae\u2122,1 MG,1,1,40,40",
        '90371,,"Grifols USA, LLC",13533-0636-01,HyperHepB,1 ML,1,1,1,1',
    ]
    parsed = parse(crosswalk_file(tmp_path / "a.csv", rows))
    assert by_reason(parsed) == {"the same row once more": ("J9271 00006-3026-02",)}
    assert [(row["hcpcs_code"], row["product_name"], row["labeler"]) for row in rows_of(parsed, "ndc_crosswalk")] == [
        ("J9271", "Keytruda", "Merck, Inc"),
        ("J7193", "Alphanine SD VF", "Grifols"),
        ("J1010", None, None),
        ("90371", None, None),
    ]


def test_one_ndc_twice_under_a_code_with_other_numbers_is_refused(tmp_path: Path) -> None:
    rows = ["J9271,,M,00006-3026-02,K,1 MG,4,1,100,100", "J9271,,M,00006-3026-02,K,1 MG,4,1,100,200"]
    with pytest.raises(OverlappingValidity, match="00006302602 J9271 has two rows for 2024-01-01 to 2024-03-31"):
        parse(crosswalk_file(tmp_path / "a.csv", rows))


def test_noc_limits_and_their_ndcs(tmp_path: Path) -> None:
    pricing = [
        ",,,",
        "Payment Allowance Limits,,,",
        '"Effective October 1, 2025 through December 31, 2025",,,',
        "Drug Generic Name (Trade Name),Dosage,Payment Limit,Notes",
        "Vasopressin (Long Grove),1 UNIT,$2.462,",
        "Note,,,",
    ]
    (tmp_path / "p.csv").write_bytes("\r\n".join([*pricing, ""]).encode("cp1252"))
    parsed = parse(tmp_path / "p.csv")
    assert [(row["drug_name"], row["payment_limit"]) for row in rows_of(parsed, "noc_limit")] == [
        ("Vasopressin (Long Grove)", Decimal("2.462"))
    ]
    assert by_reason(parsed) == {"no drug with the unit of its limit": ("Note",)}
    header = (
        "Drug Generic Name,LABELER NAME,NDC or ALTERNATE ID,Drug Name,Dosage,PKG SIZE,PKG QTY,BILLUNITS,BILLUNITSPKG"
    )
    lines = [
        '"October 1, 2025 through December 31, 2025",,',
        header,
        "Vasopressin,Maker,81298-8552-03,Vasopressin,1 UNIT,100,10,20,200",
        "Graft,Maker,GG1,Graft,1 UNIT,1,1,1,1",
    ]
    (tmp_path / "c.csv").write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))
    parsed = parse(tmp_path / "c.csv")
    assert [(row["ndc11"], row["bill_units_package"]) for row in rows_of(parsed, "noc_crosswalk")] == [
        ("81298855203", Decimal(200))
    ]
    assert len(parsed.set_aside) == 1


ADDENDUM = [
    'J9271,Inj,K,1490,.7271,"$1,060.291",.,$12.06, , ,,Inflation-adjusted coinsurance,',
    "J0897,Inj,K,9272, , $25.340 ,.,$5.07,17.6%,$4.46,,,*",
    "A4341\u00ff,Urinary device,N,, , ,,,,,,,",
    "0001U ,,A,,, ,,,,,,,",
    "Notes below,,,,,,,,,,,,",
]


def test_addendum_b(tmp_path: Path) -> None:
    parsed = parse(addendum_file(tmp_path / "July 2025 Web Addendum B.07.25.25.csv", ADDENDUM))
    assert (parsed.release, parsed.effective) == ("2025-Q3", Interval(date(2025, 7, 1), date(2025, 9, 30)))
    found = {row["hcpcs_code"]: row for row in rows_of(parsed, "opps_status")}
    assert set(found) == {"J9271", "J0897", "A4341", "0001U"}
    assert (
        found["J9271"]["payment_rate"],
        found["J9271"]["national_copayment"],
        found["J9271"]["minimum_copayment"],
    ) == (Decimal("1060.291"), None, Decimal("12.06"))
    assert (found["J0897"]["payment_rate"], found["J0897"]["coinsurance_percent"]) == (
        Decimal("25.34"),
        Decimal("17.6"),
    )
    assert found["A4341"]["payment_rate"] is None
    assert any("file's name" in note for note in parsed.notes)
    assert any("A4341" in note and "unreadable" in note for note in parsed.notes)


def test_the_quarter_of_addendum_b_is_asked_for(tmp_path: Path) -> None:
    path = addendum_file(tmp_path / "addendum.csv", ADDENDUM, extra_lines=3)
    with pytest.raises(UnreadableInput, match=r"only the calendar year 2025.*--release 2025-Q1, -Q2, -Q3 or -Q4"):
        parse(path)
    assert parse(path, release="2025-Q3").release == "2025-Q3"
    with pytest.raises(UnreadableInput, match="for calendar year 2025"):
        parse(path, release="2024-Q3")
    with pytest.raises(UnreadableInput, match="named for 2024-Q1"):
        parse(addendum_file(tmp_path / "January_Web_2024_Addendum_B.csv", ADDENDUM))


PACKAGES = [
    package("0009-5175-02", "1 VIAL, SINGLE-DOSE in 1 CARTON (0009-5175-02)  > 1 mL in 1 VIAL, SINGLE-DOSE", "20010101"),
    package("50242-051-21", "1 VIAL, SINGLE-USE in 1 CARTON (50242-051-21)  > 50 mL in 1 VIAL, SINGLE-USE", "19971126"),
    package("12496-0100-1", '1 SYRINGE in 1 POUCH (12496-0100-1)  > .5 mL in 1 SYRINGE "prefilled"', "20180701", "20310930"),
    package("0002-1200-30", "30 mL in 1 VIAL, MULTI-DOSE (0002-1200-30) ", "", "20190430"),
    package("0002-8031-01", "1 KIT in 1 KIT (0002-8031-01)  *  1 mL in 1 VIAL (0002-7529-01)  *  1 mL in 1 SYRINGE (0002-7530-01) ", "20190429"),
    package("0002-8031-01", "1 KIT in 1 KIT (0002-8031-01)  *  1 mL in 1 VIAL", "20190429"),
    package("123456-12-1", "1 mL in 1 VIAL", "20190101"),
    package("0049-0024-28", "1 VIAL, PHARMACY BULK PACKAGE in 1 CARTON (0049-0024-28)  > 100 mL in 1 VIAL, PHARMACY BULK PACKAGE", "2O190101"),
]  # fmt: skip


def test_packages_of_the_directory(tmp_path: Path) -> None:
    parsed = parse(directory_file(tmp_path / "p.txt", PACKAGE_HEADER, PACKAGES))
    assert (parsed.release, parsed.read, parsed.kept) == ("2019-04-29", 8, 6)
    found = {row["ndc11"]: row for row in rows_of(parsed, "ndc_package")}
    kinds = {
        "00009517502": "single_dose",
        "50242005121": "single_dose",
        "12496010001": "single_dose",
        "00002120030": "multi_dose",
        "00002803101": None,
        "00049002428": "pharmacy_bulk",
    }
    assert {ndc: row["container"] for ndc, row in found.items()} == kinds
    assert all(row["valid_to"] == OPEN_END for row in found.values())
    assert {row["listed_on"] for row in found.values()} == {date(2019, 4, 29)}
    ended = found["12496010001"]
    assert (ended["marketing_start"], ended["marketing_end"], ended["valid_from"]) == (
        date(2018, 7, 1),
        date(2031, 9, 30),
        date(2018, 7, 1),
    )
    # Without a start it holds from the day on which it was listed.
    assert (found["00002120030"]["marketing_start"], found["00002120030"]["valid_from"]) == (None, date(2019, 4, 29))
    assert {one.reason.split(":")[0] for one in parsed.set_aside} == {
        "the package is described once more",
        "no NDC that has an eleven-digit form",
    }
    assert any("2O190101" in note for note in parsed.notes)
    assert [(one.key, one.days) for one in parsed.coverage] == [(None, Interval(date(2019, 4, 29), date(2019, 4, 29)))]


def test_an_old_directory_tells_the_container_of_a_later_day_and_no_more(tmp_path: Path) -> None:
    import_file(tmp_path / "library", directory_file(tmp_path / "p.txt", PACKAGE_HEADER, PACKAGES))
    library = Library.open(tmp_path / "library")
    row = next(row for row in library.table("ndc_package").to_pylist() if row["ndc11"] == "50242005121")
    assert row["valid_from"] <= date(2024, 7, 1) <= row["valid_to"]
    assert row["container"] == "single_dose"
    covered = [one.days for one, _ in library.coverage if one.table == "ndc_package"]
    assert covered == [Interval(date(2019, 4, 29), date(2019, 4, 29))]


def test_a_newer_directory_takes_over_on_its_day(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    import_file(folder, directory_file(tmp_path / "p.txt", PACKAGE_HEADER, PACKAGES))
    import_file(
        folder,
        directory_file(
            tmp_path / "q.txt",
            PACKAGE_HEADER,
            [*PACKAGES[:1], package("55555-444-33", "1 VIAL in 1 CARTON", "20240601")],
        ),
    )
    rows = [row for row in Library.open(folder).table("ndc_package").to_pylist() if row["ndc11"] == "00009517502"]
    assert [(row["valid_from"], row["valid_to"]) for row in rows] == [
        (date(2001, 1, 1), date(2024, 5, 31)),
        (date(2024, 6, 1), OPEN_END),
    ]


def test_products_of_the_directory(tmp_path: Path) -> None:
    row = [
        "0006-3026_x",
        "0006-3026",
        "HUMAN PRESCRIPTION DRUG",
        'Keytruda "IV"',
        "Plus",
        "pembrolizumab",
        "INJECTION, SOLUTION",
        "INTRAVENOUS",
        "20150115",
        "",
        "BLA",
        "BLA125514",
        "Merck",
        "PEMBROLIZUMAB",
        "25",
        "mg/mL",
        "",
        "",
        "N",
        "20191231",
    ]
    other = [*row]
    other[0], other[4] = "0006-3027_x", ""
    parsed = parse(
        directory_file(tmp_path / "p.txt", PRODUCT_HEADER, ["\t".join(row), "\t".join(other), "\t".join(row[:5])])
    )
    assert (parsed.release, parsed.read, parsed.kept) == ("2015-01-15", 3, 2)
    assert by_reason(parsed) == {"another number of cells than the header has": ("row 4",)}
    first, second = rows_of(parsed, "ndc_product")
    assert (first["proprietary_name"], second["proprietary_name"]) == ('Keytruda "IV" Plus', 'Keytruda "IV"')
    assert (first["strengths"], first["strength_units"], first["marketing_end"]) == ("25", "mg/mL", None)
    assert parse(tmp_path / "p.txt", release="2019-04-30").release == "2019-04-30"


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        ("10 VIAL, SINGLE-DOSE in 1 CARTON", "single_dose"),
        ("1 VIAL in 1 CARTON  > 10 mL in 1 VIAL", None),
        ("1 KIT in 1 CARTON  *  1 mL in 1 VIAL, MULTI-DOSE  *  1 mL in 1 SYRINGE", None),
        ("1 KIT in 1 CARTON  *  1 mL in 1 VIAL, SINGLE-DOSE  *  1 mL in 1 SYRINGE", "single_dose"),
        ("5 AMPULE in 1 BOX  > 2 mL in 1 AMPULE", None),
        ("2 SYRINGE, GLASS in 1 CARTON  > .4 mL in 1 SYRINGE, GLASS", "single_dose"),
        ("100 TABLET in 1 BOTTLE", None),
        ("", None),
    ],
)
def test_container_kinds(description: str, kind: str | None) -> None:
    assert container_kind(description) == kind


def test_columns_and_rows_refuse_the_same_overlap() -> None:
    days = (date(2024, 1, 1), date(2024, 3, 31))
    rows = [
        ("J9271", "name", *days),
        ("J9271", "other", date(2024, 3, 31), date(2024, 6, 30)),
        ("J1745", "name", *days),
    ]
    table = "cpt_modifier"
    columns = dict(zip(("modifier", "descriptor", "valid_from", "valid_to"), zip(*rows, strict=True), strict=True))
    arrays = {
        name: pa.array(values, pa.date32() if name.startswith("valid") else pa.string())
        for name, values in columns.items()
    }
    messages = []
    for make in (lambda: dated_table(table, rows), lambda: dated_columns(table, arrays)):
        with pytest.raises(OverlappingValidity) as problem:
            make()
        messages.append(str(problem.value))
    assert (
        messages
        == [
            "cpt_modifier: J9271 has two rows for 2024-03-31 to 2024-03-31 (2024-01-01 to 2024-03-31, 2024-03-31 to 2024-06-30)"
        ]
        * 2
    )
    assert dated_columns(table, {name: array.take(pa.array([0, 2])) for name, array in arrays.items()}).num_rows == 2


PAGE = b"\xef\xbb\xbf<!DOCTYPE html>\n<html><body>License for Use of CPT</body></html>"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (PAGE, "a web page in place of a file"),
        ("HCPCS Code,Short Description\r\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04 broken", "damaged zip"),
        (b"_2023_KODE,Short Description,NDC2\r\n", "'_2023_KODE'"),
        (b"PRODUCTID\tNDC\r\n1\t2\r\n", "PRODUCTID"),
    ],
)
def test_what_is_no_publication_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "file.csv").write_bytes(content)
    with pytest.raises(UnknownPublication, match=words):
        recognize(Source.read(tmp_path / "file.csv"))


def cut_files(tmp_path: Path) -> list[Path]:
    rows = ["J9271,,M,00006-3026-02,K,1 MG,4,1,100,100", "J1745,,M,57894-0030-01,R,10 MG,1,1,10,10"]
    files = [
        crosswalk_file(tmp_path / "a.csv", rows, empty_columns=0),
        addendum_file(tmp_path / "July 2025 Web Addendum B.csv", ADDENDUM[:2]),
        asp_file(tmp_path / "b.csv", [limit("J9271", "60.291"), limit("J1745", "33.127")]),
        directory_file(tmp_path / "p.txt", PACKAGE_HEADER, PACKAGES),
    ]
    for path in files:
        content = path.read_bytes().rstrip(b"\r\n")
        path.write_bytes(content[: -len(content.rsplit(b"\n", 1)[1]) // 2])
    return files


def test_files_that_end_in_the_middle_of_a_row_are_refused(tmp_path: Path) -> None:
    for path in cut_files(tmp_path):
        with pytest.raises(UnreadableInput, match="cut off"):
            parse(path)


def test_files_with_too_few_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        asp_crosswalk: crosswalk_file(tmp_path / "a.csv", ["J9271,,M,00006-3026-02,K,1 MG,4,1,100,100"]),
        opps_addendum_b: addendum_file(tmp_path / "July 2025 B.csv", ADDENDUM[:2]),
        fda_packages: directory_file(tmp_path / "p.txt", PACKAGE_HEADER, PACKAGES),
        asp_csv: asp_file(tmp_path / "b.csv", [limit("J9271", "60.291")]),
    }
    for importer, path in files.items():
        monkeypatch.setattr(importer, "FEWEST_ROWS", 1000)
        with pytest.raises(UnreadableInput, match="expected at least 1000: the file was cut short"):
            parse(path)
        assert parse(path, partial=True).thin


def test_a_release_that_the_file_contradicts_is_refused(tmp_path: Path) -> None:
    path = asp_file(tmp_path / "asp.csv", [limit("J9271", "60.291")])
    with pytest.raises(UnreadableInput, match="the file says that it is 2024-Q3; --release says 2024-Q4"):
        import_file(tmp_path / "library", path, release="2024-Q4")
    assert import_file(tmp_path / "library", path, release="2024q3").manifest.release == "2024-Q3"


def test_every_publication_has_its_title_and_some_come_in_several_forms() -> None:
    titles = [importer.TITLE for importer in IMPORTERS]
    assert len(set(titles)) == len(titles)
    several = Counter(importer.PUBLICATION for importer in IMPORTERS)
    assert {name for name, count in several.items() if count > 1} == {"hcpcs", "icd10cm"}
