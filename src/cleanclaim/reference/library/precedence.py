"""Who has the say: which release answers for which days, publication by publication.

Releases of one publication follow each other by their first effective day. Each speaks from that day until the day
before the next one takes over, never past what it declares to cover. One that declares days before its own first
day (the HCPCS file, which keeps ended codes for about ten years) also speaks for days that no earlier release covers.
One whose rows tell of more days than it is complete for (a directory of packages) says so by `tells`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from cleanclaim.reference.intervals import after, before, within
from cleanclaim.reference.library.releases import StoredRelease
from cleanclaim.reference.manifest import Covered
from cleanclaim.values import Interval


@dataclass(frozen=True, slots=True)
class Say:
    """Days for which a release answers."""

    release: StoredRelease
    days: Interval


def latest_revisions(releases: Iterable[StoredRelease]) -> tuple[StoredRelease, ...]:
    """The last revision of each release; the input is in the order of `stored_releases`."""
    last = {(one.manifest.publication, one.manifest.series, one.manifest.release): one for one in releases}
    return tuple(last.values())


def says(releases: Sequence[StoredRelease], table: str) -> list[Say]:
    """Who answers for which days in a table: at most one release of a publication for a day."""
    telling = [one for one in latest_revisions(releases) if one.manifest.file(table)]
    return [
        say
        for _, publication in groupby(telling, key=lambda one: (one.manifest.publication, one.manifest.series))
        for say in _of_publication(list(publication), table)
    ]


def _of_publication(releases: Sequence[StoredRelease], table: str) -> list[Say]:
    answers: list[Say] = []
    spoken_until: date | None = None
    for number, release in enumerate(releases):
        declared = _declared(release, table)
        first, last = release.manifest.effective.first, declared.last
        if number + 1 < len(releases):
            last = min(last, before(releases[number + 1].manifest.effective.first))
        if declared.first < first:
            first = declared.first if spoken_until is None else min(first, max(declared.first, after(spoken_until)))
        if first <= last:
            answers.append(Say(release, Interval(first, last)))
            spoken_until = last
    return answers


def coverage(releases: Sequence[StoredRelease], table: str) -> list[tuple[Covered, str]]:
    """What the releases that have the say are complete for, with the label of the release."""
    return [
        (replace(covered, days=days), say.release.manifest.label)
        for say in says(releases, table)
        for covered in say.release.manifest.covered(table)
        for days in within(covered.days, [say.days])
    ]


def _declared(release: StoredRelease, table: str) -> Interval:
    spans = [one.days for one in release.manifest.covered(table)] or [release.manifest.effective]
    if release.manifest.tells:
        spans.append(release.manifest.tells)
    return Interval(min(one.first for one in spans), max(one.last for one in spans))
