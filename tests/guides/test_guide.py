"""The guide of a code, on the starter set: seven headings, each statement with its source, nothing made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from math import ceil

import pytest

from cleanclaim.app.code_pages import CodePages
from cleanclaim.guides import Guide, markdown_of
from cleanclaim.guides.blocks import Section, Table
from cleanclaim.guides.modifiers import modifier_uses, unknown_modifiers
from cleanclaim.reference.codes.answers import CodeStatus

# The headings that such articles have (design, section 1).
HEADINGS = [
    "Definition", "Clinical Context", "Common Modifiers", "Documentation Requirements", "Common Denial Reasons",
    "Special Considerations for Commercial Insurers", "Similar Codes",
]  # fmt: skip
WRONG = "Often Said and Wrong"
DAY = date(2025, 11, 3)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodePages]:
    with CodePages.open(tmp_path_factory.mktemp("library")) as opened:
        yield opened


def table(guide: Guide, heading: str, title: str) -> list[tuple[str, ...]]:
    section = next(one for one in guide.sections if one.heading == heading)
    return next((list(one.rows) for one in section.tables if title in one.title), [])


@pytest.mark.parametrize("code", ["J9271", "J3420", "J3490", "J1030", "J0000", "96372", "A9500", "G0605", "S0013"])
def test_seven_headings_for_any_code(pages: CodePages, code: str) -> None:
    guide = pages.guide(code, DAY)
    headings = [section.heading for section in guide.sections]
    assert headings in (HEADINGS, [*HEADINGS, WRONG])
    open_ones = {section.heading for section in guide.sections if not section.covered}
    assert ("Clinical Context" in open_ones) is (code in {"J3490", "J0000", "96372", "A9500", "G0605"})
    assert ("Documentation Requirements" in open_ones) is (code == "96372")
    assert open_ones <= {"Clinical Context", "Documentation Requirements"}
    assert all(section.paragraphs[0].startswith("Not yet covered") for section in guide.sections if not section.covered)
    for section in guide.sections:
        for one in section.tables:
            assert {len(row) for row in one.rows} == {len(one.header)}
    text = markdown_of(guide)
    assert text.count("\n## ") == len(headings) + 1
    assert "None" not in text


def test_every_statement_of_the_definition_has_its_source(pages: CodePages) -> None:
    guide = pages.guide("J9271", DAY)
    known = table(guide, "Definition", "What is known")
    assert all(source for _, _, source in known)
    facts = {what: value for what, value, _ in known}
    assert facts["one billing unit"] == "1 mg"
    assert facts["Medicare Part B payment limit"] == "$60.291 a unit, coinsurance 20 %"
    assert facts["may be billed"] == "from 2016-01-01 on"


def test_prices_over_time_stand_in_markdown_too(pages: CodePages) -> None:
    guide = pages.guide("J9271", DAY)
    text = markdown_of(guide)
    assert len(guide.prices) >= 3
    assert all(f"| {price.first} | {price.last} | ${price.payment_limit} |" in text for price in guide.prices)
    assert "Payment limits" not in markdown_of(pages.guide("J3490", DAY))


def test_a_code_that_is_none_has_no_rules(pages: CodePages) -> None:
    told = {one.heading: one for one in pages.guide("G0605", DAY).sections}
    for heading in ("Common Modifiers", "Documentation Requirements", "Special Considerations for Commercial Insurers"):
        assert told[heading].paragraphs[0].startswith("There is no such code")
        assert told[heading].tables == ()


def test_units_round_up_like_an_independent_reckoning(pages: CodePages) -> None:
    for code, unit, up_to in (("J9271", 1, False), ("J3420", 1000, True), ("J1745", 10, False), ("J2919", 5, False)):
        rows = table(pages.guide(code, DAY), "Definition", "Dose given")
        assert len(rows) >= 4, code
        for dose, units in rows:
            amount = Fraction(dose.split()[0].replace(",", ""))
            assert int(units.replace(",", "")) == ceil(amount / unit), (code, dose, up_to)
        counts = [int(units.replace(",", "")) for _, units in rows]
        assert counts == sorted(counts)


def test_a_code_that_ended_says_so_first_and_names_the_next(pages: CodePages) -> None:
    guide = pages.guide("J2930", DAY)
    assert guide.status is CodeStatus.TERMINATED
    assert guide.lead == "Not to be billed on this day: J2930 ended on 2024-03-31. Bill J2919, by what was given."
    always = table(guide, "Common Denial Reasons", "On every claim")
    assert [row[0] for row in always] == ["CODE-002 code-not-valid-on-dos"]
    assert "J2919" in [row[0] for row in table(guide, "Similar Codes", "same drug")]


def test_before_it_starts_and_where_it_is_none(pages: CodePages) -> None:
    assert pages.guide("J1010", date(2024, 3, 31)).lead.startswith("Not yet to be billed on this day: J1010 starts on")
    assert pages.guide("G0605", DAY).lead.startswith("No such code: ")
    assert pages.guide("J0000", DAY).lead.startswith(("No such code", "Unknown whether"))


def test_modifiers_follow_code_payer_and_day(pages: CodePages) -> None:
    def taken(code: str, day: date = DAY) -> set[str]:
        return {row[0] for row in table(pages.guide(code, day), "Common Modifiers", "May stand")}

    def never(code: str) -> set[str]:
        return {
            one
            for row in table(pages.guide(code, DAY), "Common Modifiers", "Do not belong")
            for one in row[0].split(", ")
        }

    assert {"JZ", "JW", "TB"} <= taken("J9271")
    assert "JG" not in taken("J9271")  # ended on 2024-12-31
    assert "JG" in taken("J9271", date(2024, 12, 31))
    assert "JZ" not in taken("J9271", date(2022, 12, 31))  # began on 2023-01-01
    assert {"LT", "RT", "25", "52"} <= never("J3420")
    assert not {"LT", "RT"} & never("J0178")  # an eye drug: payers differ
    assert "EA" not in taken("J9271")
    assert "EA" in taken("J0885")


def test_the_modifier_file_names_none_that_is_not_there(pages: CodePages) -> None:
    assert list(unknown_modifiers(pages.lookup)) == []
    assert all(one.use.source for one in modifier_uses())


def test_denial_reasons_name_authority_and_remittance(pages: CodePages) -> None:
    section = pages.guide("J9271", DAY).sections[4]
    rows = [row for one in section.tables for row in one.rows]
    assert len(rows) >= 20
    assert all(row[-1] for row in rows)
    waste = next(row for row in rows if row[0].startswith("WASTE-001"))
    assert "CO 16 N822" in waste[3]
    # The starter set has no Addendum B: whether a hospital is paid for it is not known, and not passed over.
    assert waste[4] == "Medicare, office; not known: Medicare, hospital outpatient; Medicare, DME supplier"


def test_markdown_quotes_what_would_break_it(pages: CodePages) -> None:
    hostile = Section("H", ("<script> [x](y) *bold* | `a|b`",), (Table("t", ("a",), (("x | y <b>",),)),))
    guide = Guide("J1", DAY, CodeStatus.ACTIVE, None, "", (hostile,), (), ())
    text = markdown_of(guide)
    assert "\\<script\\> \\[x\\](y) \\*bold\\* \\| `a|b`" in text
    assert "| x \\| y \\<b\\> |" in text


def test_no_word_of_it_is_cpt_text(pages: CodePages) -> None:
    """CPT modifiers and codes stand as numbers and in our own short words only."""
    guide = pages.guide("J9271", DAY)
    for row in table(guide, "Common Modifiers", "May stand"):
        if row[0].isdigit():
            assert len(row[1]) < 60


def test_the_same_guide_twice(pages: CodePages) -> None:
    one, two = pages.guide("J1745", DAY), pages.guide("J1745", DAY)
    assert one == two
    assert json.dumps(markdown_of(one)) == json.dumps(markdown_of(two))
