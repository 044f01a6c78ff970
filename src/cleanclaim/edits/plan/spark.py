"""The same claims, facts and edits on Apache Spark. The one module that knows pyspark, and only when it is used.

`SparkEngine` takes DuckDB's SQL as the plans write it; `SparkWorkbench` makes the same tables of facts with it, groups
in Python over the distinct keys in mapInArrow; `run_verdicts` asks the atoms in Spark SQL and packs them into planes in
mapInArrow. Local mode runs the tests; nothing here is tuned for a cluster yet.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa
from sqlglot import expressions as exp

from cleanclaim.edits.dictionary import ROW_ID, Dictionary, Group
from cleanclaim.edits.marks import EditCount, Mark
from cleanclaim.edits.outcomes import Edit, Outcome, Program
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.dialect import parse, spark_sql
from cleanclaim.edits.plan.duck import atoms_sql, planes_of_batch
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.planes import EditPlanes, rows_of
from cleanclaim.edits.python_groups import answered
from cleanclaim.engine.schema import ColumnType, TableSchema
from cleanclaim.errors import EngineError
from cleanclaim.terms import TermsOfPayers

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from cleanclaim.edits.run import Aside

# What a user's session may have set otherwise, and what would change an answer. ANSI: what does not fit is an error, as
# in DuckDB, not a null; the size of an unknown list is unknown. A product keeps every decimal.
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.enforceReservedKeywords": "false",
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.caseSensitive": "false",
}
VERDICTS = pa.schema([
    ("row_id", ColumnType.INTEGER.arrow()),
    ("edit", ColumnType.INTEGER.arrow()),  # its place in the program
    ("outcome", ColumnType.TEXT.arrow()),
    ("case", ColumnType.INTEGER.arrow()),  # the case that fired, else -1
    ("missing", ColumnType.TEXTS.arrow()),  # the facts that were, where it could not be evaluated
])  # fmt: skip
Batches = Iterator[pa.RecordBatch]


def local_session(*, cores: int = 2, settings: Mapping[str, str] | None = None) -> SparkSession:
    """A Spark of this process alone, that listens to this machine only.

    Raises: EngineError when pyspark or Java is not there.
    """
    if absent := spark_absent():
        raise EngineError(absent)
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra: 400 MB
    from pyspark.sql import SparkSession  # noqa: PLC0415

    builder = SparkSession.builder.master(f"local[{cores}]").appName("cleanclaim")
    own = {
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": str(cores), "spark.log.level": "ERROR",
        "spark.ui.showConsoleProgress": "false",
    }  # fmt: skip
    for name, value in {**own, **(settings or {})}.items():
        builder = builder.config(name, value)
    # Else the first python3 of the path works for it, which knows no cleanclaim.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return builder.getOrCreate()
    except (PySparkException, OSError) as error:
        raise EngineError(f"Spark does not start (it needs Java 17 or later): {str(error).splitlines()[0]}") from error


def spark_absent() -> str:
    """Why Spark cannot run here; empty when pyspark and a Java are there."""
    try:
        import pandas  # noqa: F401, PLC0415 - mapInArrow starts no Python without it
        import pyspark  # noqa: F401, PLC0415
    except ImportError as error:
        return f"{error.name} is not installed: pip install 'cleanclaim[spark]'"
    home = os.environ.get("JAVA_HOME")
    if not shutil.which("java") and not (home and shutil.which("java", path=os.path.join(home, "bin"))):  # noqa: PTH118
        return "Spark needs Java 17 or later: there is no `java` on the path and JAVA_HOME names none"
    return ""


class SparkEngine:
    """Tables by name in a Spark session of its own, asked in DuckDB's SQL."""

    def __init__(self, session: SparkSession) -> None:
        """An engine without tables; the session that is given keeps its own tables and settings."""
        self._session = session.newSession()
        self._names: set[str] = set()
        for name, value in _SETTINGS.items():
            self._session.conf.set(name, value)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget every table; the Spark that runs it stays."""
        for name in tuple(self._names):
            self.unregister(name)

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under a name."""
        # Spark reads an Arrow stream up to its first empty batch, and loses what follows in silence.
        full = [batch for batch in table.to_batches() if batch.num_rows]
        rows = pa.Table.from_batches(full) if full else table.schema.empty_table()
        self.keep(name, self._session.createDataFrame(rows), stored=False)

    def unregister(self, name: str) -> None:
        """Forget a table."""
        self._session.catalog.dropTempView(name)
        self._names.discard(name)

    def run(self, sql: str) -> None:
        """Run `CREATE [OR REPLACE] TABLE | VIEW name AS query`: what the plans say."""
        statement = parse(sql)
        if not isinstance(statement, exp.Create) or statement.expression is None:
            raise EngineError("on Spark a statement makes a table or a view of a query")
        self.keep(statement.this.name, self.query(statement.expression), stored=statement.kind == "TABLE")

    def query(self, sql: str | exp.Expression) -> DataFrame:
        """The rows of a query, which have not been computed yet."""
        with _refusals():
            return self._session.sql(spark_sql(sql))

    def keep(self, name: str, rows: DataFrame, *, stored: bool = True) -> None:
        """Make rows readable under a name: computed now and once, or each time that they are read."""
        with _refusals():
            # A checkpoint, not a cache: it also cuts the plan, which would grow with every group of facts.
            (rows.localCheckpoint() if stored else rows).createOrReplaceTempView(name)
        self._names.add(name)

    def table(self, sql: str) -> pa.Table:
        """The rows of a query as one Arrow table."""
        with _refusals():
            rows: pa.Table = self.query(sql).toArrow()
        return rows

    def batches(self, sql: str) -> Batches:
        """The rows of a query in Arrow batches."""
        yield from self.table(sql).to_batches()

    def mapped(self, rows: DataFrame, function: Callable[[Batches], Batches], schema: pa.Schema) -> DataFrame:
        """Rows handed to a function in Arrow batches, where they lie."""
        with _refusals():
            return rows.mapInArrow(function, self._session.createDataFrame(schema.empty_table()).schema)


