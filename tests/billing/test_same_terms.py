"""Under the same terms nothing that `bill` writes fires a waste, modifier, code or NDC edit."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app import Checker
from cleanclaim.app.bill_cases import Billed, bill_cases, tables_of
from cleanclaim.policies import Policies, read_policies

FAMILIES = ("WASTE-", "MOD-", "CODE-", "NDC-")
DRUGS: dict[str, dict[str, Any]] = {
    "J1745 with waste": {"hcpcs_code": "J1745", "dose": ("350", "mg"), "containers": ("100", "mg", 4)},
    "J1745 without": {"hcpcs_code": "J1745", "dose": ("400", "mg"), "containers": ("100", "mg", 4)},
    "J1745 by NDC": {"ndc": "57894003001", "dose": ("350", "mg"), "containers": ("100", "mg", 4)},
    "Q5103": {"hcpcs_code": "Q5103", "dose": ("350", "mg"), "containers": ("100", "mg", 4)},
    "J3420": {"hcpcs_code": "J3420", "dose": ("1000", "mcg"), "containers": ("1000", "mcg", 1)},
    "J0178": {"hcpcs_code": "J0178", "dose": ("2", "mg"), "containers": ("2", "mg", 1)},
    "J2919": {"hcpcs_code": "J2919", "dose": ("120", "mg"), "containers": ("125", "mg", 1)},
    "Q9967": {"hcpcs_code": "Q9967", "dose": ("80", "mL"), "containers": ("100", "mL", 1)},
    "Q4101": {"hcpcs_code": "Q4101", "dose": ("12", "cm2"), "containers": ("16", "cm2", 1), "modifiers": ["JC"]},
}
PLACES = ["11", "12", "19", "21", "22", "23", "24", "31", "49", "50", "51", "61", "65", "71", "72"]
BILLS = ["111", "121", "131", "711", "721", "771", "851"]
DAYS = ["2024-08-01", "2025-11-03", "2026-02-03"]


def case(drug: str, day: str, program: str, kind: str = "single_dose", **more: Any) -> dict[str, Any]:
    told = DRUGS[drug]
    (amount, unit), (content, of, count) = told["dose"], told["containers"]
    return {
        "service_date": day, "payer_program": program, "charge_amount": "900.00", "dose": {"amount": amount, "unit": unit},
        "containers": [{"amount": content, "unit": of, "count": count, "kind": kind}],
        **{name: told[name] for name in ("hcpcs_code", "ndc", "modifiers") if name in told}, **more,
    }  # fmt: skip


def billed(folder: Path, cases: list[dict[str, Any]], policies: Policies | None = None) -> tuple[Billed, ...]:
    return bill_cases(map(json.dumps, cases), reference=folder / "none", policies=policies).cases


def fired(one: Billed) -> list[str]:
    found = [finding for finding in one.findings if finding.id.startswith(FAMILIES)]
    # Sources differ on JW and JZ of radiopharmaceuticals and contrast (UNW-24): both sides say so.
    open_question = any("sources disagree" in warning for warning in one.bill.warnings)
    return [one.message for one in found if not (open_question and one.case == "radiopharmaceutical")]


def test_medicare_in_every_setting(tmp_path: Path) -> None:
    """Bills that added JZ in place of service 51, and JW in 61, drew WASTE-011 from their own check."""
    settings = [("medicare_b", {"place_of_service": place}) for place in PLACES]
    settings += [("medicare_dme", {"place_of_service": place}) for place in ("12", "51", "61")]
    settings += [("medicare_a", {"bill_type": bill}) for bill in BILLS]
    cases = [
        case(drug, day, program, kind, **where)
        for drug, day, (program, where), kind in itertools.product(DRUGS, DAYS, settings, ("single_dose", "multi_dose"))
    ]
    told = billed(tmp_path, cases)
    assert [(given, messages) for given, one in zip(cases, told, strict=True) if (messages := fired(one))] == []
    by_place = {(given.get("place_of_service"), one.bill.lines[0].modifiers) for given, one in zip(cases, told, strict=True)
                if given.get("hcpcs_code") == "J3420" and given["containers"][0]["kind"] == "single_dose"
                and given["payer_program"] == "medicare_b"}  # fmt: skip
    assert {place for place, modifiers in by_place if "JZ" not in modifiers} == {"21", "50", "51", "61", "72"}


def policies_of(folder: Path, billing: dict[str, dict[str, Any]], codes: list[str], **more: Any) -> Policies:
    """A policy for each payer on some codes; `more` is said of each."""
    content = {
        "policies": [
            {
                "id": f"policy-{payer.lower()}", "payer": payer, "payer_id": [payer], "effective": {"start": "2023-01-01"},
                "applies_to": {"hcpcs": codes}, "billing": wanted, "on_fail": {"severity": "deny", "carc": "4"}, **more,
            }
            for payer, wanted in billing.items()
        ]
    }  # fmt: skip
    path = folder / "policies.yaml"
    path.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML, and has no aliases
    read = read_policies([path])
    assert read.faults == ()
    return read


def test_policies_of_every_kind(tmp_path: Path) -> None:
    """Every combination of what a policy may say of waste, modifiers, code and NDC, on single-dose and other drugs."""
    wastes: list[dict[str, Any]] = [{}, *({"waste": one} for one in ("cms", "none", "jw_only", "deny_waste"))]
    refuses: list[dict[str, Any]] = [
        {},
        *({"modifiers_forbidden": one} for one in (["JZ"], ["JW"], ["JW", "JZ"], ["59"])),
    ]
    wants: list[dict[str, Any]] = [{}, {"modifiers_required": ["KX"]}]
    codes: list[dict[str, Any]] = [{}, {"use_code": "Q5103"}]
    numbers: list[dict[str, Any]] = [{}, {"ndc": "required", "ndc_units": ["UN", "ML"]}, {"ndc": "never"}]
    kinds = [
        {name: value for part in parts for name, value in part.items()}
        for parts in itertools.product(wastes, refuses, wants, codes, numbers)
    ]
    billing = {f"P{number}": kind for number, kind in enumerate(kinds) if kind}
    policies = policies_of(tmp_path, billing, ["J1745", "Q5103", "J3420"])
    drugs = ["J1745 with waste", "J1745 without", "J1745 by NDC", "Q5103", "J3420"]
    told_modifiers: list[list[str]] = [[], ["KX"]]
    cases = [
        case(drug, "2025-11-03", program, payer_id=payer, place_of_service="11", modifiers=modifiers)
        for (number, payer), modifiers, program in itertools.product(
            enumerate(billing), told_modifiers, ("commercial", "medicaid", "medicare_b")
        )
        for drug in (drugs[number % 5], drugs[(number + 2) % 5])
    ]
    told = billed(tmp_path, cases, policies)
    noisy = [
        (billing[given["payer_id"]], given["payer_program"], one.bill.lines, messages)
        for given, one in zip(cases, told, strict=True)
        if (messages := fired(one))
    ]
    assert noisy == []
    refused = {one.bill.refusal.reason for one in told if one.bill.refusal}
    assert refused == {"modifiers-wanted", "modifiers-refused", "other-code-wanted"}
    assert sum(bool(one.bill.lines) for one in told) > len(told) // 3


@pytest.mark.parametrize(
    ("modifiers", "expected"), [([], "modifiers-wanted"), (["KX"], "other-code-wanted")], ids=["bare", "with KX"]
)
def test_one_policy_that_wants_everything_otherwise(tmp_path: Path, modifiers: list[str], expected: str) -> None:
    """It wrote J1745-JZ and drew three denials: the policy refuses JZ, wants KX, and wants Q5103."""
    wanted = {"waste": "cms", "modifiers_forbidden": ["JZ"], "modifiers_required": ["KX"], "use_code": "Q5103"}
    policies = policies_of(tmp_path, {"P1": wanted}, ["J1745"])
    given = case("J1745 without", "2025-11-03", "commercial", payer_id="P1", modifiers=modifiers)
    (told,) = billed(tmp_path, [given], policies)
    assert told.bill.refusal
    assert told.bill.refusal.reason in {expected, "other-code-wanted"}
    assert "policy-p1" in told.bill.refusal.explanation
    assert not told.bill.lines


def test_a_code_that_a_payer_would_rather_see_is_said_and_never_taken(tmp_path: Path) -> None:
    """J1748 and Q5103 have one substance and are two products; J9035 and C9257 differ in the unit alone."""
    policies = policies_of(tmp_path, {"P1": {"use_code": "C9257"}}, ["J9035"])
    given = {
        "service_date": "2025-02-03", "payer_program": "commercial", "payer_id": "P1", "hcpcs_code": "J9035",
        "dose": {"amount": "1.25", "unit": "mg"}, "place_of_service": "11",
    }  # fmt: skip
    refused, told = billed(tmp_path, [given, {**given, "hcpcs_code": "C9257"}], policies)
    assert refused.bill.refusal
    assert "C9257 instead of J9035 (policy policy-p1)" in refused.bill.refusal.explanation
    assert [(line.hcpcs_code, line.billed_units) for line in told.bill.lines] == [("C9257", 5)]
    assert fired(told) == []


def test_two_policies_that_contradict_each_other_decide_nothing(tmp_path: Path) -> None:
    policies = policies_of(tmp_path, {"P1": {"waste": "cms"}}, ["J1745"])
    other = policies_of(tmp_path, {"P1": {"waste": "none"}}, ["J1745"])
    renamed = [
        type(one)(**{**{name: getattr(one, name) for name in one.__struct_fields__}, "id": "policy-2"})
        for one in other.policies
    ]
    both = Policies((*policies.policies, *renamed), policies.groups, ())
    given = case("J1745 without", "2025-11-03", "commercial", payer_id="P1")
    (told,) = billed(tmp_path, [given], both)
    assert [line.modifiers for line in told.bill.lines] == [()]
    assert any("policy policy-2 and policy policy-p1" in warning for warning in told.bill.warnings)
    assert fired(told) == []


def test_a_payer_that_goes_by_medicare_in_every_setting(tmp_path: Path) -> None:
    """Skin substitutes as supplies (UNW-16), ESRD facilities before 2025 (UNW-15), DME before 2024 (UNW-23)."""
    wants = {"P1": {"waste": "cms"}, "P2": {"waste": "jw_only"}, "P3": {"waste": "cms", "modifiers_forbidden": ["JZ"]}}
    policies = policies_of(tmp_path, wants, sorted({str(told.get("hcpcs_code", "J1745")) for told in DRUGS.values()}))
    settings = [
        (program, {"place_of_service": place}) for program in ("commercial", "medicare_dme") for place in PLACES
    ]
    settings += [(program, {"bill_type": bill}) for program in ("commercial", "medicare_a") for bill in BILLS]
    cases = [
        case(drug, day, program, payer_id=payer, **where)
        for drug, day, (program, where), payer in itertools.product(
            DRUGS, ["2023-11-01", "2024-03-01", "2026-02-03"], settings, wants
        )
    ]
    told = billed(tmp_path, cases, policies)
    assert [(given, messages) for given, one in zip(cases, told, strict=True) if (messages := fired(one))] == []


def lines_of(one: Billed) -> list[tuple[str, ...]]:
    return [line.modifiers for line in one.bill.lines]


def test_a_policy_of_another_plan_is_not_followed(tmp_path: Path) -> None:
    medicaid = policies_of(tmp_path, {"P1": {"modifiers_required": ["KX"]}}, ["J1745"], lines_of_business=["medicaid"])
    commercial, of_plan = billed(
        tmp_path,
        [case("J1745 without", "2025-11-03", one, payer_id="P1") for one in ("commercial", "medicaid")],
        medicaid,
    )
    assert commercial.bill.lines
    assert of_plan.bill.refusal
    exchange = policies_of(tmp_path, {"P1": {"waste": "cms"}}, ["J1745"], lines_of_business=["exchange"])
    (either,) = billed(tmp_path, [case("J1745 without", "2025-11-03", "commercial", payer_id="P1")], exchange)
    assert lines_of(either) == [()]
    assert any("another plan" in warning for warning in either.bill.warnings)
    assert fired(either) == []


def test_policies_on_a_package_and_of_every_payer(tmp_path: Path) -> None:
    package = policies_of(tmp_path, {"P1": {"waste": "cms"}}, [], applies_to={"ndc": ["57894003001"]})
    by_ndc, by_code = billed(
        tmp_path,
        [case(drug, "2025-11-03", "commercial", payer_id="P1") for drug in ("J1745 by NDC", "J1745 with waste")],
        package,
    )
    assert lines_of(by_ndc) == [(), ("JW",)]
    assert lines_of(by_code) == [()]
    every = policies_of(tmp_path, {"P1": {"waste": "none"}}, ["J1745"], payer_id=["*"], lines_of_business=["medicare"])
    named, unnamed = billed(
        tmp_path,
        [
            case("J1745 without", "2025-11-03", "medicare_b", place_of_service="11", **payer)
            for payer in ({"payer_id": "X"}, {})
        ],
        every,
    )
    assert lines_of(named) == lines_of(unnamed) == [()]
    assert [*fired(by_ndc), *fired(by_code), *fired(named), *fired(unnamed)] == []


def test_what_a_payer_waived_is_billed(tmp_path: Path) -> None:
    wants = {"P1": {"use_code": "Q5103", "modifiers_required": ["KX"], "waste": "cms"}}
    policies = policies_of(tmp_path, wants, ["J1745"])
    waived = {"payer_terms": {"waived": ["use_code", "modifiers_required"]}}
    (told,) = billed(tmp_path, [case("J1745 without", "2025-11-03", "commercial", payer_id="P1", **waived)], policies)
    assert lines_of(told) == [("JZ",)]


def test_required_waste_modifiers_say_how_to_get_them(tmp_path: Path) -> None:
    policies = policies_of(tmp_path, {"P1": {"modifiers_required": ["JZ"]}}, ["J1745"])
    bare, said = billed(
        tmp_path,
        [
            case("J1745 without", "2025-11-03", "commercial", payer_id="P1", **more)
            for more in ({}, {"payer_terms": {"waste_policy": "cms"}})
        ],
        policies,
    )
    assert bare.bill.refusal
    assert "waste_policy" in bare.bill.refusal.explanation
    assert lines_of(said) == [("JZ",)]


def test_an_unknown_program_is_never_out_of_scope(tmp_path: Path) -> None:
    claim = {
        "claim_id": "A", "claim_type": "P", "place_of_service": "11",
        "lines": [{"hcpcs_code": "J1745", "billed_units": 40, "service_date": "2025-11-03", "modifiers": []}],
    }  # fmt: skip
    result = Checker.open(tmp_path / "none").check(tables_of([claim]), show_not_evaluated=True)
    (waste,) = (finding for finding in result.findings if finding.id == "WASTE-001")
    assert waste.outcome == "not evaluated"
