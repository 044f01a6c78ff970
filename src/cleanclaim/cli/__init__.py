"""The command line: one thin function per command. Modules that are slow to import are imported by who needs them.

Exit codes: 0 clean; 1 findings, or claims that could not be read; 2 nothing could be read, or the command is wrong;
70 a fault of ours.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from cleanclaim.errors import CleanclaimError, InvalidValue, fault_of_ours

CANNOT_RUN, OUR_FAULT = 2, 70


def main() -> None:
    """Run the command line."""
    for name in ("SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, _terminated)
    try:
        from cleanclaim.cli.commands import app  # noqa: PLC0415 - so that an import error is told like any other

        _refuse_old_options(sys.argv[1:])
        app()
    except CleanclaimError as error:
        _end(f"cleanclaim: {error}", CANNOT_RUN)
    except BrokenPipeError:
        # Whoever read our output has stopped: nothing more can be said, and Python must not try at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CANNOT_RUN)
    except OSError as error:
        _end(f"cleanclaim: {error.strerror or type(error).__name__}", CANNOT_RUN)
    except Exception as error:
        if os.environ.get("CLEANCLAIM_TRACEBACK"):
            raise
        _end(f"cleanclaim: {fault_of_ours(error)}; CLEANCLAIM_TRACEBACK=1 shows it whole", OUR_FAULT)


def _refuse_old_options(arguments: Sequence[str]) -> None:
    from cleanclaim.values.spelling import american  # noqa: PLC0415

    for argument in arguments[: arguments.index("--") if "--" in arguments else None]:
        option = argument.partition("=")[0]
        if option.startswith("--") and (ours := american(option)) != option:
            raise InvalidValue(f"{option}: use {ours}")


def _terminated(number: int, _frame: FrameType | None) -> NoReturn:
    # Not by an exception: native code that calls back into Python would swallow it, and the process would live on.
    if engine := sys.modules.get("cleanclaim.engine.connection"):
        engine.remove_spilled()
    os._exit(128 + number)


def _end(message: str, code: int) -> None:
    if sys.stderr:
        print(message.encode("ascii", "backslashreplace").decode(), file=sys.stderr)
    sys.exit(code)
