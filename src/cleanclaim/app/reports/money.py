"""Findings and money at risk by severity, edit, drug and payer: what the plots of a report show.

A line is at risk under a reject or deny. By severity (its worst), code and payer each line counts once, so that these
add up to the money at risk of the check; by edit it counts under each edit that fired on it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cleanclaim.app.result import CheckResult
from cleanclaim.edits.findings import Finding
from cleanclaim.edits.outcomes import Outcome
from cleanclaim.values import Severity

AT_RISK = {Severity.REJECT, Severity.DENY}


@dataclass(slots=True)
class Share:
    """One row of a plot."""

    findings: Counter[Severity] = field(default_factory=Counter)
    amount: Decimal = Decimal()

    @property
    def total(self) -> int:
        """All findings."""
        return self.findings.total()


@dataclass(frozen=True, slots=True)
class FirstFix:
    """An edit with much money under it: how to mend most of that."""

    edit: str
    amount: Decimal
    findings: int
    claims: int
    fix: str


Shares = Mapping[str, Share]


def fired(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that say something, without what could not be judged."""
    return [finding for finding in findings if finding.outcome is Outcome.FIRES]


def amount_of(finding: Finding) -> Decimal:
    """The charges that a finding puts at risk."""
    return Decimal(finding.charge_amount or 0) if finding.severity in AT_RISK else Decimal()


def by_severity(result: CheckResult) -> Shares:
    """By severity, the worst first."""
    shares = {severity.value: Share() for severity in Severity}
    for finding in fired(result.findings):
        shares[finding.severity].findings[finding.severity] += 1
    for claim in result.claims:
        for line in claim.lines:
            if line.severity in AT_RISK:
                shares[line.severity].amount += Decimal(line.charge_amount or 0)
    return {name: share for name, share in shares.items() if share.total}


def by_edit(result: CheckResult) -> Shares:
    """By the id of the edit, most money first."""
    shares: dict[str, Share] = defaultdict(Share)
    for finding in fired(result.findings):
        shares[finding.id].findings[finding.severity] += 1
        shares[finding.id].amount += amount_of(finding)
    return _most_first(shares)


def by_code(result: CheckResult) -> Shares:
    """By HCPCS code; a finding about a whole claim stands under no code."""
    shares: dict[str, Share] = defaultdict(Share)
    for finding in fired(result.findings):
        shares[finding.hcpcs_code or ""].findings[finding.severity] += 1
    for claim in result.claims:
        for line in claim.lines:
            if line.severity in AT_RISK:
                shares[(line.hcpcs_code or "").strip().upper()].amount += Decimal(line.charge_amount or 0)
    return _most_first(shares)


def by_payer(result: CheckResult) -> Shares:
    """By payer program."""
    program = {claim.claim_key: claim.payer_program or "" for claim in result.claims}
    shares: dict[str, Share] = defaultdict(Share)
    for finding in fired(result.findings):
        shares[program[finding.claim_key]].findings[finding.severity] += 1
    for claim in result.claims:
        for line in claim.lines:
            if line.severity in AT_RISK:
                shares[claim.payer_program or ""].amount += Decimal(line.charge_amount or 0)
    return _most_first(shares)


def first_fixes(result: CheckResult, most: int = 3) -> list[FirstFix]:
    """The edits with most money at risk, each with the fix that mends most of it."""
    of_edit: dict[str, list[Finding]] = defaultdict(list)
    for finding in fired(result.findings):
        of_edit[finding.id].append(finding)
    fixes = [_first_fix(edit, findings) for edit, findings in of_edit.items()]
    return sorted(fixes, key=lambda fix: (-fix.amount, -fix.findings, fix.edit))[:most]


def _first_fix(edit: str, findings: list[Finding]) -> FirstFix:
    by_fix: dict[str, tuple[Decimal, int]] = {}
    for finding in findings:
        amount, often = by_fix.get(finding.fix.say, (Decimal(), 0))
        by_fix[finding.fix.say] = amount + amount_of(finding), often + 1
    best = min(by_fix, key=lambda say: (-by_fix[say][0], -by_fix[say][1], say))
    total = sum((amount for amount, _ in by_fix.values()), Decimal())
    return FirstFix(edit, total, len(findings), len({finding.claim_key for finding in findings}), best)


def _most_first(shares: Mapping[str, Share]) -> Shares:
    return dict(sorted(shares.items(), key=lambda item: (-item[1].amount, -item[1].total, item[0])))
