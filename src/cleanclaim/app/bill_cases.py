"""Bill what was given, and check the claims that come of it at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec

from cleanclaim.app.checker import Checker
from cleanclaim.app.visits import Visit, billed_cases
from cleanclaim.billing import Administration, Bill, Biller
from cleanclaim.claims.tables import ClaimTables
from cleanclaim.edits.collection import all_edits
from cleanclaim.edits.findings import Finding
from cleanclaim.formats.jsonl import read_jsonl
from cleanclaim.policies import Policies
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.library import Library


@dataclass(frozen=True, slots=True)
class Billed:
    """One case: its bill, and what fires on the claim that its lines make."""

    bill: Bill
    findings: tuple[Finding, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class BilledCases:
    """The cases of a file, in order, and the claims of their visits in the keys of JSON Lines."""

    cases: tuple[Billed, ...]
    claims: tuple[dict[str, Any], ...]


def bill_cases(
    texts: Iterable[str],
    *,
    reference: Path | None = None,
    check: bool = True,
    edits: Path | None = None,
    policies: Policies | None = None,
) -> BilledCases:
    """Each case billed; one that cannot be read is a refusal that names its line. Blank lines are none.

    Administrations of one visit (`visit`, on one day) have their lines for giving on the first of them, and are checked
    together as one claim.
    """
    library = Library.open(reference)
    told = billed_cases(Biller(Lookup.of(library), policies), texts)
    visits = [visit for visit in told.visits if visit.cases]
    claims = tuple(claim_content(visit, told.bills) for visit in visits)
    findings = _checked(Checker.of(library, all_edits(edits), policies), visits, claims, told.bills) if check else {}
    billed = (Billed(bill, tuple(findings.get(number, ()))) for number, bill in enumerate(told.bills))
    named = (
        claim | {"claim_id": visit.cases[0][1].id or str(visit.cases[0][0] + 1)}
        for visit, claim in zip(visits, claims, strict=True)
    )
    return BilledCases(tuple(billed), tuple(named))


def tables_of(claims: Sequence[dict[str, Any]]) -> ClaimTables:
    """Claims in the keys of JSON Lines as tables; what they do not hold is a fault with the place of its claim."""
    content = b"".join(msgspec.json.encode(one) + b"\n" for one in claims)
    digest = hashlib.sha256(content).hexdigest()
    (tables,) = read_jsonl(
        BytesIO(content), name="billed", file_hash=digest, batch_claims=len(content)
    )  # one batch: fewer claims, lines and faults than bytes
    return tables


def _checked(
    checker: Checker, visits: Sequence[Visit], claims: Iterable[dict[str, Any]], bills: Sequence[Bill]
) -> dict[int, list[Finding]]:
    """What fires on the claims of the visits, by the place of the case whose line it is about."""
    if not visits:
        return {}
    fired = findings_of(checker, claims)
    places = {visit.cases[0][0]: [number for number, _ in visit.cases for _ in bills[number].lines] for visit in visits}
    found: dict[int, list[Finding]] = {}
    for finding in fired:
        of_visit = places[int(finding.claim_id or 0)]
        place = of_visit[(finding.line_number or 1) - 1]
        found.setdefault(place, []).append(finding)
    return found


def findings_of(checker: Checker, claims: Iterable[dict[str, Any]]) -> tuple[Finding, ...]:
    """What fires on claims in the keys of JSON Lines."""
    return checker.check(tables_of(list(claims))).findings


def claim_content(visit: Visit, bills: Sequence[Bill]) -> dict[str, Any]:
    """The claim as the checker reads it: partial, so that what nobody said is not a fault."""
    number, first = visit.cases[0]
    lines = [
        (line, visit.stands_for.get(one, case), place == 0 and _is_one_dose(bills[one]))
        for one, case in visit.cases
        for place, line in enumerate(bills[one].lines)
    ]
    return _said({
        "claim_id": str(number), "claim_type": "I" if first.bill_type else "P",
        "payer_program": str(first.payer_program), "payer_id": first.payer_id,
        "place_of_service": first.place_of_service, "bill_type": first.bill_type,
        "diagnoses": diagnosis_codes(case for _, case in visit.cases) or None,
        "lines": [
            _said({
                "line_number": place, "hcpcs_code": line.hcpcs_code, "modifiers": list(line.modifiers),
                "billed_units": line.billed_units, "service_date": case.service_date.isoformat(),
                "revenue_code": line.revenue_code,
                "charge_amount": _text(line.charge_amount), "ndc11": line.ndc11, "ndc_unit": line.ndc_unit,
                "ndc_quantity": _text(line.ndc_quantity), "description": line.description,
                "note": line.note, "ndc_link": line.ndc_link,
                "charted": _charted(case) if is_dose else None,
            })
            for place, (line, case, is_dose) in enumerate(lines, 1)
        ],
    })  # fmt: skip


def diagnosis_codes(cases: Iterable[Administration]) -> list[str]:
    """The diagnoses as a claim says them, without the point."""
    return list(dict.fromkeys(code.replace(".", "").strip().upper() for case in cases for code in case.diagnoses))


def _is_one_dose(bill: Bill) -> bool:
    """Whether the dose of a case stands on one line, which its chart is then about."""
    return sum("JW" not in line.modifiers and line.is_drug for line in bill.lines) == 1


def _charted(case: Administration) -> dict[str, object] | None:
    # A chart has no place for weight, surface and concentration, without which such a dose would be misread.
    if case.weight_kg or case.bsa_m2 or case.concentration or not case.containers:
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
