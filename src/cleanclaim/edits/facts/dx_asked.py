"""Whether the diagnoses of a line are among those that the payer names.

---
about: Whether the diagnoses of a line are among those that the payer names.
grain: line
keys: [drug_diagnoses, policy_dx_include, policy_dx_exclude, policy_dx_least, policy_label_dx]
columns:
  dx_covered: {type: boolean, meaning: "whether enough of the line's diagnoses are on the payer's list; null where it has no list of covered ones", ask: "the diagnoses of the line, or the payer's policy on the drug (`--policies`)", source: policies}
  dx_excluded: {type: boolean, meaning: "whether one of them is on its list of diagnoses that are not covered; null where it has none", ask: "the diagnoses of the line, or the payer's policy on the drug (`--policies`)", source: policies}
  dx_listed: {type: boolean, meaning: whether the payer lists covered diagnoses, ask: "the diagnoses of the line, or the payer's policy on the drug (`--policies`)", source: policies}
  dx_banned: {type: boolean, meaning: whether the payer lists diagnoses that are not covered, ask: "the diagnoses of the line, or the payer's policy on the drug (`--policies`)", source: policies}
  dx_on_label: {type: boolean, meaning: "whether one of them is a use of label or compendia, by the payer's list", ask: "the diagnoses of the line, or the payer's policy on the drug (`--policies`)", source: policies}
---
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cleanclaim.policies.diagnosis_codes import named_in


def facts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a list of diagnoses under a policy."""
    covered, banned, label = (row[name] for name in ("policy_dx_include", "policy_dx_exclude", "policy_label_dx"))
    found = row["drug_diagnoses"]

    def matches(named: Sequence[str] | None) -> int | None:
        return None if found is None or not named else sum(named_in(one, named) for one in set(found))

    enough, out, on_label = matches(covered), matches(banned), matches(label)
    return {
        "dx_covered": None if enough is None else enough >= (row["policy_dx_least"] or 1),
        "dx_excluded": None if out is None else out > 0,
        "dx_listed": None if covered is None else bool(covered),
        "dx_banned": None if banned is None else bool(banned),
        "dx_on_label": None if on_label is None else on_label > 0,
    }
