"""The language of facts: every group gives the same rows in DuckDB and compiled to Python; what it lacks is refused."""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from cleanclaim.edits.dictionary import ROW_ID, Group, dictionary
from cleanclaim.edits.fact_language import compiled_query
from cleanclaim.edits.fact_language.shapes import shapes_of
from cleanclaim.edits.fact_language.type_check import check_query, check_types
from cleanclaim.edits.plan.arrow_rows import relation_of, rows_of
from cleanclaim.engine.connection import Engine
from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import EngineError
from cleanclaim.policies.tables import HANDED_IN
from cleanclaim.reference.library.kept_tables import SEARCHED
from cleanclaim.reference.tables import TABLES

SQL_GROUPS = [group for group in dictionary().groups if group.sql]
DAYS = [date(2023, 6, 30), date(2023, 7, 1), date(2024, 1, 5), date(2024, 2, 29), date(2026, 1, 1), date(9999, 12, 31)]
WORDS = [
    "J1745", "J9271", "J3490", "57894003001", "00409119201", "11", "22", "131", "JW", "JZ", "59", "commercial",
    "medicare_b", "P1", "*", "hcpcs", "mue", "practitioner", "J", "single_dose", "ML", " J1745 ", "j1745", "É", "",
    "Z3A.20", "Z3A20", "K5090", "rate", "starter: made up", "2", "7", "requires.step", "code", "documents", "kx", "I",
]  # fmt: skip
FEW_WORDS = ["J1745", "J1745", "J1745", "JW", "JW", "requires.step", "documents", "code"]  # so that rows meet
NUMBERS = [Decimal(0), Decimal(1), Decimal("0.5"), Decimal("2.5"), Decimal(40), Decimal(9999)]
# A row of the reference is one of its key and first day; two that differ in the rest would leave a tie to chance.
_KEYS = {f"ref_{table.name}": table.key for table in (*TABLES, *HANDED_IN.values())}


def cell(kind: ColumnType, chance: random.Random, words: list[str]) -> Any:
    if chance.random() < (0.2 if words is WORDS else 0.05):
        return None
    match kind:
        case ColumnType.TEXT:
            return chance.choice(words)
        case ColumnType.TEXTS:
            return chance.choices(words, k=chance.randrange(4 if words is WORDS else 2))
        case ColumnType.BOOLEAN:
            return chance.random() < 0.5
        case ColumnType.INTEGER:
            return chance.choice([0, 1, 2, 3, 28, 90])
        case ColumnType.DATE:
            return chance.choice(DAYS if words is WORDS else DAYS[:2])
        case _:
            return chance.choice(NUMBERS)


def table(
    shape: dict[str, ColumnType], rows: int, chance: random.Random, ids: tuple[str, ...] = (),
    words: list[str] = WORDS,
) -> pa.Table:  # fmt: skip
    columns = {
        name: pa.array(
            list(range(rows))
            if name in ids
            else [chance.randrange(4) if name.endswith("_row") else cell(kind, chance, words) for _ in range(rows)],
            kind.arrow(),
        )
        for name, kind in shape.items()
    }
    return pa.table(columns)


def distinct(rows: pa.Table, names: tuple[str, ...], *, nulls: bool) -> pa.Table:
    """Each key once: what is asked for comes once, and a span of the reference is one row of a key without nulls."""
    seen, kept = set(), []
    for place, row in enumerate(rows.select(names).to_pylist()):
        key = tuple(tuple(one) if isinstance(one, list) else one for one in row.values())
        if key not in seen and (nulls or None not in key):
            seen.add(key)
            kept.append(place)
    return rows.take(pa.array(kept, pa.int64()))


def made(group: Group, seed: int) -> dict[str, pa.Table]:
    chance = random.Random(seed)  # noqa: S311 - for the same tables each time
    found = {}
    for name, shape in shapes_of(group, dictionary()).items():
        rows = 1 if name == "run" else 50 if seed % 2 else chance.choice([0, 1, 6, 14])
        ids = (f"{name}_row",) if name in ("claim", "line") else ()
        if name == "rows":
            ids = (ROW_ID[group.grain],)
        elif name.startswith("fact_"):
            ids = tuple(ROW_ID[one.grain] for one in dictionary().groups if f"fact_{one.name}" == name)
        one = table(shape, rows, chance, ids, FEW_WORDS if seed % 2 else WORDS)
        key = group.head.keys if name == "keys" else _keys_of(name)
        found[name] = distinct(one, key, nulls=not name.startswith("ref_")) if key else one
    return found


def _keys_of(name: str) -> tuple[str, ...]:
    facts = [one.head.keys for one in dictionary().groups if f"fact_{one.name}" == name]
    return facts[0] if facts else _KEYS.get(name, ())


def plain(rows: list[tuple[Any, ...]]) -> Counter[str]:
    """Rows without order: what an aggregate gathers has none either where the text does not say one."""

    def text(value: Any) -> str:
        if isinstance(value, Decimal):
            return str(value.normalize() + 0)
        if isinstance(value, tuple | list):
            return f"({', '.join(sorted(map(text, value)))})"
        return repr(value)

    return Counter(" | ".join(map(text, row)) for row in rows)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(threads=1) as opened:
        yield opened


