"""How the patient stands against what the payer's policy says of patients. What the patient is stays out of it.

---
about: How the patient stands against what the payer's policy says of patients; no fact says what the patient is.
grain: line
keys: [birth_date, service_date, sex, weight_kg, gestation_weeks, billed_milligrams, policy_age_bounds, policy_age_min, policy_age_max, policy_sex, policy_weight_min, policy_weight_max, policy_gestation_min, policy_gestation_max, policy_mg_per_kg_max]
columns:
  below_age: {type: boolean, meaning: "whether the patient was younger on the day than the payer wants, in whole years", ask: the birth date of the patient, source: "policy_rule, claim.birth_date"}
  above_age: {type: boolean, meaning: "whether the patient was older than the payer wants: past the last year that is in", ask: the birth date of the patient, source: "policy_rule, claim.birth_date"}
  sex_differs: {type: boolean, meaning: whether the claim says another sex than the policy, ask: the sex of the patient, source: "policy_rule, claim.sex"}
  weight_outside: {type: boolean, meaning: whether the patient weighs less or more than the payer wants, ask: the weight of the patient, source: "policy_rule, claim.weight"}
  gestation_outside: {type: boolean, meaning: "whether the week of gestation is before the first or after the last that the payer covers", ask: "the weeks of gestation: a code Z3A on the claim, or `gestation_weeks` on file", source: "policy_rule, claim.diagnoses, on_file"}
  above_mg_per_kg: {type: boolean, meaning: "whether the amount that the units stand for is above the payer's cap for the patient's weight", ask: "the weight of the patient, and a code whose units are an amount of drug by mass", source: "policy_rule, claim.weight"}
---
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

_NAMES = ("below_age", "above_age", "sex_differs", "weight_outside", "gestation_outside", "above_mg_per_kg")


def compute(keys: pa.Table) -> pa.Table:
    """The facts of each distinct patient, day and policy."""
    answers = [_answers(row) for row in keys.to_pylist()]
    for name in _NAMES:
        keys = keys.append_column(name, pa.array([answer[name] for answer in answers], pa.bool_()))
    return keys


def _answers(row: dict[str, Any]) -> dict[str, bool | None]:
    age = _age(row["birth_date"], row["service_date"])
    bounds = row["policy_age_bounds"]
    sex, wanted = row["sex"], row["policy_sex"]
    return {
        # A bound that the policy does not set is none; one of two policies that contradict each other is not known.
        "below_age": False if bounds == "max" else _below(age, row["policy_age_min"]),
        "above_age": False if bounds == "min" else _above(age, row["policy_age_max"]),
        "sex_differs": None if sex is None or wanted not in {"F", "M"} else sex != wanted,
        "weight_outside": _outside(row, "weight_kg", "policy_weight"),
        "gestation_outside": _outside(row, "gestation_weeks", "policy_gestation"),
        "above_mg_per_kg": _above_by_weight(row["billed_milligrams"], row["weight_kg"], row["policy_mg_per_kg_max"]),
    }


def _age(born: date | None, day: date | None) -> int | None:
    """Whole years. Who is born on 29 February has the birthday on 1 March in other years; a birth to come has no age."""
    if born is None or day is None or born > day:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _below(value: Decimal | int | None, least: Decimal | None) -> bool | None:
    return None if value is None or least is None else value < least


def _above(value: Decimal | int | None, most: Decimal | None) -> bool | None:
    return None if value is None or most is None else value > most


def _outside(row: dict[str, Any], name: str, policy: str) -> bool | None:
    """Whether a value is outside the bounds of a policy; None where it or every bound is not known."""
    told = [_below(row[name], row[f"{policy}_min"]), _above(row[name], row[f"{policy}_max"])]
    return any(told) if any(one is not None for one in told) else None


def _above_by_weight(dose: Decimal | None, weight: Decimal | None, cap: Decimal | None) -> bool | None:
    if dose is None or weight is None or cap is None:
        return None
    return Fraction(dose) > Fraction(weight) * Fraction(cap)
