"""What compiled facts call: DuckDB's functions over Python values, null for null."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from cleanclaim.edits.fact_language.relations import NOTHING, Cells, Relation

_Order = tuple[Callable[[Any], Any], bool]  # what to order by, and whether downwards
NO_ROWS: list[Cells] = []
# The blanks of Unicode (Zs), which DuckDB's trim takes away; not tabs and line ends.
_BLANKS = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_QUANTA = tuple(Decimal(1).scaleb(-digits) for digits in range(10))


def most(values: list[Any]) -> Any:  # noqa: ANN401 - cells, here and below
    """`max`: null without values."""
    return max(values, default=None)


def least_of(values: list[Any]) -> Any:  # noqa: ANN401
    """`min`: null without values."""
    return min(values, default=None)


def total(values: list[Any]) -> Any:  # noqa: ANN401
    """`sum`: null without values."""
    return sum(values) if values else None


def any_true(values: list[bool]) -> bool | None:
    """`bool_or`."""
    return (True in values) if values else None


def all_true(values: list[bool]) -> bool | None:
    """`bool_and`."""
    return (False not in values) if values else None


def joined(items: list[tuple[Any, str]], separator: str, *, distinct: bool) -> str | None:
    """`string_agg`, of pairs of what it is ordered by and the text."""
    if not items:
        return None
    texts = [text for _, text in sorted(items, key=lambda item: item[0])]
    return separator.join(dict.fromkeys(texts) if distinct else texts)


def of_least(items: list[tuple[Any, Any]]) -> Any:  # noqa: ANN401
    """`arg_min`, of pairs of the value and what it is the least by."""
    return min(items, key=lambda item: item[1])[0] if items else None


def nulls_last(value: Any) -> tuple[bool, Any]:  # noqa: ANN401
    """What a value is ordered by: nulls come last."""
    return value is None, value


def is_among(value: Any, relation: Relation) -> bool | None:  # noqa: ANN401
    """`IN (SELECT ..)`: nothing is among no rows, not even null."""
    if not relation.rows:
        return False
    found = relation.by((0,), ())
    if value is not None and found.get(value, NO_ROWS):
        return True
    return None if value is None or found.get(None, NO_ROWS) else False


def as_decimal(value: Any, digits: int) -> Decimal | None:  # noqa: ANN401
    """`CAST AS DECIMAL`: halves go away from zero."""
    return None if value is None else Decimal(value).quantize(_QUANTA[digits], ROUND_HALF_UP)


def as_integer(value: Any) -> int | None:  # noqa: ANN401
    """`CAST AS BIGINT`."""
    return None if value is None else int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))


def as_text(value: Any) -> str | None:  # noqa: ANN401
    """`CAST AS VARCHAR`."""
    if value is None:
        return None
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def upper_ascii(text: str | None) -> str | None:
    """Capitals, where every letter is one of ASCII."""
    return text.upper() if text is not None and text.isascii() else text


def trimmed(text: str | None) -> str | None:
    """`trim` without what to trim."""
    return None if text is None else text.strip(_BLANKS)


def part_of(text: str | None, start: int | None, length: int | None = None) -> str | None:
    """`substring`: places count from 1."""
    if text is None or start is None:
        return None
    first = max(start - 1, 0)
    return text[first:] if length is None else text[first : first + length]


def floored(value: Any) -> Any:  # noqa: ANN401
    """`floor`."""
    return value.to_integral_value(ROUND_FLOOR) if isinstance(value, Decimal) else value


def or_nothing(value: Any) -> Any:  # noqa: ANN401
    """A key of which null equals nothing."""
    return NOTHING if value is None else value


def windowed(
    rows: list[Any],
    part: Callable[[Any], Any],
    orders: Sequence[_Order],
    kind: str,
    argument: Callable[[Any], Any] | None,
    *,
    running: bool,
) -> list[Any]:
    """A function over the rows of each part, in their order; `running`: over those up to each row."""
    parts: dict[Any, list[int]] = {}
    for place, row in enumerate(rows):
        parts.setdefault(part(row), []).append(place)
    found: list[Any] = [None] * len(rows)
    for places in parts.values():
        _sort(places, rows, orders)
        for place, value in zip(places, _over(rows, places, orders, kind, argument, running=running), strict=True):
            found[place] = value
    return found


def _sort(places: list[int], rows: list[Any], orders: Sequence[_Order]) -> None:
    for order, down in reversed(orders):
        keys = {place: order(rows[place]) for place in places}
        if down:  # nulls come last downwards too
            places.sort(key=lambda place: (keys[place] is not None, keys[place]), reverse=True)
        else:
            places.sort(key=lambda place: nulls_last(keys[place]))


def _over(
    rows: list[Any],
    places: list[int],
    orders: Sequence[_Order],
    kind: str,
    argument: Callable[[Any], Any] | None,
    *,
    running: bool,
) -> list[Any]:
    if argument is None:
        keys = [tuple(order(rows[place]) for order, _ in orders) for place in places]
        ranks = {key: rank for rank, key in enumerate(dict.fromkeys(keys), 1)}
        return list(range(1, len(places) + 1)) if kind == "row_number" else [ranks[key] for key in keys]
    function = AGGREGATES[kind]
    values = [argument(rows[place]) for place in places]
    if not running:
        return [function([value for value in values if value is not None])] * len(places)
    return [function([value for value in values[:end] if value is not None]) for end in range(1, len(values) + 1)]


AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {
    "most": most, "least_of": least_of, "total": total, "any_true": any_true, "all_true": all_true,
}  # fmt: skip
# What stands in the space of a compiled query.
CALLED: dict[str, Any] = {
    **AGGREGATES, "Relation": Relation, "joined": joined, "of_least": of_least, "nulls_last": nulls_last,
    "is_among": is_among, "as_decimal": as_decimal, "as_integer": as_integer, "as_text": as_text,
    "upper_ascii": upper_ascii, "trimmed": trimmed, "part_of": part_of, "floored": floored, "or_nothing": or_nothing,
    "windowed": windowed, "NO_ROWS": NO_ROWS, "Decimal": Decimal, "date": date, "re": re,
}  # fmt: skip
