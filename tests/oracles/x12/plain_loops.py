"""Section 3 of `docs/x12-reading.md` in plain Python: a transaction's segments by the loop that they stand in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from cleanclaim.claims.tables import claim_key
from tests.oracles.x12 import plain_records as records
from tests.oracles.x12.plain_faults import FaultLog
from tests.oracles.x12.plain_records import OpenClaim, OpenLine, Record, Row
from tests.oracles.x12.plain_segments import Segment

_KNOWN_TAGS = frozenset({
    "ISA", "IEA", "GS", "GE", "ST", "SE", "TA1", "BHT", "HL", "NM1", "N2", "N3", "N4", "PER", "REF", "PRV", "CUR",
    "SBR", "PAT", "DMG", "DTP", "CLM", "CL1", "PWK", "CN1", "AMT", "K3", "NTE", "CR1", "CR2", "CR3", "CRC", "HI", "HCP",
    "CAS", "OI", "MIA", "MOA", "LX", "SV1", "SV5", "PS1", "MEA", "QTY", "TST", "LIN", "CTP", "SVD", "LQ", "FRM", "CR5",
    "IMM", "TOO", "UC", "III",
})  # fmt: skip
_TAGS_OF_OTHER_TRANSACTIONS = frozenset({"SV2", "SV3", "SVC", "CLP"})


class Zone(StrEnum):
    """Where a segment stands: the loops that the reader tells apart."""

    HEADER = "header"  # before the first of the others
    BILLING = "billing"
    SUBSCRIBER = "subscriber"
    PATIENT = "patient"
    CLAIM = "claim"
    OTHER_PAYER = "other_payer"
    LINE = "line"
    DRUG = "drug"
    LINE_PROVIDER = "line_provider"
    LINE_ADJUDICATION = "line_adjudication"
    LINE_FORM = "line_form"


_LEVELS = {"20": Zone.BILLING, "22": Zone.SUBSCRIBER, "23": Zone.PATIENT}
_OPENED_INSIDE_LINE = {"LIN": Zone.DRUG, "NM1": Zone.LINE_PROVIDER, "SVD": Zone.LINE_ADJUDICATION, "LQ": Zone.LINE_FORM}

# What is read where. A segment that stands in none of these tables gives nothing in its zone.
_ABOVE_CLAIM: Mapping[tuple[Zone, str], Callable[[Record, Segment], None]] = MappingProxyType({
    (Zone.BILLING, "NM1"): records.billing_name,
    (Zone.BILLING, "PRV"): records.billing_provider,
    (Zone.SUBSCRIBER, "SBR"): records.subscriber_plan,
    (Zone.SUBSCRIBER, "NM1"): records.subscriber_name,
    (Zone.SUBSCRIBER, "DMG"): records.demographics,
    (Zone.SUBSCRIBER, "PAT"): records.patient_weight,
    (Zone.PATIENT, "NM1"): records.patient_name,
    (Zone.PATIENT, "DMG"): records.demographics,
    (Zone.PATIENT, "PAT"): records.patient_weight,
})  # fmt: skip
_IN_CLAIM: Mapping[tuple[Zone, str], Callable[[OpenClaim, Segment], None]] = MappingProxyType({
    (Zone.CLAIM, "REF"): records.claim_reference,
    (Zone.CLAIM, "NTE"): records.claim_note,
    (Zone.CLAIM, "HI"): records.claim_codes,
    (Zone.CLAIM, "NM1"): records.claim_name,
    (Zone.CLAIM, "PRV"): records.claim_provider,
    (Zone.OTHER_PAYER, "SBR"): records.other_payer,
    (Zone.OTHER_PAYER, "AMT"): records.other_payer_amount,
})  # fmt: skip
_IN_LINE: Mapping[tuple[Zone, str], Callable[[OpenLine, Segment], None]] = MappingProxyType({
    (Zone.LINE, "DTP"): records.service_dates,
    (Zone.LINE, "REF"): records.line_reference,
    (Zone.LINE, "NTE"): records.line_note,
    (Zone.DRUG, "LIN"): records.drug,
    (Zone.DRUG, "CTP"): records.drug_quantity,
    (Zone.DRUG, "REF"): records.drug_reference,
    (Zone.LINE_PROVIDER, "NM1"): records.line_name,
})  # fmt: skip


@dataclass(slots=True)
class ClaimRows:
    """The rows of the claim and line tables read so far from one file."""

    source_file: str
    file_key: int
    claims: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)


class TransactionReader:
    """Reads the segments between the ST and the SE of one 837P transaction into `rows`."""

    def __init__(self, rows: ClaimRows, log: FaultLog, created_on: date | None) -> None:
        self._rows, self._log, self._created_on = rows, log, created_on
        self._zone = Zone.HEADER
        self._billing = Record(log)
        self._subscriber: Record | None = None
        self._patient: Record | None = None
        self._claim: OpenClaim | None = None
        self._line: OpenLine | None = None
        self._lines_without_claim = False  # since a LX or SV1 without a claim, up to the next CLM or HL

    def read(self, segment: Segment) -> None:
        """Take in the next segment."""
        tag = segment.tag
        if tag in _TAGS_OF_OTHER_TRANSACTIONS:
            self._log.tell("segment-not-in-837p", segment)
        elif tag not in _KNOWN_TAGS:
            self._log.tell("segment-unknown", segment)
        elif tag == "HL":
            self._hierarchical_level(segment)
        elif tag == "CLM":
            self._start_claim(segment)
        elif self._lines_without_claim:
            return
        elif tag in {"LX", "SV1"}:
            self._line_segment(segment)
        else:
            self._segment_of_zone(segment)

    def end(self, *, cut: bool) -> None:
        """End the transaction: at its SE, or `cut` where that is missing."""
        self._end_claim(complete=not cut)

    def _hierarchical_level(self, segment: Segment) -> None:
        zone = _LEVELS.get(segment.element(3) or "")
        if zone is None:
            self._log.tell("hl-level", segment, element="HL03", value=segment.element(3))
            return
        self._end_claim(complete=True)
        self._lines_without_claim = False
        self._zone = zone
        self._patient = Record(self._log) if zone is Zone.PATIENT else None
        if zone is Zone.SUBSCRIBER:
            self._subscriber = Record(self._log)
        elif zone is Zone.BILLING:
            self._billing, self._subscriber = Record(self._log), None

    def _start_claim(self, segment: Segment) -> None:
        self._end_claim(complete=True)
        self._lines_without_claim = False
        self._zone = Zone.CLAIM
        if self._subscriber is None:
            self._log.tell("subscriber-missing", segment)
        row: Row = {
            "claim_key": claim_key(self._rows.file_key, len(self._rows.claims)),
            "source_file": self._rows.source_file,
            "segment_number": segment.number,
            "created_on": self._created_on,
            "claim_type": "P",
            **self._billing.row,
        }
        subscriber = self._subscriber or Record(self._log)
        patient = self._patient or subscriber
        self._claim = OpenClaim(self._log, row)
        records.claim_people(self._claim, subscriber.row, patient.row)
        records.claim_start(self._claim, segment)

    def _end_claim(self, *, complete: bool) -> None:
        self._end_line()
        if self._claim is not None:
            self._rows.claims.append(self._claim.finished(complete=complete))
        self._claim = None

    def _line_segment(self, segment: Segment) -> None:
        """LX starts a line; so does a SV1 that has no LX of its own."""
        if self._claim is None:
            self._log.tell("claim-missing", segment)
            self._lines_without_claim = True
        elif segment.tag == "LX":
            records.line_number(self._start_line(self._claim, segment), segment)
        elif self._line is None or self._line.has_service:
            self._log.tell("lx-missing", segment)
            records.service(self._start_line(self._claim, segment), segment)
        else:
            records.service(self._line, segment)

    def _start_line(self, claim: OpenClaim, segment: Segment) -> OpenLine:
        self._end_line()
        self._zone = Zone.LINE
        claim.line_count += 1
        row: Row = {
            "claim_key": claim.row["claim_key"],
            "line_ordinal": claim.line_count,
            "line_number": claim.line_count,
            "segment_number": segment.number,
        }
        self._line = OpenLine(self._log, row, claim=claim, start=segment)
        return self._line

    def _end_line(self) -> None:
        if self._line is not None:
            if not self._line.has_service:
                self._log.tell("sv1-missing", self._line.start)
            self._rows.lines.append(self._line.finished())
        self._line = None

    def _segment_of_zone(self, segment: Segment) -> None:
        tag = segment.tag
        if self._line is not None:
            self._zone = _OPENED_INSIDE_LINE.get(tag, self._zone)
            if tag == "CTP" and self._zone is not Zone.DRUG:
                self._log.tell("lin-missing", segment)
            elif read_in_line := _IN_LINE.get((self._zone, tag)):
                read_in_line(self._line, segment)
        elif self._claim is not None:
            self._zone = Zone.OTHER_PAYER if tag == "SBR" else self._zone
            if read_in_claim := _IN_CLAIM.get((self._zone, tag)):
                read_in_claim(self._claim, segment)
        else:
            above = {Zone.BILLING: self._billing, Zone.SUBSCRIBER: self._subscriber, Zone.PATIENT: self._patient}
            record, read_above = above.get(self._zone), _ABOVE_CLAIM.get((self._zone, tag))
            if record and read_above:
                read_above(record, segment)
