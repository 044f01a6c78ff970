"""The dose that was given, and what a mL holds, as a case tells them."""

from __future__ import annotations

from cleanclaim.billing.administration import Administration, PerAmount
from cleanclaim.billing.lines import Refusal
from cleanclaim.errors import CleanclaimError
from cleanclaim.values import Concentration, Dimension, Quantity

_BY_BODY = {"/kg": "weight_kg", "/m2": "bsa_m2"}
_MOST_DIGITS = 12
# Above this a number is a slip of the hand, not a dose. Penicillin goes to 24 million units, a gene therapy to 1e16.
_ABSURD = {Dimension.ACTIVITY: 10**9, Dimension.GENOMES: 10**18, Dimension.CELLS: 10**13}
_USUAL_ABSURD = 10**7


def dose_of(given: Administration) -> Quantity | Refusal:
    """The dose, by weight or body surface where it is told so."""
    amount, unit = given.dose.amount, given.dose.unit.strip()
    if not amount.is_finite() or abs(amount.adjusted()) > _MOST_DIGITS:
        return Refusal("dose-absurd", "the dose is no number that a dose can be; check it and its unit")
    if amount <= 0:
        return Refusal("dose-not-positive", f"a dose of {amount:f} {unit}: expected more than nothing")
    for ending, name in _BY_BODY.items():
        if unit.lower().replace("²", "2").endswith(ending):
            body = getattr(given, name)
            if body is None:
                return Refusal("dose-needs-body", f"a dose in {unit} needs {name}")
            amount, unit = amount * body, unit[: -len(ending)]
    if given.start and given.stop and given.stop < given.start:
        return Refusal("stop-before-start", "stop is before start: expected the end of the administration")
    days = [time.date() for time in (given.start, given.stop) if time]
    if days and given.service_date not in (days[0], days[-1]):
        return Refusal("times-of-another-day", "start and stop are of another day than service_date")
    try:
        dose = Quantity.of(amount, unit)
    except CleanclaimError as error:
        return Refusal("dose-unread", f"dose: {error}")
    if dose.amount > _ABSURD.get(dose.unit.dimension, _USUAL_ABSURD):
        return Refusal("dose-absurd", f"a dose of {dose}: no dose is as large; check the number and its unit")
    return dose


def concentration_of(told: PerAmount | None) -> Concentration | Refusal | None:
    """A concentration, where one is told."""
    if told is None:
        return None
    try:
        return Concentration.of(told.amount, told.unit, told.per)
    except CleanclaimError as error:
        return Refusal("concentration-unread", f"concentration: {error}")
