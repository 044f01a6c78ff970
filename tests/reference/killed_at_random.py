"""Kills imports with SIGKILL at random moments, each on its own copy of a library.

`python killed_at_random.py LIBRARY FOLDER TIMES SEED FILE..`: the copies stand in FOLDER, one for each import that was
killed before it was done. Tells how many imports were killed, and how many were done first.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import pyarrow.compute
import pyarrow.parquet  # noqa: F401

from cleanclaim.reference.importing import import_files
from cleanclaim.reference.library import embedded, starter_set
from cleanclaim.reference.publications import asp_csv


def main(library: Path, folder: Path, times: int, seed: int, files: list[Path]) -> None:
    asp_csv.FEWEST_ROWS = 1
    small = starter_set.load(library.parent / "starter")
    starter_set.load = lambda: small
    embedded.embedded = lambda: None
    moments = random.Random(seed)  # noqa: S311 - moments, no secrets
    whole = min(_seconds_of_an_import(library, folder / "timed", files) for _ in range(3))
    killed = done = 0
    while killed < times:
        copy = folder / f"{killed:03}"
        shutil.copytree(library, copy)
        child = _import_in_a_child(copy, files)
        time.sleep(moments.uniform(0, whole))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) == -signal.SIGKILL:
            killed += 1
        else:
            done += 1
            shutil.rmtree(copy)
        if done > 2 * times:
            sys.exit(f"{done} imports were done before they were killed, {killed} were not")
    sys.stdout.write(json.dumps({"killed": killed, "done": done, "seconds": whole}))


def _import_in_a_child(library: Path, files: list[Path]) -> int:
    child = os.fork()
    if child == 0:
        import_files(library, files)
        os._exit(0)
    return child


def _seconds_of_an_import(library: Path, copy: Path, files: list[Path]) -> float:
    shutil.copytree(library, copy)
    started = time.monotonic()
    os.waitpid(_import_in_a_child(copy, files), 0)
    took = time.monotonic() - started
    shutil.rmtree(copy)
    return took


if __name__ == "__main__":
    main(
        Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), [Path(name) for name in sys.argv[5:]]
    )
