"""The checks of a crosswalk: each holds rows against what their numbers should be, and says how they stand to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from benchmarks.crosswalk.kinds import Kind
from benchmarks.crosswalk.rows import BillingUnit, Listed, Strength
from cleanclaim.values import Quantity, Unit, convert

_DIGIT = Fraction(1, 100)  # BILLUNITS have two decimals at most
_SALT = Fraction(4, 100)
_FEWEST_OTHERS = 3


@dataclass(frozen=True, slots=True)
class Held:
    """A row beside what was expected of it, where that is one number."""

    row: Listed
    kind: Kind
    expected: Fraction | None = None


@dataclass(slots=True)
class Check:
    """A question, the rows that were held against it, and why others were not."""

    name: str
    question: str
    held: list[Held] = field(default_factory=list)
    not_held: Counter[str] = field(default_factory=Counter)

    @property
    def counts(self) -> Counter[Kind]:
        """Rows by kind."""
        return Counter(one.kind for one in self.held)

    def of(self, kind: Kind) -> list[Held]:
        """The rows of a kind."""
        return [one for one in self.held if one.kind is kind]


def package(rows: Iterable[Listed]) -> Check:
    """BILLUNITSPKG against BILLUNITS x PKG QTY."""
    check = Check("package", "BILLUNITSPKG = BILLUNITS x PKG QTY")
    for row in rows:
        expected = row.units * row.quantity
        check.held.append(Held(row, _package_kind(row, expected), expected))
    return check


def _package_kind(row: Listed, expected: Fraction) -> Kind:
    printed, kind = row.package_units, Kind.OTHER
    if printed == expected:
        kind = Kind.EQUAL
    elif printed == ceil(expected):
        kind = Kind.UP
    elif printed == row.units:
        kind = Kind.NO_QUANTITY
    elif printed == row.quantity:
        kind = Kind.REPEATS
    elif row.size > 1 and printed == expected * row.size:
        kind = Kind.PIECE
    elif (printed / expected).denominator == 1:
        kind = Kind.MULTIPLE
    return kind


def volume(rows: Iterable[Listed]) -> Check:
    """BILLUNITS of codes billed by volume against PKG SIZE: the one strength that the file itself states."""
    check = Check("volume", "BILLUNITS = PKG SIZE / mL of one unit, where the file's dosage is a volume")
    for row in rows:
        unit = row.billing_unit
        if unit is None or not unit.is_amount or unit.unit is not Unit.ML or not unit.amount:
            check.not_held["the dosage is no volume"] += 1
            continue
        expected = row.size / unit.amount
        kind = _near(row, expected)
        if row.size == 1 and not kind.agrees:
            kind = Kind.SIZE_IS_ONE
        check.held.append(Held(row, kind, expected))
    return check


def several_codes(rows: Iterable[Listed]) -> Check:
    """The rows of an NDC that stands under several codes: one item has one content, by whatever code."""
    check = Check("several codes", "One NDC under several codes: one PKG SIZE, one PKG QTY, one content of an item")
    for group in _grouped(rows, lambda row: (row.ndc,)):
        first = group[0]
        if len(group) == 1:
            check.not_held["the NDC stands under one code"] += 1
        elif any(_same_content(first, row) is None for row in group):
            check.not_held["the dosages count different things"] += len(group)
        else:
            sizes = {(row.size, row.quantity) for row in group}
            agree = len(sizes) == 1 and all(_same_content(first, row) for row in group)
            check.held += [Held(row, Kind.ROUNDED if agree else Kind.OTHER) for row in group]
    return check


def _same_content(one: Listed, other: Listed) -> bool | None:
    """Whether their units are the same content, to the printed digits; None where that cannot be told."""
    here, there = one.billing_unit, other.billing_unit
    if here is None or there is None or not (here.is_amount and there.is_amount):
        return None
    if here.unit is None or there.unit is None or here.unit.dimension is not there.unit.dimension:
        return None
    mine = Quantity((here.amount or 0) * Fraction(1), here.unit)
    theirs = convert(Quantity((there.amount or 0) * Fraction(1), there.unit), here.unit)
    gap = abs(one.units * mine.amount - other.units * theirs.amount)
    return gap < _DIGIT * max(mine.amount, theirs.amount)


def siblings(rows: Iterable[Listed]) -> Check:
    """The packages of one product (labeler and product of the NDC) under one code: one strength, one factor."""
    check = Check("siblings", "Packages of one product (first nine digits) under one code: one factor (NDC-18)")
    for group in _grouped(rows, lambda row: (row.code, row.product)):
        if len(group) == 1:
            check.not_held["the only package of its product"] += 1
            continue
        kind = _siblings_kind(group)
        usual, count = Counter(row.factor for row in group).most_common(1)[0]
        several = count > 1 and kind is Kind.OTHER
        for row in group:
            as_usual = several and row.factor == usual
            expected = usual * row.size if several and not as_usual else None
            check.held.append(Held(row, Kind.EQUAL if as_usual else kind, expected))
    return check


def _siblings_kind(group: Sequence[Listed]) -> Kind:
    kind = Kind.OTHER
    if len({row.factor for row in group}) == 1:
        kind = Kind.EQUAL
    elif _share_a_factor(group, _digits):
        kind = Kind.ROUNDED
    elif all(_package_kind(row, row.units * row.quantity) is Kind.PIECE for row in group):
        kind = Kind.PIECE
    elif _bottles(group):
        kind = Kind.OF_PACKAGE
    elif _pieces_beside(group):
        kind = Kind.SIZE_IS_ONE
    elif _share_a_factor(group, _unit_below):
        kind = Kind.UP
    return kind


def _bottles(group: Sequence[Listed]) -> bool:
    """Whether the packages have one number of units a piece, and BILLUNITS of some is that of all their pieces."""
    per_piece = {row.package_units / row.size / row.quantity for row in group}
    whole = any(row.size == 1 and row.quantity > 1 and row.units == row.package_units for row in group)
    return len(per_piece) == 1 and whole


def _pieces_beside(group: Sequence[Listed]) -> bool:
    """Whether rows of PKG SIZE 1 stand beside rows in mL that agree; two rows with other units each tell nothing."""
    in_ml = [row for row in group if row.size != 1]
    tells = len(group) > 2 or len({row.units for row in group}) == 1
    return 0 < len(in_ml) < len(group) and tells and _share_a_factor(in_ml, _digits)


def _digits(row: Listed) -> tuple[Fraction, Fraction]:
    """The factors that its printed digits allow: either number may be rounded where it has decimals."""
    units = _DIGIT if row.units.denominator > 1 else Fraction(0)
    size = _size_slack(row)
    return (row.units - units) / (row.size + size), (row.units + units) / (row.size - size)


def _size_slack(row: Listed) -> Fraction:
    """How far the true size may be from the printed one: half of the last decimal. Below 1 that says too much."""
    if row.size.denominator == 1 or row.size < 1:
        return Fraction(0)
    step = Fraction(1)
    while (row.size / step).denominator > 1:
        step /= 10
    return step / 2


def _unit_below(row: Listed) -> tuple[Fraction, Fraction]:
    """The factors from which its units come by rounding up; a row that is no whole number was not rounded."""
    if row.units.denominator > 1:
        return _digits(row)
    return (row.units - 1 + _DIGIT) / row.size, row.factor


def _share_a_factor(group: Sequence[Listed], bounds: Callable[[Listed], tuple[Fraction, Fraction]]) -> bool:
    both = [bounds(row) for row in group]
    return max(low for low, _ in both) <= min(high for _, high in both)


def alone(rows: Iterable[Listed]) -> Check:
    """The one row of a code whose factor is not that of all its others."""
    check = Check("alone", "A code with one factor in all its rows but one")
    for group in _grouped(rows, lambda row: (row.code,)):
        factors = Counter(row.factor for row in group)
        (usual, count), *rest = factors.most_common()
        if count < _FEWEST_OTHERS or len(group) - count > 1:
            check.not_held["the code has few rows, or several strengths"] += len(group)
            continue
        others_in_ml = all(row.size != 1 for row in group if row.factor == usual)
        for row in group:
            if not rest or row.factor == usual:
                check.held.append(Held(row, Kind.EQUAL))
                continue
            expected, kind = usual * row.size, Kind.ALONE
            if row.size == 1 and others_in_ml:
                kind = Kind.SIZE_IS_ONE
            elif row.size != 1 and abs(row.units - expected) < _DIGIT * expected / 10:
                kind = Kind.NEAREST
            check.held.append(Held(row, kind, expected))
    return check


def strength(rows: Iterable[Listed], strengths: Mapping[str, Strength]) -> Check:
    """BILLUNITS against PKG SIZE x the strength in the FDA's directory."""
    check = Check("strength", "BILLUNITS = PKG SIZE x strength / amount of one unit, strengths of the FDA's directory")
    for row in rows:
        known, unit = strengths.get(row.product), row.billing_unit
        if known is None:
            check.not_held["not in that directory, or with several substances or strengths"] += 1
        elif unit is None or not unit.is_amount or unit.unit is None or not unit.amount:
            check.not_held["the unit is no amount"] += 1
        elif known.content.unit.dimension is not unit.unit.dimension:
            check.not_held["strength and unit count different things (mL of a solution in mg/mL)"] += 1
        elif known.is_powder and known.per != "1":
            check.not_held["a powder whose strength is told per mL"] += 1
        else:
            expected = convert(known.content, unit.unit).amount * row.size / unit.amount
            check.held.append(Held(row, _strength_kind(row, expected, known.per), expected))
    return check


