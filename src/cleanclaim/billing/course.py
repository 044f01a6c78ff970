"""A regimen -> the visits to expect: dose, units, vials, money of each, and which of them an authorization covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from cleanclaim.billing.administration import Administration, GivenContainer, SizeOnHand
from cleanclaim.billing.authorizations import AuthorizationUse, Ledger
from cleanclaim.billing.bill import Biller
from cleanclaim.billing.dose import dose_of
from cleanclaim.billing.lines import Bill, BillLine, Refusal
from cleanclaim.billing.regimen import Planned, Regimen, planned_visits
from cleanclaim.billing.stock import vials_for
from cleanclaim.dosing import ContainerKind
from cleanclaim.errors import CleanclaimError
from cleanclaim.reference.codes.code_day import Limit, State, code_day
from cleanclaim.values import Concentration, Quantity

_CENT = Decimal("0.01")

_Size = tuple[Decimal, str, str | None]  # amount, unit, NDC


@dataclass(frozen=True, slots=True)
class Dose:
    """What is given at a visit; by weight or body surface it is worked out."""

    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Vials:
    """Containers of one size."""

    amount: Decimal  # in one of them
    unit: str
    count: int
    ndc: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to come. What is not known is None, and why is told; a refused visit has no lines, yet its vials."""

    day: date
    dose: Dose | None = None
    lines: tuple[BillLine, ...] = ()
    administered_units: int | None = None
    discarded_units: int | None = None  # billed as discarded; None where the lines do not tell
    vials: tuple[Vials, ...] = ()
    payment_limit: Decimal | None = None  # Medicare's of the day, US dollars per billing unit
    limit_amount: Decimal | None = None  # the limit times all units, to the cent
    limit_state: State | None = None  # whether a publication tells a limit for the day
    why_no_limit: str | None = None
    authorization: str | None = None  # the number of the one that covers it
    why_not_covered: str | None = None
    warnings: tuple[str, ...] = ()
    refusal: Refusal | None = None

    @property
    def hcpcs_code(self) -> str | None:
        """The code that it is billed under."""
        return self.lines[0].hcpcs_code if self.lines else None

    @property
    def units(self) -> int:
        """All units of its lines: these count for money and against an authorization."""
        return sum(line.billed_units for line in self.lines)


@dataclass(frozen=True, slots=True)
class CodeTotal:
    """What the visits billed under one code come to: a unit of another code may be another amount."""

    hcpcs_code: str
    visits: int
    billed_units: int
    administered_units: int | None  # None where the lines of a visit do not tell them apart
    discarded_units: int
    visits_waste_not_told: int  # whose discarded units, if any, are not among them
    limit_amount: Decimal | None
    visits_without_limit: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What a course comes to. `limit_amount` is that of the visits with a known limit; None where none has one.

    Vials count for every visit: they are opened however it is billed.
    """

    visits: int
    billed: int
    covered: int
    not_covered: int
    first_not_covered: date | None
    limit_amount: Decimal | None
    visits_without_limit: int  # of those billed
    codes: tuple[CodeTotal, ...] = ()
    vials: tuple[Vials, ...] = ()
    authorizations: tuple[AuthorizationUse, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """The visits of a regimen, and what they come to."""

    id: str | None
    visits: tuple[Visit, ...]
    totals: Totals
    releases: tuple[str, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether every visit can be billed, and none is left that no authorization covers, where any was given."""
        return not self.totals.not_covered and self.totals.billed == self.totals.visits


def plan_course(biller: Biller, regimen: Regimen) -> Course:
    """The course of a regimen, as far as the library of the biller reaches; beyond it nothing is carried forward.

    Raises:  InvalidValue where the regimen has no visit, too many, or one after the year 9999.
    """
    ledger, stock = Ledger(regimen.authorizations), _Stock(regimen.sizes_on_hand)
    visits: list[Visit] = []
    releases: dict[str, None] = {}
    code = None
    for planned in planned_visits(regimen):
        visit, told_by = _visit(biller, regimen, planned, ledger, stock, before=code)
        visits.append(visit)
        releases.update(dict.fromkeys(told_by))
        code = visit.hcpcs_code or code
    return Course(regimen.id, tuple(visits), _totals(visits, ledger), tuple(releases))


class _Stock:
    """What the visits take of the containers on hand."""

    def __init__(self, sizes: Sequence[SizeOnHand]) -> None:
        self._available = {(one.amount, one.unit, one.ndc): one.available for one in sizes}
        self._taken: Counter[_Size] = Counter()
        self._short: set[_Size] = set()

    def take(self, containers: Iterable[GivenContainer]) -> Iterable[str]:
        """Take them; a warning on the first visit for which there are not enough."""
        for one in containers:
            size = (one.amount, one.unit, one.ndc)
            self._taken[size] += one.count
            available = self._available.get(size)
            if available is not None and self._taken[size] > available and size not in self._short:
                self._short.add(size)
                yield (
                    f"{self._taken[size]} x {one.amount:f} {one.unit} are needed up to this visit, {available} are on"
                    " hand"
                )


