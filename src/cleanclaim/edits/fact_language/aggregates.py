"""What is the same for a group of rows: its keys, and aggregates over the values that are not null."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from cleanclaim.edits.fact_language.scopes import Scope, refused

if TYPE_CHECKING:
    from cleanclaim.edits.fact_language.expressions import ExpressionWriter

AGGREGATES = (exp.AggFunc, exp.GroupConcat, exp.LogicalOr, exp.LogicalAnd, exp.ArgMin, exp.ArrayAgg)
RANKS = (exp.RowNumber, exp.DenseRank)
SIMPLE_AGGREGATES: dict[type[exp.Expr], str] = {
    exp.Max: "most", exp.Min: "least_of", exp.Sum: "total", exp.LogicalOr: "any_true", exp.LogicalAnd: "all_true",
}  # fmt: skip


def of_group(writer: ExpressionWriter, node: exp.Expr, scope: Scope) -> str | None:
    """Code of what is the same for a group: a key, an aggregate; None for what is made of them."""
    if isinstance(node, exp.Column):
        code = scope.column(node)
        if code is None:
            return writer.value_of_column(node, scope)
        if code not in scope.keys:
            raise refused(f"`{node.sql()}`, which is no key of its group")
        return scope.keys[code]
    if isinstance(node, exp.Filter):
        return _aggregate(writer, node.this, scope, node.expression.this)
    if isinstance(node, AGGREGATES) and not isinstance(node, RANKS):
        return _aggregate(writer, node, scope, None)
    return scope.key_texts.get(node.sql())


def _aggregate(writer: ExpressionWriter, node: exp.Expr, scope: Scope, condition: exp.Expr | None) -> str:
    each = scope.ungrouped()
    loop = f"for {scope.pattern} in {scope.group}"
    test = f" and {writer.true(condition, each)}" if condition is not None else ""
    what = node.this
    distinct = isinstance(what, exp.Distinct)

    def known(part: exp.Expr) -> str:
        one = writer.fresh("one")
        return f"[{one} {loop} if ({one} := {writer.value(part, each)}) is not None{test}]"

    if template := SIMPLE_AGGREGATES.get(type(node)):
        return f"{template}({known(what)})"
    match node:
        case exp.Count(this=exp.Star()):
            return f"sum([1 {loop}{test.replace(' and ', ' if ', 1)}])" if test else f"len({scope.group})"
        case exp.Count():
            return f"len(set({known(what.expressions[0])}))" if distinct else f"len({known(what)})"
        case exp.ArrayAgg():
            return f"tuple([{writer.value(what, each)} {loop}{test.replace(' and ', ' if ', 1)}])"
        case exp.ArgMin():
            one, by = writer.fresh("one"), writer.fresh("by")
            first, second = writer.value(what, each), writer.value(node.expression, each)
            both = f"({one} := {first}) is not None and ({by} := {second}) is not None{test}"
            return f"of_least([({one}, {by}) {loop} if {both}])"
        case exp.GroupConcat():
            return _string_agg(writer, node, each, loop, test)
    raise refused(type(node).__name__)


def _string_agg(writer: ExpressionWriter, node: exp.GroupConcat, each: Scope, loop: str, test: str) -> str:
    what, order, distinct = node.this, None, False
    while isinstance(what, exp.Order | exp.Distinct):
        order = what if isinstance(what, exp.Order) else order
        distinct |= isinstance(what, exp.Distinct)
        what = what.expressions[0] if isinstance(what, exp.Distinct) else what.this
    if order is None:
        raise refused("string_agg without an order")
    by = "".join(f"nulls_last({writer.value(one.this, each)}), " for one in order.expressions)
    text = writer.fresh("one")
    pairs = f"[(({by}), {text}) {loop} if ({text} := {writer.value(what, each)}) is not None{test}]"
    return f"joined({pairs}, {node.args['separator'].name!r}, distinct={distinct})"
