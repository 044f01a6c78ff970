"""Judging: every edit on every row of its grain, part by part of a run. What is marked is told as findings.

A long run can be judged in several processes, each with the parts of some patients: what each says is one `Judged`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cleanclaim.edits.coverage_gaps import CoverageGaps, Gap, Waiting
from cleanclaim.edits.dictionary import ROW_ID, Dictionary
from cleanclaim.edits.findings import facts_of_edits
from cleanclaim.edits.lacking import Lacking, WaitingRows
from cleanclaim.edits.language.closures import Row
from cleanclaim.edits.marked_findings import (
    Billed,
    ClaimTotals,
    PlacedFinding,
    billed_in,
    claim_totals,
    findings_of,
    profiled,
    recounted,
    without_silenced,
)
from cleanclaim.edits.marks import EditCount, Mark
from cleanclaim.edits.outcomes import Edit, Outcome, Program, program
from cleanclaim.edits.outcomes import Verdict as RowVerdict
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.duck import PlaneBatch, run_planes
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.few import FewWorkbench
from cleanclaim.edits.plan.planes import EditPlanes, popcount, rows_of
from cleanclaim.edits.plan.rows import judge
from cleanclaim.edits.presuming import PresumedRows, Resting
from cleanclaim.edits.profile import Profile
from cleanclaim.edits.worklist import folded
from cleanclaim.errors import EngineError

MOST_LACKING_LISTED = 1_000  # claims without a finding that lack something: all are counted, so many are listed
ERROR = "error"  # the "missing fact" of a page that could not be run

Gathered = tuple[Mapping[Gap, Waiting], WaitingRows]


class Aside:
    """What is gathered of the rows of one grain beside the outcomes: coverage gaps, lacks, and what is presumed."""

    def __init__(self, facts: Dictionary, grain: Grain, edits: tuple[Edit, ...], names: Iterable[str]) -> None:
        self._grain = grain
        self.gaps = CoverageGaps(facts, grain, names)
        self.lacking = Lacking(facts, grain)
        self.presumed = PresumedRows(facts, edits)
        self.resting = Resting()
        self.presumes = False  # whether any row of the part can rest on a carried release

    @property
    def columns(self) -> tuple[str, ...]:
        """The facts that it reads beside those of the edits."""
        return tuple(dict.fromkeys((*self.gaps.columns, *(self.presumed.columns if self.presumes else ()))))

    @property
    def gathered(self) -> Gathered:
        """What was gathered so far of the rows of a part, to be added where they come together."""
        return self.gaps.found, self.lacking.waiting

    def add(self, gathered: Gathered) -> None:
        """What was gathered elsewhere, of other rows of the same part."""
        gaps, waiting = gathered
        self.gaps.add(gaps)
        self.lacking.add(waiting)

    def open_part(self, bench: Workbench, view: str) -> None:
        """Before the rows of a part are judged."""
        self.presumes = bool(self.presumed.columns) and bench.is_presumed()
        if self.presumes:
            self.resting.count(bench.labels(self._grain, view, self.presumed.columns))

    def close_part(self, bench: Workbench, view: str) -> None:
        """After they have been."""
        self.gaps.forget_rows()
        self.lacking.close_part(bench, view)


# A plan for many rows: the rows of a view judged and counted, and the marks of what fires (and, when asked for, of what
# could not be evaluated).
ManyRows = Callable[[Workbench, Program, str, Grain, Mapping[Edit, EditCount], Aside, bool], Iterator[Mark]]


def judged_on_planes(
    bench: Workbench,
    program: Program,
    view: str,
    grain: Grain,
    counts: Mapping[Edit, EditCount],
    aside: Aside,
    show_not_evaluated: bool,  # noqa: FBT001 - as `ManyRows`
) -> Iterator[Mark]:
    """The plan for many rows in this process: atoms in SQL, planes batch by batch."""
    for batch in run_planes(bench.engine, program, table=view, row_id=ROW_ID[grain], beside=aside.columns):
        yield from marks_of(batch, counts, aside, show_not_evaluated=show_not_evaluated)


@dataclass(frozen=True, slots=True)
class OfGrain:
    """What is gathered beside the findings of one grain."""

    gaps: dict[Gap, Waiting]
    resting: Resting
    lacking: dict[tuple[str, str], list[np.ndarray]]  # rows of claims that lack a fact, by edit and fact


@dataclass(frozen=True, slots=True)
class Judged:
    """What some edits say about some parts of a run."""

    findings: list[PlacedFinding]
    counts: tuple[EditCount, ...]  # in the order of the edits
    totals: list[ClaimTotals]  # of the claims with findings, and of the first ones that lack something
    billed: Billed
    errors: dict[str, str]  # edits that could not be run, and why
    grains: tuple[OfGrain, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be judged: these edits, and what is told beside what fires."""

    edits: tuple[Edit, ...]
    show_not_evaluated: bool
    few_rows: int  # above so many rows of a grain by the plan for many
    profile: Profile  # of the site


