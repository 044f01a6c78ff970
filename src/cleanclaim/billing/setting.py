"""Whether JW and JZ are wanted, by payer, setting, drug and day (UNW-13 to UNW-16, UNW-21, UNW-23, UNW-24)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cleanclaim.billing.given import Given
from cleanclaim.billing.payer_terms import PayerTerms
from cleanclaim.claims import PayerProgram
from cleanclaim.dosing import JW_FROM, JZ_FROM, WastePolicy
from cleanclaim.reference import tables
from cleanclaim.reference.lookup import Lookup

_MEDICARE = {PayerProgram.MEDICARE_A, PayerProgram.MEDICARE_B, PayerProgram.MEDICARE_DME}
_SKIN_SUBSTITUTES_ARE_SUPPLIES = date(2026, 1, 1)  # UNW-16
_ESRD_FROM = date(2025, 1, 1)  # UNW-15
_DME_JZ_FROM, _DME_JW_FROM = date(2024, 1, 1), date(2025, 1, 1)  # UNW-23
_NOT_BY_ITSELF = {"N"}  # OPPS status indicators of packaged drugs
_INPATIENT, _CLINICS, _ESRD = {"11"}, {"71", "77"}, {"72"}
_FACILITIES = {"19", "21", "22", "23", "51", "61"}
_SURGICAL_CENTER, _PACKAGED_IN_CENTER = "24", {"N1", "K5"}
_CLINIC_PLACES = {"50", "72"}  # FQHC, RHC
_SKIN_SUBSTITUTES_BY_CONTRACTOR = date(2023, 1, 1)  # until they became supplies (UNW-16)
_NO_COST = Decimal("0.01")  # what a line says of a drug that cost nothing (ADM-01)

_NO_POLICY = (
    "no policy of this payer on discarded drug is loaded: neither JW nor JZ was added (UNW-21); say `payer_terms`"
    " with waste_policy"
)


@dataclass(frozen=True, slots=True)
class WasteTerms:
    """How a payer wants discarded drug on the day; `exempt`: the rule that frees the line from JW and JZ."""

    policy: WastePolicy | None
    exempt: str | None = None
    jw_from: date = JW_FROM
    jz_from: date = JZ_FROM
    note: str = ""
    term: str = ""  # the one of `PayerTerms` that decided


def waste_terms(lookup: Lookup, code: str, given: Given, terms: PayerTerms) -> WasteTerms:
    """The terms of an administration."""
    said = terms.waste_policy
    if said in (WastePolicy.NONE, WastePolicy.DENY_WASTE):
        return WasteTerms(said, term="waste_policy")
    if said is None and given.payer_program not in _MEDICARE:
        return WasteTerms(None, note=_NO_POLICY)
    # What is exempt with Medicare is exempt with a payer that follows it, whole or for JW alone.
    told = _as_medicare(lookup, code, given, terms)
    if said is None or told.exempt:
        return told
    return replace(
        told, policy=WastePolicy.JW_ONLY if said is WastePolicy.JW_ONLY else told.policy, term="waste_policy"
    )


def _as_medicare(lookup: Lookup, code: str, given: Given, terms: PayerTerms) -> WasteTerms:
    of_drug = _of_drug(traits_of(lookup, code, given.service_date), given, terms)
    exempt, note = (of_drug.exempt, of_drug.note) if of_drug.exempt else _exempt(lookup, code, given)
    note = note or of_drug.note
    if given.payer_program is PayerProgram.MEDICARE_DME:
        if not exempt and JW_FROM <= given.service_date < _DME_JZ_FROM:
            exempt = "UNW-23"
        return replace(of_drug, exempt=exempt, jw_from=_DME_JW_FROM, jz_from=_DME_JZ_FROM, note=note)
    if given.facility in _ESRD:
        if not exempt and JW_FROM <= given.service_date < _ESRD_FROM:
            exempt = "UNW-15"
        return replace(of_drug, exempt=exempt, jw_from=_ESRD_FROM, jz_from=_ESRD_FROM, note=note)
    return replace(of_drug, exempt=exempt, jw_from=min(JW_FROM, terms.jw_required_from or JW_FROM), note=note)


def traits_of(lookup: Lookup, code: str, day: date) -> set[str]:
    """The traits of a drug's code on the day: vaccine_1861s10, radiopharmaceutical ..."""
    return {str(row["trait"]) for row in lookup.told(tables.DRUG_TRAIT, "hcpcs_code", code, day).rows}


