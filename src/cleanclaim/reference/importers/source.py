"""One official file, read once: its bytes, its lines as CSV records, its first sheet."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cleanclaim.errors import UnreadableInput

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_MOST_BYTES = 512 * 2**20  # far above any of the publications: stops a gzip bomb


@dataclass(frozen=True)
class Source:
    """A file to import."""

    name: str
    sha256: str  # of the file as it lies on disk
    content: bytes  # unpacked, when the file is gzipped

    @classmethod
    def read(cls, path: Path) -> Source:
        """The file.

        Raises: UnreadableInput when there is no such file or it can't be unpacked.
        """
        try:
            raw = path.read_bytes()
        except OSError as problem:
            raise UnreadableInput(f"{path}: {problem.strerror or problem}") from None
        content = _unpacked(raw, path) if raw.startswith(_GZIP) else raw
        return cls(path.name, hashlib.sha256(raw).hexdigest(), content)

    @property
    def is_workbook(self) -> bool:
        """Whether it may be an xlsx file."""
        return self.content.startswith(_ZIP)

    @cached_property
    def records(self) -> list[list[str]]:
        """Its CSV records, as CMS writes them: cp1252, line breaks inside quotes allowed. None for a workbook."""
        if self.is_workbook:
            return []
        text = self.content.decode("cp1252", errors="replace").replace("\u00a0", " ")
        try:
            return list(csv.reader(io.StringIO(text, newline="")))
        except csv.Error as problem:
            raise UnreadableInput(f"{self.name}: not readable as CSV: {problem}") from None

    @cached_property
    def sheet_name(self) -> str:
        """The name of the first sheet of a workbook, else nothing."""
        return self._sheet[0]

    @cached_property
    def sheet(self) -> list[list[str]]:
        """The first sheet of a workbook as texts, numbers without a needless `.0`. No rows when it is none."""
        return self._sheet[1]

    @cached_property
    def _sheet(self) -> tuple[str, list[list[str]]]:
        if not self.is_workbook:
            return "", []
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - not for CSV files

        try:
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(self.content))
            name = workbook.sheet_names[0]
            rows = workbook.get_sheet_by_index(0).to_python()
        except (CalamineError, IndexError):
            return "", []
        return name, [[_text(cell) for cell in row] for row in rows]


def _unpacked(raw: bytes, path: Path) -> bytes:
    try:
        with gzip.open(io.BytesIO(raw)) as file:
            content = file.read(_MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise UnreadableInput(f"{path}: a gzip file that can't be unpacked: {problem}") from None
    if len(content) > _MOST_BYTES:
        raise UnreadableInput(f"{path}: unpacks to more than {_MOST_BYTES // 2**20} MiB; no publication is that large")
    return content


def _text(cell: object) -> str:
    """A cell as text. Now and then CMS leaves a code or a date as a number: 20251001.0 is 20251001."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
