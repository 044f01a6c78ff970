"""Bill what was given, and check the claims that come of it at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import msgspec

from cleanclaim.app.checker import Checker
from cleanclaim.billing import Bill, Biller, Given, Refusal, read_given
from cleanclaim.billing.giving import giving_of
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
    """Each case billed, in order; one that cannot be read is a refusal that names its line. Blank lines are none.

    Administrations of one visit (`visit`, on one day) have their lines for giving on the first of them, and are checked
    together as one claim.
    """
    library = Library.open(reference)
    biller = Biller(Lookup.of(library))
    cases = [_case(text, number) for number, text in enumerate(texts, 1) if text.strip()]
    bills = [biller.bill(one) if isinstance(one, Given) else Bill(None, refusal=one) for one in cases]
    visits = list(_visits(cases, bills))
    for visit in visits:
        codes = [bills[number].lines[0].hcpcs_code for number, _ in visit]
        bills[visit[0][0]] = _given(visit, codes, bills[visit[0][0]])
    findings = _checked(Checker(library, all_edits(edits)), visits, bills) if check else {}
    yield from (Billed(bill, tuple(findings.get(number, ()))) for number, bill in enumerate(bills))


_Visit = list[tuple[int, Given]]  # the cases of one visit that were billed, by their place


def _case(text: str, number: int) -> Given | Refusal:
    try:
        return read_given(text, place=f"line {number}")
    except UnreadableInput as error:
        return Refusal("case-unread", str(error))


def _visits(cases: Sequence[Given | Refusal], bills: Sequence[Bill]) -> Iterable[_Visit]:
    visits: dict[object, _Visit] = {}
    for number, (case, bill) in enumerate(zip(cases, bills, strict=True)):
        if isinstance(case, Given) and bill.lines:
            visits.setdefault((case.visit, case.service_date) if case.visit else number, []).append((number, case))
    return visits.values()


def _given(visit: _Visit, codes: Sequence[str], first: Bill) -> Bill:
    """The first bill of a visit with the lines for giving all its drugs."""
    giving = giving_of([(case, code) for (_, case), code in zip(visit, codes, strict=True)])
    refused = (f"how it was given is not billed: {giving.refusal.explanation}",) if giving.refusal else ()
    return replace(first, lines=(*first.lines, *giving.lines), warnings=(*first.warnings, *giving.warnings, *refused))


def _checked(checker: Checker, visits: Sequence[_Visit], bills: Sequence[Bill]) -> dict[int, list[Finding]]:
    """What fires on the claims of the visits, by the place of the case whose line it is about."""
    if not visits:
        return {}
    with tempfile.TemporaryDirectory(prefix="cleanclaim-bill-") as folder:
        path = Path(folder) / "billed.jsonl"
        claims = (msgspec.json.encode(_claim(visit, bills)) for visit in visits)
        path.write_bytes(b"".join(claim + b"\n" for claim in claims))
        result = checker.check_files([path])
    places = {visit[0][0]: [number for number, _ in visit for _ in bills[number].lines] for visit in visits}
    found: dict[int, list[Finding]] = {}
    for finding in result.findings:
        of_visit = places[int(finding.claim_id or 0)]
        place = of_visit[(finding.line_number or 1) - 1]
        found.setdefault(place, []).append(finding)
    return found


def _claim(visit: _Visit, bills: Sequence[Bill]) -> dict[str, object]:
    """The claim as the checker reads it: partial, so that what nobody said is not a fault."""
    number, first = visit[0]
    lines = [
        (line, case, place == 0) for one, case in visit for place, line in enumerate(bills[one].lines)
    ]  # fmt: skip
    return _said({
        "claim_id": str(number), "claim_type": "I" if first.bill_type else "P",
        "payer_program": str(first.payer_program), "payer_id": first.payer_id,
        "place_of_service": first.place_of_service, "bill_type": first.bill_type,
        "diagnoses": list(dict.fromkeys(code for _, case in visit for code in case.diagnoses)) or None,
        "lines": [
            _said({
                "line_number": place, "hcpcs_code": line.hcpcs_code, "modifiers": list(line.modifiers),
                "billed_units": line.billed_units, "service_date": case.service_date.isoformat(),
                "charge_amount": _text(line.charge_amount), "ndc11": line.ndc11, "ndc_unit": line.ndc_unit,
                "ndc_quantity": _text(line.ndc_quantity), "description": line.description,
                "charted": _charted(case) if is_dose else None,
            })
            for place, (line, case, is_dose) in enumerate(lines, 1)
        ],
    })  # fmt: skip


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
