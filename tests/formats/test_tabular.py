"""Claims from tables: what spreadsheets and other people's exports do to them, and what is told of it."""

from __future__ import annotations

import csv
import io
import random
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, FAULT, LINE, ClaimTables
from cleanclaim.errors import MappingError, UnreadableInput
from cleanclaim.formats.tabular import csv_text, reader
from cleanclaim.formats.tabular.mapping import ColumnMapping, mapping_json_schema, read_mapping
from cleanclaim.formats.tabular.names import NAMES
from cleanclaim.formats.tabular.proposal import proposed_mapping
from cleanclaim.formats.tabular.reader import read_tabular
from cleanclaim.formats.tabular.source import looks_like_csv

HASH = "0123456789abcdef" * 4
Json = dict[str, Any]
HEADER = "claim_id,hcpcs_code,billed_units,service_date"


def parts(text: str | bytes, *, mapping: ColumnMapping | None = None, complete: bool = False) -> list[ClaimTables]:
    content = text if isinstance(text, bytes) else text.encode()
    stream = io.BytesIO(content)
    return list(read_tabular(stream, name="claims.csv", file_hash=HASH, mapping=mapping, complete=complete))


def read(text: str | bytes, **given: Any) -> ClaimTables:
    read_parts = parts(text, **given)
    return ClaimTables(
        *(
            pa.concat_tables([getattr(part, name) for part in read_parts])
            for name in ("claim", "line", "administration", "fault")
        )
    )


def rows(table: pa.Table) -> list[Json]:
    found: list[Json] = table.to_pylist()
    return found


def cell(column: str, text: str, **given: Any) -> tuple[Any, list[tuple[str, str | None]]]:
    """What a cell of a line column is read as, and the faults with the value that they show."""
    out = io.StringIO()
    csv.writer(out).writerows([["claim_id", "hcpcs_code", column], ["A", "J1745", text]])
    tables = read(out.getvalue(), **given)
    name = NAMES[column]
    table = (
        tables.claim if name.owner.is_of_claim else tables.line if name.owner.value == "line" else tables.administration
    )
    values = rows(table)
    found = [(row["fault"], row["value"]) for row in rows(tables.fault)]
    return (values[0].get(name.column, values[0].get("ndc_given")) if values else None), found


def faults(tables: ClaimTables) -> list[tuple[str, int, str | None]]:
    return [(row["fault"], row["row"], row["element"]) for row in rows(tables.fault)]


