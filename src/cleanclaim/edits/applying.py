"""What may be said about any claim line of a code on a day: the facts that the code alone decides, and the edits left.

The facts are those of the dictionary, computed from lines that say nothing but their code, day and setting. Expressions
of the edit language are monotone: what is false on these facts stays false whatever a claim adds. So an edit that is
neither out of scope nor clear on such a line is one that a claim of the code may meet, and none is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import TracebackType
from typing import Self

import pyarrow as pa

from cleanclaim.claims import ADMINISTRATION, CLAIM, FAULT, LINE, ClaimTables, PayerProgram
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.language import columns_of
from cleanclaim.edits.language.closures import Row
from cleanclaim.edits.language.tree import COMPLETE
from cleanclaim.edits.outcomes import Edit, EditCase, Outcome, Verdict
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.rows import judge
from cleanclaim.engine.connection import Engine
from cleanclaim.engine.schema import TableSchema

# Groups of facts that a code, its day and its setting decide; what else a claim says stays unknown.
_GROUPS = ("line", "code", "drug_status", "payer", "price", "product")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a drug is given and billed, as a claim says it."""

    name: str
    claim_type: str
    payer_program: PayerProgram
    place_of_service: str | None = None
    bill_type: str | None = None


SETTINGS = (
    Setting("Medicare, office", "P", PayerProgram.MEDICARE_B, place_of_service="11"),
    Setting("Medicare, hospital outpatient", "I", PayerProgram.MEDICARE_A, bill_type="131"),
    Setting("commercial payer, office", "P", PayerProgram.COMMERCIAL, place_of_service="11"),
)


@dataclass(frozen=True, slots=True)
class Applying:
    """An edit that a line of the code may meet, in which settings, by which of its cases."""

    edit: Edit
    settings: tuple[str, ...]
    cases: tuple[EditCase, ...]  # in force on the day
    fires: bool  # whether it fires on every line of the code, whatever else the claim says
    about_the_code: bool  # whether what is known of the code had a say


class CodeFacts:
    """What codes alone decide, asked one after the other. Use it as a context manager, or close it."""

    def __init__(self, table_of: Callable[[str], pa.Table], settings: Sequence[Setting] = SETTINGS) -> None:
        """`table_of` gives the as-of tables of the library."""
        self.settings = settings
        self._engine = Engine(threads=1)  # a few rows: threads would only wait for one another
        self._bench = Workbench(self._engine, dictionary())
        self._bench.use_reference(table_of)
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
            setting.name: {**self._unknown, **{name: row[name] for name in self._computed}}
            for setting, row in zip(self.settings, rows, strict=True)
        }


def edits_applying(edits: Iterable[Edit], facts_by_setting: Mapping[str, Row]) -> Iterator[Applying]:
    """The edits that a line of the code may meet, in the order of the catalogue; those of whole claims are left out."""
    for edit in edits:
        if edit.grain is Grain.CLAIM:
            continue
        judged = _judge(edit)
        verdicts = {name: judged(_row(edit.grain, facts)) for name, facts in facts_by_setting.items()}
        met = [name for name, one in verdicts.items() if one.outcome in (Outcome.FIRES, Outcome.NOT_EVALUATED)]
        if met:
            facts = facts_by_setting[met[0]]
            yield Applying(
                edit, tuple(met),
                tuple(case for case in edit.cases if case.in_force.contains(facts["service_date"])),
                all(verdicts[name].outcome is Outcome.FIRES for name in met),
                any(facts.get(name) is not None for name in _read(edit)),
            )  # fmt: skip


@cache
def _judge(edit: Edit) -> Callable[[Row], Verdict]:
    return judge(edit)


@cache
def _read(edit: Edit) -> tuple[str, ...]:
    """The facts about the code that an edit reads."""
    about = {
        name
        for group in dictionary().groups
        if group.grain is Grain.LINE and group.name in _GROUPS[1:]
        for name in group.head.columns
    }
    names = {*columns_of(edit.scope), *(name for case in edit.cases for name in columns_of(case.when))}
    return tuple(sorted(about & names))


@cache
def _unknown(grain: Grain) -> dict[str, None]:
    return dict.fromkeys((*dictionary().facts(grain), COMPLETE))


def _row(grain: Grain, facts: Row) -> Row:
    if grain is Grain.LINE:
        return facts
    unknown = _unknown(grain)
    return {**unknown, **{name: facts[name] for name in unknown if name in facts}}


def _bare_lines(code: str, on: date, settings: Sequence[Setting]) -> ClaimTables:
    """One partial claim of one line for each setting: nothing but what makes the setting, the code and the day."""
    claims = [
        {
            "claim_key": key, "claim_id": setting.name, "claim_type": setting.claim_type, COMPLETE: False,
            "payer_program": str(setting.payer_program), "place_of_service": setting.place_of_service,
            "bill_type": setting.bill_type,
        }
        for key, setting in enumerate(settings)
    ]  # fmt: skip
    lines = [
        {
            "claim_key": key, "line_ordinal": 1, "line_number": 1, "hcpcs_code": code, "code_qualifier": "HC",
            "service_date": on,
        }
        for key in range(len(settings))
    ]  # fmt: skip
    return ClaimTables(_table(CLAIM, claims), _table(LINE, lines), _table(ADMINISTRATION, []), _table(FAULT, []))


def _table(schema: TableSchema, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    columns = {name: [row.get(name) for row in rows] for name in schema.names}
    return pa.table(columns, schema=schema.arrow())
