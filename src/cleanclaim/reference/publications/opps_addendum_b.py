"""How the hospital outpatient system pays each code in a quarter (CMS OPPS Addendum B).

A cp1252 CSV, header on line 5 or 7, rates with `$`; blank or a lone `.` is none. Stray bytes (0xFF) stand in the
preamble and behind some codes. The preamble names only the calendar year; the quarter stands in the name of the file
alone (`July 2025 Web Addendum B.06.26.25`), so here the name is a hint, else the user says it. A quarter that is issued
again is a revision.
"""

from __future__ import annotations

import re
from datetime import date

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, dated_table
from cleanclaim.reference.publications.partial import covered
from cleanclaim.reference.publications.preamble import (
    amount_reader,
    cells_below,
    header_row,
    refuse_short,
    require_header,
)  # fmt: skip
from cleanclaim.reference.publications.quarters import MONTHS, named_quarter, quarter_name, quarter_of
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval

PUBLICATION = "opps_addendum_b"
TITLE = "CMS OPPS Addendum B"

FEWEST_ROWS = 10000  # the file has had more than 18,000 codes for years: one with fewer was cut

_NUMBERS = ("Payment Rate", "National Unadjusted Copayment", "Minimum Unadjusted Copayment")
_INFLATION = ("IRA Coinsurance percentage", "Adjusted Beneficiary Copayment")
HEADER = ("HCPCS Code", "Short Descriptor", "SI", "APC", "Relative Weight", *_NUMBERS)
_CODE = re.compile(r"([0-9]{4}[0-9A-Z]|[A-Z][0-9]{4})([^0-9A-Za-z]|[\u0080-\u00ff])*")
_YEAR = re.compile(r"for CY (20[0-9]{2})")
_QUARTER_IN_NAME = re.compile(r"(January|April|July|October)[ _]+(?:Web[ _]+)?(20[0-9]{2})", re.IGNORECASE)


def recognize(source: Source) -> bool:
    """Whether the file has the header of Addendum B."""
    return not source.is_packed and header_row(source.head, HEADER) is not None


def parse(source: Source) -> Parsed:
    """The status and rates of all codes in one quarter.

    Raises: UnreadableInput when the quarter is not known or the file is cut short;
    OverlappingValidity for a code twice.
    """
    start = require_header(source, source.records, HEADER)
    notes: list[str] = []
    effective = _quarter(source, start, notes)
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    for number, cells in cells_below(source, start, (*HEADER, *_INFLATION, "Note")):
        found = _CODE.fullmatch(cells["HCPCS Code"].upper())
        if not found:
            aside.append(RowSetAside(number, "no HCPCS code in the first column", cells["HCPCS Code"][:20]))
            continue
        code = found[1]
        if cells["HCPCS Code"].upper() != code:
            notes.append(f"row {number} {code}: unreadable characters behind the code were left out")
        amount = amount_reader(number, code, cells, notes)
        rows.append(
            (
                code, cells["SI"] or None, cells["APC"] or None, *map(amount, (*_NUMBERS, *_INFLATION)),
                cells.get("Note") or None, effective.first, effective.last,
            )
        )  # fmt: skip
    refuse_short(source, len(rows), FEWEST_ROWS, "codes")
    return Parsed(
        release=quarter_name(effective.first), effective=effective,
        tables={"opps_status": dated_table("opps_status", rows)},
        coverage=covered(source, "opps_status", [row[0] for row in rows], effective), thin=source.partial,
        read=len(rows) + len(aside), kept=len(rows), set_aside=tuple(aside), notes=tuple(notes),
    )  # fmt: skip


def _quarter(source: Source, start: int, notes: list[str]) -> Interval:
    above = " ".join(cell for row in source.records[:start] for cell in row)
    year = _YEAR.search(above)
    if not year:
        raise UnreadableInput(f"{source.place}: the lines above the header name no year; expected `... for CY 2025`")
    if source.release:
        quarter = named_quarter(source.release)
        notes.append(f"the quarter is the one that the user named; the file names only the calendar year {year[1]}")
    elif named := _QUARTER_IN_NAME.search(source.name):
        quarter = quarter_of(date(int(named[2]), MONTHS[named[1].lower()], 1))
        notes.append(f"the quarter is that of the file's name; the file names only the calendar year {year[1]}")
    else:
        raise UnreadableInput(
            f"{source.place}: the file names only the calendar year {year[1]}, and its name no quarter;"
            f" say which it is with --release {year[1]}-Q1, -Q2, -Q3 or -Q4"
        )
    if quarter.first.year != int(year[1]):
        raise UnreadableInput(
            f"{source.place}: named for {quarter_name(quarter.first)}, but the file is for calendar year {year[1]}"
        )
    return quarter
