"""What could not be read, as rows of the fault table."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from cleanclaim.claims.tables import Lost

Row = dict[str, object]
_SHOWN_CHARACTERS = 40


@dataclass(slots=True)
class Faults:
    """The faults of a file since they were last drained."""

    source_file: str
    rows: list[Row] = field(default_factory=list)
    first: str = ""  # message of the first that lost a claim

    def add(
        self, fault: str, row: int, expected: str, lost: Lost, *, element: str | None = None, value: str | None = None
    ) -> None:
        """Tell a fault. `value` only where it can hold nothing of a patient."""
        place = f"row {row}, {element}" if element else f"row {row}"
        message = f"{place}: {fault.replace('-', ' ')}; expected {expected}"
        if lost is Lost.CLAIM:
            self.first = self.first or message
        self.rows.append({
            "source_file": self.source_file, "fault": fault, "message": message, "lost": lost.value,
            "element": element, "row": row, "value": value, "expected": expected,
        })  # fmt: skip

    def drain(self) -> list[Row]:
        """The faults, which are forgotten here."""
        rows, self.rows = self.rows, []
        return rows


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells faults of one row."""

    faults: Faults
    row: int

    def tell(
        self, fault: str, element: str, expected: str, lost: Lost = Lost.VALUE, *, value: str | None = None
    ) -> None:
        """Tell a fault of an element."""
        self.faults.add(fault, self.row, expected, lost, element=element, value=value)

    def lost_claim(self, fault: str, expected: str) -> None:
        """Tell that the row gives no claim."""
        self.faults.add(fault, self.row, expected, Lost.CLAIM)

    def unknown_key(self, element: str, key: str, known: Iterable[str]) -> None:
        """Tell a key that no claim has, with the nearest that it has."""
        near = difflib.get_close_matches(key, list(known), n=1)
        meant = (
            f"a key of the claim, such as {near[0]}"
            if near
            else "a key of the claim (`cleanclaim schema claim` lists them)"
        )
        self.tell("key-unknown", element, meant)


def shown(value: object) -> str | None:
    """A scalar as a fault may show it; None for what is nested."""
    if isinstance(value, (str, bool, int, Decimal)):
        return str(value)[:_SHOWN_CHARACTERS]
    return None
