"""The line to a server: httpx asks, and what is ours is which addresses are asked for, and faults in words.

httpx is loaded when something is asked for: look-ups never pay for it. It keeps no cookie here and follows no redirect
by itself: none may leave http(s), or lead from https back to http.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from cleanclaim.errors import NotFetched

if TYPE_CHECKING:
    import httpx

_MOST_REDIRECTS = 10


class TryAgain(NotFetched):
    """Something that may pass: a broken line, a server that is busy."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after  # seconds, where the server says so


def refuse_address(address: str) -> None:
    """Refuses what is no address over http(s), or one with a name and a password in it.

    Raises: NotFetched.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host:
        raise NotFetched(f"{address[:200]!r} is no address; expected https://...")
    if "@" in parts.netloc:
        raise NotFetched(f"{host}: an address with a user name in it is not asked for")


def refuse_redirect(old: str, new: str) -> None:
    """Refuses a redirect that leaves http(s), or goes from https back to http.

    Raises: NotFetched.
    """
    if urlsplit(new).scheme not in {"http", "https", "ftp"}:  # ftp is refused as an address
        raise NotFetched(f"{old}: sends on to what is no address over http(s)")
    refuse_address(new)
    if urlsplit(old).scheme == "https" and urlsplit(new).scheme != "https":
        raise NotFetched(f"{old}: sends on to {new}, which is not encrypted")


@contextmanager
def asked(
    address: str, headers: Mapping[str, str], *, connect_seconds: float, read_seconds: float
) -> Iterator[httpx.Response]:
    """The answer to a request, past redirects that are safe. Its body is read inside the block.

    Raises: TryAgain for what may pass, NotFetched for the rest; also when the line breaks inside the block.
    """
    import httpx  # noqa: PLC0415

    refuse_address(address)
    start, timeout = address, httpx.Timeout(read_seconds, connect=connect_seconds)
    sent = httpx.Headers(dict(headers), encoding="utf-8")  # an ETag is sent back as it came
    for _ in range(_MOST_REDIRECTS + 1):
        with told(address), _client(address, timeout) as client, client.stream("GET", address, headers=sent) as answer:
            if not answer.has_redirect_location:
                yield answer
                return
            new = str(answer.url.join(answer.headers["Location"]))
        refuse_redirect(address, new)
        address = new
    raise NotFetched(f"{start}: sends on in a circle, or more than {_MOST_REDIRECTS} times")


def _client(address: str, timeout: httpx.Timeout) -> httpx.Client:
    """What asks through the proxy of the system, and by its certificates: those of httpx know no firewall's."""
    import httpx  # noqa: PLC0415

    parts = urlsplit(address)
    proxy = None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)
    if proxy and "://" not in proxy:
        proxy = f"http://{proxy}"
    try:  # not `trust_env`: that fails at an ALL_PROXY that it does not know
        return httpx.Client(verify=ssl.create_default_context(), proxy=proxy, timeout=timeout, trust_env=False)
    except (ImportError, ValueError, httpx.InvalidURL):
        raise NotFetched(
            f"cannot reach {parts.hostname}: a proxy for http(s) is expected in {parts.scheme}_proxy"
        ) from None


@contextmanager
def told(address: str) -> Iterator[None]:
    """What may go wrong on the line, in words.

    Raises: TryAgain for what may pass, NotFetched for the rest.
    """
    import httpx  # noqa: PLC0415

    host = urlsplit(address).hostname
    try:
        yield
    except (httpx.InvalidURL, UnicodeError):  # the latter from a host that IDNA does not know
        raise NotFetched(f"{address[:200]!r} is no address; expected https://...") from None
    except httpx.DecodingError:
        raise TryAgain(f"{address}: the page can't be unpacked") from None
    except httpx.ReadTimeout:
        raise TryAgain(f"{host} fell silent") from None
    except httpx.TimeoutException:
        raise TryAgain(f"cannot reach {host}: no connection in time") from None
    except httpx.ProxyError as problem:
        raise NotFetched(f"cannot reach {host}: Tunnel connection failed: {problem}") from None
    except httpx.ConnectError as problem:
        raise _not_reached(host, problem) from None
    except httpx.TransportError as problem:
        raise TryAgain(f"the connection to {host} broke ({type(problem).__name__})") from None


def _not_reached(host: str | None, problem: BaseException) -> NotFetched:
    reason: BaseException | None = problem
    while reason and not isinstance(reason, OSError):  # which stands under the errors of two libraries
        reason = reason.__cause__ or reason.__context__
    if isinstance(reason, ssl.SSLCertVerificationError):
        return NotFetched(
            f"cannot reach {host}: its certificate can't be verified ({reason.verify_message}). Where a firewall"
            " opens encrypted traffic, SSL_CERT_FILE names its certificate"
        )
    if isinstance(reason, (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)):
        return TryAgain(f"the connection to {host} broke")
    return NotFetched(f"cannot reach {host}: {getattr(reason, 'strerror', None) or reason or problem}")
