"""Claim drafts: mutable lines with enough memory to inject faults, and their rendering to a claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from benchmarks.injected.catalogue import Drug
from benchmarks.injected.products import Prepared

CENT = Decimal("0.01")


def plain(value: Decimal | int) -> int | float:
    """A JSON number with the shortest exact text."""
    whole = int(value)
    return whole if whole == value else float(value)


@dataclass
class Line:
    """A service line; `role` is drug, jw, admin, em or procedure."""

    role: str
    code: str
    units: Decimal | int | None
    price: Decimal
    modifiers: list[str] = field(default_factory=list)
    drug: Drug | None = None
    prepared: Prepared | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    charted: dict[str, Any] | None = None
    pointers: list[int] = field(default_factory=lambda: [1])
    charge: Decimal | None = None

    def amount(self) -> Decimal:
        """Charge of the line: unit price times units (UNW-19)."""
        if self.charge is not None:
            return self.charge
        units = Decimal(self.units) if self.units is not None and self.units > 0 else Decimal(1)
        return (self.price * units).quantize(CENT)


@dataclass
class Draft:
    """A claim before rendering."""

    claim_type: str
    program: str
    day: date
    lines: list[Line]
    diagnoses: list[str]
    header: dict[str, Any]
    patient: dict[str, Any]
    by_pointer: bool = True
    overrides: dict[str, Any] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)

    def find(self, role: str) -> list[int]:
        """Indexes of the lines of a role."""
        return [index for index, line in enumerate(self.lines) if line.role == role]

    def first(self, role: str) -> Line:
        """First line of a role."""
        return self.lines[self.find(role)[0]]


def render_line(draft: Draft, line: Line, number: int) -> dict[str, Any]:
    """One line as the schema wants it."""
    out: dict[str, Any] = {
        "line_number": number,
        "line_control": f"L{number}",
        "code_qualifier": "HC",
        "hcpcs_code": line.code,
        "modifiers": list(line.modifiers),
        "charge_amount": str(line.amount()),
        "unit_basis": "UN",
        "service_date": draft.day.isoformat(),
    }
    if line.units is not None:
        out["billed_units"] = plain(line.units)
    if draft.claim_type == "P" and line.pointers:
        if draft.by_pointer:
            out["diagnosis_pointers"] = list(line.pointers)
        else:
            out["diagnoses"] = [draft.diagnoses[place - 1] for place in line.pointers]
    if line.charted:
        out["charted"] = line.charted
    out.update(line.fields)
    return {key: value for key, value in out.items() if value != "__drop__"}


def render(draft: Draft, claim_id: str) -> dict[str, Any]:
    """The claim; the total is the sum of the line charges (FMT-06) unless overridden."""
    lines = [render_line(draft, line, number) for number, line in enumerate(draft.lines, start=1)]
    total = sum((line.amount() for line in draft.lines), Decimal(0))
    out: dict[str, Any] = {"claim_id": claim_id, "claim_type": draft.claim_type, "complete": True}
    out["payer_program"] = draft.program
    out.update(draft.header)
    out["diagnosis_code_set"] = "icd10"
    out["diagnoses"] = list(draft.diagnoses)
    out["total_charge"] = str(total.quantize(CENT))
    out["patient"] = draft.patient
    out["lines"] = lines
    out.update(draft.overrides)
    for key in draft.removed:
        out.pop(key, None)
    return out
