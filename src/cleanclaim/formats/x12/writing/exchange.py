"""The envelope: interchange, functional group and transaction, with numbers and time given by the caller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cleanclaim.errors import InvalidValue
from cleanclaim.formats.x12.writing.kinds import Kind
from cleanclaim.formats.x12.writing.names import name_segment, number_of
from cleanclaim.formats.x12.writing.parties import Organization, Parties, Submitter
from cleanclaim.formats.x12.writing.pen import Fault, Pen, Refused, Slot, refuse

_MOST = 999_999_999
_WIDTH = 15
_QUALIFIERS = frozenset({"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"})
_CONTACT = Slot("PER02", "submitter: contact_name", 60, is_prose=True)
_TELEPHONE = Slot("PER04", "submitter: telephone", 10, 10, pattern="[0-9]{10}", wanted="ten digits")
_EMAIL = Slot("PER04", "submitter: email", 256)


@dataclass(frozen=True, slots=True)
class ControlNumbers:
    """The first control numbers of a file. Only the caller knows which are used.

    Raises:  InvalidValue for a number outside 1 to 999,999,999.
    """

    interchange: int
    group: int
    transaction: int = 1

    def __post_init__(self) -> None:
        for name in ("interchange", "group", "transaction"):
            if not 1 <= getattr(self, name) <= _MOST:
                raise InvalidValue(f"control numbers: {name} must be 1 to 999,999,999")


@dataclass(frozen=True, slots=True)
class Exchange:
    """Who sends an interchange to whom, and when. The group names the same two, unless it is told others."""

    sender_id: str
    receiver_id: str
    made_at: datetime
    is_test: bool
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    group_sender: str | None = None
    group_receiver: str | None = None
    wants_acknowledgment: bool = False


class Envelope:
    """Opens and closes the levels of one interchange, and counts what stands in them."""

    def __init__(self, pen: Pen, exchange: Exchange, controls: ControlNumbers, parties: Parties) -> None:
        self._pen, self._exchange, self._parties = pen, exchange, parties
        self._interchange = f"{controls.interchange:09}"
        self._header = self._isa()
        self.after = replace(controls, interchange=controls.interchange % _MOST + 1)

    def interchange(self, groups: Iterable[list[str]]) -> list[str]:
        """ISA to IEA around these groups."""
        found = list(groups)
        return [
            self._header,
            *(segment for group in found for segment in group),
            self._pen.segment("IEA", str(len(found)), self._interchange),
        ]

    def _isa(self) -> str:
        """The header, whose fields have fixed widths."""
        pen, one, made = self._pen, self._exchange, self._exchange.made_at
        sender = pen.text(_identifier("ISA06", "exchange: sender_id"), one.sender_id)
        receiver = pen.text(_identifier("ISA08", "exchange: receiver_id"), one.receiver_id)
        separators = pen.form.separators
        return separators.element.join((
            "ISA", "00", " " * 10, "00", " " * 10,
            pen.text(_qualifier("ISA05", "exchange: sender_qualifier"), one.sender_qualifier), sender.ljust(_WIDTH),
            pen.text(_qualifier("ISA07", "exchange: receiver_qualifier"), one.receiver_qualifier),
            receiver.ljust(_WIDTH), f"{made:%y%m%d}", f"{made:%H%M}", separators.repetition, "00501",
            self._interchange, str(int(one.wants_acknowledgment)), "T" if one.is_test else "P", separators.component,
        ))  # fmt: skip

    def group(self, kind: Kind, transactions: Iterable[list[str]]) -> list[str]:
        """GS to GE around these transactions."""
        pen, one, made = self._pen, self._exchange, self._exchange.made_at
        sender = _identifier("GS02", "exchange: group_sender", least=2)
        receiver = _identifier("GS03", "exchange: group_receiver", least=2)
        control = str(self._take("group"))
        found = list(transactions)
        return [
            pen.segment(
                "GS", "HC", pen.text(sender, one.group_sender or one.sender_id),
                pen.text(receiver, one.group_receiver or one.receiver_id), f"{made:%Y%m%d}", f"{made:%H%M}", control,
                "X", kind.version,
            ),
            *(segment for transaction in found for segment in transaction),
            pen.segment("GE", str(len(found)), control),
        ]  # fmt: skip

    def transaction(self, kind: Kind, levels: list[str]) -> list[str]:
        """ST to SE around these levels."""
        pen, made = self._pen, self._exchange.made_at
        control = f"{self._take('transaction'):04}"
        segments = [
            pen.segment("ST", "837", control, kind.version),
            pen.segment("BHT", "0019", "00", self._interchange + control, f"{made:%Y%m%d}", f"{made:%H%M}", "CH"),
            *self._ends(),
            *levels,
        ]
        return [*segments, pen.segment("SE", str(len(segments) + 1), control)]

    def _ends(self) -> list[str]:
        """Loops 1000A and 1000B."""
        pen, submitter, receiver = self._pen, self._parties.submitter, self._parties.receiver
        from_ = number_of(pen, "submitter", submitter.identifier)
        to = number_of(pen, "receiver", receiver.identifier)
        return [
            name_segment(pen, "submitter", "41", submitter.name, "46", from_),
            pen.segment("PER", "IC", pen.text(_CONTACT, submitter.contact_name), *_reached_by(pen, submitter)),
            name_segment(pen, "receiver", "40", Organization(receiver.name), "46", to),
        ]

    def _take(self, level: str) -> int:
        number: int = getattr(self.after, level)
        self.after = replace(self.after, **{level: number % _MOST + 1})
        return number


def _reached_by(pen: Pen, submitter: Submitter) -> list[str]:
    telephone, email = pen.text(_TELEPHONE, submitter.telephone), pen.text(_EMAIL, submitter.email)
    if not (telephone or email):
        raise refuse(_TELEPHONE, Fault.MISSING, "a telephone number or an address of mail")
    return [*(("TE", telephone) if telephone else ()), *(("EM", email) if email else ())]


def _identifier(element: str, field: str, *, least: int = 1) -> Slot:
    return Slot(element, field, _WIDTH, least, required=True)


def _qualifier(element: str, field: str) -> Slot:
    return Slot(element, field, 2, required=True, codes=_QUALIFIERS)


def misuse(refusal: Refused) -> InvalidValue:
    """The exception for an envelope that cannot be written: no claim is at fault."""
    return InvalidValue(refusal.telling("the envelope"))
