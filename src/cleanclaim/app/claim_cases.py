"""Bills to claims: one for each visit, whole, in claim tables and as 837; or why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from cleanclaim.app.bill_cases import claim_content, diagnosis_codes, findings_of, tables_of
from cleanclaim.app.checker import Checker
from cleanclaim.app.claim_parties import PartiesSaid
from cleanclaim.app.claim_split import split_claim
from cleanclaim.app.visits import Cases, Unread, Visit, billed_cases
from cleanclaim.billing import Administration, Bill, Biller, BillLine, ForClaim, Refusal
from cleanclaim.billing.part_b_split import MOST
from cleanclaim.claims import PayerProgram
from cleanclaim.claims.tables import ClaimTables, payer_program_of
from cleanclaim.edits.collection import all_edits
from cleanclaim.edits.findings import Finding
from cleanclaim.formats.x12.writing import ClaimParties, ControlNumbers, Exchange, Parties, Written, write_837
from cleanclaim.policies import Policies
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.library import Library

_MEDICARE = {PayerProgram.MEDICARE_A, PayerProgram.MEDICARE_B, PayerProgram.MEDICARE_DME}
_MOST_POINTERS = 4
_CENT = Decimal("0.01")
_OF_A_VISIT = ("payer_program", "payer_id", "place_of_service", "bill_type")


@dataclass(frozen=True, slots=True)
class NotClaimed:
    """A case or claim that is not in the file: where it stands, and why. Never a value of a patient."""

    place: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a file of cases that were written. `tables` and `written` are None where there is not one."""

    tables: ClaimTables | None
    written: Written | None
    refused: tuple[NotClaimed, ...]
    notes: tuple[str, ...] = ()  # what a person must look at, each with its claim
    findings: tuple[Finding, ...] = ()  # what fires on the claims that were written


@dataclass(frozen=True, slots=True)
class _Made:
    content: dict[str, Any]
    parties: ClaimParties
    visit: str  # its account number, which the claims of one that was split share


def claim_cases(
    texts: Iterable[str], parties: PartiesSaid, controls: ControlNumbers, made_at: datetime,
    *, reference: Path | None = None, check: bool = True, edits: Path | None = None, policies: Policies | None = None,
) -> Claims:  # fmt: skip
    """The cases billed, each visit one claim. What lacks something is refused by field, and the others are written.

    Raises:  InvalidValue when the envelope cannot be written: no claim is at fault.
    """
    library = Library.open(reference)
    told = billed_cases(Biller(Lookup.of(library), policies), texts)
    made: list[_Made] = []
    notes: list[str] = []
    refused = [
        NotClaimed(f"line {line}", one.refusal)
        for line, one in zip(told.lines, told.cases, strict=True)
        if isinstance(one, Unread)
    ]
    unread = {one.visit for one in told.cases if isinstance(one, Unread) and one.visit}
    twice = _said_twice(told.visits)
    for visit in told.visits:
        place = _place(told, visit)
        claim = _claim(told, visit, parties, unread, twice)
        if isinstance(claim, Refusal):
            refused.append(NotClaimed(place, claim))
        else:
            made += claim
            if len(claim) > 1:
                notes.append(f"{place}: above Medicare Part B's total: split into {len(claim)} claims (UNW-25)")
                if len({one.content["total_charge"] for one in claim}) < len(claim):
                    notes.append(f"{place}: two of them have the same total, which may be taken for a duplicate")
            notes += [f"{place}: {one}" for number, _ in visit.cases for one in told.bills[number].warnings]
    made, unsayable = _sayable(made)
    refused += unsayable
    while made:
        tables, written = _written(made, parties, controls, made_at)
        faults = written.fault.to_pylist()
        halved = {made[fault["row"] - 1].visit for fault in faults if _is_part(made[fault["row"] - 1])}
        refused += [
            _refused_by(fault, made) for fault in faults if not halved or made[fault["row"] - 1].visit in halved
        ]
        if not halved:
            break
        made = [one for one in made if one.visit not in halved]  # a claim that was split is written whole or not
    if not made:
        return Claims(None, None, tuple(refused))
    keys = tables.claim["claim_key"].to_pylist()
    sent = set(written.claim_keys) if check else set()
    contents = [one.content for key, one in zip(keys, made, strict=True) if key in sent]
    findings = findings_of(Checker.of(library, all_edits(edits), policies), contents) if contents else ()
    return Claims(_only(tables, written.claim_keys), written, tuple(refused), tuple(notes), findings)


