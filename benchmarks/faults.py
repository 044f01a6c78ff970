"""The faults of a few percent of the benchmark claims: each makes sound lines wrong in one way, never in form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from benchmarks.drugs import Line, with_modifiers

Lines = tuple[Line, ...]


def _first_drug(change: Callable[[Line], Line]) -> Callable[[Lines], Lines]:
    """The fault that changes the first line of a claim, its drug line."""
    return lambda lines: (change(lines[0]), *lines[1:])


def _jw_without_dose(lines: Lines) -> Lines:
    return (with_modifiers(lines[0], "JW"), *(line for line in lines[1:] if not line.is_drug))


def _another_ndc(line: Line) -> Line:
    """Methylprednisolone acetate's; infliximab's where that is the drug."""
    return replace(line, ndc="57894003001" if line.code == "J1010" else "00009307301")


def _unknown_code(lines: Lines) -> Lines:
    return (*lines, Line("G0605", Decimal("45.00"), 1))


# fmt: off
FAULTS: dict[str, Callable[[Lines], Lines]] = {
    "zero units": _first_drug(lambda line: replace(line, units=0)),
    "ten times the units": _first_drug(lambda line: replace(line, units=line.units * 10)),
    "JW and JZ on one line": _first_drug(lambda line: with_modifiers(line, "JW", "JZ")),
    "JZ missing": _first_drug(with_modifiers),
    "JW without the dose": _jw_without_dose,
    "25 on the drug": _first_drug(lambda line: with_modifiers(line, "25", *line.modifiers)),
    "side on the drug": _first_drug(lambda line: with_modifiers(line, *line.modifiers, "LT")),
    "place of service as modifier": _first_drug(lambda line: with_modifiers(line, *line.modifiers, "11")),
    "ten digits of NDC": _first_drug(lambda line: replace(line, ndc=line.ndc[:5] + line.ndc[6:])),
    "hyphens in the NDC": _first_drug(lambda line: replace(line, ndc=f"{line.ndc[:5]}-{line.ndc[5:9]}-{line.ndc[9:]}")),
    "NDC of another drug": _first_drug(_another_ndc),
    "code not found": _unknown_code,
    "code ended": _first_drug(lambda line: replace(line, code="J2930", units=1)),
}
# fmt: on
