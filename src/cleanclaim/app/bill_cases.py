"""Bill what was given, and check the claims that come of it at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import msgspec

from cleanclaim.app.checker import Checker
from cleanclaim.billing import Bill, Biller, Given, Refusal, read_given
from cleanclaim.edits.collection import all_edits
from cleanclaim.edits.findings import Finding
from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.library import Library
from cleanclaim.reference.lookup import Lookup


@dataclass(frozen=True, slots=True)
class Billed:
    """One case: its bill, and what fires on the claim that its lines make."""

    bill: Bill
    findings: tuple[Finding, ...] = field(default=())


def bill_cases(
    texts: Iterable[str], *, reference: Path | None = None, check: bool = True, edits: Path | None = None
) -> Iterator[Billed]:
    """Each case billed, in order; one that cannot be read is a refusal that names its line. Blank lines are none."""
    library = Library.open(reference)
    biller = Biller(Lookup.of(library))
    cases = [_case(text, number) for number, text in enumerate(texts, 1) if text.strip()]
    bills = [biller.bill(one) if isinstance(one, Given) else Bill(None, refusal=one) for one in cases]
    findings = _checked(Checker(library, all_edits(edits)), cases, bills) if check else {}
    yield from (Billed(bill, tuple(findings.get(number, ()))) for number, bill in enumerate(bills))


def _case(text: str, number: int) -> Given | Refusal:
    try:
        return read_given(text, place=f"line {number}")
    except UnreadableInput as error:
        return Refusal("case-unread", str(error))


def _checked(checker: Checker, cases: Sequence[Given | Refusal], bills: Sequence[Bill]) -> dict[int, list[Finding]]:
    """What fires on the claims of the cases that were billed, by the place of the case."""
    claims = [
        _claim(number, case, bill)
        for number, (case, bill) in enumerate(zip(cases, bills, strict=True))
        if isinstance(case, Given) and bill.lines
    ]
    if not claims:
        return {}
    with tempfile.TemporaryDirectory(prefix="cleanclaim-bill-") as folder:
        path = Path(folder) / "billed.jsonl"
        path.write_bytes(b"\n".join(msgspec.json.encode(claim) for claim in claims) + b"\n")
        result = checker.check_files([path])
    found: dict[int, list[Finding]] = {}
    for finding in result.findings:
        found.setdefault(int(finding.claim_id or 0), []).append(finding)
    return found


def _claim(number: int, case: Given, bill: Bill) -> dict[str, object]:
    """The claim as the checker reads it: partial, so that what nobody said is not a fault."""
    claim: dict[str, object] = {
        "claim_id": str(number), "claim_type": "I" if case.bill_type else "P", "payer_program": str(case.payer_program),
        "payer_id": case.payer_id, "place_of_service": case.place_of_service, "bill_type": case.bill_type,
        "diagnoses": list(case.diagnoses) or None,
        "lines": [
            {
                "line_number": place, "hcpcs_code": line.hcpcs_code, "modifiers": list(line.modifiers),
                "billed_units": line.billed_units, "service_date": case.service_date.isoformat(),
                "charge_amount": _text(line.charge_amount), "ndc11": line.ndc11, "ndc_unit": line.ndc_unit,
                "ndc_quantity": _text(line.ndc_quantity), "description": line.description,
                "charted": _charted(case) if place == 1 else None,
            }
            for place, line in enumerate(bill.lines, 1)
        ],
    }  # fmt: skip
    claim["lines"] = [_said(line) for line in claim["lines"]]  # type: ignore[attr-defined]
    return _said(claim)


def _charted(case: Given) -> dict[str, object] | None:
    if case.weight_kg or case.bsa_m2 or not case.containers:
        return None
    return _said({
        "dose": {"amount": _text(case.dose.amount), "unit": case.dose.unit},
        "containers": [
            _said({"amount": _text(one.amount), "unit": one.unit, "count": one.count, "kind": one.kind})
            for one in case.containers
            if one.shared is None
        ],
        "route": case.route,
    })  # fmt: skip


def _said(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
