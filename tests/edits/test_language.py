"""The language: what it takes, what it refuses and in which words, and that its engines agree on whatever it takes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.edits.language.check import parse_expression
from cleanclaim.edits.language.closures import closure
from cleanclaim.edits.language.sql import sql_of
from cleanclaim.edits.language.tree import columns_of
from cleanclaim.engine.connection import Engine
from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import PageError

FACTS = {
    "container": ColumnType.TEXT, "modifiers": ColumnType.TEXTS, "units": ColumnType.UNITS, "total": ColumnType.TOTAL,
    "day": ColumnType.DATE, "number": ColumnType.INTEGER, "flag": ColumnType.BOOLEAN, "amount": ColumnType.AMOUNT,
    "complete": ColumnType.BOOLEAN, "known_absent": ColumnType.TEXTS,
}  # fmt: skip

REFUSED = {
    "contaner = 'x'": "there is no fact `contaner`; the nearest is `container`",
    "has_ny(modifiers, 'x')": "there is no function `has_ny` in the language; the nearest is `has_any`",
    "upper(container) = 'x'": "there is no function `upper`",
    "read_csv('/etc/passwd') = 1": "there is no function `read_csv`",
    "exists (select 1)": "there is no function `exists`",
    "units > (select 1)": "`select` is not part of the language",
    "container in (select 1)": "`in` takes a list of literals",
    "units is null": "`is` is not part of the language",
    "coalesce(units, 1) > 1": "there is no function `coalesce`",
    "case when flag then true end": "there is no function `case`",
    "units / 2 > 1": "`div` is not part of the language",
    "units::int = 1": "there is no function `cast`",
    "container like 'x%'": "`like` is not part of the language",
    "container > 'a'": "`>` is for numbers and dates, not for a text",
    "units = 'x'": "`=` between a number and a text",
    "modifiers = modifiers": "a list is asked with has, has_any or count",
    "container": "`container` is a text: compare it with something",
    "day > '2024-02-30'": "`2024-02-30` is not a date",
    "units > 1e5": "`1e5` is not a plain decimal number",
    "total * total > 1": "at most 38 are exact on every engine",
    "flag -- a comment": "comments are not part of the language",
    "flag /* a comment */": "comments are not part of the language",
    "\"container\" = 'x'": "is not the name of a fact",
    "line.container = 'x'": "is not the name of a fact",
    "flag; flag": "expected one expression",
    "": "the expression is empty",
    "flag and": "not an expression",
    "(" * 200 + "flag" + ")" * 200: "parentheses are nested deeper than 50",
    "not " * 200 + "flag": "the expression is nested deeper than 50",
    "flag and " * 1000 + "flag": "characters; at most 4000 are read",
    "number in (" + ", ".join("1" for _ in range(201)) + ")": "at most 200 are read",
    "has_any(modifiers, " + ", ".join("'x'" for _ in range(200)) + ")": "at most 200 are read",
    "given('x')": "given takes one fact",
    "count(container) > 1": "count takes one list",
    "days_between(units, day) > 1": "days_between takes two dates",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:40])
def test_refused_with_file_line_and_reason(text: str) -> None:
    with pytest.raises(PageError) as refusal:
        parse_expression(text, FACTS, file="waste/page.md", line=7)
    assert str(refusal.value).startswith("waste/page.md:7: ")
    assert REFUSED[text] in str(refusal.value)


def test_columns_are_read_from_the_expression() -> None:
    expression = parse_expression(
        "has(modifiers, container) and (given(units) or units * 2 > 1) and day >= '2024-01-01'", FACTS
    )
    assert columns_of(expression) == ("modifiers", "container", "units", "complete", "known_absent", "day")


ROWS = st.fixed_dictionaries(
    {
        "container": st.sampled_from([None, "single_dose", "multi_dose", "it's", ""]),
        "modifiers": st.sampled_from([None, [], ["JW"], ["JZ", "59"], ["single_dose"]]),
        "units": st.none() | st.decimals(-999_999_999, 999_999_999, places=3),
        "total": st.none() | st.decimals(Decimal("-1e24"), Decimal("1e24"), places=3),
        "day": st.none() | st.dates(date(1900, 1, 1), date(2100, 12, 31)),
        "number": st.none() | st.integers(-(2**63), 2**63 - 1),
        "flag": st.none() | st.booleans(),
        "amount": st.none() | st.decimals(Decimal("-999999999999"), Decimal("999999999999"), places=6),
        "complete": st.none() | st.booleans(),
        "known_absent": st.sampled_from([None, [], ["units"], ["modifiers", "units"]]),
    }
)  # fmt: skip
ATOMS = [
    "flag", "given(units)", "given(modifiers)", "container = 'single_dose'", "container <> 'it''s'", "container in ('', 'multi_dose')",
    "starts_with(container, 'single')", "has(modifiers, 'JW')", "has_any(modifiers, 'JW', 'JZ')", "has(modifiers, container)",
    "count(modifiers) > 0", "units > 0", "units * amount <= 3.5", "units * amount > 0", "units + amount = 1", "number - units >= 0", "abs(units) between 1 and 5.25",
    "least(units, number, amount) < 0", "greatest(units, total) > number", "total > units", "number in (1, 2, -3)", "day >= '2024-01-01'",
    "days_between(day, date '2024-02-29') > 30", "day in ('2024-01-01', '2023-07-01')", "day between '2023-07-01' and '2023-09-30'", "true", "false",
]  # fmt: skip
EXPRESSIONS = st.recursive(
    st.sampled_from(ATOMS), lambda inner: st.builds("({} and {})".format, inner, inner) | st.builds("({} or {})".format, inner, inner) | st.builds("not ({})".format, inner),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(text=EXPRESSIONS, rows=st.lists(ROWS, min_size=1, max_size=20))
def test_closures_and_sql_agree_on_every_row(text: str, rows: list[dict[str, Any]]) -> None:
    expression = parse_expression(text, FACTS)
    table = pa.table({name: pa.array([row[name] for row in rows], kind.arrow()) for name, kind in FACTS.items()})
    with Engine(threads=1) as engine:
        engine.register("facts", table)
        from_sql = engine.table(f"SELECT {sql_of(expression)} AS truth FROM facts")["truth"].to_pylist()
    truth = closure(expression)
    assert [truth(row) for row in table.to_pylist()] == from_sql


@settings(max_examples=200, deadline=None)
@given(text=EXPRESSIONS, row=ROWS, blank=st.sampled_from(sorted(set(FACTS) - {"complete", "known_absent"})))
def test_learning_a_value_never_turns_a_yes_into_a_no(text: str, row: dict[str, Any], blank: str) -> None:
    truth = closure(parse_expression(text, FACTS))
    # `complete` with a fact blank says "not sent": that is a statement, not ignorance; so ignorance is a partial claim.
    partial = {**row, "complete": False, "known_absent": None} if "given" in text else row
    unknown, known = truth({**partial, blank: None}), truth(partial)
    assert unknown is None or unknown is known
