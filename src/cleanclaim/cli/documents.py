"""`docs-needed`: what must be on file for claims, as a list to tick or as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from cleanclaim.cli.config import config_of
from cleanclaim.cli.options import (
    AuthorizationsOption,
    EditsOption,
    HistoryFromOption,
    HistoryOption,
    NoPresumptionOption,
    OnFileOption,
    OutputOption,
    PoliciesOption,
    ProfileOption,
    ReferenceOption,
    ShortFormat,
    ShortFormatOption,
    day_of,
    there,
)

if TYPE_CHECKING:
    from cleanclaim.app.docs_needed import DocsNeeded, NeededDocument

documents_app = typer.Typer()
_BOX = {"yes": "[x]", "no": "[ ]", "unknown": "[?]"}


@documents_app.command("docs-needed")
def docs_needed_command(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(readable=False, help="Claim files, as `check` reads them.")],
    claim: Annotated[str | None, typer.Option("--claim", help="One claim of them, by its number (CLM01).")] = None,
    on_file: OnFileOption = None,
    authorizations: AuthorizationsOption = None,
    checked_on: Annotated[
        str | None,
        typer.Option("--checked-on", help="The day that stands for today, YYYY-MM-DD or M/D/YYYY; else today."),
    ] = None,
    policies: PoliciesOption = None,
    history: HistoryOption = None,
    history_from: HistoryFromOption = None,
    reference: ReferenceOption = None,
    no_presumption: NoPresumptionOption = False,  # noqa: ARG001, FBT002 - its callback acts
    edits: EditsOption = None,
    output_format: ShortFormatOption = ShortFormat.TABLE,
    output: OutputOption = None,
    profile: ProfileOption = None,
) -> None:
    """What must be on file for each drug line, why, what is known to be there, and what a denial would say without it.

    Exit codes: 0 nothing that is needed is known to be missing; 1 something is.
    """
    from cleanclaim.app.checker import Checker  # noqa: PLC0415
    from cleanclaim.app.docs_needed import docs_needed  # noqa: PLC0415
    from cleanclaim.app.supporting import SupportingFiles, sound_policies  # noqa: PLC0415
    from cleanclaim.cli.checking import site_of  # noqa: PLC0415
    from cleanclaim.cli.output import opened_output, refuse_output  # noqa: PLC0415
    from cleanclaim.edits.collection import all_edits  # noqa: PLC0415
    from cleanclaim.policies.shipped import with_defaults  # noqa: PLC0415
    from cleanclaim.reference.library import Library  # noqa: PLC0415

    if output is not None:
        refuse_output(output, output_format, inputs=[one for one in (*files, on_file, policies) if one])
    used = with_defaults(sound_policies(policies))
    first_day = day_of(history_from, "--history-from") if history_from else None
    supporting = SupportingFiles(
        authorizations=authorizations, on_file=on_file, history=tuple(history or ()), history_from=first_day
    )
    every_edit = all_edits(edits)
    site = site_of(config_of(context), profile, every_edit)
    checker = Checker.of(Library.open(there(reference)), every_edit, used).choosing(site)
    day = day_of(checked_on, "--checked-on")
    needed = docs_needed(checker, files, used, supporting, claim_id=claim, checked_on=day)
    with opened_output(output) as out:
        write_documents(needed, output_format, out)
    for fault in needed.faults:
        print(f"{fault.source_file}: {fault.message}", file=sys.stderr)
    missing = any(
        one.on_file == "no" and one.only_if is None
        for of_claim in needed.claims
        for line in of_claim.lines
        for one in line.documents
    )
    raise typer.Exit(1 if missing else 0)


def write_documents(needed: DocsNeeded, output_format: ShortFormat, out: TextIO) -> None:
    """The lists: to tick, or as JSON (one claim a line as JSON Lines)."""
    import msgspec  # noqa: PLC0415

    if output_format is ShortFormat.JSON:
        out.write(msgspec.json.format(msgspec.json.encode(needed), indent=2).decode() + "\n")
        return
    for claim in needed.claims:
        if output_format is ShortFormat.JSONL:
            out.write(msgspec.json.encode(claim).decode() + "\n")
            continue
        out.write(f"Claim {claim.claim_id or '(no number)'}  ({claim.file})\n")
        for line in claim.lines:
            out.write(f"\n  Line {line.line_number}: {line.hcpcs_code} on {line.service_date or 'an unknown day'}\n")
            for one in (*_first(line.documents), *_open(line.documents)):
                _write_one(one, out)
        out.write("\n")
    if output_format is ShortFormat.TABLE:
        out.write(f"{_counts(needed)}\n")
        out.write("[x] on file   [ ] missing   [?] nobody has said: hand it in with --on-file\n")


def _counts(needed: DocsNeeded) -> str:
    """How many documents are needed, and what is known of them."""
    wanted = [one for claim in needed.claims for line in claim.lines for one in _first(line.documents)]
    missing, unsaid = (sum(one.on_file == state for one in wanted) for state in ("no", "unknown"))
    as_of = f"As of {needed.on}: " if needed.on else ""
    return f"{as_of}{len(wanted):,} documents needed: {missing:,} missing, {unsaid:,} of which nobody has said anything"


def _first(documents: tuple[NeededDocument, ...]) -> list[NeededDocument]:
    return [one for one in documents if one.only_if is None]


def _open(documents: tuple[NeededDocument, ...]) -> list[NeededDocument]:
    return [one for one in documents if one.only_if is not None]


def _write_one(one: NeededDocument, out: TextIO) -> None:
    title = one.title if one.title != one.id else "a document of the payer's own"
    shown = "; the claim shows some of it" if one.shown_by_claim else ""
    # What may not be needed at all is not missing.
    box = _BOX if one.only_if is None else {**_BOX, "no": _BOX["unknown"]}
    out.write(f"\n  {box[one.on_file]} {one.id} {title}\n")
    out.write(f"      why: {'; '.join(one.why) or f'only if {one.only_if}'}{shown}\n")
    for item in one.items:
        out.write(f"      {box[item.on_file]} {item.say}  ({item.key})\n")
    if one.without:
        codes = f" (CARC {', '.join(one.denials)})" if one.denials else ""
        out.write(f"      without it: {one.without}{codes}; {one.source}, confidence {one.confidence}\n")
