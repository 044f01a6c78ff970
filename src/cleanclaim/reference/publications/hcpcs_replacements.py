"""What the HCPCS file says about successors: the cross-references (`XREF1` to `XREF5`) of codes that have ended.

The record layout calls the field a reference from a deleted code to a valid current one. A code that is still open
points elsewhere for other reasons (to a code of years ago): no successor. The factor of units is reckoned only where
both units are amounts of one kind; `up to` units have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from cleanclaim.errors import UnitsNotConvertible
from cleanclaim.reference.cells import plain
from cleanclaim.reference.dosage import Dosage, UnitSemantics
from cleanclaim.reference.intervals import after
from cleanclaim.values import OPEN_END, Quantity, convert, read_unit

XREFS = ("XREF1", "XREF2", "XREF3", "XREF4", "XREF5")
_LEVEL_II = re.compile(r"[A-Z][0-9]{4}")
_BY_AMOUNT = {UnitSemantics.LINEAR, UnitSemantics.VOLUME}
_SOURCE = "cross-reference of the HCPCS file"


def replacement_rows(
    code: str, cells: Mapping[str, str], ended: date | None, dosages: Mapping[str, object]
) -> Iterator[tuple[str, str, Decimal | None, str, date, date]]:
    """Rows of `replacement` (without release) for a code and its last day; `dosages` are the readings by code."""
    if ended is None or ended == OPEN_END:
        return
    named = dict.fromkeys(text for column in XREFS if _LEVEL_II.fullmatch(text := cells.get(column, "")))
    for successor in named:
        factor = unit_factor(dosages.get(code), dosages.get(successor))
        yield code, successor, factor, _SOURCE, after(ended), OPEN_END


def unit_factor(old: object, new: object) -> Decimal | None:
    """Units of the new code for one unit of the old; None where that is not one finite number."""
    if not (isinstance(old, Dosage) and isinstance(new, Dosage)):
        return None
    if old.amount is None or new.amount is None or not {old.semantics, new.semantics} <= _BY_AMOUNT:
        return None
    try:
        was = convert(Quantity(Fraction(old.amount), read_unit(old.unit or "")), read_unit(new.unit or ""))
    except UnitsNotConvertible:
        return None
    millionths = was.amount / Fraction(new.amount) * 10**6
    return plain(Decimal(int(millionths)).scaleb(-6)) if millionths.denominator == 1 else None
