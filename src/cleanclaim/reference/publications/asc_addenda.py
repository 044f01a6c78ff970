"""How ambulatory surgical centers are paid for each code in a quarter (CMS ASC Addendum AA and BB).

AA lists surgical procedures, BB what goes with them: drugs, devices, imaging. Each is a series of its own. One layout
serves both (AA has one column more); a CSV, or the sheet AA or BB of a workbook. Of a workbook with both, BB is read.
The names of three columns begin with month and year (`April CY 2020 Payment Indicator`), which tell the quarter: no row
has a day. A column without a name holds `**` for preventive services without a share of the patient. Notes follow the
rows. Weights are printed with four decimals and rates with two; a few cells of a workbook hold more, which are rounded
to these. The addenda of a proposed rule have the same form, and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.listing import Heading, Line, Listing, Reader
from cleanclaim.reference.publications.quarters import MONTHS, agreed_quarter, quarter_name, quarter_of
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval

PUBLICATION = "asc_addenda"
TITLE = "CMS ASC Addenda AA and BB (payment in ambulatory surgical centers)"

FEWEST_ROWS = {"AA": 2_500, "BB": 1_000}  # of more than 3,500 procedures and 1,700 services: one with fewer was cut

_CODE, _DISCOUNTED, _COMMENT = "HCPCS CODE", "SUBJECT TO MULTIPLE PROCEDURE DISCOUNTING", "COMMENT INDICATOR"
_INDICATOR, _WEIGHT, _RATE = "PAYMENT INDICATOR", "PAYMENT WEIGHT", "PAYMENT RATE"
_MARKED = "**"
_DATED = re.compile(rf"(.*?)(?:CY )?(20[0-9]{{2}}) ({_INDICATOR}|{_WEIGHT}|{_RATE})")
_ADDENDUM = re.compile(r"Addendum (AA|BB) ?-", re.IGNORECASE)
_SHEET = re.compile(r"(?<![A-Z])(AA|BB)(?![A-Z])", re.IGNORECASE)
_HCPCS = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")
_LONG_NUMBER = re.compile(r"[0-9]+\.([0-9]+)")
_YES = {"Y": True, "N": False}


def _chosen(source: Source) -> Source:
    """The sheet to read: BB, else AA, else the first."""
    sheets = {addendum[1].upper(): name for name in source.sheet_names if (addendum := _SHEET.search(name))}
    name = sheets.get("BB") or sheets.get("AA")
    return source.on_sheet(name) if name else source


def _found(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    for number, row in enumerate(rows):
        names = _names(row)
        places = {name: place for place, name in enumerate(names) if name in (_CODE, _DISCOUNTED, _COMMENT)}
        dated = {match[3]: place for place, name in enumerate(names) if (match := _DATED.fullmatch(name))}
        if _CODE in places and {_INDICATOR, _RATE} <= set(dated):
            unnamed = places[_CODE] + 1
            return number, places | dated | ({_MARKED: unnamed} if names[unnamed : unnamed + 1] == [""] else {})
    return None


def _names(row: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()).upper() for cell in row]


def _quarter(heading: Heading) -> Interval:
    source = heading.source
    if left := [name for name in source.sheet_names if _SHEET.search(name) and name != source.sheet_of_it]:
        heading.notes.append(
            f"of the sheets, {source.sheet_of_it} was read; {', '.join(left)} can be imported from a CSV"
        )
    dated = next(match for name in _names(heading.rows[heading.row]) if (match := _DATED.fullmatch(name)))
    when, year = dated[1].strip(), int(dated[2])
    if "PROPOSED" in when:
        raise UnreadableInput(f"{source.place}: an addendum of the rule proposed for {year}: nobody is paid by it")
    month = next((MONTHS[word] for word in when.lower().split() if word in MONTHS), None)
    says = f"its columns are for {f'{when} {year}'.strip().title()}, not for"
    quarter = agreed_quarter(
        source, quarter_of(date(year, month, 1)) if month else None,
        f"its columns name {year} and no month; say which quarter it is: --release {year}-Q1, -Q2, -Q3 or -Q4",
        says, year,
    )  # fmt: skip
    if not month:
        heading.notes.append(f"the quarter is the one that the user named; the file names only the year {year}")
    elif month % 3 != 1:
        heading.notes.append(f"its columns name {when.title()}, taken for all of {quarter_name(quarter.first)}")
    return quarter


def _printed(name: str, decimals: int) -> Reader:
    """Reads a number as the addendum prints it: some cells hold all the digits that a spreadsheet computed."""

    def read(line: Line) -> Decimal | None:
        text = line[name]
        long = _LONG_NUMBER.fullmatch(text)
        if long is None or len(long[1]) <= decimals:
            return line.amount(name)
        rounded = Decimal(text).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        line.doubt(f"{name} {text} was rounded to {rounded}")
        return rounded

    return read


_LISTING = Listing(
    table="asc_payment", find=_found, title=_ADDENDUM, sheets=True, sheet=_chosen,
    days=_quarter, series=lambda heading: heading.in_title(1).upper(),
    fewest=lambda heading: FEWEST_ROWS[heading.series],
    key=lambda line: line[_CODE].upper()[:20],
    aside={"no HCPCS code in the first column": lambda line: not _HCPCS.fullmatch(line[_CODE].upper())},
    columns={
        "hcpcs_code": lambda line: line.key, "payment_indicator": _INDICATOR,
        "payment_weight": _printed(_WEIGHT, 4), "payment_rate": _printed(_RATE, 2),
        "subject_to_discounting": lambda line: _YES.get(line[_DISCOUNTED].upper()),
        "patient_share_waived": lambda line: line[_MARKED] == "**" if _MARKED in line.cells else None,
        "comment_indicator": _COMMENT,
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
