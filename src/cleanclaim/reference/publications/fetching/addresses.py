"""The table of addresses: for each publication the publisher's page, and how the link of a release is known there."""

from __future__ import annotations

import os
import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import yaml

from cleanclaim.errors import UnknownName, UnreadableInput
from cleanclaim.reference.publications.fetching.release_names import Naming

ENVIRONMENT = "CLEANCLAIM_ADDRESSES"
LICENSES = {
    "ama": "the American Medical Association (CPT)",
    "ada": "the American Dental Association (CDT)",
    "aha": "the American Hospital Association (UB-04)",
}

_MOST_BYTES = 2**18
_SHIPPED = "addresses.yaml"


class Publisher(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where one publication is fetched from. The fields are described in the head of the shipped table."""

    title: str
    gives: tuple[str, ...]
    pages: tuple[str, ...] = ()
    file: str | None = None
    words: str = ""
    without: str | None = None
    release: Naming
    parts: dict[str, str] = {}
    pieces: str | None = None
    mixed: bool = False
    license: str | None = None
    source: str
    checked: date

    @property
    def address(self) -> str:
        """What a person opens: the first page, or the file."""
        return self.file or self.pages[0]


def publishers() -> dict[str, Publisher]:
    """Every publication that can be fetched, by name: the shipped table, and what the user's own puts in its place.

    Raises: UnreadableInput for a table that can't be used, with file and field.
    """
    shipped = files(__package__) / _SHIPPED
    table = _read(_SHIPPED, shipped.read_bytes())
    if own := os.environ.get(ENVIRONMENT):
        try:
            content = Path(own).read_bytes()
        except OSError as problem:
            raise UnreadableInput(f"{own} ({ENVIRONMENT}): {problem.strerror or problem}") from None
        table |= _read(own, content)
    return table


def publisher(name: str) -> Publisher:
    """Where a publication is fetched from.

    Raises: UnknownName, with the names that there are.
    """
    table = publishers()
    if name not in table:
        raise UnknownName(f"no publication {name[:40]!r} can be pulled; there are {', '.join(table)}.")
    return table[name]


def _read(name: str, content: bytes) -> dict[str, Publisher]:
    if len(content) > _MOST_BYTES:
        raise UnreadableInput(f"{name}: a table of addresses has at most {_MOST_BYTES // 1024} KiB")
    try:
        raw = yaml.load(content, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        raise UnreadableInput(f"{where}: no YAML: {getattr(problem, 'problem', problem)}") from None
    try:
        table = msgspec.convert(raw, dict[str, Publisher], strict=True)
    except msgspec.ValidationError as problem:
        text, _, place = str(problem).partition(" - at `$")
        raise UnreadableInput(f"{name}: {place.rstrip('`').lstrip('.') or 'table'}: {text}") from None
    for publication, one in table.items():
        _check(f"{name}: {publication}", one)
    return table


def _check(where: str, one: Publisher) -> None:
    """What the types do not hold: addresses, patterns, and that there is something to look for."""
    if bool(one.pages) == bool(one.file):
        raise UnreadableInput(f"{where}: expected either `pages` or `file`")
    if one.pages and not one.words:
        raise UnreadableInput(f"{where}.words: expected a pattern by which a link is known")
    for address in (*one.pages, *filter(None, [one.file])):
        if urlsplit(address).scheme not in ("https", "http") or not urlsplit(address).hostname:
            raise UnreadableInput(f"{where}: {address[:100]!r} is no address; expected https://...")
    if one.license is not None and one.license not in LICENSES:
        raise UnreadableInput(f"{where}.license: expected one of {', '.join(LICENSES)}")
    for pattern in filter(None, (one.words, one.without, one.pieces, *one.parts.values())):
        try:
            compiled = re.compile(pattern)
        except re.error as problem:
            raise UnreadableInput(f"{where}: {pattern[:60]!r} is no regular expression: {problem}") from None
        if pattern == one.pieces and compiled.groups != 1:
            raise UnreadableInput(f"{where}.pieces: expected a pattern with one group, the number of the piece")
