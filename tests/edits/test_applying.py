"""The edits that a line of a code may meet: never fewer than those that claims of the code do meet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import pytest

from cleanclaim.app import Checker
from cleanclaim.edits.applying import SETTINGS, CodeFacts, edits_applying
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.edits.pages import Grain
from cleanclaim.reference.library import Library

EXAMPLES = [
    Path(__file__).parents[2] / "examples" / name
    for name in ("clinic-2024q3.837", "clinic-2025q4.837", "charted.jsonl")
]
CODES = ("J9271", "J3420", "J1030", "J3490", "J0178", "J3121", "A9500", "96372", "J0000", "Q5103", "90471")
DAY = date(2025, 11, 3)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library.open(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def facts(library: Library) -> Iterator[CodeFacts]:
    with CodeFacts(cache(library.table)) as asked:
        yield asked


def ids(facts: CodeFacts, code: str, day: date) -> dict[str, tuple[str, ...]]:
    return {
        one.edit.id: (*one.settings, *one.unknown_in) for one in edits_applying(shipped_edits(), facts.of(code, day))
    }


def lines(code: str, random: Random) -> Iterator[dict[str, object]]:
    """Lines of every kind of slip: what any biller may send of a code."""
    for number in range(60):
        line: dict[str, object] = {
            "line_number": 1, "hcpcs_code": code, "service_date": DAY.isoformat(),
            "billed_units": random.choice(["0", "1", "2", "7", "35", "400", "4000", "1.5", "-1"]),
            "charge_amount": random.choice(["350.00", "12.00"]),
            "modifiers": random.choice([
                [], ["JW"], ["JZ"], ["JW", "JZ"], ["25"], ["LT"], ["RT", "59"], ["52"], ["JG"], ["11"], ["ZZ"], ["KX", "JW"],
                ["TB"], ["JZ", "JZ"], ["A1", "B2", "C3", "D4", "E5"],
            ]),
        }  # fmt: skip
        if number % 3 == 0:
            line["ndc11"] = random.choice(["00006302602", "57894003001", "123", "00000000000"])
            line["ndc_unit"], line["ndc_quantity"] = (
                random.choice(["ML", "UN", "ME", "XX"]),
                random.choice(["1", "4", "0"]),
            )
        if number % 4 == 0:
            line["charted"] = {
                "dose": {"amount": random.choice(["5", "350", "90000"]), "unit": random.choice(["mg", "mcg"])}
            }
        if number % 5 == 0:
            line["description"] = random.choice(["", "drug", "Drug 15 mg IV NDC 12345-6789-01"])
        yield line


@pytest.mark.parametrize("code", CODES)
def test_whatever_a_claim_says_no_other_edit_fires(
    code: str, facts: CodeFacts, library: Library, tmp_path: Path
) -> None:
    """Sixty lines of the code with slips of all kinds, whole and partial, in each setting: each finding was foretold."""
    told = {one.edit.id: one for one in edits_applying(shipped_edits(), facts.of(code, DAY))}
    grains = {edit.id: edit.grain for edit in shipped_edits()}
    random = Random(code)  # noqa: S311 - claims, not secrets
    fired: set[str] = set()
    for setting in SETTINGS:
        place = {"place_of_service": setting.place_of_service} if setting.bill_type is None else {"bill_type": "131"}
        claims = [
            {
                "claim_id": str(number), "claim_type": setting.claim_type, "payer_program": setting.payer_program, **place,
                "complete": number % 2 == 0, "diagnoses": [["C50911"], ["ZZZ"], []][number % 3], "lines": [line],
            }
            for number, line in enumerate(lines(code, random))
        ]  # fmt: skip
        path = tmp_path / f"{setting.claim_type}{setting.payer_program}.jsonl"
        path.write_text("".join(json.dumps(claim) + "\n" for claim in claims), "utf-8")
        for finding in Checker(library, shipped_edits()).check_files([path]).findings:
            if grains[finding.id] is Grain.CLAIM:
                continue
            fired.add(finding.id)
            assert finding.id in told, (finding.id, finding.case, setting.name)
            assert setting.name in (*told[finding.id].settings, *told[finding.id].unknown_in), (
                finding.id,
                setting.name,
            )
            assert finding.case in {case.case.name for case in told[finding.id].cases}, (finding.id, finding.case)
    assert len(fired) >= 5, fired


def test_what_fires_on_claims_of_the_examples_is_among_them(facts: CodeFacts, library: Library) -> None:
    result = Checker(library, shipped_edits()).check_files(EXAMPLES)
    lines = {
        (claim.claim_key, line.line_number): line
        for claim in result.claims
        for line in claim.lines
        if claim.payer_program == "medicare_b"
    }
    grains = {edit.id: edit.grain for edit in shipped_edits()}
    tried = 0
    for finding in result.findings:
        line = lines.get((finding.claim_key, finding.line_number))
        if line is None or line.hcpcs_code is None or line.service_date is None or grains[finding.id] is Grain.CLAIM:
            continue
        tried += 1
        assert finding.id in ids(facts, line.hcpcs_code, line.service_date), (finding.id, line.hcpcs_code)
    assert tried >= 10


def test_what_is_ruled_out(facts: CodeFacts) -> None:
    """Each of these is proved by what is known of the code: waste of a multi-dose drug, sides of an eye drug ..."""
    pembrolizumab = ids(facts, "J9271", DAY)
    assert "WASTE-001" in pembrolizumab
    assert "commercial payer, office" not in pembrolizumab["WASTE-001"]  # JW and JZ are Medicare's
    assert "CODE-005" not in pembrolizumab  # about unclassified codes only
    assert "CODE-005" in ids(facts, "J3490", DAY)
    assert "WASTE-001" not in ids(facts, "J9271", date(2023, 6, 30))  # the day before the rule


def test_what_fires_whatever_the_claim_says(facts: CodeFacts) -> None:
    def always(code: str, day: date) -> set[str]:
        return {one.edit.id for one in edits_applying(shipped_edits(), facts.of(code, day)) if one.fires}

    assert always("J1030", date(2024, 4, 1)) == {"CODE-002"}
    assert always("J1030", date(2024, 3, 31)) == set()


def test_cases_and_edits_that_the_code_rules_out(facts: CodeFacts) -> None:
    """What an independent review found listed and could never fire."""
    infliximab = {one.edit.id: one for one in edits_applying(shipped_edits(), facts.of("J1745", DAY))}
    assert [case.case.name for case in infliximab["WASTE-001"].cases] == ["returned"]  # no radiopharmaceutical
    assert "CODE-007" not in infliximab  # it replaced no code
    assert infliximab["NDC-E-001"].settings == ("Medicaid, office",)
    assert "commercial payer, office" in infliximab["NDC-E-001"].unknown_in
    visit = ids(facts, "G2082", DAY)
    assert "MOD-010" not in visit  # a visit with the drug in it may have 25
    aflibercept = {one.edit.id: one for one in edits_applying(shipped_edits(), facts.of("J0178", DAY))}
    assert [case.case.name for case in aflibercept["MOD-014"].cases] == ["eye"]


def test_codes_one_after_the_other_do_not_meet(facts: CodeFacts) -> None:
    alone = facts.of("J9271", DAY)
    facts.of("J3420", date(2024, 8, 1))
    assert facts.of("J9271", DAY) == alone
