"""The commands of payer policies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.cli.options import (
    EditsOption,
    OnOption,
    ReferenceOption,
    ShortFormat,
    ShortFormatOption,
    day_of,
    read_option,
    there,
)
from cleanclaim.errors import InvalidValue

policies_app = typer.Typer(no_args_is_help=True, help="Payer policies: dated YAML files of what payers ask for.")
_Paths = Annotated[list[Path], typer.Argument(help="Files of policies, and folders of them.")]


@policies_app.command("validate")
def validate(files: _Paths) -> None:
    """Whether files of policies can be used; each fault with its line and key.

    Exit codes: 0 all can; 1 some cannot.
    """
    from cleanclaim.cli.policies import write_faults  # noqa: PLC0415
    from cleanclaim.policies import read_policies  # noqa: PLC0415
    from cleanclaim.policies.contradicting import contradictions  # noqa: PLC0415

    read = read_policies(files)
    write_faults(read.faults, sys.stdout)
    for one in contradictions(read):
        both = " and ".join(one.policies)
        print(
            f"contradiction: {both} on {one.attribute} of {one.drug}, from {one.first_day} on: it counts as not known"
        )
    print(f"{len(read.policies):,} policies can be used, {len(read.faults):,} faults")
    raise typer.Exit(1 if read.faults else 0)


@policies_app.command("test")
def run_tests(files: _Paths, edits: EditsOption = None, reference: ReferenceOption = None) -> None:
    """Check the claims that files of policies bring as their `tests`, and hold what comes out against what they expect.

    Exit codes: 0 all hold; 1 one does not, a policy cannot be used, or there is no test.
    """
    from cleanclaim.app.policy_tests import run_policy_tests  # noqa: PLC0415
    from cleanclaim.cli.policies import write_faults, write_tested  # noqa: PLC0415
    from cleanclaim.edits.collection import all_edits  # noqa: PLC0415
    from cleanclaim.policies import read_policies  # noqa: PLC0415
    from cleanclaim.reference.library import Library  # noqa: PLC0415

    read = read_policies(files)
    write_faults(read.faults, sys.stdout)
    tested = run_policy_tests(read, all_edits(edits), Library.open(there(reference)))
    sound = write_tested(tested, sys.stdout)
    raise typer.Exit(0 if sound and not read.faults else 1)


@policies_app.command("explain")
def explain_policies(
    files: _Paths,
    payer: Annotated[list[str], typer.Option("--payer", help="Name or number of the payer; several stand together.")],
    code: Annotated[str, typer.Option("--code", help="HCPCS code of the drug.")],
    ndc: Annotated[str, typer.Option("--ndc", help="Its NDC, where a policy is about one package.")] = "",
    plan: Annotated[
        str,
        typer.Option(
            "--plan",
            help="The kind of plan: commercial, medicaid, medicare_advantage, exchange, or medicare for its own rules.",
        ),
    ] = "",
    on: OnOption = None,
    output_format: ShortFormatOption = ShortFormat.TABLE,
) -> None:
    """What payers ask for about a drug on a day: which policy decides each attribute, before which, and conflicts.

    Exit codes: 0 all clear; 1 two policies of the same rank contradict each other, or none is about the drug.
    """
    from cleanclaim.cli.policies import write_explained, write_faults  # noqa: PLC0415
    from cleanclaim.policies import Asked, explain, read_policies  # noqa: PLC0415
    from cleanclaim.policies.policy import plan_named  # noqa: PLC0415
    from cleanclaim.policies.shipped import with_defaults  # noqa: PLC0415
    from cleanclaim.values import parse_ndc  # noqa: PLC0415

    kind = read_option("--plan", plan, plan_named) if plan else None
    read = with_defaults(read_policies(files))
    write_faults(read.faults, sys.stderr)
    number = parse_ndc(ndc) if ndc else None
    if number and number.ndc11 is None:
        raise InvalidValue(f"--ndc {ndc}: {number.problem}")
    told = [
        explain(
            read.policies, read.groups,
            Asked(one, code.strip().upper(), day_of(on), number.ndc11 if number else None, kind),
        )
        for one in payer
    ]  # fmt: skip
    write_explained(told, output_format, sys.stdout)
    raise typer.Exit(1 if any(one.has_conflict or not one.policies for one in told) else 0)


@policies_app.command("diff")
def diff_policies(
    before: Annotated[Path, typer.Argument(help="A file or folder of policies.")],
    after: Annotated[Path, typer.Argument(help="The later one.")],
    output_format: ShortFormatOption = ShortFormat.TABLE,
) -> None:
    """What changed between two sets of policies. Exit codes: 0 nothing; 1 something."""
    from cleanclaim.cli.policies import write_changes, write_faults  # noqa: PLC0415
    from cleanclaim.policies import differences, read_policies  # noqa: PLC0415

    old, new = read_policies([before]), read_policies([after])
    write_faults((*old.faults, *new.faults), sys.stderr)
    changes = differences(old.policies, new.policies)
    write_changes(changes, output_format, sys.stdout)
    raise typer.Exit(1 if changes else 0)
