"""What changed between two sets of policies: added, dropped, and attribute by attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from cleanclaim.policies.policy import Policy


@dataclass(frozen=True, slots=True)
class Change:
    """One attribute of one policy; `before` or `after` is None where the policy or the attribute was not there."""

    policy: str
    attribute: str  # `policy` for a policy as a whole
    before: Any
    after: Any


def differences(before: Sequence[Policy], after: Sequence[Policy]) -> tuple[Change, ...]:
    """The changes, by policy and attribute."""
    old, new = ({one.id: one for one in policies} for policies in (before, after))
    changes = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            there = {True: "there", False: None}
            changes.append(Change(name, "policy", there[name in old], there[name in new]))
            continue
        first, second = _all(old[name]), _all(new[name])
        changes += [
            Change(name, attribute, first.get(attribute), second.get(attribute))
            for attribute in sorted(first.keys() | second.keys())
            if first.get(attribute) != second.get(attribute)
        ]
    return tuple(changes)


def _all(policy: Policy) -> dict[str, Any]:
    """Everything that a policy says, days, drugs and consequence too."""
    rest = ("payer", "payer_id", "lines_of_business", "effective", "applies_to", "precedence", "on_fail", "source")
    return policy.attributes() | {name: msgspec.to_builtins(getattr(policy, name)) for name in rest}
