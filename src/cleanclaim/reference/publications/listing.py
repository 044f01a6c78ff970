"""What publications share that are one table: lines below a header, each a row of ours or set aside for a reason.

A `Listing` is all that there is to say of a text whose columns are known by their names. Where a header is found by
other means, its lines come from `lines_of`, `read_lines` makes rows of them and `release_of` the release of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.engine.schema import ColumnType
from cleanclaim.reference.cells import Cell, Row
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, dated_table
from cleanclaim.reference.publications.partial import covered
from cleanclaim.reference.publications.preamble import (
    Cells,
    amount_reader,
    cells_below,
    effective_days,
    header_row,
    refuse_short,
    require_header,
)  # fmt: skip
from cleanclaim.reference.publications.quarters import quarter_name
from cleanclaim.reference.publications.source import Source
from cleanclaim.reference.tables import BY_NAME
from cleanclaim.values import Interval


@dataclass(slots=True)
class Line:
    """A record below the header: its cells by name, and how messages name it."""

    number: int
    cells: Cells
    key: str
    doubts: list[str]  # of the whole file

    def __getitem__(self, name: str) -> str:
        """A cell as printed; empty where the file has no such column."""
        return self.cells.get(name, "")

    def text(self, name: str) -> str | None:
        """A text; None for an empty cell."""
        return self[name] or None

    def amount(self, name: str) -> Decimal | None:
        """A number; what is none is left empty, and doubted."""
        return amount_reader(self.number, self.key, self.cells, self.doubts)(name)


Reader = Callable[[Line], Cell]


def paragraph(name: str) -> Reader:
    """Reads a text of several lines."""
    return lambda line: line[name].replace("\r\n", "\n") or None


@dataclass(frozen=True, slots=True)
class Listing:
    """A text file that is one table, as it is declared."""

    table: str
    header: tuple[str, ...]  # by which it is recognized, on whatever line it stands
    key: Callable[[Cells], str]  # how messages name a line
    aside: Mapping[str, Callable[[Line], bool]]  # reason -> whether a line is set aside for it
    columns: Mapping[str, str | Reader]  # ours, in order -> its own, read as text or amount, or how it is read
    also: tuple[str, ...] = ()  # columns that a file may lack
    days: Callable[[Source, int, list[str]], Interval] = lambda source, start, _: effective_days(source, start)

    def recognize(self, source: Source) -> bool:
        """Whether it is a text with the header among its first lines."""
        return not source.is_packed and header_row(source.head, self.header) is not None

    def parse(self, source: Source, fewest: int = 0) -> Parsed:
        """The release of a file that has at least so many codes.

        Raises: UnreadableInput when its days are not told or it is cut short; OverlappingValidity for a key twice.
        """
        start = require_header(source, source.records, self.header)
        doubts: list[str] = []
        effective = self.days(source, start, doubts)
        readers = [self._reader(name) for name in self.columns]

        def read(line: Line) -> Row | str:
            if refused := next((reason for reason, holds in self.aside.items() if holds(line)), None):
                return refused
            return (*[reader(line) for reader in readers], effective.first, effective.last)

        below = cells_below(source, start, (*self.header, *self.also))
        rows, aside = read_lines((Line(number, cells, self.key(cells), doubts) for number, cells in below), read)
        return release_of(source, self.table, rows, aside, effective, fewest=fewest, notes=doubts)

    def _reader(self, name: str) -> Reader:
        column = self.columns[name]
        if not isinstance(column, str):
            return column
        schema = BY_NAME[self.table]
        if schema.columns[schema.names.index(name)].type is ColumnType.AMOUNT:
            return lambda line: line.amount(column)
        return lambda line: line.text(column)


def lines_of(
    numbered: Iterable[tuple[int, Sequence[str]]], places: Mapping[str, int], doubts: list[str]
) -> Iterator[Line]:
    """Records by row number as lines, their cells at places that are known; messages name them by their first cell."""
    for number, record in numbered:
        cells = {name: record[place].strip() if place < len(record) else "" for name, place in places.items()}
        yield Line(number, cells, record[0].strip()[:20], doubts)


def read_lines(lines: Iterable[Line], read: Callable[[Line], Row | str]) -> tuple[list[Row], list[RowSetAside]]:
    """The rows that `read` makes of lines, and the lines of which it says why there is none."""
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    for line in lines:
        row = read(line)
        if isinstance(row, str):
            aside.append(RowSetAside(line.number, row, line.key))
        else:
            rows.append(row)
    return rows, aside


def release_of(
    source: Source, table: str, rows: Sequence[Row], aside: Sequence[RowSetAside], effective: Interval, *,
    fewest: int = 0, counted: str = "codes", name: str | None = None, series: str = "", by_key: bool = True,
    notes: Sequence[str] = (),
) -> Parsed:  # fmt: skip
    """The release of rows, a quarter unless it has another `name`; the part of the table that a series is.

    `counted` is what the rows are, of which there are at least `fewest`; of `rows` those set aside count too. An
    excerpt is complete for its keys, the first column, or for nothing when it may lack other rows of a key.

    Raises: UnreadableInput when the file is cut short; OverlappingValidity for a key twice.
    """
    refuse_short(source, len(rows) + (len(aside) if counted == "rows" else 0), fewest, counted)
    keys = [row[0] for row in rows] if by_key else ()
    return Parsed(
        release=name or quarter_name(effective.first), effective=effective, series=series,
        tables={table: dated_table(table, rows)}, coverage=covered(source, table, keys, effective, series or None),
        thin=source.partial, read=len(rows) + len(aside), kept=len(rows), set_aside=tuple(aside), notes=tuple(notes),
    )  # fmt: skip
