"""The claims of the generator as JSON Lines, CSV and Parquet of any size, one base repeated under claim ids of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleanclaim.claims.tables import CLAIM, LINE
from cleanclaim.formats.x12.reader import read_837

_NOT_WRITTEN = {"claim_key", "source_file", "segment_number", "line_ordinal", "ndc_count", "complete", "claim_type"}
_BASE = b"T00001"  # what every claim_id of the first interchange of the generator starts with
_GROUP_ROWS = 100_000


def written(base: Path, path: Path, *, megabytes: float) -> None:
    """Write the first interchange of a generated 837P file, again and again, in the format of the path's suffix."""
    rows = list(_claims(base))
    if path.suffix == ".parquet":
        _parquet(rows, path, megabytes)
        return
    text = _json_lines(rows) if path.suffix == ".jsonl" else _csv(rows)
    head, _, body = text.partition(b"\n") if path.suffix == ".csv" else (b"", b"", text)
    with path.open("wb") as stream:
        if head:
            stream.write(head + b"\n")
        for number in range(1, 100_000):
            room = int(megabytes * 1_000_000) - stream.tell()
            if room <= 0:
                break
            again = body.replace(_BASE, b"T%05d" % number)
            stream.write(
                again if len(again) <= room else again[: again.rfind(b"\n", 0, room) + 1 or again.find(b"\n") + 1]
            )


def _claims(base: Path) -> Iterator[dict[str, Any]]:
    with base.open("rb") as stream:
        for tables in read_837(stream, name=base.name, file_hash="0" * 64):
            lines: dict[int, list[dict[str, Any]]] = {}
            for line in tables.line.to_pylist():
                lines.setdefault(line["claim_key"], []).append(line)
            for claim in tables.claim.to_pylist():
                if claim["claim_id"].encode().startswith(_BASE):
                    yield _said(claim) | {
                        "complete": True,
                        "claim_type": "P",
                        "lines": list(map(_said, lines[claim["claim_key"]])),
                    }


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in row.items()
        if name not in _NOT_WRITTEN and value not in (None, [])
    }


def _json_lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def _flat(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for claim in rows:
        top = {name: value for name, value in claim.items() if name != "lines"}
        for line in claim["lines"]:
            yield top | {f"line_{name}" if name in CLAIM.names else name: value for name, value in line.items()}


def _csv(rows: list[dict[str, Any]]) -> bytes:
    flat = list(_flat(rows))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in flat for name in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {name: ";".join(value) if isinstance(value, list) else value for name, value in row.items()} for row in flat
    )
    return out.getvalue().encode()


def _parquet(rows: list[dict[str, Any]], path: Path, megabytes: float) -> None:
    """As many rows as a CSV file of the size has: as Parquet they take a fifteenth of it."""
    flat = list(_flat(rows))
    kinds = {column.name: column.type for column in (*CLAIM.columns, *LINE.columns)}
    columns = {}
    for name in dict.fromkeys(name for row in flat for name in row):
        kind = kinds[name.removeprefix("line_") if name not in kinds else name]
        values = [row.get(name) for row in flat]
        if kind.precision:
            values = [Decimal(value) if value is not None else None for value in values]
        columns[name] = pa.array(values, kind.arrow())
    base = pa.table(columns)
    left = round(base.num_rows * megabytes * 1_000_000 / len(_csv(rows)))
    with pq.ParquetWriter(path, base.schema) as writer:
        for number in range(1, 100_000):
            if left <= 0:
                break
            ids = pc.replace_substring(base["claim_id"], _BASE.decode(), f"T{number:05d}")
            part = base.set_column(base.schema.get_field_index("claim_id"), "claim_id", ids).slice(0, left)
            writer.write_table(part, row_group_size=_GROUP_ROWS)
            left -= part.num_rows
