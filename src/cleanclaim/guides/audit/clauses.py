"""A sentence as clauses, each about one code; and what its words do to a statement: deny it, or call it a mistake."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from cleanclaim.guides.audit.phrases import phrases

CODE = re.compile(r"(?<![A-Za-z0-9])([A-CEGHJ-MP-V][0-9]{4})(?![0-9A-Za-z])(?:-([A-Z0-9]{2})(?![A-Za-z0-9]))?")
# Where one clause ends and the next begins, the surest first; at the last two the later clause is the longer one.
_BREAKS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r";", r"[.?!]\s", r"\s\((?=[^()]*\w[^()]*$)",
        r"[,:—–]?\s+(?:while|whereas|but|by contrast|unlike|although|though|yet)\b",
        r",\s+(?:and|or|not)\b", r"\s+(?:and|or)\s+", r"\s\|\s", r",\s", r"\s[-–—]\s",
    )
]  # fmt: skip
# Codes of before in parentheses: what the sentence says of the code in front is not said of them.
_ASIDE = re.compile(r"\s?\(((?:formerly|previously|once|earlier|before|until|old|replac\w+)\b[^()]*)\)", re.IGNORECASE)
_FORMER = re.compile(r"\bthe former (?P<first>[^;.]+?)[;,.]? (?:and |while )?the latter (?P<second>.+)", re.IGNORECASE)
_PAIR = 2
_LISTED = re.compile(r",? ?(?:and|or|/|&)? ?(?:HCPCS )?(?:codes? )?", re.IGNORECASE)
_DENIED, _NO_DENIAL = phrases("denied"), phrases("not_a_denial")
_MISTAKE, _CORRECTION = phrases("mistake"), phrases("correction")


class Clause(NamedTuple):
    """A part of a sentence about one code; `also` are others that share what is said of it."""

    text: str
    code: str
    at: int  # where the code stands in `text`; -1 where it is the one the text is about
    modifier: str | None = None  # written behind the code: J1745-JW
    also: tuple[str, ...] = ()


def clauses(text: str) -> list[Clause]:
    """The clauses of a sentence, one for each code in it."""
    aside = _ASIDE.search(text)
    if aside and CODE.search(aside[1]) and CODE.search(text[: aside.start()] + text[aside.end() :]):
        return clauses(text[: aside.start()] + text[aside.end() :]) + clauses(aside[1])
    found = list(CODE.finditer(text))
    if not found:
        return []
    if len(found) == _PAIR and (former := _FORMER.search(text)):
        return [
            Clause(f"{found[0][1]} {former['first']}", found[0][1], 0, found[0][2]),
            Clause(f"{found[1][1]} {former['second']}", found[1][1], 0, found[1][2]),
        ]
    if len(found) == 1 or len({one[1] for one in found}) == 1:
        modifier = next((one[2] for one in found if one[2]), None)
        return [Clause(text, found[0][1], found[0].start(), modifier)]
    # Codes that stand in a list share what is said: `J8520 and J8521 until September`.
    groups = [[found[0]]]
    for one, two in pairwise(found):
        if _LISTED.fullmatch(text[one.end() : two.start()]):
            groups[-1].append(two)
        else:
            groups.append([two])
    cuts = [0]
    for first, second in pairwise(groups):
        cuts.append(first[-1].end() + _cut(text[first[-1].end() : second[0].start()]))
    cuts.append(len(text))
    return [
        Clause(text[start:end], one[1], one.start() - start, one[2])
        for group, start, end in zip(groups, cuts, cuts[1:], strict=False)
        for one in group
    ]


def _cut(between: str) -> int:
    """Where the clause of one code ends and that of the next begins."""
    for pattern in _BREAKS:
        places = list(pattern.finditer(between))
        if places:
            return places[-1].start() + 1 if pattern in _BREAKS[-2:] else places[0].start() + 1
    return len(between)


def is_denied(text: str, at: int) -> bool:
    """Whether what stands at a place is denied: `is not thiamine`, `never with modifier 25`."""
    before = _NO_DENIAL.sub("", text[:at])
    last = max((before.rfind(mark) for mark in (";", ". ", ": ", ", but ", " which is ", " which are ")), default=-1)
    return bool(_DENIED.search(before[last + 1 :]))


def is_called_wrong(text: str, at: int) -> bool:
    """Whether the sentence calls what stands at a place a mistake."""
    start, end = text.rfind("; ", 0, at) + 1, text.find("; ", at)
    wrong = _MISTAKE.search(text, start, end if end >= 0 else len(text))
    if not wrong:
        return False
    right = _CORRECTION.search(text, wrong.end())
    return right is None or at < right.start()
