"""Whether the NDC quantity of a line agrees with its HCPCS units (NDC-43).

---
about: Whether the NDC quantity of a line agrees with its HCPCS units.
grain: line
keys: [billed_units, ndc_quantity, ndc_unit, expected_ndc_unit, item_bill_units, item_size, unit_amount, unit, unit_semantics, discarded_line]
columns:
  expected_ndc_quantity: {type: units, unit: ndc_unit, meaning: "quantity that the units stand for, to three decimals", source: "NDC-18, NDC-43, dosing.ndc_quantity"}
  units_of_ndc: {type: total of units, unit: HCPCS billing units, meaning: "units that the NDC quantity stands for, rounded up", source: "NDC-18, COD-64"}
  ndc_quantity_agrees: {type: boolean, meaning: "whether quantity and units agree by the crosswalk factor, rounded as the rule allows; ME and F2 by the amount of a unit", ask: "the crosswalk row of the NDC, and the form of the product", source: "reference ndc_crosswalk; NDC-43"}
---
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from cleanclaim.dosing import BillingUnit, NdcUnit, Semantics, crosswalk_factor, quantity_agrees, unit_factor
from cleanclaim.errors import InvalidValue, UnitsNotConvertible
from cleanclaim.values import read_unit

_Row = Mapping[str, Any]
_STEP = Decimal("0.001")
_LARGEST = Decimal(10) ** 9
_MOST_UNITS = 10**24
_ITEM_UNITS = frozenset({"UN", "ML", "GR"})


def facts_of(row: _Row) -> dict[str, Any]:
    """The facts of a line."""
    units, quantity = row["billed_units"], row["ndc_quantity"]
    factor = _factor(row)
    told = None if factor is None or not quantity or quantity < 0 else ceil(Fraction(quantity) * factor)
    facts: dict[str, Any] = {"units_of_ndc": None if told is None or told >= _MOST_UNITS else Decimal(told)}
    if factor is None or units is None or units <= 0:
        return facts
    exactly = Fraction(units) / factor
    rounded = (Decimal(exactly.numerator) / Decimal(exactly.denominator)).quantize(_STEP, ROUND_HALF_UP)
    facts["expected_ndc_quantity"] = rounded if rounded < _LARGEST else None
    if quantity is None or row["discarded_line"] is None:
        return facts
    # Where a payer wants whole containers a dose line may carry them; that payer's policy is not loaded here, so either is right.
    size = Fraction(1) if row["ndc_unit"] == "UN" else Fraction(row["item_size"] or 1)
    facts["ndc_quantity_agrees"] = quantity_agrees(
        units, quantity, factor, jw=row["discarded_line"], whole_containers=row["ndc_unit"] in _ITEM_UNITS, container_size=size
    )  # fmt: skip
    return facts


def _factor(row: _Row) -> Fraction | None:
    """HCPCS units per NDC unit; None where nothing loaded tells it."""
    unit = row["ndc_unit"]
    if unit in {"ME", "F2"} and unit != row["expected_ndc_unit"]:
        return _by_amount(row)
    if unit not in _ITEM_UNITS | {"F2"} or not row["item_bill_units"] or not row["item_size"]:
        return None
    # The crosswalk names no unit. Of an item of size 1 the number is the same in UN and ML; else it is the package's own.
    if row["item_size"] != 1 and unit != row["expected_ndc_unit"]:
        return None
    try:
        return crosswalk_factor(Fraction(row["item_bill_units"]), Fraction(row["item_size"]))
    except InvalidValue:
        return None


def _by_amount(row: _Row) -> Fraction | None:
    if row["unit_amount"] is None or row["unit"] is None or row["unit_semantics"] not in {"linear", "up_to"}:
        return None
    try:
        billing_unit = BillingUnit(
            Fraction(row["unit_amount"]), read_unit(row["unit"]), Semantics(row["unit_semantics"])
        )
        return unit_factor(billing_unit, NdcUnit(row["ndc_unit"]))
    except (InvalidValue, UnitsNotConvertible):
        return None
