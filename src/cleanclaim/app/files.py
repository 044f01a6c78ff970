"""Files in, claim tables out: which format a file has is told by its content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from cleanclaim.claims import ClaimTables
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.jsonl import read_jsonl
from cleanclaim.formats.x12 import read_837

Progress = Callable[[int], None]
_HEAD_BYTES = 4_096


def digest(stream: BufferedReader) -> str:
    """The SHA-256 of a stream, in hex; the stream is back at its start."""
    found = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return found


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
    head = stream.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    stream.seek(0)
    if head.startswith(b"{"):
        return Claims(read_jsonl(stream, name=name, file_hash=file_hash, complete=complete), by_row=True)
    return Claims(iter(read_837(stream, name=name, file_hash=file_hash, progress=progress)), by_row=False)


def open_file(path: Path) -> BufferedReader:
    """The file, open for reading. Raises: UnreadableInput that says why not."""
    try:
        return path.open("rb")
    except IsADirectoryError:
        raise UnreadableInput(f"{path}: is a folder; name the files in it") from None
    except OSError as error:
        raise UnreadableInput(f"{path}: {error.strerror or error}") from None
