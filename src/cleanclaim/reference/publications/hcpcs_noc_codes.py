"""The list of HCPCS codes for what has no code of its own (CMS, `NOC_Codes_2019.xlsx`), annual.

`ADD DATE` and `TERM DATE` are the first and the last day of a code, both in. The title names the year; the list is
complete for its first quarter, as the annual code file was. A descriptor may go on in a row of the same code that has
no days.
"""

from __future__ import annotations

import re
from datetime import date

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.listing import release_of
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside
from cleanclaim.reference.publications.preamble import cells_below, header_row, plain_day, require_header
from cleanclaim.reference.publications.quarters import named_quarter, quarter_of
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import OPEN_END

PUBLICATION = "hcpcs_noc_codes"
TITLE = "CMS list of HCPCS NOC codes (xlsx)"

FEWEST_CODES = 100  # the list has had more than 140 for years: one with fewer was cut

HEADER = ("HCPCS", "LONG DESCRIPTION", "ADD DATE", "TERM DATE")
_YEAR = re.compile(r"NOC CODES - HCPCS (20[0-9]{2})")
_CODE = re.compile(r"[A-Z][0-9]{4}")


def recognize(source: Source) -> bool:
    """Whether the first sheet has the header of the list."""
    return source.is_packed and header_row(source.head, HEADER) is not None


def parse(source: Source) -> Parsed:
    """The codes of one year.

    Raises: UnreadableInput when no year is named or the file is cut short; OverlappingValidity for a code twice.
    """
    start = require_header(source, source.sheet, HEADER)
    named = _YEAR.search(" ".join(cell for row in source.sheet[:start] for cell in row))
    if not (named or source.release):
        raise UnreadableInput(f"{source.place}: no year above the header; say the quarter with --release 2019-Q1")
    first = date(int(named[1]), 1, 1) if named else date.min
    effective = named_quarter(source.release) if source.release else quarter_of(first)
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    for number, cells in cells_below(source, start, HEADER):
        code, added, ended = cells["HCPCS"].upper(), plain_day(cells["ADD DATE"]), plain_day(cells["TERM DATE"])
        if rows and code == rows[-1][0] and not (cells["ADD DATE"] or cells["TERM DATE"]):
            rows[-1] = (code, f"{rows[-1][1]} {cells['LONG DESCRIPTION']}", *rows[-1][2:])
            aside.append(RowSetAside(number, "continuation, joined to the record before", code))
        elif not _CODE.fullmatch(code):
            aside.append(RowSetAside(number, "not a Level II code", code[:20]))
        elif added is None or (cells["TERM DATE"] and ended is None):
            aside.append(RowSetAside(number, "a day that is none (YYYYMMDD)", code))
        else:
            descriptor = cells["LONG DESCRIPTION"] or None
            rows.append((code, descriptor, added, ended or OPEN_END, effective.first, effective.last))
    return release_of(source, "noc_code", rows, aside, effective, fewest=FEWEST_CODES)
