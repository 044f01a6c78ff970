"""What hand-typed links mean: releases, issues, licenses, and which of several is taken."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleanclaim.errors import InvalidValue, UnknownName, UnreadableInput
from cleanclaim.reference.publications.fetching.addresses import ENVIRONMENT, publisher, publishers
from cleanclaim.reference.publications.fetching.choosing import candidates, choose
from cleanclaim.reference.publications.fetching.page import (
    Link,
    asks_for_license,
    file_name,
    is_page,
    link_to,
    links_of,
)
from cleanclaim.reference.publications.fetching.release_names import (
    Naming,
    as_release,
    first_day,
    issue_day,
    release_named,
)
from tests.shared import SHARED, needs_shared

ROOT = Path(__file__).resolve().parents[2]
CMS = "https://www.cms.gov"
PAGE = f"{CMS}/medicare/page"


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("October 2025 ASP Pricing File (ZIP)", "2025-Q4"),
        ("section 508 verision of JUL 2025 ASP Pricing File 062325.csv", "2025-Q3"),
        ("APR 2025 ASP Pricing File", "2025-Q2"),
        ("Sept. 2025", "2025-Q3"),
        ("2015-January-ASP-Pricing-File.zip", "2015-Q1"),
        ("Apr-13-ASP-Pricing-file.zip", "2013-Q2"),
        ("January2011_ASP_PricingFile.zip", "2011-Q1"),
        ("cy-2026-april-opps-addendum-b.zip", "2026-Q2"),
        ("Janaury 2026 Addendum B", "2026-Q1"),
        ("Ocotber 2025 crosswalk", "2025-Q4"),
        ("HCPC2025_OCT_ANWEB", "2025-Q4"),
        ("medicare-ncci-2026-q3-practitioner-services-mue-table.zip", "2026-Q3"),
        ("medicare-ncci-2026q3-practitioner-ptp-edits-ccipra-v322r0-f1.zip", "2026-Q3"),
        ("Q3 2026", "2026-Q3"),
        ("ASP 4Q2024", "2024-Q4"),
        ("Effective July 1, 2026", "2026-Q3"),
        ("Add-On Code Edits for Medicare Effective 07012026", "2026-Q3"),
        ("MCR_MUE_PractitionerServices_Eff_07-01-2026", "2026-Q3"),
        ("rvu26c-updated-06-30-2026.zip", "2026-Q3"),
        ("july-2024-addendum-b-080524.zip", "2024-Q3"),
        ("October 2025 ASP Pricing File - Updated January 2026", "2025-Q4"),
        ("Updated 12/19/2024: January 2025 ASP Pricing File", "2025-Q1"),
        ("Revised January 5, 2026 - October 2025 ASP Pricing File", "2025-Q4"),
        ("Revised October 2025 ASP Pricing File", "2025-Q4"),
        ("posted 07/25/2025", None),
        ("ASP Pricing Files", None),
        ("decision 2024 market 25", None),
        ("Files may 1 be large", None),
        ("July 2, version 3", None),
    ],
)
def test_a_quarter_is_read_however_it_is_typed(text: str, release: str | None) -> None:
    assert release_named(text, Naming.QUARTER) == release


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("2027-code-descriptions-tabular-order.zip", "FY2027"),
        ("april-1-2026-code-descriptions-tabular-order.zip", "FY2026-April"),
        ("2024-code-descriptions-tabular-order-updated-01112024.zip", "FY2024"),
        ("2026 Code Descriptions in Tabular Order - Effective October 1, 2025", "FY2026"),
        ("FY 2026 January 1, 2026 Code Descriptions", "FY2026-January"),
        ("Code Descriptions in Tabular Order", None),
    ],
)
def test_a_code_set_is_read_however_it_is_typed(text: str, release: str | None) -> None:
    assert release_named(text, Naming.FISCAL_YEAR) == release


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Oct 2025 ASP Pricing File 091725.csv", date(2025, 9, 17)),
        ("april-2026-payment-limit-files-03-30-2026-final-file.zip", date(2026, 3, 30)),
        ("january-2025-asp-pricing-file-03/11/25-final-file.zip", date(2025, 3, 11)),
        ("Addendum B.07.25.25", date(2025, 7, 25)),
        ("Updated July 25, 2025, first posted 06/26/2025", date(2025, 7, 25)),
        ("File 133125 of October 2025", None),
    ],
)
def test_the_day_of_an_issue(text: str, day: date | None) -> None:
    assert issue_day(text) == day


def test_releases_are_asked_for_as_the_library_names_them() -> None:
    assert as_release("2025q4", Naming.QUARTER) == "2025-Q4"
    assert as_release("fy2026-april", Naming.FISCAL_YEAR) == "FY2026-April"
    days = [first_day(name, Naming.FISCAL_YEAR) for name in ("FY2026", "FY2026-January", "FY2026-April", "FY2027")]
    assert days == sorted(set(days))
    for text, naming, told in (
        ("2025-10", Naming.QUARTER, "expected one as 2025-Q3"),
        ("2026", Naming.FISCAL_YEAR, "expected FY2026"),
        ("2025-Q1", Naming.NEWEST, "newest release only"),
    ):
        with pytest.raises(InvalidValue, match=told):
            as_release(text, naming)


def test_the_links_of_a_page() -> None:
    html = """<!doctype html><base href="/files/"><a name=top>no link</a>
        <a href="zip/A&amp;B.zip"><b>One</b>
          file &nbsp; (ZIP)</a>
        <a href="mailto:x@y.z">mail</a> <a href="javascript:void(0)">script</a> <a href="http://[">broken</a>
        <a href="ftp://ftp.cms.gov/x.zip">ftp</a> <a href="#top">top</a>
        <a href="http://www.cms.gov/old.zip">old</a>
        <a href="/license/ama?file=/files/zip/ptp-f1.zip">Licensed</a>
        <a href="/apps/ada/license.asp?file=https://www.cms.gov/files/zip/d.zip">Dental</a>
        <![if !IE]><a href="/license/ama">Terms</a> <a href="zip/never closed.zip">Never closed <a href="zip/last.zip">Last</a>
        <a rel="next" href="?page=1">Next</a> <a href="zip/unclosed.zip">at the end"""
    links = [link for link in links_of(html, PAGE) if link.text != "top"]
    assert [(link.text, link.address) for link in links if not link.license] == [
        ("One file (ZIP)", f"{CMS}/files/zip/A&B.zip"),
        ("old", f"{CMS}/old.zip"),  # not by http when the page itself is not
        ("Terms", f"{CMS}/license/ama"),
        ("Never closed", f"{CMS}/files/zip/never%20closed.zip"),
        ("Last", f"{CMS}/files/zip/last.zip"),
        ("Next", f"{CMS}/files/?page=1"),
        ("at the end", f"{CMS}/files/zip/unclosed.zip"),
    ]
    assert [(link.text, link.license, link.address, link.license_page) for link in links if link.license] == [
        ("Licensed", "ama", f"{CMS}/files/zip/ptp-f1.zip", f"{CMS}/license/ama?file=/files/zip/ptp-f1.zip"),
        ("Dental", "ada", f"{CMS}/files/zip/d.zip", f"{CMS}/apps/ada/license.asp?file=https://www.cms.gov/files/zip/d.zip"),
    ]  # fmt: skip
    assert [link.next_page for link in links].count(True) == 1
    assert link_to(f"{CMS}/license/ama?file=/files/zip/a.zip").license == "ama"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (f"{CMS}/files/zip/october-2025.zip?agree=yes", "october-2025.zip"),
        (f"{CMS}/files/zip/january-2025-file-03/11/25-final.zip", "january-2025-file-03-11-25-final.zip"),
        (f"{CMS}/files/zip/%2e%2e%2fup.zip", "-up.zip"),
        (f"{CMS}/a/..%2f..%2f.hidden.zip", "hidden.zip"),
        (f"{CMS}/", "download"),
        (f"{CMS}/{'x' * 400}.zip", "x" * 150 + ".zip"),
    ],
)
def test_a_file_is_kept_under_a_plain_name(address: str, name: str) -> None:
    assert file_name(address).removeprefix(".") == name
    assert "/" not in file_name(address)


def test_a_page_is_told_from_a_file() -> None:
    for begin in (b"<!DOCTYPE html>", b"\xef\xbb\xbf\r\n <html lang=en>", b"<!-- cached --><html>"):
        assert is_page(begin)
    for begin in (b"PK\x03\x04", b"<?xml version='1.0'?><ICD10CM.tabular>", b"HCPC,SEQNUM", b"", b"<5 rows"):
        assert not is_page(begin)
    assert asks_for_license("<p>License for use of CPT ... <button>Accept</button>", PAGE)
    assert asks_for_license("<html>", f"{CMS}/license/ama?file=x")
    assert not asks_for_license("<html>Page not found", PAGE)


def chosen(name: str, *links: Link) -> list[tuple[str, str, str]]:
    """Part, file name and why of each choice."""
    choices = choose(candidates(links, publisher(name)))
    return [(one.taken.part, one.taken.link.file_name, one.why) for one in choices]


def zip_link(name: str, text: str = "") -> Link:
    return Link(text or name, f"{CMS}/files/zip/{name}.zip")


def test_a_publication_is_known_by_its_words_and_not_by_those_of_others() -> None:
    links = [
        zip_link("october-2025-asp-pricing-final-file"), zip_link("october-2025-asp-noc-pricing-file"),
        zip_link("october-2025-ndc-hcpcs-crosswalk"), zip_link("october-2025-seasonal-vaccine-pricing"),
        zip_link("asp-reporting-form"),
    ]  # fmt: skip
    assert chosen("asp", *links) == [("", "october-2025-asp-pricing-final-file.zip", "")]
    assert chosen("asp_noc", *links) == [("", "october-2025-asp-noc-pricing-file.zip", "")]
    assert chosen("asp_crosswalk", *links) == [("", "october-2025-ndc-hcpcs-crosswalk.zip", "")]


@pytest.mark.parametrize(
    ("first", "second", "taken", "why"),
    [
        ("asp-pricing", "asp-pricing-v2", 1, "version 2"),
        ("asp-pricing-v3", "asp-pricing-v2", 0, "version 3"),
        ("asp-pricing-revised", "asp-pricing-091725", 0, "a revised issue"),
        ("asp-pricing-091725", "asp-pricing-103125", 1, "the later issue, of 2025-10-31"),
        ("asp-pricing-12-01-2025-preliminary", "asp-pricing-09-01-2025-final", 1, "not preliminary"),
        ("asp-pricing", "asp-pricing-file", 0, "stands first on the page; nothing tells which is the later issue"),
    ],
)
def test_of_several_issues_the_latest_is_taken_and_it_is_said_why(
    first: str, second: str, taken: int, why: str
) -> None:
    links = [zip_link(f"october-2025-{name}") for name in (first, second)]
    assert chosen("asp", *links) == [("", links[taken].file_name, why)]
    (choice,) = choose(candidates(links, publisher("asp")))
    assert [one.link for one in choice.others] == [links[1 - taken]]


def test_each_service_of_the_unlikely_edits_is_a_file_of_its_own() -> None:
    names = [
        f"medicare-ncci-2026-q3-{service}-mue-table"
        for service in ("practitioner-services", "facility-outpatient-hospital-services", "dme-supplier-services")
    ]
    links = [*map(zip_link, names), zip_link("medicare-ncci-2026-q3-mue-changes"), zip_link("medicaid-2026q3-mue-dme")]
    assert chosen("mue", *links) == [
        ("practitioner", f"{names[0]}.zip", ""), ("outpatient", f"{names[1]}.zip", ""), ("dme", f"{names[2]}.zip", ""),
    ]  # fmt: skip


def test_pieces_of_two_versions_are_never_mixed() -> None:
    old = [zip_link(f"medicare-ncci-2026q3-practitioner-ptp-edits-ccipra-v322r0-f{number}") for number in (1, 2, 3)]
    new = [zip_link(f"medicare-ncci-2026q3-practitioner-ptp-edits-ccipra-v322r1-f{number}") for number in (1, 2)]
    hospital = zip_link("medicare-ncci-2026q3-hospital-ptp-edits-ccioph-v322r0-f1")
    assert chosen("ptp", *old, *new, hospital) == [
        ("practitioner", new[0].file_name, "a later version"), ("practitioner", new[1].file_name, "a later version"),
        ("outpatient", hospital.file_name, ""),
    ]  # fmt: skip


def test_the_shipped_table_is_whole_and_names_what_importers_read() -> None:
    table = publishers()
    assert {"hcpcs", "asp", "asp_crosswalk", "opps_addendum_b", "mue", "ptp", "add-on", "icd10cm"} <= set(table)
    for one in table.values():
        assert one.source
        assert one.checked <= date.today()  # noqa: DTZ011
        assert all(address.startswith("https://") for address in (*one.pages, one.file or "https://"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("asp: {title: x}", "addresses.yaml: asp|missing required field"),
        ("asp: [", "no YAML"),
        ("asp: {title: x, gives: [asp], words: '(', pages: ['https://a.b'], release: quarter, source: s, checked: 2026-01-01}", "no regular expression"),
        ("asp: {title: x, gives: [asp], words: a, pages: ['file:///etc/passwd'], release: quarter, source: s, checked: 2026-01-01}", "is no address"),
        ("asp: {title: x, gives: [asp], words: a, release: quarter, source: s, checked: 2026-01-01}", "either `pages` or `file`"),
        ("asp: {title: x, gives: [asp], pages: ['https://a.b'], release: quarter, source: s, checked: 2026-01-01}", "asp.words"),
        ("asp: {title: x, gives: [asp], file: 'https://a.b', release: daily, source: s, checked: 2026-01-01}", "release"),
        ("asp: {title: x, gives: [asp], file: 'https://a.b', release: newest, license: apa, source: s, checked: 2026-01-01}", "license"),
        ("new: 1\nasp: 2", r"addresses\.yaml:1: new: Expected `object`, got `int`"),
        ("asp:\n  title: x\n  gives: asp\n", r"addresses\.yaml:3: asp\.gives: Expected `array`, got `str`"),
        ("asp:\n  title: x\n  checked: 2026-13-01\n", r"addresses\.yaml:3: no YAML .*`2026-13-01` is no value"),
        ("asp: {}\nasp: {}", r"addresses\.yaml:2: no YAML .*the key `asp` stands twice"),
        ("asp: &asp {}\nnew: *asp", r"addresses\.yaml:1: no YAML .*anchors and aliases are not read"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    own = tmp_path / "addresses.yaml"
    own.write_text(text, "utf-8")
    monkeypatch.setenv(ENVIRONMENT, str(own))
    with pytest.raises(UnreadableInput, match=told):
        publishers()


def test_a_table_of_the_users_own_replaces_entries_and_adds_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.yaml"
    entry = "{title: mine, gives: [asp], words: x, pages: ['https://mirror.example/'], release: quarter, source: us, checked: 2026-01-01}"
    own.write_text(f"asp: {entry}\nnew: {entry}\n", "utf-8")
    monkeypatch.setenv(ENVIRONMENT, str(own))
    assert publisher("asp").address == publisher("new").address == "https://mirror.example/"
    assert publisher("hcpcs").address.startswith(CMS)
    with pytest.raises(UnknownName, match="there are hcpcs, asp"):
        publisher("nothing")
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "none.yaml"))
    with pytest.raises(UnreadableInput, match=ENVIRONMENT):
        publishers()


@given(st.text(alphabet=st.sampled_from("<>='\"/ ahrefbsnx:?&;.[]#-!\\\x00\u00e9\n")).map("<a href='{0}'>".format))
@example("<base href='http://['><a href='x.zip'>x</a>")
@example("<a href='/license/ama?file=http://['>x</a>")
@example("<a href='/license/ama?file=file:///etc/passwd'>x</a>")
@example("<!--<a href='x'>")
@example("<![if x]><a href='x'>")
@example("<![")
def test_no_page_is_too_broken_to_be_read(html: str) -> None:
    for link in links_of(html, PAGE):
        assert link.address.startswith(("https://", "http://"))
        assert "/" not in link.file_name
        assert link.words == link.words.casefold()


@given(st.text(), st.sampled_from(["jan", "q", "eff", "rvu", "fy", "2025", "02/30/2025", "feb 30, 2025"]), st.text())
def test_no_text_is_too_odd_to_be_read(before: str, between: str, after: str) -> None:
    text = f"{before} {between} {after}"
    for naming in (Naming.QUARTER, Naming.FISCAL_YEAR):
        release = release_named(text, naming)
        assert release is None or as_release(release, naming) == release
    issue_day(text)


def test_the_table_of_the_guide_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (ROOT / "docs" / "guides" / "add-a-release.md").read_text("utf-8")
    (tmp_path / "own.yaml").write_text(guide.rpartition("```yaml\n")[2].partition("```")[0], "utf-8")
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "own.yaml"))
    assert publisher("asp").address == "https://mirror.example.org/cms/asp/"
    assert chosen("asp", zip_link("october-2025-asp-pricing"), zip_link("october-2025-noc-pricing")) == [
        ("", "october-2025-asp-pricing.zip", "")
    ]


@needs_shared[0]
@needs_shared[1]
def test_the_links_of_the_page_of_pairs_as_published() -> None:
    html = (SHARED / "data" / "cms" / "excerpts_2026" / "ncci_ptp_page.links.excerpt.html").read_text("utf-8")
    found = candidates(links_of(html, publisher("ptp").address), publisher("ptp"))
    assert [(one.release, one.part, one.piece) for one in found] == [
        *(("2026-Q3", "practitioner", number) for number in (1, 2, 3, 4)), ("2026-Q2", "practitioner", 1),
    ]  # fmt: skip
    assert {one.link.license for one in found} == {"ama"}
    assert found[0].link.address == f"{CMS}/files/zip/medicare-ncci-2026q3-practitioner-ptp-edits-ccipra-v322r0-f1.zip"
