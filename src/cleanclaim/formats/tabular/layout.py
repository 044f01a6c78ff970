"""Which column of a table fills what, and its cells as texts, trimmed and with the mapping's words put in."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from cleanclaim.claims.tables import Lost
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.jsonl.faults import Faults
from cleanclaim.formats.tabular import columns
from cleanclaim.formats.tabular.columns import Column
from cleanclaim.formats.tabular.mapping import ColumnMapping
from cleanclaim.formats.tabular.names import NAMES, Name, Owner, find, known_names
from cleanclaim.formats.tabular.source import Source

_JOINER = ";"  # of the numbered columns of a list


@dataclass(frozen=True, slots=True)
class Filled:
    """One name of ours and the places of the columns that fill it: several for numbered ones."""

    name: Name
    places: tuple[int, ...]
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is read."""

    filled: tuple[Filled, ...]
    constants: Mapping[str, str]
    mapping: ColumnMapping
    places: tuple[int, ...] = field(init=False)  # of the columns that are read

    def __post_init__(self) -> None:
        places = sorted({place for one in self.filled for place in one.places})
        object.__setattr__(self, "places", tuple(places))

    @property
    def numbered(self) -> frozenset[str]:
        """The lists that numbered columns fill."""
        return frozenset(one.name.name for one in self.filled if one.is_numbered)

    def place_of(self, name: str) -> int | None:
        """The column that fills a name; None where none does."""
        return next((one.places[0] for one in self.filled if one.name.name == name), None)

    def texts(self, given: list[Column], size: int) -> dict[str, Column]:
        """What fills each name, row by row: texts (null where nothing stands), or lists of texts as they came."""
        by_place = dict(zip(self.places, given, strict=True))
        found: dict[str, Column] = {}
        for one in self.filled:
            parts = [self.prepared(by_place[place], one.name.name) for place in one.places]
            found[one.name.name] = columns.joined(parts, _JOINER) if one.is_numbered else parts[0]
        for name, text in self.constants.items():
            found[name] = columns.repeated(text, size)
        return found

    def prepared(self, column: Column, name: str) -> Column:
        """A column's cells, trimmed; null where one is blank or a word that says nothing."""
        if not columns.is_text(column):
            return column
        trimmed = columns.unquoted(columns.trimmed(column))
        words: dict[str, str | None] = {**dict.fromkeys(self.mapping.empty), **self.mapping.values.get(name, {})}
        if not words:
            return columns.without(columns.blank(trimmed), trimmed)
        codes, found = columns.codes(trimmed)
        return columns.decoded([words.get(text, text) or None for text in found], pa.string(), codes)


def layout_of(source: Source, mapping: ColumnMapping, name: str, faults: Faults) -> Layout:
    """How a table is read by its header and a mapping. What is not read is told.

    Raises: UnreadableInput when no column says what was billed.
    """
    assigned = _Assigned(faults, source)
    for place, header in enumerate(source.names):
        if header and header not in mapping.ignore:
            assigned.take(place, header, mapping.columns.get(header, header))
    for theirs in mapping.columns:
        if theirs not in assigned.seen:
            assigned.tell("column-missing", theirs, "the column that the mapping file names")
    filled = tuple(assigned.filled())
    if not any(one.name.owner is Owner.LINE for one in filled):
        raise UnreadableInput(
            f"{name}: no column says what was billed. Expected: hcpcs_code, billed_units, service_date ..., one row "
            "per claim line, or --mapping FILE that says which column is which (`cleanclaim formats mapping FILE`)"
        )
    constants = {ours: text for ours, text in mapping.constants.items() if text}
    for ours in constants:
        if any(one.name.name == ours for one in filled):
            raise UnreadableInput(
                f"{name}: the mapping file has a constant {ours}, and the table a column of that name"
            )
    return Layout(filled, constants, mapping)


@dataclass(slots=True)
class _Assigned:
    """The columns of a header given to our names, one after another."""

    faults: Faults
    source: Source
    single: dict[str, int] = field(default_factory=dict)
    numbered: dict[str, dict[int, int]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def take(self, place: int, header: str, ours: str) -> None:
        """Give the column to the name that it bears or that the mapping gives it."""
        found = find(ours)
        if header in self.seen or (found and found[1] == 0 and found[0].name in self.single):
            self.tell("column-repeated", header, "each column once; the first one was read")
        elif found is None:
            self.tell("column-unknown", header, _meant(header))
        elif found[1]:
            self.numbered.setdefault(found[0].name, {}).setdefault(found[1], place)
        else:
            self.single[found[0].name] = place
        self.seen.add(header)

    def filled(self) -> Iterator[Filled]:
        """The names that are filled. A list that stands in one cell is not read from numbered columns too."""
        for ours, place in self.single.items():
            yield Filled(NAMES[ours], (place,))
        for ours, places in self.numbered.items():
            if ours in self.single:
                self.tell(
                    "column-repeated", f"{ours}, numbered", f"{ours} in one cell or in numbered columns, not both"
                )
            else:
                in_order = tuple(places[number] for number in sorted(places))
                yield Filled(NAMES[ours], in_order, is_numbered=True)

    def tell(self, fault: str, header: str, expected: str) -> None:
        """Tell a fault of the header."""
        row = max(self.source.header_row, 1)
        self.faults.add(fault, row, expected, Lost.VALUE, element=header[:40])


def _meant(header: str) -> str:
    near = difflib.get_close_matches(header.lower().replace(" ", "_"), known_names(), n=1)
    return (
        f"a column of a claim, such as {near[0]}" if near else "a column of a claim"
    ) + " (a mapping file says which)"
