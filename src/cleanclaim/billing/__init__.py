"""What was given -> claim lines, each with the rule that made it. Pure but for look-ups in an open library."""

from cleanclaim.billing.bill import Biller
from cleanclaim.billing.given import Given, read_given
from cleanclaim.billing.lines import Bill, BillLine, Refusal

__all__ = ["Bill", "BillLine", "Biller", "Given", "Refusal", "read_given"]
