"""Which release a hand-typed text means: `APR 2025`, `2025-January`, `2026q3`, `Effective 07012026`, `rvu26c`.

Texts are read by their words, not by one form. The day of an issue (`updated 07/25/25`) is no release: it is left out
before the release is read, and read by `issue_day`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from cleanclaim.errors import InvalidValue
from cleanclaim.reference.fiscal_years import CodeSet, named_code_set
from cleanclaim.reference.publications.quarters import MONTHS, named_quarter, quarter_name


class Naming(StrEnum):
    """How the releases of a publication are named."""

    QUARTER = "quarter"
    FISCAL_YEAR = "fiscal_year"
    NEWEST = "newest"


_WORDS = re.compile(r"[a-z]+|[0-9]+")
_DAY = r"(?<![0-9])(0?[1-9]|1[0-2])[-./_ ]?([0-2]?[0-9]|3[01])[-./_ ]?(20[0-9]{2}|[0-9]{2})(?![0-9])"
_WRITTEN_DAY = r"([a-z]{3,9})\.?[-_ ]+([0-9]{1,2})(?:st|nd|rd|th)?,?[-_ ]+(20[0-9]{2})(?![0-9])"
_NUMERIC = re.compile(_DAY)
_WRITTEN = re.compile(_WRITTEN_DAY)
_ISSUED = re.compile(
    r"(?:updat\w*|revis\w*|correct\w*|re-?issu\w*|(?:re-?)?post\w*|added|as of)[^a-z0-9]*(?:on|in)?[^a-z0-9]*"
    rf"(?:{_DAY}|{_WRITTEN_DAY}|[a-z]{{3,9}}\.?[-_ ]+20[0-9]{{2}}(?![0-9]))"
)
_QUARTERLY = ("january", "april", "july", "october")
_ALIKE = 0.8  # `janaury`, `ocotber`; `may` and `match` are far from the four months by which quarters are named


def as_release(text: str, naming: Naming) -> str:
    """A release as the library names it: `2025q4` is 2025-Q4.

    Raises: InvalidValue when the publication has no releases of that form.
    """
    if naming is Naming.NEWEST:
        raise InvalidValue(f"{text[:20]!r}: the publisher has the newest release only; leave RELEASE out")
    if naming is Naming.FISCAL_YEAR:
        return named_code_set(text).release
    return quarter_name(named_quarter(text).first)


def first_day(release: str, naming: Naming) -> date:
    """The day by which releases follow each other."""
    return named_code_set(release).days.first if naming is Naming.FISCAL_YEAR else named_quarter(release).first


def release_named(text: str, naming: Naming) -> str | None:
    """The release that a text means, the first of several; None when it names none."""
    if naming is Naming.NEWEST:
        return None
    lowered = text.casefold()
    read = _fiscal_years if naming is Naming.FISCAL_YEAR else _quarters
    # `Revised October 2025 pricing file` means October 2025 after all.
    for part in (_ISSUED.sub(" ", lowered), lowered):
        if release := next(read(_WORDS.findall(part)), None):
            return release
    return None


def issue_day(text: str) -> date | None:
    """The newest day that a text names: that of an issue, `091725`, `03-10-2026`, `July 25, 2025`."""
    lowered = text.casefold()
    days = [_day(int(year), int(month), int(day)) for month, day, year in _NUMERIC.findall(lowered)]
    days += [_day(int(year), _month(month), int(day)) for month, day, year in _WRITTEN.findall(lowered)]
    return max((day for day in days if day), default=None)


def _quarters(words: list[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        before, after, next_after = (_at(words, place + step) for step in (-1, 1, 2))
        if month := _month(word):
            if year := _year_of_month(words, place):
                yield quarter_name(date(year, month, 1))
        elif word == "q":
            if (number := after) in {"1", "2", "3", "4"} and (year := _year(before) or _year(next_after)):
                yield f"{year}-Q{number}"
            elif before in {"1", "2", "3", "4"} and (year := _year(after)):
                yield f"{year}-Q{before}"
        elif word == "rvu" and len(after) == 2 and after.isdigit() and next_after[:1] in {"a", "b", "c", "d"}:
            yield f"20{after}-Q{'abcd'.index(next_after[0]) + 1}"
        elif word in {"eff", "effective"} and (day := issue_day(" ".join(words[place + 1 : place + 4]))):
            yield quarter_name(day)


def _fiscal_years(words: list[str]) -> Iterator[str]:
    """Every year in the text, those of an update first; the year of 1 October belongs to the day, not to the codes."""
    named = [
        (place, month, year)
        for place, word in enumerate(words)
        if (month := _month(word)) and (year := _year_of_month(words, place))
    ]
    updates = {1: "January", 4: "April"}
    yield from (CodeSet(year, updates[month]).release for _, month, year in named if month in updates)
    of_days = {near for place, _, _ in named for near in range(place, place + 3)}
    yield from (
        CodeSet(year).release for place, word in enumerate(words) if place not in of_days and (year := _year(word))
    )


def _at(words: list[str], place: int) -> str:
    return words[place] if 0 <= place < len(words) else ""


def _year_of_month(words: list[str], place: int) -> int | None:
    """The year that belongs to a month: behind it, behind its day, or before it; in two digits only behind it."""
    after, next_after = _at(words, place + 1), _at(words, place + 2)
    is_day = after.isdigit() and len(after) <= 2
    if year := _year(after) or (_year(next_after) if is_day else None) or _year(_at(words, place - 1)):
        return year
    return 2000 + int(after) if is_day and len(after) == 2 and int(after) > 4 else None  # the first files are of 2005


def _year(word: str) -> int | None:
    return int(word) if len(word) == 4 and word.startswith("20") and word.isdigit() else None


def _month(word: str) -> int:
    """The number of a month by its name, its abbreviation, or a slip of either; 0 for another word."""
    for name, number in MONTHS.items():
        if word == name or (word[:3] == name[:3] and word in {name[:3], name[:4]}):
            return number
    if len(word) > 3 and (near := difflib.get_close_matches(word, _QUARTERLY, n=1, cutoff=_ALIKE)):
        return MONTHS[near[0]]
    return 0


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return None