class TestCells:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("2024-08-01", date(2024, 8, 1)),
            ("20240801", date(2024, 8, 1)),
            ("2024-08-01 00:00:00", date(2024, 8, 1)),
            ("8/25/2024", date(2024, 8, 25)),
            ("25/8/2024", date(2024, 8, 25)),
            ("08/08/2024", date(2024, 8, 8)),
        ],
    )
    def test_days(self, text: str, value: date) -> None:
        assert cell("service_date", text) == (value, [])

    def test_a_spreadsheets_day_number_is_read_and_told_once(self) -> None:
        tables = read("claim_id,hcpcs_code,service_date\nA,J1,45321\nA,J1,45322\n")
        assert [row["service_date"] for row in rows(tables.line)] == [date(2024, 1, 30), date(2024, 1, 31)]
        assert faults(tables) == [("date-serial", 2, "service_date")]

    @pytest.mark.parametrize(
        ("column", "text", "fault", "shown"),
        [
            ("service_date", "8/1/2024", "date-ambiguous", "8/1/2024"),
            ("service_date", "2024-02-30", "date-invalid", "2024-02-30"),
            ("service_date", "13/13/2024", "date-invalid", "13/13/2024"),
            ("service_date", "2024-08-01 noon", "date-invalid", "2024-08-01 noon"),
            ("birth_date", "1.2.1950", "date-invalid", None),
            ("billed_units", "1,5", "decimal-comma", "1,5"),
            ("charge_amount", "1.234,56", "decimal-comma", "1.234,56"),
            ("charge_amount", "1.234", "amount-invalid", "1.234"),
            ("billed_units", "1.2E+03", "number-shortened", "1.2E+03"),
            ("billed_units", "forty", "number-invalid", "forty"),
            ("billed_units", "4" * 60, "number-invalid", "4" * 40),
            ("ndc", "5.7894E+10", "number-shortened", "5.7894E+10"),
            ("ndc11", "5,7894E+10", "number-shortened", "5,7894E+10"),
            ("payer_program", "Medicare", "value-unknown", "Medicare"),
            ("complete", "perhaps", "boolean-invalid", "perhaps"),
            ("sex", "female", "value-unknown", None),
            ("charted_dose_unit", "spoons", "unit-unknown", None),
            ("charted_start", "half past", "time-invalid", None),
            ("diagnosis_pointers", "first", "pointer-invalid", "first"),
        ],
    )
    def test_a_bad_cell_is_a_fault_and_the_row_is_kept(
        self, column: str, text: str, fault: str, shown: str | None
    ) -> None:
        value, told = cell(column, text)
        assert value is None or column in {"complete", "diagnosis_pointers"}
        assert (fault, shown) in told

    @pytest.mark.parametrize(
        ("text", "value"),
        [("$1,200.50", "1200.50"), ("1200.5", "1200.50"), ("-3", "-3.00"), ("1,200", "1200.00"), ("+7.0", "7.00")],
    )
    def test_money(self, text: str, value: str) -> None:
        assert cell("charge_amount", text) == (Decimal(value), [])

    @pytest.mark.parametrize(
        ("text", "value"),
        [("JW;59", ["JW", "59"]), ("JW 59", ["JW", "59"]), ("JW|59", ["JW", "59"]), (" JW, ", ["JW"])],
    )
    def test_lists(self, text: str, value: list[str]) -> None:
        assert cell("modifiers", text) == (value, [])

    @pytest.mark.parametrize("pointers", ["1,2", "A,B", "AB", "1:2", "a;b"])
    def test_pointers_are_resolved(self, pointers: str) -> None:
        tables = read(f'claim_id,hcpcs_code,diagnosis_1,diagnosis_3,diagnosis_pointers\nA,J1,C50,D50,"{pointers}"\n')
        assert rows(tables.line)[0]["diagnoses"] == ["C50", "D50"]
        assert faults(tables) == []

    @pytest.mark.parametrize(
        ("column", "text"), [("ndc", "57894030"), ("place_of_service", "2"), ("revenue_code", "636")]
    )
    def test_lost_zeros_are_told_and_the_number_is_kept(self, column: str, text: str) -> None:
        assert cell(column, text) == (text, [("zeros-lost", None)])

    def test_a_bad_ndc_is_unknown_even_on_a_whole_claim(self) -> None:
        tables = read("claim_id,hcpcs_code,ndc\nA,J1,5.7E+10\nB,J1,\n", complete=True)
        assert [row["ndc_count"] for row in rows(tables.line)] == [None, 0]

    def test_two_drug_numbers_that_differ_are_told(self) -> None:
        tables = read("claim_id,hcpcs_code,ndc,ndc11\nA,J1,57894-030-01,57894003001\nA,J1,57894-030-01,00000000001\n")
        assert [row["ndc11"] for row in rows(tables.line)] == ["57894003001", None]
        assert faults(tables) == [("ndc-contradicts", 3, "ndc11")]


