"""`reference pull` as a person uses it, against publishers' sites that are served here: found, fetched, imported, told."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cleanclaim.cli import main, pulling
from cleanclaim.reference import importing
from cleanclaim.reference.library import Library
from cleanclaim.reference.lock import locked
from cleanclaim.reference.publications import archive, asp_crosswalk, fda_packages, fda_products, opps_addendum_b
from cleanclaim.reference.publications.fetching import addresses
from cleanclaim.reference.publications.fetching.addresses import ENVIRONMENT
from tests.reference.publications import (
    PACKAGE_HEADER,
    addendum_file,
    asp_file,
    crosswalk_file,
    directory_file,
    limit,
    mue_file,
    order_file,
    package,
    pair,
    ptp_file,
)
from tests.reference.publisher_site import Request, Site, impatient, link

Run = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).resolve().parents[2]
PUBLISHERS = ("https://www.cms.gov", "https://www.accessdata.fda.gov")
ASP_PAGE = "/medicare/payment/part-b-drugs/asp-pricing-files"
OPPS_PAGE = "/medicare/payment/prospective-payment-systems/hospital-outpatient-pps/quarterly-addenda-updates"
NCCI = "/medicare/coding-billing/national-correct-coding-initiative-ncci-edits"
PTP_PAGE = f"{NCCI}/medicare-ncci-procedure-procedure-ptp-edits"
MUE_PAGE = f"{NCCI}/medicare-ncci-medically-unlikely-edits-mues"
MUE_ARCHIVE = f"{NCCI}/medicare-ncci-medically-unlikely-edit-mue-archive"
OCTOBER = "October 1, 2025 through December 31, 2025"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The publishers, served here: the shipped table with other hosts, so that its words are tried too."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    shipped = Path(addresses.__file__).with_name("addresses.yaml").read_text("utf-8")
    with Site.open() as opened:
        for host in PUBLISHERS:
            shipped = shipped.replace(host, opened.address)
        (tmp_path / "addresses.yaml").write_text(shipped, "utf-8")
        monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "addresses.yaml"))
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the library, not there yet."""
    return tmp_path / "library"


