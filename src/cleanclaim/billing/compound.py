"""A compound: one line for each ingredient with its own NDC, linked by one number (ndc.md section 6)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import msgspec

from cleanclaim.billing.administration import Administration, Ingredient
from cleanclaim.billing.containers import Opened, opened
from cleanclaim.billing.dose import concentration_of, dose_of
from cleanclaim.billing.drug import drug_given
from cleanclaim.billing.lines import Bill, BillLine, Refusal
from cleanclaim.billing.ndc_lines import NdcOfLine
from cleanclaim.claims import PayerProgram
from cleanclaim.dosing import NdcUnit, amount_in_ndc_unit, line_quantities, units_for_dose
from cleanclaim.errors import UnitsNotConvertible
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.terms.payer_terms import PayerTerms
from cleanclaim.values import Concentration, Dimension, Quantity, Unit

_UNCLASSIFIED = "J7999"
_RULES = "NDC-13, NDC-32"
_INVOICE = "a payer asks for the invoice of a compound with the claim (PWK), which is not written here"


def bill_compound(lookup: Lookup, given: Administration, terms: PayerTerms) -> Bill:
    """The lines of a compound, or why there are none. Nothing of it is JW or JZ: it came from no labeled container."""
    whole, link = dose_of(given), given.association or given.id
    if isinstance(whole, Refusal):
        return Bill(given.id, refusal=whole)
    if given.containers or given.sizes_on_hand:
        return _refused(given, "compound-containers", "expected ingredients or containers, not both")
    if not link:
        return _refused(given, "compound-unlinked", "association: expected the number that links the lines (REF*XZ)")
    lines: list[BillLine] = []
    warnings = [_INVOICE]
    releases: list[str] = []
    for place, one in enumerate(given.ingredients):
        made = _line(lookup, given, one, terms, warnings)
        if isinstance(made, Refusal):
            return _refused(given, made.reason, f"ingredients[{place}]: {made.explanation}")
        line, told_by = made
        lines.append(replace(line, modifiers=(*_of_mixture(given, place), *given.modifiers), ndc_link=link))
        releases += told_by
    if given.charge_amount is not None:
        warnings.append("charge_amount of a compound is not divided: say the charge_amount of each ingredient")
    return Bill(given.id, tuple(lines), tuple(dict.fromkeys(warnings)), releases=tuple(dict.fromkeys(releases)))


def _refused(given: Administration, reason: str, explanation: str) -> Bill:
    return Bill(given.id, refusal=Refusal(reason, explanation))


def _of_mixture(given: Administration, place: int) -> tuple[str, ...]:
    """KP and KQ are of the drugs of one unit dose for a nebulizer, each with its own code (MDF-19, MDF-20)."""
    inhaled = given.payer_program is PayerProgram.MEDICARE_DME and all(one.hcpcs_code for one in given.ingredients)
    if not inhaled or len(given.ingredients) == 1:
        return ()
    return ("KQ",) if place else ("KP",)


def _line(
    lookup: Lookup, given: Administration, one: Ingredient, terms: PayerTerms, warnings: list[str]
) -> tuple[BillLine, tuple[str, ...]] | Refusal:
    code = one.hcpcs_code or given.hcpcs_code or terms.compound_code or _UNCLASSIFIED
    alone = msgspec.structs.replace(
        given, hcpcs_code=code, ndc=one.ndc, drug=one.name, dose=one.amount, concentration=one.concentration,
        ingredients=(), charge_amount=one.charge_amount,
    )  # fmt: skip
    drug = drug_given(lookup, alone)
    if isinstance(drug, Refusal):
        return drug
    amount = dose_of(alone)
    if isinstance(amount, Refusal):
        return amount
    concentration = concentration_of(one.concentration)
    if isinstance(concentration, Refusal):
        return concentration
    came_from = opened(lookup, code, alone)
    if isinstance(came_from, Refusal):
        return came_from
    units = units_for_dose(amount, drug.billing_unit, concentration=concentration)
    if units.units is None:
        return Refusal(str(units.reason or "units-unknown").replace("_", "-"), units.explanation)
    ndc = _ndc(amount, concentration, came_from, warnings)
    line = BillLine(
        code, (), units.units, f"{units.rule}, {_RULES}", ndc.ndc11, ndc.quantity, ndc.unit, one.charge_amount,
        _description(one, amount, given.route),
    )  # fmt: skip
    return line, (*drug.answer.releases,)


def _description(one: Ingredient, amount: Quantity, route: str | None) -> str:
    """What the line says: an ingredient of a compound, its strength, amount and route (COD-44)."""
    told = one.concentration
    strength = f"{told.amount.normalize():f} {told.unit}/{told.per}" if told else None
    way_in = route.replace("_", " ") if route else None
    return " ".join(part for part in ("compounded", one.name, strength, str(amount), way_in) if part)


def _ndc(amount: Quantity, concentration: Concentration | None, came_from: Opened, warnings: list[str]) -> NdcOfLine:
    """The ingredient's NDC and quantity: in its product's unit where that is known, else liquids in mL."""
    if came_from.ndc11 is None:
        return NdcOfLine()
    liquid = amount.unit.dimension is Dimension.VOLUME or (concentration and concentration.per.unit is Unit.ML)
    unit = came_from.ndc_unit or (NdcUnit.ML if liquid else None)
    try:
        if unit is None:
            raise UnitsNotConvertible("the unit of its product is not known")
        quantity = amount_in_ndc_unit(amount, unit, concentration=concentration)
    except UnitsNotConvertible as error:
        warnings.append(f"NDC {came_from.ndc11}: no quantity: {error}")
        return NdcOfLine(came_from.ndc11)
    return NdcOfLine(came_from.ndc11, line_quantities(quantity, Fraction(0)).administered, str(unit))
