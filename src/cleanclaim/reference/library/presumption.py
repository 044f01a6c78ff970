"""Presumption: on days that no release covers, the last one before them speaks, and its rows say so (PRS-01 to PRS-10).

What a release says of a key is carried forward, its silence about a key is not: a code that it lacks may be new. So a
whole table is never complete on a carried day, one key may be. Prices are not carried. How far each table may be
carried is data (`presumption.csv`); what an edit may still say from there is `edits.presuming`'s.

A carried row is known by its release: `mue 2024-Q3 practitioner r1, presumed after 2024-09-30 [mue]`.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanclaim.engine.schema import TableSchema
from cleanclaim.reference.cells import Cell, Row
from cleanclaim.reference.intervals import after, before, union
from cleanclaim.reference.library.published import PUBLISHED
from cleanclaim.reference.manifest import Covered
from cleanclaim.reference.tables import HCPCS
from cleanclaim.values import OPEN_END, Interval

if TYPE_CHECKING:
    import pyarrow as pa

PRESUMED_AFTER = ", presumed after "  # what the release of a carried row has, and no other
AND = " + "  # between releases that decided together
_LABEL = re.compile(r"(.*), presumed after (\d{4}-\d{2}-\d{2}) \[(\w+)\]", re.DOTALL)
_DATA = Path(__file__).with_name("presumption.csv")
_BANDS = Path(__file__).with_name("price_band.csv")
# The column by which coverage names the keys of a table, where it is not the first of the table's key.
_COVERED_BY = {"product": "hcpcs_code"}
# What a bare list of codes leaves empty: its row says no more than that the code is there.
_WORDS = {HCPCS.name: ("descriptor", "span_from")}
# What two releases may print otherwise and still say the same of a key.
_BESIDE_THE_POINT = {"ndc_crosswalk": ("product_name", "labeler"), "mue": ("rationale",)}
_DATES = 3  # valid_from, valid_to, release end every row


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far the rows of a table may be carried."""

    quarters: int
    agreeing: bool  # between two releases that say the same, it is taken as sure
    left_out: tuple[str, ...]  # columns that are never carried


@dataclass(frozen=True, slots=True)
class Presumed:
    """Where a carried row comes from: the release, the last day for which it speaks itself, and the table."""

    table: str
    release: str
    last: date

    @property
    def label(self) -> str:
        """The release as carried rows name it."""
        return f"{self.release}{PRESUMED_AFTER}{self.last} [{self.table}]"

    def quarters(self, on: date) -> int:
        """Quarter boundaries between the end of the release and a day (h of PRS-)."""
        return quarters_between(self.last, on)

    def told(self, on: date) -> PresumedRelease:
        """The same as people are told it, for a day."""
        name = PUBLISHED[self.table].name if self.table in PUBLISHED else self.table.replace("_", " ")
        return PresumedRelease(name, self.release, self.quarters(on))


@dataclass(frozen=True, slots=True)
class PresumedRelease:
    """A release that spoke for a day after its own, since none at hand covers that day."""

    publication: str
    release: str
    quarters: int  # quarter boundaries between the end of the release and the day


@dataclass(frozen=True, slots=True)
class Band:
    """Where a price is likely to lie that is known for an earlier quarter alone: no amount (PRS-08)."""

    low: Decimal
    high: Decimal
    percent: int  # by which it has moved in that time at most, for 19 of 20 codes
    quarters: int  # since the quarter of the price
    release: str  # that told the price


def read_label(release: str) -> Presumed | None:
    """Where a row comes from, by its release; None when its own release covers the day."""
    label = _LABEL.fullmatch(release)
    return Presumed(label[3], label[1], date.fromisoformat(label[2])) if label else None


def named(release: str) -> str:
    """The release behind the label of a row, carried or not."""
    presumed = read_label(release)
    return presumed.release if presumed else release


