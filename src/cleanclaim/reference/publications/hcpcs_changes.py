"""What a HCPCS update did to each code and modifier (CMS transaction report, `HCPC2020_JUL_trans_alpha.xlsx`).

A workbook; its first sheet, `Changes by Action Code`, is read, the second has the same rows by code. The header has
had four forms, below disclaimers or on row 1, with descriptors since 2019. No row has a day and no cell names the
quarter: it stands in the name of the file, or of its archive, else the user says it; a file named by a year alone is
the annual report, which takes effect on 1 January. Actions are words, spelled by quarter as it came (`ADD`, `Coverage
and Long Desc Change`): they become the letters of COD-04. Most rows say `No Change`: they are set aside, and what is
not in the table did not change.
"""

from __future__ import annotations

import re
from datetime import date

from cleanclaim.errors import NotImported, UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.headers import places_of
from cleanclaim.reference.publications.listing import Line, lines_of, read_lines, release_of
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.preamble import filled_below
from cleanclaim.reference.publications.quarters import FIRST_MONTH, quarter_of, stated_quarter
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval

PUBLICATION = "hcpcs_changes"
TITLE = "CMS HCPCS transaction report (what was added, changed and ended)"

FEWEST_CHANGES = 20  # the smallest that was read has 23, beside thousands of rows without a change

_HEADERS = (
    ("HCPC/MOD", "ACTION CD"), ("HCPC", "ACTION CD", "SHORT DESCRIPTION", "LONG DESCRIPTION"),
    ("HCPCS/MOD", "TYPE OF CHANGE"), ("HCPCS/Modifier Code", "Type of Change"),
)  # fmt: skip
_DESCRIPTORS = ("SHORT DESCRIPTION", "LONG DESCRIPTION")
_CODE = re.compile(r"[A-Z][0-9]{4}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_NO_CHANGE = "no change"
_DENTAL = "D"  # CDT: its wording is not free
_NAMED_QUARTER = re.compile(
    r"(20[0-9]{2})[_ -]*(JAN|APR|JUL|OCT)|(JAN|APR|JUL|OCT)[A-Za-z]*[_ -]*(20[0-9]{2})", re.IGNORECASE
)
_NAMED_YEAR = re.compile(r"HCPC(?:20)?([0-9]{2})_|(?<![0-9])20([0-9]{2})(?![0-9])", re.IGNORECASE)


def recognize(source: Source) -> bool:
    """Whether the first sheet has one of the headers of the report."""
    return _header(source.head) is not None


def parse(source: Source) -> Parsed:
    """The changes of one update.

    Raises: UnreadableInput when the quarter is not known or the file is cut short; NotImported for the same in an
    archive, the rest of which can be read; OverlappingValidity for a code twice with one action.
    """
    found = _header(source.rows)
    if found is None:
        raise UnreadableInput(f"{source.place}: no header with {' and '.join(_HEADERS[0])}, or as in other years")
    start, places = found
    notes: list[str] = []
    effective = _quarter(source, notes)
    lines = lines_of(filled_below(source.rows, start), places, notes)
    rows, aside = read_lines(lines, lambda line: _row(line, effective))
    # What an excerpt lacks may have changed too, and may change twice: it is complete for nothing.
    return release_of(
        source, "hcpcs_change", rows, aside, effective,
        fewest=FEWEST_CHANGES, counted="changes", by_key=False, notes=notes,
    )  # fmt: skip


def _row(line: Line, effective: Interval) -> Row | str:
    """The row, or why there is none."""
    code, action = line["code"], line["action"]
    letters = _letters(action)
    line.key = code
    if not (_CODE.fullmatch(code) or _MODIFIER.fullmatch(code)):
        line.key = code[:20]
        return "neither a Level II code nor a modifier"
    if action.casefold() == _NO_CHANGE:
        return "no change"
    if letters is None:
        line.key = f"{code} {action[:40]}"
        return "an action that is not in the key"
    of_code = (code, None) if _CODE.fullmatch(code) else (None, code)
    dental = code.startswith(_DENTAL) and of_code[0]
    words = (None, None) if dental else (line.text("short"), line.text("long"))
    return (*of_code, letters, effective.first, *words, effective.first, effective.last)


def _header(rows: list[list[str]]) -> tuple[int, dict[str, int]] | None:
    """The row of the header, and the places of code, action, short and long descriptor; outside where it has none."""
    for number, row in enumerate(rows[:40]):
        for header in _HEADERS:
            if places := places_of(row, header):
                words = places_of(row, _DESCRIPTORS) or dict.fromkeys(_DESCRIPTORS, len(row))
                found = [*(places[name] for name in header[:2]), *(words[name] for name in _DESCRIPTORS)]
                return number, dict(zip(("code", "action", "short", "long"), found, strict=True))
    return None


def _letters(action: str) -> str | None:
    """The letters of an action in words; None for one that the key of the report does not have."""
    said = action.casefold()
    whole = {"add": "A", "discontinued": "D", "re-activated": "R", "coverage change": "F", "payment change": "P"}
    if said in whole:
        return whole[said]
    if said.startswith("miscellaneous"):
        return "T"
    if "coverage" in said and "long desc" in said:
        return "B"
    if "desc" not in said:
        return None
    return ("C" if "long" in said else "") + ("S" if "short" in said else "") or None


def _quarter(source: Source, notes: list[str]) -> Interval:
    if stated := stated_quarter(source):
        notes.append("the quarter is the one that the user named; the report names none")
        return stated
    for name in filter(None, (source.name, source.archive)):
        if named := _NAMED_QUARTER.search(name):
            notes.append("the quarter is that of the file's name; the report names none")
            year, month = named[1] or named[4], named[2] or named[3]
            return quarter_of(date(int(year), FIRST_MONTH[month.upper()], 1))
    if annual := _NAMED_YEAR.search(source.name):
        year = f"20{annual[1] or annual[2]}"
        notes.append(f"the annual report of {year}, as the file's name says: in effect from 1 January")
        return quarter_of(date(int(year), 1, 1))
    why = "neither the report nor its name tell its quarter; say it with --release 2020-Q3"
    if source.archive:
        raise NotImported(f"{source.place}: {why}")
    raise UnreadableInput(f"{source.place}: {why}")
