"""The quarterly payment limits of Medicare Part B drugs (CMS `ASP Pricing File`, from 2026 `... Payment Limit File`).

A cp1252 CSV with a preamble that names the quarter, which gives every row its dates, and a header to be found by its
text. A limit of `N/A` is null: the MAC prices the code, or the notes tell. A code that is not listed has none.
"""

from __future__ import annotations

import re

from cleanclaim.reference.publications.listing import Listing, paragraph

PUBLICATION = "asp"
TITLE = "CMS payment limits for Medicare Part B drugs (ASP pricing file)"

FEWEST_ROWS = 400  # the file has had more than 800 codes for years: one with fewer was cut

HEADER = ("HCPCS Code", "Short Description", "HCPCS Code Dosage", "Payment Limit", "Co-insurance Percentage")
_CODE = re.compile(r"[A-Z0-9][0-9]{3}[A-Z0-9]")

_LISTING = Listing(
    table="asp_limit", header=HEADER, also=("Vaccine AWP%", "Vaccine Limit", "Notes"),
    fewest=lambda _: FEWEST_ROWS,
    key=lambda line: line["HCPCS Code"].upper()[:20],
    aside={"no HCPCS code in the first column": lambda line: not _CODE.fullmatch(line.key)},
    columns={
        "hcpcs_code": lambda line: line.key, "dosage": "HCPCS Code Dosage",
        "payment_limit": "Payment Limit", "coinsurance_percent": "Co-insurance Percentage",
        "is_vaccine": lambda line: bool(line["Vaccine Limit"] or line["Vaccine AWP%"]), "notes": paragraph("Notes"),
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
