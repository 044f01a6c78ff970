"""The plan for a few rows: the trees as Python closures, an independent reading that tests hold the planes against."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cleanclaim.edits.language import closure
from cleanclaim.edits.language.closures import Row
from cleanclaim.edits.language.tree import ATOMS, And, Expression, Not, Or, atom_columns
from cleanclaim.edits.outcomes import SERVICE_DATE, Edit, Outcome, Verdict, decide


def judge(edit: Edit) -> Callable[[Row], Verdict]:
    """The edit as a function of one row of facts."""
    scope = closure(edit.scope)
    whens = [closure(case.when) for case in edit.cases]

    def verdict(row: Row) -> Verdict:
        day = row[SERVICE_DATE]
        in_scope = scope(row)
        truths = [when(row) for when in whens] if in_scope else [None] * len(whens)
        outcome, fired = decide(edit, day, in_scope, truths)
        if outcome is Outcome.FIRES:
            return Verdict(outcome, edit.cases[fired].case.name)
        if outcome is Outcome.NOT_EVALUATED:
            return Verdict(outcome, missing=_missing(edit, row, in_scope, truths))
        return Verdict(outcome)

    return verdict


def _missing(edit: Edit, row: Row, in_scope: bool | None, truths: Iterable[bool | None]) -> tuple[str, ...]:  # noqa: FBT001 - a truth value
    day = row[SERVICE_DATE]
    if day is None:
        return (SERVICE_DATE,)
    if in_scope is None:
        return tuple(dict.fromkeys(_null_facts(edit.scope, row)))
    names: dict[str, None] = {}
    for case, truth in zip(edit.cases, truths, strict=True):
        if truth is None and case.in_force.contains(day):
            names.update(dict.fromkeys(_null_facts(case.when, row)))
    return tuple(names)


def _null_facts(expression: Expression, row: Row) -> Iterable[Any]:
    if isinstance(expression, ATOMS):
        yield from (name for name in atom_columns(expression) if row[name] is None)
    elif isinstance(expression, And | Or):
        for item in expression.items:
            if closure(item)(row) is None:
                yield from _null_facts(item, row)
    elif isinstance(expression, Not):
        yield from _null_facts(expression.item, row)
