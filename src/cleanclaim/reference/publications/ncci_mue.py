"""The quarterly medically unlikely edits (CMS NCCI, `MCR_MUE_PractitionerServices_Eff_07-01-2026`, csv or xlsx).

Three files a quarter, one per service type, each a series of its own. The first record is a notice of several lines;
the header breaks a name over two lines; the adjudication indicator is a digit with its text (`3 Date of Service Edit:
Clinical`). Rows have no dates: the file name says from when they hold, and they hold for the quarter (NCI-01). Some
values are confidential: a code without a row has no *published* MUE (NCI-08).
"""

from __future__ import annotations

import re
from decimal import Decimal

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.listing import Heading, Line, Listing
from cleanclaim.reference.publications.quarters import agreed_quarter, days_named, quarter_name, quarter_of
from cleanclaim.values import Interval

PUBLICATION = "mue"
TITLE = "CMS NCCI medically unlikely edits (MUE)"
HEADER = ("HCPCS/CPT Code", "MUE Adjudication Indicator", "MUE Rationale")  # and one that ends in `MUE Values`

FEWEST_ROWS = {"practitioner": 10_000, "outpatient": 10_000, "dme": 1_000}  # of about 15,000, 15,000 and 4,000

_CODE, _INDICATOR, _RATIONALE = HEADER
_SERVICES = {"practitioner": r"practitioner", "outpatient": r"outpatient\s*hospital|facility", "dme": r"(?<![A-Z])DME"}
_FIVE = re.compile(r"[A-Z0-9]{5}")
_UNITS = re.compile(r"[0-9]{1,9}")
_KNOWN_INDICATOR = re.compile(r"([123])(?![0-9])")
_EFFECTIVE = re.compile(
    r"Eff[._ -]*(?P<month>[0-9]{2})[._ -]?(?P<day>[0-9]{2})[._ -]?(?P<year>[0-9]{4})", re.IGNORECASE
)


def _service_type(heading: Heading) -> str | None:
    """The one service type that the name of the column of values tells, else the notice, else the file name."""
    for text in (heading.name("values"), heading.above, heading.source.name):
        services = [name for name, words in _SERVICES.items() if re.search(words, text, re.IGNORECASE)]
        if len(services) == 1:
            return services[0]
    return None


def _quarter(heading: Heading) -> Interval:
    source, quarter = heading.source, None
    if named := _EFFECTIVE.search(source.name):
        days = days_named(named)
        if days is None:
            raise UnreadableInput(f"{source.place}: {named[0]!r} in the file name is no day (MM-DD-YYYY)")
        quarter = quarter_of(days.first)
        if days != quarter:
            heading.notes.append(
                f"the file name says {days.first}, which begins no quarter: taken for all of {quarter_name(days.first)}"
            )
    return agreed_quarter(
        source,
        quarter,
        "the rows have no dates, and the file name does not say `Eff_07-01-2026`;"
        " say which quarter it is: --release 2026-Q3",
    )


def _indicator(line: Line) -> int | None:
    indicator = _KNOWN_INDICATOR.match(line[_INDICATOR])
    return int(indicator[1]) if indicator else None


_LISTING = Listing(
    table="mue", header=HEADER, varying={"values": (re.compile(r".*muevalues?"),)}, sheets=True,
    days=_quarter, series=_service_type,
    fewest=lambda heading: FEWEST_ROWS[heading.series],
    aside={
        "no code in the first column": lambda line: not _FIVE.fullmatch(line[_CODE].upper()),
        "no number of units": lambda line: not _UNITS.fullmatch(line["values"]),
        "no adjudication indicator 1, 2 or 3": lambda line: _indicator(line) is None,
    },
    columns={
        "hcpcs_code": lambda line: line[_CODE].upper(), "mue_value": lambda line: Decimal(line["values"]),
        "mue_adjudication_indicator": _indicator, "rationale": _RATIONALE,
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
