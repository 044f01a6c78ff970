"""Which NDCs stand under which code in a quarter (CMS `ASP NDC-HCPCS Crosswalk`).

A cp1252 CSV with a preamble that names the quarter. Its first column is named for a year that can lag (`_2023_CODE` in
January 2024), hundreds of empty columns may follow. Some rows have an alternate id in place of an NDC (skin
substitutes): they name no drug number and are set aside. One NDC may stand under several codes. BILLUNITS and
BILLUNITSPKG are kept as printed: CMS rounds up in some rows, so that one is not always the other times PKG QTY.
Names are kept as printed, without trade marks; they say what a row is about and never make two rows of one.
"""

from __future__ import annotations

import re

from cleanclaim.reference.cells import Row
from cleanclaim.reference.code_forms import CodeForm, code_form
from cleanclaim.reference.publications.listing import Line, read_lines, release_of
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.preamble import cells_below, effective_days, header_row, require_header
from cleanclaim.reference.publications.source import Source

PUBLICATION = "asp_crosswalk"
TITLE = "CMS ASP NDC-HCPCS crosswalk"

FEWEST_ROWS = 3000  # the file has had more than 6,600 rows for years: one with fewer was cut

HEADER = ("Short Description", "NDC2", "HCPCS dosage", "PKG SIZE", "PKG QTY", "BILLUNITS", "BILLUNITSPKG")
_NAMES = ("Drug Name", "LABELER NAME")
_MARKS = str.maketrans("\u00ae\u2122", "  ")  # registered and trade mark
_CODE_COLUMN = re.compile(r"_20[0-9]{2}_CODE")
_CODE = re.compile(r"[A-Z0-9][0-9]{3}[A-Z0-9]")
_NDC = re.compile(r"([0-9]{5})-([0-9]{4})-([0-9]{2})")


def recognize(source: Source) -> bool:
    """Whether the file has the header of the crosswalk."""
    start = None if source.is_packed else header_row(source.head, HEADER)
    return start is not None and _code_column(source.head[start]) is not None


def parse(source: Source) -> Parsed:
    """The NDCs of one quarter, each under its code.

    Raises: UnreadableInput when no quarter is named or the file is cut short; OverlappingValidity when an NDC stands
    twice under a code with other numbers.
    """
    start = require_header(source, source.records, HEADER)
    code_column = _code_column(source.records[start]) or ""
    effective = effective_days(source, start)
    doubts: list[str] = []
    seen: set[Row] = set()

    def read(line: Line) -> Row | str:
        code, ndc = line[code_column].upper(), _NDC.fullmatch(line["NDC2"])
        line.key = f"{code} {line['NDC2'][:20]}"
        if not _CODE.fullmatch(code):
            line.key = code[:20]
            return "no HCPCS code in the first column"
        if not ndc:
            return "an alternate id in place of an NDC"
        amounts = [line.amount(name) for name in ("PKG SIZE", "PKG QTY", "BILLUNITS", "BILLUNITSPKG")]
        key = ("".join(ndc.groups()), code)
        if (*key, *amounts) in seen:
            return "the same row once more"
        seen.add((*key, *amounts))
        names = [None if code_form(code) is CodeForm.CPT else _name(line[name]) for name in _NAMES]
        return (*key, *names, *amounts, effective.first, effective.last)

    below = cells_below(source, start, (code_column, *HEADER, *_NAMES))
    rows, aside = read_lines((Line(number, cells, "", doubts) for number, cells in below), read)
    return release_of(source, "ndc_crosswalk", rows, aside, effective, fewest=FEWEST_ROWS, counted="rows", notes=doubts)


def _name(text: str) -> str | None:
    """A name as printed, without trade marks and needless white space; None when nothing is left."""
    return " ".join(text.translate(_MARKS).split()) or None


def _code_column(header: list[str]) -> str | None:
    return next((name for cell in header if _CODE_COLUMN.fullmatch(name := cell.strip())), None)
