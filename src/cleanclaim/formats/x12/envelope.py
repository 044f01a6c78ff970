"""The envelope: which interchange, group and transaction is open, what is wrong with them, what of them is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from cleanclaim.formats.x12.arrays import Ints, Mask
from cleanclaim.formats.x12.delimiters import Header
from cleanclaim.formats.x12.faults import FaultLog
from cleanclaim.formats.x12.kinds import READ, not_read
from cleanclaim.formats.x12.segments import Segments
from cleanclaim.formats.x12.tags import Tag, is_envelope

_WHOLE = re.compile(r"[0-9]+", re.ASCII)
_DAY = re.compile(r"[0-9]{8}", re.ASCII)


@dataclass(slots=True)
class Envelope:
    """How many of each an 837P file holds."""

    interchanges: int = 0
    groups: int = 0
    transactions: int = 0
    segments: int = 0


@dataclass(slots=True)
class _Interchange:
    control: str
    groups: int = 0


@dataclass(slots=True)
class _Group:
    control: str
    kind: str
    version: str
    created_on: date | None = None
    transactions: int = 0


@dataclass(slots=True)
class _Transaction:
    control: str
    first_number: int
    is_read: bool
    has_claim: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of a transaction that is read: from its ST (or the buffer's first row) up to `end`, its trailer left out."""

    start: int
    end: int
    whole: bool  # a claim open at the end is whole: SE ended it
    created_on: date | None = None  # the day that its group names


@dataclass(slots=True)
class Transactions:
    """What the walk over one buffer found. `inner`: rows of transactions that are not read, which give no faults."""

    read: list[Stretch] = field(default_factory=list)
    inner: list[tuple[int, int]] = field(default_factory=list)

    def is_read(self, rows: int) -> Mask:
        """Where a segment stands in a transaction that is read."""
        return _inside([(stretch.start, stretch.end) for stretch in self.read], rows)

    def is_skipped(self, rows: int) -> Mask:
        """Where a segment stands inside a transaction that is not read."""
        return _inside(self.inner, rows)


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _unusual(fault: str, header: Header) -> str:
    """What is unusual about a header, as a fault shows it."""
    if fault == "isa-length":
        return str(header.length)
    place = header.length if fault == "isa-blanks" else 0
    terminator = chr(header.delimiters.terminator)
    return f"{terminator} as character {place}" if place else header.elements[10]


def _inside(ranges: list[tuple[int, int]], rows: int) -> Mask:
    mask = np.zeros(rows, np.bool_)
    for start, end in ranges:
        mask[start:end] = True
    return mask


