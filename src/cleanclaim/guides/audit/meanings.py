"""What modifiers of drug lines mean, and the words by which a text gives them this meaning or another one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cleanclaim.yaml_text import shipped_shape

_PAIRS = {"JA": "JB", "JB": "JA", "EA": "EB", "EB": "EA"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """Words that give a modifier its meaning, words that give it another, and the meaning itself."""

    right: re.Pattern[str]
    wrong: re.Pattern[str]
    official: str


def _read() -> dict[str, Meaning]:
    said = shipped_shape(__package__, "meanings.yaml", dict[str, dict[str, str]])
    return {
        name: Meaning(re.compile(one["right"], re.IGNORECASE), re.compile(one["wrong"], re.IGNORECASE), one["official"])
        for name, one in said.items()
    }


MEANINGS = _read()


def meant(name: str, text: str, at: int) -> bool | None:
    """Whether a text gives a modifier its meaning, another one, or (None) none that is known."""
    known = MEANINGS.get(name)
    if known is None:
        return None
    right, wrong = known.right.search(text), known.wrong.search(text)
    if right and wrong:
        if _PAIRS.get(name) and re.search(rf"\b{_PAIRS[name]}\b", text):
            return True  # both of a pair stand there, each with its meaning
        return abs(right.start() - at) <= abs(wrong.start() - at)
    return True if right else False if wrong else None
