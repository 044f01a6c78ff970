"""Policies of payers: read strictly with the line of each fault, chosen by day and rank, conflicts shown, compared."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from cleanclaim.cli.commands import app
from cleanclaim.policies import Asked, Explained, differences, explain, policy_json_schema, read_policies
from cleanclaim.policies.policy import LineOfBusiness

EXAMPLES = Path(__file__).parents[2] / "examples" / "policies"
SOUND = """\
- id: a-policy
  payer: Made Up
  effective: {start: 2025-01-01, end: 2025-12-31}
  applies_to: {hcpcs: [J1745]}
  requires: {prior_auth: required}
  on_fail: {severity: deny, carc: "197"}
"""


def policy(**more: Any) -> str:
    (said,) = yaml.load(SOUND, Loader=yaml.BaseLoader)  # noqa: S506 - plain texts, as they stand
    return yaml.safe_dump([said | more])


def written(tmp_path: Path, *texts: str) -> list[Path]:
    paths = [tmp_path / f"{number}.yaml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return paths


def asked(payer: str, code: str, on: str, **more: Any) -> Explained:
    read = read_policies([EXAMPLES])
    return explain(read.policies, read.groups, Asked(payer, code, date.fromisoformat(on), **more))


def value(told: Explained, attribute: str) -> Any:
    return next((one.value for one in told.decided if one.attribute == attribute), None)


# Reading


def test_the_examples_are_fifteen_and_sound() -> None:
    read = read_policies([EXAMPLES])
    assert (len(read.policies), read.faults) == (15, ())
    assert len({one.payer for one in read.policies}) == 5


def test_the_examples_of_the_schema_are_valid() -> None:
    schema = policy_json_schema()
    for path in sorted(EXAMPLES.glob("*.yaml")):
        said = yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506 - plain texts, as they stand
        plain = said if isinstance(said, dict) else {"policies": said}
        # Everything is text here, numbers too: what is left are keys, lists and words that the schema does not have.
        errors = list(jsonschema.Draft202012Validator(schema).iter_errors(plain))
        kinds = {leaf.validator for one in errors for leaf in (one.context or [one])}
        assert kinds <= {"type", "anyOf"}, errors


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        (SOUND.replace("prior_auth: required", "prior_auth: maybe"), 5, "requires.prior_auth", "Invalid enum value"),
        (SOUND.replace("requires:", "require:"), 1, "", "unknown field `require`"),
        (SOUND.replace("payer: Made Up\n", "payer_name: Made Up\n"), 1, "", "payer"),
        (SOUND.replace("end: 2025-12-31", "end: 2024-12-31"), 3, "effective", "not before start"),
        (SOUND.replace("start: 2025-01-01", "start: 2025-02-30"), 3, "effective.start", "Invalid"),
        (SOUND.replace("[J1745]", "[J174]"), 4, "applies_to.hcpcs.0", "matching regex"),
        (SOUND.replace("{hcpcs: [J1745]}", "{}"), 4, "applies_to", "expected ndc, hcpcs or group"),
        (SOUND.replace('"197"', '"19700"'), 6, "on_fail.carc", "matching regex"),
        (SOUND.replace("prior_auth: required", "age: {min: 20, max: 2}"), 5, "requires.age", "no less than min"),
        (SOUND.replace("prior_auth: required", "dx: {include: [lots]}"), 5, "requires.dx", "expected diagnosis codes"),
        (SOUND.replace("prior_auth: required", "pos: {allow: [11], deny: [11]}"), 5, "requires.pos", "each place"),
        (SOUND.replace("{hcpcs: [J1745]}", "{group: [nobody]}"), 1, "applies_to.group", "has the group nobody"),
        ("just words\n", 1, "", "expected a list of policies"),
        ("- [unclosed\n", 2, "", "no YAML that is taken"),
        ("- &a {x: 1}\n- *a\n", 1, "", "anchors and aliases are not read"),
        (SOUND + SOUND, 7, "id", "is there already"),
    ],
)
def test_a_fault_has_its_line_and_key(tmp_path: Path, text: str, line: int, key: str, words: str) -> None:
    (path,) = written(tmp_path, text)
    (fault,) = read_policies([path]).faults
    assert (fault.file, fault.line, fault.key) == (str(path), line, key)
    assert words in fault.message


def test_a_bad_policy_does_not_lose_the_others(tmp_path: Path) -> None:
    bad = SOUND.replace("a-policy", "another").replace("required", "maybe")
    read = read_policies([*written(tmp_path, bad + SOUND), tmp_path / "none.yaml"])
    assert [one.id for one in read.policies] == ["a-policy"]
    assert len(read.faults) == 2


def test_plain_words_stay_what_they_are(tmp_path: Path) -> None:
    """Places keep their zero, `on` and `no` are no truth values, a code is no number."""
    text = policy(requires={"pos": {"allow": ["02", "11"]}}, payer="on", source="no")
    (one,) = read_policies(written(tmp_path, text.replace("'", ""))).policies
    assert one.requires.pos is not None
    assert (one.requires.pos.allow, one.payer, one.source) == (("02", "11"), "on", "no")


# Choosing


@pytest.mark.parametrize(
    ("day", "waste", "auth"),
    [
        ("2023-12-31", None, None),
        ("2024-01-01", "jw_only", "required"),  # of the group of biologics
        ("2024-12-31", "jw_only", "required"),
        ("2025-01-01", "cms", "notification"),  # the code's own policy goes before
    ],
)
def test_a_policy_changes_the_answer_on_its_day(day: str, waste: str | None, auth: str | None) -> None:
    told = asked("Northlake Mutual", "J1745", day)
    assert (value(told, "billing.waste"), value(told, "requires.prior_auth")) == (waste, auth)


def test_the_number_of_a_payer_and_its_name_are_one() -> None:
    one, two = (asked(payer, "J1745", "2025-06-01") for payer in ("NLM01", "northlake mutual"))
    assert one.decided == two.decided
    assert asked("Somebody", "J1745", "2025-06-01").decided == ()


def test_what_a_policy_goes_before_is_told() -> None:
    told = asked("NLM01", "J1745", "2025-06-01")
    (waste,) = [one for one in told.decided if one.attribute == "billing.waste"]
    assert (waste.policy, waste.by, waste.before) == (
        "northlake-infliximab-2025",
        "hcpcs",
        ("northlake-biologics-2024",),
    )
    assert not told.has_conflict


def test_a_conflict_is_shown_on_the_days_of_both() -> None:
    before, after = (asked("StateCare Medicaid", "J3420", day) for day in ("2025-12-31", "2026-01-01"))
    assert (before.has_conflict, after.has_conflict) == (False, True)
    (period,) = [one for one in after.decided if one.conflicts]
    assert (period.attribute, period.value, period.conflicts) == (
        "limits.doses_per_period", {"n": 12, "days": 365}, (("statecare-b12-2026", {"n": 6, "days": 365}),),
    )  # fmt: skip


def test_several_payers_ask_for_different_things() -> None:
    asks = {
        payer: value(asked(payer, "J1745", "2025-06-01"), "requires.prior_auth") for payer in ("NLM01", "Cascadia Blue")
    }
    assert asks == {"NLM01": "notification", "Cascadia Blue": "required"}


@pytest.mark.parametrize(
    ("first", "second", "decides"),
    [
        ({"applies_to": {"group": ["g"]}, "precedence": "9"}, {"applies_to": {"hcpcs": ["J1745"]}}, "second"),
        ({"applies_to": {"hcpcs": ["J1745"]}, "precedence": "9"}, {"applies_to": {"ndc": ["57894003001"]}}, "second"),
        ({"applies_to": {"hcpcs": ["J1745"]}, "precedence": "1"}, {"applies_to": {"hcpcs": ["J1745"]}}, "first"),
        ({"applies_to": {"ndc": ["57894003001"]}}, {"applies_to": {"ndc": ["00000000000"]}}, "first"),
    ],
)
def test_the_more_specific_goes_first_then_precedence(tmp_path: Path, first: Any, second: Any, decides: str) -> None:
    texts = [policy(id=name, **said) for name, said in (("first", first), ("second", second))]
    read = read_policies(written(tmp_path, *texts))
    day = date(2025, 6, 1)
    told = explain(read.policies, {"g": ["J1745"]}, Asked("Made Up", "J1745", day, ndc11="57894003001"))
    (auth,) = told.decided
    assert (auth.policy, auth.conflicts) == (decides, ())


def test_kinds_of_plan_are_told_apart() -> None:
    medicaid, commercial = (
        asked("StateCare Medicaid", "J3420", "2025-06-01", line_of_business=kind)
        for kind in (LineOfBusiness.MEDICAID, LineOfBusiness.COMMERCIAL)
    )
    assert medicaid.policies
    assert commercial.policies == ()


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    texts = [policy(id=f"p{number}", precedence=str(number % 2)) for number in range(6)]
    paths = written(tmp_path, *texts)
    day = date(2025, 6, 1)
    told = [
        explain(read.policies, read.groups, Asked("Made Up", "J1745", day))
        for read in (read_policies(paths), read_policies(paths[::-1]))
    ]
    assert told[0] == told[1]


# Comparing, and the commands


def test_what_changed() -> None:
    read = read_policies([EXAMPLES])
    assert differences(read.policies, read.policies) == ()
    dropped = differences(read.policies, read.policies[1:])
    assert [(one.policy, one.attribute, one.after) for one in dropped] == [(read.policies[0].id, "policy", None)]


def test_a_changed_attribute_and_day_are_told(tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(SOUND)
    new.write_text(SOUND.replace("prior_auth: required", "prior_auth: none").replace("2025-12-31", "2026-12-31"))
    told = CliRunner().invoke(app, ["policies", "diff", str(old), str(new)])
    assert told.exit_code == 1
    assert "a-policy: requires.prior_auth: required -> none" in told.output
    assert '"end": "2026-12-31"' in told.output
    assert CliRunner().invoke(app, ["policies", "diff", str(old), str(old)]).exit_code == 0


def test_validate(tmp_path: Path) -> None:
    good = CliRunner().invoke(app, ["policies", "validate", str(EXAMPLES)])
    assert good.exit_code == 0
    assert good.output.endswith("15 policies can be used, 0 faults\n")
    assert "contradiction: statecare-b12 and statecare-b12-2026 on limits.doses_per_period of J3420" in good.output
    (path,) = written(tmp_path, SOUND.replace("required", "maybe"))
    bad = CliRunner().invoke(app, ["policies", "validate", str(path)])
    assert bad.exit_code == 1
    assert f"{path}:5: requires.prior_auth: Invalid enum value" in bad.output


def test_explain_side_by_side() -> None:
    options = ["--payer", "NLM01", "--payer", "Cascadia Blue", "--code", "j1745", "--on", "2025-06-01"]
    told = CliRunner().invoke(app, ["policies", "explain", str(EXAMPLES), *options])
    assert told.exit_code == 0
    assert "NLM01, J1745 on 2025-06-01" in told.output
    assert "Cascadia Blue, J1745 on 2025-06-01" in told.output
    shape = json.loads(
        CliRunner().invoke(app, ["policies", "explain", str(EXAMPLES), *options, "--format", "json"]).output
    )
    assert [one["asked"]["payer"] for one in shape] == ["NLM01", "Cascadia Blue"]


@pytest.mark.parametrize(
    ("payer", "code", "words"),
    [("StateCare Medicaid", "J3420", "CONFLICT: statecare-b12-2026"), ("Nobody", "J1745", "is not known")],
)
def test_explain_fails_where_nothing_is_clear(payer: str, code: str, words: str) -> None:
    told = CliRunner().invoke(
        app, ["policies", "explain", str(EXAMPLES), "--payer", payer, "--code", code, "--on", "2026-06-01"]
    )
    assert told.exit_code == 1
    assert words in told.output


def test_an_open_end_is_open() -> None:
    far = (date(2025, 1, 1) + timedelta(days=365 * 500)).isoformat()
    assert value(asked("Cascadia Blue", "J1745", far), "requires.prior_auth") == "required"


# Billing reads them


@pytest.mark.parametrize(
    ("day", "lines", "told_by"),
    [
        ("2023-12-31", ["J1745 x35"], False),  # no policy yet: neither modifier
        ("2024-12-31", ["J1745 x35", "J1745 x5 JW"], True),  # of the group: JW alone
        ("2025-01-01", ["J1745 x35", "J1745 x5 JW"], True),
    ],
)
def test_a_bill_goes_by_the_policy_of_the_day(tmp_path: Path, day: str, lines: list[str], told_by: bool) -> None:
    case = {
        "service_date": day, "payer_program": "commercial", "payer_id": "NLM01", "place_of_service": "11",
        "hcpcs_code": "J1745", "dose": {"amount": "350", "unit": "mg"},
        "containers": [{"amount": "100", "unit": "mg", "count": 4, "kind": "single_dose"}],
    }  # fmt: skip
    options = ["bill", "-", "--policies", str(EXAMPLES), "--format", "jsonl", "--reference", str(tmp_path)]
    (one,) = [json.loads(line) for line in CliRunner().invoke(app, options, input=json.dumps(case)).output.splitlines()]
    assert [
        " ".join((line["hcpcs_code"], f"x{line['billed_units']}", *line["modifiers"])) for line in one["lines"]
    ] == lines
    assert any(release.startswith("policy northlake") for release in one["releases"]) == told_by


def test_nothing_discarded_is_said_only_where_the_policy_follows_medicare(tmp_path: Path) -> None:
    def modifiers(day: str) -> list[str]:
        case = {
            "service_date": day, "payer_program": "commercial", "payer_id": "NLM01", "hcpcs_code": "J1745",
            "dose": {"amount": "400", "unit": "mg"},
            "containers": [{"amount": "100", "unit": "mg", "count": 4, "kind": "single_dose"}],
        }  # fmt: skip
        options = ["bill", "-", "--policies", str(EXAMPLES), "--format", "jsonl", "--reference", str(tmp_path)]
        return json.loads(CliRunner().invoke(app, options, input=json.dumps(case)).output)["lines"][0]["modifiers"]

    assert modifiers("2024-12-31") == []  # jw_only
    assert modifiers("2025-01-01") == ["JZ"]  # cms


def test_a_bill_does_not_rest_on_half_of_the_policies(tmp_path: Path) -> None:
    (path,) = written(tmp_path, SOUND + SOUND.replace("required", "maybe").replace("a-policy", "b"))
    options = ["bill", "--drug", "J1745", "--dose", "100 mg", "--payer", "commercial", "--policies", str(path)]
    assert f"{path}:11: requires.prior_auth" in str(CliRunner().invoke(app, options).exception)