class SparkWorkbench(Workbench):
    """The claims of one run and the reference beside them, in Spark."""

    engine: SparkEngine

    def __init__(self, engine: SparkEngine, facts: Dictionary) -> None:
        """A workbench without rows."""
        self._held: dict[str, list[pa.Table]] = {}
        super().__init__(engine, facts)

    def _store(self, schema: TableSchema, ids: tuple[str, ...]) -> None:
        columns = {column.name: column.type.arrow() for column in schema.columns}
        kept = [(name, columns[name]) for name in self._columns[schema.name]]
        empty = pa.schema([*kept, *((name, pa.int64()) for name in ids)]).empty_table()
        self._held[schema.name] = [empty]
        self.engine.register(schema.name, empty)

    def _divide(self) -> None:
        """Spark divides what it holds by itself."""

    def _insert(self, name: str, rows: pa.Table) -> None:
        self._held[name].append(rows.drop(["part"]))
        self.engine.register(name, pa.concat_tables(self._held[name]))

    def _compute(self, group: Group) -> None:
        types = self.facts.types(group.grain)
        names = dict.fromkeys((*group.head.keys, *group.head.columns))
        schema = pa.schema([(name, types[name].arrow()) for name in names])

        terms = self.terms  # not the bench, which no worker could be sent

        def answers(batches: Batches) -> Batches:
            for batch in batches:
                yield from _computed(group, terms, batch, schema)

        self.engine.keep(f"fact_{group.name}", self.engine.mapped(self.engine.query("FROM keys"), answers, schema))


def _computed(group: Group, terms: TermsOfPayers, keys: pa.RecordBatch, schema: pa.Schema) -> list[pa.RecordBatch]:
    answers = answered(group, pa.Table.from_batches([keys]), terms)
    return answers.select(schema.names).cast(schema).combine_chunks().to_batches()


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
    aside: Aside,  # what would be the most useful file to load, and what is clear by presumption, is not gathered here
    show_not_evaluated: bool,  # noqa: FBT001 - as `run.ManyRows`
) -> Iterator[Mark]:
    """The plan for many rows on Spark: judged and counted where the rows lie; only what is told comes here."""
    engine = bench.engine
    if not isinstance(engine, SparkEngine):
        raise TypeError("rows are judged on Spark where a SparkWorkbench holds them")
    engine.keep("verdicts", run_verdicts(engine, program, table=view, row_id=ROW_ID[grain]))
    for row in engine.table("SELECT edit, outcome, count(*) AS n FROM verdicts GROUP BY edit, outcome").to_pylist():
        counts[program.edits[row["edit"]]].outcomes[Outcome(row["outcome"])] += row["n"]
    missing = "SELECT edit, unnest(missing) AS fact FROM verdicts"
    for row in engine.table(f"SELECT edit, fact, count(*) AS n FROM ({missing}) GROUP BY edit, fact").to_pylist():
        counts[program.edits[row["edit"]]].missing[row["fact"]] += row["n"]
    told = [Outcome.FIRES, *([Outcome.NOT_EVALUATED] if show_not_evaluated else [])]
    outcomes = ", ".join(f"'{outcome}'" for outcome in told)
    essential = [str(place) for place, edit in enumerate(program.edits) if edit.page.front.essential]
    lacks = f"edit IN ({', '.join(essential) or '-1'}) AND outcome = '{Outcome.NOT_EVALUATED}'"
    unjudged = engine.table(f"SELECT edit, row_id, missing FROM verdicts WHERE {lacks}").to_pylist()
    facts = bench.select(view, ROW_ID[grain], {row["row_id"] for row in unjudged}, "*") if unjudged else {}
    for row in unjudged:
        aside.lacking.add_row(program.edits[row["edit"]], row["row_id"], facts[row["row_id"]], row["missing"])
    for row in engine.table(f"SELECT * FROM verdicts WHERE outcome IN ({outcomes})").to_pylist():
        yield Mark(row["row_id"], program.edits[row["edit"]], row["case"], tuple(row["missing"]))


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


@contextmanager
def _refusals() -> Iterator[None]:
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        yield
    except PySparkException as error:
        raise EngineError(_in_one_line(error)) from error


def _in_one_line(error: Exception) -> str:
    said = [line for line in str(error).splitlines() if line.strip()]
    # An error in Python on a worker says what it is in its last line, one in the JVM in its first.
    return said[-1 if type(error).__name__ == "PythonException" else 0] if said else type(error).__name__
