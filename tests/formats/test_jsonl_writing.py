"""Claim tables written as JSON Lines: the reader gives back the same rows, and what it could not is told."""

from __future__ import annotations

import io
import json
import random
from datetime import date
from decimal import Decimal

import jsonschema
import pyarrow as pa
import pytest

from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, LINE, ClaimTables
from cleanclaim.errors import InvalidValue
from cleanclaim.formats.jsonl import claim_json_schema, read_jsonl, write_jsonl
from cleanclaim.formats.x12.reader import read_837
from cleanclaim.values import without_hyphens
from tests.formats.x12_claims import MadeUp, Row, make_claims
from tests.formats.x12_compare import joined
from tests.formats.x12_files import make_file

_HASH = "0123456789abcdef" * 4
_OF_FILE = {"claim_key", "source_file", "segment_number"}
_KEPT = {"claim_key", "line_ordinal", "complete", "source_file"}
_FOLLOWING = {
    "line_number",
    "ndc_qualifier",
    "ndc_given",
    "ndc11",
    "ndc_count",
    "service_date_to",
    "payer_program",
    "lines_complete",
}  # no reader leaves one of these null alone


def _read(content: bytes) -> ClaimTables:
    return joined(list(read_jsonl(io.BytesIO(content), name="written", file_hash=_HASH)))


def _rows(table: pa.Table, keys: dict[int, int]) -> list[Row]:
    """Rows without what a file gives them; the claim by its place."""
    rows = [{"claim": keys[row["claim_key"]]} | row for row in table.to_pylist() if row["claim_key"] in keys]
    return [{name: value for name, value in row.items() if name not in _OF_FILE} for row in rows]


def _assert_read_back(tables: ClaimTables, lost: int = 0) -> None:
    """Everything is read back but for the claims that were told."""
    written = write_jsonl(tables)
    assert written.fault.num_rows == lost
    told = set(written.fault["row"].to_pylist())
    if len(told) == len(tables.claim):
        assert written.content == b""
        return
    keys = [key for row, key in enumerate(tables.claim["claim_key"].to_pylist(), 1) if row not in told]
    read = _read(written.content)
    assert read.fault.to_pylist() == []
    given = {key: place for place, key in enumerate(keys)}
    found = {key: place for place, key in enumerate(read.claim["claim_key"].to_pylist())}
    for name in ("claim", "line", "administration"):
        assert _rows(getattr(read, name), found) == _rows(getattr(tables, name), given), name


def _with_administrations(made: MadeUp) -> ClaimTables:
    tables = made.tables()
    rows = [
        {
            "claim_key": line["claim_key"], "line_ordinal": line["line_ordinal"], "drug": "made up drug",
            "dose_amount": Decimal("350.5"), "dose_unit": "mg", "container": "single_dose" if place % 2 else None,
            "content_amount": Decimal(400) if place % 3 else None, "content_unit": "mg" if place % 3 else None,
            "route": "IV", "start": "2026-03-15T09:00", "stop": "2026-03-15T10:30", "lot": "LOT1",
        }
        for place, line in enumerate(made.lines)
    ]  # fmt: skip
    charted = pa.Table.from_pylist(rows, ADMINISTRATION.arrow())
    return ClaimTables(tables.claim, tables.line, charted, tables.fault)


@pytest.mark.parametrize("claim_type", ["P", "I"])
def test_whole_claims_are_read_back(claim_type: str) -> None:
    made = make_claims(1, 60, claim_type)
    if claim_type == "I":
        for line in made.lines:
            line["diagnoses"] = []
    _assert_read_back(_with_administrations(made))


def test_claims_with_gaps_are_read_back_or_told() -> None:
    rng = random.Random(5)  # noqa: S311
    told: list[str] = []
    for seed in range(60):
        made = make_claims(seed, 4, rng.choice("PI"))
        for row in made.claims:
            row["complete"] = rng.random() < 0.3
        for row in [*made.claims, *made.lines]:
            for name in sorted(row.keys() - _KEPT - _FOLLOWING):
                if rng.random() < 0.2:
                    row[name] = None
        tables = _with_administrations(made)
        elements = write_jsonl(tables).fault["element"].to_pylist()
        told += elements
        _assert_read_back(tables, len(elements))
    unsayable = {
        "condition_codes", "diagnoses", "modifiers",  # unknown lists, which a whole claim cannot have
        "code_qualifier", "diagnosis_code_set", "unit_basis",  # unknown beside what tells them: null says that there is none
        "ndc11",  # no number so far, as on a claim that was cut off: null says that there is none
    }  # fmt: skip
    assert {element.split(".")[-1] for element in told} == unsayable
    assert len(told) < 180


