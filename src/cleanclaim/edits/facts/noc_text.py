"""What the texts of an unclassified drug's line say: drug, dose, route, strength (COD-41, CODE-005).

---
about: What the texts of an unclassified drug's line say.
grain: line
keys: [is_noc, description, notes, complete, known_absent]
columns:
  noc_names_drug: {type: boolean, meaning: "whether description or notes name a drug: a word that is no unit, route or filler; false where it is known that there is no text", ask: "description and notes of the line", source: "COD-41"}
  noc_states_dose: {type: boolean, meaning: "whether they state an amount given; a concentration such as mg/mL is none", ask: "description and notes of the line", source: "COD-41"}
  noc_states_strength: {type: boolean, meaning: "whether they state a strength too: a concentration, or a second amount", ask: "description and notes of the line", source: "COD-41"}
  noc_is_compound: {type: boolean, meaning: "whether they call the drug compounded: then a concentration will do", ask: "description and notes of the line", source: "COD-41"}
  noc_states_concentration: {type: boolean, meaning: "whether they state a concentration", ask: "description and notes of the line", source: "COD-41"}
  noc_states_route: {type: boolean, meaning: whether they state a route, ask: "description and notes of the line", source: "COD-41"}
---
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_UNIT = r"(?:mg|mcg|ug|µg|g|gm|gram|grams|kg|ml|cc|l|unit|units|iu|i\.u\.|mci|uci|meq|mmol|vials?|doses?|amps?|ampules?|syringes?|tabs?|tablets?|caps?|capsules?|%)"
_AMOUNT = re.compile(
    rf"(?<![\w.])([0-9][0-9,]*\.?[0-9]*|\.[0-9]+)\s*-?\s*({_UNIT})(?![\w%])(\s*(?:/|per)\s*([0-9.]*\s*(?:ml|cc|l|vial|kg|m2))\b)?",
    re.IGNORECASE,
)
_ROUTE = re.compile(
    r"\b(i\.?v\.?p?b?|i\.?m\.?|s\.?c\.?|sub-?q|subcut\w*|subcutaneous\w*|intra\w+|infus\w+|inject\w+|push|oral|p\.?o\.?|nasal|inhal\w+|topical|implant\w*|epidural|ophthalmic|intrathecal)(?![\w])",
    re.IGNORECASE,
)
_COMPOUND = re.compile(r"\bcompound", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{2,}")
# Words that stand in such texts and name no drug.
_FILLER = frozenset({
    "injection", "injectable", "inject", "injected", "infusion", "infused", "intravenous", "intravenously",
    "intramuscular", "intramuscularly", "subcutaneous", "subcutaneously", "drug", "drugs", "dose", "doses",
    "total", "given", "with", "from", "patient", "medication", "unclassified", "unlisted", "classified",
    "otherwise", "specified", "biologic", "biologics", "agent", "vial", "vials", "unit", "units", "gram", "grams",
    "single", "multi", "multiple", "syringe", "prefilled", "each", "strength", "route", "invoice", "attached",
    "concentration", "solution", "powder", "sodium", "chloride", "normal", "saline", "sterile", "water", "diluted",
    "waste", "wasted", "discarded", "administered", "note", "miscellaneous", "code", "without", "tablet",
    "tablets", "capsule", "see", "ndc", "per", "the", "and", "for", "not", "inj", "inf", "pfs", "unk", "unknown", "n/a",
    "none", "tbd", "mls", "mgs", "ivp", "ivpb", "bag", "box", "kit", "day", "qty", "hcpcs", "attachment",
})  # fmt: skip


def _states_concentration(text: str) -> bool:
    return any(found[3] or found[2] == "%" for found in _AMOUNT.finditer(text))


_SAYS: Mapping[str, Callable[[str], bool]] = {
    "noc_names_drug": lambda text: any(
        word.lower() not in _FILLER and not _ROUTE.fullmatch(word) for word in _WORD.findall(text)
    ),
    "noc_states_dose": lambda text: any(not found[3] and found[2] != "%" for found in _AMOUNT.finditer(text)),
    "noc_states_strength": lambda text: (
        _states_concentration(text) or len({found[0].lower() for found in _AMOUNT.finditer(text)}) > 1
    ),
    "noc_is_compound": lambda text: bool(_COMPOUND.search(text)),
    "noc_states_concentration": _states_concentration,
    "noc_states_route": lambda text: bool(_ROUTE.search(text)),
}


def facts_of(line: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of the texts of a line."""
    whole = line["complete"] or _none_said(line["known_absent"])
    text = _text(line["description"], line["notes"], whole=whole) if line["is_noc"] else None
    return {} if text is None else {name: says(text) for name, says in _SAYS.items()}


def _text(*parts: str | None, whole: bool | None) -> str | None:
    """The texts together; an empty text where it is known that there is none, else unknown."""
    known = [part for part in parts if part]
    return " | ".join(known) if known or whole else None


def _none_said(absent: Sequence[str] | None) -> bool:
    return {"description", "notes"} <= set(absent or ())
