"""The plan for a few rows: each edit one Python function, an independent reading that tests hold the planes against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from cleanclaim.edits import compiled
from cleanclaim.edits.language.closures import Row, TruthWriter
from cleanclaim.edits.language.tree import Constant
from cleanclaim.edits.outcomes import SERVICE_DATE, Edit, EditCase, Outcome, Verdict


@cache
def judge(edit: Edit) -> Callable[[Row], Verdict]:
    """The edit as a function of one row of facts: the order that `outcomes` says, written out."""
    if edit in _shipped():
        return compiled.judges()[edit.page.version]
    source, space = written_judge(edit)
    exec(compile(source, f"<{edit.name}>", "exec"), space)  # noqa: S102 - what `TruthWriter` wrote
    function: Callable[[Row], Verdict] = space["verdict"]
    return function


@cache
def _shipped() -> frozenset[Edit]:
    """The edits that were compiled ahead. One that was changed since it was read is another, under the same page."""
    return frozenset(compiled.edits() or ())


def written_judge(edit: Edit) -> tuple[str, dict[str, Any]]:
    """The source of a function `verdict` of a row, and the constants that it reads."""
    writer = TruthWriter()
    source = "\n".join(_written(edit, writer))
    return source, {"Verdict": Verdict, "NOT_EVALUATED": Outcome.NOT_EVALUATED, **writer.constants}


def _written(edit: Edit, writer: TruthWriter) -> Iterator[str]:
    def said(outcome: Outcome, case: str = "", missing: tuple[str, ...] = ()) -> str:
        return writer.constant(Verdict(outcome, case, missing))

    cases = list(enumerate(edit.cases))
    yield "def verdict(row):"
    if not edit.any_day:
        yield f"    day = row[{SERVICE_DATE!r}]"
        yield f"    if day is None: return {said(Outcome.NOT_EVALUATED, missing=(SERVICE_DATE,))}"
    for place, case in cases:
        yield f"    live{place} = {_in_force(case, writer)}"
    if not edit.any_day:
        yield f"    if not ({' or '.join(f'live{place}' for place, _ in cases)}): return {said(Outcome.NOT_IN_FORCE)}"
    if not isinstance(edit.scope, Constant):
        yield f"    scope = {writer.truth(edit.scope)}"
        yield f"    if scope is False: return {said(Outcome.OUT_OF_SCOPE)}"
        yield "    if scope is None:"
        yield "        names = {}"
        yield from writer.missing(edit.scope, 2)
        yield "        return Verdict(NOT_EVALUATED, '', tuple(names))"
    elif not edit.scope.value:
        yield f"    return {said(Outcome.OUT_OF_SCOPE)}"
    for place, case in cases:
        yield f"    truth{place} = live{place} and {writer.truth(case.when)}"
        yield f"    if truth{place}: return {said(Outcome.FIRES, case.case.name)}"
    yield f"    if not ({' or '.join(f'truth{place} is None' for place, _ in cases)}): return {said(Outcome.CLEAR)}"
    yield "    names = {}"
    for place, case in cases:
        if unknown := list(writer.missing(case.when, 2)):
            yield f"    if truth{place} is None:"
            yield from unknown
    yield "    return Verdict(NOT_EVALUATED, '', tuple(names))"


def _in_force(case: EditCase, writer: TruthWriter) -> str:
    """Whether a case is in force on `day`."""
    first, last = case.in_force.first, case.in_force.last
    parts = [f"day >= {writer.constant(first)}"] if first else []
    parts += [f"day <= {writer.constant(last)}"] if last else []
    return " and ".join(parts) or "True"
