"""Which publication tells a reference table: what people call it, and for which days one file of it speaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """A publication. One file speaks for a quarter, and for some years before it where ended rows stay in it."""

    name: str
    title: str
    years_back: int = 0
    by_code: bool = False  # told code by code, in no file of a quarter


PUBLISHED = {
    "mue": Published("MUE", "CMS NCCI medically unlikely edits"),
    "asp_limit": Published("ASP payment limits", "CMS payment limits for Medicare Part B drugs (ASP pricing file)"),
    "ndc_crosswalk": Published("ASP NDC-HCPCS crosswalk", "CMS ASP NDC-HCPCS crosswalk"),
    # Ended codes stay in the file for about ten years (COD-10).
    "hcpcs": Published("HCPCS Level II", "CMS HCPCS Level II quarterly file", years_back=10),
    "ptp": Published("PTP edits", "CMS NCCI procedure-to-procedure edits"),
    "diagnosis": Published("ICD-10-CM", "ICD-10-CM code file of the fiscal year"),
    "ndc_package": Published("NDC directory", "FDA National Drug Code directory, product and package files"),
    "modifier": Published("HCPCS modifiers", "CMS HCPCS Level II quarterly file"),
    "place_of_service": Published("place of service codes", "CMS Place of Service Code Set"),
    "opps_status": Published("OPPS Addendum B", "CMS OPPS Addendum B"),
    "asc_payment": Published("ASC addenda", "CMS ASC addenda AA and BB"),
    "product": Published("container of", "the label of the product, or the FDA NDC directory", by_code=True),
}
