"""The processing notes of the HCPCS file (CMS, `proc_notes_JAN2026.txt`): a print report of notes by number.

A note starts with four digits and `--`, goes on in indented lines, and the right edge is marked by `*`. The file names
no quarter: it stands in the name of the file (`JAN2026`; a year alone is the annual file, for its first quarter), else
the user says it.
"""

from __future__ import annotations

import re
from datetime import date

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.listing import release_of
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside
from cleanclaim.reference.publications.quarters import quarter_by_name, quarter_of
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval

PUBLICATION = "hcpcs_notes"
TITLE = "CMS HCPCS processing notes"

FEWEST_NOTES = 100  # there have been more than 140 for years: a file with fewer was cut

_TITLE_LINE = re.compile(r"\s*PROCESSING NOTES\s*")
_NOTE = re.compile(r"\s*([0-9]{4})--(.*)")
_NAMED_QUARTER = re.compile(r"(?P<month>JAN|APR|JUL|OCT)[a-z]*[ _-]*(?P<year>20[0-9]{2})", re.IGNORECASE)
_NAMED_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")


def recognize(source: Source) -> bool:
    """Whether the title of the notes and a note stand among the first lines."""
    begin = [] if source.is_packed else source.content[:4096].decode("cp1252", errors="replace").split("\n")
    return any(_TITLE_LINE.fullmatch(line.rstrip("\r")) for line in begin) and any(map(_NOTE.match, begin))


def parse(source: Source) -> Parsed:
    """The notes of one quarter. Rows read are notes; lines that belong to none are set aside.

    Raises: UnreadableInput when the quarter is not known or the file is cut short;
    OverlappingValidity for a note twice.
    """
    notes: list[str] = []
    effective = _quarter(source, notes)
    texts: dict[int, tuple[str, list[str]]] = {}
    aside: list[RowSetAside] = []
    current: list[str] | None = None
    for number, line in enumerate(source.lines, 1):
        text = line.rstrip().removesuffix("*").strip()
        if not text or _TITLE_LINE.fullmatch(line) or not text.strip("_"):
            continue
        if numbered := _NOTE.fullmatch(line.rstrip().removesuffix("*").rstrip()):
            current = [numbered[2].strip()]
            texts[number] = numbered[1], current
        elif current is None:
            aside.append(RowSetAside(number, "a line that belongs to no note", text[:20]))
        else:
            current.append(text)
    rows = [
        (note, " ".join(parts) or None, effective.first, effective.last) for note, parts in texts.values()
    ]  # fmt: skip
    return release_of(
        source, "processing_note", rows, aside, effective, fewest=FEWEST_NOTES, counted="notes", notes=notes
    )


def _quarter(source: Source, notes: list[str]) -> Interval:
    if quarter := quarter_by_name(source, [source.name], [_NAMED_QUARTER], "the file names none", notes):
        return quarter
    if year := _NAMED_YEAR.search(source.name):
        notes.append(f"of the annual file of {year[1]}, as the file's name says: its first quarter")
        return quarter_of(date(int(year[1]), 1, 1))
    raise UnreadableInput(
        f"{source.place}: neither the notes nor the name of the file tell their quarter; say it with --release 2026-Q1"
    )
