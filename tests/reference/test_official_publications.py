"""The whole official files of the other publications: every row accounted for, values against a plain second reading."""

import csv
import gzip
import io
import re
import time
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cleanclaim.errors import KnowsLess, NotImported, UnknownPublication
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.importing import import_all, import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.library.storing import ImportReport
from cleanclaim.reference.publications import archive, recognize
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source
from tests.shared import SHARED, needs_shared

pytestmark = [*needs_shared, pytest.mark.slow]

CMS, FDA = SHARED / "data" / "cms", SHARED / "data" / "fda"
CROSSWALKS = sorted((CMS / "asp").glob("section*Crosswalk*.gz"))
ADDENDA = sorted((CMS / "opps").glob("*Web*.gz"))

ALTERNATE = "an alternate id in place of an NDC"
CONTINUED = "continuation, joined to the record before"
NO_CODE = "no HCPCS code in the first column"
BEFORE = "ended before the days of the release"
# What data/README.md counts: release, rows read, and how many of them were set aside for which reason.
COUNTS: dict[str, tuple[str, int, dict[str, int]]] = {
    "asp/section 508 version of January 2024 ASP NDC-HCPCS Crosswalk 122023.csv.gz": ("2024-Q1", 6684, {ALTERNATE: 695}),
    "asp/section 508 version of April 2024 ASP NDC-HCPCS Crosswalk 032124.csv.gz": ("2024-Q2", 6746, {ALTERNATE: 648}),
    "asp/section 508 version of July 2024 ASP NDC-HCPCS Crosswalk 061824.csv.gz": ("2024-Q3", 7171, {ALTERNATE: 787}),
    "asp/section 508 version of October 2024 ASP NDC-HCPCS Crosswalk 092724.csv.gz": ("2024-Q4", 7429, {ALTERNATE: 904}),
    "asp/section 508 version of January 2025 ASP NDC-HCPCS Crosswalk 122024.csv.gz": ("2025-Q1", 7172, {ALTERNATE: 694}),
    "asp/section 508 version of April 2025 ASP NDC-HCPCS Crosswalk 032625.csv.gz": ("2025-Q2", 7585, {ALTERNATE: 1042}),
    "asp/section 508 version of July 2025 ASP NDC-HCPCS Crosswalk 062325.csv.gz": ("2025-Q3", 7873, {ALTERNATE: 1140}),
    "asp/section 508 version of October 2025 ASP NDC-HCPCS Crosswalk 090525.csv.gz": ("2025-Q4", 8245, {ALTERNATE: 1284}),
    "asp/section 508 version of January 2026 ASP NDC-HCPCS Crosswalk 121725.csv.gz": ("2026-Q1", 7125, {ALTERNATE: 1}),
    "asp/October 2025 ASP NOC NDC-HCPCS Crosswalk (noc_crosswalk).csv": ("2025-Q4", 2, {}),
    "asp/October 2025 ASP NOC Pricing (noc_pricing).csv": ("2025-Q4", 1, {}),
    "opps/Section 508 version of January_Web_2024_Addendum_B.04.24.24.csv.gz": ("2024-Q1", 18109, {}),
    "opps/Section 508 version of January 2025 Web Addendum B.12.31.24.csv.gz": ("2025-Q1", 18562, {}),
    "opps/Section 508 version of July 2025 Web Addendum B.06.26.25.csv.gz": ("2025-Q3", 18704, {}),
    "opps/Section 508 of July 2025 Web Addendum B.07.25.25.csv.gz": ("2025-Q3", 18704, {}),
    "opps/508 version of October 2025 Web Addendum B.10.31.25.csv.gz": ("2025-Q4", 18798, {}),
    "opps/ASC_Addendum_BB_2020_JAN.csv": ("2020-Q1", 1750, {NO_CODE: 2}),
    "opps/ASC_Addendum_BB_2020_APR.csv": ("2020-Q2", 1773, {NO_CODE: 2}),
    "opps/ASC_Addendum_BB_2020_JUL.csv": ("2020-Q3", 1825, {NO_CODE: 2}),
    "pfs/PPRRVU2025_Oct.csv.gz": ("2025-Q4", 19090, {}),
    "pfs/GPCI2025.csv": ("CY2025", 112, {"a footnote": 2, "no contractor and locality": 1}),
    "pfs/25LOCCO.csv": ("CY2025", 111, {"a footnote": 1, "the locality stands there once more": 1}),
    "mcd/documents_latest_2025-08-17.csv.gz": ("2025-08-17", 3133, {}),
    "hcpcs/HCPC2020_APR_trans_alpha.xlsx": ("2020-Q2", 7097, {"no change": 7074}),
    "hcpcs/HCPC2020_JUL_trans_alpha.xlsx": ("2020-Q3", 7159, {"no change": 7084}),
    "hcpcs/HCPC2020_OCT_trans_alpha.xlsx": ("2020-Q4", 7196, {"no change": 7145}),
    "hcpcs/proc_notes_JAN2026.txt": ("2026-Q1", 234, {}),
    "hcpcs/hcpcs_level2_2026q3.txt.gz": ("2026-Q3", 8725, {}),
    "hcpcs/HCPC2024_JUL_ANWEB_v3_level2.decoded.csv.gz": ("2024-Q3", 8033, {}),
    "hcpcs/NOC_codes_JUL2024.decoded.csv": ("2024-Q3", 161, {"continuation, joined to the row before": 2}),
    "ncci/MUE_PractitionerServices_Eff_07-01-2024.decoded.csv.gz": ("2024-Q3", 14677, {}),
    "ncci/MUE_OutpatientHospitalServices_Eff_07-01-2024.decoded.csv.gz": ("2024-Q3", 14628, {}),
    "ncci/MUE_DMESupplierServices_Eff_07-01-2024.decoded.csv.gz": ("2024-Q3", 2928, {}),
    "ncci/AOC_2024-06-03.decoded.csv.gz": ("2024-06-03", 7465, {}),
    "ncci/PTP_practitioner_2024Q3_drug_subset.decoded.csv.gz": ("2024-Q3", 20523, {BEFORE: 9462}),
    "ncci/PTP_outpatient_hospital_2024Q3_drug_subset.decoded.csv.gz": ("2024-Q3", 17568, {BEFORE: 7333}),
    "codesets/carc_rarc_group_codes_2024-06.decoded.csv": ("2024-06-01", 1581, {"rows of no table: adj_type is 'Group'": 5}),
    "codesets/place_of_service_codes_2024-06.decoded.csv": ("2024-06-01", 99, {"rows of no table: pos_type is 'Unassigned'": 47}),
}  # fmt: skip


