"""Which codes are drugs, and which of them are for drugs without a code. Derived, since no field of the file says it.

Drug means drug, biologic, skin substitute, radiopharmaceutical, contrast or vaccine. In order:

1. J0000-J9999 are drugs (COD-20), A9500-A9799 radiopharmaceuticals and contrast (COD-23), Q9950-Q9969 contrast
   (COD-21), S0012-S0198 and S5000-S5014 drugs of private payers (COD-24).
2. P-codes: albumin and plasma protein fraction are drugs, blood and its components are not (COD-27).
3. A service that handles a drug (administration, fee, procedure, test) is none, whatever its BETOS; nor is an M-code.
4. Else a code with pricing indicator 51 or 54 in the Q family, or with a drug BETOS (COD-07) and a pricing indicator of
   drugs or a dosage, is one; for nuclear imaging (I1E) only of type of service 4 or 6, which leaves out tissue markers.
5. A drug BETOS without either is not known; everything else is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cleanclaim.reference.dosage import Dosage, NotParsed, UnitSemantics

_DRUG_BETOS = frozenset({"O1D", "O1E", "O1G", "D1G", "I1E"})
_DRUG_PRICING = frozenset({"51", "54"})
_OPPS_ONLY = "53"  # C-codes: priced by statute
_RANGES = (
    ("J0000", "J9999"), ("A9500", "A9799"), ("Q9950", "Q9969"), ("S0012", "S0198"), ("S5000", "S5014"),
)  # fmt: skip
_SERVICE = re.compile(
    r"administration of|administration by|\bfee\b|procedure\b|per visit|collection of|insertion|implantation of"
    r"|removal|screening|radiation dosimeter|catheterization|laparoscopy|\btest\b"
)
_PLASMA_PROTEIN = re.compile(r"albumin|plasma protein fraction")


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """The fields of a code's record that tell what it is."""

    code: str
    descriptor: str
    pricing_indicator: str
    betos: str
    type_of_service: str


def is_drug(facts: CodeFacts, dosage: Dosage | NotParsed) -> bool | None:
    """Whether a code is a drug; None when its record does not tell."""
    if any(first <= facts.code <= last for first, last in _RANGES):
        return True
    text = facts.descriptor.lower()
    if facts.code[0] == "P":
        return bool(_PLASMA_PROTEIN.search(text))
    if facts.code[0] == "M" or _SERVICE.search(text):
        return False
    if not (facts.betos or facts.pricing_indicator):
        return None
    return _by_price_and_betos(facts, dosage)


def _by_price_and_betos(facts: CodeFacts, dosage: Dosage | NotParsed) -> bool | None:
    priced = facts.pricing_indicator in _DRUG_PRICING
    if facts.code[0] == "Q" and priced:
        return True
    if facts.betos not in _DRUG_BETOS or (facts.betos == "I1E" and facts.type_of_service not in ("4", "6")):
        return False
    if priced or (facts.pricing_indicator == _OPPS_ONLY and facts.code[0] == "C"):
        return True
    return True if isinstance(dosage, Dosage) else None


def is_unclassified(dosage: Dosage | NotParsed, *, drug: bool | None) -> bool | None:
    """Whether a code is for any drug without a code of its own. One `not otherwise specified` with an amount is not."""
    if not drug:
        return drug
    return isinstance(dosage, Dosage) and dosage.semantics is UnitSemantics.UNCLASSIFIED
