"""An expression as a Python function of one row: the engine of small inputs, an independent reading of the language."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cleanclaim.edits.language.tree import (
    COMPLETE,
    KNOWN_ABSENT,
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
    Literal,
    Not,
    Or,
    StartsWith,
    Value,
)  # fmt: skip

Row = Mapping[str, Any]  # a row of facts by name: text, Decimal, int, bool, date, list of text, or None
Truth = Callable[[Row], bool | None]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_CALLS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "abs": abs, "least": min, "greatest": max,
    "count": len, "days_between": lambda first, last: (last - first).days,
}  # fmt: skip


def closure(expression: Expression) -> Truth:
    """The expression as a function of a row that yields True, False or None (unknown)."""
    match expression:
        case And():
            return _all([closure(item) for item in expression.items])
        case Or():
            return _any([closure(item) for item in expression.items])
        case Not():
            return _negated(closure(expression.item))
        case Constant():
            constant = expression.value
            return lambda _row: constant
        case Flag():
            name = expression.column.name
            return lambda row: row[name]
        case GivenCall():
            return _given(expression.column.name)
        case _:
            return _atom(expression)


def _all(items: list[Truth]) -> Truth:
    def holds(row: Row) -> bool | None:
        result: bool | None = True
        for item in items:
            truth = item(row)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    return holds


def _any(items: list[Truth]) -> Truth:
    def holds(row: Row) -> bool | None:
        result: bool | None = False
        for item in items:
            truth = item(row)
            if truth:
                return True
            if truth is None:
                result = None
        return result

    return holds


def _negated(item: Truth) -> Truth:
    def holds(row: Row) -> bool | None:
        truth = item(row)
        return None if truth is None else not truth

    return holds


def _given(name: str) -> Truth:
    def holds(row: Row) -> bool | None:
        if row[name] is not None:
            return True
        return False if row[COMPLETE] or name in (row[KNOWN_ABSENT] or ()) else None

    return holds


def _atom(expression: Expression) -> Truth:
    match expression:
        case Compare():
            return _when_known(_COMPARE[expression.operator], expression.left, expression.right)
        case Has():
            return _when_known(lambda texts, text: text in texts, expression.texts, expression.text)
        case InList():
            options = frozenset(option.value for option in expression.options)
            return _when_known(lambda value: value in options, expression.value)
        case StartsWith():
            prefix = str(expression.prefix.value)
            return _when_known(lambda value: value.startswith(prefix), expression.value)
        case _:
            raise AssertionError(expression)


def _when_known(function: Callable[..., bool], *values: Value) -> Truth:
    readers = [_value(value) for value in values]

    def holds(row: Row) -> bool | None:
        arguments = [reader(row) for reader in readers]
        return None if any(argument is None for argument in arguments) else function(*arguments)

    return holds


def _value(value: Value) -> Callable[[Row], Any]:
    match value:
        case ColumnRef():
            return operator.itemgetter(value.name)
        case Literal():
            constant: str | Decimal | date = value.value
            return lambda _row: constant
        case Call():
            readers, function = [_value(argument) for argument in value.arguments], _CALLS[value.name]

            def computed(row: Row) -> Any:  # noqa: ANN401 - a value of any kind of the language
                arguments = [reader(row) for reader in readers]
                return None if any(argument is None for argument in arguments) else function(*arguments)

            return computed
