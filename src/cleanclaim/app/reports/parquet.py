"""The findings of a check as one typed Parquet table: amounts are decimals, lists are lists."""

from __future__ import annotations

from decimal import Decimal
from typing import IO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from cleanclaim.app.result import CheckResult
from cleanclaim.edits.findings import Finding
from cleanclaim.engine.schema import ColumnType

_TEXT, _NUMBER = pa.string(), pa.int64()
_COLUMNS: list[tuple[str, pa.DataType]] = [
    ("file", _TEXT), ("claim_key", _NUMBER), ("claim_id", _TEXT), ("payer_program", _TEXT), ("line_number", _NUMBER),
    ("hcpcs_code", _TEXT), ("severity", _TEXT), ("id", _TEXT), ("edit", _TEXT), ("case", _TEXT), ("outcome", _TEXT),
    ("charge_amount", ColumnType.MONEY_TOTAL.arrow()), ("message", _TEXT), ("fix", _TEXT), ("fix_safe", pa.bool_()),
    ("predicted", pa.list_(pa.struct([("group", _TEXT), ("carc", _TEXT), ("rarc", _TEXT)]))),
    ("confidence", _TEXT),
    ("authority", pa.list_(pa.struct([("title", _TEXT), ("at", _TEXT), ("url", _TEXT), ("confidence", _TEXT)]))),
    ("evidence", pa.map_(_TEXT, _TEXT)), ("missing", pa.list_(_TEXT)),
    ("related_lines", pa.list_(pa.struct([("claim_id", _TEXT), ("line_number", _NUMBER)]))),
    ("releases", pa.list_(_TEXT)), ("segment_number", _NUMBER), ("row", _NUMBER), ("edit_version", _TEXT),
    ("presumed", pa.list_(pa.struct([("publication", _TEXT), ("release", _TEXT), ("quarters", _NUMBER)]))),
    ("caused_by", _TEXT),
]  # fmt: skip
_ROWS_AT_ONCE = 50_000


def write_parquet(result: CheckResult, out: IO[bytes]) -> None:
    """One row a finding. The summary of the check stands in the file's metadata, as JSON under `cleanclaim.summary`."""
    payers = {claim.claim_key: claim.payer_program for claim in result.claims}
    summary: dict[bytes | str, bytes | str] = {
        "cleanclaim.summary": msgspec.json.encode(result.summary, order="deterministic")
    }
    schema = pa.schema(_COLUMNS, metadata=summary)
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for start in range(0, max(len(result.findings), 1), _ROWS_AT_ONCE):
            rows = [
                _row(finding, payers.get(finding.claim_key))
                for finding in result.findings[start : start + _ROWS_AT_ONCE]
            ]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))


def _row(finding: Finding, payer_program: str | None) -> dict[str, object]:
    charge = finding.charge_amount
    return {
        **msgspec.to_builtins(finding),
        "payer_program": payer_program,
        "charge_amount": None if charge is None else Decimal(charge),
        "fix": finding.fix.say,
        "fix_safe": finding.fix.safe,
        "evidence": list(finding.evidence.items()),
    }
