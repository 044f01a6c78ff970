"""The rules of the rulebook, as data: what an id such as UNW-13 says, how sure we are, and where it was read.

`rules.yaml` holds each rule in a sentence or two of our own. Edit pages, warnings and guides cite the ids.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

from cleanclaim.edits import compiled
from cleanclaim.values.confidence import Confidence
from cleanclaim.yaml_text import read_shape

PREFIXES = ("COD", "UNW", "NDC", "MDF", "ADM", "NCI", "FMT", "PAY", "DOC", "POL", "DEN", "PA", "ATT", "PRS")
RULE_ID = re.compile(rf"(?<![\w-])(?:{'|'.join(PREFIXES)})-[0-9]{{2}}(?![\w-])")
_FILE = "rules.yaml"
_Words = Annotated[str, msgspec.Meta(min_length=1)]
_Id = Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(PREFIXES)})-[0-9]{{2}}$")]
_EditId = Annotated[str, msgspec.Meta(pattern="^[A-Z]+(-[A-Z])?-[0-9]{3}$")]


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was read, or what it rests on; the address where one is known."""

    key: str
    title: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the rulebook. `confidence` is that of its weakest part."""

    id: str
    page: str
    topic: str
    sentence: str
    confidence: Confidence
    authority: tuple[Source, ...]  # the law, manual or publication behind it
    sources: tuple[Source, ...]  # where it was read
    edits: tuple[str, ...]  # ids of the edits that check it


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """No key but those that are named."""


class _Source(_Strict, frozen=True):
    title: _Words
    address: Annotated[str, msgspec.Meta(pattern="^https://")] | None = None


class _Rule(_Strict, frozen=True):
    id: _Id
    sentence: _Words
    confidence: Confidence
    authority: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    edits: tuple[_EditId, ...] = ()


class _Topic(_Strict, frozen=True):
    topic: _Words
    rules: Annotated[tuple[_Rule, ...], msgspec.Meta(min_length=1)]


class _Page(_Strict, frozen=True):
    page: _Words
    topics: Annotated[tuple[_Topic, ...], msgspec.Meta(min_length=1)]


class _File(_Strict, frozen=True):
    rules: tuple[_Page, ...]
    sources: dict[str, _Source]

    def __post_init__(self) -> None:
        rules = [rule for page in self.rules for topic in page.topics for rule in topic.rules]
        if twice := sorted(key for key, count in Counter(rule.id for rule in rules).items() if count > 1):
            raise ValueError(f"id given twice: {', '.join(twice)}")
        named = {key: rule.id for rule in rules for key in (*rule.authority, *rule.sources)}
        if missing := sorted(named.keys() - self.sources.keys()):
            raise ValueError(f"{named[missing[0]]}: sources has no `{missing[0]}`")
        if unused := sorted(self.sources.keys() - named.keys()):
            raise ValueError(f"sources: no rule names `{unused[0]}`")


def read_rules(text: str, *, file: str = _FILE) -> dict[str, Rule]:
    """The rules of a file by id, in its order.

    Raises:  UnreadableInput, with the file and the key.
    """
    return {rule.id: rule for rule in _rules(read_shape(text, _File, file=file))}


@cache
def shipped_rules() -> dict[str, Rule]:
    """The rules that come with the package."""
    return compiled.rules() or read_rules(files("cleanclaim.edits").joinpath(_FILE).read_text(encoding="utf-8"))


def _rules(read: _File) -> Iterator[Rule]:
    known = {key: Source(key, one.title, one.address) for key, one in read.sources.items()}
    for page in read.rules:
        for topic in page.topics:
            for rule in topic.rules:
                yield Rule(
                    id=rule.id, page=page.page, topic=topic.topic, sentence=rule.sentence, confidence=rule.confidence,
                    authority=tuple(known[key] for key in rule.authority),
                    sources=tuple(known[key] for key in rule.sources),
                    edits=rule.edits,
                )  # fmt: skip
