"""A check as a page tells it: which parts, in which order, with which numbers. No markup here, and no numbers there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.app.reports import words
from cleanclaim.app.reports.money import Share, Shares, by_code, by_edit, by_payer, by_severity
from cleanclaim.app.result import CheckResult, ClaimLine, ClaimSummary, EditSummary
from cleanclaim.edits.findings import Finding
from cleanclaim.edits.outcomes import Outcome
from cleanclaim.edits.worklist import WorkItem
from cleanclaim.values import Severity

MOST_FINDINGS = 10_000  # listed one by one: more would make a page that no browser opens
MOST_ROWS = 10  # of a plot
MOST_QUIET_LINES = 50  # lines of a claim without a finding
MOST_FAULTS = 500
MOST_FILES = 12
MOST_WORK = 12  # cards of what to do first
MOST_WORK_CLAIMS = 4  # named on a card


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: from where to where of the whole, in percent."""

    kind: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class PlotRow:
    """One row of a plot: its name, its findings as a bar of severities, its money as a bar."""

    name: str
    detail: str
    link: str
    findings: int
    pieces: tuple[Piece, ...]
    amount: Decimal
    money: float  # width in percent


@dataclass(frozen=True, slots=True)
class Plot:
    """Findings and money at risk by something."""

    key: str
    title: str
    note: str
    rows: tuple[PlotRow, ...]


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with what was found on it."""

    claim: ClaimSummary
    findings: tuple[Finding, ...]
    lines: tuple[ClaimLine, ...]
    day: date | None  # the one day of all its lines
    quiet: int  # lines without a finding that are left out
    known_at_risk: Decimal


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything that the page shows."""

    result: CheckResult
    checked_on: date | None
    share_at_risk: str
    work: tuple[WorkItem, ...]  # what to do first
    work_left: int  # items that are not listed
    plots: tuple[Plot, ...]
    claims: tuple[ClaimView, ...]
    findings_left_out: int
    filters: Mapping[str, tuple[Choice, ...]]
    edits: Mapping[str, EditSummary]
    fired: tuple[EditSummary, ...]  # edits with findings, in the order of the catalogue
    coverage: Mapping[str, tuple[Piece, ...]]  # by the id of the edit
    checks: int
    drugs: Mapping[str, str]
    sources: Mapping[str, int]  # releases, numbered

    @property
    def silenced(self) -> int:
        """Fires that a more basic edit explains."""
        return sum(edit.silenced for edit in self.result.edits)


def page_view(result: CheckResult, *, checked_on: date | None = None) -> PageView:
    """The page of a check."""
    edits = {edit.id: edit for edit in result.edits}
    drugs = _drugs(result)
    by = {"severity": by_severity(result), "edit": by_edit(result), "drug": by_code(result), "payer": by_payer(result)}
    claims, left_out = _claims(result)
    return PageView(
        result=result, checked_on=checked_on, share_at_risk=_share(result),
        work=result.worklist[:MOST_WORK], work_left=max(0, len(result.worklist) - MOST_WORK),
        plots=tuple(_plots(by, edits, drugs)), claims=claims, findings_left_out=left_out,
        filters=_filters(by, edits, drugs), edits=edits,
        fired=tuple(edit for edit in result.edits if edit.id in {finding.id for finding in result.findings}),
        coverage={edit.id: _coverage(edit) for edit in result.edits},
        checks=sum(edit.rows for edit in result.edits), drugs=drugs,
        sources={release: number for number, release in enumerate(result.releases, 1)},
    )  # fmt: skip


def _share(result: CheckResult) -> str:
    total = Decimal(result.summary.total_charge)
    if total <= 0:
        return ""
    percent = Decimal(result.summary.amount_at_risk) * 100 / total
    return f"{percent:.0f} %" if percent >= 1 or not percent else "less than 1 %"


def _drugs(result: CheckResult) -> dict[str, str]:
    names: dict[str, str] = {}
    for claim in result.claims:
        for line in claim.lines:
            if line.hcpcs_code and line.drug:
                names.setdefault(line.hcpcs_code.strip().upper(), line.drug)
    return names


def _plots(by: Mapping[str, Shares], edits: Mapping[str, EditSummary], drugs: Mapping[str, str]) -> Iterator[Plot]:
    once = "Each line once, under the worst that was found on it."
    texts: dict[str, tuple[str, str, Callable[[str], tuple[str, str]]]] = {
        "severity": ("By severity", once, lambda name: (name, words.SEVERITIES[Severity(name)])),
        "payer": ("By payer", once, lambda name: (words.payer(name), "")),
        "drug": ("By drug or service", once, lambda name: (name or "Whole claim", drugs.get(name, ""))),
        "edit": ("By edit", "A line under two edits counts in both.", lambda name: (name, edits[name].title)),
    }
    for key, (title, note, named) in texts.items():
        yield Plot(key, title, note, tuple(_plot_rows(by[key], named, key)))


