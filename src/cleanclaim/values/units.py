"""Units of measure, quantities and exact conversion. What needs knowledge that is not there is refused, never guessed.

Within one dimension a conversion is arithmetic. Between dimensions it is a fact about a product: milligrams to
milliliters need its concentration, units of activity a factor of the drug, milliequivalents that of the ion (COD-59).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from cleanclaim.errors import InvalidValue, UnitsNotConvertible


class Dimension(StrEnum):
    """What a unit measures. Only units of one dimension convert into each other by arithmetic."""

    MASS = "mass"
    ACTIVITY = "units of activity"  # biological: international, USP and other units; never a mass
    VOLUME = "volume"
    RADIOACTIVITY = "radioactivity"
    EQUIVALENT = "equivalents"
    SUBSTANCE = "amount of substance"
    AREA = "area"
    LENGTH = "length"
    GENOMES = "vector genomes"
    CELLS = "cells"
    TIME = "time"
    COUNT = "count"  # vials, doses ...: each counts its own thing, none converts into another


class Unit(StrEnum):
    """A unit of measure; the value is its spelling in the tables."""

    KG = "kg"
    G = "g"
    MG = "mg"
    MCG = "mcg"
    NG = "ng"
    UNIT = "unit"
    MILLION_UNITS = "million units"
    LITER = "L"
    ML = "mL"
    UL = "uL"
    CI = "Ci"
    MCI = "mCi"
    UCI = "uCi"
    GBQ = "GBq"
    MBQ = "MBq"
    MEQ = "mEq"
    MMOL = "mmol"
    MCMOL = "mcmol"
    CM2 = "cm2"
    CM = "cm"
    VECTOR_GENOME = "vg"
    CELL = "cell"
    DAY = "day"
    VIAL = "vial"
    DOSE = "dose"
    TREATMENT = "treatment"
    STUDY = "study dose"
    IMPLANT = "implant"
    SYRINGE = "syringe"
    TABLET = "tablet"
    CAPSULE = "capsule"
    KIT = "kit"
    EACH = "each"

    @property
    def dimension(self) -> Dimension:
        """What it measures."""
        return _SCALE[self][0] if self in _SCALE else Dimension.COUNT

    @property
    def scale(self) -> Fraction:
        """How many of its dimension's base unit it holds (g, unit, L, Ci ...); 1 for counts."""
        return _SCALE[self][1] if self in _SCALE else Fraction(1)

    def converts_to(self, other: Unit) -> bool:
        """Whether arithmetic alone converts it."""
        return self is other or (self.dimension is other.dimension is not Dimension.COUNT)


_BECQUEREL = Fraction(1, 37 * 10**9)  # one curie is 3.7e10 becquerels, by definition
_SCALE = {
    Unit.KG: (Dimension.MASS, Fraction(1000)), Unit.G: (Dimension.MASS, Fraction(1)),
    Unit.MG: (Dimension.MASS, Fraction(1, 10**3)), Unit.MCG: (Dimension.MASS, Fraction(1, 10**6)),
    Unit.NG: (Dimension.MASS, Fraction(1, 10**9)),
    Unit.UNIT: (Dimension.ACTIVITY, Fraction(1)), Unit.MILLION_UNITS: (Dimension.ACTIVITY, Fraction(10**6)),
    Unit.LITER: (Dimension.VOLUME, Fraction(1)), Unit.ML: (Dimension.VOLUME, Fraction(1, 10**3)),
    Unit.UL: (Dimension.VOLUME, Fraction(1, 10**6)),
    Unit.CI: (Dimension.RADIOACTIVITY, Fraction(1)), Unit.MCI: (Dimension.RADIOACTIVITY, Fraction(1, 10**3)),
    Unit.UCI: (Dimension.RADIOACTIVITY, Fraction(1, 10**6)), Unit.GBQ: (Dimension.RADIOACTIVITY, 10**9 * _BECQUEREL),
    Unit.MBQ: (Dimension.RADIOACTIVITY, 10**6 * _BECQUEREL),
    Unit.MEQ: (Dimension.EQUIVALENT, Fraction(1)),
    Unit.MMOL: (Dimension.SUBSTANCE, Fraction(1, 10**3)), Unit.MCMOL: (Dimension.SUBSTANCE, Fraction(1, 10**6)),
    Unit.CM2: (Dimension.AREA, Fraction(1)), Unit.CM: (Dimension.LENGTH, Fraction(1)),
    Unit.VECTOR_GENOME: (Dimension.GENOMES, Fraction(1)), Unit.CELL: (Dimension.CELLS, Fraction(1)),
    Unit.DAY: (Dimension.TIME, Fraction(1)),
}  # fmt: skip

