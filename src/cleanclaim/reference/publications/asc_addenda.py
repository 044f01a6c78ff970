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
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.listing import Line, lines_of, read_lines, release_of
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.preamble import numbered_below
from cleanclaim.reference.publications.quarters import MONTHS, quarter_name, quarter_of, stated_quarter
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval

PUBLICATION = "asc_addenda"
TITLE = "CMS ASC Addenda AA and BB (payment in ambulatory surgical centers)"

FEWEST_ROWS = {"AA": 2_500, "BB": 1_000}  # of more than 3,500 procedures and 1,700 services: one with fewer was cut

_CODE, _DISCOUNTED, _COMMENT = "HCPCS CODE", "SUBJECT TO MULTIPLE PROCEDURE DISCOUNTING", "COMMENT INDICATOR"
_MARKED = "**"
_DATED = re.compile(r"(.*?)(?:CY )?(20[0-9]{2}) (PAYMENT (?:INDICATOR|WEIGHT|RATE))")
_ADDENDUM = re.compile(r"Addendum (AA|BB) ?-", re.IGNORECASE)
_SHEET = re.compile(r"(?<![A-Z])(AA|BB)(?![A-Z])", re.IGNORECASE)
_HCPCS = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")
_LONG_NUMBER = re.compile(r"[0-9]+\.([0-9]+)")
_DECIMALS = {"PAYMENT WEIGHT": 4, "PAYMENT RATE": 2}
_YES = {"Y": True, "N": False}


@dataclass(frozen=True, slots=True)
class _Header:
    row: int
    places: dict[str, int]
    when: str  # what stands before the year: APRIL, PROPOSED ...
    year: int
    addendum: str


def recognize(source: Source) -> bool:
    """Whether a sheet, or the CSV file, has the title and the header of an addendum."""
    return _header(_chosen(source)) is not None


def parse(source: Source) -> Parsed:
    """The payment indicators, weights and rates of one addendum in one quarter.

    Raises: UnreadableInput when the quarter is not known, the rule is a proposed one or the file is cut short;
    OverlappingValidity for a code twice.
    """
    chosen = _chosen(source)
    header = _header(chosen)
    if header is None:
        raise UnreadableInput(f"{source.place}: no header of an ASC addendum with `... CY 2020 Payment Indicator`")
    notes: list[str] = []
    if left := [name for name in source.sheet_names if _SHEET.search(name) and name != chosen.sheet_of_it]:
        notes.append(f"of the sheets, {chosen.sheet_of_it} was read; {', '.join(left)} can be imported from a CSV")
    effective = _quarter(source, header, notes)
    numbered = numbered_below(chosen, header.row, header.places.values())
    rows, aside = read_lines(lines_of(numbered, header.places, notes), lambda line: _row(line, header, effective))
    return release_of(
        source, "asc_payment", rows, aside, effective, fewest=FEWEST_ROWS[header.addendum],
        series=header.addendum, notes=notes,
    )  # fmt: skip


def _row(line: Line, header: _Header, effective: Interval) -> Row | str:
    """The row, or why there is none."""
    code = line[_CODE].upper()
    line.key = code[:20]
    if not _HCPCS.fullmatch(code):
        return "no HCPCS code in the first column"
    for name, places in _DECIMALS.items():
        text = line[name]
        line.cells[name] = _printed(text, places)
        if text != line[name]:
            line.doubts.append(f"row {line.number} {code}: {name} {text} was rounded to {line[name]}")
    return (
        code, header.addendum, line.text("PAYMENT INDICATOR"),
        line.amount("PAYMENT WEIGHT"), line.amount("PAYMENT RATE"), _YES.get(line[_DISCOUNTED].upper()),
        line[_MARKED] == "**" if _MARKED in header.places else None, line.text(_COMMENT),
        effective.first, effective.last,
    )  # fmt: skip


def _printed(text: str, places: int) -> str:
    """A number as the addendum prints it: some cells hold all the digits that a spreadsheet computed."""
    found = _LONG_NUMBER.fullmatch(text)
    if found is None or len(found[1]) <= places:
        return text
    return str(Decimal(text).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _chosen(source: Source) -> Source:
    """The sheet to read: BB, else AA, else the first."""
    named = {found[1].upper(): name for name in source.sheet_names if (found := _SHEET.search(name))}
    name = named.get("BB") or named.get("AA")
    return source.on_sheet(name) if name else source


def _header(source: Source) -> _Header | None:
    for number, row in enumerate(source.head):
        names = [" ".join(cell.split()).upper() for cell in row]
        dated = {place: found for place, name in enumerate(names) if (found := _DATED.fullmatch(name))}
        if _CODE not in names or len(dated) < 2:
            continue
        above = " ".join(" ".join(cells) for cells in source.head[:number])
        title = _ADDENDUM.search(above)
        first = next(iter(dated.values()))
        places = {name: place for place, name in enumerate(names) if name in (_CODE, _DISCOUNTED, _COMMENT)}
        places |= {found[3]: place for place, found in dated.items()}
        if names[places[_CODE] + 1] == "":
            places[_MARKED] = places[_CODE] + 1
        if title and "PAYMENT INDICATOR" in places and "PAYMENT RATE" in places:
            return _Header(number, places, first[1].strip(), int(first[2]), title[1].upper())
    return None


def _quarter(source: Source, header: _Header, notes: list[str]) -> Interval:
    if "PROPOSED" in header.when:
        raise UnreadableInput(
            f"{source.place}: an addendum of the rule proposed for {header.year}: nobody is paid by it"
        )
    stated = stated_quarter(source)
    month = next((MONTHS[word] for word in header.when.lower().split() if word in MONTHS), None)
    if month:
        quarter = quarter_of(date(header.year, month, 1))
    elif stated:
        quarter = stated
        notes.append(f"the quarter is the one that the user named; the file names only the year {header.year}")
    else:
        raise UnreadableInput(
            f"{source.place}: its columns name {header.year} and no month; say which quarter it is:"
            f" --release {header.year}-Q1, -Q2, -Q3 or -Q4"
        )
    if stated not in (None, quarter) or quarter.first.year != header.year:
        told = f"{header.when} {header.year}".strip().title()
        raise UnreadableInput(f"{source.place}: its columns are for {told}, not for {source.release}")
    if month and month % 3 != 1:
        notes.append(f"its columns name {header.when.title()}, taken for all of {quarter_name(quarter.first)}")
    return quarter
