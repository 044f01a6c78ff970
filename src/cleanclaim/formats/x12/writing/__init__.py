"""Claims as 837P and 837I files: what the tables say and the parties behind them, checked element by element."""

from cleanclaim.formats.x12.writing.exchange import ControlNumbers, Exchange
from cleanclaim.formats.x12.writing.form import CharacterSet, Form, Separators
from cleanclaim.formats.x12.writing.parties import (
    Address,
    Admission,
    Agreements,
    ClaimParties,
    Organization,
    Parties,
    Patient,
    Payer,
    Person,
    Provider,
    Receiver,
    Submitter,
    Subscriber,
    TaxIdKind,
)
from cleanclaim.formats.x12.writing.pen import Fault
from cleanclaim.formats.x12.writing.writer import Written, write_837

__all__ = [
    "Address", "Admission", "Agreements", "CharacterSet", "ClaimParties", "ControlNumbers", "Exchange", "Fault", "Form",
    "Organization", "Parties", "Patient", "Payer", "Person", "Provider", "Receiver", "Separators", "Submitter",
    "Subscriber", "TaxIdKind", "Written", "write_837",
]  # fmt: skip
