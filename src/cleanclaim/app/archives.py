"""What stands in a compressed file or a folder: its members as files of their own, within limits against bombs.

Nothing is unpacked to a named place: a member is copied to a temporary file without a name, gone when it closes.
"""

from __future__ import annotations

import gzip
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from cleanclaim.errors import UnreadableInput

_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
_NESTED = {
    b"PK\x03\x04": "a zip archive", b"PK\x05\x06": "a zip archive", b"\x1f\x8b": "a gzip file", b"BZh": "a bzip2 file",
    b"7z\xbc\xaf": "a 7z archive", b"\xfd7zXZ": "an xz file", b"(\xb5/\xfd": "a zstd file", b"Rar!": "a rar archive",
}  # fmt: skip
_TAR_AT, _TAR = 257, b"ustar"
_HEAD_BYTES = 512
_COPY_BYTES = 1 << 20
_END_RECORD = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT = 1 << 16
_BYTES_OF_AN_ENTRY = 2_048  # in the directory of a zip: name and extra fields included
_OFFICE = {"[Content_Types].xml": "an Office document", "mimetype": "an OpenDocument file"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold. What is beyond is refused, never read in part without a word."""

    members: int = 5_000
    bytes: int = 20_000_000_000  # of all members, unpacked
    ratio: int = 200  # unpacked to packed; claims as text are 5 to 40
    ratio_from_bytes: int = 50_000_000  # from how much on the ratio counts: a small file bombs nobody


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive, as `archive.zip/member`; `open` raises UnreadableInput that says why it is not read."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(slots=True)
class Contents:
    """The members of an archive in the order of their names, and how many were passed over."""

    members: Iterator[Member]
    passed_over: int = 0


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked."""

    limits: Limits
    spent: int = 0

    def spend(self, size: int, name: str) -> None:
        self.spent += size
        if self.spent > self.limits.bytes:
            raise UnreadableInput(
                f"{name}: unpacked it is more than {self.limits.bytes:,} bytes. Expected: less at once"
            )


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder and those below it, in the order of their names, and what was passed over."""

    files: list[Path] = field(default_factory=list)
    passed_over: int = 0
    links: int = 0  # to folders, which are not followed: they may lead in a circle


def is_compressed(head: bytes) -> bool:
    """Whether a file that starts so holds others that are read: gzip or zip."""
    return head.startswith((_GZIP, *_ZIP))


def contents(stream: BinaryIO, *, name: str, limits: Limits | None = None) -> Contents:
    """What a gzip or zip file holds. Raises: UnreadableInput when it is refused as a whole."""
    limits = limits or Limits()
    stream.seek(0)
    if stream.read(2) == _GZIP:
        stream.seek(0)
        return Contents(iter([Member(name, lambda: _unzipped_gz(stream, name, limits))]))
    return _zip_contents(stream, name, limits)


def folder(path: Path) -> Folder:
    """The files of a folder. Hidden files, lock files and unfinished downloads are passed over and counted."""
    files: list[Path] = []
    passed_over = links = 0
    for where, names_of_folders, names in os.walk(path):
        here = Path(where)
        kept = [name for name in names_of_folders if not _is_passed_over(name)]
        links += sum((here / name).is_symlink() for name in kept)
        passed_over += len(names_of_folders) - len(kept)
        names_of_folders[:] = sorted(name for name in kept if not (here / name).is_symlink())
        for name in names:
            if _is_passed_over(name):
                passed_over += 1
            else:
                files.append(here / name)
    return Folder(sorted(files, key=lambda file: file.parts), passed_over, links)


def _is_passed_over(name: str) -> bool:
    return (
        name.startswith((".", "~$", "__MACOSX"))
        or name.lower() in {"thumbs.db", "desktop.ini"}
        or name.lower().endswith((".lock", ".lck", ".tmp", ".part", ".crdownload", "~"))
    )


# -- gzip ------------------------------------------------------------------------------------------------------------


def _unzipped_gz(stream: BinaryIO, name: str, limits: Limits) -> BinaryIO:
    packed = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    with gzip.GzipFile(fileobj=stream, mode="rb") as unpacked:
        return _copied(unpacked, name, packed, _Budget(limits))


# -- zip -------------------------------------------------------------------------------------------------------------


def _zip_contents(stream: BinaryIO, name: str, limits: Limits) -> Contents:
    _refuse_many(stream, name, limits)
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise UnreadableInput(f"{name}: a zip archive that is damaged or cut off ({type(error).__name__})") from None
    names = {entry.filename for entry in archive.infolist()}
    for sign, what in _OFFICE.items():
        if sign in names:
            raise UnreadableInput(f"{name}: {what}. Expected: the sheet saved as CSV")
    entries = sorted((entry for entry in archive.infolist() if not entry.is_dir()), key=lambda entry: entry.filename)
    kept = [
        entry
        for entry in entries
        if not any(map(_is_passed_over, PurePosixPath(entry.filename.replace("\\", "/")).parts))
    ]
    if not kept:
        raise UnreadableInput(f"{name}: a zip archive with no files in it")
    budget = _Budget(limits)
    return Contents((_member(archive, entry, name, budget) for entry in kept), len(entries) - len(kept))


def _refuse_many(stream: BinaryIO, name: str, limits: Limits) -> None:
    # Before the directory is read: that of a bomb can have any number of entries, each an object in memory.
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _END_RECORD.size - _LONGEST_COMMENT))
    tail = stream.read()
    stream.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END_RECORD.size:
        raise UnreadableInput(f"{name}: a zip archive that is cut off: its directory is missing")
    _, _, _, _, entries, directory, _, _ = _END_RECORD.unpack_from(tail, place)
    if entries > limits.members or directory > limits.members * _BYTES_OF_AN_ENTRY:
        counted = "more than 65,534" if entries == 0xFFFF else f"{entries:,}"
        raise UnreadableInput(f"{name}: a zip archive of {counted} members. Expected: at most {limits.members:,}")


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, archive_name: str, budget: _Budget) -> Member:
    name = f"{archive_name}/{_shown(entry.filename)}"

    def opened() -> BinaryIO:
        if entry.flag_bits & 0x1:
            raise UnreadableInput(f"{name}: encrypted. Expected: unpacked, or packed without a password")
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UnreadableInput(
                f"{name}: packed by method {entry.compress_type}. Expected: deflate, or not compressed"
            )
        try:
            with archive.open(entry) as unpacked:
                return _copied(unpacked, name, entry.compress_size, budget)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
            raise UnreadableInput(f"{name}: damaged in the archive ({type(error).__name__})") from None

    return Member(name, opened)


def _shown(filename: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in filename)


# -- both ------------------------------------------------------------------------------------------------------------


def _copied(unpacked: _Readable, name: str, packed: int, budget: _Budget) -> BinaryIO:
    """A member in a temporary file, from its start; refused while it is unpacked when it goes beyond a limit."""
    limits, size = budget.limits, 0
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        while part := unpacked.read(_COPY_BYTES):
            if not size:
                _refuse_nested(part[:_HEAD_BYTES], name)
            size += len(part)
            budget.spend(len(part), name)
            if size > limits.ratio_from_bytes and size > packed * limits.ratio:
                raise UnreadableInput(f"{name}: unpacked it is over {limits.ratio} times as large: refused as a bomb")
            copy.write(part)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, UnreadableInput) as error:
        copy.close()
        if isinstance(error, UnreadableInput):
            raise
        raise UnreadableInput(f"{name}: the compressed file is damaged or cut off ({type(error).__name__})") from None
    except BaseException:
        copy.close()
        raise
    copy.seek(0)
    return copy


def _refuse_nested(head: bytes, name: str) -> None:
    nested = next((what for sign, what in _NESTED.items() if head.startswith(sign)), None)
    if nested is None and head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        nested = "a tar archive"
    if nested:
        raise UnreadableInput(f"{name}: {nested} inside a compressed file. Expected: claims; unpack it once")
