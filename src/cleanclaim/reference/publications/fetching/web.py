"""Requests to the publishers: patience, tries, answers, pages. Nothing is said there but our name and version."""

from __future__ import annotations

import http.client
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import TypeVar, cast
from urllib.parse import urlsplit

from cleanclaim.errors import NotFetched
from cleanclaim.reference.publications.fetching.line import TryAgain, opener, refuse_address, told
from cleanclaim.reference.publications.fetching.page import is_page

USER_AGENT = f"cleanclaim/{version('cleanclaim')} (reference pull)"

_CHUNK_BYTES = 1 << 16
_MOST_PAGE_BYTES = 10 * 2**20
_TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_TAKEN = {200, 206, 304, 416}
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, and how often something is tried."""

    connect_seconds: float = 20
    read_seconds: float = 60
    stall_seconds: float = 120  # in which at least `least_bytes` come
    least_bytes: int = 16_384
    tries: int = 5
    first_wait: float = 1  # doubled from try to try
    longest_wait: float = 60  # a server that asks for longer is left alone
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


class PageCame(NotFetched):
    """A web page where a file was expected."""

    def __init__(self, message: str, *, address: str, html: str) -> None:
        super().__init__(message)
        self.address, self.html = address, html


@dataclass(frozen=True, slots=True)
class Page:
    """A page and where it was found, past redirects."""

    address: str
    html: str


class Answer:
    """What a server answers: the head, and the body piece by piece."""

    def __init__(self, response: http.client.HTTPResponse, address: str, patience: Patience) -> None:
        self._response, self._patience = response, patience
        self.address = address
        self.status: int = response.status

    def head(self, name: str) -> str | None:
        """A field of the head."""
        return self._response.headers.get(name)

    @property
    def charset(self) -> str:
        """The encoding of its text."""
        return self._response.headers.get_content_charset() or "utf-8"

    @property
    def length(self) -> int | None:
        """How many bytes the body has, where the server says so."""
        text = self.head("Content-Length") or ""
        return int(text) if text.isascii() and text.isdigit() else None

    def chunks(self) -> Iterator[bytes]:
        """The body as it comes.

        Raises: TryAgain when the line breaks, is silent for too long or only trickles.
        """
        patience, host = self._patience, urlsplit(self.address).hostname
        begun, came = patience.clock(), 0
        while True:
            with told(self.address):
                chunk = self._response.read1(_CHUNK_BYTES)
            if not chunk:
                return
            yield chunk
            came += len(chunk)
            if (now := patience.clock()) - begun >= patience.stall_seconds:
                if came < patience.least_bytes:
                    raise TryAgain(f"{host} sent {came} bytes in {now - begun:.0f} seconds")
                begun, came = now, 0


@dataclass(frozen=True, slots=True)
class Web:
    """The way to the publishers."""

    patience: Patience = field(default_factory=Patience)

    @contextmanager
    def open(self, address: str, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """The answer to one request: 200, 206 (part of a file), 304 (not changed) or 416 (no such part).

        Raises: TryAgain for what may pass; NotFetched for the rest, with what to do.
        """
        refuse_address(address)
        sent = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **(headers or {})}
        request = urllib.request.Request(address, headers=sent)  # noqa: S310 - http(s) alone
        asking = opener(self.patience.connect_seconds, self.patience.read_seconds)
        with told(address):
            response = cast("http.client.HTTPResponse", asking.open(request))
        with response:
            answer = Answer(response, response.url or address, self.patience)
            _refuse_status(answer)
            yield answer

    def page(self, address: str) -> Page | None:
        """The page of an address; None when there is a file.

        Raises: NotFetched when it can't be had.
        """
        return self.trying(lambda: self._page(address))

    def trying(self, once: Callable[[], _Result]) -> _Result:
        """What a request gives, tried again while that may help.

        Raises: NotFetched.
        """
        patience, wait = self.patience, self.patience.first_wait
        for number in range(1, patience.tries + 1):
            try:
                return once()
            except TryAgain as problem:
                if (problem.after or 0) > patience.longest_wait:
                    raise NotFetched(f"{problem}; it asks to wait {problem.after:.0f} seconds") from None
                if number == patience.tries:
                    raise NotFetched(f"{problem} (tried {number} times)") from None
                patience.sleep(wait if problem.after is None else max(problem.after, 0))
                wait = min(2 * wait, patience.longest_wait)
        raise AssertionError("the last try returns or raises")

    def _page(self, address: str) -> Page | None:
        body = bytearray()
        with self.open(address) as answer:
            for chunk in answer.chunks():
                body += chunk
                if answer.head("Content-Encoding") is None and len(body) > 1024 and not is_page(bytes(body[:1024])):
                    return None
                if len(body) > _MOST_PAGE_BYTES:
                    raise NotFetched(f"{address}: a page of more than {_MOST_PAGE_BYTES // 2**20} MiB")
            content = _unpacked(bytes(body), address) if answer.head("Content-Encoding") == "gzip" else bytes(body)
            if not is_page(content[:1024]):
                return None
            return Page(answer.address, text_of(content, answer.charset))


def text_of(content: bytes, charset: str = "utf-8") -> str:
    """A page as text: bytes and charsets that mean nothing are no reason to fail."""
    try:
        return content.decode(charset, errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")


def _refuse_status(answer: Answer) -> None:
    status, address = answer.status, answer.address
    if status in _TAKEN:
        return
    phrase = http.client.responses.get(status, "")
    if status in _TRY_AGAIN:
        raise TryAgain(f"{address}: the server is busy or at fault ({status} {phrase})", after=_retry_after(answer))
    if status in {404, 410}:
        raise NotFetched(f"{address}: there is no such page or file ({status} {phrase}); the publisher moved it")
    if status in {401, 403, 407, 451}:
        raise NotFetched(f"{address}: the server refuses it ({status} {phrase}); a browser may still get it")
    raise NotFetched(f"{address}: the server answers {status} {phrase}".rstrip())


def _retry_after(answer: Answer) -> float | None:
    text = (answer.head("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    with suppress(ValueError):
        until = parsedate_to_datetime(text)
        return (until - datetime.now(UTC)).total_seconds()
    return None


def _unpacked(content: bytes, address: str) -> bytes:
    """A page that was packed although none was asked for."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        page = unpacking.decompress(content, _MOST_PAGE_BYTES)
    except zlib.error:
        raise TryAgain(f"{address}: the page can't be unpacked") from None
    if unpacking.unconsumed_tail:
        raise NotFetched(f"{address}: a page of more than {_MOST_PAGE_BYTES // 2**20} MiB")
    return page
