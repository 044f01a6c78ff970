"""One file brought into a folder: whole or not at all, continued where an earlier try ended.

What has come stands in `NAME.part`, what file it is of in `NAME.part.json`: address, ETag, Last-Modified. It goes on
only when the server says by one of these that it is still the same file (If-Range); otherwise it starts anew, so that
two issues never mix. The whole file takes its name at the end. The next time it is only asked whether it changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from itertools import chain
from pathlib import Path

from cleanclaim.errors import LibraryError, NotFetched
from cleanclaim.reference.publications.fetching.line import TryAgain
from cleanclaim.reference.publications.fetching.page import is_page
from cleanclaim.reference.publications.fetching.web import Answer, PageCame, Web, text_of

MOST_BYTES = 2_000_000_000

Watch = Callable[[str, int, int], None]  # what is being done, bytes done, bytes in all (0: unknown)

_PART, _RECORD = ".part", ".json"
_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15}|\*)")
_SNIFFED_BYTES = 1024
_MOST_PAGE_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is there whole."""

    path: Path
    address: str
    sha256: str
    size: int
    modified: date | None  # when the server says that it was last changed
    unchanged: bool = False  # it was there before, and the server says that it is still the same


@dataclass(frozen=True, slots=True)
class _Version:
    """Which file it is, as the server tells it."""

    address: str
    etag: str | None
    last_modified: str | None
    sha256: str = ""  # of the whole file, once it is there

    @property
    def proof(self) -> str | None:
        """What a server can tell by whether its file is still the same to the byte; a weak ETag can't."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to bring."""

    address: str
    target: Path
    sha256: str | None = None
    most_bytes: int = MOST_BYTES
    watch: Watch | None = None

    @property
    def part(self) -> Path:
        """Where it grows."""
        return self.target.with_name(self.target.name + _PART)


def download(web: Web, wanted: Wanted) -> Downloaded:
    """The file of an address under its name in the folder. The caller holds the lock of the folder.

    Raises: NotFetched when it can't be had, is too large, or is not the one with the checksum; PageCame when a page
    comes in its place; LibraryError when it can't be written.
    """
    try:
        return web.trying(lambda: _once(web, wanted))
    except OSError as problem:  # of the disk: those of the line are told as NotFetched
        raise LibraryError(
            f"{wanted.target}: can't be written: {problem.strerror or problem}. What has come stays, and the next pull"
            " goes on from there"
        ) from None


def _once(web: Web, wanted: Wanted) -> Downloaded:
    there = _whole(wanted)
    version = there or _version_of_part(wanted)
    begun = wanted.part.stat().st_size if version and not there else 0
    headers: dict[str, str] = {}
    if there:
        headers = {"If-None-Match": there.etag} if there.etag else {"If-Modified-Since": there.last_modified or ""}
    elif version and version.proof and begun:
        headers = {"Range": f"bytes={begun}-", "If-Range": version.proof}
    with web.open(wanted.address, headers) as answer:
        if there and answer.status == 304:
            return _checked(wanted, there, unchanged=True)
        if answer.status == 416:  # nothing is left to send, or it is another file: what came can't be trusted
            _forget_part(wanted)
            raise TryAgain(f"{wanted.address}: the server has no such part of the file", after=0)
        now = _version(wanted.address, answer)
        if answer.status == 206:
            total = _continues(answer, begun, version, now)
            if total is None:
                _forget_part(wanted)
                raise TryAgain(f"{wanted.address}: the file changed while it came", after=0)
        elif answer.status == 200:
            begun, total = 0, answer.length
            _forget_part(wanted)
            _write_record(wanted.part, now)
        else:
            raise NotFetched(f"{wanted.address}: the server answers {answer.status} where a file was asked for")
        _refuse_large(wanted, total or 0)
        _receive(answer, wanted, begun, total)
    return _finish(wanted, now)


def _receive(answer: Answer, wanted: Wanted, begun: int, total: int | None) -> None:
    chunks = answer.chunks()
    if begun == 0:
        begin = _begin(chunks)
        if is_page(begin):
            raise _page_came(answer, wanted, begin, chunks)
        chunks = chain([begin], chunks)
    done = begun
    with wanted.part.open("ab") as file:
        for chunk in chunks:
            done += len(chunk)
            if done > wanted.most_bytes:
                break
            file.write(chunk)
            if wanted.watch:
                wanted.watch(f"downloading {wanted.target.name}", done, total or 0)
        file.flush()
        os.fsync(file.fileno())
    _refuse_large(wanted, done)
    if total is not None and done != total:
        raise TryAgain(f"{wanted.address}: {done:,} of {total:,} bytes came")
    if not done:
        raise TryAgain(f"{wanted.address}: an empty file came")


