"""ICD-10-CM by fiscal year: a code set begins on 1 October and ends on 30 September, with updates between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.reference.importers.source import Source
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
    said = _STATED.fullmatch(text.strip())
    if not said:
        raise InvalidValue(f"{text[:20]!r} names no code set; expected FY2026, FY2026-January or FY2026-April")
    return CodeSet(int(said[1]), said[2].capitalize() if said[2] else "")


def code_set_of(source: Source, told_year: int | None = None) -> CodeSet:
    """The code set that a file holds: its year by its content or its name, the update by its name, else as stated.

    Raises: UnreadableInput when nothing tells the year, or two things tell different ones.
    """
    stated = _stated(source)
    years = {told_year, stated.year if stated else None, _named_year(source.name)} - {None}
    if len(years) != 1:
        told = ", ".join(str(year) for year in sorted(filter(None, years))) or "no year"
        raise UnreadableInput(
            f"{source.place}: content and file name tell {told}, expected one fiscal year;"
            " say which code set it is: --release FY2026 or FY2026-April"
        )
    if stated:
        return stated
    month = _MONTH.search(source.name)
    return CodeSet(years.pop() or 0, _UPDATES[month[1].casefold()][0] if month else "")


def _named_year(name: str) -> int | None:
    found = _YEAR.search(name)
    return int(found[1]) if found else None


def _stated(source: Source) -> CodeSet | None:
    if not source.release:
        return None
    try:
        return named_code_set(source.release)
    except InvalidValue as problem:
        raise UnreadableInput(f"{source.place}: --release {problem}") from None