class TestClaims:
    def test_schemas(self) -> None:
        tables = read(f"{HEADER}\nA,J1745,4,2024-08-01\n")
        schemas = (tables.claim.schema, tables.line.schema, tables.administration.schema, tables.fault.schema)
        assert schemas == (CLAIM.arrow(), LINE.arrow(), ADMINISTRATION.arrow(), FAULT.arrow())

    def test_the_plain_name_is_the_claims_and_line_is_the_lines(self) -> None:
        tables = read("claim_id,hcpcs_code,note,line_note,place_of_service,line_place_of_service\nA,J1,n,l,11,22\n")
        assert (rows(tables.claim)[0]["note"], rows(tables.line)[0]["note"]) == ("n", "l")
        assert (rows(tables.claim)[0]["place_of_service"], rows(tables.line)[0]["place_of_service"]) == ("11", "22")

    def test_claim_columns_may_stand_on_the_first_row_only_and_a_contradiction_is_told(self) -> None:
        text = "claim_id,hcpcs_code,frequency,total_charge\nA,J1,1,10\nA,J2,,10.00\nA,J3,7,10.01\nB,J4,1,5\n"
        tables = read(text)
        assert [row["frequency"] for row in rows(tables.claim)] == ["1", "1"]
        assert faults(tables) == [("claim-contradicts", 4, "frequency"), ("claim-contradicts", 4, "total_charge")]
        assert "begins in row 2" in rows(tables.fault)[0]["message"]

    def test_rows_of_a_claim_may_stand_apart(self) -> None:
        tables = read(f"{HEADER}\nA,J1,1,2024-08-01\nB,J2,1,2024-08-01\nA,J3,1,2024-08-01\n")
        assert [(row["claim_id"], row["segment_number"]) for row in rows(tables.claim)] == [("B", 3), ("A", 2)]
        assert [(row["hcpcs_code"], row["line_ordinal"], row["segment_number"]) for row in rows(tables.line)] == [
            ("J2", 1, 3),
            ("J1", 1, 2),
            ("J3", 2, 4),
        ]
        assert faults(tables) == []

    def test_rows_apart_are_gathered_in_as_many_passes_as_memory_asks_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lines = [f"{number % 40},J{number},1,2024-08-01" for number in range(400)]
        once = read("\n".join([HEADER, *lines]))
        monkeypatch.setattr(reader, "MOST_GATHERED_ROWS", 50)
        several = read("\n".join([HEADER, *lines]))
        assert len(set(several.claim["claim_key"].to_pylist())) == once.claim.num_rows == 40

        def by_id(tables: ClaimTables) -> set[tuple[str, ...]]:
            ids = dict(zip(tables.claim["claim_key"].to_pylist(), tables.claim["claim_id"].to_pylist(), strict=True))
            return {(ids[row["claim_key"]], row["hcpcs_code"], str(row["line_ordinal"])) for row in rows(tables.line)}

        assert by_id(once) == by_id(several)

    def test_a_row_without_claim_id_is_a_claim_by_itself_and_never_whole(self) -> None:
        tables = read(f"{HEADER}\n,J1,1,2024-08-01\n,J2,1,2024-08-01\nA,J3,1,2024-08-01\n", complete=True)
        assert [(row["claim_id"], row["complete"]) for row in rows(tables.claim)] == [
            (None, False),
            (None, False),
            ("A", True),
        ]
        assert faults(tables) == [("claim-id-missing", 2, "claim_id"), ("claim-id-missing", 3, "claim_id")]

    def test_a_column_that_is_not_there_is_unknown_unless_the_claim_is_whole(self) -> None:
        text = f"{HEADER},complete\nA,J1,1,2024-08-01,\nB,J1,1,2024-08-01,yes\n"
        tables = read(text)
        assert [row["modifiers"] for row in rows(tables.line)] == [None, []]
        assert [row["ndc_count"] for row in rows(tables.line)] == [None, 0]
        assert [row["known_absent"] for row in (*rows(tables.claim), *rows(tables.line))] == [None] * 4
        assert [row["modifiers"] for row in rows(read(text, complete=True).line)] == [[], []]

    def test_an_empty_cell_says_that_there_is_none(self) -> None:
        text = f"{HEADER},modifiers,ndc,ndc_unit,prior_auth,complete\nA,J1,1,2024-08-01,,,,,\nB,J1,,2024-08-01,JZ,1,UN,P1,\n"
        tables = read(text)
        assert [row["modifiers"] for row in rows(tables.line)] == [[], ["JZ"]]
        assert [row["ndc_count"] for row in rows(tables.line)] == [0, 1]
        assert [row["known_absent"] for row in rows(tables.line)] == [
            ["ndc11", "ndc_given", "ndc_unit"],
            ["billed_units"],
        ]
        assert [row["known_absent"] for row in rows(tables.claim)] == [["prior_auth"], None]
        assert [row["known_absent"] for row in rows(read(text, complete=True).line)] == [None, None]

    def test_a_cell_that_cannot_be_read_says_nothing_of_absence(self) -> None:
        tables = read("claim_id,hcpcs_code,billed_units,total_charge,ndc\nA,J1,forty,x,5.7E+10\n")
        assert (rows(tables.claim)[0]["known_absent"], rows(tables.line)[0]["known_absent"]) == (None, None)
        assert rows(tables.line)[0]["ndc_count"] is None

    @pytest.mark.parametrize(("text", "said"), [("", True), ("yes", True), ("no", False), ("perhaps", False)])
    def test_the_lines_are_all_lines_unless_the_file_says_no(self, text: str, said: bool) -> None:
        tables = read(f"{HEADER},lines_complete\nA,J1,1,2024-08-01,{text}\nA,J2,1,2024-08-01,\n")
        assert [row["lines_complete"] for row in rows(tables.claim)] == [said]
        assert rows(read(f"{HEADER}\nA,J1,1,2024-08-01\n").claim)[0]["lines_complete"] is True

    def test_a_claim_that_may_have_lost_a_row_has_not_all_its_lines(self) -> None:
        tables = read(f"{HEADER}\nA,J1,1,2024-08-01\nA,J2\nB,J3,1,2024-08-01\n,J4,1,2024-08-01\nC,J5,1,2024-08-01\n")
        assert [(row["claim_id"], row["lines_complete"]) for row in rows(tables.claim)] == [
            ("A", False), ("B", False), (None, False), ("C", True),
        ]  # fmt: skip

    @pytest.mark.parametrize("text", ["K50.90", "k50.90", "K5090", " K50.90 "])
    @pytest.mark.parametrize("column", ["diagnoses", "line_diagnoses", "diagnosis_1"])
    def test_the_dot_of_a_diagnosis_is_normal_writing(self, column: str, text: str) -> None:
        tables = read(f"claim_id,hcpcs_code,{column}\nA,J1,{text}\n")
        table = tables.line if column == "line_diagnoses" else tables.claim
        assert rows(table)[0]["diagnoses"] == ["K5090"]

    @pytest.mark.parametrize("text", ["K509.0", "K50.9.0"])
    def test_a_dot_elsewhere_stands_as_it_was_written(self, text: str) -> None:
        assert rows(read(f"claim_id,hcpcs_code,diagnoses\nA,J1,{text}\n").claim)[0]["diagnoses"] == [text]

    @pytest.mark.parametrize("text", ["K50.90 - Crohn disease", '"Crohn disease (K50.90)"', "(K50.90)"])
    def test_a_code_among_words_is_the_code_and_told(self, text: str) -> None:
        tables = read(f"claim_id,hcpcs_code,diagnoses\nA,J1,{text}\n")
        assert rows(tables.claim)[0]["diagnoses"] == ["K5090"]
        assert faults(tables) == [("diagnosis-in-words", 2, "diagnoses")]

    @pytest.mark.parametrize("text", ["57894-0030-01", "57894-030-01", "57894003001"])
    def test_the_hyphens_of_an_ndc_are_normal_writing(self, text: str) -> None:
        line = rows(read(f"claim_id,hcpcs_code,ndc\nA,J1,{text}\n").line)[0]
        assert (line["ndc_given"], line["ndc11"]) == ("57894003001", "57894003001")

    @pytest.mark.parametrize("text", ["5789403001", "57894*030-01", "57894 0030 01", "N457894003001", "57894-0030"])
    def test_any_other_form_stands_as_it_was_written(self, text: str) -> None:
        line = rows(read(f"claim_id,hcpcs_code,ndc\nA,J1,{text}\n").line)[0]
        assert (line["ndc_given"], line["ndc11"]) == (text, None)

    def test_a_line_that_points_to_unknown_diagnoses_points_to_what_is_not_known(self) -> None:
        tables = read("claim_id,hcpcs_code,diagnosis_pointers\nA,J1,1\nB,J1,\n")
        assert [row["diagnoses"] for row in rows(tables.line)] == [None, []]
        assert faults(tables) == []

    def test_a_row_that_says_nothing_of_a_line_gives_its_claim_only(self) -> None:
        tables = read("claim_id,frequency,hcpcs_code\nA,1,\nB,1,J1\n")
        assert (tables.claim.num_rows, tables.line.num_rows) == (2, 1)

    def test_a_claim_of_too_many_rows_is_cut_and_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reader, "MOST_ROWS_OF_A_CLAIM", 50)
        monkeypatch.setattr(csv_text, "PART_BYTES", 300)
        monkeypatch.setattr(csv_text.CsvSource.__init__, "__kwdefaults__", {"part_bytes": 300})
        tables = read("\n".join([HEADER, *["A,J1,1,2024-08-01"] * 200]), complete=True)
        assert tables.line.num_rows == 200
        assert ("claim-too-long", "claim_id") in {(fault, element) for fault, _, element in faults(tables)}
        assert not any(row["complete"] for row in rows(tables.claim)[:-1])


