"""The catalogue with every edit and every group of facts twice: what a check would take with as many more of them.

A twin group computes what the first one does, over again, under names of its own; a twin edit reads those. Bases of
grains, which make the rows, stay one. Only for a check in one process: another would know nothing of the twins.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from types import ModuleType
from typing import Any, cast

import msgspec

from cleanclaim.edits import compiled
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.edits.dictionary import ROW_ID, Dictionary, Group, dictionary, ordered_groups
from cleanclaim.edits.language.tree import ColumnRef, Expression
from cleanclaim.edits.outcomes import Edit
from cleanclaim.edits.pages import Grain
from cleanclaim.terms import TermsOfPayers

AGAIN = "again_"


@dataclass(frozen=True, slots=True, eq=False)
class Twin(Group):
    """A group that computes over again what another does."""

    first: Group

    def function(self, terms: TermsOfPayers | None = None) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
        """That of the first one, under the names of the twin."""
        function = self.first.function(terms)
        return lambda row: {f"{AGAIN}{name}": value for name, value in function(row).items()}


def doubled_groups() -> tuple[Group, ...]:
    """Every group, and of those that are no base of a grain a twin behind it."""
    groups: list[Group] = []
    for group in compiled.groups() or ordered_groups():
        groups.append(group)
        if group.name not in set(Grain):
            groups.append(_twin(group))
    return tuple(groups)


def _twin(group: Group) -> Twin:
    columns = {f"{AGAIN}{name}": column for name, column in group.head.columns.items()}
    head = msgspec.structs.replace(group.head, columns=columns)
    beside = group.head.keys or (ROW_ID[group.grain],)
    listed = [f'"{name}"' for name in beside] + [f'"{name}" AS "{AGAIN}{name}"' for name in group.head.columns]
    sql = f"SELECT {', '.join(listed)} FROM ({group.sql}\n)" if group.sql else ""
    return Twin(f"{AGAIN}{group.name}", head, sql, group)


def doubled_edits(facts: Dictionary) -> tuple[Edit, ...]:
    """Every shipped edit and a twin of it, which fires where it does."""
    edits = shipped_edits()
    return (*edits, *(_twin_edit(edit, facts) for edit in edits))


def _twin_edit(edit: Edit, facts: Dictionary) -> Edit:
    front = edit.page.front
    own = {"unless_fires": (), "follows": (), "aliases": ()}
    again = msgspec.structs.replace(front, id=f"{front.id}-2", **own)
    page = replace(edit.page, name=f"{AGAIN}{edit.page.name}", front=again)
    cases = tuple(replace(case, when=_renamed(case.when, edit.grain, facts)) for case in edit.cases)
    return Edit(page, _renamed(edit.scope, edit.grain, facts), cases)


def _renamed(expression: Expression, grain: Grain, facts: Dictionary) -> Expression:
    known = facts.facts(grain)

    def renamed(node: object) -> object:
        if isinstance(node, ColumnRef):
            again = f"{AGAIN}{node.name}"
            return replace(node, name=again) if again in known else node
        if isinstance(node, tuple):
            return tuple(renamed(one) for one in node)
        if is_dataclass(node) and not isinstance(node, type):
            return replace(node, **{field.name: renamed(getattr(node, field.name)) for field in fields(node)})
        return node

    return cast("Expression", renamed(expression))


def double() -> tuple[Edit, ...]:
    """Make the dictionary of this process the doubled one, before anything has read it; the edits for a checker."""
    groups = doubled_groups()
    dictionary.cache_clear()
    compiled.groups = lambda: groups
    for group in groups:
        if isinstance(group, Twin) and group.head.terms:  # the dictionary asks its module for the attributes it reads
            first = importlib.import_module(f"cleanclaim.edits.facts.{group.first.name}")
            module = ModuleType(f"cleanclaim.edits.facts.{group.name}")
            module.ATTRIBUTES = {f"{AGAIN}{name}": of for name, of in first.ATTRIBUTES.items()}  # type: ignore[attr-defined]
            sys.modules[module.__name__] = module
    return doubled_edits(dictionary())
