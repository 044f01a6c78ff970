"""The line to a server, with the standard library: time-outs, redirects that stay safe, faults in words.

`urllib.request` knows the proxy and the certificates of the system; what it lacks is little: a time-out for connecting
apart from that for reading, and no way from https back to http. No other scheme is known here and no cookie is kept.
"""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from cleanclaim.errors import NotFetched

_MOST_REDIRECTS = 10
_REDIRECTS = {301, 302, 303, 307, 308}


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


def opener(connect_seconds: float, read_seconds: float) -> urllib.request.OpenerDirector:
    """What asks for addresses over http(s), through the proxy of the system, and follows redirects that are safe."""
    director = urllib.request.OpenerDirector()  # not `build_opener`: that also knows ftp, file and data
    seconds = connect_seconds, read_seconds
    for handler in (
        urllib.request.ProxyHandler(), _Plain(*seconds), _Secure(*seconds), _Redirects(), _Answers(),
        urllib.request.HTTPDefaultErrorHandler(), urllib.request.UnknownHandler(),
    ):  # fmt: skip
        director.add_handler(handler)
    director.addheaders = []
    return director


def _patient(
    base: type[http.client.HTTPConnection], connect_seconds: float, read_seconds: float
) -> Callable[..., http.client.HTTPConnection]:
    """A connection whose time-out is one for connecting, and another one once it stands."""

    class Connection(base):  # type: ignore[misc,valid-type]
        def connect(self) -> None:
            self.timeout = connect_seconds
            super().connect()
            self.sock.settimeout(read_seconds)

    return Connection


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, *seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_patient(http.client.HTTPConnection, *self._seconds), req)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, *seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        connection = _patient(http.client.HTTPSConnection, *self._seconds)
        return self.do_open(connection, req, context=ssl.create_default_context())


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = _MOST_REDIRECTS

    def redirect_request(
        self, req: urllib.request.Request, fp: object, code: int, msg: str, headers: object, newurl: str
    ) -> urllib.request.Request | None:
        refuse_redirect(req.full_url, newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def refuse_redirect(old: str, new: str) -> None:
    """Refuses a redirect that leaves http(s), or goes from https back to http.

    Raises: NotFetched.
    """
    refuse_address(new)
    if urlsplit(old).scheme == "https" and urlsplit(new).scheme != "https":
        raise NotFetched(f"{old}: sends on to {new}, which is not encrypted")


class _Answers(urllib.request.HTTPErrorProcessor):
    """Hands redirects on; every other answer is one, whatever its status."""

    def http_response(
        self, request: urllib.request.Request, response: http.client.HTTPResponse
    ) -> http.client.HTTPResponse:
        return super().http_response(request, response) if response.status in _REDIRECTS else response

    https_response = http_response


@contextmanager
def told(address: str) -> Iterator[None]:
    """What may go wrong on the line, in words.

    Raises: TryAgain for what may pass, NotFetched for the rest.
    """
    host = urlsplit(address).hostname
    try:
        yield
    except urllib.error.HTTPError as problem:  # a redirect that leads nowhere
        with problem:
            raise NotFetched(f"{address}: {_redirect_fault(problem)}") from None
    except urllib.error.URLError as problem:
        reason = problem.reason
        if isinstance(reason, TimeoutError):
            raise TryAgain(f"cannot reach {host}: no connection in time") from None
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise NotFetched(
                f"cannot reach {host}: its certificate can't be verified ({reason.verify_message}). Where a firewall"
                " opens encrypted traffic, SSL_CERT_FILE names its certificate"
            ) from None
        if isinstance(reason, (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)):
            raise TryAgain(f"the connection to {host} broke") from None
        raise NotFetched(f"cannot reach {host}: {getattr(reason, 'strerror', None) or reason}") from None
    except TimeoutError:
        raise TryAgain(f"{host} fell silent") from None
    except (http.client.HTTPException, OSError) as problem:
        raise TryAgain(f"the connection to {host} broke ({type(problem).__name__})") from None


def _redirect_fault(problem: urllib.error.HTTPError) -> str:
    if "infinite loop" in str(problem.msg):
        return f"sends on in a circle, or more than {_MOST_REDIRECTS} times"
    if "not allowed" in str(problem.msg):
        return "sends on to what is no address over http(s)"
    return f"answers {problem.code} and sends on to nowhere"
