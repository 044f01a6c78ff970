"""Groups of facts that are a Python function of one row, asked over rows of cells or over an Arrow table of keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from cleanclaim.edits.dictionary import Group
from cleanclaim.edits.fact_language import Cells
from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import EngineError
from cleanclaim.terms import TermsOfPayers

if TYPE_CHECKING:
    import pyarrow as pa

_Cell = Callable[[Any], Any]


def answers(group: Group, keys: Iterable[Cells], terms: TermsOfPayers | None = None) -> list[Cells]:
    """What a group says of each combination of its keys: its facts in the order of its head, a list as a tuple.

    Raises: EngineError for a value that its column cannot hold.
    """
    facts_of, names, cells = group.function(terms), group.head.keys, _cells_of(group)
    return [
        tuple([cell(facts.get(name)) for name, cell in cells])
        for facts in (facts_of(dict(zip(names, key, strict=True))) for key in keys)
    ]


def answered(group: Group, keys: pa.Table, terms: TermsOfPayers | None = None) -> pa.Table:
    """A table of distinct keys with the facts of a group beside them."""
    import pyarrow as pa  # noqa: PLC0415 - a few claims are checked without it

    facts_of = group.function(terms)
    said: dict[int, tuple[int, Mapping[str, Any]]] = {}  # many keys may be given one and the same answer
    places = []
    for row in keys.to_pylist():
        facts = facts_of(row)
        places.append(said.setdefault(id(facts), (len(said), facts))[0])
    taken = pa.array(places, pa.int32())
    for name, column in group.head.columns.items():
        values = pa.array([facts.get(name) for _, facts in said.values()], column.type.arrow())
        keys = keys.append_column(name, values.take(taken))
    return keys


@cache
def _cells_of(group: Group) -> tuple[tuple[str, _Cell], ...]:
    """How each fact of a group becomes a cell."""
    return tuple((name, _cell_of(column.type)) for name, column in group.head.columns.items())


def _cell_of(kind: ColumnType) -> _Cell:
    if kind.precision is None:
        return {ColumnType.TEXTS: _texts, ColumnType.TEXT: _text}.get(kind, lambda value: value)
    digits, decimals = kind.precision
    step, end = Decimal(1).scaleb(-decimals), Decimal(10) ** (digits - decimals)

    def cell(value: Any) -> Decimal | None:  # noqa: ANN401 - what a group says
        if value is None:
            return None
        exact = Decimal(value)
        if not -end < exact < end or exact.quantize(step) != exact:
            raise EngineError(f"{value} is no {kind}: it has {digits} digits, {decimals} of them decimals")
        return exact.quantize(step)

    return cell


def _texts(value: Any) -> tuple[str, ...] | None:  # noqa: ANN401
    return None if value is None else tuple(value)


def _text(value: Any) -> str | None:  # noqa: ANN401
    return None if value is None else str(value)
