"""SARIF and Parquet: each finding once, typed, where it stands."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError
from sarif_pydantic import Sarif

from cleanclaim.app import Checker, CheckResult
from cleanclaim.app.reports import sarif_report, write_parquet
from tests.app.hostile import IDS, write_claims

EXAMPLES = [
    Path(__file__).parents[2] / "examples" / name
    for name in ("clinic-2024q3.837", "clinic-2025q4.837", "charted.jsonl")
]


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def result(checker: Checker) -> CheckResult:
    return checker.check_files(EXAMPLES, show_not_evaluated=True)


def run_of(result: CheckResult) -> dict[str, Any]:
    log = json.loads(sarif_report(result))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return run


def test_sarif_has_what_the_standard_requires(result: CheckResult) -> None:
    """SARIF 2.1.0: 3.13 log, 3.14 run, 3.18 tool, 3.19 driver, 3.27 result, 3.28 location, 3.49 reportingDescriptor."""
    run = run_of(result)
    driver = run["tool"]["driver"]
    assert driver["name"] == "cleanclaim"
    rules = driver["rules"]
    assert [rule["id"] for rule in rules] == [edit.id for edit in result.edits]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["name"]
        assert rule["help"]["text"]
        assert rule["shortDescription"]["text"]
    assert len(run["results"]) == len(result.findings)
    for item in run["results"]:
        assert rules[item["ruleIndex"]]["id"] == item["ruleId"]
        assert item["message"]["text"]
        # 3.27.9: a kind other than fail has the level none.
        assert (item["kind"], item["level"] == "none") in {("fail", False), ("open", True)}
        (location,) = item["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"]
        assert location["logicalLocations"][0]["fullyQualifiedName"]
    assert all(call["executionSuccessful"] is True for call in run["invocations"])
    prints = [item["partialFingerprints"]["cleanclaimFinding/v1"] for item in run["results"]]
    assert len(set(prints)) == len(prints)


def test_a_reader_of_sarif_that_is_not_ours_takes_it(result: CheckResult) -> None:
    text = sarif_report(result)
    log = Sarif.model_validate_json(text)
    assert len(log.runs[0].results or []) == len(result.findings)
    with pytest.raises(ValidationError):
        Sarif.model_validate_json(text.replace('"level": "error"', '"level": "reject"'))


def test_levels_places_and_lines(result: CheckResult) -> None:
    levels = {"reject": "error", "deny": "error", "warn": "warning", "info": "note"}
    told = {(one.message, one.claim_id, one.line_number, one.id): one for one in result.findings}
    items = run_of(result)["results"]
    assert len(items) == len(result.findings)
    ranks = [item["properties"]["work_item"] or len(items) for item in items]
    assert ranks == sorted(ranks)  # in the order of the work list
    for item in items:
        about = item["properties"]
        (finding,) = (
            one
            for one in told.values()
            if item["message"]["text"].startswith(one.message)
            and (one.claim_id, one.line_number, one.id) == (about["claim_id"], about["line_number"], item["ruleId"])
        )
        assert item["level"] == (levels[finding.severity] if finding.outcome == "fires" else "none")
        region = item["locations"][0]["physicalLocation"].get("region")
        assert region == (None if finding.row is None else {"startLine": finding.row})
        assert item["properties"]["segment_number"] == finding.segment_number
    (place,) = (
        item["locations"][0]["logicalLocations"][0]
        for item in run_of(result)["results"]
        if item["properties"]["claim_id"] == "A12-JZ-MISSING"
        and item["ruleId"] == "WASTE-001"
        and item["kind"] == "fail"
    )
    assert place == {"name": "line 1", "fullyQualifiedName": "A12-JZ-MISSING/line 1", "kind": "claim line"}


def test_faults_are_notifications_and_unread_claims_no_success(checker: Checker, tmp_path: Path) -> None:
    broken = tmp_path / "broken file.837"
    broken.write_text(EXAMPLES[0].read_text(encoding="ascii")[:5000], encoding="ascii")
    result = checker.check_files([broken])
    (call,) = run_of(result)["invocations"]
    assert call["executionSuccessful"] is False
    assert len(call["toolExecutionNotifications"]) == len(result.faults) > 0
    assert (
        call["toolExecutionNotifications"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        == "broken%20file.837"
    )


def test_hostile_ids_are_json_text(checker: Checker, tmp_path: Path) -> None:
    result = checker.check_files([write_claims(tmp_path / "claims.jsonl")])
    assert {item["properties"]["claim_id"] for item in run_of(result)["results"]} == set(IDS)


def table_of(result: CheckResult) -> pa.Table:
    out = io.BytesIO()
    write_parquet(result, out)
    return pq.read_table(io.BytesIO(out.getvalue()))


def test_parquet_is_typed_and_whole(result: CheckResult) -> None:
    table = table_of(result)
    assert table.schema.field("charge_amount").type == pa.decimal128(28, 2)
    assert table.schema.field("claim_key").type == pa.int64()
    assert pa.types.is_map(table.schema.field("evidence").type)
    rows = table.to_pylist()
    assert len(rows) == len(result.findings)
    for row, finding in zip(rows, result.findings, strict=True):
        assert (row["id"], row["claim_id"], row["line_number"], row["message"]) == (
            finding.id, finding.claim_id, finding.line_number, finding.message,
        )  # fmt: skip
        assert row["charge_amount"] == (None if finding.charge_amount is None else Decimal(finding.charge_amount))
        assert dict(row["evidence"]) == finding.evidence
        assert row["fix"] == finding.fix.say
        assert [item["carc"] for item in row["predicted"]] == [item.carc for item in finding.predicted]
        assert (row["segment_number"], row["row"]) == (finding.segment_number, finding.row)
    assert {row["payer_program"] for row in rows} == {claim.payer_program for claim in result.claims}
    summary = json.loads(table.schema.metadata[b"cleanclaim.summary"])
    assert summary["amount_at_risk"] == result.summary.amount_at_risk


def test_parquet_without_findings_keeps_its_columns(checker: Checker, tmp_path: Path) -> None:
    clean = tmp_path / "clean.jsonl"
    clean.write_text('{"claim_id": "A", "lines": [{"hcpcs_code": "J3420", "service_date": "2025-11-01"}]}\n')
    table = table_of(checker.check_files([clean]))
    assert (table.num_rows, table.num_columns) == (0, 27)


def test_parquet_is_the_same_every_time(result: CheckResult) -> None:
    outs = [io.BytesIO(), io.BytesIO()]
    for out in outs:
        write_parquet(result, out)
    assert outs[0].getvalue() == outs[1].getvalue()
