"""Who stands behind claims and is not in the claim tables: names, addresses and numbers that an 837 must say.

Providers and payers are found by the number that the tables hold, so each is said once; people by the key of the claim.
What shows a person has no `repr`: a name in a traceback is a name in a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """A place in the United States. `zip_code` has 5 or 9 digits; a billing provider's and a facility's has 9."""

    street: str
    city: str
    state: str
    zip_code: str
    street_2: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """The name of a person."""

    last_name: str
    first_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None


@dataclass(frozen=True, slots=True)
class Organization:
    """The name of an organization."""

    name: str


Name: TypeAlias = Person | Organization


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who sends the file (1000A), and whom the receiver may ask: a telephone number, an address of mail, or both."""

    name: Name
    identifier: str
    contact_name: str | None = None
    telephone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets the file (1000B)."""

    name: str
    identifier: str


class TaxIdKind(StrEnum):
    """What a tax identification number is: the qualifier of its REF."""

    EMPLOYER = "EI"
    SOCIAL_SECURITY = "SY"


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider in whatever role the claim tables name its NPI.

    A billing provider needs an address and a tax id, a service facility an address. `taxonomy` is that of an attending
    provider and of a rendering provider of a line: for the others the claim table has a column.
    """

    name: Name
    address: Address | None = None
    tax_id: str | None = field(default=None, repr=False)  # may be a social security number
    tax_id_kind: TaxIdKind = TaxIdKind.EMPLOYER
    taxonomy: str | None = None


@dataclass(frozen=True, slots=True)
class Payer:
    """The destination payer (2010BB)."""

    name: str
    address: Address | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Subscriber:
    """Who holds the insurance (2000B, 2010BA). Birth date and sex only where somebody else is the patient."""

    name: Person
    member_id: str
    address: Address | None = None
    group_number: str | None = None
    group_name: str | None = None
    medicare_secondary: str | None = None  # SBR05, why Medicare is not the first payer
    birth_date: date | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Patient:
    """A patient who is not the subscriber (2000C). `relation`: PAT01, 01 spouse, 19 child, G8 other ..."""

    name: Person
    address: Address
    relation: str


@dataclass(frozen=True, slots=True)
class Agreements:
    """What patient and provider agreed to, as CLM06 to CLM09 say it."""

    signature_on_file: str = "Y"  # professional only
    assignment: str = "A"
    benefits_assigned: str = "Y"
    release: str = "Y"


@dataclass(frozen=True, slots=True)
class Admission:
    """Type, source and patient status (CL101 to CL103): every institutional claim says them."""

    kind: str
    source: str
    patient_status: str


@dataclass(frozen=True, slots=True)
class ClaimParties:
    """What one claim needs beside its rows. `attending_npi` and `admission`: institutional claims, which need both."""

    subscriber: Subscriber
    patient: Patient | None = None
    attending_npi: str | None = None
    admission: Admission | None = None
    agreements: Agreements = Agreements()


@dataclass(frozen=True, slots=True)
class Parties:
    """Everybody behind the claims of a file."""

    submitter: Submitter
    receiver: Receiver
    providers: Mapping[str, Provider] = field(default_factory=dict)  # by NPI
    payers: Mapping[str, Payer] = field(default_factory=dict)  # by payer_id
    claims: Mapping[int, ClaimParties] = field(default_factory=dict)  # by claim_key
