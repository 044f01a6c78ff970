"""The NDC quantity of each line of a drug, in the unit that product and payer want (NDC-10 to NDC-18, NDC-42)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from cleanclaim.billing.containers import Opened, content_per_ndc_unit
from cleanclaim.billing.drug import Drug
from cleanclaim.dosing import ContainerKind, NdcUnit, Semantics, Split, amount_in_ndc_unit, line_quantities
from cleanclaim.errors import UnitsNotConvertible
from cleanclaim.policies.policy import NdcWaste
from cleanclaim.terms import PayerTerms
from cleanclaim.values import Concentration, Quantity, convert

_DIVIDED = (Semantics.LINEAR, Semantics.UP_TO, Semantics.VOLUME)
_DECIMALS = 3  # NDC-15


class NdcOfLine(NamedTuple):
    """What loop 2410 of a line says; all None where it says nothing."""

    ndc11: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None


def ndc_of_lines(
    split: Split,
    drug: Drug,
    came_from: Opened,
    concentration: Concentration | None,
    terms: PayerTerms,
    warnings: list[str],
) -> list[NdcOfLine]:
    """The NDC of each line with its quantity; the bare number, with a warning, where the quantity cannot be told."""
    number = came_from.ndc11
    bare = [NdcOfLine(number)] * len(split.lines)
    if number is None:
        return bare
    if came_from.ndc_unit is None:
        warnings.append(f"NDC {number}: in which unit it is billed is not known, so no quantity was made")
        return bare
    why: UnitsNotConvertible | None = None
    for unit in _units(came_from.ndc_unit, terms.ndc_units):
        conversion = _Conversion(drug, came_from, concentration, unit)
        try:
            return _told(split, conversion, terms, number)
        except UnitsNotConvertible as error:
            why = why or error
    wanted = ", ".join(terms.ndc_units) or came_from.ndc_unit
    warnings.append(f"NDC {number}: no quantity in {wanted}: {why}")
    return bare


def _units(of_product: NdcUnit, of_payer: Sequence[NdcUnit]) -> list[NdcUnit]:
    """The product's own unit; where the payer's list lacks it, those of the list (NDC-14)."""
    return [of_product] if not of_payer or of_product in of_payer else [one for one in NdcUnit if one in of_payer]


class _Conversion(NamedTuple):
    """From an amount of drug to NDC units: by the crosswalk's factor, else by the content of product or container."""

    drug: Drug
    came_from: Opened
    concentration: Concentration | None
    unit: NdcUnit

    def of(self, amount: Quantity) -> Fraction:
        billing_unit, factor = self.drug.billing_unit, self.came_from.factor
        listed = factor and self.unit is self.came_from.ndc_unit and billing_unit.semantics in _DIVIDED
        if factor and listed and billing_unit.amount and billing_unit.unit:
            given = convert(amount, billing_unit.unit, concentration=self.concentration).amount
            return given / billing_unit.amount / factor
        content = content_per_ndc_unit(self.came_from.product, self.unit)
        contents = {one.content for one in self.came_from.containers}
        if content is None and self.unit is NdcUnit.UN and len(contents) == 1:
            (content,) = contents
        per_piece = content is not None and self.unit is NdcUnit.UN
        concentration = Concentration(content, Quantity.of(1, "vial")) if content and per_piece else self.concentration
        return amount_in_ndc_unit(amount, self.unit, concentration=concentration)


def _told(split: Split, conversion: _Conversion, terms: PayerTerms, number: str) -> list[NdcOfLine]:
    decimals = _DECIMALS if terms.ndc_qty_decimals is None else terms.ndc_qty_decimals
    unit, amounts = str(conversion.unit), [conversion.of(line.quantity) for line in split.lines]
    came_from = conversion.came_from
    # Without decimals pieces are whole: all that was opened, on the dose line (NX-10).
    pieces = decimals == 0 and conversion.unit is NdcUnit.UN
    if (pieces or terms.ndc_waste_mode is NdcWaste.WHOLE_CONTAINERS) and came_from.kind is ContainerKind.SINGLE_DOSE:
        drawn = sum((conversion.of(one) for one in (split.administered, split.discarded) if one), Fraction(0))
        contents = {one.content for one in came_from.containers}
        size = conversion.of(next(iter(contents))) if len(contents) == 1 else drawn
        whole = line_quantities(drawn, Fraction(0), decimals=decimals, whole_containers=True, container_size=size)
        return [NdcOfLine(number, whole.administered, unit), *([NdcOfLine()] * (len(split.lines) - 1))]
    both = line_quantities(amounts[0], sum(amounts[1:], Fraction(0)), decimals=decimals)
    quantities = (both.administered, both.discarded)[: len(split.lines)]  # the dose, and its waste where that is billed
    return [NdcOfLine(number, quantity, unit) for quantity in quantities]
