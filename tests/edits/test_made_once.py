"""A query in which parts are read often, and the same as statements that make each of these once: the same rows."""

from __future__ import annotations

import pytest
from sqlglot import expressions as exp

from cleanclaim.edits.dictionary import Group, dictionary
from cleanclaim.edits.plan.dialect import parse, spark_sql
from cleanclaim.edits.plan.made_once import made_once
from cleanclaim.engine.connection import Engine

NUMBERS = "numbers AS (SELECT unnest([1, 2, 3, NULL]) AS n)"
OFTEN = "SELECT a.n FROM numbers AS a JOIN numbers USING (n) WHERE n IN (SELECT n FROM numbers) ORDER BY n"
QUERIES = {
    f"WITH {NUMBERS} {OFTEN}": ["made_numbers", "made"],
    f"WITH {NUMBERS}, twice AS (SELECT n + n AS n FROM numbers) SELECT count(*) AS c FROM twice, twice AS b, twice AS c": ["made_twice", "made"],
    # Each is read once by the next: the first is made once with it.
    f"WITH {NUMBERS}, b AS (SELECT n FROM numbers), c AS (SELECT n FROM b) SELECT sum(n) AS s FROM c": ["made"],
    # Three times by a part that is read once, and six times by one that is read twice.
    f"WITH {NUMBERS}, b AS ({OFTEN}) SELECT x.n, b.n AS m FROM b AS x JOIN b USING (n)": ["made_numbers", "made"],
    # A name that means something else inside a part: nothing is taken apart.
    f"WITH {NUMBERS}, b AS (WITH numbers AS (SELECT 7 AS n) SELECT n FROM numbers) SELECT b.n FROM b, b AS c, b AS d": ["made"],
    "SELECT 1 AS one": ["made"],
    f"WITH {NUMBERS} SELECT n FROM numbers UNION ALL SELECT n FROM numbers UNION ALL SELECT n FROM numbers ORDER BY n": ["made_numbers", "made"],
}  # fmt: skip


def statements(name: str, sql: str) -> list[tuple[str, exp.Query]]:
    query = parse(sql)
    assert isinstance(query, exp.Query)
    return list(made_once(name, query))


@pytest.mark.parametrize("sql", QUERIES)
def test_the_rows_are_the_same(sql: str) -> None:
    made = statements("made", sql)
    assert [name for name, _ in made] == QUERIES[sql]
    with Engine() as engine:
        for name, query in made:
            engine.run(f"CREATE TABLE {name} AS {query.sql(dialect='duckdb')}")
        assert engine.table("FROM made").to_pylist() == engine.table(sql).to_pylist()


@pytest.mark.parametrize("group", [one for one in dictionary().groups if one.sql], ids=lambda group: group.name)
def test_each_group_can_be_said_on_spark_in_parts(group: Group) -> None:
    made = statements(f"fact_{group.name}", group.sql)
    assert made[-1][0] == f"fact_{group.name}"
    assert all(spark_sql(query) for _, query in made)


def test_what_is_read_most_is_made_once() -> None:
    (group,) = (one for one in dictionary().groups if one.name == "given_before")
    assert {"fact_given_before_lines", "fact_given_before_told"} < {
        name for name, _ in statements("fact_given_before", group.sql)
    }
