"""Claim tables to bytes of JSON Lines: the keys are those that the reader reads, and it reads back the same rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, FAULT, KNOWN_ABSENT, LINE, ClaimTables, Lost
from cleanclaim.errors import InvalidValue
from cleanclaim.formats.jsonl.claim import ClaimRows, read_claim
from cleanclaim.formats.jsonl.faults import Faults, Row, Teller
from cleanclaim.formats.jsonl.fields import CLAIM_FIELDS, LINE_FIELDS, Field

if TYPE_CHECKING:
    import pyarrow as pa

# Columns that the reader fills from another one unless null is said.
_FILLED = {"diagnosis_code_set": "diagnoses"}
_FILLED_IN_LINE = {
    "code_qualifier": "hcpcs_code", "unit_basis": "billed_units", "ndc_qualifier": "ndc_given",
}  # fmt: skip
_OF_FILE = {"claim_key", "source_file", "segment_number"}  # what a file gives its rows
_CHARTED = ("drug", "container", "route", "start", "stop", "lot")


@dataclass(frozen=True, slots=True)
class WrittenLines:
    """Text lines of claims, and a fault for each claim that JSON Lines cannot carry as it is and that was left out."""

    content: bytes
    fault: pa.Table


def write_jsonl(tables: ClaimTables) -> WrittenLines:
    """The claims as JSON Lines, in their order; unknown values are absent, amounts are texts of decimals.

    A claim that would be read back otherwise is left out and told; its row is its place in the claim table, from 1.
    Keys and segment numbers are not written: the file that is read has its own.
    Raises:  InvalidValue when a line or an administration belongs to nothing.
    """
    lines, charted = _by_claim(tables.line), _by_claim(tables.administration)
    claims = tables.claim.to_pylist()
    if lost := (lines.keys() | charted.keys()) - {claim["claim_key"] for claim in claims}:
        raise InvalidValue(f"line and administration tables: {len(lost)} claim_key that no claim has")
    texts, faults = [], Faults("")
    for number, claim in enumerate(claims, 1):
        faults.source_file = claim["source_file"] or ""
        key = claim["claim_key"]
        rows = ClaimRows(claim, sorted(lines[key], key=_ordinal), sorted(charted[key], key=_ordinal))
        content = _claim(rows)
        difference = _difference(rows, content)
        if difference is None:
            texts.append(msgspec.json.encode(content) + b"\n")
        else:
            faults.add(
                "not-carried", number, "a value that JSON Lines says as it is in the tables", Lost.CLAIM,
                element=difference,
            )  # fmt: skip
    return WrittenLines(b"".join(texts), _fault_table(faults))


def _by_claim(table: pa.Table) -> defaultdict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in table.to_pylist():
        found[row["claim_key"]].append(row)
    return found


def _ordinal(row: Row) -> int:
    ordinal = row["line_ordinal"]
    return ordinal if isinstance(ordinal, int) else 0


def _claim(rows: ClaimRows) -> Row:
    charted = {_ordinal(row): _administered(row) for row in rows.administrations}
    if charted.keys() - {_ordinal(line) for line in rows.lines}:
        raise InvalidValue("administration table: a line_ordinal that no line of the claim has")
    content = _said(rows.claim, CLAIM_FIELDS, _FILLED)
    if rows.claim["lines_complete"]:
        del content["lines_complete"]  # as the reader takes it where nothing is said
    content["lines"] = [_line(line, charted.get(_ordinal(line))) for line in rows.lines]
    return content


def _line(line: Row, charted: Row | None) -> Row:
    content = _said(line, LINE_FIELDS, _FILLED_IN_LINE)
    if content.get("ndc_given") is not None:
        content.pop("ndc11", None)  # which the number as given tells
    elif line["ndc_count"] == 0:
        content["ndc"] = None
        content.pop("ndc_given", None)
        content.pop("ndc11", None)
    if charted:
        content["charted"] = charted
    return content


def _administered(row: Row) -> Row:
    content = {name: row[name] for name in _CHARTED if row[name] is not None}
    if dose := _amount(row["dose_amount"], row["dose_unit"]):
        content["dose"] = dose
    if held := _amount(row["content_amount"], row["content_unit"]):
        content["containers"] = [held]
    return content


def _amount(amount: object, unit: object) -> Row:
    return {name: _json(value) for name, value in (("amount", amount), ("unit", unit)) if value is not None}


def _said(row: Row, fields: Mapping[str, Field], filled: Mapping[str, str]) -> Row:
    """What a row says under the keys that are columns.

    null where nothing is known to be there, and where the reader would fill the column otherwise.
    """
    absent = _absent(row)
    return {
        name: _json(row[name])
        for name in fields
        if name in row
        and (row[name] is not None or name in absent or (name in filled and row[filled[name]] is not None))
    }


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def _difference(rows: ClaimRows, content: Row) -> str | None:
    """The first place at which the reader would read something else; None when there is none."""
    faults = Faults("")
    key = rows.claim["claim_key"]
    read = read_claim(content, key if isinstance(key, int) else 0, Teller(faults, 1), complete=False)
    if read is None or faults.rows:
        return str(faults.rows[0]["element"])
    if name := _column(rows.claim, read.claim, CLAIM.names):
        return name
    return _in_lines(rows.lines, read.lines, LINE.names) or _in_lines(
        rows.administrations, read.administrations, ADMINISTRATION.names
    )


def _in_lines(rows: list[Row], read: list[Row], names: Iterable[str]) -> str | None:
    if len(rows) != len(read):
        return "lines"
    for place, (row, other) in enumerate(zip(rows, read, strict=True)):
        if name := _column(row, other, names):
            return f"lines[{place}].{name}"
    return None


def _column(row: Row, read: Row, names: Iterable[str]) -> str | None:
    if name := next((name for name in names if name not in _OF_FILE and row[name] != read.get(name)), None):
        return min(_absent(row) ^ _absent(read)) if name == KNOWN_ABSENT else name
    return None


def _absent(row: Row) -> set[str]:
    names = row.get(KNOWN_ABSENT)
    return set(names) if isinstance(names, list) else set()


def _fault_table(faults: Faults) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - the JSON Schema is printed without it

    return pa.Table.from_pylist(faults.drain(), schema=FAULT.arrow())
