"""Runs one import many times over, each on its own copy of a library and killed at another line of our code.

`python killed_import.py LIBRARY FILE FOLDER TIMES`: the copies stand in FOLDER; tells how many lines an import runs.
"""

import json
import os
import shutil
import sys
from pathlib import Path
from types import FrameType

import pyarrow.compute
import pyarrow.parquet  # noqa: F401

from cleanclaim.reference.importing import import_files
from cleanclaim.reference.library import starter_set
from cleanclaim.reference.publications import asp_csv

OURS = f"{os.sep}cleanclaim{os.sep}reference{os.sep}"


class Countdown:
    """A trace function that ends the process without any clean-up after so many lines of our code."""

    def __init__(self, lines: int) -> None:
        self.left = lines

    def __call__(self, frame: FrameType, event: str, _: object) -> "Countdown | None":
        if OURS not in frame.f_code.co_filename:
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                os._exit(9)
        return self


def main(library: Path, file: Path, folder: Path, times: int) -> None:
    asp_csv.FEWEST_ROWS = 1
    small = starter_set.load(library.parent / "starter")
    starter_set.load = lambda: small
    lines = _lines_of_a_whole_import(library, file, folder)
    for number in range(times):
        copy = folder / f"{number:02}"
        shutil.copytree(library, copy)
        child = os.fork()
        if child == 0:
            sys.settrace(Countdown(1 + lines * (number + 1) // (times + 1)))
            import_files(copy, [file])
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != 9:
            sys.exit(f"import {number} was not killed")
    sys.stdout.write(json.dumps({"lines": lines}))


def _lines_of_a_whole_import(library: Path, file: Path, folder: Path) -> int:
    """Counted in a child, so that this process has no threads when it forks."""
    copy = folder / "counted"
    shutil.copytree(library, copy)
    reader, writer = os.pipe()
    if os.fork() == 0:
        countdown = Countdown(10**9)
        sys.settrace(countdown)
        import_files(copy, [file])
        sys.settrace(None)
        os.write(writer, str(10**9 - countdown.left).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        counted = pipe.read()
    os.wait()
    shutil.rmtree(copy)
    return int(counted)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
