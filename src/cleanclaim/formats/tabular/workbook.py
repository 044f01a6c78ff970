"""The first sheet of a workbook as CSV, so that it is read as every other table: its rows keep their numbers."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from cleanclaim.errors import UnreadableInput

_MOST_BYTES = 1 << 30  # unpacked
_OLE = b"\xd0\xcf\x11\xe0"
_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")  # of XLSX, XLSB and ODS
_Cell = str | float | bool | date | datetime | time | timedelta | None


def is_workbook(stream: BinaryIO) -> bool:
    """Whether a file is a workbook of a spreadsheet program; the stream is back at its start."""
    stream.seek(0)
    head = stream.read(4)
    stream.seek(0)
    if head == _OLE:
        return True
    if not head.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(stream) as packed:
            return any(name in packed.namelist() for name in _PARTS)
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    finally:
        stream.seek(0)


def first_sheet(stream: BinaryIO, name: str) -> tuple[BinaryIO, int]:
    """The first sheet that holds anything as CSV in UTF-8, and how many others hold something.

    Raises: UnreadableInput for a workbook that is damaged, locked by a password, too large, or empty.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only for who has such a file

    stream.seek(0)
    content = stream.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES or _unpacked(content) > _MOST_BYTES:
        raise UnreadableInput(f"{name}: a workbook of more than {_MOST_BYTES >> 20:,} MB. Expected: the sheet as CSV")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_index(place) for place in range(len(book.sheet_names))]
        filled = [sheet for sheet in sheets if sheet.end is not None]
        if not filled:
            raise UnreadableInput(f"{name}: a workbook with nothing in it")
        rows = filled[0].to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError) as error:
        told = "a workbook that cannot be read: damaged, or locked by a password"
        raise UnreadableInput(f"{name}: {told} ({type(error).__name__}). Expected: the sheet saved as CSV") from None
    return _as_csv(rows), len(filled) - 1


def _unpacked(content: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return sum(entry.file_size for entry in packed.infolist())
    except (zipfile.BadZipFile, ValueError):
        return 0  # an old one, which is not packed


def _as_csv(rows: Sequence[Sequence[_Cell]]) -> BinaryIO:
    binary = io.BytesIO()
    text = io.TextIOWrapper(binary, "utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow([_text(cell) for cell in row])
    text.detach()
    binary.seek(0)
    return binary


def _text(cell: _Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case float():
            return f"{int(cell)}" if cell.is_integer() else repr(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case _:
            return " ".join(str(cell).splitlines())
