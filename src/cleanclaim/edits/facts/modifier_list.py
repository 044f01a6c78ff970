"""What the list of modifiers of a line says by itself.

---
about: What the list of modifiers of a line says by itself.
grain: line
keys: [modifiers]
columns:
  modifier_set: {type: text, meaning: "the modifiers in alphabetical order, with a blank between", source: line.modifiers}
  discarded_line: {type: boolean, meaning: "whether the line bills discarded drug: JW", source: line.modifiers}
  told_apart: {type: boolean, meaning: "whether a modifier tells the line apart from an equal one: 59, XE, XS, XP, XU, 76, 77, LT, RT or 50", ask: "the modifiers of the line", source: "DEMO-006, MDF-49 to MDF-54"}
  repeated_modifiers: {type: text, meaning: "modifiers that stand more than once", source: line.modifiers}
  modifier_repeats: {type: boolean, meaning: whether a modifier stands more than once, ask: "the modifiers of the line", source: "line.modifiers, MDF-01"}
  procedure_modifiers: {type: text, meaning: "modifiers that describe a procedure: 22 24 26 50 51 52 53 57 58 62 78 79 80 and TC", source: "MDF-06, MDF-55, MDF-56"}
  has_procedure_modifier: {type: boolean, meaning: whether one of them stands on the line, ask: "the modifiers of the line", source: "MDF-06, MDF-55, MDF-56"}
  order_slip: {type: text, meaning: "the first pair in which a modifier that decides payment follows one that informs: as `KX is before JW`", source: MDF-02}
  payment_modifier_late: {type: boolean, meaning: "whether a modifier that decides payment follows one that does not", ask: "the modifiers of the line", source: MDF-02}
---
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa

_PROCEDURE = frozenset({"22", "24", "26", "50", "51", "52", "53", "57", "58", "62", "78", "79", "80", "TC"})
# The order classes of the rulebook's table of modifiers, column "Order"; one that it does not list has none and is passed over.
_PAYMENT = frozenset(
    {"JW", "JZ", "JG", "TB", "UD", "KD", "PO", "PN", "JK", "JL", "RT", "LT", "50", "25", "59", "XE", "XS", "XP", "XU"}
)
_APART = frozenset({"59", "XE", "XS", "XP", "XU", "76", "77", "LT", "RT", "50"})
_COVERAGE = frozenset({
    "JA", "JB", "JC", "JD", "JE", "KO", "KP", "KQ", "RD", "RE", "KX", "GA", "GX", "GY", "GZ", "EJ", "EA", "EB", "EC", "ED", "EE",
    "GS", "AY", "GW", "GV", "Q0", "Q1", "ER", "76", "77", "52", "53", "SL",
})  # fmt: skip
_INFORMS = frozenset({"GK", "GL", "AX", "Q5", "Q6", "SA", "GC", "GE", "CR", "CG", "FB", "FC"})


def compute(keys: pa.Table) -> pa.Table:
    """The facts of each distinct list."""
    lists = keys.column("modifiers").to_pylist()
    repeated = [None if found is None else _repeated(found) for found in lists]
    procedures = [None if found is None else [one for one in found if one in _PROCEDURE] for found in lists]
    slips = [None if found is None else _slip(found) for found in lists]
    columns: dict[str, pa.Array[Any]] = {
        "modifier_set": _texts([None if found is None else " ".join(sorted(found)) for found in lists]),
        "discarded_line": _flags([None if found is None else "JW" in found for found in lists]),
        "told_apart": _flags([None if found is None else not _APART.isdisjoint(found) for found in lists]),
        "repeated_modifiers": _texts([", ".join(found) if found else None for found in repeated]),
        "modifier_repeats": _said(repeated),
        "procedure_modifiers": _texts([", ".join(found) if found else None for found in procedures]),
        "has_procedure_modifier": _said(procedures),
        "order_slip": _texts([found or None for found in slips]),
        "payment_modifier_late": _said(slips),
    }
    for name, column in columns.items():
        keys = keys.append_column(name, column)
    return keys


def _repeated(modifiers: Sequence[str]) -> list[str]:
    return sorted({one for one in modifiers if modifiers.count(one) > 1})


def _slip(modifiers: Sequence[str]) -> str:
    ranked = [(rank, one) for one in modifiers if (rank := _rank(one)) is not None]
    for (earlier, before), (later, after) in pairwise(ranked):
        if earlier > later and after in _PAYMENT:
            return f"{before} is before {after}"
    return ""


def _rank(modifier: str) -> int | None:
    for rank, members in enumerate((_PAYMENT, _COVERAGE, _INFORMS)):
        if modifier in members:
            return rank
    return None


def _said(values: Sequence[Sequence[str] | None]) -> pa.BooleanArray:
    return _flags([None if found is None else bool(found) for found in values])


def _texts(values: Sequence[str | None]) -> pa.StringArray:
    return pa.array(values, pa.string())


def _flags(values: Sequence[bool | None]) -> pa.BooleanArray:
    return pa.array(values, pa.bool_())