def test_what_the_837p_reader_gives_is_read_back() -> None:
    for seed in range(20):
        content = make_file(seed).bytes()
        tables = joined(list(read_837(io.BytesIO(content), name="made-up", file_hash=_HASH)))
        # The hyphens of an NDC are a fault in X12 only: JSON Lines cannot say them.
        hyphens = {
            line["claim_key"]
            for line in tables.line.to_pylist()
            if line["ndc_qualifier"] == "N4" and without_hyphens(line["ndc_given"]) != line["ndc_given"]
        }
        _assert_read_back(tables, len(hyphens))


def test_a_claim_is_one_object_that_its_schema_allows() -> None:
    written = write_jsonl(_with_administrations(make_claims(2, 20, "P")))
    lines = written.content.decode().splitlines()
    assert len(lines) == 20
    validator = jsonschema.Draft202012Validator(claim_json_schema())
    for line in lines:
        validator.validate(json.loads(line))


def test_a_claim_byte_for_byte() -> None:
    claim: Row = {
        "claim_key": 5, "claim_id": "A1", "source_file": "made-up", "claim_type": "P", "complete": False,
        "lines_complete": False, "known_absent": ["frequency"], "claim_filing": "ZZ", "payer_program": "other", "birth_date": date(1951, 3, 4), "total_charge": Decimal("10.50"), "condition_codes": [],
    }  # fmt: skip
    line: Row = {
        "claim_key": 5, "line_ordinal": 1, "line_number": 1, "hcpcs_code": "J1745", "billed_units": Decimal("0.5"),
        "ndc_count": 0, "known_absent": ["code_qualifier", "ndc11", "ndc_given", "prior_auth", "unit_basis"],
    }  # fmt: skip
    tables = MadeUp([claim], [line]).tables()
    assert write_jsonl(tables).content == (
        b'{"claim_id":"A1","claim_type":"P","complete":false,"lines_complete":false,'
        b'"payer_program":"other","claim_filing":"ZZ","frequency":null,'
        b'"birth_date":"1951-03-04","condition_codes":[],"total_charge":"10.50","lines":[{"line_number":1,'
        b'"code_qualifier":null,"hcpcs_code":"J1745","unit_basis":null,"billed_units":"0.500","prior_auth":null,"ndc":null}]}\n'
    )
    _assert_read_back(tables)


@pytest.mark.parametrize(
    ("claim", "line", "element"),
    [
        ({"sex": "X"}, {}, "sex"),
        ({"claim_id": " A1"}, {}, "claim_id"),
        ({"diagnoses": None}, {}, "diagnoses"),
        ({}, {"modifiers": None}, "lines[0].modifiers"),
        ({}, {"ndc_given": "1", "ndc11": "00006302602", "ndc_count": 1}, "lines[0].ndc11"),
        ({}, {"ndc_given": "00006302602", "ndc11": "00006302602", "ndc_count": 2}, "lines[0].ndc_count"),
        ({}, {"ndc_given": "00006-3026-02", "ndc11": "00006302602", "ndc_count": 1}, "lines[0].ndc_given"),
        ({}, {"line_number": None}, "lines[0].line_number"),
        ({}, {"service_date_to": date(2020, 1, 1)}, "lines[0].service_date_to"),
        ({}, {"service_date_to": None}, "lines[0].service_date_to"),
        ({"diagnoses": ["K50.90"]}, {}, "diagnoses"),
        ({"payer_program": None}, {}, "payer_program"),
        ({"lines_complete": None}, {}, "lines_complete"),
        ({"known_absent": ["note"]}, {}, "note"),
    ],
)
def test_what_json_lines_cannot_say_is_told_and_left_out(claim: Row, line: Row, element: str) -> None:
    made = make_claims(3, 3, "P")
    made.claims[1] |= claim
    next(one for one in made.lines if one["claim_key"] == 1).update(line)
    written = write_jsonl(made.tables())
    assert len(written.content.splitlines()) == 2
    (fault,) = written.fault.to_pylist()
    assert (fault["fault"], fault["row"], fault["element"], fault["lost"]) == ("not-carried", 2, element, "claim")
    assert fault["value"] is None


def test_rows_of_nothing_are_misuse() -> None:
    made = make_claims(3, 1, "P")
    tables = _with_administrations(made)
    empty = ClaimTables(CLAIM.empty(), tables.line, ADMINISTRATION.empty(), tables.fault)
    with pytest.raises(InvalidValue, match="claim_key that no claim has"):
        write_jsonl(empty)
    without_lines = ClaimTables(tables.claim, LINE.empty(), tables.administration, tables.fault)
    with pytest.raises(InvalidValue, match="line_ordinal that no line"):
        write_jsonl(without_lines)
