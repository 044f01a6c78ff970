"""Claim tables and reference tables in, one table of facts per grain out, of the groups that the edits read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from cleanclaim.claims import ClaimTables
from cleanclaim.edits.dictionary import ROW_ID, Dictionary, Group
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.shares import Shares
from cleanclaim.edits.plan.stored_claims import PARTS, STORED, part_of, used_columns
from cleanclaim.edits.python_groups import answered
from cleanclaim.engine.interface import SqlEngine
from cleanclaim.engine.schema import ColumnType, TableSchema
from cleanclaim.policies.tables import HANDED_IN, HISTORY, HISTORY_COVERAGE
from cleanclaim.reference.library import presumption
from cleanclaim.reference.library.presumption import AND, PRESUMED_AFTER
from cleanclaim.terms import TermsOfPayers, shipped_terms
from cleanclaim.values import Interval

_ROWS_AT_ONCE = 250_000  # rows that wait in Arrow: one large INSERT runs on every core, many small ones do not
# A run that does not fit in one INSERT is stored in parts, and as many are judged at once as have so many lines: memory
# stays small however long the run is, and no more plans are made than need be (each costs a second or so).
_LINES_JUDGED_AT_ONCE = 250_000
PLACE_COLUMNS = ("claim_row", "line_rows")  # where a row of any grain stands in the claims


class Workbench:
    """The claims of one run and the reference beside them, in one private database.

    `claim`, `line` and `administration` are the claim tables with `claim_row` and `line_row` (0, 1, 2 ... through the
    run); `ref_<table>` are the as-of tables; `fact_<group>` is made when it is needed. A long run is read through them
    part by part (`parts`), each of whole patients: no fact looks from one patient at another.
    """

    is_divided = True  # a long run is stored in parts; where it is not, rows wait until facts are made

    def __init__(self, engine: SqlEngine, facts: Dictionary, *, checked_on: date | None = None) -> None:
        """A workbench without rows. `checked_on`: the day that stands for today; else each file's own."""
        self.engine, self.facts = engine, facts
        self.claims = self.lines = 0
        self.files_by_row: set[str] = set()  # files whose places are rows, not X12 segments
        self.terms = shipped_terms()
        self._handed: Mapping[str, pa.Table] = self.terms.tables
        self._earlier: frozenset[str] | None = None  # the patients of the history that was handed in
        self.claims_with_history = 0
        self._made: dict[str, Group] = {}
        self._joined: set[str] = set()  # the tables of facts, by grain
        self._loaded: set[str] = set()
        self._table_of: Callable[[str], pa.Table]
        self._days: tuple[date, ...] | None = None  # of service, of the part of the run that is judged
        self._carried_days: Callable[[str], tuple[Interval, ...]]
        self._waiting: dict[str, list[pa.Table]] = {schema.name: [] for schema, _ in STORED}
        self._in_parts = False
        self.shares = Shares()  # the processes that judge a long run beside this one
        self._columns = {schema.name: [column.name for column in used_columns(schema, facts)] for schema, _ in STORED}
        engine.register("run", pa.table({"checked_on": pa.array([checked_on], pa.date32())}))
        for schema, ids in STORED:
            self._store(schema, ids)

    def _store(self, schema: TableSchema, ids: tuple[str, ...]) -> None:
        columns = (
            *(f"{name} BIGINT" for name in ids),
            *(f'"{column.name}" {column.type.sql}' for column in used_columns(schema, self.facts)),
        )
        self.engine.run(f"CREATE TABLE {schema.name} ({', '.join(columns)})")

    def use_reference(
        self, table_of: Callable[[str], pa.Table], carried_days: Callable[[str], tuple[Interval, ...]] | None = None
    ) -> None:
        """Where the as-of tables come from: a fact group that reads `ref_<name>` makes that one table be asked for.

        `carried_days`: the days over which rows of a table were carried; without it those of the table itself.
        """
        self._table_of = table_of
        self._carried_days = carried_days or (lambda name: presumption.carried_days(table_of(name)))

    def is_presumed(self) -> bool:
        """Whether a day of the claims is one to which a table that was read had to be carried."""
        carried = {days for name in self._loaded - HANDED_IN.keys() for days in self._carried_days(name)}
        if not carried:
            return False
        if self._days is None:
            self._days = tuple(self.days_of_service())
        return any(one.contains(day) for day in self._days for one in carried)

    def days_of_service(self) -> set[date]:
        """The days of service of the lines of the part that is judged."""
        days = self.engine.table("SELECT DISTINCT service_date FROM line")["service_date"].to_pylist()
        return {day for day in days if day}

    def hand_in(self, tables: Mapping[str, pa.Table], terms: TermsOfPayers | None = None) -> None:
        """Tables of `policies.tables` that groups read as `ref_<name>`, and the terms of payers.

        A table that is not handed in has no rows; without terms those hold that ship.
        """
        self.terms = terms or self.terms
        self._handed = {**self.terms.tables, **tables}
        if HISTORY.name in tables:
            self._earlier = frozenset(map(str, tables[HISTORY.name]["patient_key"].unique().to_pylist()))

    @property
    def history_is_of_others(self) -> bool:
        """Whether a history was handed in, and none of it is of a patient of the claims: then it covers nothing."""
        return bool(self._earlier) and self.claims_with_history == 0

    def need_reference(self, *names: str) -> None:
        """Make some reference tables readable as `ref_<name>`."""
        for name in names:
            if name not in self._loaded:
                self.engine.register(f"ref_{name}", self._reference(name))
                self._loaded.add(name)

    def _reference(self, name: str) -> pa.Table:
        if name == HISTORY_COVERAGE.name and self.history_is_of_others:
            return HISTORY_COVERAGE.empty()
        if schema := HANDED_IN.get(name):
            return self._handed.get(name, schema.empty())
        return self._table_of(name)

    def load_claims(self, tables: ClaimTables) -> None:
        """Append claims. Their keys must ascend within one call, as readers make them."""
        claim_keys = tables.claim.column("claim_key").to_numpy()
        claim_rows = np.arange(self.claims, self.claims + tables.claim.num_rows)
        line_rows = np.arange(self.lines, self.lines + tables.line.num_rows)
        claims = np.searchsorted(claim_keys, tables.line.column("claim_key").to_numpy())  # of the lines
        parts = part_of(tables.claim, claim_rows)
        self._append("claim", tables.claim, part=parts, claim_row=claim_rows)
        self._append("line", tables.line, part=parts[claims], claim_row=claim_rows[claims], line_row=line_rows)
        if tables.administration.num_rows:
            lines = self._lines_of(tables, line_rows)
            self._append(
                "administration", tables.administration, part=parts[claims][lines - self.lines], line_row=lines
            )
        if self._earlier is not None:
            self.claims_with_history += sum(key in self._earlier for key in tables.claim["patient_key"].to_pylist())
        self.claims += tables.claim.num_rows
        self.lines += tables.line.num_rows
        if self.shares.begin(self.lines):
            for name, waiting in self._waiting.items():
                self._waiting[name] = [self.shares.own(name, rows) for rows in waiting]
        self._store_many()

    def take_rows(self, name: str, rows: pa.Table) -> None:
        """Rows of a claim table that another bench loaded and divided: those of the patients that are judged here."""
        self._waiting[name].append(rows)
        self._store_many()

    def _store_many(self) -> None:
        """Store what waits, in parts, when it has become many rows."""
        if self.is_divided and sum(rows.num_rows for rows in self._waiting["line"]) >= _ROWS_AT_ONCE:
            self._divide()
            self._flush()

    def _append(self, name: str, table: pa.Table, **ids: np.ndarray) -> None:
        rows = table.select(self._columns[name])
        for column, values in ids.items():
            rows = rows.append_column(column, pa.array(values, pa.int64()))
        self._waiting[name].append(self.shares.own(name, rows))

    def _divide(self) -> None:
        if not self._in_parts:
            self._in_parts = True
            for schema, _ in STORED:
                for part in range(PARTS):
                    self.engine.run(f"CREATE TABLE {schema.name}_{part} AS FROM {schema.name}")
                self.engine.run(f"DROP TABLE {schema.name}")

    def _flush(self) -> None:
        for name, waiting in self._waiting.items():
            if waiting:
                self._insert(name, pa.concat_tables(waiting))
                waiting.clear()

    def _insert(self, name: str, rows: pa.Table) -> None:
        self.engine.register("incoming", rows)
        columns = f"INSERT INTO {name}{{}} BY NAME SELECT * EXCLUDE (part) FROM incoming"
        if self._in_parts:
            for part in range(PARTS):
                self.engine.run(f"{columns.format(f'_{part}')} WHERE part = {part}")
        else:
            self.engine.run(columns.format(""))
        self.engine.unregister("incoming")

    def parts(self) -> Iterator[None]:
        """The run part by part, each once and without facts; a short run is one part. What is read is of that part."""
        self._flush()
        if not self._in_parts:
            yield
            return
        for parts in self._judged_together():
            for schema, _ in STORED:
                rows = " UNION ALL ".join(f"FROM {schema.name}_{part}" for part in parts)
                self.engine.run(f"CREATE VIEW {schema.name} AS {rows}")
            yield
            self._forget_facts()
            for schema, _ in STORED:
                self.engine.run(f"DROP VIEW {schema.name}")
                for part in parts:
                    self.engine.run(f"DROP TABLE {schema.name}_{part}")

    def _judged_together(self) -> Iterator[list[int]]:
        """The parts that hold any rows, as many at a time as may be."""
        together: list[int] = []
        lines = 0
        for part in range(PARTS):
            of_part: int = self.engine.table(f"SELECT count(*) AS n FROM line_{part}")["n"][0].as_py()
            claims: int = self.engine.table(f"SELECT count(*) AS n FROM claim_{part}")["n"][0].as_py()
            if together and lines + of_part > _LINES_JUDGED_AT_ONCE:
                yield together
                together, lines = [], 0
            if claims:
                together.append(part)
                lines += of_part
        if together:
            yield together

    def forget_claims(self) -> None:
        """Make room for other claims: the reference stays. Only after a short run, that was not divided."""
        self._forget_facts()
        for schema, _ in STORED:
            self.engine.run(f"DELETE FROM {schema.name}")
        self.claims = self.lines = 0

    def _forget_facts(self) -> None:
        for group in self._made.values():
            self.engine.run(f"DROP TABLE fact_{group.name}")
        for table in self._joined:
            self.engine.run(f"DROP TABLE {table}")
        self._made.clear()
        self._joined.clear()
        self._days = None

    @contextmanager
    def ids(self, name: str, ids: Iterable[int], **beside: Mapping[int, int]) -> Iterator[None]:
        """Make some row ids readable as a table with the column `id`, and integers by id beside it."""
        ordered = sorted(ids)
        columns = {
            column: pa.array([values[item] for item in ordered], pa.int64()) for column, values in beside.items()
        }
        self.engine.register(name, pa.table({"id": pa.array(ordered, pa.int64()), **columns}))
        yield
        self.engine.unregister(name)

    def select(self, table: str, key: str, ids: Iterable[int], columns: str) -> dict[int, dict[str, Any]]:
        """Some rows of a table or view by their id."""
        with self.ids("wanted", ids):
            found = self.engine.table(f"SELECT {columns} FROM {table} WHERE {key} IN (SELECT id FROM wanted)")
        return {row[key]: row for row in found.to_pylist()}

    def make_facts(self, grain: Grain, facts: Iterable[str]) -> str:
        """The name of a table that has the row id, the place columns and these facts of a grain.

        Joined once: judging and telling read it several times.
        """
        if not self._in_parts:
            self._flush()
        wanted = tuple(dict.fromkeys(facts))
        for group in self.facts.needed(grain, set(wanted)):
            if group.name not in self._made:
                self._make(group)
                self._made[group.name] = group
        table = f"facts_of_{grain}"
        self.engine.run(f"CREATE OR REPLACE TABLE {table} AS {self._select(grain, wanted, PLACE_COLUMNS)}")
        self._joined.add(table)
        return table

    def fact_rows(self, grain: Grain, view: str) -> list[dict[str, Any]]:
        """The facts of each row of a grain, as a view has them."""
        del grain
        rows: list[dict[str, Any]] = self.engine.table(f"SELECT * FROM {view}").to_pylist()
        return rows

    def claims_of(self, grain: Grain, view: str) -> tuple[np.ndarray, np.ndarray]:
        """The rows of a grain and their claims, in order."""
        places = self.engine.table(f"SELECT {ROW_ID[grain]} AS row_id, claim_row FROM {view} ORDER BY row_id")
        return places["row_id"].to_numpy(), places["claim_row"].to_numpy()

    def labels(self, grain: Grain, view: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        """How many lines rest on each carried release that some facts name, by day."""
        del grain
        names = ", ".join(f'"{name}"' for name in columns)
        # One scan of the view, which joins every group of facts: planning it costs more than a few rows do.
        yield from self.engine.table(
            "WITH named AS (SELECT line_rows, service_date,"
            f" unnest(list_filter([{names}], lambda label: contains(label, '{PRESUMED_AFTER}'))) AS labels"
            f" FROM {view}),"
            f" apart AS (SELECT line_rows, service_date, unnest(string_split(labels, '{AND}')) AS label FROM named),"
            " lines AS (SELECT unnest(line_rows) AS line_row, service_date, label FROM apart)"
            " SELECT label, service_date AS day, CAST(count(DISTINCT line_row) AS BIGINT) AS lines FROM lines"
            f" WHERE contains(label, '{PRESUMED_AFTER}') AND service_date IS NOT NULL GROUP BY ALL ORDER BY ALL"
        ).to_pylist()

    def take_over(self, other: Workbench) -> None:
        """The claims that were loaded into another workbench, and what was handed in there."""
        self.claims, self.lines, self.claims_with_history = other.claims, other.lines, other.claims_with_history
        self.files_by_row, self.terms, self._handed, self._earlier = (
            other.files_by_row, other.terms, other._handed, other._earlier
        )  # fmt: skip
        self._table_of, self._carried_days = other._table_of, other._carried_days
        self._waiting = other._waiting

    def rows(self, grain: Grain) -> int:
        """How many rows of a grain there are: those of its base, which no other group adds to."""
        count: int = self.engine.table(f"SELECT count(*) AS n FROM fact_{self.facts.base(grain).name}")["n"][0].as_py()
        return count

    def _select(self, grain: Grain, facts: Iterable[str], place: tuple[str, ...]) -> str:
        """The query for the row id, place columns and facts of a grain: its base joined to the groups of the facts."""
        base, row_id = f"fact_{self.facts.base(grain).name}", ROW_ID[grain]
        columns = [f"{base}.{name}" for name in dict.fromkeys((row_id, *place))]
        joins: dict[str, str] = {}

        def source(fact: str) -> str:
            group = self.facts.group_of(grain, fact)
            table = f"fact_{group.name}"
            if table != base and table not in joins:
                keys = [f'{table}."{key}" IS NOT DISTINCT FROM {source(key)}' for key in group.head.keys]
                joins[table] = f" LEFT JOIN {table} ON {' AND '.join(keys) or f'{table}.{row_id} = {base}.{row_id}'}"
            return f'{table}."{fact}"'

        columns += [source(fact) for fact in facts]
        return f"SELECT {', '.join(columns)} FROM {base}{''.join(joins.values())}"

    def _make(self, group: Group) -> None:
        self.need_reference(*sorted(group.reference))
        if group.head.keys:
            keys = self._select(group.grain, group.head.keys, ())
            names = ", ".join(f'"{key}"' for key in group.head.keys)
            self.engine.run(f"CREATE OR REPLACE TABLE keys AS SELECT DISTINCT {names} FROM ({keys})")
        elif group.head.reads:
            self.engine.run(
                f"CREATE OR REPLACE VIEW rows AS {self._select(group.grain, group.head.reads, ('claim_row',))}"
            )
        if group.sql:
            sql = group.sql if self._is_asked(group) else _nothing_of(group)
            self.engine.run(f"CREATE TABLE fact_{group.name} AS {sql}")
        else:
            self._compute(group)

    def _is_asked(self, group: Group) -> bool:
        """Whether anything that was handed in, or a fact of the claims, asks a group; most groups are always asked."""
        if not group.head.asked_by:
            return True
        tables = group.head.asked_by & HANDED_IN.keys()
        return any(self._reference(name).num_rows for name in tables) or self._has_values(
            group.grain, [name for name in group.head.asked_by if name not in tables]
        )

    def _has_values(self, grain: Grain, facts: Sequence[str]) -> bool:
        """Whether one of some facts is known of a row."""
        tables: dict[str, list[str]] = {}
        for fact in facts:
            tables.setdefault(self.facts.group_of(grain, fact).name, []).append(f'"{fact}" IS NOT NULL')
        return any(
            self.engine.table(f"SELECT 1 AS one FROM fact_{name} WHERE {' OR '.join(known)} LIMIT 1").num_rows
            for name, known in tables.items()
        )

    def _compute(self, group: Group) -> None:
        self.engine.register("answers", answered(group, self.engine.table("FROM keys"), self.terms))
        self.engine.run(f"CREATE TABLE fact_{group.name} AS FROM answers")
        self.engine.unregister("answers")

    def _lines_of(self, tables: ClaimTables, line_rows: np.ndarray) -> np.ndarray:
        keys = zip(tables.line["claim_key"].to_pylist(), tables.line["line_ordinal"].to_pylist(), strict=True)
        places = dict(zip(keys, line_rows, strict=True))
        charted = zip(
            tables.administration["claim_key"].to_pylist(),
            tables.administration["line_ordinal"].to_pylist(),
            strict=True,
        )
        return np.array([places[place] for place in charted], np.int64)


def _nothing_of(group: Group) -> str:
    """The query for the facts of a group of which nothing is asked: none, under their names and types."""
    types = {ROW_ID[group.grain]: ColumnType.INTEGER, **{name: fact.type for name, fact in group.head.columns.items()}}
    columns = [f'CAST(NULL AS {kind.sql}) AS "{name}"' for name, kind in types.items()]
    return f"SELECT {', '.join(columns)} WHERE FALSE"
