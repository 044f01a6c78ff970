"""How the hospital outpatient system pays each code in a quarter (CMS OPPS Addendum B).

A cp1252 CSV, header on line 5 or 7, rates with `$`; blank or a lone `.` is none. Stray bytes (0xFF) stand in the
preamble and behind some codes. The preamble names only the calendar year; the quarter stands in the name of the file
alone (`July 2025 Web Addendum B.06.26.25`), so here the name is a hint, else the user says it. A quarter that is issued
again is a revision.
"""

from __future__ import annotations

import re

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.listing import Heading, Line, Listing
from cleanclaim.reference.publications.quarters import quarter_by_name, quarter_name
from cleanclaim.values import Interval

PUBLICATION = "opps_addendum_b"
TITLE = "CMS OPPS Addendum B"

FEWEST_ROWS = 10000  # the file has had more than 18,000 codes for years: one with fewer was cut

HEADER = (
    "HCPCS Code", "Short Descriptor", "SI", "APC", "Relative Weight",
    "Payment Rate", "National Unadjusted Copayment", "Minimum Unadjusted Copayment",
)  # fmt: skip
_CODE = re.compile(r"([0-9]{4}[0-9A-Z]|[A-Z][0-9]{4})([^0-9A-Za-z]|[\u0080-\u00ff])*")
_YEAR = re.compile(r"for CY (20[0-9]{2})")
_NAMED_QUARTER = re.compile(
    r"(?P<month>January|April|July|October)[ _]+(?:Web[ _]+)?(?P<year>20[0-9]{2})", re.IGNORECASE
)


def _code(line: Line) -> str:
    code = _CODE.fullmatch(line["HCPCS Code"].upper())
    return code[1] if code else line["HCPCS Code"][:20]


def _read_code(line: Line) -> str:
    if line["HCPCS Code"].upper() != line.key:
        line.doubt("unreadable characters behind the code were left out")
    return line.key


def _quarter(heading: Heading) -> Interval:
    source, year = heading.source, _YEAR.search(heading.above)
    if not year:
        raise UnreadableInput(f"{source.place}: the lines above the header name no year; expected `... for CY 2025`")
    why = f"the file names only the calendar year {year[1]}"
    quarter = quarter_by_name(source, [source.name], [_NAMED_QUARTER], why, heading.notes)
    if quarter is None:
        raise UnreadableInput(
            f"{source.place}: {why}, and its name no quarter;"
            f" say which it is with --release {year[1]}-Q1, -Q2, -Q3 or -Q4"
        )
    if quarter.first.year != int(year[1]):
        raise UnreadableInput(
            f"{source.place}: named for {quarter_name(quarter.first)}, but the file is for calendar year {year[1]}"
        )
    return quarter


_LISTING = Listing(
    table="opps_status", header=HEADER, also=("IRA Coinsurance percentage", "Adjusted Beneficiary Copayment", "Note"),
    days=_quarter, fewest=lambda _: FEWEST_ROWS,
    key=_code,
    aside={"no HCPCS code in the first column": lambda line: not _CODE.fullmatch(line["HCPCS Code"].upper())},
    columns={
        "hcpcs_code": _read_code, "status_indicator": "SI", "apc": "APC", "payment_rate": "Payment Rate",
        "national_copayment": "National Unadjusted Copayment", "minimum_copayment": "Minimum Unadjusted Copayment",
        "coinsurance_percent": "IRA Coinsurance percentage", "adjusted_copayment": "Adjusted Beneficiary Copayment",
        "note": "Note",
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
