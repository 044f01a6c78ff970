"""The files that were found, brought into the library's folder of downloads: past a license only when it is accepted.

Accepting sends what the button of the license page sends. Whose license it is and where it stands is told before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from cleanclaim.errors import InvalidValue, LicenseNeeded, NotFetched
from cleanclaim.reference.lock import locked
from cleanclaim.reference.publications.fetching.addresses import LICENSES
from cleanclaim.reference.publications.fetching.download import MOST_BYTES, Downloaded, Wanted, Watch, download
from cleanclaim.reference.publications.fetching.finding import Found
from cleanclaim.reference.publications.fetching.page import Link, asks_for_license
from cleanclaim.reference.publications.fetching.web import PageCame, Web

FOLDER = "downloads"

_ACCEPTED = "agree=yes&next=Accept"  # what the button `Accept` of the license pages adds to the file's address


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms files are taken."""

    license_accepted: bool = False
    sha256: str | None = None
    most_bytes: int = MOST_BYTES


@dataclass(slots=True)
class Fetched:
    """The files that came, and those that did not, each with the reason."""

    files: list[Downloaded] = field(default_factory=list)
    failed: list[NotFetched] = field(default_factory=list)


def fetch(web: Web, library: Path, found: Found, terms: Terms, watch: Watch | None = None) -> Fetched:
    """The files of a release, in `downloads/<publication>` of the library. What fails does not stop the others.

    Raises: LicenseNeeded before anything is fetched; InvalidValue for one checksum and several files; LibraryBusy when
    another pull is fetching the same publication; LibraryError when the folder can't be written.
    """
    if terms.sha256 and len(found.links) != 1:
        raise InvalidValue(f"--sha256 is of one file; {found.release or found.publication} has {len(found.links)}")
    if asked := [link for link in found.links if link.license]:
        _refuse_unless_accepted(terms, asked)
    folder = library / FOLDER / found.publication
    folder.mkdir(parents=True, exist_ok=True)
    fetched = Fetched()
    with locked(folder, doing="pull", writes="to this folder"):
        for link, target in zip(found.links, _targets(folder, found), strict=True):
            wanted = Wanted(
                _accepted(link.address) if link.license else link.address, target, terms.sha256, terms.most_bytes, watch
            )
            try:
                fetched.files.append(_fetch_one(web, wanted, link, terms))
            except LicenseNeeded:
                raise
            except NotFetched as problem:
                fetched.failed.append(problem)
    return fetched


def _fetch_one(web: Web, wanted: Wanted, link: Link, terms: Terms) -> Downloaded:
    try:
        return download(web, wanted)
    except PageCame as came:
        if not asks_for_license(came.html, came.address):
            raise NotFetched(
                f"{link.address}: a web page came, not a file. The publisher moved it, or wants a browser"
            ) from None
        asked = replace(link, license=link.license or "", license_page=came.address)
    _refuse_unless_accepted(terms, [asked])
    if wanted.address == _accepted(link.address):
        raise NotFetched(
            f"{link.address}: the page of a license came although it was accepted; accept it in a browser,"
            f" at {asked.license_page}"
        )
    return _fetch_one(web, replace(wanted, address=_accepted(link.address)), link, terms)


def _refuse_unless_accepted(terms: Terms, asked: list[Link]) -> None:
    if terms.license_accepted:
        return
    owners = [LICENSES[name] for name in dict.fromkeys(link.license or "" for link in asked) if name in LICENSES]
    whose = " and ".join(owners) or "the owner of the codes"
    raise LicenseNeeded(
        f"the publisher gives {', '.join(link.file_name for link in asked)} only to who accepts the license of {whose}."
        f" Read it at {asked[0].license_page}. If you accept it, for yourself or your organization, run the"
        " same with --accept-license"
    )


def _accepted(address: str) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{_ACCEPTED}"


def _targets(folder: Path, found: Found) -> list[Path]:
    """A name for each file: two files of one name, from two addresses, don't overwrite each other."""
    names: list[str] = []
    for link in found.links:
        name = link.file_name
        names.append(f"{len(names)}-{name}" if name in names else name)
    return [folder / name for name in names]
