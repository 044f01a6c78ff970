"""One official file, read once: its bytes, its lines as CSV records, its first sheet."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cleanclaim.errors import UnreadableInput

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_MOST_BYTES = 512 * 2**20  # far above any of the publications: stops a gzip bomb
_HEAD_BYTES = 64 * 2**10
_HEAD_ROWS = 64


@dataclass(frozen=True)
class Source:
    """A file to import."""

    name: str
    sha256: str  # of the file as it lies on disk
    content: bytes  # unpacked, when the file is gzipped
    release: str = ""  # which release it is, when the user says so: for files that don't tell it themselves

    @classmethod
    def read(cls, path: Path, release: str = "") -> Source:
        """The file.

        Raises: UnreadableInput when there is no such file or it can't be unpacked.
        """
        try:
            raw = path.read_bytes()
        except OSError as problem:
            raise UnreadableInput(f"{path}: {problem.strerror or problem}") from None
        content = _unpacked(raw, path) if raw.startswith(_GZIP) else raw
        return cls(path.name, hashlib.sha256(raw).hexdigest(), content, release)

    @property
    def is_workbook(self) -> bool:
        """Whether it may be an xlsx file."""
        return self.content.startswith(_ZIP)

    @property
    def text_head(self) -> str:
        """The first lines of a text file, the last of them perhaps cut; nothing for a workbook."""
        return "" if self.is_workbook else _decoded(self.content[:_HEAD_BYTES])

    @cached_property
    def head(self) -> list[list[str]]:
        """Its first rows: enough to recognise a publication without reading all of it. A text by its own delimiter."""
        if self.is_workbook:
            return list(islice(self.sheet_rows(), _HEAD_ROWS))
        delimiter = max(",\t|", key=self.text_head.count)
        try:
            return list(islice(csv.reader(io.StringIO(self.text_head, newline=""), delimiter=delimiter), _HEAD_ROWS))
        except csv.Error:
            return []

    @cached_property
    def records(self) -> list[list[str]]:
        """Its CSV records, as CMS writes them: cp1252, line breaks inside quotes allowed. None for a workbook."""
        if self.is_workbook:
            return []
        try:
            return list(csv.reader(io.StringIO(_decoded(self.content), newline="")))
        except csv.Error as problem:
            raise UnreadableInput(f"{self.name}: not readable as CSV: {problem}") from None

    @cached_property
    def sheet_name(self) -> str:
        """The name of the first sheet of a workbook, else nothing."""
        return self._sheet.name if self._sheet else ""

    @cached_property
    def sheet(self) -> list[list[str]]:
        """The first sheet of a workbook as texts, numbers without a needless `.0`. No rows when it is none."""
        return list(self.sheet_rows())

    def sheet_rows(self) -> Iterator[list[str]]:
        """The rows of `sheet` one by one: for sheets that are large."""
        for row in self._sheet.iter_rows() if self._sheet else ():
            yield [_text(cell) for cell in row]

    @cached_property
    def rows(self) -> list[list[str]]:
        """The first sheet of a workbook, else the CSV records."""
        return self.sheet if self.is_workbook else self.records

    @cached_property
    def _sheet(self) -> CalamineSheet | None:
        if not self.is_workbook:
            return None
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - not for CSV files

        try:
            return CalamineWorkbook.from_filelike(io.BytesIO(self.content)).get_sheet_by_index(0)
        except (CalamineError, IndexError):
            return None


def _unpacked(raw: bytes, path: Path) -> bytes:
    try:
        with gzip.open(io.BytesIO(raw)) as file:
            content = file.read(_MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise UnreadableInput(f"{path}: a gzip file that can't be unpacked: {problem}") from None
    if len(content) > _MOST_BYTES:
        raise UnreadableInput(f"{path}: unpacks to more than {_MOST_BYTES // 2**20} MiB; no publication is that large")
    return content


def _decoded(content: bytes) -> str:
    return content.decode("cp1252", errors="replace").replace("\u00a0", " ")


def _text(cell: object) -> str:
    """A cell as text. Now and then CMS leaves a code or a date as a number: 20251001.0 is 20251001."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
