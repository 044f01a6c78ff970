"""`explain terms`: what a payer wants of a drug on a day, by whom it is decided, and how surely."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from tests.cli.test_cli import Run, run  # noqa: F401 - a fixture
from tests.policies.test_policies import EXAMPLES

WASTE = "discarded drug on this line"


def told(run: Run, *options: str) -> dict[str, Any]:  # noqa: F811 - the fixture
    code, out, err = run("explain", "terms", "--format", "json", *options)
    assert code == 0, err
    _, schema, _ = run("schema", "terms")
    answer: dict[str, Any] = json.loads(out)
    jsonschema.validate(answer, json.loads(schema))
    return answer


def row(answer: dict[str, Any], term: str) -> dict[str, Any]:
    (one,) = [row for row in answer["terms"] if term in (row["term"], row["attribute"])]
    return one


@pytest.mark.parametrize(
    ("options", "says", "by"),
    [
        (("--place", "11"), "JW, or JZ where nothing was discarded", "UNW-01"),
        (("--place", "51"), "neither JW nor JZ: exempt", "UNW-13"),  # inpatients of a psychiatric facility
        (("--place", "61"), "neither JW nor JZ: exempt", "UNW-13"),
        (("--bill-type", "721", "--program", "medicare_a"), "neither JW nor JZ: exempt", "UNW-15"),
        (("--place", "12", "--program", "medicare_dme", "--on", "2023-09-01"), "neither JW nor JZ: exempt", "UNW-23"),
        (("--place", "11", "--payer", "CASC1"), "JW, or JZ where nothing was discarded", "cascadia-infliximab-step"),
    ],
)
def test_discarded_drug_by_setting(run: Run, options: tuple[str, ...], says: str, by: str) -> None:  # noqa: F811
    on = () if "--on" in options else ("--on", "2024-08-01")
    answer = told(run, "--code", "J1745", "--policies", str(EXAMPLES), *on, *options)
    if "--payer" in options:
        answer = told(run, "--code", "J1745", "--policies", str(EXAMPLES), "--on", "2025-03-03", *options)
    one = row(answer, WASTE)
    assert (one["known"], one["says"]) == ("known", says)
    assert by in one["by"]


def test_paid_by_itself_only_where_part_b_does(run: Run) -> None:  # noqa: F811
    office, inpatient = (
        row(told(run, "--code", "J1745", "--place", place, "--on", "2024-08-01"), "paid by itself (Part B)")
        for place in ("11", "21")
    )
    assert (office["says"], office["known"]) == ("yes", "known")
    assert inpatient["says"].startswith("no: given where Part B pays no drug by itself")
    of_payer = told(run, "--code", "J1745", "--place", "11", "--payer", "CASC1")
    assert "paid by itself (Part B)" not in {one["term"] for one in of_payer["terms"]}


def test_a_contradiction_names_both_policies_and_has_no_value(run: Run) -> None:  # noqa: F811
    answer = told(
        run, "--code", "J3420", "--payer", "SC001", "--place", "11", "--on", "2026-03-03", "--policies", str(EXAMPLES)
    )
    assert (answer["program"], answer["program_presumed"]) == ("medicaid", False)  # its policies say so
    one = row(answer, "limits.doses_per_period")
    assert (one["known"], one["says"]) == ("unsettled", "")
    assert one["by"] == ["statecare-b12", "statecare-b12-2026"]
    assert row(answer, "requires.age")["known"] == "not asked"


def test_a_payer_that_nobody_knows_and_a_day_that_no_release_covers(run: Run) -> None:  # noqa: F811
    unknown = told(run, "--code", "J1745", "--payer", "Nobody", "--place", "11", "--policies", str(EXAMPLES))
    assert unknown["program_presumed"]
    assert row(unknown, "billing.waste")["known"] == "not known"
    assert row(unknown, WASTE)["says"] == "no policy says"
    today = told(run, "--code", "J1745", "--place", "11", "--on", "2026-11-30")
    assert row(today, "paid by itself (Part B)")["known"] == "presumed"


def test_in_words(run: Run) -> None:  # noqa: F811
    code, out, _ = run(
        "explain", "terms", "--code", "j1745", "--payer", "CASC1", "--place", "11", "--on", "2025-03-03", "--policies",
        str(EXAMPLES),
    )  # fmt: skip
    assert code == 0
    assert "J1745 on 2025-03-03 for CASC1, commercial (presumed: say --program), place of service 11" in out
    assert "places of service           allowed 11, 12, 49; not allowed 22 [cascadia-infliximab-step]" in out
    assert max(map(len, out.splitlines())) <= 112


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--code: say which drug, by its HCPCS code"),
        (("--code", "J17"), "--code J17: expected a HCPCS code of five characters"),
        (("--code", "J1745", "--place", "1"), "--place 1: expected a place of service of two digits"),
        (("--code", "J1745", "--place", "11", "--bill-type", "131"), "say one"),
        (("--code", "J1745", "--bill-type", "hospital"), "--bill-type hospital: expected"),
        (("--code", "J1745", "--program", "medicare"), "--program medicare: expected one of medicare_b"),
        (("--code", "J1745", "--ndc", "1234"), "--ndc 1234"),
        (("--code", "J1745", "--on", "yesterday"), "yesterday"),
    ],
)
def test_what_cannot_be_asked_is_told(run: Run, options: tuple[str, ...], said: str) -> None:  # noqa: F811
    code, _, err = run("explain", "terms", *options)
    assert code == 2
    assert said in err


def test_its_options_go_with_terms_alone(run: Run) -> None:  # noqa: F811
    code, _, err = run("explain", "WASTE-001", "--code", "J1745")
    assert code == 2
    assert "go with `explain terms`" in err