def parse(path: Path, **said: object) -> Parsed:
    source = Source.read(path, **said)  # type: ignore[arg-type]
    return recognize(source).parse(source)


def text_of(path: Path, encoding: str = "cp1252") -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode(encoding, errors="replace")


def printed(path: Path, first_cell: str, encoding: str = "cp1252") -> list[list[str]]:
    """The records below the header whose first cell is this, read plainly."""
    found = csv.reader(io.StringIO(text_of(path, encoding), newline=""))
    rows = list(found)
    start = next(number for number, row in enumerate(rows) if first_cell in [cell.strip() for cell in row])
    return [
        [cell.replace("\u00a0", " ").strip() for cell in row]
        for row in rows[start + 1 :]
        if any(cell.strip() for cell in row)
    ]


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_every_row_is_kept_or_set_aside(name: str) -> None:
    release, read, aside = COUNTS[name]
    parsed = parse(CMS / name)
    assert (parsed.release, parsed.read) == (release, read)
    assert {one.reason: one.count for one in parsed.set_aside_by_reason} == aside
    assert parsed.kept == read - sum(aside.values()) == sum(table.num_rows for table in parsed.tables.values())


@pytest.mark.parametrize("path", CROSSWALKS, ids=lambda path: path.name[20:45])
def test_every_crosswalk_row_equals_a_second_reading(path: Path) -> None:
    told = {
        (row["hcpcs_code"], row["ndc11"]): [row[name] for name in ("package_size", "package_quantity", "bill_units", "bill_units_package")]
        for row in parse(path).tables["ndc_crosswalk"].to_pylist()
    }  # fmt: skip
    rows = [row for row in printed(path, "NDC2") if re.fullmatch(r"\d{5}-\d{4}-\d\d", row[3])]
    assert len(rows) == len(told)
    for row in rows:
        numbers = [Decimal(cell) if re.fullmatch(r"[0-9.]+", cell) else None for cell in row[6:10]]
        assert told[row[0], row[3].replace("-", "")] == numbers, row
    if "October 2025" in path.name:
        codes: dict[str, set[str]] = {}
        for code, ndc in told:
            codes.setdefault(ndc, set()).add(code)
        assert sum(len(one) > 1 for one in codes.values()) == 133
        assert any(units[2] * units[1] != units[3] for units in told.values() if None not in units)


