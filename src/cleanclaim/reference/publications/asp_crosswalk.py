"""Which NDCs stand under which code in a quarter (CMS `ASP NDC-HCPCS Crosswalk`).

A cp1252 CSV with a preamble that names the quarter. Its first column is named for a year that can lag (`_2023_CODE` in
January 2024), hundreds of empty columns may follow. Some rows have an alternate id in place of an NDC (skin
substitutes): they name no drug number and are set aside. One NDC may stand under several codes. BILLUNITS and
BILLUNITSPKG are kept as printed: CMS rounds up in some rows, so that one is not always the other times PKG QTY.
Names are kept as printed, without trade marks; they say what a row is about and never make two rows of one.
"""

from __future__ import annotations

import re

from cleanclaim.reference.code_forms import CodeForm, code_form
from cleanclaim.reference.publications.listing import Line, Listing, Reader

PUBLICATION = "asp_crosswalk"
TITLE = "CMS ASP NDC-HCPCS crosswalk"

FEWEST_ROWS = 3000  # the file has had more than 6,600 rows for years: one with fewer was cut

HEADER = ("Short Description", "NDC2", "HCPCS dosage", "PKG SIZE", "PKG QTY", "BILLUNITS", "BILLUNITSPKG")
_MARKS = str.maketrans("\u00ae\u2122", "  ")  # registered and trade mark
_CODE = re.compile(r"[A-Z0-9][0-9]{3}[A-Z0-9]")
_NDC = re.compile(r"[0-9]{5}-[0-9]{4}-[0-9]{2}")


def _is_code(line: Line) -> bool:
    return _CODE.fullmatch(line["code"].upper()) is not None


def _name(column: str) -> Reader:
    """Reads a name without trade marks and needless white space; none is read beside a CPT code."""

    def read(line: Line) -> str | None:
        is_cpt = code_form(line["code"].upper()) is CodeForm.CPT
        return None if is_cpt else " ".join(line[column].translate(_MARKS).split()) or None

    return read


_LISTING = Listing(
    table="ndc_crosswalk", header=HEADER, also=("Drug Name", "LABELER NAME"),
    varying={"code": (re.compile(r"_20[0-9]{2}_code"),)},
    fewest=lambda _: FEWEST_ROWS, counted="rows",
    key=lambda line: f"{line['code'].upper()} {line['NDC2'][:20]}" if _is_code(line) else line["code"].upper()[:20],
    aside={
        "no HCPCS code in the first column": lambda line: not _is_code(line),
        "an alternate id in place of an NDC": lambda line: not _NDC.fullmatch(line["NDC2"]),
    },
    again="the same row once more", same=lambda row: (*row[:2], *row[4:]),  # whatever the names of drug and labeler
    columns={
        "ndc11": lambda line: line["NDC2"].replace("-", ""), "hcpcs_code": lambda line: line["code"].upper(),
        "product_name": _name("Drug Name"), "labeler": _name("LABELER NAME"), "package_size": "PKG SIZE",
        "package_quantity": "PKG QTY", "bill_units": "BILLUNITS", "bill_units_package": "BILLUNITSPKG",
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
