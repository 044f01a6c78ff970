"""Arrow tables as rows of Python values."""

from __future__ import annotations

import pyarrow as pa

from cleanclaim.edits.fact_language import Cells, Relation, cells_of


def rows_of(table: pa.Table) -> list[Cells]:
    """All rows."""
    return list(cells_of(column.to_pylist() for column in table.columns)) if table.num_columns else []


def relation_of(table: pa.Table) -> Relation:
    """A table as a relation; its rows are made when they are first asked for."""
    return Relation(table.column_names, None, lambda: rows_of(table))
