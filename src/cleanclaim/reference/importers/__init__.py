"""Importers, one module per publication, all alike: `PUBLICATION`, `TITLE`, `recognise(source)` and `parse(source)`.

A file is recognised by its content, never by its name. Fetching a release from its publisher (`fetch(release) -> path`)
is not here yet: files are given by their path. What has no official layout is read by a `layout`, a YAML file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cleanclaim.errors import KnowsLess, NotImported, UnknownPublication, UnreadableInput
from cleanclaim.reference.diff import gone_since
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
    icd10cm_codes,
    icd10cm_order,
    icd10cm_tabular,
    ncci_add_on,
    ncci_mue,
    ncci_ptp,
    opps_addendum_b,
)
from cleanclaim.reference.importers.archive import MemberSetAside, is_archive, members
from cleanclaim.reference.importers.headers import changed_header
from cleanclaim.reference.importers.layout_importer import LayoutImporter, shipped_layouts
from cleanclaim.reference.importers.parsed import Parsed
from cleanclaim.reference.importers.pieces import InPieces, Piece, join_pieces
from cleanclaim.reference.importers.recognised_only import recognised_only
from cleanclaim.reference.importers.source import Source
from cleanclaim.reference.index import IndexNotWritten, write_index
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
    ncci_mue,
    ncci_ptp,
    ncci_add_on,
    icd10cm_tabular,
    icd10cm_order,
    icd10cm_codes,
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
class Read:
    """A file that was recognised and parsed, not yet in a library."""

    source: Source
    importer: Importer
    parsed: Parsed
    piece: Piece | None = None  # when it is one of several files of its release

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
    reads, aside = read_source(source, LayoutImporter.read(layout) if layout else None)
    library.mkdir(parents=True, exist_ok=True)
    with locked(library):
        remove_temporary(library)
        reports = [store(library, one, imported_on) for one in joined(reads)]
        if not all(report.already_there for report in reports):
            refresh_index(library)
    return [*reports, *aside]


def read_source(
    source: Source, own: LayoutImporter | None = None, pieces: dict[Piece, str] | None = None
) -> tuple[list[Read], list[MemberSetAside]]:
    """The releases of a file, or of every member of an archive, and what was set aside.

    A release in several files is read piece by piece: `joined` makes it whole. `pieces` are those that were read from
    other files, with the names of these; what is read is added.
    """
    pieces = {} if pieces is None else pieces
    aside: list[MemberSetAside] = []
    if is_archive(source):
        return _read_archive(source, aside, own, pieces), aside
    importer = own or recognise(source)
    if twice := _read_before(source, importer, pieces):
        return [], [MemberSetAside("", source.name, twice)]
    return [_read(source, importer, pieces)], aside


def joined(reads: Sequence[Read]) -> list[Read]:
    """The releases, those in several files joined.

    Raises: UnreadableInput when a piece of one is missing.
    """
    whole = [one for one in reads if one.piece is None]
    by_release: dict[tuple[str, str], list[Read]] = {}
    for one in reads:
        if one.piece:
            by_release.setdefault((one.importer.PUBLICATION, one.piece.of), []).append(one)
    return whole + [_joined(several) for several in by_release.values()]


def _joined(reads: Sequence[Read]) -> Read:
    several = [(one.piece, one.parsed, one.source) for one in reads if one.piece]
    joining: Importer | InPieces = reads[0].importer
    if not isinstance(joining, InPieces):
        raise TypeError(f"{reads[0].importer.PUBLICATION} has no pieces")
    whole = joining.join([(piece, parsed) for piece, parsed, _ in several])
    return Read(join_pieces(several), reads[0].importer, whole)


def refresh_index(library: Path) -> str | None:
    """Brings the look-up index up to date; why not, when it can't be written. The caller holds the lock.

    The index only repeats what the releases say: without it the next look-up builds it, or answers from memory.
    """
    try:
        write_index(Library.open(library))
    except IndexNotWritten as problem:
        return str(problem)
    return None


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
    for importer in IMPORTERS:
        if changed := changed_header(source, getattr(importer, "HEADER", ())):
            raise UnknownPublication(
                f"{source.place}: looks like {importer.TITLE}, but {changed}. The publisher changed the layout,"
                " or it is another file: nothing was imported. A layout of your own can read it, or a newer cleanclaim."
            )
    raise UnknownPublication(
        f"{source.place}: no importer recognises it ({_seen(source)}). Known are: {'; '.join(known_titles())}."
    )


def known_titles() -> tuple[str, ...]:
    """The publications that there is an importer for, in words."""
    return tuple(dict.fromkeys(importer.TITLE for importer in (*IMPORTERS, *shipped_layouts())))


def _read_before(source: Source, importer: Importer, pieces: dict[Piece, str]) -> str | None:
    first = pieces.get(importer.piece(source)) if isinstance(importer, InPieces) else None
    return f"the same piece of its release as {first}, which was read" if first else None


def _read(source: Source, importer: Importer, pieces: dict[Piece, str]) -> Read:
    parsed = importer.parse(source)
    if isinstance(importer, InPieces):
        piece = importer.piece(source)
        pieces[piece] = source.name
        return Read(replace(source, content=b""), importer, parsed, piece)  # the text of four large files need not wait
    if source.release and _plain_name(parsed.release) != _plain_name(source.release):
        raise UnreadableInput(
            f"{source.place}: the file says that it is {parsed.release}; --release says {source.release}"
        )
    return Read(source, importer, parsed)


def _plain_name(release: str) -> str:
    return release.strip().casefold().replace("-", "")


def _read_archive(
    source: Source, aside: list[MemberSetAside], own: LayoutImporter | None, pieces: dict[Piece, str]
) -> list[Read]:
    """The members that are releases, one for each release; the others go to `aside`."""
    files, without_data = members(source)
    aside += without_data
    reads: dict[tuple[str, str, str, Piece | None], Read] = {}
    for member in sorted(files, key=_rank):
        try:
            importer = own or recognise(member)
            if twice := _read_before(member, importer, pieces):
                aside.append(MemberSetAside(source.name, member.name, twice))
                continue
            one = _read(member, importer, pieces)
        except NotImported as problem:
            aside.append(MemberSetAside(source.name, member.name, str(problem).removeprefix(f"{member.place}: ")))
            continue
        except UnknownPublication:
            aside.append(MemberSetAside(source.name, member.name, f"no importer recognises it ({_seen(member)})"))
            continue
        if (*one.key, one.piece) in reads:
            first = reads[*one.key, one.piece]
            aside.append(MemberSetAside(source.name, member.name, _same_release(first, one)))
        else:
            reads[*one.key, one.piece] = one
    if not reads:
        told = "; ".join(f"{one.member}: {one.reason}" for one in aside)
        raise UnknownPublication(f"{source.name}: no member of the archive is imported. {told}")
    return list(reads.values())


def _rank(source: Source) -> tuple[int, bool]:
    rank = next((number for number, one in enumerate(IMPORTERS) if one.recognise(source)), len(IMPORTERS))
    return rank, source.is_packed  # of two formats that one importer reads, the text: it is quicker


def _same_release(first: Read, other: Read) -> str:
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


def store(library: Path, one: Read, imported_on: date | None = None) -> ImportReport:
    """The release, written by the holder of the library's lock: whole, or the library stays as it was.

    Raises: KnowsLess when it tells less than what it would replace; LibraryError when it can't be written.
    """
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
    if earlier:
        manifest = manifest.with_notes(gone_since(earlier[-1], one.parsed.tables))
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


def _manifest(one: Read, *, revision: int, imported_on: date | None) -> Manifest:
    parsed, source = one.parsed, one.source
    return Manifest(
        publication=one.importer.PUBLICATION, release=parsed.release, revision=revision, file_name=source.name,
        sha256=source.sha256, effective=parsed.effective, read=parsed.read, kept=parsed.kept,
        set_aside=parsed.set_aside_by_reason, coverage=parsed.coverage, notes=parsed.notes, imported_on=imported_on,
        archive=source.archive, tells=parsed.tells, series=parsed.series, thin=parsed.thin,
    )  # fmt: skip
