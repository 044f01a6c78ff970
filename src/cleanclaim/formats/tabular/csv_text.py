"""CSV text cut into parts at the ends of records, and the parts parsed.

Quotes decide where a record ends. Where every quote stands at the edge of a cell, counting them is enough and Arrow
parses the part. Where one does not, records are parsed one by one, and a quote that is never closed costs its row only.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from cleanclaim.claims.tables import Lost
from cleanclaim.formats.jsonl.faults import Faults
from cleanclaim.formats.tabular import columns
from cleanclaim.formats.tabular.columns import Column, Ints
from cleanclaim.formats.tabular.source import CLOSING, UTF8_MARK, Dialect, Part

PART_BYTES = 4 << 20
MOST_RECORD_BYTES = 1 << 20
_MOST_RECORD_LINES = 100  # that a quoted cell with line breaks may go over
_QUOTE, _NEWLINE = ord('"'), ord("\n")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


class CsvSource:
    """A CSV file as parts of rows. Rows count as a spreadsheet counts them: records, the header and blank ones too."""

    def __init__(self, stream: BinaryIO, name: str, dialect: Dialect, *, part_bytes: int = PART_BYTES) -> None:
        """Nothing is read yet."""
        self._stream, self._name, self._dialect, self._part_bytes = stream, name, dialect, part_bytes
        self.names: Sequence[str] = dialect.names
        self.header_row, self.titles = dialect.header_row, dialect.titles

    def parts(self, wanted: Sequence[int], faults: Faults | None) -> Iterator[Part]:
        """The rows behind the header."""
        parser = _Parser(self._dialect, list(wanted), faults)
        for text, final in self._buffers():
            yield from parser.rows(text, final=final)
        parser.end()

    def _buffers(self) -> Iterator[tuple[bytes, bool]]:
        stream = self._stream
        stream.seek(0)
        more = stream.read(self._part_bytes)
        if more.startswith(UTF8_MARK):
            more = more.removeprefix(UTF8_MARK)  # what spreadsheets write; nothing is wrong with it
        bare_returns = b"\n" not in more and b"\r" in more
        while more:
            following = stream.read(self._part_bytes)
            yield (more.replace(b"\r", b"\n") if bare_returns else more), not following
            more = following


class _Parser:
    """Text to rows; keeps the record that a part ends in, the row number, and what was told once already."""

    def __init__(self, dialect: Dialect, wanted: list[int], faults: Faults | None) -> None:
        self._dialect, self._wanted, self._faults = dialect, wanted, faults
        self._width = len(dialect.names)
        self._held = b""
        self._row = 0  # the last one that was taken
        self._blank = self._blanks = 0  # the first blank row that another row follows, and how many do
        self._waiting_blank = np.empty(0, np.int64)  # those that no other row follows yet
        self._lost: list[int] = []
        self._told_encoding = False

    def rows(self, text: bytes, *, final: bool) -> Iterator[Part]:
        """The rows that end in the text."""
        held = self._held + text
        if final and not held.endswith(b"\n"):
            held += b"\n"
        cut = _last_end(held, self._dialect.delimiter)
        if cut is None or len(held) - cut > MOST_RECORD_BYTES or (final and cut < len(held)):
            records, cut = self._records(held, final=final)
            self._held = held[cut:]
            if records or self._lost:
                yield self._part_of(records)
        else:
            self._held = held[cut:]
            if cut:
                yield self._parsed(held[:cut])

    def end(self) -> None:
        """Tell what is known at the end only."""
        if self._blank and self._faults:
            passed_over = "1 blank row was" if self._blanks == 1 else f"{self._blanks:,} blank rows were"
            expected = f"a claim line on every row ({passed_over} passed over, from here on)"
            self._faults.add("blank-row", self._blank, expected, Lost.NOTHING)

    # -- well-formed text ------------------------------------------------------------------------------------------

    def _parsed(self, text: bytes) -> Part:
        text = self._utf8(text)
        odd: list[tuple[int, str]] = []

        def keep(row: pa_csv.InvalidRow) -> Literal["skip"]:
            odd.append((int(row.number or 0), str(row.text)))
            return "skip"

        names = [str(place) for place in range(self._width)]
        table = pa_csv.read_csv(
            io.BytesIO(text),
            read_options=pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(text) + 1),
            parse_options=pa_csv.ParseOptions(
                delimiter=self._dialect.delimiter, newlines_in_values=b'"' in text, ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[names[place] for place in self._wanted],
                strings_can_be_null=False, check_utf8=False,
            ),
        )  # fmt: skip
        size = table.num_rows + len(odd)
        is_odd = np.zeros(size, np.bool_)
        is_odd[[number - 1 for number, _ in odd]] = True
        numbers = self._row + 1 + np.arange(size)
        found = [_one_array(column) for column in table.columns]
        rows = numbers[~is_odd]
        rescued = [(self._row + number, cells) for number, text_of in odd if (cells := self._rescued(text_of))]
        self._row += size
        for number in numbers[is_odd].tolist():
            if all(number != kept for kept, _ in rescued):
                self._lose(number, self._width_expected())
        if rescued:
            found, rows = self._with(found, rows, rescued)
        return self._finished(found, rows)

    def _rescued(self, text: str) -> list[str] | None:
        # Cells too many are no matter where they are blank: spreadsheets write them.
        try:
            cells = next(csv.reader([text], delimiter=self._dialect.delimiter), [])
        except csv.Error:
            return None
        return self._in_width(cells)

    def _in_width(self, cells: list[str]) -> list[str] | None:
        """Blank cells too many are left out, and a line that closes a report may be short."""
        if len(cells) > self._width and not any(cell.strip() for cell in cells[self._width :]):
            return cells[: self._width]
        if cells and len(cells) < self._width and re.match(CLOSING, cells[0].strip()):
            return [*cells, *[""] * (self._width - len(cells))]
        return None

    def _with(self, found: list[Column], rows: Ints, more: list[tuple[int, list[str]]]) -> tuple[list[Column], Ints]:
        rows = np.concatenate((rows, [number for number, _ in more]))
        order = np.argsort(rows, kind="stable")
        both = [
            pa.concat_arrays([column, pa.array([cells[place] for _, cells in more], pa.string())])
            for column, place in zip(found, self._wanted, strict=True)
        ]
        return [columns.taken(column, order) for column in both], rows[order]

    def _utf8(self, text: bytes) -> bytes:
        try:
            text.decode()
        except UnicodeDecodeError:
            return b"\n".join(self._line_utf8(line) for line in text.split(b"\n"))
        return text

    def _line_utf8(self, line: bytes) -> bytes:
        try:
            line.decode()
        except UnicodeDecodeError:
            if not self._told_encoding and self._faults:
                self._told_encoding = True
                self._faults.add(
                    "not-utf8", self._row + 1, "UTF-8 (such lines were read as Windows-1252)", Lost.NOTHING
                )
            return line.decode("cp1252", "replace").encode()
        return line

    # -- text with stray quotes ------------------------------------------------------------------------------------

    def _records(self, held: bytes, *, final: bool) -> tuple[list[tuple[int, list[str]]], int]:
        """The records of the text one by one, and where the last whole one ends."""
        lines = held.split(b"\n")[:-1]
        ends = np.cumsum([len(line) + 1 for line in lines]).tolist()
        records: list[tuple[int, list[str]]] = []
        at = 0
        while at < len(lines):
            last = self._closing_line(lines, at)
            if last is None and not final and at + _MOST_RECORD_LINES >= len(lines) > at and (
                len(held) - (ends[at - 1] if at else 0) < MOST_RECORD_BYTES
            ):  # fmt: skip
                break  # it may be closed in the next part
            self._row += 1
            if last is None:
                self._lose(self._row, f"a closing quote within {_MOST_RECORD_LINES} lines", "quote-unclosed")
                at += 1
                continue
            cells = self._cells_of(b"\n".join(lines[at : last + 1]))
            if cells is not None:
                records.append((self._row, cells))
            at = last + 1
        return records, ends[at - 1] if at else 0

    def _closing_line(self, lines: list[bytes], first: int) -> int | None:
        if b'"' not in lines[first]:
            return first
        text = ""
        for place in range(first, min(first + _MOST_RECORD_LINES, len(lines))):
            if place > first and b'"' not in lines[place]:
                text += "\n" + lines[place].decode("utf-8", "replace")
                continue
            text += ("\n" if place > first else "") + lines[place].decode("utf-8", "replace")
            if len(text) > MOST_RECORD_BYTES:
                return None
            if not self._is_open(text):
                return place
        return None

    def _is_open(self, record: str) -> bool:
        place = 0
        while place >= 0:
            if record.startswith('"', place):
                match = _QUOTED.match(record, place)
                if match is None:
                    return True
                place = match.end()
            place = record.find(self._dialect.delimiter, place) + 1 or -1
        return False

    def _cells_of(self, record: bytes) -> list[str] | None:
        text = self._utf8(record.removesuffix(b"\r")).decode()
        try:
            read = list(csv.reader([text], delimiter=self._dialect.delimiter))
        except csv.Error:
            self._lose(self._row, "cells of at most 128 kB without line breaks outside quotes", "record-invalid")
            return None
        cells = read[0] if read else []
        if len(cells) == self._width:
            return cells
        if not any(cell.strip() for cell in cells):
            return [""] * self._width
        if (in_width := self._in_width(cells)) is not None:
            return in_width
        self._lose(self._row, self._width_expected())
        return None

    def _part_of(self, records: list[tuple[int, list[str]]]) -> Part:
        found: list[Column] = [pa.array([cells[place] for _, cells in records], pa.string()) for place in self._wanted]
        return self._finished(found, np.array([number for number, _ in records], np.int64))

    # -- both ------------------------------------------------------------------------------------------------------

    def _finished(self, found: list[Column], rows: Ints) -> Part:
        """The part without what stands above the header, and without blank and repeated header rows."""
        kept = rows > self._dialect.header_row
        blank, repeated = np.ones(len(rows), np.bool_), np.ones(len(rows), np.bool_)
        for column, place in zip(found, self._wanted, strict=True):
            if blank.any():
                blank &= columns.blank(columns.trimmed(column))
            if repeated.any():
                repeated &= columns.equal(columns.trimmed(column), self._dialect.names[place])
        repeated &= kept
        for number in rows[repeated].tolist() if self._faults else ():
            self._tell("header-repeated", number, "a claim line (the header stands here again)", Lost.NOTHING)
        self._count_blank(rows[kept & blank], rows[kept & ~blank])
        kept &= ~blank & ~repeated
        lost, self._lost = np.array(self._lost, np.int64), []
        if not kept.all():
            mask = columns.flags(kept)
            found, rows = [column.filter(mask) for column in found], rows[kept]
        return Part(found, rows, lost)

    def _count_blank(self, blank: Ints, others: Ints) -> None:
        # Blank rows at the end of a file are how many spreadsheets end it: nothing is told of them.
        waiting = np.concatenate((self._waiting_blank, blank))
        if len(others):
            followed = waiting[waiting < others[-1]]
            self._blank = self._blank or (int(followed[0]) if len(followed) else 0)
            self._blanks += len(followed)
            waiting = waiting[waiting > others[-1]]
        self._waiting_blank = waiting

    def _width_expected(self) -> str:
        return f"{self._width} cells, as the header has"

    def _lose(self, row: int, expected: str, fault: str = "row-width") -> None:
        if row > self._dialect.header_row:
            self._lost.append(row)
            self._tell(fault, row, expected, Lost.CLAIM)

    def _tell(self, fault: str, row: int, expected: str, lost: Lost) -> None:
        if self._faults:
            self._faults.add(fault, row, expected, lost)


def _last_end(held: bytes, delimiter: str) -> int | None:
    """Where the last whole record ends; None where a quote stands elsewhere than at the edge of a cell."""
    if b'"' not in held:
        return held.rfind(b"\n") + 1
    data = np.frombuffer(held, np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    is_edge = np.zeros(256, np.bool_)
    is_edge[[_QUOTE, _NEWLINE, ord(delimiter), ord("\r")]] = True
    # An opening quote follows an edge, a closing one precedes one; `""` closes and opens again.
    opening, closing = quotes[0::2], quotes[1::2]
    before, after = data[opening[opening > 0] - 1], data[closing[closing < len(data) - 1] + 1]
    if not (is_edge[before].all() and is_edge[after].all()):
        return None
    newlines = np.flatnonzero(data == _NEWLINE)
    outside = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def _one_array(column: pa.ChunkedArray[Any]) -> Column:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], pa.string())
