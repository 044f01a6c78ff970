"""The commands that answer about codes. The look-ups load neither DuckDB nor Arrow; the guide does."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from cleanclaim.cli.options import (
    AuditFormat,
    CodeFormat,
    EditsOption,
    GuideFormat,
    NoPresumptionOption,
    OnOption,
    OutputOption,
    ReferenceOption,
    ShortFormat,
    ShortFormatOption,
    day_of,
    there,
)
from cleanclaim.errors import InvalidValue, UnreadableInput

if TYPE_CHECKING:
    from cleanclaim.reference.codes.timeline import Timeline

codes_app = typer.Typer()


@codes_app.command()
def code(
    codes: Annotated[list[str], typer.Argument(help="HCPCS Level II codes.")],
    on: OnOption = None,
    over_time: Annotated[
        bool,
        typer.Option("--timeline", help="Everything dated: validity, price by quarter, MUE, status."),
    ] = False,
    output_format: Annotated[
        CodeFormat, typer.Option("--format", help="How to print the answer; html is the page of one code's timeline.")
    ] = CodeFormat.TABLE,
    output: OutputOption = None,
    reference: ReferenceOption = None,
    no_presumption: NoPresumptionOption = False,  # noqa: ARG001 - its callback acts
) -> None:
    """What a code means on a day: validity, billing unit, payment limit, MUE, and what follows it."""
    from cleanclaim.cli.answers import write_codes  # noqa: PLC0415
    from cleanclaim.cli.output import opened_output, refuse_output  # noqa: PLC0415
    from cleanclaim.reference.codes.lookup import Lookup  # noqa: PLC0415

    if not all(text.strip() for text in codes):
        raise InvalidValue("expected a code: a letter and four digits")
    if output_format is CodeFormat.HTML and not (over_time and len(codes) == 1):
        raise InvalidValue("--format html: expected --timeline and one code")
    refuse_output(output, output_format)
    lookup = Lookup.open(there(reference))
    with opened_output(output) as out:
        if over_time:
            from cleanclaim.reference.codes.timeline import timeline  # noqa: PLC0415

            _write_timelines([timeline(lookup, text) for text in codes], output_format, out)
        else:
            day = day_of(on)
            answers = [lookup.code(text.strip().upper(), day) for text in codes]
            write_codes(answers, ShortFormat(output_format), out)


def _write_timelines(timelines: Sequence[Timeline], output_format: CodeFormat, out: TextIO) -> None:
    if output_format is CodeFormat.HTML:
        from cleanclaim.app.reports.code_page import timeline_page  # noqa: PLC0415

        out.writelines(timeline_page(timelines[0]))
        return
    from cleanclaim.cli.codes import write_timelines  # noqa: PLC0415

    write_timelines(timelines, ShortFormat(output_format), out)


@codes_app.command()
def ndc(
    numbers: Annotated[list[str], typer.Argument(help="NDCs in any form.")],
    on: OnOption = None,
    all_dates: Annotated[bool, typer.Option("--all-dates", help="What is known of every day, oldest first.")] = False,
    output_format: ShortFormatOption = ShortFormat.TABLE,
    reference: ReferenceOption = None,
    no_presumption: NoPresumptionOption = False,  # noqa: ARG001 - its callback acts
) -> None:
    """What an NDC stands for: its eleven digits or the candidates, the codes it is listed under, its container."""
    from cleanclaim.cli.answers import write_ndcs  # noqa: PLC0415
    from cleanclaim.reference.codes.lookup import Lookup  # noqa: PLC0415

    if on and all_dates:
        raise InvalidValue("--on or --all-dates: expected one of them")
    day = None if all_dates else day_of(on)
    lookup = Lookup.open(there(reference))
    write_ndcs([lookup.ndc(text, day) for text in numbers], output_format, sys.stdout)


@codes_app.command()
def search(
    query: Annotated[list[str], typer.Argument(help="A drug, a brand, words of a descriptor, an NDC, part of a code.")],
    on: OnOption = None,
    most: Annotated[int, typer.Option("--most", min=1, max=100, help="Most codes to list.")] = 10,
    output_format: ShortFormatOption = ShortFormat.TABLE,
    reference: ReferenceOption = None,
    no_presumption: NoPresumptionOption = False,  # noqa: ARG001 - its callback acts
) -> None:
    """Find codes by a name, words, an NDC or part of a number. Typos are told, and what is only near comes last.

    Exit codes: 0 something was found; 1 nothing was.
    """
    from cleanclaim.cli.codes import write_search  # noqa: PLC0415
    from cleanclaim.reference.codes.lookup import Lookup  # noqa: PLC0415
    from cleanclaim.reference.codes.search import Search  # noqa: PLC0415

    answer = Search(Lookup.open(there(reference))).find(" ".join(query), day_of(on), most=most)
    write_search(answer, output_format, sys.stdout)
    raise typer.Exit(0 if answer.hits else 1)


@codes_app.command()
def similar(
    codes: Annotated[list[str], typer.Argument(help="HCPCS Level II codes, or names that mean one code.")],
    on: OnOption = None,
    look_alikes: Annotated[
        int, typer.Option("--look-alikes", min=0, help="Most codes to list of which only the number is alike.")
    ] = 8,
    output_format: ShortFormatOption = ShortFormat.TABLE,
    reference: ReferenceOption = None,
    no_presumption: NoPresumptionOption = False,  # noqa: ARG001 - its callback acts
) -> None:
    """What a code may be taken for: successors, the same drug otherwise, the same NDC, a number one slip away.

    Each with why it is here and with the one line that decides between the two.
    """
    from cleanclaim.cli.codes import write_similar  # noqa: PLC0415
    from cleanclaim.reference.codes.lookup import Lookup  # noqa: PLC0415
    from cleanclaim.reference.codes.naming import code_meant  # noqa: PLC0415
    from cleanclaim.reference.codes.similar import similar as similar_to  # noqa: PLC0415

    lookup, day = Lookup.open(there(reference)), day_of(on)
    meant = [code_meant(lookup, text, day) for text in codes]
    answers = [similar_to(lookup, one, day, most_look_alikes=look_alikes) for one in meant]
    write_similar(answers, output_format, sys.stdout)


@codes_app.command()
def guide(
    code: Annotated[str, typer.Argument(help="A HCPCS Level II code, or a name that means one code.")],
    on: OnOption = None,
    output_format: Annotated[
        GuideFormat, typer.Option("--format", help="How to print the guide.")
    ] = GuideFormat.MARKDOWN,
    output: OutputOption = None,
    reference: ReferenceOption = None,
    no_presumption: NoPresumptionOption = False,  # noqa: ARG001 - its callback acts
    edits: EditsOption = None,
    policies: Annotated[
        Path | None,
        typer.Option("--policies", help="Policies of payers (a file or folder): what each asks for stands in it."),
    ] = None,
) -> None:
    """The billing guide of a code on a day: what it is and is for, units, modifiers, documents, edits, payers.

    Each statement names its source; what is not covered yet says so. A PDF is drawn by the extra `letters`.
    """
    from cleanclaim.app.code_pages import CodePages  # noqa: PLC0415
    from cleanclaim.app.supporting import sound_policies  # noqa: PLC0415
    from cleanclaim.cli.guides import write_guide  # noqa: PLC0415
    from cleanclaim.cli.output import opened_output, refuse_output  # noqa: PLC0415
    from cleanclaim.reference.codes.naming import code_meant  # noqa: PLC0415

    day = day_of(on)
    refuse_output(output, output_format)
    with CodePages.open(there(reference), edits=edits, policies=sound_policies(policies)) as pages:
        told = pages.guide(code_meant(pages.lookup, code, day), day)
    with opened_output(output) as out:
        write_guide(told, output_format, out)


@codes_app.command()
def audit(
    file: Annotated[Path, typer.Argument(readable=False, help="Prose, Markdown, HTML or PDF; - is standard input.")],
    on: OnOption = None,
    output_format: Annotated[AuditFormat, typer.Option("--format", help="How to print the audit.")] = AuditFormat.TABLE,
    output: OutputOption = None,
    reference: ReferenceOption = None,
    no_presumption: NoPresumptionOption = False,  # noqa: ARG001 - its callback acts
) -> None:
    """What a text says of codes, each statement held against the reference: supported, contradicted, not checkable.

    No network, no model. Exit codes: 0 nothing is contradicted; 1 something is.
    """
    from cleanclaim.app.audits import audit_text  # noqa: PLC0415
    from cleanclaim.cli.audits import write_audit  # noqa: PLC0415
    from cleanclaim.cli.output import opened_output, refuse_output  # noqa: PLC0415

    refuse_output(output, output_format, inputs=[file])
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"{file}: cannot be read: {error.strerror or error}") from None
    audited = audit_text(content, str(file), day_of(on), reference=there(reference))
    with opened_output(output) as out:
        write_audit(audited, output_format, out)
    raise typer.Exit(1 if audited.audit.summary.contradicted else 0)
