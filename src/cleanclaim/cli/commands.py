"""The commands and their options."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim import __version__
from cleanclaim.cli import CANNOT_RUN
from cleanclaim.cli.options import DiffFormat, FailOn, Format, ShortFormat, Show
from cleanclaim.errors import InvalidValue, UnknownName, UnreadableInput

if TYPE_CHECKING:
    from cleanclaim.formats.tabular import ColumnMapping

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Get physician-administered drugs paid right: "
    "check US drug claims against cited rules, as of the date of service.",
)  # fmt: skip
edits_app = typer.Typer(no_args_is_help=True, help="The edits: what is checked, why, and the SQL of it.")
reference_app = typer.Typer(no_args_is_help=True, help="The reference library: official publications, as dated tables.")
formats_app = typer.Typer(no_args_is_help=True, help="The formats of claims: start a mapping file.")
app.add_typer(edits_app, name="edits")
app.add_typer(formats_app, name="formats")
app.add_typer(reference_app, name="reference")


ReferenceOption = Annotated[
    Path | None,
    typer.Option("--reference", help="Folder of the reference library; else CLEANCLAIM_REFERENCE, else the user's."),
]  # fmt: skip


EditsOption = Annotated[Path | None, typer.Option("--edits", help="Folder with edit pages of your own.")]


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(f"cleanclaim {__version__}")
        raise typer.Exit


@app.command()
def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            readable=False,
            help="Claim files (837P, JSON Lines, CSV, Parquet; also in gzip or zip) and folders; - is standard input.",
        ),
    ],
    output_format: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TABLE,
    reference: ReferenceOption = None,
    edits: EditsOption = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="Claims in JSON, CSV, Parquet are whole: what is absent was not sent.")
    ] = False,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="YAML file: which columns of CSV and Parquet files are which.")
    ] = None,
    show: Annotated[
        Show | None, typer.Option("--show", help="Also list what could not be judged, and for want of what.")
    ] = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="From what on the exit code is 1.")] = FailOn.DENY,
    output: Annotated[
        Path | None, typer.Option("--output", help="Write to this file: whole or not at all. Parquet needs it.")
    ] = None,
    checked_on: Annotated[
        str | None,
        typer.Option("--checked-on", help="The day that stands for today, YYYY-MM-DD; else the date of each file."),
    ] = None,
    memory_limit: Annotated[str, typer.Option("--memory-limit", help='Most memory for the SQL engine, as "2GB".')] = "",
) -> None:
    """Check claim files: what would be rejected or denied, why, by which rule, and how to mend it.

    Exit codes: 0 clean; 1 findings of `reject` or `deny` (--fail-on moves that), or claims that could not be read;
    2 nothing could be read, or the command is wrong. `--fail-on never` is 0 whatever was found.
    """
    from cleanclaim.app import Checker  # noqa: PLC0415
    from cleanclaim.cli.output import opened_output, refuse_output  # noqa: PLC0415
    from cleanclaim.cli.progress import watching  # noqa: PLC0415
    from cleanclaim.cli.report import exit_code, write_result  # noqa: PLC0415

    day = _day(checked_on, "--checked-on") if checked_on else None
    refuse_output(output, output_format, inputs=files)
    columns = _mapping(mapping)
    checker = Checker.open(_there(reference), edits=edits, memory_limit=memory_limit)
    with watching() as watch:
        result = checker.check_files(
            files,
            complete=complete,
            mapping=columns,
            show_not_evaluated=show is Show.NOT_EVALUATED,
            checked_on=day,
            watch=watch,
        )
    with opened_output(output) as out:
        write_result(result, output_format, out, checked_on=day)
    code = exit_code(result, fail_on)
    if code == CANNOT_RUN:
        print("cleanclaim: no claim could be read; the faults say why", file=sys.stderr)
    raise typer.Exit(code)


@app.command()
def code(
    codes: Annotated[list[str], typer.Argument(help="HCPCS Level II codes.")],
    on: Annotated[str | None, typer.Option("--on", help="Date of service, YYYY-MM-DD; today when left out.")] = None,
    over_time: Annotated[
        bool,
        typer.Option("--timeline", help="Everything dated: validity, price by quarter, MUE, status."),
    ] = False,
    output_format: Annotated[
        ShortFormat, typer.Option("--format", help="How to print the answer.")
    ] = ShortFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """What a code means on a day: validity, billing unit, payment limit, MUE, and what follows it."""
    from cleanclaim.cli.answers import write_codes  # noqa: PLC0415
    from cleanclaim.reference.lookup import Lookup  # noqa: PLC0415

    lookup = Lookup.open(_there(reference))
    if over_time:
        from cleanclaim.cli.codes import write_timelines  # noqa: PLC0415
        from cleanclaim.reference.timeline import timeline  # noqa: PLC0415

        write_timelines([timeline(lookup, text) for text in codes], output_format, sys.stdout)
        return
    day = _day(on)
    write_codes([lookup.code(text.strip().upper(), day) for text in codes], output_format, sys.stdout)


@app.command()
def ndc(
    numbers: Annotated[list[str], typer.Argument(help="NDCs in any form.")],
    on: Annotated[
        str | None, typer.Option("--on", help="Date of service, YYYY-MM-DD; every date when left out.")
    ] = None,
    output_format: Annotated[
        ShortFormat, typer.Option("--format", help="How to print the answer.")
    ] = ShortFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """What an NDC stands for: its eleven digits or the candidates, the codes it is listed under, its container."""
    from cleanclaim.cli.answers import write_ndcs  # noqa: PLC0415
    from cleanclaim.reference.lookup import Lookup  # noqa: PLC0415

    day = _day(on) if on else None
    lookup = Lookup.open(_there(reference))
    write_ndcs([lookup.ndc(text, day) for text in numbers], output_format, sys.stdout)


@app.command()
def search(
    query: Annotated[list[str], typer.Argument(help="A drug, a brand, words of a descriptor, an NDC, part of a code.")],
    on: Annotated[str | None, typer.Option("--on", help="Date of service, YYYY-MM-DD; today when left out.")] = None,
    most: Annotated[int, typer.Option("--most", min=1, max=100, help="Most codes to list.")] = 10,
    output_format: Annotated[
        ShortFormat, typer.Option("--format", help="How to print the answer.")
    ] = ShortFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """Find codes by a name, words, an NDC or part of a number, with typos; those active on the day come first.

    Exit codes: 0 something was found; 1 nothing was.
    """
    from cleanclaim.cli.codes import write_search  # noqa: PLC0415
    from cleanclaim.reference.lookup import Lookup  # noqa: PLC0415
    from cleanclaim.reference.search import Search  # noqa: PLC0415

    answer = Search(Lookup.open(_there(reference))).find(" ".join(query), _day(on), most=most)
    write_search(answer, output_format, sys.stdout)
    raise typer.Exit(0 if answer.hits else 1)


@app.command()
def explain(
    edit: Annotated[str, typer.Argument(help="Id or name of an edit: WASTE-001, jz-or-jw-missing.")],
    edits: EditsOption = None,
) -> None:
    """Explain an edit: what it checks, why, since when, by which rule, with its examples."""
    from cleanclaim.cli.catalogue import explanation  # noqa: PLC0415

    print(explanation(edit, edits))


@edits_app.command("list")
def edits_list(
    edits: EditsOption = None,
) -> None:
    """List the edits."""
    from cleanclaim.cli.catalogue import listing  # noqa: PLC0415

    print(listing(edits))


@edits_app.command("sql")
def edits_sql(
    edit: Annotated[str, typer.Argument(help="Id or name of an edit.")],
    edits: EditsOption = None,
) -> None:
    """Print an edit as one SQL expression over its facts (DuckDB)."""
    from cleanclaim.cli.catalogue import sql_text  # noqa: PLC0415

    print(sql_text(edit, edits))


@edits_app.command("test")
def edits_test(folder: Annotated[Path, typer.Argument(help="Folder with edit pages.")]) -> None:
    """Run the examples of edit pages; exit 1 when one comes out otherwise."""
    from cleanclaim.cli.catalogue import failing_examples  # noqa: PLC0415

    count, failures = failing_examples(folder)
    for failure in failures:
        print(failure)
    print(f"{count - len(failures)} of {count} examples come out as their pages say")
    raise typer.Exit(1 if failures else 0)


@reference_app.command("status")
def reference_status(
    output_format: Annotated[
        ShortFormat, typer.Option("--format", help="How to print the answer.")
    ] = ShortFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """What the library holds: releases, revisions, days, rows."""
    from cleanclaim.cli.answers import write_status  # noqa: PLC0415
    from cleanclaim.reference.library import Library  # noqa: PLC0415

    write_status(Library.open(_there(reference)), output_format, sys.stdout)


@reference_app.command("import")
def reference_import(
    files: Annotated[
        list[Path], typer.Argument(help="Official files, as published: also gzipped, zip archives, folders of them.")
    ],
    reference: ReferenceOption = None,
    release: Annotated[
        str, typer.Option("--release", help="Which release it is, where the file does not say so: 2025-Q3, 2025-06-18.")
    ] = "",
    partial: Annotated[
        bool, typer.Option("--partial", help="The file is an excerpt: complete only for the codes that stand in it.")
    ] = False,
    layout: Annotated[
        Path | None, typer.Option("--layout", help="A YAML file that describes a plain table of your own.")
    ] = None,
) -> None:
    """Import official files; each is recognised by its content and becomes a release, or a revision of one.

    A folder is walked; what is no publication is told and does not stop the others.
    Exit codes: 0 all were imported or there already; 1 some were refused; 2 nothing could be imported.
    """
    from cleanclaim.cli.imports import exit_code, write_run  # noqa: PLC0415
    from cleanclaim.cli.progress import watching  # noqa: PLC0415
    from cleanclaim.reference.importing import import_files  # noqa: PLC0415
    from cleanclaim.reference.library import default_folder  # noqa: PLC0415

    with watching(of_files=True) as watch:
        run = import_files(
            reference or default_folder(), files, release=release or None, partial=partial, layout=layout, watch=watch
        )
    write_run(run, sys.stdout, sys.stderr)
    raise typer.Exit(exit_code(run))


@reference_app.command("diff")
def reference_diff(
    old: Annotated[str, typer.Argument(help="A release or a revision of one: 'asp 2025-Q3', 'asp 2025-Q4 r1'.")],
    new: Annotated[str, typer.Argument(help="Another one; what is left out is as in the first: '2025-Q4', 'r2'.")],
    output_format: Annotated[
        DiffFormat, typer.Option("--format", help="How to print the differences.")
    ] = DiffFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """What changed between two releases of a publication: rows added, removed, changed, with old and new value."""
    from cleanclaim.cli.differences import write_diff  # noqa: PLC0415
    from cleanclaim.reference.diff import diff_releases, find_release  # noqa: PLC0415
    from cleanclaim.reference.library import Library  # noqa: PLC0415

    stored = Library.open(_there(reference)).stored
    one = find_release(stored, old)
    two = find_release(stored, new, beside=one.manifest)
    write_diff(one.manifest, two.manifest, diff_releases(one, two), output_format, sys.stdout)


@app.command()
def schema(
    name: Annotated[str, typer.Argument(help="check, claim, mapping, finding, fault, code, ndc, or a table.")] = "",
) -> None:
    """Print the JSON Schema of a shape, or the columns of a table; without a name, list them."""
    from cleanclaim.cli.shapes import shape_text  # noqa: PLC0415

    print(shape_text(name))


@formats_app.command("mapping")
def formats_mapping(
    file: Annotated[Path, typer.Argument(readable=False, help="A CSV or Parquet file of somebody else's columns.")],
) -> None:
    """Print a mapping file to start from: each column with the likeliest name of ours, and what has none."""
    from cleanclaim.app.files import open_file  # noqa: PLC0415
    from cleanclaim.formats.tabular import proposed_mapping  # noqa: PLC0415

    with open_file(file) as stream:
        print(proposed_mapping(stream, name=str(file)), end="")


def _mapping(path: Path | None) -> ColumnMapping | None:
    if path is None:
        return None
    from cleanclaim.formats.tabular import read_mapping  # noqa: PLC0415

    try:
        return read_mapping(path.read_bytes(), file=str(path))
    except OSError as error:
        raise UnreadableInput(f"--mapping {path}: {error.strerror or type(error).__name__}") from None


def _there(reference: Path | None) -> Path | None:
    # A folder that was named and is not there is a slip of the keyboard; the user's own library may not exist yet.
    if reference is not None and not reference.is_dir():
        raise UnknownName(f"--reference {reference}: there is no such folder; `cleanclaim reference import` makes one")
    return reference


def _day(text: str | None, option: str = "--on") -> date:
    if text is None:
        return date.today()  # noqa: DTZ011 - the user's day is meant
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValue(f"{option} {text}: expected a date as YYYY-MM-DD") from None
