"""What a finding may still say when releases were carried to its day, and how much of a run rests on such releases.

A fact tells the releases that decided it; those that were carried say so (`reference.presumption`). How far each may
be carried for an edit is data (`presuming.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from cleanclaim.edits.dictionary import Dictionary
from cleanclaim.edits.findings import facts_needed, severity_order
from cleanclaim.edits.language.tree import columns_of
from cleanclaim.edits.outcomes import SERVICE_DATE, Edit, EditCase
from cleanclaim.edits.plan.planes import Plane
from cleanclaim.reference.library.presumption import (
    AND,
    PRESUMED_AFTER,
    Presumed,
    PresumedRelease,
    quarter_after,
    read_label,
)  # fmt: skip
from cleanclaim.values import Severity
from cleanclaim.yaml_text import shipped_shape


class Allowance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to how many quarters each severity stands."""

    reject: int = -1
    deny: int = -1
    warn: int = -1
    calendar: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    twice_up_to: int = -1

    def worst(self, one: Presumed, on: date, facts: Mapping[str, Any]) -> Severity | None:
        """The worst severity that a release carried to a day supports; None when it supports none."""
        quarters, crossed = one.quarters(on), _crossings(self.calendar, one.last, on)
        if crossed > 1:
            return None
        limits = ((Severity.REJECT, self.reject), (Severity.DENY, self.deny), (Severity.WARN, self.warn))
        found = next((severity for severity, limit in limits if quarters <= limit), None)
        if found is None and self.twice and quarters <= self.twice_up_to:
            more, than = (facts.get(name) for name in self.twice)
            if isinstance(more, Decimal) and isinstance(than, Decimal) and more > 2 * than:
                return Severity.WARN
        return Severity.WARN if found and crossed else found


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    measured: date
    tables: dict[str, Allowance]
    edits: dict[str, dict[str, Allowance]]


@cache
def allowances() -> _Data:
    """What stands in `presuming.yaml`."""
    return shipped_shape("cleanclaim.edits", "presuming.yaml", _Data)


@cache
def releases_read(facts: Dictionary, edit: Edit, case: EditCase | None = None) -> tuple[str, ...]:
    """The facts that tell which releases decided an edit, or one case of it."""
    names = facts_needed(edit)
    if case:
        names = tuple(dict.fromkeys((*columns_of(edit.scope), *columns_of(case.when))))
    return facts.releases_of(edit.grain, names)


def presumed_in(row: Mapping[str, Any], names: Iterable[str]) -> tuple[Presumed, ...]:
    """The carried releases that some facts of a row name."""
    labels = (label for name in names for label in str(row[name] or "").split(AND) if PRESUMED_AFTER in label)
    found = (read_label(label) for label in labels)
    return tuple(dict.fromkeys(one for one in found if one))


def allowed(edit: Edit, severity: Severity, carried: Sequence[Presumed], row: Mapping[str, Any]) -> Severity | None:
    """The severity of a finding that rests on carried releases; None when they are carried too far for it."""
    own = allowances().edits.get(edit.id, {})
    for one in carried:
        allowance = own.get(one.table) or allowances().tables[one.table]
        worst = allowance.worst(one, row[SERVICE_DATE], row)
        if worst is None:
            return None
        severity = max(severity, worst, key=severity_order)
    return severity


def told(carried: Iterable[Presumed], on: date) -> tuple[PresumedRelease, ...]:
    """The carried releases as findings tell them."""
    return tuple(one.told(on) for one in carried)


@dataclass(slots=True)
class Resting:
    """How much of a run rests on carried releases: lines by release and quarters."""

    lines: dict[tuple[str, int], int] = field(default_factory=dict)  # by label and quarters

    def count(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows of one part of the run: label, day, and how many lines."""
        for row in rows:
            if one := read_label(row["label"]):
                key = (row["label"], one.quarters(row["day"]))
                self.lines[key] = self.lines.get(key, 0) + row["lines"]

    def add(self, other: Resting) -> None:
        """What rests on each release in another part of the run, at the same grain."""
        for key, lines in other.lines.items():
            self.lines[key] = self.lines.get(key, 0) + lines

    def widest(self, other: Resting) -> None:
        """What rests on each release at any grain: the same lines are behind the rows of several."""
        for key, lines in other.lines.items():
            self.lines[key] = max(lines, self.lines.get(key, 0))

    def releases(self) -> Iterator[tuple[PresumedRelease, int, str]]:
        """Each carried release with its quarters, the lines that rest on it (most first), and the quarter wanted."""
        for (label, quarters), lines in sorted(self.lines.items(), key=lambda item: (-item[1], item[0])):
            if one := read_label(label):
                yield replace(one.told(one.last), quarters=quarters), lines, quarter_after(one.last, quarters)


@lru_cache(maxsize=100)
def _releases_of_edits(
    facts: Dictionary, edits: tuple[Edit, ...]
) -> tuple[Mapping[Edit, tuple[str, ...]], tuple[str, ...]]:
    """The facts that tell which releases decided each edit, and all of them together."""
    of_edit = {edit: releases_read(facts, edit) for edit in edits}
    return of_edit, tuple(dict.fromkeys(name for names in of_edit.values() for name in names))


class PresumedRows:
    """Which rows of one grain rest on carried releases, edit by edit."""

    def __init__(self, facts: Dictionary, edits: Iterable[Edit]) -> None:
        """Nothing seen yet."""
        self.of_edit, self.columns = _releases_of_edits(facts, tuple(edits))

    def planes(self, beside: pa.RecordBatch) -> dict[str, Plane]:
        """By release fact, the rows of a batch on which it names a carried release."""
        import pyarrow.compute as pc  # noqa: PLC0415 - a few claims are checked without it

        found = {}
        for name in self.columns:
            texts = beside.column(name).dictionary_encode()
            carried = pc.match_substring(texts.dictionary, PRESUMED_AFTER)
            rows = carried.take(texts.indices).fill_null(False)  # noqa: FBT003 - a value
            found[name] = np.packbits(rows.to_numpy(zero_copy_only=False).astype(bool), bitorder="little")
        return found

    def plane_of(self, edit: Edit, planes: Mapping[str, Plane], like: Plane) -> Plane:
        """The rows on which an edit rests on a carried release."""
        own = [planes[name] for name in self.of_edit[edit]]
        return np.bitwise_or.reduce(own) if own else np.zeros_like(like)

    def on_row(self, edit: Edit, row: Mapping[str, Any]) -> bool:
        """The same for one row of facts."""
        return any(PRESUMED_AFTER in (row[name] or "") for name in self.of_edit[edit])


def _crossings(calendar: Sequence[str], last: date, on: date) -> int:
    days = [(int(month), int(day)) for month, _, day in (text.partition("-") for text in calendar)]
    years = range(last.year, on.year + 1)
    return sum(last < date(year, month, day) <= on for year in years for month, day in days)
