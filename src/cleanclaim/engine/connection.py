"""DuckDB as cleanclaim uses it: in memory, shut off from outside, settings locked, spilling to a temporary folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cleanclaim.engine.functions import macros
from cleanclaim.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    import duckdb
    import pyarrow as pa

BATCH_ROWS = 122_880  # one DuckDB row group: Arrow batches then need no splitting


def _prefix() -> str:
    return f"cleanclaim-{os.getpid()}-"


def remove_spilled() -> None:
    """Remove what this process has spilled (claim data): for one that is about to be ended."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_prefix()}*"):
        shutil.rmtree(folder, ignore_errors=True)


def spill_folder() -> Path:
    """A folder of its own for what an engine spills: whoever makes it removes it, or `remove_spilled` at the last."""
    return Path(tempfile.mkdtemp(prefix=_prefix()))


class Engine:
    """One private in-memory database. Use it as a context manager: it removes what it spilled."""

    def __init__(self, *, memory_limit: str = "", threads: int = 0) -> None:
        """Open the database.

        Units: memory_limit as DuckDB writes it ("2GB"); empty for DuckDB's own 80 % of memory. Past it data is spilled.
        """
        import duckdb  # noqa: PLC0415 - a few claims are checked without it, and it takes its time

        self._error = duckdb.Error
        self._spill = spill_folder()
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": threads or os.cpu_count() or 1,
            "temp_directory": str(self._spill),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        }
        if memory_limit:
            config["memory_limit"] = memory_limit
        try:
            self._con: duckdb.DuckDBPyConnection = duckdb.connect(":memory:", config=config)
        except duckdb.Error as error:
            shutil.rmtree(self._spill, ignore_errors=True)
            raise EngineError(f"the SQL engine cannot be set up: {str(error).splitlines()[0]}") from error
        for macro in macros():
            self._con.execute(macro)
        # A page or a fact reads the tables that it was handed and nothing else on the machine. A progress bar, which
        # DuckDB draws for statements that take long, would stand among our own messages.
        for setting in (
            "TimeZone='UTC'", "enable_progress_bar=false", "enable_external_access=false", "lock_configuration=true",
        ):  # fmt: skip
            self._con.execute(f"SET {setting}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and remove what it spilled."""
        self._con.close()
        shutil.rmtree(self._spill, ignore_errors=True)

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under a name, without a copy."""
        self._con.register(name, table)

    def unregister(self, name: str) -> None:
        """Forget a registered table."""
        self._con.unregister(name)

    def run(self, sql: str) -> None:
        """Run a statement."""
        try:
            self._con.execute(sql)
        except self._error as error:
            raise EngineError(str(error).splitlines()[0]) from error

    def table(self, sql: str) -> pa.Table:
        """The rows of a query as one Arrow table."""
        try:
            rows: pa.Table = self._con.sql(sql).to_arrow_table()
        except self._error as error:
            raise EngineError(str(error).splitlines()[0]) from error
        return rows

    def batches(self, sql: str, *, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """The rows of a query in Arrow batches, streamed."""
        try:
            yield from self._con.sql(sql).to_arrow_reader(rows)
        except self._error as error:
            raise EngineError(str(error).splitlines()[0]) from error
