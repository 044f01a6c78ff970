"""The dictionary of facts: which there are, at which grain, of what type, from which source, how they are computed.

A group is one file in `facts/`: `<group>.sql` (one DuckDB SELECT) or `<group>.py` (a pure function of one
row). It is computed once for each distinct combination of its `keys`, or, where rows meet other rows, row by row
(`reads`). Its head, YAML between `---` in the leading comment or docstring, describes every column; the type checker
of the edit language, the examples tables and the generated page all read it.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from cleanclaim.edits import compiled
from cleanclaim.edits.pages import Grain
from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import PageError, UnreadableInput

if TYPE_CHECKING:
    from cleanclaim.terms import TermsOfPayers
from cleanclaim.yaml_text import read_shape

_FACTS = "cleanclaim.edits.facts"
ROW_ID = {
    Grain.LINE: "line_row",
    Grain.CLAIM: "claim_row",
    Grain.DRUG_DAY: "drug_day_row",
    Grain.LINE_PAIR: "pair_row",
    Grain.POLICY_LINE: "policy_line_row",
    Grain.DIAGNOSIS: "diagnosis_row",
}

# The fact that says which of the rows of one line a row is.
SUBJECT = {Grain.POLICY_LINE: "policy", Grain.DIAGNOSIS: "diagnosis"}


class FactColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fact, as the head of its group describes it."""

    type: ColumnType
    meaning: str
    source: str
    unit: str = ""
    ask: str = ""  # where it is not known: what would tell it, in a biller's words
    tables: tuple[str, ...] = ()  # the reference tables for want of which it may be unknown: `<group>_lacks` says so


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    grain: Grain
    columns: dict[str, FactColumn]
    needs: tuple[str, ...] = ()  # groups that the SQL reads as `fact_<group>`
    keys: tuple[str, ...] = ()  # the facts that decide: computed once for each distinct combination (table `keys`)
    reads: tuple[str, ...] = ()  # the facts that are read row by row (view `rows`)
    # Tables that are handed in, and facts that it reads: where none of these tables has a row and none of these facts a
    # value, nothing is asked of the group and it says nothing.
    asked_by: frozenset[str] = frozenset()
    terms: bool = False  # Python groups only: they are handed the terms of payers


@dataclass(frozen=True, slots=True, eq=False)  # by identity: it is cached by
class Group:
    """One group of facts: computed together, at one grain."""

    name: str
    head: _Head
    sql: str  # empty for a Python group

    @property
    def grain(self) -> Grain:
        """What one row is."""
        return self.head.grain

    @property
    def reference(self) -> frozenset[str]:
        """The reference tables that its SQL reads as `ref_<name>`."""
        return _tables_read(self.sql)

    def function(self, terms: TermsOfPayers | None = None) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
        """The function of a Python group: the keys of one row in, its facts out; what it leaves out is not known."""
        function: Callable[..., Mapping[str, Any]] = importlib.import_module(f"{_FACTS}.{self.name}").facts_of
        return partial(function, terms=terms) if self.head.terms else function


@cache
def _tables_read(sql: str) -> frozenset[str]:
    return frozenset(re.findall(r"\bref_(\w+)", sql))


