"""How a payer wants discarded drug: by payer, setting, drug and day (UNW-13 to UNW-16, UNW-21, UNW-23, UNW-24)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from cleanclaim.claims import PayerProgram
from cleanclaim.dosing import JW_FROM, JZ_FROM, WastePolicy
from cleanclaim.reference import tables
from cleanclaim.terms.medicare import medicare_rules
from cleanclaim.terms.payer_terms import PayerTerms
from cleanclaim.terms.separate_payment import Place, outside_part_b, paid_by_status
from cleanclaim.terms.terms import JZ

if TYPE_CHECKING:
    from cleanclaim.reference.codes.lookup import Lookup

MEDICARE = frozenset({PayerProgram.MEDICARE_A, PayerProgram.MEDICARE_B, PayerProgram.MEDICARE_DME})
_OUTPATIENT = "13"  # type of bill
_SURGICAL_CENTER = "24"

_NO_POLICY = (
    "no policy of this payer on discarded drug is loaded: neither JW nor JZ was added (UNW-21); say `payer_terms`"
    " with waste_policy"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Who pays, when and where a drug was given. `facility_type`: first two digits of the type of bill, else empty."""

    payer_program: PayerProgram
    service_date: date
    place_of_service: str | None = None
    facility_type: str = ""
    no_cost: bool = False
    licensed_biologic: bool = False  # of a skin substitute (UNW-16)

    @property
    def place(self) -> Place:
        """Where it was given."""
        return Place(self.place_of_service, self.facility_type or None)


@dataclass(frozen=True, slots=True)
class WasteTerms:
    """How a payer wants discarded drug on the day; `exempt`: the rule that frees the line from JW and JZ."""

    policy: WastePolicy | None
    exempt: str | None = None
    jw_from: date = JW_FROM
    jz_from: date = JZ_FROM
    note: str = ""
    term: str = ""  # the one of `PayerTerms` that decided


def wanted_waste(said: WastePolicy | None, refused: Collection[str] = (), *, medicare: bool) -> WastePolicy | None:
    """How a payer wants discarded drug told: as it says, else as Medicare; by JW alone where it refuses JZ."""
    if said is WastePolicy.CMS and JZ in refused:
        return WastePolicy.JW_ONLY
    return said or (WastePolicy.CMS if medicare else None)


def exempt_by_day(program: str | None, facility_type: str | None, day: date, *, is_skin_substitute: bool) -> str | None:
    """The rule that frees a day from JW and JZ: before DME and ESRD took them, and skin substitutes as supplies."""
    rules = medicare_rules()
    if is_skin_substitute and day >= rules.skin_substitutes.supplies_from:
        return rules.skin_substitutes.rule
    later = rules.later(program, facility_type)
    return later.rule if later and later.exempts(day) else None


def takes_jz_alone(program: str | None, day: date) -> bool:
    """Whether JZ is taken on the day and JW not yet: a line with neither may be right (DME in 2024, UNW-23)."""
    later = medicare_rules().later(program, None)
    return later is not None and later.jz_from <= day < later.jw_from


def waste_terms(
    lookup: Lookup, code: str, setting: Setting, terms: PayerTerms, refused: Collection[str] = ()
) -> WasteTerms:
    """The terms of an administration; `refused`: modifiers that the payer does not take on the drug."""
    wanted = wanted_waste(terms.waste_policy, refused, medicare=setting.payer_program in MEDICARE)
    if wanted is None:
        return WasteTerms(None, note=_NO_POLICY)
    if wanted in (WastePolicy.NONE, WastePolicy.DENY_WASTE):
        return WasteTerms(wanted, term="waste_policy")
    # What is exempt with Medicare is exempt with a payer that follows it, whole or for JW alone.
    told = _as_medicare(lookup, code, setting, terms)
    if told.exempt or (terms.waste_policy is None and wanted is WastePolicy.CMS):
        return told
    if wanted is not WastePolicy.JW_ONLY:
        return replace(told, term="waste_policy")
    refuses_jz = terms.waste_policy is WastePolicy.CMS
    note = "this payer goes by Medicare and refuses JZ: JW alone is told" if refuses_jz else told.note
    return replace(told, policy=wanted, term="waste_policy", note=note)