def _plot_rows(shares: Shares, named: Callable[[str], tuple[str, str]], key: str) -> Iterator[PlotRow]:
    most_findings = max((share.total for share in shares.values()), default=1) or 1
    most_money = max((share.amount for share in shares.values()), default=Decimal(1)) or Decimal(1)
    kept, rest = list(shares.items())[:MOST_ROWS], list(shares.items())[MOST_ROWS:]
    for value, share in kept:
        name, detail = named(value)
        yield _plot_row(name, detail, f"{key}={value}" if value else "", share, most_findings, most_money)
    if rest:
        together = Share()
        for _, share in rest:
            together.findings += share.findings
            together.amount += share.amount
        # Its bars would dwarf the others or be cut: they are left out, its numbers are not.
        yield PlotRow(words.count(len(rest), "other"), "", "", together.total, (), together.amount, 0)


def _plot_row(name: str, detail: str, link: str, share: Share, most_findings: int, most_money: Decimal) -> PlotRow:
    counts = [(severity.value, share.findings[severity]) for severity in Severity]
    money = float(share.amount / most_money * 100)  # a width, no amount
    return PlotRow(name, detail, link, share.total, _pieces(counts, most_findings), share.amount, round(money, 1))


def _pieces(counts: list[tuple[str, int]], whole: int) -> tuple[Piece, ...]:
    pieces, start = [], 0.0
    for kind, number in counts:
        width = number / whole * 100
        if number:
            pieces.append(Piece(kind, round(start, 2), round(width, 2)))
        start += width
    return tuple(pieces)


def _coverage(edit: EditSummary) -> tuple[Piece, ...]:
    outside = edit.not_in_force + edit.out_of_scope
    counts = [("fires", edit.fires), ("clear", edit.clear), ("unknown", edit.not_evaluated), ("outside", outside)]
    return _pieces(counts, edit.rows or 1)


def _claims(result: CheckResult) -> tuple[tuple[ClaimView, ...], int]:
    """Claims by known money at risk, then what is at risk without a known charge, then the rest as in the files."""
    of_claim: dict[int, list[Finding]] = defaultdict(list)
    for finding in result.findings:
        of_claim[finding.claim_key].append(finding)
    views = sorted((_claim(claim, of_claim[claim.claim_key]) for claim in result.claims), key=_weight)
    kept: list[ClaimView] = []
    listed = 0
    for view in views:
        if listed + len(view.findings) > MOST_FINDINGS:
            break
        listed += len(view.findings)
        kept.append(view)
    return tuple(kept), len(result.findings) - listed


def _claim(claim: ClaimSummary, findings: list[Finding]) -> ClaimView:
    loud = [line for line in claim.lines if line.severity is not None]
    room = MOST_QUIET_LINES
    lines = []
    for line in claim.lines:
        room -= line.severity is None
        if line.severity is not None or room >= 0:
            lines.append(line)
    known = sum(
        (Decimal(line.charge_amount or 0) for line in loud if line.severity in {Severity.REJECT, Severity.DENY}),
        Decimal(),
    )
    days = {line.service_date for line in claim.lines}
    day = days.pop() if len(days) == 1 else None
    order = sorted(
        findings,
        key=lambda one: (
            one.outcome is not Outcome.FIRES,
            one.caused_by is not None,
            list(Severity).index(one.severity),
        ),
    )
    return ClaimView(claim, tuple(order), tuple(lines), day, len(claim.lines) - len(lines), known)


def _weight(view: ClaimView) -> tuple[Decimal, bool, bool]:
    judged = any(finding.outcome is Outcome.FIRES for finding in view.findings)
    return -view.known_at_risk, view.claim.amount_at_risk is not None, not judged


def _filters(
    by: Mapping[str, Shares], edits: Mapping[str, EditSummary], drugs: Mapping[str, str]
) -> dict[str, tuple[Choice, ...]]:
    def drug(code: str) -> str:
        return words.shown(f"{code} {drugs.get(code, '')}".strip(), 50)

    return {
        "severity": tuple(Choice(name, name) for name in by["severity"]),
        "edit": tuple(Choice(name, f"{name} {edits[name].edit}") for name in sorted(by["edit"])),
        "drug": tuple(Choice(words.shown(code, 50), drug(code)) for code in sorted(by["drug"]) if code),
        "payer": tuple(Choice(name, words.payer(name)) for name in by["payer"] if name),
    }
