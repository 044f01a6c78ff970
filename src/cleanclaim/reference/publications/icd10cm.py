"""What the three files of ICD-10-CM have in common: they are one publication, `diagnosis` rows of one code set."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.fiscal_years import CodeSet, named_code_set, update_in, year_in
from cleanclaim.reference.publications.listing import release_of
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, refuse_short
from cleanclaim.reference.publications.source import Source

PUBLICATION = "icd10cm"

FEWEST_CODES = 60_000  # billable ones, of more than 74,000

CODE = re.compile(r"[A-Z][0-9A-Z]{2}[0-9A-Z]{0,4}")  # without the dot; QA00 is one since April 2026


def code_set_of(source: Source, printed_year: int | None = None) -> CodeSet:
    """The code set that a file holds: its year by its content or its name, the update by its name, else as stated.

    Raises: UnreadableInput when nothing tells the year, or two things tell different ones.
    """
    stated = _stated(source)
    years = {printed_year, stated.year if stated else None, year_in(source.name)} - {None}
    if len(years) != 1:
        named = ", ".join(str(year) for year in sorted(filter(None, years))) or "no year"
        raise UnreadableInput(
            f"{source.place}: content and file name tell {named}, expected one fiscal year;"
            " say which code set it is: --release FY2026 or FY2026-April"
        )
    if stated:
        return stated
    return CodeSet(years.pop() or 0, update_in(source.name))


def _stated(source: Source) -> CodeSet | None:
    if not source.release:
        return None
    try:
        return named_code_set(source.release)
    except InvalidValue as problem:
        raise UnreadableInput(f"{source.place}: --release {problem}") from None


def as_parsed(
    source: Source, code_set: CodeSet, rows: Sequence[Row], aside: Sequence[RowSetAside], notes: Sequence[str] = ()
) -> Parsed:
    """The release of a code set. `rows`: code, descriptor, billable, manifestation.

    Raises: UnreadableInput when the file is cut short; OverlappingValidity for a code twice.
    """
    billable = sum(row[2] is True for row in rows)
    refuse_short(source, billable, FEWEST_CODES, "billable codes")
    days = code_set.days
    dated = [(*row, days.first, days.last) for row in rows]
    return release_of(source, "diagnosis", dated, aside, days, name=code_set.release, notes=notes)
