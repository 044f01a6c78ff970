"""Values that mean something by themselves: money, quantities, NDC, NPI, days, severity. Standard library only."""

from cleanclaim.values.days import OPEN_END, Interval, parse_date
from cleanclaim.values.identifiers import is_npi, without_dot
from cleanclaim.values.money import money
from cleanclaim.values.ndc import NdcKind, NdcReading, format_ndc, parse_ndc, ten_digit_candidates, without_hyphens
from cleanclaim.values.severity import Severity
from cleanclaim.values.units import (
    Concentration,
    Dimension,
    Missing,
    Quantity,
    Unit,
    convert,
    exact,
    missing_knowledge,
    read_unit,
)

__all__ = [
    "OPEN_END", "Concentration", "Dimension", "Interval", "Missing", "NdcKind", "NdcReading", "Quantity",
    "Severity", "Unit", "convert", "exact", "format_ndc", "is_npi", "missing_knowledge", "money", "parse_date",
    "parse_ndc", "read_unit", "ten_digit_candidates", "without_dot", "without_hyphens",
]  # fmt: skip
