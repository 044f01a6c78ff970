"""Look-ups and the library's state on paper. Imports neither DuckDB nor Arrow: a look-up must be quick."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, cast

from cleanclaim.cli.options import ShortFormat
from cleanclaim.reference.codes.answers import COVERAGE, CodeAnswer, CodeStatus, NdcAnswer
from cleanclaim.reference.codes.differences import unit_words
from cleanclaim.reference.library.presumption import Band, named
from cleanclaim.reference.tables import TABLES

if TYPE_CHECKING:
    from cleanclaim.reference.library import Library
    from cleanclaim.reference.library.storing import ImportReport
    from cleanclaim.reference.manifest import Manifest
    from cleanclaim.reference.publications.archive import MemberSetAside

_NOT_PAID = {"I", "M", "S"}  # coverage codes under which Medicare pays nothing

Answer = TypeVar("Answer")  # a dataclass of `reference.answers` or of a question beside it


def write_codes(answers: Sequence[CodeAnswer], output_format: ShortFormat, out: TextIO) -> None:
    """What codes mean on a day."""
    write_answers(answers, output_format, out, _code_text)


def write_ndcs(answers: Sequence[NdcAnswer], output_format: ShortFormat, out: TextIO) -> None:
    """What drug numbers stand for."""
    write_answers(answers, output_format, out, _ndc_text)


def write_status(library: Library, output_format: ShortFormat, out: TextIO) -> None:
    """What the library holds."""
    releases = [_release(item) for item in library.releases]
    starter = {table.name: len(library.starter.rows(table.name)) for table in TABLES}
    if output_format is not ShortFormat.TABLE:
        state = {
            "folder": str(library.folder),
            "starter_only": library.starter_only,
            "digest": library.digest,
            "releases": releases,
            "default": library.default.label if library.default else None,
            "starter": starter,
        }
        out.write(_json(state, output_format) + "\n")
        return
    out.write(f"Library: {library.folder}\n")
    for manifest in library.releases:
        out.writelines(_status_lines(manifest))
    if not releases:
        out.write("  no release imported yet: `cleanclaim reference import FILE..`\n")
    if default := library.default:
        out.write(
            f"  {default.label}, days {default.days.first} to {default.days.last}: diagnoses that no release covers\n"
        )
    counts = ", ".join(f"{name} {count}" for name, count in starter.items() if count)
    out.write(f"  starter set, for what no release covers: {counts} rows\n")


def write_import(report: ImportReport | MemberSetAside, out: TextIO) -> None:
    """What an import did with a file, or with a member of an archive."""
    from cleanclaim.reference.library.storing import ImportReport  # noqa: PLC0415 - a look-up needs no importers

    if not isinstance(report, ImportReport):
        place = f"{report.archive}: {report.member}" if report.archive else report.member
        out.write(f"{place}: set aside, {report.reason}\n")
        return
    manifest = report.manifest
    if report.already_there:
        out.write(f"{manifest.origin}: already there as {manifest.label}\n")
        return
    out.write(
        f"{manifest.origin}: {manifest.label}, days {manifest.effective.first} to {manifest.effective.last}: "
        f"{manifest.kept} of {manifest.read} rows kept\n"
    )
    if report.replaces:
        out.write(f"  has the say from now on instead of {report.replaces}, which stays readable\n")
    for item in manifest.set_aside:
        out.write(f"  set aside: {item.count} rows, {item.reason}\n")
    for note in manifest.notes:
        out.write(f"  note: {note}\n")


def _status_lines(manifest: Manifest) -> Iterable[str]:
    tables = ", ".join(f"{file.name} {file.rows}" for file in manifest.tables)
    days = f"days {manifest.effective.first} to {manifest.effective.last}"
    kept = f"{manifest.kept} of {manifest.read} rows kept ({tables})"
    yield f"  {manifest.label}: {days}, {kept}, from {manifest.origin}\n"
    if manifest.thin:
        yield "    an excerpt or a list at second hand: it tells less than the publication\n"


def _release(item: Manifest) -> dict[str, Any]:
    return {
        "publication": item.publication, "release": item.release, "series": item.series, "revision": item.revision,
        "file_name": item.file_name, "archive": item.archive, "thin": item.thin,
        "tables": {file.name: file.rows for file in item.tables},
        "effective_from": item.effective.first.isoformat(), "effective_to": item.effective.last.isoformat(),
        "rows_read": item.read, "rows_kept": item.kept, "set_aside": [asdict(one) for one in item.set_aside],
    }  # fmt: skip


def write_answers(
    answers: Sequence[Answer], output_format: ShortFormat, out: TextIO, text: Callable[[Answer], Iterable[str]]
) -> None:
    """Answers as a JSON list, as JSON Lines, or in words, a blank line after each."""
    if output_format is ShortFormat.JSON:
        out.write(_json([asdict(cast("Any", answer)) for answer in answers], output_format) + "\n")
    elif output_format is ShortFormat.JSONL:
        out.writelines(_json(asdict(cast("Any", answer)), output_format) + "\n" for answer in answers)
    else:
        out.write("\n".join(line for answer in answers for line in (*text(answer), "")))


def _json(content: object, output_format: ShortFormat) -> str:
    # Decimals and dates become strings: an amount must not pass through a float.
    return json.dumps(content, default=str, ensure_ascii=False, indent=2 if output_format is ShortFormat.JSON else None)


def _code_text(answer: CodeAnswer) -> Iterable[str]:
    yield f"{answer.code} on {answer.on}: {answer.status.replace('_', ' ')}"
    if answer.why:
        yield f"  {answer.why}"
    if answer.descriptor:
        yield f"  {answer.descriptor}"
    if answer.valid_from:
        is_open = answer.valid_to is not None and answer.valid_to.year == 9999
        yield f"  valid           {answer.valid_from} to {'(open)' if is_open else answer.valid_to}"
    if answer.unit_semantics:
        shown = (f"{answer.amount.normalize():f}" if answer.amount is not None else "", answer.unit or "")
        amount = " ".join((*filter(None, shown), ""))
        if answer.unit_semantics == "range":
            amount = f"{unit_words(answer.amount, answer.unit, answer.unit_semantics, answer.descriptor)} "
        yield f"  billing unit    {amount}({answer.unit_semantics.replace('_', ' ')})"
    if answer.replaced_by:
        followed = zip(answer.replaced_by, answer.replaced_by_units, strict=True)
        told = (f"{code} (1 unit = {factor:f})" if factor else code for code, factor in followed)
        yield f"  replaced by     {', '.join(told)}"
    if answer.coverage_code in _NOT_PAID:
        yield f"  Medicare        {COVERAGE[answer.coverage_code]} (coverage {answer.coverage_code})"
    if answer.status is CodeStatus.ACTIVE:
        limit = (
            f"${answer.payment_limit:f} a unit, coinsurance {answer.coinsurance_percent:f} %"
            if answer.payment_limit is not None
            else "none is published"
            if "no payment limit is published" in (answer.why or "")
            else _band(answer.payment_limit_band)
            if answer.payment_limit_band
            else "not known"
        )
        yield f"  payment limit   {limit}"
        mue = (
            f"{answer.mue.normalize():f} (adjudication indicator {answer.mue_adjudication_indicator})"
            if answer.mue is not None
            else "none is published"
            if "no MUE value is published" in (answer.why or "")
            else "not known"
        )
        yield f"  MUE             {mue}"
    for one in answer.presumed:
        ago = f"{one.quarters} quarter{'' if one.quarters == 1 else 's'}"
        yield f"  presumed        from {one.release}: the newest {one.publication} at hand, {ago} earlier"
    if answer.releases:
        told_by = dict.fromkeys(named(release) for release in answer.releases)
        yield f"  by              {'; '.join(told_by)}"


def _band(band: Band) -> str:
    """A limit of an earlier quarter, as a range: a price is never carried forward."""
    quarters = f"{band.quarters} quarter{'' if band.quarters == 1 else 's'}"
    return (
        f"likely ${band.low:f} to ${band.high:f} a unit; the file of the quarter is not loaded,"
        f" and limits move by up to {band.percent} % in {quarters} [{band.release}]"
    )


def _ndc_text(answer: NdcAnswer) -> Iterable[str]:
    day = f" on {answer.on}" if answer.on and answer.ndc11 else ""
    yield f"{answer.given}{day}: {answer.ndc11 or 'no NDC in eleven digits'} ({answer.kind})"
    if answer.why:
        yield f"  {answer.why}"
    if answer.candidates and answer.ndc11 is None:
        yield f"  can stand for   {', '.join(answer.candidates)}"
    for code in answer.hcpcs:
        days = f"from {code.valid_from} to {code.valid_to}"
        yield f"  {code.ndc11} stands under {code.hcpcs_code} {days} [{code.release}]"
    for product in answer.products:
        content = (
            f"{product.content_amount.normalize():f} {product.content_unit}"
            if product.content_amount is not None
            else "content unknown"
        )
        container = (product.container or "container kind unknown").replace("_", " ")
        form, unit = product.form or "form unknown", product.ndc_unit or "?"
        what = f"{product.name}, {container}, {form}, {content}"
        yield f"  {product.ndc11} is {what}, billed in {unit} [{product.release}]"
