"""The lines for giving the drugs of a visit: injections, pushes, infusions, by setting and minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleanclaim.billing.dose import dose_of
from cleanclaim.billing.given import Given
from cleanclaim.billing.lines import BillLine, Refusal
from cleanclaim.dosing import AdminFamily, Circumstances, Route, Setting, plan_administration
from cleanclaim.dosing import Given as GivenOnce
from cleanclaim.errors import CleanclaimError, UnitsNotConvertible
from cleanclaim.values import convert, read_unit


@dataclass(frozen=True, slots=True)
class Giving:
    """The administration lines of a visit, and what a person must look at; or why they cannot be told."""

    lines: tuple[BillLine, ...] = ()
    warnings: tuple[str, ...] = ()
    refusal: Refusal | None = None


def giving_of(visit: Sequence[tuple[Given, str]]) -> Giving:
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
                first.place_of_service, first.bill_type,
            ),
            sorted({code for given, _ in visit for code in given.procedures}),
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
    return Giving(lines, (*cautions, *passed))


def _once(given: Given, code: str) -> GivenOnce:
    milligrams = None
    dose = dose_of(given)
    if given.admin_family is AdminFamily.ESKETAMINE and not isinstance(dose, Refusal):
        try:
            amount = convert(dose, read_unit("mg")).amount
            milligrams = given.dose.amount if amount == given.dose.amount else None
        except UnitsNotConvertible:
            milligrams = None
    return GivenOnce(
        code, Route(given.route or ""), given.admin_family or AdminFamily.THERAPEUTIC, given.start, given.stop,
        access=given.access, primary=given.primary, dose_mg=milligrams,
    )  # fmt: skip
