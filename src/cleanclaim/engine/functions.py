"""Functions of our own, for what no function of the engines says alike. Each is one expression, the same everywhere.

DuckDB knows them as macros; the dialect of another engine writes their expression out (`edits.plan.dialect`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its parameters and its expression, in DuckDB's SQL."""

    parameters: tuple[str, ...]
    expression: str


FUNCTIONS = {
    # DuckDB and Spark raise some 150 letters outside ASCII in two ways. No code has one: such a text stays as it is.
    "upper_ascii": Function(
        ("words",), "CASE WHEN bit_length(words) = 8 * length(words) THEN upper(words) ELSE words END"
    ),
}


def macros() -> tuple[str, ...]:
    """The statements that make the functions known to DuckDB."""
    return tuple(
        f"CREATE MACRO {name}({', '.join(function.parameters)}) AS {function.expression}"
        for name, function in FUNCTIONS.items()
    )
