"""The HTML page: one file, the answer first, every value escaped, every claim readable without a script."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from cleanclaim.app import Checker, CheckResult
from cleanclaim.app.reports import html_report
from cleanclaim.app.reports import view as views
from cleanclaim.app.reports.money import by_code, by_payer, by_severity
from cleanclaim.app.reports.view import MOST_WORK, MOST_WORK_CLAIMS
from cleanclaim.app.reports.words import shown
from cleanclaim.app.result import Summary
from tests.app.hostile import IDS, write_claims

EXAMPLES = [
    Path(__file__).parents[2] / "examples" / name
    for name in ("clinic-2024q3.837", "clinic-2025q4.837", "charted.jsonl")
]
LEFT_OPEN = {"meta", "link", "input", "br", "img", "rect"}


class Page(HTMLParser):
    """What a browser would see: tags with their attributes, and the text outside of style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text, self._silent = "", ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent = tag if tag in {"style", "script"} else self._silent

    def handle_endtag(self, tag: str) -> None:
        self._silent = "" if tag == self._silent else self._silent

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def result(checker: Checker) -> CheckResult:
    return checker.check_files(EXAMPLES)


@pytest.fixture(scope="module")
def text(result: CheckResult) -> str:
    return "".join(html_report(result))


def test_the_answer_comes_first_and_is_that_of_the_check(text: str, result: CheckResult) -> None:
    page = Page(text)
    at_risk = f"${Decimal(result.summary.amount_at_risk):,.2f}"
    assert f"{at_risk} at risk of" in " ".join(page.text.split())
    assert page.text.index(at_risk) < page.text.index("What to do first") < page.text.index("Claims, by money at risk")
    assert page.text.index("Claims, by money at risk") < page.text.rindex("Rules and sources")
    first = page.text[page.text.index("What to do first") : page.text.index("Claims, by money at risk")]
    for item in result.worklist[:MOST_WORK]:
        assert item.action in first
        for claim in item.claims[:MOST_WORK_CLAIMS]:  # each with its own figures
            assert claim.message in first
    assert len(result.worklist) > MOST_WORK


def test_every_finding_and_line_stands_in_the_page_as_text(text: str, result: CheckResult) -> None:
    page = Page(text)
    assert len(page.of("article")) == len(result.claims) > 10
    for finding in result.findings:
        assert html.escape(finding.message).replace("&#x27;", "&#39;") in text
        assert finding.fix.say in page.text or f"Follows from {finding.caused_by}: mend that first." in page.text
    for claim in result.claims:
        for line in claim.lines:
            assert "-".join((line.hcpcs_code or "", *(line.modifiers or ()))) in page.text
    for release in result.releases:
        assert release in page.text


def test_claims_are_in_the_order_of_their_money(text: str) -> None:
    cents = [int(article["data-m"] or "") for article in Page(text).of("article")]
    assert cents == sorted(cents, reverse=True)
    assert cents[0] > 0


def test_the_page_loads_nothing_and_allows_only_its_own_style_and_script(text: str) -> None:
    page = Page(text)
    policy = next(
        meta["content"] or "" for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|innerHTML|eval\(", text)
    assert [link["href"] for link in page.of("link")] == ["data:,"]
    for _, attributes in page.tags:
        assert not {"src", "style", "action"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)


def test_hostile_texts_are_text(checker: Checker, tmp_path: Path) -> None:
    result = checker.check_files([write_claims(tmp_path / "<i>claims'.jsonl")])
    assert result.summary.claims_with_findings == len(IDS)
    text = "".join(html_report(result))
    plain_text = "".join(html_report(checker.check_files(EXAMPLES)))
    page, plain = Page(text), Page(plain_text)
    assert Counter(tag for tag, _ in page.tags)["script"] == 1
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in plain.tags} | {"h4"}
    assert not page.of("img")
    assert "A" * 100 not in text
    assert "(10,000 characters)" in page.text
    assert "[U+202E]" in page.text
    assert not set(text) & {"\u202e", "\u200b", "\u0007"}
    for name in IDS[:4]:
        assert name in page.text
    assert len(text) < len(plain_text)  # which has fewer findings, and no text of 10,000 characters


def test_no_tag_is_left_open_but_those_that_html_closes(text: str) -> None:
    closed_by_html = LEFT_OPEN | {"p", "li", "tr", "td", "th", "html", "body", "head", "option"}
    opened = Counter(re.findall(r"<([a-z0-9]+)[ >]", re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)))
    ended = Counter(re.findall(r"</([a-z0-9]+)>", re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)))
    assert {tag: count for tag, count in opened.items() if tag not in closed_by_html and ended[tag] != count} == {}


def test_it_is_the_same_page_every_time_and_has_a_date_only_when_handed_one(text: str, result: CheckResult) -> None:
    assert "".join(html_report(result)) == text
    assert "<time" not in text
    assert '<time datetime="2026-11-24">' in "".join(html_report(result, checked_on=date(2026, 11, 24)))


