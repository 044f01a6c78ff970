"""Spark as an engine: what it silently loses or reads otherwise, and what a user is told where it is not there."""

from __future__ import annotations

import builtins
import os
import sys
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from cleanclaim.edits.plan.spark import MOST_LOCAL_BYTES, SparkEngine, local_session
from cleanclaim.engine.connection import Engine
from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import EngineError


def test_no_row_is_lost_after_an_empty_batch(engine: SparkEngine) -> None:
    parts = [pa.table({"x": pa.array(values, pa.int64())}) for values in ([], [1, 2], [], [3], [])]
    engine.register("parts", pa.concat_tables(parts))
    assert sorted(engine.table("FROM parts")["x"].to_pylist()) == [1, 2, 3]
    engine.register("parts", parts[0])
    assert engine.table("FROM parts").num_rows == 0


TEXT_FUNCTIONS = [
    "upper_ascii(letter)", "upper_ascii(trim('a' || letter))", "trim(' ' || letter || ' ')", "ltrim(letter || 'a')", "rtrim('a' || letter)", "length(letter)", "letter < 'J'", "letter = ' '",
    "starts_with(letter, 'J')", "regexp_full_match(letter, '[0-9]')", "regexp_full_match('7' || letter, '[0-9]')", "letter IN ('A', '')",
    "array_to_string(string_split('a' || letter || 'b', ' '), '+')",
]  # fmt: skip


def test_every_character_is_read_alike(engine: SparkEngine) -> None:
    letters = pa.table({"letter": [chr(n) for n in range(1, 0x20000) if not 0xD800 <= n <= 0xDFFF]})
    columns = ", ".join(f"{text} AS c{number}" for number, text in enumerate(TEXT_FUNCTIONS))
    query = f"SELECT letter, {columns} FROM letters"
    engine.register("letters", letters)
    with Engine() as duck:
        duck.register("letters", letters)
        one, other = duck.table(query).sort_by("letter"), engine.table(query).sort_by("letter")
    for number, text in enumerate(TEXT_FUNCTIONS):
        left, right = one[f"c{number}"].combine_chunks(), other[f"c{number}"].combine_chunks()
        assert left.cast(right.type).equals(right), text


PROBES = [
    "SELECT CAST(0.00001 AS DECIMAL(38, 10)) * CAST(0.00001 AS DECIMAL(38, 10)) > 0 AS a",
    "SELECT bool_or(x > 2) AS a, bool_and(x > 2) AS b, count(*) FILTER (x > 1) AS c, count(x) AS d, max(x) FILTER (x > 9) AS e FROM numbers",
    "SELECT CAST(sum(d) AS DECIMAL(28, 3)) AS a, CAST(coalesce(sum(d) FILTER (d > 99), 0) AS DECIMAL(28, 3)) AS b, max(d) AS c FROM numbers",
    "SELECT string_agg(DISTINCT t, ', ' ORDER BY t) AS a, string_agg(CASE WHEN x > 9 THEN t END, ', ') AS b FROM numbers",
    "SELECT arg_min(t, x) AS a, arg_max(t, x) AS b FROM numbers",
    "SELECT array_to_string(list_sort(list(t)), '+') AS a FROM numbers WHERE t IS NOT NULL",
    "SELECT x, row_number() OVER (ORDER BY t, x DESC) AS n FROM numbers ORDER BY n",
    "SELECT x FROM numbers QUALIFY row_number() OVER (PARTITION BY t ORDER BY x DESC) = 1 ORDER BY x",
    "SELECT n.* EXCLUDE (t, d) FROM numbers AS n ORDER BY x",
    "SELECT n.x FROM numbers AS n SEMI JOIN lists USING (x) ORDER BY x",
    "SELECT n.x FROM numbers AS n ANTI JOIN lists USING (x) ORDER BY x",
    "SELECT n.x, l.x AS y FROM numbers AS n LEFT JOIN lists AS l ON l.x IS NOT DISTINCT FROM n.x ORDER BY n.x",
    "SELECT x, unnest(l) AS one FROM lists ORDER BY x, one",
    "SELECT x, array_length(l) AS n, list_contains(l, 'a') AS has, list_contains(l, NULLIF('a', 'a')) AS nothing FROM lists ORDER BY x",
    "SELECT CAST(d AS VARCHAR) AS a, rtrim(rtrim(CAST(d AS VARCHAR), '0'), '.') AS b, floor(d) = d AS c FROM numbers ORDER BY x",
    "SELECT date_diff('day', DATE '2024-02-28', DATE '2024-03-01') AS a, DATE '2024-02-28' + 2 AS b, DATE '2024-03-01' BETWEEN DATE '2024-03-01' AND DATE '9999-12-31' AS c",
    "SELECT least(x, 2) AS a, greatest(x, NULL) AS b, coalesce(NULL, x) AS c, nullif(x, 1) AS d FROM numbers ORDER BY x",
    "SELECT t || 'x' AS a, concat(t, 'x') AS b, substr(t, 1, 1) AS c, left(t, 1) AS d, lpad(t, 3, '0') AS e, contains(t, 'a') AS f, replace(t, 'a', 'b') AS g FROM numbers ORDER BY x",
    "SELECT round(d, 2) AS a, abs(d) AS b, d * 2 AS c, d - 1 AS e, x % 2 AS f FROM numbers ORDER BY x",
    "SELECT lag(t) OVER (ORDER BY x) AS a, sum(x) OVER (PARTITION BY t) AS b FROM numbers ORDER BY x",
    "SELECT x FROM numbers AS n WHERE EXISTS (SELECT 1 FROM lists AS l WHERE l.x = n.x) ORDER BY x",
    "SELECT year(DATE '2024-02-29') AS a, month(DATE '2024-02-29') AS b, day(DATE '2024-02-29') AS c, last_day(DATE '2024-02-01') AS d",
]  # fmt: skip


