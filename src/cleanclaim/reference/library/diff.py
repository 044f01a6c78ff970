"""What changed between two releases of a publication: rows added, removed and changed, table by table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cleanclaim.errors import DamagedRelease, UnknownName
from cleanclaim.reference.cells import Cell, Row, plain
from cleanclaim.reference.library.releases import StoredRelease, read_table
from cleanclaim.reference.manifest import Manifest
from cleanclaim.reference.tables import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa

# When a row holds, and who told it, differs between two quarters by nature: it is no change of the row.
_WHEN = ("valid_from", "valid_to", "release")
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that differs."""

    key: Row
    column: str
    old: Cell
    new: Cell


@dataclass(frozen=True, slots=True)
class TableDiff:
    """How one table differs. Rows are named by their key, in its order; `added` and `removed` are sorted by it."""

    table: str
    key: tuple[str, ...]
    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[Change, ...]
    unchanged: int

    @property
    def rows_changed(self) -> int:
        """Rows in which at least one cell differs."""
        return len({change.key for change in self.changed})


def diff_tables(name: str, old: pa.Table, new: pa.Table) -> TableDiff:
    """How a table differs from an older one: two tables of the schema `name`, with or without `release`.

    Several rows of one key (spans, days) are compared in the order of their days.
    """
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    schema = BY_NAME[name]
    names = [column for column in schema.names if column != "release"]
    both = pa.concat_tables([old.select(names), new.select(names)])
    numbers = _places(both, schema.key, old.num_rows)
    shared, in_old, in_new = np.intersect1d(numbers[: old.num_rows], numbers[old.num_rows :], return_indices=True)
    lost = np.setdiff1d(np.arange(old.num_rows), in_old)
    gained = np.setdiff1d(np.arange(new.num_rows), in_new)
    changed, differing = _changes(old.take(in_old), new.take(in_new), schema.key, names)
    return TableDiff(
        name, schema.key, _keys(new.take(gained), schema.key), _keys(old.take(lost), schema.key),
        tuple(sorted(changed, key=lambda one: _sortable(one.key))), len(shared) - differing,
    )  # fmt: skip


def diff_releases(old: StoredRelease, new: StoredRelease) -> tuple[TableDiff, ...]:
    """How each table of a release differs from an older one.

    Raises: UnknownName when they are of two publications; DamagedRelease when a file is not the one that was imported.
    """
    older, newer = old.manifest, new.manifest
    if (older.publication, older.series) != (newer.publication, newer.series):
        raise UnknownName(f"{older.label} and {newer.label} are releases of two publications: nothing can be compared")
    tables = sorted({file.name for file in (*older.tables, *newer.tables)})
    return tuple(diff_tables(name, read_table(old, name), read_table(new, name)) for name in tables)


def find_release(stored: Sequence[StoredRelease], text: str, beside: Manifest | None = None) -> StoredRelease:
    """The release that `asp 2025-Q4 r1` names; without `rN` its last revision. What is left out is as in `beside`.

    Raises: UnknownName names the nearest that there is.
    """
    words = text.split()
    named = [one for one in stored if _is_named(one.manifest, words)]
    if not named and beside:
        series = [beside.series] if beside.series else []
        for more in ([beside.publication, *words, *series], [beside.publication, beside.release, *words, *series]):
            named = named or [one for one in stored if _is_named(one.manifest, more)]
    releases = {(one.manifest.publication, one.manifest.series, one.manifest.release) for one in named}
    if len(releases) != 1:
        labels = [one.manifest.label for one in stored]
        if named:
            raise UnknownName(f"{text!r} names several releases: {', '.join(one.manifest.label for one in named)}")
        import difflib  # noqa: PLC0415 - for the message only

        near = difflib.get_close_matches(text, labels, n=3, cutoff=0.3) or labels[:3]
        hint = f"did you mean {', '.join(near)}?" if near else "the library has none."
        raise UnknownName(f"no release is named {text!r}; {hint}")
    return named[-1]


def gone_since(earlier: StoredRelease, tables: Mapping[str, pa.Table]) -> tuple[str, ...]:
    """What a re-issue lacks that the revision before it had, in words: codes never vanish in silence."""
    notes = []
    for file in earlier.manifest.tables:
        try:
            old = read_table(earlier, file.name)
        except DamagedRelease:
            notes.append(f"{earlier.manifest.label} is damaged: what of it is gone was not looked for")
            continue
        new = tables.get(file.name)
        column = BY_NAME[file.name].key[0]
        lost = sorted(set(_values(old, column)) - set(_values(new, column) if new is not None else ()))
        if lost:
            named = ", ".join(lost[:_MOST_NAMED]) + (" ..." if len(lost) > _MOST_NAMED else "")
            notes.append(f"{len(lost)} of {column} in {file.name} of {earlier.manifest.label} are gone: {named}")
    return tuple(notes)


def _values(table: pa.Table, column: str) -> Iterator[str]:
    return (str(value) for value in table[column].unique().to_pylist())


def _is_named(manifest: Manifest, words: Sequence[str]) -> bool:
    own = [manifest.publication, manifest.release, *([manifest.series] if manifest.series else [])]
    revision = f"r{manifest.revision}"
    given = [word.casefold() for word in words]
    return given in ([word.casefold() for word in own], [word.casefold() for word in (*own, revision)])


def _places(both: pa.Table, key: Sequence[str], old_rows: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A number for each row, distinct within each of the two tables: key, and which row of that key it is."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    from cleanclaim.reference.publications.parsed import key_numbers  # noqa: PLC0415 - importers read this module

    numbers = np.unique(key_numbers(both, key), return_inverse=True)[1].astype(np.int64)
    first = both["valid_from"].cast(pa.int32()).to_numpy()
    which = np.arange(both.num_rows) >= old_rows
    order = np.lexsort((first, which, numbers))
    starts = np.flatnonzero(np.r_[True, np.diff(numbers[order] * 2 + which[order]) != 0]) if both.num_rows else order
    nth = np.arange(both.num_rows) - np.repeat(starts, np.diff(np.r_[starts, both.num_rows]))
    placed = np.empty(both.num_rows, np.int64)
    placed[order] = numbers[order] * (int(nth.max(initial=0)) + 1) + nth
    return placed


def _changes(old: pa.Table, new: pa.Table, key: Sequence[str], names: Sequence[str]) -> tuple[list[Change], int]:
    """The cells that differ between rows that stand side by side, and the number of rows that have one."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    changes: list[Change] = []
    rows: set[int] = set()
    for column in names:
        if column in key or column in _WHEN:
            continue
        before, after = old[column], new[column]
        same: Any = pc.or_kleene(pc.equal(before, after), pc.and_(before.is_null(), after.is_null()))
        differing = np.flatnonzero(~pc.fill_null(same, pa.scalar(value=False)).to_numpy())
        rows.update(differing.tolist())
        keys = zip(*(old[name].take(differing).to_pylist() for name in key), strict=True)
        cells = zip(keys, before.take(differing).to_pylist(), after.take(differing).to_pylist(), strict=True)
        changes += [Change(row, column, _plain(was), _plain(now)) for row, was, now in cells]
    return changes, len(rows)


def _plain(cell: Cell) -> Cell:
    return plain(cell) if isinstance(cell, Decimal) else cell


def _keys(table: pa.Table, key: Sequence[str]) -> tuple[Row, ...]:
    return tuple(sorted(zip(*(table[name].to_pylist() for name in key), strict=True), key=_sortable))


def _sortable(row: Row) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell) for cell in row)