@pytest.fixture
def run(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in this process, with a web that does not sleep; exit code, output and errors.

    The look-up index is left to the next look-up: an index of the starter set in each library would be most of a test.
    """
    monkeypatch.setattr(importing, "write_index", lambda _library: None)
    monkeypatch.setenv("CLEANCLAIM_REFERENCE", str(folder))
    monkeypatch.setattr(pulling, "Web", impatient)

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cleanclaim", "reference", "pull", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return command


def zipped(*files: Path) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in files:
            packed.write(file, file.name)
    return held.getvalue()


def asp_zip(tmp_path: Path, price: str = "60.291", days: str = OCTOBER, *, name: str = "091725") -> bytes:
    """An archive as CMS has it: the file, and a read-me."""
    file = asp_file(
        tmp_path / f"section 508 verision of OCT 2025 ASP Pricing File {name}.csv", [limit("J9271", price)], days
    )
    read_me = tmp_path / "Read_Me.txt"
    read_me.write_text("Read me")
    return zipped(file, read_me)


def prices(folder: Path) -> dict[str, str]:
    """The price of the drug by release, as the library tells it."""
    rows = Library.open(folder).table("asp_limit").to_pylist()
    imported = [row for row in rows if row["hcpcs_code"] == "J9271" and row["release"].startswith("asp ")]
    return {row["release"]: f"{row['payment_limit']:.3f}" for row in imported}


def labels(folder: Path) -> list[str]:
    return [one.label for one in Library.open(folder).releases]


def test_a_release_is_found_fetched_and_imported(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    content = asp_zip(tmp_path)
    site.file("/files/zip/october-2025-asp-pricing-final-file.zip", content)
    page = site.page(
        ASP_PAGE,
        link("/files/zip/january-2026-medicare-part-b-payment-limit-files.zip", "January 2026 Medicare Part B Payment Limit Files (ZIP)"),
        link("/files/zip/october-2025-asp-pricing-final-file.zip", "OCT 2025 ASP Pricing File - Updated 09/17/25 (ZIP)"),
        link("/files/zip/october-2025-asp-pricing-preliminary.zip", "October 2025 ASP Pricing File - preliminary (ZIP)"),
        link("/files/zip/october-2025-asp-noc-pricing-file.zip", "October 2025 ASP NOC Pricing File (ZIP)"),
        link("/files/zip/october-2025-ndc-hcpcs-crosswalk.zip", "October 2025 NDC-HCPCS Crosswalk (ZIP)"),
    )  # fmt: skip
    code, out, err = run("asp", "2025q4")
    assert (code, err) == (0, "")
    assert f"asp 2025-Q4, found at {page}\n" in out
    assert (
        f'  takes "OCT 2025 ASP Pricing File - Updated 09/17/25 (ZIP)" {site.address}/files/zip/october-2025-asp-pricing-final-file.zip: not preliminary\n'
        f'    not "October 2025 ASP Pricing File - preliminary (ZIP)" {site.address}/files/zip/october-2025-asp-pricing-preliminary.zip\n'
    ) in out
    digest = hashlib.sha256(content).hexdigest()
    assert f"october-2025-asp-pricing-final-file.zip: fetched, {len(content):,} bytes, sha256 {digest}\n" in out
    assert "asp 2025-Q4 r1, days 2025-10-01 to 2025-12-31: 1 of 1 rows kept" in out
    assert "Read_Me.txt: set aside, a read-me file" in out
    assert prices(folder)["asp 2025-Q4 r1"] == "60.291"
    assert site.paths() == [ASP_PAGE, "/files/zip/october-2025-asp-pricing-final-file.zip"]
    kept = folder / "downloads" / "asp" / "october-2025-asp-pricing-final-file.zip"
    assert kept.read_bytes() == content

    code, out, err = run("asp", "2025-Q4")
    assert (code, err) == (0, "")
    assert "not changed since it was fetched" in out
    assert "already there as asp 2025-Q4 r1" in out
    assert labels(folder) == ["asp 2025-Q4 r1"]


def test_without_a_release_the_newest_is_taken(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    site.file("/files/zip/b%20c.zip", asp_zip(tmp_path))
    site.page(
        ASP_PAGE,
        link("/files/zip/a.zip", "July 2025 ASP Pricing File"),
        link("/files/zip/b c.zip", "Oct. 2025 ASP Pricing File"),
        link("/files/zip/c.zip", "December 2024 ASP Pricing File"),
    )
    assert run("asp")[0] == 0
    assert labels(folder) == ["asp 2025-Q4 r1"]


def test_what_is_issued_again_becomes_a_revision(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    first = link("/files/zip/october-2025-asp-pricing-file.zip", "October 2025 ASP Pricing File")
    site.file("/files/zip/october-2025-asp-pricing-file.zip", asp_zip(tmp_path, "105.124"))
    site.page(ASP_PAGE, first)
    assert run("asp", "2025-Q4")[0] == 0
    # Beside the first, under another name.
    again = "/files/zip/october-2025-asp-pricing-file-revised.zip"
    site.file(again, asp_zip(tmp_path, "103.397"), etag='"r"')
    site.page(ASP_PAGE, first, link(again, "October 2025 ASP Pricing File - REVISED January 2026"))
    code, out, _ = run("asp", "2025-Q4")
    assert code == 0
    assert "-revised.zip: a revised issue\n" in out
    assert "has the say from now on instead of asp 2025-Q4 r1, which stays readable" in out
    # In its place, under the same name.
    site.file(again, asp_zip(tmp_path, "103.500"), etag='"s"')
    assert run("asp", "2025-Q4")[0] == 0
    assert labels(folder) == ["asp 2025-Q4 r1", "asp 2025-Q4 r2", "asp 2025-Q4 r3"]
    assert prices(folder) == {"asp 2025-Q4 r3": "103.500"}


def test_a_release_with_a_page_of_its_own_behind_a_license(
    site: Site, run: Run, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opps_addendum_b, "FEWEST_ROWS", 1)
    row = "J9271,Inj pembrolizumab,K,1490,,60.29,,12.06,20,,,,"
    content = zipped(addendum_file(tmp_path / "508 of JULY 2025 Web Addendum B.07.25.25.csv", [row]))
    file, asks = (
        "/files/zip/july-2025-opps-addendum-b.zip",
        "/apps/ama/license.asp?file=/files/zip/july-2025-opps-addendum-b.zip",
    )
    below = f"{OPPS_PAGE}/july-2025-addendum-b"
    site.page(
        OPPS_PAGE,
        link(f"{OPPS_PAGE}/july-2025-addendum", "July 2025 Addendum A"),
        link("/july-2025-addendum-b-notes.pdf", "July 2025 Addendum B, what is new (PDF)"),
        link(below, "July 2025 Addendum B"),
        link(f"{OPPS_PAGE}/april-2025-addendum-b", "April 2025 Addendum B"),
    )
    where = site.page(
        below,
        link("/about.pdf", "About"),
        link("/x.zip", "April 2025 Addendum B - revised (ZIP)"),
        link(asks, "July 2025 Addendum B (ZIP)"),
    )
    site.answers["/apps/ama/license.asp"] = lambda request: request.send(200, b"<html>License for use. Accept</html>")
    site.file(file, content)
    code, out, err = run("opps_addendum_b", "2025-Q3")
    assert (code, f"found at {where}" in out) == (2, True)
    assert "only to who accepts the license of the American Medical Association (CPT)" in err
    assert f"Read it at {site.address}{asks}." in err
    assert "--accept-license" in err
    assert f"By hand: download it from {site.address}{OPPS_PAGE} and run `cleanclaim reference import FILE`" in err
    assert site.paths() == [OPPS_PAGE, below]  # neither the file nor the license was touched, and no document
    assert not folder.exists()

    code, out, err = run("opps_addendum_b", "2025-Q3", "--accept-license")
    assert (code, err) == (0, "")
    assert site.paths()[-1] == f"{file}?agree=yes&next=Accept"
    assert labels(folder) == ["opps_addendum_b 2025-Q3 r1"]


def test_a_license_that_stands_only_in_place_of_the_file(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    content = asp_zip(tmp_path)

    def gated(request: Request) -> None:
        accepted = "agree=yes&next=Accept" in request.path
        request.send(200, content if accepted else b"<!doctype html>License for use of CDT ... <button>Accept</button>")

    site.answers["/files/zip/asp-october-2025-pricing.zip"] = gated
    site.page(ASP_PAGE, link("/files/zip/asp-october-2025-pricing.zip", "October 2025 ASP pricing"))
    code, _, err = run("asp", "2025-Q4")
    assert code == 2
    assert f"Read it at {site.address}/files/zip/asp-october-2025-pricing.zip" in err
    assert run("asp", "2025-Q4", "--accept-license")[0] == 0
    assert labels(folder) == ["asp 2025-Q4 r1"]


def test_a_license_page_that_no_longer_takes_the_answer(site: Site, run: Run) -> None:
    site.page("/files/zip/asp-october-2025-pricing.zip", "License for use of CPT", "Accept")
    site.page(ASP_PAGE, link("/files/zip/asp-october-2025-pricing.zip", "October 2025 ASP pricing"))
    code, _, err = run("asp", "2025-Q4", "--accept-license")
    assert code == 2
    assert "came although it was accepted; accept it in a browser" in err


def mue_site(site: Site, tmp_path: Path, page: str, services: dict[str, str], *, text: str = "") -> None:
    """A page with the files of the services, of the third quarter of 2026."""
    links = []
    for name, title in services.items():
        plain = title.replace(" ", "")
        file = mue_file(tmp_path / f"MCR_MUE_{plain}_Eff_07-01-2026.csv", ["J9271,400,3 Date of Service Edit: Clinical,Clinical: Data"], title)  # fmt: skip
        path = f"/files/zip/medicare-ncci-2026-q3-{name}-mue-table.zip"
        site.file(path, zipped(file), etag=f'"{name}"')
        links.append(link(path, text or f"{title} MUE Table - Effective 07/01/2026 (ZIP)"))
    site.page(page, *links)


SERVICES = {
    "practitioner-services": "Practitioner Services",
    "facility-outpatient-hospital-services": "Outpatient Hospital Services",
    "dme-supplier-services": "DME Supplier Services",
}


def test_each_of_several_files_is_fetched_and_one_that_fails_stops_no_other(
    site: Site, run: Run, tmp_path: Path, folder: Path
) -> None:
    mue_site(site, tmp_path, MUE_PAGE, SERVICES)
    sound = dict(site.answers)
    site.fails("/files/zip/medicare-ncci-2026-q3-dme-supplier-services-mue-table.zip", 404, times=9)
    code, out, err = run("mue", "2026-Q3")
    assert code == 1
    assert "takes practitioner " in out
    assert "dme-supplier-services-mue-table.zip: there is no such page or file (404 Not Found)" in err
    assert labels(folder) == ["mue 2026-Q3 outpatient r1", "mue 2026-Q3 practitioner r1"]
    site.answers = sound
    code, out, err = run("mue", "2026-Q3")
    assert (code, err) == (0, "")
    assert out.count("already there as") == 2
    assert "mue 2026-Q3 dme r1" in labels(folder)
    code, _, err = run("mue", "2026-Q3", "--sha256", "0" * 64)
    assert (code, err) == (2, "cleanclaim: mue: --sha256 is of one file; 2026-Q3 has 3\n")


def test_an_older_release_is_found_on_the_next_page_and_what_is_missing_is_told(
    site: Site, run: Run, tmp_path: Path, folder: Path
) -> None:
    site.page(MUE_PAGE, link("/files/zip/x.zip", "Practitioner Services MUE Table Effective 10-01-2026"))
    two = {name: title for name, title in SERVICES.items() if "dme" not in name}
    mue_site(site, tmp_path, MUE_ARCHIVE, two, text="Effective July 1, 2026")  # all with one text, as there
    code, out, err = run("mue", "2026-Q3")
    assert (code, err) == (1, "")
    assert "  no link for dme\n" in out
    assert len(labels(folder)) == 2


def test_a_list_of_several_pages_is_followed(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    onward = "<a href='?page=1' rel='next' title='Go to next page'>Next</a>"
    site.page(ASP_PAGE, link("/files/zip/z.zip", "January 2026 ASP Pricing File"), onward)
    site.page(f"{ASP_PAGE}?page=1", link("/files/zip/a.zip", "October 2025 ASP Pricing File"), onward)
    site.file("/files/zip/a.zip", asp_zip(tmp_path))
    assert run("asp", "2025-Q4")[0] == 0
    assert labels(folder) == ["asp 2025-Q4 r1"]
    assert run("asp", "2020-Q4")[0] == 2  # and not in a circle


def test_a_release_in_pieces(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    pairs = {1: [pair("J0001", "J0002", "20200101")], 2: [pair("J9271", "96413", "20200101")]}
    links = []
    for number, rows in pairs.items():
        content = zipped(ptp_file(tmp_path / f"ccipra-v322r0-f{number}.TXT", rows))
        path = f"/files/zip/medicare-ncci-2026q3-practitioner-ptp-edits-ccipra-v322r0-f{number}.zip"
        site.file(path, content)
        links.append(link(f"/license/ama?file={path}", f"Practitioner PTP Edits v322r0 (1 record) part {number}"))
    site.page(PTP_PAGE, *links, link("/files/zip/q.zip", "2026q3 practitioner quarterly additions PTP edits"))
    code, out, err = run("ptp", "2026-Q3", "--accept-license")
    assert err == ""
    assert code == 1  # the page has no file for hospitals
    assert "  no link for outpatient\n" in out
    assert labels(folder) == ["ptp 2026-Q3 practitioner r1"]
    assert Library.open(folder, presume=False).table("ptp").num_rows == 2


def test_an_update_of_a_code_set(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    order = order_file(tmp_path / "icd10cm_order_2026.txt", [("A00", 0, "Cholera"), ("A000", 1, "Cholera due to x")])
    site.file("/files/zip/april-1-2026-code-descriptions-tabular-order.zip", zipped(order))
    site.page(
        "/medicare/coding-billing/icd-10-codes",
        link("/files/zip/2026-code-descriptions-tabular-order.zip", "2026 Code Descriptions in Tabular Order (ZIP)"),
        link("/files/zip/april-1-2026-code-descriptions-tabular-order.zip", "April 1, 2026 Code Descriptions in Tabular Order (ZIP)"),
        link("/files/zip/2026-code-tables-tabular-and-index.zip", "2026 Code Tables, Tabular and Index (ZIP)"),
    )  # fmt: skip
    assert run("icd10cm", "FY2026-April")[0] == 0
    assert labels(folder) == ["icd10cm FY2026-April r1"]


def test_a_directory_is_of_the_day_on_which_it_was_published(
    site: Site, run: Run, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for importer in (fda_packages, fda_products):
        monkeypatch.setattr(importer, "FEWEST_ROWS", 1)
    record = package("0006-3026-02", "1 VIAL, SINGLE-USE in 1 CARTON (0006-3026-02)  > 4 mL in 1 VIAL, SINGLE-USE")
    site.file("/cder/ndctext.zip", zipped(directory_file(tmp_path / "package.txt", PACKAGE_HEADER, [record])))
    code, out, err = run("ndc_directory")
    assert (code, err) == (0, "")
    assert labels(folder) == ["fda_packages 2025-09-17 r1"]
    code, out, err = run("ndc_directory", "2025-09-17")
    assert (code, out) == (2, "")
    assert "the publisher has the newest release only; leave RELEASE out" in err


def test_no_link_tells_what_there_is(site: Site, run: Run, folder: Path) -> None:
    site.page(ASP_PAGE, link("/a.zip", "July 2025 ASP Pricing"), link("/b.zip", "Jan 2024 ASP Pricing"))
    code, out, err = run("asp", "2025-Q4")
    assert (code, out) == (2, "")
    assert f"asp: no link to 2025-Q4 of payment limits for Medicare Part B drugs (ASP pricing file) on {site.address}{ASP_PAGE}. Releases there: 2024-Q1, 2025-Q3. By hand:" in err  # fmt: skip
    site.page(ASP_PAGE, *[link(f"/{number}.zip", f"Something else {number}") for number in range(20)])
    assert "Files there: Something else 0; " in (err := run("asp", "2025-Q4")[2])
    assert "Something else 14 and 5 more." in err
    site.page(ASP_PAGE, "<p>We moved</p>")
    assert "There is no link to a file at all: the publisher changed the page." in run("asp", "2025-Q4")[2]
    assert not folder.exists()


@pytest.mark.parametrize(
    ("status", "told"), [(403, "the server refuses it (403 Forbidden); a browser may still get it"), (404, "the publisher moved it")]
)  # fmt: skip
def test_a_page_that_cannot_be_had(site: Site, run: Run, status: int, told: str) -> None:
    site.page(ASP_PAGE, "x")
    site.fails(ASP_PAGE, status)
    code, _, err = run("asp", "2025-Q4")
    assert code == 2
    assert f"{site.address}{ASP_PAGE}: " in err
    assert told in err
    assert "--from URL" in err


def test_a_file_in_place_of_the_page(site: Site, run: Run) -> None:
    site.file(ASP_PAGE, b"PK\x03\x04")
    assert "a file, where a page with links was expected" in run("asp", "2025-Q4")[2]


def test_without_a_network_it_is_said_what_to_do(
    site: Site, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = (tmp_path / "addresses.yaml").read_text("utf-8").replace(site.address, "http://www.cms.invalid")
    (tmp_path / "addresses.yaml").write_text(table, "utf-8")
    code, out, err = run("asp", "2025-Q4")
    assert (code, out) == (2, "")
    assert err.startswith("cleanclaim: asp: cannot reach www.cms.invalid: ")
    assert (
        f"By hand: download it from http://www.cms.invalid{ASP_PAGE} and run `cleanclaim reference import FILE`" in err
    )


def test_a_link_that_leads_to_another_quarter_is_found_out(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    site.file("/files/zip/a.zip", asp_zip(tmp_path, days="July 1, 2025 through September 30, 2025"))
    site.page(ASP_PAGE, link("/files/zip/a.zip", "October 2025 ASP Pricing File"))
    code, _, err = run("asp", "2025-Q4")
    assert code == 2
    assert "the file says that it is 2025-Q3; --release says 2025-Q4" in err
    assert labels(folder) == []


def test_an_archive_of_files_that_each_say_their_own_release(
    site: Site, run: Run, tmp_path: Path, folder: Path
) -> None:
    """As the relative values, beside which the archive has tables of the year: nothing is stated, the outcome is looked at."""
    entry = (
        f"asp: {{title: x, gives: [asp], pages: ['{site.address}/mixed'], words: pricing, release: quarter, mixed: true,"
        " source: s, checked: 2026-01-01}"
    )
    (tmp_path / "addresses.yaml").write_text(entry, "utf-8")
    site.page("/mixed", link("/a.zip", "July 2025 pricing"), link("/b.zip", "October 2025 pricing"))
    for path, days in (("/a.zip", OCTOBER), ("/b.zip", OCTOBER)):
        site.file(path, asp_zip(tmp_path, days=days))
    assert run("asp", "2025-Q4")[0] == 0
    code, out, err = run("asp", "2025-Q3")
    assert (code, "already there as asp 2025-Q4 r1" in out) == (1, True)
    assert err == "cleanclaim: asp: 2025-Q3 was asked for, and is not what the file says\n"


def test_a_page_in_place_of_the_file(site: Site, run: Run, folder: Path) -> None:
    site.page("/files/zip/a.zip", "<h1>Page not found</h1>")
    site.page(ASP_PAGE, link("/files/zip/a.zip", "October 2025 ASP Pricing File"))
    code, _, err = run("asp", "2025-Q4")
    assert code == 2
    assert f"asp: {site.address}/files/zip/a.zip: a web page came, not a file. The publisher moved it, or wants a browser. By hand" in err  # fmt: skip
    assert not list(folder.rglob("*.zip*"))


def test_an_archive_that_could_fill_the_memory(
    site: Site, run: Run, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 2**20)
    (tmp_path / "zeros.csv").write_bytes(bytes(2**20 + 1))
    site.file("/files/zip/a.zip", zipped(tmp_path / "zeros.csv"))
    site.page(ASP_PAGE, link("/files/zip/a.zip", "October 2025 ASP Pricing File"))
    code, _, err = run("asp", "2025-Q4")
    assert code == 2
    assert "no publication is that large" in err
    assert labels(folder) == []


def test_limits_and_checksums_that_the_user_sets(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    content = asp_zip(tmp_path)
    site.file("/files/zip/a.zip", content)
    site.page(ASP_PAGE, link("/files/zip/a.zip", "October 2025 ASP Pricing File"))
    code, _, err = run("asp", "2025-Q4", "--most-bytes", "100")
    assert (code, "at most 100 are taken" in err) == (2, True)
    code, _, err = run("asp", "2025-Q4", "--sha256", "0" * 64)
    assert (code, "expected 000" in err) == (2, True)
    code, _, err = run("asp", "2025-Q4", "--sha256", "12")
    assert (code, err) == (2, "cleanclaim: --sha256 12: expected 64 hexadecimal digits\n")
    assert not list(folder.rglob("*.zip*"))
    assert run("asp", "2025-Q4", "--sha256", hashlib.sha256(content).hexdigest().upper())[0] == 0


def test_an_address_of_the_users_own(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    site.file("/mirror/file", asp_zip(tmp_path))
    site.page("/mirror", link("/mirror/file.zip", "Oct 2025 pricing"), link("/mirror/other", "July 2025 pricing"))
    site.answers["/mirror/file.zip"] = site.answers["/mirror/file"]
    assert run("asp", "--from", f"{site.address}/mirror/file")[0] == 0  # the file says which release it is
    assert labels(folder) == ["asp 2025-Q4 r1"]
    code, out, _ = run("asp", "2025-Q4", "--from", f"{site.address}/mirror")
    assert (code, "already there as" in out) == (0, True)
    code, _, err = run("ptp", "2026-Q3", "--from", f"{site.address}/license/ama?file=/files/zip/x.zip")
    assert code == 2
    assert f"Read it at {site.address}/license/ama?file=/files/zip/x.zip" in err
    code, _, err = run("ptp", "2026-Q3", "--from", f"{site.address}/mirror/file")  # its address does not say so
    assert code == 2
    assert f"Read it at {site.address}{PTP_PAGE}." in err
    code, _, err = run("asp", "--from", "file:///etc/passwd")
    assert (code, "is no address" in err) == (2, True)
    code, _, err = run("asp", "2025-Q9")
    assert (code, err) == (2, "cleanclaim: asp: '2025-Q9' names no quarter; expected one as 2025-Q3\n")
    code, _, err = run("aps")
    assert (code, "no publication 'aps' can be pulled; there are hcpcs, asp, " in err) == (2, True)


def test_files_of_one_page_do_not_overwrite_each_other(
    site: Site, run: Run, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mue_site(site, tmp_path, MUE_PAGE, SERVICES)
    links = []
    for name in SERVICES:
        site.answers[f"/{name}/mue.zip"] = site.answers[f"/files/zip/medicare-ncci-2026-q3-{name}-mue-table.zip"]
        links.append(link(f"/{name}/mue.zip", "MUE Effective July 1, 2026"))
    site.page(MUE_PAGE, *links)
    assert run("mue", "2026-Q3")[0] == 0
    assert len(labels(folder)) == 3


def test_the_list_of_what_can_be_pulled(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    code, out, err = run()
    assert (code, err) == (0, "")
    assert "asp: payment limits for Medicare Part B drugs (ASP pricing file)\n  in the library  none\n" in out
    assert "license         of the American Medical Association (CPT), to be accepted: --accept-license" in out
    assert site.asked == []
    site.file("/files/zip/a.zip", asp_zip(tmp_path))
    site.page(ASP_PAGE, link("/files/zip/a.zip", "October 2025 ASP Pricing File"))
    run("asp")
    assert "  in the library  asp 2025-Q4 r1\n" in run()[1]


def test_crosswalks_are_fetched_from_the_same_page(
    site: Site, run: Run, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asp_crosswalk, "FEWEST_ROWS", 1)
    rows = ["J9271,Inj pembrolizumab,Merck,00006-3026-02,Keytruda,1 mg,4,1,100,100" + "," * 240]
    site.file("/files/zip/january-2024-ndc-hcpcs-crosswalk.zip", zipped(crosswalk_file(tmp_path / "x.csv", rows)))
    site.page(
        ASP_PAGE,
        link("/files/zip/january-2024-asp-pricing-file.zip", "January 2024 ASP Pricing File"),
        link("/files/zip/january-2024-ndc-hcpcs-crosswalk.zip", "January 2024 ASP NDC-HCPCS Crosswalk"),
    )
    assert run("asp_crosswalk", "2024-Q1")[0] == 0
    assert labels(folder) == ["asp_crosswalk 2024-Q1 r1"]


def elsewhere(site: Site, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A pull in a process of its own, that takes a file of one row as whole."""
    program = (
        "from cleanclaim.reference.publications import asp_csv\nasp_csv.FEWEST_ROWS = 1\n"
        "from cleanclaim.cli import main\nmain()\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program, "reference", "pull", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "CLEANCLAIM_REFERENCE": str(folder)},
    )  # fmt: skip


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_pull_that_was_killed_goes_on_where_it_was(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    # Noise behind the archive's comment would do too; a second member that is set aside makes it long.
    (tmp_path / "noise.pdf").write_bytes(os.urandom(600_000))
    file = asp_file(tmp_path / "oct.csv", [limit("J9271", "60.291")], OCTOBER)
    content = zipped(tmp_path / "noise.pdf", file)
    served, half = site.file("/files/zip/a.zip", content), len(content) // 2

    def stuck(request: Request) -> None:
        request.send_response(200)
        for name, text in (("Content-Length", str(len(content))), ("ETag", '"one"')):
            request.send_header(name, text)
        request.end_headers()
        request.wfile.write(content[:half])
        request.wfile.flush()
        request.site.closing.wait(30)

    site.answers["/files/zip/a.zip"] = stuck
    site.page(ASP_PAGE, link("/files/zip/a.zip", "October 2025 ASP Pricing File"))
    part = folder / "downloads" / "asp" / "a.zip.part"
    with elsewhere(site, folder, "asp", "2025-Q4") as child:
        deadline = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size > half // 2) and time.monotonic() < deadline:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.communicate()
    came = part.stat().st_size
    assert half // 2 < came <= half
    assert labels(folder) == []
    site.answers["/files/zip/a.zip"] = served
    site.asked.clear()
    assert run("asp", "2025-Q4")[0] == 0
    assert [head.get("Range") for path, head in site.asked if path.endswith(".zip")] == [f"bytes={came}-"]
    assert (folder / "downloads" / "asp" / "a.zip").read_bytes() == content
    assert sorted(path.name for path in part.parent.iterdir()) == [".lock", "a.zip", "a.zip.json"]


def test_two_pulls_at_once_leave_one_whole_release(site: Site, tmp_path: Path, folder: Path) -> None:
    site.file("/files/zip/a.zip", asp_zip(tmp_path))
    site.page(ASP_PAGE, link("/files/zip/a.zip", "October 2025 ASP Pricing File"))
    children = [elsewhere(site, folder, "asp", "2025-Q4") for _ in range(3)]
    told = [child.communicate(timeout=60) for child in children]
    codes = [child.returncode for child in children]
    assert 0 in codes
    for code, (_, err) in zip(codes, told, strict=True):
        assert code == 0 or (code == 2 and "Run it again after that" in err), err
    assert labels(folder) == ["asp 2025-Q4 r1"]


def test_another_pull_or_import_is_waited_for_by_the_user(site: Site, run: Run, tmp_path: Path, folder: Path) -> None:
    site.file("/files/zip/a.zip", asp_zip(tmp_path))
    site.page(ASP_PAGE, link("/files/zip/a.zip", "October 2025 ASP Pricing File"))
    where = folder / "downloads" / "asp"
    where.mkdir(parents=True)
    with locked(where):
        code, _, err = run("asp", "2025-Q4")
    assert (code, f"{where}: another pull (process {os.getpid()}) is writing to this folder." in err) == (2, True)
    with locked(folder):
        code, _, err = run("asp", "2025-Q4")
    assert (code, "What was fetched stays and is not fetched again." in err) == (2, True)
    code, out, _ = run("asp", "2025-Q4")
    assert (code, "not changed since it was fetched" in out) == (0, True)


def test_two_publications_are_fetched_at_once(site: Site, tmp_path: Path, folder: Path) -> None:
    """A lock is of one publication: another one is fetched beside it."""
    site.file("/files/zip/a.zip", asp_zip(tmp_path))
    site.page(ASP_PAGE, link("/files/zip/a.zip", "October 2025 ASP Pricing File"))
    other = folder / "downloads" / "mue"
    other.mkdir(parents=True)
    with locked(other), elsewhere(site, folder, "asp", "2025-Q4") as child:
        _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [["code", "J9271", "--on", "2025-11-01"], ["reference", "pull"], ["reference", "pull", "asp", "2025-Q4"]],
)
def test_nothing_heavy_is_loaded_before_an_import_and_no_network_by_a_look_up(
    site: Site, folder: Path, arguments: list[str]
) -> None:
    program = (
        f"import sys\nsys.argv = ['cleanclaim', *{arguments!r}]\nfrom cleanclaim.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'duckdb', 'pyarrow', 'numpy'}\n"
        "network = {'cleanclaim.reference.publications.fetching', 'httpx', 'urllib.request', 'http.client', 'ssl'}\n"
        "print(sorted((heavy | (network if sys.argv[1] == 'code' else set())) & set(sys.modules)), file=sys.stderr)\n"
    )
    environment = {**os.environ, "CLEANCLAIM_REFERENCE": str(folder)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment)
    assert done.stderr.splitlines()[-1] == "[]", done.stderr
