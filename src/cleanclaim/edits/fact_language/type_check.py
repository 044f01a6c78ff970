"""The types of a group of facts: what meets must fit together, and its columns are what its head says.

SQLGlot knows the types; here stands what may meet. DuckDB would change a text into a number on the way, and Python
would not: what the engines could read in two ways is refused by name and line before it runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from cleanclaim.edits.dictionary import Dictionary, Group
from cleanclaim.edits.fact_language.shapes import Shape, shapes_of
from cleanclaim.edits.plan.dialect import parse
from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import EngineError

_SQL = {
    ColumnType.TEXT: "VARCHAR", ColumnType.TEXTS: "VARCHAR[]", ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.INTEGER: "BIGINT", ColumnType.DATE: "DATE",
}  # fmt: skip
_NUMBER = "DECIMAL(18, 3)"
_COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_RECKONED = (exp.Add, exp.Sub, exp.Mul, exp.Mod)
_ONE_OF = (exp.Coalesce, exp.Least, exp.Greatest, exp.Nullif)


def check_types(group: Group, facts: Dictionary) -> None:
    """Refuse a group of which something does not fit.

    Raises:  EngineError names the group, the line of its SQL, the construct, and what was expected.
    """
    declared = {name: column.type for name, column in group.head.columns.items()}
    try:
        check_query(group.sql, shapes_of(group, facts), declared)
    except EngineError as error:
        raise EngineError(f"fact group {group.name}: {error}") from None


def check_query(sql: str, shapes: Mapping[str, Shape], declared: Mapping[str, ColumnType]) -> None:
    """Refuse a query over tables of some shapes of which something does not fit, or that yields other columns.

    Raises:  EngineError.
    """
    columns: dict[str, object] = {
        name: {column: _SQL.get(kind, _NUMBER) for column, kind in shape.items()} for name, shape in shapes.items()
    }
    schema = MappingSchema(columns, dialect="duckdb")
    try:
        tree = qualify(parse(sql), schema=schema, dialect="duckdb", validate_qualify_columns=False, identify=False)
        tree = annotate_types(tree, schema=schema, dialect="duckdb")
    except SqlglotError as error:
        raise EngineError(f"types that cannot be told: {str(error).splitlines()[0]}") from None
    for node in tree.walk():
        for wrong in _misfits(node):
            raise EngineError(f"line {_line(node)}: `{node.sql(dialect='duckdb')[:200]}`: {wrong}")
    selected = {one.alias_or_name: _kind(one) for one in tree.selects} if isinstance(tree, exp.Query) else {}
    for name, kind in declared.items():
        if name not in selected:
            raise EngineError(f"the column `{name}` of the head is not selected")
        wanted = _family(exp.DataType.build(_SQL.get(kind, _NUMBER), dialect="duckdb"))
        if selected[name] not in (None, wanted):
            raise EngineError(f"the column `{name}` is a {selected[name]}, its head says {wanted}")


def _misfits(node: exp.Expr) -> Iterator[str]:
    match node:
        case _ if isinstance(node, _COMPARED):
            yield from _unlike("compares", (node.this, node.expression))
        case exp.Between():
            yield from _unlike("compares", (node.this, node.args["low"], node.args["high"]))
        case exp.In() if not node.args.get("query"):
            yield from _unlike("compares", (node.this, *node.expressions))
        case _ if isinstance(node, _RECKONED):
            yield from _no("number", "reckons with", (node.this, node.expression))
        case exp.DPipe():
            yield from _no("text", "joins", (node.this, node.expression))
        case exp.And() | exp.Or():
            yield from _no("boolean", "asks whether", (node.this, node.expression))
        case exp.Not():
            yield from _no("boolean", "asks whether", (node.this,))
        case _ if isinstance(node, _ONE_OF):
            yield from _unlike("chooses between", _arguments(node))
        case exp.Case():
            branches = [*(one.args["true"] for one in node.args["ifs"]), node.args.get("default")]
            yield from _unlike("chooses between", [one for one in branches if one is not None])
        case exp.Sum():
            yield from _no("number", "adds up", (node.this,))


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    found = [node.args.get("this"), node.args.get("expression"), *node.expressions]
    return [one for one in found if isinstance(one, exp.Expr)]


def _unlike(does: str, items: Sequence[exp.Expr]) -> Iterator[str]:
    kinds = sorted({kind for kind in map(_kind, items) if kind})
    if len(kinds) > 1:
        yield f"{does} a {kinds[0]} and a {kinds[1]}"


def _no(wanted: str, does: str, items: Sequence[exp.Expr]) -> Iterator[str]:
    kinds = sorted({kind for kind in map(_kind, items) if kind} - {wanted})
    if kinds:
        yield f"{does} a {kinds[0]}; expected a {wanted}"


def _kind(node: exp.Expr) -> str | None:
    """The family of the type of an expression; None for a null, and where SQLGlot does not know it."""
    return _family(node.type) if node.type else None


def _family(kind: exp.DataType) -> str | None:
    if kind.this in exp.DataType.TEXT_TYPES:
        return "text"
    if kind.this in exp.DataType.NUMERIC_TYPES:
        return "number"
    names = {
        exp.DataType.Type.BOOLEAN: "boolean", exp.DataType.Type.DATE: "date", exp.DataType.Type.LIST: "list",
        exp.DataType.Type.ARRAY: "list", exp.DataType.Type.INTERVAL: "interval",
        exp.DataType.Type.TIMESTAMP: "timestamp",
    }  # fmt: skip
    return names.get(kind.this)


def _line(node: exp.Expr) -> int:
    """The line of the SQL on which a construct begins; 1 where nothing in it has a place."""
    return min((one.meta["line"] for one in node.find_all(exp.Identifier) if "line" in one.meta), default=1)