class TestText:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_dialects(self, delimiter: str, end: str) -> None:
        text = end.join([HEADER, "A,J1,1,2024-08-01", "A,J2,2,2024-08-01"]).replace(",", delimiter)
        assert [row["hcpcs_code"] for row in rows(read("\ufeff" + text).line)] == ["J1", "J2"]

    def test_windows_1252_is_read_and_told_once_and_utf8_beside_it_is_kept(self) -> None:
        body = b"A,J1,\xe9t\xe9\nA,J2,\xc3\xa9\nA,J3,na\xefve\n"
        tables = read(b"claim_id,hcpcs_code,description\n" + body)
        assert [row["description"] for row in rows(tables.line)] == ["été", "é", "naïve"]
        assert [fault for fault, _, _ in faults(tables)] == ["not-utf8"]

    def test_line_breaks_and_quotes_in_cells(self) -> None:
        tables = read(f'{HEADER},description\nA,J1,1,2024-08-01,"two\nlines, ""quoted"""\nB,J2,1,2024-08-01,5" tube\n')
        assert [row["description"] for row in rows(tables.line)] == ['two\nlines, "quoted"', '5" tube']
        assert [row["segment_number"] for row in rows(tables.line)] == [2, 3]  # as a spreadsheet counts
        assert faults(tables) == []

    def test_an_unclosed_quote_costs_its_own_row(self) -> None:
        tables = read(
            f'{HEADER},description\nA,J1,1,2024-08-01,x\nB,"J2,1,2024-08-01,x\nC,J3,1,2024-08-01,x\n', complete=True
        )
        assert [(row["claim_id"], row["complete"]) for row in rows(tables.claim)] == [("A", False), ("C", False)]
        assert [(row["fault"], row["row"], row["lost"]) for row in rows(tables.fault)] == [
            ("quote-unclosed", 3, "claim")
        ]

    def test_rows_of_another_width_are_told_and_blank_cells_too_many_are_no_matter(self) -> None:
        tables = read(f"{HEADER}\nA,J1,1\nB,J2,1,2024-08-01,,\nC,J3,1,2024-08-01,x\nD,J4,1,2024-08-01\n", complete=True)
        assert [(row["claim_id"], row["complete"]) for row in rows(tables.claim)] == [("B", False), ("D", False)]
        assert faults(tables) == [("row-width", 2, None), ("row-width", 4, None)]

    def test_blank_rows_titles_and_repeated_headers_are_told(self) -> None:
        tables = read(f"Report of the clinic\n\n{HEADER}\nA,J1,1,2024-08-01\n,,,\n{HEADER}\nA,J2,1,2024-08-01\n\n\n")
        assert [row["segment_number"] for row in rows(tables.line)] == [4, 7]
        assert faults(tables) == [("row-title", 1, None), ("blank-row", 5, None), ("header-repeated", 6, None)]

    def test_headers_are_read_as_people_write_them_and_others_are_told_with_the_nearest(self) -> None:
        tables = read("Claim ID,HCPCS-Code,billed_unit,Hcpcs Code\nA,J1,4,J2\n")
        assert [row["hcpcs_code"] for row in rows(tables.line)] == ["J1"]
        assert faults(tables) == [("column-unknown", 1, "billed_unit"), ("column-repeated", 1, "Hcpcs Code")]
        assert "such as billed_units" in rows(tables.fault)[0]["message"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("claim_id,payer_id\nA,1\n", "no column says what was billed"),
            ("a,b\nM12345,Ann\n", "two column names of a claim"),
            (f"{HEADER}\n", "no row follows the header"),
            (f"{HEADER}\nA\n", "Row 2: the row does not have as many cells"),
            (f"{HEADER}\n".encode("utf-16"), "UTF-16"),
        ],
    )
    def test_what_is_no_claim_is_refused_and_quotes_no_cell(self, text: str | bytes, said: str) -> None:
        with pytest.raises(UnreadableInput, match=said) as refused:
            read(text)
        assert "M12345" not in str(refused.value)

    @pytest.mark.parametrize("size", [40, 97, 1000])
    def test_parts_of_any_size_give_the_same(self, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
        lines = [f'{number // 3},J{number},{number}.5,2024-08-01,"a ""{number}""\nb"' for number in range(200)]
        text = "\n".join([f"{HEADER},description", *lines]) + "\n"
        whole = read(text)
        monkeypatch.setattr(csv_text.CsvSource.__init__, "__kwdefaults__", {"part_bytes": size})
        small = parts(text)
        assert len(small) > 1
        assert pa.concat_tables([part.line for part in small]).equals(whole.line)
        assert pa.concat_tables([part.claim for part in small]).equals(whole.claim)


def accounted(content: bytes) -> None:
    """Every row of the file is a line, or a fault says where it went."""
    try:
        tables = read(content)
    except UnreadableInput:
        return
    kept = set(tables.line["segment_number"].to_pylist()) | set(tables.claim["segment_number"].to_pylist())
    told = {row["row"] for row in rows(tables.fault)}
    last = max(kept | told)
    first = 2 if content.startswith(BASE[0].encode() + b"\n") else min(kept)
    blank = [row["expected"] for row in rows(tables.fault) if row["fault"] == "blank-row"]
    passed_over = int(re.search(r"([0-9]+) blank row", blank[0])[1]) if blank else 0
    missing = set(range(first, last + 1)) - kept - told
    assert len(missing) == max(0, passed_over - 1), missing  # the first of the blank ones is the place of the fault


BASE = [
    f"{HEADER},modifiers,description,charge_amount",
    *(
        f'A{number // 2},J1745,{number}.5,2024-08-{number % 28 + 1:02},JZ;59,"note, {number}","1,200.00"'
        for number in range(60)
    ),
]


@pytest.mark.parametrize("seed", range(150))
def test_mutations_never_crash_and_never_lose_a_row_in_silence(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    lines = BASE[:]
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(1, len(lines))
        line = lines[place]
        at = chance.randrange(len(line) + 1)
        match chance.randrange(7):
            case 0:
                lines[place] = line[:at] + chr(chance.randrange(1, 256)) + line[at:]
            case 1:
                lines[place] = line[:at] + '"' + line[at:]
            case 2:
                lines[place] = line[:at]
            case 3:
                lines.insert(place, BASE[0])
            case 4:
                lines[place] = line[:at] + "," + line[at:]
            case 5:
                lines[place] = line[:at] + "\n" + line[at:]
            case 6:
                lines[place] = line.replace('"', "", 1)
    content = "\n".join(lines).encode("utf-8" if chance.random() < 0.5 else "latin-1")
    if chance.random() < 0.3:
        content = content[: chance.randrange(len(content))]
    if chance.random() < 0.3:
        at = chance.randrange(len(content) + 1)
        content = content[:at] + chance.randbytes(chance.randrange(1, 30)) + content[at:]
    accounted(content)


class TestParquet:
    def test_types_of_databases(self) -> None:
        table = pa.table(
            {
                "claim_id": pa.array([1, 1]),
                "hcpcs_code": pa.array(["J1", "J2"]).dictionary_encode(),
                "billed_units": pa.array([1.5, 2.0]),
                "service_date": pa.array([date(2024, 8, 1)] * 2).cast(pa.timestamp("us")),
                "modifiers": pa.array([["JZ"], []]),
                "complete": pa.array([True, True]),
                "charge_amount": pa.array([0.1 + 0.2, 1.0]),
                "note": pa.array([{"a": 1}, {"a": 2}]),
            }
        )
        out = io.BytesIO()
        pq.write_table(table, out)
        tables = read(out.getvalue())
        assert rows(tables.claim)[0]["claim_id"] == "1"
        assert [row["billed_units"] for row in rows(tables.line)] == [Decimal("1.5"), Decimal(2)]
        assert [row["modifiers"] for row in rows(tables.line)] == [["JZ"], []]
        assert [row["charge_amount"] for row in rows(tables.line)] == [Decimal("0.30"), Decimal("1.00")]
        assert faults(tables) == [("column-type", 1, "note"), ("amount-float", 1, "charge_amount")]

    @pytest.mark.parametrize("cut", [10, 200, -4])
    def test_a_damaged_file_is_refused(self, cut: int) -> None:
        out = io.BytesIO()
        pq.write_table(pa.table({"claim_id": ["A"] * 50, "hcpcs_code": ["J1"] * 50}), out)
        with pytest.raises(UnreadableInput, match="Parquet file"):
            read(out.getvalue()[:cut])


class TestMapping:
    TEXT = b"""# a clinic's export
columns:
  "Claim No": claim_id
  Proc: hcpcs_code
  DOS: service_date
  Mod A: modifier_1
  Mods B: modifier_2
  Plan: payer_program
  No: billed_units
ignore: [Clinic]
constants:
  claim_type: P
values:
  payer_program: {"Medicare Part B": medicare_b}
empty: ["NULL"]
dates: MM/DD/YYYY
"""

    def test_a_table_of_others_is_read(self) -> None:
        mapping = read_mapping(self.TEXT, file="m.yaml")
        text = "Claim No;Proc;DOS;Mod A;Mods B;Plan;No;Clinic\nA;J1;8/1/2024;JZ;NULL;Medicare Part B;4;x\n"
        tables = read(text, mapping=mapping)
        assert faults(tables) == []
        claim, line = rows(tables.claim)[0], rows(tables.line)[0]
        assert (claim["claim_id"], claim["claim_type"], claim["payer_program"]) == ("A", "P", "medicare_b")
        assert (line["service_date"], line["modifiers"], line["billed_units"]) == (date(2024, 8, 1), ["JZ"], Decimal(4))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("colums: {A: claim_id}", "m.yaml:1: there is no key `colums`; the nearest is `columns`"),
            ("columns:\n  A: claim_id\n  B: hcpc_code", "m.yaml:3: columns: `B`: no claim has `hcpc_code`; the nearest is `hcpcs_code`"),
            ("columns:\n  A: claim_id\n  B: claim_id", "m.yaml:3: columns: `claim_id` is filled by `A` already"),
            ("columns: {A: claim_id}\nconstants:\n  payer_program: medicare", "m.yaml:3: constants: payer_program: expected one of medicare_b"),
            ("values:\n  payer_program:\n    X: medicre_b", "m.yaml:3: values: payer_program: expected one of medicare_b"),
            ("values:\n  payer_prog: {X: y}", "m.yaml:2: values: no claim has `payer_prog`; the nearest is `payer_program`"),
            ("columns: {A: claim_id}\ndates: D/M/Y", "m.yaml:2: dates: expected one of YYYY-MM-DD"),
            ("lists: '/'", "m.yaml:1: lists: expected one of"),
            ("columns: [a]", "m.yaml:1: "),
            ("columns: &a {A: claim_id}\nvalues: *a", "m.yaml:1: anchors and aliases are not read"),
            ("columns: {A: x", "m.yaml:2: not YAML"),
            ("- a", "m.yaml:1: expected a mapping"),
            ("columns: {A: claim_id, A: hcpcs_code}", "m.yaml:1: the key `A` stands twice"),
            ("ignore: [A]\ncolumns: {A: claim_id}", "m.yaml:2: columns: `A` stands under ignore too"),
        ],
    )  # fmt: skip
    def test_an_error_names_file_line_key_and_the_nearest(self, text: str, said: str) -> None:
        with pytest.raises(MappingError) as refused:
            read_mapping(text.encode(), file="m.yaml")
        assert str(refused.value).startswith(said)

    def test_a_column_that_the_mapping_names_and_the_table_lacks_is_told(self) -> None:
        mapping = read_mapping(b"columns: {X: ndc}", file="m.yaml")
        assert ("column-missing", 1, "X") in faults(read(f"{HEADER}\nA,J1,1,2024-08-01\n", mapping=mapping))

    def test_a_proposal_is_a_mapping(self) -> None:
        text = b"Account No,CPT,Qty,DOS,Mod1,Mod 2,Dx1,Claim_ID,Frobnication\n1,J1,1,2024-08-01,,,,,\n"
        proposed = proposed_mapping(io.BytesIO(text), name="x.csv")
        mapping = read_mapping(proposed.encode(), file="m.yaml")
        assert mapping.columns == {
            "CPT": "hcpcs_code", "Qty": "billed_units", "DOS": "service_date", "Mod1": "modifier_1", "Mod 2": "modifier_2",
            "Dx1": "diagnosis_1",
        }  # fmt: skip
        assert mapping.ignore == ["Account No", "Frobnication"]

    def test_the_schema_knows_every_name(self) -> None:
        names = mapping_json_schema()["$defs"]["ColumnMapping"]["properties"]["columns"]["additionalProperties"]["enum"]
        assert {"claim_id", "modifier_4", "diagnosis_12", "charted_dose_amount", "line_note"} <= set(names)


@pytest.mark.parametrize(
    ("head", "is_csv"), [(b"a,b\n1,2\n", True), (b"Hello\nthere", False), (b"\0a,b", False), (b"<a,b>", False)]
)
def test_what_looks_like_csv(head: bytes, is_csv: bool) -> None:
    assert looks_like_csv(head) is is_csv
