"""The file of parties: who stands behind the claims that are written, as one JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from cleanclaim.billing.administration import check_charges
from cleanclaim.billing.case_reading import read_case
from cleanclaim.formats.x12.writing import (
    Address,
    Admission,
    ClaimParties,
    Organization,
    Patient,
    Payer,
    Person,
    Provider,
    Receiver,
    Submitter,
    Subscriber,
    TaxIdKind,
)


class PlaceSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address in the United States; a billing provider's has a ZIP code of nine digits."""

    street: str
    city: str
    state: str
    zip_code: str
    street_2: str | None = None

    def made(self) -> Address:
        """The address as the writer takes it."""
        return Address(self.street, self.city, self.state, self.zip_code, self.street_2)


class NameSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An organization, or a person by last name."""

    organization: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None

    def __post_init__(self) -> None:
        if bool(self.organization) == bool(self.last_name):
            raise ValueError("expected organization, or last_name")

    def named(self) -> Organization | Person:
        """The name as the writer takes it."""
        if self.organization:
            return Organization(self.organization)
        return Person(self.last_name or "", self.first_name, self.middle_name, self.suffix)


class ExchangeSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sender and receiver of the interchange, and whether it is a test."""

    sender_id: str
    receiver_id: str
    is_test: bool
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    group_sender: str | None = None
    group_receiver: str | None = None


class SubmitterSaid(NameSaid, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who sends the file."""

    identifier: str
    contact_name: str | None = None
    telephone: str | None = None
    email: str | None = None


class ReceiverSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who gets it."""

    name: str
    identifier: str


class ProviderSaid(NameSaid, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A provider in any role."""

    address: PlaceSaid | None = None
    tax_id: str | None = None
    tax_id_kind: TaxIdKind = TaxIdKind.EMPLOYER
    taxonomy: str | None = None


class PayerSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payer; `claim_filing`: its kind as SBR09 says it, MB, MC, CI ..."""

    name: str
    claim_filing: str
    address: PlaceSaid | None = None


class PersonSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A person with birth date, sex and address."""

    last_name: str
    first_name: str
    birth_date: date
    sex: str
    address: PlaceSaid
    middle_name: str | None = None
    suffix: str | None = None

    def named(self) -> Person:
        """The name as the writer takes it."""
        return Person(self.last_name, self.first_name, self.middle_name, self.suffix)


class PatientSaid(PersonSaid, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A patient who is not the subscriber; `relation`: 01 spouse, 19 child, G8 other ..."""

    relation: str


class SubscriberSaid(PersonSaid, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who holds the insurance; the patient, unless another one is said."""

    member_id: str
    payer_sequence: str = "P"
    group_number: str | None = None
    group_name: str | None = None
    medicare_secondary: str | None = None
    patient: PatientSaid | None = None

    @property
    def treated(self) -> PersonSaid:
        """The patient."""
        return self.patient or self


class AdmissionSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Type, source and patient status, which every institutional claim says."""

    kind: str
    source: str
    patient_status: str


class PartiesSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everybody behind the claims of a file, and what they charge: US dollars for one unit of a code."""

    exchange: ExchangeSaid
    submitter: SubmitterSaid
    receiver: ReceiverSaid
    billing_npi: str
    providers: dict[str, ProviderSaid]  # by NPI
    payers: dict[str, PayerSaid]  # by payer_id
    subscribers: dict[str, SubscriberSaid]  # by the key that cases name
    rendering_npi: str | None = None
    attending_npi: str | None = None
    admission: AdmissionSaid | None = None
    charges: dict[str, Decimal] = {}

    def __post_init__(self) -> None:
        check_charges(self.charges)

    def taxonomy(self, npi: str | None) -> str | None:
        """The taxonomy of a provider, where it is said."""
        provider = self.providers.get(npi or "")
        return provider.taxonomy if provider else None

    def made_submitter(self) -> Submitter:
        """The submitter as the writer takes it."""
        one = self.submitter
        return Submitter(one.named(), one.identifier, one.contact_name, one.telephone, one.email)

    def made_receiver(self) -> Receiver:
        """The receiver as the writer takes it."""
        return Receiver(self.receiver.name, self.receiver.identifier)

    def made_providers(self) -> dict[str, Provider]:
        """The providers as the writer takes them."""
        return {
            npi: Provider(one.named(), _place(one.address), one.tax_id, one.tax_id_kind, one.taxonomy)
            for npi, one in self.providers.items()
        }

    def made_payers(self) -> dict[str, Payer]:
        """The payers as the writer takes them."""
        return {number: Payer(one.name, _place(one.address)) for number, one in self.payers.items()}

    def of_claim(self, subscriber: str, *, attending_npi: str | None, institutional: bool) -> ClaimParties:
        """Those of the claim of a subscriber."""
        said = self.subscribers[subscriber]
        patient, admission = said.patient, self.admission
        return ClaimParties(
            Subscriber(
                said.named(), said.member_id, said.address.made(), said.group_number, said.group_name,
                said.medicare_secondary, said.birth_date, said.sex,
            ),
            Patient(patient.named(), patient.address.made(), patient.relation) if patient else None,
            attending_npi or self.attending_npi,
            Admission(admission.kind, admission.source, admission.patient_status)
            if admission and institutional
            else None,
        )  # fmt: skip


def read_parties(text: str | bytes, *, place: str = "") -> PartiesSaid:
    """The parties from JSON.

    Raises:  UnreadableInput that names the place, the field and what was expected; never what stood in it.
    """
    return read_case(text, PartiesSaid, place=place)


def _place(said: PlaceSaid | None) -> Address | None:
    return said.made() if said else None
