"""What changed about a code between two days, and what cannot be told because a day is not covered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.code_day import BillingUnit, CodeDay, Limit, Listing, Mue, State
from cleanclaim.reference.dosage import Dosage, UnitSemantics
from cleanclaim.reference.publications.hcpcs_replacements import unit_factor
from cleanclaim.reference.publications.quarters import quarter_of

ONE_LIST = "wording and unit of its own (one code list tells both days)"
MUE_OF = "MUE "  # and the service type: what a gap is about
_COMPARED = {CodeStatus.ACTIVE, CodeStatus.NOT_IN_REFERENCE}


class ChangeKind(StrEnum):
    """What kind of a change it is: a closed list."""

    ENDED = "ended"  # billable on the old day, not on the new one
    NOT_YET_IN_FORCE = "not_yet_in_force"  # the new day lies before the code
    STARTED = "started"  # not billable on the old day, billable on the new one
    NOT_IN_FORCE = "not_in_force"  # not billable on the new day; on the old one neither, or that is unknown
    UNIT = "unit"
    DESCRIPTOR = "descriptor"
    LIMIT_UP = "limit_up"
    LIMIT_DOWN = "limit_down"
    LIMIT_APPEARED = "limit_appeared"
    LIMIT_DISAPPEARED = "limit_disappeared"
    LIMIT_OF_ANOTHER_UNIT = "limit_of_another_unit"  # the unit changed, and not by one number
    MUE = "mue"
    OPPS_STATUS = "opps_status"
    NDC_LEFT = "ndc_left"  # the crosswalk listed it under the code, and does no more
    NDC_JOINED = "ndc_joined"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between the two days, with what each day says."""

    kind: ChangeKind
    old: str | None
    new: str | None
    about: str | None = None  # the service type of an MUE
    difference: Decimal | None = None  # of limits, per billing unit of the new day
    percent: Decimal | None = None


