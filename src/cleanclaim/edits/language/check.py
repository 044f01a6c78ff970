"""Text -> checked tree. SQLGlot reads the text; an allow-list and a type checker decide what of it is the language.

Not in it, on purpose: `is null`, `coalesce`, `case`, subqueries, division, casts, date parts and every function not
named here. So every expression is monotone: learning a value can end an `unknown`, never turn a yes into a no. And a
page from a stranger can neither read a file nor stall a run.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from cleanclaim.edits.language.tree import (
    And,
    Call,
    ColumnRef,
    Compare,
    Constant,
    Expression,
    Flag,
    GivenCall,
    Has,
    InList,
    Kind,
    Literal,
    Not,
    Or,
    StartsWith,
    Type,
    Value,
    common,
    held,
)  # fmt: skip
from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import PageError

MOST_CHARACTERS, MOST_DEPTH, MOST_OPTIONS = 4_000, 50, 200
FUNCTIONS = ("has", "has_any", "count", "starts_with", "abs", "days_between", "least", "greatest", "given")

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_ORDERED = {Kind.NUMBER, Kind.DATE}


def parse_expression(text: str, facts: Mapping[str, ColumnType], *, file: str = "", line: int = 0) -> Expression:
    """The checked tree of an expression over these facts.

    Raises: PageError that names file, line and, for an unknown fact or function, the nearest that exists.
    """
    try:
        return _Checker(facts).boolean(_parsed(text))
    except PageError as error:
        raise PageError(str(error), file=file, line=line) from None
    except RecursionError:
        raise PageError(f"the expression is nested deeper than {MOST_DEPTH}", file=file, line=line) from None


def fact_type(column: ColumnType) -> Type:
    """The type that a column of this type has in an expression."""
    if column.precision:
        precision, scale = column.precision
        return Type(Kind.NUMBER, precision - scale, scale)
    return {
        ColumnType.TEXT: Type(Kind.TEXT), ColumnType.TEXTS: Type(Kind.TEXTS), ColumnType.BOOLEAN: Type(Kind.BOOLEAN),
        ColumnType.INTEGER: Type(Kind.NUMBER, 19, 0), ColumnType.DATE: Type(Kind.DATE),
    }[column]  # fmt: skip


def _parsed(text: str) -> exp.Expr:
    if len(text) > MOST_CHARACTERS:
        raise PageError(f"the expression has {len(text)} characters; at most {MOST_CHARACTERS} are read")
    _refuse_depth_and_comments(text)
    try:
        statements = sqlglot.parse(text, read="duckdb")
    except SqlglotError as error:
        raise PageError(f"not an expression: {str(error).splitlines()[0]}") from None
    if len(statements) != 1 or statements[0] is None:
        raise PageError("expected one expression" if text.strip() else "the expression is empty")
    return statements[0]


def _refuse_depth_and_comments(text: str) -> None:
    # Before SQLGlot sees it: its parser recurses, so 200 parentheses must not reach it.
    depth, quoted = 0, False
    for place, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif not quoted:
            if character == "(":
                depth += 1
            elif character == ")":
                depth -= 1
            elif text[place : place + 2] in {"--", "/*"} or character == "#":
                raise PageError("comments are not part of the language; write them in the prose of the page")
            if depth > MOST_DEPTH:
                raise PageError(f"parentheses are nested deeper than {MOST_DEPTH}")


class _Checker:
    """Turns SQLGlot's tree into ours, over one dictionary of facts."""

    def __init__(self, facts: Mapping[str, ColumnType]) -> None:
        self._facts = facts
        self._depth = 0

    def boolean(self, node: exp.Expr) -> Expression:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise PageError(f"the expression is nested deeper than {MOST_DEPTH}")
        try:
            return self._boolean(node.unnest())
        finally:
            self._depth -= 1

    def _boolean(self, node: exp.Expr) -> Expression:
        if isinstance(node, exp.And | exp.Or):
            items = tuple(self.boolean(item) for item in node.flatten(unnest=False))
            return And(items) if isinstance(node, exp.And) else Or(items)
        if isinstance(node, exp.Not):
            return Not(self.boolean(node.this))
        if isinstance(node, exp.Boolean):
            return Constant(bool(node.this))
        if type(node) in _COMPARISONS:
            return self._compare(_COMPARISONS[type(node)], node.this, node.expression)
        if isinstance(node, exp.Between):
            return And(
                (self._compare(">=", node.this, node.args["low"]), self._compare("<=", node.this, node.args["high"]))
            )
        if isinstance(node, exp.In):
            return self._in_list(node)
        if isinstance(node, exp.StartsWith):
            return self._starts_with(node.this, node.expression)
        if isinstance(node, exp.Anonymous):
            return self._boolean_function(str(node.this).lower(), node.expressions)
        if isinstance(node, exp.Column):
            column = self._column(node)
            if column.type.kind is not Kind.BOOLEAN:
                raise PageError(f"`{column.name}` is a {column.type.kind}: compare it with something")
            return Flag(column)
        raise _not_in_the_language(node)

    def _compare(self, operator: str, left_node: exp.Expr, right_node: exp.Expr) -> Expression:
        left, right = _with_dates(self._value(left_node), self._value(right_node))
        if left.type.kind is not right.type.kind:
            raise PageError(f"`{operator}` between a {left.type.kind} and a {right.type.kind}")
        if left.type.kind is Kind.TEXTS:
            raise PageError("a list is asked with has, has_any or count")
        if operator not in {"=", "<>"} and left.type.kind not in _ORDERED:
            raise PageError(f"`{operator}` is for numbers and dates, not for a {left.type.kind}")
        if left.type.kind is Kind.NUMBER:
            common(left.type, right.type)  # refuses what no engine could hold
        return Compare(operator, left, right)

    def _in_list(self, node: exp.In) -> Expression:
        if node.args.get("query") or not node.expressions:
            raise PageError("`in` takes a list of literals")
        if len(node.expressions) > MOST_OPTIONS:
            raise PageError(f"`in` with {len(node.expressions)} options; at most {MOST_OPTIONS} are read")
        value = self._value(node.this)
        options = []
        for option_node in node.expressions:
            _, option = _with_dates(value, self._value(option_node))
            if not isinstance(option, Literal):
                raise PageError("`in` takes literals only")
            if option.type.kind is not value.type.kind:
                raise PageError(f"`in` of a {value.type.kind} with a {option.type.kind}")
            if value.type.kind is Kind.NUMBER:
                common(value.type, option.type)
            options.append(option)
        return InList(value, tuple(options))

    def _starts_with(self, value_node: exp.Expr, prefix_node: exp.Expr) -> Expression:
        value, prefix = self._value(value_node), self._value(prefix_node)
        if value.type.kind is not Kind.TEXT or not isinstance(prefix, Literal) or prefix.type.kind is not Kind.TEXT:
            raise PageError("starts_with takes a text and a text literal")
        return StartsWith(value, prefix)

    def _boolean_function(self, name: str, arguments: Sequence[exp.Expr]) -> Expression:
        if name == "given":
            if len(arguments) != 1 or not isinstance(arguments[0].unnest(), exp.Column):
                raise PageError("given takes one fact")
            return GivenCall(self._column(arguments[0].unnest()))
        if name in {"has", "has_any"}:
            minimum = 2
            if len(arguments) < minimum or (name == "has" and len(arguments) != minimum):
                raise PageError(f"{name} takes a list and {'one text' if name == 'has' else 'texts'}")
            if len(arguments) > MOST_OPTIONS:
                raise PageError(f"{name} with {len(arguments)} arguments; at most {MOST_OPTIONS} are read")
            found = tuple(self._has(arguments[0], text) for text in arguments[1:])
            return found[0] if len(found) == 1 else Or(found)
        raise _unknown_function(name)

    def _has(self, texts_node: exp.Expr, text_node: exp.Expr) -> Has:
        texts, text = self._value(texts_node), self._value(text_node)
        if not isinstance(texts, ColumnRef) or texts.type.kind is not Kind.TEXTS:
            raise PageError("the first argument of has and has_any is a fact that is a list of text")
        if text.type.kind is not Kind.TEXT:
            raise PageError("has and has_any look for texts")
        return Has(texts, text)

    def _value(self, node: exp.Expr) -> Value:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise PageError(f"the expression is nested deeper than {MOST_DEPTH}")
        try:
            return self._value_of(node.unnest())
        finally:
            self._depth -= 1

    def _value_of(self, node: exp.Expr) -> Value:
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.Literal):
            return Literal(node.this, Type(Kind.TEXT)) if node.is_string else _number(node.this)
        if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and not node.this.is_string:
            number = _number(node.this.this)
            return Literal(-number.value, number.type)  # type: ignore[operator]  # _number yields a Decimal
        if isinstance(node, exp.Cast) and node.to.this is exp.DataType.Type.DATE and isinstance(node.this, exp.Literal):
            return _date(str(node.this.this))
        if type(node) in _ARITHMETIC:
            return self._call(_ARITHMETIC[type(node)], (node.this, node.expression))
        if isinstance(node, exp.Abs):
            return self._call("abs", (node.this,))
        if isinstance(node, exp.Least | exp.Greatest):
            return self._call("least" if isinstance(node, exp.Least) else "greatest", (node.this, *node.expressions))
        if isinstance(node, exp.Count):
            return self._call("count", (node.this, *node.expressions))
        if isinstance(node, exp.Anonymous) and str(node.this).lower() == "days_between":
            return self._call("days_between", node.expressions)
        if isinstance(node, exp.Anonymous) and str(node.this).lower() not in FUNCTIONS:
            raise _unknown_function(str(node.this).lower())
        raise _not_in_the_language(node)

    def _call(self, name: str, nodes: Sequence[exp.Expr]) -> Call:
        arguments = tuple(self._value(node) for node in nodes)
        return Call(name, arguments, _RESULTS[name](name, [argument.type for argument in arguments]))

    def _column(self, node: exp.Expr) -> ColumnRef:
        if (
            not isinstance(node, exp.Column)
            or node.table
            or not isinstance(node.this, exp.Identifier)
            or node.this.args.get("quoted")
        ):
            raise PageError(f"`{node.sql()[:40]}` is not the name of a fact")
        name = node.name
        if name not in self._facts:
            near = difflib.get_close_matches(name, self._facts, n=1)
            raise PageError(f"there is no fact `{name[:60]}`" + (f"; the nearest is `{near[0]}`" if near else ""))
        return ColumnRef(name, fact_type(self._facts[name]))


