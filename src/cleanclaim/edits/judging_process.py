"""What a process does that judges a share of a long run (`plan.shares`): rows in, what was judged out."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from types import FrameType
from typing import BinaryIO, NoReturn

from cleanclaim.edits.judging import Judged, Task, judged
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.shares import Asked, Failed, Opened, Rows
from cleanclaim.engine.connection import remove_spilled
from cleanclaim.errors import CleanclaimError, fault_of_ours


def main() -> None:
    """Serve the process that started this one until it hangs up."""
    signal.signal(signal.SIGTERM, _ended)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other one is interrupted too, and ends this one
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed is no answer
    try:
        _serve(asked, answers)
    except (EOFError, BrokenPipeError):
        pass
    finally:
        remove_spilled()


def _serve(asked: BinaryIO, answers: BinaryIO) -> None:
    opened: Opened = pickle.load(asked)  # noqa: S301 - of the process that started this one
    with opened() as bench:
        while True:
            message = pickle.load(asked)  # noqa: S301
            if isinstance(message, Rows):
                bench.take_rows(message.name, message.rows)
            elif isinstance(message, Asked):
                bench.files_by_row, bench.claims_with_history = set(message.files_by_row), message.claims_with_history
                pickle.dump(_answer(bench, message.task), answers, pickle.HIGHEST_PROTOCOL)
                answers.flush()


def _answer(bench: Workbench, task: Task) -> Judged | Failed:
    try:
        return judged(bench, task)
    except CleanclaimError as error:
        return Failed(str(error))
    except Exception as error:
        return Failed(f"{fault_of_ours(error)}, in a process that judged some claims")


def _ended(_number: int, _frame: FrameType | None) -> NoReturn:
    remove_spilled()
    os._exit(0)
