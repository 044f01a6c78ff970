"""One file over the network of this machine: interruptions, changes on the way, limits, and what is refused."""

from __future__ import annotations

import hashlib
import json
import random
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from cleanclaim import __version__
from cleanclaim.errors import LibraryError, NotFetched
from cleanclaim.reference.publications.fetching.download import Downloaded, Wanted, download
from cleanclaim.reference.publications.fetching.line import TryAgain, refuse_redirect, told
from cleanclaim.reference.publications.fetching.web import PageCame, Web
from tests.reference.publisher_site import File, Request, Site, impatient, link

ONE = b"PK\x03\x04" + random.Random(1).randbytes(200_000)  # noqa: S311
TWO = b"PK\x03\x04" + random.Random(2).randbytes(200_000)  # noqa: S311


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site.open() as opened:
        yield opened


def fetch(site: Site, folder: Path, path: str = "/file.zip", web: Web | None = None, **how: object) -> Downloaded:
    return download(web or impatient(), Wanted(site.address + path, folder / "file.zip", **how))  # type: ignore[arg-type]


def interrupted(site: Site, folder: Path, *, after: int = 50_000, content: bytes = ONE, **how: object) -> File:
    """A file of which a first pull got so many bytes; the server is sound again."""
    file = site.file("/file.zip", content, cuts=[after], **how)
    with pytest.raises(NotFetched, match="bytes came"):
        fetch(site, folder, web=impatient(tries=1))
    assert (folder / "file.zip.part").stat().st_size == after
    site.asked.clear()
    return file


def test_a_file_comes_whole_with_its_checksum(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE)
    steps: list[tuple[str, int, int]] = []
    done = fetch(site, tmp_path, watch=lambda *step: steps.append(step))
    assert done == Downloaded(
        tmp_path / "file.zip", site.address + "/file.zip", hashlib.sha256(ONE).hexdigest(), len(ONE), date(2025, 9, 17)
    )
    assert done.path.read_bytes() == ONE
    assert steps[-1] == ("downloading file.zip", len(ONE), len(ONE))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.zip", "file.zip.json"]
    ((_, head),) = site.asked
    assert head["User-Agent"] == f"cleanclaim/{__version__} (reference pull)"
    assert not {"Cookie", "Authorization", "Referer", "Range"} & set(head)


def test_what_did_not_change_is_not_sent_again(site: Site, tmp_path: Path) -> None:
    file = site.file("/file.zip", ONE)
    first = fetch(site, tmp_path)
    assert fetch(site, tmp_path) == Downloaded(
        first.path, first.address, first.sha256, first.size, first.modified, unchanged=True
    )
    site.file("/other.zip", TWO)  # of the same name and ETag, from another place
    assert fetch(site, tmp_path, "/other.zip").sha256 == hashlib.sha256(TWO).hexdigest()
    fetch(site, tmp_path)
    file.content, file.etag = TWO, '"two"'
    assert fetch(site, tmp_path).sha256 == hashlib.sha256(TWO).hexdigest()
    first.path.write_bytes(ONE)  # not what was fetched: nothing that the server says about it counts
    site.asked.clear()
    assert not fetch(site, tmp_path).unchanged
    assert "If-None-Match" not in site.asked[0][1]
    file.etag = None
    fetch(site, tmp_path)
    assert fetch(site, tmp_path).unchanged  # by Last-Modified
    file.modified = None
    fetch(site, tmp_path)
    assert not fetch(site, tmp_path).unchanged


def test_a_body_that_breaks_off_goes_on_at_once(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE, cuts=[70_000, 60_000])
    waits: list[float] = []
    assert fetch(site, tmp_path, web=impatient(waits)).path.read_bytes() == ONE
    assert [head.get("Range") for _, head in site.asked] == [None, "bytes=70000-", "bytes=130000-"]
    assert {head.get("If-Range") for _, head in site.asked[1:]} == {'"one"'}
    assert waits == [1, 2]


def test_a_pull_goes_on_where_the_last_one_ended(site: Site, tmp_path: Path) -> None:
    interrupted(site, tmp_path)
    assert fetch(site, tmp_path).path.read_bytes() == ONE
    assert [head.get("Range") for _, head in site.asked] == ["bytes=50000-"]


def test_a_weak_etag_proves_nothing_and_the_day_of_change_does(site: Site, tmp_path: Path) -> None:
    interrupted(site, tmp_path, etag='W/"one"')
    assert fetch(site, tmp_path).path.read_bytes() == ONE
    assert site.asked[0][1]["If-Range"] == "Wed, 17 Sep 2025 12:00:00 GMT"


def test_without_any_proof_it_starts_anew(site: Site, tmp_path: Path) -> None:
    interrupted(site, tmp_path, etag=None, modified=None)
    assert fetch(site, tmp_path).path.read_bytes() == ONE
    assert "Range" not in site.asked[0][1]


