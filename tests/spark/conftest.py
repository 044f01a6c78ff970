"""One Spark for all its tests, and the same claims on both engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from benchmarks.generate import generate

from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.spark import SparkEngine, SparkWorkbench, local_session, spark_absent
from cleanclaim.engine.connection import Engine
from cleanclaim.reference.library import Library
from tests.spark.claims import EXAMPLES, claims_of_the_rules, load, odd_claims, of_policies

# Thousands of rows are soon read: compiling each query, and planning it anew on the way, would take longer.
QUICK = {
    "spark.driver.memory": "4g",
    # A table that is joined by a hash takes a page at least, 32 MB by itself, and a table of facts joins thirty.
    "spark.buffer.pageSize": "2m",
    "spark.driver.defaultJavaOptions": "-XX:TieredStopAtLevel=1",  # no Java code runs long enough to be worth more
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
GENERATED_CLAIMS = 3_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.spark)
            # A Spark that hangs does not notice a signal: then the whole run ends, and says where.
            item.add_marker(pytest.mark.timeout(600, method="thread"))


class Shuffled(SparkEngine):
    """Every table comes in another order and in five parts."""

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.parts = 5
        for name in ("maxPartitionBytes", "openCostInBytes"):  # each file is a part
            self._session.conf.set(f"spark.sql.files.{name}", "1MB")

    def register(self, name: str, table: pa.Table) -> None:
        rows = shuffled(table)
        size = -(-table.num_rows // 5)
        super().register(
            name, pa.concat_tables(rows.slice(start, size) for start in range(0, max(table.num_rows, 1), size or 1))
        )

    def append(self, name: str, table: pa.Table) -> None:
        super().append(name, shuffled(table))


def shuffled(table: pa.Table) -> pa.Table:
    """The rows of a table in another order."""
    return table.take(pa.array(np.random.default_rng(7).permutation(table.num_rows)))


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A local Spark; without pyspark or Java these tests are skipped, which CI takes for a failure."""
    if absent := spark_absent():
        pytest.skip(absent)
    session = local_session(settings=QUICK)
    yield session
    session.stop()


@pytest.fixture
def engine(spark: Any) -> Iterator[SparkEngine]:
    with SparkEngine(spark) as engine:
        yield engine


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The starter set alone."""
    return Library.open(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="session")
def policy_claims(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, pa.Table]]:
    """The claims that test the example policies, and what is handed in beside them."""
    return of_policies(tmp_path_factory.mktemp("policies"))


@pytest.fixture(scope="session")
def beside(policy_claims: tuple[Path, dict[str, pa.Table]]) -> dict[str, pa.Table]:
    return policy_claims[1]


@pytest.fixture(scope="session")
def few_files(tmp_path_factory: pytest.TempPathFactory, policy_claims: tuple[Path, dict[str, pa.Table]]) -> list[Path]:
    """The example files, and claims that show a rule, a policy or an oddity each."""
    path = tmp_path_factory.mktemp("claims") / "rules.jsonl"
    claims = [*claims_of_the_rules(), *odd_claims()]
    path.write_text("".join(json.dumps(claim) + "\n" for claim in claims), encoding="utf-8")
    return [*EXAMPLES, path, policy_claims[0]]


@pytest.fixture(scope="session")
def files(few_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """And generated ones, a third of them faulty."""
    path = tmp_path_factory.mktemp("generated") / "generated.837"
    generate(path, claims=GENERATED_CLAIMS, seed=3, faulty=0.3)
    return [*few_files, path]


def with_all_facts(bench: Workbench, library: Library, files: list[Path], beside: dict[str, pa.Table]) -> Workbench:
    load(bench, library, files, beside)
    facts = dictionary()
    for grain in Grain:
        bench.make_facts(grain, facts.facts(grain))
    return bench


@pytest.fixture(scope="session")
def duck_bench(library: Library, files: list[Path], beside: dict[str, pa.Table]) -> Iterator[Workbench]:
    with Engine() as engine:
        yield with_all_facts(Workbench(engine, dictionary()), library, files, beside)


@pytest.fixture(scope="session")
def spark_bench(spark: Any, library: Library, files: list[Path], beside: dict[str, pa.Table]) -> Iterator[Workbench]:
    with SparkEngine(spark) as engine:
        yield with_all_facts(SparkWorkbench(engine, dictionary()), library, files, beside)


@pytest.fixture(scope="session")
def few_duck_bench(library: Library, few_files: list[Path], beside: dict[str, pa.Table]) -> Iterator[Workbench]:
    with Engine() as engine:
        yield with_all_facts(Workbench(engine, dictionary()), library, few_files, beside)


@pytest.fixture(scope="session")
def shuffled_bench(
    spark: Any, library: Library, few_files: list[Path], beside: dict[str, pa.Table]
) -> Iterator[Workbench]:
    with Shuffled(spark) as engine:
        yield with_all_facts(SparkWorkbench(engine, dictionary()), library, few_files, beside)
