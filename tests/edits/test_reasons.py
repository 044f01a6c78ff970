"""Reason and remark codes: each that any edit predicts has an answer, with words and a next step."""

from __future__ import annotations

import re
from datetime import date

import pytest

from cleanclaim.edits.citations import reason_answer
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.edits.page_files import shipped_pages
from cleanclaim.edits.pages import Prediction
from cleanclaim.edits.reasons import ReasonCode, read_reasons, reason_code, shipped_reasons
from cleanclaim.edits.rules import shipped_rules
from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.library import Library
from tests.edits.test_rulebook import BRITISH

TODAY = date(2026, 11, 30)
PREDICTED = sorted(
    {one for edit in shipped_edits() for case in edit.cases for one in case.case.predicted or ()}
    | {one for edit in shipped_edits() for one in edit.page.front.predicted},
    key=lambda one: (one.group, one.carc, one.rarc or ""),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library.open(tmp_path_factory.mktemp("empty"))


@pytest.mark.parametrize("one", PREDICTED, ids=lambda one: f"{one.group}-{one.carc}-{one.rarc}")
def test_what_edits_predict_has_an_answer(one: Prediction, library: Library) -> None:
    for code in (ReasonCode(one.group, one.carc, None), *([ReasonCode(None, None, one.rarc)] if one.rarc else [])):
        answer = reason_answer(code, shipped_pages(), library, TODAY)
        assert answer.means, code
        assert answer.do, code
        assert answer.ended is None, f"{code} is predicted and no longer used"
        assert answer.rules, code
        assert answer.group_means or not code.group


def test_the_edits_of_an_answer_are_those_whose_pages_predict_it(library: Library) -> None:
    answer = reason_answer(ReasonCode("CO", "16", None), shipped_pages(), library, TODAY)
    pages = {
        edit.id
        for edit in shipped_edits()
        if any((one.group, one.carc) == ("CO", "16") for case in edit.cases for one in case.case.predicted or ())
    }
    assert {one.id for one in answer.predicted_by} == pages
    (jz,) = (one for one in answer.predicted_by if one.id == "WASTE-001")
    assert (jz.expect, jz.severity) == (("CO-16 with N822",), "reject")
    (page,) = (page for page in shipped_pages() if page.front.id == "WASTE-001")
    assert jz.fixes == (page.front.fix.say,)


def test_the_likeliest_stand_first(library: Library) -> None:
    answer = reason_answer(ReasonCode("CO", "4", None), shipped_pages(), library, TODAY)
    ids = [one.id for one in answer.predicted_by]
    # WASTE-006 expects CO-4 before all else; for WASTE-001 it is the second guess, behind CO-16 with N822.
    assert ids.index("WASTE-006") < ids.index("WASTE-001")


def test_a_group_under_which_nothing_is_predicted_names_the_others(library: Library) -> None:
    answer = reason_answer(ReasonCode("PR", "97", None), shipped_pages(), library, TODAY)
    assert (answer.predicted_by, answer.other_groups) == ((), ("CO",))
    assert reason_answer(ReasonCode(None, "97", None), shipped_pages(), library, TODAY).other_groups == ()


def test_a_code_that_has_ended_says_so(library: Library) -> None:
    assert reason_answer(ReasonCode(None, "15", None), shipped_pages(), library, TODAY).ended == date(2018, 5, 1)
    assert reason_answer(ReasonCode(None, "15", None), shipped_pages(), library, date(2018, 5, 1)).ended is None


def test_every_code_of_the_starter_set_has_a_next_step_and_none_else(library: Library) -> None:
    reasons = shipped_reasons()
    assert set(reasons.carcs) == {row[0] for row in library.starter.rows("adjustment_reason")}
    assert set(reasons.rarcs) == {row[0] for row in library.starter.rows("remark")}


def test_next_steps_are_readable_and_their_rules_exist() -> None:
    for step in (*shipped_reasons().reasons, *shipped_reasons().remarks):
        codes = (*step.carc, *step.rarc)
        assert set(step.rules) <= set(shipped_rules()), codes
        assert step.do.endswith("."), codes
        assert len(step.do) < 200, codes
        assert not BRITISH.search(step.do), codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CO-16", ReasonCode("CO", "16", None)),
        ("co16", ReasonCode("CO", "16", None)),
        ("PR 1", ReasonCode("PR", "1", None)),
        (" 97 ", ReasonCode(None, "97", None)),
        ("CO-B13", ReasonCode("CO", "B13", None)),
        ("b13", ReasonCode(None, "B13", None)),
        ("n822", ReasonCode(None, None, "N822")),
        ("M20", ReasonCode(None, None, "M20")),
        ("MA130", ReasonCode(None, None, "MA130")),
        ("UNW-13", None),
        ("CO", None),
        ("XX-16", None),
        ("CO-1616", None),
        ("", None),
    ],
)
def test_codes_are_read_as_billers_write_them(text: str, code: ReasonCode | None) -> None:
    assert reason_code(text) == code


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  CO: {", "  XO: {", "reasons.yaml: groups: expected CO, PR, OA, PI, CR, not `CO` more or less"),
        ("confidence: K", "confidence: no", "reasons.yaml:"),
        ('carc: ["2"]', 'carc: ["1"]', "reasons.yaml: carc given twice: 1"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_file_and_key(old: str, new: str, said: str) -> None:
    groups = "\n".join(f'  {group}: {{means: "m", do: "d"}}' for group in ("CO", "PR", "OA", "PI", "CR"))
    steps = "\n".join(f'  - {{carc: ["{carc}"], rules: [DEN-01], confidence: K, do: "d"}}' for carc in (1, 2))
    text = f"groups:\n{groups}\nreasons:\n{steps}\nremarks: []\n"
    assert read_reasons(text).carcs == ("1", "2")
    assert old in text
    with pytest.raises(UnreadableInput, match=re.escape(said)):
        read_reasons(text.replace(old, new, 1))
