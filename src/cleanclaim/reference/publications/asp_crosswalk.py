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
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, dated_table
from cleanclaim.reference.publications.partial import covered
from cleanclaim.reference.publications.preamble import (
    amount_reader,
    cells_below,
    effective_days,
    header_row,
    refuse_short,
    require_header,
)  # fmt: skip
from cleanclaim.reference.publications.quarters import quarter_name
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
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    doubts: list[str] = []
    seen: set[Row] = set()
    for number, cells in cells_below(source, start, (code_column, *HEADER, *_NAMES)):
        code, ndc = cells[code_column].upper(), _NDC.fullmatch(cells["NDC2"])
        if not _CODE.fullmatch(code):
            aside.append(RowSetAside(number, "no HCPCS code in the first column", code[:20]))
            continue
        if not ndc:
            aside.append(RowSetAside(number, "an alternate id in place of an NDC", f"{code} {cells['NDC2'][:20]}"))
            continue
        amount = amount_reader(number, f"{code} {cells['NDC2']}", cells, doubts)
        key = ("".join(ndc.groups()), code)
        amounts = tuple(amount(name) for name in ("PKG SIZE", "PKG QTY", "BILLUNITS", "BILLUNITSPKG"))
        if (*key, *amounts) in seen:
            aside.append(RowSetAside(number, "the same row once more", f"{code} {cells['NDC2']}"))
            continue
        seen.add((*key, *amounts))
        names = [None if code_form(code) is CodeForm.CPT else _name(cells.get(name, "")) for name in _NAMES]
        rows.append((*key, *names, *amounts, effective.first, effective.last))
    refuse_short(source, len(rows) + len(aside), FEWEST_ROWS, "rows")
    return Parsed(
        release=quarter_name(effective.first), effective=effective,
        tables={"ndc_crosswalk": dated_table("ndc_crosswalk", rows)},
        coverage=covered(source, "ndc_crosswalk", [row[0] for row in rows], effective), thin=source.partial,
        read=len(rows) + len(aside), kept=len(rows), set_aside=tuple(aside), notes=tuple(doubts),
    )  # fmt: skip


def _name(text: str) -> str | None:
    """A name as printed, without trade marks and needless white space; None when nothing is left."""
    return " ".join(text.translate(_MARKS).split()) or None


def _code_column(header: list[str]) -> str | None:
    return next((name for cell in header if _CODE_COLUMN.fullmatch(name := cell.strip())), None)
