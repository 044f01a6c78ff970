"""An index of the Medicare Coverage Database: local coverage determinations and articles, each version with its days.

A UTF-8 CSV of what the CMS Coverage API lists, one row a version, its columns in the order of their names. Contractors
stand on several lines inside their cell, a document of two contractors (DME) has them both. Days are MM/DD/YYYY or
`N/A`. The day of the index stands in the name of the file (`documents_latest_2025-08-17.csv`), else the user says it:
--release 2025-08-17. It is complete for that day, and tells of others: a version holds from its effective date until
the day before the next version that is listed, and a document never past its retirement date. What contractors cover
(codes, diagnoses) is in no index.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.reference.cells import Row
from cleanclaim.reference.intervals import before
from cleanclaim.reference.publications.headers import Cells, cells_below, header_row, require_header
from cleanclaim.reference.publications.listing import release_of
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import OPEN_END, Interval, parse_date

PUBLICATION = "coverage_documents"
TITLE = "Medicare Coverage Database, index of local coverage determinations and articles"

FEWEST_ROWS = 1_500  # there are about 3,000: an index with fewer was cut

HEADER = (
    "contractor_name_type", "document_display_id", "document_id", "document_type", "document_version", "effective_date",
    "note", "retirement_date", "title", "updated_on", "url",
)  # fmt: skip
_DISPLAY_ID = re.compile(r"[LA][0-9]{1,9}")
_SELF_ADMINISTERED = re.compile(r"self[ -]administered drug", re.IGNORECASE)
_DAY_IN_NAME = re.compile(r"(?<![0-9])(20[0-9]{2}-[01][0-9]-[0-3][0-9])(?![0-9])")
_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


@dataclass(frozen=True, slots=True)
class _Version:
    row: int
    cells: Cells
    number: int
    effective: date
    retired: date | None
    last: date


def recognize(source: Source) -> bool:
    """Whether the file has the header of the index."""
    return not source.is_packed and header_row(source.head, HEADER) is not None


def parse(source: Source) -> Parsed:
    """The documents that were listed on one day.

    Raises: UnreadableInput when the day is not known or the file is cut short; OverlappingValidity for two versions of
    a document from one day.
    """
    records = source.records_in("utf-8")
    start = require_header(source, records, HEADER)
    listed = _listed_on(source)
    aside: list[RowSetAside] = []
    doubts: list[str] = []
    by_document: dict[str, list[_Version]] = {}
    for number, cells in cells_below(source, start, HEADER, records):
        version = _version(number, cells, doubts)
        if isinstance(version, str):
            aside.append(RowSetAside(number, version, cells["document_display_id"][:20]))
        else:
            by_document.setdefault(cells["document_display_id"], []).append(version)
    versions = [one for several in by_document.values() for one in _until_the_next(several)]
    rows = [_row(one, listed) for one in sorted(versions, key=lambda one: one.row)]
    day = Interval(listed, listed)
    release = release_of(
        source, "coverage_document", rows, aside, day, fewest=FEWEST_ROWS, counted="documents",
        name=listed.isoformat(), by_key=False, notes=doubts,
    )  # fmt: skip
    first = min((version.effective for version in versions), default=None)
    return replace(release, tells=Interval(first, OPEN_END) if first else None)


def _listed_on(source: Source) -> date:
    named = _DAY_IN_NAME.search(source.name)
    text = (source.release or (named[1] if named else "")).strip()
    try:
        return parse_date(text)
    except InvalidValue:
        raise UnreadableInput(
            f"{source.place}: {text[:20]!r} is no day, and nothing else tells on which one the index was taken;"
            " say it with --release 2025-08-17"
        ) from None


def _version(number: int, cells: Cells, doubts: list[str]) -> _Version | str:
    """The version, or why there is none."""
    if not _DISPLAY_ID.fullmatch(cells["document_display_id"]):
        return "no number of a determination (L...) or article (A...)"
    if not re.fullmatch(r"[0-9]{1,6}", cells["document_version"]):
        return "no number of a version"
    effective, retired = _day(cells["effective_date"]), _day(cells["retirement_date"])
    if effective is None:
        return "no effective date"
    if retired is None and cells["retirement_date"] not in ("", "N/A"):
        doubts.append(f"row {number} {cells['document_display_id']}: {cells['retirement_date'][:20]!r} is no day")
    if retired and retired < effective:
        return "retired before it was in force"
    return _Version(number, cells, int(cells["document_version"]), effective, retired, retired or OPEN_END)


def _until_the_next(versions: Sequence[_Version]) -> list[_Version]:
    """The versions of a document, each until the day before a later one is in force."""
    ordered = sorted(versions, key=lambda one: (one.effective, one.number))
    cut = [
        replace(one, last=min(one.last, before(later.effective))) if later.effective > one.effective else one
        for one, later in pairwise(ordered)
    ]
    return [*cut, *ordered[-1:]]


def _row(version: _Version, listed: date) -> Row:
    cells: Mapping[str, str] = version.cells
    status = "future" if version.effective > listed else "current"
    if version.retired and version.retired < listed:
        status = "retired"
    return (
        cells["document_display_id"], cells["document_id"], version.number, cells["document_type"], cells["title"],
        _contractors(cells["contractor_name_type"]), bool(_SELF_ADMINISTERED.search(cells["title"])), status,
        cells["note"] or None, version.effective, version.retired, _day(cells["updated_on"]), cells["url"] or None,
        version.effective, version.last,
    )  # fmt: skip


def _contractors(text: str) -> str | None:
    """On one line: `Name (jurisdictions)`; several, which an empty line parts, joined by `;`."""
    several = [" ".join(part.split()) for part in re.split(r"\r?\n\s*\r?\n", text)]
    return "; ".join(filter(None, several)) or None


def _day(text: str) -> date | None:
    day = _DAY.fullmatch(text)
    try:
        return date(int(day[3]), int(day[1]), int(day[2])) if day else None
    except ValueError:
        return None
