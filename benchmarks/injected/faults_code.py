"""Faults of the code family: CODE-001, 002, 004, 005, 007, 009."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

from benchmarks.injected import specials
from benchmarks.injected.catalogue import BY_CODE
from benchmarks.injected.draft import Draft, Line
from benchmarks.injected.fault import NOT_MEDICAID, Fault, base, until
from benchmarks.injected.singles import assemble, procedure
from benchmarks.injected.workshop import Wish, Workshop, ndc_fields

# wrong code, right code on the day, first and last wrong day, dose
DATED_PAIRS = (
    ("J1030", "J1010", date(2024, 4, 1), date(2026, 3, 31), "40"),
    ("J1010", "J1030", date(2024, 1, 2), date(2024, 3, 29), "40"),
    ("J1040", "J1010", date(2024, 4, 1), date(2026, 3, 31), "80"),
    ("J2930", "J2919", date(2024, 4, 1), date(2026, 3, 31), "125"),
    ("J2919", "J2930", date(2024, 1, 2), date(2024, 3, 29), "125"),
    ("J2920", "J2919", date(2024, 4, 1), date(2026, 3, 31), "40"),
    ("J1170", "J1171", date(2024, 10, 1), date(2026, 3, 31), "2"),
    ("J1171", "J1170", date(2024, 1, 2), date(2024, 9, 30), "2"),
    ("J2796", "J2802", date(2025, 1, 2), date(2026, 3, 31), "250"),
    ("J2802", "J2796", date(2024, 1, 2), date(2024, 12, 31), "250"),
    ("J1940", "J1938", date(2025, 4, 1), date(2026, 3, 31), "40"),
    ("J1938", "J1940", date(2024, 1, 2), date(2025, 3, 31), "20"),
    ("J3370", "J3373", date(2025, 7, 1), date(2026, 3, 31), "1000"),
    ("J3373", "J3370", date(2024, 1, 2), date(2025, 6, 30), "1000"),
    ("J1300", "J1299", date(2025, 4, 1), date(2026, 3, 31), "900"),
)
# new code, dose, units by the old unit, chart needed
OLD_UNITS = (
    ("J1010", "40", 1, False), ("J1010", "80", 1, False), ("J2919", "125", 1, False), ("J2919", "40", 1, False),
    ("J2802", "250", 25, True), ("J1171", "2", 1, False), ("J1938", "20", 1, False), ("J1938", "40", 2, False),
    ("J3373", "1000", 2, True), ("J1299", "900", 90, True),
)  # fmt: skip
SPECIFIC = (
    ("J1439", "J3490"), ("J0696", "J3490"), ("J1756", "J3490"), ("J2405", "J3490"), ("J3489", "J3490"),
    ("J1745", "J3590"), ("J3380", "J3590"), ("Q5103", "J3590"), ("J2323", "J3590"), ("J2506", "J3590"),
    ("J9271", "J9999"), ("J9299", "J9999"), ("J9035", "J9999"), ("Q5107", "J9999"), ("J9041", "J9999"),
    ("J9305", "J9999"), ("J9264", "J9999"), ("J9047", "J9999"),
)  # fmt: skip


def unknown_code(shop: Workshop, code: str) -> str:
    """A well-formed code near `code` that no HCPCS release has."""
    while True:
        place = shop.random.randrange(1, 5)
        near = code[:place] + str(shop.random.randrange(10)) + code[place + 1 :]
        if near not in shop.reference.known_codes:
            return near


def code_001(shop: Workshop, index: int) -> Fault:
    """A code that does not exist: G0605, a mistyped digit, a letter O for a zero."""
    case = ("mistyped digit", "G0605 beside B12", "letter O for zero", "mistyped digit")[index % 4]
    reason = [
        ("ADMN-002", "the unknown code may not be taken for a drug line"),
        ("ADMN-001", "idem"),
        ("CODE-003", "charted drug has no official descriptor to match"),
    ]
    if case == "G0605 beside B12":
        draft = base(shop, codes=("J3420",), programs=("medicare_b", "commercial"))
        line = Line("procedure", "G0605", 1, Decimal("45.00"))
        draft.lines.append(line)
        return Fault(draft, [("CODE-001", line, "reject")], case)
    draft = until(shop, lambda item: "0" in item.first("drug").code[1:], programs=NOT_MEDICAID, ndc=False, waste=False)
    line = draft.first("drug")
    line.code = (
        unknown_code(shop, line.code) if case == "mistyped digit" else line.code[0] + line.code[1:].replace("0", "O", 1)
    )
    return Fault(draft, [("CODE-001", line, "reject")], case, reason)


def code_002(shop: Workshop, index: int) -> Fault:
    """A code outside its span: ended, or not yet begun; units and charge in the unit of the wrong code."""
    wrong, right, first, last, dose = DATED_PAIRS[index % len(DATED_PAIRS)]
    with_ndc = (index + index // len(DATED_PAIRS)) % 3 == 0 and right != "J1299"
    draft = base(
        shop,
        codes=(right,),
        first=first,
        last=last,
        dose=Decimal(dose),
        programs=NOT_MEDICAID,
        ndc=with_ndc,
        waste=False,
        chart=False,
    )
    line = draft.first("drug")
    charge = line.amount()
    line.code, line.units = wrong, math.ceil(Decimal(dose) / shop.reference.unit_size(wrong).amount)
    line.charge = charge
    may = [
        ("CODE-007", "a replaced code with units of the wrong unit"),
        ("UNIT-006", "unit size changed between the codes"),
        ("PMT-002", "no payment limit for the code in the quarter"),
    ]
    if with_ndc:
        may += [
            ("NDC-E-004", "the quarter's crosswalk gives the NDC to the valid code only"),
            ("NDC-E-006", "quantity compared with a factor of the other code"),
        ]
    case = "not yet begun" if date(2024, 1, 2) == first else "ended"
    return Fault(draft, [("CODE-002", line, "reject")], case, may)


def code_004(shop: Workshop, index: int) -> Fault:
    """NOC code for a drug that has its own code on the day, by NDC and name or by name alone."""
    specific, noc = SPECIFIC[index % len(SPECIFIC)]
    named_only = index % 4 == 3
    programs = ("commercial", "medicare_advantage") if named_only else ("medicare_b", "commercial", "medicaid")
    draft = base(shop, codes=(specific,), programs=programs, ndc=not named_only, waste=False, chart=False)
    line = draft.first("drug")
    assert line.prepared is not None and line.drug is not None
    charge, unit = line.amount(), shop.reference.unit_size(specific).unit
    line.code, line.units, line.charge = noc, 1, charge
    line.modifiers = [code for code in line.modifiers if code == "JZ"]
    line.fields["description"] = (
        f"{line.drug.name.upper()}, STRENGTH {line.prepared.product.content.normalize():f} {unit.upper()} PER ITEM, "
        f"TOTAL DOSE {line.prepared.dose.normalize():f} {unit.upper()}, {'IV' if line.drug.way != 'im' else 'IM'}"
    )
    may = [("CODE-003", "name charted or described belongs to another code")]
    if named_only:
        may += [("NDC-E-001", "a payer may ask for the NDC on NOC lines"), ("CODE-005", "idem")]
    return Fault(draft, [("CODE-004", line, "deny")], "name only" if named_only else "NDC and name", may)


def code_005(shop: Workshop, index: int) -> Fault:
    """NOC line whose text lacks what the payer needs."""
    case, severity = (
        ("no description", "reject"), ("no total dose, concentration only", "reject"), ("no drug name", "reject"),
        ("no route", "warn"), ("no strength", "warn"),
    )[index % 5]  # fmt: skip
    draft = specials.noc(shop, Wish(programs=("medicare_b", "medicare_b", "commercial")))
    line = draft.first("drug")
    parts = line.fields["description"].split(", ")
    place = {"no total dose, concentration only": 2, "no drug name": 0, "no route": 3, "no strength": 1}.get(case)
    if place is None:
        del line.fields["description"]
    else:
        if case.startswith("no total"):
            parts[1] = "10 MG/ML"
        line.fields["description"] = ", ".join(part for number, part in enumerate(parts) if number != place)
    if line.charted:
        line.charted.pop("route", None)
    may = (
        [("CODE-004", "a text without a name cannot prove that no specific code exists")] if place in (None, 0) else []
    )
    return Fault(draft, [("CODE-005", line, severity)], case, may)


def code_007(shop: Workshop, index: int) -> Fault:
    """The new code with units of the old unit, such as J1010 x1 for 40 mg."""
    code, dose, units, needs_chart = OLD_UNITS[index % len(OLD_UNITS)]
    chart = needs_chart or (index + index // len(OLD_UNITS)) % 2 == 0
    draft = base(shop, codes=(code,), dose=Decimal(dose), waste=False, chart=chart, ndc=None if chart else True)
    line = draft.first("drug")
    line.units, line.price = units, line.price * 20
    may = [
        ("UNIT-006", "the same event seen as a stale charge master"),
        ("UNIT-003", "units differ from the charted dose"),
        ("UNIT-004", "units off by a large or tenfold factor"),
        ("NDC-E-006", "NDC quantity tells the right dose"),
    ]
    return Fault(draft, [("CODE-007", line, "warn")], f"{code} x{units} for {dose}", may)


def code_009(shop: Workshop, index: int) -> Fault:
    """17-OHP after the withdrawal of 2023-04-06."""
    code, units, ndc, quantity, price = (
        ("J1726", 28, "64011030103", "1.1", "33.00"), ("J1729", 25, "55150030901", "1", "12.00"),
    )[index % 2]  # fmt: skip
    while True:
        day, program = shop.day(Wish()), shop.random.choice(("commercial", "medicaid"))
        line = Line("drug", code, units, Decimal(price))
        if program == "medicaid" or index % 3:
            line.fields.update(ndc_fields(ndc, Decimal(quantity), "ML"))
        if index % 2:
            line.charted = {"dose": {"amount": 250, "unit": "mg"}, "container": "single_dose", "route": "IM"}
        draft = young_woman(shop, program, day, [line, procedure("96372")])
        if draft is not None:
            break
    may = [
        ("NDC-E-003", "the product's NDC is withdrawn"),
        ("CODE-011", "status E1/E2 of the quarter"),
        ("PAYR-008", "gestational window"),
        ("PMT-002", "no payment limit"),
        ("NDC-E-004", "the NDC is in no crosswalk row"),
    ]
    return Fault(draft, [("CODE-009", line, "warn")], code, may)


def young_woman(shop: Workshop, program: str, day: date, lines: list[Line]) -> Draft | None:
    """A claim for a pregnant patient with a history of preterm labour."""
    drug = BY_CODE["J2675"]
    return assemble(shop, Wish(), drug, program, day, lines, [shop.random.choice(("O09212", "O09213"))])


FAULTS = {
    "CODE-001": code_001, "CODE-002": code_002, "CODE-004": code_004, "CODE-005": code_005, "CODE-007": code_007,
    "CODE-009": code_009,
}  # fmt: skip
