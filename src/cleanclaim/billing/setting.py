"""Whether JW and JZ are wanted, by payer, setting, drug and day (UNW-13 to UNW-16, UNW-21, UNW-23, UNW-24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cleanclaim.billing.given import Given
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
_FACILITIES = {"19", "21", "22", "23", "24", "51", "61"}
_CLINIC_PLACES = {"50", "72"}  # FQHC, RHC


_NO_POLICY = (
    "no policy of this payer on discarded drug is loaded: neither JW nor JZ was added (UNW-21); say `waste_policy`"
)


@dataclass(frozen=True, slots=True)
class WasteTerms:
    """How a payer wants discarded drug on the day; `exempt`: the rule that frees the line from JW and JZ."""

    policy: WastePolicy | None
    exempt: str | None = None
    jw_from: date = JW_FROM
    jz_from: date = JZ_FROM
    note: str = ""


def waste_terms(lookup: Lookup, code: str, given: Given) -> WasteTerms:
    """The terms of an administration."""
    if given.waste_policy is not None:
        return WasteTerms(given.waste_policy)
    if given.payer_program not in _MEDICARE:
        return WasteTerms(None, note=_NO_POLICY)
    exempt, note = _exempt(lookup, code, given)
    if given.payer_program is PayerProgram.MEDICARE_DME:
        return WasteTerms(WastePolicy.CMS, exempt, _DME_JW_FROM, _DME_JZ_FROM, note)
    if (given.bill_type or "")[:2] in _ESRD:
        return WasteTerms(WastePolicy.CMS, exempt, _ESRD_FROM, _ESRD_FROM, note)
    return WasteTerms(WastePolicy.CMS, exempt, note=note)


def traits_of(lookup: Lookup, code: str, day: date) -> set[str]:
    """The traits of a drug's code on the day: vaccine_1861s10, radiopharmaceutical ..."""
    return {str(row["trait"]) for row in lookup.told(tables.DRUG_TRAIT, "hcpcs_code", code, day).rows}


def _exempt(lookup: Lookup, code: str, given: Given) -> tuple[str | None, str]:
    day, facility = given.service_date, (given.bill_type or "")[:2]
    traits = traits_of(lookup, code, day)
    if "vaccine_1861s10" in traits:
        return "UNW-13", ""
    if facility in _INPATIENT | _CLINICS or given.place_of_service in _CLINIC_PLACES or given.place_of_service == "21":
        return "UNW-13", ""
    if "skin_substitute" in traits and day >= _SKIN_SUBSTITUTES_ARE_SUPPLIES:
        return "UNW-16", "from 2026-01-01 only what was applied is billed; a licensed biologic keeps the rules of drugs"
    if traits & {"radiopharmaceutical", "contrast"}:
        return "UNW-24", "sources disagree whether radiopharmaceuticals and contrast take JW or JZ: none was added"
    if facility == "13":
        packaged = is_packaged(lookup, code, day)
        if packaged:
            return "UNW-13", ""
        if packaged is None:
            return None, "no Addendum B covers the day: JW and JZ are as for drugs that the hospital is paid for"
    if not given.bill_type and given.place_of_service in _FACILITIES:
        return None, f"place of service {given.place_of_service}: the facility bills the drug, not the physician"
    return None, ""


def is_packaged(lookup: Lookup, code: str, day: date) -> bool | None:
    """Whether Addendum B of the day pays nothing for the code by itself; None where no release tells."""
    told = lookup.told(tables.OPPS_STATUS, "hcpcs_code", code, day)
    if told.rows:
        return str(told.rows[0]["status_indicator"]) in _NOT_BY_ITSELF
    return False if told.known else None
