"""One drug given several times on one day: the doses are added first and rounded once (UNW-18)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from cleanclaim.billing.administration import Administration, Amount
from cleanclaim.billing.dose import concentration_of, dose_of
from cleanclaim.billing.lines import Refusal
from cleanclaim.errors import CleanclaimError
from cleanclaim.values import convert

# What must be the same in all, or lines must differ by it.
_SAME = ("service_date", "billing_unit", "concentration", "modifiers", "payer_terms", "licensed_biologic")


def together(cases: Sequence[Administration]) -> Administration | str:
    """The administrations of one drug on one day as one: doses, containers and charges added; or why they cannot be."""
    first = cases[0]
    differing = [name for name in _SAME if len({msgspec.json.encode(getattr(one, name)) for one in cases}) > 1]
    if differing:
        return f"{differing[0]} differs"
    if len({one.ndc for one in cases if one.ndc and not one.containers} | {first.ndc} - {None}) > 1:
        return "the NDC differs, and the containers of some are not told"
    if any(one.ingredients for one in cases):
        return "a compound stands by itself"
    if len({bool(one.containers) for one in cases}) > 1 and not _holds_all(cases):
        return "the containers of some are not told"
    if len({one.charge_amount is None for one in cases}) > 1:
        return "charge_amount is told of some alone"
    dose = _added(cases)
    if dose is None:
        return "the doses cannot be added"
    charges = [one.charge_amount for one in cases if one.charge_amount is not None]
    return msgspec.structs.replace(
        first, dose=dose, weight_kg=None, bsa_m2=None,
        containers=tuple(
            msgspec.structs.replace(one, ndc=one.ndc or case.ndc) for case in cases for one in case.containers
        ),
        sizes_on_hand=first.sizes_on_hand if all(one.sizes_on_hand == first.sizes_on_hand for one in cases) else (),
        charge_amount=sum(charges, Decimal(0)) if charges else None,
        diagnoses=tuple(dict.fromkeys(code for one in cases for code in one.diagnoses)),
    )  # fmt: skip


def _added(cases: Sequence[Administration]) -> Amount | None:
    """The doses together, in the unit of the first; None where they do not add up to a decimal number."""
    doses = [dose_of(one) for one in cases]
    known = [one for one in doses if not isinstance(one, Refusal)]
    if len(known) < len(doses):
        return None
    unit, strength = known[0].unit, concentration_of(cases[0].concentration)  # the same in all
    strength = None if isinstance(strength, Refusal) else strength
    try:
        total = sum((convert(one, unit, concentration=strength).amount for one in known), Fraction(0))
    except CleanclaimError:
        return None
    amount = Decimal(total.numerator) / Decimal(total.denominator)
    return Amount(amount, str(unit)) if Fraction(amount) == total else None


def _holds_all(cases: Sequence[Administration]) -> bool:
    """Whether the containers that are told hold all doses: what was given later came from those opened first."""
    dose = _added(cases)
    opened = [one for case in cases for one in case.containers]
    if dose is None or any(one.unit != dose.unit for one in opened):
        return False
    return sum((one.amount * one.count - (one.shared or 0) for one in opened), Decimal(0)) >= dose.amount
