"""A layout: how a plain table that has no official layout of its own becomes one of our tables. A small YAML file.

```yaml
publication: place_of_service          # of which publication the file is a release
title: CMS place of service codes (decoded list)
header: [pos_code, pos_type, pos_name, pos_description]     # by which the file is recognized, all of it
encoding: utf-8
release:                               # days, from the name of the file; else the user says it (--release)
  file_name: '(?P<year>20[0-9]{2})-(?P<month>[0-9]{2})'     # groups year, quarter, month (number or name), day
tables:
  - table: place_of_service
    where: {pos_type: [Facility, Non-Facility]}             # other rows are set aside
    columns:
      place_of_service: pos_code
      name: pos_name
      facility: {column: pos_type, values: {Facility: 'true', Non-Facility: 'false'}}
    complete: true                     # every code of the list is in the file
```

A column is read from a source column, is a constant, or depends on the name of the file. Its own columns are those of
`cleanclaim schema TABLE`; without `valid_from` and `valid_to` rows hold on the days of the release. `hcpcs_records` in
place of `tables` gives the fields of the HCPCS file, which are then read as that file is.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import msgspec

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.hcpcs_records import COLUMNS
from cleanclaim.reference.publications.yaml_file import YamlFile
from cleanclaim.reference.tables import BY_NAME

_MOST_BYTES = 2**16
_Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]*$", max_length=60)]
_DATES = {"YYYY-MM-DD": "%Y-%m-%d", "YYYYMMDD": "%Y%m%d", "MM/DD/YYYY": "%m/%d/%Y"}
_GROUPS = {"year", "quarter", "month", "day"}


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where one value comes from (one of the first three), and how it is read."""

    column: str | None = None
    constant: str | None = None
    file_name: dict[str, str] | None = None  # value -> pattern that the name of the file has
    values: dict[str, str] | None = None  # what is printed -> what it means; other values set the row aside
    date: str | None = None  # the form of a day: YYYY-MM-DD, YYYYMMDD, MM/DD/YYYY
    first_of: str | None = None  # of several values joined by this, the first
    empty: str | None = None  # what an empty cell means

    @property
    def date_format(self) -> str | None:
        """The form of a day, as Python names it."""
        return _DATES[self.date] if self.date else None


class LayoutTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of our tables, from the rows that are meant for it."""

    table: str
    columns: dict[str, str | Reading]
    where: dict[str, list[str]] = {}
    continued: str | None = None  # the column of ours whose text goes on in rows of the same key, else empty
    complete: bool = (
        False  # the file has every key: a missing one does not exist on its days; else it tells of its own keys
    )


class LayoutRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the days of a release are told by the name of its file."""

    file_name: str


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A layout file."""

    publication: _Name
    title: str
    header: list[str]
    tables: list[LayoutTable] = []
    hcpcs_records: dict[str, str | Reading] = {}
    release: LayoutRelease | None = None
    encoding: str = "utf-8"
    series: str | None = None  # the column of ours by which the publication comes as several files
    fewest_rows: int = 1  # a file with fewer was cut short


def read_layout(path: Path) -> Layout:
    """The layout of a YAML file.

    Raises: UnreadableInput names file, line, field and what was expected.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise UnreadableInput(f"{path}: {problem.strerror or problem}") from None
    file = YamlFile.of(str(path), "layout", content, _MOST_BYTES)
    layout = file.as_shape(Layout)
    _check(file, layout)
    return layout


def _check(file: YamlFile, layout: Layout) -> None:
    """What the types do not hold: names that exist, patterns and dates that are ones."""
    if bool(layout.tables) == bool(layout.hcpcs_records):
        raise file.wrong("expected either `tables` or `hcpcs_records`")
    if layout.encoding not in ("utf-8", "cp1252"):
        raise file.wrong("expected utf-8 or cp1252", "encoding")
    if layout.release:
        _check_pattern(file, layout.release.file_name, _GROUPS, "release", "file_name")
    for number, table in enumerate(layout.tables):
        _check_table(file, layout, table, "tables", number)
    if layout.hcpcs_records:
        _check_columns(file, layout, layout.hcpcs_records, COLUMNS, "hcpcs_records")
        if missing := [name for name in COLUMNS if name not in layout.hcpcs_records]:
            raise file.wrong(f"missing: {', '.join(missing)}", "hcpcs_records")


def _check_table(file: YamlFile, layout: Layout, table: LayoutTable, *place: str | int) -> None:
    if table.table not in BY_NAME or table.table == "coverage":
        raise file.wrong(f"no reference table is named {table.table!r}", *place, "table")
    schema = BY_NAME[table.table]
    _check_columns(file, layout, table.columns, schema.names[:-1], *place, "columns")
    if missing := [name for name in schema.key if name not in table.columns and name != "span_from"]:
        raise file.wrong(f"the key of {table.table} is missing: {', '.join(missing)}", *place, "columns")
    if table.continued and table.continued not in table.columns:
        raise file.wrong(f"no column {table.continued!r} among `columns`", *place, "continued")
    for column in table.where:
        _check_header(file, layout, column, *place, "where")


def _check_columns(
    file: YamlFile, layout: Layout, columns: dict[str, str | Reading], known: tuple[str, ...], *place: str | int
) -> None:
    for name, reading in columns.items():
        if name not in known:
            raise file.wrong(f"no column {name!r}; there are {', '.join(known)}", *place)
        here = (*place, name)
        if isinstance(reading, str):
            _check_header(file, layout, reading, *here)
            continue
        sources = [source for source in (reading.column, reading.constant, reading.file_name) if source is not None]
        if len(sources) != 1:
            raise file.wrong("expected one of `column`, `constant`, `file_name`", *here)
        if reading.column is not None:
            _check_header(file, layout, reading.column, *here)
        if reading.date and reading.date not in _DATES:
            raise file.wrong(f"a date is one of {', '.join(_DATES)}", *here)
        for pattern in (reading.file_name or {}).values():
            _check_pattern(file, pattern, set(), *here)


def _check_header(file: YamlFile, layout: Layout, column: str, *place: str | int) -> None:
    if column not in layout.header:
        raise file.wrong(f"no column {column!r} in the header; there are {', '.join(layout.header)}", *place)


def _check_pattern(file: YamlFile, pattern: str, groups: set[str], *place: str | int) -> None:
    try:
        compiled = re.compile(pattern)
    except re.error as problem:
        raise file.wrong(f"no regular expression: {problem}", *place) from None
    if not set(compiled.groupindex) <= groups or (groups and "year" not in compiled.groupindex):
        raise file.wrong(f"the groups must be `year` and any of {', '.join(sorted(groups - {'year'}))}", *place)
