"""The library: every release of a folder and the starter set, joined into dated tables."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cleanclaim.engine.schema import TableSchema
from cleanclaim.errors import UnknownName
from cleanclaim.reference.cells import Cell, Row
from cleanclaim.reference.intervals import before, union, within, without
from cleanclaim.reference.library import embedded, kept, precedence, presumption, starter_set
from cleanclaim.reference.library.kept_tables import KeptTable, open_kept
from cleanclaim.reference.library.presumption import Carrier, carried_coverage
from cleanclaim.reference.library.releases import StoredRelease, read_table, stored_releases
from cleanclaim.reference.library.starter_set import StarterSet
from cleanclaim.reference.manifest import Covered, Manifest
from cleanclaim.reference.tables import BY_NAME, COVERAGE, TABLES
from cleanclaim.values import OPEN_END, Interval

if TYPE_CHECKING:
    import pyarrow as pa


ENVIRONMENT = "CLEANCLAIM_REFERENCE"
NO_PRESUMPTION = "CLEANCLAIM_NO_PRESUMPTION"  # set to anything: no release speaks for days after its own

# Tables whose rows stay open until a later release ends them: nobody knows them after the days that are covered.
_OPEN_ENDED = frozenset({"hcpcs", "modifier", "place_of_service"})
# Columns that are ours alone, because the publisher's wording is not free: imported rows take them from the starter.
_OWN_WORDS = {"adjustment_reason": "wording"}
_KEPT = "tables"  # the folder of a library in which its joined tables are kept
_PART, _KEY = COVERAGE.names.index("part"), COVERAGE.names.index("key")

_ByKey = dict[tuple[Cell, Cell], list[Covered]]  # by part of the table and key; None where it is about all of them


def default_folder() -> Path:
    """The library of this user: the environment variable, else the data folder of the platform."""
    if chosen := os.environ.get(ENVIRONMENT):
        return Path(chosen)
    import platformdirs  # noqa: PLC0415

    return Path(platformdirs.user_data_dir("cleanclaim", appauthor=False)) / "reference"


@dataclass(frozen=True)
class Library:
    """What was in a library folder when it was opened. Later imports don't change it."""

    folder: Path
    stored: tuple[StoredRelease, ...]
    starter: StarterSet
    presume: bool = True  # whether the last release speaks for later days that none covers

    @classmethod
    def open(cls, folder: Path | None = None, *, presume: bool | None = None) -> Self:
        """The library of a folder; a folder that does not exist gives the starter set alone.

        Without `presume` nothing is known of a day that no release covers (`presumption`); the environment may say so.
        Raises: DamagedRelease when a manifest can't be read.
        """
        chosen = folder or default_folder()
        wanted = not os.environ.get(NO_PRESUMPTION) if presume is None else presume
        return cls(chosen, stored_releases(chosen), starter_set.load(), wanted)

    @property
    def releases(self) -> tuple[Manifest, ...]:
        """The manifests of all releases and revisions, oldest first in each publication."""
        return tuple(one.manifest for one in self.stored)

    @property
    def default(self) -> embedded.Embedded | None:
        """The diagnoses that come with the installation: they answer on days that no release covers."""
        return embedded.embedded()

    @property
    def starter_only(self) -> bool:
        """Whether nothing was imported: what runs on the starter set says so on every output."""
        return not self.stored

    @cached_property
    def digest(self) -> str:
        """A digest of everything that the library tells: two libraries with one digest give the same answers."""
        return self._digest(self.releases)

    def _digest(self, releases: Iterable[Manifest]) -> str:
        digest = hashlib.sha256(f"{self.starter.digest} {self.presume}".encode())
        if default := self.default:
            digest.update(default.digest.encode())
        for manifest in releases:
            files = " ".join(f"{file.name}={file.sha256}" for file in manifest.tables)
            digest.update(f"\n{manifest.label} {manifest.sha256} {manifest.coverage} {manifest.tells} {files}".encode())
        return digest.hexdigest()

    @property
    def coverage(self) -> tuple[tuple[Covered, str], ...]:
        """What the library is complete for, each with the release that says so."""
        return tuple((_covered(row), str(row[-1])) for row in self._own_rows(COVERAGE))

    def table(self, name: str) -> pa.Table:
        """A reference table as of every day: for a key, at most one row answers for a day.

        Shape:   the schema of `tables`; intervals are cut to the days for which the row's release has the say. Rows
                 that are carried to days that no release covers have a release that says so (`presumption`).
        Raises:  UnknownName; DamagedRelease when a file is not the one that was imported.
        """
        return self.kept(name).table

    def kept(self, name: str) -> KeptTable:
        """The same table by key: what a few claims ask does not read the rest.

        Raises: as `table`.
        """
        return self._kept(_schema(name))

    def carried_days(self, name: str) -> tuple[Interval, ...]:
        """The days over which rows of a table were carried, each interval once. Raises: as `table`."""
        return self.kept(name).carried_days if self.presume else ()

    @cached_property
    def _kept(self) -> Callable[[TableSchema], KeptTable]:
        return cache(self._open_kept)

    def _open_kept(self, schema: TableSchema) -> KeptTable:
        # What no import tells is the same in every library: it is kept once, with that of the starter set alone.
        own = schema is COVERAGE or bool(precedence.says(self.stored, schema.name))
        digest = self.digest if own else self._digest(())
        folder = self.folder / _KEPT if own and self.stored else kept.folder(digest)
        path = folder / f"{schema.name}{'' if self.presume else '-as-published'}.arrow"
        return open_kept(path, schema, kept.stamp(digest), lambda: self._joined(schema))

    def _joined(self, schema: TableSchema) -> pa.Table:
        rows = self._covered_table(schema)
        return self._carrier(schema).table(rows).combine_chunks() if self._carries(schema) else rows

    def _covered_table(self, schema: TableSchema) -> pa.Table:
        import pyarrow as pa  # noqa: PLC0415 - look-ups start without it

        name = schema.name
        parts = [_clip(read_table(say.release, name), say.days) for say in precedence.says(self.stored, name)]
        own = self._own_rows(schema)
        if schema is COVERAGE and self.presume:
            own = [*own, *carried_coverage(own, self._starter_told)]
        columns = [[row[place] for row in own] for place in range(len(schema.columns))]
        parts = [self._with_own_words(part, schema) for part in parts] + self._embedded_parts(name)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, schema.arrow(), strict=True)]
        return pa.concat_tables([*parts, pa.Table.from_arrays(arrays, schema=schema.arrow())]).combine_chunks()

    def rows(self, name: str) -> Iterable[Row]:
        """The rows of `table`, as values; loads nothing heavy when only the starter set tells."""
        schema = _schema(name)
        if self.imports(name) or name == embedded.TABLE:
            return zip(*(column.to_pylist() for column in self.table(name).columns), strict=True)
        return self._with_carried(schema, self._own_rows(schema))

    def imports(self, name: str) -> bool:
        """Whether a release of the library has rows of the table."""
        return (name == COVERAGE.name and not self.starter_only) or any(one.manifest.file(name) for one in self.stored)

    def _carries(self, schema: TableSchema) -> bool:
        return self.presume and schema.name in presumption.horizons()

    @cached_property
    def _carrier(self) -> Callable[[TableSchema], Carrier]:
        return cache(self._make_carrier)

    def _make_carrier(self, schema: TableSchema) -> Carrier:
        coverage = [(_covered(row), str(row[-1])) for row in self._coverage_rows(schema.name)]
        return Carrier(schema, coverage, [say.days.last for say in precedence.says(self.stored, schema.name)])

    def _with_carried(self, schema: TableSchema, rows: list[Row]) -> list[Row]:
        if schema is COVERAGE and self.presume:
            return [*rows, *carried_coverage(rows, self._starter_told)]
        if not self._carries(schema):
            return rows
        carrier = self._carrier(schema)
        return [*carrier.replaced(rows), *carrier.rows(rows)]

    def _starter_told(self, table: str, key: Cell, on: date) -> bool:
        """Whether the starter set has rows of a key on a day."""
        return any(days.contains(on) for days in self._starter_days[table].get(key, ()))

    @cached_property
    def _starter_days(self) -> dict[str, dict[Cell, list[Interval]]]:
        """On which days the starter set tells of each key, by table."""
        by_table: dict[str, dict[Cell, list[Interval]]] = {}
        for name in self._starter_coverage.keys() & presumption.horizons().keys():
            days = by_table.setdefault(name, {})
            place = BY_NAME[name].names.index(presumption.covered_by(BY_NAME[name]))
            for row in self._own_rows(BY_NAME[name]):
                days.setdefault(row[place], []).append(_days(*_dates(row)))
        return by_table

    def _with_own_words(self, part: pa.Table, schema: TableSchema) -> pa.Table:
        import pyarrow as pa  # noqa: PLC0415

        column = _OWN_WORDS.get(schema.name)
        if column is None:
            return part
        place = schema.names.index(column)
        own = {row[0]: row[place] for row in self.starter.rows(schema.name)}
        keys = part[schema.key[0]].to_pylist()
        words = [word or own.get(key) for key, word in zip(keys, part[column].to_pylist(), strict=True)]
        return part.set_column(place, column, pa.array(words, pa.string()))

    def _embedded_parts(self, name: str) -> list[pa.Table]:
        """The embedded default on the days that no release covers; nothing of it is read when there are none."""
        default = self.default if name == embedded.TABLE else None
        left = self._embedded_days(default)
        table = default.table() if default and left else None
        return [_clip(table, days) for days in left] if table is not None else []

    def _embedded_days(self, default: embedded.Embedded | None) -> list[Interval]:
        if default is None:
            return []
        return without(default.days, [one.days for one, _ in precedence.coverage(self.stored, embedded.TABLE)])

    def _own_rows(self, schema: TableSchema) -> list[Row]:
        """Rows that stand in no Parquet file: the starter's, and the coverage that manifests declare."""
        if schema is COVERAGE:
            return [row for table in TABLES if table is not COVERAGE for row in self._coverage_rows(table.name)]
        rows = self.starter.rows(schema.name)
        imported = _by_key(one for one, _ in precedence.coverage(self.stored, schema.name))
        if schema.name not in _OPEN_ENDED:
            return list(_Cut(schema, imported).rows(rows))
        declared = _by_key(map(_covered, self._starter_coverage.get(schema.name, ())))
        return list(_Cut(schema, imported, declared).rows(_spoken_on(rows)))

    @cached_property
    def _coverage_rows(self) -> Callable[[str], list[Row]]:
        return cache(self._make_coverage_rows)

    def _make_coverage_rows(self, table: str) -> list[Row]:
        own = self._starter_coverage.get(table, [])
        if table == embedded.TABLE and (default := self.default):
            days = self._embedded_days(default)
            own = own + [(table, None, None, one.first, one.last, default.label) for one in days]
        imported = precedence.coverage(self.stored, table)
        if not imported:
            return own
        taken = _by_key(one for one, _ in imported)
        rows: list[Row] = [(*_place(one), one.days.first, one.days.last, release) for one, release in imported]
        return [*rows, *_Cut(COVERAGE, taken).rows(own)]

    @cached_property
    def _starter_coverage(self) -> dict[str, list[Row]]:
        by_table: dict[str, list[Row]] = {}
        for row in self.starter.rows(COVERAGE.name):
            by_table.setdefault(str(row[0]), []).append(row)
        return by_table


