"""The processes that judge a long run together: each has the patients of some parts, no fact looks from one to another.

A process is this Python, asked through pipes in pickles that only the two of them see. It starts while claims are still
read, is handed its rows as they come, and answers what it judged; a run that is short, and a machine with one core,
need none.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cleanclaim.errors import EngineError

if TYPE_CHECKING:
    from cleanclaim.edits.judging import Judged, Task
    from cleanclaim.edits.plan.facts import Workbench

MOST_PROCESSES = 8
LINES_WORTH_IT = 20_000  # a process takes most of a second to start
_CHILD = "from cleanclaim.edits.judging_process import main; main()"
Opened = Callable[[], AbstractContextManager["Workbench"]]


def processes_of(wanted: int) -> int:
    """How many processes judge a long run: what is wanted, else one for each core that this one may use."""
    if wanted:
        return min(wanted, MOST_PROCESSES)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES) if sys.executable else 1


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a claim table for a process."""

    name: str
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class Asked:
    """What a process is to judge, and what this one knows of the whole run."""

    task: Task
    files_by_row: frozenset[str]
    claims_with_history: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a process has no answer: in words of ours, since those of an error may quote a claim."""

    message: str


class Shares:
    """The other processes of a run, by their number; this one is number 0."""

    def __init__(self, processes: int = 1, opened: Opened | None = None) -> None:
        """None started yet. `opened` opens the workbench of a process, there; it is sent as a pickle."""
        self._processes, self._opened = processes, opened
        self._others: list[_Other] = []

    def begin(self, lines: int) -> bool:
        """Start them when a run has become long enough; whether they were started now."""
        if self._others or self._opened is None or self._processes < 2 or lines < LINES_WORTH_IT:
            return False
        try:
            self._others = [_Other(self._opened) for _ in range(1, self._processes)]
        except OSError:  # no more processes for us: then all of it is judged here
            self.close()
            self._opened = None
            return False
        return True

    def own(self, name: str, rows: pa.Table) -> pa.Table:
        """The rows that are judged here, by their column `part`; the others are sent to whose they are."""
        if not self._others:
            return rows
        process = rows["part"].to_numpy() % self._processes
        for number, other in enumerate(self._others, 1):
            other.send(Rows(name, rows.take(np.flatnonzero(process == number))))
        return rows.take(np.flatnonzero(process == 0))

    def ask(self, task: Task, bench: Workbench) -> None:
        """Have every process judge what it was sent."""
        for other in self._others:
            other.send(Asked(task, frozenset(bench.files_by_row), bench.claims_with_history))

    def answers(self) -> Iterator[Judged]:
        """What each of them says. Raises: EngineError for one that has ended, and what a process raised."""
        for other in self._others:
            yield other.answer()

    def close(self) -> None:
        """End them."""
        for other in self._others:
            other.close()
        self._others = []


class _Other:
    """One process."""

    def __init__(self, opened: Opened) -> None:
        # Its own memory of where modules are: this program may have found them by more than its environment.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(  # noqa: S603 - this Python, and our own words
            [sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        self._sender = ThreadPoolExecutor(1)  # a process that is still starting reads nothing: this one goes on
        self._sent: list[Future[None]] = []
        self.send(opened)

    def send(self, message: Any) -> None:  # noqa: ANN401 - a part of the protocol above
        self._sent.append(self._sender.submit(self._write, message))

    def _write(self, message: object) -> None:
        if self._process.stdin:
            pickle.dump(message, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()

    def answer(self) -> Judged:
        try:
            for sent in self._sent:
                sent.result()
            if self._process.stdout is None:
                raise EOFError
            answer: Judged | Failed = pickle.load(self._process.stdout)  # noqa: S301 - our own process
        except (OSError, EOFError, pickle.UnpicklingError):
            status = self._process.wait()
            raise EngineError(f"a process that judged some of the claims has ended (status {status})") from None
        if isinstance(answer, Failed):
            raise EngineError(answer.message)
        return answer

    def close(self) -> None:
        self._process.terminate()  # it removes what it spilled
        self._sender.shutdown(wait=True, cancel_futures=True)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):  # what was not yet written
                    pipe.close()
        self._process.wait()
