"""What look-ups answer: a code as of a day, a drug number with its codes and product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cleanclaim.reference.library.presumption import Band, PresumedRelease

# What the record layout of the HCPCS file says of coverage codes (COD-05).
COVERAGE = {
    "C": "the contractor judges", "D": "special coverage instructions apply", "I": "not payable by Medicare",
    "M": "not covered by Medicare", "S": "not covered, by statute",
}  # fmt: skip


class CodeStatus(StrEnum):
    """Whether a code may be billed on a day, as far as the library knows."""

    ACTIVE = "active"
    TERMINATED = "terminated"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    NOT_FOUND = "not_found"  # the library is complete for the day, and the code is not in it
    NOT_IN_REFERENCE = "not_in_reference"  # the library does not cover the code on that day: nothing is known


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """A HCPCS code as of a day.

    `valid_from` and `valid_to` are the span in which the code may be billed. With `not_in_reference` the descriptor,
    the billing unit and the span are those of the nearest day that the library knows, and `why` says so.
    """

    code: str
    on: date
    status: CodeStatus
    descriptor: str | None = None
    substance: str | None = None
    amount: Decimal | None = None  # of one billing unit
    unit: str | None = None
    unit_semantics: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    replaced_by: tuple[str, ...] = ()
    replaced_by_units: tuple[Decimal | None, ...] = ()  # of each, for one unit of this code; None where not one number
    coverage_code: str | None = None  # Medicare: C, D, I, M or S (COD-05)
    mue: Decimal | None = None  # units, for the service type that was asked for
    mue_adjudication_indicator: int | None = None
    payment_limit: Decimal | None = None  # US dollars per billing unit
    payment_limit_band: Band | None = (
        None  # where no release covers the day: that of an earlier quarter, with its range
    )
    coinsurance_percent: Decimal | None = None
    presumed: tuple[PresumedRelease, ...] = ()  # releases that were carried to the day
    why: str | None = None  # why the status is not active, or what is unknown
    releases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NdcCode:
    """A HCPCS code under which a package is listed, and when."""

    ndc11: str
    hcpcs_code: str
    valid_from: date
    valid_to: date
    bill_units: Decimal | None  # HCPCS units in one item
    bill_units_package: Decimal | None  # and in the package
    release: str


@dataclass(frozen=True, slots=True)
class Product:
    """What is known of a package: its container, its content and the unit in which it is billed."""

    ndc11: str
    name: str | None
    container: str | None
    form: str | None
    strength: str | None
    ndc_unit: str | None
    content_amount: Decimal | None
    content_unit: str | None
    hcpcs_code: str | None
    source: str | None
    release: str


@dataclass(frozen=True, slots=True)
class NdcAnswer:
    """A drug number as written, what it stands for, and the codes and products that the library knows for it."""

    given: str
    ndc11: str | None
    candidates: tuple[str, ...]
    kind: str
    hcpcs: tuple[NdcCode, ...] = ()
    products: tuple[Product, ...] = ()
    why: str | None = None
    releases: tuple[str, ...] = ()
    on: date | None = None  # the day that was asked about; every day without one
