"""The manifest of one release: which publication it is, from which file, and what became of every row."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cleanclaim.values import Interval

FORMAT = 1

_ALWAYS_WRITTEN = {"set_aside", "tables", "coverage", "notes", "imported_on"}  # besides those without a default


@dataclass(frozen=True, slots=True)
class SetAside:
    """Rows that were read and not kept, for one reason. The keys are examples (at most five), never more."""

    reason: str
    count: int
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Covered:
    """Days for which a table is complete: for all keys when the key is None.

    A table that falls into parts (`TableSchema.part`) is complete part by part, never as a whole.
    """

    table: str
    key: str | None
    days: Interval
    part: str | None = None


@dataclass(frozen=True, slots=True)
class TableFile:
    """One table of a release on disk."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release says about itself."""

    publication: str
    release: str
    revision: int
    file_name: str
    sha256: str
    effective: Interval
    read: int
    kept: int
    set_aside: tuple[SetAside, ...] = ()
    tables: tuple[TableFile, ...] = ()
    coverage: tuple[Covered, ...] = ()
    notes: tuple[str, ...] = ()
    imported_on: date | None = None
    archive: str | None = None  # name of the zip archive that the file is a member of
    tells: Interval | None = None  # days that its rows tell of beyond `effective`, without being complete for them
    series: str = ""  # which of several files that are published, and revised, each on its own
    thin: bool = False  # less than the publication itself: an excerpt, a list at second hand

    @property
    def origin(self) -> str:
        """The file that it was made from, with its archive."""
        return f"{self.archive}: {self.file_name}" if self.archive else self.file_name

    @property
    def label(self) -> str:
        """The release as rows name it: `publication release revision`, with the series where there are several."""
        of_series = f" {self.series}" if self.series else ""
        return f"{self.publication} {self.release}{of_series} r{self.revision}"

    def covered(self, table: str) -> tuple[Covered, ...]:
        """What it declares to be complete for a table."""
        return tuple(one for one in self.coverage if one.table == table)

    def file(self, table: str) -> TableFile | None:
        """The file of a table, None when the release has no such table."""
        return next((file for file in self.tables if file.name == table), None)

    def with_notes(self, notes: tuple[str, ...]) -> Manifest:
        """The same manifest with these notes too."""
        return replace(self, notes=self.notes + notes)

    def with_tables(self, tables: tuple[TableFile, ...]) -> Manifest:
        """The same manifest with these files."""
        return replace(self, tables=tables)


def to_json(manifest: Manifest) -> str:
    """The manifest as JSON text: sorted keys, ISO dates."""
    import msgspec  # noqa: PLC0415

    record = {"format": FORMAT, **msgspec.to_builtins(manifest)}
    return json.dumps(record, indent=1, sort_keys=True) + "\n"


def from_json(text: str) -> Manifest:
    """The manifest that a JSON text holds. Fields that older versions did not write take their defaults.

    Raises: ValueError, KeyError or TypeError when it holds none.
    """
    import msgspec  # noqa: PLC0415 - look-ups in the starter set start without it

    record: dict[str, Any] = json.loads(text)  # not msgspec's: the name of a file that is no UTF-8 has lone surrogates
    if record.pop("format") != FORMAT:
        raise ValueError("written by a newer cleanclaim")
    if missing := _ALWAYS_WRITTEN - record.keys():
        raise ValueError(f"no {', '.join(sorted(missing))}")
    return msgspec.convert(record, Manifest)
