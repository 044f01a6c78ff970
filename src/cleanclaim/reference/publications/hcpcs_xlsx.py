"""The quarterly HCPCS Level II file as a sheet (CMS, `HCPC2025_OCT_ANWEB.xlsx`), or the same 48 columns as CSV.

What its records mean is written in `hcpcs_records`. The header stands on row 1 or below disclaimers; thousands of blank
rows may follow.
"""

from __future__ import annotations

from cleanclaim.reference.publications.hcpcs_records import COLUMNS, PUBLICATION, parse_records
from cleanclaim.reference.publications.hcpcs_replacements import XREFS
from cleanclaim.reference.publications.headers import cells_below, header_row, require_header
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source

__all__ = ["PUBLICATION", "TITLE", "parse", "recognize"]

TITLE = "CMS HCPCS Level II quarterly file (xlsx or CSV)"
HEADER = COLUMNS


def recognize(source: Source) -> bool:
    """Whether the first sheet, or the CSV file, has the header of the HCPCS file."""
    return header_row(source.head, HEADER) is not None


def parse(source: Source) -> Parsed:
    """The codes and modifiers of one quarter.

    Raises: UnreadableInput when the file is cut short or its name and its content tell different quarters.
    """
    start = require_header(source, source.rows, HEADER)
    return parse_records(source, cells_below(source, start, (*COLUMNS, *XREFS)))
