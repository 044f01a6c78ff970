"""The language of facts: a declared subset of DuckDB's SQL, run over a few rows of Python values.

For a few claims planning is all that an SQL engine does. A text is read once, checked against the subset, written as a
Python function and kept for the life of the process; reference tables are asked by key, and nothing is planned again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cleanclaim.edits.fact_language.functions import CALLED
from cleanclaim.edits.fact_language.relations import Cells, KeyedRelation, Relation, Tables, cells_of

__all__ = ["Cells", "CompiledQuery", "KeyedRelation", "Relation", "cells_of", "compiled_query"]

Kept = MutableMapping[object, Relation]
# How a constant of a compiled query is made ready. Patterns are RE2's to DuckDB: \d and \w are of ASCII.
_READY: dict[str, Callable[[Any], Any]] = {
    "value": lambda value: value,
    "fullmatch": lambda pattern: re.compile(pattern, re.ASCII).fullmatch,
    "pattern": lambda pattern: re.compile(pattern, re.ASCII),
    "key": lambda _value: object(),
}


@dataclass(frozen=True)
class CompiledQuery:
    """A query as a function: its columns, its source, the tables that it reads and its constants."""

    names: tuple[str, ...]
    source: str
    tables: tuple[str, ...]
    constants: dict[str, tuple[str, Any]]

    @cached_property
    def _function(self) -> Callable[[Tables, Kept], list[Cells]]:
        space = {**CALLED, **{name: _READY[kind](value) for name, (kind, value) in self.constants.items()}}
        exec(compile(self.source, "<fact>", "exec"), space)  # noqa: S102 - written by `QueryWriter`, from our own facts
        function: Callable[[Tables, Kept], list[Cells]] = space["query"]
        return function

    def rows(self, tables: Tables, kept: Kept) -> list[Cells]:
        """The rows of the query over some tables. `kept`: relations that rest on the reference alone, run to run."""
        return self._function(tables, kept)


def compiled_query(
    sql: str, names_of: Callable[[str], tuple[str, ...]], is_lasting: Callable[[str], bool]
) -> CompiledQuery:
    """A query of the language as a function.

    Raises:  EngineError names what the language lacks.
    """
    # Only who compiles needs the SQL parser (0.1 s).
    from cleanclaim.edits.fact_language.queries import QueryWriter  # noqa: PLC0415
    from cleanclaim.edits.plan.dialect import parse  # noqa: PLC0415

    writer = QueryWriter(names_of, is_lasting)
    names, source, tables = writer.written(parse(sql))
    return CompiledQuery(names, source, tables, writer.constants)
