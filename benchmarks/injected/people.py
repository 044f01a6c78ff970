"""Invented patients, providers and payers."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from benchmarks.injected.catalogue import Drug

FEMALE = ("Ada", "Brisa", "Celine", "Dorte", "Elva", "Fenna", "Greta", "Hilda", "Imke", "Jorun", "Kaja", "Liv", "Mina")
MALE = ("Anton", "Bruno", "Casper", "Dario", "Egon", "Falk", "Gustav", "Henrik", "Ivo", "Jarl", "Karel", "Lars", "Milo")
TAXONOMIES = ("207RH0003X", "207R00000X", "207Q00000X", "2084N0400X", "207RR0500X")

PAYERS = {
    "medicare_b": (("04412", "MB"), ("09102", "MB"), ("06202", "MB")),
    "medicare_advantage": (("MADV1", "16"), ("MADV2", "16")),
    "commercial": (("COMM1", "CI"), ("BLUE7", "BL"), ("HMO33", "HM"), ("PPO12", "12")),
    "medicaid": (("STMCD", "MC"), ("STMC2", "MC")),
    "tricare": (("TRIW1", "CH"),),
    "va": (("VACC3", "VA"),),
}
WEIGHTS = {"medicare_b": 44, "medicare_advantage": 15, "commercial": 23, "medicaid": 14, "tricare": 2, "va": 2}
AGES = {"medicare_b": (66, 91), "medicare_advantage": (66, 89), "commercial": (20, 64), "medicaid": (20, 63)}


def luhn_digit(nine: str) -> int:
    """Check digit of an NPI: Luhn over 80840 and the first nine digits."""
    total = 0
    for place, character in enumerate(reversed("80840" + nine)):
        digit = int(character)
        if place % 2 == 0:
            digit *= 2
            digit -= 9 if digit > 9 else 0
        total += digit
    return (10 - total % 10) % 10


def npi(random: Random, first: str = "1") -> str:
    """A random NPI that passes the check."""
    nine = first + "".join(str(random.randrange(10)) for _ in range(8))
    return nine + str(luhn_digit(nine))


class Directory:
    """A fixed set of practices and hospitals, each with its own NPIs."""

    def __init__(self, random: Random) -> None:
        self.practices = [(npi(random), [npi(random) for _ in range(4)], TAXONOMIES[i % 5]) for i in range(14)]
        self.hospitals = [npi(random) for _ in range(5)]
        self.facilities = [npi(random) for _ in range(6)]
        self.members = 100000

    def member(self, random: Random, prefix: str) -> str:
        """A member id never used before."""
        self.members += random.randrange(3, 60)
        return f"{prefix}{self.members}"


def pick_program(random: Random) -> str:
    """A payer program by the weights of the mix."""
    return random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]


def age_span(program: str, drug: Drug | None) -> tuple[int, int]:
    """Ages that both the payer and the drug allow; empty when low > high."""
    low, high = AGES.get(program, (20, 79))
    if drug:
        low, high = max(low, drug.ages[0]), min(high, drug.ages[1])
    return low, high


def patient(
    random: Random, directory: Directory, program: str, day: date, sex: str, ages: tuple[int, int]
) -> dict[str, Any]:
    """An invented patient of the right age and sex."""
    sex = sex or random.choice("FM")
    years = random.randint(*ages)
    born = day - timedelta(days=years * 365 + years // 4 + 1 + random.randrange(364))
    return {
        "member_id": directory.member(random, program[:2].upper()),
        "first_name": random.choice(FEMALE if sex == "F" else MALE),
        "birth_date": born.isoformat(),
        "sex": sex,
    }


def header(
    random: Random, directory: Directory, program: str, claim_type: str, place: str, day: date
) -> dict[str, Any]:
    """Claim-level fields; POS and rendering provider on professional, bill type on institutional claims."""
    payer_id, filing = random.choice(PAYERS[program])
    out: dict[str, Any] = {
        "payer_id": payer_id,
        "claim_filing": "MA" if claim_type == "I" and filing == "MB" else filing,
        "payer_sequence": "P",
        "frequency": "1",
    }
    if claim_type == "I":
        out["bill_type"] = "131"
        out["billing_npi"] = random.choice(directory.hospitals)
        out["statement_from"] = out["statement_to"] = day.isoformat()
        return out
    billing, doctors, taxonomy = random.choice(directory.practices)
    out["place_of_service"] = place
    out["billing_npi"] = billing
    out["rendering_npi"] = random.choice(doctors)
    if random.random() < 0.4:
        out["billing_taxonomy"] = taxonomy
    if place != "11":
        out["facility_npi"] = random.choice(directory.facilities)
    if random.random() < 0.2:
        out["referring_npi"] = random.choice(random.choice(directory.practices)[1])
    if program in ("commercial", "medicare_advantage") and random.random() < 0.35:
        out["prior_auth"] = f"PA{random.randrange(10**7, 10**8)}"
    return out
