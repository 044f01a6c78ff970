"""Marks: which edit has something to tell about which row. Judging makes them, telling turns them into findings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from cleanclaim.edits.outcomes import Edit, Outcome


@dataclass(slots=True)
class EditCount:
    """How many rows an edit looked at, and how each ended."""

    edit: Edit
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    clear_presumed: int = 0  # of those that are clear: by a release that was carried to the day
    silenced: int = 0  # fires not told because a more basic edit fired on the line
    switched_off: int = 0  # fires that a site's profile switches off on their day: counted as not in force

    def add(self, other: EditCount) -> None:
        """What was counted of other rows, where they were judged."""
        self.outcomes.update(other.outcomes)
        self.missing.update(other.missing)
        self.clear_presumed += other.clear_presumed
        self.silenced += other.silenced
        self.switched_off += other.switched_off

    @property
    def rows(self) -> int:
        """Rows of the edit's grain."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class Mark:
    """One edit on one row: the case that fired, or (case -1) the facts that were missing."""

    row_id: int
    edit: Edit
    case: int
    missing: tuple[str, ...] = ()
