"""The faults of the plain 837P reader: what each costs and says, and the log in which they are told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cleanclaim.claims.tables import Lost
from tests.oracles.x12.plain_segments import Segment

_VALUE_LENGTH = 40
_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_NOTHING, _VALUE, _SEGMENT = Lost.NOTHING, Lost.VALUE, Lost.SEGMENT
_CLAIM, _TRANSACTION, _INTERCHANGE = Lost.CLAIM, Lost.TRANSACTION, Lost.INTERCHANGE

# All of them: name: (what it costs, what is wrong, what was expected)
FAULTS = {
    "byte-order-mark": (_NOTHING, "the file starts with a byte order mark", "ISA at the very start"),
    "text-outside-interchange": (_INTERCHANGE, "text stands outside of any interchange", "ISA"),
    "isa-unreadable": (_INTERCHANGE, "the delimiters cannot be told", "16 separators; delimiters that differ"),
    "text-wrapped": (_NOTHING, "line ends stand inside of segments", "line ends between segments"),
    "isa-blanks": (_NOTHING, "blanks stand before the terminator", "the terminator right behind ISA16"),
    "repetition-same": (_NOTHING, "ISA11 is another separator", "a separator of its own"),
    "isa-length": (_NOTHING, "the interchange header has not its fixed length", "106 characters"),
    "not-utf8": (_NOTHING, "bytes that are no UTF-8 were read as Windows-1252", "UTF-8"),
    "control-character": (_NOTHING, "a control character stands in the segment", "printable characters"),
    "segment-unterminated": (_SEGMENT, "the file ends within a segment", "a segment terminator"),
    "iea-missing": (_NOTHING, "the interchange has no end", "IEA"),
    "ge-missing": (_NOTHING, "the functional group has no end", "GE"),
    "se-missing": (_NOTHING, "the transaction has no end", "SE"),
    "gs-missing": (_NOTHING, "a transaction starts outside of a functional group", "GS"),
    "st-missing": (_TRANSACTION, "segments stand outside of a transaction", "ST"),
    "trailer-unexpected": (_SEGMENT, "a trailer ends what is not open", "a header of the same level before it"),
    "control-number-mismatch": (_NOTHING, "the trailer has another control number", "that of the header"),
    "segment-count-mismatch": (_NOTHING, "the trailer states another number of segments", "those from ST to SE"),
    "transaction-count-mismatch": (_NOTHING, "the trailer states another number of transactions", "those of the group"),
    "group-count-mismatch": (_NOTHING, "the trailer states another number of groups", "those of the interchange"),
    "version-mismatch": (_NOTHING, "the transaction names another version than its group", "GS08"),
    "group-type": (_NOTHING, "the functional group is no group of claims", "HC"),
    "transaction-type": (_TRANSACTION, "the transaction is no professional claim", "837, version 005010X222"),
    "claims-missing": (_TRANSACTION, "the transaction holds no claim", "CLM"),
    "interchange-duplicate": (_NOTHING, "sender, receiver and control number came before", "a new control number"),
    "hl-level": (_SEGMENT, "the hierarchical level is unknown", "20, 22 or 23"),
    "lx-missing": (_NOTHING, "a service line starts without its number", "LX before SV1"),
    "subscriber-missing": (_NOTHING, "the claim stands before any subscriber", "HL with level 22"),
    "subscriber-incomplete": (_NOTHING, "the subscriber lacks a segment of its own", "SBR, NM1*IL, NM1*PR"),
    "segment-repeated": (_SEGMENT, "the segment came before", "one of its kind"),
    "claim-missing": (_CLAIM, "service lines stand without a claim", "CLM before LX and SV1"),
    "sv1-missing": (_NOTHING, "the service line has no service", "SV1"),
    "line-number-invalid": (_VALUE, "the line number is no whole number", "a whole number"),
    "hi-qualifier": (_VALUE, "the qualifier of the code is unknown", "ABK, ABF, BK, BF, BG or another of HI"),
    "hi-code-missing": (_VALUE, "the qualifier has no code", "a code"),
    "pointer-invalid": (_VALUE, "the pointer points to no diagnosis", "1 to the number of diagnoses"),
    "segment-misplaced": (_NOTHING, "segments of this kind stand in another loop than their own", "the order of 837P"),
    "segment-not-used": (_SEGMENT, "the segment stands where none of its kind is read", "the order of 837P"),
    "procedure-unreadable": (_VALUE, "the procedure has one part", "qualifier and code with a separator"),
    "date-form": (_NOTHING, "the date is written in the form of the other qualifier", "D8 for a day, RD8 for two"),
    "lin-missing": (_SEGMENT, "a drug quantity stands without its drug", "LIN before CTP"),
    "amount-invalid": (_VALUE, "the amount is no sum of money", "at most 12 digits and 2 decimals"),
    "number-invalid": (_VALUE, "the number cannot be held", "digits and decimals within the limits of the element"),
    "date-invalid": (_VALUE, "the date is none", "D8 and CCYYMMDD, or RD8 and CCYYMMDD-CCYYMMDD"),
    "clm-id-missing": (_VALUE, "the claim has no account number", "CLM01"),
    "segment-unknown": (_SEGMENT, "the segment is unknown in 837P", "a segment of 837P"),
    "segment-not-in-837p": (_SEGMENT, "the segment belongs to another transaction", "a segment of 837P"),
}  # fmt: skip


@dataclass(slots=True)
class FaultLog:
    """The faults told so far, and where the reading stands: file, interchange, transaction, last segment."""

    source_file: str
    interchange: str | None = None
    transaction: str | None = None
    last_segment: int = 0
    _told: list[tuple[tuple[int, str, str], dict[str, object]]] = field(default_factory=list)

    def tell(
        self, name: str, segment: Segment | None = None, *, element: str | None = None, value: str | None = None
    ) -> None:
        """Tell a fault at a segment; what has no segment stands after the last one read."""
        lost, message, expected = FAULTS[name]
        row: dict[str, object] = {
            "source_file": self.source_file, "fault": name, "message": message, "lost": lost.value,
            "interchange": self.interchange, "transaction": self.transaction,
            "segment_number": segment.number if segment else None,
            "segment": segment.tag if segment and _TAG.fullmatch(segment.tag) else None,
            "element": element, "value": value[:_VALUE_LENGTH] if value else None, "expected": expected,
        }  # fmt: skip
        place = segment.number if segment else self.last_segment
        self._told.append(((place, name, element or ""), row))

    def rows(self) -> list[dict[str, object]]:
        """The rows of the fault table: by segment, then by name and element."""
        rows = [row for _, row in sorted(self._told, key=lambda told: told[0])]
        moved = [row for row in rows if row["fault"] == "segment-misplaced"]
        first = {row["segment"]: row for row in reversed(moved)}  # of each name the first is told
        return [row for row in rows if row["fault"] != "segment-misplaced" or first[row["segment"]] is row]