def test_a_server_that_ignores_ranges_starts_anew(site: Site, tmp_path: Path) -> None:
    interrupted(site, tmp_path).ranges = False
    assert fetch(site, tmp_path).path.read_bytes() == ONE
    assert len(site.asked) == 1


@pytest.mark.parametrize("heeds_if_range", [True, False])
def test_two_issues_are_never_mixed(site: Site, tmp_path: Path, heeds_if_range: bool) -> None:
    interrupted(site, tmp_path)
    site.file("/file.zip", TWO, etag='"two"', heeds_if_range=heeds_if_range)
    assert fetch(site, tmp_path).path.read_bytes() == TWO


def test_a_part_of_another_address_is_not_used(site: Site, tmp_path: Path) -> None:
    interrupted(site, tmp_path)
    site.file("/other.zip", TWO)
    assert fetch(site, tmp_path, "/other.zip").path.read_bytes() == TWO
    assert "Range" not in site.asked[0][1]


def test_a_part_that_is_longer_than_the_file_is_dropped(site: Site, tmp_path: Path) -> None:
    interrupted(site, tmp_path)
    with (tmp_path / "file.zip.part").open("ab") as file:
        file.write(TWO)
    assert fetch(site, tmp_path).path.read_bytes() == ONE


@pytest.mark.parametrize("record", ["", "{", "[]", '{"address": 5, "etag": null, "last_modified": null}', '{"x": "y"}'])
def test_a_part_with_a_damaged_record_is_not_used(site: Site, tmp_path: Path, record: str) -> None:
    interrupted(site, tmp_path)
    (tmp_path / "file.zip.part.json").write_text(record)
    assert fetch(site, tmp_path).path.read_bytes() == ONE
    assert "Range" not in site.asked[0][1]


def test_parts_that_do_not_follow_are_not_joined(site: Site, tmp_path: Path) -> None:
    interrupted(site, tmp_path)
    file = File(ONE)

    def odd(request: Request) -> None:
        if "Range" not in request.headers:
            return file.answer(request)
        part = f"bytes 49000-{len(ONE) - 1}/{len(ONE)}"
        return request.send(206, ONE[49_000:], Content_Range=part, ETag='"one"')

    site.answers["/file.zip"] = odd
    assert fetch(site, tmp_path).path.read_bytes() == ONE


@pytest.mark.parametrize("status", [403, 404, 410, 401, 418])
def test_a_refusal_is_told_with_the_address_and_not_tried_again(site: Site, tmp_path: Path, status: int) -> None:
    site.file("/file.zip", ONE)
    site.fails("/file.zip", status)
    with pytest.raises(NotFetched, match=rf"http://127.0.0.1:\d+/file.zip: .*{status}"):
        fetch(site, tmp_path)
    assert len(site.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_busy_server_is_asked_again_when_it_says(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE)
    site.fails("/file.zip", 503, Retry_After="7")
    site.fails("/file.zip", 429, Retry_After="nonsense")
    waits: list[float] = []
    assert fetch(site, tmp_path, web=impatient(waits)).path.read_bytes() == ONE
    assert waits == [1, 7]


def test_a_day_to_ask_again_is_understood(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE)
    site.fails("/file.zip", 503, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True))
    waits: list[float] = []
    fetch(site, tmp_path, web=impatient(waits))
    assert 20 < waits[0] <= 30


def test_a_server_that_asks_for_an_hour_is_left_alone(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE)
    site.fails("/file.zip", 503, Retry_After="3600")
    waits: list[float] = []
    with pytest.raises(NotFetched, match="asks to wait 3600 seconds"):
        fetch(site, tmp_path, web=impatient(waits))
    assert waits == []


def test_a_server_that_stays_broken_is_given_up(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE)
    site.fails("/file.zip", 502, times=9)
    waits: list[float] = []
    with pytest.raises(NotFetched, match=r"502 Bad Gateway.*tried 4 times"):
        fetch(site, tmp_path, web=impatient(waits, tries=4))
    assert waits == [1, 2, 4]


def test_a_silent_server_is_not_waited_for(site: Site, tmp_path: Path) -> None:
    site.answers["/file.zip"] = lambda request: request.site.closing.wait(30) and None
    with pytest.raises(NotFetched, match=r"127.0.0.1 fell silent \(tried 2 times\)"):
        fetch(site, tmp_path, web=impatient(read_seconds=0.1, tries=2))


def test_a_server_that_falls_silent_in_the_middle(site: Site, tmp_path: Path) -> None:
    def half(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(ONE)))
        request.end_headers()
        request.wfile.write(ONE[:5_000])
        request.wfile.flush()
        request.site.closing.wait(30)

    site.answers["/file.zip"] = half
    with pytest.raises(NotFetched, match="fell silent"):
        fetch(site, tmp_path, web=impatient(read_seconds=0.1, tries=1))