def test_alpha_1_proteinase_keeps_a_tenth_of_a_unit() -> None:
    rows = [row for row in parse(CROSSWALKS[0]).tables["ndc_crosswalk"].to_pylist() if row["hcpcs_code"] == "J0256"]
    assert Decimal("0.1") in {row["bill_units"] for row in rows}


@pytest.mark.parametrize("path", ADDENDA, ids=lambda path: path.name[-30:])
def test_every_status_and_rate_equals_a_second_reading(path: Path) -> None:
    told = {row["hcpcs_code"]: row for row in parse(path).tables["opps_status"].to_pylist()}
    rows = printed(path, "HCPCS Code")
    assert len(rows) == len(told)
    for row in rows:
        one = told[row[0][:5]]
        assert (one["status_indicator"] or "", one["apc"] or "") == (row[2], row[3])
        for name, cell in zip(
            ("payment_rate", "national_copayment", "minimum_copayment", "coinsurance_percent", "adjusted_copayment"),
            row[5:10],
            strict=True,
        ):
            assert one[name] == (Decimal(re.sub("[$,%]", "", cell)) if re.search(r"\d", cell) else None), row


def test_both_issues_of_july_2025_are_revisions(tmp_path: Path) -> None:
    issues = [path for path in ADDENDA if "July 2025" in path.name]
    for path in sorted(issues, key=lambda path: path.name[-15:]):
        import_file(tmp_path, path)
    library = Library.open(tmp_path, presume=False)
    assert [one.label for one in library.releases] == ["opps_addendum_b 2025-Q3 r1", "opps_addendum_b 2025-Q3 r2"]
    assert all("file's name" in one.notes[0] for one in library.releases)
    assert {row["release"] for row in library.table("opps_status").to_pylist()} == {"opps_addendum_b 2025-Q3 r2"}


def test_noc_limits() -> None:
    limits = parse(CMS / "asp" / "October 2025 ASP NOC Pricing (noc_pricing).csv").tables["noc_limit"].to_pylist()
    assert [(row["dosage"], row["payment_limit"]) for row in limits] == [("1 UNIT", Decimal("2.462"))]
    ndcs = (
        parse(CMS / "asp" / "October 2025 ASP NOC NDC-HCPCS Crosswalk (noc_crosswalk).csv")
        .tables["noc_crosswalk"]
        .to_pylist()
    )
    assert [(row["ndc11"], row["bill_units"], row["bill_units_package"]) for row in ndcs] == [
        ("81298855203", 20, 200),
        ("81298855403", 40, 400),
    ]


