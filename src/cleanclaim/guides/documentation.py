"""What must be on file for a line of a code: the general checklists, and those of its class, item by item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cleanclaim.edits.language.closures import Row
from cleanclaim.guides.blocks import Section, Table, not_yet_covered
from cleanclaim.policies import Checklist, checklists_for, general_items

_HEADING = "Documentation Requirements"
_COLUMNS = ("checklist", "must be on file", "why", "if it is missing", "source")


def documentation(code: str, on: date, facts: Mapping[str, Row]) -> Section:
    """The section. Lines that bill no drug have it only where a class names their code."""
    if not bills_a_drug(code, on, facts):
        return not_yet_covered(_HEADING, "the checklists are those of lines that bill a drug.")
    of_class = checklists_for(code, on)
    tables = [_items(one) for one in of_class if one.codes]
    always = [one for one in general_items() if not one.when]
    under = [*(one for one in general_items() if one.when), *(one for one in of_class if one.when)]
    tables += [
        Table(f"On file for {'every drug' if tables else 'this and every drug'}", _COLUMNS, tuple(map(_row, always))),
        Table("On file where the condition holds", _COLUMNS, tuple(map(_row, under))),
    ]
    text = "Checklists of the project's rulebook; what a payer's policy names beside them stands under its name below."
    no_class = f"No checklist of a class has {code}: the general ones hold, and what the payer's policy asks for."
    return Section(_HEADING, (text,) if any(one.codes for one in of_class) else (text, no_class), tuple(tables))


def bills_a_drug(code: str, on: date, facts: Mapping[str, Row]) -> bool:
    """Whether a line of the code bills a drug, alone or as part of a visit that a class of drugs names."""
    row = next(iter(facts.values()), {})
    return bool(row.get("is_drug")) or any(one.codes for one in checklists_for(code, on))


def _items(one: Checklist) -> Table:
    """The checklist of a class: a line for each item, that it can be ticked."""
    rows = tuple((item.say, item.key) for item in one.items)
    note = f"{one.why} If something is missing: {one.without}; likeliest {_codes(one)}."
    return Table(f"{one.id} {one.title}", ("must be on file", "key of the item"), rows, _source(one), note)


def _row(one: Checklist) -> tuple[str, ...]:
    items = "; ".join(item.say for item in one.items)
    on_file = f"When {one.when}: {items}" if one.when else items
    return f"{one.id} {one.title}", on_file, one.why, f"{one.without}; likeliest {_codes(one)}", _source(one)


def _codes(one: Checklist) -> str:
    """Reason codes with their remark codes, likeliest first."""
    return f"CARC {', '.join(map(str, one.denials))}"


def _source(one: Checklist) -> str:
    return f"{one.source} (confidence {one.confidence})"
