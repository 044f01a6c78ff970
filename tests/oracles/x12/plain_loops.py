"""Section 3 of `docs/x12-reading.md` in plain Python: a transaction's segments by the loop that they stand in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from cleanclaim.claims.tables import CLAIM, LINE, claim_key
from cleanclaim.engine.schema import ColumnType
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


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


# What may stand in which loop (005010X222A1); what stands elsewhere is read where it belongs, or told.
_PLACES = {
    Zone.BILLING: _tags("PRV CUR NM1 N2 N3 N4 REF PER"),
    Zone.SUBSCRIBER: _tags("SBR PAT NM1 N2 N3 N4 DMG REF PER"),
    Zone.PATIENT: _tags("PAT NM1 N2 N3 N4 DMG REF PER"),
    Zone.HEADER: _tags("BHT REF NM1 N2 N3 N4 PER"),
    Zone.CLAIM: _tags("DTP PWK CN1 AMT REF K3 NTE CR1 CR2 CR3 CR5 CRC HI HCP NM1 PRV N2 N3 N4 PER QTY UC"),
    Zone.OTHER_PAYER: _tags("SBR CAS AMT OI MIA MOA NM1 N2 N3 N4 PER DTP REF"),
    Zone.LINE: _tags("SV5 PWK CR1 CR2 CR3 CR5 CRC DTP QTY MEA CN1 REF AMT K3 NTE PS1 HCP IMM TST TOO III"),
    Zone.DRUG: frozenset({"LIN", "CTP", "REF"}),
    Zone.LINE_PROVIDER: _tags("NM1 PRV N2 N3 N4 REF PER"),
    Zone.LINE_ADJUDICATION: _tags("SVD CAS DTP AMT"),
    Zone.LINE_FORM: frozenset({"LQ", "FRM"}),
}
_NAMES = {
    Zone.HEADER: {"41", "40"}, Zone.BILLING: {"85", "87", "PE"}, Zone.SUBSCRIBER: {"IL", "PR"}, Zone.PATIENT: {"QC"},
    Zone.CLAIM: {"DN", "P3", "82", "77", "DQ", "PW", "45"},
    Zone.OTHER_PAYER: {"IL", "PR", "DN", "P3", "82", "77", "DQ", "85"},
    Zone.LINE_PROVIDER: {"82", "QB", "77", "DQ", "DK", "DN", "P3", "PW", "45"},
}  # fmt: skip
_ANYWHERE_IN_LINE = _tags("PWK CR1 CR3 CRC DTP QTY MEA CN1 REF K3 NTE PS1 HCP SV5")
_ANYWHERE_IN_CLAIM = _tags("PWK CN1 K3 NTE CR1 CR2 CRC HI HCP")


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
            self._lose_segment()
        elif tag not in _KNOWN_TAGS:
            self._log.tell("segment-unknown", segment)
            self._lose_segment()
        elif tag == "HL":
            self._hierarchical_level(segment)
        elif tag == "CLM":
            self._start_claim(segment)
        elif self._lines_without_claim or tag == "TA1":
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
        elif not {"SBR", "IL", "PR"} <= self._subscriber.has:
            self._log.tell("subscriber-incomplete", segment)
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
        records.claim_people(self._claim, subscriber.row, patient)
        records.claim_start(self._claim, segment)

    def _end_claim(self, *, complete: bool) -> None:
        self._end_line()
        if (claim := self._claim) is not None:
            for segment in claim.ahead:
                self._log.tell("segment-not-used", segment)
            for line in claim.lines:
                records.point(line)
            row, lines = claim.finished(complete=complete), [line.finished() for line in claim.lines]
            _settle(row, lines)
            self._rows.claims.append(row)
            self._rows.lines += lines
        self._claim = None

    def _lose_segment(self) -> None:
        """A segment that nobody knows may have said anything about where it stands."""
        if self._lines_without_claim:
            return
        if self._line is not None:
            self._line.lost.add("segment")
        elif self._claim is not None:
            self._claim.lost.add("segment")

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
        claim.lines.append(self._line)
        ahead, claim.ahead = claim.ahead, []
        for early in ahead:
            self._tell_moved(early)
            self._drug_segment(self._line, early)
        return self._line

    def _end_line(self) -> None:
        if self._line is not None:
            if not self._line.has_service:
                self._log.tell("sv1-missing", self._line.start)
            for early in self._line.early:
                self._log.tell("lin-missing" if early.tag == "CTP" else "segment-not-used", early)
        self._line = None

    def _segment_of_zone(self, segment: Segment) -> None:
        if self._line is not None:
            self._segment_of_line(self._line, segment)
        elif self._claim is not None:
            self._segment_of_claim(self._claim, segment)
        elif self._zone in _PLACES and not self._may_stand(segment):
            self._log.tell("segment-not-used", segment)
        else:
            above = {Zone.BILLING: self._billing, Zone.SUBSCRIBER: self._subscriber, Zone.PATIENT: self._patient}
            record, read_above = above.get(self._zone), _ABOVE_CLAIM.get((self._zone, segment.tag))
            if record and read_above:
                read_above(record, segment)

    def _segment_of_claim(self, claim: OpenClaim, segment: Segment) -> None:
        tag, first = segment.tag, segment.element(1)
        self._zone = Zone.OTHER_PAYER if tag == "SBR" else self._zone
        behind_payer, zone = self._zone is Zone.OTHER_PAYER, self._zone
        if tag in {"LIN", "CTP"}:
            claim.ahead.append(segment)
            return
        if tag == "DTP" and first == "472":
            self._log.tell("segment-not-used", segment)
            return
        if (behind_payer and tag in _ANYWHERE_IN_CLAIM and tag not in _PLACES[zone]) or (
            not behind_payer and tag == "AMT" and first == "D"
        ):
            zone = Zone.CLAIM if behind_payer else Zone.OTHER_PAYER
            self._tell_moved(segment)
        elif not self._may_stand(segment):
            self._log.tell("segment-not-used", segment)
            return
        if read_in_claim := _IN_CLAIM.get((zone, tag)):
            read_in_claim(claim, segment)

    def _segment_of_line(self, line: OpenLine, segment: Segment) -> None:
        tag, first = segment.tag, segment.element(1)
        self._zone = _OPENED_INSIDE_LINE.get(tag, self._zone)
        line.last_name = first if tag == "NM1" else line.last_name
        is_link = tag == "REF" and first in {"XZ", "VY"}
        if tag in {"LIN", "CTP"} or is_link:
            if self._zone is not Zone.DRUG:
                line.early.append(segment)  # told once it is known whether the line has a drug
                if line.drug_count:
                    self._tell_early(line)
                return
            self._drug_segment(line, segment)
        elif tag == "HI":
            self._tell_moved(segment)
            records.claim_codes(line.claim, segment)
        elif tag in _ANYWHERE_IN_LINE and not self._may_stand(segment):
            self._tell_moved(segment)
            if read_in_line := _IN_LINE.get((Zone.LINE, tag)):
                read_in_line(line, segment)
        elif not self._may_stand(segment):
            self._log.tell("segment-not-used", segment)
        elif read_in_line := _IN_LINE.get((self._zone, tag)):
            read_in_line(line, segment)

    def _may_stand(self, segment: Segment) -> bool:
        """Whether a segment that is none of a drug stands in a loop of its own."""
        tag, first = segment.tag, segment.element(1)
        if tag == "REF" and self._zone is Zone.DRUG:
            return False
        if tag == "REF" and self._zone is Zone.LINE_PROVIDER and first in {"6R", "G1"}:
            return False
        if tag == "DTP" and self._zone is Zone.LINE_ADJUDICATION and first == "472":
            return False
        if tag == "REF" and self._zone in {Zone.CLAIM, Zone.OTHER_PAYER}:
            return first not in {"XZ", "VY", "6R"}
        if tag == "REF" and self._zone in {Zone.HEADER, Zone.BILLING, Zone.SUBSCRIBER, Zone.PATIENT}:
            return first not in {"XZ", "VY", "6R", "G1", "F8", "9F"}
        if tag == "AMT" and self._zone in {Zone.LINE, Zone.LINE_ADJUDICATION} and first == "D":
            return False
        if tag == "PRV" and self._zone is Zone.LINE_PROVIDER and self._line is not None:
            return self._line.last_name == "82"
        if tag == "NM1" and self._zone in _NAMES:
            return first in _NAMES[self._zone]
        return tag in _PLACES[self._zone]

    def _drug_segment(self, line: OpenLine, segment: Segment) -> None:
        if segment.tag == "LIN":
            records.drug(line, segment)
            if line.early:
                self._tell_early(line)
        elif not line.drug_count:
            line.early.append(segment)
        else:
            _IN_LINE[Zone.DRUG, segment.tag](line, segment)

    def _tell_early(self, line: OpenLine) -> None:
        """What stood before, or apart from, the drug of its line belongs to it."""
        early, line.early = line.early, []
        for segment in early:
            self._tell_moved(segment)
            _IN_LINE[Zone.DRUG, segment.tag](line, segment)

    def _tell_moved(self, segment: Segment) -> None:
        self._log.tell("segment-misplaced", segment)  # the first of each name stays


def _settle(claim: Row, lines: list[Row]) -> None:
    """A claim of which something could not be read is not whole; what it says nothing in is named."""
    if not claim["complete"] or not any(row["unreadable"] for row in (claim, *lines)):
        return
    claim["complete"] = False
    if "segment" in (claim["unreadable"] or ()):  # type: ignore[operator]
        return
    for table, rows in ((CLAIM, [claim]), (LINE, lines)):
        names = [column.name for column in table.columns if column.type is not ColumnType.TEXTS]
        names = [name for name in names if name not in {"claim_id", "complete", "lines_complete"}]
        for row in rows:
            lost: list[str] = row["unreadable"] or []  # type: ignore[assignment]
            if "segment" not in lost:
                empty = sorted(name for name in names if row.get(name) is None and name not in lost)
                row["known_absent"] = empty or None