def _numbers(name: str, types: Sequence[Type], count: int | None) -> None:
    if (
        (count is not None and len(types) != count)
        or len(types) < 1
        or any(item.kind is not Kind.NUMBER for item in types)
    ):
        raise PageError(f"{name} takes {'numbers' if count is None else f'{count} number' + 's' * (count > 1)}")


def _sum_type(name: str, types: Sequence[Type]) -> Type:
    _numbers(name, types, 2)
    both = common(*types)
    return held(Type(Kind.NUMBER, both.digits + 1, both.scale))


def _product_type(name: str, types: Sequence[Type]) -> Type:
    _numbers(name, types, 2)
    return held(Type(Kind.NUMBER, types[0].digits + types[1].digits, types[0].scale + types[1].scale))


def _abs_type(name: str, types: Sequence[Type]) -> Type:
    _numbers(name, types, 1)
    return types[0]


def _extreme_type(name: str, types: Sequence[Type]) -> Type:
    _numbers(name, types, None)
    result = types[0]
    for item in types[1:]:
        result = common(result, item)
    return result


def _count_type(name: str, types: Sequence[Type]) -> Type:
    if len(types) != 1 or types[0].kind is not Kind.TEXTS:
        raise PageError(f"{name} takes one list")
    return Type(Kind.NUMBER, 10, 0)


