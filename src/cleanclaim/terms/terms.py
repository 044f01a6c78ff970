"""What holds for a drug, a payer and a day, attribute by attribute: asked, not asked, or not known, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cleanclaim.policies.policy import Benefit, Billing, Limits, OnFail, Policy, Requires, Supply
from cleanclaim.values import Severity

JW, JZ = "JW", "JZ"
DOCUMENTS = "documents"
_NO_REQUIRES, _NO_LIMITS, _NO_BILLING = Requires(), Limits(), Billing()


class Standing(StrEnum):
    """How an attribute stands."""

    ASKED = "asked"
    NOT_ASKED = "not asked"  # a policy of the payer's own is about the drug, and silent on it
    UNSETTLED = "unsettled"  # something is asked, but what is not known: `Term.unsettled` says why
    NOT_KNOWN = "not known"  # nothing that was read tells


@dataclass(frozen=True, slots=True)
class Term:
    """One attribute that policies decide: those that do, the first by its rank, and why it is not settled."""

    policies: tuple[Policy, ...]
    unsettled: str = ""

    @property
    def by(self) -> tuple[str, ...]:
        """The policies by id."""
        return tuple(one.id for one in self.policies)

    @property
    def on_fail(self) -> OnFail:
        """What to expect where it is not met: of policies that say the same thing, the worst (`deny` beats `warn`)."""
        return min((one.on_fail for one in self.policies), key=lambda one: list(Severity).index(one.severity))


@dataclass(frozen=True, slots=True, eq=False)  # by identity: equal terms are the same object
class Terms:
    """The terms of a payer for a drug on a day, in the shapes of policies. What is not settled has no value."""

    decided: Mapping[str, Term] = field(default_factory=dict)  # by attribute: requires.age, limits.interval_days ..
    requires: Requires = _NO_REQUIRES
    limits: Limits = _NO_LIMITS
    billing: Billing = _NO_BILLING
    supply: Supply | None = None
    benefit: Benefit | None = None
    documents: tuple[str, ...] = ()
    naming: tuple[str, ...] = ()  # policies that name the drug
    own: bool = False  # one of them is the payer's own: what all that were read are silent on, the payer does not ask
    of_payer: bool = False  # program and day are told
    all_read: bool = False  # no policy that was read and may be the payer's was left out for want of a key

    def standing(self, attribute: str) -> Standing:
        """How an attribute stands."""
        if term := self.decided.get(attribute):
            return Standing.UNSETTLED if term.unsettled else Standing.ASKED
        return Standing.NOT_ASKED if self.own and self.all_read else Standing.NOT_KNOWN

    def asks(self, attribute: str) -> bool | None:
        """Whether the payer asks for something; None where that is not known."""
        return {Standing.NOT_ASKED: False, Standing.NOT_KNOWN: None}.get(self.standing(attribute), True)

    def value(self, attribute: str) -> Any:  # noqa: ANN401 - each attribute has a type of its own
        """The value of an attribute by its name; None or empty where none is settled."""
        part, _, name = attribute.rpartition(".")
        return getattr(getattr(self, part) if part else self, name)

    def by(self, *attributes: str) -> tuple[str, ...]:
        """The policies that decide some attributes, in order."""
        return tuple(sorted({name for one in attributes if one in self.decided for name in self.decided[one].by}))


NOTHING = Terms()