# Spellings of descriptors, labels and charts: in lower case, with hyphens for blanks, without points and plural s.
# Not read, for each has two meanings: "MU" (million, mega), "mIU" (milli, million), "gr" (gram, grain of 65 mg).
_SPELLINGS = {
    Unit.KG: "kg kilogram kilo", Unit.G: "g gm gram", Unit.MG: "mg milligram mgm", Unit.MCG: "mcg ug microgram mcgm",
    Unit.NG: "ng nanogram",
    Unit.UNIT: "unit u iu international-unit usp-unit usp allergy-unit anti-xa-unit",
    Unit.MILLION_UNITS: "million-unit million-iu million-international-unit",
    Unit.LITER: "l liter liter", Unit.ML: "ml cc milliliter milliliter cm3 cubic-centimeter",
    Unit.UL: "ul mcl microliter microliter",
    Unit.CI: "ci curie", Unit.MCI: "mci millicurie", Unit.UCI: "uci mcci microcurie",
    Unit.GBQ: "gbq gigabecquerel", Unit.MBQ: "mbq megabecquerel",
    Unit.MEQ: "meq milliequivalent", Unit.MMOL: "mmol millimole", Unit.MCMOL: "mcmol umol micromole",
    Unit.CM2: "cm2 sq-cm cm^2 square-cm square-centimeter square-centimeter sqcm", Unit.CM: "cm centimeter centimeter",
    Unit.VECTOR_GENOME: "vg vector-genome", Unit.CELL: "cell", Unit.DAY: "day",
    Unit.VIAL: "vial", Unit.DOSE: "dose", Unit.TREATMENT: "treatment", Unit.STUDY: "study-dose study",
    Unit.IMPLANT: "implant", Unit.SYRINGE: "syringe prefilled-syringe", Unit.TABLET: "tablet tab",
    Unit.CAPSULE: "capsule cap", Unit.KIT: "kit", Unit.EACH: "each ea",
}  # fmt: skip
_BY_SPELLING = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_SAME_CHARACTER = str.maketrans({"\u00b5": "u", "\u03bc": "u", "\u00b2": "2", ".": None})
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_MOST_DIGITS = 40  # on either side of the point: bounds the work that a hostile number can cause


def read_unit(text: str) -> Unit:
    """The unit of measure that a text names.

    Raises:  InvalidValue when the spelling is unknown or has two meanings.
    """
    spelling = re.sub(r"[\s_-]+", "-", text.strip().translate(_SAME_CHARACTER).lower())
    unit = _BY_SPELLING.get(spelling) or _BY_SPELLING.get(spelling.removesuffix("s"))
    if unit is None:
        known = ", ".join(unit for unit in Unit if unit.dimension is not Dimension.COUNT)
        raise InvalidValue(
            f"{text[:20]!r} is no known unit of measure; known are {known} and counts such as vial and dose"
        )
    return unit


def exact(number: int | str | Decimal | Fraction) -> Fraction:
    """The number as an exact fraction.

    Raises:  InvalidValue for a float, a text that is no plain decimal, NaN, infinity, or more than 40 digits.
    """
    if isinstance(number, Fraction):
        return number
    if isinstance(number, str):
        if _DECIMAL.fullmatch(number.strip()) is None:
            raise InvalidValue("a number must be a plain decimal such as 62.5")
        number = Decimal(number.strip())
    if isinstance(number, (float, bool)) or not isinstance(number, (int, Decimal)):
        raise InvalidValue("a number must be a decimal, a fraction or an integer, never a float")
    if isinstance(number, Decimal) and not (number.is_finite() and _is_short(number)):
        raise InvalidValue(
            f"a number must be finite and have at most {_MOST_DIGITS} digits on either side of the point"
        )
    return Fraction(number)


