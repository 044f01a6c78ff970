"""The commands that show the edits: `explain` stands at the root, the others under `edits`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.cli.options import EditsOption

explain_app = typer.Typer()
edits_app = typer.Typer(no_args_is_help=True, help="The edits: what is checked, why, and the SQL of it.")


@explain_app.command()
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
