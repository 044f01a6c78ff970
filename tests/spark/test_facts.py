"""Every group of facts, of whatever the dictionary has, is the same on DuckDB and on Spark: value by value, null by null."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from cleanclaim.edits.dictionary import ROW_ID, Group, dictionary
from cleanclaim.edits.plan.facts import Workbench
from tests.spark.claims import UNSEEN

GROUPS = pytest.mark.parametrize("group", dictionary().groups, ids=lambda group: group.name)


def facts_by_key(bench: Workbench, group: Group) -> tuple[dict[Any, dict[str, Any]], pa.Schema]:
    table = bench.engine.table(f"SELECT * FROM fact_{group.name}")
    keys = group.head.keys or (ROW_ID[group.grain],)
    rows = {tuple(map(_key, (row[key] for key in keys))): row for row in table.to_pylist()}
    assert len(rows) == table.num_rows, f"{group.name}: a key has two rows"
    return rows, table.schema


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def differences(one: Workbench, other: Workbench, group: Group) -> Iterator[str]:
    left, left_schema = facts_by_key(one, group)
    right, right_schema = facts_by_key(other, group)
    for name, column in group.head.columns.items():
        for engine, schema in (("one engine", left_schema), ("the other", right_schema)):
            kind = schema.field(name).type
            if kind != column.type.arrow() and not (pa.types.is_list(kind) and kind.value_type == pa.string()):
                yield f"{name}: {kind} on {engine}, declared {column.type.arrow()}"
        wrong = [key for key in left.keys() & right.keys() if left[key][name] != right[key][name]]
        yield from (f"{name} of {key}: {left[key][name]!r} and {right[key][name]!r}" for key in wrong[:3])
    yield from (f"only on one engine: {key}" for key in list(left.keys() ^ right.keys())[:3])
    if "line_rows" in left_schema.names:
        # The lines of a row are a set: whoever tells them sorts them.
        both = left.keys() & right.keys()
        wrong = [key for key in both if sorted(left[key]["line_rows"]) != sorted(right[key]["line_rows"])]
        yield from (f"line_rows of {key}" for key in wrong[:3])


@GROUPS
def test_facts_are_the_same(group: Group, duck_bench: Workbench, spark_bench: Workbench) -> None:
    assert list(differences(duck_bench, spark_bench, group)) == []


@GROUPS
def test_facts_do_not_depend_on_order_or_parts(
    group: Group, few_duck_bench: Workbench, shuffled_bench: Workbench
) -> None:
    assert list(differences(few_duck_bench, shuffled_bench, group)) == []


def test_the_claims_show_every_fact(duck_bench: Workbench) -> None:
    """Two engines that both say nothing agree on nothing: a new fact wants a claim in `claims.py` that has it."""
    silent = set()
    for group in dictionary().groups:
        rows, _ = facts_by_key(duck_bench, group)
        silent |= {
            f"{group.name}.{name}" for name in group.head.columns if all(row[name] is None for row in rows.values())
        }
    assert silent == set(UNSEEN)
