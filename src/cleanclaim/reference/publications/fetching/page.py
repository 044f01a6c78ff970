"""A publisher's page read for its links: what each says, where it leads, and whose license stands before the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import parse_qs, quote, unquote, urldefrag, urljoin, urlsplit

_FILE_ENDS = (".zip", ".csv", ".txt", ".xlsx", ".xls", ".xml", ".gz")
_DOCUMENT_ENDS = (".pdf", ".doc", ".docx", ".ppt", ".pptx", ".png", ".jpg")
_LICENSE_PATH = re.compile(r"/licen[sc]e/([a-z]{3})$|/apps/([a-z]{3})/licen[sc]e\.aspx?$", re.IGNORECASE)
_FOLDER_OF_FILES = re.compile(r"^.*/files/(?:zip|document)/", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9._ ()-]+")
_SAFE = "%/:=&?~+!$,;'@()*[]"  # what an address may have; a blank that somebody typed becomes %20
_WORDS = re.compile(r"[a-z]+|[0-9]+")
_PAGE_BEGINS = re.compile(rb"<(?:!doctype html|html|head|body|script|meta|!--)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it stands on a page. `address` is that of the file itself, past a license."""

    text: str
    address: str
    license: str | None = None  # whose license is to be accepted first: ama, ada, aha
    license_page: str = ""
    next_page: bool = False  # leads on in a list of several pages

    @property
    def path(self) -> str:
        """The readable part of the address."""
        return unquote(urlsplit(self.address).path)

    @property
    def words(self) -> str:
        """Its text and its address in small letters, with blanks between words and numbers."""
        return " ".join(_WORDS.findall(f"{self.text} {self.path}".casefold()))

    @property
    def is_file(self) -> bool:
        """Whether it leads to a file, not to another page."""
        return self.license is not None or self.path.casefold().endswith(_FILE_ENDS)

    @property
    def is_document(self) -> bool:
        """Whether it leads to something for people to read, which holds no release."""
        return self.path.casefold().endswith(_DOCUMENT_ENDS)

    @property
    def file_name(self) -> str:
        """The name under which the file is kept."""
        return file_name(self.address)


def links_of(html: str, address: str) -> tuple[Link, ...]:
    """The links of a page over http(s), in its order; the same link once."""
    parser = _Anchors(address)
    parser.feed(html)
    parser.close()
    parser.finish()
    return tuple(dict.fromkeys(parser.links))


def link_to(address: str) -> Link:
    """A link that a user gives, perhaps one behind a license."""
    return _link("", address, address, next_page=False) or Link("", address)


def file_name(address: str) -> str:
    """A name for the file of an address. CMS has addresses with days in them: `.../file-03/11/25-final-file.zip`."""
    path = unquote(urlsplit(address).path)
    if path.casefold().endswith(_FILE_ENDS) and _FOLDER_OF_FILES.match(path):
        name = _FOLDER_OF_FILES.sub("", path).replace("/", "-")
    else:
        name = PurePosixPath(path).name
    name = _NOT_A_NAME.sub("_", name).lstrip(". ")
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix[:10]
    return f"{stem[:150]}{suffix}" or "download"


def is_page(begin: bytes) -> bool:
    """Whether something that begins so is a web page: what a publisher sends in place of a file."""
    return _PAGE_BEGINS.match(begin.removeprefix(b"\xef\xbb\xbf").lstrip()) is not None


def asks_for_license(html: str, address: str) -> bool:
    """Whether a page is one on which a license is accepted."""
    if _LICENSE_PATH.search(urlsplit(address).path):
        return True
    lowered = html.casefold()
    return ("point and click" in lowered or "license for use" in lowered) and "accept" in lowered


class _Anchors(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[Link] = []
        self._base = address
        self._open: tuple[str, bool] | None = None  # address, and whether it leads to the next page
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "base" and given.get("href"):
            self._base = _joined(self._base, given["href"] or "") or self._base
        elif tag == "a":
            self.finish()  # an anchor that was never closed ends where the next begins
            if href := (given.get("href") or "").strip():
                self._open = href, (given.get("rel") or "").casefold() == "next"

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.finish()

    def handle_data(self, data: str) -> None:
        if self._open:
            self._text.append(data)

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002 - as in the parser
        """Passes over `<![if ...]>`: the parser of Python 3.11 fails at some of them."""
        return self.parse_bogus_comment(i, report)

    def finish(self) -> None:
        """Keeps the anchor that is open."""
        if self._open:
            href, next_page = self._open
            if link := _link(" ".join("".join(self._text).split()), self._base, href, next_page=next_page):
                self.links.append(link)
        self._open, self._text = None, []


def _link(text: str, base: str, href: str, *, next_page: bool) -> Link | None:
    address = _joined(base, href)
    if address is None:
        return None
    parts = urlsplit(address)
    asked = _LICENSE_PATH.search(parts.path)
    file = _joined(address, parse_qs(parts.query).get("file", [""])[0])
    if asked and file and file != address:
        return Link(text, file, (asked[1] or asked[2]).casefold(), address, next_page)
    return Link(text, address, next_page=next_page)


def _joined(base: str, href: str) -> str | None:
    """The address that a link means on a page, without a place in it; None for what is none over http(s)."""
    try:
        address = quote(urldefrag(urljoin(base, href))[0], safe=_SAFE)
        parts = urlsplit(address)
        host, of_page = parts.hostname, urlsplit(base).hostname
    except ValueError:  # as `http://[`
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    if parts.scheme == "http" and base.startswith("https://") and host == of_page:
        return f"https{address.removeprefix('http')}"  # written when the site had no TLS
    return address
