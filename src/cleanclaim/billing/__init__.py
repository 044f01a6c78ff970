"""What was given -> claim lines, each with the rule that made it. Pure but for look-ups in an open library."""

from cleanclaim.billing.administration import Administration, ForClaim, read_given
from cleanclaim.billing.bill import Biller
from cleanclaim.billing.course import Course, Totals, Visit, plan_course
from cleanclaim.billing.lines import Bill, BillLine, Refusal
from cleanclaim.billing.regimen import Regimen, read_regimen

__all__ = [
    "Administration",
    "Bill",
    "BillLine",
    "Biller",
    "Course",
    "ForClaim",
    "Refusal",
    "Regimen",
    "Totals",
    "Visit",
    "plan_course",
    "read_given",
    "read_regimen",
]  # fmt: skip
