"""A claim above the total that Medicare Part B takes, divided into several (UNW-25, FMT-E-004).

Source: pages of First Coast, Noridian and Palmetto on high-dollar claims: each claim stays below, dose and waste keep
their own units and modifiers, no two claims have the same units or charges, a note says which of how many it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from math import ceil
from typing import NamedTuple

from cleanclaim.billing.lines import Refusal

MOST = Decimal("99999.99")  # seven digits
_CENT = Decimal("0.01")


class Charged(NamedTuple):
    """A line with its charge; `divides`: whether its units may stand on several claims."""

    units: int
    charge: Decimal
    divides: bool


class Share(NamedTuple):
    """Units and charge of a line (by its place) on one claim."""

    line: int
    units: int
    charge: Decimal


def split_lines(lines: Sequence[Charged]) -> list[list[Share]] | Refusal:
    """The lines of each claim, in their order; one claim where all fit. The first claim has the first line.

    Charges add up to those of the lines exactly; units too.
    """
    shares: list[Share] = []
    for place, line in enumerate(lines):
        pieces = _pieces(place, line)
        if pieces is None:
            return Refusal(
                "part-b-total",
                f"line {place + 1}: one unit is charged above ${MOST:,}, the most of a claim to Medicare Part B"
                " (FMT-E-004), or its units do not divide: ask the contractor how to split it",
            )
        shares += pieces
    claims = _packed(shares)
    if len(claims) > 1 and any(_total(one) == _total(two) for one, two in combinations(claims, 2)):
        claims = _unequal(claims, lines) or claims
    return [sorted(claim) for claim in sorted(claims, key=lambda one: min((share.line, -share.units) for share in one))]


def _pieces(place: int, line: Charged) -> list[Share] | None:
    """The line whole where it fits on a claim, else in the fewest pieces that do, no two alike."""
    if line.charge <= MOST:
        return [Share(place, line.units, line.charge)]
    count = ceil(line.charge / MOST)
    while line.divides and count * (count + 1) // 2 <= line.units:
        pieces = _divided(place, line, count)
        if max(one.charge for one in pieces) <= MOST:
            return pieces
        count += 1
    return None


def _divided(place: int, line: Charged, count: int) -> list[Share]:
    """So many pieces, each with fewer units than the one before."""
    least, more = divmod(line.units - count * (count - 1) // 2, count)
    units = [least + count - 1 - number + (number < more) for number in range(count)]
    charges = [(line.charge * one / line.units).quantize(_CENT, ROUND_HALF_UP) for one in units]
    charges[-1] += line.charge - sum(charges)
    return [Share(place, *one) for one in zip(units, charges, strict=True)]


def _packed(shares: Sequence[Share]) -> list[list[Share]]:
    """The shares on claims, the dearest first, each where it fits; never two of one line on a claim."""
    claims: list[list[Share]] = []
    for share in sorted(shares, key=lambda one: (-one.charge, one.line)):
        for claim in claims:
            if _total(claim) + share.charge <= MOST and share.line not in {one.line for one in claim}:
                claim.append(share)
                break
        else:
            claims.append([share])
    return claims


def _unequal(claims: Sequence[list[Share]], lines: Sequence[Charged]) -> list[list[Share]] | None:
    """One unit of a line moved from one of two claims of the same total to the other."""
    for one, two in combinations(range(len(claims)), 2):
        for giver, taker in ((one, two), (two, one)):
            for share in claims[giver]:
                if not lines[share.line].divides or share.units < 2 or share.line in {x.line for x in claims[taker]}:
                    continue
                price = (share.charge / share.units).quantize(_CENT, ROUND_HALF_UP)
                moved = [list(claim) for claim in claims]
                moved[giver].remove(share)
                moved[giver].append(Share(share.line, share.units - 1, share.charge - price))
                moved[taker].append(Share(share.line, 1, price))
                totals = [_total(claim) for claim in moved]
                units = [each.units for claim in moved for each in claim if each.line == share.line]
                if len(set(totals)) == len(totals) and len(set(units)) == len(units) and max(totals) <= MOST:
                    return moved
    return None


def _total(claim: Sequence[Share]) -> Decimal:
    return sum((share.charge for share in claim), Decimal(0))
