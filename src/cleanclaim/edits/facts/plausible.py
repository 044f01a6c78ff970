"""Whether the dose that the billed units stand for is one that anybody gives.

---
about: Whether the dose that the billed units stand for is one that anybody gives.
grain: line
keys: [billed_units, unit_amount, unit, unit_semantics, expected_units, limit_amount, limit_per_kg, limit_unit, weight_kg, line_days]
columns:
  billed_dose: {type: text, meaning: "the amount that the units stand for: 4000 mg", source: "COD-51, COD-52"}
  billed_milligrams: {type: amount, unit: mg, meaning: "the same amount, where it is a mass", ask: "a code with units by weight of drug", source: "COD-51, COD-52"}
  most_dose: {type: text, meaning: "the most that the label foresees on one day, for the patient's weight where it goes by weight", source: reference dose_limit}
  above_label: {type: boolean, meaning: "whether that amount, by day where the line has several, is above the most that the label foresees on one day", ask: "a dose limit of the drug, and the patient's weight where it goes by weight", source: "reference dose_limit, claim.weight"}
  tenfold_slip: {type: boolean, meaning: "whether the units are exactly ten times, or a tenth of, those of the charted dose", ask: "the charted dose", source: "UNIT-004, administration"}
---
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cleanclaim.errors import InvalidValue, UnitsNotConvertible
from cleanclaim.values import Quantity, Unit, convert, read_unit

_Row = Mapping[str, Any]
_BY_AMOUNT = frozenset({"linear", "up_to", "volume"})


def facts_of(line: _Row) -> dict[str, Any]:
    """The facts of a line."""
    billed = _billed(line)
    most = _most(line)
    above = None
    if billed is not None and most is not None:
        try:
            above = convert(billed, most.unit).amount > most.amount * (line["line_days"] or 1)
        except UnitsNotConvertible:
            above = None
    return {
        "billed_dose": _text(billed),
        "billed_milligrams": _milligrams(billed),
        "most_dose": _text(most),
        "above_label": above,
        "tenfold_slip": _tenfold(line),
    }


def _billed(row: _Row) -> Quantity | None:
    if row["billed_units"] is None or row["unit_amount"] is None or row["unit_semantics"] not in _BY_AMOUNT:
        return None
    return _quantity(Fraction(row["billed_units"]) * Fraction(row["unit_amount"]), row["unit"])


def _milligrams(billed: Quantity | None) -> Decimal | None:
    try:
        amount = convert(billed, Unit.MG).amount if billed else None
    except UnitsNotConvertible:
        amount = None
    if amount is None or amount >= 10**12:  # more than the column holds is no dose
        return None
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(Decimal("0.000001"))


def _most(row: _Row) -> Quantity | None:
    """The most on one day; by weight only where the label gives no fixed amount."""
    if row["limit_amount"] is not None:
        return _quantity(Fraction(row["limit_amount"]), row["limit_unit"])
    if row["limit_per_kg"] is None or row["weight_kg"] is None:
        return None
    return _quantity(Fraction(row["limit_per_kg"]) * Fraction(row["weight_kg"]), row["limit_unit"])


def _tenfold(row: _Row) -> bool | None:
    billed, expected = row["billed_units"], row["expected_units"]
    if billed is None or not expected:
        return None
    return bool(billed == 10 * expected or 10 * billed == expected)


def _quantity(amount: Fraction, unit: str | None) -> Quantity | None:
    # Units below zero are UNIT-001's; a unit that cannot be read was told as a fault of the file.
    if amount < 0 or not unit:
        return None
    try:
        return Quantity(amount, read_unit(unit))
    except InvalidValue:
        return None


def _text(quantity: Quantity | None) -> str | None:
    if quantity is None:
        return None
    rounded = (Decimal(quantity.amount.numerator) / Decimal(quantity.amount.denominator)).quantize(Decimal("0.001"))
    return f"{rounded:,f}".rstrip("0").rstrip(".") + f" {quantity.unit}"
