"""Documents and insurers in the guide: checklists by class and condition, policies payer by payer, conflicts shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from cleanclaim.app.code_pages import CodePages
from cleanclaim.guides import Guide, markdown_of
from cleanclaim.guides.payers import attribute_words, in_words, payer_questions
from cleanclaim.policies import read_policies
from cleanclaim.policies.policy import Billing, Limits, Requires
from tests.guides.test_guide import DAY, table
from tests.policies.test_policies import EXAMPLES, policy, written

DOCUMENTS, INSURERS = "Documentation Requirements", "Special Considerations for Commercial Insurers"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodePages]:
    with CodePages.open(tmp_path_factory.mktemp("library"), policies=read_policies([EXAMPLES])) as opened:
        yield opened


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodePages]:
    with CodePages.open(tmp_path_factory.mktemp("library")) as opened:
        yield opened


def titles(guide: Guide, heading: str) -> list[str]:
    return [one.title for section in guide.sections if section.heading == heading for one in section.tables]


def paragraphs(guide: Guide, heading: str) -> str:
    return " ".join(text for section in guide.sections if section.heading == heading for text in section.paragraphs)


def test_the_class_comes_first_and_its_items_can_be_ticked(bare: CodePages) -> None:
    guide = bare.guide("J3121", DAY)
    assert titles(guide, DOCUMENTS)[0].startswith("DOC-26 ")
    keys = {key for _, key in table(guide, DOCUMENTS, "DOC-26")}
    assert "pretherapy-testosterone-twice" in keys
    always = {row[0].split()[0] for row in table(guide, DOCUMENTS, "On file for every drug")}
    assert always == {"DOC-01", "DOC-02", "DOC-04"}
    under = table(guide, DOCUMENTS, "where the condition holds")
    assert all(row[1].startswith("When ") for row in under)
    assert [row[0].split()[0] for row in under][-1] == "DOC-34"
    assert all("likeliest CARC" in row[3] and "(confidence " in row[4] for row in under)


def test_a_drug_without_a_class_says_so(bare: CodePages) -> None:
    guide = bare.guide("J1320", DAY)
    assert "No checklist of a class has J1320" in paragraphs(guide, DOCUMENTS)
    assert len(titles(guide, DOCUMENTS)) == 2


def test_a_visit_that_includes_a_drug_has_the_checklist_of_the_drug(bare: CodePages) -> None:
    keys = {key for _, key in table(bare.guide("G2082", DAY), DOCUMENTS, "DOC-24")}
    assert {"rems-patient-enrolled", "observed-two-hours", "established-patient"} <= keys


def test_before_and_after_the_withdrawal(bare: CodePages) -> None:
    assert titles(bare.guide("J1726", date(2023, 4, 5)), DOCUMENTS)[0].startswith("DOC-20 ")
    assert titles(bare.guide("J1726", date(2023, 4, 6)), DOCUMENTS)[0].startswith("DOC-21 ")


def test_an_edit_names_the_documents_that_answer_it(bare: CodePages) -> None:
    section = bare.guide("J9271", DAY).sections[4]
    to_do = {row[0].split()[0]: row[5] for one in section.tables for row in one.rows}
    assert to_do["WASTE-001"].endswith("On file: DOC-05.")
    assert to_do["UNIT-003"] == "On file: DOC-04, DOC-05."
    assert "On file" not in to_do["NDC-E-002"]


# Insurers


def test_every_attribute_of_a_policy_has_a_question_and_a_name() -> None:
    fields = {
        f"{part}.{one.encode_name}"
        for part, shape in (("requires", Requires), ("limits", Limits), ("billing", Billing))
        for one in msgspec.structs.fields(shape)
    }
    assert set(attribute_words()) == fields | {"supply", "benefit", "documents"}
    assert all(one.source for one in payer_questions())


def test_without_policies_it_says_how_to_load_them(bare: CodePages) -> None:
    guide = bare.guide("J1745", DAY)
    assert "No policies of payers were loaded" in paragraphs(guide, INSURERS)
    assert "`cleanclaim guide J1745 --policies FOLDER`" in paragraphs(guide, INSURERS)
    assert titles(guide, INSURERS) == ["What any plan may ask"]


def test_questions_of_one_drug_are_asked_of_no_other(bare: CodePages) -> None:
    asked = {
        code: {row[0] for row in table(bare.guide(code, DAY), INSURERS, "any plan")} for code in ("J1726", "J1745")
    }
    assert asked["J1726"] - asked["J1745"] == {"Weeks of pregnancy"}
    assert "Step therapy" in asked["J1745"]


def test_of_a_code_that_bills_no_drug_only_policies_are_told(bare: CodePages) -> None:
    assert titles(bare.guide("96372", DAY), INSURERS) == []
    assert titles(bare.guide("G2082", DAY), INSURERS) == ["What any plan may ask"]


def test_payer_by_payer_each_attribute_with_the_policy_that_decides(pages: CodePages) -> None:
    guide = pages.guide("J1745", date(2026, 2, 1))
    assert titles(guide, INSURERS)[1:] == ["Cascadia Blue", "Northlake Mutual", "StateCare Medicaid (medicaid)"]
    northlake = {row[0]: row for row in table(guide, INSURERS, "Northlake")}
    assert northlake["prior authorization"][1:] == (
        "the plan is told, and need not allow it",
        "northlake-infliximab-2025, by code; goes before northlake-biologics-2024", "denied, CARC 198",
    )  # fmt: skip
    assert northlake["what it is bound to"][1] == "units, dates"
    cascadia = {row[0]: row[1] for row in table(guide, INSURERS, "Cascadia")}
    assert cascadia["places of service"] == "allowed 11, 12, 49; not allowed 22"
    assert cascadia["days between doses"] == "at least 28"
    assert cascadia["diagnoses"] == "covered K50*, K51*, M05*, M06*, L40*"


def test_conflicts_are_shown_and_not_settled(pages: CodePages) -> None:
    guide = pages.guide("J3420", date(2026, 2, 2))
    rows = {row[0]: row[1] for row in table(guide, INSURERS, "StateCare")}
    assert rows["doses in a period"] == "12 in 365 days. CONFLICT: statecare-b12-2026 says 6 in 365 days"
    assert "contradict each other: ask the payer." in markdown_of(guide)
    before = {row[0]: row[1] for row in table(pages.guide("J3420", date(2025, 12, 31)), INSURERS, "StateCare")}
    assert before["doses in a period"] == "12 in 365 days"


def test_plans_of_one_payer_that_differ_are_no_conflict(tmp_path: Path, bare: CodePages) -> None:
    read = read_policies(written(
        tmp_path, policy(lines_of_business=["commercial"]),
        policy(id="other", lines_of_business=["medicare_advantage"], requires={"prior_auth": "none"}),
    ))  # fmt: skip
    assert read.faults == ()
    with CodePages(bare.lookup, bare.edits, read) as pages:
        guide = pages.guide("J1745", DAY)
    assert titles(guide, INSURERS)[1:] == ["Made Up (commercial)", "Made Up (medicare advantage)"]
    asked = [table(guide, INSURERS, title)[0][1] for title in ("(commercial)", "(medicare advantage)")]
    assert asked == ["required", "not needed"]
    assert "those of Made Up;" in paragraphs(guide, INSURERS)


def test_where_nothing_is_asked_nothing_is_missed(pages: CodePages) -> None:
    rows = {row[0]: row for row in table(pages.guide("J3420", date(2025, 12, 31)), INSURERS, "StateCare")}
    assert rows["prior authorization"][1] == "not needed"
    assert rows["prior authorization"][3] == ""


def test_policies_that_are_about_other_drugs_or_days_are_no_answer(pages: CodePages) -> None:
    guide = pages.guide("J3121", DAY)
    assert titles(guide, INSURERS) == ["What any plan may ask"]
    assert "15 policies were loaded, none of them about J3121 on 2025-11-03" in paragraphs(guide, INSURERS)
    assert "Northlake Mutual" in titles(pages.guide("J1726", date(2022, 1, 1)), INSURERS)[1]
    assert titles(pages.guide("J1726", date(2023, 7, 1)), INSURERS) == ["What any plan may ask"]


def test_policies_about_packages_are_counted_and_not_passed_over(tmp_path: Path, bare: CodePages) -> None:
    read = read_policies(written(tmp_path, policy(applies_to={"ndc": ["57894003001"]})))
    assert read.faults == ()
    with CodePages(bare.lookup, bare.edits, read) as pages:
        text = paragraphs(pages.guide("J1745", DAY), INSURERS)
    assert "1 of them are about single packages" in text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "yes"), ({"min": 1, "max": 2}, "at least 1; at most 2"), (["A", "B"], "A, B"), ("a_b", "a b"),
        ({"include": ["A*"], "min_match": 2}, "covered A*; to match: at least 2"), ({"n": 2, "days": 7}, "2 in 7 days"),
        ([{"prefer": ["X"], "trial_days": 90}], "first X; days 90"),
    ],
)  # fmt: skip
def test_values_in_words(value: object, words: str) -> None:
    assert in_words(value) == words


def test_a_policy_cannot_break_the_page(tmp_path: Path, bare: CodePages) -> None:
    evil = "Evil | <script>alert(1)</script>"
    read = read_policies(written(tmp_path, policy(payer=evil)))
    with CodePages(bare.lookup, bare.edits, read) as pages:
        text = markdown_of(pages.guide("J1745", DAY))
    assert "<script>" not in text
    assert "Evil \\| \\<script\\>" in text
