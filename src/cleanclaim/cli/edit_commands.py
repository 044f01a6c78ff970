"""The commands that show the edits: `explain` stands at the root, the others under `edits`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cleanclaim.cli.options import (
    EditsOption,
    OnOption,
    PoliciesOption,
    ReferenceOption,
    ShortFormat,
    ShortFormatOption,
    day_of,
    there,
)
from cleanclaim.errors import InvalidValue

_TERMS = "Terms"
explain_app = typer.Typer()
edits_app = typer.Typer(no_args_is_help=True, help="The edits: what is checked, why, and the SQL of it.")


@explain_app.command()
def explain(
    wanted: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="Edits by id or name (WASTE-001, jz-or-jw-missing), rules of the rulebook (UNW-13), reason and remark "
            "codes of a remittance (CO-16, 16, PR-1, N822); or `terms`, with the options under Terms.",
        ),
    ],
    edits: EditsOption = None,
    output_format: ShortFormatOption = ShortFormat.TABLE,
    reference: ReferenceOption = None,
    code: Annotated[str, typer.Option("--code", help="HCPCS code of the drug.", rich_help_panel=_TERMS)] = "",
    payer: Annotated[str, typer.Option("--payer", help="Name or number of the payer.", rich_help_panel=_TERMS)] = "",
    program: Annotated[
        str, typer.Option("--program", help="Whose rules decide: medicare_b, commercial ...", rich_help_panel=_TERMS)
    ] = "",
    place: Annotated[str, typer.Option("--place", help="Place of service.", rich_help_panel=_TERMS)] = "",
    bill_type: Annotated[str, typer.Option("--bill-type", help="Type of bill.", rich_help_panel=_TERMS)] = "",
    ndc: Annotated[str, typer.Option("--ndc", help="NDC of the package.", rich_help_panel=_TERMS)] = "",
    policies: PoliciesOption = None,
    on: OnOption = None,
) -> None:
    """Explain an edit, a rule, a reason code; or what a payer wants of a drug on a day, and who decides it (`terms`).

    An edit: what it checks, why, since when, by which rule, with its examples. A rule: its sentence, how sure we are,
    its sources, the edits that check it. A reason code: what it means, which edits predict it, what to do.
    """
    from cleanclaim.cli.explanations import explained, write_explained  # noqa: PLC0415

    if wanted == [_TERMS.lower()]:
        from cleanclaim.cli.terms import read_asked, write_terms  # noqa: PLC0415 - few ask for it

        asked = read_asked(
            {"--code": code, "--payer": payer, "--program": program, "--place": place, "--bill-type": bill_type,
             "--ndc": ndc},
            day_of(on),
        )  # fmt: skip
        write_terms(asked, there(reference), policies, output_format, sys.stdout)
        return
    if code or payer or program or place or bill_type or ndc or policies or on:
        raise InvalidValue("--code, --payer and the other options under Terms go with `explain terms`")
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
def edits_test(
    pages: Annotated[str, typer.Argument(help="Folder with edit pages; or the id or name of a shipped edit.")],
) -> None:
    """Run the examples of edit pages; exit 1 when one comes out otherwise."""
    from cleanclaim.cli.catalogue import failing_examples  # noqa: PLC0415

    count, failures = failing_examples(pages)
    for failure in failures:
        print(failure)
    print(f"{count - len(failures)} of {count} examples come out as their pages say")
    raise typer.Exit(1 if failures else 0)
