"""The table of addresses: for each publication the publisher's page, and how the link of a release is known there."""

from __future__ import annotations

import os
import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from cleanclaim.errors import UnknownName, UnreadableInput
from cleanclaim.reference.publications.fetching.release_names import Naming
from cleanclaim.reference.publications.yaml_file import YamlFile

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

    Raises: UnreadableInput for a table that can't be used, with file, line and field.
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
    file = YamlFile.of(name, "table", content, _MOST_BYTES)
    names = file.as_shape(dict[str, object])  # each by itself: an error then names the publication
    table = {publication: file.as_shape(Publisher, publication) for publication in names}
    for publication, entry in table.items():
        _check(file, publication, entry)
    return table


def _check(file: YamlFile, name: str, entry: Publisher) -> None:
    """What the types do not hold: addresses, patterns, and that there is something to look for."""
    if bool(entry.pages) == bool(entry.file):
        raise file.wrong("expected either `pages` or `file`", name)
    if entry.pages and not entry.words:
        raise file.wrong("expected a pattern by which a link is known", name, "words")
    for place, address in (("file", entry.file), *(("pages", page) for page in entry.pages)):
        if address and (urlsplit(address).scheme not in ("https", "http") or not urlsplit(address).hostname):
            raise file.wrong(f"{address[:100]!r} is no address; expected https://...", name, place)
    if entry.license is not None and entry.license not in LICENSES:
        raise file.wrong(f"expected one of {', '.join(LICENSES)}", name, "license")
    patterns: dict[tuple[str, ...], str | None] = {
        ("words",): entry.words,
        ("without",): entry.without,
        ("pieces",): entry.pieces,
    }
    patterns |= {("parts", part): pattern for part, pattern in entry.parts.items()}
    for steps, pattern in patterns.items():
        if pattern is None:
            continue
        try:
            compiled = re.compile(pattern)
        except re.error as problem:
            raise file.wrong(f"{pattern[:60]!r} is no regular expression: {problem}", name, *steps) from None
        if steps == ("pieces",) and compiled.groups != 1:
            raise file.wrong("expected a pattern with one group, the number of the piece", name, *steps)
