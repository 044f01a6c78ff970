"""Counts of sizes that cover a need best, in whole numbers and exactly: a bounded covering knapsack.

Branch and bound. Where the need is small enough, one bit per total tells which totals the sizes can reach, and hardly
a branch is tried in vain; beyond, their common divisor stands for that, and a search that grows too long is given up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

_MOST_BITS = 1 << 27  # 16 MB
_MOST_STEPS = 200_000  # well under a second


@dataclass(frozen=True, slots=True)
class Item:
    """A size that may be taken up to `most` times; `cost` is that of one."""

    size: int
    most: int
    cost: int = 0


def least_cover(
    need: int, items: Sequence[Item], *, most_bits: int = _MOST_BITS, most_steps: int = _MOST_STEPS
) -> tuple[int, ...] | None:
    """How many of each item cover the need at least cost, then least total, then with the fewest.

    Among equals: the most of the item with the lowest cost for its size (of those, the largest; of those, the first
    given), then of the next. None when more than `most_steps` branches would have to be tried.
    Shape:   the need is above 0 and all items together cover it; counts are in the order of the items.
    """
    order = sorted(range(len(items)), key=lambda at: (Fraction(items[at].cost, items[at].size), -items[at].size))
    ranked = _useful(need, [items[at] for at in order])
    suffixes = _suffixes(need, ranked, most_bits)
    # No cover has less than the least total in reach, so that it can stand for the need.
    search = _Search(ranked, suffixes, suffixes[0].least_total(need) or need, most_steps)
    search.branch(0, search.need, 0, ())
    if search.steps_left < 0:
        return None
    counts = dict(zip(order, search.counts, strict=True))
    return tuple(counts[at] for at in range(len(items)))


def _useful(need: int, ranked: Sequence[Item]) -> list[Item]:
    """The items with no more of each than a best cover can have.

    None is taken once the need is covered. And so many of one as weigh what some of a better ranked one do, of which
    there is no lack, are never taken: those cost less, or as much and are fewer, or stand first among equals.
    """
    useful: list[Item] = []
    for item in ranked:
        most = min(item.most, -(-need // item.size))
        for better in useful:
            if better.size * better.most >= need:
                most = min(most, better.size // gcd(better.size, item.size) - 1)
        useful.append(Item(item.size, most, item.cost))
    return useful


@dataclass(frozen=True, slots=True)
class _Suffix:
    """What the items from one rank on can do, at best."""

    items: tuple[Item, ...]  # by cost for their size
    largest_first: tuple[Item, ...]
    content: int  # of all of them
    divisor: int
    reached: bytes | None  # a bit for each total; None where there would be too many

    def least_total(self, need: int) -> int | None:
        """The least total that covers what is needed, or one that is no greater where bits are not kept."""
        if need > self.content:
            return None
        if self.reached is None:
            return -(-need // self.divisor) * self.divisor
        start, skip, width = need // 8, need % 8, 16
        while start < len(self.reached):
            window = int.from_bytes(self.reached[start : start + width], "little") >> skip
            if window:
                return start * 8 + skip + (window & -window).bit_length() - 1
            start, skip, width = start + width, 0, width * 4
        return None

    def least_cost(self, total: int) -> int:
        """What a total costs if the last item may be taken in part: never more than in whole."""
        spent = 0
        for item in self.items:
            if total <= item.size * item.most:
                return spent - (-total * item.cost // item.size)
            spent, total = spent + item.most * item.cost, total - item.size * item.most
        return spent

    def least_count(self, total: int) -> int:
        """How many make a total if the last may be taken in part: never more than in whole."""
        count = 0
        for item in self.largest_first:
            if total <= item.size * item.most:
                return count - (-total // item.size)
            count, total = count + item.most, total - item.size * item.most
        return count


def _suffixes(need: int, items: Sequence[Item], most_bits: int) -> list[_Suffix]:
    """For each rank the items from it on, and none of them at the end."""
    # A cover from which nothing can be taken away holds less than the need and the largest item together.
    totals = need + max(item.size for item in items)
    within = (1 << totals) - 1 if totals * len(items) <= most_bits else 0
    suffixes, bits = [], 1
    for rank in range(len(items), -1, -1):
        rest = tuple(items[rank:])
        if within and rest:
            bits = _with_item(bits, rest[0], within)
        suffixes.append(
            _Suffix(
                items=rest,
                largest_first=tuple(sorted(rest, key=lambda item: -item.size)),
                content=sum(item.size * item.most for item in rest),
                divisor=gcd(*(item.size for item in rest)) or 1,
                reached=bits.to_bytes(-(-totals // 8), "little") if within else None,
            )
        )
    return suffixes[::-1]


def _with_item(bits: int, item: Item, within: int) -> int:
    """The totals in reach once the item may be taken: in lots of 1, 2, 4 ..., which make up any count."""
    left, lot = item.most, 1
    while left:
        taken = min(lot, left)
        bits |= (bits << (item.size * taken)) & within
        left, lot = left - taken, lot * 2
    return bits


@dataclass(slots=True)
class _Search:
    """Depth first, the most of each item first: among equals, the first that is found stands."""

    items: Sequence[Item]
    suffixes: Sequence[_Suffix]
    need: int
    steps_left: int
    counts: tuple[int, ...] = ()
    best: tuple[int, int, int] | None = None  # cost, total, count
    seen: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)  # (rank, to cover): (cost, count)

    def branch(self, rank: int, to_cover: int, cost: int, counts: tuple[int, ...]) -> None:
        """Try each count of the item of a rank, with what can follow it."""
        item, rest, taken = self.items[rank], self.suffixes[rank + 1], sum(counts)
        for count in range(min(item.most, -(-to_cover // item.size)), -1, -1):
            self.steps_left -= 1
            left, spent, used = to_cover - count * item.size, cost + count * item.cost, taken + count
            if left <= 0:
                self._keep((spent, self.need - left, used), (*counts, count))
                continue
            total = rest.least_total(left)
            if total is None or self.steps_left < 0 or self._is_beaten(rank, left, spent, used):
                return  # the fewer of this item, the more the rest would have to cover
            bound = spent + rest.least_cost(total), self.need - left + total, used + rest.least_count(total)
            if self.best is not None and bound >= self.best:
                continue
            before = self.seen.get((rank + 1, left))
            if before is None or (spent, used) < before:
                self.seen[rank + 1, left] = spent, used
                self.branch(rank + 1, left, spent, (*counts, count))

    def _is_beaten(self, rank: int, left: int, spent: int, used: int) -> bool:
        """Whether this many of an item, and any fewer, can only do worse: the bounds below grow from here on."""
        if self.best is None:
            return False
        rest = self.suffixes[rank + 1]
        cost = spent + rest.least_cost(left)
        if cost != self.best[0]:
            return cost > self.best[0]
        grows = self.items[rank].size >= rest.largest_first[0].size
        return grows and (self.need, used + rest.least_count(left)) >= self.best[1:]

    def _keep(self, found: tuple[int, int, int], counts: tuple[int, ...]) -> None:
        if self.best is None or found < self.best:
            self.best = found
            self.counts = (*counts, *(0 for _ in self.items[len(counts) :]))