def _covered(row: Row) -> Covered:
    table, part, key, first, last, _ = row
    return Covered(str(table), _text(key), _days(first, last), _text(part))


def _place(covered: Covered) -> tuple[str, str | None, str | None]:
    return covered.table, covered.part, covered.key


def _by_key(coverage: Iterable[Covered]) -> _ByKey:
    grouped: _ByKey = {}
    for covered in coverage:
        grouped.setdefault((covered.part, covered.key), []).append(covered)
    return grouped


class _Cut:
    """Cuts starter rows of a table to the days that nobody took for their key and, when given, that are declared."""

    def __init__(self, schema: TableSchema, taken: _ByKey, declared: _ByKey | None = None) -> None:
        self._first, self._last = schema.names.index("valid_from"), schema.names.index("valid_to")
        self._key = _KEY if schema is COVERAGE else 0
        self._part = _PART if schema is COVERAGE else schema.names.index(schema.part) if schema.part else None
        self._taken, self._declared = taken, declared or {}
        self._kept: dict[tuple[Cell, Cell], tuple[list[Interval], list[Interval]]] = {}

    def rows(self, rows: Iterable[Row]) -> Iterator[Row]:
        """What is left of the rows, a part of a row as a row."""
        for row in rows:
            taken, allowed = self._days_of(row[self._part] if self._part is not None else None, row[self._key])
            if not taken and not allowed:
                yield row
                continue
            left = without(_days(row[self._first], row[self._last]), taken)
            if allowed:
                left = [piece for days in left for piece in within(days, allowed)]
            for piece in left:
                yield (*row[: self._first], piece.first, piece.last, *row[self._last + 1 :])

    def _days_of(self, part: Cell, key: Cell) -> tuple[list[Interval], list[Interval]]:
        if (part, key) not in self._kept:
            self._kept[part, key] = _intervals(self._taken, part, key), _intervals(self._declared, part, key)
        return self._kept[part, key]


