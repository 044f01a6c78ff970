"""The engines that many claims are checked by: DuckDB in this process, or Spark. The rest of a check is one way."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.judging import ManyRows, judged_on_planes
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.engine.connection import Engine
from cleanclaim.engine.interface import EngineName
from cleanclaim.errors import EngineError, UnknownName
from cleanclaim.reference.library import Library
from cleanclaim.terms import TermsOfPayers

_DEFAULT_MEMORY = "80%"  # of the machine's: DuckDB's own
_AMOUNT = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?) *(?P<unit>%|[A-Za-z]+)")


@dataclass(frozen=True, slots=True)
class ClaimEngine:
    """How the claims of a run are held and judged."""

    name: EngineName
    opened: Callable[[str, date | None, int], AbstractContextManager[Workbench]]  # memory limit, today, processes
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


@dataclass(frozen=True, slots=True)
class Share:
    """What a process that judges some of the claims of a check is told, to open a workbench of its own."""

    reference: Path
    presume: bool
    tables: Mapping[str, pa.Table]  # what was handed in beside the claims
    terms: TermsOfPayers
    memory_limit: str
    checked_on: date | None
    processes: int

    @contextmanager
    def opened(self) -> Iterator[Workbench]:
        """The workbench, without claims."""
        library = Library.open(self.reference, presume=self.presume)
        with _duckdb(self.memory_limit, self.checked_on, self.processes) as bench:
            bench.hand_in(self.tables, self.terms)
            bench.use_reference(library.table, library.carried_days)
            yield bench


@contextmanager
def _duckdb(memory_limit: str, checked_on: date | None, processes: int) -> Iterator[Workbench]:
    """One of so many processes: each has its part of the cores and of the memory."""
    threads = max(1, (os.cpu_count() or 1) // processes)
    with Engine(memory_limit=_part_of(memory_limit, processes), threads=threads) as engine:
        yield Workbench(engine, dictionary(), checked_on=checked_on)


def _part_of(memory_limit: str, processes: int) -> str:
    amount = _AMOUNT.fullmatch(memory_limit or _DEFAULT_MEMORY)
    if not amount or processes == 1:
        return memory_limit  # what is no amount, the engine refuses
    return f"{float(amount['number']) / processes:.3f}{amount['unit']}"


@contextmanager
def _spark(memory_limit: str, checked_on: date | None, processes: int) -> Iterator[Workbench]:  # noqa: ARG001 - its own
    from cleanclaim.edits.plan.spark import SparkEngine, SparkWorkbench, any_session  # noqa: PLC0415

    with SparkEngine(any_session(memory_limit)) as engine:
        yield SparkWorkbench(engine, dictionary(), checked_on=checked_on)
