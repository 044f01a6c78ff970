"""A publisher's site on this machine: pages and files that a test makes, with the faults that real servers have."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

from cleanclaim.reference.publications.fetching.web import Patience, Web

MODIFIED = "Wed, 17 Sep 2025 12:00:00 GMT"


@dataclass
class File:
    """A file that is served, and how badly. `cuts`: after how many bytes each answer in turn breaks off."""

    content: bytes
    etag: str | None = '"one"'
    modified: str | None = MODIFIED
    kind: str = "application/zip"
    ranges: bool = True
    heeds_if_range: bool = True
    length: bool = True
    cuts: list[int] = field(default_factory=list)
    drip_seconds: float = 0  # between a byte and the next

    def answer(self, request: Request) -> None:
        """Sends the file, a part of it, or that it has not changed."""
        if request.headers.get("If-None-Match", "?") == self.etag or (
            "If-None-Match" not in request.headers and request.headers.get("If-Modified-Since", "?") == self.modified
        ):
            request.send(304, b"")
            return
        start, asked = 0, re.fullmatch(r"bytes=([0-9]+)-", request.headers.get("Range", ""))
        same = request.headers.get("If-Range") in {self.etag, self.modified}
        head = {"Content-Type": self.kind}
        head |= {name: text for name, text in (("ETag", self.etag), ("Last-Modified", self.modified)) if text}
        if asked and self.ranges and (same or not self.heeds_if_range):
            start = int(asked[1])
            if start >= len(self.content):
                request.send(416, b"")
                return
            head["Content-Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        body = self.content[start:]
        request.send_response(206 if start else 200)
        if self.length:
            head["Content-Length"] = str(len(body))
        for name, text in head.items():
            request.send_header(name, text)
        request.end_headers()
        for piece in self._pieces(body[: self.cuts.pop(0)] if self.cuts else body):
            request.wfile.write(piece)
            request.wfile.flush()
            if self.drip_seconds and request.site.closing.wait(self.drip_seconds):
                return

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        step = 1 if self.drip_seconds else max(len(body), 1)
        yield from (body[place : place + step] for place in range(0, len(body), step))


Answer = File | Callable[["Request"], None]


@dataclass
class Site:
    """What stands under which path, and what was asked for."""

    address: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def page(self, path: str, *links: str, end: str = "</main></body></html>") -> str:
        """Puts a page there; its address."""
        body = f"<!DOCTYPE html>\n<html><body><nav><a href='/'>Home</a></nav><main>{''.join(links)}{end}"
        self.answers[path] = File(body.encode(), etag=None, modified=None, kind="text/html; charset=utf-8")
        return self.address + path

    def file(self, path: str, content: bytes, **how: object) -> File:
        """Puts a file there."""
        served = File(content, **how)  # type: ignore[arg-type]
        self.answers[path] = served
        return served

    def fails(self, path: str, status: int, times: int = 1, **head: str) -> None:
        """Lets a path fail so often before it answers."""
        behind, left = self.answers[path], [status] * times

        def answer(request: Request) -> None:
            if left:
                request.send(left.pop(), b"", **head)
            elif isinstance(behind, File):
                behind.answer(request)
            else:
                behind(request)

        self.answers[path] = answer

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _ in self.asked]

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Self]:
        """A site that is served until the block ends."""
        site = cls()
        kind = type("Bound", (Request,), {"site": site})
        with _Server(("127.0.0.1", 0), kind) as server:
            site.address = f"http://127.0.0.1:{server.server_address[1]}"
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
            thread.start()
            try:
                yield site
            finally:
                site.closing.set()
                server.shutdown()
                thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of clients that hang up: some tests are about that."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Request(BaseHTTPRequestHandler):
    """One request to the site."""

    site: Site

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.site.asked.append((self.path, dict(self.headers)))
        answer = self.site.answers.get(self.path) or self.site.answers.get(parts.path)
        if answer is None:
            self.send(404, b"<html>Not found</html>")
        elif isinstance(answer, File):
            answer.answer(self)
        else:
            answer(self)

    def send(self, status: int, body: bytes, **head: str) -> None:
        """Sends an answer whole; `Retry_After` stands for the field Retry-After."""
        self.send_response(status)
        for name, text in head.items():
            self.send_header(name.replace("_", "-"), text)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests read `asked`."""


def link(href: str, text: str) -> str:
    """A link in a list."""
    return f"<li><a href='{href}'>{text}</a></li>\n"


def impatient(waits: list[float] | None = None, **how: float) -> Web:
    """A web that does not sleep between tries, and writes down for how long it would have."""
    settings = {"connect_seconds": 2.0, "read_seconds": 2.0, "tries": 3, **how}
    told: list[float] = [] if waits is None else waits
    return Web(Patience(sleep=told.append, **settings))  # type: ignore[arg-type]
