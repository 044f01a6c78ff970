"""The commands that bill what was given."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cleanclaim.cli.options import (
    EditsOption,
    NoPresumptionOption,
    OnOption,
    PoliciesOption,
    ReferenceOption,
    ShortFormat,
    ShortFormatOption,
    day_of,
    read_option,
    there,
)
from cleanclaim.errors import InvalidValue
from cleanclaim.values.written import written_amount, written_containers, written_moment

billing_app = typer.Typer()

_FORMS = {"hcpcs_code": r"[A-Za-z][0-9]{4}", "ndc": r"[0-9-]{10,13}"}
PictureOption = Annotated[
    Path | None,
    typer.Option("--picture", help="Also draw the lines as on CMS-1500 or UB-04, as PDF (extra `letters`)."),
]


@billing_app.command()
def bill(
    file: Annotated[
        Path | None,
        typer.Argument(readable=False, help="Cases as JSON Lines (`cleanclaim schema given`); - is standard input."),
    ] = None,
    drug: Annotated[str, typer.Option("--drug", help="HCPCS code, NDC or name of what was given.")] = "",
    dose: Annotated[str, typer.Option("--dose", help="As '350 mg', 350mg, '5 mg/kg', '375 mg/m2'.")] = "",
    vials: Annotated[str, typer.Option("--vials", help="What was opened, as '4 x 100 mg + 1 x 50 mg'.")] = "",
    kind: Annotated[
        str, typer.Option("--kind", help="Of the containers, by the label: single_dose, multi_dose, pharmacy_bulk.")
    ] = "",
    payer: Annotated[str, typer.Option("--payer", help="Payer program: medicare, medicaid, MA, commercial ...")] = "",
    place: Annotated[str, typer.Option("--place", help="Place of service, two digits.")] = "",
    bill_type: Annotated[str, typer.Option("--bill-type", help="Type of bill of a facility, as 131.")] = "",
    on_hand: Annotated[
        str, typer.Option("--on-hand", help="Without --vials: sizes to choose from, as '100 mg + 400 mg'.")
    ] = "",
    concentration: Annotated[
        str, typer.Option("--concentration", help="For a dose in mL: what one mL holds, as '10 mg'.")
    ] = "",
    ndc: Annotated[str, typer.Option("--ndc", help="NDC of the containers.")] = "",
    weight: Annotated[str, typer.Option("--weight", help="Weight of the patient in kg, for a dose by weight.")] = "",
    surface: Annotated[str, typer.Option("--surface", help="Body surface in m2, for a dose by it.")] = "",
    route: Annotated[
        str, typer.Option("--route", help="im, sc, iv_push, iv_infusion, iv ...; then giving it is billed.")
    ] = "",
    family: Annotated[
        str, typer.Option("--family", help="Of administration codes, by the payer's list: therapeutic, complex ...")
    ] = "",
    start: Annotated[str, typer.Option("--start", help="Start, as 09:05 or '9:05 am'.")] = "",
    stop: Annotated[str, typer.Option("--stop", help="Stop, likewise; on another day with its date.")] = "",
    on: OnOption = None,
    check: Annotated[bool, typer.Option("--check/--no-check", help="Check the lines at once.")] = True,
    picture: PictureOption = None,
    output_format: ShortFormatOption = ShortFormat.TABLE,
    reference: ReferenceOption = None,
    no_presumption: NoPresumptionOption = False,  # noqa: ARG001 - its callback acts
    edits: EditsOption = None,
    policies: PoliciesOption = None,
) -> None:
    """Bill what was given: dose and containers to claim lines, each with its rule; then check them.

    One case by options, or many by a file. Exit codes: 0 all billed; 1 some could not be, and why is told; 2 --drug is
    a name of no drug, or of several codes.
    """
    from cleanclaim.app.bill_cases import bill_cases, tables_of  # noqa: PLC0415
    from cleanclaim.app.row_files import read_text  # noqa: PLC0415
    from cleanclaim.app.supporting import sound_policies  # noqa: PLC0415
    from cleanclaim.billing.drug import NAME_UNCLEAR  # noqa: PLC0415
    from cleanclaim.cli.billing import write_bills, write_picture  # noqa: PLC0415
    from cleanclaim.cli.output import refuse_output  # noqa: PLC0415

    if bool(file) == bool(drug or dose):
        raise InvalidValue("expected a file of cases, or --drug and --dose")
    said = {
        "payer_program": payer, "place_of_service": place, "ndc": ndc, "weight_kg": weight, "bsa_m2": surface,
        "route": route, "admin_family": family, "start": start, "stop": stop, "bill_type": bill_type,
        "concentration": concentration,
    }  # fmt: skip
    if picture is not None:
        refuse_output(picture, "pdf", inputs=[file] if file else [])
    day = day_of(on)
    texts = read_text(file).split("\n") if file else [_case(drug, dose, (vials, on_hand), kind, day, said)]
    if not (file or on) and output_format is ShortFormat.TABLE:
        print(f"given on {day}, today")
    billed = bill_cases(texts, reference=there(reference), check=check, edits=edits, policies=sound_policies(policies))
    everyone = write_bills(billed.cases, output_format, sys.stdout)
    if picture and billed.claims:
        write_picture(tables_of(billed.claims), picture)
    if drug and (refusal := billed.cases[0].bill.refusal) and refusal.reason == NAME_UNCLEAR:
        raise typer.Exit(2)
    raise typer.Exit(0 if everyone else 1)


@billing_app.command()
def course(
    file: Annotated[
        Path,
        typer.Argument(readable=False, help="A regimen as JSON (`cleanclaim schema regimen`); - is standard input."),
    ],
    output_format: ShortFormatOption = ShortFormat.TABLE,
    reference: ReferenceOption = None,
    no_presumption: NoPresumptionOption = False,  # noqa: ARG001 - its callback acts
) -> None:
    """What a regimen comes to: visits, units, vials, Medicare's limit, and what an authorization does not cover.

    Exit codes: 0 all visits can be billed and, where authorizations are given, are covered; 1 some cannot or are not; 2
    its drug is a name of none, or of several codes.
    """
    from cleanclaim.app.row_files import read_text  # noqa: PLC0415
    from cleanclaim.billing import Biller, plan_course, read_regimen  # noqa: PLC0415
    from cleanclaim.billing.drug import NAME_UNCLEAR  # noqa: PLC0415
    from cleanclaim.cli.courses import write_course  # noqa: PLC0415
    from cleanclaim.reference.codes.lookup import Lookup  # noqa: PLC0415

    regimen = read_regimen(read_text(file), place=str(file))
    planned = plan_course(Biller(Lookup.open(there(reference))), regimen)
    write_course(planned, output_format, sys.stdout)
    if any(visit.refusal and visit.refusal.reason == NAME_UNCLEAR for visit in planned.visits):
        raise typer.Exit(2)
    raise typer.Exit(0 if planned.is_clear else 1)


@billing_app.command()
def claim(
    file: Annotated[
        Path,
        typer.Argument(readable=False, help="Cases as JSON Lines, each visit with its `claim`; - is standard input."),
    ],
    parties: Annotated[
        Path, typer.Option("--parties", help="Who stands behind the claims, as JSON (`cleanclaim schema parties`).")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The 837 to write.")],
    lines: Annotated[
        Path | None, typer.Option("--jsonl", help="Also write the claims as JSON Lines, as `check` reads them.")
    ] = None,
    control: Annotated[int, typer.Option("--control", help="Control number of the interchange and its group.")] = 1,
    made: Annotated[str, typer.Option("--made", help="When it is made, as 2026-03-20T09:05; now unless said.")] = "",
    check: Annotated[bool, typer.Option("--check/--no-check", help="Check the claims at once.")] = True,
    picture: PictureOption = None,
    reference: ReferenceOption = None,
    no_presumption: NoPresumptionOption = False,  # noqa: ARG001 - its callback acts
    edits: EditsOption = None,
    policies: PoliciesOption = None,
) -> None:
    """Claims of what was given: each visit billed as one claim, professional or institutional, in one 837 file.

    What lacks something is left out and told by field; what fires on the others is told, and they are written.
    Exit codes: 0 all written; 1 some could not be.
    """
    from cleanclaim.app.claim_cases import claim_cases  # noqa: PLC0415
    from cleanclaim.app.claim_parties import read_parties  # noqa: PLC0415
    from cleanclaim.app.row_files import read_text  # noqa: PLC0415
    from cleanclaim.app.supporting import sound_policies  # noqa: PLC0415
    from cleanclaim.cli.billing import write_claims, write_json_lines, write_picture  # noqa: PLC0415
    from cleanclaim.cli.output import refuse_output  # noqa: PLC0415
    from cleanclaim.formats.x12.writing import ControlNumbers  # noqa: PLC0415

    refuse_output(output, "837", inputs=[file, parties])
    refuse_output(lines, "jsonl", inputs=[file, parties, output])
    if picture is not None:
        refuse_output(picture, "pdf", inputs=[file, parties, output])
    behind = read_parties(read_text(parties), place=str(parties))
    claims = claim_cases(
        read_text(file).split("\n"), behind, ControlNumbers(control, control), _moment(made),
        reference=there(reference), check=check, edits=edits, policies=sound_policies(policies),
    )  # fmt: skip
    everyone = write_claims(claims, output, sys.stdout)
    if lines and claims.tables is not None:
        write_json_lines(claims.tables, lines)
    if picture and claims.tables is not None:
        write_picture(claims.tables, picture)
    raise typer.Exit(0 if everyone else 1)


auth_app = typer.Typer(no_args_is_help=True, help="Prior authorizations: what is left of them.")


@auth_app.callback()
def _auth() -> None:
    """A group of commands, though there is one yet."""


@auth_app.command("status")
def auth_status_command(
    file: Annotated[
        Path, typer.Argument(readable=False, help="Authorizations as JSON Lines (`cleanclaim schema authorization`).")
    ],
    planned: Annotated[
        Path | None, typer.Option("--planned", help="Doses to come as JSON Lines (`cleanclaim schema planned`).")
    ] = None,
    within: Annotated[int, typer.Option("--within", min=0, help="Days before its end that one is running out.")] = 30,
    on: OnOption = None,
    output_format: ShortFormatOption = ShortFormat.TABLE,
) -> None:
    """Where authorizations stand: what is about to run out, and which planned dose none of them covers.

    Exit codes: 0 all is covered and nothing runs out; 1 something is not, or does.
    """
    from cleanclaim.app.row_files import read_rows  # noqa: PLC0415
    from cleanclaim.billing.auth_status import PlannedDose, auth_status  # noqa: PLC0415
    from cleanclaim.billing.authorizations import Authorization  # noqa: PLC0415
    from cleanclaim.cli.authorizations import write_auth_status  # noqa: PLC0415

    doses = read_rows(planned, PlannedDose) if planned else []
    told = auth_status(read_rows(file, Authorization), doses, day_of(on), within_days=within)
    write_auth_status(told, output_format, sys.stdout)
    raise typer.Exit(0 if told.is_clear else 1)


def _moment(text: str) -> datetime:
    if not text:
        return datetime.now()  # noqa: DTZ005 - X12 has no time zone
    return read_option("--made", text, written_moment)


def _case(drug: str, dose: str, vials: tuple[str, str], kind: str, day: date, said: dict[str, str]) -> str:
    """One case as JSON, from what the options say; the reader of cases judges it. `vials`: opened, on hand."""
    from cleanclaim.claims.payer_names import payer_program_named  # noqa: PLC0415

    if not (drug and dose and said["payer_program"]):
        raise InvalidValue("expected --drug, --dose as '350 mg', and --payer")
    read_option("--dose", dose, written_amount)
    if said["concentration"]:
        read_option("--concentration", said["concentration"], written_amount)
    opened = [{"count": count or 1, "ndc": said["ndc"], **size} for count, size in _vials("--vials", vials[0], kind)]
    on_hand = [{"available": count, **size} for count, size in _vials("--on-hand", vials[1], kind)]
    case: dict[str, object] = {
        **{name: value for name, value in said.items() if value},
        "payer_program": read_option("--payer", said["payer_program"], payer_program_named),
        "service_date": day.isoformat(), "dose": dose,
        "containers": _told(opened), "sizes_on_hand": _told(on_hand),
    }  # fmt: skip
    for name in ("start", "stop"):
        if said[name]:
            case[name] = read_option(f"--{name}", said[name], lambda text: written_moment(text, day)).isoformat()
    case[next((name for name, form in _FORMS.items() if re.fullmatch(form, drug)), "drug")] = drug
    return json.dumps(case)


def _vials(option: str, text: str, kind: str) -> Iterator[tuple[int | None, dict[str, str]]]:
    """Containers as an option says them: the count, where it is said, and the size."""
    if text:
        for count, size in read_option(option, text, written_containers):
            yield count, {"amount": size.amount, "unit": size.unit, "kind": kind}


def _told(containers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in one.items() if value} for one in containers]
