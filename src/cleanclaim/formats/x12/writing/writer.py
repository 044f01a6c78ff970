"""Claim tables and parties to the bytes of 837P and 837I files."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa

from cleanclaim.claims.tables import FAULT, ClaimTables, Lost
from cleanclaim.formats.x12.writing.claim import claim_segments
from cleanclaim.formats.x12.writing.exchange import ControlNumbers, Envelope, Exchange, misuse
from cleanclaim.formats.x12.writing.form import Form
from cleanclaim.formats.x12.writing.hierarchy import Prepared, grouped, level_segments, parts
from cleanclaim.formats.x12.writing.kinds import KINDS, Kind
from cleanclaim.formats.x12.writing.levels import levels_above
from cleanclaim.formats.x12.writing.line import line_segments
from cleanclaim.formats.x12.writing.names import Directory
from cleanclaim.formats.x12.writing.parties import Parties
from cleanclaim.formats.x12.writing.pen import Fault, Pen, Refused, Slot, refuse
from cleanclaim.formats.x12.writing.rows import ClaimRow, LineRow, rows_of

_USUAL = Form()
_TYPE = Slot("ST03", "claim_type", 1, required=True, codes=frozenset(KINDS))
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,38}")
_LINES = Slot("LX01", "lines", 3, required=True)


@dataclass(frozen=True, slots=True)
class Written:
    """A file, the claims in it in its order, and those that were refused. No claim, no file: `content` is empty.

    `fault` has one row for each claim left out: its first fault, and in `row` its place in the claim table, from 1.
    """

    content: bytes
    claim_keys: tuple[int, ...]
    fault: pa.Table
    next_controls: ControlNumbers


def write_837(
    tables: ClaimTables,
    parties: Parties,
    exchange: Exchange,
    controls: ControlNumbers,
    *,
    form: Form = _USUAL,
    without: Collection[str] = (),
) -> Written:
    """The claims as one interchange: a group of 837P (005010X222A1), then one of 837I (005010X223A2).

    A claim that cannot be written as it is, or is not whole, is told in `fault`, and the others are written. Claims
    stand by billing provider, payer, subscriber and patient. `without` names columns to leave out (`line.note` is one
    of a line): a claim that says what its transaction has no place for is refused otherwise. Not carried are
    `payer_program` (SBR09 stands for it), what only a file has (its name and segments), and the administrations.
    Raises:  InvalidValue when an envelope or a table cannot be used.
    """
    pen = Pen(form)
    directory = Directory(pen, parties.providers, parties.payers)
    made: dict[str, list[Prepared]] = {claim_type: [] for claim_type in KINDS}
    refusals: list[_Refusal] = []
    for row, (claim, lines) in enumerate(rows_of(tables, without), 1):
        try:
            kind = _kind_of(pen, claim)
            made[kind.claim_type].append(_prepared(pen, directory, kind, claim, lines, parties))
        except Refused as refused:
            refusals.append(_Refusal(row, claim, refused))
    order: list[int] = []
    try:
        envelope = Envelope(pen, exchange, controls, parties)
        groups = []
        for claim_type, claims in made.items():
            if claims:
                in_order = grouped(claims)
                order += [claim.claim_key for claim in in_order]
                groups.append(_group(pen, envelope, KINDS[claim_type], in_order))
        content = pen.file(envelope.interchange(groups)) if groups else b""
    except Refused as refused:
        raise misuse(refused) from None
    return Written(content, tuple(order), _faults(tables, refusals), envelope.after if groups else controls)


def _kind_of(pen: Pen, claim: ClaimRow) -> Kind:
    return KINDS[pen.text(_TYPE, claim.claim_type)]


def _prepared(
    pen: Pen, directory: Directory, kind: Kind, claim: ClaimRow, lines: list[LineRow], parties: Parties
) -> Prepared:
    if not claim.complete:
        raise Refused(Fault.PARTIAL, "CLM01", "complete", "a whole claim: what a partial one leaves out is unknown")
    own = parties.claims.get(claim.claim_key)
    if own is None:
        raise Refused(Fault.PARTY, "NM103", "claim_key", "this claim among the claims of the parties")
    if not lines:
        raise refuse(_LINES, Fault.MISSING, "at least one line")
    if len(lines) > kind.most_lines:
        raise refuse(_LINES, Fault.TOO_MANY, f"at most {kind.most_lines} lines")
    segments = claim_segments(pen, directory, kind, claim, lines, own)
    for number, line in enumerate(lines, 1):
        try:
            segments += line_segments(pen, directory, kind, claim, line, number)
        except Refused as refused:
            refused.line = number
            raise
    return Prepared(claim.claim_key, levels_above(pen, directory, kind, claim, own), segments)


def _group(pen: Pen, envelope: Envelope, kind: Kind, claims: list[Prepared]) -> list[str]:
    lots = parts(claims, pen.form.claims_per_transaction)
    return envelope.group(kind, [envelope.transaction(kind, level_segments(pen, lot)) for lot in lots])


@dataclass(frozen=True, slots=True)
class _Refusal:
    row: int
    claim: ClaimRow
    refused: Refused

    @property
    def place(self) -> str:
        """The claim as a message names it: by its account number, or by its row where that is none."""
        identifier = self.claim.claim_id or ""
        return f"claim {identifier}" if _IDENTIFIER.fullmatch(identifier) else f"claim in row {self.row}"


def _faults(tables: ClaimTables, refusals: list[_Refusal]) -> pa.Table:
    sources = tables.claim["source_file"].to_pylist()
    rows = [
        {
            "source_file": sources[one.row - 1],
            "fault": one.refused.fault.value,
            "message": one.refused.telling(one.place),
            "lost": Lost.CLAIM.value,
            "segment": one.refused.segment,
            "element": one.refused.element,
            "row": one.row,
            "expected": one.refused.expected,
        }
        for one in refusals
    ]
    return pa.Table.from_pylist(rows, schema=FAULT.arrow())
