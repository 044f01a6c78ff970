"""Authorizations of a payer, and how the visits of a course use them up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

import msgspec

_Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class Authorization(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a payer has agreed to pay for: codes, days (both in), and units, visits or both."""

    number: str
    hcpcs_codes: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    first_day: date
    last_day: date
    units: _Count | None = None
    visits: _Count | None = None
    used_so_far: _Count = 0  # units, before the first visit of the course
    visits_so_far: _Count = 0
    places_of_service: tuple[str, ...] = ()  # where it may be given; anywhere unless said
    rendering_npis: tuple[str, ...] = ()  # by whom; anybody unless said

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError("last_day: expected a day that is not before first_day")
        if self.units is None and self.visits is None:
            raise ValueError("expected units, visits or both")

    def units_left(self, used: int) -> int | None:
        """Units left when so many are used; None where it sets no such bound."""
        return None if self.units is None else max(0, self.units - used)

    def visits_left(self, used: int) -> int | None:
        """Visits left when so many are used; None where it sets no such bound."""
        return None if self.visits is None else max(0, self.visits - used)

    def is_for(self, code: str) -> bool:
        """Whether a code, in capitals, is one of its codes."""
        return code in {one.strip().upper() for one in self.hcpcs_codes}


@dataclass(frozen=True, slots=True)
class Taken:
    """The authorization that covers a visit, or why none does; without authorizations there is neither."""

    number: str | None = None
    why: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorizationUse:
    """What a course makes of one authorization; None where it sets no such bound."""

    number: str
    hcpcs_codes: tuple[str, ...]
    units_used: int  # with what was used before the course
    units_left: int | None
    visits_used: int
    visits_left: int | None
    first_not_covered: date | None  # the first visit from its first day on, of one of its codes, that nothing covers


@dataclass(slots=True)
class _Account:
    terms: Authorization
    units_used: int
    visits_used: int
    codes: set[str] = field(default_factory=set)  # that have used it in the course
    first_not_covered: date | None = None

    @property
    def units_left(self) -> int | None:
        return self.terms.units_left(self.units_used)

    @property
    def visits_left(self) -> int | None:
        return self.terms.visits_left(self.visits_used)

    def why_not(self, day: date, code: str, units: int, place: str | None, npi: str | None) -> str | None:
        """Why it does not cover a visit; None where it does. A place or provider that is not told is taken as right."""
        terms, number = self.terms, self.terms.number
        if not terms.is_for(code):
            return f"{number} is for {', '.join(terms.hcpcs_codes)}, not for {code}"
        if day < terms.first_day:
            return f"{number} starts on {terms.first_day}, after {day}"
        if day > terms.last_day:
            return f"{number} ended on {terms.last_day}, before {day}"
        if place and terms.places_of_service and place not in terms.places_of_service:
            return f"{number} is for place of service {' or '.join(terms.places_of_service)}, not {place}"
        if npi and terms.rendering_npis and npi not in terms.rendering_npis:
            return f"{number} is for another rendering provider"
        if self.visits_left == 0:
            return f"{number} has no visit left of {terms.visits}"
        if self.units_left is not None and self.units_left < units:
            return f"{number} has {self.units_left} of {units} units left"
        return None


class Ledger:
    """Authorizations as a course uses them up, visit after visit."""

    def __init__(self, authorizations: Iterable[Authorization]) -> None:
        """Takes what the payer has agreed to, with what was used so far."""
        self._accounts = [_Account(one, one.used_so_far, one.visits_so_far) for one in authorizations]

    def take(self, day: date, code: str, units: int, *, place: str | None = None, npi: str | None = None) -> Taken:
        """Use up what a visit needs, of one authorization: the first to end that has all of its units.

        A visit that none covers whole takes nothing: a claim names one authorization.
        """
        reasons = []
        for account in sorted(self._accounts, key=lambda one: (one.terms.last_day, one.terms.first_day)):
            why = account.why_not(day, code, units, place, npi)
            if why is None:
                account.units_used += units
                account.visits_used += 1
                return Taken(account.terms.number, warnings=_several_codes(account, code))
            reasons.append(why)
        for account in self._accounts:
            if account.first_not_covered is None and account.terms.is_for(code) and day >= account.terms.first_day:
                account.first_not_covered = day
        return Taken(why="; ".join(reasons) or None)

    def uses(self) -> tuple[AuthorizationUse, ...]:
        """What has been used of each, in the order in which they were given."""
        return tuple(
            AuthorizationUse(
                one.terms.number, one.terms.hcpcs_codes, one.units_used, one.units_left, one.visits_used,
                one.visits_left, one.first_not_covered,
            )
            for one in self._accounts
        )  # fmt: skip


def _several_codes(account: _Account, code: str) -> tuple[str, ...]:
    """A warning where units of a second code, which may be of another size, count against the same number."""
    others = account.codes - {code}
    account.codes.add(code)
    if not others or account.terms.units is None:
        return ()
    earlier = " and ".join(sorted(others))
    return (
        f"units of {code} count against {account.terms.number} as those of {earlier} did; a unit may be another amount",
    )
