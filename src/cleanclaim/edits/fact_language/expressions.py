"""Expressions of the language of facts as Python code: the declared subset of DuckDB's SQL, three-valued throughout.

What an expression says that is not declared here is refused by name when the fact is loaded, never when it runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlglot import expressions as exp

from cleanclaim.errors import EngineError

Names = tuple[str, ...]
AGGREGATES = (exp.AggFunc, exp.GroupConcat, exp.LogicalOr, exp.LogicalAnd, exp.ArgMin, exp.ArrayAgg)
RANKS = (exp.RowNumber, exp.DenseRank)
SIMPLE_AGGREGATES: dict[type[exp.Expr], str] = {
    exp.Max: "most", exp.Min: "least_of", exp.Sum: "total", exp.LogicalOr: "any_true", exp.LogicalAnd: "all_true",
}  # fmt: skip
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


def refused(what: str) -> EngineError:
    """Why a text is not of the language."""
    return EngineError(f"not in the language of facts: {what}")


@dataclass
class Source:
    """A relation of a FROM: what it is called, its columns, the variables that hold it and its row."""

    alias: str
    names: Names
    relation: str
    row: str
    hidden: set[str] = field(default_factory=set)  # columns that USING joined


@dataclass
class Scope:
    """Where a name of a query is looked up."""

    sources: Sequence[Source]
    aliases: Mapping[str, exp.Expr]
    row_of: Callable[[int], str] | None = None  # the code of the row of a source, where it is not its variable
    locals: dict[str, str] = field(default_factory=dict)  # of a lambda
    keys: dict[str, str] = field(default_factory=dict)  # in a grouped query, the code of a key: where it stands
    key_texts: dict[str, str] = field(default_factory=dict)  # the same by text, for keys that are no columns
    group: str = ""  # the variable of a group's rows
    pattern: str = ""  # what one of them is unpacked into
    windows: dict[str, str] = field(default_factory=dict)  # by text, where the answer of a window stands

    def column(self, node: exp.Column) -> str | None:
        """The code of a column, None where no source has it."""
        for place, source in enumerate(self.sources):
            if node.name in source.names and node.table in ("", source.alias):
                row = self.row_of(place) if self.row_of else source.row
                return f"{row}[{source.names.index(node.name)}]"
        return None

    def ungrouped(self) -> Scope:
        """The same for the rows of a group, one by one."""
        return Scope(self.sources, self.aliases)


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
        if scope.group and (code := self._of_group(node, scope)) is not None:
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

    def _of_group(self, node: exp.Expr, scope: Scope) -> str | None:
        """Code of what is the same for a group: a key, an aggregate; None for what is made of them."""
        if isinstance(node, exp.Column):
            code = scope.column(node)
            if code is None:
                return self._column(node, scope)
            if code not in scope.keys:
                raise refused(f"`{node.sql()}`, which is no key of its group")
            return scope.keys[code]
        if isinstance(node, exp.Filter):
            return self._aggregate(node.this, scope, node.expression.this)
        if isinstance(node, AGGREGATES) and not isinstance(node, RANKS):
            return self._aggregate(node, scope, None)
        return scope.key_texts.get(node.sql())

    def _aggregate(self, node: exp.Expr, scope: Scope, condition: exp.Expr | None) -> str:
        each = scope.ungrouped()
        loop = f"for {scope.pattern} in {scope.group}"
        test = f" and {self.true(condition, each)}" if condition is not None else ""
        what = node.this
        distinct = isinstance(what, exp.Distinct)

        def known(part: exp.Expr) -> str:
            one = self.fresh("one")
            return f"[{one} {loop} if ({one} := {self.value(part, each)}) is not None{test}]"

        if template := SIMPLE_AGGREGATES.get(type(node)):
            return f"{template}({known(what)})"
        match node:
            case exp.Count(this=exp.Star()):
                return f"sum([1 {loop}{test.replace(' and ', ' if ', 1)}])" if test else f"len({scope.group})"
            case exp.Count():
                return f"len(set({known(what.expressions[0])}))" if distinct else f"len({known(what)})"
            case exp.ArrayAgg():
                return f"tuple([{self.value(what, each)} {loop}{test.replace(' and ', ' if ', 1)}])"
            case exp.ArgMin():
                one, by = self.fresh("one"), self.fresh("by")
                first, second = self.value(what, each), self.value(node.expression, each)
                both = f"({one} := {first}) is not None and ({by} := {second}) is not None{test}"
                return f"of_least([({one}, {by}) {loop} if {both}])"
            case exp.GroupConcat():
                return self._string_agg(node, each, loop, test)
        raise refused(type(node).__name__)

    def _string_agg(self, node: exp.GroupConcat, each: Scope, loop: str, test: str) -> str:
        what, order, distinct = node.this, None, False
        while isinstance(what, exp.Order | exp.Distinct):
            order = what if isinstance(what, exp.Order) else order
            distinct |= isinstance(what, exp.Distinct)
            what = what.expressions[0] if isinstance(what, exp.Distinct) else what.this
        if order is None:
            raise refused("string_agg without an order")
        by = "".join(f"nulls_last({self.value(one.this, each)}), " for one in order.expressions)
        text = self.fresh("one")
        pairs = f"[(({by}), {text}) {loop} if ({text} := {self.value(what, each)}) is not None{test}]"
        return f"joined({pairs}, {node.args['separator'].name!r}, distinct={distinct})"

    # One method for each kind of expression that is neither strict nor of a group; `value` finds it by its name.

    def _column(self, node: exp.Expr, scope: Scope) -> str:
        assert isinstance(node, exp.Column)  # noqa: S101 - `value` found it by its type
        if not node.table and node.name in scope.locals:
            return scope.locals[node.name]
        code = scope.column(node)
        if code is not None:
            return code
        if not node.table and node.name in scope.aliases:
            return self.value(scope.aliases[node.name], scope)
        raise refused(f"the column `{node.sql()}`, which nothing has")

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
        return self.null_if_null([node.this, node.expression, node.args["replacement"]], "{0}.replace({1}, {2})", scope)

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


def conjuncts(node: exp.Expr) -> list[exp.Expr]:
    """The parts of an AND."""
    node = node.unnest()
    return [*conjuncts(node.this), *conjuncts(node.expression)] if isinstance(node, exp.And) else [node]


def disjuncts(node: exp.Expr) -> list[exp.Expr]:
    """The parts of an OR."""
    node = node.unnest()
    return [*disjuncts(node.this), *disjuncts(node.expression)] if isinstance(node, exp.Or) else [node]


def is_literal(node: exp.Expr) -> bool:
    """Whether an expression is a value that is written out, and so never null."""
    node = node.unnest()
    of_cast = isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal)
    return isinstance(node, exp.Literal | exp.Boolean) or of_cast


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
