"""Every fact of the starter set that cites an official file, compared with that file (where it is at hand)."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.reference.test_starter_facts import BARE_LIST, OPEN_END, Fact, facts
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

CMS = SHARED / "data/cms"
QUARTERS = {
    date(2024, 7, 1): ("*Jul 2024 ASP Pricing*", "*July 2024 ASP NDC-HCPCS*"),
    date(2025, 10, 1): ("*Oct 2025 ASP Pricing File REVISED*", "*October 2025 ASP NDC-HCPCS*"),
    date(2026, 1, 1): ("*January 2026 Medicare Part B Payment Limit*", "*January 2026 ASP NDC-HCPCS*"),
}
# from 2026-01-01: not in the file of October 2025
LATER = {"J0013", "J0162", "J1837", "J2516", "J2596", "J3376", "J3379", "J7528", "J9256", "J9326"}
ENDED_LATER = {"S0013": date(2025, 12, 31)}  # still open in the file of October 2025


def read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def table(pattern: str, first_column: str) -> list[dict[str, str]]:
    (path,) = (CMS / "asp").glob(pattern)
    lines = list(csv.reader(io.StringIO(read(path).decode("cp1252"))))
    start = next(place for place, line in enumerate(lines) if re.fullmatch(first_column, line[0].strip()))
    header = [cell.strip() for cell in lines[start]]
    return [
        dict(zip(header, line, strict=False)) | {"code": line[0].strip()} for line in lines[start + 1 :] if any(line)
    ]


@cache
def code_file() -> dict[str, dict[str, str]]:
    workbook = CalamineWorkbook.from_path(CMS / "hcpcs/HCPC2025_OCT_ANWEB.xlsx")
    header, *rows = workbook.get_sheet_by_index(0).to_python()
    return {str(row[0]).strip(): {name: text(cell) for name, cell in zip(header, row, strict=True)} for row in rows}


def text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) else str(cell).strip()


def day(digits: str) -> date:
    return date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}") if digits else OPEN_END


def number(cell: str) -> Decimal | None:
    return None if cell.strip() in {"", "N/A"} else Decimal(cell.strip())


def vouched(name: str, on: date) -> Iterator[str]:
    return (f["key"] for f in facts("coverage") if f["table"] == name and f["valid_from"] <= on <= f["valid_to"])


def test_codes_equal_the_file_of_october_2025():
    codes = code_file()
    latest: dict[str, Fact] = {fact["hcpcs_code"]: fact for fact in facts("hcpcs") if fact["release"] != BARE_LIST}
    assert set(latest) - set(codes) == LATER
    for code, fact in latest.items():
        if code in LATER:
            continue
        told = codes[code]
        assert (fact["short_descriptor"], fact["descriptor"]) == (told["SHORT DESCRIPTION"], told["LONG DESCRIPTION"])
        assert fact["coverage_code"] == (told["COV"] or None), code
        assert fact["pricing_indicator"] == (told["PRICE1"] or None), code
        assert fact["betos"] == (told["BETOS"] or None), code
        assert fact["span_to"] == ENDED_LATER.get(code, day(told["TERM DT"])), code
        if code == "J0570":  # re-activated: the file keeps the first start beside the start of the second span
            assert [f["span_from"] for f in facts("hcpcs") if f["hcpcs_code"] == code] == [
                day(told["ADD DT"]), day(told["ACT EFF DT"]),
            ]  # fmt: skip
        else:
            assert fact["span_from"] == day(told["ADD DT"]), code


def test_later_codes_are_in_the_code_list_of_july_2026_and_the_absent_one_is_in_none():
    listed = set(read(CMS / "hcpcs/hcpcs_level2_2026q3.txt.gz").decode().split())
    assert listed >= {fact["hcpcs_code"] for fact in facts("hcpcs")}
    rows = {fact["hcpcs_code"] for fact in facts("hcpcs")}
    absent = {fact["key"] for fact in facts("coverage") if fact["table"] == "hcpcs"} - rows
    assert absent == {"G0605"}
    assert not absent & (listed | set(code_file()))


def test_level_ii_modifiers_equal_the_file_of_october_2025():
    codes, rows = code_file(), {fact["modifier"]: fact for fact in facts("modifier")}
    for modifier, fact in rows.items():
        if not modifier.isdigit():
            told = codes[modifier]
            assert fact["descriptor"] == told["LONG DESCRIPTION"], modifier
            assert (fact["span_from"], fact["span_to"]) == (day(told["ADD DT"]), day(told["TERM DT"])), modifier
    declared = {fact["key"] for fact in facts("coverage") if fact["table"] == "modifier"}
    assert not (declared - set(rows)) & set(codes)


def test_places_of_service_equal_the_code_set_of_june_2024():
    path = CMS / "codesets/place_of_service_codes_2024-06.decoded.csv"
    told = {row["pos_code"]: row for row in csv.DictReader(io.StringIO(path.read_text("utf-8")))}
    for fact in facts("place_of_service"):
        row = told[fact["place_of_service"]]
        assert (fact["name"], fact["facility"]) == (row["pos_name"], row["pos_type"] == "Facility")


@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_payment_limits_equal_the_file_of_their_quarter(quarter):
    assert set(vouched("asp_limit", quarter)) == {None}  # the whole file
    told = {
        row["code"]: (
            " ".join(row["HCPCS Code Dosage"].split()), number(row["Payment Limit"]), number(row["Co-insurance Percentage"]),
            bool(row["Vaccine Limit"].strip()), " ".join(row["Notes"].split()) or None,
        )
        for row in table(QUARTERS[quarter][0], "HCPCS Code")
        if re.fullmatch(r"[A-Z0-9]{5}", row["code"])
    }  # fmt: skip
    found = {
        fact["hcpcs_code"]: tuple(
            fact[name] for name in ("dosage", "payment_limit", "coinsurance_percent", "is_vaccine", "notes")
        )
        for fact in facts("asp_limit")
        if fact["valid_from"] == quarter
    }
    assert found == told
    assert len(found) > 800


@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_crosswalk_rows_equal_the_file_of_their_quarter(quarter):
    columns = ("PKG SIZE", "PKG QTY", "BILLUNITS", "BILLUNITSPKG")
    told = {
        (row["NDC2"].strip().replace("-", ""), row["code"]): tuple(number(row[name]) for name in columns)
        for row in table(QUARTERS[quarter][1], r"_20\d\d_CODE")
        if re.fullmatch(r"[0-9]{5}-[0-9]{4}-[0-9]{2}", row["NDC2"].strip())
    }
    found = {
        (fact["ndc11"], fact["hcpcs_code"]): tuple(
            fact[name] for name in ("package_size", "package_quantity", "bill_units", "bill_units_package")
        )
        for fact in facts("ndc_crosswalk")
        if fact["valid_from"] == quarter
    }
    assert found == told
    assert len(found) > 6000


@pytest.mark.parametrize(
    ("service_type", "pattern"),
    [("practitioner", "MUE_Pract*"), ("outpatient", "MUE_Outp*"), ("dme", "MUE_DME*")],
)
def test_unlikely_edits_equal_the_table_of_their_quarter(service_type, pattern):
    (path,) = (CMS / "ncci").glob(pattern)
    codes = set(vouched("mue", date(2024, 7, 1)))
    told = {
        row["hcpcs_code"]: (Decimal(row["mue_units"]), int(row["mue_mai"]), row["mue_rationale"])
        for row in csv.DictReader(io.StringIO(read(path).decode()))
        if row["hcpcs_code"] in codes
    }
    found = {
        fact["hcpcs_code"]: (fact["mue_value"], fact["mue_adjudication_indicator"], fact["rationale"])
        for fact in facts("mue")
        if fact["service_type"] == service_type
    }
    assert found == told
    assert {fact["valid_from"] for fact in facts("mue")} == {date(2024, 7, 1)}


DIRECTORY = "FDA NDC Directory, 2019: "
KINDS = {
    "VIAL, SINGLE-USE": "single_dose", "VIAL, SINGLE-DOSE": "single_dose", "VIAL, MULTI-DOSE": "multi_dose",
    "VIAL, PHARMACY BULK PACKAGE": "pharmacy_bulk", "SYRINGE": "single_dose", "SYRINGE, GLASS": "single_dose",
    "SYRINGE, PLASTIC": "single_dose",
}  # fmt: skip


@cache
def packages() -> dict[str, list[str]]:
    """The package descriptions of each billing number in the directory copy of 2019."""
    found = defaultdict(list)
    for line in read(SHARED / "data/fda/package.2019.txt.gz").decode("latin-1").splitlines()[1:]:
        cells = line.split("\t")
        labeler, product, package = cells[2].split("-")
        found[labeler.zfill(5) + product.zfill(4) + package.zfill(2)].append(cells[3])
    return found


def test_containers_that_cite_the_drug_directory_stand_there():
    cited = 0
    for fact in facts("product"):
        if not fact["source"].startswith(DIRECTORY):
            continue
        cited += 1
        kind = fact["source"].removeprefix(DIRECTORY)
        innermost = [description.split(">")[-1] for description in packages()[fact["ndc11"]]]
        assert any(f"in 1 {kind}" in description for description in innermost), fact
        assert fact["container"] == KINDS.get(kind), fact
    assert cited > 200


def test_containers_from_elsewhere_name_their_source_and_the_rest_is_unknown():
    for fact in facts("product"):
        if not fact["source"].startswith(DIRECTORY):
            assert (fact["container"] is None) == ("container not read" in fact["source"]), fact


# What only looks like a remark: PWK types, ASC indicators, segments, a source key, the end of a list that was read.
NO_REMARKS = {
    "M1",
    "N2",  # of a docket, CMS-5056-N2
    "N1",
    "N3",
    "N4",
    "MA65",
    "N812",
}


@cache
def code_list() -> dict[str, dict[str, dict[str, str]]]:
    """CARC and RARC by code, from the list of June 2024."""
    path = CMS / "codesets/carc_rarc_group_codes_2024-06.decoded.csv"
    kinds: dict[str, dict[str, dict[str, str]]] = {"CARC": {}, "RARC": {}, "Group": {}}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kinds[row["adj_type"]][row["adj_code"]] = row
    return kinds


@pytest.mark.parametrize(("name", "kind", "key"), [("adjustment_reason", "CARC", "carc"), ("remark", "RARC", "rarc")])
def test_reason_and_remark_codes_have_the_dates_of_the_list(name: str, kind: str, key: str) -> None:
    for fact in facts(name):
        row = code_list()[kind][str(fact[key])]
        last = date.fromisoformat(row["adj_end_date"]) if row["adj_end_date"] else OPEN_END
        assert (fact["span_from"], fact["span_to"]) == (date.fromisoformat(row["adj_start_date"]), last), fact[key]


def test_no_remark_is_in_the_words_of_the_list() -> None:
    for fact in facts("remark"):
        assert (
            str(fact["descriptor"]).casefold()
            not in code_list()["RARC"][str(fact["rarc"])]["adj_description"].casefold()
        )


def test_every_reason_and_remark_that_the_rulebook_names_is_there() -> None:
    rulebook = SHARED / "domain"
    text = "\n".join(path.read_text("utf-8") for path in sorted(rulebook.glob("*.md")))
    remarks = set(re.findall(r"\b(?:MA[0-9]{2,3}|M[0-9]{1,3}|N[0-9]{1,3})\b", text)) & set(code_list()["RARC"])
    assert remarks - NO_REMARKS <= {fact["rarc"] for fact in facts("remark")}
    named: set[str] = set()
    for line in (rulebook / "denials-and-appeals.md").read_text("utf-8").splitlines():
        cells = line.split("|")
        if re.match(r"\| DEN-[0-5][0-9] ", line):
            named |= set(re.findall(r"\b(?:[AB][0-9]{1,2}|[0-9]{1,3})\b", re.sub(r"before [0-9-]+", "", cells[2])))
    for line in (rulebook / "edits.md").read_text("utf-8").splitlines():
        if re.match(r"\| [A-Z]+(-E)?-[0-9]", line):
            likely = re.sub(r"\([^)]*\)|277CA [A-Z0-9]+|[0-9A-Z]{3} A[67]", "", line.split("|")[9])
            named |= set(re.findall(r"(?<![A-Z0-9-])(?:B[0-9]{1,2}|[0-9]{1,3})(?![0-9A-Z-])", likely))
    named &= set(code_list()["CARC"])
    assert len(named) > 90
    named.discard("277")  # the transaction 277CA
    assert named <= {fact["carc"] for fact in facts("adjustment_reason")}
