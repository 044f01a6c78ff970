"""Which policies are about a drug on a day, which of them decides each attribute, and where two contradict each other.

A payer's own go before those of every payer (`*`); then the most specific goes first (NDC, then code, then group, then
all drugs), then the higher precedence; equal ones that say different things are a conflict, and are shown, never
settled in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cleanclaim.claims import PayerProgram
from cleanclaim.policies.policy import LineOfBusiness, Policy

ANY = "*"  # every payer
# The kinds of plan that a claim of a program may be under. SBR09 does not tell a plan of an exchange from another
# commercial one: where a payer has policies for exchanges alone, a commercial claim may be under either.
PLANS: Mapping[str, tuple[LineOfBusiness, ...]] = {
    PayerProgram.COMMERCIAL: (LineOfBusiness.COMMERCIAL, LineOfBusiness.EXCHANGE),
    PayerProgram.MEDICAID: (LineOfBusiness.MEDICAID,),
    PayerProgram.MEDICARE_ADVANTAGE: (LineOfBusiness.MEDICARE_ADVANTAGE,),
    PayerProgram.MEDICARE_A: (LineOfBusiness.MEDICARE,),
    PayerProgram.MEDICARE_B: (LineOfBusiness.MEDICARE_B,),
    PayerProgram.MEDICARE_DME: (LineOfBusiness.MEDICARE,),
    PayerProgram.TRICARE: (LineOfBusiness.TRICARE,),
}
SPECIFIC = {"ndc": 4, "hcpcs": 3, "group": 2, "all": 1}
_OWN = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: a payer by its name or number, a code on a day, and what more is known."""

    payer: str
    hcpcs_code: str
    on: date
    ndc11: str | None = None
    line_of_business: LineOfBusiness | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """One attribute: its value, the policy that decides, those that it goes before, and those that contradict it."""

    attribute: str
    value: Any
    policy: str
    by: str  # ndc, hcpcs, group or all
    rank: int  # how specific it is, and whether it is of the payer's own: the highest decides
    precedence: int
    before: tuple[str, ...] = ()
    agreeing: tuple[str, ...] = ()  # policies of the same rank that say the same; others that list documents
    conflicts: tuple[tuple[str, Any], ...] = ()  # policies of the same rank that say something else


@dataclass(frozen=True, slots=True)
class Explained:
    """What a payer asks for, attribute by attribute."""

    asked: Asked
    policies: tuple[str, ...]
    decided: tuple[Decided, ...]

    @property
    def has_conflict(self) -> bool:
        """Whether two policies of the same rank contradict each other."""
        return any(one.conflicts for one in self.decided)


def explain(policies: Sequence[Policy], groups: Mapping[str, Sequence[str]], asked: Asked) -> Explained:
    """What the policies of a payer say of a drug on a day."""
    ranked = sorted(
        ((_rank(one, groups, asked), one) for one in policies if _is_of(one, asked)),
        key=lambda pair: (-pair[0][0], -pair[1].precedence, pair[1].id),
    )
    applying = [(by, one) for by, one in ranked if by[0]]
    said: dict[str, list[tuple[tuple[int, str], Policy, Any]]] = {}
    for by, policy in applying:
        for name, value in policy.attributes().items():
            said.setdefault(name, []).append((by, policy, value))
    decided = tuple(_decided(name, values) for name, values in sorted(said.items()))
    return Explained(asked, tuple(one.id for _, one in applying), decided)


def _is_of(policy: Policy, asked: Asked) -> bool:
    """Whether a policy is of the payer and the kind of plan, on the day."""
    own = asked.payer.casefold() in names_of(policy)
    # What holds for every payer of some kind of plan says nothing of a payer of which the kind is not told.
    of_plan = is_of_plan(policy, asked.line_of_business) or (asked.line_of_business is None and own)
    return (own or ANY in policy.payer_id) and of_plan and policy.effective.holds(asked.on)


def is_of_plan(policy: Policy, plan: LineOfBusiness | None) -> bool:
    """Whether a policy holds for a kind of plan; what is said of Medicare is said of its Part B too."""
    lines = policy.lines_of_business
    return not lines or plan in lines or (plan is LineOfBusiness.MEDICARE_B and LineOfBusiness.MEDICARE in lines)


def names_of(policy: Policy) -> frozenset[str]:
    """The names and numbers of its payer, in small letters."""
    return frozenset(one.casefold() for one in (policy.payer, *policy.payer_id))


def names_drug(policy: Policy, groups: Mapping[str, Sequence[str]], code: str | None, ndc11: str | None) -> bool:
    """Whether a policy names the drug, and is not only about every drug."""
    applies = policy.applies_to
    of_group = any(code in groups.get(name, ()) for name in applies.group)
    return ndc11 in applies.ndc or code in applies.hcpcs or of_group


def _rank(policy: Policy, groups: Mapping[str, Sequence[str]], asked: Asked) -> tuple[int, str]:
    """How specific a policy is about the drug, and by what; 0 where it is about another one."""
    applies = policy.applies_to
    own = _OWN if ANY not in policy.payer_id else 0
    if asked.ndc11 and asked.ndc11 in applies.ndc:
        return own + SPECIFIC["ndc"], "ndc"
    if asked.hcpcs_code in applies.hcpcs:
        return own + SPECIFIC["hcpcs"], "hcpcs"
    if any(asked.hcpcs_code in groups.get(name, ()) for name in applies.group):
        return own + SPECIFIC["group"], "group"
    if applies.all:
        return own + SPECIFIC["all"], "all"
    return 0, ""


def _decided(name: str, said: Sequence[tuple[tuple[int, str], Policy, Any]]) -> Decided:
    (rank, by), first, value = said[0]
    if name == "documents":  # they stack: what each policy wants is wanted
        names = sorted({one for _, _, listed in said for one in listed})
        others = tuple(one.id for _, one, _ in said[1:])
        return Decided(name, names, first.id, by, rank, first.precedence, agreeing=others)
    of_same_rank = (rank, first.precedence)
    equal = [(one, other) for (other_rank, _), one, other in said[1:] if (other_rank, one.precedence) == of_same_rank]
    conflicts = tuple((one.id, other) for one, other in equal if other != value)
    of_rank = {one.id for one, _ in equal}
    agreeing = tuple(one.id for one, other in equal if other == value)
    before = tuple(one.id for _, one, _ in said[1:] if one.id not in of_rank)
    return Decided(name, value, first.id, by, rank, first.precedence, before, agreeing, conflicts)
