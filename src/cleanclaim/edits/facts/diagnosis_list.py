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

import pyarrow as pa


def compute(keys: pa.Table) -> pa.Table:
    """The facts of each distinct list."""
    lists = keys.column("diagnoses").to_pylist()
    return keys.append_column(
        "first_diagnosis", pa.array([found[0] if found else None for found in lists], pa.string())
    )
