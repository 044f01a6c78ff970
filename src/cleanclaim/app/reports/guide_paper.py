"""The guide of a code on paper, drawn by typst (extra `letters`): the same bytes for the same guide.

The template gets plain texts, never markup. How wide the columns of a table are is reckoned here, from their texts.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict
from importlib import resources
from typing import Any

from cleanclaim.app.reports.price_plot import price_plot
from cleanclaim.app.reports.words import shown
from cleanclaim.errors import PackageMissing
from cleanclaim.guides import Guide
from cleanclaim.guides.blocks import Section, Table
from cleanclaim.guides.prices import price_table

_TEMPLATE = "guide.typ"
_LONGEST = 4000  # characters of a cell; ours are shorter, and a stranger's policy must not fill a book
_ON_ONE_PAGE = 700  # characters of a cell up to which its row is not broken
_SHORT = 900  # characters of a table up to which it is not broken
_WORD = re.compile(r"\S+")
_AFTER = re.compile(r"([/_=&?,;.>-])(?=\w)")  # where an address or a name of many parts may be broken
_LONG_WORD = 14
_MOST_OF_A_WORD = 18  # letters of a word that a column makes room for; a longer one is broken
_ACROSS = 165  # letters that stand beside one another on the page
_BY_LENGTH = 2.4  # a column grows with the root of its longest cell: long texts get lines, short ones no gaps


def guide_paper(guide: Guide) -> bytes:
    """The guide as one PDF.

    Raises:  PackageMissing where typst is not installed.
    """
    try:
        import typst  # noqa: PLC0415 - an extra
    except ImportError:
        raise PackageMissing("drawing a PDF needs typst: pip install 'cleanclaim[letters]'") from None
    template, said = guide_source(guide)
    return bytes(typst.compile(template, format="pdf", sys_inputs=said, ignore_system_fonts=True))


def guide_source(guide: Guide) -> tuple[bytes, dict[str, str]]:
    """What typst draws the guide from: our template, and the texts as its inputs."""
    template = resources.files("cleanclaim.app.reports").joinpath("page", _TEMPLATE).read_bytes()
    return template, {"guide": json.dumps(_plain(guide), default=str, ensure_ascii=False)}


def _plain(guide: Guide) -> dict[str, Any]:
    plot = price_plot(guide.prices)
    return {
        "code": _text(guide.code),
        "on": guide.on.isoformat(),
        "descriptor": _text(guide.descriptor or ""),
        "lead": _text(guide.lead),
        "sections": [_section(one) for one in guide.sections],
        "releases": [_text(one) for one in guide.releases],
        "plot": asdict(plot) if plot else None,
        "prices": _table(price_table(guide.prices)) if plot else None,
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "heading": _text(section.heading),
        "paragraphs": [_text(one) for one in section.paragraphs],
        "covered": section.covered,
        "tables": [_table(one) for one in section.tables],
    }


def _table(table: Table) -> dict[str, Any]:
    columns = list(zip(table.header, *table.rows, strict=True))
    longest = [max(map(len, cells)) + 2 for cells in columns]
    fits = sum(longest) <= _ACROSS
    return {
        "title": _text(table.title),
        "header": [_text(one) for one in table.header],
        "rows": [[_text(cell) for cell in row] for row in table.rows],
        "short": sum(len(cell) for row in table.rows for cell in row) <= _SHORT,
        "whole": [max(map(len, row), default=0) <= _ON_ONE_PAGE for row in table.rows],
        "fits": fits,  # then columns are as wide as their longest cell, and the table is no wider
        "widths": longest if fits else [_width(cells) for cells in columns],
        "note": _text(table.note[:1].upper() + table.note[1:]),
        "source": _text(table.source),
    }


def _width(cells: Sequence[str]) -> float:
    """How wide a column is beside the others, in letters."""
    word = max((len(part) for cell in cells for part in _WORD.findall(cell)), default=1)
    return round(max(min(word, _MOST_OF_A_WORD) + 1.0, _BY_LENGTH * math.sqrt(max(map(len, cells)))), 1)


def _text(text: str) -> str:
    """A text as it may stand on paper: marks that act are spelled, long words may be broken at their joints."""
    return _WORD.sub(lambda word: _breakable(word[0]), shown(text, _LONGEST))


def _breakable(word: str) -> str:
    return _AFTER.sub("\\1\u200b", word) if len(word) > _LONG_WORD else word
