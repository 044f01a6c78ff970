"""Faults of 837P files: their names, what each costs, and the rows that tell them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa

from cleanclaim.claims.tables import FAULT, Lost

_VALUE_LENGTH = 40
_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")  # what is no tag may be a piece of a patient's element


class FaultKind(NamedTuple):
    """What every fault of one name has in common. `message` and `expected` never hold a value of the file."""

    lost: Lost
    message: str
    expected: str | None = None


# Faults of a file that may be cut off: claims may be missing though nothing shows which.
CUT_OFF = frozenset({"segment-unterminated", "se-missing", "ge-missing", "iea-missing"})
_N, _V, _S = Lost.NOTHING, Lost.VALUE, Lost.SEGMENT
KINDS = {
    "byte-order-mark": FaultKind(
        _N, "The file starts with a byte order mark (UTF-8 BOM). Save it without one.", "ISA as the first bytes",
    ),
    "text-outside-interchange": FaultKind(
        Lost.INTERCHANGE, "There is text outside any interchange; it was skipped.", "an interchange from ISA to IEA",
    ),
    "text-wrapped": FaultKind(
        _N, "The text is broken into lines inside segments; the line ends were left out.",
        "line ends behind the segment terminator only",
    ),
    "isa-blanks": FaultKind(
        _N, "Blanks stand before the segment terminator that ISA declares; the character behind them was taken for it.",
        "the terminator as the 106th character",
    ),
    "repetition-same": FaultKind(
        _N, "ISA11 is one of the other separators; nothing was read as repeated.", "a character of its own, such as ^",
    ),
    "isa-length": FaultKind(
        _N, "The ISA segment is not 106 characters long; it was read by its separators.", "106 characters",
    ),
    "isa-unreadable": FaultKind(
        Lost.INTERCHANGE,
        "The ISA segment has no usable delimiters; everything up to the next ISA was skipped.",
        "16 element separators and four different delimiters",
    ),
    "not-utf8": FaultKind(
        _N, "The text is not UTF-8; it was read as Windows-1252. Check names and notes for wrong letters.", "UTF-8",
    ),
    "control-character": FaultKind(_N, "The segment contains a control character.", "printable characters only"),
    "segment-unterminated": FaultKind(
        _S, "The file ends inside this segment, so claims may be missing. Get the whole file.", "a segment terminator",
    ),
    "iea-missing": FaultKind(
        _N, "The interchange has no IEA trailer, so claims may be missing. Get the whole file.", "IEA",
    ),
    "ge-missing": FaultKind(
        _N, "The functional group has no GE trailer, so claims may be missing. Get the whole file.", "GE",
    ),
    "se-missing": FaultKind(
        _N, "The transaction has no SE trailer, so claims may be missing. Get the whole file.", "SE",
    ),
    "gs-missing": FaultKind(_N, "The transaction is not in a functional group.", "GS before ST"),
    "st-missing": FaultKind(Lost.TRANSACTION, "Segments outside a transaction were skipped.", "ST before them"),
    "trailer-unexpected": FaultKind(_S, "This trailer closes nothing; it was skipped."),
    "control-number-mismatch": FaultKind(_N, "The control number of the trailer does not match the header."),
    "segment-count-mismatch": FaultKind(
        _N, "The segment count in SE01 does not match the transaction. Check that the file is complete.",
    ),
    "transaction-count-mismatch": FaultKind(
        _N, "The transaction count in GE01 does not match the group. Check that the file is complete.",
    ),
    "group-count-mismatch": FaultKind(
        _N, "The group count in IEA01 does not match the interchange. Check that the file is complete.",
    ),
    "version-mismatch": FaultKind(_N, "The version in ST03 does not match the version of the group (GS08)."),
    "group-type": FaultKind(_N, "The functional group is not for claims.", "HC"),
    "transaction-type": FaultKind(
        Lost.TRANSACTION,
        "The transaction is not a professional claim (837P); it was not read.",
        "837, version 005010X222",
    ),
    "claims-missing": FaultKind(Lost.TRANSACTION, "The transaction has no claim.", "CLM between ST and SE"),
    "interchange-duplicate": FaultKind(
        _N,
        "Duplicate interchange: an earlier one in this file has the same sender, receiver and control number.",
        "a different control number",
    ),
    "hl-level": FaultKind(_S, "HL03 has a level that a professional claim does not use.", "20, 22 or 23"),
    "lx-missing": FaultKind(_N, "The service line has no LX.", "LX before SV1"),
    "sv1-missing": FaultKind(_N, "The service line has no SV1, so it has no code, charge or units.", "SV1 after LX"),
    "subscriber-missing": FaultKind(_N, "The claim has no subscriber.", "HL with level 22 before CLM"),
    "subscriber-incomplete": FaultKind(
        _N, "The subscriber of the claim lacks SBR, the insured or the payer.", "SBR, NM1*IL and NM1*PR behind its HL",
    ),
    "segment-repeated": FaultKind(
        _S, "The segment stands a second time; the first one was used.", "one of its kind",
    ),
    "claim-missing": FaultKind(
        Lost.CLAIM, "Service lines outside a claim were skipped, up to the next CLM or HL.", "CLM before LX",
    ),
    "line-number-invalid": FaultKind(_V, "The line number is not a whole number.", "a whole number"),
    "hi-qualifier": FaultKind(
        _V, "The code qualifier in HI is unknown.", "ABK, ABF, BK, BF, BG or another qualifier of 837P",
    ),
    "hi-code-missing": FaultKind(_V, "HI has a qualifier without a code.", "a code"),
    "pointer-invalid": FaultKind(
        _V,
        "The pointer does not point to a diagnosis of the claim.",
        "a whole number from 1 to the number of diagnoses",
    ),
    "segment-misplaced": FaultKind(
        _N, "The segment stands in another loop than its own; it was read where it belongs, here and below.",
        "the order of 005010X222A1",
    ),
    "segment-not-used": FaultKind(
        _S, "The segment stands where 837P has none of its kind; it was not used.", "the order of 005010X222A1",
    ),
    "procedure-unreadable": FaultKind(
        _V, "The procedure cannot be parted into qualifier, code and modifiers.", "a qualifier and a code",
    ),
    "lin-missing": FaultKind(_S, "NDC quantity (CTP) without an NDC (LIN); it was not used.", "LIN before CTP"),
    "amount-invalid": FaultKind(
        _V, "The dollar amount is not valid.", "a number of at most 12 digits and two decimals",
    ),
    "number-invalid": FaultKind(_V, "The number is not valid.", "a number of at most 9 digits and three decimals"),
    "date-form": FaultKind(
        _N, "The qualifier does not fit the date; it was read as the day or days that it says.",
        "D8 with CCYYMMDD, RD8 with CCYYMMDD-CCYYMMDD",
    ),
    "date-invalid": FaultKind(_V, "The date is not valid.", "a date as CCYYMMDD"),
    "clm-id-missing": FaultKind(_V, "The claim has no account number (CLM01).", "an account number"),
    "segment-unknown": FaultKind(_S, "837P has no segment of this name; it was skipped.", "a segment of 005010X222A1"),
    "segment-not-in-837p": FaultKind(
        _S, "This segment belongs to another transaction; it was skipped.", "a segment of 005010X222A1",
    ),
}  # fmt: skip


class _Row(NamedTuple):
    """A fault. `after` is its segment, or the last one before bytes that are in none."""

    after: int
    fault: str
    element: str = ""
    number: int | None = None
    tag: str | None = None
    value: str | None = None
    expected: str | None = None
    interchange: str | None = None
    transaction: str | None = None
    message: str | None = None  # where it says more than its kind does

    def place(self) -> tuple[int, bool, str, str]:
        """What faults are sorted by; those of no segment keep the order of the file."""
        if self.number is None:
            return self.after, True, "", ""
        return self.after, False, self.fault, self.element


@dataclass(slots=True)
class ControlNumbers:
    """Which interchange and transaction each segment number stands in. Numbers are added in rising order."""

    since: list[int] = field(default_factory=list)
    held: list[tuple[str | None, str | None]] = field(default_factory=list)

    def change(self, number: int, interchange: str | None, transaction: str | None) -> None:
        """From segment `number` on, these control numbers hold."""
        self.since.append(number)
        self.held.append((interchange, transaction))

    def of(self, number: int) -> tuple[str | None, str | None]:
        """Interchange and transaction control number of a segment."""
        at = bisect_right(self.since, number) - 1
        return self.held[at] if at >= 0 else (None, None)

    def forget(self) -> None:
        """Keep only what holds last."""
        del self.since[:-1], self.held[:-1]


@dataclass(slots=True)
class FaultLog:
    """Collects the faults of one part of a file."""

    name: str
    controls: ControlNumbers = field(default_factory=ControlNumbers)
    rows: list[_Row] = field(default_factory=list)
    told: set[str] = field(default_factory=set)  # what is told once for a file

    def tell(
        self,
        fault: str,
        number: int,
        tag: str,
        element: str = "",
        *,
        value: str | None = None,
        expected: str | None = None,
        within: tuple[str | None, str | None] | None = None,
        message: str | None = None,
    ) -> None:
        """Add a fault of a segment. `within`: interchange and transaction, where they are not those of the segment."""
        interchange, transaction = within or self.controls.of(number)
        value = value[:_VALUE_LENGTH] if value else None
        tag = tag if _TAG.fullmatch(tag) else ""
        self.rows.append(
            _Row(
                number, fault, element, number, tag, value, expected, interchange or None, transaction or None, message
            )
        )

    def tell_once(self, fault: str, after: int) -> None:
        """Add a fault of bytes that are no numbered segment, where it was not told before."""
        if fault not in self.told:
            self.told.add(fault)
            self.tell_unnumbered(fault, after)

    def tell_unnumbered(self, fault: str, after: int) -> None:
        """Add a fault of bytes that are no numbered segment, behind segment number `after`."""
        self.rows.append(_Row(after, fault))

    def drain(self) -> pa.Table:
        """The faults so far in the order of the specification; the log is empty afterwards."""
        rows = sorted(self.rows, key=_Row.place)
        self.rows = []
        self.controls.forget()
        kinds = [KINDS[row.fault] for row in rows]
        columns: dict[str, list[str | int | None]] = {
            "source_file": [self.name] * len(rows),
            "fault": [row.fault for row in rows],
            "message": [row.message or kind.message for row, kind in zip(rows, kinds, strict=True)],
            "lost": [kind.lost.value for kind in kinds],
            "interchange": [row.interchange for row in rows],
            "transaction": [row.transaction for row in rows],
            "segment_number": [row.number for row in rows],
            "segment": [row.tag or None for row in rows],
            "element": [row.element or None for row in rows],
            "row": [None] * len(rows),
            "value": [row.value for row in rows],
            "expected": [row.expected or kind.expected for row, kind in zip(rows, kinds, strict=True)],
        }
        return pa.table(columns, schema=FAULT.arrow())
