"""What the three files of ICD-10-CM have in common: they are one publication, `diagnosis` rows of one code set."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleanclaim.reference.cells import Row
from cleanclaim.reference.fiscal_years import CodeSet
from cleanclaim.reference.publications.listing import release_of
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, refuse_short
from cleanclaim.reference.publications.source import Source

PUBLICATION = "icd10cm"

FEWEST_CODES = 60_000  # billable ones, of more than 74,000

CODE = re.compile(r"[A-Z][0-9A-Z]{2}[0-9A-Z]{0,4}")  # without the dot; QA00 is one since April 2026


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
