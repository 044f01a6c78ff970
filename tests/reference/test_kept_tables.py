"""Joined tables in files: the same rows whole, by key, from memory and from a file, and never those of a bad file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library, kept_tables, presumption, starter_set
from cleanclaim.reference.library.kept_tables import SEARCHED, open_kept
from cleanclaim.reference.tables import BY_NAME, NDC_CROSSWALK, TABLES

CODES = ["J1745", "J9271", "", "Z", "é", "\U0001f489", None]
RELEASES = ["crosswalk 2026-Q1", "crosswalk 2025-Q4, presumed after 2025-12-31 [ndc_crosswalk]"]


def crosswalk(keys: list[tuple[str | None, str | None]]) -> pa.Table:
    rows = [
        dict.fromkeys(NDC_CROSSWALK.names)
        | {"hcpcs_code": code, "ndc11": ndc, "valid_from": date(2026, 1, 1), "valid_to": date(2026, 3, 31), "release": RELEASES[place % 2]}
        for place, (code, ndc) in enumerate(keys)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, NDC_CROSSWALK.arrow())


def in_order(rows: list[tuple[object, ...]]) -> list[str]:
    return sorted(map(repr, rows))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), max_size=40))
def test_rows_by_key_are_those_of_the_table(
    tmp_path_factory: pytest.TempPathFactory, keys: list[tuple[str | None, str | None]]
) -> None:
    table, path = crosswalk(keys), tmp_path_factory.mktemp("kept") / "ndc_crosswalk.arrow"
    rows = [tuple(row.values()) for row in table.to_pylist()]
    for one in (
        open_kept(path, NDC_CROSSWALK, "a", lambda: table),
        open_kept(path, NDC_CROSSWALK, "a", lambda: pytest.fail("it was written")),
    ):
        assert one.table.schema.equals(NDC_CROSSWALK.arrow())
        assert (
            in_order(one.rows()) == in_order(rows) == in_order([tuple(row.values()) for row in one.table.to_pylist()])
        )
        for column in ("hcpcs_code", "ndc11"):
            place = NDC_CROSSWALK.names.index(column)
            for value in [*CODES, "nobody"]:
                assert in_order(one.rows_with(column, value)) == in_order([row for row in rows if row[place] == value])
        assert one.carried_days == presumption.carried_days(table)


def test_a_library_keeps_what_it_imports_beside_it_and_the_rest_once(
    tmp_path: Path, october: Path, starter: starter_set.StarterSet
) -> None:
    import_file(tmp_path / "library", october)
    library = Library.open(tmp_path / "library")
    tables = {schema.name: library.table(schema.name) for schema in TABLES}
    own = {path.stem for path in (tmp_path / "library" / "tables").iterdir()}
    assert own == {schema.name for schema in TABLES if library.imports(schema.name)}
    assert {"hcpcs", "coverage"} <= own
    again = Library.open(tmp_path / "library")
    for name, table in tables.items():
        assert again.table(name).equals(table), name
        assert again.kept(name).carried_days == presumption.carried_days(table)
        searched = [column for column in SEARCHED if column in BY_NAME[name].names]
        for column in searched:
            rows = list(zip(*(cells.to_pylist() for cells in table.columns), strict=True))
            for value in sorted({str(cell) for cell in table[column].to_pylist() if cell is not None})[:3]:
                expected = [row for row in rows if row[table.column_names.index(column)] == value]
                assert in_order(again.kept(name).rows_with(column, value)) == in_order(expected), (name, column)


@pytest.mark.parametrize("how", ["cut short", "another file", "of another library", "no right to read"])
def test_a_file_that_is_not_its_own_is_made_anew(tmp_path: Path, how: str) -> None:
    path, table, made = tmp_path / "ndc_crosswalk.arrow", crosswalk([("J1745", "57894003001")]), []

    def make() -> pa.Table:
        made.append(how)
        return table

    open_kept(path, NDC_CROSSWALK, "a", make)
    if how == "cut short":
        path.write_bytes(path.read_bytes()[:-40])
    elif how == "another file":
        path.write_bytes(b"PK\x03\x04")
    elif how == "no right to read":
        path.unlink()
        path.mkdir()
    stamp = "b" if how == "of another library" else "a"
    found = open_kept(path, NDC_CROSSWALK, stamp, make)
    assert found.rows_with("ndc11", "57894003001") == [tuple(table.to_pylist()[0].values())]
    assert len(made) == 2


def test_where_nothing_can_be_written_the_table_stays_in_memory(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file, no folder")
    table = crosswalk([("J1745", None), (None, "57894003001")])
    found = open_kept(tmp_path / "folder" / "ndc_crosswalk.arrow", NDC_CROSSWALK, "a", lambda: table)
    assert found.table.num_rows == 2
    assert [row[NDC_CROSSWALK.names.index("hcpcs_code")] for row in found.rows_with("ndc11", None)] == ["J1745"]
    assert kept_tables.SEARCHED
