"""What differs between two releases on paper: a table for people; JSON and CSV for scripts."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

from cleanclaim.cli.options import RowsFormat
from cleanclaim.reference.cells import Cell, Row
from cleanclaim.reference.library.diff import TableDiff
from cleanclaim.reference.manifest import Manifest

MOST_SHOWN = 40  # rows of each kind that the table shows; JSON and CSV have all
PLAIN_WIDTH = 120  # where the output is no terminal


def write_diff(
    old: Manifest, new: Manifest, diffs: Sequence[TableDiff], output_format: RowsFormat, out: TextIO
) -> None:
    """The differences in one of the formats."""
    if output_format is RowsFormat.JSON:
        content = {"old": old.label, "new": new.label, "tables": [_record(diff) for diff in diffs]}
        out.write(json.dumps(content, default=str, ensure_ascii=False, indent=2) + "\n")
    elif output_format is RowsFormat.CSV:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("table", "difference", "key", "column", "old", "new"))
        for diff in diffs:
            writer.writerows(_rows(diff))
    else:
        _write_tables(old, new, diffs, out)


def _rows(diff: TableDiff) -> Iterator[tuple[str, ...]]:
    for difference, keys in (("added", diff.added), ("removed", diff.removed)):
        yield from ((diff.table, difference, _key(key), "", "", "") for key in keys)
    for one in diff.changed:
        yield diff.table, "changed", _key(one.key), one.column, _cell(one.old), _cell(one.new)


def _record(diff: TableDiff) -> dict[str, Any]:
    return {
        "table": diff.table, "key": diff.key,
        "counts": {
            "added": len(diff.added), "removed": len(diff.removed),
            "changed": diff.rows_changed, "unchanged": diff.unchanged,
        },
        "added": diff.added, "removed": diff.removed,
        "changed": [{"key": one.key, "column": one.column, "old": one.old, "new": one.new} for one in diff.changed],
    }  # fmt: skip


def _write_tables(old: Manifest, new: Manifest, diffs: Sequence[TableDiff], out: TextIO) -> None:
    console = Console(file=out, width=None if out.isatty() else PLAIN_WIDTH, highlight=False)
    out.write(f"{old.label} -> {new.label}\n")
    for diff in diffs:
        out.write(
            f"{diff.table}: {len(diff.added)} added, {len(diff.removed)} removed, {diff.rows_changed} changed, "
            f"{diff.unchanged} unchanged\n"
        )
        for difference, keys in (("added", diff.added), ("removed", diff.removed)):
            if keys:
                more = f" ... {len(keys) - MOST_SHOWN} more" if len(keys) > MOST_SHOWN else ""
                console.print(f"  {difference}: {', '.join(map(_key, keys[:MOST_SHOWN]))}{more}", markup=False)
        if diff.changed:
            table = Table(*(" ".join(diff.key), "column", "old", "new"), box=None, pad_edge=False, padding=(0, 2))
            for one in diff.changed[:MOST_SHOWN]:
                table.add_row(
                    *(_unmarked(text) for text in (_key(one.key), one.column, _cell(one.old), _cell(one.new)))
                )
            console.print(table)
        if len(diff.changed) > MOST_SHOWN:
            out.write(f"  ... {len(diff.changed) - MOST_SHOWN} more cells; --format csv has all\n")


def _unmarked(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415

    return escape(text)


def _key(key: Row) -> str:
    return " ".join(_cell(cell) for cell in key)


def _cell(cell: Cell) -> str:
    return "-" if cell is None else str(cell)
