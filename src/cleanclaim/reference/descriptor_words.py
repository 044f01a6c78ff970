"""The words of a HCPCS long descriptor: amounts, notes in brackets, and which of its parts name the drug.

What `dosage` and `drug_names` both need: the first reads the billing unit of a descriptor, the second its drug.
"""

from __future__ import annotations

import re

NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
UNIT = (
    r"million (?:international )?units?|usp units?|international units?|allergy units?|units?|i\.?u\.?"
    r"|milligrams?|mgs?|micrograms?|mcgs?|grams?|gms?|g|milliliters?|mls?|cc"
    r"|millicuries?|mci|microcuries?|uci|milliequivalents?|meq|sq(?:uare|\.)? ?(?:centimeters?|cm)"
    r"|billion vector genomes?"
)
END = r"(?![\w%])"
QUANTITY = re.compile(
    rf"(?P<lead>\bup to and including |\bup to |\bper )?(?<![\w.%-])(?P<number>{NUMBER})[ -]?(?P<unit>{UNIT}){END}"
)
RATE = re.compile(rf" ?(?:/|per )(?:{NUMBER})? ?(?:ml|cc|kg|kilogram|hour|day|month){END}")
NOT_THE_BILLING_UNIT = re.compile(  # strengths, and the vial that a drug comes in
    rf"(?:up to )?[0-9]+(?:-[0-9]+)? (?:or greater )?mg/ml iodine concentration|, provided in (?:{NUMBER}) ?mg vial"
    r"|,? containing nominal [^,]*"
)

_NOTE = re.compile(r"\([^()]*\)")
_REMARK = re.compile(r"[0-9]|\bcode\b|\bfor\b|\bonly\b")
_NAME_ENDS = re.compile(
    rf"\bnot th|\badministered\b|\bup to\b|\bper\b|\bfor\b|(?<![\w.%-])(?:{NUMBER})[ -]?(?:{UNIT}){END}"
)
_SEPARATOR = re.compile(r"[,;](?![^()]*\))")
FORM = re.compile(
    r"inj(?:ection)?|infusion|iv|oral|inhalation solution|topical|nasal spray|implant|powder|tablet|capsule|film|gel"
    r"|cream|(?:intravesical )?instillation|diagnostic|therapeutic|single|each|hcl|human use|concentrated form"
    r"|intrathecal|(?:intravenous|intramuscular|subcutaneous)(?: or (?:intravenous|intramuscular|subcutaneous))?"
    r"|n\.?o\.?s\.?|noc|[0-9.]+ ?%?|not otherwise (?:specified|classified)(?: \(.*\))?|\(.*\)"
)
CLAUSE = re.compile(
    r"(?:biosimilars?|excludes biosimilars?|not therapeutically|via|fda|administered through|compounded|non-?compounded"
    r"|including|includes|brand name|generic|code may|unit dose)\b"
)


def normalized(descriptor: str) -> str:
    """The descriptor in small letters and single blanks, the unit that the official file misspells spelled right."""
    text = re.sub(r"\s+", " ", descriptor.replace("\u00a0", " ")).strip().lower()
    return text.replace("cenitmeter", "centimeter")


def without_notes(text: str) -> str:
    """The text without brackets that hold a number, a whole clause or a remark on the code."""
    previous, body = "", text
    while body != previous:
        previous, body = body, _NOTE.sub(lambda note: note[0] if _names(note[0]) else "", body)
    return re.sub(r"\s+,", ",", re.sub(r"\s+", " ", body)).strip()


def _names(note: str) -> bool:
    return len(note) <= 60 and not _REMARK.search(note)


def substance_of(before: str) -> str | None:
    """The drug with its salt: the parts of a descriptor that name neither form, route, use nor maker's remarks."""
    end = _NAME_ENDS.search(before)
    kept: list[str] = []
    for part in parts_of(before[: end.start()] if end else before):
        if kept and CLAUSE.match(part):
            break
        if part and not FORM.fullmatch(part):
            kept.append(_bare(part))
    return ", ".join(part for part in kept if part).strip(" ,/") or None


def parts_of(text: str) -> list[str]:
    """What stands between commas and semicolons, brackets left whole."""
    return [part.strip() for part in _SEPARATOR.split(text)]


def _bare(part: str) -> str:
    """A part of a name without the form that is written into it: `buprenorphine implant`, `methylprednisolone oral`."""
    return re.sub(r"\s+", " ", re.sub(r"\b(?:implant|oral|biosimilar)$|\bimplant (?=\()", "", part)).strip()
