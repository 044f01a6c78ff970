"""What must be on file: by class, policy, condition and edit; what is there; printed and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cleanclaim.cli.commands import app
from cleanclaim.policies.checklists import shipped_checklists
from tests.app.test_checker import claim, write

POLICIES = Path(__file__).parents[2] / "examples" / "policies"
ESKETAMINE = {
    "hcpcs_code": "J0013", "modifiers": ["RE"], "billed_units": 56, "service_date": "2026-02-02",
    "charge_amount": "900.00", "diagnoses": ["F332"],
}  # fmt: skip
VISIT = {"hcpcs_code": "99213", "modifiers": [], "billed_units": 1, "service_date": "2026-02-02"}
SESSION = claim("C1", lines=[ESKETAMINE, VISIT], payer_program="commercial", payer_id="HARB1", frequency="1")


def told(tmp_path: Path, *claims: dict[str, Any], on_file: list[dict[str, Any]] | None = None, **more: str) -> Any:
    arguments = ["docs-needed", str(write(tmp_path, *claims)), "--format", "json", "--policies", str(POLICIES)]
    if on_file is not None:
        file = tmp_path / "on-file.jsonl"
        file.write_text("\n".join(map(json.dumps, on_file)))
        arguments += ["--on-file", str(file)]
    for name, value in more.items():
        arguments += [f"--{name}", value]
    ran = CliRunner().invoke(app, arguments)
    assert ran.exit_code in {0, 1}, ran.output
    return ran.exit_code, json.loads(ran.stdout)


def documents(answer: Any, claim_number: int = 0, line: int = 0) -> dict[str, Any]:
    return {one["id"]: one for one in answer["claims"][claim_number]["lines"][line]["documents"]}


def test_class_policy_edit_and_condition_each_say_why(tmp_path: Path) -> None:
    _, answer = told(tmp_path, SESSION)
    found = documents(answer)
    assert len(answer["claims"][0]["lines"]) == 1  # the visit is no drug
    assert any("is of this class" in why for why in found["DOC-24"]["why"])
    assert any("harborwell-spravato" in why for why in found["DOC-24"]["why"])
    assert any("PAYR-001" in why for why in found["DOC-06"]["why"])
    assert found["DOC-01"]["why"] == ["for every drug line"]
    assert found["DOC-12"]["only_if"]
    assert not found["DOC-12"]["why"]
    assert "DOC-09" not in found  # no unclassified code
    assert "DOC-11" not in found  # no notice on the line
    assert found["DOC-02"]["shown_by_claim"]


def test_what_is_on_file_is_ticked_item_by_item(tmp_path: Path) -> None:
    items = {"DOC-24": True, "reason-for-drug": True, "diagnosis-as-billed": False}
    code, answer = told(tmp_path, SESSION, on_file=[{"claim_id": "C1", "items": items}])
    found = documents(answer)
    assert found["DOC-24"]["on_file"] == "yes"
    assert {one["on_file"] for one in found["DOC-24"]["items"]} == {"yes"}
    assert found["DOC-02"]["on_file"] == "no"
    assert [one["on_file"] for one in found["DOC-02"]["items"]] == ["no", "yes", "unknown"]
    assert found["DOC-01"]["on_file"] == "unknown"
    assert code == 1


def test_where_everything_was_listed_the_rest_is_missing(tmp_path: Path) -> None:
    _, answer = told(tmp_path, SESSION, on_file=[{"claim_id": "C1", "items": {"DOC-01": True}, "whole": True}])
    found = documents(answer)
    assert (found["DOC-01"]["on_file"], found["DOC-04"]["on_file"]) == ("yes", "no")


def test_nothing_listed_is_not_missing(tmp_path: Path) -> None:
    code, answer = told(tmp_path, SESSION)
    assert {one["on_file"] for one in documents(answer).values()} == {"unknown"}
    assert code == 0


def test_a_record_of_another_line_or_claim_says_nothing(tmp_path: Path) -> None:
    records = [
        {"claim_id": "C1", "line_number": 2, "items": {"DOC-01": True}},
        {"claim_id": "C9", "items": {"DOC-04": True}},
    ]
    _, answer = told(tmp_path, SESSION, on_file=records)
    assert documents(answer)["DOC-01"]["on_file"] == documents(answer)["DOC-04"]["on_file"] == "unknown"


@pytest.mark.parametrize(
    ("line", "there", "absent"),
    [
        ({"hcpcs_code": "J9271", "modifiers": ["JZ"]}, {"DOC-27", "DOC-05"}, {"DOC-24"}),
        ({"hcpcs_code": "J3420", "modifiers": ["GA"]}, {"DOC-22", "DOC-11"}, {"DOC-27"}),
        ({"hcpcs_code": "J3490", "modifiers": []}, {"DOC-09"}, {"DOC-27"}),
        ({"hcpcs_code": "J1726", "modifiers": [], "service_date": "2022-05-05"}, {"DOC-20"}, {"DOC-21"}),
        ({"hcpcs_code": "J1726", "modifiers": [], "service_date": "2023-05-05"}, {"DOC-21"}, {"DOC-20"}),
    ],
)
def test_by_drug_day_and_modifier(tmp_path: Path, line: dict[str, Any], there: set[str], absent: set[str]) -> None:
    _, answer = told(tmp_path, claim("C1", lines=[{**ESKETAMINE, **line}]))
    needed = {name for name, one in documents(answer).items() if one["only_if"] is None}
    assert there <= needed
    assert not absent & needed


def test_one_claim_of_several(tmp_path: Path) -> None:
    _, answer = told(tmp_path, SESSION, {**SESSION, "claim_id": "C2"}, claim="C2")
    assert [one["claim_id"] for one in answer["claims"]] == ["C2"]
    ran = CliRunner().invoke(app, ["docs-needed", str(write(tmp_path, SESSION)), "--claim", "C9"])
    assert "no drug line of a claim with this number" in str(ran.exception or ran.output)


def test_the_list_to_tick(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["docs-needed", str(write(tmp_path, SESSION)), "--policies", str(POLICIES)])
    assert "[?] DOC-24 Esketamine by nose" in ran.output
    assert "without it:" in ran.output
    assert "Line 1: J0013 on 2026-02-02" in ran.output


def test_every_condition_is_an_expression_over_facts() -> None:
    from cleanclaim.app.docs_needed import _facts  # noqa: PLC0415 - parsing all of them is the test

    conditions = [one.needed_if for one in (*shipped_checklists().general, *shipped_checklists().classes)]
    assert sum(map(bool, conditions)) >= 8
    assert {"prior_auth", "modifiers", "container", "is_noc"} <= set(_facts())