@dataclass(slots=True)
class EnvelopeWalk:
    """The state of the envelope, carried through the file. Rows count in the buffer, numbers through the file."""

    log: FaultLog
    counts: Envelope = field(default_factory=Envelope)
    _told_not_utf8: bool = False  # of the interchange open where the buffer starts
    _isa_rows: list[int] = field(default_factory=list)
    _seen: set[tuple[str, ...]] = field(default_factory=set)
    _interchange: _Interchange | None = None
    _group: _Group | None = None
    _transaction: _Transaction | None = None
    _in_run: bool = False  # of segments outside a transaction, already told
    _last_tag: str = ""
    _found: Transactions = field(default_factory=Transactions)
    _since: int = 0  # first row of the open transaction in this buffer
    _first_number: int = 1

    @property
    def skips(self) -> bool:
        """Whether what comes next is in no transaction that is read."""
        return self._transaction is None or not self._transaction.is_read

    def begin(self) -> None:
        """Start on a buffer."""
        self._first_number, self._since = self.counts.segments + 1, 0
        self._found, self._isa_rows = Transactions(), []

    def end(self, rows: int, *, whole: bool) -> Transactions:
        """What was found in the buffer of so many rows. `whole`: the next segment ends an open claim as it should."""
        if self._transaction:
            self._leave(rows, whole=whole)
        return self._found

    def walk(self, segments: Segments, start: int, end: int, header: Header | None) -> None:
        """Go through rows `start` to `end`, all of one interchange; `header` where the first of them is its ISA."""
        done = start
        if header is not None:
            self._isa(start, header)
            done += 1
        for row in (np.flatnonzero(is_envelope(segments.tag[done:end])) + done).tolist():
            self._between(segments, done, row)
            done = row + 1
            self._in_run = False
            self._envelope_segment(segments, row)
        self._between(segments, done, end)
        self.counts.segments += end - start
        self._last_tag = segments.tag_text(end - 1)

    def break_off(self, row: int) -> None:
        """End everything open before `row`, told at the segment before it: a lost header comes, or the file ended."""
        self._end_interchange(row, self._first_number + row - 1, self._last_tag)

    def tell_not_utf8(self, segments: Segments, rows: Ints) -> None:
        """Tell the first of these rows in each interchange, once in the file for each."""
        interchange = np.searchsorted(self._isa_rows, rows, side="right")
        for which, first in zip(*np.unique(interchange, return_index=True), strict=True):
            if which or not self._told_not_utf8:
                row = int(rows[first])
                self._tell("not-utf8", row, segments.tag_text(row))
        told_in_last = bool(len(rows)) and interchange[-1] == len(self._isa_rows)
        self._told_not_utf8 = told_in_last or (self._told_not_utf8 and not self._isa_rows)

    # -- segments -------------------------------------------------------------------------------------------------

    def _envelope_segment(self, segments: Segments, row: int) -> None:
        match segments.tag[row]:
            case Tag.GS:
                self._gs(segments, row)
            case Tag.ST:
                self._st(segments, row)
            case Tag.SE:
                self._se(segments, row)
            case Tag.GE:
                self._ge(segments, row)
            case Tag.IEA:
                self._iea(segments, row)

    def _between(self, segments: Segments, start: int, end: int) -> None:
        if self._transaction:
            self._transaction.has_claim |= bool((segments.tag[start:end] == Tag.CLM).any())
        if start == end or self._transaction or self._in_run:
            return
        self._tell("st-missing", start, segments.tag_text(start))
        self._in_run = True

    def _isa(self, row: int, header: Header) -> None:
        self._end_interchange(row, self._first_number + row, "ISA")
        self._interchange = _Interchange(header.control)
        self.counts.interchanges += 1
        self._isa_rows.append(row)
        self._in_run = False
        self._hold_from(row)
        for fault in header.faults:
            if fault == "text-wrapped":
                self.log.tell_once(fault, after=self._first_number + row - 1)
            else:
                self._tell(fault, row, "ISA", value=_unusual(fault, header))
        if header.identity in self._seen:
            self._tell("interchange-duplicate", row, "ISA", "ISA13", value=header.control)
        self._seen.add(header.identity)

    def _gs(self, segments: Segments, row: int) -> None:
        self._end_group(row, self._first_number + row, "GS")
        control, kind, version = (segments.element_text(row, number) for number in (6, 1, 8))
        self._group = _Group(control, kind, version)
        if made := segments.element_text(row, 4):
            self._group.created_on = _day(made)
            if self._group.created_on is None:
                self._tell("date-invalid", row, "GS", "GS04", value=made)
        self.counts.groups += 1
        if self._interchange:
            self._interchange.groups += 1

    def _st(self, segments: Segments, row: int) -> None:
        self._end_transaction(row, self._first_number + row, "ST")
        kind, control, version = (segments.element_text(row, number) for number in (1, 2, 3))
        group_version = self._group.version if self._group else ""
        is_read = kind == "837" and (version or group_version).startswith(READ)
        self._transaction = _Transaction(control, self._first_number + row, is_read)
        self._since = row if is_read else row + 1
        self.counts.transactions += 1
        self._hold_from(row)
        if self._group is None:
            self._tell("gs-missing", row, "ST")
        else:
            self._group.transactions += 1
            if version and version != group_version:
                self._tell("version-mismatch", row, "ST", "ST03", value=version, expected=group_version)
            if is_read and self._group.kind != "HC":
                self._tell("group-type", row, "ST", "GS01", value=self._group.kind)
        if not is_read:
            wrong = ("ST01", kind) if kind != "837" else ("ST03", version) if version else ("GS08", group_version)
            message = not_read(kind, version or group_version)
            number = self._first_number + row
            self.log.tell("transaction-type", number, "ST", wrong[0], value=wrong[1], message=message)

    def _se(self, segments: Segments, row: int) -> None:
        open_ = self._transaction
        if open_ is None:
            self._tell("trailer-unexpected", row, "SE")
            return
        count = self._first_number + row - open_.first_number + 1
        self._compare_count("segment-count-mismatch", row, "SE", segments.element_text(row, 1), count)
        self._compare_control(row, "SE", segments.element_text(row, 2), open_.control)
        self._tell_without_claim(self._first_number + row, "SE")
        self._leave(row, whole=True)
        self._transaction = None
        self._hold_from(row + 1)

    def _ge(self, segments: Segments, row: int) -> None:
        if self._group is None:
            self._tell("trailer-unexpected", row, "GE")
            return
        self._end_transaction(row, self._first_number + row, "GE")
        count = self._group.transactions
        self._compare_count("transaction-count-mismatch", row, "GE", segments.element_text(row, 1), count)
        self._compare_control(row, "GE", segments.element_text(row, 2), self._group.control)
        self._group = None

    def _iea(self, segments: Segments, row: int) -> None:
        self._end_group(row, self._first_number + row, "IEA")
        if self._interchange is None:
            return
        count = self._interchange.groups
        self._compare_count("group-count-mismatch", row, "IEA", segments.element_text(row, 1), count)
        self._compare_control(row, "IEA", segments.element_text(row, 2), self._interchange.control)
        self._interchange = None

    # -- ends -----------------------------------------------------------------------------------------------------

    def _end_interchange(self, row: int, number: int, tag: str) -> None:
        self._end_group(row, number, tag)
        if self._interchange:
            self.log.tell("iea-missing", number, tag, within=(self._interchange.control, None))
            self._interchange = None

    def _end_group(self, row: int, number: int, tag: str) -> None:
        self._end_transaction(row, number, tag)
        if self._group:
            self.log.tell("ge-missing", number, tag, within=self._within(None))
            self._group = None

    def _end_transaction(self, row: int, number: int, tag: str) -> None:
        if self._transaction:
            self.log.tell("se-missing", number, tag, within=self._within(self._transaction.control))
            self._tell_without_claim(number, tag)
            self._leave(row, whole=False)
            self._transaction = None
            self._hold_from(row)

    def _tell_without_claim(self, number: int, tag: str) -> None:
        """Tell a transaction that is read and has nothing to read."""
        open_ = self._transaction
        if open_ and open_.is_read and not open_.has_claim:
            self.log.tell("claims-missing", number, tag, within=self._within(open_.control))

    def _leave(self, end: int, *, whole: bool) -> None:
        if self._transaction and self._transaction.is_read:
            made = self._group.created_on if self._group else None
            self._found.read.append(Stretch(self._since, end, whole, made))
        else:
            self._found.inner.append((self._since, end))

    # -- telling --------------------------------------------------------------------------------------------------

    def _within(self, transaction: str | None) -> tuple[str | None, str | None]:
        return (self._interchange.control if self._interchange else None, transaction)

    def _hold_from(self, row: int) -> None:
        within = self._within(self._transaction.control if self._transaction else None)
        self.log.controls.change(self._first_number + row, *within)

    def _tell(
        self,
        fault: str,
        row: int,
        tag: str,
        element: str = "",
        *,
        value: str | None = None,
        expected: str | None = None,
    ) -> None:
        self.log.tell(fault, self._first_number + row, tag, element, value=value, expected=expected)

    def _compare_count(self, fault: str, row: int, tag: str, given: str, count: int) -> None:
        if not _WHOLE.fullmatch(given) or int(given) != count:
            self._tell(fault, row, tag, f"{tag}01", value=given, expected=str(count))

    def _compare_control(self, row: int, tag: str, given: str, control: str) -> None:
        if given != control:
            self._tell("control-number-mismatch", row, tag, f"{tag}02", value=given, expected=control)
