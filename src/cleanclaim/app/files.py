"""Files in, claim tables out: which format a file has is told by its content."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cleanclaim.claims import ClaimTables
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.jsonl import read_jsonl
from cleanclaim.formats.x12 import read_837

Progress = Callable[[int], None]
_HEAD_BYTES = 4_096
_EXPECTED = "an 837P interchange, which starts with ISA, or claims as JSON Lines, each starting with {"
_ARCHIVE = re.compile(rb"PK\x03\x04|\x1f\x8b|BZh|7z\xbc\xaf|\xfd7zXZ")
_HEADER = re.compile(rb"ISA[^0-9A-Za-z]")
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
    """The claims of a file, part by part, and whether its places are rows (else X12 segments)."""

    tables: Iterator[ClaimTables]
    by_row: bool


def read_claims(
    stream: BinaryIO, *, name: str, file_hash: str, complete: bool = False, progress: Progress | None = None
) -> Claims:
    """The claims of a stream.

    Raises: UnreadableInput, here or while the parts are read, when nothing in it could be read.
    """
    head = _head(stream)
    if _ARCHIVE.match(head):
        raise UnreadableInput(f"{name}: a compressed file. Expected: unpacked, {_EXPECTED}")
    if head.startswith(b"["):
        raise UnreadableInput(f"{name}: a JSON array. Expected: JSON Lines, one claim a line, each starting with {{")
    if head.startswith(b"{") or (not _HEADER.search(head) and _OBJECT_LINE.search(head)):
        return Claims(read_jsonl(stream, name=name, file_hash=file_hash, complete=complete), by_row=True)
    return Claims(iter(read_837(stream, name=name, file_hash=file_hash, progress=progress)), by_row=False)


def _head(stream: BinaryIO) -> bytes:
    """The first bytes that say something; the stream is back at its start."""
    head = b""
    while not head and (part := stream.read(_HEAD_BYTES)):
        head = part.removeprefix(b"\xef\xbb\xbf").lstrip()
    head += stream.read(_HEAD_BYTES)
    stream.seek(0)
    return head


def shown_names(paths: Sequence[Path]) -> list[str]:
    """How files are called in findings and faults: by their name, by their path where two have one name."""
    often = Counter(path.name for path in paths)
    names = [str(path) if often[path.name] > 1 else path.name for path in paths]
    return [name.encode("utf-8", "backslashreplace").decode("utf-8") for name in names]


def open_file(path: Path) -> BinaryIO:
    """The file, open for reading from its start any number of times; `-` is standard input.

    A pipe can be read once only, and a claim's key needs the file's digest first: it is copied to a temporary file.
    Raises: UnreadableInput that says why not.
    """
    try:
        if str(path) == "-":
            return _copy(sys.stdin.buffer)
        if path.is_block_device() or path.is_char_device():
            raise UnreadableInput(f"{path}: is a device. Expected: a file, or - for standard input")
        stream = path.open("rb")
        if stream.seekable():
            return stream
        with stream:
            return _copy(stream)
    except IsADirectoryError:
        raise UnreadableInput(f"{path}: is a folder; name the files in it") from None
    except OSError as error:
        raise UnreadableInput(f"{path}: {error.strerror or error}") from None


def _copy(stream: BinaryIO) -> BinaryIO:
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    shutil.copyfileobj(stream, copy)
    copy.seek(0)
    return copy
