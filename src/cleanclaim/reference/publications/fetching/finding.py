"""The files of a release, found on the publisher's pages, where links are typed by hand and change with every issue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cleanclaim.errors import NotFetched
from cleanclaim.reference.publications.fetching.addresses import Publisher
from cleanclaim.reference.publications.fetching.choosing import Candidate, Choice, candidates, choose
from cleanclaim.reference.publications.fetching.page import Link, link_to, links_of
from cleanclaim.reference.publications.fetching.release_names import Naming, as_release, first_day
from cleanclaim.reference.publications.fetching.web import Web

_MOST_PAGES = 20  # of one list
_MOST_BELOW = 5
_MOST_TOLD = 15


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a release, not yet fetched."""

    publication: str
    release: str | None  # None where only the file tells it
    page: str  # where they were found
    choices: tuple[Choice, ...]
    license: str | None = None  # whose license all its files need, whatever their links say
    license_page: str = ""  # where that is linked
    missing: tuple[str, ...] = ()  # parts of the publication that the page has no link for

    @property
    def links(self) -> tuple[Link, ...]:
        """The files that are taken, each with the license that it needs."""
        taken = (choice.taken.link for choice in self.choices)
        return tuple(
            replace(link, license=self.license, license_page=self.license_page)
            if self.license and not link.license
            else link
            for link in taken
        )


def find(web: Web, name: str, publisher: Publisher, release: str | None = None, *, address: str | None = None) -> Found:
    """The files of a release, or of the newest one that the publisher's page has.

    `address` is another page, or the file itself, in place of those of the table.

    Raises: InvalidValue for what is no release; NotFetched when no link leads to it, with the links that there are.
    """
    asked = as_release(release, publisher.release) if release else None
    if file := address or publisher.file:
        link = link_to(file)
        if publisher.file == file or link.license or web.page(file) is None:
            return Found(name, asked, file, (Choice(Candidate(link, asked)),), publisher.license, publisher.address)
    pages = publisher.pages if address is None else (address,)
    seen: list[Link] = []
    for start in pages:
        for page, links in _list_of_pages(web, start):
            if found := _on_page(web, name, publisher, asked, page, links):
                return found
            seen += links
    raise NotFetched(_nothing_there(publisher, asked, pages, seen))


def _on_page(
    web: Web, name: str, publisher: Publisher, asked: str | None, page: str, links: Sequence[Link]
) -> Found | None:
    fitting = [one for one in candidates(links, publisher) if one.link.address != page]
    wanted = asked or max(
        (one.release for one in fitting if one.release), key=lambda one: first_day(one, publisher.release), default=None
    )
    of_release = [one for one in fitting if one.release == wanted]
    files = [one for one in of_release if one.link.is_file]
    if not files:
        for below in of_release[:_MOST_BELOW]:
            page, files = _below(web, publisher, below)
            if files:
                break
    if not files:
        return None
    choices = choose(files)
    parts = {choice.taken.part for choice in choices}
    missing = tuple(part for part in publisher.parts if part not in parts)
    return Found(name, wanted, page, choices, publisher.license, publisher.address, missing)


def _below(web: Web, publisher: Publisher, parent: Candidate) -> tuple[str, list[Candidate]]:
    """The files on the page that a link leads to: those with the words of the publication, or the only one there is."""
    page = web.page(parent.link.address)
    if page is None:  # a file whose address does not look like one
        return parent.link.address, [parent]
    links = [link for link in links_of(page.html, page.address) if link.is_file]
    files = [one for one in candidates(links, publisher, parent.release) if one.release == parent.release]
    if not files and len(links) == 1 and not publisher.parts:
        files = [Candidate(links[0], parent.release)]
    return page.address, files


def _list_of_pages(web: Web, start: str) -> Iterator[tuple[str, tuple[Link, ...]]]:
    """A page and those that its list goes on to, each with its links."""
    address: str | None = start
    asked: set[str] = set()
    while address and address not in asked and len(asked) < _MOST_PAGES:
        asked.add(address)
        page = web.page(address)
        if page is None:
            raise NotFetched(f"{address}: a file, where a page with links was expected")
        links = links_of(page.html, page.address)
        yield page.address, links
        address = next((link.address for link in links if link.next_page), None)


def _nothing_there(publisher: Publisher, asked: str | None, pages: Sequence[str], seen: Sequence[Link]) -> str:
    what = f"no link to {asked} of {publisher.title}" if asked else f"no link to {publisher.title}"
    nothing = f"{what} on {' or '.join(pages)}."
    known = list(dict.fromkeys(one.release for one in candidates(seen, publisher) if one.release))
    if known and publisher.release is not Naming.NEWEST:
        releases = sorted(known, key=lambda one: first_day(one, publisher.release))
        return f"{nothing} Releases there: {', '.join(releases)}."
    files = list(dict.fromkeys(link.text or link.file_name for link in seen if link.is_file))
    if not files:
        return f"{nothing} There is no link to a file at all: the publisher changed the page."
    more = f" and {len(files) - _MOST_TOLD} more" if len(files) > _MOST_TOLD else ""
    return f"{nothing} Files there: {'; '.join(files[:_MOST_TOLD])}{more}."
