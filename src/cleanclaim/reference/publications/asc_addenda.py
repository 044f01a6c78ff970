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
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, dated_table
from cleanclaim.reference.publications.partial import covered
from cleanclaim.reference.publications.preamble import amount_reader, numbered_below, refuse_short
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
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    for number, record in numbered_below(chosen, header.row, header.places.values()):
        cells = {name: record[place].strip() for name, place in header.places.items() if place < len(record)}
        code = cells[_CODE].upper()
        if not _HCPCS.fullmatch(code):
            aside.append(RowSetAside(number, "no HCPCS code in the first column", code[:20]))
            continue
        rows.append(_row(number, code, cells, header, effective, notes))
    refuse_short(source, len(rows), FEWEST_ROWS[header.addendum], "codes")
    return Parsed(
        release=quarter_name(effective.first), effective=effective, series=header.addendum,
        tables={"asc_payment": dated_table("asc_payment", rows)},
        coverage=covered(source, "asc_payment", [row[0] for row in rows], effective, header.addendum),
        thin=source.partial, read=len(rows) + len(aside), kept=len(rows), set_aside=tuple(aside), notes=tuple(notes),
    )  # fmt: skip


def _row(number: int, code: str, cells: dict[str, str], header: _Header, effective: Interval, doubts: list[str]) -> Row:
    for name, places in _DECIMALS.items():
        text = cells.get(name, "")
        cells[name] = _printed(text, places)
        if text != cells[name]:
            doubts.append(f"row {number} {code}: {name} {text} was rounded to {cells[name]}")
    amount = amount_reader(number, code, cells, doubts)
    return (
        code, header.addendum, cells.get("PAYMENT INDICATOR") or None,
        amount("PAYMENT WEIGHT"), amount("PAYMENT RATE"), _YES.get(cells.get(_DISCOUNTED, "").upper()),
        cells.get(_MARKED) == "**" if _MARKED in header.places else None, cells.get(_COMMENT) or None,
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
