"""Named parties as segments: NM1, N3, N4, REF and PRV of everybody in an 837."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cleanclaim.formats.x12.writing.parties import Address, Name, Organization, Payer, Person, Provider
from cleanclaim.formats.x12.writing.pen import Fault, Pen, Refused, Slot, refuse

_BOX = re.compile(r"\b(P\.?\s*O\.?\s*BOX|POST OFFICE BOX|LOCK\s?BOX)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Role:
    """A part that a provider plays in a claim: NM101, who may play it, and what else is said of the one who does."""

    who: str
    code: str
    person: bool = True
    organization: bool = False
    located: bool = False


@dataclass(frozen=True, slots=True)
class _NameSlots:
    organization: Slot
    last: Slot
    first: Slot
    middle: Slot
    suffix: Slot
    number: Slot
    street: Slot
    street_2: Slot
    city: Slot
    state: Slot
    zip_code: Slot
    long_zip: Slot


@cache
def _slots(who: str) -> _NameSlots:
    def prose(element: str, field: str, most: int, *, least: int = 1, required: bool = False) -> Slot:
        return Slot(element, f"{who}: {field}", most, least, required, is_prose=True)

    return _NameSlots(
        prose("NM103", "name", 60, required=True), prose("NM103", "last_name", 60, required=True),
        prose("NM104", "first_name", 35), prose("NM105", "middle_name", 25), prose("NM107", "suffix", 10),
        Slot("NM109", f"{who}: number", 80, 2, required=True),
        prose("N301", "street", 55, required=True), prose("N302", "street_2", 55),
        prose("N401", "city", 30, least=2, required=True),
        Slot("N402", f"{who}: state", 2, 2, required=True, pattern="[A-Z]{2}", wanted="two capital letters"),
        Slot("N403", f"{who}: zip_code", 9, 5, required=True, pattern="[0-9]{5}([0-9]{4})?", wanted="5 or 9 digits"),
        Slot("N403", f"{who}: zip_code", 9, 5, required=True, pattern="[0-9]{9}", wanted="9 digits"),
    )  # fmt: skip


def name_segment(pen: Pen, who: str, code: str, name: Name, qualifier: str = "", number: str = "") -> str:
    """The NM1 of a person or an organization; `number` is checked by the caller."""
    slots = _slots(who)
    if isinstance(name, Organization):
        return pen.segment("NM1", code, "2", pen.text(slots.organization, name.name), *[""] * 4, qualifier, number)
    return pen.segment(
        "NM1", code, "1", pen.text(slots.last, name.last_name), pen.text(slots.first, name.first_name),
        pen.text(slots.middle, name.middle_name), "", pen.text(slots.suffix, name.suffix), qualifier, number,
    )  # fmt: skip


def number_of(pen: Pen, who: str, number: str | None) -> str:
    """NM109 of a party that has no NPI."""
    return pen.text(_slots(who).number, number)


def address_segments(pen: Pen, who: str, address: Address, *, long_zip: bool = False) -> list[str]:
    """N3 and N4."""
    slots = _slots(who)
    return [
        pen.segment("N3", pen.text(slots.street, address.street), pen.text(slots.street_2, address.street_2)),
        pen.segment(
            "N4", pen.text(slots.city, address.city), pen.text(slots.state, address.state),
            pen.text(slots.long_zip if long_zip else slots.zip_code, address.zip_code),
        ),
    ]  # fmt: skip


class Directory:
    """The segments of providers and payers, which many claims share and which are made once."""

    def __init__(self, pen: Pen, providers: Mapping[str, Provider], payers: Mapping[str, Payer]) -> None:
        self._pen, self._providers, self._payers = pen, providers, payers
        self._made: dict[tuple[object, ...], tuple[str, ...]] = {}

    def provider(self, role: Role, npi: str | None, column: str) -> tuple[str, ...]:
        """NM1 of a provider, with its address where the role needs one; nothing where there is no NPI."""
        if not npi:
            return ()
        key = (role, npi)
        if key not in self._made:
            found = self._found(role, npi, column)
            segments = [name_segment(self._pen, role.who, role.code, found.name, "XX", npi)]
            if role.located:
                segments += self._place(role, found)
            self._made[key] = tuple(segments)
        return self._made[key]

    def specialized(self, role: Role, code: str, npi: str | None, column: str) -> tuple[str, ...]:
        """The same, with PRV where the provider tells its taxonomy."""
        segments = self.provider(role, npi, column)
        known = self._providers.get(npi or "")
        return (*segments, *self.specialty(role.who, code, known.taxonomy if known else None)) if segments else ()

    def specialty(self, who: str, code: str, taxonomy: str | None) -> list[str]:
        """A PRV, none where there is no taxonomy."""
        slot = Slot(
            "PRV03", f"{who}: taxonomy", 10, 10, pattern="[0-9A-Z]{9}X", wanted="a taxonomy code of 10 characters"
        )
        text = self._pen.text(slot, taxonomy)
        return [self._pen.segment("PRV", code, "PXC", text)] if text else []

    def billing(
        self, role: Role, npi: str | None, taxonomy: str | None, tax_id_kinds: frozenset[str]
    ) -> tuple[str, ...]:
        """The segments of 2000A and 2010AA: PRV, NM1, N3, N4, REF."""
        key = (role, npi or "", taxonomy or "")
        if key not in self._made:
            name = self.provider(role, self._pen.npi(Slot("NM109", "billing_npi", 10), npi), "billing_npi")
            self._made[key] = (
                *self.specialty(role.who, "BI", taxonomy), *name, self._tax_id(role, npi or "", tax_id_kinds)
            )  # fmt: skip
        return self._made[key]

    def payer(self, payer_id: str | None) -> tuple[str, ...]:
        """The segments of 2010BB: NM1, N3, N4."""
        key = ("payer", payer_id or "")
        if key not in self._made:
            number = self._pen.text(Slot("NM109", "payer_id", 80, 2, required=True), payer_id)
            found = self._payers.get(number)
            if found is None:
                raise Refused(Fault.PARTY, "NM103", "payer_id", "this payer among the payers of the parties")
            segments = [name_segment(self._pen, "payer", "PR", Organization(found.name), "PI", number)]
            if found.address:
                segments += address_segments(self._pen, "payer", found.address)
            self._made[key] = tuple(segments)
        return self._made[key]

    def _found(self, role: Role, npi: str, column: str) -> Provider:
        self._pen.npi(Slot("NM109", column, 10), npi)
        found = self._providers.get(npi)
        if found is None:
            raise Refused(Fault.PARTY, "NM103", column, "this NPI among the providers of the parties")
        is_person = isinstance(found.name, Person)
        if not (role.person if is_person else role.organization):
            kind = "an organization" if is_person else "a person"
            raise Refused(Fault.CODE, "NM102", f"{role.who}: name", f"{kind} as {role.who}")
        return found

    def _place(self, role: Role, found: Provider) -> list[str]:
        street = _slots(role.who).street
        if found.address is None:
            raise refuse(street, Fault.MISSING, "an address")
        if any(_BOX.search(line or "") for line in (found.address.street, found.address.street_2)):
            raise refuse(street, Fault.CODE, "a street address, no post office box")
        return address_segments(self._pen, role.who, found.address, long_zip=True)

    def _tax_id(self, role: Role, npi: str, kinds: frozenset[str]) -> str:
        found = self._providers[npi]
        kind = self._pen.text(Slot("REF01", f"{role.who}: tax_id_kind", 2, codes=kinds), found.tax_id_kind.value)
        slot = Slot("REF02", f"{role.who}: tax_id", 9, required=True, pattern="[0-9]{9}", wanted="9 digits")
        return self._pen.segment("REF", kind, self._pen.text(slot, found.tax_id))
