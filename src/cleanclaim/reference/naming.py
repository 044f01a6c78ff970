"""The code that somebody means who gives a number or a name: one, or a refusal that lists what it may be."""

from __future__ import annotations

import re
from datetime import date

from cleanclaim.errors import UnknownName
from cleanclaim.reference.answers import CodeStatus
from cleanclaim.reference.lookup import Lookup
from cleanclaim.reference.search import Search

_NUMBER = re.compile(r"[A-Z0-9][0-9]{3}[A-Z0-9]")
_PART = re.compile(r"[A-Z]?[0-9]{1,4}")
_MOST_LISTED = 8


def code_meant(lookup: Lookup, text: str, on: date) -> str:
    """The code of a number, known or not, or of a name that one code alone answers on the day.

    Raises:  UnknownName when a name answers to no code or to several; InvalidValue for a text without letter or digit.
    """
    number = text.strip().upper()
    if _NUMBER.fullmatch(number):
        return number
    if _PART.fullmatch(number):
        raise UnknownName(f"{text.strip()} is no whole code number: expected a letter and four digits, or a name")
    found = Search(lookup).find(text, on, most=_MOST_LISTED + 1)
    if not found.hits:
        raise UnknownName(f"{text.strip()}: {found.why}")
    active = [hit for hit in found.hits if hit.status is CodeStatus.ACTIVE]
    best = active or found.hits
    if len(best) == 1:
        return best[0].code
    listed = "\n".join(f"  {hit.code}  {hit.descriptor or 'no descriptor known'}" for hit in best[:_MOST_LISTED])
    more = "\n  and more: `cleanclaim search` lists them" if len(best) > _MOST_LISTED else ""
    raise UnknownName(f"{text.strip()} may mean several codes on {on}; give one of them:\n{listed}{more}")
