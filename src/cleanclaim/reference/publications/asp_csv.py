"""The quarterly payment limits of Medicare Part B drugs (CMS `ASP Pricing File`, from 2026 `... Payment Limit File`).

A cp1252 CSV with a preamble that names the quarter, which gives every row its dates, and a header to be found by its
text. A limit of `N/A` is null: the MAC prices the code, or the notes tell. A code that is not listed has none.
"""

from __future__ import annotations

import re

from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, dated_table
from cleanclaim.reference.publications.partial import covered
from cleanclaim.reference.publications.preamble import (
    amount_reader,
    cells_below,
    effective_days,
    header_row,
    refuse_short,
    require_header,
)  # fmt: skip
from cleanclaim.reference.publications.quarters import quarter_name
from cleanclaim.reference.publications.source import Source

PUBLICATION = "asp"
TITLE = "CMS payment limits for Medicare Part B drugs (ASP pricing file)"

FEWEST_ROWS = 400  # the file has had more than 800 codes for years: one with fewer was cut

HEADER = ("HCPCS Code", "Short Description", "HCPCS Code Dosage", "Payment Limit", "Co-insurance Percentage")
_MORE = ("Vaccine AWP%", "Vaccine Limit", "Notes")
_CODE = re.compile(r"[A-Z0-9][0-9]{3}[A-Z0-9]")


def recognize(source: Source) -> bool:
    """Whether the file has the header of the payment limit file."""
    return not source.is_packed and header_row(source.head, HEADER) is not None


def parse(source: Source) -> Parsed:
    """The payment limits of one quarter.

    Raises: UnreadableInput when no quarter is named or the file is cut short; OverlappingValidity for a code twice.
    """
    start = require_header(source, source.records, HEADER)
    effective = effective_days(source, start)
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    doubts: list[str] = []
    for number, cells in cells_below(source, start, (*HEADER, *_MORE)):
        code = cells["HCPCS Code"].upper()
        if not _CODE.fullmatch(code):
            aside.append(RowSetAside(number, "no HCPCS code in the first column", code[:20]))
            continue
        amount = amount_reader(number, code, cells, doubts)
        rows.append(
            (
                code, cells["HCPCS Code Dosage"] or None,
                amount("Payment Limit"), amount("Co-insurance Percentage"),
                bool(cells.get("Vaccine Limit") or cells.get("Vaccine AWP%")),
                cells.get("Notes", "").replace("\r\n", "\n") or None,
                effective.first, effective.last,
            )
        )  # fmt: skip
    refuse_short(source, len(rows), FEWEST_ROWS, "codes")
    return Parsed(
        release=quarter_name(effective.first), effective=effective,
        tables={"asp_limit": dated_table("asp_limit", rows)},
        coverage=covered(source, "asp_limit", [row[0] for row in rows], effective), thin=source.partial,
        read=len(rows) + len(aside), kept=len(rows), set_aside=tuple(aside), notes=tuple(doubts),
    )  # fmt: skip
