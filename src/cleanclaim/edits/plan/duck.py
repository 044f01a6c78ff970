"""The plan for many rows: each distinct atom once in DuckDB, streamed as Arrow booleans, then planes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cleanclaim.edits.language.sql import sql_of
from cleanclaim.edits.outcomes import SERVICE_DATE, Program
from cleanclaim.edits.plan.planes import EditPlanes, atom_planes, evaluate
from cleanclaim.engine.interface import SqlEngine


@dataclass(frozen=True, slots=True)
class PlaneBatch:
    """One batch of rows: their ids and what each edit says about them."""

    row_ids: npt.NDArray[np.int64]
    edits: Iterator[EditPlanes]
    beside: pa.RecordBatch  # the columns that were asked for beside the atoms, and `service_date`


def atoms_sql(program: Program, *, table: str, row_id: str, beside: tuple[str, ...] = ()) -> str:
    """The query that asks every distinct atom of a program of every row, and some columns as they are."""
    columns = [f'"{row_id}" AS row_id', f'"{SERVICE_DATE}" AS service_date']
    columns += [f"{sql_of(atom)} AS a{number}" for number, atom in program.atoms]
    columns += [f'"{name}" IS NULL AS n{place}' for place, name in enumerate(program.columns_of_wide_atoms)]
    columns += [f'"{name}" AS b{place}' for place, name in enumerate(beside)]
    return f"SELECT {', '.join(columns)} FROM {table}"


def run_planes(
    engine: SqlEngine, program: Program, *, table: str, row_id: str, beside: tuple[str, ...] = ()
) -> Iterator[PlaneBatch]:
    """What each edit says about each row of a table of facts, batch by batch."""
    for batch in engine.batches(atoms_sql(program, table=table, row_id=row_id, beside=beside)):
        yield planes_of_batch(program, batch, beside)


def planes_of_batch(program: Program, batch: pa.RecordBatch, beside: tuple[str, ...] = ()) -> PlaneBatch:
    """What each edit says about one batch of `atoms_sql`."""
    atoms = {number: atom_planes(batch.column(f"a{number}")) for number, _ in program.atoms}
    nulls = {
        name: atom_planes(batch.column(f"n{place}"))[0] for place, name in enumerate(program.columns_of_wide_atoms)
    }
    days = batch.column("service_date")
    columns = [days, *(batch.column(f"b{place}") for place in range(len(beside)))]
    return PlaneBatch(
        batch.column("row_id").to_numpy(),
        evaluate(program, atoms, nulls, days),
        pa.RecordBatch.from_arrays(columns, ["service_date", *beside]),
    )
