"""What units come to on two days: units times payment limit, by the code that follows where one ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from cleanclaim.app.change_result import CodeChanges, CodeMoney, Money
from cleanclaim.reference.cells import plain
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.code_changes import limit_text, percent_of, units_per_old_unit
from cleanclaim.reference.codes.code_day import CodeDay, Successor

_CENT = Decimal("0.01")


def money_of(was: CodeDay, now: CodeDay, followers: Sequence[Successor], units: Decimal, lines: int) -> CodeMoney | str:
    """Units times limit on both days, or in words why that cannot be said."""
    if not lines:
        return "no line has units"
    if was.status not in {CodeStatus.ACTIVE, CodeStatus.NOT_IN_REFERENCE}:
        return f"not in force on {was.on}"
    if was.limit.payment_limit is None:
        return f"payment limit on {was.on}: {limit_text(was.limit)}"
    if now.status in {CodeStatus.ACTIVE, CodeStatus.NOT_IN_REFERENCE}:
        factor = units_per_old_unit(was, now)
        if now.limit.payment_limit is None:
            return f"payment limit on {now.on}: {limit_text(now.limit)}"
        if factor is None:
            return "the billing unit changed, and not by one number"
        return _amounts(lines, units * was.limit.payment_limit, units * factor * now.limit.payment_limit)
    return _money_of_successor(was.limit.payment_limit, now.on, followers, units, lines)


def _money_of_successor(
    old_limit: Decimal, on: date, followers: Sequence[Successor], units: Decimal, lines: int
) -> CodeMoney | str:
    active = [one for one in followers if one.status is CodeStatus.ACTIVE]
    if len(active) != 1:
        return "several codes follow" if active else f"no code that follows is known to be in force on {on}"
    (one,) = active
    if one.unit_factor is None:
        return f"units of {one.code} are not one number of units of the old code"
    if one.limit.payment_limit is None:
        return f"payment limit of {one.code} on {on}: {limit_text(one.limit)}"
    follow = plain(units * one.unit_factor)
    return _amounts(lines, units * old_limit, follow * one.limit.payment_limit, one.code, follow)


def _amounts(
    lines: int, old: Decimal, new: Decimal, successor: str | None = None, units: Decimal | None = None
) -> CodeMoney:
    was, now = (amount.quantize(_CENT, ROUND_HALF_UP) for amount in (old, new))
    return CodeMoney(lines, was, now, now - was, percent_of(now - was, was), successor, units)


def total(codes: Sequence[CodeChanges]) -> Money:
    """The sums over codes."""
    # Of what each code shows, cents and all: the sums are those of the table.
    known = [one.money for one in codes if one.money]
    zero = Decimal("0.00")
    up = sum((one.difference for one in known if one.difference > 0), zero)
    down = sum((one.difference for one in known if one.difference < 0), zero)
    return Money(
        sum(one.lines for one in known), sum((one.old for one in known), zero), sum((one.new for one in known), zero),
        up, down, up + down, sum((one.difference for one in known if one.successor), zero),
    )  # fmt: skip