class Side(StrEnum):
    """One of the two days."""

    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something of a code that one of the days does not tell."""

    what: str  # code, payment limit, MUE practitioner, OPPS status, NDC crosswalk
    side: Side


def code_changes(old: CodeDay, new: CodeDay) -> tuple[Change, ...]:
    """What changed about a code. One that may be billed on one of the days alone has that as its only change."""
    if not {old.status, new.status} <= _COMPARED:
        kind = _coming_or_going(old.status, new.status)
        return (Change(kind, _standing(old), _standing(new)),) if kind else ()
    return (*_of_unit(old, new), *_of_limit(old, new), *_of_mues(old, new), *_of_opps(old, new))


def gaps(old: CodeDay, new: CodeDay) -> Iterator[Gap]:
    """What cannot be compared for want of a release; nothing of what a code that is not billable then would have.

    A code list tells of years before its quarter, in the words of its quarter: what these were before is not known.
    """
    both = {old.status, new.status} == {CodeStatus.ACTIVE}
    if both and old.code_release == new.code_release and quarter_of(old.on) != quarter_of(new.on):
        yield Gap(ONE_LIST, Side.OLD)
    for side, day in ((Side.OLD, old), (Side.NEW, new)):
        if day.status is CodeStatus.NOT_IN_REFERENCE:
            yield Gap("code", side)
        if not {old.status, new.status} <= _COMPARED:
            # How it was paid while it was billable is still asked for.
            if day.status is CodeStatus.ACTIVE and day.limit.state is State.UNKNOWN:
                yield Gap("payment limit", side)
            continue
        if day.limit.state is State.UNKNOWN:
            yield Gap("payment limit", side)
        yield from (Gap(f"{MUE_OF}{mue.service_type}", side) for mue in day.mues if mue.state is State.UNKNOWN)
        if day.opps.state is State.UNKNOWN:
            yield Gap("OPPS status", side)


def units_per_old_unit(old: CodeDay, new: CodeDay) -> Decimal | None:
    """Units of the new day for one of the old; 1 unless the billing unit changed, None where it is not one number."""
    if old.unit is None or new.unit is None or _alike(old.unit, new.unit):
        return Decimal(1)
    return _factor(old.unit, new.unit)


def listing_change(code: str, old: Listing, new: Listing) -> ChangeKind | None:
    """Whether a package left or joined a code in the crosswalk; None where it did not or a day is unknown."""
    if State.UNKNOWN in {old.state, new.state} or (code in old.codes) == (code in new.codes):
        return None
    return ChangeKind.NDC_LEFT if code in old.codes else ChangeKind.NDC_JOINED


def unit_text(unit: BillingUnit | None) -> str:
    """A billing unit in words."""
    if unit is None:
        return "unknown"
    amount = f"{unit.amount:f}" if unit.amount is not None else ""
    return " ".join(part for part in (amount, unit.unit or "", f"({unit.semantics.replace('_', ' ')})") if part)


def limit_text(limit: Limit) -> str:
    """A payment limit as printed; in words where there is none."""
    return limit.state.replace("_", " ") if limit.payment_limit is None else f"{limit.payment_limit:f}"


def percent_of(difference: Decimal, old: Decimal) -> Decimal | None:
    """A difference in percent of the old value, two decimals; None where that is zero."""
    return (difference / old * 100).quantize(Decimal("0.01"), ROUND_HALF_UP) if old else None


def _coming_or_going(old: CodeStatus, new: CodeStatus) -> ChangeKind | None:
    """Of a code that is not billable on one of the days; None where it was not, and the new day is unknown."""
    if new is CodeStatus.NOT_IN_REFERENCE:
        return None
    if new is CodeStatus.ACTIVE:
        return ChangeKind.STARTED
    if old is not CodeStatus.ACTIVE:
        return ChangeKind.NOT_IN_FORCE
    return ChangeKind.NOT_YET_IN_FORCE if new is CodeStatus.NOT_YET_EFFECTIVE else ChangeKind.ENDED


def _standing(day: CodeDay) -> str:
    return day.why or str(day.status)


def _of_unit(old: CodeDay, new: CodeDay) -> Iterator[Change]:
    if old.unit and new.unit and not _alike(old.unit, new.unit):
        yield Change(ChangeKind.UNIT, unit_text(old.unit), unit_text(new.unit))
    if old.descriptor and new.descriptor and _words(old.descriptor) != _words(new.descriptor):
        yield Change(ChangeKind.DESCRIPTOR, old.descriptor, new.descriptor)


def _of_limit(old: CodeDay, new: CodeDay) -> Iterator[Change]:
    was, now = old.limit.payment_limit, new.limit.payment_limit
    texts = limit_text(old.limit), limit_text(new.limit)
    if State.UNKNOWN in {old.limit.state, new.limit.state} or (was is None and now is None):
        return
    if was is None or now is None:
        yield Change(ChangeKind.LIMIT_APPEARED if was is None else ChangeKind.LIMIT_DISAPPEARED, *texts)
        return
    factor = units_per_old_unit(old, new)
    if factor is None:
        yield Change(ChangeKind.LIMIT_OF_ANOTHER_UNIT, *texts)
        return
    was_per_new_unit = was / factor
    difference = now - was_per_new_unit
    if difference:
        kind = ChangeKind.LIMIT_UP if difference > 0 else ChangeKind.LIMIT_DOWN
        yield Change(kind, *texts, difference=_shown(difference), percent=percent_of(difference, was_per_new_unit))


def _shown(difference: Decimal) -> Decimal:
    """With the three decimals of limits; with six where the old limit had to be divided by a factor of units."""
    three = difference.quantize(Decimal("0.001"))
    return three if three == difference else difference.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def _of_mues(old: CodeDay, new: CodeDay) -> Iterator[Change]:
    for was, now in zip(old.mues, new.mues, strict=True):
        if State.UNKNOWN in {was.state, now.state}:
            continue
        if (was.value, was.adjudication_indicator) != (now.value, now.adjudication_indicator):
            yield Change(ChangeKind.MUE, _mue_text(was), _mue_text(now), now.service_type)


def _of_opps(old: CodeDay, new: CodeDay) -> Iterator[Change]:
    if State.UNKNOWN not in {old.opps.state, new.opps.state} and old.opps.indicator != new.opps.indicator:
        was, now = (one.indicator or one.state.replace("_", " ") for one in (old.opps, new.opps))
        yield Change(ChangeKind.OPPS_STATUS, was, now)


def _mue_text(mue: Mue) -> str:
    if mue.value is None:
        return mue.state.replace("_", " ")
    indicator = "unknown" if mue.adjudication_indicator is None else mue.adjudication_indicator
    return f"{mue.value:f} (MAI {indicator})"


def _words(text: str) -> list[str]:
    return text.casefold().split()


def _alike(old: BillingUnit, new: BillingUnit) -> bool:
    return old == new or (old.semantics == new.semantics and _factor(old, new) == 1)


def _factor(old: BillingUnit, new: BillingUnit) -> Decimal | None:
    try:
        return unit_factor(*(Dosage(None, one.amount, one.unit, UnitSemantics(one.semantics)) for one in (old, new)))
    except ValueError:  # a table of somebody's own may hold words that are not ours
        return None
