"""What is lacking: claims on which an essential edit could not be evaluated, and what would have told.

What only a payer's policy would tell is no lack of the claim, and is not counted here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cleanclaim.edits.dictionary import Dictionary
from cleanclaim.edits.outcomes import Edit
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.planes import Plane, atom_planes, rows_of

_Rows = npt.NDArray[np.int64]
WaitingRows = dict[tuple[str, str], list[_Rows]]  # by edit and missing fact


@dataclass(slots=True)
class Lacking:
    """The rows of one grain on which an essential edit was not evaluated, by edit and missing fact."""

    facts: Dictionary
    grain: Grain
    claims: dict[tuple[str, str], list[_Rows]] = field(default_factory=lambda: defaultdict(list))  # rows of claims
    last_part: set[int] = field(default_factory=set)  # the claims of the part that was closed last
    waiting: WaitingRows = field(default_factory=lambda: defaultdict(list))  # rows of the part that is judged
    _lacks_of: Mapping[str, str] = field(init=False, repr=False)  # what counts, and what must be lacked for it

    def __post_init__(self) -> None:
        """Sort out once which facts count: rows ask for each of theirs."""
        self._lacks_of = _lacks(self.facts, self.grain)

    def add_row(self, edit: Edit, row_id: int, row: Mapping[str, Any], missing: Iterable[str]) -> None:
        """An edit that could not be evaluated on a row of facts."""
        if not edit.page.front.essential:
            return
        for name in missing:
            if name in self._lacks_of and (not (lacks := self._lacks_of[name]) or row[lacks]):
                self.waiting[edit.id, name].append(np.array([row_id], np.int64))

    def add_planes(self, edit: Edit, row_ids: _Rows, beside: pa.RecordBatch, missing: Mapping[str, Plane]) -> None:
        """The same for a batch of rows."""
        if not edit.page.front.essential:
            return
        for name, plane in missing.items():
            if name in self._lacks_of:
                if lacks := self._lacks_of[name]:
                    plane = plane & atom_planes(beside.column(lacks).is_valid())[0]  # noqa: PLW2901
                self.waiting[edit.id, name].append(row_ids[rows_of(plane, len(row_ids))])

    def add(self, waiting: WaitingRows) -> None:
        """What was found on other rows of the same part."""
        for key, rows in waiting.items():
            self.waiting[key] += rows

    def close_part(self, bench: Workbench, view: str) -> None:
        """Find the claims of the rows of a part of the run."""
        self.last_part = set()
        if not self.waiting:
            return
        ids, claims = bench.claims_of(self.grain, view)
        for key, rows in self.waiting.items():
            found = np.unique(claims[np.searchsorted(ids, np.concatenate(rows))])
            self.claims[key].append(found)
            self.last_part.update(found.tolist())
        self.waiting.clear()


@cache
def _lacks(facts: Dictionary, grain: Grain) -> Mapping[str, str]:
    """The facts whose lack counts, each with the fact that must say so."""
    # CPT and CDT numbers are licensed, and never judged: of a code only what a code list would tell is lacked.
    return {
        name: facts.lacks_of(grain, name) if facts.group_of(grain, name).name == "code" else ""
        for name in facts.facts(grain)
        if not facts.is_of_payer(grain, name)
    }
