"""Numbers that are taken for one another: what a hand, an eye or a scanner makes of a code number.

Pure: which of them are codes, and of what, is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise


class Slip(StrEnum):
    """How one number becomes another, the likeliest first."""

    TRANSPOSED = "two neighboring digits exchanged"
    LETTER = "another letter before the same digits"
    ALIKE = "one digit taken for one that looks like it"
    NEXT = "one digit off by one"
    DIGIT = "one digit different"


_LOOK_ALIKE = {frozenset(pair) for pair in ("08", "06", "17", "38", "35", "49", "56", "68")}  # in print and by hand


def slip_between(code: str, other: str) -> Slip | None:
    """The one slip that makes a code of five characters another one; None when it takes more than one."""
    if len(code) != len(other) or code == other:
        return None
    places = [place for place, (one, two) in enumerate(zip(code, other, strict=True)) if one != two]
    if len(places) == 1:
        return _of_one_place(code[places[0]], other[places[0]])
    first, last = places[0], places[-1]
    crossed = first > 0 and last == first + 1 and len(places) == 2
    return Slip.TRANSPOSED if crossed and code[first : last + 1] == other[first : last + 1][::-1] else None


def look_alikes(code: str) -> Iterator[str]:
    """Every number that one slip makes of a letter and four digits, each once; of something else none."""
    if len(code) != 5 or not (code[0].isascii() and code[0].isalpha() and code[1:].isascii() and code[1:].isdigit()):
        return
    for place, (one, two) in enumerate(pairwise(code)):
        if place and one != two:
            yield code[:place] + two + one + code[place + 2 :]
    yield from (letter + code[1:] for letter in "ABCEGHJKLMPQRSTV" if letter != code[0])
    for place in range(1, 5):
        yield from (code[:place] + digit + code[place + 1 :] for digit in "0123456789" if digit != code[place])


def _of_one_place(one: str, two: str) -> Slip | None:
    if one.isalpha() and two.isalpha():
        return Slip.LETTER
    if not (one.isdigit() and two.isdigit()):
        return None
    if frozenset((one, two)) in _LOOK_ALIKE:
        return Slip.ALIKE
    return Slip.NEXT if abs(int(one) - int(two)) == 1 else Slip.DIGIT
