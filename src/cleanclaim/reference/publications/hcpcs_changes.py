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
from collections.abc import Sequence
from datetime import date

from cleanclaim.errors import NotImported, UnreadableInput
from cleanclaim.reference.publications.headers import places_of
from cleanclaim.reference.publications.listing import Heading, Line, Listing, Reader
from cleanclaim.reference.publications.quarters import quarter_by_name, quarter_of
from cleanclaim.values import Interval

PUBLICATION = "hcpcs_changes"
TITLE = "CMS HCPCS transaction report (what was added, changed and ended)"

FEWEST_CHANGES = 20  # the smallest that was read has 23, beside thousands of rows without a change

_DESCRIPTORS = ("SHORT DESCRIPTION", "LONG DESCRIPTION")
_HEADERS = (
    ("HCPC/MOD", "ACTION CD"), ("HCPC", "ACTION CD", *_DESCRIPTORS), ("HCPCS/MOD", "TYPE OF CHANGE"),
    ("HCPCS/Modifier Code", "Type of Change"),
)  # fmt: skip
_CODE = re.compile(r"[A-Z][0-9]{4}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_DENTAL = "D"  # CDT: its wording is not free
_NAMED_QUARTERS = (
    re.compile(r"(?P<year>20[0-9]{2})[_ -]*(?P<month>JAN|APR|JUL|OCT)", re.IGNORECASE),
    re.compile(r"(?P<month>JAN|APR|JUL|OCT)[A-Za-z]*[_ -]*(?P<year>20[0-9]{2})", re.IGNORECASE),
)
_NAMED_YEAR = re.compile(r"HCPC(?:20)?([0-9]{2})_|(?<![0-9])20([0-9]{2})(?![0-9])", re.IGNORECASE)
_LETTERS = {
    "add": "A", "discontinued": "D", "re-activated": "R", "coverage change": "F", "payment change": "P",
}  # fmt: skip


def _found(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    """The row of the header, and the places of code, action, and the descriptors where it has them."""
    for number, row in enumerate(rows[:40]):
        if places := next(filter(None, (places_of(row, header) for header in _HEADERS)), None):
            code, action, *_ = places.values()
            return number, {"code": code, "action": action, **(places_of(row, _DESCRIPTORS) or {})}
    return None


def _letters(action: str) -> str | None:
    """The letters of an action in words; None for one that the key of the report does not have."""
    words = action.casefold()
    if words in _LETTERS:
        return _LETTERS[words]
    if words.startswith("miscellaneous"):
        return "T"
    if "coverage" in words and "long desc" in words:
        return "B"
    if "desc" not in words:
        return None
    return ("C" if "long" in words else "") + ("S" if "short" in words else "") or None


def _quarter(heading: Heading) -> Interval:
    source = heading.source
    names = (source.name, source.archive)
    if quarter := quarter_by_name(source, names, _NAMED_QUARTERS, "the report names none", heading.notes):
        return quarter
    if annual := _NAMED_YEAR.search(source.name):
        year = f"20{annual[1] or annual[2]}"
        heading.notes.append(f"the annual report of {year}, as the file's name says: in effect from 1 January")
        return quarter_of(date(int(year), 1, 1))
    # In an archive the rest can be read.
    raise (NotImported if source.archive else UnreadableInput)(
        f"{source.place}: neither the report nor its name tell its quarter; say it with --release 2020-Q3"
    )


def _key(line: Line) -> str:
    if not _is_known(line):
        return line["code"][:20]
    known = line["action"].casefold() == "no change" or _letters(line["action"])
    return line["code"] if known else f"{line['code']} {line['action'][:40]}"


def _is_known(line: Line) -> bool:
    return bool(_CODE.fullmatch(line["code"]) or _MODIFIER.fullmatch(line["code"]))


def _descriptor(column: str) -> Reader:
    return lambda line: None if len(line["code"]) == 5 and line["code"].startswith(_DENTAL) else line.text(column)


_LISTING = Listing(
    table="hcpcs_change", header=_HEADERS[0], find=_found, sheets=True,
    days=_quarter, fewest=lambda _: FEWEST_CHANGES, counted="changes",
    by_key=False,  # what an excerpt lacks may have changed too, and may change twice: it is complete for nothing
    key=_key,
    aside={
        "neither a Level II code nor a modifier": lambda line: not _is_known(line),
        "no change": lambda line: line["action"].casefold() == "no change",
        "an action that is not in the key": lambda line: _letters(line["action"]) is None,
    },
    columns={
        "hcpcs_code": lambda line: line["code"] if len(line["code"]) == 5 else None,
        "modifier": lambda line: line["code"] if len(line["code"]) == 2 else None,
        "action": lambda line: _letters(line["action"]), "effective_date": lambda line: line.days.first,
        "short_descriptor": _descriptor(_DESCRIPTORS[0]), "descriptor": _descriptor(_DESCRIPTORS[1]),
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
