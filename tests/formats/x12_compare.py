"""What two readings of one 837P file differ in, in words."""

from __future__ import annotations

import pyarrow as pa

from cleanclaim.claims.tables import CLAIM, FAULT, LINE, ClaimTables
from cleanclaim.engine.schema import TableSchema

# Two readers may word a fault differently; all the rest of it is specified.
_WORDING = {"message", "expected"}
_FAULT_ORDER = ("segment_number", "fault", "element", "value", "segment", "interchange", "transaction", "lost")


def joined(parts: list[ClaimTables]) -> ClaimTables:
    """The tables of a file from those of its parts, in order."""
    names = ("claim", "line", "administration", "fault")
    return ClaimTables(**{name: pa.concat_tables([getattr(part, name) for part in parts]) for name in names})


def difference(expected: ClaimTables, found: ClaimTables) -> str | None:
    """The first row in which a reading differs from the expected one; None when it does not."""
    return (
        _schema_difference(expected, found)
        or _row_difference(CLAIM, expected.claim.to_pylist(), found.claim.to_pylist())
        or _row_difference(LINE, expected.line.to_pylist(), found.line.to_pylist())
        or _row_difference(FAULT, _faults(expected), _faults(found))
        or _disorder(found)
    )


def _schema_difference(expected: ClaimTables, found: ClaimTables) -> str | None:
    for name in ("claim", "line", "administration", "fault"):
        if getattr(expected, name).schema != getattr(found, name).schema:
            return f"the schema of table {name} differs"
    return None


def _faults(tables: ClaimTables) -> list[dict[str, object]]:
    """The faults without their wording. Those without a segment number have no order of their own: all are sorted."""
    rows = [{name: value for name, value in row.items() if name not in _WORDING} for row in tables.fault.to_pylist()]
    return sorted(rows, key=lambda row: [(row[name] is not None, row[name] or 0) if name == "segment_number"
                                         else str(row[name] or "") for name in _FAULT_ORDER])  # fmt: skip


def _row_difference(
    table: TableSchema, expected: list[dict[str, object]], found: list[dict[str, object]]
) -> str | None:
    for number, (should, does) in enumerate(zip(expected, found, strict=False)):
        if should != does:
            columns = [name for name in should if should[name] != does[name]]
            told = ", ".join(f"{name} should be {should[name]!r}, is {does[name]!r}" for name in columns)
            return f"{table.name} row {number}: {told}\n  should be {_given(should)}\n  is        {_given(does)}"
    if len(expected) == len(found):
        return None
    short = min(len(expected), len(found))
    surplus = _given((expected + found if len(found) <= short else found)[short])
    return f"{table.name}: {len(expected)} rows expected, {len(found)} found; the first not in both: {surplus}"


def _given(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None}


def _disorder(found: ClaimTables) -> str | None:
    """Faults with a number stand in the order of their numbers, then of name and element."""
    keys = [
        (row["segment_number"], row["fault"], row["element"] or "")
        for row in found.fault.to_pylist()
        if row["segment_number"] is not None
    ]
    return None if keys == sorted(keys) else "the faults do not stand in the order of segment, name and element"
