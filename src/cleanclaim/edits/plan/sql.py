"""An edit as one plain SQL expression: what `edits sql` prints, and a third engine to test the others against."""

from __future__ import annotations

from cleanclaim.edits.language.sql import sql_of
from cleanclaim.edits.outcomes import SERVICE_DATE, Edit, Outcome
from cleanclaim.edits.pages import InForce


def outcome_sql(edit: Edit) -> str:
    """DuckDB SQL that yields the outcome of an edit on a row; a fire as `fires <case>`."""
    in_force = [_in_force(case.in_force) for case in edit.cases]
    whens = [f"({interval} AND {sql_of(case.when)})" for interval, case in zip(in_force, edit.cases, strict=True)]
    scope = sql_of(edit.scope)
    by_day = [
        f'"{SERVICE_DATE}" IS NULL THEN {_text(Outcome.NOT_EVALUATED)}',
        f"NOT ({' OR '.join(in_force)}) THEN {_text(Outcome.NOT_IN_FORCE)}",
    ]
    arms = [
        *([] if edit.any_day else by_day),
        f"NOT {scope} THEN {_text(Outcome.OUT_OF_SCOPE)}",
        f"{scope} IS NULL THEN {_text(Outcome.NOT_EVALUATED)}",
        *(f"{when} THEN '{Outcome.FIRES} {case.case.name}'" for when, case in zip(whens, edit.cases, strict=True)),
        f"({' OR '.join(whens)}) IS NULL THEN {_text(Outcome.NOT_EVALUATED)}",
    ]
    return "CASE\n  " + "\n  ".join(f"WHEN {arm}" for arm in arms) + f"\n  ELSE {_text(Outcome.CLEAR)}\nEND"


def _in_force(interval: InForce) -> str:
    parts = []
    if interval.first:
        parts.append(f"\"{SERVICE_DATE}\" >= DATE '{interval.first}'")
    if interval.last:
        parts.append(f"\"{SERVICE_DATE}\" <= DATE '{interval.last}'")
    return "(" + " AND ".join(parts) + ")" if parts else "TRUE"


def _text(outcome: Outcome) -> str:
    return f"'{outcome}'"
