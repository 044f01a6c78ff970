"""The words by which codes are found, made once when a library is indexed: term -> codes, and how common a term is.

A term is a word of a descriptor, of a substance or of a name on a package, in small letters without marks. A word with
a hyphen is there whole as well (`b-12` as `b12`, `b` and `12`), as people write it in all these ways.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.reference.codes.code_list import CODE_LIST, code_list
from cleanclaim.reference.codes.product_names import package_names

if TYPE_CHECKING:
    from cleanclaim.reference.library import Library

SEARCH_TERM = TableSchema(
    "search_term", "One word by which a code is found.", ("term", "hcpcs_code"),
    (
        Column("term", ColumnType.TEXT, "the word, in small letters"),
        Column("hcpcs_code", ColumnType.TEXT, "the code"),
        Column("weight", ColumnType.INTEGER, "hundredths: 100 in a name, less in a descriptor"),
        Column("place", ColumnType.TEXT, "where it stands: substance, package, descriptor, short descriptor"),
    ),
)  # fmt: skip
VOCABULARY = TableSchema(
    "vocabulary", "One word, and how many codes it finds.", ("term",),
    (
        Column("term", ColumnType.TEXT, "the word, in small letters"),
        Column("codes", ColumnType.INTEGER, "codes that it finds"),
    ),
)  # fmt: skip

_WEIGHTS = {"substance": 100, "package": 100, "descriptor": 80, "short descriptor": 70}
_WORD = re.compile(r"[a-z0-9.]+(?:-[a-z0-9]+)*")


def terms_of(text: str) -> Iterator[str]:
    """The terms of a text, those of a hyphenated word after the whole word."""
    for word in _WORD.findall(text.casefold()):
        bare = word.strip(".")
        if "-" in bare:
            yield bare.replace("-", "")
            yield from (part for part in bare.split("-") if part)
        elif bare:
            yield bare


def search_terms(library: Library) -> Iterator[tuple[str, str, int, str]]:
    """The rows of `SEARCH_TERM`: each term once for a code, with its best place."""
    places: dict[tuple[str, str], str] = {}
    for place, code, text in _texts(library):
        for term in terms_of(text):
            known = places.get((term, code))
            if known is None or _WEIGHTS[place] > _WEIGHTS[known]:
                places[term, code] = place
    for (term, code), place in places.items():
        yield term, code, _WEIGHTS[place], place


def vocabulary(library: Library) -> Iterable[tuple[str, int]]:
    """The rows of `VOCABULARY`."""
    return Counter(term for term, *_ in search_terms(library)).items()


def _texts(library: Library) -> Iterator[tuple[str, str, str]]:
    code, short, long, substance = (
        CODE_LIST.names.index(name) for name in ("hcpcs_code", "short_descriptor", "descriptor", "substance")
    )
    for row in code_list(library):
        for place, column in (("substance", substance), ("descriptor", long), ("short descriptor", short)):
            if text := row[column]:
                yield place, str(row[code]), str(text)
    for name, listed, *_ in package_names(library):
        yield "package", listed, name
