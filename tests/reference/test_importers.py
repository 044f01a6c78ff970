"""What importers make of files in the official layouts, quirks included, and which files they refuse."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cleanclaim.errors import OverlappingValidity, UnknownPublication, UnreadableInput
from cleanclaim.reference.publications import asp_csv, hcpcs_records, hcpcs_xlsx, recognize
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval
from tests.reference.conftest import OCTOBER
from tests.reference.publications import asp_file, code, hcpcs_file, limit, modifier
from tests.reference.workbook import write_workbook


def parse_hcpcs(path: Path) -> Parsed:
    return hcpcs_xlsx.parse(Source.read(path))


def rows_of(parsed: Parsed, table: str) -> list[dict[str, object]]:
    return parsed.tables[table].to_pylist()


def test_hcpcs_codes_and_modifiers(october: Path) -> None:
    parsed = parse_hcpcs(october)
    assert parsed.release == "2025-Q4"
    assert parsed.effective == Interval(date(2025, 10, 1), date(2025, 12, 31))
    assert (parsed.read, parsed.kept, parsed.set_aside) == (8, 8, ())
    assert [row["modifier"] for row in rows_of(parsed, "modifier")] == ["JW", "JZ"]
    by_code = {row["hcpcs_code"]: row for row in rows_of(parsed, "hcpcs")}
    ended = by_code["J1030"]
    assert (ended["span_from"], ended["span_to"]) == (date(1982, 1, 1), date(2024, 3, 31))
    assert (ended["substance"], ended["amount"], ended["unit"]) == ("methylprednisolone acetate", Decimal(40), "mg")
    assert (by_code["J3490"]["is_noc"], by_code["J9271"]["is_noc"]) == (True, False)
    # Ended codes stay in the file for ten years: it speaks for all of them.
    assert {row["valid_from"] for row in by_code.values()} - {date(2025, 10, 1)} == {date(2015, 10, 1)}


def test_a_code_that_came_back_is_unknown_before_that(october: Path) -> None:
    spans = [row for row in rows_of(parse_hcpcs(october), "hcpcs") if row["hcpcs_code"] == "J0570"]
    assert [(row["span_from"], row["span_to"], row["valid_from"], row["valid_to"]) for row in spans] == [
        (date(2017, 1, 1), None, date(2015, 10, 1), date(2025, 9, 30)),
        (date(2025, 10, 1), date(9999, 12, 31), date(2025, 10, 1), date(2025, 12, 31)),
    ]


def test_hcpcs_quirks(tmp_path: Path) -> None:
    records = [
        *OCTOBER,
        [""] * 13,
        code("G0503", "Subsequent psychiatric care, other treatment", "20170101", betos="M5B", price="13"),
        code("G0503", "goals and discharge", "", record="4"),
        code("C9301", "Obecabtagene autoleucel, per infusion", 20250401.0, 20250930.0),  # dates as numbers
        code("X123", "Too short", "20250101"),
        code("J0001", "Injection, unknown, 1 mg", "2O250101"),  # the letter O
        code("J0002", "What is this", "20250101", record="9"),
        modifier("22", "Increased procedural services", "19900101"),
        *[[""] * 13 for _ in range(50)],
    ]
    parsed = parse_hcpcs(hcpcs_file(tmp_path / "HCPC2025_OCT.xlsx", records, preamble=10))
    assert parsed.read == parsed.kept + len(parsed.set_aside) == 15
    assert {(one.reason, one.key) for one in parsed.set_aside} == {
        ("continuation, joined to the record before", "G0503"),
        ("not a Level II code", "X123"),
        ("unknown kind of record (RECID)", "J0002"),
    }
    by_code = {row["hcpcs_code"]: row for row in rows_of(parsed, "hcpcs")}
    assert by_code["G0503"]["descriptor"] == "Subsequent psychiatric care, other treatment goals and discharge"
    assert (by_code["C9301"]["span_from"], by_code["C9301"]["span_to"]) == (date(2025, 4, 1), date(2025, 9, 30))
    assert by_code["J0001"]["span_from"] is None
    assert any("J0001" in note and "ADD DT" in note for note in parsed.notes)
    assert "22" in {row["modifier"] for row in rows_of(parsed, "modifier")}


@pytest.mark.parametrize("name", ["HCPC2025_JUL_ANWEB.xlsx", "HCPC2026_JAN_ANWEB.xlsx"])
def test_a_name_that_contradicts_the_content_is_refused(tmp_path: Path, name: str) -> None:
    records = OCTOBER
    with pytest.raises(UnreadableInput, match="newest day in it is 2025-11-01"):
        parse_hcpcs(hcpcs_file(tmp_path / name, records))


def test_the_quarter_of_a_renamed_file_comes_from_its_sheet_or_its_newest_day(tmp_path: Path) -> None:
    records = OCTOBER
    named = parse_hcpcs(hcpcs_file(tmp_path / "codes.xlsx", records, sheet="HCPC2025_OCT_ANWEB"))
    unnamed = parse_hcpcs(hcpcs_file(tmp_path / "codes.xlsx", records))
    assert (named.release, named.notes) == ("2025-Q4", ())
    assert unnamed.release == "2025-Q4"
    assert any("newest day" in note for note in unnamed.notes)


def test_a_short_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, october: Path) -> None:
    monkeypatch.setattr(hcpcs_records, "FEWEST_CODES", 5000)
    monkeypatch.setattr(asp_csv, "FEWEST_ROWS", 400)
    with pytest.raises(UnreadableInput, match="6 codes, expected at least 5000"):
        parse_hcpcs(october)
    with pytest.raises(UnreadableInput, match="1 codes, expected at least 400"):
        asp_csv.parse(Source.read(asp_file(tmp_path / "asp.csv", [limit("J9271", "55.730")])))


def test_one_code_twice_is_refused(tmp_path: Path) -> None:
    twice = [*OCTOBER, code("J9271", "Injection, pembrolizumab, 1 mg", "20160101")]
    with pytest.raises(OverlappingValidity, match="hcpcs: J9271 has two rows for 2015-10-01 to 2025-12-31"):
        parse_hcpcs(hcpcs_file(tmp_path / "HCPC2025_OCT.xlsx", twice))


def test_payment_limits(tmp_path: Path) -> None:
    rows = [
        limit("J9271", "55.730"),
        limit("90656", "22.350", "0.000", vaccine="22.350"),
        limit("A9606", "N/A", notes="microCurie 100% AWP = $202.82\r\nmicroCurie 100% WAC\u00a0= $169.02"),
        limit("J0897", "1,234.500", "17.585"),
        limit("J1745", "abc"),
        "Note: not a code,,,,,,,,,,,",
        ",,,,,,,,,,,",
    ]
    parsed = asp_csv.parse(Source.read(asp_file(tmp_path / "renamed.csv", rows)))
    assert parsed.release == "2024-Q3"
    assert parsed.effective == Interval(date(2024, 7, 1), date(2024, 9, 30))
    assert (parsed.read, parsed.kept) == (6, 5)
    assert [one.reason for one in parsed.set_aside] == ["no HCPCS code in the first column"]
    by_code = {row["hcpcs_code"]: row for row in rows_of(parsed, "asp_limit")}
    assert by_code["J9271"]["payment_limit"] == Decimal("55.730")
    assert by_code["90656"]["is_vaccine"] is True
    assert (by_code["A9606"]["payment_limit"], by_code["A9606"]["coinsurance_percent"]) == (None, Decimal(20))
    assert by_code["A9606"]["notes"] == "microCurie 100% AWP = $202.82\nmicroCurie 100% WAC = $169.02"
    assert by_code["J0897"]["payment_limit"] == Decimal("1234.5")
    assert by_code["J1745"]["payment_limit"] is None
    assert any("J1745" in note and "'abc'" in note for note in parsed.notes)


def test_a_limit_twice_is_refused(tmp_path: Path) -> None:
    twice = asp_file(tmp_path / "asp.csv", [limit("J9271", "55.730"), limit("J9271", "55.731")])
    with pytest.raises(OverlappingValidity, match="asp_limit: J9271 has two rows for 2024-07-01 to 2024-09-30"):
        asp_csv.parse(Source.read(twice))


@pytest.mark.parametrize("effective", ["the third quarter", "Julember 1, 2024 through September 30, 2024"])
def test_payment_limits_without_a_quarter_are_refused(tmp_path: Path, effective: str) -> None:
    with pytest.raises(UnreadableInput, match="name no quarter"):
        asp_csv.parse(Source.read(asp_file(tmp_path / "asp.csv", [limit("J9271", "1.000")], effective)))


def test_files_are_recognized_by_content(tmp_path: Path, october: Path) -> None:
    october.rename(tmp_path / "payment limits.csv")
    assert recognize(Source.read(tmp_path / "payment limits.csv")) is hcpcs_xlsx
    packed = tmp_path / "HCPC2025_OCT.xlsx"
    packed.write_bytes(gzip.compress(asp_file(tmp_path / "a", [limit("J9271", "1.000")]).read_bytes()))
    assert recognize(Source.read(packed)) is asp_csv


def test_unknown_files_are_told(tmp_path: Path) -> None:
    contents = {"empty.csv": b"", "other.csv": b"claim,amount\n1,2\n", "archive.zip": b"PK\x03\x04 broken"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    write_workbook(tmp_path / "book.xlsx", [["Hospital", "Beds"], ["General", "40"]])
    seen = {"empty.csv": "is empty", "other.csv": "'claim'", "archive.zip": "damaged zip", "book.xlsx": "'Hospital'"}
    for name, words in seen.items():
        with pytest.raises(UnknownPublication, match=words) as problem:
            recognize(Source.read(tmp_path / name))
        assert "ASP pricing file" in str(problem.value)
        assert "HCPCS Level II" in str(problem.value)


def test_a_missing_or_broken_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="No such file"):
        Source.read(tmp_path / "none.csv")
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(gzip.compress(b"HCPCS Code" * 1000)[:-10])
    with pytest.raises(UnreadableInput, match="can't be unpacked"):
        Source.read(broken)
