"""Where policies of one payer and rank contradict each other, whatever claims there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cleanclaim.policies.choosing import ANY, Asked, explain, names_drug
from cleanclaim.policies.listing import codes_of
from cleanclaim.policies.policy import LineOfBusiness, Policy
from cleanclaim.policies.reading import Policies
from cleanclaim.values import OPEN_END


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Policies of the same rank that say different things about one drug: what they say of it counts as unknown."""

    payer_id: str
    drug: str
    attribute: str
    policies: tuple[str, ...]
    first_day: date


def contradictions(policies: Policies) -> tuple[Contradiction, ...]:
    """Each once, by payer, drug, attribute and policies, with the first day of it."""
    found: dict[tuple[object, ...], Contradiction] = {}
    payers = {payer.casefold(): payer for one in reversed(policies.policies) for payer in payer_ids(one)}
    for name, payer in sorted(payers.items()):
        own = [one for one in policies.policies if name in {one_id.casefold() for one_id in payer_ids(one)}]
        for one in _of_payer(payer, own, policies):
            key = (one.payer_id, one.drug, one.attribute, one.policies)
            if key not in found or one.first_day < found[key].first_day:
                found[key] = one
    return tuple(found.values())


def payer_ids(policy: Policy) -> tuple[str, ...]:
    """How claims name the payer: its numbers, else its name."""
    return policy.payer_id or (policy.payer,)


def _of_payer(payer: str, own: list[Policy], policies: Policies) -> Iterator[Contradiction]:
    codes = {code for one in own for code in codes_of(one, policies.groups)}
    drugs: list[tuple[str, str | None]] = [(ANY, None), *((code, None) for code in sorted(codes))]
    drugs += [(ANY, ndc) for ndc in sorted({ndc for one in own for ndc in one.applies_to.ndc})]
    plans: list[LineOfBusiness | None] = [*sorted({plan for one in own for plan in one.lines_of_business})]
    for code, ndc11 in drugs:
        about = [
            one for one in own if names_drug(one, policies.groups, code, ndc11) or (one.applies_to.all and not ndc11)
        ]
        for plan in plans or [None]:
            for day in days_of_change(about):
                told = explain(about, policies.groups, Asked(payer, code, day, ndc11, plan))
                for decided in told.decided:
                    if decided.conflicts:
                        both = (decided.policy, *(name for name, _ in decided.conflicts))
                        yield Contradiction(payer, ndc11 or code, decided.attribute, both, day)


def days_of_change(policies: Iterable[Policy]) -> list[date]:
    """The days on which other ones of these policies begin to hold, or some end, in order."""
    starts = {one.effective.start for one in policies}
    return sorted(starts | {one.effective.end + timedelta(days=1) for one in policies if one.effective.end < OPEN_END})
