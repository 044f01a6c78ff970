"""Edits over the claims of a run: what was judged, in one process or several, put together in the order of reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cleanclaim.edits.coverage_gaps import Gap, Waiting, joined, together
from cleanclaim.edits.dictionary import SUBJECT
from cleanclaim.edits.findings import Finding
from cleanclaim.edits.judging import MOST_LACKING_LISTED, Judged, ManyRows, Task, judged, judged_on_planes
from cleanclaim.edits.marked_findings import Billed, ClaimTotals, PlacedFinding
from cleanclaim.edits.marks import EditCount
from cleanclaim.edits.outcomes import Edit
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.presuming import Resting
from cleanclaim.edits.profile import Profile
from cleanclaim.edits.worklist import Verdict, WorkItem, verdicts, worklist

FEW_ROWS = 1_000  # up to here closures are faster than asking DuckDB for every atom


@dataclass(frozen=True, slots=True)
class EditRun:
    """What some edits say about the claims of a run."""

    findings: tuple[Finding, ...]
    counts: tuple[EditCount, ...]
    totals: tuple[ClaimTotals, ...]  # of the claims with findings
    errors: dict[str, str]  # edits that could not be run, and why
    gaps: dict[Gap, Waiting]  # the releases for want of which checks could not be made
    billed: Billed
    worklist: tuple[WorkItem, ...]
    verdicts: list[Verdict]  # of every claim of the run, in its order
    lacking: dict[tuple[str, str], set[int]]  # claims that lack a fact for an essential edit, by edit and fact
    resting: Resting  # the releases that were carried to days that none covers

    @property
    def amount_at_risk(self) -> Decimal:
        """The known charges of the lines under a reject or deny, each line once."""
        return sum((item.known_at_risk for item in self.totals), Decimal())


def run_edits(
    bench: Workbench,
    edits: tuple[Edit, ...],
    *,
    show_not_evaluated: bool = False,
    few_rows: int = FEW_ROWS,
    many: ManyRows = judged_on_planes,
    profile: Profile | None = None,
) -> EditRun:
    """Every edit on every row of its grain; above `few_rows` rows by the plan for many. `profile`: of the site.

    Raises:  EngineError where a process that judged some of the claims has ended.
    """
    task = Task(edits, show_not_evaluated, few_rows, profile or Profile())
    bench.shares.ask(task, bench)
    return put_together(bench.claims, edits, [judged(bench, task, many), *bench.shares.answers()])


def put_together(claims: int, edits: tuple[Edit, ...], parts: Sequence[Judged]) -> EditRun:
    """What was said about the parts of a run of so many claims, whatever their number and order."""
    order = {edit.name: (place, SUBJECT.get(edit.grain, "")) for place, edit in enumerate(edits)}

    def in_report(item: PlacedFinding) -> tuple[Any, ...]:
        place, subject = order[item.finding.edit]
        return (*item.place, place, item.lines, item.finding.evidence.get(subject, ""))

    findings = sorted((item for part in parts for item in part.findings), key=in_report)
    grains = [list(of) for of in zip(*(part.grains for part in parts), strict=True)]  # by grain what each part says
    lacking = [(key, rows) for grain in grains for of in grain for key, found in of.lacking.items() for rows in found]
    by_fact: dict[tuple[str, str], set[int]] = {}
    for key, rows in lacking:
        by_fact.setdefault(key, set()).update(rows.tolist())
    counts = [EditCount(edit) for edit in edits]
    for part in parts:
        for count, more in zip(counts, part.counts, strict=True):
            count.add(more)
    resting = Resting()
    for grain in grains:
        of_grain = Resting()
        for of in grain:
            of_grain.add(of.resting)
        resting.widest(of_grain)
    return EditRun(
        tuple(item.finding for item in findings), tuple(counts),
        _totals(parts, findings, {claim for claims in by_fact.values() for claim in claims}),
        {name: why for part in parts for name, why in part.errors.items()},
        together(joined(of.gaps for of in grain) for grain in grains),
        sum((part.billed for part in parts), Billed()), worklist(findings),
        verdicts(claims, findings, [rows for _, rows in lacking]), by_fact, resting,
    )  # fmt: skip


def _totals(parts: Iterable[Judged], findings: Iterable[PlacedFinding], lacking: set[int]) -> tuple[ClaimTotals, ...]:
    """The totals of the claims with findings, and of the first ones that lack something."""
    listed = {item.place[0] for item in findings} | {home for item in findings for home in item.homes}
    listed |= set(sorted(lacking)[:MOST_LACKING_LISTED])
    totals = (item for part in parts for item in part.totals if item.claim_row in listed)
    return tuple(sorted(totals, key=lambda item: item.claim_row))
