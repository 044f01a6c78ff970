"""How a file is written down: its separators, its characters, its line ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from cleanclaim.errors import InvalidValue

_NO_SEPARATOR = re.compile(r"[0-9A-Za-z .\-]")  # what stands in numbers, days and ranges of days
_BASIC = "A-Z0-9 !\"&'()*+,./:;?=\\-"
_EXTENDED = _BASIC + "a-z%~@\\[\\]_{}\\\\|<>#$^`"


class CharacterSet(StrEnum):
    """The characters that data may have (X12 appendix B). The basic set has no small letters: prose is capitalized."""

    BASIC = "basic"
    EXTENDED = "extended"

    @property
    def characters(self) -> str:
        """The set, as the inside of a class of a regular expression."""
        return _BASIC if self is CharacterSet.BASIC else _EXTENDED


@dataclass(frozen=True, slots=True)
class Separators:
    """The four delimiters of an interchange. A character that delimits may not stand in data.

    Raises:  InvalidValue when one is a letter, digit, blank, point or hyphen, outside ASCII, or two are alike.
    """

    element: str = "*"
    component: str = ":"
    terminator: str = "~"
    repetition: str = "^"

    def __post_init__(self) -> None:
        for name, one in zip(("element", "component", "terminator", "repetition"), self.all, strict=True):
            if len(one) != 1 or not one.isascii() or _NO_SEPARATOR.match(one):
                raise InvalidValue(
                    f"separators: {name} must be one ASCII character that is no letter, digit, blank, point or hyphen"
                )
        if len(set(self.all)) < len(self.all):
            raise InvalidValue("separators: element, component, terminator and repetition must all differ")

    @property
    def all(self) -> tuple[str, str, str, str]:
        """The four."""
        return (self.element, self.component, self.terminator, self.repetition)


@dataclass(frozen=True, slots=True)
class Form:
    """How files are written. `longest_claim_id`: X12 carries 38 characters, but payers need to keep only 20.

    Raises:  InvalidValue for a line end that is none, or limits below 1 or beyond those of X12.
    Source:  005010X222A1, notes to CLM01 and ST.
    """

    separators: Separators = Separators()
    characters: CharacterSet = CharacterSet.BASIC
    line_end: str = ""
    longest_claim_id: int = 20
    claims_per_transaction: int = 5_000

    def __post_init__(self) -> None:
        if self.line_end not in {"", "\n", "\r\n"} or any(mark in self.separators.all for mark in self.line_end):
            raise InvalidValue("form: line_end must be nothing, LF or CR LF, and none of the separators")
        if not 1 <= self.longest_claim_id <= 38:
            raise InvalidValue("form: longest_claim_id must be 1 to 38")
        if not 1 <= self.claims_per_transaction <= 5_000:
            raise InvalidValue("form: claims_per_transaction must be 1 to 5,000, which receivers must take (TR3)")
