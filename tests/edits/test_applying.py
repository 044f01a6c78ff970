"""The edits that a line of a code may meet: never fewer than those that claims of the code do meet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from cleanclaim.app import Checker
from cleanclaim.edits.applying import SETTINGS, CodeFacts, edits_applying
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.edits.outcomes import Outcome
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
    return {one.edit.id: one.settings for one in edits_applying(shipped_edits(), facts.of(code, day))}


@pytest.mark.parametrize("code", CODES)
def test_what_a_check_of_a_bare_claim_leaves_open_is_among_them(
    code: str, facts: CodeFacts, library: Library, tmp_path: Path
) -> None:
    """The checker knows more of such a claim (no other line stands beside): it may rule out more, never less."""
    found = ids(facts, code, DAY)
    assert len(found) >= 10
    grains = {edit.id: edit.grain for edit in shipped_edits()}
    for setting in SETTINGS:
        place = {"place_of_service": setting.place_of_service} if setting.bill_type is None else {"bill_type": "131"}
        claim = {
            "claim_id": "1", "claim_type": setting.claim_type, "payer_program": setting.payer_program, **place,
            "lines": [{"line_number": 1, "hcpcs_code": code, "service_date": DAY.isoformat()}],
        }  # fmt: skip
        path = tmp_path / f"{setting.claim_type}{setting.payer_program}.jsonl"
        path.write_text(json.dumps(claim) + "\n", "utf-8")
        result = Checker(library, shipped_edits()).check_files([path], show_not_evaluated=True)
        open_ones = {
            finding.id
            for finding in result.findings
            if finding.outcome in (Outcome.FIRES, Outcome.NOT_EVALUATED) and grains[finding.id] is not Grain.CLAIM
        }
        assert {one for one in open_ones if setting.name not in found.get(one, ())} == set()


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


def test_codes_one_after_the_other_do_not_meet(facts: CodeFacts) -> None:
    alone = facts.of("J9271", DAY)
    facts.of("J3420", date(2024, 8, 1))
    assert facts.of("J9271", DAY) == alone
