"""Units that the charted dose supports, and units that its containers leave to discard.

---
about: Units that the charted dose and containers support.
grain: line
keys: [dose_amount, dose_unit, unit_amount, unit, unit_semantics, day_dose_amount, day_dose_unit, day_content_amount, day_content_unit, charted_container]
columns:
  dose_charted: {type: boolean, meaning: whether a dose is charted on the line, ask: "the charted dose", source: administration}
  expected_units: {type: total of units, unit: HCPCS billing units, meaning: "units of the charted dose, rounded up", ask: "the charted dose", source: "COD-51 to COD-62, dosing.units"}
  dose_needs: {type: text, meaning: "why the dose has no units: concentration (a volume for a code by mass), factor, or none when it has", ask: "the charted dose", source: COD-59}
  within_one_unit: {type: boolean, meaning: "whether all that was opened, dose and rest, is no more than one billing unit", ask: "the charted dose and containers", source: UNW-06}
  expected_discarded_units: {type: total of units, unit: HCPCS billing units, meaning: "whole units left of the labeled content after the dose, within the content's own units", ask: "the charted dose and containers", source: "UNW-05, dosing.waste"}
---
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cleanclaim.dosing import BillingUnit, NoUnits, Semantics, UnitsResult, discarded_units, units_for_dose
from cleanclaim.errors import InvalidValue, UnitsNotConvertible
from cleanclaim.values import Quantity, convert, read_unit

_Row = Mapping[str, Any]
_SEMANTICS = frozenset(Semantics)
_SHARED = frozenset({"multi_dose", "pharmacy_bulk"})
_NEEDS = {NoUnits.NEEDS_CONCENTRATION: "concentration", NoUnits.NEEDS_FACTOR: "factor"}


def facts_of(row: _Row) -> dict[str, Any]:
    """The facts of a dose, a billing unit and a content."""
    facts: dict[str, Any] = {"dose_charted": row["dose_amount"] is not None}
    billing_unit = _billing_unit(row)
    dose = _quantity(row["dose_amount"], row["dose_unit"])
    if dose is not None and billing_unit is not None:
        result = units_for_dose(dose, billing_unit)
        facts["expected_units"] = _units(result)
        facts["dose_needs"] = _NEEDS.get(result.reason) if result.reason else "none"
    if row["charted_container"] in _SHARED:  # what stays in it is for other patients
        return facts | {"expected_discarded_units": Decimal()}
    day_dose, content = (
        _quantity(row["day_dose_amount"], row["day_dose_unit"]),
        _quantity(row["day_content_amount"], row["day_content_unit"]),
    )
    if day_dose is not None and content is not None and billing_unit is not None:
        facts["expected_discarded_units"] = _units(discarded_units(day_dose, content, billing_unit))
        facts["within_one_unit"] = _within(content, billing_unit)
    return facts


def _within(content: Quantity, billing_unit: BillingUnit) -> bool | None:
    """Whether a content is no more than one billing unit."""
    if not billing_unit.amount or billing_unit.unit is None:
        return None
    try:
        return convert(content, billing_unit.unit).amount <= billing_unit.amount
    except UnitsNotConvertible:
        return None


def _units(result: UnitsResult) -> Decimal | None:
    return None if result.units is None else Decimal(result.units)


def _billing_unit(row: _Row) -> BillingUnit | None:
    if row["unit_semantics"] not in _SEMANTICS:
        return None
    try:
        unit = read_unit(row["unit"]) if row["unit"] else None
    except InvalidValue:
        return None
    amount = None if row["unit_amount"] is None else Fraction(row["unit_amount"])
    return BillingUnit(amount, unit, Semantics(row["unit_semantics"]))


def _quantity(amount: Decimal | None, unit: str | None) -> Quantity | None:
    # A unit that cannot be read is a fault of the file already; here the dose is unknown.
    if amount is None or unit is None or amount < 0:
        return None
    try:
        return Quantity(Fraction(amount), read_unit(unit))
    except InvalidValue:
        return None
