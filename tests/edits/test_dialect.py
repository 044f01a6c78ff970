"""Facts can be said in Spark's SQL, and what the engines read differently is refused before Spark sees it."""

from __future__ import annotations

import pytest

from cleanclaim.edits.dictionary import Group, dictionary
from cleanclaim.edits.plan.dialect import spark_sql
from cleanclaim.engine.connection import Engine
from cleanclaim.engine.functions import FUNCTIONS
from cleanclaim.errors import EngineError

REFUSED = {
    "SELECT a / b FROM t": "floating point",
    "SELECT avg(a) FROM t": "floating point",
    "SELECT median(a) FROM t": "floating point",
    "SELECT d + INTERVAL 1 MONTH FROM t": "timestamp",
    "SELECT dayofweek(d) FROM t": "Sunday",
    "SELECT l[1] FROM t": "past the end",
    "SELECT first(a) FROM t": "order of rows",
    "SELECT last(a) FROM t": "order of rows",
    "SELECT any_value(a) FROM t": "order of rows",
    "SELECT mode(a) FROM t": "order of rows",
    "SELECT list(a ORDER BY b) FROM t": "drops the order",
    "SELECT list(a) FILTER (b) FROM t": "a list of nothing",
    "SELECT string_agg(a, ',') FILTER (b) FROM t": "make null before",
    "SELECT date_diff('month', a, b) FROM t": "counted in two ways",
    "SELECT datediff('year', a, b) FROM t": "counted in two ways",
    "SELECT current_date FROM t": "no clock",
    "SELECT now() FROM t": "no translation",
    "SELECT uuid() FROM t": "the same each time",
    "SELECT random() FROM t": "the same each time",
    "SELECT regexp_full_match(a, b) FROM t": "a pattern written out",
    "SELECT upper(a) FROM t": "upper_ascii",
    "SELECT lower(a) FROM t": "upper_ascii",
    "SELECT list_intersect(a, b) FROM t": "no translation of the function",
    "SELECT FROM WHERE": "cannot be read",
}


@pytest.mark.parametrize("group", [group for group in dictionary().groups if group.sql], ids=lambda group: group.name)
def test_every_group_can_be_said(group: Group) -> None:
    assert spark_sql(group.sql)


@pytest.mark.parametrize("query", REFUSED)
def test_what_is_read_differently_is_refused(query: str) -> None:
    with pytest.raises(EngineError, match=REFUSED[query]):
        spark_sql(query)


MENDED = {
    "SELECT regexp_full_match(a, '[0-9]{2}') = b FROM t": r"(a RLIKE '\\A(?:[0-9]{2})\\z') = b",
    "SELECT regexp_full_match(trim(a), 'x') FROM t": "\u3000' FROM a) RLIKE",
    "SELECT upper_ascii(a) FROM t": "THEN UPPER(a) ELSE a END",
    "SELECT upper_ascii(trim(a)) FROM t": "UPPER(TRIM(BOTH ' \u00a0",
    "SELECT upper_ascii(upper_ascii(a)) FROM t": "UPPER((CASE",
    "SELECT rtrim(a) FROM t": "TRIM(TRAILING ' \u00a0",
    "SELECT rtrim(a, '0') FROM t": "TRIM(TRAILING '0' FROM a)",
}


@pytest.mark.parametrize("query", MENDED)
def test_what_sqlglot_leaves_out_is_mended(query: str) -> None:
    assert MENDED[query] in spark_sql(query)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_our_own_is_known_to_duckdb(name: str) -> None:
    with Engine(threads=1) as engine:
        arguments = ", ".join("NULL" for _ in FUNCTIONS[name].parameters)
        assert engine.table(f"SELECT {name}({arguments}) AS x")["x"].to_pylist() == [None]


def test_letters_outside_ascii_stay_as_they_are() -> None:
    with Engine(threads=1) as engine:
        texts = engine.table("SELECT unnest([upper_ascii('j1745'), upper_ascii('jß'), upper_ascii('')]) AS x")["x"]
        assert texts.to_pylist() == ["J1745", "jß", ""]
