"""Which code was given, and what one unit of it is, on the day: by number, by NDC or by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from cleanclaim.billing.administration import Administration
from cleanclaim.billing.lines import Refusal
from cleanclaim.dosing import BillingUnit, Semantics
from cleanclaim.errors import CleanclaimError
from cleanclaim.reference.codes.answers import CodeAnswer, CodeStatus
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.naming import code_meant, codes_named_after
from cleanclaim.reference.dosage import UnitSemantics, range_bounds
from cleanclaim.values import Quantity, convert

NAME_UNCLEAR = "drug-name-unclear"  # nothing has the name, or several codes have it


@dataclass(slots=True)
class Drug:
    """The code to bill, its billing unit, and what must be said about them."""

    answer: CodeAnswer
    billing_unit: BillingUnit
    warnings: list[str] = field(default_factory=list)


def drug_given(lookup: Lookup, given: Administration) -> Drug | Refusal:
    """The code of an administration and its billing unit, or why that cannot be told."""
    code = _code(lookup, given)
    if isinstance(code, Refusal):
        return code
    warnings = [] if given.hcpcs_code or given.ndc else _named_alike(lookup, given, code)
    answer = lookup.code(code, given.service_date)
    if answer.status in (CodeStatus.TERMINATED, CodeStatus.NOT_YET_EFFECTIVE, CodeStatus.NOT_FOUND):
        instead = f" It was replaced by {' or '.join(answer.replaced_by)}." if answer.replaced_by else ""
        return Refusal("code-not-valid", f"{code} may not be billed on {given.service_date}: {answer.why}.{instead}")
    return _with_unit(answer, given, warnings)


def _with_unit(answer: CodeAnswer, given: Administration, warnings: list[str]) -> Drug | Refusal:
    code = answer.code
    known = answer.status is CodeStatus.ACTIVE
    if given.billing_unit is not None:
        try:
            unit = BillingUnit.of(given.billing_unit.amount, given.billing_unit.unit)
        except CleanclaimError as error:
            return Refusal("billing-unit-unread", f"billing_unit: {error}")
        if known and answer.amount is not None and not _same(unit, answer):
            return Refusal(
                "billing-unit-contradicts",
                f"billing_unit says {given.billing_unit.amount:f} {given.billing_unit.unit}; one unit of {code} is"
                f" {answer.amount:f} {answer.unit} on {given.service_date}",
            )
        if not known:
            warnings.append(f"{code}: {answer.why}; the billing unit is the one that was given with the case")
        return Drug(answer, unit, warnings)
    if not known:
        return Refusal(
            "code-not-in-reference",
            f"{answer.why}. Import a release that covers the day, or give `billing_unit`",
        )
    if answer.unit_semantics is None:
        return Refusal("billing-unit-unknown", f"the descriptor of {code} states no billing unit that can be read")
    if answer.unit_semantics == UnitSemantics.COMBINATION:
        return Refusal(
            "needs-ingredients",
            f"one unit of {code} holds {answer.unit} together: one dose does not tell the units (COD-61)",
        )
    if answer.unit_semantics == UnitSemantics.RANGE:
        return Drug(answer, _range(answer), warnings)
    return Drug(answer, BillingUnit.of(answer.amount or 1, answer.unit or "each", answer.unit_semantics), warnings)


def _same(said: BillingUnit, answer: CodeAnswer) -> bool:
    """Whether a billing unit that was told is that of the code: 0.01 g is 10 mg."""
    official = BillingUnit.of(answer.amount or 1, answer.unit or "each")
    if said.unit is None or official.unit is None or not said.unit.converts_to(official.unit):
        return False
    told = convert(Quantity(said.amount or Fraction(0), said.unit), official.unit)
    return told.amount == official.amount


def _range(answer: CodeAnswer) -> BillingUnit:
    """The billing unit of a code for the doses of a range (COD-62)."""
    bounds = range_bounds(answer.descriptor or "")
    units = {unit for _, unit in bounds.values()}
    above, up_to = (Fraction(bounds[word][0]) if word in bounds else None for word in ("above", "up to"))
    return BillingUnit(None, units.pop() if len(units) == 1 else None, Semantics.RANGE, above, up_to)


def _code(lookup: Lookup, given: Administration) -> str | Refusal:
    named = [name for name in ("hcpcs_code", "ndc", "drug") if getattr(given, name)]
    if not named:
        return Refusal("no-drug", "expected one of hcpcs_code, ndc, drug")
    if given.hcpcs_code:
        return given.hcpcs_code.strip().upper()
    if given.ndc:
        found = lookup.ndc(given.ndc, given.service_date)
        listed = {one.hcpcs_code for one in found.hcpcs}
        codes = sorted(listed | {one.hcpcs_code for one in found.products if one.hcpcs_code})
        if len(codes) == 1:
            return codes[0]
        why = f"the NDC stands under {' and '.join(codes)}: the setting decides" if codes else found.why
        return Refusal("ndc-names-no-code" if not codes else "ndc-names-several-codes", f"{why}. Give hcpcs_code")
    try:
        return code_meant(lookup, given.drug or "", given.service_date)
    except CleanclaimError as error:
        return Refusal(NAME_UNCLEAR, str(error))


def _named_alike(lookup: Lookup, given: Administration, code: str) -> list[str]:
    others = codes_named_after(lookup, given.drug or "", given.service_date)
    if not others:
        return []
    return [f"{given.drug} is billed as {code}. Products with a longer name have other codes: {', '.join(others)}."]
