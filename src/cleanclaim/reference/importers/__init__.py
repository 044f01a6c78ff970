"""Importers, one module per publication, all alike: `PUBLICATION`, `TITLE`, `recognise(source)` and `parse(source)`.

A file is recognised by its content, never by its name. Fetching a release from its publisher (`fetch(release) -> path`)
is not here yet: files are given by their path.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from cleanclaim.errors import UnknownPublication
from cleanclaim.reference.importers import asp_csv, hcpcs_xlsx
from cleanclaim.reference.importers.parsed import Parsed
from cleanclaim.reference.importers.source import Source
from cleanclaim.reference.index import write_index
from cleanclaim.reference.library import Library
from cleanclaim.reference.lock import locked
from cleanclaim.reference.manifest import Manifest
from cleanclaim.reference.releases import StoredRelease, remove_temporary, stored_releases, write_release


class Importer(Protocol):
    """One publication: recognised by its content, parsed into the tables of one release."""

    PUBLICATION: str
    TITLE: str

    def recognise(self, source: Source) -> bool:
        """Whether the file is this publication."""

    def parse(self, source: Source) -> Parsed:
        """The release that the file holds."""


IMPORTERS: tuple[Importer, ...] = (hcpcs_xlsx, asp_csv)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: the release, and whether the library had it before."""

    release: StoredRelease
    already_there: bool
    replaces: str | None = None  # the revision that had the say until now

    @property
    def manifest(self) -> Manifest:
        """What the release says about itself."""
        return self.release.manifest


def import_file(library: Path, path: Path, *, imported_on: date | None = None) -> ImportReport:
    """The release of a file, put into a library folder: whole or not at all; the same file again changes nothing.

    Raises: UnknownPublication, UnreadableInput or OverlappingValidity for the file; LibraryBusy for the library.
    """
    source = Source.read(path)
    importer = recognise(source)
    parsed = importer.parse(source)
    library.mkdir(parents=True, exist_ok=True)
    with locked(library):
        remove_temporary(library)
        earlier = [
            one
            for one in stored_releases(library)
            if (one.manifest.publication, one.manifest.release) == (importer.PUBLICATION, parsed.release)
        ]
        same = next((one for one in earlier if one.manifest.sha256 == source.sha256), None)
        if same:
            return ImportReport(same, already_there=True)
        manifest = _manifest(importer, source, parsed, revision=_next_revision(earlier), imported_on=imported_on)
        stored = write_release(library, manifest, parsed.tables)
        write_index(Library.open(library))
    return ImportReport(stored, already_there=False, replaces=earlier[-1].manifest.label if earlier else None)


def recognise(source: Source) -> Importer:
    """The importer of a file.

    Raises: UnknownPublication says what was seen and which publications are known.
    """
    for importer in IMPORTERS:
        if importer.recognise(source):
            return importer
    known = "; ".join(importer.TITLE for importer in IMPORTERS)
    raise UnknownPublication(f"{source.name}: no importer recognises it ({_seen(source)}). Known are: {known}.")


def _seen(source: Source) -> str:
    if not source.content:
        return "the file is empty"
    if source.is_workbook:
        if not source.sheet:
            return "a zip archive that is no xlsx workbook: unpack it and import the files in it"
        return f"a workbook whose first sheet starts with {_first_words(source.sheet)}"
    return f"it starts with {_first_words(source.records)}"


def _first_words(rows: list[list[str]]) -> str:
    first = next((cell.strip() for row in rows for cell in row if cell.strip()), "")
    return repr(first[:60])


def _next_revision(earlier: list[StoredRelease]) -> int:
    return max((one.manifest.revision for one in earlier), default=0) + 1


def _manifest(
    importer: Importer, source: Source, parsed: Parsed, *, revision: int, imported_on: date | None
) -> Manifest:
    return Manifest(
        publication=importer.PUBLICATION, release=parsed.release, revision=revision, file_name=source.name,
        sha256=source.sha256, effective=parsed.effective, read=parsed.read, kept=parsed.kept,
        set_aside=parsed.set_aside_by_reason, coverage=parsed.coverage, notes=parsed.notes, imported_on=imported_on,
    )  # fmt: skip