def _days_type(name: str, types: Sequence[Type]) -> Type:
    if len(types) != 2 or any(item.kind is not Kind.DATE for item in types):
        raise PageError(f"{name} takes two dates")
    return Type(Kind.NUMBER, 8, 0)


_RESULTS: dict[str, Callable[[str, Sequence[Type]], Type]] = {
    "+": _sum_type, "-": _sum_type, "*": _product_type, "abs": _abs_type,
    "least": _extreme_type, "greatest": _extreme_type, "count": _count_type, "days_between": _days_type,
}  # fmt: skip


def _number(text: str) -> Literal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise PageError(f"`{text[:40]}` is not a number") from None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or "e" in text.lower():
        raise PageError(f"`{text[:40]}` is not a plain decimal number")
    scale = max(0, -exponent)
    return Literal(value, held(Type(Kind.NUMBER, max(1, len(value.as_tuple().digits) - scale), scale)))


def _date(text: str) -> Literal:
    try:
        return Literal(date.fromisoformat(text), Type(Kind.DATE))
    except ValueError:
        raise PageError(f"`{text[:40]}` is not a date (YYYY-MM-DD)") from None


def _with_dates(left: Value, right: Value) -> tuple[Value, Value]:
    # A text literal beside a date is a date: SQL writes it so, and a wrong one must be refused here and not in a run.
    if left.type.kind is Kind.DATE and isinstance(right, Literal) and isinstance(right.value, str):
        return left, _date(right.value)
    if right.type.kind is Kind.DATE and isinstance(left, Literal) and isinstance(left.value, str):
        return _date(left.value), right
    return left, right


def _unknown_function(name: str) -> PageError:
    near = difflib.get_close_matches(name, FUNCTIONS, n=1)
    return PageError(
        f"there is no function `{name[:40]}` in the language" + (f"; the nearest is `{near[0]}`" if near else "")
    )


def _not_in_the_language(node: exp.Expr) -> PageError:
    if isinstance(node, exp.Func):
        return _unknown_function(node.sql_name().lower())
    return PageError(f"`{type(node).__name__.lower()}` is not part of the language")
