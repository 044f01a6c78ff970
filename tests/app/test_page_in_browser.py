"""The HTML page in a real browser: Chromium of the system, driven by Playwright, which downloads none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cleanclaim.app import Checker
from cleanclaim.app.reports import html_report
from tests.app.hostile import write_claims

EXAMPLES = [
    Path(__file__).parents[2] / "examples" / name
    for name in ("clinic-2024q3.837", "clinic-2025q4.837", "charted.jsonl")
]
CHROMIUM = os.environ.get("CLEANCLAIM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM, reason="needs chromium on the path, or CLEANCLAIM_CHROMIUM: apt-get install chromium"
    ),
]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    result = Checker.open(folder / "library").check_files([*EXAMPLES, write_claims(folder / "hostile.jsonl")])
    path = folder / "report.html"
    path.write_text("".join(html_report(result)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # A container has no user namespaces for the sandbox; the page is ours.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, path: Path, *, width: int = 1280, script: bool = True, dark: bool = False
) -> Iterator[Page]:
    """The page; at the end: nothing was logged, nothing was asked of a network."""
    context = browser.new_context(
        viewport={"width": width, "height": 844}, java_script_enabled=script, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request", lambda request: said.append(request.url) if not request.url.startswith(("file:", "data:")) else None
    )
    page.goto(path.as_uri())
    yield page
    assert said == []
    context.close()


def visible(page: Page) -> int:
    return page.locator("article:visible").count()


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_nothing_scrolls_sideways(browser: Browser, page_file: Path, width: int, script: bool) -> None:
    with opened(browser, page_file, width=width, script=script) as page:
        body = page.locator("body").bounding_box()
        assert body is not None
        assert body["width"] <= width
        if script:
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.locator("#open").click()
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_script_everything_can_be_read_and_nothing_pretends(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, script=False) as page:
        assert visible(page) == page.locator("article").count() > 15
        assert not page.locator("#filter").is_visible()
        assert page.get_by_text("Filter and search need JavaScript").is_visible()
        details = page.locator("details").first
        details.locator("summary").click()
        assert details.locator("li").first.is_visible()
        assert page.locator("svg.bar").first.is_visible()
        assert not page.locator(".fixes .pick").first.is_visible()


def test_each_filter_keeps_the_claims_that_meet_it(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as page:
        whole = visible(page)
        for name, value, selector in (
            ("severity", "deny", ".f.deny"), ("edit", "WASTE-001", "a[href='#rule-WASTE-001']"), ("drug", "J1745", "u"),
        ):  # fmt: skip
            page.select_option(f"#by-{name}", value)
            left = visible(page)
            assert 0 < left < whole, name
            assert page.locator("article:visible", has=page.locator(selector)).count() == left
            assert f"{left} of {whole} listed claims" in page.locator("#told").inner_text()
            page.get_by_role("button", name="Clear").click()
            expect(page.locator("article:visible")).to_have_count(whole)
        page.select_option("#by-payer", "medicare_b")
        assert visible(page) == page.locator("article[data-p=medicare_b]").count()


def test_choices_must_be_met_by_one_finding(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as page:
        page.select_option("#by-edit", "WASTE-001")
        page.select_option("#by-severity", "deny")
        assert visible(page) == 0
        assert page.locator("#told").inner_text().startswith("0 of ")


def test_search_finds_words_anywhere_in_a_claim(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as page:
        for words, expected in (("A12-JZ-MISSING", 1), ("a12 jz infliximab", 1), ("nobody has this", 0)):
            page.fill("#q", words)
            expect(page.locator("article:visible")).to_have_count(expected)
        page.fill("#q", "<script>document.title")
        expect(page.locator("article:visible")).to_have_count(1)


def test_hostile_ids_do_nothing(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as page:
        assert page.title().startswith("Claim check: $")
        assert page.locator("img").count() == 0
        assert page.locator("script").count() == 1


def test_a_row_of_a_plot_and_a_first_fix_lead_to_their_claims(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as page:
        page.locator(".fixes .pick").first.click()
        expect(page.locator("article[hidden]").first).to_be_attached()
        chosen = page.locator("#by-edit").input_value()
        assert chosen
        assert (
            page.locator("article:visible", has=page.locator(f"a[href='#rule-{chosen}']")).count() == visible(page) > 0
        )


def test_the_keyboard_reaches_the_claims_and_opens_their_details(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the claims"
        details = page.locator("details").first
        details.locator("summary").focus()
        page.keyboard.press("Enter")
        assert details.get_attribute("open") is not None


def test_print_opens_every_detail_and_leaves_the_controls_out(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, script=False) as page:
        page.emulate_media(media="print")
        assert page.locator("details li").first.is_visible()
        assert not page.locator("nav").is_visible()
        assert not page.locator("#filter").is_visible()
    with opened(browser, page_file) as page:
        assert page.pdf().startswith(b"%PDF")


def test_dark_is_dark(browser: Browser, page_file: Path) -> None:
    grounds = []
    for dark in (False, True):
        with opened(browser, page_file, dark=dark) as page:
            grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(251, 250, 247)", "rgb(18, 22, 29)"]
