"""All that a library tells of one code on one day, each thing with its own state: `none printed` is never `unknown`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cleanclaim.reference import tables
from cleanclaim.reference.cells import Cell, plain
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.lookup import Lookup, Told, price_of


class State(StrEnum):
    """Whether a publication tells a value for a day."""

    PRINTED = "printed"
    NONE_PRINTED = "none_printed"  # the row is there, its cell says N/A
    NOT_LISTED = "not_listed"  # the release of the day has no row
    UNKNOWN = "unknown"  # no release covers the day


@dataclass(frozen=True, slots=True)
class BillingUnit:
    """What one unit of a code is."""

    amount: Decimal | None
    unit: str | None
    semantics: str


@dataclass(frozen=True, slots=True)
class Limit:
    """The payment limit of one billing unit in US dollars."""

    state: State
    payment_limit: Decimal | None = None
    release: str | None = None


@dataclass(frozen=True, slots=True)
class Mue:
    """The medically unlikely edit for one service type."""

    service_type: str
    state: State
    value: Decimal | None = None
    adjudication_indicator: int | None = None
    release: str | None = None


@dataclass(frozen=True, slots=True)
class OppsStatus:
    """How hospital outpatient departments are paid for a code: the status indicator of Addendum B."""

    state: State
    indicator: str | None = None
    release: str | None = None


@dataclass(frozen=True, slots=True)
class CodeDay:
    """A code on a day. Descriptor and billing unit are those of the day; None where they are not known."""

    code: str
    on: date
    status: CodeStatus
    why: str | None  # why it is not active
    descriptor: str | None
    unit: BillingUnit | None
    limit: Limit
    mues: tuple[Mue, ...]
    opps: OppsStatus
    code_release: str | None  # that tells status, descriptor and billing unit
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Successor:
    """A code that follows an ended one. `unit_factor` of its units are one unit of the old code."""

    code: str
    unit_factor: Decimal | None  # None where that is not one number
    status: CodeStatus
    unit: BillingUnit | None
    limit: Limit
    release: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Under which codes the crosswalk lists a package on a day."""

    state: State  # printed, not listed or unknown
    codes: tuple[str, ...] = ()
    release: str | None = None


def code_day(lookup: Lookup, code: str, on: date, service_types: Iterable[str]) -> CodeDay:
    """What the library tells of a code on a day, with the MUE of these service types."""
    standing = lookup.standing(code, on)
    known = standing.status is not CodeStatus.NOT_IN_REFERENCE  # else its row is that of another day
    limit = _limit(lookup, code, on)
    mues = tuple(_mue(lookup, code, on, service_type) for service_type in service_types)
    opps = _opps(lookup, code, on)
    code_release = _text(standing.row.get("release")) if known else None
    releases = (code_release, limit.release, opps.release, *(mue.release for mue in mues))
    return CodeDay(
        code, on, standing.status, standing.why, standing.descriptor if known else None,
        _unit(standing.row) if known else None, limit, mues, opps, code_release,
        tuple(dict.fromkeys(one for one in releases if one)),
    )  # fmt: skip


def successors(lookup: Lookup, code: str, on: date) -> tuple[Successor, ...]:
    """The codes that have followed a code until a day, as they are on that day."""
    rows = {str(row["replaced_by"]): row for row in lookup.followers(code, on)}
    followers = []
    for follower, row in sorted(rows.items()):
        then = code_day(lookup, follower, on, ())
        factor = row["unit_factor"]
        followers.append(
            Successor(
                follower, plain(factor) if isinstance(factor, Decimal) else None, then.status, then.unit, then.limit,
                str(row["release"]),
            )
        )  # fmt: skip
    return tuple(followers)


def listing(lookup: Lookup, ndc11: str, on: date) -> Listing:
    """Under which codes the NDC-HCPCS crosswalk of a day lists a package."""
    answer = lookup.told(tables.NDC_CROSSWALK, "ndc11", ndc11, on)
    state = State.PRINTED if answer.rows else State.NOT_LISTED if answer.known else State.UNKNOWN
    return Listing(state, tuple(sorted({str(row["hcpcs_code"]) for row in answer.rows})), answer.release)


def _limit(lookup: Lookup, code: str, on: date) -> Limit:
    answer = lookup.told(tables.ASP_LIMIT, "hcpcs_code", code, on)
    price = price_of(answer.rows[0], "payment_limit") if answer.rows else None
    return Limit(_state(answer, price), price, answer.release)


def _mue(lookup: Lookup, code: str, on: date, service_type: str) -> Mue:
    answer = lookup.told(tables.MUE, "hcpcs_code", code, on, service_type=service_type)
    row = answer.rows[0] if answer.rows else {}
    value, indicator = row.get("mue_value"), row.get("mue_adjudication_indicator")
    return Mue(
        service_type, _state(answer, value), plain(value) if isinstance(value, Decimal) else None,
        indicator if isinstance(indicator, int) else None, answer.release,
    )  # fmt: skip


def _opps(lookup: Lookup, code: str, on: date) -> OppsStatus:
    answer = lookup.told(tables.OPPS_STATUS, "hcpcs_code", code, on)
    indicator = _text(answer.rows[0]["status_indicator"]) if answer.rows else None
    return OppsStatus(_state(answer, indicator), indicator, answer.release)


def _state(answer: Told, value: Cell) -> State:
    if answer.rows:
        return State.NONE_PRINTED if value is None else State.PRINTED
    return State.NOT_LISTED if answer.known else State.UNKNOWN


def _unit(row: dict[str, Cell]) -> BillingUnit | None:
    semantics, amount = _text(row.get("unit_semantics")), row.get("amount")
    if semantics is None:
        return None
    return BillingUnit(plain(amount) if isinstance(amount, Decimal) else None, _text(row.get("unit")), semantics)


def _text(cell: Cell) -> str | None:
    return cell if isinstance(cell, str) else None
