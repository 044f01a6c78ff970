"""What policies list, as tables for the edits: the codes of each, its steps, evidence and documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cleanclaim.engine.schema import TableSchema
from cleanclaim.policies.policy import Policy
from cleanclaim.policies.reading import Policies
from cleanclaim.policies.tables import POLICY_CODE, POLICY_ITEM

if TYPE_CHECKING:
    import pyarrow as pa

_Row = dict[str, Any]
_LEAST = re.compile(r"(?P<item>[a-z0-9_]+)>=(?P<least>[0-9]+(?:\.[0-9]+)?)")
_CODE = re.compile(r"[A-Z0-9]{5}")


def policy_tables(policies: Policies) -> Mapping[str, pa.Table]:
    """The tables `policy_code` and `policy_item`."""
    codes = [
        {"policy": one.id, "hcpcs_code": code}
        for one in policies.policies
        for code in sorted(codes_of(one, policies.groups))
    ]
    return {
        POLICY_CODE.name: _table(POLICY_CODE, codes),
        POLICY_ITEM.name: _table(POLICY_ITEM, [row for one in policies.policies for row in _items(one)]),
    }


def codes_of(policy: Policy, groups: Mapping[str, Sequence[str]]) -> set[str]:
    """The codes that a policy names, those of its groups too."""
    return {*policy.applies_to.hcpcs, *(code for name in policy.applies_to.group for code in groups.get(name, ()))}


def _items(policy: Policy) -> Iterator[_Row]:
    def row(attribute: str, kind: str, item: str, **more: Any) -> _Row:  # noqa: ANN401 - values of the columns
        return {"policy": policy.id, "attribute": attribute, "place": 0, "kind": kind, "item": item, **more}

    for place, step in enumerate(policy.requires.step):
        days = {"place": place, "trial_days": step.trial_days, "lookback_days": step.lookback_days}
        for name in dict.fromkeys(step.prefer):
            yield row("requires.step", "code" if _CODE.fullmatch(name) else "class", name, **days)
        for name in dict.fromkeys(step.exceptions):
            yield row("requires.step", "exception", name, **days)
    for name in dict.fromkeys(policy.requires.rems.evidence if policy.requires.rems else ()):
        least = _LEAST.fullmatch(name)
        if least:
            yield row("requires.rems", "evidence", least["item"], least=Decimal(least["least"]))
        else:
            yield row("requires.rems", "evidence", name)
    for name in dict.fromkeys(policy.documents):
        yield row("documents", "document", name)


def _table(schema: TableSchema, rows: Sequence[_Row]) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - who only reads pages needs none

    return pa.table({name: [row.get(name) for row in rows] for name in schema.names}, schema=schema.arrow())
