"""A price over time as a step plot: where its lines run, in the units of the drawing. Templates draw it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from cleanclaim.reference.codes.timeline import Price
from cleanclaim.values import OPEN_END

WIDTH, HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 14, 34
_QUARTER = timedelta(days=92)
_CUT_FROM = Decimal("0.6")  # where the lowest price is above this share of the highest, the axis does not start at 0


@dataclass(frozen=True, slots=True)
class Step:
    """One price from a first to a last day; `riser`: the height of the price just before it, where there is one."""

    price: Price
    left: float
    right: float
    height: float
    riser: float | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark at an axis."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class PricePlot:
    """A step plot. `cut`: the axis does not start at nothing, and must say so."""

    steps: tuple[Step, ...]
    heights: tuple[Tick, ...]
    days: tuple[Tick, ...]
    cut: bool
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM


def price_plot(prices: Sequence[Price]) -> PricePlot | None:
    """The plot of the prices that are printed; None without any."""
    known = [(price, price.payment_limit) for price in prices if price.payment_limit is not None]
    if not known:
        return None
    first, last = min(price.first for price, _ in known), max(_end(price) for price, _ in known)
    limits = [limit for _, limit in known]
    cut = min(limits) > _CUT_FROM * max(limits) and min(limits) != max(limits)
    step = _nice((max(limits) - (min(limits) if cut else 0)) / 4 or Decimal(1))
    bottom = (min(limits) / step).to_integral_value(ROUND_FLOOR) * step if cut else Decimal(0)
    top = max((max(limits) / step).to_integral_value(ROUND_CEILING) * step, bottom + step)

    def across(day: date) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * (day - first).days / max(1, (last - first).days)

    def up(limit: Decimal) -> float:
        return round(HEIGHT - _BOTTOM - float((limit - bottom) / (top - bottom)) * (HEIGHT - _TOP - _BOTTOM), 1)

    steps = []
    for number, (price, limit) in enumerate(known):
        before = known[number - 1] if number else None
        joins = before is not None and price.first - before[0].last <= timedelta(days=1)
        steps.append(Step(
            price, round(across(price.first), 1), round(across(_end(price)), 1), up(limit),
            up(before[1]) if before and joins else None,
        ))  # fmt: skip
    decimals = 0 if step == step.to_integral_value() else max(2, -int(step.as_tuple().exponent))
    heights = tuple(Tick(up(limit), f"${limit:,.{decimals}f}") for limit in _range(bottom, top, step))
    return PricePlot(tuple(steps), heights, tuple(_days(first, last, across)), cut)


def _end(price: Price) -> date:
    return price.last if price.last != OPEN_END else price.first + _QUARTER


def _nice(step: Decimal) -> Decimal:
    """The next of 1, 2, 5, 10, 20 ... of any size: a step that people read."""
    power = Decimal(1).scaleb(step.adjusted())
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= step)


def _range(bottom: Decimal, top: Decimal, step: Decimal) -> Iterator[Decimal]:
    at = bottom
    while at <= top:
        yield at
        at += step


def _days(first: date, last: date, across: Callable[[date], float]) -> Iterator[Tick]:
    """The first day of each quarter, or of each year where there are many."""
    months = (1, 4, 7, 10) if (last - first).days < 365 * 4 else (1,)
    for year in range(first.year, last.year + 1):
        for month in months:
            day = date(year, month, 1)
            if first <= day <= last:
                yield Tick(round(across(day), 1), f"{year}-Q{(month + 2) // 3}" if len(months) > 1 else str(year))
