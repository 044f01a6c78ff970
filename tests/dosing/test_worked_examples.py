"""The worked examples of the rulebook: UW-1 to UW-40 (units-and-waste.md section 3), codes.md section 5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pytest

from cleanclaim.dosing import BillingUnit, Container, ContainerKind, Semantics, discard, units_for_dose
from cleanclaim.values import Quantity

SINGLE, MULTI = ContainerKind.SINGLE_DOSE, ContainerKind.MULTI_DOSE
NO_MODIFIER: tuple[str, ...] = ()
JW, JZ = ("JW",), ("JZ",)


def quantity(text: str) -> Quantity:
    amount, unit = text.split(maxsplit=1)
    return Quantity.of(amount, unit)


def unit(text: str, semantics: Semantics = Semantics.LINEAR) -> BillingUnit:
    """`10 mg`, or `up to 125 mg`."""
    covers = text.startswith("up to ")
    amount, measure = text.removeprefix("up to ").split(maxsplit=1)
    return BillingUnit.of(amount, measure, Semantics.UP_TO if covers else semantics)


@dataclass(frozen=True)
class Case:
    """What was given, from which containers (`4 x 100 mg`, `;` between sizes), and the lines that must come out."""

    dose: str
    unit: BillingUnit
    containers: str
    lines: list[tuple[int, tuple[str, ...]]]
    kind: ContainerKind = SINGLE
    on: date = date(2026, 3, 2)
    elsewhere: str | None = None
    exempt: str | None = None


def containers(case: Case) -> list[Container]:
    opened = []
    for part in case.containers.split(";"):
        count, content = part.split(" x ") if " x " in part else ("1", part)
        elsewhere = quantity(case.elsewhere) if case.elsewhere else None
        opened.append(Container(quantity(content.strip()), int(count), elsewhere))
    return opened


PER_MG, PER_10_MG, PER_100_MG = unit("1 mg"), unit("10 mg"), unit("100 mg")
PER_UNIT = unit("1 unit")
B12 = unit("up to 1000 mcg")

EXAMPLES = {
    "UW-1": Case("95 units", PER_UNIT, "100 units", [(95, NO_MODIFIER), (5, JW)]),
    "UW-2": Case("7 mg", PER_10_MG, "10 mg", [(1, JZ)]),
    "UW-3": Case("70 mg", PER_10_MG, "100 mg", [(7, NO_MODIFIER), (3, JW)]),
    "UW-4": Case("77 mg", PER_10_MG, "100 mg", [(8, NO_MODIFIER), (2, JW)]),
    "UW-5": Case("70 mg", PER_100_MG, "100 mg", [(1, JZ)]),
    "UW-6": Case("350 mg", PER_10_MG, "4 x 100 mg", [(35, NO_MODIFIER), (5, JW)]),
    "UW-7": Case("400 mg", PER_10_MG, "4 x 100 mg", [(40, JZ)]),
    "UW-8": Case("300 mg", PER_10_MG, "3 x 100 mg", [(30, JZ)]),
    "UW-8 from the 400 mg vial": Case("300 mg", PER_10_MG, "400 mg", [(30, NO_MODIFIER), (10, JW)]),
    "UW-9": Case("305 mg", PER_10_MG, "4 x 100 mg", [(31, NO_MODIFIER), (9, JW)]),
    "UW-10": Case("200 mg", PER_MG, "2 x 100 mg", [(200, JZ)]),
    "UW-11": Case("60 mg", unit("5 mg"), "125 mg", [(12, NO_MODIFIER), (13, JW)]),
    "UW-12": Case("62.5 mg", unit("5 mg"), "125 mg", [(13, NO_MODIFIER), (12, JW)]),
    "UW-13": Case("60 mg", unit("up to 125 mg"), "125 mg", [(1, JZ)], on=date(2024, 1, 5)),
    "UW-14": Case("40 mg", PER_MG, "40 mg", [(40, JZ)]),
    "UW-14 before 2024-04-01": Case("40 mg", unit("40 mg"), "40 mg", [(1, JZ)], on=date(2024, 3, 31)),
    "UW-15": Case("40 mg", PER_MG, "400 mg", [(40, NO_MODIFIER)], kind=MULTI),
    "UW-16": Case("1000 mcg", B12, "1000 mcg", [(1, JZ)]),
    "UW-17": Case("500 mcg", B12, "1000 mcg", [(1, JZ)]),
    "UW-18": Case("1000 mcg", B12, "30 mg", [(1, NO_MODIFIER)], kind=MULTI),
    "UW-19": Case("155 units", PER_UNIT, "200 units", [(155, NO_MODIFIER), (45, JW)]),
    "UW-20": Case("2 mg", PER_MG, "2 mg", [(2, JZ)]),
    "UW-21": Case("60 mg", PER_MG, "60 mg", [(60, JZ)]),
    "UW-22": Case("415 mg", PER_10_MG, "5 x 100 mg", [(42, NO_MODIFIER), (8, JW)]),
    "UW-23": Case("712.5 mg", PER_10_MG, "500 mg; 3 x 100 mg", [(72, NO_MODIFIER), (8, JW)]),
    "UW-24": Case("1050 mg", PER_10_MG, "2 x 400 mg; 3 x 100 mg", [(105, NO_MODIFIER), (5, JW)]),
    "UW-25": Case("275 mg", PER_10_MG, "275 mg", [(28, NO_MODIFIER)], on=date(2023, 3, 1)),
    "UW-26": Case("2.3 mg", unit("0.1 mg"), "3.5 mg", [(23, NO_MODIFIER), (12, JW)]),
    "UW-27": Case("750 mg", PER_MG, "750 mg", [(750, JZ)]),
    "UW-28": Case("1088 mg", PER_10_MG, "2 x 400 mg; 3 x 100 mg", [(109, NO_MODIFIER), (1, JW)]),
    "UW-29": Case("35 g", unit("500 mg"), "20 g; 10 g; 5 g", [(70, JZ)]),
    "UW-30 patient A": Case("60 units", PER_UNIT, "100 units", [(60, JZ)], elsewhere="40 units"),
    "UW-30 patient B": Case("40 units", PER_UNIT, "100 units", [(40, JZ)], elsewhere="60 units"),
    "UW-31 patient A": Case("60 units", PER_UNIT, "100 units", [(60, JZ)], elsewhere="40 units"),
    "UW-31 patient B": Case("30 units", PER_UNIT, "100 units", [(30, NO_MODIFIER), (10, JW)], elsewhere="60 units"),
    "UW-32": Case("15 mg", BillingUnit(None, None, Semantics.UNCLASSIFIED), "20 mg", [(1, NO_MODIFIER), (1, JW)]),
    "UW-33": Case("2048 IU", unit("1 i.u."), "2 x 1024 IU", [(2048, JZ)]),
    "UW-34": Case(
        "9.8 mCi", unit("45 millicuries", Semantics.PER_STUDY), "10 mCi", [(1, NO_MODIFIER)], exempt="UNW-13"
    ),
    "UW-35": Case("198.4 mCi", unit("1 millicurie"), "200 mCi", [(199, NO_MODIFIER)], exempt="UNW-24"),
    "UW-36": Case("12 sq cm", unit("1 sq cm"), "16 sq cm", [(12, NO_MODIFIER)], exempt="UNW-16"),
    "UW-37": Case("12 sq cm", unit("1 sq cm"), "16 sq cm", [(12, NO_MODIFIER), (4, JW)], on=date(2025, 12, 31)),
    "UW-38": Case("4 mg", PER_MG, "4 mg", [(4, NO_MODIFIER)], exempt="UNW-13"),
    "UW-39": Case("426 mg", PER_10_MG, "3 x 150 mg", [(43, NO_MODIFIER), (2, JW)]),
    "UW-40": Case("32 mg", PER_10_MG, "55 mg", [(4, NO_MODIFIER), (1, JW)]),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in EXAMPLES.items()])
def test_dose_from_containers_gives_the_lines_of_the_rulebook(case: Case) -> None:
    split = discard(quantity(case.dose), case.unit, containers(case), case.kind, on=case.on, exempt=case.exempt)
    assert [(line.units, line.modifiers) for line in split.lines] == case.lines
    assert all(line.rule for line in split.lines)


def test_every_worked_example_is_here() -> None:
    assert {int(name.split()[0].removeprefix("UW-")) for name in EXAMPLES} == set(range(1, 41))


@pytest.mark.parametrize(
    ("per_measure", "measure", "name"),
    [("5", "83", "UW-22"), ("375", "1.9", "UW-23"), ("16", "68", "UW-28"), ("6", "71", "UW-39")],
)
def test_dose_by_weight_or_surface_is_the_dose_of_the_example(per_measure: str, measure: str, name: str) -> None:
    assert Fraction(per_measure) * Fraction(measure) == quantity(EXAMPLES[name].dose).amount


def test_uw_8_the_larger_vial_discards_what_the_smaller_ones_do_not() -> None:
    small = discard(quantity("300 mg"), PER_10_MG, [Container(quantity("100 mg"), 3)], SINGLE, on=date(2026, 3, 2))
    large = discard(quantity("300 mg"), PER_10_MG, [Container(quantity("400 mg"))], SINGLE, on=date(2026, 3, 2))
    assert (small.discarded_units, large.discarded_units) == (0, 10)


def test_uw_32_charge_divides_by_the_amounts_of_the_lines() -> None:
    case = EXAMPLES["UW-32"]
    split = discard(quantity(case.dose), case.unit, containers(case), case.kind, on=case.on)
    assert [str(line.quantity) for line in split.lines] == ["15 mg", "5 mg"]


@pytest.mark.parametrize(
    ("code_unit", "dose", "units"),
    [
        pytest.param(PER_10_MG, "350 mg", 35, id="J1745"),
        pytest.param(unit("5 mg"), "62.5 mg", 13, id="J2919"),
        pytest.param(B12, "1500 mcg", 2, id="J3420"),
        pytest.param(PER_UNIT, "155 units", 155, id="J0585"),
        pytest.param(unit("0.1 mg"), "2.3 mg", 23, id="J9041"),
        pytest.param(unit("15 mg"), "30 mg", 2, id="J1885"),
        pytest.param(PER_MG, "200 mg", 200, id="J3121"),
        pytest.param(unit("50 mg"), "75 mg", 2, id="J2675"),
        pytest.param(PER_MG, "1.5 g", 1500, id="COD-59"),
        pytest.param(unit("1 millicurie"), "198.4 mCi", 199, id="A9513"),
        pytest.param(unit("1 microcurie"), "0.2 mCi", 200, id="A9606"),
        pytest.param(unit("45 mCi", Semantics.PER_STUDY), "12 mCi", 1, id="A9552"),
        pytest.param(unit("1 dose", Semantics.PER_CONTAINER), "1 dose", 1, id="J7323"),
    ],
)
def test_units_of_the_worked_line_of_the_dosage_grammar(code_unit: BillingUnit, dose: str, units: int) -> None:
    assert units_for_dose(quantity(dose), code_unit).units == units
