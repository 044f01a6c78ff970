"""Realistic 837P claims for injected drugs, of any amount, the same for the same seed.

Nobody in them exists. Command: `python -m benchmarks.generate PATH --megabytes 100 [--seed 1] [--faulty 0.03]
[--varied]`.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from benchmarks.drugs import DRUGS, Drug, visit_lines
from benchmarks.faults import FAULTS
from benchmarks.segments import ADVANTAGE, COMMERCIAL, MEDICAID, MEDICARE, Payer, Template, claim_template

CLAIMS_PER_INTERCHANGE = 5_000
_VISITS = 4
_PATIENTS_PER_INTERCHANGE = CLAIMS_PER_INTERCHANGE // _VISITS
_FIRST_DAY = date(2024, 7, 1)
_DAYS_BETWEEN_VISITS = 21
_VISIT_SPAN = 92 - (_VISITS - 1) * _DAYS_BETWEEN_VISITS  # so that the last visit is in the quarter too
_DATES = [f"{_FIRST_DAY + timedelta(days=day):%Y%m%d}" for day in range(92)]

# Who pays, in percent; the other two shares are of claims to a commercial payer.
_PAYERS = (MEDICARE,) * 55 + (ADVANTAGE,) * 15 + (COMMERCIAL,) * 22 + (MEDICAID,) * 8
_DEPENDENTS = 0.35
_SECONDARY = 0.35

_FAMILY_NAMES = (
    "PLACEHOLDER", "SAMPLETON", "FABLESON", "MOCKINGBIRD", "INVENTED", "NOTREAL", "MAKEBELIEVE", "PHANTOMLEY", "BYGONE",
    "NULLMAN", "DUMMYFIELD", "PRETENDER", "STANDIN", "HYPOTHETICAL", "LOREMSON", "IPSUMLEY", "FICTIONWOOD", "TESTERBY",
)  # fmt: skip
_GIVEN_NAMES = {
    "F": ("PETRA", "FERN", "MARA", "BERYL", "NELL", "TILDA", "OPAL", "THEA", "DORA", "LIV", "HOPE", "SYBIL", "ELLA"),
    "M": ("SAUL", "MILO", "IVOR", "NED", "TOBY", "PERCY", "SETH", "LUKE", "PAUL", "DEL", "MAX", "SID", "OTTO", "REX"),
}
_LETTERS = "ACDEFGHJKMNPQRTUVWXY"


@dataclass(frozen=True, slots=True)
class Generated:
    """What was written."""

    claims: int
    lines: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Course:
    """A patient's treatment: one template for each visit, one way to spoil it."""

    drug: Drug
    dose: str
    payer: Payer
    dependent: bool
    secondary: bool

    def template(self, fault: str | None = None) -> Template:
        return _template(self, fault)


@dataclass(frozen=True, slots=True)
class _Patient:
    """Who is treated: the slots that never change, and the course."""

    slots: dict[str, object]
    course: _Course
    first_visit: int


@cache
def _template(course: _Course, fault: str | None) -> Template:
    lines = visit_lines(course.drug, course.dose, says_waste=course.payer.says_waste)
    total = sum((line.charge for line in lines), Decimal(10)) if fault == "total differs" else None
    if fault in FAULTS:
        lines = FAULTS[fault](lines)
    return claim_template(
        course.payer, course.drug.diagnoses, lines, dependent=course.dependent, secondary=course.secondary,
        authorized=course.drug.authorized and course.payer is not MEDICARE, total=total,
    )  # fmt: skip


def generate(
    path: Path,
    *,
    claims: int | None = None,
    megabytes: float | None = None,
    seed: int = 1,
    faulty: float = 0.03,
    varied: bool = False,
) -> Generated:
    """Write claims to a file: a number of them, or as many as make the size (a megabyte is 10**6 bytes).

    The claims of a longer file begin with those of a shorter one. `faulty`: the share of claims with a fault. `varied`:
    doses, units and charges hardly ever meet again; else few of each do all the time.
    Raises: ValueError unless exactly one of `claims` and `megabytes` is given.
    """
    if (claims is None) == (megabytes is None):
        raise ValueError("give either claims or megabytes")
    most_bytes = None if megabytes is None else int(megabytes * 1_000_000)
    written = Generated(0, 0, 0)
    with path.open("wb") as stream:
        for number in range(1, 1_000_000_000):
            left = CLAIMS_PER_INTERCHANGE if claims is None else claims - written.claims
            room = None if most_bytes is None else most_bytes - written.bytes
            if left <= 0 or (room is not None and room <= 0):
                break
            rng = random.Random(f"{seed} {number}")  # an interchange does not depend on those before it
            text, made = _interchange(rng, number, min(left, CLAIMS_PER_INTERCHANGE), room, faulty, varied=varied)
            stream.write(text.encode("ascii"))
            written = Generated(written.claims + made.claims, written.lines + made.lines, written.bytes + len(text))
    return written


def _interchange(
    rng: random.Random, number: int, claims: int, room: int | None, faulty: float, *, varied: bool
) -> tuple[str, Generated]:
    """One interchange with one transaction, cut after `claims` or when `room` is used up."""
    head = _head(number)
    parts = ["~".join(head), "~"]
    made = size = lines = 0
    segments, level = len(head) - 2, 2
    for claim_slots, template in _claims(rng, number, faulty, varied=varied):
        if made >= claims or (room is not None and size >= room):
            break
        claim_slots["hl"] = level
        claim_slots["patient_hl"] = level + 1
        text = template.text % claim_slots
        parts.append(text)
        size += len(text)
        made += 1
        lines += template.lines
        segments += template.segments
        level += template.levels
    parts.append(f"SE*{segments + 1}*0001~GE*1*{number}~IEA*1*{number:09d}~")
    return "".join(parts), Generated(made, lines, size)


