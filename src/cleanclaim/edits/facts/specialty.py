"""Whether the provider's specialty is one that the payer pays for the drug.

---
about: Whether the provider's specialty is one that the payer pays for the drug.
grain: line
keys: [policy_specialty, provider_taxonomy]
columns:
  specialty_allowed: {type: boolean, meaning: "whether the taxonomy begins with one of those that the payer names", ask: the provider's taxonomy (PRV), source: policy_rule}
---
"""

from __future__ import annotations

import pyarrow as pa


def compute(keys: pa.Table) -> pa.Table:
    """The answer for each distinct pair."""
    answers = [
        None if named is None or taxonomy is None or named == "any" else taxonomy.startswith(tuple(named.split(" ")))
        for named, taxonomy in zip(
            keys["policy_specialty"].to_pylist(), keys["provider_taxonomy"].to_pylist(), strict=True
        )
    ]
    return keys.append_column("specialty_allowed", pa.array(answers, pa.bool_()))
