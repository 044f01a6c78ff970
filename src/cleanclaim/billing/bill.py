"""One administration -> claim lines: dose to units, what was discarded, the NDC quantity of each line, its charge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import msgspec

from cleanclaim.billing.administration import Administration
from cleanclaim.billing.compound import bill_compound
from cleanclaim.billing.containers import KIND_ASKED, Opened, opened
from cleanclaim.billing.dose import concentration_of, dose_of
from cleanclaim.billing.drug import Drug, drug_given
from cleanclaim.billing.lines import Bill, BillLine, Refusal
from cleanclaim.billing.ndc_lines import ndc_of_lines
from cleanclaim.billing.payer_wants import refused_for_lines, unsettled
from cleanclaim.billing.several_ndcs import Part, by_number
from cleanclaim.billing.stock import chosen_vials, excess_warning
from cleanclaim.claims import PayerProgram
from cleanclaim.dosing import NdcUnit, Semantics, Split, SplitLine, discard
from cleanclaim.policies import Policies
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.terms import PayerTerms, TermsOfPayers, Wanted, WasteTerms, waste_terms
from cleanclaim.values import Concentration, Quantity, parse_ndc, read_unit

_CENT = Decimal("0.01")
_MOST_UNITS = 10**8  # SV104 has eight digits
_LONGEST_DESCRIPTION = 80  # SV101-7; loop 2410 says the NDC anyway
_OF_NUMBER = ("ndc_units", "ndc_waste_mode", "ndc_qty_decimals")
_OF_LINE = ("billing.use_code", "billing.modifiers_required", "billing.modifiers_forbidden")
_OF_SEVERAL = ("ndc_split_lines", "ndc_next_line_modifier")


class Biller:
    """Bills from one open library."""

    def __init__(self, lookup: Lookup, policies: Policies | None = None) -> None:
        """Takes open look-ups, and policies of payers where there are some."""
        self.lookup = lookup
        self._terms = TermsOfPayers(policies)

    def terms(self, given: Administration, code: str | None = None, ndc11: str | None = None) -> Wanted:
        """What the payer of an administration wants (for a code, where it is known), and what tells each term."""
        payer = self._terms.of(str(given.payer_program), given.payer_id, code, ndc11, given.service_date)
        return Wanted.of(payer, given.payer_terms)

    def bill(self, given: Administration) -> Bill:
        """The lines of an administration, or why it cannot be billed as it was told."""
        if given.ingredients:
            return self._wanted_compound(given, bill_compound(self.lookup, given, self.terms(given).terms))
        drug = drug_given(self.lookup, given)
        if isinstance(drug, Refusal):
            return Bill(given.id, refusal=drug)
        wanted = self.terms(given, drug.answer.code, _ndc_of(given))
        made = self._made(given, drug, wanted)
        if isinstance(made, Refusal):
            return Bill(given.id, refusal=made, releases=drug.answer.releases)
        lines, warnings, used = made
        if refusal := refused_for_lines(lines, wanted.payer, wanted.terms.waived):
            return Bill(given.id, refusal=refusal, releases=drug.answer.releases)
        warnings += unsettled(wanted.payer)
        told_by = (
            *drug.answer.releases, *(f"policy {one}" for name in used for one in wanted.told_by.get(name, ())),
            *(f"policy {one}" for one in wanted.payer.by(*_OF_LINE)),
        )  # fmt: skip
        return Bill(
            given.id, tuple(lines), tuple(dict.fromkeys((*drug.warnings, *warnings))),
            releases=tuple(dict.fromkeys(told_by)),
        )  # fmt: skip

    def _wanted_compound(self, given: Administration, bill: Bill) -> Bill:
        """The bill of a compound, or why the payer would send one of its lines back."""
        for line in bill.lines:
            wanted = self.terms(given, line.hcpcs_code, line.ndc11)
            if refusal := refused_for_lines([line], wanted.payer, wanted.terms.waived):
                return Bill(given.id, refusal=refusal)
        return bill

    def _made(
        self, given: Administration, drug: Drug, wanted: Wanted
    ) -> tuple[list[BillLine], list[str], list[str]] | Refusal:
        """The lines, what a person must know of them, and the names of the payer's terms that had a say."""
        code, terms = drug.answer.code, wanted.terms
        dose, concentration = dose_of(given), concentration_of(given.concentration)
        if isinstance(dose, Refusal):
            return dose
        if isinstance(concentration, Refusal):
            return concentration
        given, warnings = _with_vials(given, dose, concentration)
        if isinstance(warnings, Refusal):
            return warnings
        whole = opened(self.lookup, code, given)
        if isinstance(whole, Refusal):
            return whole
        concentration = concentration or _of_crosswalk(dose, drug, whole)
        parts = [Part(given, dose)]
        if whole.more_ndcs:
            parts, said = by_number(given, dose, concentration, terms)
            warnings.append(said)
        waste = waste_terms(self.lookup, code, given.setting, terms, wanted.payer.billing.modifiers_forbidden)
        portions = []
        for part in parts:
            portion = self._portion(part, drug, whole if len(parts) == 1 else None, concentration, waste)
            if isinstance(portion, Refusal):
                return portion
            portions.append(portion)
        warnings += _told_once(given, dose, whole, portions, waste, concentration)
        used = [waste.term, *(_OF_NUMBER if whole.ndc11 else ()), *(_OF_SEVERAL if whole.more_ndcs else ())]
        return _lines(given, drug, _without_jz_beside_jw(portions), concentration, terms, warnings), warnings, used

    def _portion(
        self, part: Part, drug: Drug, came_from: Opened | None, concentration: Concentration | None, waste: WasteTerms
    ) -> _Portion | Refusal:
        """A dose from packages of one number, or from all of them: its lines and what it came from."""
        came_from_part = came_from or opened(self.lookup, drug.answer.code, part.given)
        if isinstance(came_from_part, Refusal):
            return came_from_part
        split = discard(
            part.dose, drug.billing_unit, came_from_part.containers, came_from_part.kind, on=part.given.service_date,
            policy=waste.policy, exempt=waste.exempt, concentration=concentration, jw_from=waste.jw_from,
            jz_from=waste.jz_from,
        )  # fmt: skip
        if split.reason is not None:
            return Refusal(str(split.reason).replace("_", "-"), split.explanation)
        if split.overfill is not None and split.overfill.amount:
            return Refusal(
                "dose-above-containers",
                f"the dose is {split.overfill} above the labeled content of what was opened: overfill is never billed"
                " (UNW-09); correct the dose, or the containers",
            )
        if any(line.units >= _MOST_UNITS for line in split.lines):
            return Refusal("units-absurd", "more units than a claim line holds: check the dose and billing_unit")
        return _Portion(came_from_part, split, part.note)


