"""A check on paper: a table or a page for people; JSON, JSON Lines, CSV, SARIF and Parquet for programs."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import TextIOWrapper
from typing import TextIO

import msgspec

from cleanclaim.app.result import CheckResult, Fault
from cleanclaim.cli.options import FailOn, Format
from cleanclaim.edits.findings import Finding
from cleanclaim.edits.worklist import Verdict
from cleanclaim.values import Severity

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a claim id may hold what would command a terminal
MOST_FAULTS = 20
_ENOUGH = {
    FailOn.REJECT: {Severity.REJECT},
    FailOn.DENY: {Severity.REJECT, Severity.DENY},
    FailOn.WARN: {Severity.REJECT, Severity.DENY, Severity.WARN},
    FailOn.INFO: set(Severity),
    FailOn.NOT_EVALUATED: {Severity.REJECT, Severity.DENY},
    FailOn.NEVER: set[Severity](),
}


def exit_code(result: CheckResult, fail_on: FailOn) -> int:
    """0 every claim is ready or worth a look; 1 something is to fix, cannot be said or was lost; 2 nothing was read.

    `fail_on` moves where 1 begins: at what is rejected, at every warning, at any check that could not be made, never.
    """
    summary = result.summary
    if summary.claims_unread and not summary.claims:
        return 2
    if fail_on is FailOn.NEVER:
        return 0
    strict = fail_on is FailOn.NOT_EVALUATED and summary.not_evaluated > 0
    unsaid = fail_on is not FailOn.REJECT and summary.verdicts.get(Verdict.CANNOT_SAY, 0) > 0
    lost = summary.claims_unread or summary.claims_unreadable > 0
    return int(result.has_findings_of(*_ENOUGH[fail_on]) or lost or unsaid or strict)


def write_result(
    result: CheckResult,
    output_format: Format,
    out: TextIO,
    *,
    checked_on: date | None = None,
    verbose: bool = False,
) -> None:
    """The result in one of the formats; `verbose` is for people who want every citation and gap in the table."""
    from cleanclaim.cli.report_table import write_table  # noqa: PLC0415 - rich is for people

    writers: dict[Format, Callable[[CheckResult, TextIO], None]] = {
        Format.TABLE: lambda result, out: write_table(result, out, verbose=verbose),
        Format.JSON: _write_json, Format.JSONL: _write_jsonl, Format.CSV: _write_csv,
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
        ("fault", result.faults), ("finding", result.findings), ("claim", result.claims),
        ("work_item", result.worklist), ("edit", result.edits), ("summary", [result.summary]),
    ]  # fmt: skip
    for record, items in records:
        for item in items:
            out.write(msgspec.json.encode({"record": record, **msgspec.to_builtins(item)}).decode() + "\n")


_CSV_COLUMNS = (
    "file", "claim_id", "line_number", "hcpcs_code", "severity", "id", "edit", "case", "outcome", "message", "fix",
    "predicted", "confidence", "authority", "evidence", "missing", "related_lines", "charge_amount", "releases",
    "segment_number", "row", "edit_version", "presumed", "caused_by",
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
        print(f"cleanclaim: {place_of(fault)}: {fault_text(fault)}", file=sys.stderr)
    if len(faults) > MOST_FAULTS:
        print(f"cleanclaim: ... and {count - MOST_FAULTS} more; --format json lists them", file=sys.stderr)


def no_formula(text: str) -> str:
    """A cell that a spreadsheet would run as a formula, as text; control characters as blanks."""
    shown = CONTROL.sub(" ", text)
    return f"'{shown}" if shown[:1] in {"=", "+", "-", "@"} else shown


def _cell(finding: Finding, column: str) -> str:
    match column:
        case "fix":
            return finding.fix.say
        case "predicted":
            return predicted_text(finding)
        case "authority":
            return "; ".join(authorities(finding))
        case "evidence":
            return "; ".join(f"{name}={value}" for name, value in finding.evidence.items())
        case "missing" | "releases":
            return "; ".join(getattr(finding, column))
        case "presumed":
            return "; ".join(f"{one.release}, {one.quarters} quarters on" for one in finding.presumed)
        case "related_lines":
            return "; ".join(f"{place.claim_id} line {place.line_number}" for place in finding.related_lines)
        case _:
            value = getattr(finding, column)
            return "" if value is None else str(value)


def fault_text(fault: Fault) -> str:
    """A fault in words, without its place."""
    if fault.row is not None:  # says place and expectation already
        return f"{fault.message}. Lost: {fault.lost}. [{fault.fault}]"
    found = f" Found `{fault.value}`." if fault.value is not None else ""
    expected = f" Expected: {fault.expected}." if fault.expected else ""
    lost = f" Lost: {fault.lost}." if fault.lost != "nothing" else ""
    return CONTROL.sub("?", f"{fault.message}{found}{expected}{lost} [{fault.fault}]")


def place_of(fault: Fault) -> str:
    """The file and segment of a fault."""
    parts = [fault.source_file]
    if fault.segment_number is not None:
        parts.append(f"segment {fault.segment_number}" + (f" {fault.element or fault.segment or ''}").rstrip())
    return ", ".join(parts)


def predicted_text(finding: Finding) -> str:
    """What a remittance would say."""
    return (
        " or ".join(
            f"{item.group}-{item.carc}" + (f" with {item.rarc}" if item.rarc else "") for item in finding.predicted
        )
        or "no denial"
    )


def authorities(finding: Finding) -> list[str]:
    """The sources of a finding, each with the place in it."""
    return [item.title + (f", {item.at}" if item.at else "") for item in finding.authority]


def dollars(amount: str | None) -> str:
    """An amount as people write it; `$?` where it is not known."""
    return "$?" if amount is None else f"${Decimal(amount):,.2f}"


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
