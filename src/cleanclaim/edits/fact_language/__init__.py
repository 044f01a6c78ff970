"""The language of facts: a declared subset of DuckDB's SQL, run over a few rows of Python values.

For a few claims planning is all that an SQL engine does. A text is read once, checked against the subset, written as a
Python function and kept for the life of the process; reference tables are asked by key, and nothing is planned again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from cleanclaim.edits.fact_language.functions import CALLED
from cleanclaim.edits.fact_language.relations import Cells, KeyedRelation, Relation, Tables, cells_of

__all__ = [
    "Cells", "CompiledQuery", "KeyedRelation", "QuerySource", "Relation", "cells_of", "compiled_query", "ready",
    "written_query",
]  # fmt: skip

Kept = MutableMapping[object, Relation]
# How a constant of a compiled query is made ready. Patterns are RE2's to DuckDB: \d and \w are of ASCII.
_READY: dict[str, Callable[[Any], Any]] = {
    "value": lambda value: value,
    "fullmatch": lambda pattern: re.compile(pattern, re.ASCII).fullmatch,
    "pattern": lambda pattern: re.compile(pattern, re.ASCII),
    "key": lambda _value: object(),
}


@dataclass(frozen=True, slots=True)
class QuerySource:
    """A query as the source of a Python function `query`: its columns, and its constants, each with what it is."""

    names: tuple[str, ...]
    source: str
    constants: dict[str, tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A query as a function: its columns, and what makes its rows."""

    names: tuple[str, ...]
    function: Callable[[Tables, Kept], list[Cells]]

    def rows(self, tables: Tables, kept: Kept) -> list[Cells]:
        """The rows of the query over some tables. `kept`: relations that rest on the reference alone, run to run."""
        return self.function(tables, kept)


def ready(kind: str, value: Any) -> Any:  # noqa: ANN401 - a constant of any kind
    """A constant of a query as its function has it."""
    return _READY[kind](value)


def written_query(
    sql: str, names_of: Callable[[str], tuple[str, ...]], is_lasting: Callable[[str], bool]
) -> QuerySource:
    """A query of the language as the source of a function.

    Raises:  EngineError names what the language lacks.
    """
    # Only who compiles needs the SQL parser (0.1 s).
    from cleanclaim.edits.fact_language.queries import QueryWriter  # noqa: PLC0415
    from cleanclaim.edits.plan.dialect import parse  # noqa: PLC0415

    writer = QueryWriter(names_of, is_lasting)
    names, source = writer.written(parse(sql))
    return QuerySource(names, source, writer.constants)


def compiled_query(
    sql: str, names_of: Callable[[str], tuple[str, ...]], is_lasting: Callable[[str], bool]
) -> CompiledQuery:
    """A query of the language as a function.

    Raises:  EngineError names what the language lacks.
    """
    written = written_query(sql, names_of, is_lasting)
    space = {**CALLED, **{name: ready(kind, value) for name, (kind, value) in written.constants.items()}}
    exec(compile(written.source, "<fact>", "exec"), space)  # noqa: S102 - written by `QueryWriter`, from our own facts
    return CompiledQuery(written.names, space["query"])