def _written(
    made: Sequence[_Made], parties: PartiesSaid, controls: ControlNumbers, made_at: datetime
) -> tuple[ClaimTables, Written]:
    tables, said = tables_of([one.content for one in made]), parties.exchange
    keys = tables.claim["claim_key"].to_pylist()
    by_key = {int(key or 0): one.parties for key, one in zip(keys, made, strict=True)}
    written = write_837(
        tables,
        Parties(
            parties.made_submitter(), parties.made_receiver(), parties.made_providers(), parties.made_payers(), by_key
        ),
        Exchange(
            said.sender_id, said.receiver_id, made_at, said.is_test, said.sender_qualifier, said.receiver_qualifier,
            said.group_sender, said.group_receiver,
        ),
        controls,
    )  # fmt: skip
    return tables, written


def _only(tables: ClaimTables, keys: Sequence[int]) -> ClaimTables:
    """The rows of some claims."""
    wanted = pa.array(keys, pa.int64())

    def kept(table: pa.Table) -> pa.Table:
        return table.filter(pc.is_in(table["claim_key"], value_set=wanted))

    return ClaimTables(kept(tables.claim), kept(tables.line), kept(tables.administration), tables.fault)


def _is_part(made: _Made) -> bool:
    return bool(made.content["claim_id"] != made.visit)


def _cases(visit: Visit, told: Cases) -> list[Administration]:
    """All cases of a visit, billed or not."""
    numbers = sorted([*(number for number, _ in visit.cases), *visit.left_out])
    return [one for one in (told.cases[number] for number in numbers) if isinstance(one, Administration)]


def _place(told: Cases, visit: Visit) -> str:
    said = next((case.claim for case in _cases(visit, told) if case.claim), None)
    return f"claim {said.id}" if said else f"line {told.lines[min([n for n, _ in visit.cases] + visit.left_out)]}"


def _said_twice(visits: Sequence[Visit]) -> set[str]:
    """Account numbers that several visits say: their claims could not be told apart, or are one visit cut in two."""
    said = Counter(number for visit in visits for number in {case.claim.id for _, case in visit.cases if case.claim})
    return {number for number, count in said.items() if count > 1}


def _claim(told: Cases, visit: Visit, parties: PartiesSaid, unread: set[str], twice: set[str]) -> list[_Made] | Refusal:
    cases = _cases(visit, told)
    if visit.left_out:
        number = visit.left_out[0]
        why = told.bills[number].refusal
        return Refusal("not-billed", f"line {told.lines[number]}: {why.explanation if why else 'no line was made'}")
    if cases[0].visit in unread:
        return Refusal("not-billed", "another case of its visit could not be read")
    if visit.giving.refusal:
        return Refusal(visit.giving.refusal.reason, f"giving is not billed: {visit.giving.refusal.explanation}")
    said = {msgspec.json.encode(case.claim): case.claim for case in cases if case.claim}
    if not said:
        return _missing("claim", "what the claim says: id, subscriber")
    differing = [name for name in _OF_A_VISIT if len({getattr(case, name) for case in cases}) > 1]
    if len(said) > 1 or differing:
        return Refusal("contradiction", f"{(differing or ['claim'])[0]}: expected the same in all cases of the visit")
    (own,) = said.values()
    if own.id in twice:
        return Refusal("claim-id-repeats", "claim.id: another visit has it; expected an account number for each visit")
    return _made(_content(told.bills, visit, own, parties), _lines(told.bills, visit), visit, own, parties)


def _lines(bills: Sequence[Bill], visit: Visit) -> list[tuple[BillLine, Administration]]:
    """The lines of the claim of a visit, each with what it is of."""
    return [(line, visit.stands_for.get(number, case)) for number, case in visit.cases for line in bills[number].lines]


def _made(
    content: dict[str, Any] | Refusal,
    lines: Sequence[tuple[BillLine, Administration]],
    visit: Visit,
    own: ForClaim,
    parties: PartiesSaid,
) -> list[_Made] | Refusal:
    """The claim of a visit; several where Medicare Part B takes no total as large."""
    if isinstance(content, Refusal):
        return content
    first, contents = visit.cases[0][1], [content]
    if (
        first.payer_program is PayerProgram.MEDICARE_B
        and not first.bill_type
        and Decimal(content["total_charge"]) > MOST
    ):
        split = split_claim(content, [line for line, _ in lines], visit.terms.part_b_split_modifier)
        if isinstance(split, Refusal):
            return split
        contents = split
    own_parties = parties.of_claim(
        own.subscriber, attending_npi=own.attending_npi, institutional=bool(first.bill_type)
    )  # fmt: skip
    return [_Made(one, own_parties, own.id) for one in contents]


