"""What a clause says of modifiers and places of service, held against what they are for (MDF-, codes.md section 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cleanclaim.guides.audit.clauses import Clause, is_called_wrong, is_denied
from cleanclaim.guides.audit.meanings import MEANINGS, meant
from cleanclaim.guides.audit.phrases import phrases
from cleanclaim.guides.audit.statement import Judged, Kind

# Modifiers of procedures and visits: on the line of a drug they mean nothing (MDF-06, MOD-010, MOD-012, MOD-014).
_OF_PROCEDURES = frozenset({
    "22", "24", "25", "26", "50", "51", "52", "53", "57", "58", "59", "62", "76", "77", "78", "79", "80",
    "LT", "RT", "TC", "XE", "XP", "XS", "XU",
})  # fmt: skip
_SIDES = frozenset({"LT", "RT", "50"})
_LETTERED = re.compile(
    r"(?<![A-Za-z0-9])(A[XY]|E[A-EJR]|G[AKLSVWXYZ]|J[A-GKLWZ]|K[DOPQX]|LT|P[NO]|Q[01]|R[DET]|SL|T[BC]|UD|X[EPSU])(?![A-Za-z0-9])"
)
_MEASURES = r"mg|mcg|units?|ml|g|percent|years?|days?|weeks?|minutes?|hours?|patients?"
_NUMBERED = re.compile(rf"(?<![A-Za-z0-9$.,/])([0-9]{{2}})(?![A-Za-z0-9%/]|[.,][0-9]| ?(?:{_MEASURES})\b)")
_ABOUT_PLACES = re.compile(r"\bPOS\b|\bplaces?[ -]of[ -]service\b", re.IGNORECASE)
_ABOUT_MODIFIERS, _OF_PLACE = phrases("about_modifiers"), phrases("of_place")
_WASTE, _NO_WASTE, _INSIDE_A_UNIT = phrases("waste"), phrases("no_waste"), phrases("inside_a_unit")
_NOT_SO, _OF_ANOTHER_LINE, _AS_MODIFIER = phrases("not_so"), phrases("of_another_line"), phrases("place_as_modifier")
_PLACE_IN_FIELD = re.compile(
    r"place of service (?:codes? )?(?:goes|go|belongs?|stands?|is (?:put|entered)) in(?:to)? the modifier",
    re.IGNORECASE,
)
_MULTI_DOSE = re.compile(r"\bmulti(?:ple)?-?(?: |)dose\b|\bMDV\b", re.IGNORECASE)
_PACKAGED = re.compile(r"\bstatus indicator N\b|\bSI N\b|\bpackaged\b")
_NEITHER = re.compile(r"\bnot (?:required|needed)|\bneither|\bno J[WZ]|\bnot\b|\bnever\b|without", re.IGNORECASE)
_ONE_OF_THEM = re.compile(
    r"\b(?:neither|nor|no|not|never|aren't|isn't|don't|either|or|exclu\w+|one another|each other)\b", re.IGNORECASE
)
_BOTH = re.compile(r"\b(?:both|together|and)\b", re.IGNORECASE)
_ENDED = re.compile(r"ended|discontinued|no longer|until|\bwas\b|retired|replaced|dead|2015|expired", re.IGNORECASE)
_SECOND_LINE = re.compile(r"second|JW line|x ?1\b|leftover|rest")

_JW = "JW: drug discarded from a single-dose container, on a line of its own"
_JZ = "JZ: nothing was discarded from a single-dose container"
_PAIR = "JZ says that nothing was discarded, JW bills what was: never both for one drug and day (UNW-04)"


@dataclass(frozen=True, slots=True)
class Line:
    """What decides about modifiers of a code; `text`: the whole sentence, `names`: where drugs stand in it."""

    text: str
    places: Mapping[str, str]
    is_drug: bool
    is_local: bool  # for one eye or joint: payers differ about sides (MDF-49)
    one_unit_holds_all: bool  # an `up to` code
    about_modifiers: bool  # the passage is
    ended: Mapping[str, str]
    names: Sequence[tuple[int, int]]


def has_modifier(text: str) -> bool:
    """Whether a text names a modifier in letters."""
    return bool(_LETTERED.search(text))


def uses(clause: Clause, line: Line) -> Iterator[Judged]:
    """What the sentence says of modifiers on a line of the code, each thing once."""
    found = _modifiers(clause, line) if line.is_drug else {}
    if not found:
        return
    if _PLACE_IN_FIELD.search(line.text):
        official = "the place of service is sent in a field of its own; never as a modifier (MDF-62)"
        yield Judged.of(Kind.PLACE, official, right=False)
        return
    if {"JW", "JZ"} <= set(found) and not _MULTI_DOSE.search(line.text) and not _PACKAGED.search(line.text):
        if _ONE_OF_THEM.search(line.text):
            yield Judged.of(Kind.MODIFIER, _PAIR, right=True)
        elif _BOTH.search(line.text):
            yield Judged.of(Kind.MODIFIER, _PAIR, right=False)
        return
    judged = (_use(name, at, line) for name, at in found.items())
    yield from dict.fromkeys(one for one in judged if one)


def _modifiers(clause: Clause, line: Line) -> dict[str, int]:
    """Modifiers, and numbers used as such, with the place of the last one of each."""
    text = line.text
    found = {one[1]: one.start() for one in _LETTERED.finditer(text)}
    if line.about_modifiers or _ABOUT_MODIFIERS.search(text) or _ABOUT_PLACES.search(text):
        found |= {one[1]: one.start() for one in _NUMBERED.finditer(text)}
    if clause.modifier:
        found[clause.modifier] = clause.at + 6
    return {
        name: at for name, at in found.items() if not any(start <= at < end for start, end in line.names)
    }  # fmt: skip


def _use(name: str, at: int, line: Line) -> Judged | None:
    text = line.text
    denied = is_denied(text, at) or is_called_wrong(text, at) or bool(_NOT_SO.search(text))
    if name in line.ended and not _ENDED.search(text):
        return Judged.of(Kind.MODIFIER, line.ended[name], right=denied)
    if name in line.places and not (name in _OF_PROCEDURES and not _OF_PLACE.search(text)):
        return _place(text, name, line.places[name], denied=denied)
    if name in _OF_PROCEDURES:
        if line.is_local and name in _SIDES:
            return None
        elsewhere = bool(_OF_ANOTHER_LINE.search(text[max(0, at - 60) : at + 80]))
        official = f"{name} belongs to procedures and visits; on a drug line it means nothing (MDF-06)"
        return Judged.of(Kind.MODIFIER, official, right=denied or elsewhere)
    if name in ("JW", "JZ"):
        return _waste(name, line, denied=denied)
    if name == "JF":
        official = "JF was valid from 2015-04-01 to 2015-06-30 only (MDF-61)"
        return Judged.of(Kind.MODIFIER, official, right=denied or bool(_ENDED.search(text)))
    right = meant(name, text, at)
    if right is None:
        return None
    return Judged.of(Kind.MODIFIER, MEANINGS[name].official, right=right is not denied)


def _place(text: str, name: str, meaning: str, *, denied: bool) -> Judged:
    official = f"{name} is a place of service ({meaning}), sent in a field of its own; never a modifier (MDF-62)"
    said = re.sub(r"(?:never|not) as a modifier", "", text)
    is_place = bool(_ABOUT_PLACES.search(text)) and not _AS_MODIFIER.search(said)
    return Judged.of(Kind.PLACE, official, right=is_place or denied)


def _waste(name: str, line: Line, *, denied: bool) -> Judged | None:
    text = line.text
    none, some = bool(_NO_WASTE.search(text)), bool(_WASTE.search(text))
    for found, rule in (
        (_PACKAGED.search(text), "packaged drugs (SI N) take neither JW nor JZ (UNW-13)"),
        (_MULTI_DOSE.search(text), "JW and JZ are for single-dose containers only (UNW-08)"),
    ):
        if found:
            return Judged.of(Kind.MODIFIER, rule, right=denied or bool(_NEITHER.search(text)))
    second_line = line.one_unit_holds_all and name == "JW" and bool(_SECOND_LINE.search(text))
    if _INSIDE_A_UNIT.search(text) or second_line:
        rule = "discarded drug is billed in whole units, rounded down; inside one unit there is none (UNW-05, UNW-06)"
        return Judged.of(Kind.MODIFIER, rule, right=denied)
    if not (none or some):
        return None
    if name == "JZ":
        return Judged.of(Kind.MODIFIER, _JZ, right=none is not denied)
    if some and not none and line.one_unit_holds_all and not denied:
        caution = "but only in whole units, and one unit of this code covers up to its amount (UNW-06)"
        return Judged.of(Kind.MODIFIER, f"{_JW}; {caution}", right=None)
    return Judged.of(Kind.MODIFIER, _JW, right=(not none) is not denied)
