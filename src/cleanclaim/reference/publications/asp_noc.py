"""The payment limits of drugs without a code of their own (CMS `ASP NOC Pricing`), a short list each quarter.

Like the payment limit file, with a `$` before the limit and no code: a row is a drug and the unit of its limit.
"""

from __future__ import annotations

from cleanclaim.reference.publications.listing import Listing, paragraph

PUBLICATION = "asp_noc"
TITLE = "CMS payment limits of drugs without a code of their own (ASP NOC pricing)"

HEADER = ("Drug Generic Name (Trade Name)", "Dosage", "Payment Limit", "Notes")

_LISTING = Listing(
    table="noc_limit", header=HEADER,
    # Without a dosage it may be a line of text: it is named by its beginning.
    key=lambda line: line[HEADER[0]] if line["Dosage"] else line[HEADER[0]][:20],
    aside={"no drug with the unit of its limit": lambda line: not (line[HEADER[0]] and line["Dosage"])},
    columns={
        "drug_name": HEADER[0], "dosage": "Dosage", "payment_limit": "Payment Limit", "notes": paragraph("Notes"),
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