def _content(bills: Sequence[Bill], visit: Visit, own: ForClaim, parties: PartiesSaid) -> dict[str, Any] | Refusal:
    """The claim in the keys of JSON Lines, whole."""
    first = visit.cases[0][1]
    subscriber, payer = parties.subscribers.get(own.subscriber), parties.payers.get(first.payer_id or "")
    if subscriber is None:
        return _missing("claim.subscriber", "one of the subscribers of the parties")
    if payer is None:
        return _missing("payer_id", "one of the payers of the parties")
    filed = payer_program_of(payer.claim_filing)
    if filed != first.payer_program and not {filed, first.payer_program} <= _MEDICARE:
        return Refusal("contradiction", "payer_program: expected that of the payer's claim_filing")
    content = claim_content(visit, bills)
    lines = [(line, visit.stands_for.get(number, case)) for number, case in visit.cases for line in bills[number].lines]
    for said, (line, case) in zip(content["lines"], lines, strict=True):
        charge = _charge(line, {**parties.charges, **own.charges})
        if charge is None:
            field = "charge_amount" if line.is_drug else "charges"
            return _missing(field, f"a charge for {line.hcpcs_code}, in the case or the parties")
        said["charge_amount"] = f"{charge:f}"
        if not first.bill_type:
            said["diagnoses"] = _pointers(line, case, visit)
            said["ordering_npi"] = own.ordering_npi
    days = (own.statement_from or first.service_date, own.statement_to or first.service_date)
    if first.bill_type:
        if not days[0] <= first.service_date <= days[1]:
            return Refusal("contradiction", "claim.statement_from, statement_to: expected a span around service_date")
        content.pop("place_of_service", None)  # which bill_type stands for
        content |= {"statement_from": days[0].isoformat(), "statement_to": days[1].isoformat()}
    treated, billing_npi = subscriber.treated, own.billing_npi or parties.billing_npi
    rendering_npi = own.rendering_npi or (None if first.bill_type else parties.rendering_npi)
    return content | {
        "claim_id": own.id, "complete": True, "frequency": "1", "claim_filing": payer.claim_filing,
        "payer_sequence": subscriber.payer_sequence, "billing_npi": billing_npi,
        "billing_taxonomy": parties.taxonomy(billing_npi), "rendering_npi": rendering_npi,
        "rendering_taxonomy": None if first.bill_type else parties.taxonomy(rendering_npi),
        "prior_auth": own.prior_auth,
        "diagnoses": diagnosis_codes(case for _, case in visit.cases),
        "patient": {
            "member_id": subscriber.member_id, "first_name": treated.first_name,
            "birth_date": treated.birth_date.isoformat(), "sex": treated.sex,
        },
        "total_charge": f"{sum(Decimal(said['charge_amount']) for said in content['lines']):f}",
    }  # fmt: skip


def _charge(line: BillLine, charges: dict[str, Decimal]) -> Decimal | None:
    if line.charge_amount is not None:
        return line.charge_amount
    of_one = charges.get(line.hcpcs_code)
    return None if of_one is None else (of_one * line.billed_units).quantize(_CENT, ROUND_HALF_UP)


def _pointers(line: BillLine, case: Administration, visit: Visit) -> list[str]:
    """The diagnoses of the drug; of a line for giving, those of all drugs that it gave. X12 holds four."""
    if not line.drugs:
        return diagnosis_codes([case])[:_MOST_POINTERS]
    given = [one for number, one in visit.cases if visit.codes[number] in line.drugs]
    return diagnosis_codes(given)[:_MOST_POINTERS]


def _missing(field: str, expected: str) -> Refusal:
    return Refusal("value-missing", f"{field}: expected {expected}")


def _sayable(made: Sequence[_Made]) -> tuple[list[_Made], list[NotClaimed]]:
    """The claims of which the tables hold every value, and the others with the value that they do not hold."""
    if not made:
        return [], []
    told = tables_of([one.content for one in made]).fault.to_pylist()
    faults = {fault["row"]: fault for fault in reversed(told)}
    visits = {made[row - 1].visit for row in faults}
    kept = [one for one in made if one.visit not in visits]
    return kept, [_refused_by(faults[row], made) for row in sorted(faults)]


def _refused_by(fault: dict[str, Any], made: Sequence[_Made]) -> NotClaimed:
    return NotClaimed(f"claim {made[fault['row'] - 1].content['claim_id']}", Refusal(fault["fault"], fault["message"]))
