"""What both files of the fee schedule's localities have: numbers that lose zeros, marks, footnotes, the year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval

FOOTNOTE = re.compile(r"\s*(\*+)\s*(?=[A-Za-z])")
_MARKED = re.compile(r"(.*?)\s*(\**)")
_MAC = re.compile(r"[0-9]{4,5}")
_LOCALITY = re.compile(r"[0-9]{1,2}")


def mac(text: str) -> str | None:
    """The number of a contractor in five digits, its zero restored; None for what is none."""
    return text.strip().zfill(5) if _MAC.fullmatch(text.strip()) else None


def locality(text: str) -> str | None:
    """The number of a locality in two digits, its zero restored; None for what is none."""
    return text.strip().zfill(2) if _LOCALITY.fullmatch(text.strip()) else None


def without_marks(text: str) -> tuple[str, str]:
    """A name, and the stars behind it."""
    found = _MARKED.fullmatch(text.strip())
    return (found[1], found[2]) if found else (text.strip(), "")


def footnotes(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """The footnotes among the rows, by their stars."""
    marked = [(found[1], row[0][found.end() :].strip()) for row in rows if row and (found := FOOTNOTE.match(row[0]))]
    return dict(marked)


def year_of(source: Source, title: re.Match[str] | None) -> tuple[str, Interval]:
    """The calendar year that a title names: its release (CY2025) and its days. Groups: `proposed`, the year.

    Raises: UnreadableInput when it names none, a proposed one, or another than the user.
    """
    if title is None:
        raise UnreadableInput(f"{source.place}: the lines above the header name no calendar year")
    if title[1]:
        raise UnreadableInput(f"{source.place}: of the rule proposed for {title[2]}: nobody is paid by it")
    release = f"CY{title[2]}"
    if source.release and source.release.strip().upper() != release:
        raise UnreadableInput(f"{source.place}: its title says that it is {release}, not {source.release}")
    return release, Interval(date(int(title[2]), 1, 1), date(int(title[2]), 12, 31))