def judged(bench: Workbench, task: Task, many: ManyRows = judged_on_planes) -> Judged:
    """Every edit on every row of its grain of the claims that a bench holds."""
    counts = {edit: EditCount(edit) for edit in task.edits}
    run = _Run(bench, counts, {}, task.show_not_evaluated, task.few_rows, many)
    grains = [_Grain(bench.facts, grain, of) for grain, of in _by_grain(task.edits)]
    findings: list[PlacedFinding] = []
    totals: list[ClaimTotals] = []
    billed = Billed()
    for _ in bench.parts():
        found = [item for grain in grains for item in run.grain(grain)]
        found = list(profiled(found, task.profile, counts))
        found = folded(without_silenced(found, counts), {edit.name: edit for edit in task.edits})
        findings += found
        lacking = sorted({claim for grain in grains for claim in grain.aside.lacking.last_part})
        totals += claim_totals(bench, found, lacking[:MOST_LACKING_LISTED])
        billed += billed_in(bench)
    beside = [OfGrain(one.aside.gaps.found, one.aside.resting, one.aside.lacking.claims) for one in grains]
    return Judged(findings, tuple(counts.values()), totals, billed, run.errors, tuple(beside))


class _Grain:
    """The edits of one grain, the facts that they need, and what could not be judged for want of a release."""

    def __init__(self, known: Dictionary, grain: Grain, edits: tuple[Edit, ...]) -> None:
        facts = facts_of_edits(known, edits)
        self.grain, self.edits = grain, edits
        self.aside = Aside(known, grain, edits, facts)
        self.facts = (*facts, *self.aside.gaps.columns)
        self.refused: tuple[Edit, ...] = ()
        self.runnable: Program | None = None  # none until the engine was asked, or when it refuses all