@pytest.mark.parametrize("group", SQL_GROUPS, ids=lambda group: group.name)
def test_every_group_says_the_same_in_duckdb_and_in_python(group: Group, engine: Engine) -> None:
    shapes = {name: tuple(shape) for name, shape in shapes_of(group, dictionary()).items()}
    query = compiled_query(group.sql, shapes.__getitem__, lambda name: name.startswith("ref_"))
    full = 0
    for seed in range(16):
        tables = made(group, seed)
        for name, one in tables.items():
            engine.register(name, one)
        expected = engine.table(group.sql)
        found = query.rows({name: relation_of(one) for name, one in tables.items()}, {})
        assert set(query.names) == set(expected.column_names)
        ordered = expected.select(query.names)
        assert plain(found) == plain(rows_of(ordered)), (group.name, seed)
        full += bool(found)
    assert full, "no table made a row"


@pytest.mark.parametrize("group", [one for one in SQL_GROUPS if one.head.asked_by], ids=lambda group: group.name)
def test_a_group_of_which_nothing_is_asked_says_nothing(group: Group) -> None:
    handed = {name for name in group.head.asked_by if name in HANDED_IN}
    facts = group.head.asked_by - handed
    assert facts <= set(group.head.reads)
    spoke = 0
    for seed in range(8):
        tables = made(group, seed)
        with Engine() as engine:
            for name, one in tables.items():
                engine.register(name, one)
            asked = engine.table(group.sql).select(list(group.head.columns))
            spoke += any(column.null_count < len(column) for column in asked.columns)
            for name in handed:
                engine.register(f"ref_{name}", tables[f"ref_{name}"].slice(0, 0))
            rows = tables["rows"]
            for name in facts:
                place, field = rows.schema.get_field_index(name), rows.schema.field(name)
                rows = rows.set_column(place, field, pa.nulls(rows.num_rows, field.type))
            engine.register("rows", rows)
            silent = engine.table(group.sql).select(list(group.head.columns))
        assert all(column.null_count == len(column) for column in silent.columns), (group.name, seed)
    assert spoke, "it never said anything"


