"""A whole check on Spark finds what it finds on DuckDB: findings, counts and money."""

from __future__ import annotations

from typing import Any

import pytest

from cleanclaim.edits.collection import shipped_edits
from cleanclaim.edits.marks import EditCount
from cleanclaim.edits.outcomes import Outcome
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.spark_judging import judged_on_spark
from cleanclaim.edits.run import EditRun, run_edits


def counted(count: EditCount) -> tuple[Any, ...]:
    outcomes = {outcome: rows for outcome, rows in count.outcomes.items() if rows}
    return count.edit.name, outcomes, dict(count.missing), count.silenced, count.clear_presumed, count.switched_off


def assert_same(duck: EditRun, spark: EditRun) -> None:
    assert spark.errors == duck.errors == {}
    assert list(map(counted, spark.counts)) == list(map(counted, duck.counts))
    assert spark.findings == duck.findings
    assert spark.totals == duck.totals
    assert spark.gaps == duck.gaps
    assert spark.lacking == duck.lacking
    assert spark.verdicts == duck.verdicts
    assert spark.worklist == duck.worklist
    assert spark.resting == duck.resting
    assert spark.billed == duck.billed


def test_findings_of_a_whole_check(duck_bench: Workbench, spark_bench: Workbench) -> None:
    duck = run_edits(duck_bench, shipped_edits())
    assert {finding.outcome for finding in duck.findings} == {Outcome.FIRES}
    assert_same(duck, run_edits(spark_bench, shipped_edits(), few_rows=0, many=judged_on_spark))


def test_findings_do_not_depend_on_order_or_parts(few_duck_bench: Workbench, shuffled_bench: Workbench) -> None:
    duck = run_edits(few_duck_bench, shipped_edits(), show_not_evaluated=True)
    assert {finding.outcome for finding in duck.findings} == {Outcome.FIRES, Outcome.NOT_EVALUATED}
    spark = run_edits(shuffled_bench, shipped_edits(), show_not_evaluated=True, few_rows=0, many=judged_on_spark)
    assert_same(duck, spark)


def test_rows_of_another_engine_are_not_judged_on_spark(duck_bench: Workbench) -> None:
    with pytest.raises(TypeError, match="SparkWorkbench"):
        run_edits(duck_bench, shipped_edits(), few_rows=0, many=judged_on_spark)
