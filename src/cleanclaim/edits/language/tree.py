"""The tree of an expression. Boolean nodes are three-valued (true, false, unknown); value nodes are null or a value.

Nodes are frozen and hashable: equal subexpressions of different edits are one object to the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cleanclaim.errors import PageError

MOST_DIGITS = 38


class Kind(StrEnum):
    """What an expression yields."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    TEXTS = "list of text"


@dataclass(frozen=True, slots=True)
class Type:
    """A kind; for numbers also the digits before and after the point, so that no engine can overflow."""

    kind: Kind
    digits: int = 0
    scale: int = 0


def common(left: Type, right: Type) -> Type:
    """The number type that holds both. Raises: PageError when it would need more than 38 digits."""
    return held(Type(Kind.NUMBER, max(left.digits, right.digits), max(left.scale, right.scale)))


def held(number: Type) -> Type:
    """A number type that every engine holds. Raises: PageError."""
    digits = number.digits + number.scale
    if digits > MOST_DIGITS:
        raise PageError(f"the result can have {digits} digits; at most {MOST_DIGITS} are exact on every engine")
    return number


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A fact of the row."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number or date written in the page."""

    value: str | Decimal | date
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """An arithmetic operator (+ - *) or a function of values; null when any argument is null."""

    name: str
    arguments: tuple[Value, ...]
    type: Type


Value = ColumnRef | Literal | Call


@dataclass(frozen=True, slots=True)
class Compare:
    """`=`, `<>`, `<`, `<=`, `>`, `>=`; unknown when a side is null."""

    operator: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class InList:
    """Whether a value is one of the literals; unknown when it is null."""

    value: Value
    options: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """Whether a list holds a text; unknown when either is null."""

    texts: ColumnRef
    text: Value


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Whether a text starts with a literal; unknown when it is null."""

    value: Value
    prefix: Literal


@dataclass(frozen=True, slots=True)
class GivenCall:
    """True when the fact has a value; false when it has none and that is known: on a complete claim, or because a
    partial one says so (`known_absent`); else unknown."""

    column: ColumnRef


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean fact as it stands."""

    column: ColumnRef


@dataclass(frozen=True, slots=True)
class Constant:
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class And:
    """False when any item is false, true when all are true, else unknown."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True when any item is true, false when all are false, else unknown."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    item: Expression


Atom = Compare | InList | Has | StartsWith | GivenCall | Flag
Expression = Atom | Constant | And | Or | Not
ATOMS = (Compare, InList, Has, StartsWith, GivenCall, Flag)
COMPLETE, KNOWN_ABSENT = "complete", "known_absent"  # the facts that `given` reads beside its own
BESIDE_GIVEN = (COMPLETE, KNOWN_ABSENT)


def values_of(atom: Atom) -> tuple[Value, ...]:
    """The values that an atom reads."""
    match atom:
        case Compare():
            return (atom.left, atom.right)
        case InList() | StartsWith():
            return (atom.value,)
        case Has():
            return (atom.texts, atom.text)
        case GivenCall() | Flag():
            return (atom.column,)


def value_columns(value: Value) -> Iterator[str]:
    """The columns under a value, in reading order, repeats kept."""
    match value:
        case ColumnRef():
            yield value.name
        case Call():
            for argument in value.arguments:
                yield from value_columns(argument)


def atom_columns(atom: Atom) -> tuple[str, ...]:
    """The columns whose nulls can make an atom unknown, once each, in reading order."""
    return tuple(dict.fromkeys(name for value in values_of(atom) for name in value_columns(value)))


def atoms_of(expression: Expression) -> Iterator[Atom]:
    """The atoms under an expression, in reading order, repeats kept."""
    match expression:
        case And() | Or():
            for item in expression.items:
                yield from atoms_of(item)
        case Not():
            yield from atoms_of(expression.item)
        case Constant():
            return
        case _:
            yield expression


def columns_of(expression: Expression) -> tuple[str, ...]:
    """The columns that an expression reads, once each, in reading order; what `given` reads beside its own too."""
    names: dict[str, None] = {}
    for atom in atoms_of(expression):
        names.update(dict.fromkeys(atom_columns(atom)))
        if isinstance(atom, GivenCall):
            names.update(dict.fromkeys(BESIDE_GIVEN))
    return tuple(names)
