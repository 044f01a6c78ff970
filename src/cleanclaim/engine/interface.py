"""What the plans ask of an SQL engine: statements in DuckDB's SQL, Arrow in and out. DuckDB is one, Spark another."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa


class EngineName(StrEnum):
    """The engines that check claims."""

    DUCKDB = "duckdb"
    SPARK = "spark"


class SqlEngine(Protocol):
    """Tables by name and DuckDB SQL over them. Raises: EngineError for what it refuses."""

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under a name."""

    def unregister(self, name: str) -> None:
        """Forget a registered table."""

    def run(self, sql: str) -> None:
        """Run a statement."""

    def table(self, sql: str) -> pa.Table:
        """The rows of a query as one Arrow table."""

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query in Arrow batches."""
