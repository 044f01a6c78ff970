"""The same claims, facts and edits on Apache Spark. The one module that knows pyspark, and only when it is used.

`SparkEngine` takes DuckDB's SQL as the plans write it, and stores what it is handed and what it makes as Parquet;
`SparkWorkbench` makes the same tables of facts with it, groups in Python over the distinct keys in mapInArrow. Local
mode is what runs and is measured; nothing here is tuned for a cluster yet.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import expressions as exp

from cleanclaim.edits.dictionary import Group
from cleanclaim.edits.plan.dialect import parse, spark_sql
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.made_once import made_once
from cleanclaim.edits.python_groups import answered
from cleanclaim.engine.connection import spill_folder
from cleanclaim.engine.schema import TableSchema
from cleanclaim.errors import EngineError, InvalidValue
from cleanclaim.terms import TermsOfPayers

if TYPE_CHECKING:
    from pyspark.sql import DataFrame as DataFrame  # noqa: PLC0414 - named by others, who may not import it
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StructType

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
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",  # days before 1582 as they were written
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.codegen.maxFields": "2000",  # more, and each of the joins of a table of facts copies all its columns
    "spark.sql.broadcastTimeout": "3600",  # seconds: on a busy machine a small table may take its time
}
LEAST_MEGABYTES = 512  # Spark itself refuses to start with less
_MEMORY, _UNITS = re.compile(r"(\d+(?:\.\d+)?) *([MGT])i?B?", re.IGNORECASE), {"M": 1, "G": 1 << 10, "T": 1 << 20}
MOST_LOCAL_BYTES = 100_000  # a table that is larger stands in no plan
Batches = Iterator[pa.RecordBatch]


def any_session(memory_limit: str = "") -> SparkSession:
    """The Spark of the program that calls where it has one, with its own settings; else one of this process alone.

    Raises: EngineError when pyspark or Java is not there; InvalidValue for a limit that is no amount of memory.
    """
    memory = f"{_megabytes(memory_limit)}m"
    if absent := spark_absent():
        raise EngineError(absent)
    from pyspark.sql import SparkSession  # noqa: PLC0415

    # Not adaptive: it plans each query anew after each of its stages, which here takes longer than what it gains.
    settings = {"spark.driver.memory": memory, "spark.sql.adaptive.enabled": "false"}
    return SparkSession.getActiveSession() or local_session(cores=os.cpu_count() or 1, settings=settings)


def _megabytes(limit: str) -> int:
    """An amount of memory as DuckDB reads it, for a Java, which reads whole ones; without one half of the machine's."""
    if not limit:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2 >> 20
    found = _MEMORY.fullmatch(limit.strip())
    if not found or (megabytes := int(float(found[1]) * _UNITS[found[2].upper()])) < LEAST_MEGABYTES:
        raise InvalidValue(f"memory limit {limit[:70]}: Spark takes {LEAST_MEGABYTES}MB or more, as 2GB")
    return megabytes


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
        "spark.sql.shuffle.partitions": str(cores), "spark.ui.showConsoleProgress": "false",
        # What fails is raised, and told once: its log would quote claims.
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile=file:{Path(__file__).with_suffix('.properties')}",
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
        self._folder = spill_folder()  # what is stored is claim data: it goes when the engine is closed
        self._folders: dict[str, Path] = {}  # of the tables that came as Arrow and are stored
        self._stored = 0
        self.parts = session.sparkContext.defaultParallelism  # files of a stored table: Spark reads each by itself
        for name, value in _SETTINGS.items():
            self._session.conf.set(name, value)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget every table and remove what was stored; the Spark that runs it stays."""
        try:
            for name in tuple(self._names):
                self.unregister(name)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under a name."""
        self._folders.pop(name, None)
        if table.nbytes > MOST_LOCAL_BYTES:
            self.append(name, table)
            return
        # Spark reads an Arrow stream up to its first empty batch, and loses what follows in silence.
        full = [batch for batch in table.to_batches() if batch.num_rows]
        rows = pa.Table.from_batches(full) if full else table.schema.empty_table()
        self.keep(name, self._session.createDataFrame(rows), stored=False)

    def append(self, name: str, table: pa.Table) -> None:
        """Add rows to those that were appended under a name, all stored: a plan names the files and holds no row."""
        folder = self._folders.setdefault(name, self._new_folder())
        folder.mkdir(exist_ok=True)
        size = -(-table.num_rows // self.parts) or 1
        for start in range(0, table.num_rows, size):
            self._stored += 1
            pq.write_table(table.slice(start, size), folder / f"{self._stored}.parquet")
        self.keep(name, self._read(folder, self._schema(table.schema)), stored=False)

    def unregister(self, name: str) -> None:
        """Forget a table."""
        self._session.catalog.dropTempView(name)
        self._names.discard(name)
        self._folders.pop(name, None)

    def run(self, sql: str) -> None:
        """Run `CREATE [OR REPLACE] TABLE | VIEW name AS query`: what the plans say."""
        statement = parse(sql)
        if not isinstance(statement, exp.Create) or not isinstance(statement.expression, exp.Query):
            raise EngineError("on Spark a statement makes a table or a view of a query")
        name, query = statement.this.name, statement.expression
        if statement.kind == "VIEW":
            self.keep(name, self.query(query), stored=False)
            return
        for part, made in made_once(name, query):
            self.keep(part, self.query(made))

    def query(self, sql: str | exp.Expr) -> DataFrame:
        """The rows of a query, which have not been computed yet."""
        with _refusals():
            return self._session.sql(spark_sql(sql))

    def keep(self, name: str, rows: DataFrame, *, stored: bool = True) -> None:
        """Make rows readable under a name: computed now and once, or each time that they are read."""
        with _refusals():
            if stored:
                # Files, not a cache: it also cuts the plan, which would grow with every group of facts; a column that
                # is not asked for is not read; and Spark knows how big a table is, so it joins small ones by a hash.
                folder = self._new_folder()
                rows.write.parquet(f"file:{folder}")
                rows = self._read(folder, rows.schema)
            rows.createOrReplaceTempView(name)
        self._names.add(name)

    def _new_folder(self) -> Path:
        self._stored += 1
        return self._folder / str(self._stored)

    def _read(self, folder: Path, schema: StructType) -> DataFrame:
        return self._session.read.schema(schema).parquet(f"file:{folder}")

    def _schema(self, schema: pa.Schema) -> StructType:
        return self._session.createDataFrame(schema.empty_table()).schema

    def table(self, sql: str) -> pa.Table:
        """The rows of a query as one Arrow table."""
        return self.rows(self.query(sql))

    def rows(self, rows: DataFrame) -> pa.Table:
        """Rows as one Arrow table."""
        with _refusals():
            found: pa.Table = rows.toArrow()
        return found

    def batches(self, sql: str) -> Batches:
        """The rows of a query in Arrow batches."""
        yield from self.table(sql).to_batches()

    def mapped(self, rows: DataFrame, function: Callable[[Batches], Batches], schema: pa.Schema) -> DataFrame:
        """Rows handed to a function in Arrow batches, where they lie."""
        with _refusals():
            return rows.mapInArrow(function, self._schema(schema))


class SparkWorkbench(Workbench):
    """The claims of one run and the reference beside them, in Spark."""

    engine: SparkEngine

    def _store(self, schema: TableSchema, ids: tuple[str, ...]) -> None:
        columns = {column.name: column.type.arrow() for column in schema.columns}
        kept = [(name, columns[name]) for name in self._columns[schema.name]]
        self.engine.register(schema.name, pa.schema([*kept, *((name, pa.int64()) for name in ids)]).empty_table())

    def _divide(self) -> None:
        """Spark divides what it holds by itself."""

    def _insert(self, name: str, rows: pa.Table) -> None:
        self.engine.append(name, rows.drop(["part"]))

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


@contextmanager
def _refusals() -> Iterator[None]:
    from py4j.protocol import Py4JError  # noqa: PLC0415 - what Spark's Java says that pyspark has no name for
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        raise EngineError(_in_one_line(error)) from error


def _in_one_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith("An error occurred while calling")]
    # An error in Python on a worker says what it is in its last line, one in the JVM in its first.
    return said[-1 if type(error).__name__ == "PythonException" else 0] if said else type(error).__name__
