"""Files in, claim tables out: which format a file has is told by its content."""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from cleanclaim.app.archives import folder, is_compressed
from cleanclaim.claims import ClaimTables
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.jsonl import read_jsonl
from cleanclaim.formats.jsonl.as_lines import as_lines, is_lines, refuse_others
from cleanclaim.formats.tabular.mapping import ColumnMapping
from cleanclaim.formats.tabular.source import is_parquet, looks_like_csv
from cleanclaim.formats.tabular.workbook import first_sheet, is_workbook

Progress = Callable[[int], None]
X12 = "837P"
_HEAD_BYTES = 4_096
_EXPECTED = "an 837P interchange, claims as JSON Lines, CSV, Excel or Parquet, or these in gzip or zip"
_ARCHIVE = re.compile(rb"BZh|7z\xbc\xaf|\xfd7zXZ|\x28\xb5\x2f\xfd|Rar!")
_HEADER = re.compile(rb"(?<![0-9A-Za-z])ISA[^0-9A-Za-z]")
_OBJECT_LINE = re.compile(rb"^[ \t]*\{", re.MULTILINE)
_PART_BYTES = 1 << 20


def digest(stream: BinaryIO) -> str:
    """The SHA-256 of a stream, in hex; the stream is back at its start."""
    found = hashlib.sha256()
    while part := stream.read(_PART_BYTES):
        found.update(part)
    stream.seek(0)
    return found.hexdigest()


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a file, part by part, and what kind of file it is."""

    tables: Iterator[ClaimTables]
    kind: str  # 837P, JSON Lines, CSV or Parquet
    notes: tuple[tuple[str, str], ...] = ()  # what is told of the file as a whole: fault and message

    @property
    def by_row(self) -> bool:
        """Whether its places are rows, not X12 segments."""
        return self.kind != X12


def read_claims(
    stream: BinaryIO,
    *,
    name: str,
    file_hash: str,
    complete: bool = False,
    mapping: ColumnMapping | None = None,
    progress: Progress | None = None,
) -> Claims:
    """The claims of a stream. `mapping` says what the columns of tables are.

    Raises: UnreadableInput, here or while the parts are read, when nothing in it could be read.
    """
    notes: tuple[tuple[str, str], ...] = ()
    if is_workbook(stream):
        stream, more = first_sheet(stream, name)
        if more:
            told = f"The first sheet was read; {more:,} more of the workbook {'was' if more == 1 else 'were'} not."
            notes = (("sheets-passed-over", told),)
    elif encoding := wide_encoding(stream.read(4), stream):
        stream = _in_utf8(stream, encoding, name)
        notes = (("utf-16", "The text is UTF-16; it was read as such."),)
    head = _head(stream)
    if _ARCHIVE.match(head):
        raise UnreadableInput(f"{name}: compressed in a way that is not supported. Expected: {_EXPECTED}")
    if is_parquet(head):
        return Claims(_tables(stream, name, file_hash, complete, mapping, progress), "Parquet")
    is_x12 = _is_x12(head)
    if head.startswith((b"[", b"{")):
        refuse_others(head, name)
        if not is_lines(head):
            stream = as_lines(stream, name)
    if head.startswith((b"[", b"{")) or (not is_x12 and _OBJECT_LINE.search(head)):
        return Claims(read_jsonl(stream, name=name, file_hash=file_hash, complete=complete), "JSON Lines", notes)
    if not is_x12 and looks_like_csv(head):
        return Claims(_tables(stream, name, file_hash, complete, mapping, progress), "CSV", notes)
    from cleanclaim.formats.x12.reader import read_837  # noqa: PLC0415 - other formats are read without it

    tables = iter(read_837(stream, name=name, file_hash=file_hash, progress=progress))
    return Claims(tables, X12, notes)


def wide_encoding(head: bytes, stream: BinaryIO) -> str | None:
    """The encoding of a text of two bytes a character, by its first bytes; the stream is back at its start."""
    stream.seek(0)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if len(head) == 4 and head[0] and head[2] and not head[1] and not head[3]:
        return "utf-16-le"
    if len(head) == 4 and head[1] and head[3] and not head[0] and not head[2]:
        return "utf-16-be"
    return None


def _in_utf8(stream: BinaryIO, encoding: str, name: str) -> BinaryIO:
    copy = io.BytesIO()
    try:
        for text in codecs.iterdecode(iter(lambda: stream.read(_PART_BYTES), b""), encoding):
            copy.write(text.encode())
    except UnicodeDecodeError:
        raise UnreadableInput(f"{name}: text that starts as UTF-16 and is none. Expected: {_EXPECTED}") from None
    copy.seek(0)
    return copy


def _is_x12(head: bytes) -> bool:
    """Whether a file holds an interchange: told by the separators of its header, never by a name in a table."""
    from cleanclaim.formats.x12.delimiters import read_header  # noqa: PLC0415 - other formats are read without it

    for found in _HEADER.finditer(head):
        if found.start() == 0:
            return True
        header = read_header(head, found.start())
        if header and header.elements[11].isdigit():
            return True
    return False


def _tables(
    stream: BinaryIO,
    name: str,
    file_hash: str,
    complete: bool,  # noqa: FBT001 - private
    mapping: ColumnMapping | None,
    progress: Progress | None,
) -> Iterator[ClaimTables]:
    from cleanclaim.formats.tabular.reader import read_tabular  # noqa: PLC0415 - other formats are read without it

    return read_tabular(stream, name=name, file_hash=file_hash, complete=complete, mapping=mapping, progress=progress)


def holds_files(stream: BinaryIO) -> bool:
    """Whether a file is gzip or zip, whose members are read; the stream is back at its start."""
    if is_workbook(stream):
        return False
    head = stream.read(4)
    stream.seek(0)
    return is_compressed(head)


def _head(stream: BinaryIO) -> bytes:
    """The first bytes that say something; the stream is back at its start."""
    head = b""
    while not head and (part := stream.read(_HEAD_BYTES)):
        head = part.removeprefix(b"\xef\xbb\xbf").lstrip()
    head += stream.read(_HEAD_BYTES)
    stream.seek(0)
    return head


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read and how it is called; or what is told in its stead."""

    path: Path
    name: str
    note: str | None = None  # nothing is wrong: what was passed over in a folder
    refusal: str | None = None  # why it is not read