@pytest.mark.parametrize("query", PROBES, ids=lambda query: query[7:50])
def test_what_the_guide_recommends_is_the_same(engine: SparkEngine, query: str) -> None:
    numbers = pa.table({
        "x": pa.array([1, 2, 3, 4], pa.int64()), "t": ["b", "a", None, "a"],
        "d": pa.array([1, 2, None, 0], pa.decimal128(9, 0)).cast(pa.decimal128(12, 3)),
    })  # fmt: skip
    lists = pa.table(
        {"x": pa.array([1, 2, None], pa.int64()), "l": pa.array([["a", "b"], [], None], pa.list_(pa.string()))}
    )
    with Engine() as duck:
        for one in (duck, engine):
            one.register("numbers", numbers)
            one.register("lists", lists)
        assert engine.table(query).to_pylist() == duck.table(query).to_pylist()


def test_an_absurd_number_stops_it_as_it_stops_duckdb(engine: SparkEngine) -> None:
    query = "SELECT CAST(CAST('99999999999' AS DECIMAL(18, 0)) AS DECIMAL(12, 3)) AS a"
    with Engine() as duck, pytest.raises(EngineError):
        duck.table(query)
    with pytest.raises(EngineError, match="NUMERIC_VALUE_OUT_OF_RANGE"):
        engine.table(query)


def test_settings_of_the_session_that_is_given_change_nothing_and_stay(spark: Any) -> None:
    spark.conf.set("spark.sql.ansi.enabled", "false")
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        with SparkEngine(spark) as engine, pytest.raises(EngineError):
            engine.table("SELECT CAST('x' AS BIGINT) AS a")
        assert spark.conf.get("spark.sql.session.timeZone") == "America/New_York"
    finally:
        spark.conf.unset("spark.sql.ansi.enabled")
        spark.conf.unset("spark.sql.session.timeZone")


def large(rows: int) -> pa.Table:
    """A column of every type, with nulls, nothing and the edges of each, and more of it than stays in a plan."""
    values: dict[ColumnType, list[Any]] = {
        ColumnType.TEXT: [None, "", "it's \\ ß", "x" * 100],
        ColumnType.TEXTS: [None, [], ["JW"], ["59", ""]],
        ColumnType.BOOLEAN: [None, True, False, True],
        ColumnType.INTEGER: [None, 0, 2**63 - 1, -(2**63)],
        ColumnType.DATE: [None, date(1, 1, 1), date(1582, 10, 10), date(9999, 12, 31)],
        ColumnType.MONEY: [None, Decimal(0), Decimal("999999999999.99"), Decimal("-0.01")],
        ColumnType.UNITS: [None, Decimal("0.001"), Decimal("999999999.999"), Decimal("-999999999.999")],
        ColumnType.TOTAL: [None, Decimal(0), Decimal("9999999999999999999999999.999"), Decimal("-0.001")],
        ColumnType.MONEY_TOTAL: [None, Decimal(0), Decimal("99999999999999999999999999.99"), Decimal("-0.01")],
        ColumnType.AMOUNT: [None, Decimal("0.000001"), Decimal("999999999999.999999"), Decimal(-1)],
    }  # fmt: skip
    columns = {kind.name: pa.array([of[row % 4] for row in range(rows)], kind.arrow()) for kind, of in values.items()}
    assert set(values) == set(ColumnType)
    return pa.table({"x": pa.array(range(rows), pa.int64()), **columns})


