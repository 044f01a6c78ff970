"""Whether the modifiers of the two lines of a pair may bypass an edit between their codes.

---
about: Whether the modifiers of the two lines of a pair may bypass an edit between their codes.
grain: line_pair
keys: [first_modifiers, second_modifiers]
columns:
  first_bypasses: {type: boolean, meaning: "whether the first code's line has a modifier that CMS associates with NCCI edits", ask: "the modifiers of both lines", source: NCI-22}
  second_bypasses: {type: boolean, meaning: "whether the second code's line has one", ask: "the modifiers of both lines", source: NCI-22}
---
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# The NCCI-associated modifiers: sides, digits, arteries and lids; the global surgery ones; 27, 59, 91 and the X modifiers.
_ASSOCIATED = frozenset({
    "E1", "E2", "E3", "E4", "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "TA", "T1", "T2", "T3", "T4", "T5",
    "T6", "T7", "T8", "T9", "LT", "RT", "LC", "LD", "RC", "LM", "RI", "24", "25", "57", "58", "78", "79", "27", "59", "91",
    "XE", "XS", "XP", "XU",
})  # fmt: skip


def facts_of(pair: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a pair of lists."""
    return {f"{place}_bypasses": _bypasses(pair[f"{place}_modifiers"]) for place in ("first", "second")}


def _bypasses(modifiers: Sequence[str] | None) -> bool | None:
    return None if modifiers is None else not _ASSOCIATED.isdisjoint(modifiers)
