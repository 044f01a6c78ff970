"""Tables to claims, part by part, in bounded memory, wherever the rows of a claim stand.

A first pass finds the claims whose rows do not all stand together. The next reads all others as they come. Those left
over are gathered in as many passes as memory asks for; where the rows of every claim stand together there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import BinaryIO
from zlib import crc32

import numpy as np
import pyarrow as pa

from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, LINE, ClaimTables, Lost, claim_key, file_key
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.jsonl.faults import Faults
from cleanclaim.formats.tabular import columns
from cleanclaim.formats.tabular.claim_rows import claim_tables, fault_table
from cleanclaim.formats.tabular.columns import Column, Ints, Mask
from cleanclaim.formats.tabular.csv_text import CsvSource
from cleanclaim.formats.tabular.grouped import Grouped
from cleanclaim.formats.tabular.layout import Layout, layout_of
from cleanclaim.formats.tabular.mapping import ColumnMapping
from cleanclaim.formats.tabular.parquet_file import ParquetSource
from cleanclaim.formats.tabular.source import CLOSING, Part, Source, dialect_of, is_parquet, is_wide, read_head

MOST_ROWS_OF_A_CLAIM = 10_000  # a claim has at most 50 lines (837P) or 999 (837I); this bounds memory
MOST_GATHERED_ROWS = 100_000  # of claims whose rows stand apart, in one pass


@dataclass(slots=True)
class _Rows:
    """Rows as they stand in the file."""

    columns: list[Column]
    rows: Ints
    ids: Column

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, mask: Mask) -> _Rows:
        chosen = columns.flags(mask)
        return _Rows([column.filter(chosen) for column in self.columns], self.rows[mask], self.ids.filter(chosen))

    def slice(self, start: int, end: int) -> _Rows:
        size = end - start
        cut = [column.slice(start, size) for column in self.columns]
        return _Rows(cut, self.rows[start:end], self.ids.slice(start, size))

    def take(self, order: Ints) -> _Rows:
        taken = [columns.taken(column, order) for column in self.columns]
        return _Rows(taken, self.rows[order], columns.taken(self.ids, order))


@dataclass(slots=True)
class _Table:
    """One file on its way."""

    source: Source
    layout: Layout
    name: str
    file: int
    complete: bool
    faults: Faults
    told: set[str]
    progress: Callable[[int], None] | None
    stream: BinaryIO
    claims: int = 0  # so far
    lost: list[int] = field(default_factory=list)  # rows, in order


def read_tabular(
    stream: BinaryIO,
    *,
    name: str,
    file_hash: str,
    complete: bool = False,
    mapping: ColumnMapping | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[ClaimTables]:
    """The claims of a CSV or Parquet file, part by part. `complete` says that every claim is whole.

    Shape:   claims in the order of their first rows, then those whose rows do not stand together.
    Raises:  UnreadableInput when no row is a claim line, the header is not known, or the file is damaged.
    """

    mapping = mapping or ColumnMapping()
    faults = Faults(name)
    source = _source_of(stream, name, mapping)
    layout = layout_of(source, mapping, name, faults)
    _tell_titles(source, faults)
    table = _Table(source, layout, name, file_key(file_hash), complete, faults, set(), progress, stream)
    apart = _claims_apart(table)
    yield from _together(table, apart)
    passes = -(-apart.rows // MOST_GATHERED_ROWS)
    for number in range(passes):
        yield from _gathered(table, apart, number, passes)
    if not table.claims:
        first = faults.first or "no row follows the header"
        raise UnreadableInput(f"{name}: not one row is a claim line; {first}")


def _source_of(stream: BinaryIO, name: str, mapping: ColumnMapping) -> Source:

    head = read_head(stream)
    if is_parquet(head):
        return ParquetSource(stream, name)
    if is_wide(head):
        raise UnreadableInput(f"{name}: the text is UTF-16 or UTF-32; expected CSV in UTF-8. Save it as UTF-8.")
    return CsvSource(stream, name, dialect_of(head, name, {*mapping.columns, *mapping.ignore}))


# -- which rows belong together --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Apart:
    """The digests of claims whose rows do not all stand together, sorted, and how many rows they have."""

    digests: Ints
    rows: int

    def holds(self, digests: Ints) -> Mask:
        return np.isin(digests, self.digests)


def _claims_apart(table: _Table) -> _Apart:
    nothing = np.empty(0, np.int64)
    place = table.layout.place_of("claim_id")
    if place is None:
        return _Apart(nothing, 0)
    digests, lengths = [nothing], [np.empty(0, np.int64)]
    last: str | None = None
    for part in table.source.parts([place], None):
        ids = table.layout.prepared(part.columns[0], "claim_id")
        starts = _run_starts(ids)
        named = columns.taken(ids, starts).to_pylist()
        size = np.diff(starts, append=len(ids))
        if named and named[0] is not None and named[0] == last:  # the run goes on from the part before
            lengths[-1][-1] += size[0]
            named, size = named[1:], size[1:]
        last = ids[-1].as_py() if len(ids) else last
        kept = np.array([text is not None for text in named], np.bool_)
        if kept.any():
            digests.append(np.array([crc32(text.encode()) for text in named if text is not None], np.int64))
            lengths.append(size[kept])
    every, sizes = np.concatenate(digests), np.concatenate(lengths)
    unique, counts = np.unique(every, return_counts=True)
    apart = unique[counts > 1]
    return _Apart(apart, int(sizes[np.isin(every, apart)].sum()))


def _run_starts(ids: Column) -> Ints:
    """Where another claim begins; a row without claim_id is one by itself."""
    if not len(ids):
        return np.empty(0, np.int64)
    same = columns.equal(ids.slice(1), ids.slice(0, len(ids) - 1))
    return np.concatenate((np.zeros(1, np.int64), np.flatnonzero(~same) + 1))


def _digests(ids: Column) -> Ints:
    """The digest of each row's claim_id; that of nothing is none that a claim has."""
    starts = _run_starts(ids)
    named = columns.taken(ids, starts).to_pylist()
    values = np.array([-1 if text is None else crc32(text.encode()) for text in named], np.int64)
    return np.repeat(values, np.diff(starts, append=len(ids)))


