"""Where a result goes: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cleanclaim.cli.options import Format, GuideFormat
from cleanclaim.errors import InvalidValue

_BINARY: set[str] = {Format.PARQUET, GuideFormat.PDF}


def refuse_output(path: Path | None, output_format: str, *, inputs: Sequence[Path] = ()) -> None:
    """Refuse what cannot or must not be written to, before the check: it may take long.

    Raises: InvalidValue for an input file, a folder or a device, and for binary output on a terminal.
    """
    if path is None:
        if output_format in _BINARY and sys.stdout.isatty():
            raise InvalidValue(f"--format {output_format}: no terminal can show it. Expected: --output FILE, or a pipe")
        return
    if path.is_dir():
        raise InvalidValue(f"--output {path}: is a folder. Expected: the name of a file")
    if not path.parent.is_dir():
        raise InvalidValue(f"--output {path}: there is no folder {path.parent}")
    if path.exists() and not path.is_file():
        raise InvalidValue(f"--output {path}: is no ordinary file. Expected: a file, or no --output and a pipe")
    for given in inputs:
        if given.exists() and path.exists() and given.samefile(path):
            raise InvalidValue(f"--output {path}: is a file to be checked, and would be overwritten")


@contextmanager
def opened_output(path: Path | None) -> Iterator[TextIO]:
    """The stream to write a result to. A file takes its name when all is written; until then the old one stays.

    Raises: InvalidValue when the folder cannot be written to.
    """
    if path is None:
        yield sys.stdout
        return
    # Beside the file, so that it can be renamed; a name of its own, so that two runs do not meet.
    temporary = path.resolve().with_name(f".{os.getpid()}.{path.name[:100]}.part")
    try:
        stream = temporary.open("x", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise InvalidValue(f"--output {path}: {error.strerror or error}") from None
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path.resolve())
    finally:
        temporary.unlink(missing_ok=True)
