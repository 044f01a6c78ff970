"""Codes found and compared, on paper. Imports neither DuckDB nor Arrow: a look-up must be quick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TextIO

from cleanclaim.cli.answers import write_answers
from cleanclaim.cli.options import ShortFormat
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.naming import Match
from cleanclaim.reference.codes.search import SearchAnswer
from cleanclaim.reference.codes.similar import Similar, SimilarCodes
from cleanclaim.reference.codes.timeline import Entry, Price, Timeline
from cleanclaim.values import OPEN_END

_BAR = 30  # characters of the highest price


def write_search(answer: SearchAnswer, output_format: ShortFormat, out: TextIO) -> None:
    """What a search found."""
    write_answers([answer], output_format, out, _search_text)


def _search_text(answer: SearchAnswer) -> Iterable[str]:
    count = f"{len(answer.hits)} codes" if len(answer.hits) != 1 else "1 code"
    yield f"{answer.query} on {answer.on}: {count}"
    if answer.why:
        yield f"  {answer.why}"
    near = False
    for hit in answer.hits:
        if hit.match is Match.NEAR and not near:
            near = True
            yield "  near matches: some words are missing, or taken for others"
        yield f"  {hit.code}  {hit.descriptor or 'no descriptor known'}"
        end = "" if hit.valid_to == OPEN_END else f" to {hit.valid_to}"
        days = (
            f" from {hit.valid_from}{end}" if hit.valid_from and hit.status is not CodeStatus.NOT_IN_REFERENCE else ""
        )
        yield f"         {hit.match}, {hit.status.replace('_', ' ')}{days}; {hit.score} of 100: {hit.why}"
    if answer.releases:
        yield f"  by     {'; '.join(answer.releases)}"


def write_similar(answers: Sequence[SimilarCodes], output_format: ShortFormat, out: TextIO) -> None:
    """The codes that codes may be taken for."""
    write_answers(answers, output_format, out, _similar_text)


def _similar_text(answer: SimilarCodes) -> Iterable[str]:
    yield f"{answer.code} on {answer.on}: {answer.status.replace('_', ' ')}"
    if answer.why:
        yield f"  {answer.why}"
    if answer.descriptor:
        yield f"  {answer.descriptor}"
    for one in answer.similar:
        yield from _one_similar(one)
    if not answer.similar:
        yield "  no code of the library is like it"
    if answer.more_look_alikes:
        yield f"  and {answer.more_look_alikes} more codes whose number one slip makes of it: --look-alikes"


def _one_similar(one: Similar) -> Iterable[str]:
    yield f"  {one.code}  {one.descriptor or 'no descriptor known'}"
    yield f"         why       {one.why}"
    yield f"         decides   {one.difference}"
    if one.releases:
        yield f"         by        {'; '.join(one.releases)}"


def write_timelines(timelines: Sequence[Timeline], output_format: ShortFormat, out: TextIO) -> None:
    """What is known of codes over time."""
    write_answers(timelines, output_format, out, _timeline_text)


def _timeline_text(told: Timeline) -> Iterable[str]:
    yield f"{told.code} over time"
    if not told.known:
        yield "  no release in the library tells anything about it"
    for title, entries in (
        ("valid", told.validity), ("wording", told.wordings), ("billing unit", told.units),
        ("replaces", told.replaces), ("replaced by", told.replaced_by), ("MUE", told.mues), ("OPPS", told.statuses),
        ("ASC", told.asc_indicators),
    ):  # fmt: skip
        yield from (_entry_line(title, entry) for entry in entries)
    highest = max((price.payment_limit for price in told.prices if price.payment_limit is not None), default=None)
    yield from (_price_line(price, highest) for price in told.prices)


def _entry_line(title: str, entry: Entry) -> str:
    also = f"; {entry.also}" if entry.also else ""
    return f"  {title:<13} {_days(entry.first, entry.last)}  {entry.value}{also}  [{entry.sources}]"


def _price_line(price: Price, highest: Decimal | None) -> str:
    if price.payment_limit is None:
        return f"  {'limit':<13} {_days(price.first, price.last)}  none printed  [{price.release}]"
    bar = "#" * max(1, round(_BAR * price.payment_limit / highest)) if highest else ""
    return (
        f"  {'limit':<13} {_days(price.first, price.last)}  ${price.payment_limit:f} a unit"
        f"  {bar:<{_BAR}}  [{price.release}]"
    )


def _days(first: date, last: date) -> str:
    return f"{first} to {last}" if last != OPEN_END else f"{first} on           "
