"""What an independent reviewer found: each fault with the smallest policy and claim that showed it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from cleanclaim.app import Checker
from cleanclaim.app.policy_tests import run_policy_tests
from cleanclaim.cli.commands import app
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.policies import read_policies
from cleanclaim.reference.library import Library
from tests.app.test_checker import claim, write

DAY = "2025-03-03"


def policy(name: str, payer: str = "P1", severity: str = "deny", carc: str = "50", **said: Any) -> dict[str, Any]:
    shared = {
        "id": name, "payer": payer, "payer_id": [payer], "effective": {"start": "2020-01-01"},
        "applies_to": {"hcpcs": ["J1745"]}, "on_fail": {"severity": severity, "carc": carc},
    }  # fmt: skip
    return shared | said


def given(day: str = DAY, code: str = "J1745", units: int | None = 10, **more: Any) -> dict[str, Any]:
    line = {"hcpcs_code": code, "billed_units": units, "service_date": day, "modifiers": [], "diagnoses": ["K5090"]}
    of_line = {key: more.pop(key) for key in list(more) if key in {"modifiers", "diagnoses", "ndc", "charge_amount"}}
    patient = {"member_id": "M1", "birth_date": "1970-01-01", **more.pop("patient", {})}
    said = {"payer_id": "P1", "payer_program": "commercial", "place_of_service": "11", "frequency": "1"}
    lines = [{key: value for key, value in (line | of_line).items() if value is not None}]
    return {**said, "patient": patient, **more, "lines": lines}


ALL = {"applies_to": {"all": True}}
NDC = {"applies_to": {"ndc": ["57894003001"]}}
ANY = {"payer_id": ["*"]}


def limits(**said: Any) -> dict[str, Any]:
    return {"limits": said}


def requires(**said: Any) -> dict[str, Any]:
    return {"requires": said}


INTERVAL = limits(interval_days={"min": 28})
STEP = {"prefer": ["Q5103"], "exceptions": ["allergy", "prior_response"]}
UNITS = limits(units_per_period={"n": 400, "days": 28})
HEAVY = {"patient": {"weight": "300"}}
CASES: list[tuple[str, list[dict[str, Any]], dict[str, Any], dict[str, Any], dict[str, str]]] = [
    # An attribute is decided whole.
    ("all says a most, the code a least weight", [policy("a", **ALL, **requires(weight_kg={"max": 120})), policy("b", **requires(weight_kg={"min": 70}))], given(**HEAVY), {}, {"PAYR-005": "clear"}),
    ("the code says covered, every payer says excluded", [policy("a", **ANY, **requires(dx={"exclude": ["K50*"]})), policy("b", **requires(dx={"include": ["K50*"]}))], given(), {}, {"DX-001": "clear"}),
    ("the NDC refuses one place, the code allows another", [policy("a", **NDC, **requires(pos={"deny": ["19"]})), policy("b", **requires(pos={"allow": ["11"]}))], given(place_of_service="22", ndc="57894003001"), {}, {"PAYR-006": "clear"}),
    # A contradiction does not fall through to what stands behind.
    ("two ages contradict each other, every payer has one", [policy("a", **requires(age={"min": 18})), policy("b", **requires(age={"min": 12})), policy("c", **ANY, **requires(age={"min": 16}))], given(patient={"birth_date": "2011-01-01"}), {}, {"DEMO-003": "not evaluated"}),
    ("two words on the NDC", [policy("a", billing={"ndc": "required"}), policy("b", billing={"ndc": "never"})], given(payer_program="medicaid"), {}, {"NDC-E-001": "not evaluated"}),
    # Voids and replacements.
    ("a voided dose of two weeks before", [policy("a", **INTERVAL)], given(), {"history": [given("2025-02-14"), given("2025-02-14", frequency="8")], "history_from": "2024-01-01"}, {"PAYR-003": "not evaluated"}),
    ("a dose and its replacement", [policy("a", **UNITS)], given(units=150), {"history": [given("2025-02-20", units=250), given("2025-02-20", units=250, frequency="7")]}, {"PAYR-003": "not evaluated"}),
    # What is not known.
    ("units of an earlier dose are not known", [policy("a", **UNITS)], given(units=100), {"history": [given("2025-02-20", units=None)], "history_from": "2024-01-01"}, {"PAYR-003": "not evaluated"}),
    ("whole for another line", [policy("a", **requires(rems={"program": "R", "evidence": ["enrolled"]}))], given(), {"on_file": {"enrolled": True}}, {"PAYR-007": "clear"}),
    ("one exception is denied, the other not listed", [policy("a", **requires(step=[STEP]))], given(), {"history": [given("2024-03-03", "J1100")], "history_from": "2020-01-01", "on_file": {"allergy": False}}, {"PAYR-004": "not evaluated"}),
    ("both exceptions are denied", [policy("a", **requires(step=[STEP]))], given(), {"history": [given("2024-03-03", "J1100")], "history_from": "2020-01-01", "on_file": {"allergy": False, "prior_response": False}}, {"PAYR-004": "fires untried"}),
    ("a partial institutional claim without its statement", [policy("a", billing={"timely_filing_days": 90})], given(claim_type="I", bill_type="131", complete="false"), {"checked_on": "2026-01-01"}, {"DEMO-005": "not evaluated"}),
    ("another rendering provider without taxonomy", [policy("a", **requires(specialty=["207R"]))], given(rendering_npi="1234567893", billing_taxonomy="193200000X"), {}, {"PAYR-012": "not evaluated"}),
    ("no NDC on a partial claim, and the package decides", [policy("a", **NDC, **requires(prior_auth="required")), policy("b", **requires(prior_auth="none"))], given(complete="false"), {}, {"PAYR-001": "not evaluated"}),
    # Silence.
    ("only what holds for all drugs holds that day", [policy("a", **ALL, billing={"ndc": "never"}), policy("b", effective={"start": "2025-04-01"}, **requires(prior_auth="required"))], given(), {}, {"PAYR-001": "not evaluated"}),
    ("a policy of every payer names the drug", [policy("a", **ANY, documents=["DOC-22"])], given(), {}, {"PAYR-001": "not evaluated", "DX-005": "not evaluated"}),
    ("modifiers and waste for all drugs", [policy("a", **ALL, billing={"waste": "none", "modifiers_required": ["KX"], "modifiers_forbidden": ["UD"], "use_code": "J9999"})], given(modifiers=["UD", "JZ"]), {}, {"WASTE-011": "fires none-wanted", "MOD-015": "fires payer", "MOD-012": "fires payer", "CODE-006": "fires payer"}),
    # Several limits, each with its own drugs.
    ("the interval is of a group, the cap of the code", [policy("za", applies_to={"hcpcs": ["J1745", "Q5103"]}, **INTERVAL), policy("zb", **limits(units_per_dose={"max": 100}))], given(), {"history": [given("2025-02-20", "Q5103")]}, {"PAYR-003": "fires interval"}),
    ("a life beside a course", [policy("a", **limits(course_doses={"max": 20}, lifetime_doses={"max": 2}))], given(), {"history": [given("2024-01-03"), given("2024-02-03")]}, {"PAYR-003": "fires lifetime"}),
    ("days of the code before years of all", [policy("a", **ALL, billing={"timely_filing_years": 1}), policy("b", billing={"timely_filing_days": 90})], given(), {"checked_on": "2025-06-30"}, {"DEMO-005": "fires late"}),
    ("waste that is not paid", [policy("a", billing={"waste": "deny_waste"})], given(modifiers=["JW"]), {}, {"WASTE-011": "fires not-paid"}),
    # Others.
    ("twins, where the payer asks for weeks alone", [policy("a", **requires(gestation_weeks={"min": 26, "max": 32}))], given(diagnoses=["Z3A.28"]) | {"diagnoses": ["Z3A.28", "O30.002"]}, {}, {"PAYR-008": "clear"}),
    ("six days into the last week", [policy("a", **requires(gestation_weeks={"min": 16, "max": 36}))], given(), {"on_file": {"gestation_weeks": "36.86"}}, {"PAYR-008": "clear"}),
    ("an exchange plan's policy alone", [policy("a", lines_of_business=["exchange"], **requires(prior_auth="required"))], given(), {}, {"PAYR-001": "not evaluated"}),
    ("the same diagnosis twice is one", [policy("a", **requires(dx={"include": ["K50*"], "min_match": 2}))], given(diagnoses=["K50.90", "K50.90"]), {}, {"DX-001": "fires not-listed"}),
]  # fmt: skip


def test_reviewed(tmp_path: Path) -> None:
    wrong = []
    for number, (name, policies, of_claim, beside, expect) in enumerate(CASES):
        folder = tmp_path / str(number)
        folder.mkdir()
        test = {"name": name, "claim": of_claim, **beside, "expect": expect}
        (folder / "policies.yaml").write_text(yaml.safe_dump({"policies": policies, "tests": [test]}))
        read = read_policies([folder])
        assert not read.faults, (name, read.faults)
        (judged,) = run_policy_tests(read, shipped_edits(), Library.open(tmp_path / "library"))
        wrong += [f"{name}: {one}" for one in judged.wrong]
    assert not wrong, "\n".join(wrong)


def found(tmp_path: Path, policies: list[dict[str, Any]], *claims: dict[str, Any]) -> list[Any]:
    file = tmp_path / "p.yaml"
    file.write_text(yaml.safe_dump({"policies": policies}))
    checker = Checker.open(tmp_path / "library", policies=file)
    return [
        one for one in checker.check_files([write(tmp_path, *claims)]).findings if one.id.startswith(("PAYR", "DX-00"))
    ]


def test_severity_is_that_of_the_attribute_that_failed(tmp_path: Path) -> None:
    policies = [
        policy("a", severity="info", carc="153", **limits(units_per_dose={"max": 100})),
        policy("b", severity="deny", carc="50", **requires(weight_kg={"min": 200})),
    ]
    said = claim("A", **given(patient={"weight": "100"}))
    (one,) = [one for one in found(tmp_path, policies, said) if one.id == "PAYR-005"]
    assert (one.case, one.severity, one.predicted[-1].carc) == ("weight", "deny", "50")


def test_deny_beats_warn_where_both_say_the_same(tmp_path: Path) -> None:
    policies = [
        policy("g-a", severity="warn", **requires(prior_auth="required")),
        policy("g-b", **requires(prior_auth="required")),
    ]
    (one,) = [one for one in found(tmp_path, policies, claim("A", **given())) if one.id == "PAYR-001"]
    assert one.severity == "deny"


def test_two_lines_of_a_day_are_one_dose(tmp_path: Path) -> None:
    of_claim = given(units=60)
    of_claim["lines"] = [of_claim["lines"][0], {**of_claim["lines"][0]}]
    fired = found(tmp_path, [policy("a", **limits(units_per_dose={"max": 100}))], claim("A", **of_claim))
    assert [(one.id, one.case) for one in fired if one.id == "PAYR-005"] == [("PAYR-005", "units")] * 2


def checked(tmp_path: Path, policies: list[dict[str, Any]], of_claim: dict[str, Any], record: dict[str, Any]) -> Any:
    file, on_file = tmp_path / "p.yaml", tmp_path / "on-file.jsonl"
    file.write_text(yaml.safe_dump({"policies": policies}))
    on_file.write_text(json.dumps(record))
    options = ["--policies", str(file), "--on-file", str(on_file), "--format", "json"]
    return json.loads(CliRunner().invoke(app, ["check", str(write(tmp_path, of_claim)), *options]).stdout)


def test_documents_of_several_policies_are_all_wanted(tmp_path: Path) -> None:
    policies = [
        policy("a", documents=["DOC-27"]),
        policy("b", documents=["DOC-06"]),
        policy("c", **ALL, documents=["DOC-01"]),
    ]
    record = {"claim_id": "A", "items": {"DOC-27": True}, "whole": True}
    told = checked(tmp_path, policies, claim("A", **given()), record)
    assert sorted(one["evidence"]["policy"] for one in told["findings"] if one["id"] == "PAYR-016") == ["b", "c"]
    assert told["summary"]["policy_conflicts"] == []


def test_what_is_whole_for_one_line_is_not_for_another(tmp_path: Path) -> None:
    policies = [policy("a", documents=["DOC-27"])]
    record = {"claim_id": "A", "line_number": 1, "items": {"DOC-01": True}, "whole": True}
    of_claim = given()
    of_claim["lines"] = [of_claim["lines"][0], {**of_claim["lines"][0], "service_date": "2025-03-04"}]
    told = checked(tmp_path, policies, claim("A", **of_claim), record)
    assert [one["line_number"] for one in told["findings"] if one["id"] == "PAYR-016"] == [1]


def test_history_of_which_claims_were_lost_covers_nothing(tmp_path: Path) -> None:
    file, history = tmp_path / "p.yaml", tmp_path / "history.jsonl"
    file.write_text(yaml.safe_dump({"policies": [policy("a", **INTERVAL)]}))
    history.write_text(json.dumps(claim("H", **given("2024-01-01"))) + "\n{broken\n")
    checked = write(tmp_path, claim("A", **given()))
    arguments = [
        "check",
        str(checked),
        "--policies",
        str(file),
        "--history",
        str(history),
        "--history-from",
        "2020-01-01",
        "--format",
        "json",
        "--fail-on",
        "deny",
    ]
    ran = CliRunner().invoke(app, arguments)
    told = json.loads(ran.stdout)
    assert ran.exit_code == 1
    (interval,) = [one for one in told["edits"] if one["id"] == "PAYR-003"]
    assert (interval["clear"], interval["not_evaluated"]) == (0, 1)
    alone = CliRunner().invoke(app, ["check", str(checked), "--history-from", "2020-01-01"])
    assert "expected both" in str(alone.exception or alone.output)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ({"requires": {"age": {"min": "NaN"}}}, "age"),
        ({"requires": {"age": {"min": "0.5"}}}, "age"),
        ({"requires": {"weight_kg": {"max": "Infinity"}}}, "weight_kg"),
        ({"limits": {"course_doses": {"max": "1e30"}}}, "course_doses"),
        ({"limits": {"interval_days": {"max": 30}}}, "interval_days"),
        ({"requires": {"step": [{"prefer": ["Q5103"], "trial_days": 400}]}}, "lookback_days"),
        ({"requires": {"step": [{"prefer": ["j1745"]}]}}, "regex"),
        ({"requires": {"rems": {"program": "R", "evidence": ["minutes >= 120"]}}}, "regex"),
        ({"documents": ["DOC-99"]}, "no checklist DOC-99"),
    ],
)
def test_what_could_never_be_met_is_refused(tmp_path: Path, text: dict[str, Any], words: str) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(yaml.safe_dump({"policies": [policy("a", **text)]}))
    (fault,) = read_policies([file]).faults
    assert words in f"{fault.key} {fault.message}"


def test_a_key_twice_an_open_end_and_two_groups_of_one_name(tmp_path: Path) -> None:
    twice = tmp_path / "twice.yaml"
    twice.write_text("policies:\n- id: a\n  payer: P\n  requires: {sex: F}\n  requires: {age: {min: 1}}\n")
    (fault,) = read_policies([twice]).faults
    assert (fault.line, "`requires` stands twice" in fault.message) == (5, True)
    open_end = tmp_path / "open.yaml"
    open_end.write_text(yaml.safe_dump({"policies": [policy("a", effective={"start": "2020-01-01", "end": None})]}))
    assert not read_policies([open_end]).faults
    for name, codes in (("one", ["J1745"]), ("two", ["J9271"])):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump({"policies": [], "groups": {"g": codes}}))
    (fault,) = read_policies([tmp_path / "one.yaml", tmp_path / "two.yaml"]).faults
    assert fault.key == "groups.g"
    (empty := tmp_path / "empty").mkdir()
    assert "no policy" in read_policies([empty]).faults[0].message
