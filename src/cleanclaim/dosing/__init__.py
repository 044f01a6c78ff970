"""Units, vials, waste, NDC quantities, administration codes: pure and exact. Billing and facts both call these."""

from cleanclaim.dosing.administration import (
    ADD_ON_BASES,
    BUNDLES,
    AdminFamily,
    AdministrationLine,
    AdministrationPlan,
    Caution,
    Circumstances,
    Confidence,
    Device,
    Distinct,
    Given,
    NotBilled,
    Route,
    Rule,
    SecondInjection,
    Setting,
    Vaccine,
    plan_administration,
)
from cleanclaim.dosing.infusion_time import HydrationUnits, extra_hours, hydration_units, is_push, minutes_between
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
    "ADD_ON_BASES", "BUNDLES", "JW_FROM", "JZ_FROM", "AdminFamily", "AdministrationLine", "AdministrationPlan",
    "BillingUnit", "Caution", "Circumstances", "Confidence", "Container", "ContainerKind", "Device", "Distinct",
    "Excess", "Given", "HydrationUnits", "LineQuantities", "NdcUnit", "NoChoice", "NoUnits", "NoVials", "NotBilled",
    "Objective", "Route", "Rule", "SecondInjection", "Semantics", "Setting", "Split", "SplitLine", "UnitsResult",
    "Vaccine", "VialChoice", "VialSize", "WastePolicy", "amount_in_ndc_unit", "choose_vials", "crosswalk_factor",
    "discard", "discarded_units", "extra_hours", "hydration_units", "is_push", "line_quantities", "minutes_between",
    "plan_administration", "quantity_agrees", "unit_factor", "units_for_combination", "units_for_dose",
    "units_for_ndc_quantity", "wasted_more_than_needed",
]  # fmt: skip
