"""Templates with several drugs: regimens, two injections, infusion with injection, two NDCs of one drug."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from benchmarks.injected.catalogue import BY_CODE, Drug
from benchmarks.injected.draft import Draft, Line, plain
from benchmarks.injected.people import pick_program
from benchmarks.injected.products import Product
from benchmarks.injected.singles import NoClaimError, add_visit, assemble, extra_hours, procedure, stamp
from benchmarks.injected.workshop import Wish, Workshop, ndc_fields, with_dose

# (code, dose, step, minutes); steps: first 96413, seq 96417, add 96411, pre 96375, preinf 96367
REGIMENS = (
    ("C569", (("J1100", "10", "pre", 5), ("J2469", "250", "pre", 3), ("J9267", "300", "first", 180),
              ("J9045", "450", "seq", 45))),
    ("C3490", (("J9271", "200", "first", 30), ("J9305", "900", "seq", 16), ("J9045", "600", "seq", 30))),
    ("C3490", (("J1453", "150", "preinf", 20), ("J9060", "130", "first", 60), ("J9305", "850", "seq", 20))),
    ("C189", (("J2405", "8", "pre", 5), ("J9263", "150", "first", 120), ("J9190", "700", "add", 5))),
    ("C189", (("J9206", "300", "first", 90), ("Q5118", "400", "seq", 30), ("J1100", "8", "pre", 5))),
    ("C8330", (("J1200", "50", "pre", 3), ("Q5115", "700", "first", 210))),
    ("C8290", (("J1200", "25", "pre", 3), ("J9312", "680", "first", 180))),
    ("C50911", (("J9355", "450", "first", 90), ("J9306", "420", "seq", 60))),
    ("C50911", (("J9306", "840", "first", 60), ("Q5116", "420", "seq", 90))),
    ("C50911", (("J2405", "8", "pre", 5), ("J9171", "140", "first", 60), ("J9075", "1000", "seq", 30))),
    ("C439", (("J9299", "240", "first", 30), ("J9228", "80", "seq", 30))),
    ("C189", (("J9303", "420", "first", 60), ("J9206", "320", "seq", 90))),
    ("C9000", (("J1100", "10", "pre", 5), ("J9145", "1088", "first", 210))),
    ("C259", (("J9264", "225", "first", 30), ("J9201", "1800", "seq", 30))),
)  # fmt: skip
STEP_CODE = {"first": "96413", "seq": "96417", "add": "96411", "pre": "96375", "preinf": "96367"}
INJECTION_PAIRS = (
    ("J3420", "J3411", "E538"), ("J0696", "J1100", "J189"), ("J1885", "J2550", "N23"), ("J1885", "J2360", "M5450"),
    ("J1631", "J1630", "F209"), ("J1010", "J1885", "M5416"), ("J0696", "J1885", "N390"),
)  # fmt: skip
INFUSION_PAIRS = (("J1335", "J1885", "L03115"), ("J1439", "J3420", "D509"), ("J1756", "J3420", "D509"))
TWO_SIZES = (
    ("J9035", "500"), ("J9312", "700"), ("Q5115", "600"), ("J9299", "340"), ("J9145", "1000"), ("Q5118", "500"),
    ("J9303", "500"), ("J9308", "600"), ("J9173", "740"),
)  # fmt: skip
SEX = {"C569": "F", "C50911": "F", "C61": "M"}


def regimen(shop: Workshop, wish: Wish) -> Draft:
    """A chemotherapy day: premedication, first infusion, sequential drugs (ADM-02, ADM-06..08)."""
    for _ in range(400):
        diagnosis, steps = shop.random.choice(REGIMENS)
        day = shop.day(wish)
        program = shop.random.choice(wish.programs) if wish.programs else pick_program(shop.random)
        draft = try_regimen(shop, wish, diagnosis, steps, day, program)
        if draft is not None:
            return draft
    raise NoClaimError(str(wish))


def try_regimen(shop: Workshop, wish: Wish, diagnosis: str, steps: tuple, day: object, program: str) -> Draft | None:
    """One attempt at a regimen."""
    drugs: list[Line] = []
    counts: dict[str, int] = {}
    clock = shop.clock(day)  # type: ignore[arg-type]
    for code, dose, step, minutes in steps:
        lines = shop.drug_lines(BY_CODE[code], day, program, with_dose(wish, Decimal(dose)), "inf")  # type: ignore[arg-type]
        if lines is None:
            return None
        stamp(lines[0], clock, minutes)
        clock += timedelta(minutes=minutes + 5)
        drugs += lines
        counts[STEP_CODE[step]] = counts.get(STEP_CODE[step], 0) + 1
        hours = extra_hours(minutes)
        if hours and step in ("first", "seq"):
            counts["96415"] = counts.get("96415", 0) + hours
    order = ("96413", "96415", "96417", "96411", "96367", "96375")
    lines = [procedure(code, counts[code]) for code in order if code in counts] + drugs
    diagnoses = ["Z5111" if diagnosis != "C439" else "Z5112", diagnosis]
    for line in lines:
        line.pointers = [1, 2] if line.role == "admin" else [2]
    add_visit(shop, wish, lines, diagnoses, 0.1)
    draft = assemble(shop, wish, None, program, day, lines, diagnoses)
    if draft is not None and diagnosis in SEX:
        draft.patient["sex"] = SEX[diagnosis]
    return draft


def two_injections(shop: Workshop, wish: Wish) -> Draft:
    """Two intramuscular drugs: 96372 x2, or a second 96372 with 59 (ADM-13)."""
    for _ in range(400):
        first, second, diagnosis = shop.random.choice(INJECTION_PAIRS)
        day = shop.day(wish)
        program = shop.random.choice(wish.programs) if wish.programs else pick_program(shop.random)
        parts = [shop.drug_lines(BY_CODE[code], day, program, wish, "im") for code in (first, second)]
        if any(part is None for part in parts):
            continue
        if shop.random.random() < 0.5:
            lines = [procedure("96372", 2)]
        else:
            lines = [procedure("96372"), procedure("96372", 1, (shop.random.choice(("59", "XS")),))]
        lines += [line for part in parts if part for line in part]
        diagnoses = [diagnosis]
        add_visit(shop, wish, lines, diagnoses, 0.25)
        draft = assemble(shop, wish, None, program, day, lines, diagnoses)
        if draft is not None:
            return draft
    raise NoClaimError(str(wish))


def infusion_and_injection(shop: Workshop, wish: Wish) -> Draft:
    """An infusion or push and an injection of another drug; 59 opens the pair of indicator 1 (NCI-22)."""
    for _ in range(400):
        first, second, diagnosis = shop.random.choice(INFUSION_PAIRS)
        day = shop.day(wish)
        program = shop.random.choice(wish.programs) if wish.programs else pick_program(shop.random)
        parts = [
            shop.drug_lines(BY_CODE[first], day, program, wish),
            shop.drug_lines(BY_CODE[second], day, program, wish),
        ]
        if any(part is None for part in parts):
            continue
        way = BY_CODE[first].way
        start = procedure("96365" if way == "inf" else "96374")
        lines = [start, procedure("96372", 1, ("59",)), *[line for part in parts if part for line in part]]
        draft = assemble(shop, wish, None, program, day, lines, [diagnosis])
        if draft is not None:
            return draft
    raise NoClaimError(str(wish))


def two_sizes(shop: Workshop, drug: Drug, day: object, dose: Decimal) -> list[tuple[Product, int]] | None:
    """Vials of two sizes of one product that hold the dose exactly (UNW-07)."""
    products = shop.finder.products(drug, day)  # type: ignore[arg-type]
    for big in products:
        for small in products:
            rest = dose - big.content * int(dose // big.content)
            fits = small.family == big.family and small.content < big.content and small.factor == big.factor
            if fits and big.kind == "single" and small.kind == "single" and rest and rest % small.content == 0:
                return [(big, int(dose // big.content)), (small, int(rest / small.content))]
    return None


def two_ndcs(shop: Workshop, wish: Wish) -> Draft:
    """Two NDCs of one drug (NDC-33): Medicare one line and a note, other payers one line per NDC with 59."""
    for _ in range(400):
        code, text = shop.random.choice(TWO_SIZES)
        drug, dose, day = BY_CODE[code], Decimal(text), shop.day(wish)
        program = shop.random.choice(wish.programs or ("medicare_b", "medicaid", "commercial"))
        vials = two_sizes(shop, drug, day, dose) if shop.usable(code, day) else None
        if vials is None:
            continue
        unit = shop.reference.unit_size(code).amount
        if any((product.content * count) % unit for product, count in vials):
            continue
        lines = one_line(shop, drug, day, dose, vials) if program == "medicare_b" else per_ndc(shop, drug, day, vials)
        minutes = shop.random.choice(drug.minutes)
        lines.append(procedure("96413"))
        if extra_hours(minutes):
            lines.append(procedure("96415", extra_hours(minutes)))
        draft = assemble(shop, wish, drug, program, day, lines, [shop.random.choice(drug.diagnoses)])
        if draft is not None:
            return draft
    raise NoClaimError(str(wish))


def one_line(shop: Workshop, drug: Drug, day: object, dose: Decimal, vials: list[tuple[Product, int]]) -> list[Line]:
    """All units on one line, the first NDC in 2410, the second in the note; quantities of equal concentration."""
    unit = shop.reference.unit_size(drug.code).amount
    first, second = vials[0][0], vials[1][0]
    line = Line("drug", drug.code, int(dose / unit), shop.price(drug.code, day), ["JZ"], drug)  # type: ignore[arg-type]
    volume = sum((product.size * count for product, count in vials), Decimal(0))
    line.fields.update(ndc_fields(first.ndc, volume, first.uom))
    line.fields["note"] = f"ALSO NDC {second.ndc} {second.uom}{plain(second.size * vials[1][1])}"
    line.charted = {"container": "single_dose"}
    return [line]


def per_ndc(shop: Workshop, drug: Drug, day: object, vials: list[tuple[Product, int]]) -> list[Line]:
    """One line per NDC, 59 on the second."""
    unit = shop.reference.unit_size(drug.code).amount
    price = shop.price(drug.code, day)  # type: ignore[arg-type]
    lines = []
    for place, (product, count) in enumerate(vials):
        units = int(product.content * count / unit)
        line = Line("drug", drug.code, units, price, ["59"] if place else [], drug)
        line.fields.update(ndc_fields(product.ndc, product.size * count, product.uom))
        lines.append(line)
    return lines