def test_labels_captions_headings_and_regions(text: str) -> None:
    page = Page(text)
    labels = {label["for"] for label in page.of("label")}
    assert {item["id"] for tag in ("input", "select") for item in page.of(tag)} == labels
    assert text.count("<caption") == text.count("<table")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {(link["href"] or "")[1:] for link in page.of("a") if (link["href"] or "").startswith("#")}
    assert targets <= set(ids)


def test_text_can_be_read_on_its_ground_in_light_and_dark() -> None:
    style = (Path(views.__file__).parent / "page" / "style.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--([\w-]+):(#[0-9a-f]+)", part)) for part in style.split("*{box-sizing")[0].split("@media")
    )
    for colors in (light, {**light, **dark}):
        for ink in ("ink", "soft", "link", "accent", "reject", "deny", "warn", "info", "unknown", "do"):
            for ground in ("paper", "card", "band", "alarm"):
                if ground != "alarm" or ink in {"ink", "link"}:
                    assert contrast(colors[ink], colors[ground]) >= 4.5, (ink, ground)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""

    def luminance(color: str) -> float:
        digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
        parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_plots_add_up_to_the_check(result: CheckResult) -> None:
    at_risk = Decimal(result.summary.amount_at_risk)
    for shares in (by_severity(result), by_code(result), by_payer(result)):
        assert sum(share.amount for share in shares.values()) == at_risk
        assert sum(share.total for share in shares.values()) == result.summary.findings


def test_a_check_without_findings_says_what_it_could_not_judge(checker: Checker, tmp_path: Path) -> None:
    clean = tmp_path / "clean.jsonl"
    clean.write_text('{"claim_id": "A", "lines": [{"hcpcs_code": "J3420", "service_date": "2025-11-01"}]}\n')
    result = checker.check_files([clean])
    assert not result.findings
    page = Page("".join(html_report(result)))
    assert "Nothing found in 1 claim" in page.text
    assert f"{result.summary.not_evaluated} checks could not be made" in page.text
    (claim,) = result.claims  # whose modifiers, payer ... are not known: it cannot be called ready
    assert claim.verdict == "cannot say"
    assert claim.lacks[0] in page.text


def test_faults_and_unread_claims_are_told_at_the_top(checker: Checker, tmp_path: Path) -> None:
    broken = tmp_path / "broken.837"
    broken.write_text(EXAMPLES[0].read_text(encoding="ascii")[:5000], encoding="ascii")
    page = Page("".join(html_report(checker.check_files([broken]))))
    assert page.text.index("Some claims could not be read") < page.text.index("Claims checked")
    assert "Faults in files" in page.text


def test_findings_beyond_the_most_are_counted_and_told(result: CheckResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_FINDINGS", 5)
    page = Page("".join(html_report(result)))
    told = re.search(r"(\d+) more findings", page.text)
    assert told
    listed = sum((attributes.get("class") or "").startswith("f ") for attributes in page.of("div"))
    assert listed + int(told[1]) == len(result.findings)
    assert listed <= 5


def test_what_could_not_be_judged_is_listed_when_asked_for(checker: Checker) -> None:
    asked = checker.check_files(EXAMPLES[:1], show_not_evaluated=True)
    page = Page("".join(html_report(asked)))
    assert page.text.count("not judged ") >= asked.summary.not_evaluated > 0


def test_an_empty_result_is_a_page() -> None:
    summary = Summary(
        claims=0, lines=0, findings=0, not_evaluated=0, faults=0, files=1, claims_with_findings=0, by_severity={}, total_charge="0.00",
        amount_at_risk="0.00", lines_without_charge=0, claims_unread=True, reference="the starter set",
    )  # fmt: skip
    empty = CheckResult(summary, (), (), (), (), ())
    assert "Nothing found in 0 claims" in Page("".join(html_report(empty))).text


def test_marks_that_act_are_spelled_and_long_texts_cut() -> None:
    assert shown("a\u202eb\x1b[31m") == "a[U+202E]b[U+001B][31m"
    assert shown("x" * 200, 10) == "x" * 10 + "… (200 characters)"
    assert shown(None) == ""


@pytest.mark.slow
def test_ten_thousand_findings_on_as_many_claims_stay_under_eight_and_a_half_megabytes(result: CheckResult) -> None:
    # Each claim with its own copy of everything that a claim has: nothing is shared that real claims would not share.
    claims, findings = [], []
    by_key = {claim.claim_key: claim for claim in result.claims}
    while len(findings) < views.MOST_FINDINGS:
        for finding in result.findings[: views.MOST_FINDINGS - len(findings)]:
            key = len(findings) + 1
            findings.append(msgspec.structs.replace(finding, claim_key=key))
            claims.append(msgspec.structs.replace(by_key[finding.claim_key], claim_key=key, claim_id=f"T{key:010}"))
    many = CheckResult(
        msgspec.structs.replace(result.summary, findings=len(findings), claims=len(claims), claims_with_findings=len(claims)),
        tuple(findings), (), result.releases, result.edits, tuple(claims),
    )  # fmt: skip
    text = "".join(html_report(many))
    assert len(Page(text).of("article")) == 10_000
    assert len(text.encode()) < 8_500_000
