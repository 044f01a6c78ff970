"""What publications share that are one table: lines below a header, each a row of ours or set aside for a reason.

A `Listing` is all that there is to say of such a file: by what its header is known, what the lines above it tell, why
a line is set aside, how each of our columns is read. Rows that are made in another way have their release by
`release_of`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Cell, Row
from cleanclaim.reference.publications.headers import Cells, cells_at, places_in, places_of, plain_name, records_below
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, covered, dated_table, refuse_short
from cleanclaim.reference.publications.printed import read_amount
from cleanclaim.reference.publications.quarters import days_above, quarter_name
from cleanclaim.reference.publications.source import Source
from cleanclaim.reference.tables import BY_NAME
from cleanclaim.values import Interval

_FOOTNOTE = re.compile(r"\s*(\*+)\s*(?=[A-Za-z])")


@dataclass
class Heading:
    """The header of a file, and what it and the lines above it tell."""

    source: Source  # the sheet that is read, where it is a workbook
    rows: Sequence[list[str]]
    row: int  # the header among them, from 0
    places: Mapping[str, int]  # of its columns, by the names that the listing has for them
    title: re.Match[str] | None = None
    series: str = ""
    notes: list[str] = field(default_factory=list)  # on the whole file: what was taken for granted, what was doubted

    @property
    def above(self) -> str:
        """The lines above the header as one text."""
        return _text(self.rows[: self.row])

    def in_title(self, group: int) -> str:
        """What a group of the pattern of the title is; empty where it is not there."""
        return (self.title[group] or "") if self.title else ""

    def name(self, column: str) -> str:
        """The name of a column as it is printed, without line breaks."""
        return " ".join(self.rows[self.row][self.places[column]].split())

    @cached_property
    def footnotes(self) -> dict[str, str]:
        """The footnotes below the header, by their stars."""
        first = [row[0] for row in self.rows[self.row + 1 :] if row]
        return {marked[1]: cell[marked.end() :].strip() for cell in first if (marked := _FOOTNOTE.match(cell))}


@dataclass(slots=True)
class Line:
    """A record below the header: its cells by name, and how messages name it."""

    number: int
    cells: Cells
    key: str
    heading: Heading
    days: Interval  # of the release

    def __getitem__(self, name: str) -> str:
        """A cell as printed; empty where the file has no such column."""
        return self.cells.get(name, "")

    def text(self, name: str) -> str | None:
        """A text; None for an empty cell."""
        return self[name] or None

    def amount(self, name: str) -> Decimal | None:
        """A number; what is none is left empty, and doubted."""
        try:
            return read_amount(self[name])
        except ValueError:
            self.doubt(f"{name} {self[name][:20]!r} is no number and was left empty")
            return None

    def doubt(self, what: str) -> None:
        """Notes what is doubted of this line."""
        self.heading.notes.append(f"row {self.number} {self.key}: {what}")

    @property
    def is_footnote(self) -> bool:
        """Whether its first cell begins with the stars of a footnote."""
        return _FOOTNOTE.match(self.heading.rows[self.number - 1][0]) is not None


Reader = Callable[[Line], Cell]
Finder = Callable[[Sequence[Sequence[str]]], tuple[int, Mapping[str, int]] | None]


def paragraph(name: str) -> Reader:
    """Reads a text of several lines."""
    return lambda line: line[name].replace("\r\n", "\n") or None


def _as_they_come(lines: Iterator[Line]) -> Iterator[Line]:
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A file that is one table, as it is declared."""

    table: str
    # By what the file is known.
    header: tuple[str, ...] = ()  # names by which it is recognized, on whatever line they stand
    also: tuple[str, ...] = ()  # columns that a file may lack
    # Columns whose names change, by ours: patterns of the name without blanks in small letters, the preferred first.
    varying: Mapping[str, tuple[re.Pattern[str], ...]] = field(default_factory=dict)
    find: Finder | None = None  # the row and the places of a header that is known by other means
    title: re.Pattern[str] | None = None  # a text above the header without which it is another file
    sheets: bool = False  # whether it may be a workbook
    sheet: Callable[[Source], Source] = lambda source: source  # of a workbook, the sheet to read
    # What the file tells of its release.
    days: Callable[[Heading], Interval] = lambda heading: days_above(heading.source, heading.above)
    name: Callable[[Interval], str] = lambda days: quarter_name(days.first)
    # The part of the table that it is (a column of the table says so); None: it is another file.
    series: Callable[[Heading], str | None] = lambda _: ""
    fewest: Callable[[Heading], int] = lambda _: 0  # of what is counted; a file with fewer was cut short
    counted: str = "codes"
    by_key: bool = True  # an excerpt is complete for the keys in it
    # What becomes of its lines.
    lines: Callable[[Iterator[Line]], Iterator[Line]] = _as_they_come  # as they are read, one with regard to another
    key: Callable[[Line], str] = lambda line: line.key  # how messages name a line; by its first cell
    aside: Mapping[str, Callable[[Line], bool]]  # reason -> whether a line is set aside for it
    again: str = ""  # the reason why a row that stood there before is set aside
    same: Callable[[Row], object] = lambda row: row  # what makes it the same
    columns: Mapping[str, str | Reader]  # ours -> its own, read as text or amount, or how it is read

    def recognize(self, source: Source) -> bool:
        """Whether the header, and the title where it has one, stand among the first lines."""
        sheet = self._sheet(source)
        return sheet is not None and self._heading(sheet, sheet.delimited_head) is not None

    def parse(self, source: Source) -> Parsed:
        """The release of a file.

        Raises: UnreadableInput when its days are not told or it is cut short; OverlappingValidity for a key twice.
        """
        sheet = self._sheet(source)
        heading = self._heading(sheet, sheet.delimited_rows) if sheet else None
        if heading is None:
            named = ", ".join(self.header) or "the names of its columns"
            raise UnreadableInput(
                f"{source.place}: no header with {named}" + (" below its title" if self.title else "")
            )
        days = self.days(heading)
        rows, aside = self._read(self.lines(self._lines(heading, days)))
        return release_of(
            source, self.table, rows, aside, days, fewest=self.fewest(heading), counted=self.counted,
            name=self.name(days), series=heading.series, by_key=self.by_key, notes=heading.notes,
        )  # fmt: skip

    def _sheet(self, source: Source) -> Source | None:
        if source.is_packed and not self.sheets:
            return None
        return self.sheet(source)

    def _heading(self, source: Source, rows: Sequence[list[str]]) -> Heading | None:
        header = self.find(rows) if self.find else self._found(rows)
        if header is None:
            return None
        heading = Heading(source, rows, *header)
        heading.title = self.title.search(heading.above) if self.title else None
        series = None if self.title and not heading.title else self.series(heading)
        heading.series = series or ""
        return None if series is None else heading

    def _found(self, rows: Sequence[Sequence[str]]) -> tuple[int, Mapping[str, int]] | None:
        for number, row in enumerate(rows):
            if (places := places_of(row, self.header)) is None:
                continue
            names = [plain_name(cell) for cell in row]
            for column, patterns in self.varying.items():
                fitting = (place for one in patterns for place, name in enumerate(names) if one.fullmatch(name))
                if (place := next(fitting, None)) is not None:
                    places[column] = place
            if places.keys() >= self.varying.keys():
                return number, places | places_in(row, self.also)
        return None

    def _lines(self, heading: Heading, days: Interval) -> Iterator[Line]:
        needed = max(heading.places.values()) + 1
        for number, record in records_below(heading.source, heading.rows, heading.row, needed):
            yield Line(number, cells_at(record, heading.places), record[0].strip()[:20], heading, days)

    def _read(self, lines: Iterable[Line]) -> tuple[list[Row], list[RowSetAside]]:
        readers = [self._reader(name) for name in BY_NAME[self.table].names[:-1]]
        rows: list[Row] = []
        aside: list[RowSetAside] = []
        seen: set[object] = set()
        for line in lines:
            line.key = self.key(line)
            if reason := next((reason for reason, holds in self.aside.items() if holds(line)), None):
                aside.append(RowSetAside(line.number, reason, line.key))
                continue
            row = tuple([reader(line) for reader in readers])
            if self.again and self.same(row) in seen:
                aside.append(RowSetAside(line.number, self.again, line.key))
                continue
            if self.again:
                seen.add(self.same(row))
            rows.append(row)
        return rows, aside

    def _reader(self, name: str) -> Reader:
        schema = BY_NAME[self.table]
        if name in _OF_THE_RELEASE and name not in self.columns:
            return _OF_THE_RELEASE[name]
        if name == schema.part:
            return lambda line: line.heading.series
        column = self.columns[name]
        if not isinstance(column, str):
            return column
        if schema.columns[schema.names.index(name)].type is ColumnType.AMOUNT:
            return lambda line: line.amount(column)
        return lambda line: line.text(column)


# A row holds on the days of the release, where it does not tell others.
_OF_THE_RELEASE: Mapping[str, Reader] = {
    "valid_from": lambda line: line.days.first, "valid_to": lambda line: line.days.last,
}  # fmt: skip


def _text(rows: Iterable[Sequence[str]]) -> str:
    return " ".join(cell for row in rows for cell in row)


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
