"""The official files of NCCI and ICD-10-CM: every row accounted for, values against a second reading by other means."""

import gzip
import re
from datetime import date
from pathlib import Path

import pytest

from cleanclaim.reference.importing import import_files
from cleanclaim.reference.library import Library
from cleanclaim.reference.publications import (
    icd10cm_codes,
    icd10cm_order,
    icd10cm_tabular,
    ncci_mue,
    ncci_ptp,
    recognize,
)
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import OPEN_END
from tests.shared import SHARED, needs_shared

pytestmark = [*needs_shared, pytest.mark.slow]

CMS = SHARED / "data" / "cms"
EXCERPTS = CMS / "excerpts_2026"
ICD = CMS / "icd10cm"
TABULAR_2026 = ICD / "icd10c-tabular-April-1-2026.xml.gz"
TABULAR_2025 = ICD / "icd10cm-tabular-April-2025.xml.gz"
CODES_2026 = ICD / "icd10cm_codes_2026.codes_only.txt.gz"
DIAGNOSES = {TABULAR_2026: ("FY2026-April", 98_186, 74_719), TABULAR_2025: ("FY2025-April", 97_584, 74_260)}


def test_the_mue_excerpt_row_by_row() -> None:
    path = EXCERPTS / "MCR_MUE_PractitionerServices_Eff_07-01-2026.excerpt.csv"
    source = Source.read(path)
    assert recognize(source) is ncci_mue
    parsed = ncci_mue.parse(source)
    assert (parsed.release, parsed.series, parsed.read, parsed.kept) == ("2026-Q3", "practitioner", 10, 10)
    printed = re.findall(r"^([0-9A-Z]{5}),([0-9]+),([123]) [^,]*,(.*?)\r?$", path.read_text("latin-1"), re.MULTILINE)
    rows = parsed.tables["mue"].to_pylist()
    assert [
        (row["hcpcs_code"], str(int(row["mue_value"])), str(row["mue_adjudication_indicator"]), row["rationale"])
        for row in rows
    ] == printed
    assert {(row["valid_from"], row["valid_to"]) for row in rows} == {(date(2026, 7, 1), date(2026, 9, 30))}


def test_the_ptp_excerpt_row_by_row() -> None:
    path = EXCERPTS / "ccipra-v322r0-f1.excerpt.txt"
    source = Source.read(path)
    assert recognize(source) is ncci_ptp
    parsed = ncci_ptp.parse(source)
    assert (parsed.release, parsed.series, parsed.read, parsed.kept) == ("2026-Q3", "practitioner", 20, 20)
    printed = [line.split("\t") for line in path.read_text("ascii").splitlines() if re.match(r"[0-9A-Z]{5}\t", line)]
    for row, cells in zip(parsed.tables["ptp"].to_pylist(), printed, strict=True):
        end = OPEN_END if cells[4] == "*" else date.fromisoformat(cells[4])
        assert row == {
            "ptp_column_one": cells[0], "ptp_column_two": cells[1], "service_type": "practitioner",
            "span_from": date.fromisoformat(cells[3]), "span_to": end, "modifier_indicator": int(cells[5]),
            "rationale": cells[6], "valid_from": date.fromisoformat(cells[3]), "valid_to": min(end, date(2026, 9, 30)),
        }  # fmt: skip


def test_the_order_excerpt_row_by_row() -> None:
    path = EXCERPTS / "icd10cm_order_2026.excerpt.txt"
    source = Source.read(path)
    assert recognize(source) is icd10cm_order
    parsed = icd10cm_order.parse(source)
    lines = path.read_text("ascii").splitlines()
    assert (parsed.release, parsed.read, parsed.kept) == ("FY2026", len(lines), len(lines))
    for row, line in zip(parsed.tables["diagnosis"].to_pylist(), lines, strict=True):
        number, code, flag, words = line.split(maxsplit=3)
        assert (number, row["diagnosis_code"], row["billable"]) == (number, code, flag == "1")
        assert words.endswith(row["descriptor"])


@pytest.fixture(scope="module", params=sorted(DIAGNOSES))
def tabular(request: pytest.FixtureRequest) -> tuple[Path, Parsed]:
    return request.param, icd10cm_tabular.parse(Source.read(request.param))


def test_every_code_of_the_tabular_list_is_there(tabular: tuple[Path, Parsed]) -> None:
    path, parsed = tabular
    release, rows, billable = DIAGNOSES[path]
    assert (parsed.release, parsed.read, parsed.kept, parsed.set_aside) == (release, rows, rows, ())
    table = parsed.tables["diagnosis"].to_pylist()
    printed = re.findall(r"<name>([A-Z][0-9A-Z.]{2,7})</name>", gzip.decompress(path.read_bytes()).decode())
    codes = {row["diagnosis_code"] for row in table}
    assert {name.replace(".", "") for name in printed} <= codes
    assert sum(row["billable"] for row in table) == billable
    by_code = {row["diagnosis_code"]: row for row in table}
    # Read in the list by hand: header or code, seventh character, placeholders, manifestation.
    for code, is_billable, manifestation, words in (
        ("A00", False, False, "Cholera"),
        ("M0689", True, False, "Other specified rheumatoid arthritis, multiple sites"),
        ("S020XXA", True, False, "Fracture of vault of skull, initial encounter for closed fracture"),
        ("T7840XA", True, None, "Allergy, unspecified, initial encounter"),
        ("J17", True, True, "Pneumonia in diseases classified elsewhere"),
        ("S0990", False, False, "Unspecified injury of head"),
        ("D631", True, None, "Anemia in chronic kidney disease"),
        ("Z5111", True, False, "Encounter for antineoplastic chemotherapy"),
    ):
        row = by_code[code]
        assert (row["billable"], row["descriptor"]) == (is_billable, words), code
        if manifestation is not None:
            assert row["manifestation"] == manifestation, code
    assert "S061X7A" in codes
    assert not {"S061X7D", "S061X8S", "S061X7"} & {code for code in codes if by_code[code]["billable"]}


def test_the_expansion_equals_the_list_of_billable_codes() -> None:
    """74,719 codes, and no difference in either direction."""
    table = icd10cm_tabular.parse(Source.read(TABULAR_2026)).tables["diagnosis"].to_pylist()
    listed = icd10cm_codes.parse(Source.read(CODES_2026))
    assert (listed.read, listed.kept, listed.set_aside) == (74_719, 74_719, ())
    billable = {row["diagnosis_code"] for row in table if row["billable"]}
    assert sorted(billable ^ {row["diagnosis_code"] for row in listed.tables["diagnosis"].to_pylist()}) == []


def test_code_sets_follow_each_other(tmp_path: Path) -> None:
    run = import_files(tmp_path / "library", [ICD])
    assert run.refused == []
    library = Library.open(tmp_path / "library", presume=False)
    rows = library.table("diagnosis")
    days = {(row["valid_from"], row["valid_to"], row["release"]) for row in rows.to_pylist()}
    assert days == {
        (date(2025, 4, 1), date(2025, 9, 30), "icd10cm FY2025-April r1"),
        (date(2025, 10, 1), date(2026, 3, 31), "icd10cm FY2026 r1"),
        (date(2026, 4, 1), date(2026, 9, 30), "icd10cm FY2026-April r1"),
    }  # what the package brings is not asked: imports cover all its days