def _together(table: _Table, apart: _Apart) -> Iterator[ClaimTables]:
    """The claims whose rows stand together. Tells the faults of rows."""
    held: _Rows | None = None
    for part in table.source.parts(table.layout.places, table.faults):
        table.lost += part.lost.tolist()
        rows = _rows_of(table, part, tells=True)
        if len(apart.digests):
            rows = rows.where(~apart.holds(_digests(rows.ids)))
        held = rows if held is None else _joined([held, rows])
        starts = _run_starts(held.ids)
        if len(held) and len(held) - starts[-1] >= MOST_ROWS_OF_A_CLAIM:
            table.faults.add(
                "claim-too-long", int(held.rows[-1]), f"at most {MOST_ROWS_OF_A_CLAIM:,} rows of one claim_id",
                Lost.CLAIM, element="claim_id",
            )  # fmt: skip
            table.lost.append(int(held.rows[-1]))
            starts = np.append(starts, len(held))
        if len(starts) > 1:
            yield from _emitted(table, held.slice(0, int(starts[-1])))
            held = held.slice(int(starts[-1]), len(held))
        if table.progress and table.stream.seekable():
            table.progress(table.stream.tell())
    if held is not None and len(held):
        yield from _emitted(table, held)
    elif table.faults.rows and table.claims:
        yield from _emitted(table, None)


def _gathered(table: _Table, apart: _Apart, number: int, passes: int) -> Iterator[ClaimTables]:
    """The claims whose rows stand apart: those of one pass."""
    found = []
    for part in table.source.parts(table.layout.places, None):
        rows = _rows_of(table, part)
        digests = _digests(rows.ids)
        chosen = apart.holds(digests) & (digests % passes == number)
        if chosen.any():
            found.append(rows.where(chosen))
    if not found:
        return
    held = _joined(found)
    del found
    codes, _ = columns.codes(held.ids)  # in the order of first rows
    held = held.take(np.argsort(codes, kind="stable"))
    starts = _run_starts(held.ids)
    step = 32_768
    cuts = [0, *sorted({int(starts[starts <= at][-1]) for at in range(step, len(held), step)} - {0}), len(held)]
    for start, end in pairwise(cuts):
        yield from _emitted(table, held.slice(start, end))


