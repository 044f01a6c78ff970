"""A check for people: what to do, the most pressing first, and, when asked, every finding with its rule and sources."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from io import StringIO
from itertools import groupby
from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cleanclaim.app.result import CheckResult, ClaimSummary, LoadNext
from cleanclaim.cli.report import (
    CONTROL,
    MOST_FAULTS,
    authorities,
    counted,
    dollars,
    fault_text,
    place_of,
    predicted_text,
)  # fmt: skip
from cleanclaim.edits.findings import Finding, severity_order
from cleanclaim.edits.outcomes import Outcome
from cleanclaim.edits.worklist import Verdict, WorkItem
from cleanclaim.values import Severity

PLAIN_WIDTH = 100  # where the output is no terminal
MOST_ITEMS = 13  # of the work list on the first screen
FEWEST_FAULTS = 5
_STYLES = {Severity.REJECT: "bold red", Severity.DENY: "red", Severity.WARN: "yellow", Severity.INFO: "cyan"}


def write_table(result: CheckResult, out: TextIO, *, verbose: bool) -> None:
    """What to do, the most pressing first; with `verbose` also every finding with its rule, and what was not judged."""
    if out.isatty():
        _print_table(Console(file=out, highlight=False), result, verbose=verbose)
        return
    page = StringIO()
    _print_table(Console(file=page, highlight=False, width=PLAIN_WIDTH), result, verbose=verbose)
    out.writelines(line.rstrip() + "\n" for line in page.getvalue().splitlines())


def _print_table(console: Console, result: CheckResult, *, verbose: bool) -> None:
    _headline(console, result)
    _faults(console, result, MOST_FAULTS if verbose else FEWEST_FAULTS)
    _work(console, result, len(result.worklist) if verbose else MOST_ITEMS)
    if verbose:
        _details(console, result)
    _what_it_rests_on(console, result, verbose=verbose)


def _headline(console: Console, result: CheckResult) -> None:
    summary = result.summary
    words = {
        Verdict.READY: "ready",
        Verdict.FIX: "to fix",
        Verdict.LOOK: "to look at",
        Verdict.CANNOT_SAY: "cannot say",
    }
    counts = [f"{summary.verdicts.get(verdict, 0):,} {word}" for verdict, word in words.items()]
    unread = summary.charges_unreadable
    lost = f" and {counted(unread, 'charge')} that could not be read" if unread else ""
    billed = f"{counted(summary.claims, 'claim')}, {dollars(summary.total_charge)} billed{lost}: "
    told = Text.assemble((billed, "bold"), ", ".join(counts), f"; {dollars(summary.amount_at_risk)} at risk")
    console.print(told, soft_wrap=True)  # one line, however wide
    if summary.lines_without_charge:
        console.print(f"{counted(summary.lines_without_charge, 'line')} without a charge: in neither sum.")


def _work(console: Console, result: CheckResult, most: int) -> None:
    for item in result.worklist[:most]:
        console.print(_work_head(item), overflow="ellipsis", no_wrap=True)
        messages = list(dict.fromkeys(claim.message for claim in item.claims))
        said = messages[0] if len(messages) == 1 else f"{messages[0]} And {len(messages) - 1} more like it."
        text = Text.assemble(CONTROL.sub("?", said), "  ", ("Fix: ", "green"), CONTROL.sub("?", item.action))
        console.print(Padding(text, (0, 0, 0, 4)))
    if rest := result.worklist[most:]:
        left = sum((Decimal(item.amount) for item in rest), Decimal())
        console.print(
            f"... and {counted(len(rest), 'more item')} ({dollars(str(left))}); --verbose lists all", style="dim"
        )


def _work_head(item: WorkItem) -> Text:
    first = item.claims[0]
    lines = f" line {', '.join(map(str, first.line_numbers))}" if first.line_numbers else ""
    name = CONTROL.sub("?", first.claim_id or "(claim without an account number)") + lines
    who = name if len(item.claims) == 1 else f"{name} and {counted(len(item.claims) - 1, 'more claim')}"
    money = f"  {dollars(item.amount)}" if Decimal(item.amount) else ""
    also = f"  with it {', '.join(item.consequences)}" if item.consequences else ""
    quarters = max((one.quarters for one in item.presumed), default=0)
    presumed = f"  presumed, {counted(quarters, 'quarter')} on" if item.presumed else ""
    return Text.assemble(
        (f"{item.rank:>2}. ", "bold"), (str(item.severity), _STYLES[item.severity]), f"{money}  {item.id}  ",
        (who, "bold"), (also + presumed, "dim"),
    )  # fmt: skip


def _details(console: Console, result: CheckResult) -> None:
    console.print()
    totals = {claim.claim_key: claim for claim in result.claims}
    for claim_key, findings in groupby(result.findings, key=lambda finding: finding.claim_key):
        _claim(console, list(findings), totals[claim_key])
    _totals(console, result)
    _not_evaluated(console, result)


def _what_it_rests_on(console: Console, result: CheckResult, *, verbose: bool) -> None:
    summary = result.summary
    if unsaid := summary.verdicts.get(Verdict.CANNOT_SAY, 0):
        asks: dict[str, int] = {}
        for lack in summary.lacks:
            asks[lack.ask] = max(lack.claims, asks.get(lack.ask, 0))
        wanted = "; ".join(f"{ask} ({number:,})" for ask, number in list(asks.items())[:3])
        console.print(f"Cannot say for {counted(unsaid, 'claim')}; what would tell: {wanted}.", markup=False)
    if summary.presumed:
        carried: dict[str, tuple[int, int]] = {}
        for one in summary.presumed:
            quarters, lines = carried.get(one.publication, (0, 0))
            carried[one.publication] = max(quarters, one.quarters), max(lines, one.lines)
        told = "; ".join(
            f"{name} {counted(quarters, 'quarter')} on ({counted(lines, 'line')})"
            for name, (quarters, lines) in carried.items()
        )
        if summary.clear_presumed:
            told += f"; {counted(summary.clear_presumed, 'check')} passed on them alone"
        console.print(
            f"From earlier releases, presumed to hold: {told}. --no-presumption leaves them out.",
            markup=False,
        )
    if summary.waits_for_policies:
        waits = counted(summary.waits_for_policies, "check")
        console.print(f"{waits} more with your payers' own policies: --policies FOLDER.")
    if summary.not_evaluated and not verbose:
        rows = sum(edit.rows for edit in result.edits)
        load = f"; load next: {_load_next(summary.load_next[0])}" if summary.load_next else ""
        console.print(
            f"Not evaluated: {summary.not_evaluated:,} of {rows:,} checks (--verbose lists them){load}.", markup=False
        )
    console.print(f"Checked on {summary.reference}.", markup=False)
    from cleanclaim.cli.statistics import left_out_in_words  # noqa: PLC0415 - which counts as the report does

    for line in left_out_in_words(result):
        console.print(line, markup=False)


def _faults(console: Console, result: CheckResult, most: int) -> None:
    if not result.faults:
        return
    console.print(Text(f"{counted(len(result.faults), 'fault')} in reading", style="bold magenta"))
    for fault in result.faults[:most]:
        console.print(Padding(Text.assemble((f"{place_of(fault)}: ", "magenta"), fault_text(fault)), (0, 0, 0, 2)))
    if len(result.faults) > most:
        console.print(f"  ... and {len(result.faults) - most} more; --format json lists them all")


def _claim(console: Console, findings: list[Finding], claim: ClaimSummary) -> None:
    name = (CONTROL.sub("?", claim.claim_id or "(claim without an account number)"), "bold")
    where = f"row {claim.row}" if claim.row is not None else f"segment {claim.segment_number}"
    money = f"{dollars(claim.total_charge)} billed, {dollars(claim.amount_at_risk)} at risk"
    console.print(Text.assemble(name, f"  {claim.file}, {where}  {money}"))
    for finding in findings:
        _finding(console, finding)
    console.print()


def _finding(console: Console, finding: Finding) -> None:
    where = "claim" if finding.line_number is None else f"line {finding.line_number}"
    asked = finding.outcome is Outcome.NOT_EVALUATED
    head = Text.assemble(
        ("unknown" if asked else str(finding.severity), "dim" if asked else _STYLES[finding.severity]), "  ",
        (where, "bold"), f"  {finding.hcpcs_code or ''}".rstrip(), "  ", (f"{finding.id} {finding.edit}", "dim"),
        f"  {dollars(finding.charge_amount)}" if finding.charge_amount else "",
    )  # fmt: skip
    console.print(Padding(head, (0, 0, 0, 2)))
    console.print(Padding(Text(CONTROL.sub("?", finding.message)), (0, 0, 0, 4)))
    if asked:
        return
    console.print(Padding(Text.assemble(("Fix: ", "green"), finding.fix.say), (0, 0, 0, 4)))
    if finding.related_lines:
        lines = ", ".join(f"{place.claim_id} line {place.line_number}" for place in finding.related_lines)
        console.print(Padding(f"With: {lines}", (0, 0, 0, 4)), markup=False)
    rule = f"Expect {predicted_text(finding)}. Rule: {'; '.join(authorities(finding))} [{finding.confidence}]."
    console.print(Padding(Text(rule, style="dim"), (0, 0, 0, 4)))
    if finding.releases:
        console.print(Padding(Text(f"By: {'; '.join(finding.releases)}.", style="dim"), (0, 0, 0, 4)))


def _totals(console: Console, result: CheckResult) -> None:
    fired = [edit for edit in result.edits if edit.fires - edit.silenced]
    if fired:
        table = Table(box=None, pad_edge=False, show_edge=False)
        for title in ("edit", "", "reject", "deny", "warn", "info"):
            table.add_column(title, justify="right" if title in set(Severity) else "left")
        for edit in fired:
            counts = Counter(
                finding.severity
                for finding in result.findings
                if finding.id == edit.id and finding.outcome is Outcome.FIRES
            )
            table.add_row(
                edit.id, edit.edit, *(str(counts[severity] or "") for severity in sorted(Severity, key=severity_order))
            )
        console.print(Padding(table, (0, 0, 0, 2)))


def _not_evaluated(console: Console, result: CheckResult) -> None:
    if not result.summary.not_evaluated:
        return
    rows = sum(edit.rows for edit in result.edits)
    console.print(
        Text(f"{result.summary.not_evaluated} of {rows} checks could not be made for want of:", style="yellow")
    )
    table = Table(box=None, pad_edge=False, show_edge=False, show_header=False)
    for edit in result.edits:
        if edit.not_evaluated:
            wants = "; ".join(f"{want} ({count})" for want, count in edit.wants.items())
            table.add_row(
                edit.id, f"{edit.not_evaluated} of {edit.rows}", wants + (f": {edit.error}" if edit.error else "")
            )
    console.print(Padding(table, (0, 0, 0, 2)))
    for one in result.summary.policy_conflicts:
        console.print(
            f"Policies contradict each other: {' and '.join(one.policies)} on {one.attribute} of {one.drug}, from"
            f" {one.first_day} on; what reads it is not evaluated.",
            markup=False,
        )
    if result.summary.load_next:
        first, *others = result.summary.load_next
        console.print(Text.assemble("The most useful file to load next: ", (_load_next(first), "bold"), "."))
        if others:
            console.print(f"Then: {'; '.join(map(_load_next, others[:2]))}.", markup=False)


def _load_next(file: LoadNext) -> str:
    told = counted(file.checks, "check")  # not their charges: a line stands in several, and the sum exceeds the bill
    return f"{file.file} ({told}" + (f", {file.checks_alone:,} by itself)" if file.checks_alone < file.checks else ")")
