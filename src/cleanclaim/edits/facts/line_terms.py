"""How the line stands against what the payer's policies ask: modifiers, place, site of care, specialty, NDC unit.

---
about: How the line stands against what the payer's policies ask. A hospital's outpatient claim has no place of service; it stands for place 22.
grain: line
keys: [modifiers, place_of_service, facility_type, provider_taxonomy, ndc_unit, policy_modifiers_required, policy_modifiers_forbidden, policy_route_modifiers, policy_places_allowed, policy_places_denied, policy_sites, policy_specialty, policy_ndc_units]
columns:
  required_modifiers_missing: {type: boolean, meaning: whether one that the payer wants is not there, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  missing_modifiers: {type: text, meaning: those, source: policies}
  forbidden_modifiers_there: {type: boolean, meaning: "whether one that the payer refuses is there, JW and JZ apart", ask: "the payer's policy on the drug (`--policies`)", source: policies}
  forbidden_modifiers: {type: text, meaning: those, source: policies}
  waste_modifier_forbidden: {type: boolean, meaning: whether JW or JZ is there and the payer refuses it, ask: "the payer's policy on the drug (`--policies`)", source: policies}
  route_modifier_missing: {type: boolean, meaning: "whether none of the modifiers is there of which the payer wants one for the route", ask: "the payer's policy on the drug (`--policies`)", source: policies}
  given_place: {type: text, meaning: "place of service of the line; 22 for a hospital's outpatient claim (types of bill 13 and 85)", ask: the place of service, source: "line.place_of_service, claim.bill_type"}
  site_of_care: {type: text, meaning: "office (11), outpatient_hospital (19, 22), home (12), infusion_center (49), asc (24), else other", ask: the place of service, source: CMS Place of Service code set}
  covered_sites: {type: text, meaning: "the sites of care that the payer names, in words", source: policies}
  place_allowed: {type: boolean, meaning: whether the place is not refused and is on the payer's list where it has one, ask: the place of service, source: policies}
  site_allowed: {type: boolean, meaning: whether the site of care is one that the payer names, ask: the place of service, source: policies}
  specialty_allowed: {type: boolean, meaning: "whether the taxonomy begins with one of those that the payer names", ask: the provider's taxonomy (PRV), source: policies}
  ndc_unit_on_list: {type: boolean, meaning: "whether the unit is on the payer's list of NDC units; null where no list is loaded", ask: "the payer's list of NDC units (`--policies`)", source: policies}
---
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cleanclaim.terms import JW, JZ

_Row = Mapping[str, Any]
_Facts = dict[str, Any]
_WASTE = {JW, JZ}
_OUTPATIENT_BILLS = {"13", "85"}
_OUTPATIENT = "22"
_SITES = {
    "11": "office", "19": "outpatient_hospital", "22": "outpatient_hospital", "12": "home", "49": "infusion_center",
    "24": "asc",
}  # fmt: skip
_IN_WORDS = {"asc": "ASC", "outpatient_hospital": "outpatient hospital", "infusion_center": "infusion center"}


def facts_of(row: _Row) -> _Facts:
    """The facts of a line under a policy."""
    return _modifiers(row) | _place(row) | _provider_and_ndc(row)


def _modifiers(row: _Row) -> _Facts:
    if row["modifiers"] is None:
        return {}
    there = set(row["modifiers"])
    answers: _Facts = {}
    if (wanted := row["policy_modifiers_required"]) is not None:
        missing = [one for one in wanted if one not in there]
        answers |= {"required_modifiers_missing": bool(missing), "missing_modifiers": ", ".join(missing) or None}
    if (refused := row["policy_modifiers_forbidden"]) is not None:
        found = [one for one in refused if one in there]
        answers |= {
            "forbidden_modifiers_there": not _WASTE.issuperset(found),
            "forbidden_modifiers": ", ".join(found) or None,
            "waste_modifier_forbidden": not _WASTE.isdisjoint(found),
        }
    if (routes := row["policy_route_modifiers"]) is not None:
        answers["route_modifier_missing"] = bool(routes) and there.isdisjoint(routes)
    return answers


def _place(row: _Row) -> _Facts:
    outpatient = _OUTPATIENT if row["facility_type"] in _OUTPATIENT_BILLS else None
    place = row["place_of_service"] or outpatient
    site = None if place is None else _SITES.get(place, "other")
    sites = row["policy_sites"]
    return {
        "given_place": place,
        "site_of_care": site,
        "covered_sites": ", ".join(_IN_WORDS.get(one, one) for one in sites) if sites else None,
        "place_allowed": _place_allowed(row, place),
        "site_allowed": None if sites is None else not sites or (None if site is None else site in sites),
    }


def _place_allowed(row: _Row, place: str | None) -> bool | None:
    allowed, denied = row["policy_places_allowed"], row["policy_places_denied"]
    if place is None or allowed is None or denied is None:
        return None
    return place not in denied and (not allowed or place in allowed)


def _provider_and_ndc(row: _Row) -> _Facts:
    named, taxonomy = row["policy_specialty"], row["provider_taxonomy"]
    units, unit = row["policy_ndc_units"], row["ndc_unit"]
    return {
        "specialty_allowed": taxonomy.startswith(tuple(named)) if named and taxonomy is not None else None,
        "ndc_unit_on_list": unit in units if units and unit is not None else None,
    }