def _rows_of(table: _Table, part: Part, *, tells: bool = False) -> _Rows:
    """The rows of a part that are of claims: totals and closing lines are left out."""
    rows = _every_row_of(table, part)
    is_total = columns.matching(rows.ids, CLOSING) & _says_no_service(table, rows)
    if not is_total.any():
        return rows
    for row in rows.rows[is_total].tolist() if tells else ():
        table.faults.add("row-total", row, "a claim line (the row was left out)", Lost.NOTHING)
    return rows.where(~is_total)


def _says_no_service(table: _Table, rows: _Rows) -> Mask:
    """Where a row has neither a code nor a day."""
    silent = np.ones(len(rows), np.bool_)
    for name in ("hcpcs_code", "service_date"):
        if (place := table.layout.place_of(name)) is not None:
            cells = table.layout.prepared(rows.columns[table.layout.places.index(place)], name)
            silent &= ~columns.valid(cells)
    return silent


def _tell_titles(source: Source, faults: Faults) -> None:
    for row in source.titles:
        faults.add("row-title", row, "the header as the first row (the row was left out)", Lost.NOTHING)


def _every_row_of(table: _Table, part: Part) -> _Rows:
    place = table.layout.place_of("claim_id")
    if place is None:
        ids = columns.repeated(table.layout.constants.get("claim_id"), len(part.rows))
    else:
        ids = table.layout.prepared(part.columns[table.layout.places.index(place)], "claim_id")
    return _Rows(part.columns, part.rows, ids)


def _joined(several: list[_Rows]) -> _Rows:
    joined = [pa.concat_arrays(list(column)) for column in zip(*(rows.columns for rows in several), strict=True)]
    ids = pa.concat_arrays([rows.ids for rows in several])
    return _Rows(joined, np.concatenate([rows.rows for rows in several]), ids)


# -- claims of them --------------------------------------------------------------------------------------------------


def _emitted(table: _Table, rows: _Rows | None) -> Iterator[ClaimTables]:

    if rows is None:
        yield ClaimTables(CLAIM.empty(), LINE.empty(), ADMINISTRATION.empty(), fault_table(table.faults.drain()))
        return
    starts = _run_starts(rows.ids)
    _tell_without_id(table, rows)
    _tell_quoted(table, rows)
    texts = table.layout.texts(rows.columns, len(rows))
    grouped = Grouped(texts, rows.rows, starts, table.layout, table.faults, table.told)
    keys = claim_key(table.file, table.claims) + np.arange(len(starts))
    table.claims += len(starts)
    broken = _broken(rows, starts, table.lost) | ~columns.valid(rows.ids)[starts]
    yield claim_tables(grouped, keys, name=table.name, complete=table.complete, broken=broken)


def _tell_without_id(table: _Table, rows: _Rows) -> None:
    without = np.flatnonzero(~columns.valid(rows.ids))
    whole_column = table.layout.place_of("claim_id") is None
    if len(without) and not (whole_column and "claim_id" in table.told):
        table.told.add("claim_id")
        for place in without[:1] if whole_column else without:
            where = "on every row" if whole_column else "here"
            table.faults.add(
                "claim-id-missing", int(rows.rows[place]),
                f"a claim_id {where} (a row without one is a claim by itself, and never whole)",
                Lost.VALUE, element="claim_id",
            )  # fmt: skip


def _tell_quoted(table: _Table, rows: _Rows) -> None:
    """Tell, once for a column, texts in a spreadsheet's quotes, which are taken off."""
    for one in table.layout.filled:
        if f"quoted {one.name.name}" in table.told:
            continue
        for place in one.places:
            column = rows.columns[table.layout.places.index(place)]
            quoted = columns.matching(columns.trimmed(column), columns.QUOTED) if columns.is_text(column) else None
            if quoted is not None and quoted.any():
                table.told.add(f"quoted {one.name.name}")
                row = int(rows.rows[np.flatnonzero(quoted)[0]])
                expected = 'the text alone (="..." or an apostrophe was taken off, here and below)'
                table.faults.add("cell-quoted", row, expected, Lost.NOTHING, element=one.name.name)


def _broken(rows: _Rows, starts: Ints, lost: list[int]) -> Mask:
    """The claims with a row next to one that was lost: it may have been theirs."""
    broken = np.zeros(len(starts), np.bool_)
    if lost:
        beside = np.concatenate((np.array(lost) - 1, np.array(lost) + 1))
        broken[np.searchsorted(starts, np.flatnonzero(np.isin(rows.rows, beside)), side="right") - 1] = True
    return broken
