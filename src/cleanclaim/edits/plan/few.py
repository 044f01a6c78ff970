"""The workbench for a few claims: the same groups of facts over rows of Python values, and nothing planned twice.

What a group says of a key is kept as long as the reference stays (`KeptFacts`): the next claim with the same code and
day asks again for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from cleanclaim.edits import compiled as ahead
from cleanclaim.edits import python_groups
from cleanclaim.edits.dictionary import ROW_ID, Dictionary, Group
from cleanclaim.edits.fact_language import Cells, CompiledQuery, KeyedRelation, Relation, compiled_query
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.arrow_rows import relation_of
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.stored_claims import STORED, used_columns
from cleanclaim.engine.schema import TableSchema
from cleanclaim.policies.tables import HANDED_IN
from cleanclaim.reference.library.kept_tables import SEARCHED, KeptTable
from cleanclaim.reference.library.presumption import AND, PRESUMED_AFTER
from cleanclaim.terms import TermsOfPayers

MOST_LINES = 2_000  # above, the plans for many rows are quicker
_MOST_ANSWERS = 20_000  # of one group: some 40 MB for all of them together
_COMPILED: dict[str, CompiledQuery] = {}
_Names = tuple[str, ...]
_Row = dict[str, Any]


class KeptFacts:
    """Reference tables by key, and what groups said of keys by them: kept by a checker from run to run."""

    def __init__(self, table_of: Callable[[str], KeptTable]) -> None:
        """`table_of` gives the as-of tables of a library, by key."""
        self._table_of = table_of
        self._relations: dict[str, Relation] = {}
        self.lasting: dict[object, Relation] = {}  # relations inside queries that rest on the reference alone
        self.answers: dict[str, dict[Cells, Cells]] = {}  # by group and key

    def relation(self, name: str) -> Relation:
        """A reference table, asked by key."""
        if name not in self._relations:
            table = self._table_of(name)
            self._relations[name] = KeyedRelation(table.names, SEARCHED, table.rows_with, table.rows)
        return self._relations[name]

    def answers_of(self, group: str) -> dict[Cells, Cells]:
        """What a group said of keys; begun anew when it is much: a run that reads the old ones keeps them."""
        found = self.answers.get(group)
        if found is None or len(found) > _MOST_ANSWERS:
            found = self.answers[group] = {}
        return found


class RowEngine:
    """Tables by name as rows, and queries of the language of facts over them."""

    def __init__(self, schemas: Mapping[str, _Names], lasting: dict[object, Relation]) -> None:
        self.tables: dict[str, Relation] = {}
        self._schemas, self._lasting = schemas, lasting

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under a name."""
        self.tables[name] = relation_of(table)

    def unregister(self, name: str) -> None:
        """Forget a table."""
        self.tables.pop(name, None)

    def run(self, sql: str) -> None:
        """Nothing is made here by a statement: facts are made by their groups."""
        raise NotImplementedError(sql)

    def query(self, sql: str) -> tuple[_Names, list[Cells]]:
        """Columns and rows of a query."""
        # A query reads the same tables in each run: their columns are asked for once.
        compiled = _COMPILED.get(sql)
        if compiled is None:
            compiled = ahead.queries().get(sql)
            compiled = compiled or compiled_query(sql, lambda name: self.tables[name].names, _is_of_reference)
            _COMPILED[sql] = compiled
        return compiled.names, compiled.rows(self.tables, self._lasting)

    def table(self, sql: str) -> RowTable:
        """The rows of a query."""
        return RowTable(*self.query(sql))

    def batches(self, sql: str) -> Iterator[RowTable]:
        """The rows of a query, at once."""
        yield self.table(sql)


class RowTable:
    """Rows where an Arrow table is expected."""

    def __init__(self, names: _Names, rows: Sequence[Cells]) -> None:
        self._names, self._rows = names, rows

    def drop(self, names: Sequence[str]) -> RowTable:
        """Without some columns."""
        kept = [place for place, name in enumerate(self._names) if name not in names]
        return RowTable(
            tuple(self._names[place] for place in kept), [tuple(row[place] for place in kept) for row in self._rows]
        )

    def to_pylist(self) -> list[_Row]:
        """Each row by names."""
        return [dict(zip(self._names, map(_listed, row), strict=True)) for row in self._rows]


