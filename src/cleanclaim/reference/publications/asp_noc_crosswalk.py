"""The NDCs of drugs without a code of their own (CMS `ASP NOC NDC-HCPCS Crosswalk`), a short list each quarter."""

from __future__ import annotations

import re

from cleanclaim.reference.publications.listing import Listing

PUBLICATION = "asp_noc_crosswalk"
TITLE = "CMS NDCs of drugs without a code of their own (ASP NOC crosswalk)"

HEADER = (
    "Drug Generic Name", "LABELER NAME", "NDC or ALTERNATE ID", "Drug Name", "Dosage",
    "PKG SIZE", "PKG QTY", "BILLUNITS", "BILLUNITSPKG",
)  # fmt: skip
_NDC = re.compile(r"[0-9]{5}-[0-9]{4}-[0-9]{2}")

_LISTING = Listing(
    table="noc_crosswalk", header=HEADER,
    key=lambda line: line["NDC or ALTERNATE ID"][:20],
    aside={
        "an alternate id in place of an NDC": lambda line: not (line["Drug Generic Name"] and _NDC.fullmatch(line.key)),
    },
    columns={
        "ndc11": lambda line: line.key.replace("-", ""), "drug_name": "Drug Generic Name", "product_name": "Drug Name",
        "labeler": "LABELER NAME", "dosage": "Dosage", "package_size": "PKG SIZE", "package_quantity": "PKG QTY",
        "bill_units": "BILLUNITS", "bill_units_package": "BILLUNITSPKG",
    },
)  # fmt: skip
recognize, parse = _LISTING.recognize, _LISTING.parse
