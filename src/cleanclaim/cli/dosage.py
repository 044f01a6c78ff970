"""How the descriptors of a day are read, on paper. Imports neither DuckDB nor Arrow."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import TextIO

from cleanclaim.cli.options import RowsFormat
from cleanclaim.reference.codes.dosage_report import CodeReading, DosageReport
from cleanclaim.reference.codes.drug_names import DrugName

_DOSAGE_COLUMNS = ("amount", "unit", "semantics", "substance")
_NAME_COLUMNS = tuple(column.name for column in fields(DrugName))
_MOST_TEXT = 90  # characters of a descriptor that the table shows


def write_dosage_report(report: DosageReport, output_format: RowsFormat, out: TextIO) -> None:
    """The report in one of the formats: the table has the summary and what was not parsed, the others every code."""
    if output_format is RowsFormat.JSON:
        out.write(json.dumps(asdict(report), default=str, ensure_ascii=False, indent=2) + "\n")
    elif output_format is RowsFormat.CSV:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("code", *_DOSAGE_COLUMNS, "reason", *_NAME_COLUMNS, "descriptor"))
        writer.writerows(map(_row, report.readings))
    else:
        out.writelines(f"{line}\n" for line in _text(report))


def _row(reading: CodeReading) -> tuple[str, ...]:
    dosage = (_cell(getattr(reading.dosage, name, None)) for name in _DOSAGE_COLUMNS)
    name = (_cell(getattr(reading.name, column, None)) for column in _NAME_COLUMNS)
    return (reading.code, *dosage, reading.reason or "", *name, reading.descriptor or "")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _text(report: DosageReport) -> Iterator[str]:
    if report.share is None:
        yield f"descriptors on {report.on}: {report.why}"
        return
    yield f"descriptors on {report.on}: {report.parsed} of {report.codes} drug codes parsed, {report.share} %"
    for semantics, count in report.by_semantics.items():
        yield f"  {semantics.replace('_', ' '):<14}{count:>6}"
    yield f"  {'not parsed':<14}{len(report.not_parsed):>6}"
    for one in report.not_parsed:
        text = one.descriptor or "no descriptor known"
        yield f"    {one.code}  {one.reason}: {text[:_MOST_TEXT]}{' ...' if len(text) > _MOST_TEXT else ''}"
    for one in report.readings:
        if one.name and one.name.unread:
            yield f"    {one.code}  part of the name in no vocabulary: {', '.join(one.name.unread)}"
    yield f"  by  {'; '.join(report.releases)}"
