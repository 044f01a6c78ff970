"""The modifiers that a line of a code takes, and those that it never takes, with the words of the day's code set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import msgspec

from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.language.check import parse_expression
from cleanclaim.edits.language.closures import Row, Truth, closure
from cleanclaim.edits.pages import Grain
from cleanclaim.guides.blocks import Section, Table
from cleanclaim.reference import tables
from cleanclaim.reference.codes.index import Record
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.values.confidence import Confidence
from cleanclaim.yaml_text import shipped_shape

_HEADING = "Common Modifiers"
_FILE = "modifiers.yaml"
_TAKEN = ("modifier", "official meaning", "use on this line", "source")
_NEVER = ("modifiers", "why", "edit", "source")


class ModifierUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How drug lines use some modifiers: an entry of `modifiers.yaml`. `never`: the edit by which they take none."""

    modifiers: tuple[str, ...]
    use: str
    source: str
    confidence: Confidence
    when: str = "true"  # over the facts of a line that its code decides; false: not for this code
    never: str = ""


@dataclass(frozen=True, slots=True)
class _Use:
    use: ModifierUse
    holds: Truth


@cache
def modifier_uses() -> tuple[_Use, ...]:
    """The entries of `modifiers.yaml`, their conditions checked against the facts."""
    types = dictionary().types(Grain.LINE)
    entries = shipped_shape("cleanclaim.guides", _FILE, tuple[ModifierUse, ...])
    return tuple(_Use(entry, closure(parse_expression(entry.when, types, file=_FILE))) for entry in entries)


def common_modifiers(lookup: Lookup, on: date, facts: Mapping[str, Row]) -> Section:
    """The section. A modifier is listed unless what is known of the code rules it out."""
    taken: list[tuple[str, ...]] = []
    never: list[tuple[str, ...]] = []
    for one in modifier_uses():
        settings = [name for name, row in facts.items() if one.holds(row) is not False]
        official = {modifier: _official(lookup, modifier, on) for modifier in one.use.modifiers}
        usable = {modifier: words for modifier, words in official.items() if words is not None}
        if not settings or not usable:
            continue
        source = f"{one.use.source} (confidence {one.use.confidence})"
        if one.use.never:
            never.append((", ".join(usable), one.use.use, one.use.never, source))
            continue
        where = "" if len(settings) == len(facts) else f" ({'; '.join(settings)})"
        taken += [(modifier, words, one.use.use + where, source) for modifier, words in usable.items()]
    made = (
        Table("May stand on a line of this code", _TAKEN, tuple(taken)),
        Table("Do not belong on it", _NEVER, tuple(never)),
    )
    text = (
        "At most four modifiers stand on a line, those that decide payment first. A place of service is no modifier: it"
        " stands in its own field."
    )
    return Section(_HEADING, (text,), tuple(table for table in made if table.rows))


def _official(lookup: Lookup, modifier: str, on: date) -> str | None:
    """What the code set of the day says of a modifier; None when it may not be used then, empty when not known."""
    rows = lookup.index.rows(tables.MODIFIER, "modifier", modifier)
    held = [row for row in rows if _within(row, "valid_from", "valid_to", on)] or rows[-1:]
    if not held:
        return ""
    current = next((row for row in held if _within(row, "span_from", "span_to", on)), None)
    return None if current is None else str(current["descriptor"] or "")


def _within(row: Record, first: str, last: str, day: date) -> bool:
    return str(row[first] or date.min) <= day.isoformat() <= str(row[last] or date.max)


def unknown_modifiers(lookup: Lookup) -> Iterator[str]:
    """The modifiers of the file of which the library knows nothing: a slip in the file."""
    for one in modifier_uses():
        yield from (
            modifier
            for modifier in one.use.modifiers
            if not lookup.index.rows(tables.MODIFIER, "modifier", modifier) and not modifier.isdigit()
        )
