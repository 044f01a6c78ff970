"""The list of HCPCS codes for what has no code of its own (CMS, `NOC_Codes_2019.xlsx`), annual.

`ADD DATE` and `TERM DATE` are the first and the last day of a code, both in. The title names the year; the list is
complete for its first quarter, as the annual code file was. A descriptor may go on in a row of the same code that has
no days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.listing import Heading, Line, Listing
from cleanclaim.reference.publications.printed import plain_day
from cleanclaim.reference.publications.quarters import quarter_of, stated_quarter
from cleanclaim.values import OPEN_END, Interval

PUBLICATION = "hcpcs_noc_codes"
TITLE = "CMS list of HCPCS NOC codes (xlsx)"

FEWEST_CODES = 100  # the list has had more than 140 for years: one with fewer was cut

HEADER = ("HCPCS", "LONG DESCRIPTION", "ADD DATE", "TERM DATE")
_HCPCS, _DESCRIPTOR, _ADDED, _ENDED = HEADER
_YEAR = re.compile(r"NOC CODES - HCPCS (20[0-9]{2})")
_CODE = re.compile(r"[A-Z][0-9]{4}")
_JOINED = "continuation, joined to the record before"


def _quarter(heading: Heading) -> Interval:
    year = _YEAR.search(heading.above)
    quarter = stated_quarter(heading.source) or (quarter_of(date(int(year[1]), 1, 1)) if year else None)
    if quarter is None:
        raise UnreadableInput(
            f"{heading.source.place}: no year above the header; say the quarter with --release 2019-Q1"
        )
    return quarter


def _continuations_joined(lines: Iterator[Line]) -> Iterator[Line]:
    record: list[Line] = []
    for line in lines:
        if record and line[_HCPCS].upper() == record[0][_HCPCS].upper() and not (line[_ADDED] or line[_ENDED]):
            record[0].cells[_DESCRIPTOR] += f" {line[_DESCRIPTOR]}"
            line.cells[_JOINED] = "yes"
        else:
            yield from record
            record = []
        record.append(line)
    yield from record


_LISTING = Listing(
    table="noc_code", header=HEADER, sheets=True,
    days=_quarter, fewest=lambda _: FEWEST_CODES,
    lines=_continuations_joined, key=lambda line: line[_HCPCS].upper()[:20],
    aside={
        _JOINED: lambda line: bool(line[_JOINED]),
        "not a Level II code": lambda line: not _CODE.fullmatch(line.key),
        "a day that is none (YYYYMMDD)": lambda line: not (
            plain_day(line[_ADDED]) and (plain_day(line[_ENDED]) or not line[_ENDED])
        ),
    },
    columns={
        "hcpcs_code": lambda line: line.key, "descriptor": _DESCRIPTOR,
        "span_from": lambda line: plain_day(line[_ADDED]), "span_to": lambda line: plain_day(line[_ENDED]) or OPEN_END,
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
