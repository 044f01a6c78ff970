"""The drugs that the benchmark claims bill, and how a dose becomes lines.

Billing unit, NDC, content of one item and HCPCS units in it are as in CMS's ASP NDC-HCPCS crosswalk of July 2024 and
October 2025, in which every row here stands alike; charges are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class Line:
    """A service line as it will be written."""

    code: str
    charge: Decimal
    units: int
    modifiers: tuple[str, ...] = ()
    ndc: str = ""
    ndc_quantity: str = ""
    ndc_unit: str = ""
    note: str = ""

    @property
    def is_drug(self) -> bool:
        """Whether the line bills a drug: these carry an NDC."""
        return bool(self.ndc)


@dataclass(frozen=True, slots=True)
class Service:
    """What is billed beside the drug: an administration, a visit, a drug given before."""

    code: str
    charge: str
    units: int = 1
    modifiers: tuple[str, ...] = ()

    def line(self) -> Line:
        """The service as a line."""
        return Line(self.code, Decimal(self.charge), self.units, self.modifiers)


@dataclass(frozen=True, slots=True)
class Drug:
    """One product of one code, the doses that are given of it, and what is billed with it."""

    code: str
    billing_unit: str  # amount of one HCPCS unit, in `dose_unit`
    dose_unit: str
    ndc: str
    item: str  # labeled content of one vial, syringe or bottle, in `dose_unit`
    item_quantity: str  # NDC quantity of one item
    ndc_unit: str
    unit_charge: str
    doses: tuple[str, ...]
    diagnoses: tuple[str, ...]
    services: tuple[Service, ...]
    share: int  # how often it is billed, among the rest
    single_dose: bool = True
    before: str = ""  # code of the drug that is given before it
    authorized: bool = False


_INFUSION = Service("96413", "420.00")
_LONG_INFUSION = (_INFUSION, Service("96415", "95.00"))
_INJECTION = (Service("96372", "40.00"),)

# fmt: off
DRUGS = (
    Drug("J1745", "10", "mg", "57894003001", "100", "1", "UN", "60.00",
         ("200", "250", "300", "350", "400", "415", "500", "560", "640"), ("K5090",),
         _LONG_INFUSION, 14, authorized=True),
    Drug("Q5103", "10", "mg", "00069080901", "100", "1", "UN", "45.00",
         ("225", "300", "365", "415", "480", "525", "600"), ("K5190",), _LONG_INFUSION, 8, authorized=True),
    Drug("J9271", "1", "mg", "00006302602", "100", "4", "ML", "80.00",
         ("200", "400"), ("Z5112", "C3411"), (_INFUSION,), 10, before="J2405"),
    Drug("J9035", "10", "mg", "50242006001", "100", "4", "ML", "100.00",
         ("310", "355", "400", "475", "560", "700", "835"), ("Z5111", "C189"), (_INFUSION,), 9, before="J2405"),
    Drug("J9312", "10", "mg", "50242005121", "100", "10", "ML", "110.00",
         ("640", "675", "712.5", "750", "800"), ("Z5112", "C8280"),
         (_INFUSION, Service("96415", "285.00", 3)), 6, before="J2919"),
    Drug("J9041", "0.1", "mg", "00143909801", "3.5", "1", "UN", "3.00",
         ("2.1", "2.3", "2.5", "2.7"), ("Z5111", "C9000"), (Service("96401", "130.00"),), 6),
    Drug("J0585", "1", "unit", "00023392102", "200", "1", "UN", "9.50",
         ("155", "165", "175", "200"), ("G43709",), (Service("64615", "330.00"),), 6),
    Drug("J0178", "1", "mg", "61755000502", "2", "0.05", "ML", "1300.00",
         ("2",), ("H353211",), (Service("67028", "310.00", 1, ("RT",)),), 7),
    Drug("J0897", "1", "mg", "55513071001", "60", "1", "ML", "45.00",
         ("60",), ("M810",), _INJECTION, 8, authorized=True),
    Drug("J1439", "1", "mg", "00517065001", "750", "15", "ML", "1.80",
         ("750",), ("D509",), (Service("96365", "210.00"),), 6, authorized=True),
    Drug("J1569", "500", "mg", "00944270006", "20000", "200", "ML", "70.00",
         ("20000", "40000"), ("D839",),
         (Service("96365", "210.00"), Service("96366", "180.00", 3)), 4, authorized=True),
    Drug("J2919", "5", "mg", "00009004722", "125", "1", "UN", "0.70",
         ("60", "80", "100", "125"), ("J45901",), (Service("96374", "80.00"),), 4),
    Drug("J1010", "1", "mg", "00009307301", "40", "1", "ML", "0.60",
         ("20", "40"), ("M1711",), (Service("99213", "160.00", 1, ("25",)), Service("20610", "140.00", 1, ("RT",))), 4),
    Drug("J1885", "15", "mg", "00409379501", "30", "1", "ML", "3.00",
         ("30", "60"), ("M5416",), _INJECTION, 3),
    Drug("J3420", "1000", "mcg", "00143961910", "30000", "30", "ML", "6.00",
         ("1000",), ("D510",), _INJECTION, 3, single_dose=False),
    Drug("J3121", "1", "mg", "00143975001", "1000", "5", "ML", "0.20",
         ("100", "200"), ("E291",), _INJECTION, 2, single_dose=False),
    Drug("J2405", "1", "mg", "00409475503", "4", "2", "ML", "1.00",
         ("4", "8"), ("R112",), (Service("96374", "80.00"),), 0),
)
# fmt: on
DRUG = {drug.code: drug for drug in DRUGS}

_GIVEN_BEFORE = {"J2405": ("8", Service("96375", "60.00")), "J2919": ("100", Service("96375", "60.00"))}


def drug_lines(drug: Drug, dose: str, *, says_waste: bool) -> tuple[Line, ...]:
    """Dose line, and the JW line where a whole unit is discarded (rulebook UNW-05, NDC-10).

    As few items are opened as cover the dose. `says_waste`: whether the payer wants JW and JZ; if not, the dose alone
    is billed.
    """
    unit, item, given = Fraction(drug.billing_unit), Fraction(drug.item), Fraction(dose)
    content = ceil(given / item) * item
    units = ceil(given / unit)
    discarded = min(floor((content - given) / unit), floor(content / unit) - units) if drug.single_dose else 0
    quantity_of = Fraction(drug.item_quantity) / item

    def line(billed: int, amount: Fraction, modifiers: tuple[str, ...], word: str) -> Line:
        return Line(
            drug.code, Decimal(drug.unit_charge) * billed, billed, modifiers,
            drug.ndc, decimal_text(amount * quantity_of), drug.ndc_unit,
            f"{decimal_text(amount)} {drug.dose_unit.upper()} {word}",
        )  # fmt: skip

    if not (says_waste and drug.single_dose):
        return (line(units, given, (), "GIVEN"),)
    if discarded < 1:
        return (line(units, given, ("JZ",), "GIVEN, NONE DISCARDED"),)
    return (line(units, given, (), "GIVEN"), line(discarded, content - given, ("JW",), "DISCARDED"))


def visit_lines(drug: Drug, dose: str, *, says_waste: bool) -> tuple[Line, ...]:
    """All lines of a visit: the drug, the drug given before it, and what was done."""
    lines = drug_lines(drug, dose, says_waste=says_waste)
    services = drug.services
    if drug.before:
        dose_before, push = _GIVEN_BEFORE[drug.before]
        lines += drug_lines(DRUG[drug.before], dose_before, says_waste=says_waste)
        services += (push,)
    return lines + tuple(service.line() for service in services)


def with_modifiers(line: Line, *modifiers: str) -> Line:
    """The line with exactly these modifiers."""
    return replace(line, modifiers=modifiers)


def decimal_text(value: Fraction) -> str:
    """At most three decimals, rounded half up, without trailing zeros: the form of a quantity in X12."""
    thousandths = floor(value * 1000 + Fraction(1, 2))
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