def _strength_kind(row: Listed, expected: Fraction, per: str) -> Kind:
    near, kind = _near(row, expected), Kind.OTHER
    ratio, is_one = row.units / expected, row.size == 1 and per == "mL"
    is_up_to = row.billing_unit is not None and row.billing_unit.semantics == "up_to"
    if near.agrees or (near is Kind.UP and (is_up_to or not is_one)):
        kind = near
    elif row.package_units == expected:
        kind = Kind.PIECE if _package_kind(row, row.units * row.quantity) is Kind.PIECE else Kind.PACKAGE_RIGHT
    elif _is_weight(row, per):
        kind = Kind.SIZE_IS_WEIGHT
    elif row.size == 1 and ratio == row.quantity:
        kind = Kind.OF_PACKAGE
    elif per == "1" and ratio * row.size == 1:
        kind = Kind.OF_CONTAINER
    elif is_one and ratio > 1:
        kind = Kind.SIZE_IS_ONE
    elif row.units == round(expected):
        kind = Kind.NEAREST
    elif abs(ratio - 1) < _SALT:
        kind = Kind.SALT
    return kind


def _is_weight(row: Listed, per: str) -> bool:
    """Whether PKG SIZE is read as mg, or as grams of a weighed product, by units that are just that weight."""
    unit = row.billing_unit
    if unit is None or unit.unit is None or not unit.amount or (per == "1" and row.size.denominator == 1):
        return False
    weight = Quantity(row.size, Unit.G if per == "g" else Unit.MG)
    same = unit.unit.dimension is weight.unit.dimension
    return same and row.units == convert(weight, unit.unit).amount / unit.amount


