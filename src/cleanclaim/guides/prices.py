"""The payment limits of a code over time, as a table: the figures behind a plot."""

from __future__ import annotations

from collections.abc import Sequence

from cleanclaim.guides.blocks import Table
from cleanclaim.reference.codes.timeline import Price
from cleanclaim.values import OPEN_END

_COLUMNS = ("from", "to", "limit of one unit", "coinsurance", "source")


def price_table(prices: Sequence[Price]) -> Table:
    """Each limit with its days, its coinsurance and its release."""
    return Table("Payment limits of Medicare Part B", _COLUMNS, tuple(map(_row, prices)))


def _row(price: Price) -> tuple[str, ...]:
    last = "open" if price.last == OPEN_END else str(price.last)
    limit = "none printed" if price.payment_limit is None else f"${price.payment_limit}"
    share = "" if price.coinsurance_percent is None else f"{price.coinsurance_percent} %"
    return str(price.first), last, limit, share, price.release
