"""One official file, read once: its bytes, its text, its lines as CSV records, its first sheet."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cleanclaim.errors import UnreadableInput

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MOST_BYTES = 512 * 2**20  # far above any of the publications: stops a gzip or zip bomb
ZIP = b"PK\x03\x04"

_GZIP = b"\x1f\x8b"
_HEAD_BYTES, _HEAD_RECORDS = 2**16, 40
_CELL_LIMIT = 2**20
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Source:
    """A file to import, and what the user says about it where it does not say so itself."""

    name: str
    sha256: str  # of the file as it lies on disk, or in its archive
    content: bytes  # unpacked, when the file is gzipped
    archive: str | None = None  # name of the zip archive that it is a member of
    release: str | None = None  # the release that the user says it is: 2025-Q3
    partial: bool = False  # the user says that it is an excerpt
    sheet_of_it: str | None = None  # the sheet of a workbook that is meant; the first when None

    @classmethod
    def read(cls, path: Path, *, release: str | None = None, partial: bool = False) -> Self:
        """The file.

        Raises: UnreadableInput when there is no such file or it can't be unpacked.
        """
        try:
            raw = path.read_bytes()
        except OSError as problem:
            raise UnreadableInput(f"{path}: {problem.strerror or problem}") from None
        return cls.of(path.name, raw, release=release, partial=partial)

    @classmethod
    def of(cls, name: str, raw: bytes, *, release: str | None = None, partial: bool = False) -> Self:
        """The file of some bytes, gzipped or not.

        Raises: UnreadableInput when they can't be unpacked.
        """
        content = _unpacked(raw, name) if raw.startswith(_GZIP) else raw
        return cls(name, hashlib.sha256(raw).hexdigest(), content, release=release, partial=partial)

    def member(self, name: str, raw: bytes) -> Source:
        """A member of this archive as a file of its own."""
        return replace(
            Source.of(name, raw), archive=self.name, release=self.release, partial=self.partial
        )  # fmt: skip

    def on_sheet(self, name: str) -> Source:
        """The same workbook, read on another sheet than its first."""
        return replace(self, sheet_of_it=name)

    @property
    def place(self) -> str:
        """How messages name it: the file, or the archive and the member."""
        return f"{self.archive}: {self.name}" if self.archive else self.name

    @property
    def is_packed(self) -> bool:
        """Whether it is a zip file: a workbook (xlsx) or an archive."""
        return self.content.startswith(ZIP)

    def text(self, encoding: str = "cp1252") -> str:
        """Its text; none for a zip file. In cp1252, as CMS writes, bytes without a meaning are replaced.

        Raises: UnreadableInput when the bytes are no text of another encoding: names the place.
        """
        if self.is_packed:
            return ""
        content = self.content.removeprefix(_UTF8_MARK)
        if encoding == "cp1252":
            return content.decode("cp1252", errors="replace").replace("\u00a0", " ")
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as problem:
            line = content[: problem.start].count(b"\n") + 1
            raise UnreadableInput(
                f"{self.place}:{line}: byte 0x{content[problem.start]:02X} is no {encoding.upper()} text"
            ) from None

    @cached_property
    def lines(self) -> list[str]:
        """Its lines without their ends. Only a line feed ends a line: CMS has other control characters inside lines."""
        return [line.rstrip("\r") for line in self.text().split("\n")]

    @property
    def text_head(self) -> str:
        """The first lines of a text, the last of them perhaps cut; nothing for a zip file."""
        begin = b"" if self.is_packed else self.content[:_HEAD_BYTES]
        return begin.removeprefix(_UTF8_MARK).decode("cp1252", errors="replace").replace("\u00a0", " ")

    @cached_property
    def delimiter(self) -> str:
        """What parts the cells of a text: the commonest of comma, tab and bar in its first lines."""
        return max(",\t|", key=self.text_head.count)

    @cached_property
    def delimited_head(self) -> list[list[str]]:
        """As `head`; a text by its own delimiter, without quotes, when that is no comma."""
        if self.is_packed or self.delimiter == ",":
            return self.head
        return [line.split(self.delimiter) for line in self.text_head.splitlines()[:_HEAD_RECORDS]]

    @cached_property
    def head(self) -> list[list[str]]:
        """Its first CSV records or rows of its first sheet, enough to recognize it by."""
        if self.is_packed:
            return list(islice(self.sheet_rows(), _HEAD_RECORDS))
        try:
            return list(islice(_csv(self.text_head), _HEAD_RECORDS))
        except csv.Error:
            return []

    @cached_property
    def records(self) -> list[list[str]]:
        """Its CSV records, as CMS writes them: cp1252, line breaks inside quotes allowed. None for a workbook.

        Raises: UnreadableInput when it can't be read as CSV.
        """
        return self.records_in("cp1252")

    def records_in(self, encoding: str) -> list[list[str]]:
        """Its CSV records in an encoding.

        Raises: UnreadableInput when it can't be read so.
        """
        try:
            return list(_csv(self.text(encoding)))
        except csv.Error as problem:
            raise UnreadableInput(f"{self.place}: not readable as CSV: {problem}") from None

    @cached_property
    def rows(self) -> list[list[str]]:
        """The rows of its first sheet, else its CSV records."""
        return self.sheet if self.is_packed else self.records

    @cached_property
    def delimited_rows(self) -> list[list[str]]:
        """As `rows`; a text by its own delimiter, without quotes, when that is no comma.

        Raises: UnreadableInput when it can't be read so.
        """
        if self.is_packed or self.delimiter == ",":
            return self.rows
        return [line.split(self.delimiter) for line in self.lines]

    @cached_property
    def sheet_name(self) -> str:
        """The name of the first sheet of a workbook, else nothing."""
        return self._sheet.name if self._sheet else ""

    @property
    def sheet_names(self) -> list[str]:
        """The names of all sheets of a workbook, else none."""
        return list(self._workbook.sheet_names) if self._workbook else []

    @cached_property
    def sheet(self) -> list[list[str]]:
        """The first sheet of a workbook as texts, numbers without a needless `.0`. No rows when it is none."""
        return list(self.sheet_rows())

    def sheet_rows(self) -> Iterator[list[str]]:
        """The rows of `sheet` one by one: for sheets that are large, and for their first rows."""
        for row in self._sheet.iter_rows() if self._sheet else ():
            yield [_text(cell) for cell in row]

    @cached_property
    def _sheet(self) -> CalamineSheet | None:
        if not self._workbook:
            return None
        from python_calamine import CalamineError  # noqa: PLC0415 - not for CSV files

        try:
            if self.sheet_of_it is not None:
                return self._workbook.get_sheet_by_name(self.sheet_of_it)
            return self._workbook.get_sheet_by_index(0)
        except (CalamineError, IndexError):
            return None

    @cached_property
    def _workbook(self) -> CalamineWorkbook | None:
        if not self.is_packed:
            return None
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - not for CSV files

        if _unpacked_size(self.content) > MOST_BYTES:
            raise UnreadableInput(
                f"{self.place}: unpacks to more than {MOST_BYTES // 2**20} MiB; no publication is that large"
            )
        try:
            return CalamineWorkbook.from_filelike(io.BytesIO(self.content))
        except CalamineError:
            return None


def _csv(text: str) -> csv.Reader:  # type: ignore[name-defined]
    csv.field_size_limit(_CELL_LIMIT)
    return csv.reader(io.StringIO(text, newline=""))


def _unpacked(raw: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(raw)) as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise UnreadableInput(f"{name}: a gzip file that can't be unpacked: {problem}") from None
    if len(content) > MOST_BYTES:
        raise UnreadableInput(f"{name}: unpacks to more than {MOST_BYTES // 2**20} MiB; no publication is that large")
    return content


def _unpacked_size(content: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as workbook:
            return sum(entry.file_size for entry in workbook.infolist())
    except zipfile.BadZipFile:
        return 0


def _text(cell: object) -> str:
    """A cell as text. Now and then CMS leaves a code or a date as a number: 20251001.0 is 20251001."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
