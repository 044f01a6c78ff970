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

import pyarrow as pa

from cleanclaim.policies.diagnosis_codes import named_in


def compute(keys: pa.Table) -> pa.Table:
    """The answer for each distinct diagnosis and list."""
    answers = [
        None if named is None or diagnosis is None else named_in(diagnosis, named)
        for diagnosis, named in zip(keys["diagnosis"].to_pylist(), keys["nc_dx"].to_pylist(), strict=True)
    ]
    return keys.append_column("excluded_by_decision", pa.array(answers, pa.bool_()))
