"""What an importer hands over: the tables of one release and what became of every row of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cleanclaim.errors import OverlappingValidity
from cleanclaim.reference.cells import Row
from cleanclaim.reference.manifest import Covered, SetAside
from cleanclaim.reference.tables import BY_NAME
from cleanclaim.values import Interval

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class RowSetAside:
    """One record that was read and not kept."""

    row: int  # as a spreadsheet or text editor counts it, from 1
    reason: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One release as its file tells it: `read` records are the kept ones and those set aside."""

    release: str
    effective: Interval
    tables: Mapping[str, pa.Table]
    coverage: tuple[Covered, ...]
    read: int
    kept: int
    set_aside: tuple[RowSetAside, ...] = ()
    notes: tuple[str, ...] = ()  # what the importer doubted, with row and key
    series: str = ""  # which of several files that are published, and revised, each on its own: a service type

    @property
    def set_aside_by_reason(self) -> tuple[SetAside, ...]:
        """The records set aside, counted by reason, with a few keys each."""
        by_reason: dict[str, list[RowSetAside]] = {}
        for one in self.set_aside:
            by_reason.setdefault(one.reason, []).append(one)
        return tuple(
            SetAside(reason, len(rows), tuple(one.key or f"row {one.row}" for one in rows[:_MOST_EXAMPLES]))
            for reason, rows in sorted(by_reason.items())
        )


def dated_table(name: str, rows: Sequence[Row]) -> pa.Table:
    """The rows as a table of the schema without its `release` column.

    Raises: OverlappingValidity names the key and the days when two rows answer for one key and day.
    """
    import pyarrow as pa  # noqa: PLC0415 - the importers' only heavy import

    fields = list(BY_NAME[name].arrow())[:-1]
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    return dated_columns(name, {field.name: array for field, array in zip(fields, arrays, strict=True)})


def dated_columns(name: str, columns: Mapping[str, pa.Array | pa.ChunkedArray]) -> pa.Table:
    """The columns as a table of the schema without its `release` column: for publications of millions of rows.

    Raises: OverlappingValidity names the key and the days when two rows answer for one key and day.
    """
    import pyarrow as pa  # noqa: PLC0415

    fields = list(BY_NAME[name].arrow())[:-1]
    arrays = [
        columns[field.name] if columns[field.name].type == field.type else columns[field.name].cast(field.type)
        for field in fields
    ]
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
    _refuse_overlaps(name, table)
    return table


def key_numbers(columns: Sequence[pa.ChunkedArray[Any]]) -> np.ndarray:
    """One number a row, equal where all the columns are equal (null is a value of its own), in no special order."""
    import numpy as np  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    numbers = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        encoded: Any = pc.dictionary_encode(column, null_encoding="encode").combine_chunks()
        size = max(len(encoded.dictionary), 1)
        if numbers.size and int(numbers.max()) >= np.iinfo(np.int64).max // size - 1:
            numbers = np.unique(numbers, return_inverse=True)[1]
        numbers = numbers * size + encoded.indices.to_numpy(zero_copy_only=False)
    return numbers


def _refuse_overlaps(name: str, table: pa.Table) -> None:
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    schema = BY_NAME[name]
    # A span that starts elsewhere is another row, but still the same code on the same day.
    key = [column for column in schema.key if column != "span_from"]
    numbers = key_numbers([table[column] for column in key])
    first, last = (table[column].cast(pa.int32()).to_numpy() for column in ("valid_from", "valid_to"))
    order = np.lexsort((first, numbers))
    same = numbers[order][1:] == numbers[order][:-1]
    # When any two rows of a key share a day, some two that are neighbours by their first day do.
    clash = np.flatnonzero(same & (first[order][1:] <= last[order][:-1]))
    if not clash.size:
        return
    one, two = (table.slice(int(order[place]), 1).to_pylist()[0] for place in (clash[0], clash[0] + 1))
    raise OverlappingValidity(
        f"{name}: {' '.join(str(one[column]) for column in key)} has two rows for {two['valid_from']} to "
        f"{min(one['valid_to'], two['valid_to'])} ({one['valid_from']} to {one['valid_to']}, "
        f"{two['valid_from']} to {two['valid_to']})"
    )
