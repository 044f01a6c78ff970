"""The quarterly payment limits of Medicare Part B drugs (CMS `ASP Pricing File`, from 2026 `... Payment Limit File`).

A cp1252 CSV with a preamble that names the quarter, which gives every row its dates, and a header to be found by its
text. A limit of `N/A` is null: the MAC prices the code, or the notes tell. A code that is not listed has none.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.importers.parsed import Parsed, RowSetAside, dated_table
from cleanclaim.reference.importers.quarters import MONTHS, quarter_name
from cleanclaim.reference.importers.source import Source
from cleanclaim.reference.manifest import Covered
from cleanclaim.values import Interval

PUBLICATION = "asp"
TITLE = "CMS payment limits for Medicare Part B drugs (ASP pricing file)"

FEWEST_ROWS = 400  # the file has had more than 800 codes for years: one with fewer was cut

HEADER = ("HCPCS Code", "Short Description", "HCPCS Code Dosage", "Payment Limit", "Co-insurance Percentage")
_MORE = ("Vaccine AWP%", "Vaccine Limit", "Notes")
_DEEPEST_HEADER = 40
_CODE = re.compile(r"[A-Z0-9][0-9]{3}[A-Z0-9]")
_NUMBER = re.compile(r"\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]{1,6})?")
_EFFECTIVE = re.compile(r"([A-Z][a-z]+) ([0-9]{1,2}), ([0-9]{4}) through ([A-Z][a-z]+) ([0-9]{1,2}), ([0-9]{4})")
_NOT_PRICED = {"", "N/A"}


def recognise(source: Source) -> bool:
    """Whether the file has the header of the payment limit file."""
    return _header(source) is not None


def parse(source: Source) -> Parsed:
    """The payment limits of one quarter.

    Raises: UnreadableInput when no quarter is named or the file is cut short; OverlappingValidity for a code twice.
    """
    start = _header(source)
    if start is None:
        raise UnreadableInput(f"{source.name}: no header with {', '.join(HEADER)}")
    effective = _effective(source, start)
    header = [cell.strip() for cell in source.records[start]]
    places = {name: header.index(name) for name in (*HEADER, *_MORE) if name in header}
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    doubts: list[str] = []
    for number, record in enumerate(source.records[start + 1 :], start + 2):
        cells = {name: record[place].strip() if place < len(record) else "" for name, place in places.items()}
        code = cells["HCPCS Code"].upper()
        if not any(record):
            continue
        if _CODE.fullmatch(code):
            rows.append(_row(code, cells, effective, number, doubts))
        else:
            aside.append(RowSetAside(number, "no HCPCS code in the first column", code[:20]))
    if len(rows) < FEWEST_ROWS:
        raise UnreadableInput(
            f"{source.name}: {len(rows)} codes, expected at least {FEWEST_ROWS}: the file was cut short"
        )
    return Parsed(
        release=quarter_name(effective.first), effective=effective,
        tables={"asp_limit": dated_table("asp_limit", rows)},
        coverage=(Covered("asp_limit", None, effective),),
        read=len(rows) + len(aside), kept=len(rows), set_aside=tuple(aside), notes=tuple(doubts),
    )  # fmt: skip


def _header(source: Source) -> int | None:
    for number, record in enumerate(source.head[:_DEEPEST_HEADER] if not source.is_workbook else []):
        if {cell.strip() for cell in record}.issuperset(HEADER):
            return number
    return None


def _effective(source: Source, header: int) -> Interval:
    preamble = " ".join(cell for record in source.records[:header] for cell in record)
    found = _EFFECTIVE.search(preamble)
    if not found or not {found[1].lower(), found[4].lower()} <= set(MONTHS):
        raise UnreadableInput(
            f"{source.name}: the lines above the header name no quarter; expected `Effective July 1, 2024 through ...`"
        )
    try:
        first = date(int(found[3]), MONTHS[found[1].lower()], int(found[2]))
        return Interval(first, date(int(found[6]), MONTHS[found[4].lower()], int(found[5])))
    except ValueError as problem:
        raise UnreadableInput(f"{source.name}: {found[0]!r} above the header: {problem}") from None


def _row(code: str, cells: dict[str, str], effective: Interval, number: int, doubts: list[str]) -> Row:
    def amount(name: str) -> Decimal | None:
        text = cells[name]
        if text.upper() in _NOT_PRICED:
            return None
        if _NUMBER.fullmatch(text):
            return Decimal(text.replace("$", "").replace(",", ""))
        doubts.append(f"row {number} {code}: {name} {text[:20]!r} is no number and was left empty")
        return None

    return (
        code,
        cells["HCPCS Code Dosage"] or None,
        amount("Payment Limit"),
        amount("Co-insurance Percentage"),
        bool(cells.get("Vaccine Limit") or cells.get("Vaccine AWP%")),
        cells.get("Notes", "").replace("\r\n", "\n") or None,
        effective.first,
        effective.last,
    )
