"""Arrow tables as rows of Python values: whole, or those with a value in a column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cleanclaim.edits.fact_language import Cells, Relation, cells_of

# A column of millions of values is sorted in a second or so, and scanned in ten milliseconds: one claim asks few keys.
_INDEXED_AFTER = 16


def rows_of(table: pa.Table) -> list[Cells]:
    """All rows."""
    return list(cells_of(column.to_pylist() for column in table.columns)) if table.num_columns else []


def relation_of(table: pa.Table) -> Relation:
    """A table as a relation; its rows are made when they are first asked for."""
    return Relation(table.column_names, None, lambda: rows_of(table))


class IndexedTable:
    """A table that is loaded when it is first asked, and found by any column without making its other rows."""

    def __init__(self, load: Callable[[], pa.Table], names: Sequence[str]) -> None:
        self._load, self._names = load, list(names)
        self._asked: Counter[str] = Counter()
        self._places: dict[str, tuple[dict[Any, int], np.ndarray, np.ndarray]] = {}

    @cached_property
    def _table(self) -> pa.Table:
        return self._load().select(self._names).combine_chunks()

    def rows(self) -> list[Cells]:
        """All rows."""
        return rows_of(self._table)

    def rows_with(self, column: str, value: Any) -> list[Cells]:  # noqa: ANN401 - a cell
        """The rows with a value in a column, null among them."""
        if column not in self._places:
            self._asked[column] += 1
            if self._asked[column] < _INDEXED_AFTER:
                return self._scanned(column, value)
            self._places[column] = self._index(column)
        numbers, order, starts = self._places[column]
        number = numbers.get(value)
        if number is None:
            return []
        return rows_of(self._table.take(pa.array(order[starts[number] : starts[number + 1]])))

    def _scanned(self, column: str, value: Any) -> list[Cells]:  # noqa: ANN401
        values = self._table.column(column)
        found = values.is_null() if value is None else pc.equal(values, pa.scalar(value, values.type))
        return rows_of(self._table.filter(found))

    def _index(self, column: str) -> tuple[dict[Any, int], np.ndarray, np.ndarray]:
        """The number of each value, the rows in the order of these numbers, and where those of a number begin."""
        encoded = self._table.column(column).combine_chunks().dictionary_encode()
        values = encoded.dictionary.to_pylist()
        codes = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(values) + 2))
        return {**{value: number for number, value in enumerate(values)}, None: len(values)}, order, starts
