"""`check --statistics`: how often each edit fired, by severity, and on how many claims; no findings."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from typing import TextIO

import msgspec

from cleanclaim.app.result import CheckResult
from cleanclaim.cli.options import Format
from cleanclaim.cli.report import counted
from cleanclaim.edits.findings import severity_order
from cleanclaim.edits.outcomes import Outcome
from cleanclaim.errors import InvalidValue
from cleanclaim.values import Severity

FORMATS = (Format.TABLE, Format.JSON, Format.JSONL, Format.CSV)


class EditStatistics(msgspec.Struct, frozen=True):
    """How often one edit fired with one severity."""

    id: str
    edit: str
    severity: Severity
    findings: int
    claims: int


def refuse_statistics(output_format: Format) -> None:
    """Raises InvalidValue for a format that has no place for them."""
    if output_format not in FORMATS:
        raise InvalidValue(f"--statistics: expected --format {', '.join(FORMATS)}, not {output_format}")


def statistics(result: CheckResult) -> tuple[EditStatistics, ...]:
    """What fired, counted by edit and severity: the most frequent first, then the worst."""
    counts: Counter[tuple[str, str, Severity]] = Counter()
    claims: defaultdict[tuple[str, str, Severity], set[int]] = defaultdict(set)
    for finding in result.findings:
        if finding.outcome is Outcome.FIRES:
            key = (finding.id, finding.edit, finding.severity)
            counts[key] += 1
            claims[key].add(finding.claim_key)
    rows = [EditStatistics(*key, findings=count, claims=len(claims[key])) for key, count in counts.items()]
    return tuple(sorted(rows, key=lambda one: (-one.findings, severity_order(one.severity), one.id)))


def write_statistics(result: CheckResult, output_format: Format, out: TextIO) -> None:
    """The statistics in one of the formats."""
    rows = statistics(result)
    if output_format is Format.JSON:
        out.write(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n")
    elif output_format is Format.JSONL:
        out.writelines(msgspec.json.encode(row).decode() + "\n" for row in rows)
    elif output_format is Format.CSV:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(EditStatistics.__struct_fields__)
        writer.writerows(msgspec.structs.astuple(row) for row in rows)
    else:
        _write_table(rows, result, out)
    out.flush()


def _write_table(rows: tuple[EditStatistics, ...], result: CheckResult, out: TextIO) -> None:
    summary = result.summary
    number = max((len(f"{row.findings:,}") for row in rows), default=0)
    identifier = max((len(row.id) for row in rows), default=0)
    for row in rows:
        claims = counted(row.claims, "claim")
        out.write(f"{row.findings:>{number},}  {row.severity:<6}  {row.id:<{identifier}}  {row.edit}  ({claims})\n")
    found = f"{counted(summary.findings, 'finding')} on {counted(summary.claims_with_findings, 'claim')}"
    out.write(f"{found}, of {counted(summary.claims, 'claim')} and {counted(summary.lines, 'line')}")
    if summary.not_evaluated:
        out.write(f"; {counted(summary.not_evaluated, 'check')} not evaluated")
    out.write("\n" + "".join(f"{line}\n" for line in left_out_in_words(result)))


def left_out_in_words(result: CheckResult) -> list[str]:
    """What was not asked or not told because somebody said so, a line each."""
    summary, lines = result.summary, []
    if summary.edits_left_out:
        total = len(result.edits) + summary.edits_left_out
        lines.append(f"{summary.edits_left_out:,} of {total:,} edits left out, by --select, --ignore or the profile.")
    if summary.switched_off:
        lines.append(f"{counted(summary.switched_off, 'finding')} not told: off on that day by the profile.")
    return lines