@cache
def horizons() -> Mapping[str, Horizon]:
    """How far each table may be carried; a table that is not among them is not."""
    lines = [line for line in _DATA.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {
        row["table"]: Horizon(int(row["quarters"]), row["agreeing"] == "true", tuple(row["left_out"].split()))
        for row in csv.DictReader(lines)
    }


@cache
def _band_percents() -> Mapping[int, int]:
    lines = [line for line in _BANDS.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {int(row["quarters"]): int(row["percent"]) for row in csv.DictReader(lines)}


def price_band(price: Decimal, release: str, last: date, on: date) -> Band | None:
    """The band of a price on a day, from that of an earlier quarter; None when that is too long ago."""
    quarters = quarters_between(last, on)
    percent = _band_percents().get(quarters)
    if percent is None:
        return None
    move = price * percent / 100
    cents = Decimal("0.001")
    return Band((price - move).quantize(cents), (price + move).quantize(cents), percent, quarters, release)


def quarters_between(last: date, on: date) -> int:
    """Quarter boundaries between two days."""
    return _quarter(on) - _quarter(last)


def quarter_after(last: date, quarters: int) -> str:
    """The quarter that lies some quarters after that of a day, as releases name it."""
    year, place = divmod(_quarter(last) + quarters, 4)
    return f"{year}-Q{place + 1}"


class Carrier:
    """Carries the rows of one table over the days that nobody covers."""

    def __init__(
        self, schema: TableSchema, coverage: Iterable[tuple[Covered, str]], told_until: Iterable[date] = ()
    ) -> None:
        """`coverage` of the table, each with its release; `told_until`: last days of releases that tell it."""
        self._schema, self._horizon = schema, horizons()[schema.name]
        self._part = schema.names.index(schema.part) if schema.part else None
        self._key = schema.names.index(_COVERED_BY.get(schema.name, schema.key[0]))
        self._words = [schema.names.index(name) for name in _WORDS.get(schema.name, ())]
        beside = _BESIDE_THE_POINT.get(schema.name, ())
        self._said = [at for at, name in enumerate(schema.names[:-_DATES]) if name not in beside]
        self._left_out = {schema.names.index(name) for name in self._horizon.left_out}
        self._days: dict[tuple[Cell, Cell], list[tuple[Interval, str]]] = defaultdict(list)
        for covered, release in coverage:
            self._days[covered.part, covered.key].append((covered.days, release))
        self._ends = {one.last for days in self._days.values() for one, _ in days} | set(told_until)
        self._by_key = any(key is not None for _, key in self._days)
        self._kept: dict[tuple[Cell, Cell, date], Interval | None] = {}

    def table(self, rows: pa.Table) -> pa.Table:
        """An as-of table with its carried rows, and without those of bare lists that a fuller row speaks for."""
        import pyarrow as pa  # noqa: PLC0415 - look-ups start without it
        import pyarrow.compute as pc  # noqa: PLC0415

        rows, listed, lists = self._without_bare(rows)
        key = rows[self._schema.names[self._key]]
        own = pc.is_in(key, pa.array(sorted({str(one) for _, one in self._days if one is not None}), pa.string()))
        in_list = pc.is_in(key, listed)
        parts, one_by_one = [], []
        part = rows[self._schema.part] if self._schema.part else pa.nulls(rows.num_rows, pa.string())
        places = pa.table({"part": part, "last": rows["valid_to"]}).group_by(["part", "last"]).aggregate([])
        for place in places.to_pylist():
            last = place["last"]
            if last not in self._ends or last == OPEN_END:
                continue
            here = pc.equal(rows["valid_to"], pa.scalar(last, pa.date32()))
            if self._schema.part:
                here = pc.and_(here, pc.equal(part, place["part"]))
            one_by_one.append(pc.and_(here, own))
            here = pc.and_not(here, own)
            for mask, without in ((pc.and_not(here, in_list), frozenset[str]()), (pc.and_(here, in_list), lists)):
                if not (days := self._free(place["part"], None, last, without)):
                    continue
                if self._horizon.agreeing and days.last < self._end_of(last):
                    one_by_one.append(mask)
                else:
                    parts.append(self._moved(rows.filter(mask), days, last))
        if one_by_one:
            chosen = rows.filter(reduce(pc.or_, one_by_one))
            starts = self._starts(_rows(rows)) if self._horizon.agreeing and chosen.num_rows else set()
            skipped: dict[Cell, frozenset[str]] = {str(one): lists for one in listed.to_pylist()}
            parts.append(_table(self._carried(_rows(chosen), skipped, starts), rows.schema))
        return pa.concat_tables([rows, *parts])

    def _without_bare(self, rows: pa.Table) -> tuple[pa.Table, Any, frozenset[str]]:
        """The rows without those of bare lists, the keys that this is about, and the releases that are such lists."""
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.compute as pc  # noqa: PLC0415

        nothing = pa.array([], pa.string())
        if not self._words:
            return rows, nothing, frozenset()
        bare = reduce(pc.and_, [pc.is_null(rows[self._schema.names[at]]) for at in self._words])
        key = rows[self._schema.names[self._key]]
        worded = key.filter(pc.invert(bare)).unique()
        spoken_for = pc.and_(bare, pc.is_in(key, worded))
        lists = frozenset(map(str, rows["release"].filter(spoken_for).unique().to_pylist()))
        return rows.filter(pc.invert(spoken_for)), key.filter(spoken_for).unique(), lists

    def _starts(self, rows: Iterable[Row]) -> set[tuple[Row, Cell]]:
        """What is said of a key, and from which day on."""
        return {(self._what(row), row[-3]) for row in rows}

    def _what(self, row: Row) -> Row:
        return tuple([row[at] for at in self._said])

    def _moved(self, rows: pa.Table, days: Interval, last: date) -> pa.Table:
        import pyarrow as pa  # noqa: PLC0415

        releases = rows["release"].combine_chunks().dictionary_encode()
        labels = [Presumed(self._schema.name, str(one), last).label for one in releases.dictionary.to_pylist()]
        changed = {
            "valid_from": pa.array([days.first] * rows.num_rows, pa.date32()),
            "valid_to": pa.array([days.last] * rows.num_rows, pa.date32()),
            "release": pa.array(labels, pa.string()).take(releases.indices),
            **{self._schema.names[at]: pa.nulls(rows.num_rows, rows.schema.field(at).type) for at in self._left_out},
        }
        for name, column in changed.items():
            rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
        return rows

    def rows(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The carried rows of some as-of rows, which are all rows of their keys."""
        rows = list(rows)
        bare = self._bare(rows)
        starts = self._starts(rows) if self._horizon.agreeing else set()
        return self._carried([row for row in rows if self._is_worded(row, bare)], bare, starts)

    def _carried(
        self,
        rows: Iterable[Row],
        bare: Mapping[Cell, frozenset[str]],
        starts: set[tuple[Row, Cell]],
    ) -> Iterator[Row]:
        for row in rows:
            last = row[-2]
            if not isinstance(last, date) or last == OPEN_END or last not in self._ends:
                continue
            part = row[self._part] if self._part is not None else None
            days = self._carried_to(part, row[self._key], last, bare.get(row[self._key]))
            if days is None:
                continue
            release = str(row[-1])
            if starts and (self._what(row), after(days.last)) in starts and days.last < self._end_of(last):
                yield (*row[:-_DATES], days.first, days.last, f"{release}, and the same in the next release")
                continue
            kept = [None if at in self._left_out else cell for at, cell in enumerate(row[:-_DATES])]
            yield (*kept, days.first, days.last, Presumed(self._schema.name, release, last).label)

    def replaced(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows without those of bare lists that a fuller row of an earlier release speaks for."""
        rows = list(rows)
        bare = self._bare(rows)
        yield from (row for row in rows if self._is_worded(row, bare)) if bare else rows

    def _bare(self, rows: Sequence[Row]) -> dict[Cell, frozenset[str]]:
        """By key, the releases that only list it, where an earlier release says more."""
        if not self._words:
            return {}
        lists: dict[Cell, set[str]] = defaultdict(set)
        worded: set[Cell] = set()
        for row in rows:
            if self._says_more(row):
                worded.add(row[self._key])
            else:
                lists[row[self._key]].add(str(row[-1]))
        return {key: frozenset(lists[key]) for key in worded & lists.keys()}

    def _says_more(self, row: Row) -> bool:
        return any(row[at] is not None for at in self._words)

    def _is_worded(self, row: Row, bare: Mapping[Cell, frozenset[str]]) -> bool:
        return not bare or row[self._key] not in bare or self._says_more(row)

    def _carried_to(self, part: Cell, key: Cell, last: date, without: frozenset[str] | None) -> Interval | None:
        """The days after `last` to which a row of the key may be carried: until somebody speaks of it again."""
        if without:
            return self._free(part, key, last, without)
        place = (part, key if self._by_key else None, last)
        if place not in self._kept:
            self._kept[place] = self._free(part, key, last, frozenset())
        return self._kept[place]

    def _free(self, part: Cell, key: Cell, last: date, without: frozenset[str]) -> Interval | None:
        first, end = after(last), self._end_of(last)
        for place in ((part, None),) if key is None else ((part, None), (part, key)):
            for days, release in self._days.get(place, ()):
                if days.last < first or release in without:
                    continue
                if days.first <= first:
                    return None
                end = min(end, before(days.first))
        return Interval(first, end) if first <= end else None

    def _end_of(self, last: date) -> date:
        return _last_day(_quarter(last) + self._horizon.quarters)


def _rows(table: pa.Table) -> list[Row]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _table(rows: Iterable[Row], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415

    listed = list(rows)
    columns: Iterable[Sequence[Cell]] = zip(*listed, strict=True) if listed else [()] * len(schema)
    arrays = [pa.array(list(column), field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def carried_coverage(rows: Iterable[Row], known: Callable[[str, Cell, date], bool]) -> Iterator[Row]:
    """The coverage of single keys over the days to which they are carried; of whole tables it is not.

    `known(table, key, day)`: whether the table has rows of the key that hold on the day: silence is not carried.
    """
    by_table: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_table[str(row[0])].append(row)
    for table, of_table in by_table.items():
        if table not in horizons():
            continue
        days: dict[tuple[Cell, Cell], list[Interval]] = defaultdict(list)
        for _, part, key, first, last, _release in of_table:
            if isinstance(first, date) and isinstance(last, date):
                days[part, key].append(Interval(first, last))
        for _, part, key, _first, last, release in of_table:
            if key is None or not isinstance(last, date) or last == OPEN_END or not known(table, key, last):
                continue
            begin, end = after(last), _last_day(_quarter(last) + horizons()[table].quarters)
            for known_days in union([*days[part, key], *days.get((part, None), [])]):
                if known_days.last >= begin:
                    end = min(end, before(known_days.first)) if known_days.first > begin else last
                    break
            if begin <= end:
                yield (table, part, key, begin, end, Presumed(table, str(release), last).label)


def covered_by(schema: TableSchema) -> str:
    """The column of a table by which coverage names its keys."""
    return _COVERED_BY.get(schema.name, schema.key[0])


def carried_days(table: pa.Table) -> tuple[Interval, ...]:
    """The days over which rows of an as-of table were carried, each interval once."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    releases = table["release"].combine_chunks().dictionary_encode()
    carried = pc.match_substring(releases.dictionary, PRESUMED_AFTER).take(releases.indices)
    days = pa.table({"first": table["valid_from"], "last": table["valid_to"]}).filter(
        pc.is_in(carried, pa.array([True]))
    )
    intervals = days.group_by(["first", "last"]).aggregate([]).to_pylist()
    return tuple(sorted(Interval(one["first"], one["last"]) for one in intervals))


def _quarter(day: date) -> int:
    return day.year * 4 + (day.month - 1) // 3


def _last_day(quarter: int) -> date:
    year, place = divmod(quarter + 1, 4)
    return OPEN_END if year > date.max.year else before(date(year, place * 3 + 1, 1))