@dataclass(frozen=True, slots=True)
class _Portion:
    """What came from one package number, or all that was given, split into its lines; `note` is of its dose line."""

    came_from: Opened
    split: Split
    note: str | None = None


def _ndc_of(given: Administration) -> str | None:
    """The number of what was given, or of the first container that tells one."""
    told = (parse_ndc(text).ndc11 for text in (given.ndc, *(one.ndc for one in given.containers)) if text)
    return next((ndc11 for ndc11 in told if ndc11), None)


def _with_vials(
    given: Administration, dose: Quantity, concentration: Concentration | None
) -> tuple[Administration, Refusal | list[str]]:
    """The case with the containers to open where none were told and sizes are on hand, and a word on them."""
    if given.containers or not given.sizes_on_hand:
        return given, []
    chosen = chosen_vials(dose, given.sizes_on_hand, concentration=concentration, bounded=True)
    if isinstance(chosen, Refusal):
        return given, chosen
    named = " + ".join(f"{one.count} x {one.amount.normalize():f} {one.unit}" for one in chosen.containers)
    notes = [f"the least waste of what is on hand is {named} (UNW-07)", *([chosen.cheaper] if chosen.cheaper else [])]
    return msgspec.structs.replace(given, containers=chosen.containers), notes


def _without_jz_beside_jw(portions: Sequence[_Portion]) -> list[_Portion]:
    """JZ says that nothing of the drug was discarded: wrong beside a JW line of another package (UNW-04)."""
    if not any("JW" in line.modifiers for portion in portions for line in portion.split.lines):
        return list(portions)
    return [
        replace(
            one,
            split=replace(
                one.split,
                lines=tuple(
                    replace(line, modifiers=(), rule="UNW-04") if line.modifiers == ("JZ",) else line
                    for line in one.split.lines
                ),
            ),
        )
        for one in portions
    ]


