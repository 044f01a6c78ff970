"""An audit as one self-contained HTML page: the text with what it says of codes marked, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cleanclaim.app.audits import Audited
from cleanclaim.app.reports.self_contained import page
from cleanclaim.guides.audit import Statement, Verdict


class Piece(NamedTuple):
    """A part of a line; `verdict` is that of the sentence that it begins, where it says something of a code."""

    text: str
    verdict: str = ""


class MarkedLine(NamedTuple):
    """A line of the text, in parts, and what is said there."""

    number: int
    pieces: Sequence[Piece]
    statements: Sequence[Statement]


def audit_page(audited: Audited) -> Iterator[str]:
    """The page of an audit, piece by piece."""
    yield from page(
        "audit.html.j2", style="code.css", audited=audited, title=Path(audited.name).name, lines=list(_marked(audited))
    )


def _marked(audited: Audited) -> Iterator[MarkedLine]:
    by_line: dict[int, list[Statement]] = {}
    for one in audited.audit.statements:
        by_line.setdefault(one.line, []).append(one)
    for number, line in enumerate(audited.text.splitlines(), 1):
        if line.strip():
            statements = by_line.get(number, [])
            yield MarkedLine(number, list(_pieces(line, statements)), [one for one in statements if one.kind])


def _pieces(line: str, statements: Sequence[Statement]) -> Iterator[Piece]:
    """The line with each sentence of which something is said; a sentence that goes on below is marked to the end."""
    at = 0
    for quote in dict.fromkeys(one.quote for one in statements):
        start = line.find(quote, at)
        end = start + len(quote)
        if start < 0:
            start = line.find(quote[:20], at)
            end = len(line)
        if start < 0:
            continue
        verdicts = {one.verdict for one in statements if one.quote == quote}
        worst = next(one for one in (Verdict.CONTRADICTED, Verdict.SUPPORTED, Verdict.NOT_CHECKABLE) if one in verdicts)
        yield from (Piece(line[at:start]), Piece(line[start:end], str(worst)))
        at = end
    yield Piece(line[at:])
