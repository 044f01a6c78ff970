"""The payment limits of drugs without a code of their own (CMS `ASP NOC Pricing`), a short list each quarter.

Like the payment limit file, with a `$` before the limit and no code: a row is a drug and the unit of its limit.
"""

from __future__ import annotations

from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, dated_table
from cleanclaim.reference.publications.partial import covered
from cleanclaim.reference.publications.preamble import (
    amount_reader,
    cells_below,
    effective_days,
    header_row,
    require_header,
)  # fmt: skip
from cleanclaim.reference.publications.quarters import quarter_name
from cleanclaim.reference.publications.source import Source

PUBLICATION = "asp_noc"
TITLE = "CMS payment limits of drugs without a code of their own (ASP NOC pricing)"

HEADER = ("Drug Generic Name (Trade Name)", "Dosage", "Payment Limit", "Notes")


def recognize(source: Source) -> bool:
    """Whether the file has the header of the NOC pricing file."""
    return not source.is_packed and header_row(source.head, HEADER) is not None


def parse(source: Source) -> Parsed:
    """The limits of one quarter.

    Raises: UnreadableInput when no quarter is named; OverlappingValidity for a drug and unit twice.
    """
    start = require_header(source, source.records, HEADER)
    effective = effective_days(source, start)
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    doubts: list[str] = []
    for number, cells in cells_below(source, start, HEADER):
        name, dosage = cells[HEADER[0]], cells["Dosage"]
        if not (name and dosage):
            aside.append(RowSetAside(number, "no drug with the unit of its limit", name[:20]))
            continue
        limit = amount_reader(number, name, cells, doubts)("Payment Limit")
        notes = cells["Notes"].replace("\r\n", "\n") or None
        rows.append((name, dosage, limit, notes, effective.first, effective.last))
    return Parsed(
        release=quarter_name(effective.first), effective=effective,
        tables={"noc_limit": dated_table("noc_limit", rows)},
        coverage=covered(source, "noc_limit", [row[0] for row in rows], effective), thin=source.partial,
        read=len(rows) + len(aside), kept=len(rows), set_aside=tuple(aside), notes=tuple(doubts),
    )  # fmt: skip
