"""Claim tables and reference tables in, one table of facts per grain out. Only the groups that the edits read are computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa

from cleanclaim.claims import ADMINISTRATION, CLAIM, LINE, ClaimTables
from cleanclaim.edits.dictionary import ROW_ID, Dictionary, Group
from cleanclaim.edits.pages import Grain
from cleanclaim.engine.connection import Engine
from cleanclaim.engine.schema import TableSchema

PLACE_COLUMNS = ("claim_row", "line_rows")  # where a row of any grain stands in the claims


class Workbench:
    """The claims of one run and the reference beside them, in one private database.

    `claim`, `line` and `administration` are the claim tables with `claim_row` and `line_row` (0, 1, 2 ... through the run); `ref_<table>` are the
    as-of tables; `fact_<group>` is made when it is needed.
    """

    def __init__(self, engine: Engine, facts: Dictionary) -> None:
        """A workbench without rows."""
        self.engine, self.facts = engine, facts
        self.claims = self.lines = 0
        self._made: set[str] = set()
        for schema, ids in ((CLAIM, ("claim_row",)), (LINE, ("claim_row", "line_row")), (ADMINISTRATION, ("line_row",))):
            engine.run(f"CREATE TABLE {schema.name} ({', '.join((*(f'{name} BIGINT' for name in ids), *_columns(schema)))})")

    def load_reference(self, tables: Mapping[str, pa.Table]) -> None:
        """Make the as-of tables readable as `ref_<name>`."""
        for name, table in tables.items():
            self.engine.register(f"ref_{name}", table)

    def load_claims(self, tables: ClaimTables) -> None:
        """Append claims. Their keys must ascend within one call, as readers make them."""
        claim_keys = tables.claim.column("claim_key").to_numpy()
        line_claims = np.searchsorted(claim_keys, tables.line.column("claim_key").to_numpy()) + self.claims
        line_rows = np.arange(self.lines, self.lines + tables.line.num_rows)
        self._append("claim", tables.claim, claim_row=np.arange(self.claims, self.claims + tables.claim.num_rows))
        self._append("line", tables.line, claim_row=line_claims, line_row=line_rows)
        if tables.administration.num_rows:
            self._append("administration", tables.administration, line_row=self._lines_of(tables, line_rows))
        self.claims += tables.claim.num_rows
        self.lines += tables.line.num_rows

    def make_facts(self, grain: Grain, facts: Iterable[str]) -> str:
        """The name of a view that has the row id, the place columns and these facts of a grain."""
        wanted = dict.fromkeys(facts)
        groups = self.facts.needed(grain, set(wanted))
        for group in groups:
            if group.name not in self._made:
                self._make(group)
                self._made.add(group.name)
        base, row_id = self.facts.base(grain).name, ROW_ID[grain]
        sources = {fact: self.facts.group_of(grain, fact).name for fact in wanted}
        joins = "".join(f" JOIN fact_{name} USING ({row_id})" for name in dict.fromkeys(sources.values()) if name != base)
        columns = ", ".join([row_id, *(f"fact_{base}.{name}" for name in PLACE_COLUMNS), *(f'fact_{name}."{fact}"' for fact, name in sources.items())])
        view = f"facts_of_{grain}"
        self.engine.run(f"CREATE OR REPLACE VIEW {view} AS SELECT {columns} FROM fact_{base}{joins}")  # noqa: S608 - names are our own
        return view

    def _make(self, group: Group) -> None:
        if group.sql:
            self.engine.run(f"CREATE TABLE fact_{group.name} AS {group.sql}")
            return
        row_id = ROW_ID[group.grain]
        sources = {key: f"fact_{self.facts.group_of(group.grain, key).name}" for key in group.head.keys}
        base = f"fact_{self.facts.base(group.grain).name}"
        joins = "".join(f" JOIN {table} USING ({row_id})" for table in dict.fromkeys(sources.values()) if table != base)
        keys = ", ".join(f'{table}."{key}"' for key, table in sources.items())
        # Twice, not once more stored: the distinct keys are few, the rows many.
        distinct = self.engine.table(f"SELECT DISTINCT {keys} FROM {base}{joins}")  # noqa: S608 - names are our own
        name = f"answers_{group.name}"
        self.engine.register(name, group.compute()(distinct))
        facts = ", ".join(f'{name}."{fact}"' for fact in group.head.columns)
        same = " AND ".join(f'{name}."{key}" IS NOT DISTINCT FROM {table}."{key}"' for key, table in sources.items())
        self.engine.run(f"CREATE TABLE fact_{group.name} AS SELECT {base}.{row_id}, {facts} FROM {base}{joins} LEFT JOIN {name} ON {same}")  # noqa: S608
        self.engine.unregister(name)

    def _append(self, name: str, table: pa.Table, **ids: np.ndarray) -> None:
        for place, (column, values) in enumerate(ids.items()):
            table = table.add_column(place, column, pa.array(values, pa.int64()))
        self.engine.register("incoming", table)
        self.engine.run(f"INSERT INTO {name} BY NAME SELECT * FROM incoming")  # noqa: S608 - names are our own
        self.engine.unregister("incoming")

    def _lines_of(self, tables: ClaimTables, line_rows: np.ndarray) -> np.ndarray:
        places = {
            place: row
            for place, row in zip(
                zip(tables.line["claim_key"].to_pylist(), tables.line["line_ordinal"].to_pylist(), strict=True), line_rows, strict=True
            )
        }
        charted = zip(tables.administration["claim_key"].to_pylist(), tables.administration["line_ordinal"].to_pylist(), strict=True)
        return np.array([places[place] for place in charted], np.int64)


def _columns(schema: TableSchema) -> tuple[str, ...]:
    return tuple(f'"{column.name}" {column.type.sql}' for column in schema.columns)