def dosage(rows: Iterable[Listed], descriptors: Mapping[str, BillingUnit]) -> Check:
    """The dosage column against the billing unit that the long descriptor of the code states."""
    check = Check("dosage", "HCPCS dosage of the file = the billing unit of the long descriptor, HCPCS October 2025")
    for row in rows:
        told, known = row.billing_unit, descriptors.get(row.code)
        if known is None:
            check.not_held["the code has no descriptor in force there (a later code, or CPT)"] += 1
        elif told is None:
            check.not_held["the dosage names no amount that is read"] += 1
        else:
            check.held.append(Held(row, _dosage_kind(told, known), known.amount))
    return check


def _dosage_kind(told: BillingUnit, known: BillingUnit) -> Kind:
    kind = Kind.OTHER
    if (told.amount, told.unit) == (known.amount, known.unit):
        kind = Kind.EQUAL
    elif told.is_amount and known.is_amount and told.unit and known.unit and told.unit.converts_to(known.unit):
        here = convert(Quantity(told.amount or Fraction(0), told.unit), known.unit).amount
        kind = Kind.EQUAL if here == known.amount else Kind.OTHER
    elif known.semantics == "combination":
        kind = Kind.INGREDIENT
    elif known.semantics == "per_container":
        kind = Kind.CONTENT
    return kind


def _near(row: Listed, expected: Fraction) -> Kind:
    printed, kind = row.units, Kind.OTHER
    if printed == expected:
        kind = Kind.EQUAL
    elif abs(printed - expected) < max(_DIGIT, expected * _size_slack(row) / row.size):
        kind = Kind.ROUNDED
    elif printed == ceil(expected):
        kind = Kind.UP
    return kind


def _grouped(rows: Iterable[Listed], key: Callable[[Listed], tuple[str, ...]]) -> Iterable[list[Listed]]:
    groups: dict[tuple[str, ...], list[Listed]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups.values()