def _of_drug(traits: set[str], given: Given, terms: PayerTerms) -> WasteTerms:
    """What Medicare wants of a drug for what it is, wherever it is given."""
    usual = WasteTerms(WastePolicy.CMS)
    if "vaccine_1861s10" in traits:
        return WasteTerms(None, "UNW-13")
    if "skin_substitute" in traits and not given.licensed_biologic:
        return _of_skin_substitute(given.service_date, terms.skin_substitute_waste)
    if traits & {"radiopharmaceutical", "contrast"} and terms.radiopharmaceutical_waste is not WastePolicy.CMS:
        return WasteTerms(
            None, "UNW-24",
            note="sources disagree whether radiopharmaceuticals and contrast take JW or JZ: none was added",
        )  # fmt: skip
    if given.charge_amount == _NO_COST and terms.no_cost_waste is not WastePolicy.CMS:
        note = "no source says whether a drug that cost nothing takes JW or JZ: none was added (UNW-13)"
        return WasteTerms(None, "UNW-13", note=note)
    return usual


def _of_skin_substitute(day: date, by_contractor: WastePolicy | None) -> WasteTerms:
    if day >= _SKIN_SUBSTITUTES_ARE_SUPPLIES:
        note = "from 2026-01-01 only what was applied is billed; a biologic with a license keeps the rules of drugs:"
        return WasteTerms(None, "UNW-16", note=f"{note} say `licensed_biologic`")
    if day < _SKIN_SUBSTITUTES_BY_CONTRACTOR:
        return WasteTerms(WastePolicy.CMS)
    if by_contractor is None:
        note = "Medicare's contractors differed on JW and JZ of skin substitutes until 2025 (UNW-16): as for drugs;"
        return WasteTerms(WastePolicy.CMS, note=f"{note} say `payer_terms` with skin_substitute_waste")
    term = "skin_substitute_waste"
    if by_contractor is WastePolicy.NONE:
        note = "this contractor took neither JW nor JZ on skin substitutes (UNW-16)"
        return WasteTerms(None, "UNW-16", note=note, term=term)
    return WasteTerms(by_contractor, term=term)


def _exempt(lookup: Lookup, code: str, given: Given) -> tuple[str | None, str]:
    """The rule that frees a setting from JW and JZ, and a word on a setting that is not told."""
    facility = given.facility
    if facility in _INPATIENT | _CLINICS or given.place_of_service in _CLINIC_PLACES or given.place_of_service == "21":
        return "UNW-13", ""
    if facility == "13":
        packaged = is_packaged(lookup, code, given.service_date)
        if packaged:
            return "UNW-13", ""
        if packaged is None:
            return None, "no Addendum B covers the day: JW and JZ are as for drugs that the hospital is paid for"
    if not given.bill_type and given.place_of_service == _SURGICAL_CENTER:
        told = lookup.told(tables.ASC_PAYMENT, "hcpcs_code", code, given.service_date, addendum="BB")
        if told.rows and told.rows[0]["payment_indicator"] in _PACKAGED_IN_CENTER:
            return "UNW-13", ""
        if not told.rows:
            return (
                None,
                "no Addendum BB tells of the code that day: JW and JZ are as for drugs that the center is paid for",
            )
    if not given.bill_type and given.place_of_service in _FACILITIES:
        return None, f"place of service {given.place_of_service}: the facility bills the drug, not the physician"
    return None, ""


def is_packaged(lookup: Lookup, code: str, day: date) -> bool | None:
    """Whether Addendum B of the day pays nothing for the code by itself; None where no release tells."""
    told = lookup.told(tables.OPPS_STATUS, "hcpcs_code", code, day)
    if told.rows:
        return str(told.rows[0]["status_indicator"]) in _NOT_BY_ITSELF
    return False if told.known else None