class FewWorkbench(Workbench):
    """The claims of one short run, as rows."""

    engine: RowEngine  # type: ignore[assignment]
    is_divided = False  # what waits is handed on whole when the claims become many

    def __init__(self, facts: Dictionary, kept: KeptFacts, *, checked_on: date | None = None) -> None:
        """A workbench without rows. `checked_on`: the day that stands for today; else each file's own."""
        self._kept = kept
        self._rows_of: dict[Grain, list[_Row]] = {}
        super().__init__(RowEngine(_schemas(facts), kept.lasting), facts, checked_on=checked_on)  # type: ignore[arg-type]

    def _store(self, schema: TableSchema, ids: tuple[str, ...]) -> None:  # noqa: ARG002 - `_schemas` has them
        self.engine.tables[schema.name] = Relation(_schemas(self.facts)[schema.name], [])

    def _insert(self, name: str, rows: pa.Table) -> None:
        self.engine.tables[name] = relation_of(rows.select(_schemas(self.facts)[name]))

    def need_reference(self, *names: str) -> None:
        """Make some reference tables readable as `ref_<name>`."""
        for name in names:
            if name not in self._loaded:
                handed = HANDED_IN.get(name)
                one = relation_of(self._reference(name).select(handed.names)) if handed else self._kept.relation(name)
                self.engine.tables[f"ref_{name}"] = one
                self._loaded.add(name)

    def make_facts(self, grain: Grain, facts: Iterable[str]) -> str:
        """The facts of a grain, made; the name under which `select` finds them."""
        self._flush()
        for group in _needed(self.facts, grain, frozenset(facts)):
            if group.name not in self._made:
                self._make(group)
                self._made[group.name] = group
        return f"facts_of_{grain}"

    def rows(self, grain: Grain) -> int:
        """How many rows of a grain there are."""
        return len(self._rows_of[grain])

    def fact_rows(self, grain: Grain, view: str) -> list[_Row]:
        """The facts of each row of a grain."""
        del view
        return self._rows_of[grain]

    def labels(self, grain: Grain, view: str, columns: Sequence[str]) -> Iterator[_Row]:
        """How many lines rest on each release that some facts name, by day."""
        found: dict[tuple[str, date], set[int]] = {}
        for row in self.fact_rows(grain, view):
            for label in {one for name in columns for one in (row[name] or "").split(AND) if PRESUMED_AFTER in one}:
                if row["service_date"] is not None:
                    found.setdefault((label, row["service_date"]), set()).update(row["line_rows"])
        for (label, day), lines in sorted(found.items()):
            yield {"label": label, "day": day, "lines": len(lines)}

    def claims_of(self, grain: Grain, view: str) -> tuple[np.ndarray, np.ndarray]:
        """The rows of a grain and their claims, in order."""
        places = sorted((row[ROW_ID[grain]], row["claim_row"]) for row in self.fact_rows(grain, view))
        return np.array([row for row, _ in places]), np.array([claim for _, claim in places])

    def days_of_service(self) -> set[date]:
        """The days of service of the lines."""
        lines = self.engine.tables["line"]
        place = lines.names.index("service_date")
        return {row[place] for row in lines.rows if row[place] is not None}

    def select(self, table: str, key: str, ids: Iterable[int], columns: str) -> dict[int, _Row]:
        """Some rows of a table or of the facts of a grain by their id."""
        wanted = set(ids)
        if table.startswith("facts_of_"):
            rows = self._rows_of[Grain(table.removeprefix("facts_of_"))]
            return {row[key]: {name: _listed(cell) for name, cell in row.items()} for row in rows if row[key] in wanted}
        relation, names = self.engine.tables[table], columns.split(", ")
        by, places = relation.names.index(key), [relation.names.index(name) for name in names]
        return {
            row[by]: {name: _listed(row[place]) for name, place in zip(names, places, strict=True)}
            for row in relation.rows
            if row[by] in wanted
        }

    def _has_values(self, grain: Grain, facts: Sequence[str]) -> bool:
        return any(row[fact] is not None for row in self._rows_of[grain] for fact in facts)

    def _make(self, group: Group) -> None:
        self.need_reference(*sorted(group.reference))
        if group is self.facts.base(group.grain):
            names, rows = self.engine.query(group.sql)
            self._rows_of[group.grain] = [dict(zip(names, row, strict=True)) for row in rows]
        elif group.head.keys:
            names, rows = self._answered(group)
        else:
            names, rows = self._by_row(group)
        if group.name in _read_by_name(self.facts):
            self.engine.tables[f"fact_{group.name}"] = Relation(names, rows)

    def _answered(self, group: Group) -> tuple[_Names, list[Cells]]:
        """The facts of each distinct key: what was said before is not asked again."""
        keys, columns = group.head.keys, tuple(group.head.columns)
        rows = self._rows_of.get(group.grain, [])
        asked = [tuple([_cell(row[name]) for name in keys]) for row in rows]
        answers = self._kept.answers_of(group.name) if _is_lasting(group) else {}
        if unsaid := [key for key in dict.fromkeys(asked) if key not in answers]:
            answers.update(self._answers(group, unsaid))
        for row, key in zip(rows, asked, strict=True):
            row.update(zip(columns, answers[key], strict=True))
        return (*keys, *columns), [(*key, *answers[key]) for key in dict.fromkeys(asked)]

    def _answers(self, group: Group, keys: list[Cells]) -> dict[Cells, Cells]:
        names, columns = group.head.keys, tuple(group.head.columns)
        if not group.sql:
            return dict(zip(keys, python_groups.answers(group, keys, self.terms), strict=True))
        self.engine.tables["keys"] = Relation(names, keys)
        found, rows = self.engine.query(group.sql)
        by, places = [found.index(name) for name in names], [found.index(name) for name in columns]
        answers: dict[Cells, Cells] = dict.fromkeys(keys, (None,) * len(columns))
        answers.update((tuple([row[place] for place in by]), tuple([row[place] for place in places])) for row in rows)
        return answers

    def _by_row(self, group: Group) -> tuple[_Names, list[Cells]]:
        """The facts of each row, where rows meet other rows."""
        own, row_id = self._rows_of.get(group.grain, []), ROW_ID[group.grain]
        if not self._is_asked(group):
            unsaid = dict.fromkeys(group.head.columns)
            for row in own:
                row.update(unsaid)
            return (row_id, *group.head.columns), []
        if group.head.reads:
            names = (row_id, "claim_row", *group.head.reads)
            self.engine.tables["rows"] = Relation(names, [tuple([_cell(row[name]) for name in names]) for row in own])
        found, rows = self.engine.query(group.sql)
        columns, by = tuple(group.head.columns), found.index(row_id)
        places = [found.index(name) for name in columns]
        answers = {row[by]: tuple([row[place] for place in places]) for row in rows}
        nothing = (None,) * len(columns)
        for row in own:
            row.update(zip(columns, answers.get(row[row_id], nothing), strict=True))
        return found, rows

    def _forget_facts(self) -> None:
        self._made.clear()
        self._rows_of.clear()
        self._days = None


def _listed(cell: Any) -> Any:  # noqa: ANN401 - a cell
    return list(cell) if type(cell) is tuple else cell


def _cell(value: Any) -> Any:  # noqa: ANN401
    return tuple(value) if type(value) is list else value


@cache
def _schemas(facts: Dictionary) -> Mapping[str, _Names]:
    return {schema.name: (*ids, *(column.name for column in used_columns(schema, facts))) for schema, ids in STORED}


def _is_of_reference(table: str) -> bool:
    """Whether a table is the library's own, and stays from run to run."""
    return table.startswith("ref_") and table.removeprefix("ref_") not in HANDED_IN


def _is_lasting(group: Group) -> bool:
    """Whether what a group says of a key holds for every run by the same reference and terms."""
    return not group.head.needs and not group.reference & (HANDED_IN.keys() - TermsOfPayers.LISTED)


@cache
def _needed(facts: Dictionary, grain: Grain, names: frozenset[str]) -> tuple[Group, ...]:
    return facts.needed(grain, set(names))


@cache
def _read_by_name(facts: Dictionary) -> frozenset[str]:
    """The groups that the SQL of others reads as `fact_<group>`."""
    return frozenset(name for group in facts.groups for name in group.head.needs)
