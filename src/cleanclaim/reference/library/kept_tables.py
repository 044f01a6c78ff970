"""The joined tables of a library in files that are read where they lie, sorted by key: a few rows cost a few pages.

A file is Arrow IPC, mapped into memory. It stands sorted by the first column by which facts and look-ups search; each
other such column has beside it the order in which it ascends. The file names what it was made from; one of another
library, of another version, or cut short is made anew, and where none can be written the table stays in memory.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanclaim.engine.schema import TableSchema
from cleanclaim.reference.cells import Row
from cleanclaim.reference.library.kept import write_apart
from cleanclaim.reference.library.presumption import PRESUMED_AFTER
from cleanclaim.values import Interval

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

# The columns by which facts ask the reference.
SEARCHED = (
    "hcpcs_code", "replaced_by", "ndc11", "modifier", "place_of_service", "key", "diagnosis_code", "product_id",
    "ptp_column_one", "ptp_column_two",
)  # fmt: skip
_FORMAT = "1"
_RELEASE = "release"  # the same few texts on all rows: kept once each
_ORDER = "ascends by "


class KeptTable:
    """A table of a library, whole or by key."""

    def __init__(self, schema: TableSchema, stored: pa.Table) -> None:
        self._schema, self._stored = schema, stored

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns."""
        return self._schema.names

    @cached_property
    def table(self) -> pa.Table:
        """All of it, in the schema of `tables`."""
        return self._stored.select(self.names).cast(self._schema.arrow())

    def rows(self) -> list[Row]:
        """All rows, as values."""
        return _values(self._stored.select(self.names))

    def rows_with(self, column: str, value: str | None) -> list[Row]:
        """The rows with a value in a column of `SEARCHED`, null among them."""
        first, last = self._span(column, value)
        if first == last:
            return []
        chosen = self._stored.select(self.names)
        order = self._orders.get(column)
        if order is None:
            return _values(chosen.slice(first, last - first))
        # Not by `take`: it loads pyarrow.compute, and a key has a few rows.
        places, cells = order[first:last].tolist(), [column.chunk(0) for column in chosen.columns]
        return [tuple(column[place].as_py() for column in cells) for place in places]

    @cached_property
    def carried_days(self) -> tuple[Interval, ...]:
        """The days over which rows were carried, each interval once."""
        told = json.loads(self._stored.schema.metadata[b"carried"])
        return tuple(Interval(date.fromisoformat(first), date.fromisoformat(last)) for first, last in told)

    @cached_property
    def _orders(self) -> dict[str, np.ndarray[Any, Any]]:
        """Where the rows stand that ascend by a column; none for the column by which the file is sorted."""
        return {
            name.removeprefix(_ORDER): self._stored[name].chunk(0).to_numpy()
            for name in self._stored.column_names
            if name.startswith(_ORDER)
        }

    def _span(self, column: str, value: str | None) -> tuple[int, int]:
        """Which rows, in the order of a column, have a value; nulls stand last."""
        rows = self._stored.num_rows
        if not rows:
            return 0, 0
        cells, order = self._stored[column].chunk(0), self._orders.get(column)
        known = rows - cells.null_count
        if value is None:
            return known, rows
        places: Any = range(known) if order is None else order[:known]

        def cell(place: int) -> str:
            return str(cells[int(place)].as_py())

        return bisect_left(places, value, key=cell), bisect_right(places, value, key=cell)


def open_kept(path: Path, schema: TableSchema, stamp: str, make: Callable[[], pa.Table]) -> KeptTable:
    """The table of a file, which is made and written first where there is none, or one of another `stamp`."""
    stored = _mapped(path, schema, stamp)
    if stored is None:
        stored = _sorted(make(), schema, stamp)
        write_apart(path, lambda temporary: _write(stored, temporary))
    return KeptTable(schema, stored)


def _mapped(path: Path, schema: TableSchema, stamp: str) -> pa.Table | None:
    import pyarrow as pa  # noqa: PLC0415 - look-ups start without it

    try:
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
    except (OSError, pa.ArrowInvalid):  # not there, or cut short
        return None
    kept = table.schema.metadata or {}
    is_ours = kept.get(b"stamp") == _stamp(stamp) and kept.get(b"rows") == str(table.num_rows).encode()
    return table if is_ours and table.schema.names[: len(schema.names)] == list(schema.names) else None


def _sorted(table: pa.Table, schema: TableSchema, stamp: str) -> pa.Table:
    """A table as it is kept: sorted, with the other orders beside it, in one chunk."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    searched = [name for name in SEARCHED if name in schema.names]
    if searched:
        table = table.take(pc.sort_indices(table[searched[0]]))
    table = table.combine_chunks()
    if _RELEASE in schema.names:
        place = schema.names.index(_RELEASE)
        table = table.set_column(place, _RELEASE, table[_RELEASE].dictionary_encode())
    for name in searched[1:]:
        table = table.append_column(_ORDER + name, pc.sort_indices(table[name]).cast(pa.int32()))
    carried = json.dumps([[str(days.first), str(days.last)] for days in _carried_days(table)])
    told = {"stamp": _stamp(stamp).decode(), "rows": str(table.num_rows), "carried": carried}
    return table.combine_chunks().unify_dictionaries().replace_schema_metadata(told)


def _write(table: pa.Table, path: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415

    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _carried_days(table: pa.Table) -> Iterator[Interval]:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    if _RELEASE not in table.column_names or "valid_from" not in table.column_names:
        return
    carried: Any = pc.match_substring(table[_RELEASE].cast(pa.string()), PRESUMED_AFTER)
    found = table.select(["valid_from", "valid_to"]).filter(carried).group_by(["valid_from", "valid_to"]).aggregate([])
    yield from sorted(Interval(one["valid_from"], one["valid_to"]) for one in found.to_pylist())


def _values(table: pa.Table) -> list[Row]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True)) if table.num_rows else []


def _stamp(made_from: str) -> bytes:
    return f"{_FORMAT} {made_from}".encode()