@pytest.mark.parametrize("year", ["2018", "2019"])
def test_the_archive_of_a_year(year: str, tmp_path: Path) -> None:
    path = CMS / "hcpcs" / f"{year}-Alpha-Numeric-HCPCS-File.zip"
    done = import_all(tmp_path, path)
    releases = {one.manifest.publication: one.manifest for one in done if isinstance(one, ImportReport)}
    assert set(releases) == {"hcpcs", "hcpcs_notes", "hcpcs_changes"}
    assert all(one.release == f"{year}-Q1" and one.archive == path.name for one in releases.values())
    with zipfile.ZipFile(path) as file:
        names = set(file.namelist())
        text = next(name for name in names if "ANWEB" in name and name.endswith(".txt"))
        lines = file.read(text).decode("iso-8859-1").split("\r\n")
        (tmp_path / text).write_bytes(file.read(text))
    assert {one.member for one in done if not isinstance(one, ImportReport)} == names - {
        one.file_name for one in releases.values()
    }
    reason = next(one.reason for one in done if not isinstance(one, ImportReport) and one.member == text)
    assert "in another format" in reason
    # The text by itself: every record of its own, values cut out by hand.
    parsed = parse(tmp_path / text)
    records = [line for line in lines if re.match(r"(?:[A-Z]\d{4}|   [A-Z0-9]{2})\d{5}[3478]", line)]
    assert parsed.read == len(records)
    assert parsed.kept == sum(line[10] in "37" for line in records)
    assert {one.reason: one.count for one in parsed.set_aside_by_reason} == {
        CONTINUED: sum(line[10] in "48" for line in records)
    }
    rows = {row["hcpcs_code"]: row for row in parsed.tables["hcpcs"].to_pylist()}
    for code in ("J9271", "J1725", "J1745", "J0897", "J3490"):
        line = next(line for line in records if line.startswith(code))
        row = rows[code]
        assert f"{row['span_from']:%Y%m%d}" == line[268:276]
        assert f"{row['span_to']:%Y%m%d}" == (line[284:292].strip() or "99991231")
        assert (row["pricing_indicator"], row["coverage_code"], row["betos"]) == (
            line[119:121],
            line[229],
            line[256:259],
        )
        assert row["short_descriptor"] == line[91:119].strip()
    assert rows["J1725"]["span_to"] == date(2017, 12, 31)


def test_no_hcpcs_file_has_a_cpt_modifier() -> None:
    for path in (CMS / "hcpcs").glob("HCPC20*anweb.xlsx"):
        names = {row["modifier"] for row in parse(path).tables["modifier"].to_pylist()}
        assert "JW" in names
        assert not any(name.isdigit() for name in names), path.name


def test_lists_beside_the_files(tmp_path: Path) -> None:
    noc = (
        parse(_member(tmp_path, CMS / "hcpcs" / "2019-HCPCS-NOC-Codes.zip", "NOC_Codes_2019.xlsx"))
        .tables["noc_code"]
        .to_pylist()
    )
    assert len(noc) == 139
    told = {row["hcpcs_code"]: row for row in noc}
    assert told["L8608"]["descriptor"].endswith("argus ii retinal prosthesis system")
    assert told["J0833"]["span_to"] == date(2018, 12, 31)
    later = {
        row["hcpcs_code"]: row
        for row in parse(CMS / "hcpcs" / "NOC_codes_JUL2024.decoded.csv").tables["noc_code"].to_pylist()
    }
    assert later["J7192"]["descriptor"].endswith("not otherwise specified")
    notes = {
        row["note_number"]: row["text"]
        for row in parse(CMS / "hcpcs" / "proc_notes_JAN2026.txt").tables["processing_note"].to_pylist()
    }
    assert notes["0018"] == "CODE J2545 TO BE REPORTED WITH 94642 WHERE APPROPRIATE."
    assert "J9218" in notes["0014"]
    assert notes["0014"].endswith("SELF ADMINISTERED DRUGS.")
    assert set(notes) == set(
        re.findall(r"^\s+(\d{4})--", text_of(CMS / "hcpcs" / "proc_notes_JAN2026.txt"), re.MULTILINE)
    )


def _member(tmp_path: Path, path: Path, name: str) -> Path:
    with zipfile.ZipFile(path) as file:
        (tmp_path / name).write_bytes(file.read(name))
    return tmp_path / name


