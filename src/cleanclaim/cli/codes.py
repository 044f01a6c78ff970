"""Codes found and compared, on paper. Imports neither DuckDB nor Arrow: a look-up must be quick."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from cleanclaim.cli.answers import write_answers
from cleanclaim.cli.options import ShortFormat
from cleanclaim.reference.answers import CodeStatus
from cleanclaim.reference.search import SearchAnswer
from cleanclaim.values import OPEN_END


def write_search(answer: SearchAnswer, output_format: ShortFormat, out: TextIO) -> None:
    """What a search found."""
    write_answers([answer], output_format, out, _search_text)


def _search_text(answer: SearchAnswer) -> Iterable[str]:
    count = f"{len(answer.hits)} codes" if len(answer.hits) != 1 else "1 code"
    yield f"{answer.query} on {answer.on}: {count}"
    if answer.why:
        yield f"  {answer.why}"
    for hit in answer.hits:
        yield f"  {hit.code}  {hit.descriptor or 'no descriptor known'}"
        end = "" if hit.valid_to == OPEN_END else f" to {hit.valid_to}"
        days = f" from {hit.valid_from}{end}" if hit.status is not CodeStatus.NOT_IN_REFERENCE else ""
        yield f"         {hit.status.replace('_', ' ')}{days}; {hit.score} of 100: {hit.why}"
    if answer.releases:
        yield f"  by     {'; '.join(answer.releases)}"
