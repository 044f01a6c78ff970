"""The NDCs of drugs without a code of their own (CMS `ASP NOC NDC-HCPCS Crosswalk`), a short list each quarter."""

from __future__ import annotations

import re

from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, dated_table
from cleanclaim.reference.publications.partial import covered
from cleanclaim.reference.publications.preamble import (
    amount_reader,
    cells_below,
    effective_days,
    header_row,
    require_header,
)  # fmt: skip
from cleanclaim.reference.publications.quarters import quarter_name
from cleanclaim.reference.publications.source import Source

PUBLICATION = "asp_noc_crosswalk"
TITLE = "CMS NDCs of drugs without a code of their own (ASP NOC crosswalk)"

HEADER = (
    "Drug Generic Name", "LABELER NAME", "NDC or ALTERNATE ID", "Drug Name", "Dosage",
    "PKG SIZE", "PKG QTY", "BILLUNITS", "BILLUNITSPKG",
)  # fmt: skip
_NDC = re.compile(r"([0-9]{5})-([0-9]{4})-([0-9]{2})")


def recognize(source: Source) -> bool:
    """Whether the file has the header of the NOC crosswalk."""
    return not source.is_packed and header_row(source.head, HEADER) is not None


def parse(source: Source) -> Parsed:
    """The NDCs of one quarter.

    Raises: UnreadableInput when no quarter is named; OverlappingValidity for an NDC twice under a drug.
    """
    start = require_header(source, source.records, HEADER)
    effective = effective_days(source, start)
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    doubts: list[str] = []
    for number, cells in cells_below(source, start, HEADER):
        name, written = cells["Drug Generic Name"], cells["NDC or ALTERNATE ID"]
        ndc = _NDC.fullmatch(written)
        if not (name and ndc):
            aside.append(RowSetAside(number, "an alternate id in place of an NDC", written[:20]))
            continue
        amount = amount_reader(number, written, cells, doubts)
        rows.append(
            (
                "".join(ndc.groups()), name, cells["Drug Name"] or None, cells["LABELER NAME"] or None,
                cells["Dosage"] or None, amount("PKG SIZE"), amount("PKG QTY"), amount("BILLUNITS"),
                amount("BILLUNITSPKG"), effective.first, effective.last,
            )
        )  # fmt: skip
    return Parsed(
        release=quarter_name(effective.first), effective=effective,
        tables={"noc_crosswalk": dated_table("noc_crosswalk", rows)},
        coverage=covered(source, "noc_crosswalk", [row[0] for row in rows], effective), thin=source.partial,
        read=len(rows) + len(aside), kept=len(rows), set_aside=tuple(aside), notes=tuple(doubts),
    )  # fmt: skip