@dataclass(frozen=True, slots=True)
class _Run:
    bench: Workbench
    counts: dict[Edit, EditCount]
    errors: dict[str, str]
    show_not_evaluated: bool
    few_rows: int
    many: ManyRows

    def grain(self, grain: _Grain) -> list[PlacedFinding]:
        """The edits of one grain judged and told, on one part of the run."""
        view = self.bench.make_facts(grain.grain, grain.facts)
        rows = self.bench.rows(grain.grain)
        few = isinstance(self.bench, FewWorkbench)
        if grain.runnable is None and not grain.refused and not few:
            self._ask(grain, view)
        for edit in grain.refused:
            self.counts[edit].outcomes[Outcome.NOT_EVALUATED] += rows
            self.counts[edit].missing[ERROR] += rows
        grain.aside.open_part(self.bench, view)
        marks: list[Mark] = []
        if few:
            marks += self._judged_by_row(grain, grain.edits, view)
        elif grain.runnable and rows <= self.few_rows:
            marks += self._judged_by_row(grain, grain.runnable.edits, view)
        elif grain.runnable:
            marks += self.many(
                self.bench, grain.runnable, view, grain.grain, self.counts, grain.aside, self.show_not_evaluated
            )
        grain.aside.close_part(self.bench, view)
        told = findings_of(self.bench, grain.grain, view, marks)
        return list(recounted(told, self.counts, show_not_evaluated=self.show_not_evaluated))

    def _ask(self, grain: _Grain, view: str) -> None:
        # One page that the engine refuses must not take the others with it: it is not evaluated, and says why.
        if self._refusal(grain.edits, view, grain.grain):
            refusals = {edit: self._refusal((edit,), view, grain.grain) for edit in grain.edits}
            grain.refused = tuple(edit for edit, refusal in refusals.items() if refusal)
            self.errors.update((edit.name, refusals[edit]) for edit in grain.refused)
        if runnable := tuple(edit for edit in grain.edits if edit not in grain.refused):
            grain.runnable = program(runnable)

    def _refusal(self, edits: tuple[Edit, ...], view: str, grain: Grain) -> str:
        try:
            for _ in run_planes(
                self.bench.engine, program(edits), table=f"(FROM {view} LIMIT 0)", row_id=ROW_ID[grain]
            ):
                pass
        except EngineError as error:
            return str(error)
        return ""

    def _judged_by_row(self, grain: _Grain, edits: Sequence[Edit], view: str) -> Iterator[Mark]:
        rows = self.bench.fact_rows(grain.grain, view)
        for edit in edits:
            try:
                judged = list(map(judge(edit), rows))
            except Exception as error:
                # One page that cannot be run must not take the others with it: it is not evaluated, and says why.
                self.errors[edit.name] = f"{type(error).__name__}: {error}"
                self.counts[edit].outcomes[Outcome.NOT_EVALUATED] += len(rows)
                self.counts[edit].missing[ERROR] += len(rows)
                continue
            yield from self._counted(edit, zip(rows, judged, strict=True), grain.aside)

    def _counted(self, edit: Edit, judged: Iterable[tuple[Row, RowVerdict]], aside: Aside) -> Iterator[Mark]:
        count, row_id = self.counts[edit], ROW_ID[edit.grain]
        outcomes = Counter[Outcome]()
        for row, verdict in judged:
            outcome = verdict.outcome
            outcomes[outcome] += 1
            if outcome is Outcome.CLEAR:
                count.clear_presumed += aside.presumes and aside.presumed.on_row(edit, row)
            elif outcome is Outcome.FIRES:
                yield Mark(row[row_id], edit, edit.place_of(verdict.case))
            elif outcome is Outcome.NOT_EVALUATED:
                count.missing.update(verdict.missing)
                aside.gaps.add_row(edit, row, verdict.missing)
                aside.lacking.add_row(edit, row[row_id], row, verdict.missing)
                if self.show_not_evaluated:
                    yield Mark(row[row_id], edit, -1, verdict.missing)
        count.outcomes.update(outcomes)


def marks_of(
    batch: PlaneBatch, counts: Mapping[Edit, EditCount], aside: Aside, *, show_not_evaluated: bool
) -> Iterator[Mark]:
    """The marks of one batch, which is counted."""
    rows = len(batch.row_ids)
    waiting = aside.gaps.batch(batch.beside)
    carried = aside.presumed.planes(batch.beside) if aside.presumes else {}
    for planes in batch.edits:
        count = counts[planes.edit]
        for outcome, plane in planes.outcomes.items():
            count.outcomes[outcome] += popcount(plane)
        for name, plane in planes.missing.items():
            count.missing[name] += popcount(plane)
        clear = planes.outcomes[Outcome.CLEAR]
        if carried:
            count.clear_presumed += popcount(clear & aside.presumed.plane_of(planes.edit, carried, clear))
        aside.lacking.add_planes(planes.edit, batch.row_ids, batch.beside, planes.missing)
        for case, plane in enumerate(planes.cases):
            for row_id in batch.row_ids[rows_of(plane, rows)].tolist():
                yield Mark(row_id, planes.edit, case)
        if show_not_evaluated:
            yield from _not_evaluated(batch, planes, rows)
        waiting.add(planes)
    waiting.close()


def _not_evaluated(batch: PlaneBatch, planes: EditPlanes, rows: int) -> Iterator[Mark]:
    missing: dict[int, list[str]] = defaultdict(list)
    for name, plane in planes.missing.items():
        for row_id in batch.row_ids[rows_of(plane, rows)].tolist():
            missing[row_id].append(name)
    for row_id, names in missing.items():
        yield Mark(row_id, planes.edit, -1, tuple(names))


@lru_cache(maxsize=100)
def _by_grain(edits: tuple[Edit, ...]) -> tuple[tuple[Grain, tuple[Edit, ...]], ...]:
    """Edits by their grain."""
    return tuple((grain, of) for grain in Grain if (of := tuple(edit for edit in edits if edit.grain is grain)))
