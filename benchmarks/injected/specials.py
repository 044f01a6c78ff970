"""Templates outside the everyday mix: vaccines, radiopharmaceuticals, NOC, free drug, facility visits and others."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from benchmarks.injected import people
from benchmarks.injected.draft import CENT, Draft, Line
from benchmarks.injected.singles import NoClaimError, assemble, procedure, single
from benchmarks.injected.workshop import Wish, Workshop, ndc_fields

VACCINES = (("90662", "G0008", 4), ("90653", "G0008", 4), ("90677", "G0009", 0), ("90746", "G0010", 0))
# code, procedure, diagnosis, units, dose unit, price of a unit; units may be rounded up from the dose
TRACERS = (
    ("A9500", "78452", "I2510", 2, "", "95.00"), ("A9502", "78452", "R079", 2, "", "98.00"),
    ("A9552", "78815", "C3490", 1, "mCi", "240.00"), ("A9503", "78306", "C7951", 1, "mCi", "60.00"),
    ("A9595", "78815", "C61", 9, "mCi", "610.00"), ("A9513", "79101", "C7A00", 199, "mCi", "290.00"),
    ("A9606", "79101", "C61", 110, "uCi", "165.00"),
)  # fmt: skip
TRACER_DOSE = {"A9552": "9.8", "A9503": "25.1", "A9595": "8.6", "A9513": "198.4", "A9606": "109.2"}
# code, drug, dose text, route, NDC, quantity, unit, kind, procedure, diagnosis, first day, last day
NOC = (
    ("J3490", "POLIDOCANOL", "STRENGTH 10MG/ML", "TOTAL DOSE 20 MG", "IV", "46783012152", "2", "ML", "single", "36470",
     "I83811", date(2024, 1, 1), date(2026, 3, 31)),
    ("J3490", "FLUMAZENIL", "STRENGTH 0.1MG/ML", "TOTAL DOSE 0.2 MG", "IV", "00143968410", "2", "ML", "multi", "96374",
     "R079", date(2024, 1, 1), date(2026, 3, 31)),
    ("J9999", "TARLATAMAB-DLLE", "STRENGTH 1MG VIAL", "TOTAL DOSE 1 MG", "IV", "55513005901", "1", "UN", "single",
     "96413", "C3490", date(2024, 7, 1), date(2024, 9, 30)),
    ("J9999", "TISLELIZUMAB-JSGR", "STRENGTH 100MG/10ML VIAL", "TOTAL DOSE 200 MG", "IV", "72579012101", "20", "ML",
     "single", "96413", "C153", date(2024, 6, 1), date(2024, 9, 30)),
    ("J9999", "ZANIDATAMAB-HRII", "STRENGTH 300MG VIAL", "TOTAL DOSE 1200 MG", "IV", "68727095002", "4", "UN", "single",
     "96413", "C169", date(2024, 12, 2), date(2025, 3, 31)),
    ("J9999", "ZOLBETUXIMAB-CLZB", "STRENGTH 100MG VIAL", "TOTAL DOSE 1000 MG", "IV", "00469342510", "10", "UN",
     "single", "96413", "C169", date(2024, 11, 1), date(2025, 3, 31)),
    ("J3590", "CROVALIMAB-AKKZ", "STRENGTH 340MG/2ML VIAL", "TOTAL DOSE 1020 MG", "IV", "50242011501", "6", "ML",
     "single", "96413", "D595", date(2024, 8, 1), date(2024, 12, 31)),
)  # fmt: skip


def programs(shop: Workshop, wish: Wish, default: tuple[str, ...]) -> str:
    """A payer program by the wish or the template."""
    return shop.random.choice(wish.programs or default)


def bare(shop: Workshop, wish: Wish, program: str, day: date, lines: list[Line], diagnoses: list[str]) -> Draft:
    """A draft that must fit, or NoClaimError."""
    draft = assemble(shop, wish, None, program, day, lines, diagnoses)
    if draft is None:
        raise NoClaimError(str(wish))
    return draft


def vaccine(shop: Workshop, wish: Wish) -> Draft:
    """Medicare flu, pneumococcal, hepatitis B with G codes; commercial with 90471 (ADM-16, UNW-13)."""
    program = programs(shop, wish, ("medicare_b", "medicare_b", "commercial"))
    for _ in range(200):
        code, giving, quarter = shop.random.choice(VACCINES)
        day = shop.day(wish)
        priced = shop.reference.limits.get(f"{day.year}Q{(day.month + 2) // 3}", {})
        if (quarter and day.month < 9) or code not in priced:
            continue
        admin = procedure(giving if program == "medicare_b" else "90471")
        return bare(shop, wish, program, day, [Line("drug", code, 1, shop.price(code, day)), admin], ["Z23"])
    raise NoClaimError("no vaccine")


def tracer(shop: Workshop, wish: Wish) -> Draft:
    """Radiopharmaceutical with its imaging or therapy procedure, no JW/JZ (UNW-24), units by study or mCi (COD-56)."""
    code, study, diagnosis, units, unit, price = shop.random.choice(
        [row for row in TRACERS if wish.codes is None or row[0] in wish.codes]
    )
    day = shop.day(wish)
    program = programs(shop, wish, ("medicare_b", "medicare_b", "commercial", "medicare_advantage"))
    line = Line("drug", code, units, Decimal(price))
    if unit and (wish.chart or (wish.chart is None and shop.random.random() < 0.5)):
        line.charted = {"dose": {"amount": float(TRACER_DOSE[code]), "unit": unit}, "route": "IV"}
    return bare(shop, wish, program, day, [line, procedure(study, 1, (), "procedure")], [diagnosis])


def noc(shop: Workshop, wish: Wish) -> Draft:
    """Unclassified code, one unit, with name, strength, total dose, route and NDC (COD-41..43, COD-49)."""
    rows = [row for row in NOC if row[11] <= wish.last and row[12] >= wish.first]
    rows = [row for row in rows if wish.codes is None or row[0] in wish.codes]
    row = shop.random.choice(rows)
    code, name, strength, dose, route, ndc, quantity, uom, kind, giving, diagnosis, first, last = row
    day = shop.day(Wish(first=max(first, wish.first), last=min(last, wish.last)))
    program = programs(shop, wish, ("medicare_b", "medicare_b", "commercial", "medicaid"))
    price = (
        Decimal(shop.random.randrange(9000, 90000)) / 100
        if code == "J3490"
        else Decimal(shop.random.randrange(300000, 1500000)) / 100
    )
    line = Line("drug", code, 1, price)
    line.fields.update(ndc_fields(ndc, Decimal(quantity), uom))
    text = f"{name}, {strength}, {dose}, {route}"
    if shop.random.random() < 0.25:
        text += f", NDC {ndc}"
    line.fields["description"] = text
    line.charted = {"container": f"{kind}_dose", "route": route}
    if kind == "single" and (program == "medicare_b" or shop.random.random() < 0.4):
        line.modifiers.append("JZ")
    admin = procedure(giving, 1, (), "procedure" if giving == "36470" else "admin")
    return bare(shop, wish, program, day, [line, admin], [diagnosis])


def noc_waste(shop: Workshop, wish: Wish) -> Draft:
    """UW-32: NOC with waste, one unit on each line, the charge split by dose and waste."""
    day = shop.day(wish)
    price = Decimal(shop.random.randrange(12000, 40000)) / 100
    given = Line("drug", "J3490", 1, (price * Decimal("0.75")).quantize(CENT))
    left = Line("jw", "J3490", 1, (price * Decimal("0.25")).quantize(CENT), ["JW"])
    text = "POLIDOCANOL, STRENGTH 10MG/ML, TOTAL DOSE 15 MG, IV, 5 MG DISCARDED"
    for line, quantity in ((given, "1.5"), (left, "0.5")):
        line.fields.update(ndc_fields("46783012152", Decimal(quantity), "ML"))
        line.fields["description"] = text
    given.charted = {"container": "single_dose", "route": "IV"}
    lines = [given, left, procedure("36470", 1, (), "procedure")]
    return bare(shop, wish, "medicare_b", day, lines, ["I83811"])


def free_drug(shop: Workshop, wish: Wish) -> Draft:
    """Medicare drug that cost the practice nothing: $0.01 and no JZ, administration on the same claim (ADM-01)."""
    codes = ("J9271", "J1745", "J9299", "J0178", "J2506", "J9035")
    draft = single(
        shop, Wish(codes=codes, programs=("medicare_b",), waste=False, chart=False, first=wish.first, last=wish.last)
    )
    line = draft.first("drug")
    line.charge = Decimal("0.01")
    line.modifiers = [code for code in line.modifiers if code != "JZ"]
    line.charted = None
    notes = ("PATIENT SUPPLIED DRUG", "FREE SAMPLE", "DRUG FROM MANUFACTURER AT NO COST")
    line.fields["note"] = shop.random.choice(notes)
    return draft


def facility_visit(shop: Workshop, wish: Wish) -> Draft:
    """Professional claim in a hospital outpatient department: a visit or procedure, no 96360-96549 (ADM-14)."""
    place = shop.random.choice(("22", "19"))
    if shop.random.random() < 0.5:
        wanted = Wish(ways=("eye", "joint"), programs=("commercial", "medicare_advantage"), place=place, visit=False)
        return single(shop, wanted)
    day = shop.day(wish)
    program = people.pick_program(shop.random)
    visit = procedure(shop.random.choice(("99213", "99214", "99204")), 1, (), "em")
    return bare(shop, Wish(place=place), program, day, [visit], [shop.random.choice(("I10", "C189", "M069"))])


def esketamine(shop: Workshop, wish: Wish) -> Draft:
    """Medicare esketamine session: one G code with KX, no drug line (ADM-19)."""
    code = shop.random.choice(("G2082", "G2083"))
    visit = procedure(code, 1, ("KX",), "em")
    visit.fields["note"] = "NORTH PINES CLINIC 554010001"
    return bare(shop, wish, "medicare_b", shop.day(wish), [visit], [shop.random.choice(("F332", "F322"))])


def split_claims(shop: Workshop, wish: Wish) -> tuple[Draft, Draft]:
    """Medicare drug over $99,999.99 on two claims: 76 on the second, notes, different totals (UNW-25, MDF-54)."""
    draft = single(
        shop,
        Wish(
            codes=("J9228",),
            programs=("medicare_b",),
            dose=Decimal(200),
            chart=False,
            visit=False,
            known_kind=True,
            first=wish.first,
            last=wish.last,
        ),
    )
    line = draft.first("drug")
    prepared = line.prepared
    assert prepared is not None
    price = Decimal(shop.random.randrange(19000, 20500)) / 100
    units = (450, 350)
    parts = []
    total = price * 800
    for place, count in enumerate(units, start=1):
        dose = Line("drug", "J9228", count, price, ["JZ"] if place == 1 else ["JZ", "76"], line.drug)
        volume = prepared.product.size * count / 200
        dose.fields.update(ndc_fields(prepared.product.ndc, volume, "ML"))
        head: dict[str, Any] = dict(draft.header)
        head["note"] = f"{place} OF 2 CLAIMS, BILLING TOTAL ${total.quantize(CENT)}"
        lines = [dose, procedure("96413")] if place == 1 else [dose]
        parts.append(Draft("P", "medicare_b", draft.day, lines, ["C439"], head, draft.patient))
    return parts[0], parts[1]


def hospital_340b(shop: Workshop, wish: Wish) -> Draft:
    """Institutional claim with a separately payable 340B drug: TB, from 2025 the only modifier (MDF-24)."""
    draft = single(
        shop,
        Wish(claim_type="I", status=frozenset({"G", "K"}), programs=("medicare_b",), first=wish.first, last=wish.last),
    )
    for line in draft.lines:
        if line.role in ("drug", "jw"):
            line.modifiers.insert(1 if line.modifiers[:1] in (["JW"], ["JZ"]) else 0, "TB")
    return draft


def replacement(shop: Workshop, wish: Wish) -> Draft:
    """A commercial replacement claim with the payer's control number (frequency 7 with F8)."""
    draft = single(shop, Wish(programs=("commercial",), first=wish.first, last=wish.last))
    draft.header["frequency"] = "7"
    draft.header["original_reference"] = f"ICN{shop.random.randrange(10**9, 10**10)}"
    return draft
