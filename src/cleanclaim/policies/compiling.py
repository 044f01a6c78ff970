"""Policies -> tables: which policy decides what, for each payer, drug and span of days, before any claim is seen.

The choice itself is made by `choosing.explain`, as for people who ask: here it is asked on every day on which it can
change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import pyarrow as pa

from cleanclaim.claims import PayerProgram
from cleanclaim.engine.schema import TableSchema
from cleanclaim.policies.choosing import ANY, SPECIFIC, Asked, Decided, explain
from cleanclaim.policies.policy import LineOfBusiness, Policy
from cleanclaim.policies.reading import Policies, read_policies
from cleanclaim.policies.tables import POLICY_CODE, POLICY_ITEM, POLICY_RULE
from cleanclaim.values import OPEN_END, Severity

_Groups = Mapping[str, Sequence[str]]
_Row = dict[str, Any]
# SBR09 does not tell a plan of an exchange from another commercial one: where a payer has policies for exchanges alone,
# a commercial claim may be under either.
LINES_OF: Mapping[PayerProgram, tuple[LineOfBusiness, ...]] = {
    PayerProgram.COMMERCIAL: (LineOfBusiness.COMMERCIAL, LineOfBusiness.EXCHANGE),
    PayerProgram.MEDICAID: (LineOfBusiness.MEDICAID,),
    PayerProgram.MEDICARE_ADVANTAGE: (LineOfBusiness.MEDICARE_ADVANTAGE,),
    PayerProgram.MEDICARE_A: (LineOfBusiness.MEDICARE,),
    PayerProgram.MEDICARE_B: (LineOfBusiness.MEDICARE,),
    PayerProgram.MEDICARE_DME: (LineOfBusiness.MEDICARE,),
}
# Attributes of their own: which policies name the drug, and that those of the payer itself do. What the payer's own
# policy on a drug is silent on, it does not ask; what a policy of every payer is silent on, the payer may ask.
_NAMED, _OWN_NAMED = "named", "policy"
_FILING = "billing.timely_filing"
_DOCUMENTS = "documents"
_OWN = 10
_EITHER = "one of two plans"
_LEAST = re.compile(r"(?P<item>[a-z0-9_]+)>=(?P<least>[0-9]+(?:\.[0-9]+)?)")
_CODE = re.compile(r"[A-Z0-9]{5}")


@dataclass(frozen=True, slots=True)
class _Drug:
    """A code, an NDC, or any drug, and how specific a row about it is."""

    hcpcs_code: str = ANY
    ndc11: str = ANY
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two policies of the same rank that say different things about one drug."""

    payer_id: str
    drug: str
    attribute: str
    policies: tuple[str, ...]
    first_day: date


@cache
def default_policies() -> Policies:
    """What ships with cleanclaim: Medicare's own rules, as policies of every payer (`*`)."""
    with as_file(files("cleanclaim.policies") / "defaults.yaml") as path:
        return read_policies([path])


def with_defaults(own: Policies | None = None) -> Policies:
    """The policies that were read, with those that ship behind them."""
    shipped = default_policies()
    if own is None:
        return shipped
    taken = {one.id for one in own.policies}
    behind = tuple(one for one in shipped.policies if one.id not in taken)
    return Policies((*own.policies, *behind), {**shipped.groups, **own.groups}, own.faults)


@dataclass(frozen=True, slots=True)
class Compiled:
    """Policies as the tables `policy_rule`, `policy_code` and `policy_item`, and where they contradict each other."""

    tables: Mapping[str, pa.Table]
    contradictions: tuple[Contradiction, ...]


def compiled(policies: Policies) -> Compiled:
    """Policies worked out once."""
    rows = rule_rows(policies)
    codes = [
        {"policy": one.id, "hcpcs_code": code}
        for one in policies.policies
        for code in sorted(_codes(one, policies.groups))
    ]
    tables = {
        POLICY_RULE.name: _table(POLICY_RULE, rows),
        POLICY_CODE.name: _table(POLICY_CODE, codes),
        POLICY_ITEM.name: _table(POLICY_ITEM, [row for one in policies.policies for row in _items(one)]),
    }
    return Compiled(tables, _contradictions(rows))


def rule_rows(policies: Policies) -> list[_Row]:
    """The rows of `policy_rule`."""
    payers = sorted({payer for one in policies.policies for payer in _ids(one)})
    rows = [row for payer in payers for row in _of_payer(payer, policies)]
    own = {(row["attribute"], program) for row in rows if row["payer_id"] != ANY for program in _reach(row)}
    for row in rows:
        row["alone"] = row["payer_id"] == ANY and not any((row["attribute"], program) in own for program in _reach(row))
    return rows


