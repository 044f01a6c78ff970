"""What a clause says of the days of its code: that it ended, began, may be billed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from cleanclaim.guides.audit.clauses import Clause, is_denied
from cleanclaim.guides.audit.dates import Day, days
from cleanclaim.guides.audit.phrases import phrases
from cleanclaim.guides.audit.statement import Judged, Kind
from cleanclaim.reference.codes.answers import CodeAnswer, CodeStatus

_ENDED, _BEGAN, _PAST = phrases("ended"), phrases("began"), phrases("past")
_IN_FORCE, _STATED_IN_FORCE, _USED = phrases("in_force"), phrases("stated_in_force"), phrases("used")
_COMING = phrases("coming")
_NEAR = 30  # characters
_IT = re.compile(r"^(?:it|that code|the former) \S*$", re.IGNORECASE)
_OF_MODIFIER = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Z0-9] (?:is |was |has |modifier )*$")


def span(clause: Clause, answer: CodeAnswer) -> Iterator[Judged]:
    """What is said of the days of the code; a code that has ended and is offered for use is contradicted."""
    text, said = clause.text, days(clause.text)
    official = f"{clause.code}: {answer.valid_from or '?'} to {answer.valid_to or '?'}"
    ended = _ENDED.search(text)
    if ended and (_IT.search(text[: ended.start() + 1]) or _OF_MODIFIER.search(text[: ended.start()])):
        return  # what ended is not this code, but what `it` stands for, or a modifier
    if ended and not is_denied(text, ended.start()):
        yield from _end(answer, said, ended.start(), official)
        return
    began = _BEGAN.search(text)
    if began and said and answer.valid_from:
        day = min(said, key=lambda one: abs(one.at - began.end()))
        if day.at > began.start() - _NEAR:
            yield Judged.of(Kind.DATES, official, right=day.holds(answer.valid_from))
            return
    yield from _use(text, answer, official)


def _end(answer: CodeAnswer, said: list[Day], after: int, official: str) -> Iterator[Judged]:
    """An end that is said: on a day, or at all. The day after the last one is as good."""
    is_over = answer.status is CodeStatus.TERMINATED
    day = next((one for one in said if one.at > after), None)
    day = day or next((one for one in said if after - _NEAR < one.at), None)
    if day is None:
        yield Judged.of(Kind.DATES, official, right=is_over)
    elif answer.valid_to:
        right = day.holds(answer.valid_to) or (is_over and day.holds(date.fromordinal(answer.valid_to.toordinal() + 1)))
        yield Judged.of(Kind.DATES, official, right=right)


def _use(text: str, answer: CodeAnswer, official: str) -> Iterator[Judged]:
    """A code that is offered for use, or said to be in force."""
    if answer.status is CodeStatus.NOT_YET_EFFECTIVE:
        if not _COMING.search(text):
            yield Judged.of(Kind.DATES, official, right=False)
    elif answer.status is CodeStatus.TERMINATED:
        if _IN_FORCE.search(text) or (_USED.search(text) and not _PAST.search(text)):
            yield Judged.of(Kind.DATES, official, right=False)
    elif (stated := _STATED_IN_FORCE.search(text)) and not is_denied(text, stated.start()):
        yield Judged.of(Kind.DATES, official, right=True)
