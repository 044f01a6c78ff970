"""The command line: one thin function per command, which imports what is slow to import only when it runs."""

from __future__ import annotations

import os
import sys

from cleanclaim.errors import CleanclaimError


def main() -> None:
    """Run the command line; exit 0 clean, 1 findings or claims unread, 2 cannot run."""
    from cleanclaim.cli.commands import app  # noqa: PLC0415 - so that an import error is told like any other

    try:
        app()
    except CleanclaimError as error:
        print(f"cleanclaim: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # Whoever read our output has stopped: nothing more can be said, and Python must not try at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(2)
