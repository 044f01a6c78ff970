"""Imports: of a file, of an archive, of several files or a folder, where what is no publication is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cleanclaim.errors import (
    KnowsLess,
    LibraryError,
    NotImported,
    OverlappingValidity,
    UnknownPublication,
    UnreadableInput,
)
from cleanclaim.reference.codes.index import IndexNotWritten, write_index
from cleanclaim.reference.library import Library
from cleanclaim.reference.library.releases import remove_temporary, stored_releases
from cleanclaim.reference.library.storing import ImportReport, store
from cleanclaim.reference.lock import locked
from cleanclaim.reference.publications.archive import MemberSetAside
from cleanclaim.reference.publications.layout_importer import LayoutImporter
from cleanclaim.reference.publications.pieces import Piece
from cleanclaim.reference.publications.reading import Read, joined, read_source
from cleanclaim.reference.publications.source import Source

Watch = Callable[[str, int, int], None]  # what is being done, files done, files in all

_ISSUED = re.compile(r"(?<![0-9])(0[1-9]|1[0-2])\.?([0-2][0-9]|3[01])\.?([0-9]{2})(?![0-9])")  # MMDDYY, MM.DD.YY

# Whatever is wrong with one file; a library that can't be written stops them all.
_OF_THE_FILE = (UnreadableInput, UnknownPublication, NotImported, KnowsLess, OverlappingValidity)


@dataclass(frozen=True, slots=True)
class Refused:
    """A file of which nothing was imported, and why."""

    place: str
    why: str
    known: bool = False  # whether it is of a publication, or of none that there is


@dataclass(slots=True)
class ImportRun:
    """What became of each file."""

    reports: list[ImportReport] = field(default_factory=list)
    aside: list[MemberSetAside] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    without_index: str | None = None  # why the look-up index could not be written


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

    Everything is read before anything is written: a member that can't be read leaves the library as it was. The
    look-up index is left to the next look-up: who imports one file after another pays for it once.

    Raises: as `import_file`; UnknownPublication when no member of an archive is known.
    """
    source = Source.read(path, release=release, partial=partial)
    reads, aside = read_source(source, LayoutImporter.read(layout) if layout else None)
    library.mkdir(parents=True, exist_ok=True)
    with locked(library):
        remove_temporary(library)
        reports = [store(library, one, imported_on) for one in joined(reads)]
    return [*reports, *aside]


def import_files(
    library: Path,
    paths: Sequence[Path],
    *,
    imported_on: date | None = None,
    release: str | None = None,
    partial: bool = False,
    layout: Path | None = None,
    watch: Watch | None = None,
) -> ImportRun:
    """The releases of files, and of every file in folders, put into a library: each whole or not at all.

    A file that is refused does not stop the others. A release in several files is imported when all of them are given.
    Folders are walked, without what begins with a dot; of two issues of one release the later one has the say, by the
    day in their names (`... 091725.csv`), `revised` last.

    Raises: LibraryBusy, at once, when another import is at work; LibraryError when the library can't be written (what
    was imported before stays, whole); UnreadableInput for a path that is not there.
    """
    files = list(_walk(paths))
    own = LayoutImporter.read(layout) if layout else None
    library.mkdir(parents=True, exist_ok=True)
    run, pieces, seen = ImportRun(), list[Read](), dict[Piece, str]()
    with locked(library):
        remove_temporary(library)
        there = {one.manifest.sha256: one for one in stored_releases(library)}
        for number, path in enumerate(files):
            _tell(watch, f"reading {path.name}", number, len(files))
            try:
                source = Source.read(path, release=release, partial=partial)
                if source.sha256 in there and not release:
                    run.reports.append(ImportReport(there[source.sha256], already_there=True))
                    continue
                reads, aside = read_source(source, own, seen)
                run.aside += aside
                pieces += [one for one in reads if one.piece]
                run.reports += [store(library, one, imported_on) for one in reads if not one.piece]
            except _OF_THE_FILE as problem:
                run.refused.append(_refused(path, problem))
        _store_joined(library, pieces, run, imported_on)
        if not all(report.already_there for report in run.reports):
            _tell(watch, "building the look-up index", len(files), len(files))
            run.without_index = refresh_index(library)
    return run


def refresh_index(library: Path) -> str | None:
    """Brings the look-up index up to date; why not, when it can't be written. The caller holds the lock.

    The index only repeats what the releases say: without it the next look-up builds it, or answers from memory.
    """
    try:
        write_index(Library.open(library))
    except IndexNotWritten as problem:
        return str(problem)
    return None


def _store_joined(library: Path, pieces: Sequence[Read], run: ImportRun, imported_on: date | None) -> None:
    by_release: dict[tuple[str, str], list[Read]] = {}
    for read in pieces:
        by_release.setdefault((read.importer.PUBLICATION, read.piece.of if read.piece else ""), []).append(read)
    for several in by_release.values():
        try:
            run.reports += [store(library, one, imported_on) for one in joined(several)]
        except _OF_THE_FILE as problem:
            names = ", ".join(one.source.place for one in several)
            run.refused.append(Refused(names, str(problem), known=True))


def _walk(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted((one for one in path.rglob("*") if one.is_file()), key=_issue)
            yield from (one for one in inside if not any(part.startswith(".") for part in one.relative_to(path).parts))
        elif path.exists():
            yield path
        else:
            raise UnreadableInput(f"{path}: there is no such file or folder")


def _issue(path: Path) -> tuple[bool, tuple[int, int, int], str]:
    """By what the issues of one release follow each other: as (year, month, day), which need be no day."""
    days = [(int(year), int(month), int(day)) for month, day, year in _ISSUED.findall(path.name)]
    return "revis" in path.name.casefold(), max(days, default=(0, 0, 0)), str(path)


def _refused(path: Path, problem: LibraryError | UnreadableInput) -> Refused:
    why = str(problem).removeprefix(f"{path.name}: ").removeprefix(f"{path}: ")
    # One list of what is known is enough, at the end.
    return Refused(str(path), why.partition(" Known are: ")[0], known=not isinstance(problem, UnknownPublication))


def _tell(watch: Watch | None, doing: str, done: int, total: int) -> None:
    if watch:
        watch(doing, done, total)
