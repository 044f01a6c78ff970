"""The fiscal year of a file of ICD-10-CM, by what it says, by its name, and by what the user says."""

from __future__ import annotations

from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.reference.fiscal_years import CodeSet, named_code_set, update_in, year_in
from cleanclaim.reference.publications.source import Source


def code_set_of(source: Source, told_year: int | None = None) -> CodeSet:
    """The code set that a file holds: its year by its content or its name, the update by its name, else as stated.

    Raises: UnreadableInput when nothing tells the year, or two things tell different ones.
    """
    stated = _stated(source)
    years = {told_year, stated.year if stated else None, year_in(source.name)} - {None}
    if len(years) != 1:
        told = ", ".join(str(year) for year in sorted(filter(None, years))) or "no year"
        raise UnreadableInput(
            f"{source.place}: content and file name tell {told}, expected one fiscal year;"
            " say which code set it is: --release FY2026 or FY2026-April"
        )
    if stated:
        return stated
    return CodeSet(years.pop() or 0, update_in(source.name))


def _stated(source: Source) -> CodeSet | None:
    if not source.release:
        return None
    try:
        return named_code_set(source.release)
    except InvalidValue as problem:
        raise UnreadableInput(f"{source.place}: --release {problem}") from None
