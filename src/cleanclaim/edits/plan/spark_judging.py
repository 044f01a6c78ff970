"""Edits on Spark: the atoms are asked in Spark SQL, and judged on planes in mapInArrow, where the rows lie."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cleanclaim.edits.dictionary import ROW_ID
from cleanclaim.edits.judging import Aside, marks_of
from cleanclaim.edits.marks import EditCount, Mark
from cleanclaim.edits.outcomes import Edit, Outcome, Program
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.duck import atoms_sql, planes_of_batch
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.planes import EditPlanes, rows_of
from cleanclaim.edits.plan.spark import Batches, SparkEngine
from cleanclaim.engine.schema import ColumnType

if TYPE_CHECKING:
    from cleanclaim.edits.plan.spark import DataFrame

VERDICTS = pa.schema([
    ("row_id", ColumnType.INTEGER.arrow()),
    ("edit", ColumnType.INTEGER.arrow()),  # its place in the program
    ("outcome", ColumnType.TEXT.arrow()),
    ("case", ColumnType.INTEGER.arrow()),  # the case that fired, else -1
    ("missing", ColumnType.TEXTS.arrow()),  # the facts that were, where it could not be evaluated
])  # fmt: skip
JUDGED = pa.schema([
    ("row_id", ColumnType.INTEGER.arrow()),
    ("edit", ColumnType.INTEGER.arrow()),
    ("case", ColumnType.INTEGER.arrow()),
    ("missing", ColumnType.TEXTS.arrow()),
    ("gathered", pa.binary()),  # in one row of each part, which is no mark: what was counted and gathered beside them
])  # fmt: skip
_COUNTED = -1  # the row and the edit of that row


def run_verdicts(engine: SparkEngine, program: Program, *, table: str, row_id: str) -> DataFrame:
    """What each edit says about each row of a table of facts: `VERDICTS`, one row for each edit and row."""

    def verdicts(batches: Batches) -> Batches:
        for batch in batches:
            yield from _verdicts(program, batch)

    return engine.mapped(engine.query(atoms_sql(program, table=table, row_id=row_id)), verdicts, VERDICTS)


def judged_on_spark(
    bench: Workbench,
    program: Program,
    view: str,
    grain: Grain,
    counts: Mapping[Edit, EditCount],
    aside: Aside,
    show_not_evaluated: bool,  # noqa: FBT001 - as `run.ManyRows`
) -> Iterator[Mark]:
    """The plan for many rows on Spark: judged and counted where the rows lie; only what is told comes here."""
    engine = bench.engine
    if not isinstance(engine, SparkEngine):
        raise TypeError("rows are judged on Spark where a SparkWorkbench holds them")
    beside = aside.columns

    def judged(batches: Batches) -> Batches:
        # Runs on a worker, once for each part of the rows: `aside` and the edits of `program` are copies of its own.
        of_part = {edit: EditCount(edit) for edit in program.edits}
        for batch in batches:
            planes = planes_of_batch(program, batch, beside)
            marks = list(marks_of(planes, of_part, aside, show_not_evaluated=show_not_evaluated))
            yield _judged(
                [mark.row_id for mark in marks], [program.edits.index(mark.edit) for mark in marks],
                [mark.case for mark in marks], [mark.missing for mark in marks],
            )  # fmt: skip
        counted = [(one.outcomes, one.missing, one.clear_presumed) for one in of_part.values()]
        yield _judged([_COUNTED], [_COUNTED], [-1], [()], pickle.dumps((counted, aside.gathered)))

    atoms = engine.query(atoms_sql(program, table=view, row_id=ROW_ID[grain], beside=beside))
    for row in engine.rows(engine.mapped(atoms, judged, JUDGED)).to_pylist():
        if row["gathered"] is None:
            yield Mark(row["row_id"], program.edits[row["edit"]], row["case"], tuple(row["missing"]))
            continue
        counted, gathered = pickle.loads(row["gathered"])  # noqa: S301 - what our own workers wrote
        for edit, one in zip(program.edits, counted, strict=True):
            counts[edit].add(EditCount(edit, *one))
        aside.add(gathered)


def _judged(
    rows: list[int],
    edits: list[int],
    cases: list[int],
    missing: list[tuple[str, ...]],
    gathered: bytes | None = None,
) -> pa.RecordBatch:
    return pa.record_batch([rows, edits, cases, missing, [gathered] * len(rows)], schema=JUDGED)


def _verdicts(program: Program, batch: pa.RecordBatch) -> Batches:
    judged = planes_of_batch(program, batch)
    for place, planes in enumerate(judged.edits):
        for outcome, plane in planes.outcomes.items():
            rows = rows_of(plane, batch.num_rows)
            if len(rows):
                yield pa.record_batch(
                    [
                        judged.row_ids[rows],
                        np.full(len(rows), place),
                        [outcome.value] * len(rows),
                        _cases(planes, outcome, batch.num_rows)[rows],
                        pa.array(_missing(planes, outcome, rows, batch.num_rows), VERDICTS.field("missing").type),
                    ],
                    schema=VERDICTS,
                )


def _cases(planes: EditPlanes, outcome: Outcome, rows: int) -> np.ndarray:
    cases = np.full(rows, -1)
    if outcome is Outcome.FIRES:
        for case, plane in enumerate(planes.cases):
            cases[rows_of(plane, rows)] = case
    return cases


def _missing(planes: EditPlanes, outcome: Outcome, of: Iterable[int], rows: int) -> list[list[str]]:
    missing: dict[int, list[str]] = {row: [] for row in of}
    if outcome is Outcome.NOT_EVALUATED:
        for name, plane in planes.missing.items():
            for row in rows_of(plane, rows):
                missing[row].append(name)
    return list(missing.values())
