"""Whether Medicare Part B pays a drug by itself: by what it is, who pays and where it is given (UNW-13, UNW-14)."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.terms.medicare import medicare_rules

_OUTPATIENT, _CRITICAL_ACCESS = "13", "85"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a drug is given. None is not known; `facility_type` is the first two digits of the type of bill."""

    place_of_service: str | None = None
    facility_type: str | None = None


@dataclass(frozen=True, slots=True)
class SeparatePayment:
    """What decides whether a drug is paid by itself. None is not known."""

    is_drug: bool | None = None
    no_cost: bool | None = None
    listed_vaccine: bool = False  # of SSA 1861(s)(10), or a vaccine of the payment limit file
    claim_type: str | None = None
    payer_program: str | None = None
    in_facility: bool | None = None  # whether the place of service is a facility's
    is_noc: bool | None = None
    has_payment_limit: bool | None = None
    status_indicator: str | None = None
    office_drug: bool | None = None  # the provider gives it, Medicare covers it, and no rule of its own holds for it


def outside_part_b(place: Place) -> bool:
    """Whether nothing given there is paid by itself: inpatients, and visits with one rate for all (UNW-13)."""
    outside = medicare_rules().outside_part_b
    return place.facility_type in outside.facility_types or place.place_of_service in outside.places


def paid_by_status(status_indicator: str | None) -> bool | None:
    """Whether a hospital's outpatient claim is paid for the code by itself; None where the status does not tell."""
    indicators = medicare_rules().status_indicators
    if status_indicator in indicators.by_itself:
        return True
    return False if status_indicator in indicators.packaged else None


def paid_separately(drug: SeparatePayment, place: Place) -> bool | None:
    """Whether Medicare Part B pays the drug by itself; None where nothing that is known decides."""
    if drug.is_drug is False or drug.no_cost or drug.listed_vaccine or outside_part_b(place):
        return False
    if drug.claim_type == "I":
        return _on_hospital_bill(drug, place)
    if drug.claim_type != "P" or drug.payer_program == "medicare_dme" or drug.in_facility is not False:
        return None  # what decides there is not loaded; in a facility the facility bills the drug
    if not drug.is_drug or drug.no_cost is None:
        return None
    # In an office what Medicare covers is paid by itself, whether or not its limit is known (UNW-14).
    return True if drug.is_noc or drug.has_payment_limit or drug.office_drug else None


def limit_would_tell(drug: SeparatePayment, place: Place) -> bool:
    """Whether a payment limit would tell what is not known: not where the setting decides, or only a status can."""
    in_office = drug.claim_type == "P" and drug.payer_program != "medicare_dme" and drug.in_facility is False
    unknown = drug.has_payment_limit is None and not drug.is_noc and not drug.office_drug
    return bool(in_office and drug.is_drug and unknown and not outside_part_b(place))


def _on_hospital_bill(drug: SeparatePayment, place: Place) -> bool | None:
    paid = paid_by_status(drug.status_indicator)
    if place.facility_type == _OUTPATIENT:
        return paid
    return paid if place.facility_type == _CRITICAL_ACCESS and paid else None
