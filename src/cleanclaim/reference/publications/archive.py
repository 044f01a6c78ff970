"""Zip archives as CMS publishes them: each member is a file of its own. Nothing is unpacked to disk.

An archive that could fill the memory, that is encrypted or that holds another archive is refused whole. Members
that are no data (read-me files, print reports) are told and set aside; so is one with the same release as another.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.source import MOST_BYTES, ZIP, Source

MOST_MEMBERS = 200
MOST_BYTES_TOGETHER = 2 * MOST_BYTES

_ENCRYPTED = 0x1
_WORKBOOK = "xl/workbook"


@dataclass(frozen=True, slots=True)
class MemberSetAside:
    """A member of an archive that was not imported, and why."""

    archive: str
    member: str
    reason: str


def is_archive(source: Source) -> bool:
    """Whether the file is a zip archive and no workbook (which is one too)."""
    return source.is_packed and _names(source.content) is not None and not _is_workbook(source.content)


def members(source: Source) -> tuple[list[Source], list[MemberSetAside]]:
    """The members of an archive that may hold data, in its order, and those that hold none.

    Raises: UnreadableInput when the archive is too large, encrypted, damaged or holds another archive.
    """
    files: list[Source] = []
    aside: list[MemberSetAside] = []
    try:
        with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
            for entry in _allowed(source, archive):
                if reason := _no_data(entry.filename):
                    aside.append(MemberSetAside(source.name, entry.filename, reason))
                    continue
                with archive.open(entry) as file:
                    raw = file.read(MOST_BYTES + 1)
                if len(raw) > MOST_BYTES:
                    raise UnreadableInput(f"{source.name}: {entry.filename} unpacks to more than it says")
                if raw.startswith(ZIP) and not _is_workbook(raw):
                    raise UnreadableInput(f"{source.name}: {entry.filename} is an archive itself: unpack the outer one")
                files.append(source.member(entry.filename.rsplit("/", 1)[-1], raw))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as problem:
        raise UnreadableInput(f"{source.name}: a zip archive that can't be unpacked: {problem}") from None
    return files, aside


def _allowed(source: Source, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_MEMBERS:
        raise UnreadableInput(f"{source.name}: {len(entries)} members; no publication has more than {MOST_MEMBERS}")
    together = sum(entry.file_size for entry in entries)
    if together > MOST_BYTES_TOGETHER or any(entry.file_size > MOST_BYTES for entry in entries):
        raise UnreadableInput(
            f"{source.name}: unpacks to {together // 2**20} MiB; no publication is that large"
            f" (a member at most {MOST_BYTES // 2**20} MiB, together at most {MOST_BYTES_TOGETHER // 2**20} MiB)"
        )
    if locked := next((entry.filename for entry in entries if entry.flag_bits & _ENCRYPTED), None):
        raise UnreadableInput(f"{source.name}: {locked} is encrypted: unpack the archive and import its files")
    return entries


def _no_data(name: str) -> str | None:
    lowered = name.rsplit("/", 1)[-1].lower()
    if lowered.endswith(".prn"):
        return "a print report, cut and wrapped for paper"
    if "readme" in lowered or "read_me" in lowered:
        return "a read-me file"
    if lowered.startswith(".") or lowered.endswith((".pdf", ".docx", ".doc")):
        return "a document, no data"
    return None


def _is_workbook(content: bytes) -> bool:
    return any(name.startswith(_WORKBOOK) for name in _names(content) or ())


def _names(content: bytes) -> list[str] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except zipfile.BadZipFile:
        return None
