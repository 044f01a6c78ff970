"""Importers, one module per publication, all alike: `PUBLICATION`, `TITLE`, `recognise(source)` and `parse(source)`.

A file is recognised by its content, never by its name. Fetching a release from its publisher (`fetch(release) -> path`)
is not here yet: files are given by their path. What has no official layout is read by a `layout`, a YAML file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cleanclaim.errors import KnowsLess, NotImported, UnknownPublication, UnreadableInput
from cleanclaim.reference.importers import (
    asp_crosswalk,
    asp_csv,
    asp_noc,
    asp_noc_crosswalk,
    fda_packages,
    fda_products,
    hcpcs_codes,
    hcpcs_fixed,
    hcpcs_noc_codes,
    hcpcs_notes,
    hcpcs_xlsx,
    opps_addendum_b,
)
from cleanclaim.reference.importers.archive import MemberSetAside, is_archive, members
from cleanclaim.reference.importers.layout_importer import LayoutImporter, shipped_layouts
from cleanclaim.reference.importers.parsed import Parsed
from cleanclaim.reference.importers.recognised_only import recognised_only
from cleanclaim.reference.importers.source import Source
from cleanclaim.reference.index import write_index
from cleanclaim.reference.library import Library
from cleanclaim.reference.lock import locked
from cleanclaim.reference.manifest import Manifest
from cleanclaim.reference.releases import StoredRelease, remove_temporary, stored_releases, write_release

if TYPE_CHECKING:
    import pyarrow as pa


class Importer(Protocol):
    """One publication: recognised by its content, parsed into the tables of one release."""

    @property
    def PUBLICATION(self) -> str:  # noqa: N802 - modules have it as a constant
        """Name of the publication, of which the file is a release."""

    @property
    def TITLE(self) -> str:  # noqa: N802
        """What the publication is, in words."""

    def recognise(self, source: Source) -> bool:
        """Whether the file is this publication."""

    def parse(self, source: Source) -> Parsed:
        """The release that the file holds."""


# In an archive, the first of these that reads a release has it: the sheet has descriptors whole, the text in pieces.
IMPORTERS: tuple[Importer, ...] = (
    hcpcs_xlsx,
    hcpcs_fixed,
    hcpcs_codes,
    hcpcs_notes,
    hcpcs_noc_codes,
    asp_csv,
    asp_crosswalk,
    asp_noc,
    asp_noc_crosswalk,
    opps_addendum_b,
    fda_packages,
    fda_products,
)


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


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was recognised and parsed."""

    source: Source
    importer: Importer
    parsed: Parsed

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes another file a revision of it."""
        return self.importer.PUBLICATION, self.parsed.series, self.parsed.release


def import_file(
    library: Path,
    path: Path,
    *,
    imported_on: date | None = None,
    release: str | None = None,
    partial: bool = False,
    layout: Path | None = None,
) -> ImportReport:
    """The release of a file, put into a library folder: whole or not at all; the same file again changes nothing.

    `release` names the release where the file does not; `partial` says that the file is an excerpt; `layout` is a YAML
    file that describes it.

    Raises: UnknownPublication, UnreadableInput or OverlappingValidity for the file; KnowsLess, LibraryBusy for the
    library. An archive with several releases is for `import_all`.
    """
    done = import_all(library, path, imported_on=imported_on, release=release, partial=partial, layout=layout)
    reports = [one for one in done if isinstance(one, ImportReport)]
    if len(reports) != 1:
        raise UnreadableInput(f"{path.name}: an archive of {len(reports)} releases, not of one")
    return reports[0]


def import_all(
    library: Path,
    path: Path,
    *,
    imported_on: date | None = None,
    release: str | None = None,
    partial: bool = False,
    layout: Path | None = None,
) -> list[ImportReport | MemberSetAside]:
    """The releases of a file, or of every member of a zip archive, and the members that were set aside.

    Everything is read before anything is written: a member that can't be read leaves the library as it was.

    Raises: as `import_file`; UnknownPublication when no member of an archive is known.
    """
    source = Source.read(path, release=release, partial=partial)
    own = LayoutImporter.read(layout) if layout else None
    aside: list[MemberSetAside] = []
    reads = _read_archive(source, aside, own) if is_archive(source) else [_read(source, own)]
    library.mkdir(parents=True, exist_ok=True)
    with locked(library):
        remove_temporary(library)
        reports = [_write(library, one, imported_on) for one in reads]
        if not all(report.already_there for report in reports):
            write_index(Library.open(library))
    return [*reports, *aside]


def recognise(source: Source) -> Importer:
    """The importer of a file.

    Raises: UnknownPublication says what was seen and which publications are known; NotImported, which publication it
    is that no importer reads, and why.
    """
    found = next((one for one in IMPORTERS if one.recognise(source)), None)
    # Layouts are read only when no importer knows the file.
    found = found or next((one for one in shipped_layouts() if one.recognise(source)), None)
    if found:
        return found
    if other := recognised_only(source):
        raise NotImported(f"{source.place}: this is {other.title}; {other.why}.")
    titles = "; ".join(dict.fromkeys(importer.TITLE for importer in (*IMPORTERS, *shipped_layouts())))
    raise UnknownPublication(f"{source.place}: no importer recognises it ({_seen(source)}). Known are: {titles}.")


def _read(source: Source, own: LayoutImporter | None = None) -> _Read:
    importer = own or recognise(source)
    parsed = importer.parse(source)
    if source.release and parsed.release.replace("-", "") != source.release.strip().upper().replace("-", ""):
        raise UnreadableInput(
            f"{source.place}: the file says that it is {parsed.release}; --release says {source.release}"
        )
    return _Read(source, importer, parsed)


def _read_archive(source: Source, aside: list[MemberSetAside], own: LayoutImporter | None) -> list[_Read]:
    """The members that are releases, one for each release; the others go to `aside`."""
    files, without_data = members(source)
    aside += without_data
    reads: dict[tuple[str, str, str], _Read] = {}
    for member in sorted(files, key=_rank):
        try:
            one = _read(member, own)
        except NotImported as problem:
            aside.append(MemberSetAside(source.name, member.name, str(problem).removeprefix(f"{member.place}: ")))
            continue
        except UnknownPublication:
            aside.append(MemberSetAside(source.name, member.name, f"no importer recognises it ({_seen(member)})"))
            continue
        if one.key in reads:
            first = reads[one.key]
            aside.append(MemberSetAside(source.name, member.name, _same_release(first, one)))
        else:
            reads[one.key] = one
    if not reads:
        told = "; ".join(f"{one.member}: {one.reason}" for one in aside)
        raise UnknownPublication(f"{source.name}: no member of the archive is imported. {told}")
    return list(reads.values())


def _rank(source: Source) -> int:
    return next((number for number, one in enumerate(IMPORTERS) if one.recognise(source)), len(IMPORTERS))


def _same_release(first: _Read, other: _Read) -> str:
    what = f"the same release as {first.source.name}, which was imported, in another format"
    differing = 0
    for name, table in first.parsed.tables.items():
        rows, others = (_texts(one) for one in (table, other.parsed.tables[name]))
        differing += max(len(rows - others), len(others - rows))
    return what if not differing else f"{what}; {differing} rows differ"


def _texts(table: pa.Table) -> set[tuple[str, ...]]:
    """The rows as texts, runs of blanks as one: a sheet and a print differ in them."""
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return {tuple(" ".join(str(cell).split()) for cell in row) for row in rows}


def _write(library: Path, one: _Read, imported_on: date | None) -> ImportReport:
    """The release, written by the holder of the library's lock."""
    earlier = [stored for stored in stored_releases(library) if _key(stored.manifest) == one.key]
    same = next((stored for stored in earlier if stored.manifest.sha256 == one.source.sha256), None)
    if same:
        return ImportReport(same, already_there=True)
    if earlier and one.parsed.thin and not earlier[-1].manifest.thin:
        raise KnowsLess(
            f"{one.source.place}: the library has {earlier[-1].manifest.label} from {earlier[-1].manifest.origin},"
            " which tells more than this excerpt or list; it was not imported"
        )
    manifest = _manifest(one, revision=_next_revision(earlier), imported_on=imported_on)
    stored = write_release(library, manifest, one.parsed.tables)
    return ImportReport(stored, already_there=False, replaces=earlier[-1].manifest.label if earlier else None)


