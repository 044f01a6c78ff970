"""The relative values of the physician fee schedule (CMS `PPRRVU2025_Oct.csv`, from 2026 `..._nonQPP` and `..._QPP`).

A cp1252 CSV. The names of its columns stand over each other in five lines, the last of which says `RVU`, `SURG` or
`TOTAL` several times: a column is known by its five cells together. 2026 has one column more (PRIC IND), and two files
a quarter, which differ in the conversion factor and are a series each; only their names tell them apart. The title
names year and quarter (`2025 ... October Release`), which give every row its days. A row is a code, or a code with a
modifier (26, TC, 53). Descriptions are CPT wording and are never read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.cells import Cell, Row
from cleanclaim.reference.publications.headers import plain_name
from cleanclaim.reference.publications.listing import Line, lines_of, read_lines, release_of
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.preamble import numbered_below
from cleanclaim.reference.publications.quarters import MONTHS, quarter_of, stated_quarter
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval

PUBLICATION = "pfs_rvu"
TITLE = "CMS physician fee schedule, relative value file (PPRRVU)"

FEWEST_ROWS = 15_000  # the file has had more than 17,000 for years: one with fewer was cut

_OPPS = "used for OPPS payment amount"
# In the order of the table: where a column is named, over all of its lines.
_NAMES = {
    "modifier": "MOD",
    "status_code": "STATUS CODE",
    "not_used_for_payment": "NOT USED FOR MEDICARE PAYMENT",
    "work_rvu": "WORK RVU",
    "nonfacility_pe_rvu": "NON-FAC PE RVU",
    "nonfacility_na": "NON-FAC NA INDICATOR",
    "facility_pe_rvu": "FACILITY PE RVU",
    "facility_na": "FACILITY NA INDICATOR",
    "mp_rvu": "MP RVU",
    "nonfacility_total": "NON-FACILITY TOTAL",
    "facility_total": "FACILITY TOTAL",
    "pctc_indicator": "PCTC IND",
    "global_days": "GLOB DAYS",
    "preoperative": "PRE OP",
    "intraoperative": "INTRA OP",
    "postoperative": "POST OP",
    "multiple_procedure": "MULT PROC",
    "bilateral_surgery": "BILAT SURG",
    "assistant_at_surgery": "ASST SURG",
    "co_surgeons": "CO- SURG",
    "team_surgery": "TEAM SURG",
    "price_indicator": "PRIC IND",
    "endoscopic_base": "ENDO BASE",
    "conversion_factor": "CONV FACTOR",
    "supervision": "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES",
    "calculation_flag": "CALCULATION FLAG",
    "imaging_family": "DIAGNOSTIC IMAGING FAMILY INDICATOR",
    "opps_nonfacility_pe": f"NON-FACILITY PE {_OPPS}",
    "opps_facility_pe": f"FACILITY PE {_OPPS}",
    "opps_mp": f"MP {_OPPS}",
}
_NOT_ALWAYS = {"price_indicator"}
_AMOUNTS = {
    "work_rvu", "nonfacility_pe_rvu", "facility_pe_rvu", "mp_rvu", "nonfacility_total", "facility_total",
    "preoperative", "intraoperative", "postoperative", "conversion_factor", "opps_nonfacility_pe", "opps_facility_pe",
    "opps_mp",
}  # fmt: skip
_MARKS = {"not_used_for_payment": "+", "nonfacility_na": "NA", "facility_na": "NA"}
_LINES_ABOVE = 4

_TITLE = re.compile(r"(20[0-9]{2}) National Physician Fee Schedule Relative Value File(?: ([A-Z][a-z]+) Release)?")
_CODE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}|")
_TWO_FILES_SINCE = 2026
_PAID_TO = {"non_qp": r"non[ _-]?qpp?(?![a-z])", "qp": r"(?<!non)(?<!non[ _-])qpp?(?![a-z])"}


def recognize(source: Source) -> bool:
    """Whether the title of the file and a header that begins with HCPCS, MOD stand among its first lines."""
    return not source.is_packed and _title(source) is not None and _header_row(source.head) is not None


def parse(source: Source) -> Parsed:
    """The relative values of one quarter.

    Raises: UnreadableInput when a column is missing, the quarter or the series is not known, or the file is cut short;
    OverlappingValidity for a code and modifier twice.
    """
    start = _header_row(source.records)
    title = _title(source)
    if start is None or title is None:
        raise UnreadableInput(f"{source.place}: no title and header of the relative value file")
    places = _places(source, start)
    effective = _quarter(source, title)
    paid_to = _paid_to(source, effective.first.year)
    doubts: list[str] = []
    numbered = numbered_below(source, start, places.values())
    rows, aside = read_lines(lines_of(numbered, places, doubts), lambda line: _row(line, paid_to, effective))
    return release_of(
        source, "pfs_rvu", rows, aside, effective,
        fewest=FEWEST_ROWS, counted="codes with their modifiers", series=paid_to, notes=doubts,
    )  # fmt: skip


def _row(line: Line, paid_to: str, effective: Interval) -> Row | str:
    """The row, or why there is none."""
    code = line.key = line.key.upper()
    if not _CODE.fullmatch(code):
        return "no HCPCS code in the first column"
    if not _MODIFIER.fullmatch(line["modifier"]):
        return "no modifier of two characters"
    line.key = f"{code} {line['modifier']}".strip()
    values = [_value(line, name) for name in _NAMES if name != "modifier"]
    return (code, line.text("modifier"), paid_to, *values, effective.first, effective.last)


def _value(line: Line, name: str) -> Cell:
    if name in _AMOUNTS:
        return line.amount(name)
    if name in _MARKS:
        return line[name].upper() == _MARKS[name]
    return line.text(name)


def _title(source: Source) -> re.Match[str] | None:
    return _TITLE.search(" ".join(cell for row in source.head for cell in row))


def _header_row(rows: Sequence[Sequence[str]]) -> int | None:
    return next((n for n, row in enumerate(rows) if [cell.strip() for cell in row[:2]] == ["HCPCS", "MOD"]), None)


def _places(source: Source, start: int) -> dict[str, int]:
    lines = source.records[max(0, start - _LINES_ABOVE) : start + 1]
    joined = [plain_name("".join(line[n] for line in lines if n < len(line))) for n in range(len(lines[-1]))]
    wanted = {name: plain_name(text) for name, text in _NAMES.items()}
    if missing := [_NAMES[name] for name, text in wanted.items() if text not in joined and name not in _NOT_ALWAYS]:
        raise UnreadableInput(
            f"{source.place}: row {start + 1}, the header, has no column {', '.join(missing)} (over its lines):"
            " the publisher changed the layout, or it is another file"
        )
    return {name: joined.index(text) for name, text in wanted.items() if text in joined}


def _quarter(source: Source, title: re.Match[str]) -> Interval:
    stated = stated_quarter(source)
    month = MONTHS.get((title[2] or "").lower())
    if month is None and stated is None:
        raise UnreadableInput(
            f"{source.place}: its title names {title[1]} and no month of release; say which quarter it is:"
            f" --release {title[1]}-Q1, -Q2, -Q3 or -Q4"
        )
    told = quarter_of(date(int(title[1]), month, 1)) if month else stated
    if told is None or stated not in (None, told) or told.first.year != int(title[1]):
        raise UnreadableInput(f"{source.place}: its title says {title[0]!r}, not {source.release}")
    return told


def _paid_to(source: Source, year: int) -> str:
    if year < _TWO_FILES_SINCE:
        return "everyone"
    found = next((name for name, words in _PAID_TO.items() if re.search(words, source.name, re.IGNORECASE)), None)
    if found is None:
        raise UnreadableInput(
            f"{source.place}: since {_TWO_FILES_SINCE} there are two files a quarter, and only their names tell which"
            " is which: keep QPP or nonQPP in the name"
        )
    return found
