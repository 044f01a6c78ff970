"""The plain 837P reader: `docs/x12-reading.md` as a loop over segments with an explicit state.

Slow and meant to be read. The product reads with the columnar reader; property tests hold that one against this.

| section of the specification | module |
|---|---|
| 1. Bytes to segments | `plain_segments` |
| 2. Envelope | this one |
| 3. Loops | `plain_loops` (zones), `plain_records` (what a segment gives) |
| 4. Element faults | `plain_values`, `plain_faults` (all faults, what they cost and say) |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, FAULT, LINE, ClaimTables, file_key
from tests.oracles.x12.plain_faults import FaultLog
from tests.oracles.x12.plain_loops import ClaimRows, TransactionReader
from tests.oracles.x12.plain_segments import UTF8_MARK, Loss, Segment, read_segments, without_mark
from tests.oracles.x12.plain_values import day, whole_number

_HEADER_LENGTH = 106
_VERSION = "005010X222"
_FREE_OF_TRANSACTION = frozenset({"TA1"})


@dataclass(frozen=True, slots=True)
class EnvelopeCount:
    """How many of each a file holds. Interchanges that cannot be read, and what stands in them, do not count."""

    interchanges: int
    groups: int
    transactions: int
    segments: int


def read_837_plain(data: bytes, *, name: str, file_hash: str) -> ClaimTables:
    """The claim tables of a whole 837P file.

    Raises:  UnreadableInput where the file holds no interchange header, or is UTF-16.
    """
    rows = ClaimRows(name, file_key(file_hash))
    log = FaultLog(name)
    text = without_mark(data, name=name)
    if data.startswith(UTF8_MARK):
        log.tell("byte-order-mark")
    envelopes = _Envelopes(rows, log)
    for piece in read_segments(text):
        envelopes.read(piece)
    envelopes.end()
    return ClaimTables(
        claim=pa.Table.from_pylist(rows.claims, schema=CLAIM.arrow()),
        line=pa.Table.from_pylist(rows.lines, schema=LINE.arrow()),
        administration=ADMINISTRATION.empty(),
        fault=pa.Table.from_pylist(log.rows(), schema=FAULT.arrow()),
    )


def count_837(data: bytes) -> EnvelopeCount:
    """How many interchanges, groups, transactions and segments a file holds, by their headers.

    Raises:  UnreadableInput where the file holds no interchange header, or is UTF-16.
    """
    segments = [piece for piece in read_segments(without_mark(data, name="the file")) if isinstance(piece, Segment)]
    tags = [segment.tag for segment in segments if segment.terminated]
    return EnvelopeCount(tags.count("ISA"), tags.count("GS"), tags.count("ST"), len(segments))


@dataclass(slots=True)
class _Interchange:
    control: str | None
    group_count: int = 0
    not_utf8_told: bool = False


@dataclass(slots=True)
class _Group:
    control: str | None
    version: str | None
    created_on: date | None
    transaction_count: int = 0
    kind: str | None = None


@dataclass(slots=True)
class _Transaction:
    control: str | None
    first_segment: int
    reader: TransactionReader | None  # None where the transaction is not read here
    has_claim: bool = False


@dataclass(slots=True)
class _Envelopes:
    """What is open, and what closes it."""

    rows: ClaimRows
    log: FaultLog
    interchange: _Interchange = field(default_factory=lambda: _Interchange(None))
    interchange_open: bool = False
    group: _Group | None = None
    transaction: _Transaction | None = None
    wrapped: bool = False  # told of line ends inside of segments
    stray: bool = False  # the last segment was one of a run outside of a transaction
    last: Segment | None = None
    seen: set[tuple[str | None, ...]] = field(default_factory=set)

    def read(self, piece: Segment | Loss) -> None:
        """Take in the next segment, or the loss that stands in its place."""
        if isinstance(piece, Loss):
            if piece.fault == "text-wrapped":
                if not self.wrapped:
                    within, self.log.interchange = self.log.interchange, None
                    self.log.tell(piece.fault)
                    self.log.interchange = within
                self.wrapped = True
                return
            if piece.fault == "isa-unreadable":
                self._end_interchange(self.last)  # a header ends what is open, though it cannot be read
            self.log.tell(piece.fault)
            return
        if not piece.terminated and piece.tag != "IEA":
            self.log.tell("segment-unterminated", piece)
            return
        self.last = piece
        self.log.last_segment = piece.number
        steps = {"ISA": self._isa, "GS": self._gs, "ST": self._st, "SE": self._se, "GE": self._ge, "IEA": self._iea}
        if step := steps.get(piece.tag):
            self.stray = False
            step(piece)
        else:
            self._other(piece)

    def end(self) -> None:
        """The file is at its end."""
        self._end_interchange(self.last)

    # Headers

    def _isa(self, segment: Segment) -> None:
        self._end_interchange(segment)
        self.interchange = _Interchange(segment.element(13))
        self.interchange_open = True
        self.log.interchange = self.interchange.control
        self._characters(segment)
        if "isa-blanks" in segment.unusual:
            told = f"{segment.delimiters.terminator} as character {segment.length}"
            self.log.tell("isa-blanks", segment, value=told)
        elif segment.length != _HEADER_LENGTH:
            self.log.tell("isa-length", segment, value=str(segment.length))
        if "repetition-same" in segment.unusual:
            self.log.tell("repetition-same", segment, value=segment.element(11))
        identity = tuple(segment.element(position) for position in (5, 6, 7, 8, 13))
        if identity in self.seen:
            self.log.tell("interchange-duplicate", segment, element="ISA13", value=segment.element(13))
        self.seen.add(identity)

    def _gs(self, segment: Segment) -> None:
        self._end_group(segment)
        self.interchange.group_count += 1
        made = segment.element(4)
        self.group = _Group(segment.element(6), segment.element(8), made and day(made), kind=segment.element(1))
        self._characters(segment)
        if made and self.group.created_on is None:
            self.log.tell("date-invalid", segment, element="GS04", value=made)

    def _st(self, segment: Segment) -> None:
        self._end_transaction(segment)
        control, version = segment.element(2), segment.element(3)
        self.log.transaction = control
        self._characters(segment)
        if self.group is None:
            self.log.tell("gs-missing", segment)
        else:
            self.group.transaction_count += 1
            if version is not None and version != self.group.version:
                self.log.tell("version-mismatch", segment, element="ST03", value=version)
        made = self.group.created_on if self.group else None
        reader = TransactionReader(self.rows, self.log, made) if self._is_837p(segment) else None
        if reader and self.group and self.group.kind != "HC":
            self.log.tell("group-type", segment, element="GS01", value=self.group.kind)
        self.transaction = _Transaction(control, segment.number, reader)

    def _is_837p(self, segment: Segment) -> bool:
        group_version = self.group.version if self.group else None
        element, version = ("ST03", segment.element(3)) if segment.element(3) else ("GS08", group_version)
        if segment.element(1) != "837":
            self.log.tell("transaction-type", segment, element="ST01", value=segment.element(1))
            return False
        if not (version or "").startswith(_VERSION):
            self.log.tell("transaction-type", segment, element=element, value=version)
            return False
        return True

    # Trailers

    def _se(self, segment: Segment) -> None:
        self._characters(segment)
        transaction = self.transaction
        if transaction is None:
            self.log.tell("trailer-unexpected", segment)
            return
        self._count("segment-count-mismatch", segment, segment.number - transaction.first_segment + 1)
        self._control_number(segment, transaction.control)
        if transaction.reader:
            if not transaction.has_claim:
                self.log.tell("claims-missing", segment)
            transaction.reader.end(cut=False)
        self._leave_transaction()

    def _ge(self, segment: Segment) -> None:
        if self.group is None:  # not used: a transaction that stands outside of a group stays open
            self._characters(segment)
            self.log.tell("trailer-unexpected", segment)
            return
        self._end_transaction(segment)
        self._characters(segment)
        self._count("transaction-count-mismatch", segment, self.group.transaction_count)
        self._control_number(segment, self.group.control)
        self.group = None

    def _iea(self, segment: Segment) -> None:
        self._end_group(segment)
        self._characters(segment)
        self._count("group-count-mismatch", segment, self.interchange.group_count)
        self._control_number(segment, self.interchange.control)
        self._leave_interchange()

    def _count(self, fault: str, trailer: Segment, counted: int) -> None:
        if whole_number(trailer.element(1)) != counted:
            self.log.tell(fault, trailer, element=f"{trailer.tag}01", value=trailer.element(1))

    def _control_number(self, trailer: Segment, of_header: str | None) -> None:
        if trailer.element(2) != of_header:
            self.log.tell("control-number-mismatch", trailer, element=f"{trailer.tag}02", value=trailer.element(2))

    # Between headers and trailers

    def _other(self, segment: Segment) -> None:
        if self.transaction is not None:
            if self.transaction.reader:  # the inner segments of another transaction give no faults
                self._characters(segment)
                self.transaction.has_claim |= segment.tag == "CLM"
                self.transaction.reader.read(segment)
            return
        self._characters(segment)
        if segment.tag in _FREE_OF_TRANSACTION:
            self.stray = False
        elif not self.stray:
            self.log.tell("st-missing", segment)
            self.stray = True

    def _characters(self, segment: Segment) -> None:
        if not segment.utf8 and not self.interchange.not_utf8_told:
            self.log.tell("not-utf8", segment)
            self.interchange.not_utf8_told = True
        if segment.has_control_character:
            self.log.tell("control-character", segment)

    # Ends that are missing; `shown_by` is the segment that shows it

    def _end_transaction(self, shown_by: Segment | None) -> None:
        if self.transaction is not None:
            self.log.tell("se-missing", shown_by)
            if self.transaction.reader:
                if not self.transaction.has_claim:
                    self.log.tell("claims-missing", shown_by)
                self.transaction.reader.end(cut=True)
        self._leave_transaction()

    def _end_group(self, shown_by: Segment | None) -> None:
        self._end_transaction(shown_by)
        if self.group is not None:
            self.log.tell("ge-missing", shown_by)
        self.group = None

    def _end_interchange(self, shown_by: Segment | None) -> None:
        self._end_group(shown_by)
        if self.interchange_open:
            self.log.tell("iea-missing", shown_by)
        self._leave_interchange()

    def _leave_transaction(self) -> None:
        self.transaction = None
        self.log.transaction = None

    def _leave_interchange(self) -> None:
        self.interchange_open = False
        self.log.interchange = None
