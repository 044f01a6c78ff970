"""Payer policies: dated files of what payers ask for, read strictly; which of them decides about a code on a day."""

from cleanclaim.policies.choosing import Asked, Decided, Explained, explain
from cleanclaim.policies.differing import Change, differences
from cleanclaim.policies.policy import Policy, policy_json_schema
from cleanclaim.policies.reading import PlacedTest, Policies, PolicyFault, read_policies

__all__ = [
    "Asked", "Change", "Decided", "Explained", "PlacedTest", "Policies", "Policy", "PolicyFault", "differences",
    "explain", "policy_json_schema", "read_policies",
]  # fmt: skip
