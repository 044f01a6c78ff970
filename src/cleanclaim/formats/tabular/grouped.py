"""Rows that are sorted by claim, with their cells read column by column: one value per row, or one per claim."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cleanclaim.claims.tables import Lost
from cleanclaim.engine.schema import ColumnType
from cleanclaim.formats.jsonl.faults import Faults
from cleanclaim.formats.jsonl.fields import NotRead, ReadAnyway
from cleanclaim.formats.tabular import cells, columns
from cleanclaim.formats.tabular.columns import Column, Ints, Mask
from cleanclaim.formats.tabular.layout import Layout
from cleanclaim.formats.tabular.names import NAMES, Name

_SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows in the order of their claims; `starts` are the first rows of the claims."""

    texts: dict[str, Column]
    rows: Ints  # numbers in the file
    starts: Ints
    layout: Layout
    faults: Faults
    told: set[str]  # what is told once for a file, not once a row

    @property
    def size(self) -> int:
        """The number of rows."""
        return len(self.rows)

    @property
    def claim_of(self) -> Ints:
        """For each row its claim, from 0."""
        return np.repeat(np.arange(len(self.starts)), np.diff(self.starts, append=self.size))

    def values(self, name: str) -> Column:
        """The values of a column row by row; null, and told, where a cell cannot be read."""
        one = NAMES[name]
        texts = self.texts.get(name)
        if texts is None:
            return columns.nulls(self.size, one.type.arrow())
        if columns.is_list(texts):
            return self._lists(one, texts)
        read = self._reader(one)
        if read is None:
            return texts
        if one.type.precision:
            return self._decimals(one, texts, read)
        return self._read(one, texts, read)

    def has_column(self, name: str) -> bool:
        """Whether the table has a column for it: then an empty cell says that there is none."""
        return name in self.texts

    def said(self, name: str) -> Mask:
        """Where a cell holds something, readable or not."""
        texts = self.texts.get(name)
        return np.zeros(self.size, np.bool_) if texts is None else columns.valid(texts)

    def of_claims(self, name: str) -> Column:
        """The value of each claim: that of its first row which has one. A row that says otherwise is told."""
        values = self.values(name)
        if name not in self.texts:
            return values.slice(0, len(self.starts))
        has = columns.valid(values)
        first = np.minimum.reduceat(np.where(has, np.arange(self.size), self.size), self.starts)
        lacks = first >= self.size
        found = columns.taken(values, np.where(lacks, 0, first), lacks)
        if len(self.starts) < self.size:
            self._tell_contradictions(NAMES[name], values, found)
        return found

    def said_by_claims(self, name: str) -> Mask:
        """Whether any row of each claim has something in a cell."""
        return np.logical_or.reduceat(self.said(name), self.starts)

    def tell(
        self, fault: str, place: int, name: str, expected: str, lost: Lost = Lost.VALUE, *, value: str | None = None
    ) -> None:
        """Tell a fault of a cell, by its place among these rows."""
        shown = value[:_SHOWN_CHARACTERS] if value is not None else None
        self.faults.add(fault, int(self.rows[place]), expected, lost, element=name, value=shown)

    def _reader(self, one: Name) -> cells.Read | None:
        mapping = self.layout.mapping
        if one.type is ColumnType.DATE and mapping.dates and one.name not in self.layout.constants:
            return cells.day_reader(mapping.dates)
        parts_itself = one.name == "diagnosis_pointers" or one.name in self.layout.numbered
        if one.type is ColumnType.TEXTS and mapping.lists and not parts_itself:
            return cells.list_reader(mapping.lists)
        return one.read

    def _decimals(self, one: Name, texts: Column, read: cells.Read) -> Column:
        digits, scale = one.type.precision or (0, 0)
        plain = columns.matching(texts, rf"^-?[0-9]{{1,{digits - scale}}}(\.[0-9]{{1,{scale}}})?$")
        # The few that are written otherwise are read one by one; the rest at once.
        at_once = columns.cast(columns.without(~plain, texts), one.type.arrow())
        other = columns.without(plain, texts)
        return columns.first_of(at_once, self._read(one, other, read)) if columns.valid(other).any() else at_once

    def _read(self, one: Name, texts: Column, read: cells.Read) -> Column:
        codes, words = columns.codes(texts)
        values: list[object] = []
        refused: dict[int, NotRead] = {}
        anyway: dict[str, tuple[int, ReadAnyway]] = {}
        for place, word in enumerate(words):
            try:
                values.append(read(word))
            except ReadAnyway as unusual:
                values.append(unusual.value)
                anyway.setdefault(unusual.fault, (place, unusual))
            except NotRead as refusal:
                values.append(None)
                refused[place] = refusal
        if refused:
            self._tell_refused(one, codes, words, refused)
        self._tell_read_anyway(one, codes, anyway)
        if read is cells.day:
            self._tell_serials(one, codes, words)
        return columns.decoded(values, one.type.arrow(), codes)

    def _tell_refused(self, one: Name, codes: Ints, words: list[str], refused: dict[int, NotRead]) -> None:
        for place in np.flatnonzero(np.isin(codes, list(refused))).tolist():
            refusal, word = refused[int(codes[place])], words[int(codes[place])]
            is_shown = one.is_shown or (one.name.startswith("ndc") and cells.SHORTENED.fullmatch(word) is not None)
            self.tell(refusal.fault, place, one.name, refusal.expected, value=word if is_shown else None)

    def _tell_read_anyway(self, one: Name, codes: Ints, anyway: dict[str, tuple[int, ReadAnyway]]) -> None:
        """Tell, once for a column, what is not written as it should be and was read all the same."""
        for fault, (place, unusual) in anyway.items():
            if f"{fault} {one.name}" not in self.told:
                self.told.add(f"{fault} {one.name}")
                first = int(np.flatnonzero(codes == place)[0])
                self.tell(fault, first, one.name, f"{unusual.expected}, here and below", Lost.NOTHING)

    def _tell_serials(self, one: Name, codes: Ints, words: list[str]) -> None:
        serials = [place for place, word in enumerate(words) if cells.is_serial(word)]
        if not serials or f"serial {one.name}" in self.told:
            return
        self.told.add(f"serial {one.name}")
        first = int(np.flatnonzero(np.isin(codes, serials))[0])
        self.tell(
            "date-serial", first, one.name,
            "a day as YYYY-MM-DD (a spreadsheet's day number was read as its day, here and below)", Lost.NOTHING,
        )  # fmt: skip

    def _lists(self, one: Name, lists: Column) -> Column:
        if one.type is not ColumnType.TEXTS:
            for place in np.flatnonzero(columns.valid(lists)).tolist():
                self.tell("list-unexpected", place, one.name, "one value, no list")
            return columns.nulls(self.size, one.type.arrow())
        kept = [
            None if members is None else [word for member in members if member and (word := member.strip())]
            for members in lists.to_pylist()
        ]
        return pa.array(kept, one.type.arrow())

    def _tell_contradictions(self, one: Name, values: Column, of_claims: Column) -> None:
        claim_of = self.claim_of
        repeated = columns.taken(of_claims, claim_of)
        if one.type is ColumnType.TEXTS:
            values, repeated = columns.joined_lists(values), columns.joined_lists(repeated)
        for place in np.flatnonzero(columns.differs(values, repeated)).tolist():
            first = int(self.rows[self.starts[claim_of[place]]])
            self.tell(
                "claim-contradicts", place, one.name,
                f"what the claim says above (it begins in row {first}); that was kept",
            )  # fmt: skip


def is_short_of_zeros(text: str, digits: int) -> bool:
    """Whether a spreadsheet may have taken the leading zeros off a number of so many digits."""
    return re.fullmatch(rf"[0-9]{{1,{digits - 1}}}", text) is not None
