"""What to do first: findings folded under their cause, gathered where one fix is right for all, ranked; and a verdict.

A finding whose page names the edit of another finding on the line under `follows` is its consequence: one cause, one
action. Every dollar at risk is counted once, by the first item of the list that is about its line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

import msgspec
import numpy as np
import numpy.typing as npt

from cleanclaim.edits.findings import Finding, as_money, severity_order
from cleanclaim.edits.marked_findings import AT_RISK, PlacedFinding
from cleanclaim.edits.outcomes import Edit, Outcome
from cleanclaim.reference.library.presumption import PresumedRelease
from cleanclaim.values import Severity


class Verdict(StrEnum):
    """What a claim is ready for."""

    READY = "ready"
    FIX = "fix"  # something on it would be rejected or denied
    LOOK = "look"  # something on it deserves a look
    CANNOT_SAY = "cannot say"  # something essential could not be judged


class WorkClaim(msgspec.Struct, frozen=True):
    """A claim that an item is about."""

    claim_key: int
    claim_id: str | None
    file: str
    line_numbers: tuple[int, ...]
    message: str  # what is wrong there
    amount: str  # dollars of its lines that no item above has counted


class WorkItem(msgspec.Struct, frozen=True):
    """One action: what to do, why, and on which claims it is right."""

    rank: int
    severity: Severity
    id: str
    edit: str
    case: str
    action: str
    amount: str  # dollars at risk of its lines that no item above has counted; for the milder severities none are
    claims: tuple[WorkClaim, ...]
    consequences: tuple[str, ...] = ()  # ids of edits whose findings go away with it
    presumed: tuple[PresumedRelease, ...] = ()


def folded(told: Iterable[PlacedFinding], edits: Mapping[str, Edit]) -> list[PlacedFinding]:
    """The findings, each consequence with the id of its cause."""
    told = list(told)
    fired: dict[int, dict[str, PlacedFinding]] = defaultdict(dict)
    for item in told:
        if item.finding.outcome is Outcome.FIRES:
            for line in item.lines:
                fired[line].setdefault(item.finding.id, item)

    def cause_of(item: PlacedFinding, seen: tuple[str, ...]) -> str | None:
        for name in edits[item.finding.edit].page.front.follows:
            above = next((fired[line][name] for line in item.lines if name in fired[line]), None)
            if above and name not in seen:
                return cause_of(above, (*seen, name)) or name
        return None

    return [
        replace(item, finding=msgspec.structs.replace(item.finding, caused_by=cause))
        if item.finding.outcome is Outcome.FIRES and (cause := cause_of(item, (item.finding.id,)))
        else item
        for item in told
    ]


def worklist(told: Sequence[PlacedFinding]) -> tuple[WorkItem, ...]:
    """The actions that the findings ask for, the most pressing first."""
    consequences: dict[tuple[str, int], list[Finding]] = defaultdict(list)
    roots = []
    for item in told:
        if item.finding.outcome is not Outcome.FIRES:
            continue
        if item.finding.caused_by:
            for line in item.lines:
                consequences[item.finding.caused_by, line].append(item.finding)
        else:
            roots.append(item)
    groups: dict[tuple[Severity, str, str, str], list[PlacedFinding]] = defaultdict(list)
    for item in roots:
        # A cause weighs as much as the worst of what it brings about.
        after = [one for line in item.lines for one in consequences.get((item.finding.id, line), ())]
        severity = min((item.finding.severity, *(one.severity for one in after)), key=severity_order)
        groups[severity, item.finding.id, item.finding.case, item.finding.fix.say].append(item)
    ranked = sorted(groups.items(), key=lambda group: (severity_order(group[0][0]), -_dollars(group[1])))
    counted: set[int] = set()
    return tuple(_item(rank, key[0], items, counted, consequences) for rank, (key, items) in enumerate(ranked, 1))


def _item(
    rank: int,
    severity: Severity,
    items: Sequence[PlacedFinding],
    counted: set[int],
    consequences: Mapping[tuple[str, int], Sequence[Finding]],
) -> WorkItem:
    first = items[0].finding
    by_claim: dict[int, list[PlacedFinding]] = defaultdict(list)
    for item in items:
        by_claim[item.finding.claim_key].append(item)
    at_risk = severity in AT_RISK
    claims = []
    for of_claim in by_claim.values():
        amount = Decimal()
        for item in of_claim:
            for line, charge in zip(item.lines, item.charges, strict=True):
                if at_risk and line not in counted:
                    counted.add(line)
                    amount += charge or 0
        claims.append((amount, _claim([item.finding for item in of_claim], amount)))
    claims.sort(key=lambda pair: -pair[0])
    ids = (one.id for item in items for line in item.lines for one in consequences.get((first.id, line), ()))
    presumed = dict.fromkeys(one for item in items for one in item.finding.presumed)
    return WorkItem(
        rank, severity, first.id, first.edit, first.case, first.fix.say,
        as_money(sum((amount for amount, _ in claims), Decimal())) or "", tuple(claim for _, claim in claims),
        tuple(sorted(set(ids))), tuple(presumed),
    )  # fmt: skip


def _claim(findings: Sequence[Finding], amount: Decimal) -> WorkClaim:
    first = findings[0]
    numbers = sorted({one.line_number for one in findings if one.line_number is not None})
    messages = " ".join(dict.fromkeys(one.message for one in findings))
    return WorkClaim(
        first.claim_key, first.claim_id, first.file, tuple(numbers), messages, as_money(amount) or ""
    )  # fmt: skip


def _dollars(items: Iterable[PlacedFinding]) -> Decimal:
    charges = {line: charge for item in items for line, charge in zip(item.lines, item.charges, strict=True)}
    return sum((charge for charge in charges.values() if charge), Decimal())


def verdicts(claims: int, told: Iterable[PlacedFinding], lacking: Iterable[npt.NDArray[np.int64]]) -> list[Verdict]:
    """The verdict on each claim of a run, in its order."""
    worst = np.full(claims, len(Severity), np.int8)
    for item in told:
        if item.finding.outcome is Outcome.FIRES:
            order = severity_order(item.finding.severity)
            for claim in {item.place[0], *item.homes}:
                worst[claim] = min(worst[claim], order)
    lacks = np.zeros(claims, bool)
    for rows in lacking:
        lacks[rows] = True
    fix = max(severity_order(severity) for severity in AT_RISK)
    look = severity_order(Severity.WARN)
    chosen = np.select([worst <= fix, lacks, worst <= look], [1, 3, 2], 0)
    every = (Verdict.READY, Verdict.FIX, Verdict.LOOK, Verdict.CANNOT_SAY)
    return [every[place] for place in chosen.tolist()]
