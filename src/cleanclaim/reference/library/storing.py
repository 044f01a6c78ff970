"""Releases that were read, put into a library: whole or not at all, as a new release or a revision of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cleanclaim.errors import KnowsLess
from cleanclaim.reference.library.diff import gone_since
from cleanclaim.reference.library.releases import StoredRelease, stored_releases, write_release
from cleanclaim.reference.manifest import Manifest
from cleanclaim.reference.publications.reading import Read


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


def store(library: Path, read: Read, imported_on: date | None = None) -> ImportReport:
    """The release, written by the holder of the library's lock: whole, or the library stays as it was.

    Raises: KnowsLess when it tells less than what it would replace; LibraryError when it can't be written.
    """
    earlier = [stored for stored in stored_releases(library) if _key(stored.manifest) == read.key]
    same = next((stored for stored in earlier if stored.manifest.sha256 == read.source.sha256), None)
    if same:
        return ImportReport(same, already_there=True)
    if earlier and read.parsed.thin and not earlier[-1].manifest.thin:
        raise KnowsLess(
            f"{read.source.place}: the library has {earlier[-1].manifest.label} from {earlier[-1].manifest.origin},"
            " which tells more than this excerpt or list; it was not imported"
        )
    manifest = _manifest(read, revision=_next_revision(earlier), imported_on=imported_on)
    if earlier:
        manifest = manifest.with_notes(gone_since(earlier[-1], read.parsed.tables))
    stored = write_release(library, manifest, read.parsed.tables)
    return ImportReport(stored, already_there=False, replaces=earlier[-1].manifest.label if earlier else None)


def _key(manifest: Manifest) -> tuple[str, str, str]:
    return manifest.publication, manifest.series, manifest.release


def _next_revision(earlier: list[StoredRelease]) -> int:
    return max((one.manifest.revision for one in earlier), default=0) + 1


def _manifest(read: Read, *, revision: int, imported_on: date | None) -> Manifest:
    parsed, source = read.parsed, read.source
    return Manifest(
        publication=read.importer.PUBLICATION, release=parsed.release, revision=revision, file_name=source.name,
        sha256=source.sha256, effective=parsed.effective, read=parsed.read, kept=parsed.kept,
        set_aside=parsed.set_aside_by_reason, coverage=parsed.coverage, notes=parsed.notes, imported_on=imported_on,
        archive=source.archive, tells=parsed.tells, series=parsed.series, thin=parsed.thin,
    )  # fmt: skip
