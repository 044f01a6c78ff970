"""What a payer wants for a drug in a setting on a day, decided once: `bill` writes by it, and edits judge by it."""

from cleanclaim.terms.payer_terms import JW, JZ, LineTerms, NdcSplit, NdcWaste, PayerTerms, TermsOfPayers, Wanted
from cleanclaim.terms.separate_payment import (
    Place,
    SeparatePayment,
    limit_would_tell,
    outside_part_b,
    paid_by_status,
    paid_separately,
)
from cleanclaim.terms.waste import MEDICARE, Setting, WasteTerms, wanted_waste, waste_terms

__all__ = [
    "JW", "JZ", "MEDICARE", "LineTerms", "NdcSplit", "NdcWaste", "PayerTerms", "Place", "SeparatePayment", "Setting",
    "TermsOfPayers", "Wanted", "WasteTerms", "limit_would_tell", "outside_part_b", "paid_by_status", "paid_separately",
    "wanted_waste", "waste_terms",
]  # fmt: skip
