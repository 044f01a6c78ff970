"""Bills on paper."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from cleanclaim.app.bill_cases import Billed
from cleanclaim.app.claim_cases import Claims
from cleanclaim.claims.tables import ClaimTables
from cleanclaim.cli.options import ShortFormat
from cleanclaim.cli.output import opened_output
from cleanclaim.edits.findings import Finding

_OF_FINDING = ("edit", "id", "severity", "line_number", "message")


def write_bills(billed: Iterable[Billed], output_format: ShortFormat, out: TextIO) -> bool:
    """The bills; whether every case could be billed."""
    everyone = True
    shown: list[dict[str, Any]] = []
    for one in billed:
        everyone &= one.bill.refusal is None
        match output_format:
            case ShortFormat.JSON:
                shown.append(_plain(one))
            case ShortFormat.JSONL:
                out.write(json.dumps(_plain(one), default=str, ensure_ascii=False) + "\n")
            case _:
                out.writelines(f"{line}\n" for line in _text(one))
    if output_format is ShortFormat.JSON:
        out.write(json.dumps(shown, default=str, ensure_ascii=False, indent=2) + "\n")
    return everyone


def write_claims(claims: Claims, file: Path, out: TextIO) -> bool:
    """Writes the file of claims where there is one, and says what is in it; whether nothing was refused."""
    if claims.written and claims.written.content:
        with opened_output(file) as stream:
            stream.write(claims.written.content.decode())
        following = claims.written.next_controls.interchange
        count = len(claims.written.claim_keys)
        out.write(f"{count:,} {'claim' if count == 1 else 'claims'} written; the next control number is {following}\n")
    else:
        out.write("no claim written\n")
    out.writelines(f"  note: {note}\n" for note in claims.notes)
    out.writelines(f"{finding.claim_id}{_finding(finding)}\n" for finding in claims.findings)
    for one in claims.refused:
        out.write(f"  not written: {one.place}: {one.refusal.explanation} [{one.refusal.reason}]\n")
    return not claims.refused


def write_json_lines(tables: ClaimTables, file: Path) -> None:
    """Writes the claims as JSON Lines, as `check` reads them."""
    from cleanclaim.formats.jsonl import write_jsonl  # noqa: PLC0415

    with opened_output(file) as stream:
        stream.write(write_jsonl(tables).content.decode())


def write_picture(tables: ClaimTables, file: Path) -> None:
    """Draws the lines of the claims into a file.

    Raises:  PackageMissing where typst is not installed.
    """
    from cleanclaim.formats.paper import draw_claims  # noqa: PLC0415

    content = draw_claims(tables)
    with opened_output(file) as stream:
        stream.buffer.write(content)


def _plain(one: Billed) -> dict[str, Any]:
    # Decimals become strings: an amount must not pass through a float.
    bill = asdict(one.bill)
    bill["findings"] = [{name: getattr(item, name) for name in _OF_FINDING} for item in one.findings]
    return bill


def _text(one: Billed) -> Iterable[str]:
    bill = one.bill
    if bill.id is not None:
        yield bill.id
    if bill.refusal:
        yield f"  not billed: {bill.refusal.explanation} [{bill.refusal.reason}]"
    if bill.billed_with:
        yield f"  billed with case {bill.billed_with}"
    for line in bill.lines:
        code = "-".join((line.hcpcs_code, *line.modifiers))
        ndc = _ndc(line.ndc11, line.ndc_quantity, line.ndc_unit)
        revenue = f"{line.revenue_code} " if line.revenue_code else ""
        yield f"  {revenue}{code} x{line.billed_units:,}{ndc}{_money(line.charge_amount)}  [{line.rule}]"
        if line.description:
            yield f"      {line.description}"
        if line.note:
            yield f"      note: {line.note}"
    yield from (f"  note: {warning}" for warning in bill.warnings)
    yield from map(_finding, one.findings)


def _finding(finding: Finding) -> str:
    place = f"line {finding.line_number}" if finding.line_number else "claim"
    return f"  {finding.severity}  {place}  {finding.id} {finding.edit}: {finding.message}"


def _ndc(ndc11: str | None, quantity: Decimal | None, unit: str | None) -> str:
    if ndc11 is None:
        return ""
    return f"  N4{ndc11} {unit}{quantity.normalize():f}" if quantity is not None else f"  N4{ndc11}"


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"  ${amount:,.2f}"
