"""Which terms hold: of every policy that may be the payer's, the one that decides, attribute by attribute.

A payer that is not told may be any: then policies of every payer (`*`) speak, on what no payer says otherwise. A
claim of a program that may be under several kinds of plan is under each: what they say differently is not settled.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from cleanclaim.policies.choosing import ANY, PLANS, SPECIFIC, Asked, Decided, explain, is_of_plan, names_drug, names_of
from cleanclaim.policies.contradicting import Contradiction, contradictions, days_of_change
from cleanclaim.policies.listing import codes_of, policy_tables
from cleanclaim.policies.policy import Billing, Limits, LineOfBusiness, Policy, Requires
from cleanclaim.policies.reading import Policies
from cleanclaim.policies.shipped import default_policies, with_defaults
from cleanclaim.policies.tables import POLICY_CODE, POLICY_ITEM
from cleanclaim.terms.terms import DOCUMENTS, NOTHING, Term, Terms

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_KEPT = 50_000
_FILING = "billing.timely_filing"  # days and years are one limit
_OWN = 10
_PUBLIC = {
    LineOfBusiness.MEDICAID, LineOfBusiness.MEDICARE, LineOfBusiness.MEDICARE_B, LineOfBusiness.TRICARE
}  # fmt: skip
_WANTED, _REFUSED = "billing.modifiers_required", "billing.modifiers_forbidden"
_OPPOSITE = {_WANTED: _REFUSED, _REFUSED: _WANTED}
_VARIES = object()  # equal to no value
_DIFFER = "policies of the same rank differ"
_EITHER = "the claim may be under another plan of the payer, which differs"
_AT_ODDS = "one policy wants a modifier that another refuses"
_PACKAGE = "a policy on one package may or may not hold"


class TermsOfPayers:
    """The terms of every payer by the policies that were read, those that ship behind them; each is worked out once."""

    LISTED = frozenset({POLICY_CODE.name, POLICY_ITEM.name})  # the tables that hold as long as the terms do

    def __init__(self, policies: Policies | None = None) -> None:
        """Takes policies of payers, which go before those that ship."""
        self.policies = with_defaults(policies)
        self._read = policies
        self._payers: dict[str | None, _Payer] = {}
        self._kept: dict[tuple[object, ...], Terms] = {}
        self._codes = {code for one in self.policies.policies for code in codes_of(one, self.policies.groups)}
        self._ndcs = {ndc for one in self.policies.policies for ndc in one.applies_to.ndc}

    @cached_property
    def tables(self) -> Mapping[str, pa.Table]:
        """What the policies list, as the tables that edits read beside the terms."""
        return policy_tables(self.policies)

    @cached_property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Where policies contradict each other, whatever claims there are."""
        return contradictions(self.policies)

    def __reduce__(self) -> tuple[type[TermsOfPayers], tuple[Policies | None]]:
        """What workers on other machines need to decide the same."""
        return TermsOfPayers, (self._read,)

    def of(
        self,
        program: str | None,
        payer_id: str | None,
        code: str | None,
        ndc11: str | None,
        on: date | None,
        *,
        ndc_open: bool = False,
    ) -> Terms:
        """The terms for a drug on a day. `ndc_open`: the package may have another NDC than the one that is known."""
        all_read = None not in (program, payer_id, code, on) or not (code in self._codes or ndc11 in self._ndcs)
        payer = self._payer(payer_id)
        code, ndc11 = code if code in payer.codes else None, ndc11 if ndc11 in payer.ndcs else None
        span = bisect_right(payer.days, on) if on else -1
        key = (payer.name, program, code, ndc11, ndc_open and bool(payer.ndcs), span, all_read)
        terms = self._kept.get(key)
        if terms is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept = {}
            decided = self._decide(payer, program, code, ndc11, on, ndc_open=ndc_open) if on else NOTHING
            terms = replace(decided, all_read=all_read, of_payer=program is not None and on is not None)
            self._kept[key] = terms
        return terms

    def _payer(self, payer_id: str | None) -> _Payer:
        name = payer_id.casefold() if payer_id is not None else None
        if name not in self._payers:
            policies = self.policies.policies
            own = [one for one in policies if ANY not in one.payer_id and name in names_of(one)]
            if not own and name is not None and "" in self._payers:
                return self._payers[""]
            general = [one for one in policies if ANY in one.payer_id]
            kept = name if own or name is None else ""  # all payers without a policy of their own are alike
            self._payers[kept] = _Payer(kept, tuple(own), tuple(general), self.policies.groups)
            return self._payers[kept]
        return self._payers[name]

    def _decide(
        self, payer: _Payer, program: str | None, code: str | None, ndc11: str | None, on: date, *, ndc_open: bool
    ) -> Terms:
        plans: Sequence[LineOfBusiness | None] = PLANS.get(program or "", (None,))
        asked = Asked(payer.name or ANY, code or ANY, on, ndc11)
        sides = [
            [self._on_plan(payer.of_plan(side, plan, told=program is not None), asked, plan) for plan in plans]
            for side in (payer.general, payer.own)
        ]
        # Another plan is asked where it has a policy that the first one lacks.
        general, own = ([side[0], *(one for one in side[1:] if not one.about <= side[0].about)] for side in sides)
        decided = _merged(dict(_together(general)), dict(_together(own)))
        if ndc_open:
            for plan in plans:
                held = [
                    one for side in (payer.general, payer.own) for one in payer.of_plan(side, plan, told=bool(program))
                ]
                _leave_open(decided, [one for one in held if not self._is_about(one, code, None)], ndc11, on)
        if payer.name is None:
            decided = _uncontested(decided, self._said_by_payers(plans))
        named = [side[0].naming if all(one.naming == side[0].naming for one in side) else () for side in (own, general)]
        by_id = {one.id: one for one in payer.policies}
        return _typed(decided, by_id, (*named[0], *named[1]), own=bool(named[0]))

    def _on_plan(self, policies: Sequence[Policy], asked: Asked, plan: LineOfBusiness | None) -> _OnPlan:
        """What some policies say to one kind of plan."""
        groups = self.policies.groups
        about = [one for one in policies if self._is_about(one, asked.hcpcs_code, asked.ndc11)]
        told = explain(about, groups, replace(asked, line_of_business=plan))
        by_id = {one.id: one for one in about}
        naming = [one for one in told.policies if names_drug(by_id[one], groups, asked.hcpcs_code, asked.ndc11)]
        decided = {one.attribute: one for one in _one_filing_limit(told.decided)}
        return _OnPlan(tuple(naming), decided, frozenset(one.id for one in about))

    def _is_about(self, policy: Policy, code: str | None, ndc11: str | None) -> bool:
        return policy.applies_to.all or names_drug(policy, self.policies.groups, code, ndc11)

    def _said_by_payers(self, plans: Sequence[LineOfBusiness | None]) -> dict[str, Any]:
        """What payers of these plans say themselves, by attribute.

        What contractors of Medicare do is no payer's own, and a policy that does not say of which kind of plan it is
        says nothing of the programs of governments.
        """
        shipped = {one.id for one in default_policies().policies}
        found: dict[str, Any] = {}
        for one in self.policies.policies:
            if ANY in one.payer_id or one.id in shipped:
                continue
            if any(is_of_plan(one, plan) and (one.lines_of_business or plan not in _PUBLIC) for plan in plans):
                for name, value in one.attributes().items():
                    found[name] = value if found.get(name, value) == value else _VARIES
        return found


