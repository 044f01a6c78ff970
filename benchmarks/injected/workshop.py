"""Builds drug lines that are right by the rulebook: units, waste modifiers, NDC, chart and price."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from benchmarks.injected.catalogue import ROUTES, Drug
from benchmarks.injected.draft import CENT, Line, plain
from benchmarks.injected.people import Directory
from benchmarks.injected.products import Prepared, Product, ProductFinder, best_choice, ndc_quantity, prepare
from benchmarks.injected.reference import Reference, quarter_of

NDC_SHARE = {
    "medicaid": 1.0, "medicare_b": 0.45, "medicare_advantage": 0.5, "commercial": 0.75, "tricare": 0.9, "va": 0.5,
}  # fmt: skip
FULL_CHART = 0.3
CONTAINER_CHART = 0.36
WHOLE_WAYS = ("eye", "joint", "horm")
WHOLE_CODES = ("J2794", "J2426", "J0401", "J2315", "J0561")
"""Syringes and kits that are given whole."""


@dataclass(frozen=True)
class Wish:
    """What a caller wants of a claim; None means: as it comes."""

    codes: tuple[str, ...] | None = None
    ways: tuple[str, ...] | None = None
    programs: tuple[str, ...] | None = None
    claim_type: str = "P"
    first: date = date(2024, 1, 1)
    last: date = date(2026, 3, 31)
    chart: bool | None = None
    ndc: bool | None = None
    kind: str | None = None
    waste: bool | None = None
    dose: Decimal | None = None
    visit: bool | None = None
    status: frozenset[str] | None = None
    known_kind: bool = False
    told: bool = False
    place: str = "11"


@dataclass
class Workshop:
    """Shared tools of all templates."""

    reference: Reference
    random: Random
    directory: Directory
    finder: ProductFinder = field(init=False)

    def __post_init__(self) -> None:
        """The finder works on the same reference."""
        self.finder = ProductFinder(self.reference)

    def day(self, wish: Wish) -> date:
        """A working day inside the wish."""
        while True:
            day = wish.first + timedelta(days=self.random.randrange((wish.last - wish.first).days + 1))
            if day.weekday() < 5:
                return day

    def price(self, code: str, day: date) -> Decimal:
        """A charge per unit: the quarter's payment limit with the practice's markup."""
        limit = self.reference.limits.get(quarter_of(day), {}).get(code) or Decimal("9.50")
        markup = Decimal(self.random.randrange(110, 260)) / 100
        return max((limit * markup).quantize(CENT), Decimal("0.05"))

    def usable(self, code: str, day: date) -> bool:
        """Valid on the day and alive in the quarter's ASP files."""
        return self.reference.valid_code(code, day) and self.reference.priced(code, day)

    def choose(self, drug: Drug, day: date, wish: Wish) -> Prepared | None:
        """A product family and the best item of it for a dose; None when the wish cannot be met."""
        products = self.finder.products(drug, day)
        if wish.kind:
            products = [item for item in products if item.kind == wish.kind]
        if wish.known_kind:
            products = [item for item in products if item.kind_from_fda]
        if not products:
            return None
        pick = self.random.choice(products)
        family = [item for item in products if item.family == pick.family and item.kind == pick.kind]
        dose = wish.dose if wish.dose is not None else self.random.choice(drug.doses)
        prepared = best_choice(family, dose, self.reference.unit_size(drug.code).amount)
        if wish.waste is not None and (prepared.discarded > 0) != wish.waste:
            return None
        exact = drug.way in WHOLE_WAYS or drug.code in WHOLE_CODES
        if prepared.count > 12 or (exact and prepared.total != prepared.dose):
            return None
        if prepared.discarded * 10 >= prepared.administered * 13:
            return None
        return prepared

    def drug_lines(self, drug: Drug, day: date, program: str, wish: Wish, way: str | None = None) -> list[Line] | None:
        """The dose line and, where a whole unit was discarded, its JW line."""
        if not self.usable(drug.code, day):
            return None
        prepared = self.choose(drug, day, wish)
        if prepared is None:
            return None
        limit = self.reference.mue_limit(drug.code, wish.claim_type)
        if limit and prepared.administered + prepared.discarded > limit[0]:
            return None
        packaged = wish.claim_type == "I" and self.reference.always_status(drug.code) == {"N"}
        if packaged and prepared.discarded:
            return None
        product = prepared.product
        line = Line("drug", drug.code, prepared.administered, self.price(drug.code, day), drug=drug, prepared=prepared)
        lines = [line]
        marked = product.kind == "single" and not packaged
        if marked and prepared.discarded:
            lines.append(Line("jw", drug.code, prepared.discarded, line.price, ["JW"], drug, prepared))
        elif marked and (program == "medicare_b" or self.random.random() < 0.45):
            line.modifiers.append("JZ")
        for item in lines:
            item.modifiers.extend(drug.modifiers)
        share = NDC_SHARE[program] if wish.ndc is None else float(wish.ndc)
        if self.random.random() < share:
            self.add_ndc(lines)
        self.add_chart(line, program, wish, way or drug.way, packaged)
        return lines

    def add_ndc(self, lines: list[Line]) -> None:
        """NDC with the quantity given on the dose line and the quantity discarded on the JW line (UNW-20)."""
        for line in lines:
            prepared = line.prepared
            if prepared is None:
                continue
            jw = line.role == "jw"
            units = prepared.discarded if jw else prepared.administered
            amount = prepared.total - prepared.dose if jw else prepared.dose
            quantity = ndc_quantity(prepared.product, amount, units, jw)
            line.fields.update(ndc_fields(prepared.product.ndc, quantity, prepared.product.uom))

    def add_chart(self, line: Line, program: str, wish: Wish, way: str, packaged: bool = False) -> None:
        """The chart of a dose line: full, or the container alone; `told` wants the kind by FDA or by chart."""
        prepared = line.prepared
        assert prepared is not None and line.drug is not None
        wanted = self.random.random() < FULL_CHART if wish.chart is None else wish.chart
        if wanted:
            line.charted = self.chart(line.drug, prepared, way)
            return
        by_fda = prepared.product.kind_from_fda and "ndc_given" in line.fields
        random_chart = program == "medicare_b" and wish.chart is None and self.random.random() < CONTAINER_CHART
        if not by_fda and not packaged and (wish.told or random_chart):
            line.charted = {"container": f"{prepared.product.kind}_dose"}
            if self.random.random() < 0.5:
                line.charted["route"] = ROUTES[way]

    def chart(self, drug: Drug, prepared: Prepared, way: str) -> dict[str, Any]:
        """What the chart says: drug, dose, containers, route, lot."""
        unit = self.reference.unit_size(drug.code).unit
        kind = f"{prepared.product.kind}_dose"
        out: dict[str, Any] = {"container": kind, "route": ROUTES[way]}
        if self.random.random() < 0.6:
            out["drug"] = drug.name
        if unit != "dose":
            amount = prepared.dose
            content = prepared.product.content
            shown = unit
            if unit == "mg" and amount >= 1000 and amount % 100 == 0 and content % 50 == 0:
                shown, amount, content = "g", amount / 1000, content / 1000
            out["dose"] = {"amount": plain(amount), "unit": shown}
            if prepared.product.kind == "single":
                item: dict[str, Any] = {"amount": plain(content), "unit": shown, "count": prepared.count}
                if self.random.random() < 0.5:
                    item["kind"] = kind
                out["containers"] = [item]
        if self.random.random() < 0.35:
            out["lot"] = f"LT{self.random.randrange(10**5, 10**6)}"
        return out

    def clock(self, day: date) -> datetime:
        """A start of treatment in the morning."""
        return datetime(day.year, day.month, day.day, self.random.randrange(8, 11), self.random.randrange(0, 60, 5))

    def retune(self, line: Line, dose: Decimal) -> Prepared:
        """The same product with another dose."""
        assert line.prepared is not None
        return prepare(line.prepared.product, dose, self.reference.unit_size(line.code).amount)


def ndc_fields(ndc: str, quantity: Decimal, uom: str) -> dict[str, Any]:
    """The 2410 fields of a line."""
    return {
        "ndc_qualifier": "N4", "ndc_given": ndc, "ndc11": ndc, "ndc_quantity": plain(quantity), "ndc_unit": uom,
    }  # fmt: skip


def agrees(product: Product, quantity: Decimal, units: int, discarded: bool) -> bool:
    """NDC-43: ceil/floor of quantity x f, or within 1 percent of units / f."""
    reached = Fraction(quantity) * product.factor
    whole = -(-reached.numerator // reached.denominator) if not discarded else reached.numerator // reached.denominator
    return whole == units or abs(reached - units) <= Fraction(units, 100)


def with_dose(wish: Wish, dose: Decimal) -> Wish:
    """The wish with a fixed dose."""
    return replace(wish, dose=dose)
