"""A pull on paper: what there is, which file was found and why, what came, and what to do by hand where it did not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from cleanclaim.cli import CANNOT_RUN
from cleanclaim.cli.imports import exit_code, write_run
from cleanclaim.cli.progress import watching
from cleanclaim.errors import InvalidValue, LibraryBusy, NotFetched
from cleanclaim.reference.library import Library
from cleanclaim.reference.publications import IMPORTERS
from cleanclaim.reference.publications.fetching.addresses import LICENSES, Publisher, publisher, publishers
from cleanclaim.reference.publications.fetching.choosing import Candidate, Choice
from cleanclaim.reference.publications.fetching.files import Fetched, Terms, fetch
from cleanclaim.reference.publications.fetching.finding import Found, find
from cleanclaim.reference.publications.fetching.release_names import Naming
from cleanclaim.reference.publications.fetching.web import Web

if TYPE_CHECKING:
    from cleanclaim.reference.importing import ImportRun

_MOST_OTHERS = 5


def write_pullable(library: Library, out: TextIO) -> None:
    """The publications that can be pulled, each with the newest release that the library has."""
    known = {importer.PUBLICATION for importer in IMPORTERS}
    for name, one in publishers().items():
        have = [manifest for manifest in library.releases if manifest.publication in one.gives]
        newest = max(have, key=lambda manifest: manifest.effective.first, default=None)
        out.write(f"{name}: {one.title}\n")
        out.write(f"  in the library  {newest.label if newest else 'none'}\n")
        if not known.intersection(one.gives):
            out.write("  no importer of this version reads it\n")
        out.write(f"  from            {one.address}\n")
        if one.license:
            out.write(f"  license         of {LICENSES[one.license]}, to be accepted: --accept-license\n")


def pull(publication: str, release: str | None, address: str | None, library: Path, terms: Terms) -> int:
    """The exit code of a pull, told step by step: found, fetched, imported.

    Raises: what finding, fetching and importing raise, with what to do by hand.
    """
    web, where = Web(), publisher(publication)
    with _by_hand(publication, where):
        found = find(web, publication, where, release, address=address)
        write_found(found, sys.stdout)
        sys.stdout.flush()
        with watching() as watch:
            fetched = fetch(web, library, found, terms, watch)
    write_fetched(fetched, sys.stdout)
    sys.stdout.flush()
    for problem in fetched.failed:
        sys.stderr.write(f"cleanclaim: {_with_advice(problem, publication, where)}\n")
    if not fetched.files:
        return CANNOT_RUN
    run = _import(library, fetched, _stated_release(found, where, fetched))
    code = exit_code(run)
    if run.reports and found.release not in {None, *(report.manifest.release for report in run.reports)}:
        sys.stderr.write(f"cleanclaim: {publication}: {found.release} was asked for, and is not what the file says\n")
        code = max(code, 1)
    return max(code, 1) if fetched.failed or found.missing else code


def write_found(found: Found, out: TextIO) -> None:
    """Which files were found, and of several which is taken and why."""
    out.write(f"{found.publication} {found.release or 'as published'}, found at {found.page}\n")
    for choice in found.choices:
        out.writelines(_choice_lines(choice))
    for part in found.missing:
        out.write(f"  no link for {part}\n")


def write_fetched(fetched: Fetched, out: TextIO) -> None:
    """What came."""
    for file in fetched.files:
        came = "not changed since it was fetched" if file.unchanged else "fetched"
        out.write(f"{file.path.name}: {came}, {file.size:,} bytes, sha256 {file.sha256}\n")


def _choice_lines(choice: Choice) -> Iterator[str]:
    part = f" {choice.taken.part}" if choice.taken.part else ""
    yield f"  takes{part} {_named(choice.taken)}{f': {choice.why}' if choice.why else ''}\n"
    for other in choice.others[:_MOST_OTHERS]:
        yield f"    not {_named(other)}\n"
    if len(choice.others) > _MOST_OTHERS:
        yield f"    nor {len(choice.others) - _MOST_OTHERS} more\n"


def _named(one: Candidate) -> str:
    return f'"{one.link.text}" {one.link.address}' if one.link.text else one.link.address


def _stated_release(found: Found, where: Publisher, fetched: Fetched) -> str | None:
    """What the import is told that the files are, so that a wrong link on the page is found out.

    A directory that is refreshed every day is of the day on which the publisher did so.
    """
    if where.release is Naming.NEWEST:
        return next((file.modified.isoformat() for file in fetched.files if file.modified), None)
    return None if where.mixed else found.release


def _import(library: Path, fetched: Fetched, release: str | None) -> ImportRun:
    from cleanclaim.reference.importing import import_files  # noqa: PLC0415 - heavy, and only now needed

    paths = [file.path for file in fetched.files]
    try:
        with watching(of_files=True) as watch:
            run = import_files(library, paths, release=release, watch=watch)
    except LibraryBusy as busy:
        raise LibraryBusy(f"{busy} What was fetched stays and is not fetched again.") from None
    write_run(run, sys.stdout, sys.stderr)
    return run


@contextmanager
def _by_hand(publication: str, where: Publisher) -> Iterator[None]:
    try:
        yield
    except NotFetched as problem:
        raise type(problem)(_with_advice(problem, publication, where)) from None
    except InvalidValue as problem:
        raise InvalidValue(f"{publication}: {problem}") from None


def _with_advice(problem: NotFetched, publication: str, where: Publisher) -> str:
    told = str(problem).rstrip(".")
    return (
        f"{publication}: {told}. By hand: download it from {where.address} and run `cleanclaim reference import FILE`;"
        " an address that you know is given by --from URL"
    )
