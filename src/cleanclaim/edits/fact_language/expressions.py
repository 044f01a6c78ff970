"""Expressions of the language of facts as Python code: the declared subset of DuckDB's SQL, three-valued throughout.

What an expression says that is not declared here is refused by name when the fact is loaded, never when it runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlglot import expressions as exp

from cleanclaim.edits.fact_language.aggregates import of_group
from cleanclaim.edits.fact_language.scopes import Scope, conjuncts, disjuncts, is_literal, refused

_COMPARED: dict[type[exp.Expr], str] = {
    exp.EQ: "==",
    exp.NEQ: "!=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
# Null where an argument is null, else the code with the arguments in it.
_STRICT: dict[type[exp.Expr], str] = {
    exp.DPipe: "{0} + {1}", exp.Add: "{0} + {1}", exp.Sub: "{0} - {1}", exp.Mul: "{0} * {1}", exp.Neg: "-{0}",
    exp.Contains: "{1} in {0}", exp.ArrayContains: "{1} in {0}", exp.ArraySize: "len({0})", exp.Length: "len({0})",
    exp.StartsWith: "{0}.startswith({1})", exp.DateDiff: "({0} - {1}).days", exp.Abs: "abs({0})",
    exp.Floor: "floored({0})",
}  # fmt: skip
_TRIMMED = {"TRAILING": "rstrip", "LEADING": "lstrip"}
_NAME = re.compile(r"[A-Za-z_]\w*(\[\w+\])*\Z")
_PLAIN_TEXT = re.compile(r"'[^'\\]*'\Z")


class ExpressionWriter:
    """Writes expressions; what is constant in them is held beside the code."""

    def __init__(self) -> None:
        self.constants: dict[str, tuple[str, Any]] = {}  # by name: the kind of it (`CONSTANTS`) and its value
        self.lines: list[str] = []
        self._count = 0

    def fresh(self, stem: str) -> str:
        """A name that nothing has."""
        self._count += 1
        return f"{stem}{self._count}"

    def held(self, value: Any, kind: str = "value") -> str:  # noqa: ANN401 - any constant
        """The name of a constant."""
        name = self.fresh("held")
        self.constants[name] = (kind, value)
        return name

    def bound(self, code: str) -> tuple[str, str]:
        """Code that works a value out once, and code that names it after."""
        if _NAME.match(code) or _PLAIN_TEXT.match(code):
            return code, code
        name = self.fresh("one")
        return f"({name} := {code})", name

    def found_in(self, query: exp.Expr, scope: Scope) -> str:
        """The relation of a subquery of one column."""
        raise NotImplementedError

    # Truth: code that is truthy exactly where an expression is true, so that a condition costs no third value.

    def true(self, node: exp.Expr, scope: Scope) -> str:
        """Code that is truthy where the expression is true; where it is false or null, it is not."""
        match node:
            case exp.Paren():
                return self.true(node.this, scope)
            case exp.And():
                return "(" + " and ".join(self.true(one, scope) for one in conjuncts(node)) + ")"
            case exp.Or():
                return "(" + " or ".join(self.true(one, scope) for one in disjuncts(node)) + ")"
            case exp.Not() if not _is_null_test(node.this.unnest()):
                return f"({self.value(node.this.unnest(), scope)} is False)"
            case exp.EQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
                tests, comparison = self._comparison(node, scope, "is not None")
                return "(" + " and ".join([*tests, comparison]) + ")"
            case exp.Between():
                return self.true(_both_bounds(node), scope)
            case exp.In() if not node.args.get("query"):
                return f"({self.value(node.this, scope)} in {self._options(node)})"
        return f"({self.value(node, scope)})"

    def _comparison(self, node: exp.Expr, scope: Scope, test: str) -> tuple[list[str], str]:
        tests, names = [], []
        for part in (node.this, node.expression):
            code, name = self.bound(self.value(part, scope))
            names.append(code if is_literal(part) else name)
            if not is_literal(part):
                tests.append(f"{code} {test}")
        return tests, f"{names[0]} {_COMPARED[type(node)]} {names[1]}"

    def _options(self, node: exp.In) -> str:
        values = frozenset(_literal_value(one) for one in node.expressions)
        return self.held(values)

    # Values: code whose value is None where the expression is null.

    def value(self, node: exp.Expr, scope: Scope) -> str:
        """Code of the value of an expression.

        Raises:  EngineError for what the language lacks.
        """
        if scope.group and (code := of_group(self, node, scope)) is not None:
            return code
        if isinstance(node, exp.Window):
            return scope.windows[node.sql()]
        if template := _STRICT.get(type(node)):
            return self._strict(node, template, scope)
        writer: Callable[[exp.Expr, Scope], str] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if writer is None:
            raise refused(f"{type(node).__name__}, as in `{node.sql(dialect='duckdb')[:80]}`")
        return writer(node, scope)

    def _strict(self, node: exp.Expr, template: str, scope: Scope) -> str:
        parts = [node.this] if node.args.get("expression") is None else [node.this, node.expression]
        if isinstance(node, exp.DateDiff) and node.text("unit").upper() not in {"", "DAY"}:
            raise refused("date_diff of months or years")
        return self.null_if_null(parts, template, scope)

    def null_if_null(self, parts: Sequence[exp.Expr], template: str, scope: Scope) -> str:
        """Null where a part is null, else a template with the parts in it."""
        tests, names = [], []
        for part in parts:
            code, name = self.bound(self.value(part, scope))
            names.append(code if is_literal(part) else name)
            if not is_literal(part):
                tests.append(f"{code} is None")
        form = template.format(*names)
        return f"(None if {' or '.join(tests)} else {form})" if tests else f"({form})"

    # One method for each kind of expression that is neither strict nor of a group; `value` finds it by its name.

    def value_of_column(self, node: exp.Expr, scope: Scope) -> str:
        """The code of a column: of a lambda, of a source, or of another column of the query by its alias."""
        assert isinstance(node, exp.Column)  # noqa: S101 - `value` found it by its type
        if not node.table and node.name in scope.locals:
            return scope.locals[node.name]
        code = scope.column(node)
        if code is not None:
            return code
        if not node.table and node.name in scope.aliases:
            return self.value(scope.aliases[node.name], scope)
        raise refused(f"the column `{node.sql()}`, which nothing has")

    _column = value_of_column

    def _literal(self, node: exp.Expr, _scope: Scope) -> str:
        value = _literal_value(node)
        return self.held(value) if isinstance(value, Decimal) else repr(value)

    _boolean = _literal

    def _null(self, _node: exp.Expr, _scope: Scope) -> str:
        return "None"

    def _paren(self, node: exp.Expr, scope: Scope) -> str:
        return self.value(node.this, scope)

    def _eq(self, node: exp.Expr, scope: Scope) -> str:
        tests, comparison = self._comparison(node, scope, "is None")
        return f"(None if {' or '.join(tests)} else {comparison})" if tests else f"({comparison})"

    _neq = _lt = _lte = _gt = _gte = _eq

    def _nullsafeeq(self, node: exp.Expr, scope: Scope) -> str:
        return f"({self.value(node.this, scope)} == {self.value(node.expression, scope)})"

    def _nullsafeneq(self, node: exp.Expr, scope: Scope) -> str:
        return f"({self.value(node.this, scope)} != {self.value(node.expression, scope)})"

    def _and(self, node: exp.Expr, scope: Scope) -> str:
        parts = [self.bound(self.value(one, scope)) for one in conjuncts(node)]
        false = " or ".join(f"{code} is False" for code, _ in parts)
        return f"(False if {false} else None if {' or '.join(f'{name} is None' for _, name in parts)} else True)"

    def _or(self, node: exp.Expr, scope: Scope) -> str:
        parts = [self.bound(self.value(one, scope)) for one in disjuncts(node)]
        true = " or ".join(code for code, _ in parts)
        return f"(True if {true} else None if {' or '.join(f'{name} is None' for _, name in parts)} else False)"

    def _not(self, node: exp.Expr, scope: Scope) -> str:
        inner = node.this.unnest()
        if _is_null_test(inner):
            return f"({self.value(inner.this, scope)} is not None)"
        return self.null_if_null([inner], "not {0}", scope)

    def _is(self, node: exp.Expr, scope: Scope) -> str:
        other = "None" if isinstance(node.expression, exp.Null) else self.value(node.expression, scope)
        return f"({self.value(node.this, scope)} is {other})"

    def _between(self, node: exp.Expr, scope: Scope) -> str:
        return self._and(_both_bounds(node), scope)

    def _in(self, node: exp.Expr, scope: Scope) -> str:
        assert isinstance(node, exp.In)  # noqa: S101
        if query := node.args.get("query"):
            return f"is_among({self.value(node.this, scope)}, {self.found_in(query, scope)})"
        return self.null_if_null([node.this], "{0} in " + self._options(node), scope)

    def _case(self, node: exp.Expr, scope: Scope) -> str:
        whens = [
            f"{self.value(one.args['true'], scope)} if {self.true(one.this, scope)} else " for one in node.args["ifs"]
        ]
        default = node.args.get("default")
        return f"({''.join(whens)}{'None' if default is None else self.value(default, scope)})"

    def _coalesce(self, node: exp.Expr, scope: Scope) -> str:
        *parts, last = [node.this, *node.expressions]
        tests = [self.bound(self.value(one, scope)) for one in parts]
        first = "".join(f"{name} if {code} is not None else " for code, name in tests)
        return f"({first}{self.value(last, scope)})"

    def _nullif(self, node: exp.Expr, scope: Scope) -> str:
        code, name = self.bound(self.value(node.this, scope))
        return f"(None if {code} == {self.value(node.expression, scope)} else {name})"

    def _concatws(self, node: exp.Expr, scope: Scope) -> str:
        separator, *parts = node.expressions
        one = self.fresh("one")
        listed = ", ".join(self.value(part, scope) for part in parts)
        return f"{self.value(separator, scope)}.join([{one} for {one} in ({listed},) if {one} is not None])"

    def _cast(self, node: exp.Expr, scope: Scope) -> str:
        assert isinstance(node, exp.Cast)  # noqa: S101
        kind = node.to.this.name
        if isinstance(node.this, exp.Literal) and kind in ("DATE", "DECIMAL"):
            return self.held(date.fromisoformat(node.this.name) if kind == "DATE" else Decimal(node.this.name))
        inner = self.value(node.this, scope)
        if isinstance(node.this, exp.Null) or kind == "ARRAY":
            return inner
        match kind:
            case "DECIMAL":
                return f"as_decimal({inner}, {int(node.to.expressions[1].this.name)})"
            case "BIGINT" | "INT" | "INTEGER":
                return f"as_integer({inner})"
            case "VARCHAR" | "TEXT":
                return f"as_text({inner})"
            case "BOOLEAN":
                return inner
        raise refused(f"CAST AS {kind}")

    def _replace(self, node: exp.Expr, scope: Scope) -> str:
        parts = [node.this, node.expression, node.args["replacement"]]
        return self.null_if_null(parts, "({0}.replace({1}, {2}) if {1} else {0})", scope)

    def _substring(self, node: exp.Expr, scope: Scope) -> str:
        parts = [node.this, node.args.get("start"), node.args.get("length")]
        return f"part_of({', '.join(self.value(one, scope) for one in parts if one is not None)})"

    def _trim(self, node: exp.Expr, scope: Scope) -> str:
        if node.args.get("expression") is None:
            return f"trimmed({self.value(node.this, scope)})"
        way = _TRIMMED.get(node.text("position").upper(), "strip")
        return self.null_if_null([node.this, node.expression], f"{{0}}.{way}({{1}})", scope)

    def _anonymous(self, node: exp.Expr, scope: Scope) -> str:
        if node.name.lower() != "upper_ascii":
            raise refused(f"the function `{node.name}`")
        return f"upper_ascii({self.value(node.expressions[0], scope)})"

    def _regexpfullmatch(self, node: exp.Expr, scope: Scope) -> str:
        return self.null_if_null(
            [node.this], f"{self.held(node.expression.name, 'fullmatch')}({{0}}) is not None", scope
        )

    def _regexpreplace(self, node: exp.Expr, scope: Scope) -> str:
        if node.text("modifiers") != "g":
            raise refused("regexp_replace of the first match alone")
        pattern = self.held(node.expression.name, "pattern")
        return self.null_if_null([node.this, node.args["replacement"]], f"{pattern}.sub({{1}}, {{0}})", scope)

    def _year(self, node: exp.Expr, scope: Scope) -> str:
        part = node.this.this if isinstance(node.this, exp.TsOrDsToDate) else node.this
        return self.null_if_null([part], f"{{0}}.{type(node).__name__.lower()}", scope)

    _month = _day = _year

    def _least(self, node: exp.Expr, scope: Scope) -> str:
        one = self.fresh("one")
        listed = ", ".join(self.value(part, scope) for part in (node.this, *node.expressions))
        function = "least_of" if isinstance(node, exp.Least) else "most"
        return f"{function}([{one} for {one} in ({listed},) if {one} is not None])"

    _greatest = _least

    def _array(self, node: exp.Expr, scope: Scope) -> str:
        return "(" + "".join(f"{self.value(one, scope)}, " for one in node.expressions) + ")"

    def _arrayconcat(self, node: exp.Expr, scope: Scope) -> str:
        # To DuckDB a list that is null is empty here.
        return " + ".join(f"({self.value(one, scope)} or ())" for one in (node.this, *node.expressions)).join("()")

    def _transform(self, node: exp.Expr, scope: Scope) -> str:
        one, body = self._lambda(node, scope)
        return self.null_if_null([node.this], f"tuple([{self.value(*body)} for {one} in {{0}}])", scope)

    def _arrayfilter(self, node: exp.Expr, scope: Scope) -> str:
        one, body = self._lambda(node, scope)
        return self.null_if_null([node.this], f"tuple([{one} for {one} in {{0}} if {self.true(*body)}])", scope)

    def _lambda(self, node: exp.Expr, scope: Scope) -> tuple[str, tuple[exp.Expr, Scope]]:
        parameter, one = node.expression.expressions[0].name, self.fresh("one")
        inner = Scope(scope.sources, scope.aliases, scope.row_of, {**scope.locals, parameter: one})
        return one, (_with_column(node.expression.this, parameter), inner)


def _literal_value(node: exp.Expr) -> str | int | bool | Decimal:
    match node:
        case exp.Boolean():
            return bool(node.this)
        case exp.Literal():
            return node.name if node.is_string else int(node.name) if node.is_int else Decimal(node.name)
    raise refused(f"{type(node).__name__} in a list of values")


def _is_null_test(node: exp.Expr) -> bool:
    return isinstance(node, exp.Is) and isinstance(node.expression, exp.Null)


def _both_bounds(node: exp.Expr) -> exp.And:
    low = exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
    return exp.And(this=low, expression=exp.LTE(this=node.this.copy(), expression=node.args["high"].copy()))


def _with_column(node: exp.Expr, parameter: str) -> exp.Expr:
    """The body of a lambda, its parameter as a column."""

    def change(one: exp.Expr) -> exp.Expr:
        is_it = isinstance(one, exp.Identifier) and one.name == parameter and not isinstance(one.parent, exp.Column)
        return exp.column(parameter) if is_it else one

    return node.transform(change)
