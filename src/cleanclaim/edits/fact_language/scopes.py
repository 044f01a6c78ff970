"""Where names of a query are looked up, and the parts of its conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import expressions as exp

from cleanclaim.errors import EngineError

Names = tuple[str, ...]


def refused(what: str) -> EngineError:
    """Why a text is not of the language."""
    return EngineError(f"not in the language of facts: {what}")


@dataclass
class Source:
    """A relation of a FROM: what it is called, its columns, the variables that hold it and its row."""

    alias: str
    names: Names
    relation: str
    row: str
    hidden: set[str] = field(default_factory=set)  # columns that USING joined


@dataclass
class Scope:
    """Where a name of a query is looked up."""

    sources: Sequence[Source]
    aliases: Mapping[str, exp.Expr]
    row_of: Callable[[int], str] | None = None  # the code of the row of a source, where it is not its variable
    locals: dict[str, str] = field(default_factory=dict)  # of a lambda
    keys: dict[str, str] = field(default_factory=dict)  # in a grouped query, the code of a key: where it stands
    key_texts: dict[str, str] = field(default_factory=dict)  # the same by text, for keys that are no columns
    group: str = ""  # the variable of a group's rows
    pattern: str = ""  # what one of them is unpacked into
    windows: dict[str, str] = field(default_factory=dict)  # by text, where the answer of a window stands

    def column(self, node: exp.Column) -> str | None:
        """The code of a column, None where no source has it."""
        for place, source in enumerate(self.sources):
            if node.name in source.names and node.table in ("", source.alias):
                row = self.row_of(place) if self.row_of else source.row
                return f"{row}[{source.names.index(node.name)}]"
        return None

    def ungrouped(self) -> Scope:
        """The same for the rows of a group, one by one."""
        return Scope(self.sources, self.aliases)


def tuple_of(codes: Iterable[str]) -> str:
    """The code of a tuple."""
    return "(" + "".join(f"{code}, " for code in codes) + ")"


def conjuncts(node: exp.Expr) -> list[exp.Expr]:
    """The parts of an AND."""
    node = node.unnest()
    return [*conjuncts(node.this), *conjuncts(node.expression)] if isinstance(node, exp.And) else [node]


def disjuncts(node: exp.Expr) -> list[exp.Expr]:
    """The parts of an OR."""
    node = node.unnest()
    return [*disjuncts(node.this), *disjuncts(node.expression)] if isinstance(node, exp.Or) else [node]


def is_literal(node: exp.Expr) -> bool:
    """Whether an expression is a value that is written out, and so never null."""
    node = node.unnest()
    of_cast = isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal)
    return isinstance(node, exp.Literal | exp.Boolean) or of_cast
