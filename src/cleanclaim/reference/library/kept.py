"""What a library of the starter set alone has worked out once: its index and its joined tables, in the user's cache.

Such a library has no folder of its own to keep them in; one with imports reads there what no import tells. They stand
in a folder that is named for what the library tells and for the modules that work it out, so that neither an update of
cleanclaim nor an edit of a module meets old ones. Files are written apart and renamed: processes that start at once on
a cold cache each write the same. Where the cache can't be written, everything is worked out anew each time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_ROOM = Path(__file__).parents[1]
_PARTS = (_ROOM, _ROOM / "library", _ROOM / "codes")
_PREFIX = "starter-"
_MOST_OTHERS = 3  # folders that other versions and edits made, some 20 MB each


def folder(digest: str) -> Path:
    """The folder for a library with this digest. It need not be there."""
    return cache_folder() / f"{_PREFIX}{stamp(digest)}"


def stamp(digest: str) -> str:
    """What is worked out of a library with this digest, by these modules: another is not its own."""
    return hashlib.sha256(f"{digest} {_modules()}".encode()).hexdigest()[:16]


def cache_folder() -> Path:
    """The cache of this user."""
    import platformdirs  # noqa: PLC0415

    return Path(platformdirs.user_cache_dir("cleanclaim", appauthor=False))


def make_folder(path: Path) -> None:
    """Makes a folder of the cache, and takes away the oldest of those that other versions made.

    Raises: OSError.
    """
    if path.is_dir():
        return
    path.mkdir(parents=True, exist_ok=True)
    import shutil  # noqa: PLC0415

    others = sorted(path.parent.glob(f"{_PREFIX}*"), key=lambda other: other.stat().st_mtime, reverse=True)
    for other in others[_MOST_OTHERS + 1 :]:  # this one is among them
        shutil.rmtree(other, ignore_errors=True)


def kept_table(path: Path, schema: pa.Schema, make: Callable[[], pa.Table]) -> pa.Table:
    """The table of a file of the cache, made and kept there when there is none that can be read."""
    table = _read(path, schema)
    return _keep(path, make()) if table is None else table


@cache
def _modules() -> str:
    # As Python does for its own: size and time of change, not content.
    files = (path for part in _PARTS for path in part.glob("*.*"))
    return repr(sorted((str(path), stat.st_size, stat.st_mtime_ns) for path in files if (stat := path.stat())))


def _read(path: Path, schema: pa.Schema) -> pa.Table | None:
    import pyarrow as pa  # noqa: PLC0415 - look-ups start without it
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        table = pq.ParquetFile(path).read(use_threads=False)
    except (OSError, pa.ArrowInvalid):  # not there, or damaged
        return None
    return table if table.schema.equals(schema) else None


def _keep(path: Path, table: pa.Table) -> pa.Table:
    import pyarrow.parquet as pq  # noqa: PLC0415

    write_apart(path, lambda temporary: pq.write_table(table, temporary, compression="zstd"))
    return table


def write_apart(path: Path, write: Callable[[Path], None]) -> None:
    """Writes a file of the cache beside its place and renames it; where it can't be, it is made anew the next time."""
    import tempfile  # noqa: PLC0415

    temporary = None
    try:
        make_folder(path.parent)
        descriptor, name = tempfile.mkstemp(prefix=".making-", dir=path.parent)
        os.close(descriptor)
        temporary = Path(name)
        write(temporary)
        temporary.replace(path)
    except OSError:  # not ours to write, or full
        if temporary:
            temporary.unlink(missing_ok=True)
