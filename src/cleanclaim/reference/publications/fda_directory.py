"""What the two files of the FDA's NDC directory share: reading by columns, days, and the day of the directory.

No date is printed in the files. A directory lists a record from its start of marketing and drops it after its end, so
it is not older than its newest start and not younger than its earliest end. `listed_on` is the newest start day that is
not past the earliest end: in the copy of 2019 the newest start is 2019-04-29 and the earliest end 2019-04-30. A start
past that end was announced ahead. When the user names the day (`--release 2019-04-30`), it is that day.

What a package is, physically, holds from its start of marketing on and stays true after its end: rows are valid from
there, open ended, so that a directory of 2019 can still tell the container of a package that is billed in 2024. That it
was on the market is only said up to `listed_on`, and complete the directory is for that one day.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, covered, dated_columns, refuse_short
from cleanclaim.reference.publications.printed import plain_day
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import OPEN_END, Interval, parse_date

if TYPE_CHECKING:
    import pyarrow.csv as pv

START, END = "STARTMARKETINGDATE", "ENDMARKETINGDATE"

Arrow = Any  # an Arrow array or table: the stubs of pyarrow know too few of its overloads


@dataclass(frozen=True, slots=True)
class Directory:
    """One file by columns: texts as printed, days read, and the records that could not be read."""

    table: Arrow
    start: Arrow  # date32, null where none is printed
    end: Arrow
    listed_on: date
    aside: tuple[RowSetAside, ...]
    notes: tuple[str, ...]

    @property
    def valid(self) -> dict[str, Arrow]:
        """First and last day of each row."""
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.compute as pc  # noqa: PLC0415

        listed = pa.scalar(self.listed_on, pa.date32())
        last = pa.array([OPEN_END], pa.date32()).take(pa.array([0] * len(self.start), pa.int64()))
        return {"valid_from": pc.fill_null(self.start, listed), "valid_to": last}

    @property
    def tells(self) -> Interval:
        """The days that its rows tell of."""
        import pyarrow.compute as pc  # noqa: PLC0415

        first = pc.min(self.start).as_py()
        return Interval(min(first, self.listed_on) if first else self.listed_on, OPEN_END)

    def release(self, source: Source, name: str, columns: Mapping[str, Arrow], aside: Sequence[RowSetAside]) -> Parsed:
        """The release that is these columns of a table, without the records set aside.

        Raises: OverlappingValidity for a key twice.
        """
        table, listed = dated_columns(name, columns), Interval(self.listed_on, self.listed_on)
        return Parsed(
            release=self.listed_on.isoformat(), effective=listed, tells=self.tells, tables={name: table},
            coverage=covered(source, name, (), listed), read=table.num_rows + len(aside), kept=table.num_rows,
            set_aside=tuple(aside), notes=self.notes, thin=source.partial,
        )  # fmt: skip


def text_or_null(texts: Arrow) -> Arrow:
    """Texts without blanks around them; null for an empty one."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(trimmed, pa.scalar("")), pa.scalar(None, pa.string()), trimmed)


def has_columns(source: Source, columns: tuple[str, ...]) -> bool:
    """Whether the first line is the header of a file of the directory."""
    if source.is_packed:
        return False
    header = source.content[:2048].split(b"\n", 1)[0].rstrip(b"\r").decode("cp1252", errors="replace")
    return set(columns) <= set(header.split("\t"))


def read_directory(source: Source, columns: tuple[str, ...], fewest: int) -> Directory:
    """A tab-delimited file of the directory, by columns.

    Raises: UnreadableInput when it is cut short, cut off or no record has a day.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.csv as pv  # noqa: PLC0415

    broken: list[int] = []

    def skip(row: pv.InvalidRow) -> Literal["skip", "error"]:
        broken.append(row.number or 0)  # none when several threads read
        return "skip"

    try:
        table = pv.read_csv(
            io.BytesIO(source.content),
            read_options=pv.ReadOptions(encoding="cp1252", use_threads=False),  # threads lose the row numbers
            parse_options=pv.ParseOptions(
                delimiter="\t", quote_char=False, double_quote=False, invalid_row_handler=skip
            ),
            convert_options=pv.ConvertOptions(
                include_columns=list(columns), column_types=dict.fromkeys(columns, pa.string()),
                strings_can_be_null=False,
            ),
        )  # fmt: skip
    except (pa.ArrowInvalid, UnicodeError) as problem:
        raise UnreadableInput(f"{source.place}: not readable as tab-delimited text: {problem}") from None
    if broken and not source.content.endswith(b"\n"):
        raise UnreadableInput(f"{source.place}: the last record ends in the middle: the file was cut off")
    refuse_short(source, table.num_rows, fewest, "records")
    table = table.combine_chunks()
    start, end = (_days(table[name]) for name in (START, END))
    notes = [*_unreadable_days(table, START, start), *_unreadable_days(table, END, end)]
    aside = tuple(RowSetAside(number, "another number of cells than the header has") for number in broken)
    return Directory(table, start, end, _listed_on(source, start, end, notes), aside, tuple(notes))


def _days(column: Arrow) -> Arrow:
    """YYYYMMDD as days; what is no day is null."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    # Few distinct days: each is read once, by the calendar.
    encoded = column.combine_chunks().dictionary_encode()
    days = pa.array([plain_day(text) for text in encoded.dictionary.to_pylist()], pa.date32())
    return pc.take(days, encoded.indices)


def _unreadable_days(table: Arrow, name: str, days: Arrow) -> list[str]:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    wrong = table[name].filter(pc.and_(pc.is_null(days), pc.not_equal(table[name], pa.scalar(""))))
    return [f"{name}: {text[:20]!r} is no day (YYYYMMDD): left empty" for text in sorted(set(wrong.to_pylist()))]


def _listed_on(source: Source, start: Arrow, end: Arrow, notes: list[str]) -> date:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    if source.release:
        try:
            return parse_date(source.release)
        except InvalidValue as problem:
            raise UnreadableInput(f"{source.place}: --release {source.release}: {problem}") from None
    earliest_end = pc.min(end).as_py()
    past = start if earliest_end is None else start.filter(pc.less_equal(start, pa.scalar(earliest_end, pa.date32())))
    newest: date | None = pc.max(past).as_py()
    if newest is None:
        raise UnreadableInput(f"{source.place}: no record starts before the first one ends; say the day with --release")
    notes.append(f"no day is printed: taken as the newest start of marketing, {newest}; first end {earliest_end}")
    return newest