REFUSED = {
    "SELECT a / 2 AS x FROM t": "Div",
    "SELECT lower(a) AS x FROM t": "Lower",
    "SELECT now() AS x FROM t": "the function `now`",
    "SELECT a FROM t ORDER BY a DESC": "ORDER BY",
    "SELECT a FROM t LIMIT 1": "LIMIT",
    "SELECT a FROM t FULL JOIN u ON u.a = t.a": "FULL",
    "SELECT b, max(a) AS x, a FROM t GROUP BY b": "no key of its group",
    "SELECT string_agg(a, ', ') AS x FROM t": "string_agg without an order",
    "SELECT sum(a) OVER (ORDER BY b) AS x FROM t": "without a frame",
    "SELECT nobody FROM t": "the column",
    "SELECT regexp_replace(a, 'x', 'y') AS x FROM t": "first match",
    "SELECT date_diff('month', a, b) AS x FROM t": "months or years",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_what_the_language_lacks_is_refused_by_name(sql: str) -> None:
    with pytest.raises(EngineError, match=re.escape(REFUSED[sql])):
        compiled_query(sql, {"t": ("a", "b"), "u": ("a",)}.__getitem__, lambda _: False)


SHAPE = {
    "a": ColumnType.BOOLEAN, "b": ColumnType.BOOLEAN, "n": ColumnType.INTEGER, "m": ColumnType.INTEGER,
    "d": ColumnType.AMOUNT, "t": ColumnType.TEXT, "l": ColumnType.TEXTS, "e": ColumnType.DATE, "f": ColumnType.DATE,
}  # fmt: skip
MISFITS = {
    "SELECT t = n AS x FROM t": "compares a number and a text",
    "SELECT e BETWEEN '2024-01-01' AND t AS x FROM t": "compares a date and a text",
    "SELECT n IN (1, 'one') AS x FROM t": "compares a number and a text",
    "SELECT e + 1 > f AS x FROM t": "reckons with a date; expected a number",
    "SELECT n || t AS x FROM t": "joins a number; expected a text",
    "SELECT a AND n AS x FROM t": "asks whether a number; expected a boolean",
    "SELECT NOT t AS x FROM t": "asks whether a text; expected a boolean",
    "SELECT coalesce(n, t) AS x FROM t": "chooses between a number and a text",
    "SELECT CASE WHEN a THEN e ELSE n END AS x FROM t": "chooses between a date and a number",
    "SELECT sum(t) AS x FROM t": "adds up a text; expected a number",
    "WITH one AS (SELECT least(n, m) AS k FROM t)\nSELECT t.t = one.k AS x\nFROM t, one": "line 2: ",
    "SELECT n AS x FROM t": "the column `x` is a number, its head says boolean",
    "SELECT a FROM t": "the column `x` of the head is not selected",
}


@pytest.mark.parametrize("group", SQL_GROUPS, ids=lambda group: group.name)
def test_the_types_of_every_group_fit(group: Group) -> None:
    check_types(group, dictionary())


@pytest.mark.parametrize("sql", MISFITS)
def test_what_does_not_fit_is_refused_by_line_and_construct(sql: str) -> None:
    with pytest.raises(EngineError, match=re.escape(MISFITS[sql])):
        check_query(sql, {"t": SHAPE}, {"x": ColumnType.BOOLEAN})


def test_a_group_that_does_not_fit_is_named() -> None:
    group = next(one for one in SQL_GROUPS if one.name == "mue")
    broken = replace(group, sql=group.sql.replace("SELECT", "SELECT service_date + 1 AS again,", 1))
    with pytest.raises(EngineError, match=r"^fact group mue: line \d+: `.*service_date.* \+ 1`: reckons with a date"):
        check_types(broken, dictionary())


EXPRESSIONS = [
    "a AND b", "a OR b", "NOT a", "a = b", "a <> b", "a IS DISTINCT FROM b", "a IS NULL OR b", "n BETWEEN m AND 3",
    "n < m OR n IS NULL", "n IN (1, 2)", "coalesce(n, m, 0)", "CASE WHEN a THEN n WHEN b THEN m END",
    "least(n, m)", "greatest(n, m)", "nullif(n, m)", "abs(n - m)", "CAST(d AS BIGINT)", "CAST(d AS DECIMAL(18, 1))",
    "floor(d)", "t || '-' || t", "trim(t)", "upper_ascii(t)", "substring(t, 2, 3)", "replace(t, 'J', 'K')",
    "starts_with(t, 'J1')", "contains(t, '74')", "length(t)", "regexp_full_match(t, '[A-Z][0-9]{4}')",
    "regexp_replace(t, '[^A-Z0-9-]+', ' ', 'g')", "list_contains(l, t)", "array_length(l)", "rtrim(t, '5')",
    "list_transform(l, lambda x: upper_ascii(x))", "list_filter(l, lambda x: x <> 'JW')", "concat_ws(' + ', t, NULL, 'x')",
    "date_diff('day', e, f)", "year(e)", "month(e)", "day(e)", "CAST(n AS VARCHAR)",
    "list_concat(l, ['JZ'])", "a = (n IN (SELECT m FROM u))",
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_expression_says_the_same_over_all_nulls_and_extremes(expression: str) -> None:
    chance = random.Random(expression)  # noqa: S311
    rows = table(SHAPE, 200, chance)
    sql = f"SELECT {expression} AS x FROM t"
    with Engine() as engine:
        engine.register("t", rows)
        engine.register("u", rows.slice(0, 3))
        expected = engine.table(sql)
    query = compiled_query(
        f"SELECT {expression} AS x FROM t", {"t": tuple(SHAPE), "u": tuple(SHAPE)}.__getitem__, lambda _: False
    )
    found = query.rows({"t": relation_of(rows), "u": relation_of(rows.slice(0, 3))}, {})
    assert plain(found) == plain(rows_of(expected))


def joins() -> Iterator[str]:
    sides = ("JOIN", "LEFT JOIN", "SEMI JOIN", "ANTI JOIN")
    conditions = (
        "u.n = t.n", "u.n IS NOT DISTINCT FROM t.n", "u.n = t.n AND t.m BETWEEN u.m AND 28",
        "(u.n = t.n OR u.n IS NULL)", "(u.t = '*' OR u.t = t.t)", "u.n = t.n AND u.t IS NULL", "u.m > t.m", "u.n = t.n OR u.m = t.m",
    )  # fmt: skip
    for side, condition in itertools.product(sides, conditions):
        columns = "t.n, t.m, t.t" + ("" if side in ("SEMI JOIN", "ANTI JOIN") else ", u.m AS um, u.t AS ut")
        yield f"SELECT {columns} FROM t {side} u ON {condition}"


@pytest.mark.parametrize("sql", list(joins()))
def test_every_join_says_the_same_by_key_and_by_rows(sql: str, engine: Engine) -> None:
    shape = {"n": ColumnType.INTEGER, "m": ColumnType.INTEGER, "t": ColumnType.TEXT}
    query = compiled_query(sql, lambda _: tuple(shape), lambda _: False)
    for seed in range(20):
        chance = random.Random(seed)  # noqa: S311 - for the same tables each time
        first, second = table(shape, 12, chance), table(shape, chance.choice([0, 5, 12]), chance)
        engine.register("t", first)
        engine.register("u", second)
        expected = engine.table(sql)
        assert plain(query.rows({"t": relation_of(first), "u": relation_of(second)}, {})) == plain(rows_of(expected))


def test_every_table_that_a_group_reads_is_found_by_the_columns_by_which_it_asks() -> None:
    assert {name for group in SQL_GROUPS for name in group.reference} <= {
        one.name for one in (*TABLES, *HANDED_IN.values())
    }
    assert set(SEARCHED) <= {name for one in TABLES for name in one.names}
