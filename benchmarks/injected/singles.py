"""Templates with one drug: injections, infusions, eye, joint and botulinum visits, professional or institutional."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from benchmarks.injected import people
from benchmarks.injected.catalogue import ADMINISTRATION, BY_CODE, DRUGS, PROCEDURE_PRICE, Drug
from benchmarks.injected.draft import Draft, Line
from benchmarks.injected.workshop import Wish, Workshop

EXTRA_HOUR = {"96365": "96366", "96413": "96415"}
REVENUE = {"9640": "0335", "9641": "0335", "9636": "0260", "9637": "0260"}
SEX_OF_DIAGNOSIS = {"C569": "F", "C61": "M"}
STEROIDS = ("J3301", "J1010")
INSTITUTIONAL_WAYS = ("im", "sc", "push", "inf", "chemo", "cpush", "cinj", "horm")


class NoClaimError(Exception):
    """The wish cannot be met by any drug, product or day."""


def extra_hours(minutes: int) -> int:
    """Units of the extra-hour code (ADM-07)."""
    return 0 if minutes < 91 else 1 + (minutes - 91) // 60


def procedure(code: str, units: int = 1, modifiers: tuple[str, ...] = (), role: str = "admin") -> Line:
    """An administration, visit or procedure line at its price."""
    return Line(role, code, units, Decimal(PROCEDURE_PRICE[code]), list(modifiers))


def stamp(line: Line, start: datetime, minutes: int) -> None:
    """Start and stop on a fully charted line."""
    if line.charted and "dose" in line.charted:
        line.charted["start"] = start.isoformat(timespec="minutes")
        line.charted["stop"] = (start + timedelta(minutes=minutes)).isoformat(timespec="minutes")


def revenue_code(line: Line) -> str:
    """Revenue code of an institutional line (FMT-39)."""
    if line.role in ("drug", "jw"):
        return "0636"
    return REVENUE.get(line.code[:4], "0510")


def diagnosis_for(shop: Workshop, drug: Drug, way: str, wish_day: object, side: str) -> str | None:
    """A billable indication; eyes and knees follow the side."""
    options = list(drug.diagnoses)
    if way == "joint":
        return "M1711" if side == "RT" else "M1712"
    if way == "eye":
        return "H353211" if side == "RT" else "H353221"
    options = [code for code in options if shop.reference.valid_icd(code, wish_day)]  # type: ignore[arg-type]
    return shop.random.choice(options) if options else None


def administration(shop: Workshop, way: str, side: str, lines: list[Line], start: datetime, minutes: int) -> list[Line]:
    """Administration lines of one drug and, where charted, its times."""
    code = ADMINISTRATION[way]
    if way in ("eye", "joint"):
        return [procedure(code, 1, (side,))]
    out = [procedure(code)]
    if way in ("inf", "chemo"):
        hours = extra_hours(minutes)
        if hours:
            out.append(procedure(EXTRA_HOUR[code], hours))
        stamp(lines[0], start, minutes)
    elif way in ("push", "cpush") and shop.random.random() < 0.5:
        stamp(lines[0], start, shop.random.choice((3, 5, 10, 15)))
    return out


def assemble(
    shop: Workshop, wish: Wish, drug: Drug | None, program: str, day: object, lines: list[Line], diagnoses: list[str]
) -> Draft | None:
    """A draft around finished lines, or None when the patient would not fit."""
    low, high = people.age_span(program, drug)
    if low > high:
        return None
    sex = drug.sex if drug and drug.sex else ""
    for code in diagnoses:
        sex = SEX_OF_DIAGNOSIS.get(code, sex)
    patient = people.patient(shop.random, shop.directory, program, day, sex, (low, high))  # type: ignore[arg-type]
    head = people.header(shop.random, shop.directory, program, wish.claim_type, wish.place, day)  # type: ignore[arg-type]
    draft = Draft(wish.claim_type, program, day, lines, diagnoses, head, patient)  # type: ignore[arg-type]
    draft.by_pointer = shop.random.random() < 0.5
    if wish.claim_type == "I":
        for line in lines:
            line.fields["revenue_code"] = revenue_code(line)
    if program == "medicare_b" and sum(line.amount() for line in lines) > Decimal("99000"):
        return None
    return draft


def candidates(shop: Workshop, wish: Wish) -> list[Drug]:
    """Drugs of the catalogue that a wish allows."""
    out = []
    for drug in DRUGS:
        if wish.codes is not None and drug.code not in wish.codes:
            continue
        if wish.ways is not None and drug.way not in wish.ways:
            continue
        if wish.claim_type == "I":
            status = shop.reference.always_status(drug.code)
            allowed = status == {"N"} or (status and status <= {"G", "K"})
            if drug.way not in INSTITUTIONAL_WAYS or not allowed:
                continue
            if wish.status is not None and not status <= wish.status:
                continue
        out.append(drug)
    return out


def single(shop: Workshop, wish: Wish) -> Draft:
    """One drug, its administration and sometimes a visit with 25."""
    drugs = candidates(shop, wish)
    if not drugs:
        raise NoClaimError(str(wish))
    for _ in range(600):
        drug = shop.random.choice(drugs)
        day = shop.day(wish)
        program = shop.random.choice(wish.programs) if wish.programs else people.pick_program(shop.random)
        draft = try_single(shop, wish, drug, program, day)
        if draft is not None:
            return draft
    raise NoClaimError(str(wish))


def try_single(shop: Workshop, wish: Wish, drug: Drug, program: str, day: object) -> Draft | None:
    """One attempt at a single-drug claim."""
    way = drug.way
    if drug.code in STEROIDS and wish.claim_type == "P" and wish.ways is None and shop.random.random() < 0.35:
        way = "joint"
    lines = shop.drug_lines(drug, day, program, wish, way)  # type: ignore[arg-type]
    if lines is None:
        return None
    side = shop.random.choice(("RT", "LT"))
    diagnosis = diagnosis_for(shop, drug, way, day, side)
    if diagnosis is None:
        return None
    minutes = shop.random.choice(drug.minutes) if drug.minutes else 0
    lines += administration(shop, way, side, lines, shop.clock(day), minutes)  # type: ignore[arg-type]
    diagnoses = [diagnosis]
    add_visit(shop, wish, lines, diagnoses, 0.1 if way in ("chemo", "cpush") else 0.2)
    if drug.way in ("chemo", "cpush") and diagnosis[0] == "C" and shop.random.random() < 0.3:
        diagnoses.insert(0, "Z5112" if drug.name.split("-")[0].endswith("mab") else "Z5111")
        for line in lines:
            line.pointers = [1, 2] if line.role == "admin" else [2, *line.pointers[1:]]
            line.pointers = [place for place in line.pointers if place <= len(diagnoses)]
    if drug.code in BY_CODE and shop.random.random() < 0.5:
        lines.sort(key=lambda line: {"em": 0, "admin": 1}.get(line.role, 2))
    draft = assemble(shop, wish, drug, program, day, lines, diagnoses)
    if draft is not None and drug.per_kg and lines:
        dosed = next(line for line in lines if line.role == "drug")
        assert dosed.prepared is not None
        draft.patient["weight"] = round(float(dosed.prepared.dose / drug.per_kg) * 2.20462, 1)
    return draft


def add_visit(shop: Workshop, wish: Wish, lines: list[Line], diagnoses: list[str], share: float) -> None:
    """A separate visit with modifier 25 (ADM-15)."""
    wanted = shop.random.random() < share if wish.visit is None else wish.visit
    if not wanted:
        return
    code = "G0463" if wish.claim_type == "I" else shop.random.choice(("99213", "99214", "99213"))
    visit = procedure(code, 1, ("25",), "em")
    if shop.random.random() < 0.5:
        diagnoses.append(shop.random.choice(("I10", "K219")))
        visit.pointers = [len(diagnoses)]
    lines.append(visit)
