"""How the payer wants discarded drug told on the line.

---
about: How the payer wants discarded drug told on the line; the same decision as that of `bill` (`terms.waste`).
grain: line
keys: [payer_program, policy_waste, policy_skin_substitute_waste, policy_modifiers_forbidden, separately_payable, service_date, facility_type, is_skin_substitute]
columns:
  waste_asked: {type: text, meaning: "what the payer's policy says of discarded drug, of a skin substitute where it says so of these: cms, none, jw_only or deny_waste; - where no loaded policy says", ask: "the payer's policy on the drug (`--policies`)", source: "policies; UNW-16, UNW-21"}
  waste_wanted: {type: text, meaning: "cms, jw_only, none or deny_waste, by the payer's policy and the modifiers that it refuses, else Medicare's own rule; exempt where the drug is not paid by itself, or not yet or no more asked for (UNW-15, UNW-16, UNW-23); - where no loaded policy says", ask: "the payer's policy on the drug (`--policies`)", source: "policies; UNW-13, UNW-21"}
---
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cleanclaim.dosing import WastePolicy
from cleanclaim.terms import MEDICARE, exempt_by_day, takes_jz_alone, wanted_waste

_Row = Mapping[str, Any]
_NOT_SAID, _EXEMPT = "-", "exempt"


def facts_of(row: _Row) -> dict[str, Any]:
    """The answers for a payer, its policy and a setting."""
    asked = _asked(row)
    return {"waste_asked": asked, "waste_wanted": _wanted(row, asked)}


def _asked(row: _Row) -> str | None:
    said: str | None = row["policy_waste"]
    of_skin: str | None = row["policy_skin_substitute_waste"]
    if said == _NOT_SAID and of_skin and row["is_skin_substitute"]:
        return of_skin
    return said


def _wanted(row: _Row, said: str | None) -> str | None:
    program = row["payer_program"]
    told = next((one for one in WastePolicy if one == said), None)
    if told is None and program not in MEDICARE and (said is None or program is None):
        return None
    refused = row["policy_modifiers_forbidden"] or ()
    wanted = wanted_waste(told, refused, medicare=program in MEDICARE)
    if wanted is WastePolicy.CMS and _is_exempt(row):
        return _EXEMPT
    if wanted is told is WastePolicy.CMS and row["service_date"] and takes_jz_alone(program, row["service_date"]):
        return None  # whether anything was discarded decides; without a policy separate payment is open first
    return str(wanted) if wanted else _NOT_SAID


def _is_exempt(row: _Row) -> bool:
    day, skin = row["service_date"], bool(row["is_skin_substitute"])
    by_day = day and exempt_by_day(row["payer_program"], row["facility_type"], day, is_skin_substitute=skin)
    return row["separately_payable"] is False or bool(by_day)
