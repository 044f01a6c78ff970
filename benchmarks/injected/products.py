"""Products of a drug in a quarter: crosswalk rows that agree with the FDA directory and with each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from benchmarks.injected.catalogue import LIQUID, Drug
from benchmarks.injected.reference import Reference, parse_day, quarter_of
from benchmarks.injected.sources import CrosswalkRow

MULTI_FROM_ML = Decimal(5)
THOUSANDTH = Decimal("0.001")
SHARED_NDC = ("Q0138",)
"""Codes whose only NDCs stand under two codes (NDC-19: a line with any of them agrees)."""


@dataclass(frozen=True)
class Product:
    """One billable item: content in HCPCS units and in the dose unit, container kind and where it was read."""

    ndc: str
    brand: str
    labeler: str
    units: Decimal
    size: Decimal
    uom: str
    content: Decimal
    kind: str
    kind_from_fda: bool

    @property
    def factor(self) -> Fraction:
        """HCPCS units per NDC unit (NDC-18)."""
        return Fraction(self.units) / Fraction(self.size)

    @property
    def family(self) -> tuple[str, str]:
        """Labeler and brand, for sizes of one product."""
        return self.labeler.casefold().split(" ")[0], self.brand.casefold().split(" ")[0]


class ProductFinder:
    """Finds clean products by drug and day, with a cache."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._cache: dict[tuple[str, str], list[Product]] = {}

    def products(self, drug: Drug, day: date) -> list[Product]:
        """Products without any doubt about form, volume, kind or end of marketing."""
        key = (drug.code, quarter_of(day))
        if key not in self._cache:
            self._cache[key] = self._find(drug, *key)
        return self._cache[key]

    def _find(self, drug: Drug, code: str, quarter: str) -> list[Product]:
        rows = self.reference.crosswalk.get(quarter, {}).get(code, [])
        unit = self.reference.unit_size(code)
        proven = {
            row.units / row.size
            for row in rows
            if (pack := self.reference.fda.get(row.ndc)) and pack.volume == row.size
        }
        found: dict[str, Product] = {}
        for row in sorted(rows, key=lambda item: (item.ndc, item.brand)):
            shared = self.reference.ndc_codes[quarter][row.ndc] != [code]
            if (shared and code not in SHARED_NDC) or not self._fits(drug, row, proven):
                continue
            kind, from_fda = self._kind(drug, row)
            if kind:
                uom = "ML" if drug.form == LIQUID else "UN"
                found[row.ndc] = Product(
                    row.ndc, row.brand, row.labeler, row.units, row.size, uom, row.units * unit.amount, kind, from_fda
                )
        return list(found.values())

    def _fits(self, drug: Drug, row: CrosswalkRow, proven: set[Decimal]) -> bool:
        pack = self.reference.fda.get(row.ndc)
        if pack and pack.end and parse_day(pack.end) < date(2026, 12, 31):
            return False
        liquid = drug.form == LIQUID
        if pack:
            dry = any(word in pack.form for word in ("POWDER", "KIT", "IMPLANT"))
            if dry == liquid or (liquid and pack.volume is not None and pack.volume != row.size):
                return False
            if liquid and pack.volume is None:
                return False
        elif liquid and proven and row.units / row.size not in proven:
            return False
        return liquid or row.size == 1

    def _kind(self, drug: Drug, row: CrosswalkRow) -> tuple[str, bool]:
        pack = self.reference.fda.get(row.ndc)
        if pack and pack.kind == "bulk":
            return "", True
        if pack and pack.kind:
            return pack.kind, True
        big = drug.form == LIQUID and row.size >= MULTI_FROM_ML
        return ("multi" if drug.mdv and big else "single"), False


@dataclass(frozen=True)
class Prepared:
    """A dose drawn from opened items of one product."""

    product: Product
    dose: Decimal
    count: int
    administered: int
    discarded: int

    @property
    def total(self) -> Decimal:
        """Labelled content opened."""
        return self.product.content * self.count


def prepare(product: Product, dose: Decimal, unit: Decimal) -> Prepared:
    """Units by the algorithm of units-and-waste.md section 2."""
    count = max(1, math.ceil(dose / product.content))
    administered = math.ceil(Fraction(dose) / Fraction(unit))
    if product.kind != "single":
        return Prepared(product, dose, count, administered, 0)
    total = Fraction(product.content) * count
    left = math.floor((total - Fraction(dose)) / Fraction(unit))
    room = math.floor(total / Fraction(unit)) - administered
    return Prepared(product, dose, count, administered, min(left, max(0, room)))


def best_choice(products: list[Product], dose: Decimal, unit: Decimal) -> Prepared:
    """The item of one family that opens least (UNW-07), then the fewest items."""
    options = [prepare(product, dose, unit) for product in products]
    return min(options, key=lambda item: (item.total, item.count, item.product.ndc))


def ndc_quantity(product: Product, amount: Decimal, units: int, discarded: bool) -> Decimal:
    """NDC quantity of an amount in dose units, agreeing with the units by NDC-43."""
    exact = (amount / product.content * product.size).quantize(THOUSANDTH)
    reached = Fraction(exact) * product.factor
    if (math.floor(reached) if discarded else math.ceil(reached)) == units and exact > 0:
        return exact.normalize()
    by_units = Fraction(units) / product.factor
    return (Decimal(by_units.numerator) / Decimal(by_units.denominator)).quantize(THOUSANDTH).normalize()
