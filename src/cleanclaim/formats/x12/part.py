"""One buffer of a file with its segments sorted into loops, and how values and faults are taken from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import pyarrow as pa

from cleanclaim.claims.unreadable import names_where
from cleanclaim.engine.schema import ColumnType
from cleanclaim.formats.x12 import decode, gather
from cleanclaim.formats.x12.arrays import Bytes, Column, Ints, Mask
from cleanclaim.formats.x12.faults import FaultLog
from cleanclaim.formats.x12.segments import Segments, Spans
from cleanclaim.formats.x12.tags import packed, packed_spans
from cleanclaim.formats.x12.zones import Loops


class Decimals(Enum):
    """Kinds of decimal elements: format, column type, fault, what was expected, and whether it is a patient's."""

    AMOUNT = (decode.AMOUNT, ColumnType.MONEY, "amount-invalid", None, False)
    NUMBER = (decode.NUMBER, ColumnType.UNITS, "number-invalid", None, False)
    WEIGHT = (decode.WEIGHT, ColumnType.AMOUNT, "number-invalid", "at most 12 digits and six decimals", True)

    def __init__(
        self,
        form: decode.DecimalFormat,
        column: ColumnType,
        fault: str,
        expected: str | None,
        is_private: bool,  # noqa: FBT001 - a member's value is given by place
    ) -> None:
        self.form, self.column, self.fault, self.expected, self.is_private = form, column, fault, expected, is_private


@dataclass(frozen=True, slots=True)
class Part:
    """Segments of a buffer, their loops, and where faults go."""

    segments: Segments
    loops: Loops
    first_number: int  # in the file, of the first segment
    log: FaultLog
    lost: dict[tuple[str, str], list[Ints]] = field(default_factory=dict)  # by table and column, the rows of the table

    @property
    def data(self) -> Bytes:
        """The text."""
        return self.segments.data

    def numbers(self, rows: Ints) -> Column:
        """Segment numbers in the file."""
        return gather.integers(rows + self.first_number)

    def codes(self, rows: Ints, number: int) -> Ints:
        """An element of at most three characters of each row, as `tags.packed` writes it."""
        return self.packed(self.segments.element(rows, number))

    def packed(self, spans: Spans) -> Ints:
        """Spans of at most three characters as `tags.packed` writes them."""
        return packed_spans(self.data, spans.start, spans.end)

    def qualified(self, rows: Ints, number: int, qualifier: str) -> Ints:
        """Those rows of which an element is this qualifier."""
        found: Ints = rows[self.codes(rows, number) == packed(qualifier)]
        return found

    def texts(self, spans: Spans) -> Column:
        """The text of each span."""
        return gather.strings(self.data, spans)

    def first_texts(self, rows: Ints, number: int, owner: Ints, size: int) -> Column:
        """For each owner the first text that its rows have in an element."""
        return gather.first_strings(self.data, self.segments.element(rows, number), owner, size)

    def decimals(self, rows: Ints, number: int, kind: Decimals) -> tuple[Spans, decode.Decoded]:
        """The numbers in an element; bad ones are told."""
        spans = self.segments.element(rows, number)
        decoded = decode.decimals(self.data, spans, kind.form)
        bad = spans.present & ~decoded.valid
        place = f"{number:02}"
        self.tell_spans(kind.fault, rows, spans, bad, place, is_private=kind.is_private, expected=kind.expected)
        return spans, decoded

    def first_decimals(
        self, rows: Ints, number: int, owner: Ints, size: int, kind: Decimals, lost: tuple[str, str] | None = None
    ) -> Column:
        """For each owner the first number that its rows have in an element; null where that is bad.

        `lost`: the table of the owners and the column, where a bad one is to be named.
        """
        spans, decoded = self.decimals(rows, number, kind)
        values, valid = first_values(spans, decoded, owner, size)
        if lost:
            self.lose_first(*lost, spans, decoded.valid, owner)
        return gather.decimals(values, valid, kind.column.arrow())

    def lose_first(self, table: str, column: str, spans: Spans, valid: Mask, owner: Ints) -> None:
        """Name a column of the owners of which the first value is there and bad."""
        if (spans.present & ~valid).any():
            first = gather.first_per_owner(owner, spans.present)
            self.lose(table, column, owner[first[~valid[first]]])

    def lose(self, table: str, column: str, owners: Ints) -> None:
        """Name a column of these rows of a table as one that could not be read."""
        if len(owners):
            self.lost.setdefault((table, column), []).append(owners)

    def unreadable(self, table: str, size: int) -> Column:
        """The columns of each row of a table that could not be read."""
        masks = {}
        for (of, column), owners in self.lost.items():
            if of == table:
                masks[column] = np.zeros(size, np.bool_)
                masks[column][np.concatenate(owners)] = True
        return names_where(masks, size) if masks else pa.nulls(size, pa.list_(pa.string()))

    def tell_rows(self, fault: str, rows: Ints, element: str = "") -> None:
        """Tell a fault of whole segments, or of an element that is not there."""
        for row in rows.tolist():
            tag = self.segments.tag_text(row)
            self.log.tell(fault, row + self.first_number, tag, element and tag + element)

    def tell_spans(
        self,
        fault: str,
        rows: Ints,
        spans: Spans,
        where: Mask,
        place: str | list[str],
        *,
        is_private: bool = False,
        expected: str | None = None,
    ) -> None:
        """Tell a fault of a value in each row `where` it is so.

        `place`: the element without its tag, the same for all or one for each row.
        """
        for at in np.flatnonzero(where).tolist():
            row = int(rows[at])
            tag = self.segments.tag_text(row)
            value = None if is_private else self.segments.text(spans.start[at], spans.end[at])
            element = tag + (place if isinstance(place, str) else place[at])
            self.log.tell(fault, row + self.first_number, tag, element, value=value, expected=expected)


def first_values(spans: Spans, decoded: decode.Decoded, owner: Ints, size: int) -> tuple[Ints, Mask]:
    """For each owner the value of its first span that is not empty, and whether there is one and it is valid."""
    first = gather.first_per_owner(owner, spans.present)
    return (
        gather.scattered(decoded.values[first], owner[first], size),
        gather.scattered(decoded.valid[first], owner[first], size),
    )
