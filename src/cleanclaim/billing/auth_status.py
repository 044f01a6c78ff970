"""Where a payer's authorizations stand on a day: what is about to run out, and which planned dose none covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from cleanclaim.billing.authorizations import Authorization, Ledger, Taken


class PlannedDose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A dose to come, as it will be billed."""

    service_date: date
    hcpcs_code: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9]{5}$")]
    units: Annotated[int, msgspec.Meta(ge=1, le=10**8)]
    id: str | None = None
    place_of_service: str | None = None
    rendering_npi: str | None = None


class State(StrEnum):
    """Where an authorization stands on a day."""

    OPEN = "open"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    USED_UP = "used_up"


@dataclass(frozen=True, slots=True)
class Standing:
    """One authorization on a day, before the planned doses. `running_out` says why, where it is about to."""

    number: str
    hcpcs_codes: tuple[str, ...]
    state: State
    days_left: int  # with the day itself; 0 when it has ended
    units_left: int | None
    visits_left: int | None
    running_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dose:
    """A planned dose with the authorization that covers it, or why none does."""

    planned: PlannedDose
    taken: Taken


@dataclass(frozen=True, slots=True)
class AuthStatus:
    """All authorizations and planned doses, as of a day."""

    on: date
    authorizations: tuple[Standing, ...]
    doses: tuple[Dose, ...]

    @property
    def is_clear(self) -> bool:
        """Whether every planned dose is covered and nothing is about to run out."""
        covered = all(one.taken.number for one in self.doses)
        return covered and not any(one.running_out for one in self.authorizations)


def auth_status(
    authorizations: Sequence[Authorization], planned: Sequence[PlannedDose], on: date, *, within_days: int = 30
) -> AuthStatus:
    """The standing of each authorization, and what covers each planned dose in the order of their days.

    `within_days`: an authorization that ends within so many days is about to run out; so is one with too little left
    for all planned doses of its codes until its last day. Doses before the day are no longer planned, and are left out.
    """
    to_come = sorted(
        (one for one in planned if one.service_date >= on),
        key=lambda one: (one.service_date, one.hcpcs_code, one.id or "", one.units),
    )
    ledger = Ledger(authorizations)
    doses = tuple(
        Dose(one, ledger.take(one.service_date, one.hcpcs_code.upper(), one.units,
                              place=one.place_of_service, npi=one.rendering_npi))
        for one in to_come
    )  # fmt: skip
    return AuthStatus(on, tuple(_standing(one, to_come, on, within_days) for one in authorizations), doses)


def _standing(one: Authorization, to_come: Sequence[PlannedDose], on: date, within_days: int) -> Standing:
    units_left = one.units_left(one.used_so_far)
    visits_left = one.visits_left(one.visits_so_far)
    days_left = max(0, (one.last_day - max(on, one.first_day)).days + 1)
    if on > one.last_day:
        state = State.ENDED
    elif 0 in (units_left, visits_left):
        state = State.USED_UP
    else:
        state = State.NOT_STARTED if on < one.first_day else State.OPEN
    running_out = []
    if state is State.OPEN:
        if (one.last_day - on).days < within_days:
            running_out.append(f"it ends on {one.last_day}, in {(one.last_day - on).days} days")
        running_out += _too_little(one, to_come, units_left, visits_left)
    return Standing(one.number, one.hcpcs_codes, state, days_left, units_left, visits_left, tuple(running_out))


def _too_little(
    one: Authorization, to_come: Sequence[PlannedDose], units_left: int | None, visits_left: int | None
) -> list[str]:
    """Words on the planned doses of its codes and days that it has not enough for, all together."""
    own = [dose for dose in to_come if one.is_for(dose.hcpcs_code.upper()) and dose.service_date <= one.last_day]
    units, found = sum(dose.units for dose in own), []
    if units_left is not None and units > units_left:
        found.append(f"{units_left:,} units are left, {units:,} are planned until {one.last_day}")
    if visits_left is not None and len(own) > visits_left:
        left = "1 visit is" if visits_left == 1 else f"{visits_left:,} visits are"
        found.append(f"{left} left, {len(own):,} are planned until {one.last_day}")
    return found
