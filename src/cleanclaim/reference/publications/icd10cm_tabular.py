"""The ICD-10-CM tabular list (CDC/NCHS and CMS, `icd10cm-tabular-April-2025.xml`): the code set as a tree.

Codes are dotted. A code without children is billable, except where a seventh character is asked for (`sevenChrDef`, at
the code or at what stands above it): then the code with placeholders X up to six characters and each of the characters
is. A note can take some of them away (`7th characters D and S do not apply to codes in category S06 with 6th character
7 ...`). A title `in ... classified elsewhere` makes a code a manifestation, never listed first: the list's own
introduction says so. Where only what stands above it has that title, or a `code first` note, it is unknown; without
either it is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.icd10cm import CODE, PUBLICATION, as_parsed, code_set_of
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside
from cleanclaim.reference.publications.source import Source

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["PUBLICATION", "TITLE", "parse", "recognize"]

TITLE = "ICD-10-CM tabular list (XML)"

_ROOT = "<ICD10CM.tabular>"
_PLACED = 6  # characters before the seventh
_NOT_APPLIED = re.compile(
    r"7th characters? (?P<seventh>.+?) do(?:es)? not apply to codes in category (?P<category>\w+)"
    r" with 6th character (?P<sixth>.+)"
)
_ONE_CHARACTER = re.compile(r"(?<![A-Z0-9])[A-Z0-9](?![A-Za-z0-9])")
_ELSEWHERE = re.compile(r"\bin\b.*\bclassified elsewhere\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Above:
    """What a code inherits: the seventh characters with their meaning, and whether it is a manifestation."""

    seventh: tuple[tuple[str, str], ...] = ()
    manifestation: bool | None = False
    without: frozenset[tuple[str, str]] = frozenset()  # sixth and seventh characters that don't go together


def recognize(source: Source) -> bool:
    """Whether it is the XML of the tabular list."""
    return _ROOT in source.text_head


def parse(source: Source) -> Parsed:
    """The codes and headers of one code set, the seventh characters written out.

    Raises: UnreadableInput when it is no well-formed XML, has a document type, or tells another year than its name.
    """
    from xml.etree import ElementTree  # noqa: PLC0415 - a document type, and so any entity, is refused below

    if b"<!DOCTYPE" in source.content or b"<!ENTITY" in source.content:
        raise UnreadableInput(f"{source.place}: has a document type; the tabular list has none")
    try:
        root = ElementTree.fromstring(source.content)  # noqa: S314
    except ElementTree.ParseError as problem:
        raise UnreadableInput(f"{source.place}: not well-formed XML: {problem}") from None
    year = (root.findtext("version") or "").strip()
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    for section in root.iterfind("chapter/section"):
        above = _inherited(section, "", _Above())
        for row in (row for top in section.iterfind("diag") for row in _rows(top, above)):
            if CODE.fullmatch(str(row[0])):
                rows.append(row)
            else:
                aside.append(RowSetAside(0, "not an ICD-10-CM code", str(row[0])[:20]))
    return as_parsed(source, code_set_of(source, int(year) if year.isdigit() else None), rows, aside)


def _rows(diagnosis: Element, above: _Above) -> Iterator[Row]:
    code = (diagnosis.findtext("name") or "").strip().replace(".", "")
    title = " ".join((diagnosis.findtext("desc") or "").split())
    own = _inherited(diagnosis, title, above)
    children = diagnosis.findall("diag")
    for_seventh = bool(own.seventh) and len(code) <= _PLACED
    yield code, title or None, not children and not for_seventh, own.manifestation
    if not children and for_seventh:
        for character, meaning in own.seventh:
            if (code[5:6], character) not in own.without:
                yield f"{code:X<{_PLACED}}{character}", f"{title}, {meaning}", True, own.manifestation
    for child in children:
        yield from _rows(child, own)


def _inherited(diagnosis: Element, title: str, above: _Above) -> _Above:
    seventh = tuple(
        (extension.get("char", "").strip(), " ".join((extension.text or "").split()))
        for extension in diagnosis.iterfind("sevenChrDef/extension")
    )
    own = replace(above, seventh=seventh, without=frozenset(_not_applied(diagnosis))) if seventh else above
    if _ELSEWHERE.search(title):
        return replace(own, manifestation=True)
    unsure = own.manifestation is not False or diagnosis.find("codeFirst") is not None
    return replace(own, manifestation=None if unsure else False)


def _not_applied(diagnosis: Element) -> Iterator[tuple[str, str]]:
    for note in diagnosis.iterfind("notes/note"):
        if exception := _NOT_APPLIED.search(" ".join((note.text or "").split())):
            for sixth in _ONE_CHARACTER.findall(exception["sixth"]):
                for seventh in _ONE_CHARACTER.findall(exception["seventh"]):
                    yield sixth, seventh