@dataclass(frozen=True)
class _Payer:
    """The policies that may be those of one payer. `name` is empty for one without its own, None where none is told."""

    name: str | None
    own: tuple[Policy, ...]
    general: tuple[Policy, ...]
    groups: Mapping[str, Sequence[str]]

    @property
    def policies(self) -> tuple[Policy, ...]:
        return (*self.own, *self.general)

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(code for one in self.policies for code in codes_of(one, self.groups))

    @cached_property
    def ndcs(self) -> frozenset[str]:
        return frozenset(ndc for one in self.policies for ndc in one.applies_to.ndc)

    @cached_property
    def days(self) -> list[date]:
        return days_of_change(self.policies)

    def of_plan(self, side: Sequence[Policy], plan: LineOfBusiness | None, *, told: bool) -> list[Policy]:
        """Those of a side for a kind of plan. Where the program is not `told`, a side that differs by it is silent."""
        if not told and any(one.lines_of_business for one in side):
            return []
        return [one for one in side if is_of_plan(one, plan)]


@dataclass(frozen=True, slots=True)
class _OnPlan:
    """What one kind of plan says: the policies that name the drug, what is decided, those that are about it any day."""

    naming: tuple[str, ...]
    decided: Mapping[str, Decided]
    about: frozenset[str]


def _one_filing_limit(decided: Sequence[Decided]) -> Iterator[Decided]:
    """Days and years of filing are one limit: the higher rank, then the higher precedence, has the say."""
    limits = [one for one in decided if one.attribute.startswith(_FILING)]
    most = max(((one.rank, one.precedence) for one in limits), default=None)
    for one in decided:
        if one not in limits or (one.rank, one.precedence) == most:
            yield one


@dataclass(frozen=True, slots=True)
class _Found:
    """What was decided of one attribute, before it is typed."""

    policies: tuple[str, ...]
    rank: int
    value: Any  # of documents alone: the others are read from the policy
    unsettled: str = ""


def _together(plans: Sequence[_OnPlan]) -> Iterator[tuple[str, _Found]]:
    """What the plans say of each attribute that one of them at least decides."""
    for name in sorted({name for plan in plans for name in plan.decided}):
        said = [plan.decided.get(name) for plan in plans]
        known = [one for one in said if one]
        first = known[0]
        policies = {one: None for of_plan in known for one in (of_plan.policy, *of_plan.agreeing)}
        conflicts = {one: None for of_plan in known for one, _ in of_plan.conflicts}
        differ = any(one is None or one.value != first.value for one in said)
        why = _DIFFER if conflicts else _EITHER if differ else ""
        yield name, _Found((*policies, *conflicts), max(one.rank for one in known), first.value, why)


