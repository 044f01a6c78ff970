"""The examples table of a page as rows of facts: the page's own test, on any engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cleanclaim.edits.dictionary import Dictionary, dictionary
from cleanclaim.edits.language.tree import BESIDE_GIVEN, COMPLETE, KNOWN_ABSENT, columns_of
from cleanclaim.edits.outcomes import SERVICE_DATE, Edit
from cleanclaim.edits.pages import Example, cell_value
from cleanclaim.errors import PageError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """One example ready to run."""

    edit: Edit
    example: Example
    row: dict[str, Any]

    @property
    def expected(self) -> tuple[str, str]:
        """The outcome that must come out, and the case when it fires."""
        outcome, _, case = self.example.outcome.partition("fires ")
        return ("fires", case) if case else (outcome, "")


def facts_read(edit: Edit) -> tuple[str, ...]:
    """The facts that an edit's expressions read, the service date first."""
    names = [SERVICE_DATE, *columns_of(edit.scope)]
    for case in edit.cases:
        names += columns_of(case.when)
    return tuple(dict.fromkeys(names))


def example_rows(edit: Edit, facts: Dictionary | None = None) -> Iterator[ExampleRow]:
    """The examples of an edit.

    Raises: PageError for a column that the edit does not read, or one that it reads and the table lacks.
    """
    types = (facts or dictionary()).types(edit.grain)
    read = facts_read(edit)
    for example in edit.page.examples:
        given = example.values
        if wrong := set(given) - set(read):
            raise PageError(f"the edit does not read `{min(wrong)}`", file=edit.page.file, line=example.line)
        if missing := set(read) - set(given) - set(BESIDE_GIVEN):
            raise PageError(f"the examples lack the column `{min(missing)}`", file=edit.page.file, line=example.line)
        row: dict[str, Any] = {COMPLETE: True, KNOWN_ABSENT: None}
        for name, text in given.items():
            try:
                row[name] = cell_value(text, types[name])
            except (ValueError, ArithmeticError) as error:
                raise PageError(f"`{name}`: {error}", file=edit.page.file, line=example.line) from None
        yield ExampleRow(edit, example, row)


def example_table(edit: Edit, rows: Iterable[dict[str, Any]], facts: Dictionary | None = None) -> pa.Table:
    """Rows of the facts that an edit reads as an Arrow table, with `row_id` from 0."""
    import pyarrow as pa  # noqa: PLC0415 - to explain an edit none is needed

    types = (facts or dictionary()).types(edit.grain)
    rows = list(rows)
    columns = {
        name: pa.array([row[name] for row in rows], types[name].arrow())
        for name in dict.fromkeys((*facts_read(edit), COMPLETE))
    }
    return pa.table({"row_id": pa.array(range(len(rows)), pa.int64()), **columns})
