"""How the payer wants discarded drug told on the line.

---
about: How the payer wants discarded drug told on the line; the same decision as that of `bill` (`terms.waste`).
grain: line
keys: [payer_program, policy_waste, policy_modifiers_forbidden, separately_payable]
columns:
  waste_wanted: {type: text, meaning: "cms, jw_only, none or deny_waste, by the payer's policy and the modifiers that it refuses, else Medicare's own rule; exempt where the drug is not paid by itself; - where no loaded policy says", ask: "the payer's policy on the drug (`--policies`)", source: "policy_rule; UNW-13, UNW-21"}
---
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from cleanclaim.dosing import WastePolicy
from cleanclaim.terms import MEDICARE, wanted_waste

_NOT_SAID, _EXEMPT = "-", "exempt"


def compute(keys: pa.Table) -> pa.Table:
    """The answer for each distinct payer, policy and setting."""
    return keys.append_column("waste_wanted", pa.array([_wanted(row) for row in keys.to_pylist()], pa.string()))


def _wanted(row: dict[str, Any]) -> str | None:
    said = row["policy_waste"]
    medicare = row["payer_program"] in MEDICARE
    if said is None and not medicare:
        return None
    known = said in [*WastePolicy]
    refused = (row["policy_modifiers_forbidden"] or "").split()
    wanted = wanted_waste(WastePolicy(said) if known else None, refused, medicare=medicare)
    if wanted is WastePolicy.CMS and row["separately_payable"] is False:
        return _EXEMPT
    return str(wanted) if wanted else _NOT_SAID
