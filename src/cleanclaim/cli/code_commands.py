"""The commands that answer about codes: quick look-ups, that load neither DuckDB nor Arrow."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cleanclaim.cli.options import OnOption, ReferenceOption, ShortFormat, ShortFormatOption, day_of, there

codes_app = typer.Typer()


@codes_app.command()
def code(
    codes: Annotated[list[str], typer.Argument(help="HCPCS Level II codes.")],
    on: OnOption = None,
    over_time: Annotated[
        bool,
        typer.Option("--timeline", help="Everything dated: validity, price by quarter, MUE, status."),
    ] = False,
    output_format: ShortFormatOption = ShortFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """What a code means on a day: validity, billing unit, payment limit, MUE, and what follows it."""
    from cleanclaim.cli.answers import write_codes  # noqa: PLC0415
    from cleanclaim.reference.lookup import Lookup  # noqa: PLC0415

    lookup = Lookup.open(there(reference))
    if over_time:
        from cleanclaim.cli.codes import write_timelines  # noqa: PLC0415
        from cleanclaim.reference.timeline import timeline  # noqa: PLC0415

        write_timelines([timeline(lookup, text) for text in codes], output_format, sys.stdout)
        return
    day = day_of(on)
    write_codes([lookup.code(text.strip().upper(), day) for text in codes], output_format, sys.stdout)


@codes_app.command()
def ndc(
    numbers: Annotated[list[str], typer.Argument(help="NDCs in any form.")],
    on: Annotated[
        str | None, typer.Option("--on", help="Date of service, YYYY-MM-DD; every date when left out.")
    ] = None,
    output_format: ShortFormatOption = ShortFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """What an NDC stands for: its eleven digits or the candidates, the codes it is listed under, its container."""
    from cleanclaim.cli.answers import write_ndcs  # noqa: PLC0415
    from cleanclaim.reference.lookup import Lookup  # noqa: PLC0415

    day = day_of(on) if on else None
    lookup = Lookup.open(there(reference))
    write_ndcs([lookup.ndc(text, day) for text in numbers], output_format, sys.stdout)


@codes_app.command()
def search(
    query: Annotated[list[str], typer.Argument(help="A drug, a brand, words of a descriptor, an NDC, part of a code.")],
    on: OnOption = None,
    most: Annotated[int, typer.Option("--most", min=1, max=100, help="Most codes to list.")] = 10,
    output_format: ShortFormatOption = ShortFormat.TABLE,
    reference: ReferenceOption = None,
) -> None:
    """Find codes by a name, words, an NDC or part of a number, with typos; those active on the day come first.

    Exit codes: 0 something was found; 1 nothing was.
    """
    from cleanclaim.cli.codes import write_search  # noqa: PLC0415
    from cleanclaim.reference.lookup import Lookup  # noqa: PLC0415
    from cleanclaim.reference.search import Search  # noqa: PLC0415

    answer = Search(Lookup.open(there(reference))).find(" ".join(query), day_of(on), most=most)
    write_search(answer, output_format, sys.stdout)
    raise typer.Exit(0 if answer.hits else 1)
