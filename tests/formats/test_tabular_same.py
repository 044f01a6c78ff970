"""The same claims written as JSON Lines, as CSV and as Parquet are the same claims."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.app import Checker
from cleanclaim.claims.tables import CLAIM, LINE, ClaimTables
from cleanclaim.formats.jsonl import read_jsonl
from cleanclaim.formats.tabular.reader import read_tabular

HASH = "0123456789abcdef" * 4
Json = dict[str, Any]

WORDS = st.text("ABCDE abc,;\"'|\t\n\u00e9\u4e16", min_size=1, max_size=12).map(str.strip).filter(bool)
CODES = st.sampled_from(["C50.911", "Z51.11", "K5090", "M05.79"])
DAYS = st.dates(date(2023, 1, 1), date(2025, 12, 31)).map(date.isoformat)
MONEY = st.decimals(0, 99999, places=2).map(str)
UNITS = st.decimals(0, 999, places=3).map(str)
NPIS = st.sampled_from(["1234567893", "1999900016"])


def some(**of: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({}, optional=of)


CHARTED = some(
    drug=WORDS,
    route=WORDS,
    lot=WORDS,
    start=st.sampled_from(["09:30", "2025-10-06T09:05"]),
    container=st.sampled_from(["single_dose", "multi_dose"]),
    dose=st.fixed_dictionaries({"amount": UNITS, "unit": st.sampled_from(["mg", "mcg", "mL"])}),
)
LINES = st.builds(
    lambda required, optional, numbers: {**required, **optional, **numbers},
    st.fixed_dictionaries({"hcpcs_code": st.sampled_from(["J1745", "J9271", "96413", "J3420"])}),
    some(
        modifiers=st.lists(st.sampled_from(["JZ", "JW", "59", "LT"]), min_size=1, max_size=4),
        billed_units=UNITS,
        unit_basis=st.sampled_from(["UN", "MJ"]),
        charge_amount=MONEY,
        service_date=DAYS,
        place_of_service=st.sampled_from(["11", "22"]),
        prior_auth=WORDS,
        note=WORDS,
        description=WORDS,
        rendering_npi=NPIS,
        ndc_quantity=UNITS,
        ndc_unit=st.sampled_from(["UN", "ML"]),
        charted=CHARTED,
    ),
    some(ndc=st.sampled_from(["57894-030-01", "57894003001", "5789403001", "none"])),
)


@st.composite
def claims(draw: st.DrawFn) -> list[Json]:
    made = []
    for number in range(draw(st.integers(1, 5))):
        claim = draw(
            some(
                claim_type=st.sampled_from(["P", "I"]),
                payer_program=st.sampled_from(["medicare_b", "commercial"]),
                claim_filing=st.sampled_from(["MB", "CI", "ZZ"]),
                payer_id=st.sampled_from(["04412", "TEST1"]),
                place_of_service=st.sampled_from(["11", "22"]),
                billing_npi=NPIS,
                rendering_npi=NPIS,
                prior_auth=WORDS,
                note=WORDS,
                total_charge=MONEY,
                diagnoses=st.lists(CODES, min_size=1, max_size=4),
                complete=st.just(value=True),
                weight=UNITS,
                patient=some(
                    member_id=st.sampled_from(["M1", "M2"]),
                    first_name=st.sampled_from(["Ann", "\u00c9lo\u00efse"]),
                    birth_date=DAYS,
                    sex=st.sampled_from(["F", "M", "U"]),
                ),
            )
        )
        lines = draw(st.lists(LINES, min_size=1, max_size=4))
        for line in lines:
            if "diagnoses" in claim and draw(st.booleans()):
                places = st.integers(1, len(claim["diagnoses"]))
                line["diagnosis_pointers"] = draw(st.lists(places, min_size=1, max_size=3))
            if "service_date" in line and draw(st.booleans()):
                last = date.fromisoformat(line["service_date"]) + timedelta(days=draw(st.integers(0, 9)))
                line["service_date_to"] = last.isoformat()
        made.append({"claim_id": f"A-{number}", **claim, "lines": lines})
    return made


def rows_of(written: list[Json]) -> list[dict[str, Any]]:
    """The claims as rows under the names of tables; lists stay lists."""
    rows = []
    for claim in written:
        top = {key: value for key, value in claim.items() if key not in {"lines", "patient"}} | claim.get("patient", {})
        for line in claim["lines"]:
            own = {key: value for key, value in line.items() if key != "charted"}
            row = top | {f"line_{key}" if key in CLAIM.names else key: value for key, value in own.items()}
            charted = dict(line.get("charted", {}))
            for part, value in charted.pop("dose", {}).items():
                row[f"charted_dose_{part}"] = value
            rows.append(row | {f"charted_{key}": value for key, value in charted.items()})
    return rows


def in_full(written: list[Json], none: object = None) -> list[Json]:
    """The claims as a table says them: where one has a key, the others say that they have none."""

    def filled(objects: list[Json]) -> list[Json]:
        keys = dict.fromkeys(key for one in objects for key in one)
        return [{**dict.fromkeys(keys, none), **one} for one in objects]

    patients = filled([claim.get("patient", {}) for claim in written])
    lines = iter(filled([line for claim in written for line in claim["lines"]]))
    own = filled([{key: value for key, value in claim.items() if key not in {"patient", "lines"}} for claim in written])
    return [
        {**claim, "patient": patient, "lines": [next(lines) for _ in of["lines"]]}
        for claim, patient, of in zip(own, patients, written, strict=True)
    ]


def as_csv(rows: list[dict[str, Any]], *, numbered: bool = False, delimiter: str = ",", mark: str = "") -> bytes:
    rows = [
        {key: ";".join(map(str, value)) if isinstance(value, list) else value for key, value in row.items()}
        for row in (_numbered(row) if numbered else row for row in rows)
    ]
    names = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return (mark + out.getvalue()).encode()


def _numbered(row: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for key, value in row.items():
        singular = {"modifiers": "modifier_", "diagnoses": "diagnosis_", "diagnosis_pointers": "diagnosis_pointer_"}
        if key in singular:
            found |= {f"{singular[key]}{place}": member for place, member in enumerate(value, 1)}
        else:
            found[key] = value
    return found


def as_parquet(rows: list[dict[str, Any]]) -> bytes:
    """Typed as a database would: decimals, dates, lists, booleans."""
    names = list(dict.fromkeys(key for row in rows for key in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        if name in {"charge_amount", "total_charge"}:
            columns[name] = pa.array([value and Decimal(value) for value in values], pa.decimal128(14, 2))
        elif name in {"billed_units", "ndc_quantity"}:
            columns[name] = pa.array([value and Decimal(value) for value in values], pa.decimal128(18, 6))
        elif name in {"service_date", "service_date_to", "birth_date"}:
            columns[name] = pa.array([value and date.fromisoformat(value) for value in values], pa.date32())
        elif name == "diagnosis_pointers":
            columns[name] = pa.array([value and list(map(str, value)) for value in values], pa.list_(pa.string()))
        else:
            columns[name] = pa.array(values)
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def joined(parts: list[ClaimTables]) -> dict[str, list[Json]]:
    tables = {
        name: pa.concat_tables([getattr(part, name) for part in parts])
        for name in ("claim", "line", "administration", "fault")
    }
    found = {name: table.to_pylist() for name, table in tables.items()}
    for name in ("claim", "line"):
        for row in found[name]:
            del row["segment_number"]  # a claim is one row of JSON Lines and several of a table
    return found


def tabular(text: bytes, **given: Any) -> dict[str, list[Json]]:
    return joined(list(read_tabular(io.BytesIO(text), name="claims", file_hash=HASH, **given)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(claims(), st.sampled_from([",", ";", "\t", "|"]), st.booleans(), st.booleans())
def test_the_same_tables(written: list[Json], delimiter: str, numbered: bool, complete: bool) -> None:
    text = "\n".join(map(json.dumps, in_full(written))).encode()
    expected = joined(list(read_jsonl(io.BytesIO(text), name="claims", file_hash=HASH, complete=complete)))
    assert expected["fault"] == []
    rows = rows_of(written)
    by_csv = tabular(as_csv(rows, numbered=numbered, delimiter=delimiter, mark="\ufeff"), complete=complete)
    assert by_csv == expected
    assert tabular(as_parquet(rows), complete=complete) == expected


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(written=claims())
@pytest.mark.slow
def test_the_same_findings(written: list[Json], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("claims")
    rows = rows_of(written)
    files = {
        "claims.jsonl": "\n".join(map(json.dumps, in_full(written))).encode(),
        "claims.csv": as_csv(rows),
        "claims.parquet": as_parquet(rows),
    }
    found = []
    checker = Checker.open(folder / "none")
    for name, content in files.items():
        (folder / name).write_bytes(content)
        result = checker.check_files([folder / name], show_not_evaluated=True)
        assert result.faults == ()
        found.append(
            [
                (one.claim_id, one.line_number, one.id, one.case, one.outcome, sorted(one.missing))
                for one in result.findings
            ]
        )
    assert found[0] == found[1] == found[2]


def test_every_column_has_a_name_of_its_own() -> None:
    shared = set(CLAIM.names) & set(LINE.names) - {"claim_key", "segment_number", "known_absent", "unreadable"}
    assert shared == {"place_of_service", "prior_auth", "rendering_npi", "note", "diagnoses"}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(claims(), st.randoms(use_true_random=False))
def test_rows_may_stand_in_any_order(written: list[Json], chance: Any) -> None:
    rows = [{**row, "line_number": number} for number, row in enumerate(rows_of(written), 1)]
    mixed = rows[:]
    chance.shuffle(mixed)
    expected, found = tabular(as_csv(rows)), tabular(as_csv(mixed))

    def lines(tables: dict[str, list[Json]]) -> list[str]:
        ids = {claim["claim_key"]: claim["claim_id"] for claim in tables["claim"]}
        without = ("claim_key", "line_ordinal")
        return sorted(
            repr((ids[line["claim_key"]], {key: value for key, value in line.items() if key not in without}))
            for line in tables["line"]
        )

    assert lines(found) == lines(expected)
    by_id = [
        sorted(repr({**claim, "claim_key": 0}) for claim in tables["claim"]) for tables in (expected, found)
    ]  # fmt: skip
    assert by_id[0] == by_id[1]
    assert found["fault"] == []


def by_lines(written: list[Json]) -> dict[str, list[Json]]:
    text = "\n".join(map(json.dumps, written)).encode()
    return joined(list(read_jsonl(io.BytesIO(text), name="claims", file_hash=HASH)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(claims(), st.sampled_from(["", " ", []]))
def test_null_and_an_empty_text_and_an_empty_list_say_the_same(written: list[Json], none: object) -> None:
    assert by_lines(in_full(written, none)) == by_lines(in_full(written))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(claims())
def test_dots_and_hyphens_make_no_difference(written: list[Json]) -> None:
    bare = json.loads(json.dumps(written))
    for claim in bare:
        if "diagnoses" in claim:
            claim["diagnoses"] = [code.replace(".", "") for code in claim["diagnoses"]]
        for line in claim["lines"]:
            if line.get("ndc") == "57894-030-01":
                line["ndc"] = "57894003001"
    assert by_lines(bare) == by_lines(written)
