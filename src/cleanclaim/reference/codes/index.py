"""The look-up index: the joined tables in one SQLite file, so that a look-up loads neither DuckDB nor Arrow.

It carries the digest of the library that it was built from. One with another digest is stale and is built anew. That of
a library without imports stands in the user's cache (`kept`).
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.errors import LibraryBusy, LibraryError, UnknownName
from cleanclaim.reference.cells import Cell, Row
from cleanclaim.reference.codes.drug_identity import DRUG_IDENTITY, drug_identities
from cleanclaim.reference.codes.product_names import DRUG_NAME, SYNONYMS, drug_names
from cleanclaim.reference.codes.search_terms import SEARCH_TERM, VOCABULARY, search_terms, vocabulary
from cleanclaim.reference.codes.shared_ndc import SHARED_NDC, shared_ndcs
from cleanclaim.reference.library import kept
from cleanclaim.reference.library.releases import TEMPORARY
from cleanclaim.reference.lock import locked
from cleanclaim.reference.tables import ASC_PAYMENT, LOOKED_UP, OPPS_STATUS
from cleanclaim.values import parse_date

if TYPE_CHECKING:
    import sqlite3

    from cleanclaim.reference.library import Library

NAME = "index.sqlite"
NAME_AS_PUBLISHED = "index-as-published.sqlite"  # of a library in which no release speaks for later days
_FORMAT = "12"
_SEARCHED = (
    "hcpcs_code", "replaced_by", "ndc11", "modifier", "place_of_service", "key", "term", "ingredient", "payer_program",
    "name_key",
)  # fmt: skip
_STORED = {ColumnType.BOOLEAN: "INTEGER", ColumnType.INTEGER: "INTEGER"}
# Tables of the index alone, made from those of the library.
_OWN: dict[str, Callable[[Library], Iterable[Row]]] = {
    DRUG_IDENTITY.name: drug_identities, DRUG_NAME.name: drug_names, SHARED_NDC.name: shared_ndcs,
    SEARCH_TERM.name: search_terms, VOCABULARY.name: vocabulary,
}  # fmt: skip
_HELD = (*LOOKED_UP, DRUG_IDENTITY, DRUG_NAME, SHARED_NDC, SEARCH_TERM, VOCABULARY)

Record = dict[str, Cell]


class IndexNotWritten(LibraryError):
    """The index can't be written: the disk is full, or the folder is not ours."""


class Index(Protocol):
    """The rows of a key."""

    def rows(self, schema: TableSchema, column: str, key: str | None) -> list[Record]:
        """The rows of a table whose text column has a value (None: is empty), oldest first."""

    def every(self, schema: TableSchema) -> list[Record]:
        """Every row of a table, in no order that means anything."""

    def of_day(self, schema: TableSchema, on: date) -> list[Record]:
        """The rows of a dated table that hold on a day, in no order that means anything."""

    def keys(self, schema: TableSchema, column: str) -> list[str]:
        """The values of a text column, each once, in order."""


def open_index(library: Library) -> Index:
    """The index of a library; built anew first when it is missing or stale."""
    return _open_current(library) or _build_anew(library)


def index_path(library: Library) -> Path:
    """Where the index of a library stands."""
    if library.starter_only:
        return kept.folder(library.digest) / NAME
    return library.folder / (NAME if library.presume else NAME_AS_PUBLISHED)


def _build_anew(library: Library) -> SqliteIndex:
    try:
        with _place_to_write(library):
            write_index(library)
    except (LibraryBusy, IndexNotWritten, OSError):  # being written, or not ours to write: answer from memory
        return SqliteIndex(_in_memory(library))
    return _open_current(library) or SqliteIndex(_in_memory(library))


@contextmanager
def _place_to_write(library: Library) -> Iterator[None]:
    """Room for the index. Imports change a library, so one hand writes there; all write the same to the cache."""
    if library.starter_only:
        kept.make_folder(index_path(library).parent)
        yield
    else:
        with locked(library.folder):
            yield


class SqliteIndex:
    """The rows of a key in the index file of a library, or in one in memory."""

    def __init__(self, connection: sqlite3.Connection, library: Library | None = None) -> None:
        self._connection = connection
        self._library = library  # of the file that the connection reads; None when it is in memory

    def rows(self, schema: TableSchema, column: str, key: str | None) -> list[Record]:
        """The rows of a table whose text column has a value (None: is empty), oldest first."""
        return _oldest_first(self._select(schema, f'WHERE "{column}" IS ?', key))

    def every(self, schema: TableSchema) -> list[Record]:
        """Every row of a table, in no order that means anything."""
        return self._select(schema)

    def of_day(self, schema: TableSchema, on: date) -> list[Record]:
        """The rows of a dated table that hold on a day, in no order that means anything."""
        return self._select(schema, 'WHERE "valid_from" <= ? AND "valid_to" >= ?', str(on), str(on))

    def keys(self, schema: TableSchema, column: str) -> list[str]:
        """The values of a text column, each once, in order."""
        query = f'SELECT DISTINCT "{column}" FROM "{schema.name}" WHERE "{column}" IS NOT NULL ORDER BY "{column}"'
        return [str(value) for (value,) in self._execute(query, ())]

    def _select(self, schema: TableSchema, where: str = "", *keys: str | None) -> list[Record]:
        if schema not in _HELD:
            raise UnknownName(f"{schema.name} is in no look-up index: `tables.LOOKED_UP` names those that are")
        names = ", ".join(f'"{one}"' for one in schema.names)
        rows = self._execute(f'SELECT {names} FROM "{schema.name}" {where}', keys)
        return [{one.name: _value(cell, one) for cell, one in zip(row, schema.columns, strict=True)} for row in rows]

    def _execute(self, query: str, keys: tuple[str | None, ...]) -> list[tuple[str | int | None, ...]]:
        import sqlite3  # noqa: PLC0415

        try:
            return self._connection.execute(query, keys).fetchall()
        except sqlite3.DatabaseError:
            if self._library is None:
                raise
            # A damaged page, met only when it is read. The releases say everything that stood there: build it anew.
            anew, self._library = _build_anew(self._library), None
            self._connection = anew._connection
            return self._connection.execute(query, keys).fetchall()


