"""An expression as DuckDB SQL that cannot fail on data: every number is widened before it meets another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

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
    Kind,
    Literal,
    Not,
    Or,
    StartsWith,
    Type,
    Value,
    common,
)  # fmt: skip


def sql_of(expression: Expression) -> str:
    """The expression as a DuckDB boolean that is true, false or null."""
    match expression:
        case And():
            return "(" + " AND ".join(sql_of(item) for item in expression.items) + ")"
        case Or():
            return "(" + " OR ".join(sql_of(item) for item in expression.items) + ")"
        case Not():
            return f"(NOT {sql_of(expression.item)})"
        case Constant():
            return "TRUE" if expression.value else "FALSE"
        case Flag():
            return _name(expression.column)
        case GivenCall():
            name = expression.column.name
            absent = f"{COMPLETE} OR list_contains({KNOWN_ABSENT}, '{name}')"
            return f"(CASE WHEN {_name(expression.column)} IS NOT NULL THEN TRUE WHEN {absent} THEN FALSE END)"
        case Has():
            return f"list_contains({_name(expression.texts)}, {_value(expression.text)})"
        case StartsWith():
            return f"starts_with({_value(expression.value)}, {_value(expression.prefix)})"
        case InList():
            return _in_list(expression)
        case Compare():
            return _compare(expression)


def _compare(expression: Compare) -> str:
    left, right = expression.left, expression.right
    if left.type.kind is Kind.NUMBER:
        both = common(left.type, right.type)
        return f"({_number(left, both)} {expression.operator} {_number(right, both)})"
    return f"({_value(left)} {expression.operator} {_value(right)})"


def _in_list(expression: InList) -> str:
    if expression.value.type.kind is Kind.NUMBER:
        every = expression.value.type
        for option in expression.options:
            every = common(every, option.type)
        options = ", ".join(_number(option, every) for option in expression.options)
        return f"({_number(expression.value, every)} IN ({options}))"
    return f"({_value(expression.value)} IN ({', '.join(_value(option) for option in expression.options)}))"


def _value(value: Value) -> str:
    match value:
        case ColumnRef():
            return _name(value)
        case Literal():
            return _literal(value.value)
        case Call():
            return _call(value)


def _number(value: Value, wanted: Type) -> str:
    return f"CAST({_value(value)} AS DECIMAL({max(19, wanted.digits + wanted.scale)}, {wanted.scale}))"


def _call(call: Call) -> str:
    if call.name == "count":
        return f"array_length({_value(call.arguments[0])})"
    if call.name == "days_between":
        first, last = call.arguments
        return f"date_diff('day', {_value(first)}, {_value(last)})"
    if call.name == "abs":
        return f"abs({_number(call.arguments[0], call.type)})"
    if call.name in {"+", "-"}:
        return "(" + f" {call.name} ".join(_number(argument, call.type) for argument in call.arguments) + ")"
    if call.name == "*":
        # DECIMAL x DECIMAL keeps 64 bits when both are narrow and then overflows: one wide side makes it 128 bits.
        left, right = call.arguments
        wide = Type(Kind.NUMBER, max(left.type.digits, 19 - left.type.scale), left.type.scale)
        return f"({_number(left, wide)} * {_number(right, right.type)})"
    arguments = [_number(argument, call.type) for argument in call.arguments]
    unknown = " OR ".join(f"{argument} IS NULL" for argument in arguments)
    return f"(CASE WHEN {unknown} THEN NULL ELSE {call.name}({', '.join(arguments)}) END)"


def _literal(value: str | Decimal | date) -> str:
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "'" + value.replace("'", "''") + "'"


def _name(column: ColumnRef) -> str:
    return f'"{column.name}"'