def test_decoded_lists_against_a_second_reading() -> None:
    hcpcs = {
        row["hcpcs_code"]: row
        for row in parse(CMS / "hcpcs" / "HCPC2024_JUL_ANWEB_v3_level2.decoded.csv.gz").tables["hcpcs"].to_pylist()
    }
    rows = csv.DictReader(io.StringIO(text_of(CMS / "hcpcs" / "HCPC2024_JUL_ANWEB_v3_level2.decoded.csv.gz", "utf-8")))
    for row in rows:
        one = hcpcs[row["hcpcs_code"]]
        assert (str(one["span_from"]), str(one["span_to"])) == (row["date_added"], row["date_term"] or "9999-12-31")
        assert (one["descriptor"] or "") == row["long_description"].strip()
    assert hcpcs["J1010"]["amount"] == 1
    mue = {
        row["hcpcs_code"]: row
        for row in parse(CMS / "ncci" / "MUE_PractitionerServices_Eff_07-01-2024.decoded.csv.gz")
        .tables["mue"]
        .to_pylist()
    }
    for row in csv.DictReader(
        io.StringIO(text_of(CMS / "ncci" / "MUE_PractitionerServices_Eff_07-01-2024.decoded.csv.gz", "utf-8"))
    ):
        one = mue[row["hcpcs_code"]]
        assert (str(one["mue_value"].normalize().__format__("f")), str(one["mue_adjudication_indicator"])) == (
            row["mue_units"],
            row["mue_mai"],
        )
    assert (mue["J9271"]["mue_value"], mue["J9271"]["service_type"]) == (400, "practitioner")
    places = {
        row["place_of_service"]: row["facility"]
        for row in parse(CMS / "codesets" / "place_of_service_codes_2024-06.decoded.csv")
        .tables["place_of_service"]
        .to_pylist()
    }
    assert (places["11"], places["22"], places["19"], places["24"], places["01"]) == (False, True, True, True, False)
    reasons = parse(CMS / "codesets" / "carc_rarc_group_codes_2024-06.decoded.csv").tables
    assert (reasons["adjustment_reason"].num_rows, reasons["remark"].num_rows) == (405, 1171)
    assert {row["carc"]: row["span_to"] for row in reasons["adjustment_reason"].to_pylist()}["15"] == date(2018, 5, 1)
    add_on = parse(CMS / "ncci" / "AOC_2024-06-03.decoded.csv.gz").tables["add_on"].to_pylist()
    assert {(row["add_on_code"], row["add_on_type"]) for row in add_on if row["primary_code"] == "CCCCC"} >= {
        ("0054T", 2),
        ("0055T", 2),
    }
    with pytest.raises(Exception, match="--release"):
        parse(CMS / "codesets" / "revenue_codes_drug_subset.csv")
    assert parse(CMS / "codesets" / "revenue_codes_drug_subset.csv", release="2024-Q3").kept == 34


def test_the_excerpt_of_2026_is_imported_only_as_one(tmp_path: Path) -> None:
    path = CMS / "excerpts_2026" / "HCPC2026_OCT_ANWEB.excerpt.csv"
    report = import_file(tmp_path, path, partial=True)
    assert (report.manifest.label, report.manifest.read, report.manifest.kept) == ("hcpcs 2026-Q4 r1", 12, 12)
    assert {one.key for one in report.manifest.coverage} == {
        "A1",
        "AA",
        "AB",
        "AC",
        "AD",
        "AH",
        "AM",
        "CP",
        "GD",
        "JF",
        "JG",
        "L1",
    }
    ended = {
        row["modifier"]: row["span_to"]
        for row in Library.open(tmp_path).table("modifier").to_pylist()
        if "hcpcs 2026" in row["release"]
    }
    assert (ended["JF"], ended["JG"]) == (date(2015, 6, 30), date(2024, 12, 31))


