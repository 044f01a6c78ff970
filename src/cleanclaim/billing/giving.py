"""The lines for giving the drugs of a visit: injections, pushes, infusions, by setting and minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from cleanclaim.billing.administration import Administration
from cleanclaim.billing.dose import dose_of
from cleanclaim.billing.lines import BillLine, Refusal
from cleanclaim.claims import PayerProgram
from cleanclaim.dosing import (
    BUNDLES,
    AdminFamily,
    Circumstances,
    Distinct,
    DrugEvent,
    Route,
    SecondInjection,
    Setting,
    plan_administration,
)
from cleanclaim.errors import CleanclaimError, UnitsNotConvertible
from cleanclaim.terms.payer_terms import PayerTerms
from cleanclaim.values import convert, read_unit

# Medicare takes esketamine in its bundles alone (ADM-19); a plan of Medicare Advantage may want the drug instead.
_BUNDLED_BY = {PayerProgram.MEDICARE_A, PayerProgram.MEDICARE_B}


@dataclass(frozen=True, slots=True)
class Giving:
    """The administration lines of a visit, and what a person must look at; or why they cannot be told."""

    lines: tuple[BillLine, ...] = ()
    bundled: frozenset[str] = frozenset()  # drugs that one of the lines includes: they have no line of their own
    warnings: tuple[str, ...] = ()
    refusal: Refusal | None = None


def giving_of(visit: Sequence[tuple[Administration, str]], terms: PayerTerms) -> Giving:
    """The administration lines of the administrations of one visit, each with the code under which its drug is billed.

    Those without a route are left out: how they were given was not said. The family of codes (ADM-02) is the payer's
    list's to tell, so that it must be said too.
    """
    told = [(given, code) for given, code in visit if given.route is not None]
    if not told:
        return Giving()
    unsaid = [code for given, code in told if given.admin_family is None]
    if unsaid:
        asked = (
            f"{', '.join(unsaid)}: say `admin_family` (therapeutic, complex,"
            " hormonal_antineoplastic, hydration, vaccine, imaging), by the payer's list (ADM-02)"
        )
        return Giving(refusal=Refusal("family-unsaid", asked))
    first = told[0][0]
    facility = first.bill_type is not None
    try:
        plan = plan_administration(
            [_once(given, code) for given, code in told],
            Circumstances(
                Setting.FACILITY if facility else Setting.OFFICE, first.service_date, str(first.payer_program),
                first.place_of_service, first.bill_type, _first(given.age_years for given, _ in told),
                _first(given.established_patient for given, _ in told),
                terms.second_injection or SecondInjection.LINE, terms.distinct or Distinct.SUBSETS,
            ),
            sorted({code.split("-")[0] for given, _ in visit for code in given.procedures}),
        )  # fmt: skip
    except CleanclaimError as error:
        return Giving(refusal=Refusal("giving-unclear", str(error)))
    lines = tuple(
        BillLine(
            line.code, line.modifiers, line.units, ", ".join(str(rule) for rule in line.rules), why=line.why,
            drugs=line.drugs,
        )
        for line in plan.lines
    )  # fmt: skip
    cautions = tuple(f"{one.what}: {one.why} ({one.rule})" for one in plan.warnings)
    passed = tuple(f"{one.what}: no line, {one.why} ({one.rule})" for one in plan.not_billed)
    bundled = frozenset(drug for line in plan.lines if line.code in BUNDLES for drug in line.drugs)
    sessions = {code for given, code in told if given.admin_family is AdminFamily.ESKETAMINE}
    if sessions - bundled and first.payer_program in _BUNDLED_BY:
        why = next(one for one in plan.not_billed if one.what in sessions)
        return Giving(bundled=frozenset(sessions), refusal=Refusal("no-bundle", f"{why.what}: {why.why} ({why.rule})"))
    return Giving(lines, bundled, (*cautions, *passed))


def procedures_of(visit: Sequence[Administration]) -> tuple[BillLine, ...]:
    """The lines of the other codes of a visit, each once, with the modifiers that they were told with."""
    told = dict.fromkeys(text for given in visit for text in given.procedures)
    lines = []
    for text in told:
        code, *modifiers = text.split("-")
        lines.append(BillLine(code, tuple(modifiers), 1, "as told", is_procedure=True))
    return tuple(lines)


_Value = TypeVar("_Value")


def _first(values: Iterable[_Value | None]) -> _Value | None:
    """What one of the cases says of the patient."""
    return next((value for value in values if value is not None), None)


def _once(given: Administration, code: str) -> DrugEvent:
    how, milligrams = given.giving, None
    dose = dose_of(given)
    if given.admin_family is AdminFamily.ESKETAMINE and not isinstance(dose, Refusal):
        try:
            amount = convert(dose, read_unit("mg")).amount
            milligrams = Decimal(amount.numerator) / Decimal(amount.denominator)
        except UnitsNotConvertible:
            milligrams = None  # told there: the bundle goes by the dose
    return DrugEvent(
        code, Route(given.route or ""), given.admin_family or AdminFamily.THERAPEUTIC, given.start, given.stop,
        access=given.access, primary=given.primary, dose_mg=milligrams, encounter=how.encounter, bag=how.bag,
        syringes=how.syringes, sites=how.sites, pump_setups=how.pump_setups, device=how.device, vaccine=how.vaccine,
        counseled_components=how.counseled_components,
    )  # fmt: skip