def _contradictions(rows: Iterable[_Row]) -> tuple[Contradiction, ...]:
    """Where policies of one payer and rank contradict each other: what they say of it counts as unknown."""
    found: dict[tuple[str, ...], Contradiction] = {}
    for row in rows:
        if row["value"] is None and ", " in row["policy"]:
            drug = row["ndc11"] if row["ndc11"] != ANY else row["hcpcs_code"]
            key = (row["payer_id"], drug, row["attribute"], row["policy"])
            named = tuple(row["policy"].split(", "))
            found.setdefault(key, Contradiction(row["payer_id"], drug, row["attribute"], named, row["valid_from"]))
    return tuple(found.values())


def _ids(policy: Policy) -> tuple[str, ...]:
    """How claims name the payer: its numbers, else its name."""
    return policy.payer_id or (policy.payer,)


def _reach(row: _Row) -> tuple[str, ...]:
    """The programs that a row is about, by name."""
    return (row["payer_program"],) if row["payer_program"] != ANY else tuple(PayerProgram)


def _of_payer(payer: str, policies: Policies) -> Iterator[_Row]:
    own = [one for one in policies.policies if payer in _ids(one)]
    drugs = {_Drug(rank=1)}
    for one in own:
        drugs |= {_Drug(hcpcs_code=code, rank=2) for code in _codes(one, policies.groups)}
        drugs |= {_Drug(ndc11=ndc, rank=3) for ndc in one.applies_to.ndc}
    by_plan = any(one.lines_of_business for one in own)
    for program in PayerProgram if by_plan else (None,):
        plans = _plans_of(program, own)
        for drug in sorted(drugs, key=lambda one: (one.rank, one.hcpcs_code, one.ndc11)):
            yield from _of_drug(payer, program, drug, plans, policies.groups)


def _plans_of(program: PayerProgram | None, policies: Sequence[Policy]) -> list[list[Policy]]:
    """The policies of each kind of plan that a claim of a program may be under."""
    if program is None:
        return [list(policies)]
    kinds: Sequence[LineOfBusiness | None] = LINES_OF.get(program) or (None,)
    return [[one for one in policies if not one.lines_of_business or kind in one.lines_of_business] for kind in kinds]


def _of_drug(
    payer: str, program: PayerProgram | None, drug: _Drug, plans: Sequence[Sequence[Policy]], groups: _Groups
) -> Iterator[_Row]:
    first_plan, *others = [[one for one in plan if _is_about(one, drug, groups)] for plan in plans]
    about = [first_plan, *(plan for plan in others if any(one not in first_plan for one in plan))]
    for first, last in _spans([one for plan in about for one in plan]):
        shared = {
            "payer_program": str(program) if program else ANY, "payer_id": payer, "hcpcs_code": drug.hcpcs_code,
            "ndc11": drug.ndc11, "rank": drug.rank + (_OWN if payer != ANY else 0), "valid_from": first,
            "valid_to": last,
        }  # fmt: skip
        told = [{row["attribute"]: row for row in _on_day(payer, drug, plan, first, groups)} for plan in about]
        for attribute in dict.fromkeys(name for rows in told for name in rows):
            rows = [of_plan.get(attribute) for of_plan in told]
            known = [row for row in rows if row]
            if all(row and row["value"] == known[0]["value"] for row in rows):
                yield {**shared, **known[0]}
            elif attribute not in (_NAMED, _OWN_NAMED):
                # The claim may be under either of two plans that differ: what is asked of it is not known.
                yield {**shared, **known[0], "value": None, "policy": _EITHER}


def _on_day(payer: str, drug: _Drug, policies: Sequence[Policy], day: date, groups: _Groups) -> Iterator[_Row]:
    """What the policies of one plan say of a drug on a day: attributes with their values, parts and all."""
    holding = [one for one in policies if one.effective.holds(day)]
    told = explain(holding, groups, Asked(payer, drug.hcpcs_code, day, drug.ndc11 if drug.ndc11 != ANY else None))
    by_id = {one.id: one for one in holding}
    named = [name for name in told.policies if _names(by_id[name], drug, groups)]
    if named:
        said = {"value": ", ".join(named), "policy": ", ".join(named), "on_fail": None}
        yield {"head": _NAMED, "attribute": _NAMED, **said}
        if payer != ANY:
            yield {"head": _OWN_NAMED, "attribute": _OWN_NAMED, **said}
    for decided in _one_filing_limit(told.decided):
        said = {
            "policy": _listing(holding) if decided.attribute == _DOCUMENTS else _policies(decided),
            "on_fail": _on_fail([by_id[decided.policy], *(by_id[one] for one in decided.agreeing)]),
        }
        head = _FILING if decided.attribute.startswith(_FILING) else decided.attribute
        for attribute, value in _leaves(decided):
            yield {**said, "head": head, "attribute": attribute, "value": value}


