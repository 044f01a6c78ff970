"""The starter set: facts written for this project, one CSV per table, shipped with the package.

It behaves as one release, the weakest: where an imported release covers a key and a day, the import has the say.
Each row names its publication, which becomes the `release` column as `starter: <publication>`.
The crosswalk is complete for each package in the quarters that list it: its own rows tell that, no file of coverage.

A look-up wants a few rows of thousands, and finds them in the index (`index`). Here whole tables are read, column by
column and each distinct text once: 20,000 rows have a few hundred days and amounts.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from cleanclaim.engine.schema import Column, TableSchema
from cleanclaim.errors import InvalidValue, LibraryError
from cleanclaim.reference.cells import Cell, Row, parse_cell
from cleanclaim.reference.tables import BY_NAME, COVERAGE, HCPCS, NDC_CROSSWALK, TABLES

FOLDER = Path(__file__).parent / "starter"
PUBLICATION = "starter"
_PUBLICATION_COLUMN = "publication"


class _Split(NamedTuple):
    columns: list[tuple[str, ...]]  # the cells of each column, in the column order of the table
    lines: list[int]


class StarterSet:
    """The rows of each table, in the column order of `tables`, and one digest of all files."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents
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
            rows = _typed(_split(self._contents.get(name, b"").decode("utf-8"), schema), schema)
            self._rows[name] = (*rows, *self._covered_packages()) if schema is COVERAGE else tuple(rows)
        return self._rows[name]

    @cached_property
    def codes(self) -> int:
        """How many codes it has."""
        return len({row[0] for row in self.rows(HCPCS.name)})

    def rows_where(self, name: str, column: str, key: str | None) -> list[Row]:
        """The rows of a table whose text column has a value; None for those where it is empty."""
        place = BY_NAME[name].names.index(column)
        return [row for row in self.rows(name) if row[place] == key]

    def _covered_packages(self) -> Iterator[Row]:
        """The coverage of the crosswalk: each package on the days of the rows that list it."""
        places = [NDC_CROSSWALK.names.index(one) for one in ("ndc11", "valid_from", "valid_to", "release")]
        listed = dict.fromkeys(tuple([row[place] for place in places]) for row in self.rows(NDC_CROSSWALK.name))
        for ndc11, first, last, release in listed:
            yield NDC_CROSSWALK.name, None, ndc11, first, last, release


@cache
def load(folder: Path = FOLDER) -> StarterSet:
    """The starter set of a folder; a table without a file has no rows."""
    paths = {schema.name: folder / f"{schema.name}.csv" for schema in TABLES}
    return StarterSet({name: path.read_bytes() for name, path in paths.items() if path.is_file()})


def _split(text: str, schema: TableSchema) -> _Split:
    numbered = [(number, line) for number, line in enumerate(text.splitlines(keepends=True), 1) if line[:1] != "#"]
    reader = csv.reader([line for _, line in numbered], strict=True)
    header = next(reader, None)
    expected = (*schema.names[:-1], _PUBLICATION_COLUMN)
    if header is None:
        return _Split([()] * len(expected), [])
    if sorted(header) != sorted(expected):
        raise LibraryError(f"{schema.name}.csv: the header is {', '.join(header)}; expected {', '.join(expected)}")
    records, lines = [], []
    for cells in reader:
        line = numbered[reader.line_num - 1][0]
        if len(cells) != len(expected):
            raise LibraryError(f"{schema.name}.csv:{line}: {len(cells)} cells where the header has {len(expected)}")
        records.append(cells)
        lines.append(line)
    columns = list(zip(*records, strict=True)) or [()] * len(expected)
    return _Split([columns[header.index(name)] for name in expected], lines)


def _typed(split: _Split, schema: TableSchema) -> Iterator[Row]:
    *columns, publications = split.columns
    typed = [
        _values(texts, column, schema, split.lines) for texts, column in zip(columns, schema.columns, strict=False)
    ]
    if "" in publications:
        line = split.lines[publications.index("")]
        raise LibraryError(f"{schema.name}.csv:{line}: no publication is named")
    labels = {one: f"{PUBLICATION}: {one}" for one in set(publications)}
    return zip(*typed, map(labels.__getitem__, publications), strict=True)


def _values(texts: tuple[str, ...], column: Column, schema: TableSchema, lines: list[int]) -> Iterator[Cell]:
    read: dict[str, Cell] = {}
    for text in set(texts):
        try:
            read[text] = parse_cell(text, column)
        except InvalidValue as problem:
            raise LibraryError(f"{schema.name}.csv:{lines[texts.index(text)]}: {problem}") from None
    return map(read.__getitem__, texts)
