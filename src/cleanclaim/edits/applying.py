"""What may be said about any claim line of a code on a day: the facts that the code alone decides, and the edits left.

The facts are those of the dictionary, computed from lines that say nothing but their code, day and setting. Expressions
of the edit language are monotone: what is false on these facts stays false whatever a claim adds. So a case whose scope
or condition is false on such a line is ruled out, and every other may be met; none is guessed. Where a chart can say
otherwise than the packages of the code (its container), what is known of these packages is taken as true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import TracebackType
from typing import Self

import pyarrow as pa

from cleanclaim.claims import ADMINISTRATION, CLAIM, FAULT, LINE, ClaimTables, PayerProgram
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.language.closures import Row, Truth, closure
from cleanclaim.edits.language.tree import COMPLETE, columns_of
from cleanclaim.edits.outcomes import SERVICE_DATE, Edit, EditCase
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.engine.connection import Engine
from cleanclaim.engine.schema import TableSchema
from cleanclaim.terms import TermsOfPayers

# Groups of facts that a code, its day and its setting decide; what else a claim says stays unknown.
_GROUPS = ("line", "code", "drug_status", "policy", "price", "separate_payment", "waste_terms", "product")


# Those of which no chart and no NDC tells anything.
_SAID_ELSEWHERE = ("code", "policy", "price", "separate_payment", "waste_terms")
_CHARGED = Decimal("100.00")  # any amount but nothing: drug that cost nothing is billed otherwise (UNW-13)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a drug is given and billed, as a claim says it."""

    name: str
    claim_type: str
    payer_program: PayerProgram
    place_of_service: str | None = None
    bill_type: str | None = None
    payer_id: str | None = None


SETTINGS = (
    Setting("Medicare, office", "P", PayerProgram.MEDICARE_B, place_of_service="11"),
    Setting("Medicare, hospital outpatient", "I", PayerProgram.MEDICARE_A, bill_type="131"),
    Setting("Medicare, DME supplier", "P", PayerProgram.MEDICARE_DME, place_of_service="12"),
    Setting("Medicaid, office", "P", PayerProgram.MEDICAID, place_of_service="11"),
    Setting("commercial payer, office", "P", PayerProgram.COMMERCIAL, place_of_service="11"),
)


@dataclass(frozen=True, slots=True)
class Applying:
    """An edit that a line of the code may meet, in which settings, by which of its cases."""

    edit: Edit
    settings: tuple[str, ...]
    unknown_in: tuple[str, ...]  # settings of which the payer's or the publication's word is missing
    cases: tuple[EditCase, ...]  # in force on the day, and not ruled out
    fires: bool  # whether it fires on every line of the code, whatever else the claim says
    about_the_code: bool  # whether what is known of the code had a say


class CodeFacts:
    """What codes alone decide, asked one after the other. Use it as a context manager, or close it."""

    def __init__(
        self,
        table_of: Callable[[str], pa.Table],
        settings: Sequence[Setting] = SETTINGS,
        terms: TermsOfPayers | None = None,
    ) -> None:
        """`table_of` gives the as-of tables of the library; `terms` are those of payers."""
        self.settings = settings
        self._engine = Engine(threads=1)  # a few rows: threads would only wait for one another
        self._bench = Workbench(self._engine, dictionary())
        self._bench.use_reference(table_of)
        self._bench.hand_in({}, terms)
        facts = dictionary().facts(Grain.LINE)
        self._unknown = dict.fromkeys(facts)
        self._computed = [name for name in facts if dictionary().group_of(Grain.LINE, name).name in _GROUPS]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()

    def of(self, code: str, on: date) -> dict[str, Row]:
        """By setting, every fact of a line of the code on a day; None where a claim must tell it."""
        bench = self._bench
        bench.load_claims(_bare_lines(code, on, self.settings))
        try:
            view = bench.make_facts(Grain.LINE, self._computed)
            rows = self._engine.table(f"FROM {view} ORDER BY claim_row").to_pylist()
        finally:
            bench.forget_claims()
        return {
            setting.name: {**self._unknown, **{name: row[name] for name in self._computed}, **told}
            for setting, row, told in zip(self.settings, rows, _in_python(rows), strict=True)
        }


