"""What the payer's policies ask of the drug on the day of service, as `terms` decides it.

---
about: What the payer's policies ask of the drug on the day of service, after one of them has decided each point (`terms`). Where a policy of the payer's own names the drug and says nothing of a point, the payer asks nothing of it; where none is loaded, that is not known; where two contradict each other, the value is not known.
grain: line
keys: [payer_program, payer_id, hcpcs_code, ndc11, ndc_open, service_date]
terms: true
columns:
  policy_names: {type: list of text, meaning: "policies that name the drug, or list documents for it", source: policies}
  policy_prior_auth: {type: text, meaning: "required, notification or none", ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_auth_scope: {type: list of text, meaning: "to what the payer binds an authorization: units, dates, site, provider; null where no policy says", source: policies}
  policy_asks_dx: {type: boolean, meaning: whether the payer covers some diagnoses only, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_dx_include: {type: list of text, meaning: diagnoses that are covered; empty where it lists none, source: policies}
  policy_dx_exclude: {type: list of text, meaning: diagnoses that are not; empty where it lists none, source: policies}
  policy_dx_least: {type: integer, meaning: how many of the line's diagnoses must be covered, source: policies}
  policy_asks_label_dx: {type: boolean, meaning: whether the payer lists the diagnoses of label and compendia, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_label_dx: {type: list of text, meaning: those diagnoses, source: policies}
  policy_asks_nc_dx: {type: boolean, meaning: whether a coverage decision excludes the drug for some diagnoses, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_nc_dx: {type: list of text, meaning: those diagnoses, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_nc_dx_by: {type: text, meaning: that decision, source: policies}
  policy_asks_age: {type: boolean, meaning: whether the payer sets an age, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_age_bounds: {type: text, meaning: "which bounds: min, max or both", source: policies}
  policy_age_min: {type: amount, unit: years, meaning: least age, source: policies}
  policy_age_max: {type: amount, unit: years, meaning: most, source: policies}
  policy_sex: {type: text, meaning: "F, M or any", ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_asks_weight: {type: boolean, meaning: whether the payer sets a weight, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_weight_min: {type: amount, unit: kg, meaning: least weight, source: policies}
  policy_weight_max: {type: amount, unit: kg, meaning: most, source: policies}
  policy_asks_singleton: {type: boolean, meaning: whether the payer covers pregnancies with one fetus alone, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_asks_gestation: {type: boolean, meaning: whether the payer sets weeks of gestation, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_gestation_min: {type: amount, unit: weeks, meaning: first week, source: policies}
  policy_gestation_max: {type: amount, unit: weeks, meaning: last week, source: policies}
  policy_asks_specialty: {type: boolean, meaning: whether the payer pays some specialties only, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_specialty: {type: list of text, meaning: their taxonomies or first characters of these, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_asks_place: {type: boolean, meaning: whether the payer names places of service, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_places_allowed: {type: list of text, meaning: places of service where it may be given; empty for any that is not refused, source: policies}
  policy_places_denied: {type: list of text, meaning: places where it may not, source: policies}
  policy_asks_site: {type: boolean, meaning: whether the payer names sites of care, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_sites: {type: list of text, meaning: "those: office, outpatient_hospital, home, infusion_center, asc", ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_asks_step: {type: boolean, meaning: whether another drug must have been tried, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_step_policy: {type: text, meaning: the policy that says which, source: policies}
  policy_asks_rems: {type: boolean, meaning: whether the payer asks for evidence of a REMS, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_rems: {type: text, meaning: that REMS, source: policies}
  policy_rems_policy: {type: text, meaning: the policy that says which evidence, source: policies}
  policy_asks_ordering_provider: {type: boolean, meaning: whether the payer wants the ordering or referring provider, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_asks_units_cap: {type: boolean, meaning: whether the payer caps the units of a dose, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_units_max: {type: amount, unit: HCPCS billing units, meaning: most units of one dose, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_asks_mg_per_kg: {type: boolean, meaning: whether the payer caps the dose by weight, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_mg_per_kg_max: {type: amount, unit: mg per kg, meaning: most for each kilogram, source: policies}
  policy_asks_period: {type: boolean, meaning: whether the payer caps the doses of a period, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_period_doses: {type: integer, meaning: most doses in the period, source: policies}
  policy_period_days: {type: integer, meaning: its days, source: policies}
  policy_asks_period_units: {type: boolean, meaning: whether the payer caps the units of a period, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_period_units: {type: amount, unit: HCPCS billing units, meaning: most units in that period, source: policies}
  policy_period_units_days: {type: integer, meaning: its days, source: policies}
  policy_asks_interval: {type: boolean, meaning: whether the payer sets days between doses, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_interval_min: {type: integer, meaning: fewest days from one dose to the next, source: policies}
  policy_asks_course: {type: boolean, meaning: whether the payer caps the doses of a course, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_course_doses: {type: integer, meaning: the most, source: policies}
  policy_asks_lifetime: {type: boolean, meaning: whether the payer caps the doses of a life, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_lifetime_doses: {type: integer, meaning: the most, source: policies}
  policy_interval_policy: {type: text, meaning: the policy that sets the days between doses; its drugs count together, source: policies}
  policy_period_policy: {type: text, meaning: the policy that caps the doses of a period; its drugs count together, source: policies}
  policy_period_units_policy: {type: text, meaning: the policy that caps the units of a period; its drugs count together, source: policies}
  policy_course_policy: {type: text, meaning: the policy that caps the doses of a course; its drugs count together, source: policies}
  policy_lifetime_policy: {type: text, meaning: the policy that caps the doses of a life; its drugs count together, source: policies}
  policy_modifiers_required: {type: list of text, meaning: modifiers that the payer wants; empty for none that a loaded policy tells, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_modifiers_forbidden: {type: list of text, meaning: modifiers that it refuses; empty for none that a loaded policy tells, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_route_modifiers: {type: list of text, meaning: modifiers of which one must tell the route; empty for none, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_use_code: {type: text, meaning: the code that the payer wants instead; - for none that a loaded policy tells, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  ndc_required: {type: text, meaning: "when the payer wants an NDC: always, noc_only (unclassified codes), never", ask: "the payer's rule on NDCs (`--policies`)", source: policies}
  ndc_unit_list_known: {type: boolean, meaning: whether the payer's list of NDC units is loaded, ask: "the payer's list of NDC units (`--policies`)", source: policies}
  policy_ndc_units: {type: list of text, meaning: that list, source: policies}
  policy_waste: {type: text, meaning: "cms, none, jw_only or deny_waste; - where no loaded policy says", ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_skin_substitute_waste: {type: text, meaning: "the same of skin substitutes, where the payer says it of them; null where none does", source: policies}
  policy_supply: {type: text, meaning: "buy_bill, white_bag or either", ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_benefit: {type: text, meaning: "medical, self_administered or excluded", ask: "the payer's policy on the drug (`--policies`)", source: policies}
  policy_filing_days: {type: integer, meaning: days from the service to the last day on which the claim may be filed; null where no policy says, source: policies}
  policy_filing_years: {type: integer, meaning: calendar years instead of days, source: policies}
---
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from cleanclaim.policies.policy import NdcNeed
from cleanclaim.terms import DOCUMENTS, Standing, Terms, TermsOfPayers

_NONE_TOLD = "-"
_NDC = {NdcNeed.REQUIRED: "always", NdcNeed.NOC_ONLY: "noc_only", NdcNeed.NEVER: "never"}


def facts_of(row: Mapping[str, Any], terms: TermsOfPayers) -> Mapping[str, Any]:
    """The facts of a payer, a drug and a day."""
    return _facts_of(
        terms.of(
            row["payer_program"], row["payer_id"], row["hcpcs_code"], row["ndc11"], row["service_date"],
            ndc_open=bool(row["ndc_open"]),
        )
    )  # fmt: skip


@lru_cache(maxsize=1_000)  # a payer asks the same of many drugs, and nothing at all of most
def _facts_of(terms: Terms) -> Mapping[str, Any]:
    return {name: fact.read(terms) for name, fact in _FACTS.items()}


class _Fact(NamedTuple):
    """An attribute of policies, and what a fact tells of it."""

    attribute: str
    read: Callable[[Terms], Any]


def _asks(attribute: str) -> _Fact:
    return _Fact(attribute, lambda terms: terms.asks(attribute))


def _yes(attribute: str) -> _Fact:
    """A yes or no of the payer; no where its own policy is silent."""
    return _Fact(
        attribute,
        lambda terms: terms.value(attribute) if terms.standing(attribute) is not Standing.NOT_ASKED else False,
    )


def _value(attribute: str, part: str = "") -> _Fact:
    """A value that is there where it is settled, or one part of it."""

    def read(terms: Terms) -> Any:  # noqa: ANN401 - each attribute has a type of its own
        whole = terms.value(attribute)
        return getattr(whole, part) if part and whole is not None else whole

    return _Fact(attribute, read)


def _list(attribute: str, *, silent: bool = False) -> _Fact:
    """A list; an empty one where the payer asks nothing, for a `silent` attribute also where every policy was read."""

    def read(terms: Terms) -> list[str] | None:
        if terms.standing(attribute) is Standing.ASKED:
            return [str(one) for one in terms.value(attribute)]
        return [] if _says_none(terms, attribute, silent=silent) else None

    return _Fact(attribute, read)


def _word(attribute: str, otherwise: str | None = None, *, silent: bool = False) -> _Fact:
    """A word; `otherwise` where the payer asks nothing, for a `silent` attribute also where every policy was read."""

    def read(terms: Terms) -> str | None:
        if terms.standing(attribute) is Standing.ASKED:
            return str(terms.value(attribute))
        return otherwise if _says_none(terms, attribute, silent=silent) else None

    return _Fact(attribute, read)


def _says_none(terms: Terms, attribute: str, *, silent: bool) -> bool:
    standing = terms.standing(attribute)
    return standing is Standing.NOT_ASKED or (silent and standing is Standing.NOT_KNOWN and terms.all_read)


def _by(attribute: str) -> _Fact:
    """The policy that decides an attribute; null where none does, or two that differ."""

    def read(terms: Terms) -> str | None:
        term = terms.decided.get(attribute)
        return term.by[0] if term and not term.unsettled else None

    return _Fact(attribute, read)


def _names(terms: Terms) -> list[str]:
    listing = terms.decided.get(DOCUMENTS)
    return sorted({*terms.naming, *(listing.by if listing and not listing.unsettled else ())})


def _age_bounds(terms: Terms) -> str | None:
    age = terms.requires.age
    return None if age is None else " ".join(name for name in ("min", "max") if getattr(age, name) is not None)


def _scope(terms: Terms) -> list[str] | None:
    scope = terms.requires.auth_scope
    return None if scope is None else [name for name in scope.__struct_fields__ if getattr(scope, name)]


def _ndc(terms: Terms) -> str | None:
    return _NDC[terms.billing.ndc] if terms.billing.ndc else None


def _units_listed(terms: Terms) -> bool | None:
    standing = terms.standing("billing.ndc_units")
    if standing is Standing.ASKED:
        return True
    return None if standing is Standing.UNSETTLED or not terms.of_payer else False


_FACTS: Mapping[str, _Fact] = {
    "policy_names": _Fact(DOCUMENTS, _names),
    "policy_prior_auth": _word("requires.prior_auth", "none"),
    "policy_auth_scope": _Fact("requires.auth_scope", _scope),
    "policy_asks_dx": _asks("requires.dx"),
    "policy_dx_include": _value("requires.dx", "include"),
    "policy_dx_exclude": _value("requires.dx", "exclude"),
    "policy_dx_least": _value("requires.dx", "min_match"),
    "policy_asks_label_dx": _asks("requires.label_dx"),
    "policy_label_dx": _list("requires.label_dx"),
    "policy_asks_nc_dx": _asks("requires.nc_dx"),
    "policy_nc_dx": _value("requires.nc_dx", "dx"),
    "policy_nc_dx_by": _value("requires.nc_dx", "by"),
    "policy_asks_age": _asks("requires.age"),
    "policy_age_bounds": _Fact("requires.age", _age_bounds),
    "policy_age_min": _value("requires.age", "min"),
    "policy_age_max": _value("requires.age", "max"),
    "policy_sex": _word("requires.sex", "any"),
    "policy_asks_weight": _asks("requires.weight_kg"),
    "policy_weight_min": _value("requires.weight_kg", "min"),
    "policy_weight_max": _value("requires.weight_kg", "max"),
    "policy_asks_singleton": _yes("requires.singleton"),
    "policy_asks_gestation": _asks("requires.gestation_weeks"),
    "policy_gestation_min": _value("requires.gestation_weeks", "min"),
    "policy_gestation_max": _value("requires.gestation_weeks", "max"),
    "policy_asks_specialty": _asks("requires.specialty"),
    "policy_specialty": _list("requires.specialty"),
    "policy_asks_place": _asks("requires.pos"),
    "policy_places_allowed": _value("requires.pos", "allow"),
    "policy_places_denied": _value("requires.pos", "deny"),
    "policy_asks_site": _asks("requires.site_of_care"),
    "policy_sites": _list("requires.site_of_care"),
    "policy_asks_step": _asks("requires.step"),
    "policy_step_policy": _by("requires.step"),
    "policy_asks_rems": _asks("requires.rems"),
    "policy_rems": _value("requires.rems", "program"),
    "policy_rems_policy": _by("requires.rems"),
    "policy_asks_ordering_provider": _yes("requires.ordering_provider"),
    "policy_asks_units_cap": _asks("limits.units_per_dose"),
    "policy_units_max": _value("limits.units_per_dose", "max"),
    "policy_asks_mg_per_kg": _asks("limits.mg_per_kg"),
    "policy_mg_per_kg_max": _value("limits.mg_per_kg", "max"),
    "policy_asks_period": _asks("limits.doses_per_period"),
    "policy_period_doses": _value("limits.doses_per_period", "n"),
    "policy_period_days": _value("limits.doses_per_period", "days"),
    "policy_asks_period_units": _asks("limits.units_per_period"),
    "policy_period_units": _value("limits.units_per_period", "n"),
    "policy_period_units_days": _value("limits.units_per_period", "days"),
    "policy_asks_interval": _asks("limits.interval_days"),
    "policy_interval_min": _value("limits.interval_days", "min"),
    "policy_asks_course": _asks("limits.course_doses"),
    "policy_course_doses": _value("limits.course_doses", "max"),
    "policy_asks_lifetime": _asks("limits.lifetime_doses"),
    "policy_lifetime_doses": _value("limits.lifetime_doses", "max"),
    "policy_interval_policy": _by("limits.interval_days"),
    "policy_period_policy": _by("limits.doses_per_period"),
    "policy_period_units_policy": _by("limits.units_per_period"),
    "policy_course_policy": _by("limits.course_doses"),
    "policy_lifetime_policy": _by("limits.lifetime_doses"),
    "policy_modifiers_required": _list("billing.modifiers_required", silent=True),
    "policy_modifiers_forbidden": _list("billing.modifiers_forbidden", silent=True),
    "policy_route_modifiers": _list("billing.route_modifiers"),
    "policy_use_code": _word("billing.use_code", _NONE_TOLD, silent=True),
    "ndc_required": _Fact("billing.ndc", _ndc),
    "ndc_unit_list_known": _Fact("billing.ndc_units", _units_listed),
    "policy_ndc_units": _list("billing.ndc_units"),
    "policy_waste": _word("billing.waste", _NONE_TOLD, silent=True),
    "policy_skin_substitute_waste": _word("billing.skin_substitute_waste"),
    "policy_supply": _word("supply", "either"),
    "policy_benefit": _word("benefit", "medical"),
    "policy_filing_days": _value("billing.timely_filing_days"),
    "policy_filing_years": _value("billing.timely_filing_years"),
}
# The attribute that each fact reads: findings that rest on it name the policies which decided that.
ATTRIBUTES: Mapping[str, str] = {name: fact.attribute for name, fact in _FACTS.items()}
