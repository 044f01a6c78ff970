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


def _most_first(shares: Mapping[str, Share]) -> Shares:
    return dict(sorted(shares.items(), key=lambda item: (-item[1].amount, -item[1].total, item[0])))
