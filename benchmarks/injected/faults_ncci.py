"""Faults of the NCCI family, all in 2024 Q3: NCCI-001 (PTP) and NCCI-002 (MUE)."""

from __future__ import annotations

from decimal import Decimal

from benchmarks.injected import regimens
from benchmarks.injected.draft import CENT, Draft, Line
from benchmarks.injected.fault import LAST_Q3, NOT_MEDICAID, Fault, base, resync_ndc, until, visit_of
from benchmarks.injected.singles import procedure, revenue_code
from benchmarks.injected.workshop import Wish, Workshop

ROUTINE = ("im", "sc", "push", "inf", "chemo", "cpush", "cinj", "horm")
POLICY_MAI = ("J0178", "J2778", "J7323", "J7321")
MAI_3 = (
    "J3420", "J1885", "J3301", "J0696", "J1200", "J2550", "J0780", "J3411", "J2675", "J1630", "J0561", "J1745", "Q5103",
    "J3380", "J2350", "J2323", "J9271", "J9299", "J9035", "J9312", "J9355", "J9041", "J9395", "J9217", "J9306", "J2506",
    "J1439", "J1756", "J3489", "J1335", "J9305", "J0585",
)  # fmt: skip


def fired(shop: Workshop, draft: Draft, first: str, second: str) -> None:
    """Guards that the pair is active in the file of the claim type."""
    if (first, second) not in shop.reference.ptp[draft.claim_type]:
        raise ValueError(f"{first}/{second} is no active pair")


def ncci_001(shop: Workshop, index: int) -> Fault:
    """A pair of indicator 1 without any bypass modifier: visit, injection, venous access."""
    case = ("visit without 25", "infusion with injection", "venous access with infusion", "visit without 25")[index % 4]
    if case == "visit without 25":
        draft = base(shop, 0.25, visit=True, ways=ROUTINE, **LAST_Q3)
        line = visit_of(draft)
        assert line is not None
        line.modifiers = []
        fired(shop, draft, draft.first("admin").code, line.code)
        return Fault(
            draft, [("NCCI-001", line, "deny")], case, [("MOD-011", "visit with drug administration lacks 25")]
        )
    if case == "infusion with injection":
        draft = regimens.infusion_and_injection(shop, Wish(**LAST_Q3))
        line = next(item for item in draft.lines if item.code == "96372")
        line.modifiers = []
        fired(shop, draft, draft.lines[0].code, "96372")
        return Fault(draft, [("NCCI-001", line, "deny")], case)
    draft = base(shop, ways=("inf", "push", "chemo"), visit=False, **LAST_Q3)
    line = procedure("36000")
    if draft.claim_type == "I":
        line.fields["revenue_code"] = revenue_code(line)
    draft.lines.append(line)
    fired(shop, draft, draft.first("admin").code, "36000")
    return Fault(draft, [("NCCI-001", line, "deny")], case, [("ADMN-011", "IV start is included in the infusion")])


def severity_of(mai: str) -> str:
    """Severity of NCCI-002 by edits-ncci.md: MAI 2 reject, MAI 3 deny."""
    return "reject" if mai == "2" else "deny"


def ncci_002(shop: Workshop, index: int) -> Fault:
    """Units over the MUE: one line, dose and JW lines together, MAI 2 codes, administration codes."""
    case = ("drug line", "dose and JW lines together", "MAI 2 drug", "drug line", "administration code")[index % 5]
    if case == "administration code":
        draft = base(shop, 0.2, ways=("im", "chemo", "inf"), visit=False, **LAST_Q3)
        line = draft.first("admin")
        limit = shop.reference.mue_limit(line.code, draft.claim_type)
        assert limit is not None
        line.units = limit[0] + 1
        may = [
            ("ADMN-007", "more injections than documented"),
            ("ADMN-005", "two initial codes"),
            ("ADMN-006", "units beyond the minutes"),
        ]
        return Fault(draft, [("NCCI-002", line, severity_of(limit[1]))], case, may)
    if case.startswith("dose and JW"):
        return with_waste(shop, case)
    codes = POLICY_MAI if case == "MAI 2 drug" else MAI_3
    draft = base(shop, 0.15, codes=codes, chart=False, waste=False, **LAST_Q3)
    line = draft.first("drug")
    limit = shop.reference.mue_limit(line.code, draft.claim_type)
    assert limit is not None and line.prepared is not None
    step = max(1, limit[0] // 10)
    units = limit[0] + shop.random.randint(1, step)
    set_units(line, units, Decimal("60000"))
    may = [("UNIT-004", "a dose above any plausible maximum")]
    return Fault(draft, [("NCCI-002", line, severity_of(limit[1]))], case, may)


def set_units(line: Line, units: int, most: Decimal) -> None:
    """New units with NDC quantity and a charge below `most`."""
    line.units = units
    resync_ndc(line, units)
    line.price = min(line.price, (most / units).quantize(CENT))


def with_waste(shop: Workshop, case: str) -> Fault:
    """Dose and waste lines, each within the MUE, over it together (NCI-05)."""
    draft = until(
        shop,
        lambda item: over_with_waste(shop, item) > 1,
        codes=MAI_3 + ("J9145", "Q5118", "J9354", "J9303"),
        chart=False,
        waste=True,
        programs=NOT_MEDICAID,
        ndc=False,
        **LAST_Q3,
    )
    line, jw = draft.first("drug"), draft.first("jw")
    limit = shop.reference.mue_limit(line.code, draft.claim_type)
    assert limit is not None
    waste = int(jw.units or 1)
    units = limit[0] - shop.random.randrange(0, waste)
    line.units = units
    for part in (line, jw):
        part.price = min(part.price, (Decimal("45000") / limit[0]).quantize(CENT))
        part.fields.pop("note", None)
    return Fault(
        draft,
        [("NCCI-002", line, severity_of(limit[1]))],
        case,
        [("UNIT-004", "a dose above any plausible maximum"), ("UNIT-007", "no listed containers hold so much")],
    )


def over_with_waste(shop: Workshop, draft: Draft) -> int:
    """JW units of a draft whose code has an MUE, else 0."""
    line = draft.first("jw")
    return int(line.units or 0) if shop.reference.mue_limit(line.code, draft.claim_type) else 0


FAULTS = {"NCCI-001": ncci_001, "NCCI-002": ncci_002}
