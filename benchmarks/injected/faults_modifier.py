"""Faults of the modifier family: MOD-001, 003, 010, 012, 014, 017, 025."""

from __future__ import annotations

from datetime import date

from benchmarks.injected.draft import Line
from benchmarks.injected.fault import MEDICARE, NOT_MEDICAID, Fault, base, mixed, until, visit_of
from benchmarks.injected.workshop import Workshop

UNKNOWN = ("ZZ", "W1", "3X", "JQ", "JY", "WQ", "9Z", "JX", "ZW", "XX", "R2")
PLACES = ("11", "12", "19", "20", "21", "31", "49", "65")
PROCEDURAL = ("52", "53", "22", "51", "58", "78", "79", "80", "24", "26", "TC", "76", "77", "50")
SYSTEMIC = ("im", "sc", "push", "inf", "chemo", "cpush", "cinj", "horm")
BIOSIMILARS = ("Q5103", "Q5104", "Q5101", "Q5108")
TWICE = ("the same modifier twice", "five modifiers", "payment modifier after informational")


def mod_001(shop: Workshop, index: int) -> Fault:
    """A modifier that no table has, on drug, administration or visit lines."""
    draft = mixed(shop)
    role = ("drug", "admin", "em", "drug")[index % 4]
    places = draft.find(role) or draft.find("drug")
    line = draft.lines[shop.random.choice(places)]
    line.modifiers.append(UNKNOWN[index % len(UNKNOWN)])
    return Fault(draft, [("MOD-001", line, "reject")], f"on {line.role} line", [("MOD-003", "order of modifiers")])


def mod_003(shop: Workshop, index: int) -> Fault:
    """Five modifiers, one twice (both reject), or a payment modifier after an informational one (info)."""
    case = (TWICE[0], TWICE[1], TWICE[0], TWICE[1], TWICE[2])[index % 5]
    severity = "info" if case == TWICE[2] else "reject"
    if case == TWICE[1] and index % 2:
        draft = base(shop, visit=True, ways=("im", "push", "inf", "chemo"))
        line = visit_of(draft)
        assert line is not None
        line.modifiers = ["25", "GC", "CR", "CG", "Q6"]
        return Fault(draft, [("MOD-003", line, severity)], case)
    draft = base(shop, programs=MEDICARE, kind="single", waste=False, ways=SYSTEMIC, codes=None)
    line = draft.first("drug")
    if case == TWICE[1]:
        line.modifiers = ["JZ", "KX", "CR", "CG", "GK"]
        return Fault(
            draft,
            [("MOD-003", line, severity)],
            case,
            [("MOD-020", "GK without GA or GZ"), ("PAYR-016", "evidence behind KX")],
        )
    line.modifiers = ["JZ", "JZ"] if case == TWICE[0] else [shop.random.choice(("CR", "CG")), "JZ"]
    return Fault(draft, [("MOD-003", line, severity)], case)


def mod_010(shop: Workshop, index: int) -> Fault:
    """25 on a drug or administration line, added or moved from the visit."""
    case = ("on the drug line", "on the administration line", "moved from the visit to the administration")[index % 3]
    draft = base(shop, 0.1, visit=case.startswith("moved") or None)
    line = draft.first("drug" if case == "on the drug line" else "admin")
    line.modifiers.append("25")
    may = [("MOD-012", "25 is one of the modifiers that drug lines never take (MDF-06)")] if line.role == "drug" else []
    visit = visit_of(draft)
    if case.startswith("moved") and visit is not None:
        visit.modifiers = []
        may += [("MOD-011", "the visit is left without 25"), ("NCCI-001", "the visit pair has no bypass in 2024 Q3")]
    return Fault(draft, [("MOD-010", line, "deny")], case, may)


def mod_012(shop: Workshop, index: int) -> Fault:
    """A procedure modifier on a drug line."""
    code = PROCEDURAL[index % len(PROCEDURAL)]
    draft = base(shop, 0.1, ways=SYSTEMIC)
    line = draft.first("drug")
    line.modifiers.append(code)
    may = []
    if code in ("22", "24"):
        may.append(("MOD-017", f"{code} is a place of service value as well"))
    if code == "50":
        may.append(("MOD-013", "50 with units above 1"))
    return Fault(draft, [("MOD-012", line, "deny")], code, may)


def mod_014(shop: Workshop, index: int) -> Fault:
    """RT or LT on a systemic drug line (deny), or on an intravitreal drug with 67028 (info)."""
    eye = index % 8 == 7
    draft = base(shop, 0.0 if eye else 0.1, ways=("eye",) if eye else SYSTEMIC)
    line = draft.first("drug")
    side = shop.random.choice(("RT", "LT"))
    if eye:
        side = draft.first("admin").modifiers[0]
    line.modifiers.append(side)
    if len(draft.find("jw")) and index % 2:
        draft.first("jw").modifiers.append(side)
        return Fault(draft, [("MOD-014", line, "deny"), ("MOD-014", draft.first("jw"), "deny")], "systemic, both lines")
    return Fault(draft, [("MOD-014", line, "info" if eye else "deny")], "intravitreal" if eye else "systemic")


def mod_017(shop: Workshop, index: int) -> Fault:
    """A place of service in the modifier field, or no place of service on a professional claim."""
    if index % 5 == 4:
        draft = base(shop)
        draft.removed.append("place_of_service")
        return Fault(
            draft, [("MOD-017", None, "reject")], "place of service blank", [("FMT-E-001", "CLM05-1 is empty")]
        )
    draft = base(shop)
    role = "drug" if index % 2 else "admin"
    line = draft.first(role)
    line.modifiers.append(PLACES[index // 2 % len(PLACES)])
    return Fault(
        draft,
        [("MOD-017", line, "reject")],
        f"place as modifier on {role} line",
        [("MOD-001", "the value is in no modifier table")],
    )


def mod_025(shop: Workshop, index: int) -> Fault:
    """JF, JG, ZA-ZC after their end (reject), or J1-J3 of the closed programme (warn)."""
    case = ("JG", "JF", "ZA", "JG", "ZB", "J1", "JG", "ZC", "J2", "JF", "J3")[index % 11]
    severity = "warn" if case[0] == "J" and case[1].isdigit() else "reject"
    if case == "JG":
        draft = base(shop, 0.5, programs=MEDICARE, first=date(2025, 1, 2), ways=SYSTEMIC, waste=False)
    elif case[0] == "Z":
        draft = base(shop, codes=BIOSIMILARS, waste=False)
    else:
        draft = until(shop, lambda item: True, programs=NOT_MEDICAID, waste=False, ways=SYSTEMIC)
    line: Line = draft.first("drug")
    line.modifiers.append(case)
    may = [("MOD-001", "a table of current modifiers does not have it")]
    if case == "JG":
        may.append(("MOD-008", "JG alone from 2025-01-01"))
    return Fault(draft, [("MOD-025", line, severity)], case, may)


FAULTS = {
    "MOD-001": mod_001, "MOD-003": mod_003, "MOD-010": mod_010, "MOD-012": mod_012, "MOD-014": mod_014,
    "MOD-017": mod_017, "MOD-025": mod_025,
}  # fmt: skip
