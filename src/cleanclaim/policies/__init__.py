"""Payer policies and documentation checklists: dated files, read strictly; what they say about a code on a day."""

from cleanclaim.policies.checklists import Checklist, checklist, checklists_for, general_items, items_for_edit
from cleanclaim.policies.choosing import Asked, Decided, Explained, explain
from cleanclaim.policies.differing import Change, differences
from cleanclaim.policies.policy import Policy
from cleanclaim.policies.policy_file import policy_json_schema
from cleanclaim.policies.reading import PlacedTest, Policies, PolicyFault, read_policies

__all__ = [
    "Asked", "Change", "Checklist", "Decided", "Explained", "PlacedTest", "Policies", "Policy", "PolicyFault",
    "checklist", "checklists_for", "differences", "explain", "general_items", "items_for_edit", "policy_json_schema",
    "read_policies",
]  # fmt: skip
