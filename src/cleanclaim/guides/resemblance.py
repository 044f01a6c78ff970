"""The codes that a code may be taken for, as a section."""

from __future__ import annotations

from cleanclaim.guides.blocks import Section, Table
from cleanclaim.reference.codes.similar import Relation, Similar, SimilarCodes

_HEADING = "Similar Codes"
_COLUMNS = ("code", "descriptor", "why it is here", "what decides")


def similar_codes(like: SimilarCodes) -> Section:
    """The section: relatives first, then numbers that one slip makes of it."""
    relatives = [one for one in like.similar if one.relations != (Relation.LOOK_ALIKE,)]
    numbers = [one for one in like.similar if one.relations == (Relation.LOOK_ALIKE,)]
    more = f"{like.more_look_alikes} more codes are one slip away." if like.more_look_alikes else ""
    tables = [
        Table(title, _COLUMNS, tuple(map(_row, rows)), _source(rows), note)
        for title, rows, note in (
            ("The same drug, before, after and beside it", relatives, ""), ("Numbers taken for it", numbers, more),
        )
        if rows
    ]  # fmt: skip
    text = () if tables else ("No code of the library is like it.",)
    return Section(_HEADING, text, tuple(tables))


def _row(one: Similar) -> tuple[str, ...]:
    return one.code, one.descriptor or "no descriptor known", one.why, one.difference


def _source(rows: list[Similar]) -> str:
    return "; ".join(dict.fromkeys(release for one in rows for release in one.releases))
