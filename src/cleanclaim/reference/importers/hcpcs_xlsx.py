"""The quarterly HCPCS Level II file (CMS, `HCPC2025_OCT_ANWEB.xlsx`): codes and modifiers, descriptors and dates.

`ADD DT` is the first day of a code and `TERM DT` its last, both in. The file holds the codes of its quarter and those
that ended in the ten years before (COD-10), so a release also tells about these years. A code that came back (action R)
shows its first `ADD DT` and not when it had ended: for the days before it came back its span is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.dosage import Dosage, NotParsed, parse_dosage
from cleanclaim.reference.importers.drug_codes import CodeFacts, is_drug, is_unclassified
from cleanclaim.reference.importers.parsed import Parsed, RowSetAside, dated_table
from cleanclaim.reference.importers.quarters import quarter_name, quarter_of
from cleanclaim.reference.importers.source import Source
from cleanclaim.reference.intervals import before
from cleanclaim.reference.manifest import Covered
from cleanclaim.values import OPEN_END, Interval, parse_date

PUBLICATION = "hcpcs"
TITLE = "CMS HCPCS Level II quarterly file (xlsx)"

FEWEST_CODES = 5000  # the file has had more than 6,700 for years: one with fewer was cut
YEARS_BACK = 10

HEADER = (
    "HCPC", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION", "PRICE1", "COV", "BETOS", "TOS1",
    "ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD",
)  # fmt: skip
_DEEPEST_HEADER = 40
_CODE_RECORD, _CODE_CONTINUED, _MODIFIER_RECORD, _MODIFIER_CONTINUED = "3", "4", "7", "8"
_CODE = re.compile(r"[A-Z][0-9]{4}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_NAMED_QUARTER = re.compile(r"HCPC\s*([0-9]{4})[_ -]*(JAN|APR|JUL|OCT)", re.IGNORECASE)
_FIRST_MONTH = {"JAN": 1, "APR": 4, "JUL": 7, "OCT": 10}


@dataclass(frozen=True, slots=True)
class _Record:
    row: int
    cells: dict[str, str]
    descriptor: str

    @property
    def code(self) -> str:
        return self.cells["HCPC"]


@dataclass(frozen=True, slots=True)
class _Span:
    """Days for which a record is told, and the span in which it may be billed; None is unknown."""

    told: Interval
    first: date | None
    last: date | None


def recognise(source: Source) -> bool:
    """Whether the first sheet has the header of the HCPCS file."""
    return _header(source) is not None


def parse(source: Source) -> Parsed:
    """The codes and modifiers of one quarter.

    Raises: UnreadableInput when the file is cut short or its name and its content tell different quarters.
    """
    start = _header(source)
    if start is None:
        raise UnreadableInput(f"{source.name}: no header with {', '.join(HEADER)} on the first sheet")
    records, aside, read = _records(source, start)
    codes = [record for record in records if record.cells["RECID"] == _CODE_RECORD]
    if len(codes) < FEWEST_CODES:
        raise UnreadableInput(
            f"{source.name}: {len(codes)} codes, expected at least {FEWEST_CODES}: the file was cut short"
        )
    doubts: list[str] = []
    effective = _quarter(source, records, doubts)
    covered = Interval(effective.first.replace(year=effective.first.year - YEARS_BACK), effective.last)
    modifiers = [record for record in records if record.cells["RECID"] == _MODIFIER_RECORD]
    code_rows = [row for record in codes for row in _code_rows(record, covered, doubts)]
    modifier_rows = [row for record in modifiers for row in _modifier_rows(record, covered, doubts)]
    return Parsed(
        release=quarter_name(effective.first), effective=effective,
        tables={"hcpcs": dated_table("hcpcs", code_rows), "modifier": dated_table("modifier", modifier_rows)},
        coverage=(Covered("hcpcs", None, covered), Covered("modifier", None, covered)),
        read=read, kept=len(records), set_aside=tuple(aside), notes=tuple(doubts),
    )  # fmt: skip


def _header(source: Source) -> int | None:
    for number, row in enumerate(source.head[:_DEEPEST_HEADER] if source.is_workbook else []):
        if {cell.strip().upper() for cell in row}.issuperset(HEADER):
            return number
    return None


def _records(source: Source, start: int) -> tuple[list[_Record], list[RowSetAside], int]:
    """The code and modifier records with their continuations joined, what was set aside, and how many were read."""
    header = [cell.strip().upper() for cell in source.sheet[start]]
    places = [header.index(name) for name in HEADER]
    records: list[_Record] = []
    aside: list[RowSetAside] = []
    read = 0
    for number, row in enumerate(source.sheet[start + 1 :], start + 2):
        if not any(row):
            continue
        read += 1
        cells = {name: row[place].strip() for name, place in zip(HEADER, places, strict=True)}
        record = _Record(number, cells, cells["LONG DESCRIPTION"])
        if records and records[-1].code == record.code and cells["RECID"] in (_CODE_CONTINUED, _MODIFIER_CONTINUED):
            # The text is cut between words, and the blank at the cut is lost.
            records[-1] = replace(records[-1], descriptor=f"{records[-1].descriptor} {record.descriptor}")
            aside.append(RowSetAside(number, "continuation, joined to the record before", record.code))
        elif reason := _refusal(record):
            aside.append(RowSetAside(number, reason, record.code[:20]))
        else:
            records.append(record)
    return records, aside, read


def _refusal(record: _Record) -> str | None:
    kind = record.cells["RECID"]
    if kind == _CODE_RECORD:
        return None if _CODE.fullmatch(record.code) else "not a Level II code"
    if kind == _MODIFIER_RECORD:
        return None if _MODIFIER.fullmatch(record.code) else "not a modifier"
    return "unknown kind of record (RECID)"


def _quarter(source: Source, records: list[_Record], doubts: list[str]) -> Interval:
    """The quarter that the file is named for, checked against the newest day in it."""
    days = [record.cells[name] for record in records for name in ("ADD DT", "ACT EFF DT")]
    newest = max((day for text in days if (day := _day(text))), default=None)
    if newest is None:
        raise UnreadableInput(f"{source.name}: no readable day in ADD DT or ACT EFF DT")
    named = _NAMED_QUARTER.search(source.name) or _NAMED_QUARTER.search(source.sheet_name)
    if not named:
        doubts.append(f"neither file nor sheet name the quarter: it is that of the newest day, {newest}")
        return quarter_of(newest)
    quarter = quarter_of(date(int(named[1]), _FIRST_MONTH[named[2].upper()], 1))
    if not quarter.contains(newest):
        raise UnreadableInput(
            f"{source.name}: named for {quarter_name(quarter.first)}, but the newest day in it is {newest}"
            f" ({quarter_name(newest)}). Rename the file to the quarter that it is for."
        )
    return quarter


def _spans(record: _Record, covered: Interval, doubts: list[str]) -> Iterator[_Span]:
    added = _day_or_doubt(record, "ADD DT", doubts)
    ended = _day_or_doubt(record, "TERM DT", doubts) if record.cells["TERM DT"] else OPEN_END
    acted = _day(record.cells["ACT EFF DT"])
    came_back = record.cells["ACTION CD"] == "R" and added and acted and ended and added < acted <= ended
    if not came_back or acted is None:
        yield _Span(covered, added, ended)
        return
    if covered.first < acted:
        yield _Span(Interval(covered.first, min(before(acted), covered.last)), added, None)
    if acted <= covered.last:
        yield _Span(Interval(max(acted, covered.first), covered.last), acted, ended)


def _code_rows(record: _Record, covered: Interval, doubts: list[str]) -> Iterator[Row]:
    cells = record.cells
    facts = CodeFacts(record.code, record.descriptor, cells["PRICE1"], cells["BETOS"], cells["TOS1"])
    reading = parse_dosage(record.descriptor)
    drug = is_drug(facts, reading)
    for span in _spans(record, covered, doubts):
        yield (
            record.code, cells["SHORT DESCRIPTION"] or None, record.descriptor or None, span.first, span.last,
            cells["COV"] or None, cells["PRICE1"] or None, cells["BETOS"] or None,
            drug, is_unclassified(reading, drug=drug),
            *_dosage_cells(reading if drug else None),
            span.told.first, span.told.last,
        )  # fmt: skip


def _dosage_cells(reading: Dosage | NotParsed | None) -> Row:
    if not isinstance(reading, Dosage):
        return None, None, None, None
    return reading.substance, reading.amount, reading.unit, str(reading.semantics)


def _modifier_rows(record: _Record, covered: Interval, doubts: list[str]) -> Iterator[Row]:
    for span in _spans(record, covered, doubts):
        yield record.code, record.descriptor or None, span.first, span.last, span.told.first, span.told.last


def _day_or_doubt(record: _Record, column: str, doubts: list[str]) -> date | None:
    text = record.cells[column]
    day = _day(text)
    if day is None:
        doubts.append(f"row {record.row} {record.code}: {column} {text[:20]!r} is no day (YYYYMMDD): left unknown")
    return day


def _day(text: str) -> date | None:
    try:
        return parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except InvalidValue:
        return None
