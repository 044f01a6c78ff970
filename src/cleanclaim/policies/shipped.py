"""The policies that ship with cleanclaim, behind those that a user reads: Medicare's own rules, and other programs'."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

from cleanclaim.policies.reading import Policies, read_policies


@cache
def default_policies() -> Policies:
    """What ships: policies of every payer (`*`) of a program, and of Medicare's contractors by their numbers."""
    with as_file(files("cleanclaim.policies") / "defaults.yaml") as path:
        return read_policies([path])


def with_defaults(own: Policies | None = None) -> Policies:
    """The policies that were read, with those that ship behind them."""
    shipped = default_policies()
    if own is None:
        return shipped
    taken = {one.id for one in own.policies}
    behind = tuple(one for one in shipped.policies if one.id not in taken)
    return Policies((*own.policies, *behind), {**shipped.groups, **own.groups}, own.faults)