def _visit(
    biller: Biller, regimen: Regimen, planned: Planned, ledger: Ledger, stock: _Stock, *, before: str | None
) -> tuple[Visit, tuple[str, ...]]:
    """The visit, and the releases that tell about it."""
    given = _given(regimen, planned)
    dose = dose_of(given)
    shown = None if isinstance(dose, Refusal) else Dose(_decimal(dose), str(dose.unit))
    containers = (
        dose if isinstance(dose, Refusal) else vials_for(dose, regimen.sizes_on_hand, concentration=_per(given))
    )
    opened = () if isinstance(containers, Refusal) else containers
    bill = biller.bill(_given(regimen, planned, opened))
    vials = tuple(Vials(one.amount, one.unit, one.count, one.ndc) for one in opened)
    of_vials = (*_kept(opened), *stock.take(opened))
    refusal = bill.refusal or (containers if isinstance(containers, Refusal) else None)
    if refusal:
        refused = Visit(
            planned.day, shown, vials=vials, why_no_limit="not billed", warnings=of_vials, refusal=refusal
        )  # fmt: skip
        return refused, bill.releases
    code, units = bill.lines[0].hcpcs_code, sum(line.billed_units for line in bill.lines)
    administered, discarded, told = _units(bill)
    limit = code_day(biller.lookup, code, planned.day, ()).limit
    taken = ledger.take(planned.day, code, units, place=regimen.place_of_service)
    price = limit.payment_limit
    warnings = (*_code_change(before, code), *bill.warnings, *told, *of_vials, *taken.warnings)
    visit = Visit(
        planned.day, shown, bill.lines, administered, discarded, vials, price,
        None if price is None else (price * units).quantize(_CENT, ROUND_HALF_UP),
        limit.state, _why_no_limit(limit, code, planned.day), taken.number, taken.why, tuple(dict.fromkeys(warnings)),
    )  # fmt: skip
    return visit, (*bill.releases, *([limit.release] if limit.release else []))


def _given(regimen: Regimen, planned: Planned, containers: tuple[GivenContainer, ...] = ()) -> Administration:
    return Administration(
        service_date=planned.day, payer_program=regimen.payer_program, dose=planned.dose, id=regimen.id,
        hcpcs_code=regimen.hcpcs_code, ndc=regimen.ndc, drug=regimen.drug, billing_unit=regimen.billing_unit,
        concentration=regimen.concentration, weight_kg=planned.weight_kg, bsa_m2=planned.bsa_m2, route=regimen.route,
        containers=containers, place_of_service=regimen.place_of_service, bill_type=regimen.bill_type,
        payer_id=regimen.payer_id, payer_terms=regimen.payer_terms, modifiers=regimen.modifiers,
    )  # fmt: skip


def _per(given: Administration) -> Concentration | None:
    told = given.concentration
    try:
        return Concentration.of(told.amount, told.unit, told.per) if told else None
    except CleanclaimError:
        return None  # the biller tells why


def _decimal(dose: Quantity) -> Decimal:
    return Decimal(dose.amount.numerator) / Decimal(dose.amount.denominator)


def _units(bill: Bill) -> tuple[int | None, int | None, tuple[str, ...]]:
    """Units administered and discarded, as far as the lines tell them apart."""
    if any(line.rule == "UNW-26" for line in bill.lines):
        return None, None, ("what was given and what was discarded stand on one line: there was no JW yet (UNW-26)",)
    discarded = sum(line.billed_units for line in bill.lines if "JW" in line.modifiers)
    administered = sum(line.billed_units for line in bill.lines) - discarded
    told = any({"JW", "JZ"} & set(line.modifiers) for line in bill.lines)
    return administered, discarded if told else None, ()


def _why_no_limit(limit: Limit, code: str, on: date) -> str | None:
    match limit.state:
        case State.PRINTED:
            return None
        case State.NONE_PRINTED:
            return f"{limit.release} prints no payment limit for {code}"
        case State.NOT_LISTED:
            return f"no payment limit is published for {code} on {on}"
        case State.UNKNOWN:
            return f"payment limit unknown: no release covers {on}"


def _code_change(before: str | None, code: str) -> tuple[str, ...]:
    if before is None or before == code:
        return ()
    return (f"billed under {code} from this visit on, before under {before}",)


def _kept(containers: Iterable[GivenContainer]) -> tuple[str, ...]:
    if all(one.kind in (None, ContainerKind.SINGLE_DOSE) for one in containers):
        return ()
    return ("what is left in a container of several doses may serve a later visit: fewer vials may be enough",)


def _totals(visits: Sequence[Visit], ledger: Ledger) -> Totals:
    billed = [visit for visit in visits if visit.refusal is None]
    missing = [visit.day for visit in billed if visit.why_not_covered]
    codes = dict.fromkeys(visit.hcpcs_code for visit in billed if visit.hcpcs_code)
    vials: Counter[_Size] = Counter()
    for one in (vial for visit in visits for vial in visit.vials):
        vials[one.amount, one.unit, one.ndc] += one.count
    return Totals(
        visits=len(visits), billed=len(billed), covered=sum(visit.authorization is not None for visit in billed),
        not_covered=len(missing), first_not_covered=missing[0] if missing else None,
        limit_amount=_sum(visit.limit_amount for visit in billed),
        visits_without_limit=sum(visit.limit_amount is None for visit in billed),
        codes=tuple(_code_total(code, [visit for visit in billed if visit.hcpcs_code == code]) for code in codes),
        vials=tuple(Vials(amount, unit, number, ndc) for (amount, unit, ndc), number in vials.items()),
        authorizations=ledger.uses(),
    )  # fmt: skip


def _code_total(code: str, visits: Sequence[Visit]) -> CodeTotal:
    administered = [visit.administered_units for visit in visits if visit.administered_units is not None]
    return CodeTotal(
        code, len(visits), sum(visit.units for visit in visits),
        sum(administered) if len(administered) == len(visits) else None,
        sum(visit.discarded_units or 0 for visit in visits), sum(visit.discarded_units is None for visit in visits),
        _sum(visit.limit_amount for visit in visits), sum(visit.limit_amount is None for visit in visits),
    )  # fmt: skip


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
