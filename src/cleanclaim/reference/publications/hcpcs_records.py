"""Records of the HCPCS file, in whatever layout they came: what becomes of them is the same for all.

`ADD DT` is the first day of a code and `TERM DT` its last, both in. The file holds the codes of its quarter and those
that ended in the ten years before (COD-10), so a release also tells about these years. A code that came back (action R)
shows its first `ADD DT` and not when it had ended: for the days before it came back its span is unknown.

Until 2019 the file was annual (`HCPC2019_CONTR_ANWEB`), with codes announced for later in its year; the updates of the
year came as lists of their own. Such a file is complete for the first quarter of its year alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.dosage import Dosage, NotParsed, parse_dosage
from cleanclaim.reference.intervals import before
from cleanclaim.reference.manifest import Covered
from cleanclaim.reference.publications.drug_codes import CodeFacts, is_drug, is_unclassified
from cleanclaim.reference.publications.hcpcs_replacements import XREFS, replacement_rows
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, covered, dated_table, refuse_short
from cleanclaim.reference.publications.printed import plain_day
from cleanclaim.reference.publications.quarters import (
    days_named,
    quarter_name,
    quarter_of,
    stated_quarter,
    year_later,
)
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import OPEN_END, Interval

PUBLICATION = "hcpcs"
FEWEST_CODES = 5000  # the file has had more than 6,000 for years: one with fewer was cut
YEARS_BACK = 10

COLUMNS = (
    "HCPC", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION", "PRICE1", "COV", "BETOS", "TOS1",
    "ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD",
)  # fmt: skip

_CODE_RECORD, _CODE_CONTINUED, _MODIFIER_RECORD, _MODIFIER_CONTINUED = "3", "4", "7", "8"
_CODE = re.compile(r"[A-Z][0-9]{4}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_NAMED_QUARTER = re.compile(r"HCPC\s*(?P<year>[0-9]{4})[_ -]*(?P<month>JAN|APR|JUL|OCT)", re.IGNORECASE)
_NAMED_YEAR = re.compile(r"HCPC\s*(20[0-9]{2})_(?:CONTR_)?ANWEB", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its row, its fields by the names of the xlsx file, and its descriptor with continuations joined."""

    row: int
    cells: dict[str, str]
    descriptor: str

    @property
    def code(self) -> str:
        """Code or modifier."""
        return self.cells["HCPC"]


@dataclass(frozen=True, slots=True)
class _Span:
    """Days for which a record is told, and the span in which it may be billed; None is unknown."""

    days: Interval
    first: date | None
    last: date | None


def parse_records(source: Source, numbered: Iterable[tuple[int, dict[str, str]]], *, modifiers: bool = True) -> Parsed:
    """The codes and modifiers of one quarter, from row numbers and fields; `modifiers` when the layout has them.

    Raises: UnreadableInput when the file is cut short or its name and its content tell different quarters.
    """
    records, aside, read = _joined(numbered)
    codes = [record for record in records if record.cells["RECID"] == _CODE_RECORD]
    refuse_short(source, len(codes), FEWEST_CODES, "codes")
    doubts: list[str] = []
    effective = _quarter(source, records, doubts)
    # An excerpt knows little of the years before: it speaks for its quarter alone.
    days = effective if source.partial else Interval(year_later(effective.first, -YEARS_BACK), effective.last)
    code_rows = [row for record in codes for row in _code_rows(record, days, doubts)]
    tables = {"hcpcs": dated_table("hcpcs", code_rows)}
    coverage = covered(source, "hcpcs", [row[0] for row in code_rows], days)
    if followers := _replacement_rows(codes, days.last):
        tables["replacement"] = dated_table("replacement", followers)
        # Complete for the codes that are cross-referenced, and no others: the file tells of few successors.
        spans = {str(row[0]): Interval(first, days.last) for row in followers if isinstance(first := row[-2], date)}
        coverage += tuple(Covered("replacement", key, span) for key, span in spans.items())
    if modifiers:
        modifier_records = [record for record in records if record.cells["RECID"] == _MODIFIER_RECORD]
        modifier_rows = [row for record in modifier_records for row in _modifier_rows(record, days, doubts)]
        tables["modifier"] = dated_table("modifier", modifier_rows)
        coverage += covered(source, "modifier", [row[0] for row in modifier_rows], days)
    return Parsed(
        release=quarter_name(effective.first), effective=effective, tables=tables, coverage=coverage,
        read=read, kept=len(records), set_aside=tuple(aside), notes=tuple(doubts), thin=source.partial,
    )  # fmt: skip


def _joined(numbered: Iterable[tuple[int, dict[str, str]]]) -> tuple[list[Record], list[RowSetAside], int]:
    """The code and modifier records with their continuations joined, what was set aside, and how many were read."""
    records: list[Record] = []
    texts: list[str] = []
    aside: list[RowSetAside] = []
    read = 0
    for number, cells in numbered:
        read += 1
        record = Record(number, cells, cells["LONG DESCRIPTION"])
        if records and records[-1].code == record.code and cells["RECID"] in (_CODE_CONTINUED, _MODIFIER_CONTINUED):
            # The text is cut between words, and the blank at the cut is lost.
            texts[-1] += f" {record.descriptor}"
            aside.append(RowSetAside(number, "continuation, joined to the record before", record.code))
        elif reason := _refusal(record):
            aside.append(RowSetAside(number, reason, record.code[:20]))
        else:
            records.append(record)
            texts.append(record.descriptor)
    return [replace(one, descriptor=text) for one, text in zip(records, texts, strict=True)], aside, read


