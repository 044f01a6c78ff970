"""The containers that a dose should come from, of the sizes on hand: least waste, or least cost (UNW-07)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from math import gcd, lcm

from cleanclaim.dosing.covering import Item, least_cover
from cleanclaim.dosing.units import UnitsResult, in_unit
from cleanclaim.dosing.waste import Container, ContainerKind, own_content
from cleanclaim.errors import InvalidValue
from cleanclaim.values import Concentration, Quantity, exact

_MOST_SIZES = 100
_EXACT_DIGITS = 200  # more than the digits of a price times a count of containers


class Objective(StrEnum):
    """What the best choice of containers has least of, and what decides among equals."""

    LEAST_WASTE = "least_waste"  # content opened; then containers
    LEAST_COST = "least_cost"  # price of what is opened; then content; then containers


class NoVials(StrEnum):
    """Why there is no best choice of containers; those about units are named as in `NoUnits`."""

    NO_DOSE = "no_dose"
    NO_SIZES = "no_sizes"  # none is told, or none is on hand
    NOT_ENOUGH = "not_enough"  # all that is on hand does not cover the dose
    NOT_SINGLE_DOSE = "not_single_dose"  # what is left in one of the containers is kept, not wasted (UNW-08)
    NO_PRICE = "no_price"  # a size without one, where cost decides
    TOO_MANY = "too_many"  # more sizes, or more combinations of them, than are compared
    NEEDS_CONCENTRATION = "needs_concentration"
    NEEDS_FACTOR = "needs_factor"
    NEEDS_CONTAINERS = "needs_containers"
    CONTAINERS_OVERDRAWN = "containers_overdrawn"
    CONCENTRATION_MISFIT = "concentration_misfit"


@dataclass(frozen=True, slots=True)
class VialSize:
    """A size of container on hand."""

    content: Quantity  # labeled content of one, without overfill
    available: int | None = None  # how many are on hand; None where that is no limit
    price: Decimal | None = None  # of one, in dollars
    ndc11: str | None = None
    kind: ContainerKind | None = None

    def __post_init__(self) -> None:
        if not self.content.amount:
            raise InvalidValue("the content of a container must be more than nothing")
        if self.available is not None and (not isinstance(self.available, int) or self.available < 0):
            raise InvalidValue("the number of containers on hand must be a whole number, zero or more")
        if self.price is not None and (not isinstance(self.price, Decimal) or exact(self.price) < 0):
            raise InvalidValue("the price of a container must be a Decimal, zero or more")
        if self.ndc11 is not None and not (self.ndc11.isascii() and self.ndc11.isdigit() and len(self.ndc11) == 11):
            raise InvalidValue("the NDC of a container must be 11 digits")


@dataclass(frozen=True, slots=True)
class VialChoice:
    """The containers to open, in the unit of the dose; as text `2 x 400 mg + 3 x 100 mg`."""

    vials: tuple[tuple[VialSize, int], ...]  # the largest first
    total: Quantity  # labeled content of all of them
    left_over: Quantity  # total less the dose
    count: int
    cost: Decimal | None = None  # dollars; None where one of the sizes on hand has no price
    cheaper: VialChoice | None = None  # beside a choice by waste: the choice by cost, where it costs less
    explanation: str = ""  # in words: why it is not told what is cheaper

    def __str__(self) -> str:
        return " + ".join(f"{count} x {size.content}" for size, count in self.vials)


@dataclass(frozen=True, slots=True)
class NoChoice:
    """Why no choice is told."""

    reason: NoVials
    explanation: str  # in words: what is missing


@dataclass(frozen=True, slots=True)
class Excess:
    """What was opened beyond the best choice, in the unit of the dose (WASTE-007)."""

    amount: Quantity  # that the better choice would not have wasted
    opened: Quantity  # labeled content opened for this patient
    better: VialChoice


def choose_vials(
    dose: Quantity,
    sizes: Sequence[VialSize],
    *,
    by: Objective = Objective.LEAST_WASTE,
    concentration: Concentration | None = None,
) -> VialChoice | NoChoice:
    """The best containers for a dose, exactly, or why they cannot be told; never a near miss.

    The least of what `by` names, of all combinations that cover the dose. Where several are equal in all of that: the
    most of the size that stands first, then of the next. Sizes stand by content, the largest first (by cost: by price
    for the content, the lowest first), then by content, price, NDC. The order in which they are given plays no part.
    """
    if not dose.amount:
        return NoChoice(NoVials.NO_DOSE, "no drug is to be given: there is nothing to open")
    stock = _stock(dose, sizes, concentration)
    if isinstance(stock, NoChoice):
        return stock
    if by is Objective.LEAST_COST:
        return _cheapest(dose, stock)
    choice = _best(dose, stock, by)
    if isinstance(choice, NoChoice) or all(shelf.size.price is None for shelf in stock):
        return choice
    cheapest = _cheapest(dose, stock)
    if isinstance(cheapest, NoChoice):
        return replace(choice, explanation=f"whether another choice is cheaper is not told: {cheapest.explanation}")
    is_cheaper = cheapest.cost is not None and choice.cost is not None and cheapest.cost < choice.cost
    return replace(choice, cheaper=cheapest) if is_cheaper else choice


def wasted_more_than_needed(
    opened: Sequence[Container],
    dose: Quantity,
    sizes: Sequence[VialSize] = (),
    *,
    concentration: Concentration | None = None,
) -> Excess | NoChoice | None:
    """What was opened beyond the least that covers the dose; None where nothing was; or why that cannot be told.

    The single-dose containers opened are held against the sizes on hand before, or, where none are told, against any
    number of the sizes opened. A share that went to other patients is not counted as opened (UNW-11).
    """
    if not opened:
        return NoChoice(NoVials.NEEDS_CONTAINERS, "the containers that were opened are not known")
    total = Fraction(0)
    for container in opened:
        own = own_content(container, dose.unit, concentration)
        if isinstance(own, UnitsResult):
            return _not_told(own)
        total += own.amount
    if not sizes:
        sizes = [VialSize(content) for content in {container.content: None for container in opened}]
    better = choose_vials(dose, sizes, concentration=concentration)
    if isinstance(better, NoChoice):
        return better
    excess = total - better.total.amount
    return Excess(Quantity(excess, dose.unit), Quantity(total, dose.unit), better) if excess > 0 else None


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A size on hand, with its content in the unit of the dose."""

    size: VialSize
    content: Fraction

    def most(self, dose: Quantity) -> int:
        """How many can be opened: none is opened once the dose is covered."""
        enough = -(-dose.amount // self.content)
        return enough if self.size.available is None else min(self.size.available, enough)


def _stock(dose: Quantity, sizes: Sequence[VialSize], concentration: Concentration | None) -> list[_Shelf] | NoChoice:
    """The sizes on hand in a fixed order, the largest first; or why they do not serve."""
    stock = []
    for size in sizes:
        if size.available == 0:
            continue
        if size.kind not in {None, ContainerKind.SINGLE_DOSE}:
            kind = str(size.kind).replace("_", "-")
            explanation = f"what is left in the {size.content} container is kept, not wasted: it is {kind}"
            return NoChoice(NoVials.NOT_SINGLE_DOSE, explanation)
        content = in_unit(size.content, dose.unit, concentration)
        if isinstance(content, UnitsResult):
            return _not_told(content)
        stock.append(_Shelf(size, content.amount))
    if not stock:
        return NoChoice(NoVials.NO_SIZES, "no container is on hand" if sizes else "the sizes on hand are not known")
    if len(stock) > _MOST_SIZES:
        return NoChoice(NoVials.TOO_MANY, f"{len(stock)} sizes are on hand; at most {_MOST_SIZES} are compared")
    held = sum(shelf.content * shelf.most(dose) for shelf in stock)
    if held < dose.amount:
        missing = Quantity(dose.amount - held, dose.unit)
        explanation = f"all containers on hand hold {Quantity(Fraction(held), dose.unit)} of {dose}: {missing} missing"
        return NoChoice(NoVials.NOT_ENOUGH, explanation)
    return sorted(stock, key=_place)


def _place(shelf: _Shelf) -> tuple[Fraction, bool, Decimal, str, str, str, int]:
    size = shelf.size
    return (
        -shelf.content,
        size.price is None,
        size.price or Decimal(0),
        size.ndc11 or "",
        size.kind or "",
        size.content.unit,
        size.available or 0,
    )


def _cheapest(dose: Quantity, stock: Sequence[_Shelf]) -> VialChoice | NoChoice:
    unpriced = sum(shelf.size.price is None for shelf in stock)
    if unpriced:
        return NoChoice(NoVials.NO_PRICE, f"{unpriced} of {len(stock)} sizes on hand have no price")
    return _best(dose, stock, Objective.LEAST_COST)


def _best(dose: Quantity, stock: Sequence[_Shelf], by: Objective) -> VialChoice | NoChoice:
    """The best choice from a stock that covers the dose."""
    # Whatever is opened is a multiple of the contents' common divisor.
    part = _common_divisor([shelf.content for shelf in stock])
    need = -(-dose.amount // part)
    prices = [exact(shelf.size.price or 0) if by is Objective.LEAST_COST else Fraction(0) for shelf in stock]
    cent = _common_divisor(prices) or Fraction(1)
    items = [
        Item(int(shelf.content / part), shelf.most(dose), int(price / cent))
        for shelf, price in zip(stock, prices, strict=True)
    ]
    counts = least_cover(need, items)
    if counts is None:
        return NoChoice(NoVials.TOO_MANY, f"{len(stock)} sizes combine in more ways than are compared for {dose}")
    opened = [(shelf, count) for shelf, count in zip(stock, counts, strict=True) if count]
    total = sum((shelf.content * count for shelf, count in opened), Fraction(0))
    return VialChoice(
        vials=tuple((shelf.size, count) for shelf, count in opened),
        total=Quantity(total, dose.unit),
        left_over=Quantity(total - dose.amount, dose.unit),
        count=sum(counts),
        cost=None if any(shelf.size.price is None for shelf in stock) else _cost(opened),
    )


def _cost(opened: Sequence[tuple[_Shelf, int]]) -> Decimal:
    with localcontext(prec=_EXACT_DIGITS):
        return sum((shelf.size.price * count for shelf, count in opened if shelf.size.price is not None), Decimal(0))


def _common_divisor(numbers: Sequence[Fraction]) -> Fraction:
    """The largest fraction of which all are multiples; 0 when all are 0."""
    below = lcm(*(number.denominator for number in numbers))
    return Fraction(gcd(*(int(number * below) for number in numbers)), below)


def _not_told(result: UnitsResult) -> NoChoice:
    return NoChoice(NoVials(result.reason or NoVials.NEEDS_CONTAINERS), result.explanation)
