"""Names of drugs as packages and price files print them: what is folded to compare two, and what of them is the brand.

Read in all names of the CMS NDC-HCPCS crosswalks of 2024 to 2026, some 2,000 spellings.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SIGNS = re.compile(r"[\u00ae\u2122]|\((?:r|tm)\)", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?\+?|\+")  # a plus sign tells products apart: AmnioCore Pro+
_SAME_WORD = {"hcl": "hydrochloride"}

_BRACKETS = re.compile(r"\([^()]*\)")  # maker, generic name, route, use: (Baxter), (pegfilgrastim-jmdb), (IV Infusion)
_UNIT = r"(?:mg|gms?|g|mcg|ml|iu|units?|sq\.? ?cm|cm|%|ct)"
_STRENGTH = re.compile(rf"[ ,-]+(?:[0-9]-?(?: |-)month\b|[0-9.,]+ ?{_UNIT}(?![a-hj-z])).*", re.IGNORECASE)
_VEHICLE = re.compile(
    r" in (?:[0-9.]+ ?% ?)?(?:dextrose|d5w|sodium chloride|nacl)\b.*", re.IGNORECASE
)  # heparin in 0.45% NaCl
# Form, route and how it is packed. Pens, injectors, cartridges and multipacks are products of their own.
_FORM = re.compile(
    r"[ ,-]+(?:(?:refill |delivery |emergency |diagnostic )?kit|vial|for inj(?:ection)?\b.*|inj(?:ection)?|iv|im"
    r"|oral(?: susp)?|(?<!non-)lyophilized|powder(?: for solution)?|pfs|prefilled syringes?|usp|novaplus|implant|implt"
    r"|dr|(?:3-day|bi-|tri-) ?(?:pack|fold)|adult|pak|(?:inhalation )?solution(?: concentrated)?)$",
    re.IGNORECASE,
)
_EDGES = " ,-/\t\n"


@lru_cache(maxsize=1 << 14)
def name_key(name: str) -> str:
    """A name as it is compared: case, spaces, hyphens and trade marks folded, nothing else."""
    plain = unicodedata.normalize("NFKD", _SIGNS.sub(" ", name)).casefold()
    return "".join(_SAME_WORD.get(word, word) for word in _WORD.findall(plain))


@lru_cache(maxsize=1 << 14)
def brand_of(printed: str) -> str:
    """A printed name without what is no part of it: strength, form, route, vehicle and remarks; itself when all is."""
    whole = " ".join(_SIGNS.sub(" ", printed).split())
    name = _BRACKETS.sub(" ", whole)
    name = _STRENGTH.sub("", _VEHICLE.sub("", " ".join(name.split()))).strip(_EDGES)
    while (shorter := _FORM.sub("", name).strip(_EDGES)) != name:
        name = shorter
    return name or whole
