"""The choice of administration codes: what was given, by which way in, how long -> lines with their rules.

The rules are those of the rulebook (ADM-01 to ADM-23). CPT numbers come with words of our own: a line is a proposal,
and the licensed CPT book has the say.
"""

from cleanclaim.dosing.administration.choice import plan_administration
from cleanclaim.dosing.administration.codes import ADD_ON_BASES
from cleanclaim.dosing.administration.esketamine import BUNDLES
from cleanclaim.dosing.administration.events import (
    AdminFamily,
    Circumstances,
    Device,
    Distinct,
    DrugEvent,
    Route,
    SecondInjection,
    Setting,
    Vaccine,
)
from cleanclaim.dosing.administration.plan import (
    AdministrationLine,
    AdministrationPlan,
    Caution,
    NotBilled,
    Rule,
)

__all__ = [
    "ADD_ON_BASES", "BUNDLES", "AdminFamily", "AdministrationLine", "AdministrationPlan", "Caution", "Circumstances",
    "Device", "Distinct", "DrugEvent", "NotBilled", "Route", "Rule", "SecondInjection", "Setting",
    "Vaccine",    "plan_administration",
]  # fmt: skip
