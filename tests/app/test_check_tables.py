"""The door for claims that are tables already: the same result as of the file that holds them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from cleanclaim.app import Checker
from cleanclaim.app.bill_cases import tables_of
from cleanclaim.app.files import digest
from cleanclaim.claims import ClaimTables
from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, FAULT, LINE
from cleanclaim.errors import InvalidValue
from cleanclaim.formats.jsonl import read_jsonl
from cleanclaim.formats.x12.reader import read_837
from tests.app.test_checker import EXAMPLES, claim
from tests.app.test_rules import line


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(tmp_path_factory.mktemp("none"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_tables_are_checked_as_the_file_that_holds_them(checker: Checker, path: Path) -> None:
    x12 = path.suffix == ".837"
    with path.open("rb") as stream:
        read = read_837 if x12 else read_jsonl
        tables = list(read(stream, name=path.name, file_hash=digest(stream)))
    by_tables = checker.check(tables, by_row=not x12, show_not_evaluated=True)
    by_file = checker.check_files([path], show_not_evaluated=True)

    assert by_tables == by_file


def test_faults_of_the_tables_are_told_and_count(checker: Checker) -> None:
    tables = tables_of([claim(lines=[line(service_date="2024-02-30")])])
    result = checker.check(tables)
    assert [fault.element for fault in result.faults] == ["lines[0].service_date"]
    assert result.summary.claims == 1


def test_no_claims_are_no_findings(checker: Checker) -> None:
    empty = [schema.empty() for schema in (CLAIM, LINE, ADMINISTRATION, FAULT)]
    result = checker.check(ClaimTables(*empty))
    assert (result.summary.claims, result.findings) == (0, ())


def test_a_table_of_another_schema_is_refused_by_table_and_column(checker: Checker) -> None:
    tables = tables_of([claim(lines=[line()])])
    at = tables.line.schema.get_field_index("billed_units")
    text = tables.line.set_column(at, "billed_units", tables.line["billed_units"].cast(pa.string()))
    with pytest.raises(InvalidValue, match=r"table line: column billed_units is string; expected decimal"):
        checker.check(replace(tables, line=text))
    with pytest.raises(InvalidValue, match="table claim: column claim_key is not there"):
        checker.check(replace(tables, claim=tables.claim.drop_columns(["claim_key"])))
    with pytest.raises(InvalidValue, match="table line: column mood is not one of its columns"):
        checker.check(replace(tables, line=tables.line.append_column("mood", pa.nulls(1, pa.string()))))
    names = tables.fault.column_names
    with pytest.raises(InvalidValue, match="table fault: its columns stand in another order"):
        checker.check(replace(tables, fault=tables.fault.select(names[::-1])))


def test_lines_without_their_claim_and_claims_out_of_order_are_refused(checker: Checker) -> None:
    tables = tables_of([claim("A", lines=[line()]), claim("B", lines=[line(hcpcs_code="J3420")])])
    with pytest.raises(InvalidValue, match="table line: 1 rows have a claim_key that no row of claim has"):
        checker.check(replace(tables, claim=tables.claim.slice(1)))
    with pytest.raises(InvalidValue, match="table claim: the values of claim_key must ascend"):
        checker.check(replace(tables, claim=tables.claim.take([1, 0])))
    with pytest.raises(InvalidValue, match="table line: the values of claim_key must ascend"):
        checker.check(replace(tables, line=tables.line.take([1, 0])))