def _head(number: int) -> list[str]:
    """ISA to the billing provider; the transaction starts at the third segment."""
    return [
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'EXAMPLECLINIC':15}*ZZ*{'TESTCLEARING':15}*241003*0900*^*00501*{number:09d}*0*T*:",
        f"GS*HC*EXAMPLECLINIC*TESTCLEARING*20241003*0900*{number}*X*005010X222A1",
        "ST*837*0001*005010X222A1",
        f"BHT*0019*00*BENCH{number:07d}*20241003*0900*CH",
        "NM1*41*2*EXAMPLE INFUSION CLINIC*****46*EXAMPLECLINIC",
        "PER*IC*TEST BILLING DESK*TE*5555550100",
        "NM1*40*2*TEST CLEARINGHOUSE*****46*TESTCLEARING",
        "HL*1**20*1",
        "PRV*BI*PXC*261QI0500X",
        "NM1*85*2*EXAMPLE INFUSION CLINIC*****XX*1234567893",
        "N3*100 EXAMPLE WAY",
        "N4*EXAMPLEVILLE*OH*430009999",
        "REF*EI*001234567",
    ]


def _claims(
    rng: random.Random, number: int, faulty: float, *, varied: bool
) -> Iterator[tuple[dict[str, object], Template]]:
    """The visits of the patients of an interchange: every patient's first, then every patient's second ..."""
    patients: list[_Patient] = []
    names = [*FAULTS, "total differs"]
    for visit in range(_VISITS):
        for place in range(_PATIENTS_PER_INTERCHANGE):
            if visit == 0:
                patients.append(_patient(rng, varied=varied))
            patient = patients[place]
            fault = rng.choice(names) if rng.random() < faulty else None
            slots = patient.slots
            slots["claim"] = f"T{number:05d}{visit * _PATIENTS_PER_INTERCHANGE + place:05d}"
            slots["date"] = _DATES[patient.first_visit + visit * _DAYS_BETWEEN_VISITS]
            yield slots, patient.course.template(fault)


@cache
def _drugs_by_share() -> tuple[Drug, ...]:
    return tuple(drug for drug in DRUGS for _ in range(drug.share))


def _patient(rng: random.Random, *, varied: bool) -> _Patient:
    drug = rng.choice(_drugs_by_share())
    payer = rng.choice(_PAYERS)
    dependent = payer is COMMERCIAL and rng.random() < _DEPENDENTS
    secondary = payer is COMMERCIAL and not dependent and rng.random() < _SECONDARY
    sex = rng.choice("FM")
    born = date(1930, 1, 1) + timedelta(days=rng.randrange(70 * 365 if payer in {COMMERCIAL, MEDICAID} else 29 * 365))
    mbi = _beneficiary(rng)
    slots: dict[str, object] = {
        "last": rng.choice(_FAMILY_NAMES), "first": rng.choice(_GIVEN_NAMES[sex]), "middle": rng.choice(_LETTERS),
        "second_first": rng.choice(_GIVEN_NAMES["F"]), "referring": rng.choice(_GIVEN_NAMES["M"]),
        "member": mbi if payer is MEDICARE else f"TEST{rng.randrange(10**8):08d}", "mbi": mbi,
        "group": f"{rng.randrange(10**4):04d}",
        "street": f"{rng.randrange(1, 9999)} NOWHERE LANE APT {rng.randrange(1, 99)}",
        "born": f"{born:%Y%m%d}", "sex": sex,
    }  # fmt: skip
    dose = _any_dose(rng, drug) if varied else rng.choice(drug.doses)
    first_visit = rng.randrange(_VISIT_SPAN)
    return _Patient(slots, _Course(drug, dose, payer, dependent, secondary), first_visit)


def _any_dose(rng: random.Random, drug: Drug) -> str:
    """A dose from half the least to a little over the most that is given, in thousandths of that."""
    doses = [Decimal(dose) for dose in drug.doses]
    span = max(doses) * Decimal("1.1") - min(doses) / 2
    return f"{min(doses) / 2 + span * rng.randrange(1, 1000) / 1000:.2f}"


def _beneficiary(rng: random.Random) -> str:
    """A made-up number in the form of a Medicare beneficiary identifier: C A AN N A AN N A A N N."""
    letters = rng.choices(_LETTERS, k=6)
    digits = f"{rng.randrange(10**4):04d}"
    a, b, c, d, e, f = letters
    return f"{rng.randrange(1, 10)}{a}{b}{digits[0]}{c}{d}{digits[1]}{e}{f}{digits[2:]}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Write made-up 837P drug claims.")
    parser.add_argument("path", type=Path)
    amount = parser.add_mutually_exclusive_group(required=True)
    amount.add_argument("--megabytes", type=float)
    amount.add_argument("--claims", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faulty", type=float, default=0.03, help="share of claims with a fault (default 0.03)")
    parser.add_argument("--varied", action="store_true", help="doses, units and charges hardly ever meet again")
    given = parser.parse_args()
    made = generate(
        given.path, claims=given.claims, megabytes=given.megabytes, seed=given.seed, faulty=given.faulty,
        varied=given.varied,
    )  # fmt: skip
    print(f"{given.path}: {made.claims:,} claims, {made.lines:,} lines, {made.bytes:,} bytes")


if __name__ == "__main__":
    main()
