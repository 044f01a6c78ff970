"""Cases billed, and put together by visit: the administrations of one visit stand on one claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from cleanclaim.billing import Administration, Bill, Biller, BillLine, Refusal, read_given
from cleanclaim.billing.giving import Giving, giving_of, procedures_of
from cleanclaim.billing.revenue import with_revenue
from cleanclaim.billing.same_drug import together
from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.terms.payer_terms import PayerTerms


@dataclass(frozen=True, slots=True)
class Unread:
    """A case that could not be read; `visit`: what it says of its visit, where that much could be."""

    refusal: Refusal
    visit: str | None = None


@dataclass(slots=True)
class Visit:
    """The cases of one visit, by their place; `left_out` are those that could not be billed.

    `codes` are those under which the drugs of the cases are billed; `stands_for` what the lines of a case are of, where
    that is more than the case itself: one drug given several times (UNW-18).
    """

    cases: list[tuple[int, Administration]] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    stands_for: dict[int, Administration] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)
    giving: Giving = field(default_factory=Giving)
    terms: PayerTerms = field(default_factory=PayerTerms)  # of its payer


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of a file with their bills, place by place, the text line of each, and the visits."""

    cases: Sequence[Administration | Unread]
    bills: Sequence[Bill]
    lines: Sequence[int]
    visits: Sequence[Visit]


def billed_cases(biller: Biller, texts: Iterable[str]) -> Cases:
    """Each case billed, in order; blank lines are none. The lines for giving are on the first bill of a visit."""
    numbered = [(number, text) for number, text in enumerate(texts, 1) if text.strip()]
    cases = [_case(text, number) for number, text in numbered]
    bills = [_bill(biller, one) for one in cases]
    visits = _visits(cases, bills)
    for visit in visits:
        if visit.cases:
            _put_together(biller, visit, bills)
            _give(biller, visit, bills)
    return Cases(cases, bills, [number for number, _ in numbered], visits)


def _bill(biller: Biller, case: Administration | Unread) -> Bill:
    if isinstance(case, Unread):
        return Bill(None, refusal=case.refusal)
    try:
        return biller.bill(case)
    except InvalidValue as error:  # a row of the reference that says what its rule cannot mean
        return Bill(case.id, refusal=Refusal("payer-rule-unread", str(error)))


def _case(text: str, number: int) -> Administration | Unread:
    try:
        return read_given(text, place=f"line {number}")
    except UnreadableInput as error:
        return Unread(Refusal("case-unread", str(error)), _visit_said(text))


def _visit_said(text: str) -> str | None:
    try:
        content = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
    visit = content.get("visit") if isinstance(content, dict) else None
    return visit if isinstance(visit, str) else None


def _visits(cases: Sequence[Administration | Unread], bills: Sequence[Bill]) -> list[Visit]:
    visits: dict[object, Visit] = {}
    for number, (case, bill) in enumerate(zip(cases, bills, strict=True)):
        if isinstance(case, Administration):
            visit = visits.setdefault((case.visit, case.service_date) if case.visit else number, Visit())
            if bill.lines:
                visit.cases.append((number, case))
                visit.codes[number] = bill.lines[0].hcpcs_code
            else:
                visit.left_out.append(number)
    return list(visits.values())


def _put_together(biller: Biller, visit: Visit, bills: list[Bill]) -> None:
    """One bill for a drug that was given several times in a visit: it stands on the first of its cases."""
    by_code: dict[str, list[tuple[int, Administration]]] = {}
    for number, case in visit.cases:
        by_code.setdefault(visit.codes[number], []).append((number, case))
    for code, group in by_code.items():
        if len(group) == 1:
            continue
        first, told = group[0][0], together([case for _, case in group])
        bill = biller.bill(told) if isinstance(told, Administration) else Bill(None, refusal=Refusal("apart", told))
        times = f"{code} was given {len(group)} times"
        if isinstance(told, str) or bill.refusal:
            why = bill.refusal.explanation if bill.refusal else ""
            note = f"{times}, each rounded by itself, where doses are to be added first (UNW-18): {why}"
            bills[first] = replace(bills[first], warnings=(*bills[first].warnings, note))
            continue
        note = f"{times}: doses were added, then rounded (UNW-18)"
        bills[first] = replace(bill, warnings=(*bill.warnings, note))
        visit.stands_for[first] = told
        for number, case in group[1:]:
            bills[number] = Bill(case.id, releases=bill.releases, billed_with=first + 1)


def _give(biller: Biller, visit: Visit, bills: list[Bill]) -> None:
    """Put the lines for giving all drugs of a visit on its first bill, and a facility's revenue codes on all lines."""
    visit.terms = biller.terms(visit.cases[0][1]).terms
    visit.giving = giving = giving_of([(case, visit.codes[number]) for number, case in visit.cases], visit.terms)
    for number, _ in visit.cases:
        if visit.codes[number] in giving.bundled:  # ADM-19: the bundle includes the drug
            bills[number] = replace(bills[number], lines=(), refusal=giving.refusal)
    refused = (f"how it was given is not billed: {giving.refusal.explanation}",) if giving.refusal else ()
    first = visit.cases[0][0]
    bill = bills[first]
    others = procedures_of([case for _, case in visit.cases])
    lines = (*bill.lines, *giving.lines, *others)
    bills[first] = replace(bill, lines=lines, warnings=(*bill.warnings, *giving.warnings, *refused))
    said = next((case.claim.revenue_codes for _, case in visit.cases if case.claim), {})

    def coded(line: BillLine, case: Administration) -> BillLine:
        return with_revenue(biller.lookup, line, case.service_date, said)

    for number, case in visit.cases:
        if case.bill_type is not None:
            bills[number] = replace(bills[number], lines=tuple(coded(line, case) for line in bills[number].lines))
