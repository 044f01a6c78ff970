"""What was given, as a chart or a person says it: one administration of one drug."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from cleanclaim.billing.case_reading import read_case
from cleanclaim.claims import PayerProgram
from cleanclaim.dosing import AdminFamily, ContainerKind, Device, Route, Vaccine
from cleanclaim.terms import PayerTerms, Setting

_PROCEDURE = re.compile(r"[0-9A-Z]{5}(-[0-9A-Z]{2}){0,4}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_BILL_TYPE = re.compile(r"0?[1-8][1-9][0-9A-Z]?")
_CENT, _MOST_MONEY = Decimal("0.01"), Decimal(10**10)
_NO_COST = _CENT  # what a line says of a drug that cost nothing (ADM-01)
_Count = Annotated[int, msgspec.Meta(ge=1, le=1000)]


def above_zero(**values: Decimal | None) -> None:
    """Raises ValueError for an amount that is not above zero, by its name."""
    for name, value in values.items():
        if value is not None and not (value.is_finite() and value > 0):
            raise ValueError(f"{name}: expected a number above zero")


def check_charge(charge: Decimal | None) -> None:
    """Raises ValueError for what is no amount of dollars and cents, or more than a claim can hold."""
    if charge is None:
        return
    if not (charge.is_finite() and 0 <= charge < _MOST_MONEY and charge == charge.quantize(_CENT)):
        raise ValueError("charge_amount: expected dollars and cents, not below zero")


def check_charges(charges: Mapping[str, Decimal]) -> None:
    """Raises ValueError for a charge of one unit that is below zero, no number, or more than a claim can hold."""
    if not all(charge.is_finite() and 0 <= charge < _MOST_MONEY for charge in charges.values()):
        raise ValueError("charges: expected amounts of money, not below zero")


def check_modifiers(modifiers: Sequence[str]) -> None:
    """Raises ValueError for what is no modifier, stands twice, or follows from the dose."""
    if {"JW", "JZ"} & {one.upper() for one in modifiers}:
        raise ValueError("modifiers: expected those beside JW and JZ, which follow from the doses")
    if not all(_MODIFIER.fullmatch(one) for one in modifiers) or len(set(modifiers)) < len(modifiers):
        raise ValueError("modifiers: expected two capitals or digits each, and none twice")


class Amount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount with its unit; a dose may be `mg/kg` or `mg/m2`."""

    amount: Decimal
    unit: str


class PerAmount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A concentration: so much per mL, or per another unit."""

    amount: Decimal
    unit: str
    per: str = "mL"

    def __post_init__(self) -> None:
        above_zero(amount=self.amount)


class GivenContainer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Containers of one size that were opened; `shared`: what of them went to other patients, in the same unit."""

    amount: Decimal
    unit: str
    count: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    kind: ContainerKind | None = None
    ndc: str | None = None
    shared: Decimal | None = None

    def __post_init__(self) -> None:
        above_zero(amount=self.amount)


class SizeOnHand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Containers of one size that are in the cupboard, with their price where it is known."""

    amount: Decimal
    unit: str
    available: Annotated[int, msgspec.Meta(ge=1)] | None = None
    price: Decimal | None = None
    ndc: str | None = None
    kind: ContainerKind | None = None

    def __post_init__(self) -> None:
        above_zero(amount=self.amount)


class Ingredient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One drug of a compound; `amount` is what was given of it: mg with a concentration, or mL."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    amount: Amount
    ndc: str | None = None
    concentration: PerAmount | None = None
    hcpcs_code: str | None = None  # where it has a code of its own, as for inhalation through a nebulizer
    charge_amount: Decimal | None = None

    def __post_init__(self) -> None:
        above_zero(amount=self.amount.amount)
        check_charge(self.charge_amount)


class HowGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the lines for giving a drug need beside route and times, where it is not the usual."""

    encounter: _Count = 1  # of several on one day (ADM-21)
    bag: str | None = None  # drugs mixed into one bag say the same (ADM-08)
    syringes: _Count = 1
    sites: _Count = 1  # of injections, or lesions
    pump_setups: _Count = 1  # of pumps for an infusion under the skin
    device: Device | None = None
    vaccine: Vaccine = Vaccine.OTHER
    counseled_components: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0  # of a vaccine


class ForClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the claim of a visit says beside what was given. Charges are US dollars for one unit of a code."""

    id: Annotated[str, msgspec.Meta(min_length=1)]  # the account number, CLM01
    subscriber: str  # a key of the subscribers in the file of parties
    billing_npi: str | None = None  # this, rendering_npi and attending_npi: where it is not that of the parties
    rendering_npi: str | None = None
    ordering_npi: str | None = None  # of each line: who ordered the drug
    attending_npi: str | None = None
    prior_auth: str | None = None
    statement_from: date | None = None  # institutional; the day of service unless said
    statement_to: date | None = None
    charges: dict[str, Decimal] = {}  # before those of the parties
    revenue_codes: dict[str, str] = {}  # by code, before what the rules say

    def __post_init__(self) -> None:
        check_charges(self.charges)


class Administration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One administration. Money is US dollars; times are local to where it was given."""

    service_date: date
    payer_program: PayerProgram
    dose: Amount
    id: str | None = None
    hcpcs_code: str | None = None
    ndc: str | None = None
    drug: str | None = None
    billing_unit: Amount | None = None  # for a code that the reference lacks
    concentration: PerAmount | None = None
    weight_kg: Decimal | None = None
    bsa_m2: Decimal | None = None
    route: Route | None = None
    admin_family: AdminFamily | None = None  # of administration codes, by the payer's list (ADM-02)
    access: str | None = None  # the site or line, where a visit had several
    primary: bool | None = None  # whether it was the main reason of the visit (ADM-03)
    procedures: tuple[str, ...] = ()  # other codes of the visit, which may include giving the drug: 67028-RT, 99213-25
    visit: str | None = None  # administrations of one visit say the same
    start: datetime | None = None
    stop: datetime | None = None
    giving: HowGiven = HowGiven()
    age_years: Annotated[int, msgspec.Meta(ge=0, le=150)] | None = None  # of the patient, for counseling on vaccines
    established_patient: bool | None = None  # for the bundles of esketamine
    containers: tuple[GivenContainer, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()  # of a compound; the dose is then of the whole
    association: str | None = None  # the number that links the lines of a compound; `id` unless said
    sizes_on_hand: tuple[SizeOnHand, ...] = ()
    place_of_service: str | None = None
    bill_type: str | None = None
    payer_id: str | None = None
    payer_terms: PayerTerms | None = None  # what the payer wants, before what the reference tells of it
    licensed_biologic: bool | None = None  # of a skin substitute (UNW-16)
    modifiers: tuple[str, ...] = ()  # that the claim needs beside JW and JZ: TB, PO, KX ...
    charge_amount: Decimal | None = None  # of dose and waste together
    diagnoses: tuple[str, ...] = ()
    claim: ForClaim | None = None  # administrations of one visit say the same, or one of them does

    def __post_init__(self) -> None:
        above_zero(weight_kg=self.weight_kg, bsa_m2=self.bsa_m2)
        if self.billing_unit is not None:
            above_zero(billing_unit=self.billing_unit.amount)
        if self.bill_type is not None and not _BILL_TYPE.fullmatch(self.bill_type):
            raise ValueError("bill_type: expected three digits, as 131, or four with a leading 0")
        check_modifiers(self.modifiers)
        if any(time is not None and time.tzinfo is not None for time in (self.start, self.stop)):
            raise ValueError("start, stop: expected local times without a time zone")
        if not all(_PROCEDURE.fullmatch(one) for one in self.procedures):
            raise ValueError("procedures: expected codes with their modifiers, as 67028-RT")
        check_charge(self.charge_amount)

    @property
    def setting(self) -> Setting:
        """Who pays, when and where it was given; type of facility and care of an institutional bill: 13 of 0131."""
        return Setting(
            self.payer_program, self.service_date, self.place_of_service,
            (self.bill_type or "").removeprefix("0")[:2], self.charge_amount == _NO_COST,
            bool(self.licensed_biologic),
        )  # fmt: skip


def read_given(text: str | bytes, *, place: str = "") -> Administration:
    """One administration from JSON.

    Raises:  UnreadableInput that names the place, the field and what was expected; never what stood in it.
    """
    return read_case(text, Administration, place=place)
