"""Values to elements: each is checked against its place in X12 before it is written, and refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cleanclaim.formats.x12.writing.form import CharacterSet, Form
from cleanclaim.values import is_npi


class Fault(StrEnum):
    """Why a claim cannot be written: names that the fault table shows."""

    MISSING = "value-missing"
    LENGTH = "length-invalid"
    CHARACTER = "character-not-allowed"
    DELIMITER = "delimiter-in-value"
    CODE = "code-not-allowed"
    NUMBER = "number-not-allowed"
    DAYS = "days-reversed"
    NPI = "npi-invalid"
    NO_PLACE = "no-place-in-transaction"
    TOO_MANY = "too-many"
    TOTAL = "total-mismatch"
    CONTRADICTS = "contradiction"
    PARTY = "party-missing"
    PATIENT = "other-patient"
    PARTIAL = "claim-partial"


@dataclass(frozen=True, slots=True)
class Slot:
    """One element: where it stands, what fills it, and what it may hold. `most` counts characters, or digits."""

    element: str
    field: str
    most: int
    least: int = 1
    required: bool = False
    is_prose: bool = False  # words, not an identifier: may be put in capitals
    codes: frozenset[str] = frozenset()
    pattern: str = ""
    wanted: str = ""  # what the pattern says, in words

    @property
    def expected(self) -> str:
        """What may stand there, in words."""
        if self.codes:
            return "one of " + ", ".join(sorted(self.codes))
        if self.wanted:
            return self.wanted
        length = f"{self.most}" if self.least == self.most else f"{self.least} to {self.most}"
        return f"{length} characters"


class Refused(Exception):
    """A value that cannot be written. It says the place and what was expected, never the value."""

    def __init__(self, fault: Fault, element: str, field: str, expected: str) -> None:
        super().__init__(expected)
        self.fault, self.element, self.field, self.expected = fault, element, field, expected
        self.line: int | None = None

    @property
    def segment(self) -> str:
        """The tag of the segment that would have held it."""
        return self.element.split("-")[0][:-2]

    def telling(self, place: str) -> str:
        """The message, which starts with the claim or the part of the envelope."""
        line = "" if self.line is None else f", line {self.line}"
        return (
            f"{place}{line}: {self.element} ({self.field}): {self.fault.replace('-', ' ')}; expected {self.expected}."
        )


def refuse(slot: Slot, fault: Fault, expected: str = "") -> Refused:
    """The refusal of what a slot was to hold."""
    return Refused(fault, slot.element, slot.field, expected or slot.expected)


class Pen:
    """Writes elements and segments in one form."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self._capitals = form.characters is CharacterSet.BASIC
        self._separators = form.separators
        inside = form.characters.characters
        barred = re.escape("".join(form.separators.all))
        self._is_allowed = re.compile(rf"(?:(?![{barred}])[{inside}])+").fullmatch

    # Elements; nothing is written as ""

    def text(self, slot: Slot, value: str | None) -> str:
        """A text as it is; prose in capitals where the character set has no others."""
        if not value:
            if slot.required:
                raise refuse(slot, Fault.MISSING)
            return ""
        if slot.is_prose and self._capitals:
            value = value.upper()
        if not self._is_allowed(value) or value[0] == " " or value[-1] == " ":
            raise self._bad_characters(slot, value)
        if not slot.least <= len(value) <= slot.most:
            raise refuse(slot, Fault.LENGTH)
        if slot.codes and value not in slot.codes:
            raise refuse(slot, Fault.CODE)
        if slot.pattern and not re.fullmatch(slot.pattern, value):
            raise refuse(slot, Fault.CODE)
        return value

    def npi(self, slot: Slot, value: str | None) -> str:
        """A National Provider Identifier whose check digit is right."""
        if not value:
            raise refuse(slot, Fault.MISSING, "an NPI")
        if not is_npi(value):
            raise refuse(slot, Fault.NPI, "an NPI: ten digits, the last its check digit")
        return value

    def number(self, slot: Slot, value: Decimal | None) -> str:
        """A decimal that is not negative, without needless zeros (X12 type R)."""
        if value is None:
            if slot.required:
                raise refuse(slot, Fault.MISSING, "a number")
            return ""
        text = f"{value:f}"
        if "." in text:
            text = text.rstrip("0").removesuffix(".")
        if text[:2] == "0.":
            text = text[1:]
        if text[0] == "-" or len(text) - ("." in text) > slot.most:
            raise refuse(slot, Fault.NUMBER, f"a number from 0 on of at most {slot.most} digits")
        return text

    def day(self, slot: Slot, value: date | None) -> str:
        """CCYYMMDD."""
        if value is None:
            raise refuse(slot, Fault.MISSING, "a day")
        return value.isoformat().replace("-", "")

    def days(self, slot: Slot, first: date | None, last: date | None, *, always_range: bool = False) -> tuple[str, str]:
        """Qualifier and text of one day or of a range of days."""
        start = self.day(slot, first)
        if last is None and always_range:
            raise refuse(slot, Fault.MISSING, "a last day")
        if (last is None or last == first) and not always_range:
            return "D8", start
        end = self.day(slot, last)
        if end < start:
            raise refuse(slot, Fault.DAYS, "a last day that is not before the first")
        return "RD8", f"{start}-{end}"

    # Segments

    def composite(self, *components: str) -> str:
        """An element of several components, empty ones at the end left away."""
        return self._separators.component.join(components).rstrip(self._separators.component)

    def segment(self, *elements: str) -> str:
        """A segment without its terminator, empty elements at the end left away."""
        return self._separators.element.join(elements).rstrip(self._separators.element)

    def reference(self, qualifier: str, slot: Slot, value: str | None) -> list[str]:
        """A REF, none where there is no value."""
        text = self.text(slot, value)
        return [self.segment("REF", qualifier, text)] if text else []

    def file(self, segments: Iterable[str]) -> bytes:
        """The bytes of a file of these segments."""
        end = self._separators.terminator + self.form.line_end
        return "".join(segment + end for segment in segments).encode("ascii")

    def _bad_characters(self, slot: Slot, value: str) -> Refused:
        if any(mark in value for mark in self._separators.all):
            return refuse(slot, Fault.DELIMITER, "none of the separators of the file in the value")
        return refuse(slot, Fault.CHARACTER, f"characters of the {self.form.characters} set, no blank at either end")
