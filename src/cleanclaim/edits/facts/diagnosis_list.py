"""What the list of diagnoses of a claim says by itself.

---
about: What the list of diagnoses of a claim says by itself.
grain: claim
keys: [diagnoses]
columns:
  first_diagnosis: {type: text, meaning: the first diagnosis as sent, source: claim.diagnoses}
---
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def facts_of(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a list."""
    diagnoses = claim["diagnoses"]
    return {"first_diagnosis": diagnoses[0] if diagnoses else None}
