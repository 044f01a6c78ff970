"""What a file is complete for: all keys, or, when the user says that it is an excerpt, the keys that stand in it."""

from __future__ import annotations

from collections.abc import Iterable

from cleanclaim.reference.cells import Cell
from cleanclaim.reference.manifest import Covered
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval


def covered(
    source: Source, table: str, keys: Iterable[Cell], days: Interval, part: str | None = None
) -> tuple[Covered, ...]:
    """The coverage that a file declares for a table, or for the part of it that it holds, on some days."""
    if not source.partial:
        return (Covered(table, None, days, part),)
    return tuple(Covered(table, key, days, part) for key in sorted({str(key) for key in keys}))
