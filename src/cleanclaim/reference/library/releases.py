"""Releases on disk: `<library>/releases/<publication>/<release>/r<revision>/`, Parquet files and a manifest.

A release never changes. It is written to a temporary folder inside the library and then renamed, so an import that is
killed leaves either nothing or a whole release. Temporary folders that a dead import left are ignored, and the next
import removes them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cleanclaim.errors import DamagedRelease, LibraryError
from cleanclaim.reference import manifest as manifests
from cleanclaim.reference.manifest import Manifest, TableFile
from cleanclaim.reference.tables import BY_NAME

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "manifest.json"
TEMPORARY = ".incoming-"
_RELEASES = "releases"


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """One revision of a release in its folder."""

    folder: Path
    manifest: Manifest


def stored_releases(library: Path) -> tuple[StoredRelease, ...]:
    """Every release of a library and every revision of it, by publication, first effective day and revision.

    Raises: DamagedRelease when a manifest can't be read.
    """
    releases = [
        StoredRelease(path.parent, _read_manifest(path)) for path in (library / _RELEASES).glob(f"*/*/r*/{MANIFEST}")
    ]
    return tuple(sorted(releases, key=_order))


def write_release(library: Path, manifest: Manifest, tables: Mapping[str, pa.Table]) -> StoredRelease:
    """The release, written whole: it is there after this call, or not at all.

    The caller holds the lock of the library. `tables` have the columns of their schema without `release`.

    Raises: LibraryError when the disk is full, or the folder can't be written.
    """
    import shutil  # noqa: PLC0415 - look-ups start without it
    import tempfile  # noqa: PLC0415 - look-ups start without it

    temporary = None
    try:
        temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=library))
        return _write_release(library, temporary, manifest, tables)
    except OSError as problem:  # Arrow's are OSErrors too
        raise LibraryError(
            f"{library}: {manifest.label} can't be written: {problem.strerror or problem}."
            " The library is as it was. Make room or give another folder (--reference), then import again."
        ) from problem
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)  # it has been renamed when all went well


def _write_release(library: Path, temporary: Path, manifest: Manifest, tables: Mapping[str, pa.Table]) -> StoredRelease:
    files = tuple(_write_table(temporary / f"{name}.parquet", table) for name, table in sorted(tables.items()))
    complete = manifest.with_tables(files)
    _write_durably(temporary / MANIFEST, manifests.to_json(complete).encode())
    _sync_folder(temporary)
    name = f"{manifest.release}-{manifest.series}" if manifest.series else manifest.release
    final = library / _RELEASES / manifest.publication / name / f"r{manifest.revision}"
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary.chmod(0o755)
    temporary.rename(final)
    _sync_folder(final.parent)
    return StoredRelease(final, complete)


def remove_temporary(library: Path) -> None:
    """Takes away what killed imports left. The caller holds the lock, so no living import owns any of it."""
    import shutil  # noqa: PLC0415

    for left_over in library.glob(f"{TEMPORARY}*"):
        if left_over.is_dir():
            shutil.rmtree(left_over, ignore_errors=True)
        else:
            left_over.unlink(missing_ok=True)


def read_table(release: StoredRelease, name: str) -> pa.Table:
    """A table of a release with the columns of its schema; no rows when the release has no such table.

    Raises: DamagedRelease when the file is not the one that was written.
    """
    import pyarrow as pa  # noqa: PLC0415 - look-ups start without it
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = BY_NAME[name].arrow()
    file = release.manifest.file(name)
    if file is None:
        return schema.empty_table()
    path = release.folder / f"{name}.parquet"
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise _damaged(path, "the file is not the one that the import wrote")
    # Not `read_table`: that loads the dataset layer and starts threads, 0.2 s for a file of 1 MB.
    table = pq.ParquetFile(pa.BufferReader(content)).read(use_threads=False)
    for column in schema:  # an import of an older version knew fewer columns
        if column.name not in (*table.column_names, "release"):
            table = table.append_column(column, pa.nulls(table.num_rows, column.type))
    labels = pa.repeat(pa.scalar(release.manifest.label), table.num_rows)
    return table.append_column("release", labels).select(schema.names).cast(schema)


def _write_table(path: Path, table: pa.Table) -> TableFile:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content = sink.getvalue().to_pybytes()
    _write_durably(path, content)
    return TableFile(path.stem, hashlib.sha256(content).hexdigest(), table.num_rows)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # other systems can't open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_manifest(path: Path) -> Manifest:
    try:
        return manifests.from_json(path.read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise _damaged(path, f"the manifest can't be read: {problem}") from None


def _damaged(path: Path, why: str) -> DamagedRelease:
    return DamagedRelease(f"{path}: {why}. Delete the folder {path.parent} and import the publication again.")


def _order(release: StoredRelease) -> tuple[str, str, str, str, int]:
    manifest = release.manifest
    first = manifest.effective.first.isoformat()
    return manifest.publication, manifest.series, first, manifest.release, manifest.revision
