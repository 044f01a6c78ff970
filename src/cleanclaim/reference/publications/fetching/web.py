"""Requests to the publishers: patience, tries, answers, pages. Nothing is said there but our name and version."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import responses
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeVar

from cleanclaim.errors import NotFetched
from cleanclaim.reference.publications.fetching.line import TryAgain, asked
from cleanclaim.reference.publications.fetching.page import is_page

if TYPE_CHECKING:
    import httpx

USER_AGENT = f"cleanclaim/{version('cleanclaim')} (reference pull)"

_MOST_PAGE_BYTES = 10 * 2**20
_TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_TAKEN = {200, 206, 304, 416}
_REDIRECTS = {301, 302, 303, 307, 308}
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

    def __init__(self, response: httpx.Response, patience: Patience) -> None:
        self._response, self._patience = response, patience
        self.address = str(response.url)
        self.status = response.status_code
        self.charset = response.charset_encoding or "utf-8"

    def head(self, name: str) -> str | None:
        """A field of the head."""
        text: str | None = self._response.headers.get(name)
        return text

    @property
    def length(self) -> int | None:
        """How many bytes the body has, where the server says so."""
        text = self.head("Content-Length") or ""
        return int(text) if text.isascii() and text.isdigit() else None

    def chunks(self, *, unpacked: bool = False) -> Iterator[bytes]:
        """The body as it comes; `unpacked` when it was packed on the way although that was not asked for.

        One that ends before its length just ends: who asked knows how long it should be.

        Raises: TryAgain when it only trickles. A line that breaks is told by the block that opened it.
        """
        import httpx  # noqa: PLC0415

        patience = self._patience
        begun, came = patience.clock(), 0
        try:
            for chunk in self._response.iter_bytes() if unpacked else self._response.iter_raw():
                yield chunk
                came += len(chunk)
                if (now := patience.clock()) - begun >= patience.stall_seconds:
                    if came < patience.least_bytes:
                        raise TryAgain(f"{self._response.url.host} sent {came} bytes in {now - begun:.0f} seconds")
                    begun, came = now, 0
        except httpx.RemoteProtocolError:
            if self.length is None:
                raise


@dataclass(frozen=True, slots=True)
class Web:
    """The way to the publishers."""

    patience: Patience = field(default_factory=Patience)

    @contextmanager
    def open(self, address: str, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """The answer to one request: 200, 206 (part of a file), 304 (not changed) or 416 (no such part).

        Raises: TryAgain for what may pass; NotFetched for the rest, with what to do.
        """
        sent = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **(headers or {})}
        connect_seconds, read_seconds = self.patience.connect_seconds, self.patience.read_seconds
        with asked(address, sent, connect_seconds=connect_seconds, read_seconds=read_seconds) as response:
            answer = Answer(response, self.patience)
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
            for chunk in answer.chunks(unpacked=True):
                body += chunk
                if len(body) > 1024 and not is_page(bytes(body[:1024])):
                    return None
                if len(body) > _MOST_PAGE_BYTES:
                    raise NotFetched(f"{address}: a page of more than {_MOST_PAGE_BYTES // 2**20} MiB")
            if not is_page(bytes(body[:1024])):
                return None
            return Page(answer.address, text_of(bytes(body), answer.charset))


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
    phrase = responses.get(status, "")
    if status in _TRY_AGAIN:
        raise TryAgain(f"{address}: the server is busy or at fault ({status} {phrase})", after=_retry_after(answer))
    if status in {404, 410}:
        raise NotFetched(f"{address}: there is no such page or file ({status} {phrase}); the publisher moved it")
    if status in {401, 403, 407, 451}:
        raise NotFetched(f"{address}: the server refuses it ({status} {phrase}); a browser may still get it")
    if status in _REDIRECTS:
        raise NotFetched(f"{address}: answers {status} and sends on to nowhere")
    raise NotFetched(f"{address}: the server answers {status} {phrase}".rstrip())


def _retry_after(answer: Answer) -> float | None:
    text = (answer.head("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    with suppress(ValueError):
        until = parsedate_to_datetime(text)
        return (until - datetime.now(UTC)).total_seconds()
    return None
