"""Every row of the rulebook's table "Seed facts checked" (codes.md, section 6), asked of search, similar and guide.

`code` answers the same rows in tests/test_seed_facts.py. On the starter set, and on the official files where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from cleanclaim.app.code_pages import CodePages
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.guides import markdown_of
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.search import Search
from cleanclaim.reference.codes.similar import Relation, similar
from tests.guides.test_guide import table
from tests.shared import needs_shared

DAY = date(2025, 11, 3)

# What a seed says a code is, and what it is: words that its guide has, and words that it must not have.
MEANINGS = [
    ("J3121", "testosterone enanthate, 1 mg", "hydroxyprogesterone"),
    ("J1729", "hydroxyprogesterone caproate, not otherwise specified, 10 mg", "compounded"),
    ("J2675", "progesterone, per 50 mg", "caproate"),
    ("J1050", "medroxyprogesterone acetate, 1 mg", ""),
    ("J1726", "hydroxyprogesterone caproate, (makena), 10 mg", ""),
    ("J3420", "vitamin b-12 cyanocobalamin, up to 1000 mcg", "methylcobalamin"),
    ("J2785", "regadenoson, 0.1 mg", "cobalamin"),
    ("J0570", "Buprenorphine implant, 74.2 mg", "thiamine"),
    ("J3411", "thiamine hcl, 100 mg", ""),
    ("J3490", "Unclassified drugs", ""),
    ("J1320", "amitriptyline hcl, up to 20 mg", "methylprednisolone"),
    ("J2920", "methylprednisolone sodium succinate, up to 40 mg", "is “Injection, methylprednisolone acetate"),
    ("J2930", "methylprednisolone sodium succinate, up to 125 mg", ""),
    ("J1030", "methylprednisolone acetate, 40 mg", ""),
    ("J1040", "methylprednisolone acetate, 80 mg", ""),
    ("J3250", "trimethobenzamide hcl, up to 200 mg", "methylprednisolone"),
    ("J3260", "tobramycin sulfate, up to 80 mg", "methylprednisolone"),
    ("J3031", "fremanezumab-vfrm, 1 mg", "esketamine"),
    ("J1630", "haloperidol, up to 5 mg", "ketorolac"),
    ("J1885", "ketorolac tromethamine, per 15 mg", ""),
]
# What people ask for, the codes that answer, and codes that must not.
SEARCHES = [
    ("hydroxyprogesterone caproate", {"J1726", "J1729"}, {"J3121"}),
    ("makena", {"J1726"}, {"J3121"}),
    ("vitamin b12", {"J3420"}, {"J2785"}),
    ("hydroxocobalamin", {"J3424", "J3425"}, set()),
    ("thiamine", {"J3411"}, {"J0570"}),
    ("methylprednisolone", {"J1010", "J2919"}, {"J1320", "J3250", "J3260"}),
    ("metylprednisolone acetate", {"J1010"}, {"J3250"}),
    ("ketorolac", {"J1885"}, {"J1630"}),
    ("esketamine", {"G2082", "G2083", "S0013"}, {"J3031"}),
    ("fremanezumab", {"J3031"}, set()),
]


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodePages]:
    with CodePages.open(tmp_path_factory.mktemp("library")) as opened:
        yield opened


@pytest.fixture(scope="module")
def official_pages(official: Lookup) -> Iterator[CodePages]:
    with CodePages(official, shipped_edits()) as opened:
        yield opened


@pytest.mark.parametrize(("code", "words", "never"), MEANINGS)
def test_what_a_code_means(starter: CodePages, code: str, words: str, never: str) -> None:
    check_meaning(starter, code, words, never)


@pytest.mark.parametrize(("query", "codes", "never"), SEARCHES)
def test_what_is_found(starter: CodePages, query: str, codes: set[str], never: set[str]) -> None:
    check_search(starter.lookup, query, codes, never)


def test_methylcobalamin_has_no_code(starter: CodePages) -> None:
    check_methylcobalamin(starter.lookup)


class TestOfficialFiles:
    """The same rows on the official files."""

    pytestmark = needs_shared

    @pytest.mark.parametrize(("code", "words", "never"), MEANINGS)
    def test_what_a_code_means(self, official_pages: CodePages, code: str, words: str, never: str) -> None:
        check_meaning(official_pages, code, words, never)

    @pytest.mark.parametrize(("query", "codes", "never"), SEARCHES)
    def test_what_is_found(self, official: Lookup, query: str, codes: set[str], never: set[str]) -> None:
        check_search(official, query, codes, never)

    def test_methylcobalamin_has_no_code(self, official: Lookup) -> None:
        check_methylcobalamin(official)

    def test_a_code_that_does_not_exist(self, official_pages: CodePages) -> None:
        guide = official_pages.guide("G0605", DAY)
        assert guide.status is CodeStatus.NOT_FOUND
        assert guide.lead.startswith("No such code")
        found = Search(official_pages.lookup).find("G0605", DAY)
        assert all(hit.status is not CodeStatus.ACTIVE or hit.code != "G0605" for hit in found.hits)


def check_meaning(pages: CodePages, code: str, words: str, never: str) -> None:
    guide = pages.guide(code, DAY)
    definition = "\n".join(guide.sections[0].paragraphs)
    assert words in definition
    assert not never or never not in definition


def check_search(lookup: Lookup, query: str, codes: set[str], never: set[str]) -> None:
    hits = {hit.code for hit in Search(lookup).find(query, DAY).hits}
    assert codes <= hits
    assert not never & hits


def check_methylcobalamin(lookup: Lookup) -> None:
    """Neither spelling is taken for a drug that has a code; what is said is that nothing was found."""
    for query in ("methylcobalamin", "methycobalamin"):
        answer = Search(lookup).find(query, DAY)
        assert answer.hits == ()
        assert "no code of the library is found" in (answer.why or "")


# The rest of the table is about modifiers, places and what a code is for.


def test_the_drug_and_not_its_administration(starter: CodePages) -> None:
    text = " ".join(starter.guide("J3420", DAY).sections[0].paragraphs)
    assert "It stands for the drug alone. Giving it (injection, infusion) has a code and a line of its own." in text


def test_makena_has_its_predecessors_and_its_twin(starter: CodePages) -> None:
    like = {one.code: one.relations for one in similar(starter.lookup, "J1726", DAY).similar}
    assert Relation.REPLACES in like["Q9986"]
    assert Relation.REPLACES in like["J1725"]
    assert Relation.SAME_SUBSTANCE in like["J1729"]


def test_what_followed_the_methylprednisolone_codes(starter: CodePages) -> None:
    for old, new in (("J2920", "J2919"), ("J2930", "J2919"), ("J1030", "J1010"), ("J1040", "J1010")):
        guide = starter.guide(old, DAY)
        assert guide.lead == f"Not to be billed on this day: {old} ended on 2024-03-31. Bill {new}, by what was given."


def test_the_self_administration_clause_is_told(starter: CodePages) -> None:
    paragraphs = starter.guide("J3031", DAY).sections[0].paragraphs
    assert any("not by the patients themselves" in text for text in paragraphs)
    assert not any(
        "not by the patients themselves" in text for text in starter.guide("J3420", DAY).sections[0].paragraphs
    )


def test_esketamine_is_nasal_and_has_visit_codes(starter: CodePages) -> None:
    day = date(2026, 2, 2)
    like = {one.code: one.relations for one in similar(starter.lookup, "J0013", day).similar}
    assert Relation.REPLACES in like["S0013"]
    assert {"G2082", "G2083"} <= set(like)
    assert "nasal spray" in starter.guide("J0013", day).sections[0].paragraphs[0]


@pytest.mark.parametrize("code", ["J3420", "J3121", "J3250"])
def test_modifiers_that_the_seeds_misuse(starter: CodePages, code: str) -> None:
    guide = starter.guide(code, DAY)
    rows = table(guide, "Common Modifiers", "Do not belong")
    never = {one: row for row in rows for one in row[0].split(", ")}
    assert never["25"][2] == "MOD-010"
    assert never["52"][2] == "MOD-012"
    assert never["LT"][2] == never["RT"][2] == "MOD-014"
    taken = {row[0]: row for row in table(guide, "Common Modifiers", "May stand")}
    assert taken["GA"][1].lower().startswith("waiver of liability statement issued")
    assert "Neither says `outpatient`" in taken["PO"][2]
    assert "hospital outpatient" in taken["PO"][2]
    assert "A place of service is no modifier" in guide.sections[2].paragraphs[0]
    edits = markdown_of(guide)
    assert "MOD-017 pos-as-modifier" in edits


def test_waste_of_one_unit_is_explained(starter: CodePages) -> None:
    """JW on a vial of up to 1000 mcg: never a whole unit to discard."""
    guide = starter.guide("J3420", DAY)
    taken = {row[0]: row for row in table(guide, "Common Modifiers", "May stand")}
    assert "JW" not in taken or "what is left inside one unit is not billed" in taken["JW"][2]
    assert "WASTE-006 jw-inside-one-unit" in markdown_of(guide)


# What it is for, what must be on file, and what the articles say wrongly of it.

CONTEXT = [
    ("J3121", "hypogonadism", ("pregnan", "preterm"), "DOC-26"),
    ("J1726", "preterm birth", ("hypogonadism",), "DOC-20"),
    ("J1729", "preterm birth", ("hypogonadism",), "DOC-20"),
    ("J3420", "pernicious anemia", (), "DOC-22"),
    ("J1320", "depression", ("steroid", "methylprednisolone"), None),
    ("J2919", "multiple sclerosis", (), "DOC-23"),
    ("J1010", "joint", (), "DOC-23"),
    ("J3250", "nausea", ("steroid", "methylprednisolone"), None),
    ("J3031", "migraine", ("depression", "esketamine"), "DOC-25"),
    ("J0013", "depression", ("migraine",), "DOC-24"),
    ("S0013", "depression", ("migraine",), "DOC-24"),
    ("G2082", "depression", ("migraine",), "DOC-24"),
    ("G2083", "depression", ("migraine",), "DOC-24"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "use", "never", "checklist"), CONTEXT)
def test_what_it_is_for_and_what_must_be_on_file(
    starter: CodePages, code: str, use: str, never: tuple[str, ...], checklist: str | None
) -> None:
    guide = starter.guide(code, date(2022, 11, 3))
    clinical = guide.sections[1]
    uses = " ".join(
        row[1] for row in table(guide, clinical.heading, "Use, dose") if row[0] == "use on the label"
    ).lower()
    assert use in uses
    assert not [word for word in never if word in uses]
    classes = [one.title.split()[0] for one in guide.sections[3].tables if one.title.startswith("DOC-")]
    assert classes == ([checklist] if checklist else [])


# Rows of the table, by the guide that must set them right: words of what is said, and of what holds.
SET_RIGHT = [
    ("J3121", "hydroxyprogesterone", "testosterone enanthate, 1 mg"),
    ("J3420", "administration", "drug alone, up to 1000 mcg"),
    ("J3420", "RT or LT", "procedures"),
    ("J3420", "JW", "never a whole unit"),
    ("J3420", "25", "visit"),
    ("J3420", "J2785", "regadenoson"),
    ("J3420", "J0570", "buprenorphine"),
    ("J1320", "methylprednisolone", "amitriptyline"),
    ("J3250", "methylprednisolone", "trimethobenzamide"),
    ("J3250", "J3260", "tobramycin"),
    ("J3250", "52", "units"),
    ("J3031", "esketamine", "fremanezumab"),
    ("J0013", "J3031", "fremanezumab"),
    ("G2082", "J3031", "fremanezumab"),
    ("J2919", "J1320", "amitriptyline"),
    ("J2919", "J2920", "sodium succinate"),
    ("J1010", "J3250", "trimethobenzamide"),
    ("J1726", "J3121", "testosterone"),
    ("J1729", "J3121", "testosterone"),
]


@pytest.mark.parametrize(("code", "said", "truth"), SET_RIGHT)
def test_what_the_articles_say_is_set_right(starter: CodePages, code: str, said: str, truth: str) -> None:
    rows = table(starter.guide(code, DAY), "Often Said and Wrong", "What is said")
    assert [holds for wrong, holds, _ in rows if said in wrong and truth in holds], rows
    assert all(source for _, _, source in rows)


def test_esketamine_goes_into_the_nose(starter: CodePages) -> None:
    for code in ("J0013", "G2082", "G2083"):
        rows = dict(row[:2] for row in table(starter.guide(code, date(2026, 2, 2)), "Clinical Context", "Use, dose"))
        assert "nasal" in rows["route"].lower() or "nose" in rows["route"].lower()
        assert "REMS" in rows["safety program (REMS)"]


def test_no_word_that_oral_b12_must_fail_everywhere(starter: CodePages) -> None:
    """Plausible for some payers, never for all (documentation-and-policies.md, section 7)."""
    items = [said for said, _ in table(starter.guide("J3420", DAY), "Documentation Requirements", "DOC-22")]
    assert "why not by mouth: only where the payer asks" in items


def test_coverage_of_makena_ended(starter: CodePages) -> None:
    after = markdown_of(starter.guide("J1726", DAY))
    assert "**Withdrawn on 2023-04-06: " in after
    assert "CODE-009 withdrawn-product" in after
    assert "DOC-21" in after
