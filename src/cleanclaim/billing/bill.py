"""One administration -> claim lines: dose to units, what was discarded, the NDC quantity of each line, its charge."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import msgspec

from cleanclaim.billing.containers import KIND_ASKED, Opened, content_per_ndc_unit, opened
from cleanclaim.billing.drug import Drug, drug_given
from cleanclaim.billing.given import Given
from cleanclaim.billing.lines import Bill, BillLine, Refusal
from cleanclaim.billing.setting import WasteTerms, waste_terms
from cleanclaim.billing.stock import chosen_vials, excess_warning
from cleanclaim.dosing import (
    NdcUnit,
    Semantics,
    Split,
    SplitLine,
    WastePolicy,
    amount_in_ndc_unit,
    discard,
    line_quantities,
)
from cleanclaim.errors import CleanclaimError, UnitsNotConvertible
from cleanclaim.reference.lookup import Lookup
from cleanclaim.values import Concentration, Quantity, convert, read_unit

_BY_BODY = {"/kg": "weight_kg", "/m2": "bsa_m2"}
_MOST_DIGITS = 12
_ABSURD = 10**7  # of any unit: a slip of the hand, not a dose


class Biller:
    """Bills from one open library."""

    def __init__(self, lookup: Lookup) -> None:
        """Takes open look-ups."""
        self.lookup = lookup

    def bill(self, given: Given) -> Bill:
        """The lines of an administration, or why it cannot be billed as it was told."""
        drug = drug_given(self.lookup, given)
        if isinstance(drug, Refusal):
            return Bill(given.id, refusal=drug)
        dose = dose_of(given)
        if isinstance(dose, Refusal):
            return Bill(given.id, refusal=dose, releases=drug.answer.releases)
        given, chosen = _with_vials(given, dose)
        if isinstance(chosen, Refusal):
            return Bill(given.id, refusal=chosen, releases=drug.answer.releases)
        came_from = opened(self.lookup, drug.answer.code, given)
        if isinstance(came_from, Refusal):
            return Bill(given.id, refusal=came_from, releases=drug.answer.releases)
        terms = waste_terms(self.lookup, drug.answer.code, given)
        made = _lines(given, drug, dose, came_from, terms)
        if isinstance(made, Refusal):
            return Bill(given.id, refusal=made, releases=drug.answer.releases)
        lines, warnings = made
        told = (*drug.warnings, *chosen, *warnings)
        return Bill(given.id, tuple(lines), tuple(dict.fromkeys(told)), releases=drug.answer.releases)


def _with_vials(given: Given, dose: Quantity) -> tuple[Given, Refusal | tuple[str, ...]]:
    """The case with the containers to open where none were told and sizes are on hand, and a word on them."""
    concentration = _concentration(given)
    if given.containers or not given.sizes_on_hand or isinstance(concentration, Refusal):
        return given, ()
    chosen = chosen_vials(dose, given.sizes_on_hand, concentration=concentration, bounded=True)
    if isinstance(chosen, Refusal):
        return given, chosen
    named = " + ".join(f"{one.count} x {one.amount.normalize():f} {one.unit}" for one in chosen.containers)
    notes = (f"the least waste of what is on hand is {named} (UNW-07)", *([chosen.cheaper] if chosen.cheaper else []))
    return msgspec.structs.replace(given, containers=chosen.containers), notes


def dose_of(given: Given) -> Quantity | Refusal:
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
    try:
        dose = Quantity.of(amount, unit)
    except CleanclaimError as error:
        return Refusal("dose-unread", f"dose: {error}")
    if dose.amount > _ABSURD:
        return Refusal("dose-absurd", f"a dose of {dose}: no dose is as large; check the number and its unit")
    return dose


def _lines(
    given: Given, drug: Drug, dose: Quantity, came_from: Opened, terms: WasteTerms
) -> tuple[list[BillLine], list[str]] | Refusal:
    concentration = _concentration(given)
    if isinstance(concentration, Refusal):
        return concentration
    concentration = concentration or _of_crosswalk(dose, drug, came_from)
    split = discard(
        dose, drug.billing_unit, came_from.containers, came_from.kind, on=given.service_date, policy=terms.policy,
        exempt=terms.exempt, concentration=concentration, jw_from=terms.jw_from, jz_from=terms.jz_from,
    )  # fmt: skip
    if split.reason is not None:
        return Refusal(str(split.reason).replace("_", "-"), split.explanation)
    if split.overfill is not None and split.overfill.amount:
        return Refusal(
            "dose-above-containers",
            f"the dose is {split.overfill} above the labelled content of what was opened: overfill is never billed"
            " (UNW-09); correct the dose, or the containers",
        )
    warnings = [one for one in came_from.warnings if not (terms.exempt and one == KIND_ASKED)]
    if terms.note:
        warnings.append(terms.note)
    if came_from.kind is not None and split.explanation and not terms.exempt:
        warnings.append(f"{split.explanation}: what was discarded cannot be told, so neither JW nor JZ was decided")
    if terms.policy in (None, WastePolicy.NONE, WastePolicy.DENY_WASTE) and split.discarded_units:
        warnings.append(f"{split.discarded_units} units were discarded and are not billed")
    if excess := excess_warning(came_from.containers, came_from.kind, dose, given, concentration):
        warnings.append(excess)
    quantities = _ndc_quantities(split, drug, came_from, concentration, warnings)
    charges = _charges(given.charge_amount, split.lines)
    noted = drug.billing_unit.semantics is Semantics.UNCLASSIFIED
    lines = [
        BillLine(
            drug.answer.code, (*line.modifiers, *given.modifiers), line.units, line.rule,
            came_from.ndc11, quantity, str(came_from.ndc_unit) if quantity is not None else None, charge,
            _description(given, line, came_from) if noted else None,
        )
        for line, quantity, charge in zip(split.lines, quantities, charges, strict=True)
    ]  # fmt: skip
    if noted and not given.drug:
        warnings.append(
            f"{drug.answer.code} needs the drug's name, dose, route and NDC on the line (COD-41): say `drug`"
        )
    if came_from.more_ndcs:
        warnings.append(
            f"several NDCs: {came_from.ndc11} stands on the line; for Medicare Part B {', '.join(came_from.more_ndcs)}"
            " go into the line note, other payers want a line for each (NDC-33)"
        )
    return lines, warnings


def _concentration(given: Given) -> Concentration | Refusal | None:
    told = given.concentration
    if told is None:
        return None
    try:
        return Concentration.of(told.amount, told.unit, told.per)
    except CleanclaimError as error:
        return Refusal("concentration-unread", f"concentration: {error}")


def _of_crosswalk(dose: Quantity, drug: Drug, came_from: Opened) -> Concentration | None:
    """What a mL holds by the crosswalk, where the dose is in mL and the product is billed in ML (COD-64)."""
    unit, factor = drug.billing_unit.unit, came_from.factor
    if factor is None or unit is None or came_from.ndc_unit is not NdcUnit.ML or not drug.billing_unit.amount:
        return None
    if not dose.unit.converts_to(read_unit("mL")) or dose.unit.converts_to(unit):
        return None
    return Concentration(Quantity(factor * drug.billing_unit.amount, unit), Quantity.of(1, "mL"))


def _ndc_quantities(
    split: Split, drug: Drug, came_from: Opened, concentration: Concentration | None, warnings: list[str]
) -> Sequence[Decimal | None]:
    """The quantity of each line in NDC units; None, with a warning, where it cannot be told."""
    nothing: list[Decimal | None] = [None] * len(split.lines)
    if came_from.ndc11 is None:
        return nothing
    unit = came_from.ndc_unit
    if unit is None:
        warnings.append(f"NDC {came_from.ndc11}: in which unit it is billed is not known, so no quantity was made")
        return nothing
    try:
        amounts = [_in_ndc_unit(line, unit, drug, came_from, concentration) for line in split.lines]
    except UnitsNotConvertible as error:
        warnings.append(f"NDC {came_from.ndc11}: no quantity in {unit}: {error}")
        return nothing
    return [line_quantities(amount, Fraction(0)).administered for amount in amounts]


def _in_ndc_unit(
    line: SplitLine, unit: NdcUnit, drug: Drug, came_from: Opened, concentration: Concentration | None
) -> Fraction:
    """The drug of a line in NDC units: by the crosswalk's factor, else by the content of the product or container."""
    billing_unit = drug.billing_unit
    divided = billing_unit.semantics in (Semantics.LINEAR, Semantics.UP_TO, Semantics.VOLUME)
    if came_from.factor and divided and billing_unit.amount and billing_unit.unit:
        given = convert(line.quantity, billing_unit.unit, concentration=concentration).amount
        return given / billing_unit.amount / came_from.factor
    content = content_per_ndc_unit(came_from.product, unit)
    if content is None and unit is NdcUnit.UN and len({one.content for one in came_from.containers}) == 1:
        content = came_from.containers[0].content
    if content is not None and unit is NdcUnit.UN:
        concentration = Concentration(content, Quantity.of(1, "vial"))
    return amount_in_ndc_unit(line.quantity, unit, concentration=concentration)


def _charges(total: Decimal | None, lines: Sequence[SplitLine]) -> list[Decimal | None]:
    """The charge in proportion to the drug of each line, to the cent; together exactly what was charged (UNW-19)."""
    if total is None or not lines:
        return [None] * len(lines)
    whole = sum((line.quantity.amount for line in lines), Fraction(0))
    cent = Decimal("0.01")
    shares = [
        (total * Decimal(share.numerator) / Decimal(share.denominator)).quantize(cent, ROUND_HALF_UP)
        for line in lines
        if (share := line.quantity.amount / whole if whole else Fraction(1, len(lines)))
    ]
    shares[0] += total - sum(shares, Decimal(0))
    return list(shares)


def _description(given: Given, line: SplitLine, came_from: Opened) -> str:
    """What the line of an unclassified drug says: name, amount, route, NDC, as far as they are told (COD-41)."""
    done = "discarded" if "JW" in line.modifiers else "given"
    parts = (given.drug, f"{line.quantity} {done}", given.route, f"NDC {came_from.ndc11}" if came_from.ndc11 else None)
    return " ".join(part for part in parts if part)
