"""ICD-10-CM by fiscal year: a code set begins on 1 October and ends on 30 September, with updates between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from cleanclaim.errors import InvalidValue
from cleanclaim.values import Interval

_UPDATES = {"jan": ("January", 1), "apr": ("April", 4)}
_STATED = re.compile(r"FY([0-9]{4})(?:-(January|April))?", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_MONTH = re.compile(r"(?<![a-z])(jan|apr)(?:uary|il)?(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CodeSet:
    """The codes of a fiscal year from its start or from an update of it: FY2026, FY2026-April."""

    year: int
    update: str = ""

    @property
    def release(self) -> str:
        """As releases are named."""
        return f"FY{self.year}-{self.update}" if self.update else f"FY{self.year}"

    @property
    def days(self) -> Interval:
        """From its first day until the fiscal year ends."""
        month = dict(_UPDATES.values()).get(self.update)
        first = date(self.year, month, 1) if month else date(self.year - 1, 10, 1)
        return Interval(first, date(self.year, 9, 30))


def named_code_set(text: str) -> CodeSet:
    """The code set that `FY2026` or `FY2026-April` names.

    Raises: InvalidValue for any other form.
    """
    stated = _STATED.fullmatch(text.strip())
    if not stated:
        raise InvalidValue(f"{text[:20]!r} names no code set; expected FY2026, FY2026-January or FY2026-April")
    return CodeSet(int(stated[1]), stated[2].capitalize() if stated[2] else "")


def year_in(file_name: str) -> int | None:
    """The fiscal year that the name of a file tells."""
    year = _YEAR.search(file_name)
    return int(year[1]) if year else None


def update_in(file_name: str) -> str:
    """The update that the name of a file tells: January, April or nothing."""
    month = _MONTH.search(file_name)
    return _UPDATES[month[1].casefold()][0] if month else ""
