"""Coverage gaps: the checks that could not be made for want of a release, counted by release and quarter.

A fact that a publication tells names its tables (`tables` in the head of its group); the fact `<group>_lacks` says, row
by row, which of them no release covers there: a table, and the part of it where its file has parts (`mue practitioner`)
or the code where it is told code by code (`product J9271`). What is missing for another reason waits for no release.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cleanclaim.edits.dictionary import ROW_ID, Dictionary
from cleanclaim.edits.outcomes import SERVICE_DATE, Edit
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.planes import EditPlanes, Plane, rows_of

_CHARGE = {
    Grain.LINE: "charge_amount",
    Grain.DRUG_DAY: "line_charge_sum",
    Grain.CLAIM: "total_charge",
    Grain.LINE_PAIR: "line_charge_sum",
    Grain.POLICY_LINE: "charge_amount",
    Grain.DIAGNOSIS: "charge_amount",
}
_NOTHING = -1  # in place of the number of a gap
_Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """What no release covers, and for services of which quarter."""

    table: str
    part: str  # of the publication, or the code
    year: int
    quarter: int  # 1 to 4


@dataclass(slots=True)
class Waiting:
    """What waits for one release. A check is one edit on one row."""

    checks: int = 0
    alone: int = 0  # those that wait for nothing else
    rows: int = 0  # rows that any of them is about, each once
    charges: Decimal = Decimal()  # what these rows are charged
    edits: set[str] = field(default_factory=set)  # ids


class CoverageGaps:
    """The gaps of one grain, gathered row by row or batch by batch."""

    def __init__(self, facts: Dictionary, grain: Grain, names: Iterable[str]) -> None:
        """Nothing wanted yet; `names` are the facts that edits of the grain read."""
        self._lacks_of, self._tables_of = _waiting_facts(facts, grain, tuple(names))
        self._row_id, self._charge = ROW_ID[grain], _CHARGE[grain]
        self._columns = tuple(dict.fromkeys(self._lacks_of.values()))
        self._seen: set[tuple[int, Gap]] = set()
        self.found: dict[Gap, Waiting] = defaultdict(Waiting)

    @property
    def columns(self) -> tuple[str, ...]:
        """The facts that it reads beside those of the edits."""
        return (*self._columns, self._charge) if self._columns else ()

    def add_row(self, edit: Edit, row: Mapping[str, Any], missing: Iterable[str]) -> None:
        """An edit that could not be evaluated on a row of facts."""
        gaps = {self._gap_on(row, name) for name in missing}
        wanted = sorted(gap for gap in gaps if gap)
        for gap in wanted:
            one = self.found[gap]
            one.checks += 1
            one.alone += len(gaps) == 1
            one.edits.add(edit.id)
            if (seen := (row[self._row_id], gap)) not in self._seen:
                self._seen.add(seen)
                one.rows += 1
                one.charges += row[self._charge] or 0

    def add(self, found: Mapping[Gap, Waiting]) -> None:
        """What was found on other rows."""
        _add(self.found, found)

    def forget_rows(self) -> None:
        """Rows that come after are others, whatever their ids: the next part of a run."""
        self._seen.clear()

    def _gap_on(self, row: Mapping[str, Any], name: str) -> Gap | None:
        day, text = row[SERVICE_DATE], row[self._lacks_of[name]] if name in self._lacks_of else None
        if day is None or text is None:
            return None
        gap = _gap(text, day.year, (day.month + 2) // 3)
        return gap if gap.table in self._tables_of[name] else None

    def batch(self, beside: pa.RecordBatch) -> BatchGaps:
        """A gatherer for one batch, which has `columns` beside its planes."""
        return BatchGaps(self, beside)

    def part(self, beside: pa.RecordBatch) -> tuple[list[_Rows], list[Gap]]:
        """Which gap each row has by each column, as numbers of a list of gaps."""
        quarters = _quarters(beside.column(SERVICE_DATE))
        gaps: dict[Gap, int] = {}
        numbers = []
        for name in self._columns:
            texts = beside.column(name).dictionary_encode()
            words = texts.dictionary.to_pylist()
            places = texts.indices.fill_null(_NOTHING).to_numpy(zero_copy_only=False).astype(np.int64)
            # A row's gap is a text and a quarter: both small numbers, joined into one.
            joined = np.where((places < 0) | (quarters < 0), _NOTHING, places + quarters * len(words))
            distinct, back = np.unique(joined, return_inverse=True)
            own = [
                _NOTHING if item < 0 else _number(gaps, words[item % len(words)], item // len(words))
                for item in distinct.tolist()
            ]  # fmt: skip
            numbers.append(np.array(own, np.int64)[back] if own else np.zeros(0, np.int64))
        return numbers, list(gaps)

    def place_of(self, name: str) -> int | None:
        """Which of the columns says what a fact waits for."""
        return self._columns.index(self._lacks_of[name]) if name in self._lacks_of else None

    def tables_of(self, name: str) -> tuple[str, ...]:
        """The tables that a fact can wait for."""
        return self._tables_of[name]

    def charges(self, beside: pa.RecordBatch) -> pa.Array[Any]:
        """The charge of each row."""
        return beside.column(self._charge)


class BatchGaps:
    """The gaps of one batch: planes of what is missing, met with the numbers of what no release covers."""

    def __init__(self, gaps: CoverageGaps, beside: pa.RecordBatch) -> None:
        """Nothing wanted yet."""
        self._gaps, self._beside = gaps, beside
        self._numbers, self._found_gaps = gaps.part(beside)
        self._waiting: list[_Rows] = []  # row * gaps + gap, of each edit

    def add(self, planes: EditPlanes) -> None:
        """What an edit could not judge in the batch."""
        if not self._found_gaps or not planes.missing:
            return
        rows = rows_of(np.bitwise_or.reduce(list(planes.missing.values())), self._beside.num_rows)
        waits = np.full((len(rows), len(self._numbers) + 1), _NOTHING, np.int64)
        other = np.zeros(len(rows), bool)  # something is missing that no release would tell
        for name, plane in planes.missing.items():
            missing = _bits(plane, rows)
            place = self._gaps.place_of(name)
            told = self._told(place, name, rows) if place is not None else np.full(len(rows), _NOTHING, np.int64)
            other |= missing & (told < 0)
            if place is not None:
                waits[:, place] = np.where(missing & (told >= 0), told, waits[:, place])
        # One release that two facts wait for is one gap.
        waits.sort(axis=1)
        waits[:, 1:][waits[:, 1:] == waits[:, :-1]] = _NOTHING
        alone = ((waits >= 0).sum(axis=1) == 1) & ~other
        self._count(planes.edit, waits, alone)
        row, column = np.nonzero(waits >= 0)
        self._waiting.append(rows[row] * len(self._found_gaps) + waits[row, column])

    def _told(self, place: int, name: str, rows: _Rows) -> _Rows:
        tables = self._gaps.tables_of(name)
        may = np.array([gap.table in tables for gap in self._found_gaps], bool)
        numbers = self._numbers[place][rows]
        return np.where((numbers >= 0) & may[numbers], numbers, _NOTHING)

    def _count(self, edit: Edit, waits: _Rows, alone: npt.NDArray[np.bool_]) -> None:
        size = len(self._found_gaps)
        checks = np.bincount(waits[waits >= 0], minlength=size)
        by_itself = waits[alone]
        settled = np.bincount(by_itself[by_itself >= 0], minlength=size)
        for number in np.flatnonzero(checks).tolist():
            one = self._gaps.found[self._found_gaps[number]]
            one.checks += int(checks[number])
            one.alone += int(settled[number])
            one.edits.add(edit.id)

    def close(self) -> None:
        """Count the rows that wait, each once, and their charges."""
        if not self._waiting:
            return
        waiting = np.unique(np.concatenate(self._waiting))
        charges = self._gaps.charges(self._beside).take(pa.array(waiting // len(self._found_gaps), pa.int64()))
        sums = pa.table({"gap": waiting % len(self._found_gaps), "charge": charges}).group_by("gap").aggregate(
            [("charge", "sum"), ([], "count_all")]
        )  # fmt: skip
        for row in sums.to_pylist():
            one = self._gaps.found[self._found_gaps[row["gap"]]]
            one.rows += row["count_all"]
            one.charges += row["charge_sum"] or 0


@lru_cache(maxsize=100)
def _waiting_facts(
    facts: Dictionary, grain: Grain, names: tuple[str, ...]
) -> tuple[Mapping[str, str], Mapping[str, tuple[str, ...]]]:
    """Of some facts those that can wait for a release: the fact that says for which, and the tables that they read."""
    known = facts.facts(grain)
    lacks = {name: gaps for name in names if (gaps := facts.lacks_of(grain, name))}
    return lacks, {name: known[name].tables for name in lacks}


def joined(parts: Iterable[Mapping[Gap, Waiting]]) -> dict[Gap, Waiting]:
    """The gaps of one grain, of several parts of a run."""
    found: dict[Gap, Waiting] = defaultdict(Waiting)
    for part in parts:
        _add(found, part)
    return found


def together(grains: Iterable[Mapping[Gap, Waiting]]) -> dict[Gap, Waiting]:
    """The gaps of all grains. Rows and charges are of the grain with most: the lines of both are the same."""
    found: dict[Gap, Waiting] = {}
    for gap, one in (item for grain in grains for item in grain.items()):
        had = found.setdefault(gap, Waiting())
        had.checks += one.checks
        had.alone += one.alone
        had.edits |= one.edits
        had.rows, had.charges = max((had.rows, had.charges), (one.rows, one.charges))
    return found


def _add(found: dict[Gap, Waiting], more: Mapping[Gap, Waiting]) -> None:
    for gap, other in more.items():
        one = found[gap]
        one.checks += other.checks
        one.alone += other.alone
        one.rows += other.rows
        one.charges += other.charges
        one.edits |= other.edits


def _gap(text: str, year: int, quarter: int) -> Gap:
    table, _, part = text.partition(" ")
    return Gap(table, part, year, quarter)


def _number(gaps: dict[Gap, int], text: str, quarter: int) -> int:
    return gaps.setdefault(_gap(text, quarter // 4, quarter % 4 + 1), len(gaps))


def _quarters(days: Any) -> _Rows:  # noqa: ANN401 - an Arrow array of dates, which the stubs cannot name
    """Each day's quarter, counted from the year 0; below zero where there is no day."""
    import pyarrow.compute as pc  # noqa: PLC0415 - a few claims are checked without it

    found: _Rows = (
        pc.add(pc.multiply(pc.year(days), 4), pc.subtract(pc.quarter(days), 1))
        .fill_null(_NOTHING)
        .to_numpy(zero_copy_only=False)
        .astype(np.int64)
    )
    return found


def _bits(plane: Plane, rows: _Rows) -> npt.NDArray[np.bool_]:
    """The bits of some rows of a plane."""
    bits: npt.NDArray[np.bool_] = (plane[rows >> 3] >> (rows & 7).astype(np.uint8) & 1).astype(bool)
    return bits
