"""What the list of diagnoses of a claim says by itself.

---
about: What the list of diagnoses of a claim says by itself.
grain: claim
keys: [diagnoses]
columns:
  first_diagnosis: {type: text, meaning: the first diagnosis as sent, source: claim.diagnoses}
  repeated_diagnoses: {type: text, meaning: diagnoses that stand more than once, source: claim.diagnoses}
  repeats_diagnosis: {type: boolean, meaning: whether a diagnosis stands more than once, ask: "the diagnosis codes of the claim", source: claim.diagnoses}
---
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any


def facts_of(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a list."""
    diagnoses = claim["diagnoses"]
    if diagnoses is None:
        return {}
    repeated = [code for code, count in Counter(diagnoses).items() if count > 1]
    return {
        "first_diagnosis": diagnoses[0] if diagnoses else None,
        "repeated_diagnoses": ", ".join(repeated) or None,
        "repeats_diagnosis": bool(repeated),
    }
