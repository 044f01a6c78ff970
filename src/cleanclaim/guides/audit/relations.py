"""What a sentence says of two codes: that one followed the other, or that both are of one drug."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanclaim.guides.audit.clauses import CODE
from cleanclaim.guides.audit.phrases import text_of

_ONE = r"(?:HCPCS )?(?:code )?[A-V][0-9]{4}"
_SOME = rf"{_ONE}(?:(?:,| and|, and| or|/) ?{_ONE})*"
_OLD, _NEW, _NEAR = f"(?P<old>{_SOME})", f"(?P<new>{_SOME})", r"(?:[^.;]{0,40}?)"
_FOLLOWED = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_OLD}{_NEAR}{text_of('passive')}(?:{text_of('followed_by')})\s+{_NEW}",
        rf"{_OLD}{_NEAR}{text_of('became')}{_NEW}",
        rf"{_NEW}{_NEAR}{text_of('follows')}\s*{_OLD}",
        rf"{_OLD}(?:'s|’s) (?:successor|replacement)(?: code)? (?:is|was|would be|turned out to be)\s+{_NEW}",
        rf"{_OLD}(?:'s|’s) work is (?:now )?done by\s+{_NEW}",
        rf"\b(?:successor|replacement) (?:of|to|for|code for) {_OLD} (?:is|was)\s+{_NEW}",
        rf"\bpredecessor of {_NEW} (?:is|was)\s+{_OLD}",
        rf"\binstead of (?:the )?(?:old|ended|deleted|retired) {_OLD},? (?:use|bill|report)\s+{_NEW}",
    )
]
_SAME = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<one>{_ONE})\s+and\s+(?P<two>{_ONE})\s+(?:\w+\s+){{0,2}}?{text_of('both_are')}",
        rf"(?P<one>{_ONE})\s+and\s+(?P<two>{_ONE})\s+(?:are|name|describe|cover) (?:both )?the same drug",
    )
]


class Followed(NamedTuple):
    """`new` is said to have followed `old`; `same`: both are said to be of one drug."""

    old: str
    new: str
    same: bool = False


def relations(text: str) -> list[Followed]:
    """The relations of a sentence, each pair once."""
    for pattern in _FOLLOWED:
        found = [
            Followed(old, new)
            for one in pattern.finditer(text)
            for old in _codes(one["old"])
            for new in _codes(one["new"])
            if old != new
        ]
        if found:
            return list(dict.fromkeys(found))
    for pattern in _SAME:
        if both := pattern.search(text):
            return [Followed(_codes(both["one"])[0], _codes(both["two"])[0], same=True)]
    return []


def _codes(text: str) -> list[str]:
    return [found[1] for found in CODE.finditer(text)]
