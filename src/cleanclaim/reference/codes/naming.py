"""The code that somebody means who gives a number or a name: one, or a refusal that says what it may be. Never a guess.

A name is a name whole or not at all: what is spelled nearly so, begins so, or says more (Keytruda Qlex) is another one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cleanclaim.errors import InvalidValue, UnknownName
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.differences import what_decides
from cleanclaim.reference.codes.drug_identity import DRUG_IDENTITY
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.printed_names import name_key
from cleanclaim.reference.codes.product_names import DRUG_NAME, NameKind

NDC = re.compile(r"[0-9][0-9-]{7,12}[0-9]")
_NUMBER = re.compile(r"[A-Z0-9][0-9]{3}[A-Z0-9]")
_PART = re.compile(r"[A-Z]?[0-9]{1,4}")
_MOST_LISTED = 8
_MOST_NEAR = 5
_LIKE = 75  # of 100: how like a name must be to be asked about
_MUCH_LESS_LIKE = 12


class Match(StrEnum):
    """How what was asked for stands for a code, the surest first."""

    EXACT = "exact"  # its number, its NDC, or the whole name of its drug
    BRAND = "brand"  # the whole name of a product
    SYNONYM = "synonym"  # a listed other word for it
    WORD = "word"  # all words are in its names or descriptor
    NEAR = "near"  # some are not, or only something like them


_MATCHES = {
    NameKind.SUBSTANCE: Match.EXACT, NameKind.BRAND: Match.BRAND, NameKind.PACKAGE: Match.BRAND,
    NameKind.SYNONYM: Match.SYNONYM, NameKind.FAMILY: Match.WORD,
}  # fmt: skip
_SURE = (Match.EXACT, Match.BRAND, Match.SYNONYM)


@dataclass(frozen=True, slots=True)
class NamedCode:
    """A code that has a name, and how it has it."""

    code: str
    name: str  # in the letters of the source
    match: Match


def named_codes(lookup: Lookup, text: str) -> list[NamedCode]:
    """The codes that have a text as a name, on whatever days, each once by its surest kind; never as `Match.NEAR`."""
    by_code: dict[str, NamedCode] = {}
    key = name_key(text)
    for row in lookup.index.rows(DRUG_NAME, "name_key", key) if key else ():
        code, match = str(row["hcpcs_code"]), _MATCHES[NameKind(str(row["kind"]))]
        if code not in by_code or list(Match).index(match) < list(Match).index(by_code[code].match):
            by_code[code] = NamedCode(code, str(row["name"]), match)
    return sorted((one for one in by_code.values() if one.match in _SURE), key=lambda one: one.code)


def codes_named_after(lookup: Lookup, text: str, on: date) -> list[str]:
    """The codes of the day whose drug is called a text and more, where another has it as its name: biosimilars."""
    rows = lookup.index.rows(DRUG_NAME, "name_key", name_key(text))
    codes = sorted(str(row["hcpcs_code"]) for row in rows if row["kind"] == NameKind.FAMILY)
    own = {one.code for one in named_codes(lookup, text)}
    return [code for code in codes if code not in own and _is_active(lookup, code, on)]


def code_meant(lookup: Lookup, text: str, on: date) -> str:
    """The code of a number, known or not, of an NDC, or of a name that one code alone has on the day.

    Raises:  UnknownName when nothing has the name (with what is like it), or several codes have it (with what decides);
    InvalidValue for a text without letter or digit.
    """
    name = text.strip()
    number = name.upper()
    if _NUMBER.fullmatch(number):
        return number
    if _PART.fullmatch(number):
        raise UnknownName(f"{name} is no whole code number: expected a letter and four digits, or a name")
    if not name_key(name):
        raise InvalidValue("a name needs a letter or digit")
    if NDC.fullmatch(number):
        listed = lookup.ndc(number, on)
        codes = list(dict.fromkeys(one.hcpcs_code for one in listed.hcpcs))
        if not codes:
            raise UnknownName(f"{name}: {listed.why}")
    else:
        codes = [one.code for one in named_codes(lookup, name)]
        if not codes:
            raise UnknownName(_nothing_has(lookup, name, on))
    best = [code for code in codes if _is_active(lookup, code, on)] or codes
    if len(best) == 1:
        return best[0]
    raise UnknownName(_several_have(lookup, name, best, on))


def _several_have(lookup: Lookup, name: str, codes: Sequence[str], on: date) -> str:
    listed = "\n".join(f"  {code}  {_descriptor(lookup, code, on)}" for code in codes[:_MOST_LISTED])
    more = "\n  and more: `cleanclaim search` lists them" if len(codes) > _MOST_LISTED else ""
    apart = what_decides([lookup.index.rows(DRUG_IDENTITY, "hcpcs_code", code) for code in codes])
    return f"{name} may mean several codes on {on}; give one of them:\n{listed}{more}\nWhat decides: {', '.join(apart)}"


def _nothing_has(lookup: Lookup, name: str, on: date) -> str:
    none = f"{name} is no drug, brand or synonym in the library"
    near = near_names(lookup, name, on)
    if not near:
        return f"{none}, and no name is like it; give the code, or import the files that have it"
    listed = "\n".join(f"  {one.code}  {one.name}: {_descriptor(lookup, one.code, on)}" for one in near)
    return f"{none}. Did you mean one of these? Give its name or code:\n{listed}"


def near_names(lookup: Lookup, text: str, on: date) -> list[NamedCode]:
    """Names that somebody may have meant who wrote another: those with its words or its beginning, then those like it.

    Each code once, those that may be billed on the day first, and only to ask about.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415 - only a name that is none needs it

    key, words = name_key(text), {name_key(word) for word in text.split()}
    scored: list[tuple[float, str, str]] = []
    for row in lookup.index.every(DRUG_NAME):
        if row["kind"] == NameKind.FAMILY:
            continue
        known = str(row["name_key"])
        shared = len(known) > 3 and (
            known in words or key.startswith(known) or (len(key) > 3 and known.startswith(key))
        )
        score = 100 if shared else fuzz.ratio(key, known, score_cutoff=_LIKE)
        if score:
            scored.append((score, str(row["name"]), str(row["hcpcs_code"])))
    best = max((score for score, *_ in scored), default=0)
    by_code: dict[str, NamedCode] = {}
    for score, name, code in sorted(scored, key=lambda one: (-one[0], one[1].swapcase(), one[2])):
        if score >= best - _MUCH_LESS_LIKE:
            by_code.setdefault(code, NamedCode(code, name, Match.NEAR))
    active = [one for one in by_code.values() if _is_active(lookup, one.code, on)]
    return (active or list(by_code.values()))[:_MOST_NEAR]


def _descriptor(lookup: Lookup, code: str, on: date) -> str:
    return lookup.standing(code, on).descriptor or "no descriptor known"


def _is_active(lookup: Lookup, code: str, on: date) -> bool:
    return lookup.standing(code, on).status is CodeStatus.ACTIVE
