"""Dose to billing units, vials, waste and NDC quantities: pure and exact. Billing and facts both call these."""

from cleanclaim.dosing.ndc_quantity import (
    LineQuantities,
    NdcUnit,
    amount_in_ndc_unit,
    crosswalk_factor,
    line_quantities,
    quantity_agrees,
    unit_factor,
    units_for_ndc_quantity,
)
from cleanclaim.dosing.units import BillingUnit, NoUnits, Semantics, UnitsResult, units_for_combination, units_for_dose
from cleanclaim.dosing.vials import (
    Excess,
    NoChoice,
    NoVials,
    Objective,
    VialChoice,
    VialSize,
    choose_vials,
    wasted_more_than_needed,
)
from cleanclaim.dosing.waste import (
    JW_FROM,
    JZ_FROM,
    Container,
    ContainerKind,
    Split,
    SplitLine,
    WastePolicy,
    discard,
    discarded_units,
)

__all__ = [
    "JW_FROM", "JZ_FROM", "BillingUnit", "Container", "ContainerKind", "Excess", "LineQuantities", "NdcUnit",
    "NoChoice", "NoUnits", "NoVials", "Objective", "Semantics", "Split", "SplitLine", "UnitsResult", "VialChoice",
    "VialSize", "WastePolicy", "amount_in_ndc_unit", "choose_vials", "crosswalk_factor", "discard", "discarded_units",
    "line_quantities", "quantity_agrees", "unit_factor", "units_for_combination", "units_for_dose",
    "units_for_ndc_quantity", "wasted_more_than_needed",
]  # fmt: skip
