"""The engines that must say the same: bit planes, closures, and plain DuckDB SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from cleanclaim.edits.outcomes import Edit, Outcome, Verdict, program
from cleanclaim.edits.plan.duck import run_planes
from cleanclaim.edits.plan.planes import rows_of
from cleanclaim.edits.plan.rows import judge
from cleanclaim.edits.plan.sql import outcome_sql
from cleanclaim.engine.connection import Engine


@contextmanager
def loaded(table: pa.Table) -> Iterator[Engine]:
    with Engine(threads=1) as engine:
        engine.register("facts", table)
        yield engine


def on_planes(edit: Edit, table: pa.Table) -> list[Verdict]:
    verdicts: dict[int, Verdict] = {}
    with loaded(table) as engine:
        for batch in run_planes(engine, program((edit,)), table="facts", row_id="row_id"):
            rows = len(batch.row_ids)
            for planes in batch.edits:
                for outcome, plane in planes.outcomes.items():
                    for place in rows_of(plane, rows):
                        assert int(batch.row_ids[place]) not in verdicts, "a row has two outcomes"
                        case = next(
                            (
                                c.case.name
                                for c, p in zip(edit.cases, planes.cases, strict=True)
                                if place in rows_of(p, rows)
                            ),
                            "",
                        )
                        missing = tuple(sorted(name for name, p in planes.missing.items() if place in rows_of(p, rows)))
                        verdicts[int(batch.row_ids[place])] = Verdict(
                            outcome, case if outcome is Outcome.FIRES else "", missing
                        )
    return [verdicts[row] for row in range(table.num_rows)]


def on_closures(edit: Edit, table: pa.Table) -> list[Verdict]:
    verdict = judge(edit)
    found = [verdict(row) for row in table.to_pylist()]
    return [Verdict(item.outcome, item.case, tuple(sorted(item.missing))) for item in found]


def on_sql(edit: Edit, table: pa.Table) -> list[Verdict]:
    with loaded(table) as engine:
        texts = (
            engine.table(f"SELECT row_id, {outcome_sql(edit)} AS outcome FROM facts ORDER BY row_id")
            .column("outcome")
            .to_pylist()
        )
    found = []
    for text in texts:
        fires, _, case = text.partition("fires ")
        found.append(Verdict(Outcome.FIRES, case) if case else Verdict(Outcome(fires)))
    return found


ENGINES = {"planes": on_planes, "closures": on_closures, "sql": on_sql}
