"""A text as sentences with their line: prose, Markdown, HTML, or the text of a PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
_BULLET = re.compile(r"^\s*(?:[-*+>]|\d+[.)])\s+")
_RULE = re.compile(r"^[\s|:—-]+$")
# A question stays with its answer. Else a sentence ends at . or ! before a blank and a capital or digit, not after an
# abbreviation or in a number.
_END = re.compile(
    r"(?<=[.!])(?<!\bi\.e\.)(?<!\be\.g\.)(?<!\bvs\.)(?<!\bNo\.)(?<!\bst\.)[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])"
)
_HTML = re.compile(r"<(?:html|body|p|div|h[1-6]|li|table)\b", re.IGNORECASE)
_SKIPPED = {"script", "style", "head"}
_BLOCKS = {
    "p",
    "div",
    "li",
    "br",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "ul",
    "ol",
    "section",
    "blockquote",
}


class Sentence(NamedTuple):
    """A sentence, the line on which it begins (from 1), whether it is a heading, and the heading that leads to it."""

    text: str
    line: int
    is_heading: bool = False
    lead: str = ""


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text. A line that is a heading, a list item or a table row stands by itself."""
    paragraph: list[tuple[int, str]] = []
    for number, line in _lines(text):
        starts = bool(_HEADING.match(line) or _BULLET.match(line) or line.lstrip().startswith("|"))
        if starts or not line.strip() or _RULE.match(line):
            yield from _split(paragraph)
            paragraph = []
        if _RULE.match(line) or not line.strip():
            continue
        if _HEADING.match(line):
            yield Sentence(_bare(_HEADING.sub("", line)), number, is_heading=True)
        elif line.lstrip().startswith("|"):
            yield Sentence(" | ".join(_bare(cell) for cell in line.strip().strip("|").split("|")), number)
        else:
            paragraph.append((number, _bare(_BULLET.sub("", line))))
    yield from _split(paragraph)


def _split(paragraph: list[tuple[int, str]]) -> Iterator[Sentence]:
    """The sentences of the lines of a paragraph; each begins on the line of its first word."""
    text, starts = "", []
    for number, line in paragraph:
        starts.append((len(text), number))
        text += line + " "
    at = 0
    for part in [*_END.split(text)]:
        found = text.index(part, at) if part else at
        at = found + len(part)
        if part.strip():
            yield Sentence(part.strip(), [number for start, number in starts if start <= found][-1])


def _bare(text: str) -> str:
    """Without the marks of Markdown."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", "", text).strip()


class _Text(HTMLParser):
    """The text of HTML, each part on the line where it stood, so that lines count as in the file."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: dict[int, list[str]] = {}
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's own
        self._skipped += tag in _SKIPPED
        if re.fullmatch(r"h[1-6]", tag):
            self._add("\n# ")
        elif tag in _BLOCKS:
            self._add("\n")
        elif tag in ("td", "th"):
            self._add(" | ")

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in _SKIPPED
        if tag in _BLOCKS:
            self._add("\n")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            for offset, part in enumerate(data.split("\n")):
                self.lines.setdefault(self.getpos()[0] + offset, []).append(part)

    def _add(self, text: str) -> None:
        self.lines.setdefault(self.getpos()[0], []).append(text)


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines of a text with their number; of HTML the text of each block, on the line where it stood."""
    if not _HTML.search(text):
        return list(enumerate(text.splitlines(), 1))
    parser = _Text()
    parser.feed(text)
    return [(number, line) for number, parts in sorted(parser.lines.items()) for line in "".join(parts).split("\n")]
