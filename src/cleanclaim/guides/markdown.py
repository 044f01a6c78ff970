"""A guide as Markdown: pipes and angle brackets of what it quotes are escaped, so that no cell can break the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cleanclaim.guides.blocks import Section, Table
from cleanclaim.guides.prices import price_table

if TYPE_CHECKING:
    from cleanclaim.guides.guide import Guide


def markdown_of(guide: Guide) -> str:
    """The guide as one Markdown page."""
    return "\n".join(_page(guide)) + "\n"


def _page(guide: Guide) -> Iterator[str]:
    yield f"# HCPCS {guide.code} on {guide.on}"
    if guide.lead:
        yield from ("", f"**{_text(guide.lead)}**")
    for number, section in enumerate(guide.sections):
        yield from _section(section)
        if number == 0 and guide.prices:
            yield from _table(price_table(guide.prices))
    yield from ("", "## Sources", "")
    yield from (f"- {_text(release)}" for release in guide.releases)
    yield from ("", "Confidence of rules: S read in a source, K expert knowledge not confirmed, D a design choice.")


def _section(section: Section) -> Iterator[str]:
    yield from ("", f"## {section.heading}")
    for paragraph in section.paragraphs:
        yield from ("", _text(paragraph))
    for table in section.tables:
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield from ("", f"**{_text(table.title)}**", "", _row(table.header), _row(["---"] * len(table.header)))
    yield from (_row([_text(cell) for cell in row]) for row in table.rows)
    if table.note:
        yield from ("", _text(table.note[:1].upper() + table.note[1:]))
    if table.source:
        yield from ("", f"*Source: {_text(table.source)}*")


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    # `<` opens HTML, `|` a cell, `[` a link, `*` and `_` emphasis at word borders; inside code nothing is escaped.
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else re.sub(r"([|<>\[\]*\\])", r"\\\1", part) for part in parts)
