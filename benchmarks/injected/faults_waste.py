"""Faults of the waste family: WASTE-001, 002, 004, 005, 006, 008, 014."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from benchmarks.injected import specials
from benchmarks.injected.draft import Draft, Line
from benchmarks.injected.fault import MEDICARE, NOT_MEDICAID, Fault, base, drop_ndc, over_mue, until
from benchmarks.injected.workshop import Wish, Workshop

INSIDE_ONE_UNIT = ("J3420", "J1200", "J2550", "J0780", "J1630", "J1720", "J0500", "J2360", "J2930", "J1170")
SIBLINGS = {
    "Q5103": "J1745", "Q5104": "J1745", "J1745": "Q5103", "Q5107": "J9035", "Q5118": "Q5107", "J9355": "Q5116",
    "Q5119": "J9312", "Q5115": "J9312", "J9312": "Q5119", "Q5121": "J1745", "J9035": "Q5118",
}  # fmt: skip
NOT_JW = ("WASTE-005", "JW units cannot agree with the chart")


def without(draft: Draft, line: Line) -> None:
    """Takes a line out of the claim."""
    draft.lines = [item for item in draft.lines if item is not line]


def unmark(line: Line) -> None:
    """Takes JW and JZ off a line."""
    line.modifiers = [code for code in line.modifiers if code not in ("JW", "JZ")]


def waste_001(shop: Workshop, index: int) -> Fault:
    """Medicare single-dose drug with neither JZ nor a JW line (all days are after 2023-10-01: reject)."""
    case = ("JZ missing", "JZ missing", "JW line missing", "NOC without JZ", "hospital K/G without JZ")[index % 5]
    may = [("WASTE-003", "the charted waste of a whole unit has no JW line")] if case == "JW line missing" else []
    if case == "NOC without JZ":
        draft = until_single_noc(shop)
    elif case.startswith("hospital"):
        draft = base(
            shop, claim_type="I", status=frozenset({"G", "K"}), programs=MEDICARE, kind="single", waste=False, told=True
        )
    else:
        draft = base(shop, programs=MEDICARE, kind="single", waste=case == "JW line missing", told=True)
        for line in [item for item in draft.lines if item.role == "jw"]:
            without(draft, line)
    line = draft.first("drug")
    unmark(line)
    return Fault(draft, [("WASTE-001", line, "reject")], case, may)


def until_single_noc(shop: Workshop) -> Draft:
    """A Medicare NOC claim from a single-dose container."""
    while True:
        draft = specials.noc(shop, Wish(programs=MEDICARE))
        if "JZ" in draft.first("drug").modifiers:
            return draft


def waste_002(shop: Workshop, index: int) -> Fault:
    """JW with JZ: on one line, on the JW line, or a JZ dose line beside a JW line."""
    case = ("JW and JZ on the dose line", "JZ dose line with JW line", "JW and JZ on the JW line")[index % 3]
    programs = ("medicare_b", "medicare_b", "medicare_b", "commercial")
    draft = base(shop, 0.1, programs=programs, kind="single", waste=case != "JW and JZ on the dose line")
    line = draft.first("jw" if "JW line" in case and "and" in case else "drug")
    if case == "JZ dose line with JW line":
        line.modifiers.insert(0, "JZ")
        return Fault(draft, [("WASTE-002", line, "reject")], case)
    unmark(line)
    line.modifiers[:0] = ["JW", "JZ"]
    may = [
        ("WASTE-004", "JW stands on the administered line"),
        ("WASTE-014", "a JW line without a plain dose line"),
        NOT_JW,
        ("WASTE-006", "nothing was discarded"),
        ("MOD-003", "order of modifiers"),
        ("WASTE-001", "no plain dose line with JZ alone"),
    ]
    return Fault(draft, [("WASTE-002", line, "reject")], case, may)


def waste_004(shop: Workshop, index: int) -> Fault:
    """JW on the administered line: instead of JZ, on both lines, or dose and waste summed on one JW line."""
    case = ("JW instead of JZ", "JW on both lines", "dose and waste on one JW line")[index % 3]
    draft = base(shop, programs=NOT_MEDICAID, kind="single", waste=case != "JW instead of JZ", chart=True, ndc=False)
    line = draft.first("drug")
    unmark(line)
    line.modifiers.insert(0, "JW")
    may = [
        ("WASTE-014", "no administered line without JW is left"),
        ("WASTE-001", "neither JZ nor a JW pair"),
        NOT_JW,
        ("WASTE-006", "nothing or less than one unit was discarded"),
        ("WASTE-003", "the discarded units have no line of their own"),
    ]
    if case == "JW on both lines":
        may.append(("DEMO-006", "two lines with the same code, day and modifiers"))
    if case.startswith("dose"):
        jw = draft.first("jw")
        line.units = int(line.units or 0) + int(jw.units or 0)
        without(draft, jw)
        may.append(("UNIT-003", "units differ from ceil(dose / unit)"))
    return Fault(draft, [("WASTE-004", line, "deny")], case, may)


def waste_005(shop: Workshop, index: int) -> Fault:
    """JW units that are not floor((content - dose) / unit): ceil, mg, off by some, a whole container."""
    case = ("ceil instead of floor", "amount as units", "one too many", "one too few", "whole container")[index % 5]
    common = {"programs": NOT_MEDICAID, "waste": True, "chart": True, "ndc": False, "kind": "single"}
    draft = until(shop, lambda item: wrong_waste(shop, item.first("jw"), case) is not None, **common)
    line = draft.first("jw")
    line.units = wrong_waste(shop, line, case)
    may = [
        ("UNIT-007", "administered plus discarded exceed the label"),
        ("WASTE-003", "chart waste and JW line differ"),
        ("WASTE-007", "the waste looks larger than it was"),
    ]
    total = int(line.units or 0) + int(draft.first("drug").units or 0)
    if over_mue(draft, shop, line.code, total):
        may.append(("NCCI-002", "dose and JW lines together are over the MUE"))
    return Fault(draft, [("WASTE-005", line, "deny")], case, may)


def wrong_waste(shop: Workshop, line: Line, case: str) -> int | None:
    """The wrong JW units of a case, or None where the case does not apply."""
    prepared = line.prepared
    assert prepared is not None
    unit, left = shop.reference.unit_size(line.code).amount, prepared.total - prepared.dose
    right = prepared.discarded
    if case == "ceil instead of floor":
        exact = Fraction(left) / Fraction(unit)
        return right + 1 if exact != int(exact) else None
    if case == "amount as units":
        return int(left) if unit > 1 and int(left) > right else None
    if case == "one too few":
        return right - 1 if right > 1 else None
    if case == "whole container":
        whole = int(prepared.product.units)
        return whole if whole not in (right, int(prepared.administered)) else None
    return right + 1


def waste_006(shop: Workshop, index: int) -> Fault:
    """A JW unit although dose and discard fit in one unit (UNW-06)."""

    def fits(draft: Draft) -> bool:
        prepared = draft.first("drug").prepared
        assert prepared is not None
        unit = shop.reference.unit_size(draft.first("drug").code).amount
        return prepared.dose < prepared.total <= unit

    draft = until(shop, fits, codes=INSIDE_ONE_UNIT, programs=NOT_MEDICAID, kind="single", chart=True, ndc=False)
    line = draft.first("drug")
    unmark(line)
    jw = Line("jw", line.code, 1, line.price, ["JW"], line.drug, line.prepared, pointers=list(line.pointers))
    draft.lines.insert(draft.lines.index(line) + 1, jw)
    may = [NOT_JW, ("UNIT-007", "two units exceed the label"), ("WASTE-001", "the dose line should carry JZ")]
    if over_mue(draft, shop, line.code, 2):
        may.append(("NCCI-002", "two units are over the MUE of 2024 Q3"))
    return Fault(draft, [("WASTE-006", jw, "deny")], f"{line.code} inside one unit", may)


def waste_008(shop: Workshop, index: int) -> Fault:
    """JZ, or a JW line, on a multi-dose container."""
    with_jw = index % 3 == 2
    draft = base(shop, programs=NOT_MEDICAID, kind="multi", ndc=None if not with_jw else False, told=True)
    line = draft.first("drug")
    if not with_jw:
        line.modifiers.insert(0, "JZ")
        return Fault(draft, [("WASTE-008", line, "deny")], "JZ")
    prepared = line.prepared
    assert prepared is not None
    rest = int(prepared.product.units * prepared.count) - prepared.administered
    jw = Line("jw", line.code, max(1, rest), line.price, ["JW"], line.drug, prepared, pointers=list(line.pointers))
    draft.lines.insert(draft.lines.index(line) + 1, jw)
    may = [
        NOT_JW,
        ("UNIT-007", "units exceed the charted containers"),
        ("UNIT-004", "large JW units"),
        ("WASTE-006", "less than one unit may be left"),
    ]
    if over_mue(draft, shop, line.code, prepared.administered + max(1, rest)):
        may.append(("NCCI-002", "dose and JW lines together are over the MUE"))
    return Fault(draft, [("WASTE-008", jw, "deny")], "JW line", may)


def waste_014(shop: Workshop, index: int) -> Fault:
    """A JW line without the dose line of the same code and day."""
    case = ("dose line absent", "JW on the next day", "dose under a sibling code")[index % 3]
    codes = tuple(SIBLINGS) if case.startswith("dose under") else None
    draft = base(shop, programs=NOT_MEDICAID, waste=True, codes=codes, ndc=False if case.startswith("dose u") else None)
    line, jw = draft.first("drug"), draft.first("jw")
    may = [
        ("WASTE-004", "JW may be read as sitting on the dose line"),
        ("WASTE-001", "the dose line has no JW pair"),
        ("WASTE-003", "the charted waste has no JW line of its day and code"),
        ("ADMN-001", "a drug line without administration of its day"),
        ("ADMN-002", "no dose for the administration"),
    ]
    if case == "dose line absent":
        without(draft, line)
    elif case == "JW on the next day":
        jw.fields["service_date"] = (draft.day + timedelta(days=1)).isoformat()
    else:
        jw.code = SIBLINGS[jw.code]
        drop_ndc(jw)
        may += [("CODE-008", "another member of the family"), ("CODE-003", "another drug than charted")]
    return Fault(draft, [("WASTE-014", jw, "deny")], case, may)


FAULTS = {
    "WASTE-001": waste_001, "WASTE-002": waste_002, "WASTE-004": waste_004, "WASTE-005": waste_005,
    "WASTE-006": waste_006, "WASTE-008": waste_008, "WASTE-014": waste_014,
}  # fmt: skip