def test_a_stored_table_is_what_was_handed_in(engine: SparkEngine) -> None:
    table = large(4_000)
    assert table.nbytes > MOST_LOCAL_BYTES
    engine.register("stored", table.slice(1_000))
    found = engine.table("SELECT * FROM stored ORDER BY x")
    assert found.to_pylist() == table.slice(1_000).to_pylist()
    assert [field.type for field in found.schema] == [
        pa.list_(pa.field("element", pa.string())) if field.name == "TEXTS" else field.type for field in table.schema
    ]
    engine.run("CREATE TABLE made AS SELECT * FROM stored WHERE x % 2 = 0")
    again = engine.table("SELECT * FROM made ORDER BY x")
    assert again.schema == found.schema
    assert again.to_pylist() == [row for row in found.to_pylist() if row["x"] % 2 == 0]


def test_no_plan_holds_the_rows_of_a_large_table(engine: SparkEngine) -> None:
    engine.register("stored", pa.table({"t": [f"MARK{number}" for number in range(50_000)]}))
    engine.register("small", pa.table({"t": ["MARK1"]}))
    plan = engine.query("FROM stored")._jdf.queryExecution().toString()
    assert "LocalRelation" not in plan
    assert "parquet" in plan
    assert engine.table("SELECT count(*) AS n FROM stored JOIN small USING (t)")["n"].to_pylist() == [1]


def test_what_is_appended_stands_beside_what_was_there(engine: SparkEngine) -> None:
    engine.register("t", pa.table({"x": pa.array([], pa.int64())}))
    for values in ([1, 2, 3], [], [4]):
        engine.append("t", pa.table({"x": pa.array(values, pa.int64())}))
    assert sorted(engine.table("FROM t")["x"].to_pylist()) == [1, 2, 3, 4]
    engine.register("t", pa.table({"x": pa.array([7], pa.int64())}))
    assert engine.table("FROM t")["x"].to_pylist() == [7]
    engine.append("t", pa.table({"x": pa.array([8], pa.int64())}))
    assert engine.table("FROM t")["x"].to_pylist() == [8]


def test_what_is_stored_is_removed_at_the_end(spark: Any) -> None:
    own = f"cleanclaim-{os.getpid()}-*"
    before = set(Path(tempfile.gettempdir()).glob(own))
    with SparkEngine(spark) as engine:
        engine.register("stored", large(4_000))
        engine.run("CREATE TABLE made AS FROM stored")
        (folder,) = set(Path(tempfile.gettempdir()).glob(own)) - before
        assert list(folder.rglob("*.parquet"))
    assert not folder.exists()


def test_a_statement_that_makes_no_table_is_refused(engine: SparkEngine) -> None:
    with pytest.raises(EngineError, match="makes a table or a view"):
        engine.run("DROP TABLE claim")
    with pytest.raises(EngineError, match="TABLE_OR_VIEW_NOT_FOUND"):
        engine.table("FROM nowhere")


def test_without_java_the_message_says_so(monkeypatch: pytest.MonkeyPatch, spark: Any) -> None:
    assert spark
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(EngineError, match="Spark needs Java 17 or later"):
        local_session()


def test_without_the_extra_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def no_pyspark(name: str, *more: Any) -> Any:
        if name.partition(".")[0] == "pyspark":
            raise ImportError(name, name=name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", no_pyspark)
    monkeypatch.delitem(sys.modules, "pyspark", raising=False)
    with pytest.raises(EngineError, match=r"pip install 'cleanclaim\[spark\]'"):
        local_session()
