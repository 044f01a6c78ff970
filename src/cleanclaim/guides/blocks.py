"""What a guide is made of: sections of paragraphs and tables without any markup, from which renderings are made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header; `source` says where its rows come from, `note` what they leave out."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One heading: what is known, in paragraphs and tables. `covered` is False where nothing is known yet."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    covered: bool = True


def not_yet_covered(heading: str, what: str) -> Section:
    """A heading for which there is no checked text yet: said, never filled with something that reads well."""
    return Section(heading, (f"Not yet covered: {what}",), covered=False)
