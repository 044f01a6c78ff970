"""What a transaction is that is not read here, in words."""

from __future__ import annotations

import re

READ = "005010X222"
_VERSION = re.compile(r"00[0-9]{4}(X[0-9]{3})")
_CLAIMS = {
    "X222": "a professional claim", "X223": "an 837I, institutional claims,", "X224": "an 837D, dental claims,",
    "X098": "a professional claim", "X096": "an institutional claim", "X097": "a dental claim",
    "X291": "a predetermination of professional services", "X292": "a predetermination of institutional services",
    "X293": "a predetermination of dental services", "X298": "a professional claim that was adjudicated before",
    "X299": "an institutional claim that was adjudicated before", "X300": "a dental claim that was adjudicated before",
}  # fmt: skip
_TRANSACTIONS = {
    "835": "an 835, remittance advice", "276": "a 276, claim status request", "277": "a 277, claim status",
    "999": "a 999, acknowledgment", "997": "a 997, acknowledgment", "270": "a 270, eligibility inquiry",
    "271": "a 271, eligibility", "275": "a 275, attachment", "278": "a 278, authorization",
    "820": "an 820, premium payment", "834": "an 834, enrollment",
}  # fmt: skip


def kind_of(transaction: str, version: str) -> str:
    """A transaction by ST01 and its version, as a person would name it."""
    found = _VERSION.match(version)
    use = found[1] if found else ""
    if transaction == "837":
        claims = _CLAIMS.get(use, "an 837")
        return f"{claims} of version {version}" if version else f"{claims} of an unnamed version"
    if (transaction, use) == ("277", "X214"):
        return "a 277CA, claim acknowledgment"
    return _TRANSACTIONS.get(transaction, "of a kind that we do not know")


def not_read(transaction: str, version: str) -> str:
    """The message for a transaction that is not read."""
    return f"The transaction is {kind_of(transaction, version)}; it was not read."