def test_codes_of_a_later_list_are_known_to_exist_and_no_more(tmp_path: Path) -> None:
    import_file(tmp_path, CMS / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx")
    import_file(tmp_path, CMS / "hcpcs" / "hcpcs_level2_2026q3.txt.gz")
    lookup = Lookup.open(tmp_path, presume=False)
    assert lookup.code("J9271", date(2025, 10, 1)).status == "active"
    assert lookup.code("J9271", date(2026, 7, 1)).status == "not_in_reference"
    carried = Lookup.open(tmp_path).code("J9271", date(2026, 7, 1))
    assert carried.status == "active"  # the list says that it is there, the list before it with which words
    assert carried.presumed
    assert lookup.code("J0000", date(2026, 7, 1)).status == "not_found"
    other = tmp_path / "codes_2025q4.txt"
    other.write_text(text_of(CMS / "hcpcs" / "hcpcs_level2_2026q3.txt.gz"))
    with pytest.raises(KnowsLess):
        import_file(tmp_path, other)


REFUSED = {
    "hcpcs/HCPC2026_recordlayout.txt": "record layout",
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_no_importer_reads_is_recognized(name: str) -> None:
    with pytest.raises(NotImported, match=REFUSED[name]):
        recognize(Source.read(CMS / name))


def test_the_corrections_are_recognized_and_not_imported(tmp_path: Path) -> None:
    with pytest.raises(UnknownPublication, match="list of corrections"):
        import_all(tmp_path, CMS / "hcpcs" / "2019-HCPCS-Alpha-Numeric-Corrections.zip")
    assert archive.is_archive(Source.read(CMS / "hcpcs" / "2019-HCPCS-Record-Layout.zip"))


def test_the_directory_of_2019(tmp_path: Path) -> None:
    began = time.perf_counter()
    report = import_file(tmp_path, FDA / "package.2019.txt.gz")
    assert time.perf_counter() - began < 30  # a few seconds; measured in the benchmarks
    assert (report.manifest.label, report.manifest.read, report.manifest.kept) == (
        "fda_packages 2019-04-29 r1",
        243960,
        243951,
    )
    assert {one.reason: one.count for one in report.manifest.set_aside} == {"the package is described once more": 9}
    table = Library.open(tmp_path).table("ndc_package")
    told = {row["package_ndc"]: row for row in table.to_pylist()}
    lines = text_of(FDA / "package.2019.txt.gz").split("\r\n")
    for ndc in ("0006-3026-02", "57894-030-01", "50242-051-21", "12496-0100-1", "0003-2188-11"):
        cells = next(line for line in lines if f"\t{ndc}\t" in line).split("\t")
        row = told[ndc]
        labeler, product, item = ndc.split("-")
        assert row["ndc11"] == f"{labeler:0>5}{product:0>4}{item:0>2}"
        assert (row["product_id"], row["description"], f"{row['marketing_start']:%Y%m%d}") == (
            cells[0],
            cells[3].strip(),
            cells[4],
        )
    kinds = ("single_dose", "single_dose", "single_dose", "single_dose", "single_dose")
    assert (
        tuple(
            told[ndc]["container"]
            for ndc in ("50242-051-21", "12496-0100-1", "0003-2188-11", "0003-2814-11", "0003-2818-11")
        )
        == kinds
    )
    assert told["0002-1200-30"]["container"] == "multi_dose"
    assert told["0002-0800-01"]["container"] is None  # a bare vial
    assert all(row["valid_to"] == date(9999, 12, 31) for row in told.values())


def test_the_products_of_2019() -> None:
    parsed = parse(FDA / "product.2019.txt.gz")
    assert (parsed.release, parsed.read, parsed.kept) == ("2019-04-29", 128241, 128241)
    told = {row["product_ndc"]: row for row in parsed.tables["ndc_product"].to_pylist()}
    lines = text_of(FDA / "product.2019.txt.gz").split("\r\n")
    for ndc in ("0006-3026", "57894-030", "50242-051", "12496-0100", "0003-2188"):
        cells = next(line for line in lines if f"\t{ndc}\t" in line).split("\t")
        row = told[ndc]
        assert (
            row["nonproprietary_name"],
            row["dosage_form"],
            row["route"],
            row["strengths"],
            row["strength_units"],
        ) == (cells[5], cells[6], cells[7], cells[14], cells[15])
        assert f"{row['marketing_start']:%Y%m%d}" == cells[8]


def test_the_rows_of_imported_containers_agree_with_the_starter_set() -> None:
    told: dict[str, set[str | None]] = {}
    for row in parse(FDA / "package.2019.txt.gz").tables["ndc_package"].to_pylist():
        told.setdefault(row["ndc11"], set()).add(row["container"])
    with (Path(__file__).parents[2] / "src/cleanclaim/reference/library/starter/product.csv").open(
        encoding="utf-8"
    ) as file:
        starter = list(csv.DictReader(line for line in file if not line.startswith("#")))
    compared = [
        (row["ndc11"], row["container"], told[row["ndc11"]])
        for row in starter
        if row["container"] and "Directory, 2019" in row["source"] and row["ndc11"] in told
    ]
    assert len(compared) > 100
    assert [one for one in compared if one[2] != {one[1]}] == []