def _names(policy: Policy, drug: _Drug, groups: _Groups) -> bool:
    """Whether a policy names the drug, and is not only about every drug."""
    return drug.ndc11 in policy.applies_to.ndc or drug.hcpcs_code in _codes(policy, groups)


def _one_filing_limit(decided: Sequence[Decided]) -> Iterator[Decided]:
    """Days and years of filing are one limit: the more specific, then the higher precedence, has the say."""
    limits = [one for one in decided if one.attribute.startswith(_FILING)]
    most = max(((SPECIFIC[one.by], one.precedence) for one in limits), default=None)
    for one in decided:
        if one not in limits or (SPECIFIC[one.by], one.precedence) == most:
            yield one


def _is_about(policy: Policy, drug: _Drug, groups: _Groups) -> bool:
    applies = policy.applies_to
    if drug.ndc11 != ANY:
        return drug.ndc11 in applies.ndc
    return applies.all or drug.hcpcs_code in _codes(policy, groups)


def _codes(policy: Policy, groups: _Groups) -> set[str]:
    return {*policy.applies_to.hcpcs, *(code for name in policy.applies_to.group for code in groups.get(name, ()))}


def _spans(policies: Iterable[Policy]) -> list[tuple[date, date]]:
    """The spans of days within which the same of these policies hold, in order."""
    starts = {one.effective.start for one in policies}
    after = {one.effective.end + timedelta(days=1) for one in policies if one.effective.end < OPEN_END}
    days = sorted(starts | after)
    lasts = [following - timedelta(days=1) for following in days[1:]]
    return list(zip(days, [*lasts, OPEN_END], strict=False))


def _listing(policies: Iterable[Policy]) -> str:
    """The policies that list documents: what each wants is wanted."""
    return ", ".join(sorted(one.id for one in policies if one.documents))


def _policies(decided: Decided) -> str:
    return ", ".join((decided.policy, *(name for name, _ in decided.conflicts)))


def _leaves(decided: Decided) -> Iterator[tuple[str, str | None]]:
    """An attribute and, where it has parts, each of them by its name."""
    if decided.conflicts:
        yield decided.attribute, None
        return
    value = decided.value
    if not isinstance(value, dict):
        yield decided.attribute, _said(value)
        return
    yield decided.attribute, " ".join(key for key, one in value.items() if one not in (None, False))
    for key, one in value.items():
        yield f"{decided.attribute}.{key}", _said(one)


def _said(value: Any) -> str:  # noqa: ANN401 - what YAML may hold
    if isinstance(value, list | tuple):
        return " ".join(one if isinstance(one, str) else " ".join(one["prefer"]) for one in value)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _on_fail(policies: Sequence[Policy]) -> str:
    """What to expect: of policies that say the same thing, the worst (`deny` beats `warn`)."""
    worst = min(policies, key=lambda one: list(Severity).index(one.on_fail.severity))
    said = worst.on_fail
    return " ".join((str(said.severity), said.carc or "-", said.rarc or "-", worst.id))


def _items(policy: Policy) -> Iterator[_Row]:
    def row(attribute: str, kind: str, item: str, **more: Any) -> _Row:  # noqa: ANN401 - values of the columns
        return {"policy": policy.id, "attribute": attribute, "place": 0, "kind": kind, "item": item, **more}

    for place, step in enumerate(policy.requires.step):
        days = {"place": place, "trial_days": step.trial_days, "lookback_days": step.lookback_days}
        for name in dict.fromkeys(step.prefer):
            yield row("requires.step", "code" if _CODE.fullmatch(name) else "class", name, **days)
        for name in dict.fromkeys(step.exceptions):
            yield row("requires.step", "exception", name, **days)
    for name in dict.fromkeys(policy.requires.rems.evidence if policy.requires.rems else ()):
        least = _LEAST.fullmatch(name)
        if least:
            yield row("requires.rems", "evidence", least["item"], least=Decimal(least["least"]))
        else:
            yield row("requires.rems", "evidence", name)
    for name in dict.fromkeys(policy.documents):
        yield row("documents", "document", name)


def _table(schema: TableSchema, rows: Sequence[_Row]) -> pa.Table:
    return pa.table({name: [row.get(name) for row in rows] for name in schema.names}, schema=schema.arrow())
