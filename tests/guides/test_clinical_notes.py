"""The clinical notes: read strictly, each statement with its source and day, what was withdrawn told from that day on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from cleanclaim.app.code_pages import CodePages
from cleanclaim.errors import UnreadableInput
from cleanclaim.guides.audit import Auditor, Verdict
from cleanclaim.guides.clinical import clinical_context, often_said_and_wrong
from cleanclaim.guides.clinical_notes import About, clinical_notes, notes_of, read_notes
from cleanclaim.policies import checklists_for
from cleanclaim.reference.codes.answers import CodeStatus
from tests.guides.test_guide import DAY, WRONG, table

SEEDS = [
    "J3121", "J3420", "J1320", "J3250", "J3031", "J1726", "J1729", "J2919", "J1010", "J0013", "S0013", "G2082", "G2083",
]  # fmt: skip
SOUND = """\
- drug: madeupmab
  codes: [J0001]
  indications: ["made-up disease"]
  off_label: ["another"]
  regimen: "1 mg a month"
  routes: "under the skin"
  monitoring: ["blood count"]
  withdrawn: {on: 2025-06-30, what: "It left the market.", source: {title: "A notice"}}
  often_said_and_wrong:
    - {said: "It is a vaccine.", truth: "It is not.", source: {title: "Its label", url: "https://example.org/label"}}
  sources:
    - {title: "Its label", at: "sec. 1", url: "https://example.org/label", confidence: S, checked: 2026-11-02, about: [indications, routes]}
    - {title: "A book", confidence: K, checked: 2026-10-01}
    - {title: "Another book", confidence: K, checked: 2026-11-03}
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodePages]:
    with CodePages.open(tmp_path_factory.mktemp("library")) as opened:
        yield opened


def test_the_seeds_and_forty_more_drugs_have_notes() -> None:
    assert all(notes_of(code) for code in SEEDS)
    assert len(clinical_notes()) >= 45
    assert notes_of("J3490") is None


def test_the_codes_of_the_notes_are_codes(pages: CodePages) -> None:
    for note in clinical_notes():
        for code in note.codes:
            assert pages.lookup.code(code, DAY).status is not CodeStatus.NOT_FOUND, (note.drug, code)


def test_a_note_and_the_checklists_agree_about_the_class() -> None:
    for note in clinical_notes():
        for code in note.codes:
            of_class = {one.id for day in (date(2023, 1, 1), DAY) for one in checklists_for(code, day) if one.codes}
            assert (note.checklist is None and not of_class) or note.checklist in of_class, (note.drug, code)


def test_every_note_was_checked_and_every_source_read_has_an_address() -> None:
    for note in clinical_notes():
        assert all(date(2026, 1, 1) <= one.checked <= date(2027, 1, 1) for one in note.sources), note.drug
        assert all(one.url for one in note.sources if one.confidence == "S" and "CMS" not in one.title), note.drug


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("regimen:", "regime:", "unknown field `regime`"),
        ("codes: [J0001]", "codes: []", "length >= 1"),
        ("codes: [J0001]", "codes: [j001]", "matching regex"),
        ("2025-06-30", "in 2025", "Invalid RFC3339"),
        ("confidence: S", "confidence: D", "expected confidence S or K"),
        ("https://example.org/label", "example.org", "matching regex"),
        ("about: [indications, routes]", "about: [price]", "Invalid enum value 'price'"),
        ("- drug: madeupmab", "- drug: [", "not YAML"),
    ],
)  # fmt: skip
def test_a_slip_in_the_file_is_refused(before: str, after: str, message: str) -> None:
    (note,) = read_notes(SOUND)
    assert note.withdrawn is not None
    assert note.withdrawn.on == date(2025, 6, 30)
    with pytest.raises(UnreadableInput, match=r"^clinical_notes\.yaml:(\d+:)? ") as raised:
        read_notes(SOUND.replace(before, after, 1))
    assert message in str(raised.value)


def test_a_code_stands_in_one_note() -> None:
    with pytest.raises(UnreadableInput, match="expected each code in one note: J0001"):
        read_notes(SOUND + SOUND.replace("madeupmab", "othermab"))
    with pytest.raises(UnreadableInput, match="expected each drug in one note: madeupmab"):
        read_notes(SOUND + SOUND.replace("J0001", "J0002"))


def test_each_statement_names_its_sources_their_confidence_and_day() -> None:
    (note,) = read_notes(SOUND)
    section = clinical_context(note, date(2025, 6, 29))
    rows = {(about, said): sources for about, said, sources in section.tables[0].rows}
    assert rows == {
        ("use on the label", "Made-up disease"): "1 (S); checked 2026-11-02",
        # Nobody said what the books are about: it rests on some of them, and the oldest look counts.
        ("use off the label", "Another"): "among 2, 3 (K); checked 2026-10-01",
        ("dose", "1 mg a month"): "among 2, 3 (K); checked 2026-10-01",
        ("route", "Under the skin"): "1 (S); checked 2026-11-02",
        ("watch", "Blood count"): "among 2, 3 (K); checked 2026-10-01",
    }
    assert section.tables[1].rows[0] == ("1", "Its label, https://example.org/label", "sec. 1", "S", "2026-11-02")


def test_what_was_withdrawn_is_told_from_that_day_on() -> None:
    (note,) = read_notes(SOUND)
    assert clinical_context(note, date(2025, 6, 30)).tables[0].rows[0] == (
        "withdrawn on 2025-06-30", "It left the market.", "A notice",
    )  # fmt: skip


def test_what_is_often_said_stands_beside_what_holds() -> None:
    (note,) = read_notes(SOUND)
    section = often_said_and_wrong(note)
    assert section is not None
    assert section.tables[0].rows == (("It is a vaccine.", "It is not.", "Its label, https://example.org/label"),)
    assert often_said_and_wrong(None) is None


def test_without_a_note_nothing_is_made_up() -> None:
    section = clinical_context(None, DAY)
    assert not section.covered
    assert section.tables == ()


@pytest.mark.parametrize("code", ["J1726", "J1729"])
def test_makena_is_withdrawn_above_all_from_2023_04_06(pages: CodePages, code: str) -> None:
    assert "ithdrawn" not in pages.guide(code, date(2023, 4, 5)).lead
    assert pages.guide(code, date(2023, 4, 6)).lead.startswith("Withdrawn on 2023-04-06: ")


@pytest.mark.parametrize("code", ["J3121", "J3420", "J1320", "J3250", "J3031"])
def test_the_audit_contradicts_what_the_articles_say_of_the_five_codes(pages: CodePages, code: str) -> None:
    rows = table(pages.guide(code, DAY), WRONG, "What is said")
    auditor = Auditor.of(pages.lookup)
    verdicts = {one.verdict for said, _, _ in rows for one in auditor.audit(said, DAY).statements}
    assert len(rows) >= 3
    assert Verdict.CONTRADICTED in verdicts


def test_every_part_of_a_note_has_a_source_that_is_about_it() -> None:
    for note in clinical_notes():
        parts = {part for part in About if getattr(note, part)}
        covered = {part for source in note.sources for part in source.about}
        assert covered == parts, note.drug
