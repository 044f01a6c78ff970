"""DuckDB's SQL, in which facts are written, as Spark's: SQLGlot, what it leaves out, and what is refused.

SQLGlot knows most of the differences (QUALIFY, EXCLUDE, FILTER, order of nulls, quotes, unnest). What both engines
accept and silently read otherwise is refused here, by name; `docs/guides/write-a-fact.md` says what to write instead.
"""

from __future__ import annotations

import unicodedata

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import ErrorLevel, SqlglotError

from cleanclaim.engine.functions import FUNCTIONS
from cleanclaim.errors import EngineError

_DIVISION = "DuckDB reckons in floating point, Spark in decimals"
_ORDER = "it depends on the order of rows"
_CLOCK = "a fact knows no clock"
_CHANCE = "a fact is the same each time"
_LETTERS = "letters outside ASCII change in two ways; write upper_ascii"
_REFUSED: dict[type[exp.Expr], str] = {
    exp.Div: _DIVISION, exp.Avg: _DIVISION, exp.Median: _DIVISION,
    exp.Interval: "DATE + INTERVAL is a timestamp in DuckDB and a date in Spark; write date_diff",
    exp.DayOfWeek: "Sunday is 0 in DuckDB and 1 in Spark",
    exp.Bracket: "past the end of a list DuckDB says null and Spark stops",
    exp.Upper: _LETTERS, exp.Lower: _LETTERS,
    exp.First: _ORDER, exp.Last: _ORDER, exp.AnyValue: _ORDER, exp.Mode: _ORDER,
    exp.CurrentDate: _CLOCK, exp.CurrentTimestamp: _CLOCK, exp.Localtimestamp: _CLOCK,
    exp.Rand: _CHANCE, exp.Uuid: _CHANCE, exp.TableSample: _CHANCE,
}  # fmt: skip

# What DuckDB's trim takes away: every blank of Unicode (a pasted code may have a no-break one). Spark's takes one.
_BLANKS = "".join(chr(n) for n in range(0x10000) if unicodedata.category(chr(n)) == "Zs")


def parse(sql: str) -> exp.Expr:
    """A statement in DuckDB's SQL as a tree."""
    try:
        return sqlglot.parse_one(sql, read="duckdb")
    except SqlglotError as error:
        raise EngineError(f"SQL that cannot be read: {str(error).splitlines()[0]}") from None


def spark_sql(query: str | exp.Expr) -> str:
    """A query in DuckDB's SQL as Spark SQL that gives the same rows.

    Raises: EngineError for what the two engines read differently, or what only one can say.
    """
    tree = parse(query) if isinstance(query, str) else query
    for node in tree.walk():
        if refusal := _refusal(node):
            raise EngineError(f"`{node.sql(dialect='duckdb')}` is not the same on every engine: {refusal}")
    try:
        return tree.transform(_mended).sql(dialect="spark", comments=False, unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        raise EngineError(f"not to be said in Spark's SQL: {str(error).splitlines()[0]}") from None


def _refusal(node: exp.Expr) -> str:
    match node:
        case exp.Anonymous() if node.name.lower() not in FUNCTIONS:
            return f"there is no translation of the function `{node.name}`"
        case exp.ArrayAgg(this=exp.Order()):
            return "Spark drops the order of a list; sort it with list_sort"
        case exp.Filter(this=exp.ArrayAgg()):
            return "a list of nothing is null in DuckDB and empty in Spark"
        case exp.Filter(this=exp.GroupConcat()):
            return "Spark breaks on it; make null before what is left out"
        case exp.DateDiff() if node.text("unit").upper() not in {"", "DAY"}:
            return "months and years are counted in two ways"
        case exp.RegexpFullMatch() if not node.expression.is_string:
            return "it takes a pattern written out"
    return _REFUSED.get(type(node), "")


def _mended(node: exp.Expr) -> exp.Expr:
    # What is put in the place of a node is not visited again: its arguments are mended here.
    match node:
        case exp.Anonymous():
            ours = FUNCTIONS[node.name.lower()]
            arguments = (argument.transform(_mended) for argument in node.expressions)
            given = dict(zip(ours.parameters, arguments, strict=True))
            written_out = parse(f"({ours.expression})")
            for parameter in list(written_out.find_all(exp.Column)):
                parameter.replace(given[parameter.name].copy())
            return written_out
        case exp.RegexpFullMatch():
            # Spark knows only RLIKE, which searches. `\z`, not `$`: Java's `$` also stands before a last line feed.
            pattern = exp.Literal.string(rf"\A(?:{node.expression.name})\z")
            return exp.paren(exp.RegexpLike(this=node.this.transform(_mended), expression=pattern))
        case exp.Trim() if node.expression is None:
            node.set("expression", exp.Literal.string(_BLANKS))
            node.set("position", node.text("position") or "BOTH")
    return node
