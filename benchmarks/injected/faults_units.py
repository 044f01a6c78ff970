"""Faults of the units family: UNIT-001, 003, 004."""

from __future__ import annotations

from decimal import Decimal

from benchmarks.injected import specials
from benchmarks.injected.draft import Draft, Line
from benchmarks.injected.fault import NOT_MEDICAID, Fault, base, over_mue, until
from benchmarks.injected.workshop import Wish, Workshop

UP_TO = ("J3420", "J1200", "J2550", "J0780", "J1630", "J0500", "J2360", "J1580", "J1720")
COARSE = ("J2919", "J3301", "J0696", "J1885", "J9190", "J9206", "J3411", "J1631")


def unit_001(shop: Workshop, index: int) -> Fault:
    """Units missing, zero, negative or fractional on a drug line."""
    case = ("missing", "zero", "negative", "fractional", "fractional on JW")[index % 5]
    draft = base(shop, 0.12, waste=case == "fractional on JW")
    line = draft.first("jw" if case == "fractional on JW" else "drug")
    right, charge = Decimal(line.units or 1), line.amount()
    wrong: dict[str, Decimal | None] = {"missing": None, "zero": Decimal(0), "negative": -right}
    line.units = wrong[case] if case in wrong else right + Decimal("0.5")
    line.charge = charge
    may = [
        ("UNIT-003", "units differ from the dose"),
        ("NDC-E-006", "quantity differs from the units"),
        ("WASTE-005", "JW units are no whole number"),
        ("UNIT-007", "half a unit over the label"),
    ]
    if case == "missing":
        may.append(("FMT-E-001", "SV104/SV205 is empty"))
    return Fault(draft, [("UNIT-001", line, "reject")], case, may)


def side_effects(draft: Draft, shop: Workshop, line: Line, units: int) -> list[tuple[str, str]]:
    """Edits that wrong units may set off as well."""
    out = [
        ("UNIT-007", "units may exceed the labelled content of the charted containers"),
        ("UNIT-004", "units far from the dose"),
    ]
    if over_mue(draft, shop, line.code, units):
        out.append(("NCCI-002", "the wrong units are over the MUE of 2024 Q3"))
    return out


def unit_003(shop: Workshop, index: int) -> Fault:
    """Units that are not ceil(dose / unit), without being ten times off."""
    case = (
        "rounded down", "up-to code billed twice", "whole multi-dose vial", "tracer per study by activity",
        "tracer rounded down", "NOC more than one unit", "mg as units", "one unit short",
    )[index % 8]  # fmt: skip
    if case.startswith("tracer"):
        codes = ("A9503",) if "study" in case else ("A9513", "A9595", "A9606")
        draft = specials.tracer(shop, Wish(codes=codes, chart=True))
        line = draft.first("drug")
        units = 26 if "study" in case else int(line.units or 0) - 1
    elif case.startswith("NOC"):
        draft = specials.noc(shop, Wish(programs=("medicare_b",)))
        line = draft.first("drug")
        units = shop.random.choice((2, 4, 20))
        line.charge = line.amount()
    else:
        draft, line, units = charted(shop, case)
    line.units = units
    return Fault(draft, [("UNIT-003", line, "deny")], case, side_effects(draft, shop, line, units))


def charted(shop: Workshop, case: str) -> tuple[Draft, Line, int]:
    """A charted claim and the wrong units of a case."""
    common = {"programs": NOT_MEDICAID, "ndc": False, "chart": True}
    if case == "up-to code billed twice":
        draft = base(shop, codes=UP_TO, **common)
        return draft, draft.first("drug"), int(draft.first("drug").units or 0) + 1
    if case == "mg as units":
        draft = until(
            shop, lambda item: ratio(shop, item.first("drug")) not in (1, 10), codes=COARSE, waste=False, **common
        )
        line = draft.first("drug")
        assert line.prepared is not None
        return draft, line, int(line.prepared.dose)
    if case == "whole multi-dose vial":
        draft = until(shop, lambda item: whole_vial(item.first("drug")) not in (1, 10, None), kind="multi", **common)
        line = draft.first("drug")
        return draft, line, int((line.units or 0) * (whole_vial(line) or 1))
    if case == "rounded down":
        draft = until(
            shop,
            lambda item: fraction(shop, item.first("drug")),
            codes=(
                "Q5103",
                "J9145",
                "J9312",
                "J9190",
                "J2919",
                "J1745",
                "Q5121",
                "Q5119",
                "Q5107",
                "J9201",
                "J9206",
                "J9155",
                "J9355",
            ),
            **common,
        )
    else:
        draft = until(shop, lambda item: int(item.first("drug").units or 0) > 2, waste=False, **common)
    line = draft.first("drug")
    return draft, line, int(line.units or 0) - 1


def ratio(shop: Workshop, line: Line) -> Decimal:
    """Dose in the unit of the descriptor over the units."""
    assert line.prepared is not None
    return line.prepared.dose / Decimal(line.units or 1)


def fraction(shop: Workshop, line: Line) -> bool:
    """Whether the dose is no whole number of units and more than one unit."""
    assert line.prepared is not None
    unit = shop.reference.unit_size(line.code).amount
    return line.prepared.dose % unit != 0 and int(line.units or 0) > 1


def whole_vial(line: Line) -> Decimal | None:
    """How many times the dose one opened multi-dose vial holds, when that is a whole number."""
    assert line.prepared is not None
    times = line.prepared.product.units * line.prepared.count / Decimal(line.units or 1)
    return times if times == int(times) else None


def unit_004(shop: Workshop, index: int) -> Fault:
    """Units exactly ten times too high, or a tenth, against the charted dose."""
    up = index % 3 != 2
    common = {"programs": NOT_MEDICAID, "ndc": False, "chart": True, "waste": False}
    draft = until(
        shop,
        lambda item: (
            "dose" in (item.first("drug").charted or {}) and (up or int(item.first("drug").units or 0) % 10 == 0)
        ),
        **common,
    )
    line = draft.first("drug")
    charge, right = line.amount(), int(line.units or 0)
    line.units, line.charge = (right * 10 if up else right // 10), charge
    may = [
        ("UNIT-003", "units differ from ceil(dose / unit)"),
        ("UNIT-007", "units exceed the charted containers"),
        ("CODE-007", "a tenth may look like the old unit"),
        ("UNIT-006", "idem"),
    ]
    if over_mue(draft, shop, line.code, right * 10):
        may.append(("NCCI-002", "ten times the units are over the MUE of 2024 Q3"))
    return Fault(draft, [("UNIT-004", line, "warn")], "ten times" if up else "a tenth", may)


FAULTS = {"UNIT-001": unit_001, "UNIT-003": unit_003, "UNIT-004": unit_004}