def _as_medicare(lookup: Lookup, code: str, setting: Setting, terms: PayerTerms) -> WasteTerms:
    of_drug = _of_drug(traits_of(lookup, code, setting.service_date), setting, terms)
    exempt, note = (of_drug.exempt, of_drug.note) if of_drug.exempt else _exempt(lookup, code, setting)
    note = note or of_drug.note
    exempt = exempt or exempt_by_day(
        setting.payer_program, setting.facility_type, setting.service_date, is_skin_substitute=False
    )
    if later := medicare_rules().later(setting.payer_program, setting.facility_type):
        return replace(of_drug, exempt=exempt, jw_from=later.jw_from, jz_from=later.jz_from, note=note)
    return replace(of_drug, exempt=exempt, jw_from=min(JW_FROM, terms.jw_required_from or JW_FROM), note=note)


def traits_of(lookup: Lookup, code: str, day: date) -> set[str]:
    """The traits of a drug's code on the day: vaccine_1861s10, radiopharmaceutical ..."""
    return {str(row["trait"]) for row in lookup.told(tables.DRUG_TRAIT, "hcpcs_code", code, day).rows}


def _of_drug(traits: set[str], setting: Setting, terms: PayerTerms) -> WasteTerms:
    """What Medicare wants of a drug for what it is, wherever it is given."""
    usual = WasteTerms(WastePolicy.CMS)
    if "vaccine_1861s10" in traits:
        return WasteTerms(None, "UNW-13")
    if "skin_substitute" in traits and not setting.licensed_biologic:
        return _of_skin_substitute(setting.service_date, terms.skin_substitute_waste)
    if traits & {"radiopharmaceutical", "contrast"} and terms.radiopharmaceutical_waste is not WastePolicy.CMS:
        return WasteTerms(
            None, "UNW-24",
            note="sources disagree whether radiopharmaceuticals and contrast take JW or JZ: none was added",
        )  # fmt: skip
    if setting.no_cost and terms.no_cost_waste is not WastePolicy.CMS:
        note = "no source says whether a drug that cost nothing takes JW or JZ: none was added (UNW-13)"
        return WasteTerms(None, "UNW-13", note=note)
    return usual


def _of_skin_substitute(day: date, by_contractor: WastePolicy | None) -> WasteTerms:
    skin = medicare_rules().skin_substitutes
    if day >= skin.supplies_from:
        note = "from 2026-01-01 only what was applied is billed; a biologic with a license keeps the rules of drugs:"
        return WasteTerms(None, "UNW-16", note=f"{note} say `licensed_biologic`")
    if day < skin.by_contractor_from:
        return WasteTerms(WastePolicy.CMS)
    if by_contractor is None:
        note = "Medicare's contractors differed on JW and JZ of skin substitutes until 2025 (UNW-16): as for drugs;"
        return WasteTerms(WastePolicy.CMS, note=f"{note} say `payer_terms` with skin_substitute_waste")
    term = "skin_substitute_waste"
    if by_contractor is WastePolicy.NONE:
        note = "this contractor took neither JW nor JZ on skin substitutes (UNW-16)"
        return WasteTerms(None, "UNW-16", note=note, term=term)
    return WasteTerms(by_contractor, term=term)


def _exempt(lookup: Lookup, code: str, setting: Setting) -> tuple[str | None, str]:
    """The rule that frees a setting from JW and JZ, and a word on a setting that is not told."""
    if outside_part_b(setting.place):
        return "UNW-13", ""
    if setting.facility_type == _OUTPATIENT:
        packaged = is_packaged(lookup, code, setting.service_date)
        if packaged:
            return "UNW-13", ""
        if packaged is None:
            return None, "no Addendum B covers the day: JW and JZ are as for drugs that the hospital is paid for"
    if not setting.facility_type and setting.place_of_service == _SURGICAL_CENTER:
        told = lookup.told(tables.ASC_PAYMENT, "hcpcs_code", code, setting.service_date, addendum="BB")
        if told.rows and told.rows[0]["payment_indicator"] in medicare_rules().payment_indicators.packaged:
            return "UNW-13", ""
        if not told.rows:
            return (
                None,
                "no Addendum BB tells of the code that day: JW and JZ are as for drugs that the center is paid for",
            )
    if not setting.facility_type and setting.place_of_service in medicare_rules().facilities:
        return None, f"place of service {setting.place_of_service}: the facility bills the drug, not the physician"
    return None, ""


def is_packaged(lookup: Lookup, code: str, day: date) -> bool | None:
    """Whether Addendum B of the day pays nothing for the code by itself; None where no release tells."""
    told = lookup.told(tables.OPPS_STATUS, "hcpcs_code", code, day)
    if told.rows:
        return paid_by_status(str(told.rows[0]["status_indicator"])) is False
    return False if told.known else None