def _merged(general: dict[str, _Found], own: dict[str, _Found]) -> dict[str, _Found]:
    """What policies of every payer say, where the payer's own do not; documents of both are wanted."""
    if any(name.startswith(_FILING) for name in own):
        general = {name: one for name, one in general.items() if not name.startswith(_FILING)}
    merged = general | own
    if DOCUMENTS in general and DOCUMENTS in own:
        one, other = general[DOCUMENTS], own[DOCUMENTS]
        listed = sorted({*one.value, *other.value})
        why = one.unsettled or other.unsettled
        merged[DOCUMENTS] = _Found((*one.policies, *other.policies), other.rank, listed, why)
    return _with_one_filing_limit(merged)


def _with_one_filing_limit(decided: dict[str, _Found]) -> dict[str, _Found]:
    """Days and years of one rank are two limits that differ."""
    limits = {name: one for name, one in decided.items() if name.startswith(_FILING)}
    both = tuple(dict.fromkeys(policy for one in limits.values() for policy in one.policies))
    if len(limits) > 1 and len(both) > 1:
        return decided | {name: replace(one, policies=both, unsettled=_DIFFER) for name, one in limits.items()}
    return decided


def _uncontested(decided: dict[str, _Found], elsewhere: Mapping[str, Any]) -> dict[str, _Found]:
    """What no payer says otherwise: of the same attribute, of the other form of a limit, of a modifier."""
    filing = any(name.startswith(_FILING) and decided.get(name) is None for name in elsewhere)

    def stands(name: str, one: _Found) -> bool:
        if name in _OPPOSITE and set(one.value or ()) & set(_listed(elsewhere.get(_OPPOSITE[name]))):
            return False
        return elsewhere.get(name, one.value) == one.value and not (filing and name.startswith(_FILING))

    return {name: one for name, one in decided.items() if stands(name, one)}


def _listed(value: Any) -> Sequence[str]:  # noqa: ANN401 - a list, or what varies
    return value if isinstance(value, list | tuple) else ()


def _leave_open(decided: dict[str, _Found], policies: Sequence[Policy], ndc11: str | None, on: date) -> None:
    """What policies on other packages say may hold too."""
    for one in policies:
        if not one.applies_to.ndc or ndc11 in one.applies_to.ndc or not one.effective.holds(on):
            continue
        rank = SPECIFIC["ndc"] + (0 if ANY in one.payer_id else _OWN)
        for name, value in one.attributes().items():
            for other in _touched(name, value, decided):
                before = decided.get(other)
                always = name == DOCUMENTS or (other != name and name in _OPPOSITE)
                if before is None or always or before.rank <= rank:
                    others = before.policies if before else ()
                    decided[other] = _Found(tuple(dict.fromkeys((*others, one.id))), rank, None, _PACKAGE)


def _touched(name: str, value: Any, decided: Mapping[str, _Found]) -> list[str]:  # noqa: ANN401 - as a policy says it
    """The attributes that what a policy says of one may change: the other form of a limit, a modifier wanted or not."""
    if name.startswith(_FILING):
        return [name, *(one for one in decided if one.startswith(_FILING) and one != name)]
    opposite = decided.get(_OPPOSITE.get(name, ""))
    return [name, _OPPOSITE[name]] if opposite and set(value) & set(opposite.value or ()) else [name]


def _typed(decided: dict[str, _Found], by_id: Mapping[str, Policy], naming: tuple[str, ...], *, own: bool) -> Terms:
    _settle_modifiers(decided)
    parts: dict[str, dict[str, Any]] = {"requires": {}, "limits": {}, "billing": {}, "": {}}
    for attribute, found in decided.items():
        if attribute != DOCUMENTS and not found.unsettled:
            part, _, name = attribute.rpartition(".")
            parts[part][name] = dict(by_id[found.policies[0]].typed())[attribute]
    documents = decided.get(DOCUMENTS)
    listed = documents.value if documents and not documents.unsettled else ()
    return Terms(
        {name: Term(tuple(by_id[one] for one in found.policies), found.unsettled) for name, found in decided.items()},
        Requires(**parts["requires"]), Limits(**parts["limits"]), Billing(**parts["billing"]), **parts[""],
        documents=tuple(listed), naming=naming, own=own,
    )  # fmt: skip


def _settle_modifiers(decided: dict[str, _Found]) -> None:
    """What one policy wants and another refuses is not settled, whatever their ranks."""
    wanted, refused = decided.get(_WANTED), decided.get(_REFUSED)
    if wanted and refused and set(wanted.value or ()) & set(refused.value or ()):
        both = tuple(dict.fromkeys((*wanted.policies, *refused.policies)))
        for name, one in ((_WANTED, wanted), (_REFUSED, refused)):
            decided[name] = replace(one, policies=both, unsettled=_AT_ODDS)


@cache
def shipped_terms() -> TermsOfPayers:
    """The terms where no policy of a payer's own is loaded: by those that ship."""
    return TermsOfPayers()
