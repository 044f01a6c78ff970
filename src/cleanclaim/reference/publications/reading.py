"""Files read into releases that are not yet in a library: alone, from an archive, or as pieces of one release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleanclaim.errors import NotImported, UnknownPublication, UnreadableInput
from cleanclaim.reference.publications import IMPORTERS, Importer, recognize, seen
from cleanclaim.reference.publications.archive import MemberSetAside, is_archive, members
from cleanclaim.reference.publications.layout_importer import LayoutImporter
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.pieces import InPieces, Piece, join_pieces
from cleanclaim.reference.publications.source import Source

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was recognized and parsed, not yet in a library."""

    source: Source
    importer: Importer
    parsed: Parsed
    piece: Piece | None = None  # when it is one of several files of its release

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes another file a revision of it."""
        return self.importer.PUBLICATION, self.parsed.series, self.parsed.release


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
    importer = own or recognize(source)
    if twice := _read_before(source, importer, pieces):
        return [], [MemberSetAside("", source.name, twice)]
    return [_read(source, importer, pieces)], aside


def joined(reads: Sequence[Read]) -> list[Read]:
    """The releases, those in several files joined.

    Raises: UnreadableInput when a piece of one is missing.
    """
    whole = [one for one in reads if one.piece is None]
    by_release: dict[tuple[str, str], list[Read]] = {}
    for read in reads:
        if read.piece:
            by_release.setdefault((read.importer.PUBLICATION, read.piece.of), []).append(read)
    return whole + [_joined(several) for several in by_release.values()]


def _joined(reads: Sequence[Read]) -> Read:
    several = [(one.piece, one.parsed, one.source) for one in reads if one.piece]
    joining: Importer | InPieces = reads[0].importer
    if not isinstance(joining, InPieces):
        raise TypeError(f"{reads[0].importer.PUBLICATION} has no pieces")
    whole = joining.join([(piece, parsed) for piece, parsed, _ in several])
    return Read(join_pieces(several), reads[0].importer, whole)


def _read_archive(
    source: Source, aside: list[MemberSetAside], own: LayoutImporter | None, pieces: dict[Piece, str]
) -> list[Read]:
    """The members that are releases, one for each release; the others go to `aside`."""
    files, without_data = members(source)
    aside += without_data
    reads: dict[tuple[str, str, str, Piece | None], Read] = {}
    for member in sorted(files, key=_rank):
        try:
            importer = own or recognize(member)
            if twice := _read_before(member, importer, pieces):
                aside.append(MemberSetAside(source.name, member.name, twice))
                continue
            read = _read(member, importer, pieces)
        except NotImported as problem:
            aside.append(MemberSetAside(source.name, member.name, str(problem).removeprefix(f"{member.place}: ")))
            continue
        except UnknownPublication:
            aside.append(MemberSetAside(source.name, member.name, f"no importer recognizes it ({seen(member)})"))
            continue
        if (*read.key, read.piece) in reads:
            first = reads[*read.key, read.piece]
            aside.append(MemberSetAside(source.name, member.name, _same_release(first, read)))
        else:
            reads[*read.key, read.piece] = read
    if not reads:
        reasons = "; ".join(f"{one.member}: {one.reason}" for one in aside)
        raise UnknownPublication(f"{source.name}: no member of the archive is imported. {reasons}")
    return list(reads.values())


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


def _read_before(source: Source, importer: Importer, pieces: dict[Piece, str]) -> str | None:
    first = pieces.get(importer.piece(source)) if isinstance(importer, InPieces) else None
    return f"the same piece of its release as {first}, which was read" if first else None


def _plain_name(release: str) -> str:
    return release.strip().casefold().replace("-", "")


def _rank(source: Source) -> tuple[int, bool]:
    rank = next((number for number, one in enumerate(IMPORTERS) if one.recognize(source)), len(IMPORTERS))
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