def _spoken_on(rows: Sequence[Row]) -> list[Row]:
    """Rows of a table that stays open: what has ended still says so, until the next row of its key."""
    spoken: list[Row] = []
    following: dict[Cell, date] = {}
    for row in sorted(rows, key=lambda row: str(row[-3]), reverse=True):
        first, _ = _dates(row)
        until = before(following[row[0]]) if row[0] in following else OPEN_END
        spoken.append((*row[:-2], until, row[-1]))
        if isinstance(first, date):
            following[row[0]] = first
    return spoken[::-1]


def _dates(row: Row) -> tuple[Cell, Cell]:
    return row[-3], row[-2]


def _intervals(grouped: _ByKey, part: Cell, key: Cell) -> list[Interval]:
    own = grouped.get((part, key), []) if key is not None else []
    return union([one.days for one in own] + [one.days for one in grouped.get((part, None), [])])


def _schema(name: str) -> TableSchema:
    if name in BY_NAME:
        return BY_NAME[name]
    import difflib  # noqa: PLC0415 - for the message only

    near = difflib.get_close_matches(name, BY_NAME, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(BY_NAME)}."
    raise UnknownName(f"no reference table is named {name!r}; {hint}")


def _text(cell: Cell) -> str | None:
    return None if cell is None else str(cell)


def _days(first: object, last: object) -> Interval:
    return Interval(
        first if isinstance(first, date) else date.min,
        last if isinstance(last, date) else OPEN_END,
    )


def _clip(table: pa.Table, days: Interval) -> pa.Table:
    """The rows that hold on one of the days, their intervals cut to them."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    first = pc.max_element_wise(table["valid_from"], pa.scalar(days.first, pa.date32()))
    last = pc.min_element_wise(table["valid_to"], pa.scalar(days.last, pa.date32()))
    names: Sequence[str] = table.column_names
    cut = table.set_column(names.index("valid_from"), "valid_from", first)
    return cut.set_column(names.index("valid_to"), "valid_to", last).filter(pc.less_equal(first, last))
