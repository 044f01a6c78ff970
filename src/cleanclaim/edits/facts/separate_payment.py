"""Whether Medicare Part B pays the line's drug by itself.

---
about: Whether Medicare Part B pays the line's drug by itself, by what it is and where it was given (`terms.separate_payment`).
grain: line
keys: [is_drug, no_cost, is_noc, given_on_site, medicare_excludes, is_vaccine, is_skin_substitute, is_radiopharmaceutical, claim_type, facility_type, payer_program, place_of_service, has_payment_limit, status_indicator, listed_vaccine, in_facility, price_lacks]
columns:
  separately_payable: {type: boolean, meaning: "whether Medicare Part B pays the drug by itself on this line (UNW-13, UNW-14); null where nothing loaded decides", ask: "the ASP pricing file of the quarter, or the place of service", tables: [asp_limit, hcpcs], source: "reference asp_limit, hcpcs; place of service"}
  separate_payment_lacks: {type: text, meaning: "`asp_limit` where a limit of the quarter would decide and no release covers the code and the day; `hcpcs` where the code itself is not known", source: reference asp_limit and its coverage}
---
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cleanclaim.terms import Place, SeparatePayment, limit_would_tell, paid_separately

_NO_OFFICE_DRUG = ("medicare_excludes", "is_vaccine", "is_skin_substitute", "is_radiopharmaceutical")


def facts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The answer for a drug and a setting."""
    place = Place(row["place_of_service"], row["facility_type"])
    office_drug = row["given_on_site"] and all(row[name] is False for name in _NO_OFFICE_DRUG)
    drug = SeparatePayment(
        row["is_drug"], row["no_cost"], bool(row["listed_vaccine"]), row["claim_type"], row["payer_program"],
        row["in_facility"], row["is_noc"], row["has_payment_limit"], row["status_indicator"], office_drug,
    )  # fmt: skip
    lacks = row["price_lacks"] if row["is_drug"] is None or limit_would_tell(drug, place) else None
    return {"separately_payable": paid_separately(drug, place), "separate_payment_lacks": lacks}
