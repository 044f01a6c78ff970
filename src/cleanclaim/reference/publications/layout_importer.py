"""The importer of plain tables: a CSV file with the header of a layout, read as the layout says.

Such a file is a list at second hand: it never replaces a release that was made of the official file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Self

from cleanclaim.engine.schema import Column, TableSchema
from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.reference.cells import Cell, Row, parse_cell
from cleanclaim.reference.manifest import Covered
from cleanclaim.reference.publications.hcpcs_records import parse_records
from cleanclaim.reference.publications.headers import Cells, cells_at, records_below
from cleanclaim.reference.publications.layout import Layout, LayoutTable, Reading, read_layout
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, dated_table, refuse_short
from cleanclaim.reference.publications.quarters import days_named, quarter_name, quarter_of, rest_of_quarter
from cleanclaim.reference.publications.source import Source
from cleanclaim.reference.tables import BY_NAME
from cleanclaim.values import Interval

LAYOUTS = Path(__file__).parent / "layouts"


@dataclass(frozen=True, slots=True)
class LayoutImporter:
    """The importer that a layout makes."""

    layout: Layout
    file: Path

    @classmethod
    def read(cls, file: Path) -> Self:
        """The importer of a layout file.

        Raises: UnreadableInput names file, line, field and what was expected.
        """
        return cls(read_layout(file), file)

    @property
    def PUBLICATION(self) -> str:  # noqa: N802 - as the modules have it
        """Name of the publication."""
        return self.layout.publication

    @property
    def TITLE(self) -> str:  # noqa: N802
        """What the publication is, in words."""
        return self.layout.title

    def recognize(self, source: Source) -> bool:
        """Whether the first record is the header of the layout."""
        return not source.is_packed and bool(source.head) and _names(source.head[0]) == self.layout.header

    def parse(self, source: Source) -> Parsed:
        """The release that the file holds.

        Raises: UnreadableInput when the header is another one, the days are not known or the file is cut short.
        """
        records = source.records_in(self.layout.encoding)
        header = _names(records[0]) if records else []
        if header != self.layout.header:
            raise UnreadableInput(
                f"{source.place}: the header is not that of {self.file.name};"
                f" expected {', '.join(self.layout.header)}, found {', '.join(header)[:200] or 'nothing'}"
            )
        numbered = records_below(source, records, 0, len(header))
        refuse_short(source, len(numbered), self.layout.fewest_rows, "rows")
        effective = self._effective(source)
        places = {name: place for place, name in enumerate(header)}
        rows = [(number, cells_at(record, places)) for number, record in numbered]
        notes = (f"read by the layout {self.file.name}: a list at second hand, not the official file",)
        if self.layout.hcpcs_records:
            dated = replace(source, release=quarter_name(effective.first))
            parsed = parse_records(dated, _hcpcs_cells(self.layout, source, rows), modifiers=False)
            return replace(parsed, thin=True, notes=notes + parsed.notes)
        return self._tables(source, rows, effective, notes)

    def _tables(
        self, source: Source, numbered: Sequence[tuple[int, Cells]], effective: Interval, notes: tuple[str, ...]
    ) -> Parsed:
        made: dict[str, list[Row]] = {one.table: [] for one in self.layout.tables}
        aside: list[RowSetAside] = []
        series: set[Cell] = set()
        wanted: LayoutTable | None = None
        for number, cells in numbered:
            first = next(iter(cells.values()), "")[:20]
            # What goes on in a row of its own lacks the cells by which rows are chosen: it is looked for first.
            if wanted and (joined := _continued(wanted, source, cells, made[wanted.table])):
                made[wanted.table][-1] = joined
                aside.append(RowSetAside(number, "continuation, joined to the row before", first))
                continue
            wanted = next((one for one in self.layout.tables if _meant(one, cells)), None)
            if wanted is None:
                aside.append(RowSetAside(number, _not_meant(self.layout, cells), first))
                continue
            row = _row(wanted, source, cells, effective)
            if isinstance(row, str):
                aside.append(RowSetAside(number, row, first))
                continue
            made[wanted.table].append(row)
            if self.layout.series in BY_NAME[wanted.table].names:
                series.add(row[BY_NAME[wanted.table].names.index(self.layout.series)])
        if len(series) > 1:
            raise UnreadableInput(f"{source.place}: rows of several kinds of {self.layout.series}; expected one")
        coverage = [part for one in self.layout.tables for part in _coverage(one, source, made[one.table], effective)]
        kept = sum(map(len, made.values()))
        return Parsed(
            release=_release_name(effective), effective=effective, series=str(next(iter(series), "")),
            tables={name: dated_table(name, rows) for name, rows in made.items()}, coverage=tuple(coverage),
            read=kept + len(aside), kept=kept, set_aside=tuple(aside), notes=notes, thin=True,
        )  # fmt: skip

    def _effective(self, source: Source) -> Interval:
        if source.release:
            try:
                return rest_of_quarter(source.release)
            except InvalidValue as problem:
                raise UnreadableInput(f"{source.place}: --release {problem}") from None
        pattern = self.layout.release.file_name if self.layout.release else None
        named = re.search(pattern, source.name, re.IGNORECASE) if pattern else None
        days = days_named(named) if named else None
        if days is None:
            raise UnreadableInput(
                f"{source.place}: neither the file nor its name tell for which days it is; say it with"
                " --release 2024-Q3 (a quarter) or --release 2024-06-18 (from a day to the end of its quarter)"
            )
        return days


@cache
def shipped_layouts() -> tuple[LayoutImporter, ...]:
    """The layouts that come with the package, in the order of their names."""
    return tuple(LayoutImporter.read(file) for file in sorted(LAYOUTS.glob("*.yaml")))


def _names(record: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in record]


def _release_name(effective: Interval) -> str:
    whole = effective == quarter_of(effective.first)
    return quarter_name(effective.first) if whole else effective.first.isoformat()


def _meant(table: LayoutTable, cells: Cells) -> bool:
    return all(cells.get(column, "") in values for column, values in table.where.items())


def _not_meant(layout: Layout, cells: Cells) -> str:
    columns = dict.fromkeys(column for table in layout.tables for column in table.where)
    return "rows of no table: " + ", ".join(f"{column} is {cells.get(column, '')[:30]!r}" for column in columns)


def _row(table: LayoutTable, source: Source, cells: Cells, effective: Interval) -> Row | str:
    """The row, or the reason why there is none."""
    schema = BY_NAME[table.table]
    values: dict[str, Cell] = {}
    for column in schema.columns[:-1]:
        reading = table.columns.get(column.name)
        try:
            values[column.name] = _value(reading, column, source, cells) if reading is not None else None
        except InvalidValue as problem:
            return str(problem)
    if missing := [name for name in schema.key if values[name] is None and name != "span_from"]:
        return f"{missing[0]} is empty"
    first, last = values["valid_from"] or effective.first, values["valid_to"] or effective.last
    if not (isinstance(first, date) and isinstance(last, date)) or first > effective.last:
        return "starts after the days of the release"
    # A day of the file only makes the days of the release fewer: nobody vouches for others.
    first, last = max(first, effective.first), min(last, effective.last)
    if last < first:
        return "ended before the days of the release"
    return (*(values[name] for name in schema.names[:-3]), first, last)


def _continued(table: LayoutTable, source: Source, cells: Cells, rows: Sequence[Row]) -> Row | None:
    """The row before with its text continued, when these cells are its key and more text and nothing else."""
    if not (table.continued and rows):
        return None
    schema = BY_NAME[table.table]
    before = dict(zip(schema.names, rows[-1], strict=False))
    own = [name for name in table.columns if name in schema.key and name != "span_from"]
    if any(_text(table.columns[name], name, source, cells) != before[name] for name in own):
        return None
    used = [_column(reading) for name, reading in table.columns.items() if name not in (*own, table.continued)]
    if any(cells.get(column, "") for column in used):
        return None
    more = _text(table.columns[table.continued], table.continued, source, cells)
    before[table.continued] = f"{before[table.continued]} {more}"
    return tuple(before.values())


def _column(reading: str | Reading) -> str:
    return reading if isinstance(reading, str) else reading.column or ""


def _value(reading: str | Reading, column: Column, source: Source, cells: Cells) -> Cell:
    text = _text(reading, column.name, source, cells)
    try:
        return parse_cell(text, column)
    except InvalidValue:
        raise InvalidValue(f"{column.name} can't be read as {column.type.value}") from None


def _text(reading: str | Reading, name: str, source: Source, cells: Cells) -> str:
    """What is printed, as the layout says that it is read: days as YYYY-MM-DD."""
    if isinstance(reading, str):
        return cells.get(reading, "")
    if reading.file_name is not None:
        fitting = [value for value, pattern in reading.file_name.items() if re.search(pattern, source.name)]
        if len(fitting) != 1:
            raise UnreadableInput(f"{source.place}: the name of the file does not tell the {name}; expected one of"
                                  f" {', '.join(reading.file_name)}")  # fmt: skip
        return fitting[0]
    text = cells.get(reading.column, "") if reading.column else reading.constant or ""
    if reading.first_of:
        text = text.split(reading.first_of)[0]
    if not text:
        return reading.empty or ""
    if reading.values is not None:
        if text not in reading.values:
            raise InvalidValue(f"{name} is none of {', '.join(reading.values)}")
        return reading.values[text]
    return _iso_day(text, reading.date_format, name) if reading.date_format else text


def _iso_day(text: str, form: str, name: str) -> str:
    try:
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        raise InvalidValue(f"{name} is no day as the layout writes it") from None


def _coverage(table: LayoutTable, source: Source, rows: Sequence[Row], effective: Interval) -> Iterator[Covered]:
    schema = BY_NAME[table.table]
    # A list that lacks keys is still all that is told of those in it, where a key is one row; of pairs it is not.
    if not table.complete and len(schema.key) > 1:
        return
    parts: list[str | None] = [None]
    if schema.part:
        place = schema.names.index(schema.part)
        parts = [str(part) for part in sorted({str(row[place]) for row in rows})]
    for part in parts:
        keys = _keys(schema, rows, part) if source.partial or not table.complete else [None]
        yield from (Covered(table.table, key, effective, part) for key in keys)


def _keys(schema: TableSchema, rows: Sequence[Row], part: str | None) -> list[str | None]:
    place = schema.names.index(schema.part) if schema.part else None
    return [*sorted({str(row[0]) for row in rows if place is None or row[place] == part})]


def _hcpcs_cells(
    layout: Layout, source: Source, numbered: Sequence[tuple[int, Cells]]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The fields of the HCPCS file; its days are written without hyphens."""
    for number, cells in numbered:
        yield (
            number,
            {
                name: _text(reading, name, source, cells).replace("-", "" if name.endswith(" DT") else "-")
                for name, reading in layout.hcpcs_records.items()
            },
        )