def given_files(paths: Sequence[Path]) -> list[InputFile]:
    """The files that were named, and those of the folders that were named: `folder/below/file`.

    A note stands for what was passed over in a folder. Two files of one name are called by their whole path.
    """
    given: list[InputFile] = []
    for path in paths:
        if str(path) == "-" or not path.is_dir():
            given.append(InputFile(path, path.name))
            continue
        found = folder(path)
        base = path.resolve().name or str(path)
        given += [_in_folder(file, f"{base}/{file.relative_to(path).as_posix()}") for file in found.files]
        if found.passed_over:
            given.append(InputFile(path, base, f"{found.passed_over:,} hidden, lock or temporary files skipped"))
        if found.links:
            given.append(InputFile(path, base, f"{found.links:,} links to folders not followed"))
        if not found.files:
            given.append(InputFile(path, base, refusal="a folder with no files in it"))
    often = Counter(one.name for one in given if one.note is None)
    return [
        replace(one, name=_printable(str(one.path) if one.note is None and often[one.name] > 1 else one.name))
        for one in given
    ]


def _in_folder(file: Path, name: str) -> InputFile:
    # A pipe that nobody named is not waited for: nobody may ever write to it.
    if file.exists() and not file.is_file():
        return InputFile(file, name, refusal="not a regular file")
    return InputFile(file, name)


def _printable(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def open_file(path: Path) -> BinaryIO:
    """The file, open for reading from its start any number of times; `-` is standard input.

    A pipe can be read once only, and a claim's key needs the file's digest first: it is copied to a temporary file.
    Raises: UnreadableInput that says why not.
    """
    try:
        if str(path) == "-":
            return _copy(sys.stdin.buffer)
        if path.is_block_device() or path.is_char_device() or path.is_socket():
            raise UnreadableInput(f"{path}: a device. Expected: a file, or - for standard input")
        stream = path.open("rb")
        if stream.seekable():
            return stream
        with stream:
            return _copy(stream)
    except OSError as error:
        raise UnreadableInput(f"{path}: {error.strerror or error}") from None


def _copy(stream: BinaryIO) -> BinaryIO:
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    shutil.copyfileobj(stream, copy)
    copy.seek(0)
    return copy
