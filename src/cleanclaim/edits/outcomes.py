"""What an edit says about a row, and an edit ready to run: its page checked against the facts.

The order that decides, for every engine alike:

1. service date unknown -> `not evaluated`, unless its page says `any_day`;
2. no case in force on the day -> `not in force`;
3. `scope` false -> `out of scope`; `scope` unknown -> `not evaluated`;
4. the first case in force that is true -> `fires`; all false -> `clear`; else `not evaluated`, with the null facts that
   kept it open.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cleanclaim.edits.language.tree import And, Atom, Constant, Expression, Not, Or, atom_columns
from cleanclaim.edits.pages import Case, Grain, InForce, Page
from cleanclaim.values import Severity
from cleanclaim.values.confidence import Confidence

SERVICE_DATE = "service_date"


class Outcome(StrEnum):
    """Every edit on every row of its grain ends as one of these."""

    FIRES = "fires"
    CLEAR = "clear"
    NOT_EVALUATED = "not evaluated"
    NOT_IN_FORCE = "not in force"
    OUT_OF_SCOPE = "out of scope"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One edit on one row: the case that fired, or the facts that were missing."""

    outcome: Outcome
    case: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)  # by identity: much is kept by edit
class EditCase:
    """A case ready to run; what its page left out is filled in."""

    case: Case
    when: Expression
    in_force: InForce  # the edit's interval and the case's, both
    severity: Severity  # never above deny for what nobody confirmed
    confidence: Confidence


@dataclass(frozen=True, slots=True, eq=False)  # one edit is one object: by identity
class Edit:
    """An edit ready to run."""

    page: Page
    scope: Expression
    cases: tuple[EditCase, ...]

    @property
    def name(self) -> str:
        """The name of the edit: in words, the fault."""
        return self.page.name

    @property
    def id(self) -> str:
        """The id in the catalogue of edits."""
        return self.page.front.id

    @property
    def grain(self) -> Grain:
        """What one row is."""
        return self.page.front.grain

    @property
    def any_day(self) -> bool:
        """Whether it is judged where the day of service is not known too."""
        return self.page.front.any_day

    def case(self, name: str) -> EditCase:
        """The case of this name."""
        return self.cases[self.place_of(name)]

    def place_of(self, name: str) -> int:
        """Which of its cases has this name."""
        return next(place for place, item in enumerate(self.cases) if item.case.name == name)


def both(outer: InForce, inner: InForce) -> InForce:
    """The days in two intervals."""
    first = max((day for day in (outer.first, inner.first) if day), default=None)
    last = min((day for day in (outer.last, inner.last) if day), default=None)
    return InForce(first, last)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a program: an atom, or a connector over earlier steps."""

    kind: str  # atom, and, or, not, constant
    inputs: tuple[int, ...] = ()
    atom: Atom | None = None
    value: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """All expressions of some edits as one list of steps, each distinct subexpression once."""

    edits: tuple[Edit, ...]
    steps: tuple[Step, ...]
    scopes: tuple[int, ...]  # step of each edit's scope
    whens: tuple[tuple[int, ...], ...]  # steps of each edit's cases

    @property
    def atoms(self) -> tuple[tuple[int, Atom], ...]:
        """The atoms with their step numbers."""
        return tuple((number, step.atom) for number, step in enumerate(self.steps) if step.atom is not None)

    @property
    def columns_of_wide_atoms(self) -> tuple[str, ...]:
        """Columns read by atoms of several columns: only for these must a plan ask which of them was null."""
        wide = (atom_columns(atom) for _, atom in self.atoms)
        return tuple(dict.fromkeys(name for names in wide if len(names) > 1 for name in names))


def program(edits: tuple[Edit, ...]) -> Program:
    """The program of some edits of one grain."""
    steps: list[Step] = []
    numbers: dict[Expression, int] = {}

    def number(expression: Expression) -> int:
        if expression not in numbers:
            match expression:
                case And() | Or():
                    kind = "and" if isinstance(expression, And) else "or"
                    step = Step(kind, tuple(number(item) for item in expression.items))
                case Not():
                    step = Step("not", (number(expression.item),))
                case Constant():
                    step = Step("constant", value=expression.value)
                case _:
                    step = Step("atom", atom=expression)
            numbers[expression] = len(steps)
            steps.append(step)
        return numbers[expression]

    scopes = tuple(number(edit.scope) for edit in edits)
    whens = tuple(tuple(number(case.when) for case in edit.cases) for edit in edits)
    return Program(edits, tuple(steps), scopes, whens)
