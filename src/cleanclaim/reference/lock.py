"""The lock of a library: one writer at a time. The operating system holds it, so a dead process never does."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleanclaim.errors import LibraryBusy

NAME = ".lock"


@contextmanager
def locked(folder: Path, *, doing: str = "import", writes: str = "to this library") -> Iterator[None]:
    """Holds the library, or another folder, for writing until the block ends.

    Raises: LibraryBusy when another process, or another thread, is writing: another `doing` that `writes` there.
    """
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(descriptor):
            raise LibraryBusy(
                f"{folder}: another {doing}{_holder(folder)} is writing {writes}. Run it again after that."
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def _holder(folder: Path) -> str:
    try:
        process = (folder / NAME).read_text("ascii").strip()
    except OSError:  # Windows does not let others read what is locked
        return ""
    return f" (process {process})" if process else ""


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
