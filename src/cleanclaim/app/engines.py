"""The engines that many claims are checked by: DuckDB in this process, or Spark. The rest of a check is one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date

from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.run import ManyRows, judged_on_planes
from cleanclaim.engine.connection import Engine
from cleanclaim.engine.interface import EngineName
from cleanclaim.errors import EngineError, UnknownName


@dataclass(frozen=True, slots=True)
class ClaimEngine:
    """How the claims of a run are held and judged."""

    name: EngineName
    opened: Callable[[str, date | None], AbstractContextManager[Workbench]]  # by memory limit, and what is today
    many: ManyRows
    few_by_row: bool  # a few claims are checked without it


def claim_engine(name: str) -> ClaimEngine:
    """The engine of a name.

    Raises: UnknownName; EngineError where it cannot run here, with what to install.
    """
    if name not in set(EngineName):
        raise UnknownName(f"engine `{name[:70]}`: expected {' or '.join(EngineName)}")
    if name == EngineName.DUCKDB:
        return ClaimEngine(EngineName.DUCKDB, _duckdb, judged_on_planes, few_by_row=True)
    # Loaded by who asks for it alone.
    from cleanclaim.edits.plan.spark import spark_absent  # noqa: PLC0415
    from cleanclaim.edits.plan.spark_judging import judged_on_spark  # noqa: PLC0415

    if absent := spark_absent():
        raise EngineError(absent)
    return ClaimEngine(EngineName.SPARK, _spark, judged_on_spark, few_by_row=False)


@contextmanager
def _duckdb(memory_limit: str, checked_on: date | None) -> Iterator[Workbench]:
    with Engine(memory_limit=memory_limit) as engine:
        yield Workbench(engine, dictionary(), checked_on=checked_on)


@contextmanager
def _spark(memory_limit: str, checked_on: date | None) -> Iterator[Workbench]:
    from cleanclaim.edits.plan.spark import SparkEngine, SparkWorkbench, any_session  # noqa: PLC0415

    with SparkEngine(any_session(memory_limit)) as engine:
        yield SparkWorkbench(engine, dictionary(), checked_on=checked_on)
