"""The commands of the reference library."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cleanclaim.cli.options import (
    OnOption,
    ReferenceOption,
    RowsFormat,
    ShortFormat,
    ShortFormatOption,
    column_mapping,
    day_of,
    sha256_of,
    there,
)
from cleanclaim.errors import InvalidValue

reference_app = typer.Typer(no_args_is_help=True, help="The reference library: official publications, as dated tables.")


@reference_app.command("status")
def reference_status(
    output_format: ShortFormatOption = ShortFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """What the library holds: releases, revisions, days, rows."""
    from cleanclaim.cli.answers import write_status  # noqa: PLC0415
    from cleanclaim.reference.library import Library  # noqa: PLC0415

    write_status(Library.open(there(reference)), output_format, sys.stdout)


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
    """Import official files; each is recognized by its content and becomes a release, or a revision of one.

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


@reference_app.command("pull")
def reference_pull(
    publication: Annotated[str, typer.Argument(help="What to fetch; left out: what there is, and what you have.")] = "",
    release: Annotated[str, typer.Argument(help="Which: 2025-Q4, FY2026-April; left out: the newest.")] = "",
    reference: ReferenceOption = None,
    address: Annotated[
        str, typer.Option("--from", metavar="URL", help="Another page of the publisher, or the file itself.")
    ] = "",
    accept_license: Annotated[
        bool, typer.Option("--accept-license", help="You have read the license that was named, and accept it.")
    ] = False,
    sha256: Annotated[str, typer.Option("--sha256", metavar="HEX", help="Take only the file that has it.")] = "",
    most_bytes: Annotated[int, typer.Option("--most-bytes", min=1, help="The largest file to take.")] = 2_000_000_000,
) -> None:
    """Fetch a release from its publisher and import it. The file stays in `downloads` of the library.

    What was interrupted goes on where it ended; what is unchanged is not fetched again.
    Exit codes: 0 imported, or there already; 1 some files were; 2 nothing was, and why.
    """
    from cleanclaim.cli.pulling import pull, write_pullable  # noqa: PLC0415
    from cleanclaim.reference.library import Library, default_folder  # noqa: PLC0415
    from cleanclaim.reference.publications.fetching.files import Terms  # noqa: PLC0415

    if not publication:
        write_pullable(Library.open(reference), sys.stdout)
        return
    terms = Terms(accept_license, sha256_of(sha256), most_bytes)
    code = pull(publication, release or None, address or None, reference or default_folder(), terms)
    raise typer.Exit(code)


@reference_app.command("diff")
def reference_diff(
    old: Annotated[
        str,
        typer.Argument(help="A release or a revision of one: 'asp 2025-Q3', 'asp 2025-Q4 r1'; with --claims a day."),
    ] = "",
    new: Annotated[str, typer.Argument(help="Another one; what is left out is as in the first: '2025-Q4', 'r2'.")] = "",
    claims: Annotated[
        list[Path] | None,
        typer.Option(
            "--claims",
            readable=False,
            help="What changes for these claims: a file or folder that `check` reads; say it again for each.",
        ),
    ] = None,
    old_day: Annotated[
        str,
        typer.Option(
            "--from", help="With --claims, the old quarter or day, as OLD; else the quarter of the last service date."
        ),
    ] = "",
    new_day: Annotated[
        str, typer.Option("--to", help="With --claims, the new one, as NEW; else the newest day that is covered.")
    ] = "",
    mapping: Annotated[Path | None, typer.Option("--mapping", help="With --claims: YAML file, as for `check`.")] = None,
    output_format: Annotated[
        RowsFormat, typer.Option("--format", help="How to print the differences.")
    ] = RowsFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """What changed between two releases of a publication, or what a new quarter changes for claims.

    Two releases: rows added, removed, changed, with old and new value.

    --claims: codes that end or begin, billing units, payment limits in units and dollars, MUE, OPPS status and NDCs, if
    the same services were given on the new day. A quarter (2025-Q4) or a day (2025-10-01) stands for each side; with an
    old one that is named, lines of every day are taken, else those of the last quarter.

    Exit codes: 0; 1 claims that could not be read; 2 nothing could be read, or the command is wrong.
    """
    if claims:
        _diff_for_claims(
            claims, _one(old, old_day, "--from"), _one(new, new_day, "--to"), mapping, output_format, reference
        )
    if old_day or new_day or mapping:
        raise InvalidValue("--from, --to and --mapping are about claims: say --claims FILE too")
    if not (old and new):
        raise InvalidValue("name two releases, as 'asp 2025-Q3' 2025-Q4; or --claims FILE")
    from cleanclaim.cli.differences import write_diff  # noqa: PLC0415
    from cleanclaim.reference.library import Library  # noqa: PLC0415
    from cleanclaim.reference.library.diff import diff_releases, find_release  # noqa: PLC0415

    stored = Library.open(there(reference)).stored
    one = find_release(stored, old)
    two = find_release(stored, new, beside=one.manifest)
    write_diff(one.manifest, two.manifest, diff_releases(one, two), output_format, sys.stdout)


def _diff_for_claims(
    claims: list[Path], old: str, new: str, mapping: Path | None, output_format: RowsFormat, reference: Path | None
) -> NoReturn:
    from cleanclaim.app.changes import changes_for  # noqa: PLC0415
    from cleanclaim.cli.claim_changes import exit_code, write_changes  # noqa: PLC0415
    from cleanclaim.cli.progress import watching  # noqa: PLC0415

    columns = column_mapping(mapping)
    with watching() as watch:
        result = changes_for(claims, old=old, new=new, reference=there(reference), mapping=columns, watch=watch)
    write_changes(result, output_format, sys.stdout)
    raise typer.Exit(exit_code(result))


def _one(argument: str, option: str, name: str) -> str:
    if argument and option:
        raise InvalidValue(f"{argument} and {name} {option}: the same day said twice")
    return argument or option


@reference_app.command("dosage")
def reference_dosage(
    on: OnOption = None,
    output_format: Annotated[
        RowsFormat, typer.Option("--format", help="Table: summary and what was not parsed; JSON and CSV: every code.")
    ] = RowsFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """How the descriptors of all drug codes in force on a day are read: billing unit, drug, and what is not parsed.

    Exit codes: 0 there are codes; 1 no release in the library tells of any.
    """
    from cleanclaim.cli.dosage import write_dosage_report  # noqa: PLC0415
    from cleanclaim.reference.codes.dosage_report import dosage_report  # noqa: PLC0415
    from cleanclaim.reference.codes.lookup import Lookup  # noqa: PLC0415

    report = dosage_report(Lookup.open(there(reference)), day_of(on))
    write_dosage_report(report, output_format, sys.stdout)
    raise typer.Exit(0 if report.codes else 1)
