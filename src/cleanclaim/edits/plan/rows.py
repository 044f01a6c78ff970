"""The plan for a few rows: the trees as Python closures, an independent reading that tests hold the planes against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache

from cleanclaim.edits.language import closure
from cleanclaim.edits.language.closures import Row
from cleanclaim.edits.language.tree import ATOMS, And, Expression, Not, Or, atom_columns
from cleanclaim.edits.outcomes import SERVICE_DATE, Edit, Outcome, Verdict, decide


@cache
def judge(edit: Edit) -> Callable[[Row], Verdict]:
    """The edit as a function of one row of facts."""
    scope = closure(edit.scope)
    whens = [closure(case.when) for case in edit.cases]
    missing = _missing_of(edit)

    def verdict(row: Row) -> Verdict:
        day = row[SERVICE_DATE]
        in_scope = scope(row)
        truths = [when(row) for when in whens] if in_scope else [None] * len(whens)
        outcome, fired = decide(edit, day, in_scope, truths)
        if outcome is Outcome.FIRES:
            return Verdict(outcome, edit.cases[fired].case.name)
        if outcome is Outcome.NOT_EVALUATED:
            return Verdict(outcome, missing=missing(row, in_scope, truths))
        return Verdict(outcome)

    return verdict


def _missing_of(edit: Edit) -> Callable[[Row, bool | None, Sequence[bool | None]], tuple[str, ...]]:
    """The facts for want of which an edit was not evaluated, by a row and the truth of its parts."""
    of_scope, of_cases = _nulls_of(edit.scope), [_nulls_of(case.when) for case in edit.cases]

    def missing(row: Row, in_scope: bool | None, truths: Sequence[bool | None]) -> tuple[str, ...]:  # noqa: FBT001 - a truth value
        day = row[SERVICE_DATE]
        if day is None:
            return (SERVICE_DATE,)
        if in_scope is None:
            return tuple(dict.fromkeys(of_scope(row)))
        names: dict[str, None] = {}
        for case, truth, nulls in zip(edit.cases, truths, of_cases, strict=True):
            if truth is None and case.in_force.contains(day):
                names.update(dict.fromkeys(nulls(row)))
        return tuple(names)

    return missing


def _nulls_of(expression: Expression) -> Callable[[Row], Iterable[str]]:
    """The facts that are null under the parts of an expression that are unknown."""
    if isinstance(expression, ATOMS):
        names = tuple(atom_columns(expression))
        return lambda row: [name for name in names if row[name] is None]
    if isinstance(expression, Not):
        return _nulls_of(expression.item)
    items = expression.items if isinstance(expression, And | Or) else ()
    parts = [(closure(item), _nulls_of(item)) for item in items]
    return lambda row: [name for truth, nulls in parts if truth(row) is None for name in nulls(row)]
