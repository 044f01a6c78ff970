"""Check claim files: read, load, run every edit, gather what came out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO, Self

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from cleanclaim.app.archives import Limits, contents
from cleanclaim.app.files import Given, Progress, digest, given_files, holds_files, open_file, read_claims
from cleanclaim.app.load_next import load_next
from cleanclaim.app.result import CheckResult, ClaimLine, ClaimSummary, EditSummary, Fault, Summary
from cleanclaim.claims import ClaimTables, Lost
from cleanclaim.edits.collection import all_edits
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.findings import as_money, as_text, severity_of
from cleanclaim.edits.marks import EditCount
from cleanclaim.edits.outcomes import Edit, Outcome
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.run import EditRun, run_edits
from cleanclaim.edits.telling import ClaimTotals, LineTotals
from cleanclaim.engine.connection import Engine
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.tabular import ColumnMapping
from cleanclaim.formats.x12 import CUT_OFF
from cleanclaim.reference.library import Library

MOST_OF_A_KIND = 1_000  # faults of a kind that are told one by one
Watch = Callable[[str, int, int], None]  # what is being done, how far, of how much


@dataclass(frozen=True, slots=True)
class Checker:
    """The edits and the reference, loaded once; each check is a run of its own."""

    library: Library
    edits: tuple[Edit, ...]
    memory_limit: str = ""
    limits: Limits = field(default_factory=Limits)  # of what an archive may hold
    _tables: dict[str, pa.Table] = field(default_factory=dict)  # the as-of tables that a check has asked for

    @classmethod
    def open(cls, reference: Path | None = None, *, edits: Path | None = None, memory_limit: str = "") -> Self:
        """A checker on a reference library, with a site's own edits beside the shipped ones.

        The starter set stands in when there is no library.
        Raises: PageError for a page that cannot be used; LibraryError for a damaged library.
        """
        return cls(Library.open(reference), all_edits(edits), memory_limit)

    def check_files(
        self,
        paths: Iterable[Path],
        *,
        complete: bool = False,
        mapping: ColumnMapping | None = None,
        show_not_evaluated: bool = False,
        checked_on: date | None = None,
        watch: Watch | None = None,
    ) -> CheckResult:
        """The claims of some files and folders checked together: lines of one patient and day meet across files.

        `mapping` says which columns of CSV and Parquet files are which. `checked_on` stands for today where a rule asks
        for it; without it each file's own date does, never the clock.
        A file of which nothing could be read is a fault when others could.
        Raises: UnreadableInput when nothing could be read in any of them.
        """
        with Engine(memory_limit=self.memory_limit) as engine:
            bench = Workbench(engine, dictionary(), checked_on=checked_on)
            bench.use_reference(self._table)
            reading = _Reading(bench, complete, mapping, self.limits, watch)
            for given in given_files(list(paths)):
                reading.file(given)
            reading.refuse_nothing()
            if watch:
                watch("checking", 0, 0)
            run = run_edits(bench, self.edits, show_not_evaluated=show_not_evaluated)
            return _result(self, bench, reading, run)

    def _table(self, name: str) -> pa.Table:
        if name not in self._tables:
            self._tables[name] = self.library.table(name)
        return self._tables[name]


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


class _Reading:
    """Files on their way into the workbench, and what went wrong on it."""

    def __init__(
        self,
        bench: Workbench,
        complete: bool,  # noqa: FBT001 - private
        mapping: ColumnMapping | None,
        limits: Limits,
        watch: Watch | None,
    ) -> None:
        self.bench, self.complete, self.mapping, self.limits, self.watch = bench, complete, mapping, limits, watch
        self.faults: list[Fault] = []
        self.seen: dict[str, str] = {}
        self.unreadable: list[str] = []
        self.files = self.fault_count = 0
        self.of_kind: Counter[str] = Counter()
        self.claims_unread = False

    def file(self, given: Given) -> None:
        if given.note:
            self._fault(given.name, "files-passed-over", f"{given.note}.", Lost.NOTHING)
            return
        self.files += 1
        if given.refusal:
            self._unreadable(given.name, f"{given.name}: {given.refusal}")
            return
        with self._refusals_told(given.name), open_file(given.path) as stream:
            if holds_files(stream):
                self._archive(stream, given.name)
            else:
                self._stream(stream, given.name)

    def _archive(self, stream: BinaryIO, name: str) -> None:
        found = contents(stream, name=name, limits=self.limits)
        self.files -= 1  # its members are counted
        for member in found.members:
            self.files += 1
            with self._refusals_told(member.name), member.open() as unpacked:
                self._stream(unpacked, member.name)
        if found.passed_over:
            told = f"{found.passed_over:,} hidden, lock or temporary files passed over."
            self._fault(name, "files-passed-over", told, Lost.NOTHING)

    @contextmanager
    def _refusals_told(self, name: str) -> Iterator[None]:
        """What cannot be read is a fault, and the next file is read."""
        try:
            yield
        except UnreadableInput as error:
            self._unreadable(name, str(error))
        except OSError as error:
            self._unreadable(name, f"{name}: reading stopped: {error.strerror or type(error).__name__}")

    def _stream(self, stream: BinaryIO, name: str) -> None:
        file_hash = digest(stream)
        if file_hash in self.seen:
            self._fault(name, "file-duplicate", f"The same content as {self.seen[file_hash]}: read once.", Lost.NOTHING)
            return
        self.seen[file_hash] = name
        claims = read_claims(
            stream, name=name, file_hash=file_hash, complete=self.complete, mapping=self.mapping,
            progress=self._progress(stream, name),
        )  # fmt: skip
        if claims.other:
            self._fault(
                name, "not-read-yet", f"The file starts with {claims.other}: recognised, not read.", Lost.NOTHING
            )
        with closing(_one_ahead(claims.tables)) as parts:
            for tables in parts:
                self._load(tables)
        if claims.by_row:
            self.bench.files_by_row.add(name)

    def refuse_nothing(self) -> None:
        if self.unreadable and not self.bench.claims and len(self.seen) <= len(self.unreadable):
            raise UnreadableInput("\n".join(self.unreadable))

    def _unreadable(self, name: str, why: str) -> None:
        self.unreadable.append(why)
        self._fault(name, "file-unreadable", why.removeprefix(f"{name}: ").capitalize() + ".", Lost.FILE)

    def _progress(self, stream: BinaryIO, name: str) -> Progress | None:
        if (watch := self.watch) is None:
            return None
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        return lambda done: watch(f"reading {name}", done, size)

    def _load(self, tables: ClaimTables) -> None:
        self.bench.load_claims(tables)
        if not tables.fault.num_rows:
            return
        self.fault_count += tables.fault.num_rows
        self.claims_unread |= any(Lost(lost).left_claims_unread for lost in _distinct(tables.fault, "lost"))
        self.claims_unread |= not CUT_OFF.isdisjoint(_distinct(tables.fault, "fault"))
        self.faults += self._worth_telling(tables.fault)

    def _worth_telling(self, faults: pa.Table) -> list[Fault]:
        # A file can be one fault a million times over: each kind is told so often, and then counted.
        told = []
        for kind in _distinct(faults, "fault"):
            of_kind = faults.filter(pc.field("fault") == kind)
            room = max(0, MOST_OF_A_KIND - self.of_kind[kind])
            self.of_kind[kind] += of_kind.num_rows
            told.append(of_kind.slice(0, room))
        rows = pa.concat_tables(told).sort_by([("segment_number", "ascending"), ("row", "ascending")]).to_pylist()
        return msgspec.convert(rows, list[Fault])

    def more_of_a_kind(self) -> Iterator[Fault]:
        """How many faults of a kind were counted and not told one by one."""
        for kind, count in self.of_kind.items():
            if count > MOST_OF_A_KIND:
                message = f"{count - MOST_OF_A_KIND:,} more faults of this kind, not told one by one."
                yield Fault(source_file="(all files)", fault=kind, message=message, lost=Lost.NOTHING)

    def _fault(self, name: str, fault: str, message: str, lost: Lost) -> None:
        self.fault_count += 1
        self.claims_unread |= lost.left_claims_unread
        self.faults.append(Fault(source_file=name, fault=fault, message=message, lost=lost))


def _distinct(faults: pa.Table, column: str) -> list[str]:
    return [str(value) for value in faults[column].unique().to_pylist()]


def _one_ahead(parts: Iterator[ClaimTables]) -> Generator[ClaimTables]:
    """The parts in order, the next one being read while the last one is loaded."""
    # Worth a thread: both leave the interpreter lock for long.
    with ThreadPoolExecutor(max_workers=1) as reader:
        waiting = reader.submit(next, parts, None)
        while (part := waiting.result()) is not None:
            waiting = reader.submit(next, parts, None)
            yield part


def _result(checker: Checker, bench: Workbench, reading: _Reading, run: EditRun) -> CheckResult:
    fired = [finding for finding in run.findings if finding.outcome is Outcome.FIRES]
    by_severity = {
        severity: sum(finding.severity is severity for finding in fired)
        for severity in dict.fromkeys(item.severity for item in fired)
    }
    summary = Summary(
        claims=bench.claims, lines=bench.lines, findings=len(fired), faults=reading.fault_count, files=reading.files,
        not_evaluated=sum(count.outcomes[Outcome.NOT_EVALUATED] for count in run.counts),
        claims_with_findings=len({finding.claim_key for finding in fired}), by_severity=by_severity,
        total_charge=f"{run.billed.charges:.2f}", amount_at_risk=f"{run.amount_at_risk:.2f}",
        lines_without_charge=run.billed.lines_without_charge,
        claims_unread=reading.claims_unread,
        reference=_reference_in_words(checker.library), load_next=load_next(run.wants),
    )  # fmt: skip
    releases = sorted({release for finding in run.findings for release in finding.releases})
    return CheckResult(
        summary,
        run.findings,
        (*reading.faults, *reading.more_of_a_kind()),
        tuple(releases),
        tuple(_edit_summary(count, run) for count in run.counts),
        tuple(_claim_summary(item, by_row=item.file in bench.files_by_row) for item in run.totals),
    )


def _claim_summary(item: ClaimTotals, *, by_row: bool) -> ClaimSummary:
    segment, row = (None, item.place) if by_row else (item.place, None)
    charge, at_risk = as_money(item.total_charge), as_money(item.amount_at_risk)
    lines = tuple(_claim_line(line) for line in item.lines)
    return ClaimSummary(
        item.claim_key, item.claim_id, item.file, charge, at_risk, segment, row, item.payer_program, lines
    )


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
        fires=outcomes[Outcome.FIRES], clear=outcomes[Outcome.CLEAR], not_evaluated=outcomes[Outcome.NOT_EVALUATED],
        not_in_force=outcomes[Outcome.NOT_IN_FORCE], out_of_scope=outcomes[Outcome.OUT_OF_SCOPE],
        missing=_most_first(count.missing), wants=_most_first(_wants(count)),
        silenced=count.silenced, error=run.errors.get(edit.name),
        title=edit.page.title, why=edit.page.prose, authority=edit.page.front.authority,
    )  # fmt: skip


def _wants(count: EditCount) -> dict[str, int]:
    # Several facts that one thing would tell are one want; the most frequent says how often.
    facts = dictionary().facts(count.edit.grain)
    wants: dict[str, int] = {}
    for name, rows in count.missing.items():
        ask = (facts[name].ask if name in facts else "") or name.replace("_", " ")
        wants[ask] = max(rows, wants.get(ask, 0))
    return wants


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _reference_in_words(library: Library) -> str:
    if library.starter_only:
        codes = len({row[0] for row in library.starter.rows("hcpcs")})
        return f"the starter set ({codes} codes, some quarters); `cleanclaim reference import FILE..` widens it"
    names = ", ".join(item.label for item in library.releases)
    return f"{names}; on the starter set for what these do not cover"
