"""Whether the billed units are those of a code that the line's code replaced (COD-34).

---
about: Whether the billed units are those of a code that the line's code replaced.
grain: line
keys: [billed_units, unit_amount, unit, old_billing_units, code_listed, expected_units, units_of_ndc]
columns:
  replaces_larger_unit: {type: boolean, meaning: "whether the code replaced one with a larger billing unit; false where it replaced none", ask: "a code list that covers the code on the date of service", source: "reference replacement, hcpcs"}
  least_old_units: {type: total of units, unit: HCPCS billing units, meaning: "fewest units of the code that equal one unit of a code that it replaced", source: "reference replacement, hcpcs"}
  old_units_billed: {type: boolean, meaning: "whether the units are the dose in units of a replaced code: by the charted dose or the NDC quantity, else where they are too few for any dose in units of the new code", ask: "the charted dose, or an NDC quantity that tells it", source: "COD-34, UNIT-006"}
---
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from cleanclaim.errors import InvalidValue, UnitsNotConvertible
from cleanclaim.values import Quantity, convert, read_unit

_Row = Mapping[str, Any]
_LARGEST = 10**20


def facts_of(row: _Row) -> dict[str, Any]:
    """The facts of a line."""
    if not row["old_billing_units"]:
        return {"replaces_larger_unit": False if row["code_listed"] else None}
    factors = [found for found in _factors(row) if found[0] > 1]
    if row["unit_amount"] is None or not factors:
        return {"replaces_larger_unit": False if row["unit_amount"] is not None else None}
    least = ceil(min(factor for factor, _ in factors))
    return {
        "replaces_larger_unit": True,
        "least_old_units": Decimal(least) if least < _LARGEST else None,
        "old_units_billed": _old_units_billed(row, factors),
    }


def _old_units_billed(row: _Row, factors: list[tuple[Fraction, str]]) -> bool | None:
    """By the dose, where chart or NDC tells it in units of the new code; else only what is too little for any dose."""
    billed = row["billed_units"]
    if billed is None or billed <= 0:
        return None if billed is None else False
    told = [dose for dose in (row["expected_units"], row["units_of_ndc"]) if dose is not None]
    if told:
        return all(billed != dose for dose in told) and any(
            billed == ceil(Fraction(dose) / factor) for dose in told for factor, _ in factors
        )
    exact = [factor for factor, semantics in factors if semantics == "linear"]
    if (exact and billed < min(exact)) or (billed == 1 and len(exact) < len(factors)):
        return True
    return None


def _factors(row: _Row) -> Iterator[tuple[Fraction, str]]:
    """Units of the code in one unit of each code that it replaced, and what that one's unit means."""
    new = _quantity(row["unit_amount"], row["unit"])
    if new is None:
        return
    for text in row["old_billing_units"].split("|"):
        amount, _, rest = text.partition(" ")
        unit, _, semantics = rest.rpartition(" ")
        try:
            old = convert(Quantity(Fraction(amount), read_unit(unit)), new.unit)
        except (ArithmeticError, InvalidValue, UnitsNotConvertible, ValueError):
            continue
        yield old.amount / new.amount, semantics


def _quantity(amount: Decimal | None, unit: str | None) -> Quantity | None:
    if not amount or amount < 0 or not unit:
        return None
    try:
        return Quantity(Fraction(amount), read_unit(unit))
    except InvalidValue:
        return None
