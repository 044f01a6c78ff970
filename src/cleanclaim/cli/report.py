"""A check on paper: a table or a page for people; JSON, JSON Lines, CSV, SARIF and Parquet for programs."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO, TextIOWrapper
from itertools import groupby
from typing import TextIO

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cleanclaim.app.result import CheckResult, ClaimSummary, Fault, LoadNext
from cleanclaim.cli.options import FailOn, Format
from cleanclaim.edits.findings import Finding, severity_order
from cleanclaim.edits.outcomes import Outcome
from cleanclaim.values import Severity

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a claim id may hold what would command a terminal
PLAIN_WIDTH = 100  # where the output is no terminal
MOST_FAULTS = 20
_STYLES = {Severity.REJECT: "bold red", Severity.DENY: "red", Severity.WARN: "yellow", Severity.INFO: "cyan"}
_ENOUGH = {
    FailOn.REJECT: {Severity.REJECT},
    FailOn.DENY: {Severity.REJECT, Severity.DENY},
    FailOn.WARN: {Severity.REJECT, Severity.DENY, Severity.WARN},
    FailOn.INFO: set(Severity),
    FailOn.NOT_EVALUATED: {Severity.REJECT, Severity.DENY},
    FailOn.NEVER: set[Severity](),
}


def exit_code(result: CheckResult, fail_on: FailOn) -> int:
    """0 clean; 1 findings of the asked severity, claims unread, or (when asked) not evaluated; 2 nothing read."""
    if result.summary.claims_unread and not result.summary.claims:
        return 2
    if fail_on is FailOn.NEVER:
        return 0
    strict = fail_on is FailOn.NOT_EVALUATED and result.summary.not_evaluated > 0
    return int(result.has_findings_of(*_ENOUGH[fail_on]) or result.summary.claims_unread or strict)


def write_result(result: CheckResult, output_format: Format, out: TextIO, *, checked_on: date | None = None) -> None:
    """The result in one of the formats."""
    writers: dict[Format, Callable[[CheckResult, TextIO], None]] = {
        Format.TABLE: _write_table, Format.JSON: _write_json, Format.JSONL: _write_jsonl, Format.CSV: _write_csv,
        Format.HTML: lambda result, out: _write_html(result, out, checked_on), Format.SARIF: _write_sarif,
        Format.PARQUET: _write_parquet,
    }  # fmt: skip
    if isinstance(out, TextIOWrapper):
        # What scripts read is UTF-8 everywhere; a terminal shows what it can.
        if output_format is Format.TABLE:
            out.reconfigure(errors="replace")
        else:
            out.reconfigure(encoding="utf-8")
    writers[output_format](result, out)
    out.flush()


def _write_json(result: CheckResult, out: TextIO) -> None:
    out.write(msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n")


def _write_jsonl(result: CheckResult, out: TextIO) -> None:
    # One record a line, each saying what it is, the summary last.
    records: list[tuple[str, Iterable[msgspec.Struct]]] = [
        ("fault", result.faults), ("finding", result.findings), ("edit", result.edits), ("summary", [result.summary]),
    ]  # fmt: skip
    for record, items in records:
        for item in items:
            out.write(msgspec.json.encode({"record": record, **msgspec.to_builtins(item)}).decode() + "\n")


_CSV_COLUMNS = (
    "file", "claim_id", "line_number", "hcpcs_code", "severity", "id", "edit", "case", "outcome", "message", "fix",
    "predicted", "confidence", "authority", "evidence", "missing", "related_lines", "charge_amount", "releases",
    "segment_number", "row", "edit_version",
)  # fmt: skip


def _write_csv(result: CheckResult, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for finding in result.findings:
        writer.writerow([no_formula(_cell(finding, column)) for column in _CSV_COLUMNS])
    tell_faults(result.faults, result.summary.faults)  # a table of findings has no place for them


# The reports are imported by who asks for one: each brings a library of its own.
def _write_html(result: CheckResult, out: TextIO, checked_on: date | None) -> None:
    from cleanclaim.app.reports.html import html_report  # noqa: PLC0415

    out.writelines(html_report(result, checked_on=checked_on))


def _write_sarif(result: CheckResult, out: TextIO) -> None:
    from cleanclaim.app.reports.sarif import sarif_report  # noqa: PLC0415

    out.write(sarif_report(result) + "\n")


def _write_parquet(result: CheckResult, out: TextIO) -> None:
    from cleanclaim.app.reports.parquet import write_parquet  # noqa: PLC0415

    write_parquet(result, out.buffer)
    tell_faults(result.faults, result.summary.faults)  # a table of findings has no place for them


def tell_faults(faults: Sequence[Fault], count: int) -> None:
    """Write the first faults to standard error, and how many more there are: they must not be lost."""
    for fault in faults[:MOST_FAULTS]:
        print(f"cleanclaim: {_place(fault)}: {_fault_text(fault)}", file=sys.stderr)
    if len(faults) > MOST_FAULTS:
        print(f"cleanclaim: ... and {count - MOST_FAULTS} more; --format json lists them", file=sys.stderr)


def no_formula(text: str) -> str:
    """A cell that a spreadsheet would run as a formula, as text; control characters as blanks."""
    shown = _CONTROL.sub(" ", text)
    return f"'{shown}" if shown[:1] in {"=", "+", "-", "@"} else shown


def _cell(finding: Finding, column: str) -> str:
    match column:
        case "fix":
            return finding.fix.say
        case "predicted":
            return _predicted(finding)
        case "authority":
            return "; ".join(_authorities(finding))
        case "evidence":
            return "; ".join(f"{name}={value}" for name, value in finding.evidence.items())
        case "missing" | "releases":
            return "; ".join(getattr(finding, column))
        case "related_lines":
            return "; ".join(f"{place.claim_id} line {place.line_number}" for place in finding.related_lines)
        case _:
            value = getattr(finding, column)
            return "" if value is None else str(value)


def _write_table(result: CheckResult, out: TextIO) -> None:
    if out.isatty():
        _print_table(Console(file=out, highlight=False), result)
        return
    page = StringIO()
    _print_table(Console(file=page, highlight=False, width=PLAIN_WIDTH), result)
    out.writelines(line.rstrip() + "\n" for line in page.getvalue().splitlines())


def _print_table(console: Console, result: CheckResult) -> None:
    _faults(console, result)
    totals = {claim.claim_key: claim for claim in result.claims}
    for claim_key, findings in groupby(result.findings, key=lambda finding: finding.claim_key):
        _claim(console, list(findings), totals[claim_key])
    _totals(console, result)
    _not_evaluated(console, result)


def _faults(console: Console, result: CheckResult) -> None:
    if not result.faults:
        return
    console.print(Text(f"{counted(len(result.faults), 'fault')} in reading", style="bold magenta"))
    for fault in result.faults[:MOST_FAULTS]:
        console.print(Padding(Text.assemble((f"{_place(fault)}: ", "magenta"), _fault_text(fault)), (0, 0, 0, 2)))
    if len(result.faults) > MOST_FAULTS:
        console.print(f"  ... and {len(result.faults) - MOST_FAULTS} more; --format json lists them all")
    console.print()


def _fault_text(fault: Fault) -> str:
    if fault.row is not None:  # says place and expectation already
        return f"{fault.message}. Lost: {fault.lost}. [{fault.fault}]"
    found = f" Found `{fault.value}`." if fault.value is not None else ""
    expected = f" Expected: {fault.expected}." if fault.expected else ""
    lost = f" Lost: {fault.lost}." if fault.lost != "nothing" else ""
    return _CONTROL.sub("?", f"{fault.message}{found}{expected}{lost} [{fault.fault}]")


def _place(fault: Fault) -> str:
    parts = [fault.source_file]
    if fault.segment_number is not None:
        parts.append(f"segment {fault.segment_number}" + (f" {fault.element or fault.segment or ''}").rstrip())
    return ", ".join(parts)


def _claim(console: Console, findings: list[Finding], claim: ClaimSummary) -> None:
    name = (_CONTROL.sub("?", claim.claim_id or "(claim without an account number)"), "bold")
    where = f"row {claim.row}" if claim.row is not None else f"segment {claim.segment_number}"
    money = f"{_dollars(claim.total_charge)} billed, {_dollars(claim.amount_at_risk)} at risk"
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
        f"  {_dollars(finding.charge_amount)}" if finding.charge_amount else "",
    )  # fmt: skip
    console.print(Padding(head, (0, 0, 0, 2)))
    console.print(Padding(Text(_CONTROL.sub("?", finding.message)), (0, 0, 0, 4)))
    if asked:
        return
    console.print(Padding(Text.assemble(("Fix: ", "green"), finding.fix.say), (0, 0, 0, 4)))
    if finding.related_lines:
        lines = ", ".join(f"{place.claim_id} line {place.line_number}" for place in finding.related_lines)
        console.print(Padding(f"With: {lines}", (0, 0, 0, 4)), markup=False)
    rule = f"Expect {_predicted(finding)}. Rule: {'; '.join(_authorities(finding))} [{finding.confidence}]."
    console.print(Padding(Text(rule, style="dim"), (0, 0, 0, 4)))
    if finding.releases:
        console.print(Padding(Text(f"By: {'; '.join(finding.releases)}.", style="dim"), (0, 0, 0, 4)))


def _predicted(finding: Finding) -> str:
    return (
        " or ".join(
            f"{item.group}-{item.carc}" + (f" with {item.rarc}" if item.rarc else "") for item in finding.predicted
        )
        or "no denial"
    )


def _authorities(finding: Finding) -> list[str]:
    return [item.title + (f", {item.at}" if item.at else "") for item in finding.authority]


def _totals(console: Console, result: CheckResult) -> None:
    summary = result.summary
    claims, lines = counted(summary.claims, "claim"), counted(summary.lines, "line")
    billed = f"{claims}, {lines}, {_dollars(summary.total_charge)} billed: "
    found = f"{counted(summary.findings, 'finding')} on {counted(summary.claims_with_findings, 'claim')}"
    console.print(Text.assemble((billed, "bold"), f"{found}, {_dollars(summary.amount_at_risk)} at risk"))
    if summary.lines_without_charge:
        console.print(f"{counted(summary.lines_without_charge, 'line')} without a charge: in neither sum.")
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
    console.print(f"Checked on {summary.reference}.", markup=False)
    from cleanclaim.cli.statistics import left_out_in_words  # noqa: PLC0415 - which counts as this module does

    for line in left_out_in_words(result):
        console.print(line, markup=False)


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
    told = f"{counted(file.checks, 'check')} on {_dollars(file.charge_amount)}"
    return f"{file.file} ({told}" + (f", {file.checks_alone:,} by itself)" if file.checks_alone < file.checks else ")")


def _dollars(amount: str | None) -> str:
    return "$?" if amount is None else f"${Decimal(amount):,.2f}"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
