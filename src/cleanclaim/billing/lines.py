"""The claim lines of one administration, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class BillLine:
    """One claim line and the rule that made it. `charge_amount` is None where no charge was given."""

    hcpcs_code: str
    modifiers: tuple[str, ...]
    billed_units: int
    rule: str
    ndc11: str | None = None
    ndc_quantity: Decimal | None = None
    ndc_unit: str | None = None
    charge_amount: Decimal | None = None
    description: str | None = None  # for codes of unclassified drugs: name, dose, route, NDC
    note: str | None = None  # of the line: further NDCs, dates ...
    ndc_link: str | None = None  # the number that the lines of a compound share
    revenue_code: str | None = None  # of a facility's bill
    why: str = ""
    drugs: tuple[str, ...] = ()  # of a line for giving: what was given
    is_procedure: bool = False  # another code of the visit, as it was told

    @property
    def is_drug(self) -> bool:
        """Whether it bills a drug."""
        return not (self.drugs or self.is_procedure)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an administration cannot be billed as it was told, and what would help."""

    reason: str  # a name for scripts: unknown-drug, dose-above-containers ...
    explanation: str


@dataclass(frozen=True, slots=True)
class Bill:
    """What one administration comes to. Without lines there is a refusal: never a number that only looks right."""

    id: str | None
    lines: tuple[BillLine, ...] = ()
    warnings: tuple[str, ...] = ()
    refusal: Refusal | None = None
    releases: tuple[str, ...] = ()
    billed_with: int | None = None  # the place of the case that bears the lines of this one too (UNW-18), from 1
