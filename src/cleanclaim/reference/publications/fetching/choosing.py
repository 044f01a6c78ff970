"""Which of the links that match is taken: of one file the latest issue, of a release in several files each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.reference.publications.fetching.addresses import Publisher
from cleanclaim.reference.publications.fetching.page import Link
from cleanclaim.reference.publications.fetching.release_names import issue_day, release_named

# `v2`, `version 3`, `rev. 1`; `v322r1` is the first re-issue of an NCCI version.
_VERSION = re.compile(
    r"(?:(?<![a-z0-9])(?:v|ver|version|rev|revision)[ ._-]?|(?<=[0-9])r)([0-9])(?![0-9])", re.IGNORECASE
)
_REVISED = re.compile(r"revis|correct|re-?issu|re-?post|updat", re.IGNORECASE)
_PRELIMINARY = re.compile(r"prelim|draft|proposed", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A link that may lead to the release, and how it is known."""

    link: Link
    release: str | None  # None where the publisher has only one
    part: str = ""
    piece: int = 0

    @property
    def issue(self) -> tuple[bool, int, bool, date]:
        """By what issues of one file follow each other: preliminary, version, revised, day."""
        text = f"{self.link.text} {self.link.path}"
        version = max((int(number) for number in _VERSION.findall(text)), default=0)
        return (
            not _PRELIMINARY.search(text), version, _REVISED.search(text) is not None, issue_day(text) or date.min,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """The file that is taken, in place of which others and why."""

    taken: Candidate
    others: tuple[Candidate, ...] = ()
    why: str = ""


def candidates(links: Iterable[Link], publisher: Publisher, release: str | None = None) -> list[Candidate]:
    """The links that may lead to a release: by words, without the words of others. `release` is that of their page."""
    by_address: dict[str, Candidate] = {}
    for link in links:
        if link.is_document or not _matches(link.words, publisher):
            continue
        named = release_named(link.text, publisher.release) or release_named(link.path, publisher.release) or release
        if named is None:
            continue
        part = next((name for name, pattern in publisher.parts.items() if re.search(pattern, link.words)), "")
        if publisher.parts and link.is_file and not part:
            continue
        piece = re.search(publisher.pieces, link.path) if publisher.pieces else None
        by_address.setdefault(link.address, Candidate(link, named, part, int(piece[1]) if piece else 0))
    return list(by_address.values())


def choose(several: Sequence[Candidate]) -> tuple[Choice, ...]:
    """One choice for each part and piece, in the order of the publication."""
    by_part: dict[str, list[Candidate]] = {}
    for candidate in several:
        by_part.setdefault(candidate.part, []).append(candidate)
    return tuple(choice for of_part in by_part.values() for choice in _choose_in_part(of_part))


def _matches(words: str, publisher: Publisher) -> bool:
    if not re.search(publisher.words, words):
        return False
    return not (publisher.without and re.search(publisher.without, words))


def _choose_in_part(several: Sequence[Candidate]) -> Iterable[Choice]:
    pieces = [one for one in several if one.piece]
    if not pieces:
        yield _best(several)
        return
    # Pieces of two versions never make one release: the last version has the say, with the pieces that it has.
    last = max(one.issue[:2] for one in pieces)
    for number in sorted({one.piece for one in pieces if one.issue[:2] == last}):
        best = _best([one for one in pieces if one.piece == number and one.issue[:2] == last])
        earlier = tuple(one for one in pieces if one.piece == number and one.issue[:2] != last)
        yield Choice(best.taken, best.others + earlier, best.why or ("a later version" if earlier else ""))


def _best(several: Sequence[Candidate]) -> Choice:
    taken = max(several, key=lambda one: one.issue)  # the first of equals: as the page has them
    others = tuple(one for one in several if one is not taken)
    return Choice(taken, others, _why(taken, others) if others else "")


def _why(taken: Candidate, others: Sequence[Candidate]) -> str:
    second = max(one.issue for one in others)
    final, version, revised, day = taken.issue
    if final != second[0]:
        return "not preliminary"
    if version != second[1]:
        return f"version {version}"
    if revised != second[2]:
        return "a revised issue"
    if day != second[3]:
        return f"the later issue, of {day}"
    return "stands first on the page; nothing tells which is the later issue"
