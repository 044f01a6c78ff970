"""The audit of texts: the five articles, what sentences say in many forms, pages and reports, hostile input."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path

import pytest
from benchmarks.statements_score import HELD_OUT, UNSEEN, items_of, score
from sarif_pydantic import Sarif
from typer.testing import CliRunner

from cleanclaim.app.audits import audit_text
from cleanclaim.app.reports.audit_page import audit_page
from cleanclaim.app.reports.audit_sarif import audit_sarif
from cleanclaim.cli.commands import app
from cleanclaim.errors import UnreadableInput
from cleanclaim.guides.audit import Auditor, Kind, Verdict
from cleanclaim.guides.audit.amounts import amounts, with_digits
from cleanclaim.guides.audit.dates import days
from cleanclaim.guides.audit.passages import sentences
from cleanclaim.guides.clinical_notes import clinical_notes
from cleanclaim.reference.codes.lookup import Lookup
from tests.shared import SHARED, needs_shared

DAY = date(2025, 11, 3)
YES, NO, OPEN = Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NOT_CHECKABLE


@pytest.fixture(scope="module")
def auditor(tmp_path_factory: pytest.TempPathFactory) -> Auditor:
    """On the starter set."""
    return Auditor.of(Lookup.open(tmp_path_factory.mktemp("library")))


def told(auditor: Auditor, text: str, on: date = DAY) -> set[tuple[str, str, str]]:
    return {(one.code, str(one.kind), str(one.verdict)) for one in auditor.audit(text, on).statements if one.kind}


# What is said, in many forms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("J1745 is infliximab, 10 mg.", {("J1745", "meaning", YES), ("J1745", "amount", YES), ("J1745", "unit", YES)}),
        ("Remicade should be billed using J1745.", {("J1745", "meaning", YES)}),
        ("J1745 reports trastuzumab.", {("J1745", "meaning", NO)}),
        ("J1745 is not trastuzumab.", {("J1745", "meaning", YES)}),
        ("J1745 isn't infliximab at all.", {("J1745", "meaning", NO)}),
        ("It is a mistake to read J1745 as trastuzumab.", {("J1745", "meaning", YES)}),
        ("J2919 is methylprednisolone acetate.", {("J2919", "meaning", YES), ("J2919", "salt", NO)}),
        ("J2919 is methylprednisolone sodium succinate.", {("J2919", "meaning", YES), ("J2919", "salt", YES)}),
        ("One unit of J1745 represents one hundred milligrams.", {("J1745", "amount", NO)}),
        ("J2785, regadenoson, is a 0.1 mcg code.", {("J2785", "meaning", YES), ("J2785", "unit", NO)}),
        ("A 200 mg dose of J9271 is 200 units.", set()),
        ("J2930 is still valid.", {("J2930", "dates", NO)}),
        ("J2930 ended on March 31, 2024.", {("J2930", "dates", YES)}),
        ("J2930 was deleted in 2023.", {("J2930", "dates", NO)}),
        ("J2930 was replaced by J2919.", {("J2930", "similar", YES)}),
        ("J2930 was replaced by J1010.", {("J2930", "similar", NO)}),
        ("Append modifier 25 to J3420.", {("J3420", "modifier", NO)}),
        ("Never append modifier 25 to J3420.", {("J3420", "modifier", YES)}),
        ("J3420-LT for the left arm.", {("J3420", "modifier", NO)}),
        ("In the office, J3420 goes out with modifier 11.", {("J3420", "place", NO)}),
        ("J3420 was given at place of service 11.", {("J3420", "place", YES)}),
        ("JZ tells that part of the J1745 vial was discarded.", {("J1745", "modifier", NO)}),
        ("JW tells that part of the J1745 vial was discarded.", {("J1745", "modifier", YES)}),
        ("J3420 describes the administration of vitamin B12.", {("J3420", "meaning", NO)}),
        ("J3490 stands for unclassified drugs.", {("J3490", "meaning", YES)}),
        ("J1745 is the best choice for most patients.", set()),
        ("J1745 is for infliximab (before 2024-04-01: J2930 and J2920).", {("J1745", "meaning", YES)}),
        ("Any trastuzumab goes on J9355.", {("J9355", "meaning", NO)}),
        ("Any fremanezumab dose is billed in units of J3031.", {("J3031", "meaning", YES)}),
        ("J1729 is for the products other than Makena.", {("J1729", "meaning", YES)}),
        ("S0013 is payable under Medicare.", {("S0013", "coverage", NO)}),
        ("S0013 is not payable under Medicare.", {("S0013", "coverage", YES)}),
        ("J1745 is covered by Medicare Part B.", {("J1745", "coverage", OPEN)}),
        ("J1745 has status indicator K.", {("J1745", "coverage", OPEN)}),  # no release of the starter set tells it
    ],
)  # fmt: skip
def test_sentences(auditor: Auditor, text: str, expected: set[tuple[str, str, str]]) -> None:
    found = told(auditor, text)
    assert expected <= found


@pytest.mark.parametrize(
    "text",
    [
        "Methylprednisolone sodium succinate is J2919, 5 mg (before 2024-04-01: J2920 and J2930).",
        "J3420 is the vitamin. Giving it is a procedure of its own (CPT 96372).",
        "J1729 is the drug not otherwise specified, that is, the approved products other than Makena.",
        "J0178 is the 2 mg reference product.",
    ],
)
def test_what_is_right_is_not_contradicted(auditor: Auditor, text: str) -> None:
    assert not [one for one in auditor.audit(text, DAY).statements if one.verdict is NO]


def test_the_truths_of_our_own_notes_are_not_contradicted(auditor: Auditor) -> None:
    """What the notes say against common errors was written by another hand, without the audit."""
    truths = [wrong.truth for note in clinical_notes() for wrong in note.often_said_and_wrong]
    assert len(truths) > 60
    found = [one for truth in truths for one in auditor.audit(truth, date(2026, 1, 15)).statements]
    wrong = {one.quote for one in found if one.verdict is NO}
    assert not wrong
    assert sum(one.verdict is YES for one in found) > 100


def test_two_codes_of_one_sentence_have_each_their_own(auditor: Auditor) -> None:
    text = "Unlike J2919, which is methylprednisolone sodium succinate, J1010 is methylprednisolone acetate."
    assert told(auditor, text) == {
        ("J2919", "meaning", YES), ("J2919", "salt", YES), ("J1010", "meaning", YES), ("J1010", "salt", YES),
    }  # fmt: skip


def test_it_is_as_of_the_day(auditor: Auditor) -> None:
    text = "Bill J2930 for methylprednisolone sodium succinate."
    assert ("J2930", "dates", NO) in told(auditor, text)
    assert ("J2930", "dates", NO) not in told(auditor, text, date(2024, 3, 31))


def test_nothing_found_is_never_supported(auditor: Auditor) -> None:
    (one,) = auditor.audit("Payers like J1745.", DAY).statements
    assert (one.kind, one.verdict, one.official) == (None, OPEN, "")


def test_a_code_outside_the_reference_is_not_judged(auditor: Auditor) -> None:
    """The starter set covers some 450 codes: of others it knows nothing, and says nothing."""
    found = auditor.audit("J9999 and J0001 are for trastuzumab. J0001 is active.", date(1999, 1, 1)).statements
    assert {one.verdict for one in found} <= {OPEN}


# The reading


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("per 10 mg", "10", "mg"), ("five hundred milligrams a unit", "500", "mg"), ("by the half milligram", "0.5", "mg"),
        ("one tenth of a milliliter to the unit", "0.1", "mL"), ("counts microcuries", "1", "uCi"), ("each mg", "1", "mg"),
        ("in increments of 1,000 mcg", "1000", "mcg"), ("2.4 million units each", "2400000", "unit"),
    ],
)  # fmt: skip
def test_amounts_of_a_billing_unit(text: str, number: str, unit: str) -> None:
    (one,) = [one for one in amounts(with_digits(text)) if one.is_billing]
    assert (f"{float(one.number):g}", str(one.unit)) == (f"{float(number):g}", unit)


@pytest.mark.parametrize("text", ["a 200 mg dose", "the 125 mg vial", "12 mg is 120 units", "a leftover 7 mg"])
def test_doses_are_no_billing_units(text: str) -> None:
    assert [one for one in amounts(text) if one.is_billing] == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("March 31, 2024", "2024-03-31", "2024-03-31"), ("31 March 2024", "2024-03-31", "2024-03-31"),
        ("7/1/2025", "2025-07-01", "2025-07-01"), ("2025-07-01", "2025-07-01", "2025-07-01"),
        ("February 2024", "2024-02-01", "2024-02-29"), ("in 2021", "2021-01-01", "2021-12-31"),
    ],
)  # fmt: skip
def test_days(text: str, first: str, last: str) -> None:
    (one,) = days(text)
    assert (one.first.isoformat(), one.last.isoformat()) == (first, last)


def test_days_that_are_none_are_passed_over() -> None:
    assert days("13/45/2024 and February 30, 2024") == []


def test_lines_of_sentences() -> None:
    text = "# Head\n\nOne goes\non here. Two.\n\n- Item J1745\n| a | b |\n|---|---|\n| c | d |\n"
    assert [(one.text, one.line, one.is_heading) for one in sentences(text)] == [
        ("Head", 1, True), ("One goes on here.", 3, False), ("Two.", 4, False), ("Item J1745", 6, False), ("a | b", 7, False),
        ("c | d", 9, False),
    ]  # fmt: skip


def test_html_is_read_as_prose() -> None:
    text = "<html><head><title>J0000</title></head>\n<body><h2>Codes</h2>\n<p>J1745 is <b>trastuzumab</b>.</p>\n<script>J9 is x</script></body>"
    assert [(one.text, one.line) for one in sentences(text)] == [("Codes", 2), ("J1745 is trastuzumab.", 3)]


# Reports and the command

TEXT = "# J1745\n\nJ1745 is trastuzumab <script>alert(1)</script>.\n\nJ1745 is infliximab.\n"


def test_the_page_marks_what_is_said(tmp_path: Path) -> None:
    audited = audit_text(TEXT.encode(), "article.md", DAY, reference=tmp_path)
    html = "".join(audit_page(audited))
    assert '<mark class="contradicted">J1745 is trastuzumab &lt;script&gt;' in html
    assert '<mark class="supported">J1745 is infliximab.</mark>' in html
    assert "<script>" not in html


def test_sarif_is_valid(tmp_path: Path) -> None:
    log = json.loads(audit_sarif(audit_text(TEXT.encode(), "an article.md", DAY, reference=tmp_path)))
    Sarif.model_validate(log)
    (failed,) = [one for one in log["runs"][0]["results"] if one["kind"] == "fail"]
    place = failed["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("an%20article.md", 3)
    assert failed["level"] == "error"


@pytest.mark.parametrize("output_format", ["table", "json", "html", "sarif"])
def test_the_command(tmp_path: Path, output_format: str) -> None:
    file = tmp_path / "article.md"
    file.write_text(TEXT)
    options = ["--on", "2025-11-03", "--reference", str(tmp_path), "--format", output_format]
    done = CliRunner().invoke(app, ["audit", str(file), *options])
    assert done.exit_code == 1
    assert "contradicted" in done.output
    clean = CliRunner().invoke(app, ["audit", "-", *options], input="J1745 is infliximab.")
    assert clean.exit_code == 0


def test_the_shape_for_scripts(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["audit", "-", "--on", "2025-11-03", "--reference", str(tmp_path), "--format", "json"], input=TEXT
    )
    shape = json.loads(done.output)
    assert set(shape) >= {"statements", "summary"}
    assert set(shape["statements"][0]) == {"quote", "line", "code", "kind", "verdict", "official", "source"}
    assert (shape["summary"]["contradicted"], shape["summary"]["supported"]) == (1, 1)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no UTF-8 text"):
        audit_text(b"J1745 \xff\xfe", "x.txt", DAY, reference=tmp_path)
    with pytest.raises(UnreadableInput, match="PDF cannot be read"):
        audit_text(b"%PDF-1.7 broken", "x.pdf", DAY, reference=tmp_path)
    assert "cannot be read" in str(CliRunner().invoke(app, ["audit", str(tmp_path / "none.txt")]).exception)


def test_a_pdf_is_read(tmp_path: Path) -> None:
    import typst  # noqa: PLC0415

    content = typst.compile(b"J1745 is trastuzumab.", format="pdf")
    audit = audit_text(content, "x.pdf", DAY, reference=tmp_path).audit
    assert audit.summary.contradicted == 1


@pytest.mark.parametrize(
    "text",
    [
        "", "\n" * 10_000, "J1745 " * 20_000, "per " * 50_000, "J1745 is not " * 10_000, "(" * 50_000, "1," * 50_000,
        "a" * 500_000, "J1745 was replaced by " * 5_000, "J1745\u0000\u202e is \ud7ff trastuzumab", "<p>" * 20_000, "|" * 50_000,
    ],
)  # fmt: skip
def test_hostile_texts_neither_break_nor_stall_it(auditor: Auditor, text: str) -> None:
    start = time.perf_counter()
    auditor.audit(text, DAY)
    assert time.perf_counter() - start < 10


# The frozen statements and the five articles

ARTICLES = {
    "000": {
        ("J3121", "meaning", NO), ("J3121", "amount", NO), ("J3121", "modifier", NO), ("J3121", "modifier", YES),
        ("J1729", "meaning", NO), ("J2675", "meaning", YES), ("J1050", "meaning", YES), ("J1050", "salt", YES),
    },
    "001": {
        ("J3420", "meaning", NO), ("J3420", "meaning", YES), ("J3420", "amount", YES), ("J3420", "unit", YES),
        ("J3420", "modifier", NO), ("J3420", "modifier", OPEN), ("J2785", "meaning", NO), ("J0570", "meaning", NO),
        ("J3490", "meaning", YES), ("G0605", "existence", NO),
    },
    "002": {
        ("J1320", "meaning", NO), ("J1320", "amount", NO), ("J1320", "modifier", NO), ("J2920", "salt", NO),
        ("J2920", "dates", NO), ("J2920", "meaning", YES), ("J2920", "amount", YES), ("J2920", "unit", YES),
        ("J1030", "dates", NO), ("J1030", "meaning", YES), ("J1030", "salt", YES), ("J1030", "amount", YES),
        ("J1030", "unit", YES),
    },
    "003": {
        ("J3250", "meaning", NO), ("J3250", "amount", NO), ("J3250", "modifier", NO), ("J2930", "dates", NO),
        ("J2930", "meaning", YES), ("J2930", "salt", YES), ("J3260", "meaning", NO), ("J3260", "amount", YES),
        ("J3260", "unit", YES),
    },
    "004": {
        ("J3031", "meaning", NO), ("J3031", "amount", YES), ("J3031", "unit", YES), ("J3031", "modifier", NO),
        ("J3031", "coverage", OPEN),  # `often covered under Medicare Part B`: no file decides
        ("J3031", "place", NO), ("J3490", "meaning", YES), ("J1630", "meaning", NO),
    },
}  # fmt: skip


class TestOfficial:
    pytestmark = needs_shared

    @pytest.mark.parametrize("number", sorted(ARTICLES))
    def test_the_articles(self, official: Lookup, number: str) -> None:
        """Every row of "Seed facts checked" (codes.md section 6) that an article states, and nothing else."""
        (path,) = (SHARED / "seeds").glob(f"{number}_*.txt")
        assert told(Auditor.of(official), path.read_text()) == {
            (code, kind, str(verdict)) for code, kind, verdict in ARTICLES[number]
        }

    def test_the_frozen_statements(self, official: Lookup) -> None:
        result = score(Auditor.of(official), items_of())
        found, wanted = sum(result["found"].values()), sum(result["wanted"].values())
        said, false = sum(result["told"].values()), sum(result["false"].values())
        assert found / wanted >= 0.95, result["missed"]
        assert (said - false) / said >= 0.98, result["alarms"]

    def test_the_texts_of_a_third_hand(self, official: Lookup) -> None:
        """As above; what was contradicted and right was 23 of 116 before anybody worked on it."""
        result = score(Auditor.of(official), items_of(UNSEEN))
        assert sum(result["found"].values()) >= 99, result["missed"]
        assert sum(result["false"].values()) <= 3, result["alarms"]

    def test_the_texts_that_were_written_after_it(self, official: Lookup) -> None:
        """Longer sentences of another hand. No goal: what was reached must not be lost."""
        result = score(Auditor.of(official), items_of(HELD_OUT))
        assert sum(result["found"].values()) >= 79, result["missed"]
        assert sum(result["false"].values()) == 0, result["alarms"]

    def test_a_thousand_pages_a_minute(self, official: Lookup) -> None:
        """A page is some 3,000 characters; the machine of a laptop, with room for a busy one."""
        text = "\n\n".join(path.read_text() for path in sorted((SHARED / "seeds").glob("*.txt")))
        auditor, pages = Auditor.of(official), 0.0
        start = time.perf_counter()
        for _ in range(5):
            auditor.audit(text, DAY)
            pages += len(text) / 3000
        assert pages / (time.perf_counter() - start) * 60 > 1000


def test_kinds_are_those_of_the_labels() -> None:
    assert {label["kind"] for item in items_of() for label in item["expected"]} <= set(map(str, Kind))
