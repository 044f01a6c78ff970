"""The rows of the crosswalk with their numbers read, and what is held against them: descriptors and strengths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from cleanclaim.errors import CleanclaimError
from cleanclaim.reference.dosage import Dosage, parse_dosage
from cleanclaim.reference.publications import asp_crosswalk, fda_products, hcpcs_xlsx
from cleanclaim.reference.publications.headers import cells_below, require_header
from cleanclaim.reference.publications.printed import read_amount
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Quantity, Unit, read_unit

_NUMBERS = ("PKG SIZE", "PKG QTY", "BILLUNITS", "BILLUNITSPKG")
_CODE_COLUMN = re.compile(r"_20[0-9]{2}_CODE")
_NDC = re.compile(r"[0-9]{5}-[0-9]{4}-[0-9]{2}")
_PER = re.compile(r"(?P<unit>.+)/(?P<count>[0-9.]*?)(?P<per>mL|g|1)")
_DIRECTORY_UNITS = {"ug": "mcg", "[iU]": "unit", "[USP'U]": "unit", "U": "unit", "meq": "mEq"}


@dataclass(frozen=True, slots=True)
class BillingUnit:
    """What one unit of a code is: its amount, where it has one."""

    amount: Fraction | None
    unit: Unit | None
    semantics: str

    @property
    def is_amount(self) -> bool:
        """Whether units count an amount, so that they follow from a content."""
        return self.amount is not None and self.unit is not None and self.semantics in ("linear", "up_to", "volume")

    def __str__(self) -> str:
        return f"{_text(self.amount)} {self.unit}" if self.amount and self.unit else self.semantics


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the crosswalk."""

    number: int
    code: str
    ndc: str  # as printed; an alternate id where `is_ndc` is not true
    name: str
    dosage: str
    size: Fraction
    quantity: Fraction
    units: Fraction
    package_units: Fraction
    billing_unit: BillingUnit | None  # as the file's own dosage column states it

    @property
    def is_ndc(self) -> bool:
        """Whether it names an NDC."""
        return bool(_NDC.fullmatch(self.ndc))

    @property
    def product(self) -> str:
        """Labeler and product: one drug in one strength and form, whatever the package."""
        return self.ndc[:10]

    @property
    def factor(self) -> Fraction:
        """Units of the code per NDC unit (NDC-18)."""
        return self.units / self.size


@dataclass(frozen=True, slots=True)
class Strength:
    """The strength of a product in the FDA's directory: so much per mL, per gram or per piece."""

    content: Quantity
    per: str  # mL, g, 1
    is_powder: bool


def read_rows(path: Path) -> tuple[list[Listed], list[str]]:
    """The rows of a file whose four numbers are above zero, and a word on each that is not."""
    source = Source.read(path)
    start = require_header(source, source.records, asp_crosswalk.HEADER)
    header = [cell.strip() for cell in source.records[start]]
    code_column = next(cell for cell in header if _CODE_COLUMN.fullmatch(cell))
    rows: list[Listed] = []
    unread: list[str] = []
    for number, cells in cells_below(source, start, (code_column, "Drug Name", *asp_crosswalk.HEADER)):
        try:
            numbers = [read_amount(cells[name]) for name in _NUMBERS]
        except ValueError:
            numbers = []
        if not numbers or not all(numbers):
            unread.append(f"row {number} {cells[code_column]} {cells['NDC2']}: a number is missing or zero")
            continue
        size, quantity, units, package_units = (Fraction(one) for one in numbers if one is not None)
        dosage = cells["HCPCS dosage"]
        rows.append(
            Listed(
                number, cells[code_column], cells["NDC2"], cells["Drug Name"], dosage, size, quantity, units,
                package_units, _billing_unit(parse_dosage(f"Injection, drug, {dosage}")),
            )
        )  # fmt: skip
    return rows, unread


def read_descriptors(path: Path, on: date) -> dict[str, BillingUnit]:
    """The billing units of the codes in force on a day, by the long descriptors of a HCPCS file."""
    rows = hcpcs_xlsx.parse(Source.read(path)).tables["hcpcs"].to_pylist()
    return {
        row["hcpcs_code"]: BillingUnit(_fraction(row["amount"]), _unit(row["unit"]), row["unit_semantics"])
        for row in rows
        if row["valid_from"] <= on <= row["valid_to"] and row["unit_semantics"]
    }


def read_strengths(path: Path) -> dict[str, Strength]:
    """The strengths of products with one active substance, by labeler and product as the crosswalk prints them."""
    table = fda_products.parse(Source.read(path)).tables["ndc_product"]
    found: dict[str, Strength] = {}
    several: set[str] = set()
    for row in table.select(["product_ndc", "dosage_form", "strengths", "strength_units"]).to_pylist():
        labeler, _, product = row["product_ndc"].partition("-")
        key = f"{labeler:0>5}-{product:0>4}"
        strength = _strength(row["strengths"], row["strength_units"], row["dosage_form"] or "")
        if strength is None:
            continue
        if found.setdefault(key, strength) != strength:
            several.add(key)
    return {key: strength for key, strength in found.items() if key not in several}


def _strength(number: str | None, unit: str | None, form: str) -> Strength | None:
    match = _PER.fullmatch(unit or "")
    if not number or not match or ";" in number:
        return None
    try:
        content = Quantity.of(number, _DIRECTORY_UNITS.get(match["unit"], match["unit"]))
    except CleanclaimError:
        return None
    amount = content.amount / Fraction(match["count"] or 1)
    return Strength(Quantity(amount, content.unit), match["per"], "POWDER" in form) if amount else None


def _billing_unit(read: object) -> BillingUnit | None:
    if not isinstance(read, Dosage):
        return None
    return BillingUnit(_fraction(read.amount), _unit(read.unit), str(read.semantics))


def _fraction(amount: object) -> Fraction | None:
    return Fraction(str(amount)) if amount else None


def _unit(text: str | None) -> Unit | None:
    try:
        return read_unit(text) if text else None
    except CleanclaimError:
        return None  # a combination: its phrase is no unit


def _text(number: Fraction) -> str:
    return f"{float(number):.10g}"
