"""The manifest of one release: which publication it is, from which file, and what became of every row."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from cleanclaim.values import Interval

FORMAT = 1


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
    return json.dumps({"format": FORMAT, **asdict(manifest)}, default=str, indent=1, sort_keys=True) + "\n"


def from_json(text: str) -> Manifest:
    """The manifest that a JSON text holds.

    Raises: ValueError, KeyError or TypeError when it holds none.
    """
    raw: dict[str, Any] = json.loads(text)
    if raw.pop("format") != FORMAT:
        raise ValueError("written by a newer cleanclaim")
    return Manifest(
        publication=str(raw["publication"]),
        release=str(raw["release"]),
        revision=int(raw["revision"]),
        file_name=str(raw["file_name"]),
        sha256=str(raw["sha256"]),
        effective=_days(raw["effective"]),
        read=int(raw["read"]),
        kept=int(raw["kept"]),
        set_aside=tuple(SetAside(one["reason"], one["count"], tuple(one["keys"])) for one in raw["set_aside"]),
        tables=tuple(TableFile(**one) for one in raw["tables"]),
        coverage=tuple(
            Covered(one["table"], one["key"], _days(one["days"]), one.get("part")) for one in raw["coverage"]
        ),
        notes=tuple(raw["notes"]),
        imported_on=date.fromisoformat(raw["imported_on"]) if raw["imported_on"] else None,
        archive=raw.get("archive"),
        tells=_days(raw["tells"]) if raw.get("tells") else None,
        series=str(raw.get("series") or ""),
        thin=bool(raw.get("thin")),
    )


def _days(raw: dict[str, str]) -> Interval:
    return Interval(date.fromisoformat(raw["first"]), date.fromisoformat(raw["last"]))