@dataclass(frozen=True, slots=True, eq=False)  # by identity: it is cached by
class Dictionary:
    """All groups, in an order in which each comes after what it needs."""

    groups: tuple[Group, ...]

    @cache  # noqa: B019 - there is one dictionary, and it lives as long as the process
    def facts(self, grain: Grain) -> Mapping[str, FactColumn]:
        """The facts of a grain by name."""
        return {
            name: column for group in self.groups if group.grain is grain for name, column in group.head.columns.items()
        }

    def types(self, grain: Grain) -> dict[str, ColumnType]:
        """The types of the facts of a grain by name: what the type checker reads."""
        return {name: column.type for name, column in self.facts(grain).items()}

    def ask(self, grain: Grain, fact: str) -> str:
        """What would tell a fact that is not known, in a biller's words: never its name."""
        column = self.facts(grain).get(fact)
        return (column.ask or column.meaning) if column else fact.replace("_", " ")

    @cache  # noqa: B019 - as above
    def group_of(self, grain: Grain, fact: str) -> Group:
        """The group that computes a fact."""
        return next(group for group in self.groups if group.grain is grain and fact in group.head.columns)

    def base(self, grain: Grain) -> Group:
        """The group that makes the rows of a grain: it has the name of the grain."""
        return next(group for group in self.groups if group.name == grain)

    @cache  # noqa: B019 - as above
    def releases_of(self, grain: Grain, facts: tuple[str, ...]) -> tuple[str, ...]:
        """The facts that say which release decided some facts: those of their groups and of what these read."""
        known = self.facts(grain)
        groups: dict[str, None] = {}

        def add(fact: str) -> None:
            group = self.group_of(grain, fact)
            if group.name not in groups:
                groups[group.name] = None
                for key in group.head.keys:
                    add(key)

        for fact in facts:
            add(fact)
        return tuple(f"{group}_release" for group in groups if f"{group}_release" in known)

    @cache  # noqa: B019 - as above
    def attributes_of(self, grain: Grain, facts: tuple[str, ...]) -> frozenset[str]:
        """The attributes of policies that some facts read, by themselves or through the facts that decide them."""
        groups = [group for group in self.groups if group.head.terms]
        read = {
            name: attribute
            for group in groups
            for name, attribute in importlib.import_module(f"{_FACTS}.{group.name}").ATTRIBUTES.items()
        }
        found, waiting, seen = set[str](), list(facts), set[str]()
        while waiting:
            fact = waiting.pop()
            if fact in seen or fact not in self.facts(grain):
                continue
            seen.add(fact)
            if fact in read:
                found.add(read[fact])
            else:
                head = self.group_of(grain, fact).head
                waiting += [*head.keys, *head.reads]
        return frozenset(found)

    def lacks_of(self, grain: Grain, fact: str) -> str:
        """The fact that says for which table a fact waits, where it waits for one; empty for one that never does."""
        if not self.facts(grain)[fact].tables:
            return ""
        return f"{self.group_of(grain, fact).name}_lacks"

    @cache  # noqa: B019 - as above
    def is_of_payer(self, grain: Grain, fact: str) -> bool:
        """Whether only the payer's own word would tell a fact: its policy, or a rule of its own."""
        column = self.facts(grain).get(fact)
        return column is not None and re.search(r"policies|policy_|a payer's policy", column.source) is not None

    def needs_of(self, group: Group) -> tuple[str, ...]:
        """The groups that must stand before a group: those it names, those of the facts that it reads, and its base."""
        return _needs(group, {item.name: item for item in self.groups})

    def needed(self, grain: Grain, facts: set[str]) -> tuple[Group, ...]:
        """The groups that must run for some facts of a grain, in order."""
        names = {self.base(grain).name} | {self.group_of(grain, fact).name for fact in facts}
        by_name = {group.name: group for group in self.groups}
        waiting = list(names)
        while waiting:
            for need in self.needs_of(by_name[waiting.pop()]):
                if need not in names:
                    names.add(need)
                    waiting.append(need)
        return tuple(group for group in self.groups if group.name in names)


@cache
def dictionary() -> Dictionary:
    """The dictionary of the facts that ship with cleanclaim."""
    return Dictionary(compiled.groups() or ordered_groups())


def ordered_groups() -> tuple[Group, ...]:
    """The groups as their files say, each after what it needs.

    Raises: PageError that names the file.
    """
    groups = {group.name: group for group in _groups()}
    ordered: dict[str, Group] = {}

    def place(name: str, below: tuple[str, ...]) -> None:
        if name in below:
            raise PageError(f"fact groups need each other in a circle: {' -> '.join((*below, name))}")
        if name not in ordered:
            for need in _needs(groups[name], groups):
                place(need, (*below, name))
            ordered[name] = groups[name]

    for name in sorted(groups):
        place(name, ())
    return tuple(ordered.values())


def _needs(group: Group, groups: Mapping[str, Group]) -> tuple[str, ...]:
    facts = {fact: item.name for item in groups.values() if item.grain is group.grain for fact in item.head.columns}
    read = [*group.head.needs, *(facts[fact] for fact in (*group.head.keys, *group.head.reads))]
    return tuple(dict.fromkeys(need for need in read if need != group.name))


def _groups() -> Iterator[Group]:
    for entry in sorted(files(_FACTS).iterdir(), key=lambda item: item.name):
        name, _, ending = entry.name.rpartition(".")
        if ending == "sql":
            text = entry.read_text(encoding="utf-8")
            parts = re.match(r"/\*---\n(.*?)---\*/\n(.*)\Z", text, re.DOTALL)
            if not parts:
                raise PageError("expected a head `/*--- ... ---*/`", file=entry.name, line=1)
            yield Group(name, _head(parts[1], entry.name), parts[2])
        elif ending == "py" and not name.startswith("_"):
            docstring = ast.get_docstring(ast.parse(entry.read_text(encoding="utf-8"))) or ""
            _, _, head = docstring.partition("---\n")
            yield Group(name, _head(head.rpartition("---")[0], entry.name), "")


def _head(text: str, file: str) -> _Head:
    try:
        return read_shape(text, _Head, file="head")
    except UnreadableInput as error:
        raise PageError(f"of the fact group, {error}", file=file) from None