def _begin(chunks: Iterator[bytes]) -> bytes:
    """Enough of a file to tell a page by, or all of it."""
    begin = bytearray()
    for chunk in chunks:
        begin += chunk
        if len(begin) >= _SNIFFED_BYTES:
            break
    return bytes(begin)


def _page_came(answer: Answer, wanted: Wanted, begin: bytes, chunks: Iterator[bytes]) -> PageCame:
    body = bytearray(begin)
    for chunk in chunks:
        body += chunk
        if len(body) > _MOST_PAGE_BYTES:
            break
    _forget_part(wanted)
    return PageCame(
        f"{wanted.address}: a web page came, not a file", address=answer.address,
        html=text_of(bytes(body), answer.charset),
    )  # fmt: skip


def _refuse_large(wanted: Wanted, size: int) -> None:
    if size > wanted.most_bytes:
        _forget_part(wanted)
        raise NotFetched(
            f"{wanted.address}: {size:,} bytes or more, and at most {wanted.most_bytes:,} are taken; --most-bytes takes"
            " more, if the publication is that large"
        )


def _continues(answer: Answer, begun: int, old: _Version | None, now: _Version) -> int | None:
    """How many bytes the whole file has, when the part that comes follows what is there; None when it does not."""
    content_range = _RANGE.fullmatch((answer.head("Content-Range") or "").strip())
    if not content_range or old is None or int(content_range[1]) != begun or content_range[3] == "*":
        return None
    # A server may ignore If-Range and send a part of another file. By the same sign as was asked, where it has one.
    by_etag = old.proof == old.etag and now.etag is not None
    same = now.etag == old.etag if by_etag else now.last_modified in {None, old.last_modified}
    if not same:
        return None
    return int(content_range[3])


def _finish(wanted: Wanted, version: _Version) -> Downloaded:
    digest = _sha256(wanted.part)
    if wanted.sha256 and digest != wanted.sha256:
        _forget_part(wanted)
        raise NotFetched(f"{wanted.address}: sha256 is {digest}, expected {wanted.sha256}: it is another file")
    whole = _Version(version.address, version.etag, version.last_modified, digest)
    # In this order: a record that is older than its file costs a download, a newer one would pass off an old file.
    wanted.part.replace(wanted.target)
    _write_record(wanted.target, whole)
    _record_of(wanted.part).unlink(missing_ok=True)
    return _checked(wanted, whole, unchanged=False)


def _checked(wanted: Wanted, version: _Version, *, unchanged: bool) -> Downloaded:
    if wanted.sha256 and version.sha256 != wanted.sha256:
        raise NotFetched(f"{wanted.address}: sha256 is {version.sha256}, expected {wanted.sha256}: it is another file")
    modified = None
    with suppress(ValueError):
        modified = parsedate_to_datetime(version.last_modified).date() if version.last_modified else None
    size = wanted.target.stat().st_size
    return Downloaded(wanted.target, version.address, version.sha256, size, modified, unchanged)


def _whole(wanted: Wanted) -> _Version | None:
    """The version of the file that is there, when it is the one that was downloaded from this address."""
    version = _read_record(wanted.target)
    if version is None or version.address != wanted.address or not (version.etag or version.last_modified):
        return None
    return version if wanted.target.is_file() and _sha256(wanted.target) == version.sha256 else None


def _version_of_part(wanted: Wanted) -> _Version | None:
    version = _read_record(wanted.part)
    return version if version and version.address == wanted.address and wanted.part.is_file() else None


def _version(address: str, answer: Answer) -> _Version:
    return _Version(address, answer.head("ETag"), answer.head("Last-Modified"))


def _forget_part(wanted: Wanted) -> None:
    # The part first: a part without a record is never continued, a part with another's record could be.
    wanted.part.unlink(missing_ok=True)
    _record_of(wanted.part).unlink(missing_ok=True)


def _record_of(path: Path) -> Path:
    return path.with_name(path.name + _RECORD)


def _write_record(path: Path, version: _Version) -> None:
    record = _record_of(path)
    fresh = record.with_name(f".{record.name}")
    fresh.write_text(json.dumps(asdict(version), indent=1) + "\n", "utf-8")
    fresh.replace(record)


def _read_record(path: Path) -> _Version | None:
    """What is known of a file or part; None for a record that is missing or damaged: the file is then fetched anew."""
    try:
        raw = json.loads(_record_of(path).read_text("utf-8"))
        return _Version(**raw) if all(one is None or isinstance(one, str) for one in raw.values()) else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
