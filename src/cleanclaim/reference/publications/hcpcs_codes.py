"""A list of the Level II codes of a quarter, one a line and nothing else, as extracts of the HCPCS file are passed on.

It tells that a code is in the file of the quarter (ended codes stay in it for years), not since when and until when it
may be billed nor what it is: everything else is unknown. It never replaces the file itself.
"""

from __future__ import annotations

import re
from dataclasses import replace

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.hcpcs_records import PUBLICATION
from cleanclaim.reference.publications.listing import release_of
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.quarters import days_named, stated_quarter
from cleanclaim.reference.publications.source import Source
from cleanclaim.reference.tables import HCPCS

__all__ = ["PUBLICATION", "TITLE", "parse", "recognize"]

TITLE = "list of HCPCS Level II codes (one a line)"

FEWEST_CODES = 5000  # as many as the HCPCS file itself has

_CODE = re.compile(r"[A-Z][0-9]{4}")
_ONLY_CODES = re.compile(rb"(?:[A-Z][0-9]{4}[ \t]*\r?\n)*[A-Z][0-9]{4}\s*")
_NAMED_QUARTER = re.compile(r"(?P<year>20[0-9]{2})[ _-]?q(?P<quarter>[1-4])", re.IGNORECASE)


def recognize(source: Source) -> bool:
    """Whether every line is a Level II code and nothing else."""
    return not source.is_packed and _ONLY_CODES.fullmatch(source.content) is not None


def parse(source: Source) -> Parsed:
    """The codes of one quarter, with nothing known about them.

    Raises: UnreadableInput when the quarter is not known or the list is cut short;
    OverlappingValidity for a code twice.
    """
    named = _NAMED_QUARTER.search(source.name)
    effective = stated_quarter(source) or (days_named(named) if named else None)
    if effective is None:
        raise UnreadableInput(
            f"{source.place}: a list of codes names no quarter, nor does its name; say it with --release 2026-Q3"
        )
    codes = [line.strip() for line in source.lines if line.strip()]
    unknown = (None,) * (len(HCPCS.columns) - 4)  # all but the code, the days and the release
    rows = [(code, *unknown, effective.first, effective.last) for code in codes]
    notes = ("codes only: their days, descriptors and billing units stay unknown",)
    return replace(release_of(source, "hcpcs", rows, (), effective, fewest=FEWEST_CODES, notes=notes), thin=True)
