"""Bills on paper."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any, TextIO

from cleanclaim.app.bill_cases import Billed
from cleanclaim.cli.options import ShortFormat

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
    for line in bill.lines:
        code = "-".join((line.hcpcs_code, *line.modifiers))
        ndc = _ndc(line.ndc11, line.ndc_quantity, line.ndc_unit)
        yield f"  {code} x{line.billed_units:,}{ndc}{_money(line.charge_amount)}  [{line.rule}]"
        if line.description:
            yield f"      {line.description}"
    yield from (f"  note: {warning}" for warning in bill.warnings)
    for finding in one.findings:
        place = f"line {finding.line_number}" if finding.line_number else "claim"
        yield f"  {finding.severity}  {place}  {finding.id} {finding.edit}: {finding.message}"


def _ndc(ndc11: str | None, quantity: Decimal | None, unit: str | None) -> str:
    if ndc11 is None:
        return ""
    return f"  N4{ndc11} {unit}{quantity.normalize():f}" if quantity is not None else f"  N4{ndc11}"


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"  ${amount:,.2f}"
