"""What a payer's policies want of a line for one drug, under every plan that its program may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from cleanclaim.claims import PayerProgram
from cleanclaim.policies import Asked, Decided, Policies, explain
from cleanclaim.policies.choosing import ANY
from cleanclaim.policies.compiling import LINES_OF

JW, JZ = "JW", "JZ"
_OTHER_PLAN = "another plan of the payer"
_OF_LINE = ("modifiers_required", "modifiers_forbidden", "use_code")


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What policies want of a line. `told_by`: policies, by attribute; `contradicted`: those that differ on one."""

    modifiers_required: tuple[str, ...] = ()
    modifiers_forbidden: tuple[str, ...] = ()
    use_code: str | None = None
    told_by: Mapping[str, str] = field(default_factory=dict)
    contradicted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def decided_for(
    policies: Policies, program: PayerProgram, payer_id: str | None, code: str, ndc11: str | None, on: date
) -> tuple[Decided, ...]:
    """What policies decide for a drug, attribute by attribute, as the edits read them (`policies.compiling`).

    A commercial claim may be under a plan of an exchange: what its plans say differently is a conflict. A payer that is
    not told may be any: then policies of every payer speak, on what no payer's own policy does.
    """
    taken = policies.policies
    if payer_id is None:
        own = {name for one in taken if ANY not in one.payer_id for name in one.attributes()}
        taken = tuple(one for one in taken if ANY in one.payer_id)
    told = []
    for plan in LINES_OF.get(program) or (None,):
        of_plan = [one for one in taken if not one.lines_of_business or plan in one.lines_of_business]
        asked = Asked(payer_id or ANY, code, on, ndc11, plan)
        told.append({one.attribute: one for one in explain(of_plan, policies.groups, asked).decided})
    names = sorted({name for of_plan in told for name in of_plan})
    together = [_together([of_plan.get(name) for of_plan in told]) for name in names]
    return tuple(one for one in together if payer_id is not None or one.attribute not in own)


def _together(of_plans: Sequence[Decided | None]) -> Decided:
    """What the plans say of an attribute that one of them at least decides."""
    first = next(one for one in of_plans if one)
    differing = [one for one in of_plans if one is None or one.value != first.value]
    named = tuple((one.policy if one else _OTHER_PLAN, one.value if one else None) for one in differing)
    return replace(first, conflicts=(*first.conflicts, *named))


def line_terms(decided: Sequence[Decided]) -> LineTerms:
    """What the decided attributes say of the line."""
    sure = {one.attribute.removeprefix("billing."): one for one in decided if not one.conflicts}
    known: dict[str, Any] = {name: sure[name].value for name in _OF_LINE if name in sure}
    return LineTerms(
        tuple(known.get("modifiers_required", ())), tuple(known.get("modifiers_forbidden", ())), known.get("use_code"),
        {name: sure[name].policy for name in known},
        {
            one.attribute: (one.policy, *(policy for policy, _ in one.conflicts))
            for one in decided
            if one.conflicts and one.attribute.startswith("billing.")
        },
    )  # fmt: skip
