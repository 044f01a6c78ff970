"""837P files as claim tables, one part of the file after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, FAULT, LINE, SEGMENT, ClaimTables, claim_key, file_key
from cleanclaim.claims.unreadable import settled
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.x12.arrays import Ints, Mask
from cleanclaim.formats.x12.claim_table import Ends, claim_table
from cleanclaim.formats.x12.cuts import Cut, cut
from cleanclaim.formats.x12.diagnoses import diagnoses_of
from cleanclaim.formats.x12.encoding import from_windows_1252, rows_not_utf8
from cleanclaim.formats.x12.envelope import Envelope, EnvelopeWalk, Transactions
from cleanclaim.formats.x12.faults import FaultLog
from cleanclaim.formats.x12.interchanges import Context, scan
from cleanclaim.formats.x12.line_table import line_table
from cleanclaim.formats.x12.part import Part
from cleanclaim.formats.x12.parties import OpenLevels, parties_of
from cleanclaim.formats.x12.places import IN_LINE, Zone
from cleanclaim.formats.x12.segments import Segments, joined
from cleanclaim.formats.x12.signatures import is_utf16, refusal
from cleanclaim.formats.x12.tags import FOREIGN, UNKNOWN
from cleanclaim.formats.x12.zones import Loops, loops_of

CHUNK_BYTES = 8 << 20  # measured: a sixth faster than 4 MB; 290 MB of memory instead of 210
_BOM = b"\xef\xbb\xbf"
_NO_ROWS: Ints = np.empty(0, np.int64)
MOST_HELD = 32 << 20  # bytes of one claim; more is a file whose terminator never comes
_START_BYTES = 16  # kept to say what a file that is no X12 looks like


def read_837(
    stream: BinaryIO,
    *,
    name: str,
    file_hash: str,
    chunk_bytes: int = CHUNK_BYTES,
    progress: Callable[[int], None] | None = None,
) -> Reader837:
    """The claims of an 837P file as tables, part by part; `envelope` of what is returned counts what the file holds.

    Shape:   claims in the order of the file; the last tables may hold faults only. Memory stays flat.
    Raises:  UnreadableInput, while it is read, when the file holds no interchange.
    Source:  docs/x12-reading.md.
    """
    return Reader837(stream, name, file_hash, chunk_bytes, progress)


class Reader837(Iterator[ClaimTables]):
    """Iterates over the claim tables of one file. `envelope` grows with the reading and is whole at its end."""

    def __init__(
        self, stream: BinaryIO, name: str, file_hash: str, chunk_bytes: int, progress: Callable[[int], None] | None
    ) -> None:
        self._stream, self._name, self._chunk_bytes, self._progress = stream, name, chunk_bytes, progress
        self._file_key = file_key(file_hash)
        self._log = FaultLog(name)
        self._walk = EnvelopeWalk(self._log)
        self._levels = OpenLevels()
        self._context = Context()
        self._claims = 0  # so far
        self._start = b""
        self._found_header = False
        self._tables = self._read()

    @property
    def envelope(self) -> Envelope:
        """Interchanges, groups, transactions and segments so far."""
        return self._walk.counts

    def __next__(self) -> ClaimTables:
        return next(self._tables)

    def _read(self) -> Iterator[ClaimTables]:
        held = b""
        for more in self._chunks():
            final = not more
            held += more
            found = scan(held, self._context, final=final)
            done = Cut(found.pieces, found.after, found.rest) if final else cut(found, skips=self._walk.skips)
            self._wanted = max(self._chunk_bytes, len(held)) if done is None else self._chunk_bytes
            if done is None:
                if len(held) > MOST_HELD:
                    raise UnreadableInput(
                        f"{self._name}: after segment {self._walk.counts.segments} no claim ends within "
                        f"{MOST_HELD >> 20} MB. Expected: the segment terminator that ISA declares"
                    )
                continue
            if found.wrapped:
                self._log.tell_once("text-wrapped", after=self._walk.counts.segments)
            tables = self._tables_of(done, ended=final, unterminated=found.unterminated)
            held, self._context = found.raw[done.rest :], done.context
            if self._found_header and (final or len(tables.claim) or len(tables.fault)):
                yield tables
        if not self._found_header:
            raise UnreadableInput(refusal(self._name, self._start))

    def _chunks(self) -> Iterator[bytes]:
        """The bytes of the file, the byte order mark left out; b"" at the end."""
        self._wanted = self._chunk_bytes
        more = self._stream.read(max(self._wanted, _START_BYTES))
        position = len(more)
        if is_utf16(more):
            raise UnreadableInput(refusal(self._name, more))
        if more.startswith(_BOM):
            more = more.removeprefix(_BOM)
            self._log.tell_unnumbered("byte-order-mark", after=0)
        while more:
            if len(self._start) < _START_BYTES:
                self._start = (self._start + more[:4096]).lstrip()[:_START_BYTES]
            if self._progress:
                self._progress(position)
            yield more
            more = self._stream.read(self._wanted)
            position += len(more)
        yield b""

    def _tables_of(self, done: Cut, *, unterminated: str | None, ended: bool) -> ClaimTables:
        first_number = self._walk.counts.segments + 1
        pieces = [piece.segments for piece in done.pieces if piece.segments is not None]
        segments = joined(pieces) if pieces else None
        not_utf8 = rows_not_utf8(segments) if segments else _NO_ROWS
        if segments and len(not_utf8):
            segments = from_windows_1252(segments, not_utf8)
        transactions = self._walk_through(done, segments, unterminated=unterminated, ended=ended)
        if segments is None:
            return self._only_faults()
        is_read, is_skipped = transactions.is_read(len(segments)), transactions.is_skipped(len(segments))
        self._walk.tell_not_utf8(segments, not_utf8[~is_skipped[not_utf8]])
        part = Part(segments, loops_of(segments, is_read), first_number, self._log)
        _tell_segments(part, is_read, is_skipped)
        return self._tables_of_part(part, transactions)

    def _walk_through(
        self, done: Cut, segments: Segments | None, *, unterminated: str | None, ended: bool
    ) -> Transactions:
        """Follow the envelope through the pieces, in order."""
        walk, row = self._walk, 0
        walk.begin()
        for piece in done.pieces:
            if piece.segments is not None and segments is not None:
                end = row + len(piece.segments)
                walk.walk(segments, row, end, piece.header if piece.begins else None)
                row = end
            elif piece.fault == "isa-unreadable":
                walk.break_off(row)
            if piece.fault:
                self._log.tell_unnumbered(piece.fault, after=walk.counts.segments)
            self._found_header |= piece.begins or piece.fault == "isa-unreadable"
        if unterminated is not None:
            self._log.tell("segment-unterminated", walk.counts.segments + 1, unterminated)
        if ended:
            walk.break_off(row)
        return walk.end(row, whole=done.whole)

    def _tables_of_part(self, part: Part, transactions: Transactions) -> ClaimTables:
        loops = part.loops
        first_key = claim_key(self._file_key, self._claims)
        keys = first_key + np.arange(len(loops.claims))
        self._claims += len(loops.claims)
        parties = parties_of(part, self._levels)
        diagnoses = diagnoses_of(part)
        claims = claim_table(part, keys, _ends(loops, transactions), parties, diagnoses)
        lines = line_table(part, keys, diagnoses)
        return ClaimTables(*settled(claims, lines), ADMINISTRATION.empty(), self._log.drain())

    def _only_faults(self) -> ClaimTables:
        faults = self._log.drain() if self._found_header else FAULT.empty()  # before the first header they wait
        return ClaimTables(CLAIM.empty(), LINE.empty(), ADMINISTRATION.empty(), faults)


def _ends(loops: Loops, transactions: Transactions) -> Ends:
    """Whether each claim was ended by the next HL or CLM, or by its SE, and the day on which its group was made."""
    if not len(loops.claims):
        return Ends(np.zeros(0, np.bool_), pa.nulls(0, pa.date32()))
    ends = np.array([stretch.end for stretch in transactions.read])
    whole = np.array([stretch.whole for stretch in transactions.read])
    stretch = np.searchsorted(ends, loops.claims, side="right")
    made = pa.array([found.created_on for found in transactions.read], pa.date32())
    return Ends((loops.claim_ends < ends[stretch]) | whole[stretch], made.take(stretch))


def _tell_segments(part: Part, is_read: Mask, is_skipped: Mask) -> None:
    """Tell what is wrong with single segments: their names, their characters and their places."""
    tag = part.segments.tag
    part.tell_rows("segment-unknown", np.flatnonzero(is_read & (tag == UNKNOWN)))
    part.tell_rows("segment-not-in-837p", np.flatnonzero(is_read & (tag >= FOREIGN[0]) & (tag <= FOREIGN[-1])))
    _lose_segments(part, np.flatnonzero(is_read & ((tag == UNKNOWN) | ((tag >= FOREIGN[0]) & (tag <= FOREIGN[-1])))))
    _tell_moved(part)
    part.tell_rows("control-character", np.flatnonzero(part.segments.control & ~is_skipped))
    for fault, rows in part.loops.faults.items():
        if fault == "hl-level":
            spans = part.segments.element(rows, 3)
            part.tell_spans(fault, rows, spans, np.ones(len(rows), np.bool_), "03")
        else:
            part.tell_rows(fault, rows)


def _tell_moved(part: Part) -> None:
    """Tell what stands in a wrong place: what was read all the same once for a file, what was not each time."""
    moved = part.loops.moved
    for row in moved.read.tolist():
        kind = part.segments.tag_text(row)
        if kind not in part.log.told:
            part.log.told.add(kind)
            part.log.tell("segment-misplaced", row + part.first_number, kind)
    part.tell_rows("segment-not-used", moved.unread)


def _lose_segments(part: Part, rows: Ints) -> None:
    """Name the lines and claims of which a segment is not known: it may have said anything."""
    zone = part.loops.zone[rows]
    part.lose(LINE.name, SEGMENT, np.unique(part.loops.line_of[rows[np.isin(zone, IN_LINE)]]))
    part.lose(CLAIM.name, SEGMENT, np.unique(part.loops.claim_of[rows[np.isin(zone, (Zone.CLAIM, Zone.OTHER_PAYER))]]))