def _told_once(
    given: Administration,
    dose: Quantity,
    whole: Opened,
    portions: Sequence[_Portion],
    waste: WasteTerms,
    concentration: Concentration | None,
) -> list[str]:
    """What a person must know of the administration as a whole."""
    warnings = [one for one in whole.warnings if not (waste.exempt and one == KIND_ASKED)]
    if waste.note:
        warnings.append(waste.note)
    unclear = next((one.split.explanation for one in portions if one.split.explanation), "")
    if whole.kind is not None and unclear and not waste.exempt:
        warnings.append(f"{unclear}: what was discarded cannot be told, so neither JW nor JZ was decided")
    discarded = sum(one.split.discarded_units or 0 for one in portions)
    billed = any("JW" in line.modifiers or line.rule == "UNW-26" for one in portions for line in one.split.lines)
    if discarded and not billed and not waste.exempt:
        warnings.append(f"{discarded} units were discarded and are not billed")
    if excess := excess_warning(whole.containers, whole.kind, dose, given, concentration):
        warnings.append(excess)
    if given.charge_amount == 0 and given.payer_program is PayerProgram.MEDICARE_B:
        warnings.append("a drug that cost nothing is billed to Medicare Part B with a charge of $0.01, not 0 (ADM-01)")
    return warnings


def _lines(
    given: Administration,
    drug: Drug,
    portions: Sequence[_Portion],
    concentration: Concentration | None,
    terms: PayerTerms,
    warnings: list[str],
) -> list[BillLine]:
    code, noted = drug.answer.code, drug.billing_unit.semantics is Semantics.UNCLASSIFIED
    every = [line for one in portions for line in one.split.lines]
    charges = iter(_charges(given.charge_amount, every, by_amount=noted))
    lines = []
    for place, portion in enumerate(portions):
        further = (terms.ndc_next_line_modifier,) if place and terms.ndc_next_line_modifier else ()
        ndcs = ndc_of_lines(portion.split, drug, portion.came_from, concentration, terms, warnings)
        for number, (line, ndc) in enumerate(zip(portion.split.lines, ndcs, strict=True)):
            lines.append(
                BillLine(
                    code, (*line.modifiers, *further, *given.modifiers), line.units, line.rule, ndc.ndc11,
                    ndc.quantity, ndc.unit, next(charges),
                    _description(given, line, portion.came_from) if noted else None,
                    portion.note if number == 0 else None,
                )
            )  # fmt: skip
    if noted and not given.drug:
        warnings.append(f"{code} needs the drug's name, dose, route and NDC on the line (COD-41): say `drug`")
    return lines


def _of_crosswalk(dose: Quantity, drug: Drug, came_from: Opened) -> Concentration | None:
    """What a mL holds by the crosswalk, where the dose is in mL and the product is billed in ML (COD-64)."""
    unit, factor = drug.billing_unit.unit, came_from.factor
    if factor is None or unit is None or came_from.ndc_unit is not NdcUnit.ML or not drug.billing_unit.amount:
        return None
    if not dose.unit.converts_to(read_unit("mL")) or dose.unit.converts_to(unit):
        return None
    return Concentration(Quantity(factor * drug.billing_unit.amount, unit), Quantity.of(1, "mL"))


def _charges(total: Decimal | None, lines: Sequence[SplitLine], *, by_amount: bool) -> list[Decimal | None]:
    """The charge of each line, to the cent; together exactly what was charged (UNW-19).

    In proportion to the units, or (`by_amount`) to the drug where one unit stands for any amount of it. A line of
    discarded drug has at least a cent, where the charge is more than one: payers return it with nothing.
    """
    if total is None or not lines:
        return [None] * len(lines)
    weights = [line.quantity.amount if by_amount else Fraction(line.units) for line in lines]
    whole = sum(weights, Fraction(0))
    shares = []
    for weight in weights:
        share = weight / whole if whole else Fraction(1, len(lines))
        exact = total * Decimal(share.numerator) / Decimal(share.denominator)
        shares.append(max(exact.quantize(_CENT, ROUND_HALF_UP), _CENT if total > _CENT else Decimal(0)))
    shares[0] += total - sum(shares, Decimal(0))
    return list(shares)


def _description(given: Administration, line: SplitLine, came_from: Opened) -> str:
    """What the line of an unclassified drug says: name, amount, route, strength, NDC, as far as told (COD-41)."""
    done = "discarded" if "JW" in line.modifiers else "given"
    sizes = {str(one.content) for one in came_from.containers}
    strength = f"of {sizes.pop()}" if len(sizes) == 1 else None
    parts = [given.drug, f"{line.quantity} {done}", (given.route or "").replace("_", " "), strength]
    told = " ".join(part for part in parts if part)
    with_ndc = f"{told} NDC {came_from.ndc11}" if came_from.ndc11 else told
    return with_ndc if len(with_ndc) <= _LONGEST_DESCRIPTION else told
