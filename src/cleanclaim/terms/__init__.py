"""What a payer wants for a drug in a setting on a day, decided once: `bill` writes by it, and edits judge by it."""

from cleanclaim.terms.deciding import TermsOfPayers, shipped_terms
from cleanclaim.terms.payer_terms import PayerTerms, Waived, Wanted
from cleanclaim.terms.separate_payment import (
    Place,
    SeparatePayment,
    limit_would_tell,
    outside_part_b,
    paid_by_status,
    paid_separately,
)
from cleanclaim.terms.terms import DOCUMENTS, JW, JZ, Standing, Term, Terms
from cleanclaim.terms.waste import (
    MEDICARE,
    Setting,
    WasteTerms,
    exempt_by_day,
    takes_jz_alone,
    wanted_waste,
    waste_terms,
)

__all__ = [
    "DOCUMENTS", "JW", "JZ", "MEDICARE", "PayerTerms", "Place", "SeparatePayment", "Setting", "Standing", "Term",
    "Terms", "TermsOfPayers", "Waived", "Wanted", "WasteTerms", "exempt_by_day", "limit_would_tell", "outside_part_b",
    "paid_by_status", "paid_separately", "shipped_terms", "takes_jz_alone", "wanted_waste", "waste_terms",
]  # fmt: skip
