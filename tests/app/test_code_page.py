"""The pages of a code: one file each, every value escaped, figures beside the plot; and how they read in a browser."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import sync_playwright

from cleanclaim.app.code_pages import CodePages
from cleanclaim.app.reports.code_page import guide_page, timeline_page
from cleanclaim.app.reports.price_plot import HEIGHT, WIDTH, price_plot
from cleanclaim.guides import Guide
from cleanclaim.guides.blocks import Section, Table
from cleanclaim.reference.codes.timeline import Price, Timeline, timeline
from cleanclaim.values import OPEN_END
from tests.app.test_page import Page
from tests.app.test_page_in_browser import CHROMIUM, opened

DAY = date(2025, 11, 3)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodePages]:
    with CodePages.open(tmp_path_factory.mktemp("library")) as shown:
        yield shown


@pytest.fixture(scope="module")
def texts(pages: CodePages) -> dict[str, str]:
    return {
        "guide": "".join(guide_page(pages.guide("J9271", DAY))),
        "ended": "".join(guide_page(pages.guide("J2930", DAY))),
        "timeline": "".join(timeline_page(timeline(pages.lookup, "J9271"))),
        "unknown": "".join(timeline_page(timeline(pages.lookup, "J9998"))),
    }


def test_the_pages_load_nothing_and_allow_nothing(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        page = Page(text)
        policy = next(tag["content"] for tag in page.of("meta") if tag.get("http-equiv") == "Content-Security-Policy")
        style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
        assert policy is not None, name
        assert style is not None, name
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in policy
        assert "script-src 'none'" in policy
        assert page.of("script") == []
        links = [tag.get("href", "") or "" for tag in page.of("a") + page.of("link")]
        assert all(link.startswith(("#", "data:")) for link in links), links


def test_every_price_of_the_plot_stands_in_the_table(texts: dict[str, str], pages: CodePages) -> None:
    told = timeline(pages.lookup, "J9271")
    page = Page(texts["timeline"])
    assert len(told.prices) >= 3
    for price in told.prices:
        assert f"${price.payment_limit}" in page.text
        assert str(price.first) in page.text
    assert len(page.of("title")) >= len(told.prices)


def test_hostile_texts_stay_texts() -> None:
    evil = "<script>alert(1)</script>\"'&`<b>`"
    section = Section(evil, (evil,), (Table(evil, (evil, "b"), ((evil, evil),), evil, evil),))
    text = "".join(guide_page(Guide("J1", DAY, "active", evil, evil, (section,), (), (evil,))))  # type: ignore[arg-type]
    page = Page(text)
    assert page.of("script") == []
    assert page.of("b") == []
    assert page.text.count("alert(1)") >= 9
    assert "<code>&lt;b&gt;</code>" in text


def test_of_an_unknown_code_the_page_says_so(texts: dict[str, str]) -> None:
    assert "No release in the library tells anything about it." in texts["unknown"]


class TestPlot:
    """Where the lines of a plot run."""

    @given(st.lists(st.decimals("0.001", "99999", places=3), min_size=1, max_size=30))
    def test_each_step_is_inside_and_higher_prices_stand_higher(self, limits: list[Decimal]) -> None:
        prices = quarters(limits)
        plot = price_plot(prices)
        assert plot is not None
        assert len(plot.steps) == len(limits)
        for step, following in pairwise(plot.steps):
            assert step.right <= following.left + 0.1
        for step in plot.steps:
            assert 0 <= step.left < step.right <= WIDTH
            assert 0 <= step.height <= HEIGHT
        for one, two in pairwise(sorted(plot.steps, key=lambda step: step.price.payment_limit or 0)):
            assert one.height >= two.height - 0.1
        assert len({tick.label for tick in plot.heights}) == len(plot.heights) >= 2
        assert plot.cut is (plot.heights[0].label not in {"$0", "$0.00", "$0.000", "$0.0000"})

    def test_a_gap_is_not_bridged(self) -> None:
        first, _, third = quarters([Decimal(5), Decimal(6), Decimal(7)])
        plot = price_plot([first, third])
        assert plot is not None
        assert [step.riser for step in plot.steps] == [None, None]

    def test_what_is_not_printed_is_no_price(self) -> None:
        one = quarters([Decimal(5)])[0]
        assert price_plot([replace(one, payment_limit=None)]) is None
        assert price_plot([]) is None

    def test_an_open_end_has_a_length(self) -> None:
        plot = price_plot([replace(quarters([Decimal(5)])[0], last=OPEN_END)])
        assert plot is not None
        assert plot.steps[0].right - plot.steps[0].left > 100


def quarters(limits: list[Decimal]) -> list[Price]:
    first = date(2018, 1, 1)
    return [
        Price(
            first + timedelta(days=91 * number), first + timedelta(days=91 * number + 90), limit, None,
            f"asp {number}",
        )
        for number, limit in enumerate(limits)
    ]  # fmt: skip


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="needs chromium on the path, or CLEANCLAIM_CHROMIUM: apt-get install chromium")
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_scrolls_sideways(texts: dict[str, str], tmp_path: Path, width: int) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, text in texts.items():
            path = tmp_path / f"{name}.html"
            path.write_text(text, encoding="utf-8")
            with opened(browser, path, width=width) as page:
                assert page.evaluate("document.documentElement.scrollWidth") <= width, name
                assert page.locator("h1").is_visible()
                assert page.locator("svg").count() == (name in {"guide", "timeline"})
        browser.close()


def test_the_timeline_of_a_code_without_prices_has_no_plot(pages: CodePages) -> None:
    told = timeline(pages.lookup, "J3490")
    assert isinstance(told, Timeline)
    assert Page("".join(timeline_page(told))).of("svg") == []
