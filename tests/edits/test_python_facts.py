"""The fact groups in Python take any values of their keys' types: one absurd line never ends a run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.edits.dictionary import Group, dictionary
from cleanclaim.edits.plan.arrow_rows import relation_of
from cleanclaim.edits.python_groups import answered, answers
from cleanclaim.engine.schema import ColumnType
from cleanclaim.terms import TermsOfPayers

GROUPS = [group for group in dictionary().groups if not group.sql]
TEXTS = ["", " ", "mg", "mL", "unit", "UN", "ML", "ME", "F2", "GR", "linear", "up_to", "per_container", "volume", "JW", "57894003001", "57894-0030-01",
         "1 mg/mL IV", "Methylcobalamin 1,000 mcg", "1234567893 1234567890", "\u202e", "0" * 400, "'; drop table claim"]  # fmt: skip


def values(kind: ColumnType) -> st.SearchStrategy[Any]:
    if kind.precision:
        digits, decimals = kind.precision
        most = Decimal(10) ** (digits - decimals) - 1
        return (
            st.none()
            | st.sampled_from([Decimal(0), Decimal(1), Decimal(-1), most, -most])
            | st.decimals(-most, most, places=decimals)
        )
    return (
        st.none()
        | {
            ColumnType.TEXT: st.sampled_from(TEXTS) | st.text(max_size=20),
            ColumnType.TEXTS: st.lists(st.sampled_from(TEXTS), max_size=6),
            ColumnType.BOOLEAN: st.booleans(),
            ColumnType.INTEGER: st.integers(-(2**63), 2**63 - 1),
            ColumnType.DATE: st.dates(date(1, 1, 1), date(9999, 12, 31)),
        }[kind]
    )


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_keys_give_a_row_each_of_the_types_that_are_described(group: Group, data: st.DataObject) -> None:
    types = dictionary().types(group.grain)
    rows = data.draw(
        st.lists(st.fixed_dictionaries({key: values(types[key]) for key in group.head.keys}), min_size=1, max_size=8)
    )
    keys = pa.table({key: pa.array([row[key] for row in rows], types[key].arrow()) for key in group.head.keys})
    facts = answered(group, keys, TermsOfPayers())
    assert facts.num_rows == keys.num_rows
    assert {name: facts.schema.field(name).type for name in group.head.columns} == {
        name: types[name].arrow() for name in group.head.columns
    }
    # A few claims are asked without Arrow: the same cells, and no fact under a name that the head does not have.
    cells = relation_of(keys).rows
    assert answers(group, cells, TermsOfPayers()) == relation_of(facts.select(list(group.head.columns))).rows
    for row in rows:
        assert set(group.function(TermsOfPayers())(row)) <= set(group.head.columns)
