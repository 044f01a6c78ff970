"""What an importer hands over: the tables of one release and what became of every row of its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cleanclaim.errors import OverlappingValidity, UnreadableInput
from cleanclaim.reference.cells import Cell, Row
from cleanclaim.reference.manifest import Covered, SetAside
from cleanclaim.reference.publications.source import Source
from cleanclaim.reference.tables import BY_NAME
from cleanclaim.values import Interval

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_MOST_EXAMPLES = 5
_MOST_KEYS = 2**62  # a combined key must fit into 64 bits


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
    tells: Interval | None = None  # days that its rows tell of beyond `effective`, without being complete for them
    thin: bool = False  # less than the publication itself (an excerpt, a second-hand list): never replaces a whole one

    @property
    def set_aside_by_reason(self) -> tuple[SetAside, ...]:
        """The records set aside, counted by reason, with a few keys each."""
        by_reason: dict[str, list[RowSetAside]] = {}
        for record in self.set_aside:
            by_reason.setdefault(record.reason, []).append(record)
        return tuple(
            SetAside(reason, len(rows), tuple(one.key or f"row {one.row}" for one in rows[:_MOST_EXAMPLES]))
            for reason, rows in sorted(by_reason.items())
        )


def covered(
    source: Source, table: str, keys: Iterable[Cell], days: Interval, part: str | None = None
) -> tuple[Covered, ...]:
    """What a file is complete for, of a table or a part of it: all keys on some days, of an excerpt those in it."""
    if not source.partial:
        return (Covered(table, None, days, part),)
    return tuple(Covered(table, key, days, part) for key in sorted({str(key) for key in keys}))


def refuse_short(source: Source, count: int, fewest: int, what: str) -> None:
    """Refuses a file with fewer rows than the publication has had for years, unless the user says it is an excerpt.

    Raises: UnreadableInput.
    """
    if count < fewest and not source.partial:
        raise UnreadableInput(
            f"{source.place}: {count} {what}, expected at least {fewest}: the file was cut short"
            " (an excerpt is imported with --partial)"
        )


def dated_table(name: str, rows: Sequence[Row]) -> pa.Table:
    """The rows as a table of the schema without its `release` column.

    Raises: OverlappingValidity names the key and the days when two rows answer for one key and day.
    """
    import pyarrow as pa  # noqa: PLC0415 - the importers' only heavy import

    fields = list(BY_NAME[name].arrow())[:-1]
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = {field.name: pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)}
    return dated_columns(name, arrays)


def dated_columns(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """The columns as a table of the schema without its `release` column: for files of millions of rows.

    Shape:   Arrow arrays, chunked or not, one for each column.

    Raises: OverlappingValidity names the key and the days when two rows answer for one key and day.
    """
    import pyarrow as pa  # noqa: PLC0415

    schema = pa.schema(list(BY_NAME[name].arrow())[:-1])
    table = pa.Table.from_arrays([columns[field.name] for field in schema], schema=schema)
    _refuse_overlaps(name, table)
    return table


def _refuse_overlaps(name: str, table: pa.Table) -> None:
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    # A span that starts elsewhere is another row, but still the same code on the same day.
    keys = [column for column in BY_NAME[name].key if column != "span_from"]
    key = key_numbers(table, keys)
    first, last = (table[column].cast(pa.int32()).to_numpy() for column in ("valid_from", "valid_to"))
    order = np.lexsort((last, first, key))
    same_key = key[order[1:]] == key[order[:-1]]
    overlapping = np.flatnonzero(same_key & (first[order[1:]] <= last[order[:-1]]))
    if not len(overlapping):
        return
    # Which of several is told does not depend on the order of the file: the least key, as text.
    pairs = [(order[place], order[place + 1]) for place in overlapping[:_MOST_EXAMPLES]]
    words, before, after = min(_told(table, keys, int(one), int(other)) for one, other in pairs)
    raise OverlappingValidity(
        f"{name}: {words} has two rows for {after[0]} to {min(before[1], after[1])}"
        f" ({before[0]} to {before[1]}, {after[0]} to {after[1]})"
    )


def _told(table: pa.Table, keys: Sequence[str], one: int, other: int) -> tuple[str, Any, Any]:
    before, after = ((table["valid_from"][row].as_py(), table["valid_to"][row].as_py()) for row in (one, other))
    return " ".join(str(table[column][one].as_py()) for column in keys), before, after


def key_numbers(table: pa.Table, keys: Sequence[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """One number for each distinct combination of the key columns; an empty cell is a value like others."""
    import numpy as np  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    number = np.zeros(table.num_rows, np.int64)
    most = 1
    for column in keys:
        encoded: Any = table[column].combine_chunks().dictionary_encode()
        own = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
        size = len(encoded.dictionary) + 1
        if most * size > _MOST_KEYS:
            number = np.unique(number, return_inverse=True)[1].astype(np.int64)
            most = int(number.max(initial=0)) + 1
        number, most = number * size + own, most * size
    return number
