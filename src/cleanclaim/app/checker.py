"""Check claim files: read, load, run every edit, gather what came out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Self

from cleanclaim.app.archives import Limits
from cleanclaim.app.engines import ClaimEngine, Share, claim_engine
from cleanclaim.app.load_next import load_next
from cleanclaim.app.reading import Grow, OnRead, Reading, Watch
from cleanclaim.app.result import (
    CheckResult,
    ClaimLine,
    ClaimSummary,
    EditSummary,
    Fault,
    LackedFact,
    PolicyConflict,
    Presumed,
    Summary,
)
from cleanclaim.app.site import Site
from cleanclaim.app.supporting import SupportingFiles, SupportingTables, sound_policies
from cleanclaim.claims import ClaimTables, Lost
from cleanclaim.edits.choice import chosen
from cleanclaim.edits.collection import all_edits
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.findings import as_money, as_text, severity_of
from cleanclaim.edits.marked_findings import ClaimTotals, LineTotals
from cleanclaim.edits.marks import EditCount
from cleanclaim.edits.outcomes import Edit, Outcome
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.few import FewWorkbench, KeptFacts
from cleanclaim.edits.plan.shares import Shares, processes_of
from cleanclaim.edits.run import EditRun, run_edits
from cleanclaim.edits.worklist import Verdict
from cleanclaim.engine.interface import EngineName
from cleanclaim.formats.tabular.mapping import ColumnMapping
from cleanclaim.policies import Policies
from cleanclaim.policies.on_file import known_items
from cleanclaim.policies.tables import ON_FILE, POLICY_ITEM
from cleanclaim.reference.library import Library
from cleanclaim.terms import TermsOfPayers


@dataclass(frozen=True, slots=True)
class Checker:
    """The edits and the reference, loaded once; each check is a run of its own."""

    library: Library
    edits: tuple[Edit, ...]
    memory_limit: str = ""
    limits: Limits = field(default_factory=Limits)  # of what an archive may hold
    terms: TermsOfPayers = field(default_factory=TermsOfPayers)  # of payers, by their policies
    site: Site = field(default_factory=Site)  # what the site has set: names of payers, its profile
    left_out: int = 0  # edits that the site or the user left out
    workers: int = 0  # processes that check many claims; 0: as many as there are cores
    engine: ClaimEngine = field(default_factory=lambda: claim_engine(EngineName.DUCKDB))  # of many claims
    _kept: list[KeptFacts] = field(default_factory=list)  # at most one: made by the first check of a few claims

    @classmethod
    def open(
        cls,
        reference: Path | None = None,
        *,
        edits: Path | None = None,
        policies: Path | None = None,
        memory_limit: str = "",
        presume: bool | None = None,
        engine: str = EngineName.DUCKDB,
        workers: int = 0,
    ) -> Self:
        """A checker on a reference library, with a site's own edits and payers' policies beside the shipped ones.

        The starter set stands in when there is no library. Without `presume` a day that no release covers is unknown.
        `engine`: `duckdb`, with a few claims by rows, or `spark`; the result is the same. `workers`: how many processes
        check many claims, up to 8; 0 is one for each core.
        Raises: PageError for a page that cannot be used; LibraryError for a damaged library; InvalidValue for a policy
        that cannot be used; UnknownName for an engine that does not exist, EngineError for one that cannot run here.
        """
        chosen_engine = claim_engine(engine)
        checker = cls.of(
            Library.open(reference, presume=presume), all_edits(edits), sound_policies(policies), memory_limit
        )
        return replace(checker, engine=chosen_engine, workers=workers)

    @classmethod
    def of(
        cls, library: Library, edits: tuple[Edit, ...], policies: Policies | None = None, memory_limit: str = ""
    ) -> Self:
        """A checker on an open library; the shipped policies stand behind those that are given."""
        return cls(library, edits, memory_limit, terms=TermsOfPayers(policies))

    def choosing(self, site: Site, *, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Self:
        """This checker with what a site has set, and with some of its edits alone; the others are counted.

        Raises: UnknownName for what is no edit and no family; InvalidValue where no edit is left.
        """
        kept = site.profile.kept(chosen(self.edits, select=select, ignore=ignore))
        return replace(self, edits=kept, site=site, left_out=self.left_out + len(self.edits) - len(kept))

    def check_files(
        self,
        paths: Iterable[Path],
        *,
        complete: bool = False,
        mapping: ColumnMapping | None = None,
        show_not_evaluated: bool = False,
        checked_on: date | None = None,
        supporting: SupportingFiles | None = None,
        watch: Watch | None = None,
        on_read: OnRead | None = None,
    ) -> CheckResult:
        """The claims of some files and folders checked together: lines of one patient and day meet across files.

        `mapping` says which columns of CSV and Parquet files are which. `checked_on` stands for today where a rule asks
        for it; without it each file's own date does, never the clock. `supporting`: files that tell what no claim does.
        A file of which nothing could be read is a fault when others could. `on_read` is told of each that was read.
        Raises: UnreadableInput when nothing could be read in any of them.
        """
        support = supporting.tables(mapping, self.site.payer_names) if supporting else SupportingTables({})
        with ExitStack() as opened:
            bench, grow = self._first(opened, support, checked_on)
            reading = Reading(
                bench, complete=complete, mapping=mapping, limits=self.limits, watch=watch,
                payer_names=self.site.payer_names, on_read=on_read, grow=grow,
            )  # fmt: skip
            reading.read(paths)
            if watch:
                watch("checking", 0, 0)
            return self._checked(reading, support, show_not_evaluated=show_not_evaluated)

    def check(
        self,
        tables: ClaimTables | Iterable[ClaimTables],
        *,
        show_not_evaluated: bool = False,
        checked_on: date | None = None,
        supporting: SupportingFiles | None = None,
        by_row: bool = True,
    ) -> CheckResult:
        """The same for claims that are tables already: what a reader of `formats` yields, or `tables_of` plain values.

        Shape:   the schemas of `claims.tables`; the keys of claims ascend, as readers make them. `by_row` says that
                 places in the tables are rows; in tables of X12 they are segments.
        Raises:  InvalidValue for a table of another schema: it names the table, the column, and what was expected.
        """
        support = supporting.tables(None, self.site.payer_names) if supporting else SupportingTables({})
        with ExitStack() as opened:
            bench, grow = self._first(opened, support, checked_on)
            reading = Reading(bench, payer_names=self.site.payer_names, grow=grow)
            for part in (tables,) if isinstance(tables, ClaimTables) else tables:
                reading.take(part, by_row=by_row)
            return self._checked(reading, support, show_not_evaluated=show_not_evaluated)

    @contextmanager
    def bench(self, support: SupportingTables, checked_on: date | None, processes: int = 1) -> Iterator[Workbench]:
        """A workbench with the reference, the policies, and what was handed in beside the claims."""
        with self.engine.opened(self.memory_limit, checked_on, processes) as bench:
            bench.hand_in(support.tables, self.terms)
            bench.use_reference(self.library.table, self.library.carried_days)
            yield bench

    def _first(
        self, opened: ExitStack, support: SupportingTables, checked_on: date | None
    ) -> tuple[Workbench, Grow | None]:
        """The workbench to begin with, and how another takes its place when the claims are no longer few."""
        if not self.engine.few_by_row:
            return opened.enter_context(self.bench(support, checked_on)), None
        return self._few(support, checked_on), lambda few: self._many(few, opened, support, checked_on)

    def _few(self, support: SupportingTables, checked_on: date | None) -> Workbench:
        """A workbench for a few claims, which keeps what it was told of codes and days."""
        if not self._kept:
            self._kept.append(KeptFacts(self.library.kept))
        bench = FewWorkbench(dictionary(), self._kept[0], checked_on=checked_on)
        bench.hand_in(support.tables, self.terms)
        bench.use_reference(self.library.table, self.library.carried_days)
        return bench

    def _many(self, few: Workbench, opened: ExitStack, support: SupportingTables, checked_on: date | None) -> Workbench:
        """The workbench for many claims, with those that were read so far."""
        processes = processes_of(self.workers)
        bench = opened.enter_context(self.bench(support, checked_on, processes))
        bench.take_over(few)
        share = Share(
            self.library.folder, self.library.presume, support.tables, self.terms, self.memory_limit, checked_on,
            processes,
        )  # fmt: skip
        bench.shares = opened.enter_context(closing(Shares(processes, share.opened)))
        return bench

    def _checked(self, reading: Reading, support: SupportingTables, *, show_not_evaluated: bool) -> CheckResult:
        bench = reading.bench
        run = run_edits(
            bench, self.edits, show_not_evaluated=show_not_evaluated, many=self.engine.many, profile=self.site.profile
        )
        return _result(self, bench, reading, run, self._told(bench, support))

    def _told(self, bench: Workbench, support: SupportingTables) -> SupportingTables:
        """What was handed in, with what of it says nothing about these claims told as faults."""
        faults = [*support.faults]
        if bench.history_is_of_others:
            message = (
                "No earlier claim is of a patient of the checked claims: the history tells nothing of them."
                " A patient is found by payer, member id, birth date and first name."
            )
            faults.append(Fault("(history)", "history-of-others", message, Lost.NOTHING))
        if ON_FILE.name in support.tables:
            items = set(map(str, support.tables[ON_FILE.name]["item"].to_pylist()))
            listed = self.terms.tables[POLICY_ITEM.name]
            wanted = set(map(str, listed["item"].to_pylist()))
            for item in sorted(items - wanted - known_items()):
                message = f"No checklist, policy or edit asks for `{item}`: is it spelled right?"
                faults.append(Fault("(on file)", "on-file-unknown", message, Lost.NOTHING))
        return replace(support, faults=tuple(faults))


def check_files(
    paths: Sequence[Path],
    *,
    reference: Path | None = None,
    edits: Path | None = None,
    complete: bool = False,
    mapping: ColumnMapping | None = None,
) -> CheckResult:
    """The claims of some files and folders checked; see `Checker`."""
    return Checker.open(reference, edits=edits).check_files(paths, complete=complete, mapping=mapping)


def _result(
    checker: Checker, bench: Workbench, reading: Reading, run: EditRun, support: SupportingTables
) -> CheckResult:
    fired = [finding for finding in run.findings if finding.outcome is Outcome.FIRES]
    by_severity = {
        severity: sum(finding.severity is severity for finding in fired)
        for severity in dict.fromkeys(item.severity for item in fired)
    }
    summary = Summary(
        claims=bench.claims, lines=bench.lines, findings=len(fired),
        faults=reading.fault_count + len(support.faults), files=reading.files,
        not_evaluated=sum(count.outcomes[Outcome.NOT_EVALUATED] for count in run.counts),
        claims_with_findings=len({finding.claim_key for finding in fired}), by_severity=by_severity,
        total_charge=f"{run.billed.charges:.2f}", amount_at_risk=f"{run.amount_at_risk:.2f}",
        lines_without_charge=run.billed.lines_without_charge,
        claims_unread=reading.claims_unread or support.claims_unread,
        charges_unreadable=run.billed.charges_unreadable, claims_unreadable=run.billed.claims_unreadable,
        reference=reference_in_words(checker.library), load_next=load_next(run.gaps), edits_left_out=checker.left_out,
        switched_off=sum(count.switched_off for count in run.counts),
        policy_conflicts=tuple(
            PolicyConflict(one.payer_id, one.drug, one.attribute, one.policies, one.first_day)
            for one in checker.terms.contradictions
        ),
        verdicts={verdict: run.verdicts.count(verdict) for verdict in Verdict},
        clear=sum(count.outcomes[Outcome.CLEAR] - count.clear_presumed for count in run.counts),
        clear_presumed=sum(count.clear_presumed for count in run.counts),
        presumed=tuple(
            Presumed(one.publication, one.release, one.quarters, lines, f"{one.publication} {wanted}")
            for one, lines, wanted in run.resting.releases()
        ),
        lacks=_lacks(run), waits_for_policies=_waits_for_policies(run),
    )  # fmt: skip
    grains = {count.edit.id: count.edit.grain for count in run.counts}
    asks = {key: dictionary().ask(grains[key[0]], key[1]) for key in sorted(run.lacking)}
    releases = sorted({release for finding in run.findings for release in finding.releases})
    return CheckResult(
        summary,
        run.findings,
        (*reading.told(), *support.faults),
        tuple(releases),
        tuple(_edit_summary(count, run) for count in run.counts),
        tuple(_claim_summary(item, run, asks, by_row=item.file in bench.files_by_row) for item in run.totals),
        run.worklist,
    )


def _lacks(run: EditRun) -> tuple[LackedFact, ...]:
    """What the claims lack of which it cannot be said; one that is to fix anyway waits for that first."""
    edits = {count.edit.id: count.edit for count in run.counts}
    found = []
    for (name, fact), claims in run.lacking.items():
        if unsaid := sum(run.verdicts[claim] is Verdict.CANNOT_SAY for claim in claims):
            ask = dictionary().ask(edits[name].grain, fact)
            found.append(LackedFact(name, edits[name].name, fact, ask, unsaid))
    return tuple(sorted(found, key=lambda one: (-one.claims, one.id, one.fact)))


def _waits_for_policies(run: EditRun) -> int:
    facts, checks = dictionary(), 0
    for count in run.counts:
        of_payer = [rows for name, rows in count.missing.items() if facts.is_of_payer(count.edit.grain, name)]
        checks += max(of_payer, default=0)
    return checks


def _claim_summary(
    item: ClaimTotals, run: EditRun, asks: Mapping[tuple[str, str], str], *, by_row: bool
) -> ClaimSummary:
    segment, row = (None, item.place) if by_row else (item.place, None)
    charge, at_risk = as_money(item.total_charge), as_money(item.amount_at_risk)
    lines = tuple(_claim_line(line) for line in item.lines)
    return ClaimSummary(
        item.claim_key, item.claim_id, item.file, charge, at_risk, segment, row, item.payer_program, lines,
        run.verdicts[item.claim_row], _lacks_of(item, run, asks),
    )  # fmt: skip


def _lacks_of(item: ClaimTotals, run: EditRun, asks: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    if run.verdicts[item.claim_row] is not Verdict.CANNOT_SAY:
        return ()
    return tuple(dict.fromkeys(ask for key, ask in asks.items() if item.claim_row in run.lacking[key]))


def _claim_line(line: LineTotals) -> ClaimLine:
    units = None if line.billed_units is None else as_text(line.billed_units)
    severity = None if line.severity is None else severity_of(line.severity)
    return ClaimLine(
        line.line_number, line.hcpcs_code, line.drug, line.modifiers, units, line.service_date,
        as_money(line.charge_amount), severity,
    )  # fmt: skip


def _edit_summary(count: EditCount, run: EditRun) -> EditSummary:
    edit, outcomes = count.edit, count.outcomes
    return EditSummary(
        id=edit.id, edit=edit.name, grain=edit.grain, rows=count.rows,
        fires=outcomes[Outcome.FIRES], clear=outcomes[Outcome.CLEAR] - count.clear_presumed,
        clear_presumed=count.clear_presumed, not_evaluated=outcomes[Outcome.NOT_EVALUATED],
        not_in_force=outcomes[Outcome.NOT_IN_FORCE], out_of_scope=outcomes[Outcome.OUT_OF_SCOPE],
        missing=_most_first(count.missing), wants=_most_first(_wants(count)),
        silenced=count.silenced, error=run.errors.get(edit.name),
        title=edit.page.title, why=edit.page.prose, authority=edit.page.front.authority,
    )  # fmt: skip


def _wants(count: EditCount) -> dict[str, int]:
    # Several facts that one thing would tell are one want; the most frequent says how often.
    facts = dictionary()
    wants: dict[str, int] = {}
    for name, rows in count.missing.items():
        ask = facts.ask(count.edit.grain, name)
        wants[ask] = max(rows, wants.get(ask, 0))
    return wants


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def reference_in_words(library: Library) -> str:
    """On what a run stands, in words."""
    if library.starter_only:
        codes = f"{library.starter.codes:,} codes, some quarters"
        return f"the starter set ({codes}); `cleanclaim reference import FILE..` widens it"
    newest: dict[str, str] = {}
    for item in library.releases:
        newest[f"{item.publication} {item.series}".strip()] = item.release
    names = ", ".join(f"{name} {release}" for name, release in newest.items())
    return f"{len(library.releases)} releases, the newest {names}; on the starter set for what these do not cover"
