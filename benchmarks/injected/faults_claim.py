"""Faults of administration, diagnosis and format: ADMN-001, 002, DX-002, 003, FMT-E-003, 008, 013, DEMO-006."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.injected.draft import CENT, Draft
from benchmarks.injected.fault import Fault, base, mixed, until
from benchmarks.injected.people import luhn_digit
from benchmarks.injected.reference import FY2025, FY2026
from benchmarks.injected.workshop import Workshop

TODAY = date(2026, 11, 22)
GIVEN = ("im", "sc", "push", "inf", "chemo", "cpush", "cinj", "horm")


def admn_001(shop: Workshop, index: int) -> Fault:
    """A drug line without any administration or procedure line."""
    draft = base(shop, 0.1, waste=False, visit=None if index % 3 else True)
    draft.lines = [line for line in draft.lines if line.role != "admin"]
    case = "visit only" if draft.find("em") else "drug alone"
    return Fault(draft, [("ADMN-001", draft.first("drug"), "warn")], case)


def admn_002(shop: Workshop, index: int) -> Fault:
    """Administration without any drug line: deny on Medicare Part B, warn elsewhere."""
    draft = base(shop, 0.1, ways=GIVEN)
    draft.lines = [line for line in draft.lines if line.role not in ("drug", "jw")]
    severity = "deny" if draft.program == "medicare_b" else "warn"
    return Fault(draft, [("ADMN-002", draft.first("admin"), severity)], draft.program)


def dx_002(shop: Workshop, index: int) -> Fault:
    """A professional line without pointer, or a claim without any diagnosis."""
    if index % 3 == 2:
        draft = base(shop, 0.3)
        draft.diagnoses = []
        for line in draft.lines:
            line.pointers = []
        return Fault(draft, [("DX-002", None, "reject")], "no diagnosis on the claim", [("FMT-E-001", "no HI segment")])
    draft = mixed(shop)
    while draft.claim_type == "I":
        draft = mixed(shop)
    line = shop.random.choice(draft.lines)
    line.pointers = []
    return Fault(draft, [("DX-002", line, "reject")], f"{line.role} line without pointer")


def dx_003(shop: Workshop, index: int) -> Fault:
    """Dot, header, invented code, code of another year (reject), manifestation code first (warn)."""
    case = ("dot", "header", "no such code", "not yet valid", "no longer valid", "manifestation first")[index % 6]
    reference = shop.reference
    if case == "no longer valid":
        draft = base(shop, codes=("J2350", "J2323"), first=FY2026)
        draft.diagnoses = ["G35" if code == "G35A" else code for code in draft.diagnoses]
    elif case == "not yet valid":
        draft = base(shop, codes=("J2350", "J2323"), last=date(2025, 9, 30))
        draft.diagnoses = [
            shop.random.choice(("G35A", "G35B0", "G35D")) if code == "G35" else code for code in draft.diagnoses
        ]
    elif case == "manifestation first":
        draft = base(shop, 0.15, first=FY2025)
        codes = [
            code
            for code in sorted(reference.icd_leaf & reference.icd_leaf_2026 & reference.icd_2026)
            if reference.icd_title[code].endswith("in diseases classified elsewhere")
        ]
        draft.diagnoses.insert(0, shop.random.choice(codes))
        for line in draft.lines:
            line.pointers = [place + 1 for place in line.pointers]
        return Fault(draft, [("DX-003", None, "warn")], case, [("DX-001", "the code is in no policy")])
    else:
        draft = until(shop, lambda item: len(item.diagnoses[0]) > 3)
        draft.diagnoses[0] = {"dot": dotted, "header": header_of, "no such code": invented}[case](
            shop, draft.diagnoses[0]
        )
    return Fault(draft, [("DX-003", None, "reject")], case, [("DX-001", "the code is in no policy")])


def dotted(shop: Workshop, code: str) -> str:
    """The right code with its dot."""
    return f"{code[:3]}.{code[3:]}"


def header_of(shop: Workshop, code: str) -> str:
    """The closest header above a code; a code that lacks its 7th character counts as one."""
    for length in range(len(code) - 1, 2, -1):
        if code[:length] not in shop.reference.icd_2026:
            return code[:length]
    raise ValueError(code)


def invented(shop: Workshop, code: str) -> str:
    """A well-formed code that is in no list."""
    reference = shop.reference
    while True:
        near = code[:3] + "".join(shop.random.choice("456789") for _ in range(3))
        if not any(near in table for table in (reference.icd_2026, reference.icd_leaf, reference.icd_header)):
            return near


def fmt_003(shop: Workshop, index: int) -> Fault:
    """Total that is not the sum of the line charges."""
    case = ("one cent over", "one line left out", "digits transposed", "ten times", "one cent under")[index % 5]
    draft = until_several(shop)
    total = sum((line.amount() for line in draft.lines), Decimal(0))
    cents = str(total.quantize(CENT))
    swapped = cents
    for place in range(len(cents) - 4):
        if cents[place] != cents[place + 1]:
            swapped = cents[:place] + cents[place + 1] + cents[place] + cents[place + 2 :]
            break
    wrong = {
        "one cent over": total + CENT, "one cent under": total - CENT, "digits transposed": Decimal(swapped),
        "one line left out": total - draft.lines[-1].amount(), "ten times": total * 10,
    }[case]  # fmt: skip
    if wrong == total:
        wrong = total + Decimal("9.00")
    draft.overrides["total_charge"] = str(wrong.quantize(CENT))
    may = [("FMT-E-004", "the wrong total is over $99,999.99")] if wrong > Decimal("99999.99") else []
    return Fault(draft, [("FMT-E-003", None, "reject")], case, may)


def until_several(shop: Workshop) -> Draft:
    """A claim with at least two lines."""
    while True:
        draft = mixed(shop)
        if len(draft.lines) > 1:
            return draft


def fmt_008(shop: Workshop, index: int) -> Fault:
    """Service in the future, before birth, or a span over a drug day."""
    case = ("future", "before birth", "span over a drug day")[index % 3]
    draft = base(shop, 0.15)
    if case == "future":
        draft.day = TODAY + timedelta(days=shop.random.choice((30, 61, 120, 180, 365)))
        if draft.claim_type == "I":
            draft.header["statement_from"] = draft.header["statement_to"] = draft.day.isoformat()
        for line in draft.lines:
            for key in ("start", "stop"):
                (line.charted or {}).pop(key, None)
        may = [
            ("CODE-001", "the day is outside the loaded releases"),
            ("CODE-002", "idem"),
            ("PMT-002", "no limit for the quarter"),
            ("NDC-E-004", "no crosswalk for the quarter"),
            ("DX-003", "no code list for the day"),
        ]
        return Fault(draft, [("FMT-E-008", None, "reject")], case, may)
    if case == "before birth":
        born = draft.day + timedelta(days=shop.random.randrange(1, 200))
        draft.patient["birth_date"] = born.isoformat()
        return Fault(draft, [("FMT-E-008", None, "reject")], case, [("DEMO-003", "no age on the day")])
    line = draft.first("drug")
    line.fields["service_date_to"] = (draft.day + timedelta(days=shop.random.choice((1, 2, 6)))).isoformat()
    return Fault(draft, [("FMT-E-008", line, "reject")], case)


def fmt_013(shop: Workshop, index: int) -> Fault:
    """An NPI that fails the check: digit changed, neighbours swapped, or nine digits."""
    key = ("billing_npi", "rendering_npi", "rendering_npi", "referring_npi")[index % 4]
    draft = mixed(shop)
    while key not in draft.header:
        draft = mixed(shop)
    right = draft.header[key]
    kind = ("check digit", "swapped digits", "nine digits")[index % 3]
    wrong = right[:9] + str((int(right[9]) + shop.random.randrange(1, 10)) % 10)
    if kind == "nine digits":
        wrong = right[:9]
    elif kind == "swapped digits":
        for place in range(1, 8):
            swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
            if str(luhn_digit(swapped[:9])) != right[9]:
                wrong = swapped
                break
    if index % 8 == 7:
        line = shop.random.choice(draft.lines)
        line.fields["rendering_npi"] = wrong
        return Fault(draft, [("FMT-E-013", line, "reject")], f"line rendering_npi: {kind}")
    draft.header[key] = wrong
    return Fault(draft, [("FMT-E-013", None, "reject")], f"{key}: {kind}")


def demo_006(shop: Workshop, index: int) -> Fault:
    """The same claim sent twice (the first one is clean), or one line twice on a claim."""
    if index % 4 != 3:
        first = mixed(shop)
        second = copy.deepcopy(first)
        return Fault(
            second,
            [("DEMO-006", None, "warn")],
            "claim sent twice",
            [("NCCI-002", "the units of the day are added over both claims")],
            first,
        )
    draft = base(shop, waste=False, chart=False)
    role = "drug" if index % 8 == 3 else "admin"
    twin = copy.deepcopy(draft.first(role))
    draft.lines.append(twin)
    may = [
        ("NCCI-002", "units of the day are added"),
        ("UNIT-008", "two lines of one drug"),
        ("ADMN-007", "an injection code on a second line"),
        ("ADMN-005", "two initial codes"),
        ("ADMN-015", "idem"),
        ("FMT-E-004", "the doubled charge passes the dollar limit"),
    ]
    return Fault(draft, [("DEMO-006", twin, "warn")], f"{role} line twice", may)


FAULTS = {
    "ADMN-001": admn_001, "ADMN-002": admn_002, "DX-002": dx_002, "DX-003": dx_003, "FMT-E-003": fmt_003,
    "FMT-E-008": fmt_008, "FMT-E-013": fmt_013, "DEMO-006": demo_006,
}  # fmt: skip