def _is_short(number: Decimal) -> bool:
    return number.adjusted() < _MOST_DIGITS and int(number.as_tuple().exponent) >= -_MOST_DIGITS


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of a unit of measure; zero or more."""

    amount: Fraction
    unit: Unit

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Fraction):
            raise InvalidValue("the amount of a quantity must be a Fraction; `Quantity.of` reads other numbers")
        if self.amount < 0:
            raise InvalidValue("a quantity must not be negative")

    @classmethod
    def of(cls, amount: int | str | Decimal | Fraction, unit: str) -> Quantity:
        """The quantity with its amount and its unit read.

        Raises:  InvalidValue when one of them cannot be read, or the amount is negative.
        """
        return cls(exact(amount), unit if isinstance(unit, Unit) else read_unit(unit))

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.unit}"


@dataclass(frozen=True, slots=True)
class Concentration:
    """What a volume (or a container, a piece, a gram) holds: 200 mg per 1 mL."""

    content: Quantity
    per: Quantity

    def __post_init__(self) -> None:
        if not (self.content.amount and self.per.amount):
            raise InvalidValue("a concentration must be more than nothing, per more than nothing")

    @classmethod
    def of(cls, amount: int | str | Decimal | Fraction, unit: str, per: str = "mL") -> Concentration:
        """The concentration of `amount` `unit` per `per`: a unit (`mL`) or an amount of one (`0.6 mL`).

        Raises:  InvalidValue when one of them cannot be read.
        """
        match = re.fullmatch(r"\s*([0-9.]+)?\s*(.*)", per, re.DOTALL)
        number, per_unit = match.groups() if match else (None, per)
        return cls(Quantity.of(amount, unit), Quantity.of(number or 1, per_unit or ""))

    def __str__(self) -> str:
        return f"{self.content} per {self.per}"


class Missing(StrEnum):
    """The knowledge that a conversion needs and that arithmetic does not have."""

    CONCENTRATION = "concentration"  # of the product: amount per volume
    FACTOR = "factor"  # of the drug or ion: mg per unit, mg per mEq ...
    CONTENT = "content"  # of the container, dose or piece


def missing_knowledge(unit: Unit, to: Unit) -> Missing | None:
    """What must be known about the product to convert one unit into the other; None when arithmetic is enough."""
    if unit.converts_to(to):
        return None
    dimensions = {unit.dimension, to.dimension}
    if Dimension.COUNT in dimensions:
        return Missing.CONTENT
    return Missing.CONCENTRATION if Dimension.VOLUME in dimensions else Missing.FACTOR


def convert(quantity: Quantity, to: Unit, *, concentration: Concentration | None = None) -> Quantity:
    """The same quantity in another unit, exactly.

    Raises:  UnitsNotConvertible when it takes knowledge that is not there, or that the concentration does not give.
    """
    if quantity.unit.converts_to(to):
        # Counts convert to themselves only; their scale is 1.
        return Quantity(quantity.amount * quantity.unit.scale / to.scale, to)
    if concentration is not None:
        content, per = concentration.content, concentration.per
        for here, there in ((per, content), (content, per)):
            if quantity.unit.converts_to(here.unit) and to.converts_to(there.unit):
                share = convert(quantity, here.unit).amount / here.amount
                return convert(Quantity(share * there.amount, there.unit), to)
        raise UnitsNotConvertible(
            f"{quantity.unit} does not convert to {to} by a concentration in {content.unit} per {per.unit}"
        )
    missing = missing_knowledge(quantity.unit, to) or Missing.FACTOR
    raise UnitsNotConvertible(_NEEDS[missing].format(unit=quantity.unit, to=to))


_NEEDS = {
    Missing.CONCENTRATION: "{unit} to {to} needs the concentration of the product",
    Missing.FACTOR: "{unit} to {to} needs a factor that belongs to the drug",
    Missing.CONTENT: "{unit} to {to} needs the labeled content",
}


def plain(number: Fraction) -> str:
    """A number as people write it: a decimal where it ends within six places, else a fraction."""
    if (number * 10**6).denominator != 1:
        return str(number)
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"
