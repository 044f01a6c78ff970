"""Progress on the terminal: only where a person looks, and only when a check takes longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanclaim.app.reading import Watch

_QUIET_SECONDS = 1.0


@contextmanager
def watching(*, of_files: bool = False) -> Iterator[Watch | None]:
    """A watcher that draws a bar on standard error, or None when that is no terminal. It counts bytes, or files."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - only where a person looks
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    started = time.monotonic()
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *([MofNCompleteColumn()] if of_files else [DownloadColumn(), TransferSpeedColumn()]),
        console=console,
        transient=True,
    )
    task = progress.add_task("", total=None)
    drawn = False

    def watch(doing: str, done: int, total: int) -> None:
        nonlocal drawn
        if not drawn and time.monotonic() - started > _QUIET_SECONDS:
            progress.start()
            drawn = True
        progress.update(task, description=doing, completed=done, total=total or None)

    try:
        yield watch
    finally:
        progress.stop()
