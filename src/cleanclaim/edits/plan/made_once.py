"""A query whose named parts (`WITH part AS`) are read several times, as statements that make each of these once.

DuckDB makes a part once by itself. Spark writes it out wherever it is read: a part of parts, five times over, is
computed and planned a dozen times.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import expressions as exp

_OFTEN = 3  # what is read twice costs less to make twice than to store


def made_once(name: str, query: exp.Query) -> Iterator[tuple[str, exp.Query]]:
    """Names and queries, one after the other, the last under `name`: those before are the parts that are read often."""
    query = query.copy()
    parts = {part.alias: part for part in query.ctes}
    scopes = sum(1 for _ in query.find_all(exp.With))
    often = _read_often(query, parts) if scopes == 1 else set()  # names inside a part of its own may mean others
    table_of = {part: f"{name}_{part}" for part in often}
    small: list[exp.CTE] = []
    for alias, part in parts.items():
        _name_stored(part.this, table_of)
        if alias in often:
            yield table_of[alias], _with(part.this, small)
        else:
            small.append(part)
    _name_stored(query, table_of)
    query.set("with_", None)
    yield name, _with(query, small)


def _read_often(query: exp.Query, parts: dict[str, exp.CTE]) -> set[str]:
    """The parts that would be made so often, those that they read being made once."""
    body = query.copy()
    body.set("with_", None)
    times = dict.fromkeys(parts, 0)
    often: set[str] = set()

    def count(tree: exp.Expr, weight: int) -> None:
        for table in tree.find_all(exp.Table):
            if table.name in times:
                times[table.name] += weight

    count(body, 1)
    for alias in reversed(parts):
        if times[alias] >= _OFTEN:
            often.add(alias)
        count(parts[alias].this, 1 if alias in often else times[alias])
    return often


def _name_stored(tree: exp.Expr, table_of: dict[str, str]) -> None:
    for table in tree.find_all(exp.Table):
        if stored := table_of.get(table.name):
            alias = table.alias or table.name
            table.set("this", exp.to_identifier(stored))
            table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))


def _with(query: exp.Query, parts: list[exp.CTE]) -> exp.Query:
    whole = query.copy()
    if parts:
        whole.set("with_", exp.With(expressions=[part.copy() for part in parts]))
    return whole
