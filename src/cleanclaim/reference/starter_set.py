"""The starter set: facts written for this project, one CSV per table, shipped with the package.

It behaves as one release, the weakest: where an imported release covers a key and a day, the import has the say.
Each row names its publication, which becomes the `release` column as `starter: <publication>`.
A look-up needs a few rows of thousands: records are split once, and only those that are asked for become values.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cleanclaim.engine.schema import TableSchema
from cleanclaim.errors import InvalidValue, LibraryError
from cleanclaim.reference.cells import Row, parse_row
from cleanclaim.reference.tables import BY_NAME, TABLES

FOLDER = Path(__file__).parent / "starter"
PUBLICATION = "starter"
_PUBLICATION_COLUMN = "publication"


class _Record(NamedTuple):
    cells: list[str]  # in the column order of the table
    line: int


class StarterSet:
    """The rows of each table, in the column order of `tables`, and one digest of all files."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents
        self._records: dict[str, list[_Record]] = {}
        self._by_key: dict[tuple[str, str], dict[str, list[_Record]]] = {}
        self._rows: dict[str, tuple[Row, ...]] = {}
        parts = b"".join(b"%s %d\n%s" % (name.encode(), len(text), text) for name, text in sorted(contents.items()))
        self.digest = hashlib.sha256(parts).hexdigest()

    @property
    def tables(self) -> Mapping[str, tuple[Row, ...]]:
        """All rows of all tables."""
        return {schema.name: self.rows(schema.name) for schema in TABLES}

    def rows(self, name: str) -> tuple[Row, ...]:
        """All rows of a table.

        Raises: LibraryError names the file, the line and what was expected.
        """
        if name not in self._rows:
            schema = BY_NAME[name]
            self._rows[name] = tuple([_row(record, schema) for record in self._split(schema)])
        return self._rows[name]

    def rows_where(self, name: str, column: str, key: str | None) -> list[Row]:
        """The rows of a table whose text column has a value; None for those where it is empty."""
        schema = BY_NAME[name]
        if (name, column) not in self._by_key:
            place = schema.names.index(column)
            grouped: dict[str, list[_Record]] = {}
            for record in self._split(schema):
                grouped.setdefault(record.cells[place], []).append(record)
            self._by_key[name, column] = grouped
        return [_row(record, schema) for record in self._by_key[name, column].get(key or "", ())]

    def _split(self, schema: TableSchema) -> list[_Record]:
        if schema.name not in self._records:
            self._records[schema.name] = _split(self._contents.get(schema.name, b"").decode("utf-8"), schema)
        return self._records[schema.name]


@cache
def load(folder: Path = FOLDER) -> StarterSet:
    """The starter set of a folder; a table without a file has no rows."""
    paths = {schema.name: folder / f"{schema.name}.csv" for schema in TABLES}
    return StarterSet({name: path.read_bytes() for name, path in paths.items() if path.is_file()})


def _split(text: str, schema: TableSchema) -> list[_Record]:
    numbered = [(number, line) for number, line in enumerate(text.splitlines(keepends=True), 1) if line[:1] != "#"]
    reader = csv.reader([line for _, line in numbered], strict=True)
    header = next(reader, None)
    if header is None:
        return []
    expected = (*schema.names[:-1], _PUBLICATION_COLUMN)
    if sorted(header) != sorted(expected):
        raise LibraryError(f"{schema.name}.csv: the header is {', '.join(header)}; expected {', '.join(expected)}")
    places = [header.index(name) for name in expected]
    records = []
    for cells in reader:
        line = numbered[reader.line_num - 1][0]
        if len(cells) != len(places):
            raise LibraryError(f"{schema.name}.csv:{line}: {len(cells)} cells where the header has {len(places)}")
        records.append(_Record([cells[place] for place in places], line))
    return records


def _row(record: _Record, schema: TableSchema) -> Row:
    place = f"{schema.name}.csv:{record.line}"
    *cells, publication = record.cells
    if not publication:
        raise LibraryError(f"{place}: no publication is named")
    try:
        return parse_row([*cells, f"{PUBLICATION}: {publication}"], schema.columns)
    except InvalidValue as problem:
        raise LibraryError(f"{place}: {problem}") from None
