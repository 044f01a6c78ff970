"""The whole official files of fee schedules, changes and coverage: values against a reading by position, and each other."""

import csv
import gzip
import io
import re
import zipfile
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.timeline import timeline
from cleanclaim.reference.importing import import_file, import_files
from cleanclaim.reference.library import Library
from cleanclaim.reference.publications import recognize
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source
from tests.shared import SHARED, needs_shared

pytestmark = [*needs_shared, pytest.mark.slow]

CMS = SHARED / "data" / "cms"
PFS = CMS / "pfs"


def parse(path: Path, **said: object) -> Parsed:
    source = Source.read(path, **said)  # type: ignore[arg-type]
    return recognize(source).parse(source)


def rows_of(parsed: Parsed) -> list[dict[str, object]]:
    (table,) = parsed.tables.values()
    return table.to_pylist()


def by_position(path: Path, encoding: str = "cp1252") -> list[list[str]]:
    """The records, read plainly."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode(encoding)
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("month", ["JAN", "APR", "JUL"])
def test_every_asc_row_equals_a_reading_by_position(month: str) -> None:
    path = CMS / "opps" / f"ASC_Addendum_BB_2020_{month}.csv"
    told = {row["hcpcs_code"]: row for row in rows_of(parse(path))}
    printed = [row for row in by_position(path, "utf-8") if re.fullmatch(r"[0-9]{4}.|[A-Z][0-9]{4}", row[0])]
    assert len(printed) == len(told)
    for code, mark, _, indicator, weight, rate in printed:
        row = told[code]
        assert (row["payment_indicator"], row["patient_share_waived"]) == (indicator, mark == "**"), code
        for name, text, places in (("payment_weight", weight, "0.0001"), ("payment_rate", rate, "0.01")):
            expected = Decimal(text).quantize(Decimal(places), ROUND_HALF_UP) if text.strip() else None
            assert row[name] == expected, code


def test_asc_values_that_were_read_by_hand() -> None:
    told = {row["hcpcs_code"]: row for row in rows_of(parse(CMS / "opps" / "ASC_Addendum_BB_2020_JAN.csv"))}
    assert Counter(row["payment_indicator"] for row in told.values()) == {
        "N1": 919, "K2": 395, "Z2": 327, "Z3": 47, "L1": 27, "H2": 17, "J7": 9, "F4": 6, "K7": 1,
    }  # fmt: skip
    assert [code for code, row in told.items() if row["payment_indicator"] == "K7"] == ["C9399"]
    for code, indicator, rate in [
        ("90371", "K2", "115.94"), ("90375", "K2", "277.34"), ("90378", "K2", "1838.68"), ("70336", "Z2", "117.75"), ("70010", "N1", None),
    ]:  # fmt: skip
        row = told[code]
        assert (row["payment_indicator"], row["payment_rate"]) == (indicator, Decimal(rate) if rate else None)


def test_the_timeline_of_a_drug_tells_its_indicator_in_surgical_centers(tmp_path: Path) -> None:
    for month in ("JAN", "APR", "JUL"):
        import_file(tmp_path, CMS / "opps" / f"ASC_Addendum_BB_2020_{month}.csv")
    found = timeline(Lookup.open(tmp_path), "J9271").asc_indicators
    assert [(str(one.first), one.value, one.also, one.release) for one in found] == [
        (day, "K2", f"payment rate ${rate}", f"asc_addenda {quarter} BB r1")
        for day, rate, quarter in (
            ("2020-01-01", "50.260", "2020-Q1"), ("2020-04-01", "50.020", "2020-Q2"), ("2020-07-01", "50.930", "2020-Q3"),
        )
    ]  # fmt: skip


# Columns by their place in the file of 2025, as data/README.md counts them.
RVU_PLACES = {
    "status_code": 3, "work_rvu": 5, "nonfacility_pe_rvu": 6, "facility_pe_rvu": 8, "mp_rvu": 10, "nonfacility_total": 11,
    "facility_total": 12, "pctc_indicator": 13, "global_days": 14, "preoperative": 15, "intraoperative": 16,
    "postoperative": 17, "multiple_procedure": 18, "bilateral_surgery": 19, "assistant_at_surgery": 20, "co_surgeons": 21,
    "team_surgery": 22, "endoscopic_base": 23, "conversion_factor": 24, "supervision": 25, "calculation_flag": 26,
    "imaging_family": 27, "opps_nonfacility_pe": 28, "opps_facility_pe": 29, "opps_mp": 30,
}  # fmt: skip


def test_every_relative_value_equals_a_reading_by_position() -> None:
    path = PFS / "PPRRVU2025_Oct.csv.gz"
    told = {(row["hcpcs_code"], row["modifier"]): row for row in rows_of(parse(path))}
    printed = by_position(path)[10:]
    assert len(printed) == len(told) == 19_090
    for record in printed:
        row = told[record[0], record[1] or None]
        for name, place in RVU_PLACES.items():
            value, text = row[name], record[place].strip()
            assert value == (Decimal(text) if isinstance(value, Decimal) else text or None), (record[0], name)
        assert (row["not_used_for_payment"], row["nonfacility_na"], row["facility_na"]) == (
            record[4] == "+", record[7] == "NA", record[9] == "NA",
        )  # fmt: skip
        assert row["nonfacility_total"] == row["work_rvu"] + row["nonfacility_pe_rvu"] + row["mp_rvu"], record[0]
        assert row["facility_total"] == row["work_rvu"] + row["facility_pe_rvu"] + row["mp_rvu"], record[0]


def test_relative_values_that_were_read_by_hand() -> None:
    rows = rows_of(parse(PFS / "PPRRVU2025_Oct.csv.gz"))
    assert Counter(row["modifier"] for row in rows) == {None: 16_851, "26": 1127, "TC": 1108, "53": 4}
    assert {row["conversion_factor"] for row in rows} == {Decimal("32.3465")}
    chemo = next(row for row in rows if row["hcpcs_code"] == "96413")
    told = (
        "status_code",
        "work_rvu",
        "nonfacility_pe_rvu",
        "mp_rvu",
        "nonfacility_total",
        "pctc_indicator",
        "facility_na",
    )
    assert [chemo[name] for name in told] == [
        "A",
        Decimal("0.28"),
        Decimal("3.35"),
        Decimal("0.06"),
        Decimal("3.69"),
        "5",
        True,
    ]
    assert {row["status_code"] for row in rows if str(row["hcpcs_code"])[0] == "J"} <= {"E", "N", "I", "X", "R"}


def test_the_excerpt_of_2026_has_the_column_more() -> None:
    path = CMS / "excerpts_2026" / "PPRRVU2026_Jul_nonQPP.excerpt.redacted.csv"
    parsed = parse(path, partial=True)
    printed = by_position(path)[-2:]
    assert (parsed.release, parsed.series, parsed.kept, len(printed[0])) == ("2026-Q3", "non_qp", 2, 32)
    for row, record in zip(rows_of(parsed), printed, strict=True):
        assert (row["hcpcs_code"], row["price_indicator"], row["endoscopic_base"]) == (
            record[0],
            record[23],
            record[24] or None,
        )
        assert (row["conversion_factor"], row["imaging_family"]) == (Decimal(record[25]), record[28])
    assert "REDACTED" not in str(rows_of(parsed))


def test_every_index_equals_a_reading_by_position() -> None:
    told = {(row["mac"], row["locality"]): row for row in rows_of(parse(PFS / "GPCI2025.csv"))}
    printed = [record for record in by_position(PFS / "GPCI2025.csv") if re.fullmatch(r"\d{5}", record[0])]
    assert len(printed) == len(told) == 109
    for mac, state, number, name, *indices in printed:
        row = told[mac, number]
        assert (row["state"], row["locality_name"]) == (state, name.rstrip("*"))
        assert [row["work_gpci"], row["pe_gpci"], row["mp_gpci"]] == [Decimal(one) for one in indices]
        assert (row["note"] is not None) == ("*" in name)
        assert row["work_gpci"] >= row["work_floor"] == 1
    assert {row["state"] for row in told.values() if "frontier" in str(row["note"])} == {"MT", "NV", "ND", "SD", "WY"}


def test_every_locality_has_its_index_and_its_state() -> None:
    localities = {(row["mac"], row["locality"]): row for row in rows_of(parse(PFS / "25LOCCO.csv"))}
    indices = {(row["mac"], row["locality"]): row for row in rows_of(parse(PFS / "GPCI2025.csv"))}
    assert set(localities) == set(indices)
    states: dict[object, set[object]] = {}
    for key, row in localities.items():
        states.setdefault(row["state_name"], set()).add(indices[key]["state"])
    # One state to each of two letters, but for what CMS prints together.
    assert {name for name, letters in states.items() if len(letters) != 1} <= {"HAWAII/GUAM"}
    assert states["CALIFORNIA"] == {"CA"}
    for key, area, counties in [
        (("02102", "01"), "STATEWIDE", "ALL COUNTIES"), (("01112", "51"), "NAPA", "NAPA"), (("09102", "04"), "MIAMI", "DADE AND MONROE"),
        (("13292", "04"), "QUEENS", "QUEENS"), (("04412", "09"), "BRAZORIA", "BRAZORIA"),
    ]:  # fmt: skip
        assert (localities[key]["area"], localities[key]["counties"]) == (area, counties)


REPORTS = {
    "HCPC2020_APR_trans_alpha.xlsx": {"A": 18, "C": 4, "D": 1},
    "HCPC2020_JUL_trans_alpha.xlsx": {"A": 61, "C": 3, "D": 9, "S": 1, "CS": 1},
    "HCPC2020_OCT_trans_alpha.xlsx": {"A": 38, "C": 7, "D": 4, "F": 2},
    "2018-Alpha-Numeric-HCPCS-File.zip HCPC18_Trans_Report_Alpha.xlsx": {
        "A": 152,
        "P": 64,
        "C": 50,
        "D": 40,
        "S": 19,
        "F": 2,
    },
    "2019-Alpha-Numeric-HCPCS-File.zip HCPC2019_Trans_Alpha.xlsx": {
        "A": 228,
        "C": 94,
        "D": 49,
        "P": 47,
        "S": 8,
        "B": 1,
        "F": 1,
    },
}


@pytest.fixture(params=sorted(REPORTS))
def report(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    first, _, member = request.param.partition(" ")
    if not member:
        return request.param, CMS / "hcpcs" / first
    with zipfile.ZipFile(CMS / "hcpcs" / first) as archive:
        (tmp_path / member).write_bytes(archive.read(member))
    return request.param, tmp_path / member


def test_changes_equal_those_on_the_second_sheet(report: tuple[str, Path]) -> None:
    name, path = report
    told = rows_of(parse(path))
    assert Counter(row["action"] for row in told) == REPORTS[name]
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(1).to_python()
    start = next(number for number, row in enumerate(rows) if str(row[0]).startswith("HCPC"))
    changed = [row for row in rows[start + 1 :] if row[0] and str(row[1]).lower() != "no change"]
    assert sorted(str(row["hcpcs_code"] or row["modifier"]) for row in told) == sorted(
        str(row[0]).strip() for row in changed
    )
    words = {str(row[0]).strip(): [str(cell).strip() for cell in row[2:4]] for row in changed}
    for row in told:
        printed = words[str(row["hcpcs_code"] or row["modifier"])]
        assert [row["short_descriptor"], row["descriptor"]] == (printed or [None, None])


def test_what_a_report_adds_begins_in_the_file_of_its_quarter() -> None:
    added = {
        row["hcpcs_code"]
        for row in rows_of(parse(CMS / "hcpcs" / "HCPC2020_JUL_trans_alpha.xlsx"))
        if row["action"] == "A"
    }
    codes = parse(CMS / "hcpcs" / "HCPC2020_JUL_anweb.xlsx").tables["hcpcs"].to_pylist()
    began = {row["hcpcs_code"]: row["span_from"] for row in codes if row["hcpcs_code"] in added}
    assert set(began) == added - {None}
    # All that a report of July lists came in that quarter, or by an update before it that the last file lacked.
    assert {day for day in began.values() if day < date(2020, 1, 1)} == set()
    assert began["C9059"] == date(2020, 7, 1)


def test_every_document_equals_a_reading_by_position() -> None:
    path = CMS / "mcd" / "documents_latest_2025-08-17.csv.gz"
    told = {(row["display_id"], row["version"]): row for row in rows_of(parse(path))}
    printed = by_position(path, "utf-8")[1:]
    assert len(printed) == len(told) == 3133
    for record in printed:
        row = told[record[1], int(record[4])]
        assert (row["document_id"], row["document_type"], row["title"], row["url"]) == (
            record[2],
            record[3],
            record[8].strip(),
            record[11],
        )
        assert f"{row['effective_date']:%m/%d/%Y}" == record[5]
        assert (f"{row['retirement_date']:%m/%d/%Y}" if row["retirement_date"] else "N/A") == record[7]
        assert f"{row['updated_on']:%m/%d/%Y}" == record[9]
        assert "\n" not in str(row["contractors"])
        assert (row["status"] == "future") == record[6].startswith("Future")
        assert (row["status"] == "retired") == (record[6] == "Retired")


def test_documents_that_were_read_by_hand() -> None:
    rows = rows_of(parse(CMS / "mcd" / "documents_latest_2025-08-17.csv.gz"))
    assert Counter(row["document_type"] for row in rows) == {"LCD": 972, "Article": 2161}
    lists = {(row["display_id"], row["version"]): row for row in rows if row["is_self_administered"]}
    assert len(lists) == 15
    assert (lists["A52571", 130]["valid_to"], lists["A52571", 133]["valid_from"]) == (
        date(2025, 8, 30),
        date(2025, 8, 31),
    )
    assert (lists["A53022", 109]["status"], lists["A53022", 109]["valid_to"]) == ("retired", date(2025, 6, 30))
    assert lists["A53033", 126]["contractors"] == "Noridian Healthcare Solutions, LLC (MAC - Part A, MAC - Part B)"
    assert Counter("; " in str(row["contractors"]) for row in rows) == {False: 2992, True: 141}


# What a folder of all files leaves out, each with a part of what it is told.
REFUSED_FROM_THE_FOLDER = {
    "revenue_codes_drug_subset.csv": "--release 2024-Q3",
    "HCPC2026_OCT_ANWEB.excerpt.csv": "--partial",
    "MCR_MUE_PractitionerServices_Eff_07-01-2026.excerpt.csv": "--partial",
    "PPRRVU2026_Jul_nonQPP.excerpt.redacted.csv": "--partial",
    "icd10cm_order_2026.excerpt.txt": "--partial",
    "ncci_ptp_page.links.excerpt.html": "a web page",
    "ccipra-v322r0-f1.excerpt.txt": "file f2 is missing",
    "2019-HCPCS-Alpha-Numeric-Corrections.zip": "list of corrections",
    "2019-HCPCS-Record-Layout.zip": "record layout",
    "HCPC2026_recordlayout.txt": "record layout",
}


def test_the_whole_folder_is_imported_but_for_excerpts_and_what_holds_no_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # files of a few rows are excerpts here, as they are to a user
    run = import_files(tmp_path / "library", [CMS])
    told = {Path(one.place.split(": ")[0]).name: one.why for one in run.refused}
    assert set(told) == set(REFUSED_FROM_THE_FOLDER)
    for name, words in REFUSED_FROM_THE_FOLDER.items():
        assert words in told[name], name
    tables = {file.name for one in run.reports for file in one.manifest.tables}
    assert tables >= {"asc_payment", "pfs_rvu", "pfs_gpci", "pfs_locality", "hcpcs_change", "coverage_document"}


def test_an_imported_list_of_revenue_codes_goes_before_our_own_words(tmp_path: Path) -> None:
    import_file(tmp_path, CMS / "codesets" / "revenue_codes_drug_subset.csv", release="2024-Q3")
    rows = Library.open(tmp_path).table("revenue_code").to_pylist()
    on = [
        row
        for row in rows
        if row["revenue_code"] == "0636" and row["valid_from"] <= date(2024, 8, 1) <= row["valid_to"]
    ]
    assert [(row["release"], row["kind"]) for row in on] == [("revenue_codes 2024-Q3 r1", None)]
    # What the list does not have is told by our own.
    assert {row["kind"] for row in rows if row["revenue_code"] == "0344"} == {"radiopharmaceutical"}
