"""Tables part by part: bytes of CSV or Parquet to columns of text, each row with its number in the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.jsonl.faults import Faults
from cleanclaim.formats.tabular.names import find

if TYPE_CHECKING:
    from cleanclaim.formats.tabular.columns import Column, Ints

DELIMITERS = (",", ";", "\t", "|")
HEAD_BYTES = 1 << 16
UTF8_MARK = b"\xef\xbb\xbf"
# What a row starts with that sums claims up or ends a report.
CLOSING = (
    r"(?i)^[*#= -]*(?:(?:sub|grand|report|page|overall)[ -]*total|totals?\b|sum\b|"
    r"end of (?:report|file)|page \d+|printed\b)"
)
_ROWS_BEFORE_HEADER = 20  # titles and blank rows above it


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a table: the columns that were asked for, the number of each row, and the rows that were lost."""

    columns: list[Column]
    rows: Ints
    lost: Ints


class Source(Protocol):
    """A table that can be gone through from its start any number of times."""

    names: Sequence[str]
    header_row: int
    titles: tuple[int, ...]  # rows above the header that say something

    def parts(self, wanted: Sequence[int], faults: Faults | None) -> Iterator[Part]:
        """The rows, part by part, with the columns at these places. Faults of rows are told where a place is given."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written, and where its header stands."""

    delimiter: str
    names: tuple[str, ...]
    header_row: int
    titles: tuple[int, ...] = ()  # rows above it that say something


def is_parquet(head: bytes) -> bool:
    """Whether a file that starts so is Parquet."""
    return head.startswith(b"PAR1")


def is_wide(head: bytes) -> bool:
    """Whether a file that starts so is text of two or four bytes a character."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:4]


def looks_like_csv(head: bytes) -> bool:
    """Whether a file that starts so is text with a row of several names in it."""
    if b"\0" in head or head.startswith((b"<", b"%PDF")):
        return False
    lines = _text(head).splitlines()[:_ROWS_BEFORE_HEADER]
    return any(
        len({cell for cell in _cells(line, delimiter) if re.match(r"[A-Za-z]", cell)}) >= 2
        for line in lines
        for delimiter in DELIMITERS
    )


def dialect_of(head: bytes, name: str, theirs: Collection[str] = ()) -> Dialect:
    """The delimiter and the header: the row among the first that has the most names that are known.

    `theirs` are names that a mapping file knows. Raises: UnreadableInput when no row has two; it quotes none.
    """
    lines = _text(head).replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_ROWS_BEFORE_HEADER]
    best, most = None, 1
    for number, line in enumerate(lines, 1):
        for delimiter in DELIMITERS:
            names = tuple(cell.strip() for cell in _cells(line, delimiter))
            known = sum(name in theirs or find(name) is not None for name in names)
            if known > most:
                titles = tuple(row for row, text in enumerate(lines[: number - 1], 1) if re.search(r"\w", text))
                best, most = Dialect(delimiter, names, number, titles), known
    if best is None:
        raise UnreadableInput(
            f"{name}: text in which no row of the first {_ROWS_BEFORE_HEADER} has two column names of a claim. "
            "Expected: a header such as claim_id,hcpcs_code,billed_units, or --mapping FILE that says which column "
            "is which (`cleanclaim formats mapping FILE` proposes one)"
        )
    return best


def header_of(head: bytes) -> Dialect | None:
    """The likeliest header where the names are strangers': the first row that has the most cells of words."""
    lines = _text(head).replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_ROWS_BEFORE_HEADER]
    best, most = None, 1
    for number, line in enumerate(lines, 1):
        for delimiter in DELIMITERS:
            names = tuple(cell.strip() for cell in _cells(line, delimiter))
            words = len({name for name in names if re.match(r"[A-Za-z]", name)})
            if words > most:
                best, most = Dialect(delimiter, names, number), words
    return best


def read_head(stream: BinaryIO) -> bytes:
    """The first bytes; the stream is back at its start."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    return head


def _text(head: bytes) -> str:
    try:
        return head.removeprefix(UTF8_MARK).decode()
    except UnicodeDecodeError as error:
        if error.start > len(head) - 4:  # the head ends inside a character
            return head.removeprefix(UTF8_MARK).decode("utf-8", "ignore")
        return head.removeprefix(UTF8_MARK).decode("cp1252", "replace")


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