def edits_applying(edits: Iterable[Edit], facts_by_setting: Mapping[str, Row]) -> Iterator[Applying]:
    """The edits that a line of the code may meet, in the order of the catalogue; those of whole claims are left out."""
    for edit in edits:
        if edit.grain is Grain.CLAIM:
            continue
        scope, whens = _truths(edit)
        rows = {name: _row(edit.grain, facts) for name, facts in facts_by_setting.items()}
        met = {name: tuple(_met(edit, scope, whens, row)) for name, row in rows.items()}
        met = {name: cases for name, cases in met.items() if cases}
        if not met:
            continue
        told = [name for name, cases in met.items() if not all(_waits(edit, case, rows[name]) for case, _ in cases)]
        any_met = {case.case.name for cases in met.values() for case, _ in cases}
        yield Applying(
            edit, tuple(told), tuple(name for name in met if name not in told),
            tuple(case for case in edit.cases if case.case.name in any_met),
            all(any(certain for _, certain in cases) for cases in met.values()),
            any(rows[name].get(fact) is not None for name in met for fact in _read(edit)),
        )  # fmt: skip


def _met(edit: Edit, scope: Truth, whens: Sequence[Truth], row: Row) -> Iterator[tuple[EditCase, bool]]:
    """The cases in force that are not ruled out, and whether each fires whatever a claim adds."""
    in_scope = scope(row)
    if in_scope is False:
        return
    for case, when in zip(edit.cases, whens, strict=True):
        if case.in_force.contains(row[SERVICE_DATE]) and (truth := when(row)) is not False:
            yield case, bool(in_scope and truth)


def _waits(edit: Edit, case: EditCase, row: Row) -> bool:
    """Whether a case is open for want of what no claim tells: a payer's rule, a limit, a code set."""
    names = {*columns_of(edit.scope), *columns_of(case.when)}
    return any(row.get(name) is None for name in names & _about_the_code(_SAID_ELSEWHERE))


@cache
def _truths(edit: Edit) -> tuple[Truth, tuple[Truth, ...]]:
    return closure(edit.scope), tuple(closure(case.when) for case in edit.cases)


@cache
def _about_the_code(groups: tuple[str, ...] = _GROUPS[1:]) -> frozenset[str]:
    """The facts that are decided without a claim, of some groups."""
    return frozenset(
        name
        for group in dictionary().groups
        if group.grain is Grain.LINE and group.name in groups
        for name in group.head.columns
    )


@cache
def _read(edit: Edit) -> tuple[str, ...]:
    """The facts about the code that an edit reads."""
    names = {*columns_of(edit.scope), *(name for case in edit.cases for name in columns_of(case.when))}
    return tuple(sorted(_about_the_code() & names))


def _in_python(rows: Sequence[Row]) -> Iterator[Row]:
    """Facts of groups that Python computes from what is known of the code, and where it is given (`side.sql`)."""
    group = next(one for one in dictionary().groups if one.name == "replaced")
    facts_of, unknown = group.function(), dict.fromkeys(group.head.keys)
    for row in rows:
        replaces = facts_of({**unknown, **row}).get("replaces_larger_unit")
        yield {"replaces_larger_unit": replaces, "given_at_one_side": row["local_use"]}


@cache
def _unknown(grain: Grain) -> dict[str, None]:
    return dict.fromkeys((*dictionary().facts(grain), COMPLETE))


def _row(grain: Grain, facts: Row) -> Row:
    if grain is Grain.LINE:
        return facts
    unknown = _unknown(grain)
    return {**unknown, **{name: facts[name] for name in unknown if name in facts}}


def _bare_lines(code: str, on: date, settings: Sequence[Setting]) -> ClaimTables:
    """One partial claim of one line for each setting: what makes the setting, the code, the day, and some charge."""
    claims = [
        {
            "claim_key": key, "claim_id": setting.name, "claim_type": setting.claim_type, COMPLETE: False,
            "payer_program": str(setting.payer_program), "place_of_service": setting.place_of_service,
            "bill_type": setting.bill_type, "payer_id": setting.payer_id,
        }
        for key, setting in enumerate(settings)
    ]  # fmt: skip
    lines = [
        {
            "claim_key": key, "line_ordinal": 1, "line_number": 1, "hcpcs_code": code, "code_qualifier": "HC",
            "service_date": on, "charge_amount": _CHARGED,
        }
        for key in range(len(settings))
    ]  # fmt: skip
    return ClaimTables(_table(CLAIM, claims), _table(LINE, lines), _table(ADMINISTRATION, []), _table(FAULT, []))


def _table(schema: TableSchema, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    columns = {name: [row.get(name) for row in rows] for name in schema.names}
    return pa.table(columns, schema=schema.arrow())