def write_index(library: Library) -> None:
    """Builds the index of a library and puts it in place in one step. The caller holds the lock.

    Raises: IndexNotWritten; an index that was there stays.
    """
    import sqlite3  # noqa: PLC0415
    import tempfile  # noqa: PLC0415 - only where an index is written

    temporary = None
    path = index_path(library)
    try:
        descriptor, name = tempfile.mkstemp(prefix=TEMPORARY, suffix=".sqlite", dir=path.parent)
        temporary = Path(name)
        os.close(descriptor)
        with closing(sqlite3.connect(temporary)) as connection:
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            _fill(connection, library)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except (OSError, sqlite3.OperationalError) as problem:
        raise IndexNotWritten(f"the look-up index can't be written ({problem}); look-ups will be slower") from problem
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def _in_memory(library: Library) -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415

    connection = sqlite3.connect(":memory:", check_same_thread=False)
    _fill(connection, library)
    return connection


def _open_current(library: Library) -> SqliteIndex | None:
    import sqlite3  # noqa: PLC0415

    path = index_path(library)
    if not path.is_file():
        return None
    # The file is replaced, never changed: SQLite needs no lock on it.
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    try:
        if connection.execute("SELECT digest FROM library").fetchone() == (_stamp(library.digest),):
            return SqliteIndex(connection, library)
    except sqlite3.DatabaseError:
        pass
    connection.close()
    return None


def _fill(connection: sqlite3.Connection, library: Library) -> None:
    connection.execute("BEGIN")
    for schema in _HELD:
        columns = ", ".join(f'"{column.name}" {_STORED.get(column.type, "TEXT")}' for column in schema.columns)
        connection.execute(f'CREATE TABLE "{schema.name}" ({columns})')
        marks = ", ".join("?" * len(schema.columns))
        if schema is VOCABULARY:  # of what was just written: its own function would make all terms anew
            connection.execute("INSERT INTO vocabulary SELECT term, count(*) FROM search_term GROUP BY term")
        else:
            connection.executemany(f'INSERT INTO "{schema.name}" VALUES ({marks})', _stored_rows(library, schema))
        for name in sorted(set(_SEARCHED) & set(schema.names)):
            connection.execute(f'CREATE INDEX "{schema.name}_{name}" ON "{schema.name}" ("{name}")')
    connection.execute("CREATE TABLE library (digest TEXT)")
    connection.execute("INSERT INTO library VALUES (?)", (_stamp(library.digest),))
    connection.execute("COMMIT")


def _stored_rows(library: Library, schema: TableSchema) -> Iterable[tuple[str | int | None, ...]]:
    if schema.name in _OWN:
        return map(_stored, _OWN[schema.name](library))
    if not library.imports(schema.name):
        return map(_stored, library.rows(schema.name))
    import pyarrow as pa  # noqa: PLC0415 - only where releases have been imported

    # Arrow writes days and decimals as text in columns: four times as fast as cell by cell.
    import pyarrow.compute as pc  # noqa: PLC0415

    table = library.table(schema.name)
    if schema in (OPPS_STATUS, ASC_PAYMENT):  # most of their rows are procedures, which no look-up asks for
        table = table.filter(pc.greater_equal(table["hcpcs_code"], pa.scalar("A")))
    texts = [
        column if field.type in (ColumnType.INTEGER, ColumnType.BOOLEAN) else column.cast(pa.string())
        for column, field in zip(table.columns, schema.columns, strict=True)
    ]
    return zip(*(column.to_pylist() for column in texts), strict=True)


def _stamp(digest: str) -> str:
    return f"{_FORMAT} {zlib.crc32(SYNONYMS.read_bytes()):08x} {digest}"  # synonyms are in the index, in no library


def _oldest_first(rows: list[Record]) -> list[Record]:
    return sorted(rows, key=lambda row: (str(row.get("valid_from")), str(row.get("valid_to"))))


def _stored(row: Row) -> tuple[str | int | None, ...]:
    return tuple([str(cell) if isinstance(cell, (Decimal, date)) else cell for cell in row])


def _value(cell: str | int | None, column: Column) -> Cell:
    if cell is None:
        return None
    if column.type is ColumnType.DATE:
        return parse_date(str(cell))
    if column.type is ColumnType.BOOLEAN:
        return bool(cell)
    return Decimal(str(cell)) if column.type.precision else cell
