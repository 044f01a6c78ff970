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
from cleanclaim.reference.publications.headers import plain_name
from cleanclaim.reference.publications.listing import Heading, Line, Listing, Reader
from cleanclaim.reference.publications.quarters import MONTHS, agreed_quarter, quarter_of
from cleanclaim.values import Interval

PUBLICATION = "pfs_rvu"
TITLE = "CMS physician fee schedule, relative value file (PPRRVU)"

FEWEST_ROWS = 15_000  # the file has had more than 17,000 for years: one with fewer was cut

_OPPS = "used for OPPS payment amount"
# How our columns are named, over all of the lines.
_NAMES = {
    "modifier": "MOD", "status_code": "STATUS CODE", "not_used_for_payment": "NOT USED FOR MEDICARE PAYMENT",
    "work_rvu": "WORK RVU", "nonfacility_pe_rvu": "NON-FAC PE RVU", "nonfacility_na": "NON-FAC NA INDICATOR",
    "facility_pe_rvu": "FACILITY PE RVU", "facility_na": "FACILITY NA INDICATOR", "mp_rvu": "MP RVU",
    "nonfacility_total": "NON-FACILITY TOTAL", "facility_total": "FACILITY TOTAL", "pctc_indicator": "PCTC IND",
    "global_days": "GLOB DAYS", "preoperative": "PRE OP", "intraoperative": "INTRA OP", "postoperative": "POST OP",
    "multiple_procedure": "MULT PROC", "bilateral_surgery": "BILAT SURG", "assistant_at_surgery": "ASST SURG",
    "co_surgeons": "CO- SURG", "team_surgery": "TEAM SURG", "price_indicator": "PRIC IND",
    "endoscopic_base": "ENDO BASE", "conversion_factor": "CONV FACTOR",
    "supervision": "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES", "calculation_flag": "CALCULATION FLAG",
    "imaging_family": "DIAGNOSTIC IMAGING FAMILY INDICATOR", "opps_nonfacility_pe": f"NON-FACILITY PE {_OPPS}",
    "opps_facility_pe": f"FACILITY PE {_OPPS}", "opps_mp": f"MP {_OPPS}",
}  # fmt: skip
_NOT_ALWAYS = {"price_indicator"}
_MARKS = {"not_used_for_payment": "+", "nonfacility_na": "NA", "facility_na": "NA"}
_LINES_ABOVE = 4

_TITLE = re.compile(r"(20[0-9]{2}) National Physician Fee Schedule Relative Value File(?: ([A-Z][a-z]+) Release)?")
_CODE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}|")
_TWO_FILES_SINCE = 2026
_UNKNOWN = "unknown"
_PAID_TO = {"non_qp": r"non[ _-]?qpp?(?![a-z])", "qp": r"(?<!non)(?<!non[ _-])qpp?(?![a-z])"}


def _found(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    """The row that begins with HCPCS, MOD, and the columns that are named over it and the lines above it."""
    row = next((n for n, row in enumerate(rows) if [cell.strip() for cell in row[:2]] == ["HCPCS", "MOD"]), None)
    if row is None:
        return None
    lines = rows[max(0, row - _LINES_ABOVE) : row + 1]
    names = [plain_name("".join(line[n] for line in lines if n < len(line))) for n in range(len(lines[-1]))]
    places = {name: names.index(plain_name(text)) for name, text in _NAMES.items() if plain_name(text) in names}
    return row, {"hcpcs_code": 0, **places}


def _quarter(heading: Heading) -> Interval:
    source, year = heading.source, int(heading.in_title(1))
    if missing := [text for name, text in _NAMES.items() if name not in heading.places and name not in _NOT_ALWAYS]:
        raise UnreadableInput(
            f"{source.place}: row {heading.row + 1}, the header, has no column {', '.join(missing)} (over its lines):"
            " the publisher changed the layout, or it is another file"
        )
    month = MONTHS.get(heading.in_title(2).lower())
    quarter = agreed_quarter(
        source, quarter_of(date(year, month, 1)) if month else None,
        f"its title names {year} and no month of release; say which quarter it is:"
        f" --release {year}-Q1, -Q2, -Q3 or -Q4",
        f"its title says {heading.in_title(0)!r}, not", year,
    )  # fmt: skip
    if heading.series == _UNKNOWN:
        raise UnreadableInput(
            f"{source.place}: since {_TWO_FILES_SINCE} there are two files a quarter, and only their names tell which"
            " is which: keep QPP or nonQPP in the name"
        )
    return quarter


def _paid_to(heading: Heading) -> str:
    if int(heading.in_title(1)) < _TWO_FILES_SINCE:
        return "everyone"
    name = heading.source.name
    return next((who for who, words in _PAID_TO.items() if re.search(words, name, re.IGNORECASE)), _UNKNOWN)


def _key(line: Line) -> str:
    """The code with its modifier, as far as they are ones."""
    code = line["hcpcs_code"].upper()
    if not (_CODE.fullmatch(code) and _MODIFIER.fullmatch(line["modifier"])):
        return code[:20]
    return f"{code} {line['modifier']}".strip()


def _mark(name: str) -> Reader:
    return lambda line: line[name].upper() == _MARKS[name]


_LISTING = Listing(
    table="pfs_rvu", find=_found, title=_TITLE,
    days=_quarter, series=_paid_to, fewest=lambda _: FEWEST_ROWS, counted="codes with their modifiers",
    key=_key,
    aside={
        "no HCPCS code in the first column": lambda line: not _CODE.fullmatch(line["hcpcs_code"].upper()),
        "no modifier of two characters": lambda line: not _MODIFIER.fullmatch(line["modifier"]),
    },
    columns={
        "hcpcs_code": lambda line: line["hcpcs_code"].upper(),
        **{name: _mark(name) if name in _MARKS else name for name in _NAMES},
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
