"""How much a finding matters to a claim."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """What happens to the claim: returned by the front end, denied on adjudication, worth a look, a note."""

    REJECT = "reject"
    DENY = "deny"
    WARN = "warn"
    INFO = "info"
