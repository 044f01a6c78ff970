"""The commands of the reference library."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.cli.options import DiffFormat, ReferenceOption, ShortFormat, ShortFormatOption, sha256_of, there

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


@reference_app.command("pull")
def reference_pull(
    publication: Annotated[str, typer.Argument(help="What to fetch; left out: what there is, and what you have.")] = "",
    release: Annotated[str, typer.Argument(help="Which: 2025-Q4, FY2026-April; left out: the newest.")] = "",
    reference: ReferenceOption = None,
    address: Annotated[
        str, typer.Option("--from", metavar="URL", help="Another page of the publisher, or the file itself.")
    ] = "",
    accept_license: Annotated[
        bool, typer.Option("--accept-license", help="You have read the licence that was named, and accept it.")
    ] = False,
    sha256: Annotated[str, typer.Option("--sha256", metavar="HEX", help="Take only the file that has it.")] = "",
    most_bytes: Annotated[int, typer.Option("--most-bytes", min=1, help="The largest file to take.")] = 2_000_000_000,
) -> None:
    """Fetch a release from its publisher and import it. The file stays in `downloads` of the library.

    What was interrupted goes on where it ended; what is unchanged is not fetched again.
    Exit codes: 0 imported, or there already; 1 some files were; 2 nothing was, and why.
    """
    from cleanclaim.cli.pulling import pull, write_pullable  # noqa: PLC0415
    from cleanclaim.reference.fetching.files import Terms  # noqa: PLC0415
    from cleanclaim.reference.library import Library, default_folder  # noqa: PLC0415

    if not publication:
        write_pullable(Library.open(there(reference)), sys.stdout)
        return
    terms = Terms(accept_license, sha256_of(sha256), most_bytes)
    code = pull(publication, release or None, address or None, reference or default_folder(), terms)
    raise typer.Exit(code)


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

    stored = Library.open(there(reference)).stored
    one = find_release(stored, old)
    two = find_release(stored, new, beside=one.manifest)
    write_diff(one.manifest, two.manifest, diff_releases(one, two), output_format, sys.stdout)
