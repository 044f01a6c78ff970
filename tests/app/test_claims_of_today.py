"""Claims as a new user brings them, on the day of use: each gets an answer, on the starter set and on the official files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app import Checker, CheckResult
from cleanclaim.app.result import ClaimSummary
from cleanclaim.edits.findings import Finding
from cleanclaim.edits.worklist import Verdict
from cleanclaim.reference.codes.lookup import Lookup
from tests.app.test_checker import claim, write
from tests.shared import SHARED

TODAY = date(2026, 11, 30)
DAYS = [TODAY, TODAY - timedelta(10), TODAY - timedelta(80), date(2025, 5, 5), date(2023, 10, 15)]
GIVEN = {"hcpcs_code": "96372", "billed_units": 1, "charge_amount": "60.00", "modifiers": [], "diagnoses": ["M0579"]}
INFUSED = {**GIVEN, "hcpcs_code": "96413", "charge_amount": "300.00"}


@pytest.fixture(
    scope="module",
    params=[
        "starter",
        pytest.param(
            "official",
            marks=[
                pytest.mark.shared,
                pytest.mark.slow,
                pytest.mark.skipif(
                    not SHARED.is_dir(), reason="needs the official files beside the checkout (../shared)"
                ),
            ],
        ),
    ],
)
def checker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checker:
    if request.param == "starter":
        return Checker.open(tmp_path_factory.mktemp("library"))
    official: Lookup = request.getfixturevalue("official")
    return Checker.open(official.library.folder)


def lines_of(day: date, drug: dict[str, Any], given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**one, "service_date": f"{day}"} for one in ({"modifiers": [], "diagnoses": ["M0579"], **drug}, given)]


def checked(checker: Checker, folder: Path, day: date, drug: dict[str, Any], given: dict[str, Any]) -> CheckResult:
    given_claim = claim(lines=lines_of(day, drug, given), diagnoses=["M0579"])
    return checker.check_files([write(folder, given_claim)], checked_on=TODAY)


def said(result: CheckResult, edit: str) -> str | None:
    return next((finding.severity for finding in result.findings if finding.id == edit), None)


@pytest.mark.parametrize("day", DAYS[:-1], ids=str)
def test_a_missing_jz_is_told_on_every_day_since_the_rule(checker: Checker, tmp_path: Path, day: date) -> None:
    drug = {"hcpcs_code": "J1745", "billed_units": 40, "charge_amount": "4000.00"}
    result = checked(checker, tmp_path, day, drug, INFUSED)
    assert said(result, "WASTE-001") in {"reject", "deny"}
    assert result.summary.verdicts[Verdict.FIX] == 1
    assert result.summary.amount_at_risk == "4000.00"
    (first, *_) = result.worklist
    assert (first.id, first.amount) == ("WASTE-001", "4000.00")
    assert bool(first.presumed) == (day > date(2026, 3, 31))


def test_jz_in_the_first_weeks_of_the_rule_waits_for_the_container_alone(checker: Checker, tmp_path: Path) -> None:
    """Which products J1745 had is known from 2024 on; that Medicare pays it by itself in an office needs no price file."""
    drug = {"hcpcs_code": "J1745", "billed_units": 40, "charge_amount": "4000.00"}
    bare = checked(checker, tmp_path, DAYS[-1], drug, INFUSED)
    assert bare.summary.verdicts[Verdict.CANNOT_SAY] == 1
    assert [(lack.id, lack.fact) for lack in bare.summary.lacks] == [("WASTE-001", "container")]
    charted = checked(checker, tmp_path, DAYS[-1], {**drug, "charted": {"container": "single_dose"}}, INFUSED)
    assert said(charted, "WASTE-001") == "reject"
    assert charted.summary.presumed == ()


RIGHT = [
    ("J3420 from a multi-dose vial", {"hcpcs_code": "J3420", "billed_units": 1, "charge_amount": "12.00",
      "charted": {"dose": {"amount": "1000", "unit": "mcg"}, "container": "multi_dose"}}, Verdict.READY),
    ("J3420 bare", {"hcpcs_code": "J3420", "billed_units": 1, "charge_amount": "12.00"}, Verdict.CANNOT_SAY),
    ("J2919 with JZ", {"hcpcs_code": "J2919", "billed_units": 25, "charge_amount": "25.00", "modifiers": ["JZ"]}, Verdict.READY),
    ("J1010 with JZ", {"hcpcs_code": "J1010", "billed_units": 80, "charge_amount": "20.00", "modifiers": ["JZ"]}, Verdict.READY),
    ("J3121 from a multi-dose vial", {"hcpcs_code": "J3121", "billed_units": 200, "charge_amount": "20.00",
      "charted": {"dose": {"amount": "200", "unit": "mg"}, "container": "multi_dose"}}, Verdict.READY),
]  # fmt: skip


ENDED = {"hcpcs_code": "J1030", "billed_units": 1, "charge_amount": "40.00", "modifiers": []}
TENFOLD = {"hcpcs_code": "J9271", "billed_units": 4000, "charge_amount": "40000.00", "modifiers": ["JZ"]}


@dataclass(frozen=True)
class Answer:
    """What is said of one claim."""

    findings: list[Finding]
    claim: ClaimSummary | None  # None where all is well

    @property
    def verdict(self) -> str:
        return self.claim.verdict if self.claim else Verdict.READY

    def said(self, edit: str) -> str | None:
        return next((finding.severity for finding in self.findings if finding.id == edit), None)


@pytest.fixture(scope="module")
def answers(checker: Checker, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, date], Answer]:
    """Every claim of the tables on every day, in one run."""
    asked = [("ended", ENDED, GIVEN), ("tenfold", TENFOLD, INFUSED), *((name, drug, GIVEN) for name, drug, _ in RIGHT)]
    claims = [
        claim(f"{name} {day}", lines=lines_of(day, drug, given), diagnoses=["M0579"])
        for name, drug, given in asked
        for day in DAYS
    ]
    result = checker.check_files([write(tmp_path_factory.mktemp("answers"), *claims)], checked_on=TODAY)
    assert sum(result.summary.verdicts.values()) == len(claims)

    def answer(name: str, day: date) -> Answer:
        own = f"{name} {day}"
        findings = [finding for finding in result.findings if finding.claim_id == own]
        return Answer(findings, next((one for one in result.claims if one.claim_id == own), None))

    return answer


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_an_ended_code_is_told_from_its_end_on(answers: Callable[[str, date], Answer], day: date) -> None:
    answer = answers("ended", day)
    assert answer.said("CODE-002") == ("reject" if day > date(2024, 3, 31) else None)
    ended = [finding for finding in answer.findings if finding.id == "CODE-002"]
    assert all("J1010" in finding.fix.say for finding in ended)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_ten_times_the_most_of_a_drug_deserves_a_look_at_least(
    answers: Callable[[str, date], Answer], day: date
) -> None:
    answer = answers("tenfold", day)
    assert answer.said("UNIT-004") == "warn"
    # Unlikely edits of 2024 Q3: to eight quarters on they warn of more than twice the value; beyond, and backward, never.
    assert answer.said("NCCI-002") == ("warn" if date(2025, 1, 1) < day <= date(2026, 9, 30) else None)
    assert answer.verdict == Verdict.LOOK


@pytest.mark.parametrize("day", DAYS[:-1], ids=str)
@pytest.mark.parametrize(("name", "verdict"), [(case[0], case[-1]) for case in RIGHT])
def test_a_right_claim_is_ready_or_says_what_would_tell(
    answers: Callable[[str, date], Answer], day: date, name: str, verdict: Verdict
) -> None:
    answer = answers(name, day)
    assert not [finding for finding in answer.findings if finding.severity in {"reject", "deny"}]
    assert answer.verdict == verdict
    if verdict is Verdict.CANNOT_SAY:
        assert answer.claim
        assert answer.claim.lacks  # which file or field would tell


def test_a_date_in_the_future_is_judged_as_far_as_anything_may_be_carried(checker: Checker, tmp_path: Path) -> None:
    drug = {"hcpcs_code": "J1745", "billed_units": 40, "charge_amount": "4000.00"}
    near = checked(checker, tmp_path, date(2027, 3, 1), drug, INFUSED)
    assert said(near, "WASTE-001") == "deny"
    far = checked(checker, tmp_path, date(2031, 3, 1), drug, INFUSED)
    assert said(far, "WASTE-001") is None
    assert far.summary.verdicts[Verdict.READY] == 0
    assert not far.summary.presumed
