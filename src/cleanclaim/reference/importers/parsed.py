"""What an importer hands over: the tables of one release and what became of every row of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cleanclaim.errors import OverlappingValidity
from cleanclaim.reference.cells import Row
from cleanclaim.reference.manifest import Covered, SetAside
from cleanclaim.reference.tables import BY_NAME
from cleanclaim.values import Interval

if TYPE_CHECKING:
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

    _refuse_overlaps(name, rows)
    fields = list(BY_NAME[name].arrow())[:-1]
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _refuse_overlaps(name: str, rows: Sequence[Row]) -> None:
    schema = BY_NAME[name]
    # A span that starts elsewhere is another row, but still the same code on the same day.
    key_places = [schema.names.index(column) for column in schema.key if column != "span_from"]
    first, last = schema.names.index("valid_from"), schema.names.index("valid_to")
    keyed = sorted(
        (tuple(str(row[place]) for place in key_places), str(row[first]), str(row[last]), number)
        for number, row in enumerate(rows)
    )
    for (key, start, end, _), (next_key, next_start, next_end, _) in pairwise(keyed):
        if key == next_key and next_start <= end:
            raise OverlappingValidity(
                f"{name}: {' '.join(key)} has two rows for {next_start} to {min(end, next_end)}"
                f" ({start} to {end}, {next_start} to {next_end})"
            )
