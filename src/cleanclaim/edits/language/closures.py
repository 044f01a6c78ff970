"""An expression as Python: the engine of small inputs, an independent reading of the language.

What is written here is read by Python itself, so nothing of a page gets into it but as a constant or a name in quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cleanclaim.edits.language.tree import (
    ATOMS,
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
    atom_columns,
)  # fmt: skip

Row = Mapping[str, Any]  # a row of facts by name: text, Decimal, int, bool, date, list of text, or None
Truth = Callable[[Row], bool | None]

_COMPARE = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_CALLS = {
    "+": "{} + {}", "-": "{} - {}", "*": "{} * {}", "abs": "abs({})", "count": "len({})",
    "days_between": "({1} - {0}).days",
}  # fmt: skip


def closure(expression: Expression) -> Truth:
    """The expression as a function of a row that yields True, False or None (unknown)."""
    writer = TruthWriter()
    truth: Truth = writer.made(f"lambda row: {writer.truth(expression)}")
    return truth


class TruthWriter:
    """Writes expressions over `row` as the source of Python expressions."""

    def __init__(self) -> None:
        self.constants: dict[str, object] = {}
        self._names = 0

    def made(self, source: str) -> Any:  # noqa: ANN401 - a function of what was written
        """The value of a source that has what was written here in it."""
        return eval(compile(source, "<edit>", "eval"), {"frozenset": frozenset, **self.constants})  # noqa: S307

    def constant(self, value: object) -> str:
        """A name for a value."""
        name = f"K{len(self.constants)}"
        self.constants[name] = value
        return name

    def truth(self, expression: Expression) -> str:
        """The truth of an expression: True, False or None."""
        match expression:
            case And():
                found, parts = self._each(expression.items, "{} is False")
                return f"(False if {found} else None if {_any_null(parts)} else True)"
            case Or():
                found, parts = self._each(expression.items, "{}")
                return f"(True if {found} else None if {_any_null(parts)} else False)"
            case Not():
                name = self._name()
                return f"(None if ({name} := {self.truth(expression.item)}) is None else not {name})"
            case Constant():
                return str(expression.value)
            case Flag():
                return _cell(expression.column)
            case GivenCall():
                name = expression.column.name
                absent = f"row[{COMPLETE!r}] or {name!r} in (row[{KNOWN_ABSENT!r}] or ())"
                return f"(True if row[{name!r}] is not None else False if {absent} else None)"
            case Compare():
                return self._known(f"{{}} {_COMPARE[expression.operator]} {{}}", expression.left, expression.right)
            case Has():
                return self._known("{1} in {0}", expression.texts, expression.text)
            case InList():
                options = self.constant(frozenset(option.value for option in expression.options))
                return self._known(f"{{}} in {options}", expression.value)
            case StartsWith():
                return self._known("{}.startswith({})", expression.value, expression.prefix)

    def missing(self, expression: Expression, depth: int) -> Iterator[str]:
        """Statements that gather in `names` the facts which are null under the parts that are unknown."""
        indent = "    " * depth
        if isinstance(expression, ATOMS):
            for name in atom_columns(expression):
                yield f"{indent}if row[{name!r}] is None: names[{name!r}] = None"
        elif isinstance(expression, Not):
            yield from self.missing(expression.item, depth)
        elif isinstance(expression, And | Or):
            for item in expression.items:
                if inside := list(self.missing(item, depth + 1)):
                    yield f"{indent}if {self.truth(item)} is None:"
                    yield from inside

    def _each(self, items: tuple[Expression, ...], test: str) -> tuple[str, list[str]]:
        """Whether one of some parts decides, and the names of all that did not."""
        names = [self._name() for _ in items]
        found = " or ".join(
            test.format(f"({name} := {self.truth(item)})") for name, item in zip(names, items, strict=True)
        )
        return found, names

    def _known(self, form: str, *values: Value) -> str:
        """A form over some values, None where one of them is null."""
        codes, nulls = [], []
        for value in values:
            if isinstance(value, Literal):
                codes.append(self.constant(value.value))
                continue
            codes.append(self._name())
            nulls.append(f"({codes[-1]} := {self._value(value)}) is None")
        return f"(None if {' or '.join(nulls)} else {form.format(*codes)})" if nulls else f"({form.format(*codes)})"

    def _value(self, value: Value) -> str:
        match value:
            case ColumnRef():
                return _cell(value)
            case Literal():
                return self.constant(value.value)
            case Call():
                least = {"least": "min", "greatest": "max"}.get(value.name)
                form = f"{least}({', '.join('{}' for _ in value.arguments)})" if least else _CALLS[value.name]
                return self._known(form, *value.arguments)

    def _name(self) -> str:
        self._names += 1
        return f"v{self._names}"


def _cell(column: ColumnRef) -> str:
    return f"row[{column.name!r}]"


def _any_null(names: list[str]) -> str:
    return " or ".join(f"{name} is None" for name in names)
