"""The command line put together: `check` and `schema` stand here, the rest beside, by what it is about."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim import __version__
from cleanclaim.cli.billing_commands import auth_app, billing_app
from cleanclaim.cli.code_commands import codes_app
from cleanclaim.cli.config import config_of, load_config, options_set
from cleanclaim.cli.documents import documents_app
from cleanclaim.cli.edit_commands import edits_app, explain_app
from cleanclaim.cli.options import (
    AuthorizationsOption,
    CheckedOnOption,
    EditsOption,
    EngineOption,
    FailOn,
    Format,
    HistoryFromOption,
    HistoryOption,
    IgnoreOption,
    NoPresumptionOption,
    OnFileOption,
    PoliciesOption,
    ProfileOption,
    ReferenceOption,
    SelectOption,
    ShortFormat,
    ShortFormatOption,
    Show,
    column_mapping,
    day_of,
    there,
)
from cleanclaim.cli.policy_commands import policies_app
from cleanclaim.cli.reference_commands import reference_app
from cleanclaim.engine.interface import EngineName

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},  # of every command below, too
    help="Get physician-administered drugs paid right: "
    "check US drug claims against cited rules, as of the date of service.",
)  # fmt: skip


def _version(value: bool) -> None:  # noqa: FBT001 - as typer calls it
    if value:
        print(f"cleanclaim {__version__}")
        raise typer.Exit


LOG_VARIABLE = "CLEANCLAIM_LOG"
formats_app = typer.Typer(no_args_is_help=True, help="The formats of claims: start a mapping file.")


ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", is_eager=True, callback=load_config,
        help="Configuration file; else CLEANCLAIM_CONFIG, else the nearest cleanclaim.toml or pyproject.toml.",
    ),
]  # fmt: skip


@app.callback(invoke_without_command=True)
def _root(
    config: ConfigOption = None,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version.", callback=_version)
    ] = False,
) -> None:
    pass


@app.command()
def check(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            readable=False,
            help="Claim files (837P, JSON, CSV, Excel, Parquet; also in gzip or zip) and folders; - is standard input.",
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
    checked_on: CheckedOnOption = None,
    policies: PoliciesOption = None,
    authorizations: AuthorizationsOption = None,
    history: HistoryOption = None,
    history_from: HistoryFromOption = None,
    on_file: OnFileOption = None,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", help="Every finding with its rule and sources; all that was not judged."),
    ] = False,
    no_presumption: NoPresumptionOption = False,  # noqa: ARG001 - its callback acts
    memory_limit: Annotated[str, typer.Option("--memory-limit", help='Most memory for the SQL engine, as "2GB".')] = "",
    engine: EngineOption = EngineName.DUCKDB,
    workers: Annotated[
        int, typer.Option("--workers", min=0, max=8, help="Processes for many claims; 0 is one for each core.")
    ] = 0,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    profile: ProfileOption = None,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Print how often each edit fired, not the findings.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors alone; the exit code tells.")] = False,
    log: Annotated[
        Path | None,
        typer.Option("--log", envvar=LOG_VARIABLE, help="Add the run to this file, as JSON Lines without claim data."),
    ] = None,
    config: ConfigOption = None,  # noqa: ARG001 - its callback reads it
) -> None:
    """Check claim files: what would be rejected or denied, why, by which rule, and how to mend it.

    Exit codes: 0 every claim is ready, or worth a look; 1 something is to fix, cannot be said, or could not be read
    (--fail-on moves that); 2 nothing could be read, or the command is wrong. `--fail-on never` is 0 whatever was found.
    """
    from cleanclaim.cli.checking import Asked, run_check  # noqa: PLC0415
    from cleanclaim.cli.run_log import opened_log  # noqa: PLC0415

    asked = Asked(
        files, output_format, there(reference), edits, complete, column_mapping(mapping), show, fail_on, output,
        day_of(checked_on, "--checked-on") if checked_on else None, policies, authorizations, tuple(history or ()),
        day_of(history_from, "--history-from") if history_from else None, on_file, memory_limit, engine,
        workers, tuple(select or ()), tuple(ignore or ()), profile, config_of(context), statistics, quiet, verbose,
    )  # fmt: skip
    with opened_log(log, inputs=files) as run_log:
        run_log.start(options_set(context))
        code = run_check(asked, run_log)
        run_log.end(code)
    raise typer.Exit(code)


@app.command("config")
def show_config(context: typer.Context, output_format: ShortFormatOption = ShortFormat.TABLE) -> None:
    """Print what the configuration sets, and from where: the environment, a file, or nothing."""
    from cleanclaim.cli.configuration import write_config  # noqa: PLC0415

    write_config(config_of(context), output_format, sys.stdout)


@app.command()
def schema(
    name: Annotated[
        str,
        typer.Argument(
            help="check, claim, policies, authorization, on-file, docs-needed, audit, guide ..., or a table."
        ),
    ] = "",
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
    from cleanclaim.formats.tabular.proposal import proposed_mapping  # noqa: PLC0415

    with open_file(file) as stream:
        print(proposed_mapping(stream, name=str(file)), end="")


# What has no name of its own joins the commands of the root; in the order in which the help lists them.
app.add_typer(billing_app)
app.add_typer(codes_app)
app.add_typer(explain_app)
app.add_typer(documents_app)
app.add_typer(edits_app, name="edits")
app.add_typer(formats_app, name="formats")
app.add_typer(auth_app, name="auth")
app.add_typer(policies_app, name="policies")
app.add_typer(reference_app, name="reference")
