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

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

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


def facts_of(line: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a list."""
    modifiers = line["modifiers"]
    if modifiers is None:
        return {}
    repeated, slip = _repeated(modifiers), _slip(modifiers)
    procedures = [modifier for modifier in modifiers if modifier in _PROCEDURE]
    return {
        "modifier_set": " ".join(sorted(modifiers)),
        "discarded_line": "JW" in modifiers,
        "told_apart": not _APART.isdisjoint(modifiers),
        "repeated_modifiers": ", ".join(repeated) or None,
        "modifier_repeats": bool(repeated),
        "procedure_modifiers": ", ".join(procedures) or None,
        "has_procedure_modifier": bool(procedures),
        "order_slip": slip or None,
        "payment_modifier_late": bool(slip),
    }


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
