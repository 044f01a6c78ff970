"""A file of policies: its policies, the groups of codes that they name, and the claims that test them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec

from cleanclaim.policies.policy import Policy, Strict

_Outcome = Annotated[
    str, msgspec.Meta(pattern="^(fires [a-z][a-z0-9-]*|clear|not evaluated|out of scope|not in force)$")
]


class PolicyTest(Strict, frozen=True):
    """A claim, as `check` reads it, and what the policies must make of it.

    `expect`: by id of an edit, its outcome: `fires missing`, `clear`, `not evaluated`, `out of scope`, `not in force`.
    What is handed in beside a claim stands beside it here: `on_file` (all of it where `whole`), earlier claims of the
    same patient, authorizations.
    """

    name: Annotated[str, msgspec.Meta(min_length=3)]
    claim: dict[str, Any]
    expect: Annotated[dict[str, _Outcome], msgspec.Meta(min_length=1)]
    on_file: dict[str, Any] = msgspec.field(default_factory=dict)
    whole: bool = False
    history: tuple[dict[str, Any], ...] = ()
    history_from: date | None = None
    authorizations: tuple[dict[str, Any], ...] = ()
    checked_on: date | None = None


class PolicyFile(Strict, frozen=True):
    """A file of policies, with the groups of codes that they name, and claims that test them."""

    policies: tuple[Policy, ...]
    groups: dict[str, tuple[Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{5}$")], ...]] = msgspec.field(
        default_factory=dict
    )
    tests: tuple[PolicyTest, ...] = ()


def policy_json_schema() -> dict[str, Any]:
    """The JSON Schema of a file of policies (one that is a bare list has `policies` alone)."""
    return msgspec.json.schema(PolicyFile)