def test_a_server_that_only_trickles_is_given_up(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE, drip_seconds=0.01)
    with pytest.raises(NotFetched, match=r"sent \d+ bytes in 0 seconds"):
        fetch(site, tmp_path, web=impatient(stall_seconds=0.1, tries=1))


def test_nobody_is_there(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(NotFetched, match=r"cannot reach 127.0.0.1: Connection refused"):
        download(impatient(), Wanted(f"http://127.0.0.1:{port}/file.zip", tmp_path / "file.zip"))
    with pytest.raises(NotFetched, match=r"cannot reach nowhere.invalid: "):
        download(impatient(), Wanted("http://nowhere.invalid/file.zip", tmp_path / "file.zip"))


def test_a_connection_that_is_cut_before_the_answer_is_tried_again(site: Site, tmp_path: Path) -> None:
    file, left = File(ONE), [1]

    def hang_up(request: Request) -> None:
        if left:
            left.pop()
            request.connection.shutdown(socket.SHUT_RDWR)
        else:
            file.answer(request)

    site.answers["/file.zip"] = hang_up
    assert fetch(site, tmp_path).path.read_bytes() == ONE


def test_a_file_that_says_it_is_too_large_is_not_begun(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE)
    with pytest.raises(NotFetched, match=r"200,004 bytes or more, and at most 1,000 are taken; --most-bytes"):
        fetch(site, tmp_path, most_bytes=1_000)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_turns_out_too_large_is_broken_off(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE, length=False)
    with pytest.raises(NotFetched, match="at most 150,000 are taken"):
        fetch(site, tmp_path, most_bytes=150_000)
    assert list(tmp_path.iterdir()) == []
    assert fetch(site, tmp_path, most_bytes=len(ONE)).path.read_bytes() == ONE


def test_a_file_that_never_ends_is_broken_off(site: Site, tmp_path: Path) -> None:
    def endless(request: Request) -> None:
        request.send_response(200)
        request.end_headers()
        with suppress(OSError):
            while not request.site.closing.is_set():
                request.wfile.write(ONE)

    site.answers["/file.zip"] = endless
    with pytest.raises(NotFetched, match="at most 1,000,000 are taken"):
        fetch(site, tmp_path, most_bytes=1_000_000)
    assert list(tmp_path.iterdir()) == []


def test_a_checksum_that_is_demanded(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE)
    right, wrong = hashlib.sha256(ONE).hexdigest(), hashlib.sha256(TWO).hexdigest()
    with pytest.raises(NotFetched, match=f"sha256 is {right}, expected {wrong}"):
        fetch(site, tmp_path, sha256=wrong)
    assert list(tmp_path.iterdir()) == []
    assert fetch(site, tmp_path, sha256=right).sha256 == right
    with pytest.raises(NotFetched, match="it is another file"):
        fetch(site, tmp_path, sha256=wrong)  # also of what is there already


def test_a_page_in_place_of_a_file_is_no_file(site: Site, tmp_path: Path) -> None:
    site.page("/file.zip", "Access denied", "x" * 5_000)
    with pytest.raises(PageCame, match="a web page came, not a file") as came:
        fetch(site, tmp_path)
    assert "Access denied" in came.value.html
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_none(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", b"")
    with pytest.raises(NotFetched, match=r"an empty file came \(tried 3 times\)"):
        fetch(site, tmp_path)


def test_redirects_are_followed_and_not_in_a_circle(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE)
    site.answers["/moved"] = lambda request: request.send(301, b"", Location="/moved%20again")
    site.answers["/moved%20again"] = lambda request: request.send(308, b"", Location="/file.zip")
    site.answers["/circle"] = lambda request: request.send(302, b"", Location="/circle")
    site.answers["/ftp"] = lambda request: request.send(302, b"", Location="ftp://127.0.0.1/file.zip")
    site.answers["/disk"] = lambda request: request.send(302, b"", Location="file:///etc/passwd")
    site.answers["/nowhere"] = lambda request: request.send(302, b"")
    assert fetch(site, tmp_path, "/moved").path.read_bytes() == ONE
    for path, words in (
        ("/circle", "in a circle"),
        ("/ftp", "is no address"),
        ("/disk", "no address over http"),
        ("/nowhere", "302"),
    ):
        with pytest.raises(NotFetched, match=words):
            fetch(site, tmp_path, path)


def test_nothing_leads_from_https_to_http() -> None:
    with pytest.raises(NotFetched, match="which is not encrypted"):
        refuse_redirect("https://www.cms.gov/a.zip", "http://www.cms.gov/a.zip")
    refuse_redirect("https://www.cms.gov/a.zip", "https://edit.cms.gov/a.zip")
    refuse_redirect("http://127.0.0.1/a.zip", "https://127.0.0.1/a.zip")


def test_the_proxy_of_the_system_is_asked(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.answers["http://publisher.invalid/file.zip"] = File(ONE)
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9")  # of a kind that is not known, and not for http(s)
    monkeypatch.setenv("http_proxy", site.address.removeprefix("http://"))
    wanted = Wanted("http://publisher.invalid/file.zip", tmp_path / "file.zip")
    assert download(impatient(), wanted).path.read_bytes() == ONE
    monkeypatch.setenv("no_proxy", "publisher.invalid")
    with pytest.raises(NotFetched, match=r"cannot reach publisher.invalid: "):
        download(impatient(), wanted)
    monkeypatch.setenv("https_proxy", site.address)
    with pytest.raises(NotFetched, match=r"cannot reach other.invalid: Tunnel connection failed: 501"):
        download(impatient(), Wanted("https://other.invalid/file.zip", tmp_path / "file.zip"))


def test_no_cookie_is_kept(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE)
    site.answers["/moved"] = lambda request: request.send(302, b"", Location="/file.zip", Set_Cookie="a=b; Path=/")
    assert fetch(site, tmp_path, "/moved").path.read_bytes() == ONE
    assert not any("Cookie" in head for _, head in site.asked)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://ftp.cms.gov/a.zip", "http://", "//x", "http://[", "a.zip"]
)
def test_only_http_is_asked(tmp_path: Path, address: str) -> None:
    with pytest.raises(NotFetched, match="is no address"):
        download(impatient(), Wanted(address, tmp_path / "file.zip"))


def test_no_name_and_password_are_sent(tmp_path: Path) -> None:
    with pytest.raises(NotFetched, match=r"^127.0.0.1: an address with a user name") as refused:
        download(impatient(), Wanted("http://me:secret@127.0.0.1/a.zip", tmp_path / "file.zip"))
    assert "secret" not in str(refused.value)


def test_a_certificate_that_nobody_vouches_for_is_told() -> None:
    fault = ssl.SSLCertVerificationError(1, "failed")
    fault.verify_message = "self-signed certificate"
    words = r"www.cms.gov: its certificate .*self-signed.* SSL_CERT_FILE"
    with pytest.raises(NotFetched, match=words) as refused, told("https://www.cms.gov/a.zip"):
        raise httpx.ConnectError("failed") from fault
    assert not isinstance(refused.value, TryAgain)


def test_nothing_is_asked_where_the_line_cannot_be_encrypted(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard: list[bytes] = []

        def answer() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        heard.append(connection.recv(4096))
                        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(NotFetched, match=r"cannot reach 127\.0\.0\.1|broke"):
            download(impatient(tries=2), Wanted(f"https://127.0.0.1:{server.getsockname()[1]}/a", tmp_path / "a.zip"))
    assert heard
    assert not any(b"GET" in one for one in heard)


def test_a_disk_that_cannot_be_written_is_told(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE)
    (tmp_path / "file.zip.part").mkdir()
    with pytest.raises(LibraryError, match=r"file.zip: can't be written: "):
        fetch(site, tmp_path)


def test_the_record_tells_what_the_file_is(site: Site, tmp_path: Path) -> None:
    site.file("/file.zip", ONE)
    done = fetch(site, tmp_path)
    assert json.loads((tmp_path / "file.zip.json").read_text("utf-8")) == {
        "address": done.address, "etag": '"one"', "last_modified": "Wed, 17 Sep 2025 12:00:00 GMT",
        "sha256": done.sha256,
    }  # fmt: skip


def test_a_page_is_read_with_its_encoding_and_a_file_is_none(site: Site) -> None:
    site.page("/page", link("/a.zip", "A"))
    site.file("/file.zip", ONE)
    site.file("/short.csv", b"HCPC,SEQNUM\r\n")
    latin = "<html><a href='/a.zip'>Größe</a>".encode("latin-1")
    site.file("/latin", latin, kind="text/html; charset=ISO-8859-1", etag=None, modified=None)
    site.file("/unknown", latin, kind="text/html; charset=klingon", etag=None, modified=None)
    site.file("/endless", b"<html>" + b"x" * (11 * 2**20))
    web = impatient()
    page = web.page(site.address + "/page")
    assert page is not None
    assert "/a.zip" in page.html
    assert web.page(site.address + "/file.zip") is None
    assert web.page(site.address + "/short.csv") is None
    assert "Größe" in (web.page(site.address + "/latin") or page).html
    assert "Gr\ufffd\ufffde" in (web.page(site.address + "/unknown") or page).html
    with pytest.raises(NotFetched, match="a page of more than 10 MiB"):
        web.page(site.address + "/endless")
