"""Which containers to open for a dose, from the sizes on hand; and whether what was opened wasted more than need be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from cleanclaim.billing.administration import Administration, GivenContainer, SizeOnHand
from cleanclaim.billing.lines import Refusal
from cleanclaim.dosing import (
    Container,
    ContainerKind,
    Excess,
    NoChoice,
    Objective,
    VialSize,
    choose_vials,
    wasted_more_than_needed,
)
from cleanclaim.errors import CleanclaimError
from cleanclaim.values import Concentration, Quantity, parse_ndc

_MOST_CONTAINERS = 10_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """The containers to open, and a word on a choice that costs less, where prices are told."""

    containers: tuple[GivenContainer, ...] = ()
    cheaper: str | None = None


def vials_for(
    dose: Quantity, sizes: Sequence[SizeOnHand], *, concentration: Concentration | None = None
) -> tuple[GivenContainer, ...] | Refusal:
    """The containers to open for a dose, least waste, however many are on hand; none where no sizes are told."""
    chosen = chosen_vials(dose, sizes, concentration=concentration, bounded=False)
    return chosen if isinstance(chosen, Refusal) else chosen.containers


def chosen_vials(
    dose: Quantity, sizes: Sequence[SizeOnHand], *, concentration: Concentration | None, bounded: bool
) -> Chosen | Refusal:
    """The choice of containers for a dose with the least waste (UNW-07); nothing where no sizes are told.

    `bounded`: no more than are on hand. One size of multi-dose containers is opened as far as the dose needs it.
    """
    if not sizes:
        return Chosen()
    by_size: dict[VialSize, SizeOnHand] = {}
    for one in _added_up(sizes):
        try:
            by_size[_size(one, bounded=bounded, alone=len(sizes) == 1)] = one
        except CleanclaimError as error:
            return Refusal("size-unread", f"sizes_on_hand: {error}")
    choice = choose_vials(dose, list(by_size), by=Objective.LEAST_WASTE, concentration=concentration)
    if isinstance(choice, NoChoice):
        return Refusal(f"vials-{str(choice.reason).replace('_', '-')}", choice.explanation)
    if choice.count > _MOST_CONTAINERS:
        return Refusal(
            "dose-absurd", f"{choice.count:,} containers for one dose: check its number and unit, and the size"
        )
    opened = tuple(
        GivenContainer(one.amount, one.unit, count, one.kind, one.ndc)
        for size, count in choice.vials
        for one in (by_size[size],)
    )
    less = choice.cheaper
    return Chosen(
        opened, f"{less} would cost ${less.cost:,.2f}, not ${choice.cost:,.2f}, and waste more" if less else None
    )


def _added_up(sizes: Sequence[SizeOnHand]) -> list[SizeOnHand]:
    """Rows of the same containers as one; as many as needed where one of them says no number."""
    found: dict[SizeOnHand, SizeOnHand] = {}
    for one in sizes:
        alike = msgspec.structs.replace(one, available=None)
        before = found.get(alike)
        if before is None:
            found[alike] = one
        elif before.available is None or one.available is None:
            found[alike] = alike
        else:
            found[alike] = msgspec.structs.replace(one, available=before.available + one.available)
    return list(found.values())


def excess_warning(
    opened: Sequence[Container],
    kind: ContainerKind | None,
    dose: Quantity,
    given: Administration,
    concentration: Concentration | None,
) -> str | None:
    """A word where the single-dose containers opened wasted more than the best of the sizes on hand (WASTE-007)."""
    if kind is not ContainerKind.SINGLE_DOSE or not opened or not given.sizes_on_hand:
        return None
    sizes = [_size(one, bounded=True, alone=False) for one in _added_up(given.sizes_on_hand)]
    told = wasted_more_than_needed(opened, dose, sizes, concentration=concentration)
    if isinstance(told, Excess):
        return (
            f"what was opened wasted {told.amount} more than {told.better} would have: payers may deny the excess"
            " (UNW-07)"
        )
    return None


def _size(one: SizeOnHand, *, bounded: bool, alone: bool) -> VialSize:
    ndc11 = parse_ndc(one.ndc).ndc11 if one.ndc else None
    # With one size there is no choice: what is left in a multi-dose container is kept, and the count is the same.
    kind = None if alone else one.kind
    return VialSize(Quantity.of(one.amount, one.unit), one.available if bounded else None, one.price, ndc11, kind)
