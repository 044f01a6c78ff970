"""The commands that show the edits: `explain` stands at the root, the others under `edits`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.cli.options import EditsOption, ReferenceOption, ShortFormat, ShortFormatOption, day_of, there

explain_app = typer.Typer()
edits_app = typer.Typer(no_args_is_help=True, help="The edits: what is checked, why, and the SQL of it.")


@explain_app.command()
def explain(
    wanted: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="Edits by id or name (WASTE-001, jz-or-jw-missing), rules of the rulebook (UNW-13), reason and remark "
            "codes of a remittance (CO-16, 16, PR-1, N822).",
        ),
    ],
    edits: EditsOption = None,
    output_format: ShortFormatOption = ShortFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """Explain an edit, a rule, or a reason code.

    An edit: what it checks, why, since when, by which rule, with its examples. A rule: its sentence, how sure we are,
    its sources, the edits that check it. A reason code: what it means, which edits predict it, what to do.
    """
    from cleanclaim.cli.explanations import explained, write_explained  # noqa: PLC0415

    write_explained(explained(wanted, edits, there(reference), day_of(None)), output_format, sys.stdout)


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