def _seen(source: Source) -> str:
    if not source.content:
        return "the file is empty"
    begin = source.content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if begin.startswith(b"<") and not begin.startswith(b"<?xml"):
        return "a web page in place of a file: the publisher asked for something first, such as accepting a licence"
    if source.content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text in UTF-16: save it as CSV in the encoding of the publisher"
    if source.is_packed:
        if not source.sheet:
            return "a damaged zip archive or workbook"
        return f"a workbook whose first sheet starts with {_first_words(source.sheet)}"
    return f"it starts with {_first_words(source.head)}"


def _first_words(rows: list[list[str]]) -> str:
    first = next((cell.strip() for row in rows for cell in row if cell.strip()), "")
    return repr(first[:60])


def _key(manifest: Manifest) -> tuple[str, str, str]:
    return manifest.publication, manifest.series, manifest.release


def _next_revision(earlier: list[StoredRelease]) -> int:
    return max((one.manifest.revision for one in earlier), default=0) + 1


def _manifest(one: _Read, *, revision: int, imported_on: date | None) -> Manifest:
    parsed, source = one.parsed, one.source
    return Manifest(
        publication=one.importer.PUBLICATION, release=parsed.release, revision=revision, file_name=source.name,
        sha256=source.sha256, effective=parsed.effective, read=parsed.read, kept=parsed.kept,
        set_aside=parsed.set_aside_by_reason, coverage=parsed.coverage, notes=parsed.notes, imported_on=imported_on,
        archive=source.archive, tells=parsed.tells, series=parsed.series, thin=parsed.thin,
    )  # fmt: skip
