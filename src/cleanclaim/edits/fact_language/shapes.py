"""The tables that a group of facts reads, with the types of their columns."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cleanclaim.edits.dictionary import ROW_ID, Dictionary, Group
from cleanclaim.edits.plan.stored_claims import STORED, used_columns
from cleanclaim.engine.schema import ColumnType
from cleanclaim.policies.tables import HANDED_IN
from cleanclaim.reference.tables import TABLES

Shape = dict[str, ColumnType]
_REFERENCE: Mapping[str, Shape] = {
    **{f"ref_{table.name}": {column.name: column.type for column in table.columns} for table in TABLES},
    **{f"ref_{name}": {column.name: column.type for column in table.columns} for name, table in HANDED_IN.items()},
    "run": {"checked_on": ColumnType.DATE},
}


def shapes_of(group: Group, facts: Dictionary) -> dict[str, Shape]:
    """The tables that the SQL of a group may read, by name."""
    types = facts.types(group.grain)
    stored = {
        schema.name: dict.fromkeys(ids, ColumnType.INTEGER)
        | {column.name: column.type for column in used_columns(schema, facts)}
        for schema, ids in STORED
    }
    shapes = {name: shape for name, shape in {**stored, **_REFERENCE}.items() if re.search(rf"\b{name}\b", group.sql)}
    if group.head.keys:
        shapes["keys"] = {name: types[name] for name in group.head.keys}
    if group.head.reads:
        own = {ROW_ID[group.grain]: ColumnType.INTEGER, "claim_row": ColumnType.INTEGER}
        shapes["rows"] = own | {name: types[name] for name in group.head.reads}
    for need in group.head.needs:
        other = next(one for one in facts.groups if one.name == need)
        of_grain = facts.types(other.grain)
        ids = {} if other.head.keys else {ROW_ID[other.grain]: ColumnType.INTEGER, "claim_row": ColumnType.INTEGER}
        shapes[f"fact_{need}"] = ids | {name: of_grain[name] for name in (*other.head.keys, *other.head.columns)}
    return shapes
