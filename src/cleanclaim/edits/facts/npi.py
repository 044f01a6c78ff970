"""Whether the provider numbers of a claim have the form and check digit of an NPI.

---
about: Whether the provider numbers of a claim have the form and check digit of an NPI.
grain: claim
keys: [billing_npi, rendering_npi, referring_npi, supervising_npi, facility_npi, line_npis]
columns:
  invalid_npis: {type: text, meaning: "wrong provider numbers, each with its role and what is wrong with it", source: "45 CFR 162.406; values.npi"}
  npi_invalid: {type: boolean, meaning: "whether one of the numbers sent is not an NPI: ten digits of which the last is the check digit (Luhn, with 80840 before the number)", ask: "the NPIs of the claim", source: "45 CFR 162.406; values.npi"}
---
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cleanclaim.values import is_npi

_ROLES = {
    "billing_npi": "billing provider", "rendering_npi": "rendering provider", "referring_npi": "referring provider",
    "supervising_npi": "supervising provider", "facility_npi": "service facility",
}  # fmt: skip


def facts_of(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of the numbers of a claim."""
    invalid = _invalid(claim)
    return {} if invalid is None else {"npi_invalid": bool(invalid), "invalid_npis": "; ".join(invalid) or None}


def _invalid(row: Mapping[str, Any]) -> list[str] | None:
    """What is wrong with the numbers sent; None where none was sent."""
    sent = [(role, row[name]) for name, role in _ROLES.items() if row[name] is not None]
    sent += [("line provider", number) for number in (row["line_npis"] or "").split()]
    return [f"{role} {number[:20]}, {_fault(number)}" for role, number in sent if not is_npi(number)] if sent else None


def _fault(number: str) -> str:
    """What is wrong with a number that is not an NPI."""
    if len(number) != 10 or not (number.isascii() and number.isdigit()):
        return "not 10 digits"
    return "check digit fails" if number[0] in "12" else "first digit is not 1 or 2"
