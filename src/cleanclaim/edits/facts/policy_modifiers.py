"""How the modifiers of a line stand against what the payer says of them.

---
about: How the modifiers of a line stand against what the payer says of them.
grain: line
keys: [modifiers, policy_modifiers_required, policy_modifiers_forbidden, policy_route_modifiers]
columns:
  required_modifiers_missing: {type: boolean, meaning: whether one that the payer wants is not there, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  missing_modifiers: {type: text, meaning: those, source: policy_rule}
  forbidden_modifiers_there: {type: boolean, meaning: "whether one that the payer refuses is there, JW and JZ apart", ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  forbidden_modifiers: {type: text, meaning: those, source: policy_rule}
  waste_modifier_forbidden: {type: boolean, meaning: whether JW or JZ is there and the payer refuses it, ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
  route_modifier_missing: {type: boolean, meaning: "whether none of the modifiers is there of which the payer wants one for the route", ask: "the payer's policy on the drug (`--policies`)", source: policy_rule}
---
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from cleanclaim.terms import JW, JZ

_WASTE = {JW, JZ}
_TYPES = {
    "required_modifiers_missing": pa.bool_(), "missing_modifiers": pa.string(),
    "forbidden_modifiers_there": pa.bool_(), "forbidden_modifiers": pa.string(),
    "waste_modifier_forbidden": pa.bool_(), "route_modifier_missing": pa.bool_(),
}  # fmt: skip


def compute(keys: pa.Table) -> pa.Table:
    """The facts of each distinct list of modifiers and policy."""
    answers = [_answers(row) for row in keys.to_pylist()]
    for name, kind in _TYPES.items():
        keys = keys.append_column(name, pa.array([answer.get(name) for answer in answers], kind))
    return keys


def _answers(row: dict[str, Any]) -> dict[str, Any]:
    if row["modifiers"] is None:
        return {}
    there = set(row["modifiers"])
    answers: dict[str, Any] = {}
    if (wanted := _named(row["policy_modifiers_required"])) is not None:
        missing = [one for one in wanted if one not in there]
        answers |= {"required_modifiers_missing": bool(missing), "missing_modifiers": ", ".join(missing) or None}
    if (refused := _named(row["policy_modifiers_forbidden"])) is not None:
        found = [one for one in refused if one in there]
        others = [one for one in found if one not in _WASTE]
        answers |= {
            "forbidden_modifiers_there": bool(others), "forbidden_modifiers": ", ".join(found) or None,
            "waste_modifier_forbidden": bool(_WASTE.intersection(found)),
        }  # fmt: skip
    if (routes := _named(row["policy_route_modifiers"])) is not None:
        answers["route_modifier_missing"] = bool(routes) and not there.intersection(routes)
    return answers


def _named(text: str | None) -> list[str] | None:
    return None if text is None else [one for one in text.split(" ") if one != "-"]