def _refusal(record: Record) -> str | None:
    kind = record.cells["RECID"]
    if kind == _CODE_RECORD:
        return None if _CODE.fullmatch(record.code) else "not a Level II code"
    if kind == _MODIFIER_RECORD:
        return None if _MODIFIER.fullmatch(record.code) else "not a modifier"
    return "unknown kind of record (RECID)"


def _quarter(source: Source, records: list[Record], doubts: list[str]) -> Interval:
    """The quarter that the user or the name of the file tells, checked against the newest day in it."""
    days = [record.cells[name] for record in records for name in ("ADD DT", "ACT EFF DT")]
    newest = max((day for text in days if (day := plain_day(text))), default=None)
    if newest is None:
        raise UnreadableInput(f"{source.place}: no readable day in ADD DT or ACT EFF DT")
    named = _NAMED_QUARTER.search(source.name) or _NAMED_QUARTER.search(source.sheet_name)
    quarter = stated_quarter(source) or (days_named(named) if named else None)
    until = quarter.last if quarter else None
    if quarter is None and (annual := _NAMED_YEAR.search(source.name)):
        quarter, until = quarter_of(date(int(annual[1]), 1, 1)), date(int(annual[1]), 12, 31)
        doubts.append(f"the annual file of {annual[1]}, complete for the first quarter alone")
    if quarter is None or until is None:
        doubts.append(f"neither file nor sheet name the quarter: it is that of the newest day, {newest}")
        return quarter_of(newest)
    oldest = date.min if source.partial else quarter.first
    if not oldest <= newest <= until:
        raise UnreadableInput(
            f"{source.place}: named for {quarter_name(quarter.first)}, but the newest day in it is {newest}"
            f" ({quarter_name(newest)}). Rename the file to the quarter that it is for."
        )
    return quarter


def _spans(record: Record, days: Interval, doubts: list[str]) -> Iterator[_Span]:
    added = _day_or_doubt(record, "ADD DT", doubts)
    ended = _day_or_doubt(record, "TERM DT", doubts) if record.cells["TERM DT"] else OPEN_END
    acted = plain_day(record.cells["ACT EFF DT"])
    came_back = record.cells["ACTION CD"] == "R" and added and acted and ended and added < acted <= ended
    if not came_back or acted is None:
        yield _Span(days, added, ended)
        return
    if days.first < acted:
        yield _Span(Interval(days.first, min(before(acted), days.last)), added, None)
    if acted <= days.last:
        yield _Span(Interval(max(acted, days.first), days.last), acted, ended)


def _code_rows(record: Record, days: Interval, doubts: list[str]) -> Iterator[Row]:
    cells = record.cells
    facts = CodeFacts(record.code, record.descriptor, cells["PRICE1"], cells["BETOS"], cells["TOS1"])
    reading = parse_dosage(record.descriptor)
    drug = is_drug(facts, reading)
    for span in _spans(record, days, doubts):
        yield (
            record.code, cells["SHORT DESCRIPTION"] or None, record.descriptor or None, span.first, span.last,
            cells["COV"] or None, cells["PRICE1"] or None, cells["BETOS"] or None,
            drug, is_unclassified(reading, drug=drug),
            *_dosage_cells(reading if drug else None),
            span.days.first, span.days.last,
        )  # fmt: skip


def _dosage_cells(reading: Dosage | NotParsed | None) -> Row:
    if not isinstance(reading, Dosage):
        return None, None, None, None
    return reading.substance, reading.amount, reading.unit, str(reading.semantics)


def _replacement_rows(codes: list[Record], last: date) -> list[Row]:
    pointing = [record for record in codes if any(record.cells.get(xref) for xref in XREFS)]
    meant = {record.code for record in pointing} | {record.cells[xref] for record in pointing for xref in XREFS}
    dosages = {record.code: parse_dosage(record.descriptor) for record in codes if record.code in meant}
    return [
        row
        for record in pointing
        for row in replacement_rows(record.code, record.cells, plain_day(record.cells["TERM DT"]), dosages)
        if row[-2] <= last
    ]


def _modifier_rows(record: Record, days: Interval, doubts: list[str]) -> Iterator[Row]:
    for span in _spans(record, days, doubts):
        yield record.code, record.descriptor or None, span.first, span.last, span.days.first, span.days.last


def _day_or_doubt(record: Record, column: str, doubts: list[str]) -> date | None:
    text = record.cells[column]
    day = plain_day(text)
    if day is None:
        doubts.append(f"row {record.row} {record.code}: {column} {text[:20]!r} is no day (YYYYMMDD): left unknown")
    return day
