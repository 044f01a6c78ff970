"""The examples of every page on Spark, all pages of a grain in one batch; and every atom of the language."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from cleanclaim.edits.collection import shipped_edits
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.examples import example_rows
from cleanclaim.edits.language.check import parse_expression
from cleanclaim.edits.language.closures import closure
from cleanclaim.edits.language.sql import sql_of
from cleanclaim.edits.outcomes import Edit, Verdict, program
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.rows import judge
from cleanclaim.edits.plan.spark import SparkEngine
from cleanclaim.edits.plan.spark_judging import run_verdicts
from tests.edits.test_language import ATOMS, FACTS
from tests.spark.conftest import Shuffled


def verdicts(
    engine: SparkEngine, edits: tuple[Edit, ...], rows: list[dict[str, Any]]
) -> dict[tuple[int, int], Verdict]:
    """What each edit says about each row, by the places of both."""
    types = dictionary().types(edits[0].grain)
    names = sorted({name for row in rows for name in row} | {name for edit in edits for name in facts_of(edit)})
    columns = {name: pa.array([row.get(name) for row in rows], types[name].arrow()) for name in names}
    engine.register("facts", pa.table({"row_id": pa.array(range(len(rows)), pa.int64()), **columns}))
    told = run_verdicts(engine, program(edits), table="facts", row_id="row_id").toArrow().to_pylist()
    found = {}
    for row in told:
        place = row["edit"], row["row_id"]
        assert place not in found, "a row has two outcomes"
        edit = edits[row["edit"]]
        case = edit.cases[row["case"]].case.name if row["case"] >= 0 else ""
        found[place] = Verdict(row["outcome"], case, tuple(sorted(row["missing"])))
    return found


def facts_of(edit: Edit) -> set[str]:
    return {name for row in example_rows(edit) for name in row.row}


@pytest.mark.parametrize("shuffled", [False, True], ids=["as they stand", "shuffled"])
@pytest.mark.parametrize("grain", Grain)
def test_examples(spark: Any, grain: Grain, shuffled: bool) -> None:
    edits = tuple(edit for edit in shipped_edits() if edit.grain is grain)
    if not edits:
        assert grain not in {Grain.LINE, Grain.CLAIM, Grain.DRUG_DAY}
        return
    examples = [(place, row) for place, edit in enumerate(edits) for row in example_rows(edit)]
    rows = [row.row for _, row in examples]
    with (Shuffled if shuffled else SparkEngine)(spark) as engine:
        found = verdicts(engine, edits, rows)
    wrong = [
        f"{row.edit.page.file}: {row.example.name}: expected {' '.join(row.expected).strip()}, got {told.outcome} {told.case}"
        for number, (place, row) in enumerate(examples)
        if (told := found[place, number]) and (told.outcome, told.case) != row.expected
    ]
    assert not wrong, "\n".join(wrong)
    # Every page on every other page's rows too, against the closures: the outcome, the case and what was missing.
    whole = [dict.fromkeys(name for edit in edits for name in facts_of(edit)) | row for row in rows]
    for place, edit in enumerate(edits):
        verdict = judge(edit)
        for number, row in enumerate(whole):
            said = verdict(row)
            assert found[place, number] == Verdict(said.outcome, said.case, tuple(sorted(said.missing))), edit.name


EDGES: dict[str, list[Any]] = {
    "container": [None, "single_dose", "multi_dose", "it's", "", "back\\slash", "ß"],
    "modifiers": [None, [], ["JW"], ["JZ", "59"], ["single_dose"]],
    "units": [None, Decimal(0), Decimal("0.001"), Decimal("999999999.999"), Decimal("-999999999.999"), Decimal("5.25")],
    "total": [None, Decimal(0), Decimal("9999999999999999999999999.999"), Decimal("-9999999999999999999999999.999"), Decimal("999999999.999")],
    "day": [None, date(1900, 1, 1), date(2023, 7, 1), date(2024, 2, 29), date(2024, 3, 31), date(2100, 12, 31)],
    "number": [None, 0, 1, -3, 2**63 - 1, -(2**63)],
    "flag": [None, True, False],
    "amount": [None, Decimal(0), Decimal("0.000001"), Decimal("999999999999.999999"), Decimal("-999999999999.999999"), Decimal("0.666667")],
    "complete": [None, True, False],
    "known_absent": [None, [], ["container"], ["container", "billed_units", "modifiers"]],
}  # fmt: skip


def test_every_atom_of_the_language(engine: SparkEngine) -> None:
    rng = random.Random(1)  # noqa: S311 - made-up rows
    rows = [{name: rng.choice(values) for name, values in EDGES.items()} for _ in range(500)]
    engine.register(
        "facts",
        pa.table(
            {name: pa.array([row[name] for row in rows], kind.arrow()) for name, kind in FACTS.items()}
            | {"row_id": range(500)}
        ),
    )
    expressions = [parse_expression(text, FACTS) for text in [*ATOMS, "container <> 'back\\slash'"]]
    columns = ", ".join(f"{sql_of(expression)} AS a{number}" for number, expression in enumerate(expressions))
    table = engine.table(f"SELECT row_id, {columns} FROM facts ORDER BY row_id")
    for number, expression in enumerate(expressions):
        truth = closure(expression)
        assert table[f"a{number}"].to_pylist() == [truth(row) for row in rows], expression
