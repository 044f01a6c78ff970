"""Whether a diagnosis is one for which a coverage decision excludes the drug.

---
about: Whether the diagnosis is one for which a coverage decision excludes the drug.
grain: diagnosis
keys: [diagnosis, nc_dx]
columns:
  excluded_by_decision: {type: boolean, meaning: whether the decision names the diagnosis, ask: "the payer's policy on the drug (`--policies`)", source: policies}
---
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cleanclaim.policies.diagnosis_codes import named_in


def facts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The answer for a diagnosis and the list of a decision."""
    diagnosis, named = row["diagnosis"], row["nc_dx"]
    excluded = None if named is None or diagnosis is None else named_in(diagnosis, named)
    return {"excluded_by_decision": excluded}
