"""Rows under names, found by any of their columns: what compiled facts read and make.

A cell is a Python value: None for null, a tuple for a list, `Decimal` for money and units. Rows are made when they are
first asked for; a reference table need not be read whole to be asked by key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

Cells = tuple[Any, ...]
_MOST_KEPT = 20_000  # keys of one look-up, those of which there is no row among them


class _Nothing:
    """In the place of a key that equals nothing: null, where null is not sought."""


NOTHING = _Nothing()


class Lookup(Protocol):
    """Rows by a key: one cell, or a tuple of several."""

    def get(self, key: Any, default: list[Cells], /) -> list[Cells]:  # noqa: ANN401
        """The rows with a key."""


class Relation:
    """Rows under names."""

    def __init__(
        self, names: Sequence[str], rows: list[Cells] | None = None, make: Callable[[], list[Cells]] | None = None
    ) -> None:
        """Takes the rows, or what makes them."""
        self.names = tuple(names)
        self.missing = [(None,) * len(self.names)]  # in the place of a row that a LEFT JOIN did not find
        self._rows, self._make = rows, make
        self._found: dict[tuple[tuple[int, ...], tuple[int, ...]], Lookup] = {}

    @property
    def rows(self) -> list[Cells]:
        """All rows."""
        if self._rows is None:
            self._rows = self._make() if self._make else []
        return self._rows

    def by(self, columns: tuple[int, ...], strict: tuple[int, ...]) -> Lookup:
        """The rows by some columns. `strict`: the places of those columns of which null equals nothing."""
        found = self._found.get((columns, strict))
        if found is None:
            found = self._found[columns, strict] = self._lookup(columns, strict)
        return found

    def _lookup(self, columns: tuple[int, ...], strict: tuple[int, ...]) -> Lookup:
        found: dict[Any, list[Cells]] = {}
        if len(columns) == 1:
            (column,) = columns
            for row in self.rows:
                if row[column] is not None or not strict:
                    found.setdefault(row[column], []).append(row)
            return found
        for row in self.rows:
            key = tuple([row[column] for column in columns])
            if not any(key[place] is None for place in strict):
                found.setdefault(key, []).append(row)
        return found


class KeyedRelation(Relation):
    """A reference table whose rows are fetched by the key that is asked for, and kept."""

    def __init__(
        self,
        names: Sequence[str],
        searched: Iterable[str],
        fetch: Callable[[str, Any], list[Cells]],
        make: Callable[[], list[Cells]],
    ) -> None:
        """`fetch` gives the rows with a value in one of the columns `searched`; `make` gives all rows."""
        super().__init__(names, None, make)
        self._searched = frozenset(self.names.index(name) for name in searched if name in self.names)
        self._fetch = fetch
        self._kept: dict[tuple[int, Any], list[Cells]] = {}

    def rows_with(self, column: int, value: Any) -> list[Cells]:  # noqa: ANN401 - a cell
        """The rows with a value in a column that is searched."""
        rows = self._kept.get((column, value))
        if rows is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept = {}
            rows = self._kept[column, value] = self._fetch(self.names[column], value)
        return rows

    def _lookup(self, columns: tuple[int, ...], strict: tuple[int, ...]) -> Lookup:
        by = next((place for place, column in enumerate(columns) if column in self._searched), None)
        if self._rows is not None or by is None:
            return super()._lookup(columns, strict)
        return _FetchedLookup(self, columns, strict, by)


class _FetchedLookup:
    """Rows of a `KeyedRelation` by a key, fetched when the key is first asked for."""

    def __init__(self, relation: KeyedRelation, columns: tuple[int, ...], strict: tuple[int, ...], by: int) -> None:
        self._relation, self._columns, self._strict, self._by = relation, columns, strict, by
        self._found: dict[Any, list[Cells]] = {}

    def get(self, key: Any, default: list[Cells], /) -> list[Cells]:  # noqa: ANN401 - one cell or several
        found = self._found.get(key)
        if found is not None:
            return found
        parts = (key,) if len(self._columns) == 1 else key
        if NOTHING in parts or any(parts[place] is None for place in self._strict):
            return default
        rows = self._relation.rows_with(self._columns[self._by], parts[self._by])
        wanted = list(zip(self._columns, parts, strict=True))
        if len(self._found) >= _MOST_KEPT:
            self._found = {}
        found = self._found[key] = [row for row in rows if all(row[column] == part for column, part in wanted)]
        return found


Tables = Mapping[str, Relation]


def cells_of(columns: Iterable[Sequence[Any]]) -> Iterator[Cells]:
    """Rows from columns of Python values, lists as tuples."""
    kept = [[tuple(one) if isinstance(one, list) else one for one in column] for column in columns]
    return zip(*kept, strict=True)
